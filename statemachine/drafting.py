"""What makes drafts: reports and closes."""

from dataclasses import replace
from uuid import uuid5

from statemachine.conditions import closable
from statemachine.conversation import MOST_DRAFTS, Draft, KnownTrade, Scene
from statemachine.copying import accounts_of, closing_together, meant_together, spread
from statemachine.matching import (
    closing_fields,
    is_twin,
    still_held,
    told_whole,
)
from statemachine.message import Attachment
from statemachine.trade import Copies, TradeFields
from statemachine.work import Work, index_of

# ---- reports


def draft(work: Work) -> None:
    kept, marks = work.take_loose()
    for number, fields in enumerate(work.event.trades):
        pictures = kept + work.scene.pictures if number == 0 else ()
        work.drafts.append(_reported(work, number, marks.merged(fields) if number == 0 else fields, pictures))
    if kept:
        work.say("picture_joined", draft=work.drafts[-len(work.event.trades)])
    work.show()


def _reported(work: Work, number: int, fields: TradeFields, pictures: tuple[Attachment, ...]) -> Draft:
    """A new trade, or the end of an open one that was told again from its beginning."""
    made = Draft(
        id=uuid5(work.scene.message_id, str(number)),
        fields=booked(fields, work.scene),
        said_at=work.scene.said_at,
        source=work.scene.source,
        pictures=pictures,
        by_model=work.by_model,
        heard_at=work.heard_at,
        doubted=work.event.doubted[number] if work.event.doubted else (),
    )
    held = (left for trade in work.scene.open_trades if (left := still_held(trade, work.drafts)) is not None)
    ended = told_whole(fields, held)
    together = meant_together(ended, work.event.copies)
    if together:
        return closing_together(replace(made, kind="close", fields=fields), together)
    if len(ended) != 1 or work.event.copies is not None:
        return compared(work, _placed(work, made))
    known = closing_fields(fields, ended[0])
    return replace(made, kind="close", trade_id=ended[0].trade_id, choices=ended, fields=known.merged(fields))


def booked(fields: TradeFields, scene: Scene) -> TradeFields:
    """Where there are several accounts, the one in use takes what names none."""
    return replace(fields, account=scene.account) if fields.account is None and len(scene.accounts) > 1 else fields


def placed(made: Draft, scene: Scene) -> Draft:
    """A draft to be recorded, whose account is one of the trader's, or is asked for."""
    account = made.fields.account
    if account is None or account in scene.accounts:
        return replace(made, unknown_account=None if account is not None else made.unknown_account)
    return replace(made, unknown_account=account, fields=replace(made.fields, account=None))


def _placed(work: Work, made: Draft) -> Draft:
    """On the accounts that the message says: several, or the one it names."""
    said: Copies | None = getattr(work.event, "copies", None)
    return placed(made, work.scene) if said is None else spread(made, said, work.scene)


def compared(work: Work, made: Draft) -> Draft:
    """Marked as a twin of what was recorded lately or waits already; `choices` then tells of which recorded trade."""
    if made.kind != "record":
        return made
    told = [replace(made.fields, account=name) for name in accounts_of(made)]
    known = next((trade for trade in work.scene.recent if any(is_twin(one, trade.fields) for one in told)), None)
    others = [d for d in work.drafts if d.id != made.id and d.kind != "edit"]
    waits = any(is_twin(one, replace(d.fields, account=on)) for one in told for d in others for on in accounts_of(d))
    return replace(made, twin=known is not None or waits, choices=(known,) if known is not None else ())


def end_wait_and_draft(work: Work) -> None:
    work.end_wait()
    draft(work)


def refuse_more_drafts(work: Work) -> None:
    work.say("too_many_drafts", most=MOST_DRAFTS)
    work.show()


# ---- closing


def close(work: Work) -> None:
    choices = closable(work)
    _say_unknown(work)
    kept, marks = work.take_loose()
    made = Draft(
        id=uuid5(work.scene.message_id, "close"),
        kind="close",
        fields=marks.merged(work.event.fields),
        said_at=work.scene.said_at,
        choices=choices,
        source=work.scene.source,
        pictures=kept + work.scene.pictures,
        by_model=work.by_model,
        heard_at=work.heard_at,
        doubted=work.event.doubted,
    )
    together = meant_together(choices, work.event.copies)
    if together:
        made = closing_together(made, together)
    work.drafts.append(picked(made, choices[0]) if len(choices) == 1 else made)
    if kept:
        work.say("picture_joined", draft=work.drafts[-1])
    work.show()


def _say_unknown(work: Work) -> bool:
    """A close names an account that is none of the trader's: it is of an open trade all the same."""
    account = work.event.fields.account
    unknown = account not in (None, *work.scene.accounts)
    if unknown:
        work.say("unknown_account", account=account)
    return unknown


def picked(pending: Draft, trade: KnownTrade) -> Draft:
    return replace(pending, trade_id=trade.trade_id, choices=(trade,), fields=closing_fields(pending.fields, trade))


def end_wait_and_close(work: Work) -> None:
    work.end_wait()
    close(work)


def say_nothing_open(work: Work) -> None:
    work.say("nothing_open", fields=work.event.fields)
    work.show()


def pick_trade(work: Work) -> None:
    index = index_of(work.drafts, work.event.draft_id) or 0
    pending = work.drafts[index]
    if work.event.choice == "all":
        chosen = closing_together(pending, pending.choices)
    else:
        chosen = picked(pending, next(trade for trade in pending.choices if trade.trade_id.hex == work.event.choice))
    work.drafts[index] = chosen.changed()
    work.show()
