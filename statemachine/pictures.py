"""Where pictures go: to the trade whose chart is awaited, to a draft, or kept until it is known whose they are."""

from dataclasses import replace

from statemachine.conditions import loose_choice
from statemachine.conversation import (
    AttachPictures,
    KnownTrade,
)
from statemachine.matching import (
    known_trade,
)
from statemachine.message import Attachment
from statemachine.work import Work


def attach_to_target(work: Work) -> None:
    target = work.scene.target
    assert target is not None  # noqa: S101 - the row's condition
    attach(work, target, work.event.pictures)
    work.show()


def attach_awaited(work: Work) -> None:
    """The chart that was asked for: alone, or with words that say nothing of a trade."""
    attach(work, work.waiting[0], getattr(work.event, "pictures", work.scene.pictures))
    work.show()


def attach(work: Work, trade: KnownTrade, pictures: tuple[Attachment, ...]) -> None:
    work.effects.append(AttachPictures(trade.trade_id, pictures, trade.copies))
    work.waiting = [one for one in work.waiting if trade.trade_id not in (one.trade_id, *one.copies)]
    work.say("picture_coming", trade=trade, count=len(pictures))


def ask_chart_again(work: Work) -> None:
    """The picture was none that can be used: say why, and wait for another where a trade lacks its chart."""
    trade = work.event.trade
    work.say("picture_refused", reason=work.event.reason, limit_mb=work.event.limit_mb)
    if trade is not None and all(waiting.trade_id != trade.trade_id for waiting in work.waiting):
        work.waiting.append(trade)
    work.show()


def join_pictures(work: Work) -> None:
    """To the draft that came last; an edit is no trade of its own, its trade takes them."""
    last = work.drafts[-1]
    trade = known_trade(last) if last.kind == "edit" else None
    if trade is not None:
        attach(work, trade, work.event.pictures)
    else:
        work.drafts[-1] = replace(last, pictures=last.pictures + work.event.pictures)
        work.say("picture_joined", draft=work.drafts[-1])
    work.show()


def keep_loose(work: Work) -> None:
    """A picture by itself: it may belong to a trade of today, or to one not told yet. Several are kept together."""
    work.loose, work.loose_at = work.loose + work.event.pictures, work.now
    candidates = tuple(trade for trade in work.scene.recent if not trade.has_picture)
    work.say("whose_picture" if candidates else "picture_alone", trades=candidates[:3])


def place_loose(work: Work) -> None:
    trade = loose_choice(work)
    if trade is None:
        work.say("picture_alone", trades=())
    else:
        attach(work, trade, work.take_loose())
        work.show()


def forget_loose(work: Work) -> None:
    work.take_loose()
    work.say("skipped", trades=())


def skip(work: Work) -> None:
    work.say("skipped", trades=tuple(work.waiting))
    work.end_wait()
    work.show()
