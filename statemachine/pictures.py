"""Where pictures go: to the trade whose chart is awaited, to a draft, or kept until it is known whose they are.

What a caption marks the trade with goes the same way; of a recorded trade it is written at once.
"""

from dataclasses import replace

from statemachine.conditions import loose_choice
from statemachine.conversation import AttachPictures, EditTrade, KnownTrade
from statemachine.copying import shares
from statemachine.events import Pictured
from statemachine.matching import known_trade
from statemachine.message import Attachment
from statemachine.recorded import edit_of
from statemachine.trade import TradeFields
from statemachine.work import Work


def attach_to_target(work: Work) -> None:
    target = work.scene.target
    assert target is not None  # noqa: S101 - the row's condition
    attach(work, target, work.event.pictures)
    _mark(work, target, work.event.marks)
    work.show()


def attach_awaited(work: Work) -> None:
    """The chart that was asked for: alone, or with words that say nothing of a trade."""
    trade, event = work.waiting[0], work.event
    attach(work, trade, getattr(event, "pictures", work.scene.pictures))
    _mark(work, trade, event.marks if isinstance(event, Pictured) else TradeFields())
    work.show()


def attach(work: Work, trade: KnownTrade, pictures: tuple[Attachment, ...]) -> None:
    work.effects.append(AttachPictures(trade.trade_id, pictures, trade.copies))
    work.waiting = [one for one in work.waiting if trade.trade_id not in (one.trade_id, *one.copies)]
    work.say("picture_coming", trade=trade, count=len(pictures))


def _mark(work: Work, trade: KnownTrade, marks: TradeFields) -> None:
    """On what the trade is marked with now."""
    now = next((known for known in work.scene.known if known.trade_id == trade.trade_id), trade)
    edits = shares(edit_of(work, now, marks))
    if not edits[0].fields.said():
        return
    work.effects.extend(EditTrade(edit) for edit in edits)
    if len(edits) > 1:
        work.say("edited_copies", drafts=edits, trade_id=trade.trade_id)
    else:
        work.say("edited", draft=edits[0])


def ask_chart_again(work: Work) -> None:
    """The picture was none that can be used: say why, and wait for another where a trade lacks its chart."""
    trade = work.event.trade
    work.say("picture_refused", reason=work.event.reason, limit_mb=work.event.limit_mb)
    if trade is not None and all(waiting.trade_id != trade.trade_id for waiting in work.waiting):
        work.waiting.append(trade)
    work.show()


def join_pictures(work: Work) -> None:
    """To the draft that came last; a change of a recorded trade is none of its own, its trade takes them."""
    last, marks = work.drafts[-1], work.event.marks
    trade = known_trade(last) if last.kind in ("edit", "delete") else None
    if trade is not None:
        attach(work, trade, work.event.pictures)
        _mark(work, trade, marks)
    else:
        last = last.changed(fields=last.fields.merged(marks)) if marks.said() else last
        work.drafts[-1] = replace(last, pictures=last.pictures + work.event.pictures)
        work.say("picture_joined", draft=work.drafts[-1])
    work.show()


def keep_loose(work: Work) -> None:
    """A picture by itself: it may belong to a trade of today, or to one not told yet. Several are kept together."""
    work.loose, work.loose_at = work.loose + work.event.pictures, work.now
    work.loose_marks = work.loose_marks.merged(work.event.marks)
    candidates = tuple(trade for trade in work.scene.recent if not trade.has_picture)
    work.say("whose_picture" if candidates else "picture_alone", trades=candidates[:3])


def place_loose(work: Work) -> None:
    trade = loose_choice(work)
    if trade is None:
        work.say("picture_alone", trades=())
    else:
        pictures, marks = work.take_loose()
        attach(work, trade, pictures)
        _mark(work, trade, marks)
        work.show()


def forget_loose(work: Work) -> None:
    work.take_loose()
    work.say("skipped", trades=())


def skip(work: Work) -> None:
    work.say("skipped", trades=tuple(work.waiting))
    work.end_wait()
    work.show()
