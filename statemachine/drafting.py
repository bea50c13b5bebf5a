"""What makes and changes drafts: reports, closes, details, corrections, edits."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid5

from statemachine.conditions import adds_copies, closable, fills_waiting
from statemachine.conversation import MOST_DRAFTS, Draft, KnownTrade, Scene
from statemachine.copying import accounts_of, closing_together, meant_together, on_one, spread
from statemachine.events import EVERY, AccountPicked, Corrected
from statemachine.matching import (
    changes,
    closing_fields,
    forbidden_by_parts,
    is_twin,
    known_trade,
    meant_by,
    moves_account,
    still_held,
    told_whole,
)
from statemachine.message import Attachment
from statemachine.plan import Plan
from statemachine.plan import meant_by as plans_meant_by
from statemachine.trade import Copies, TradeFields
from statemachine.work import Work, index_of

# ---- reports


def draft(work: Work) -> None:
    kept = work.take_loose()
    for number, fields in enumerate(work.event.trades):
        pictures = kept + work.scene.pictures if number == 0 else ()
        work.drafts.append(_reported(work, number, fields, pictures))
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
        by_model=work.event.by_model,
        doubted=work.event.doubted[number] if work.event.doubted else (),
    )
    held = (left for trade in work.scene.open_trades if (left := still_held(trade, work.drafts)) is not None)
    ended = told_whole(fields, held)
    together = meant_together(ended, work.event.copies)
    if together:
        return closing_together(replace(made, kind="close", fields=fields), together)
    if len(ended) != 1 or work.event.copies is not None:
        return _compared(work, _placed(work, made))
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


def _compared(work: Work, made: Draft) -> Draft:
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
    kept = work.take_loose()
    made = Draft(
        id=uuid5(work.scene.message_id, "close"),
        kind="close",
        fields=work.event.fields,
        said_at=work.scene.said_at,
        choices=choices,
        source=work.scene.source,
        pictures=kept + work.scene.pictures,
        by_model=work.event.by_model,
        doubted=work.event.doubted,
    )
    together = meant_together(choices, work.event.copies)
    if together:
        made = closing_together(made, together)
    work.drafts.append(_picked(made, choices[0]) if len(choices) == 1 else made)
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


def _picked(pending: Draft, trade: KnownTrade) -> Draft:
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
        picked = closing_together(pending, pending.choices)
    else:
        picked = _picked(pending, next(trade for trade in pending.choices if trade.trade_id.hex == work.event.choice))
    work.drafts[index] = picked.changed()
    work.show()


# ---- details, corrections, edits


def add_details(work: Work) -> None:
    _change(work, _meant(work), lambda fields: fields.merged(work.event.fields))


def correct(work: Work) -> None:
    event = work.event
    alone = event.fields.said().keys() <= {"account"} and (event.fields.account or event.copies)
    if event.which is None and alone and not event.cleared:
        _move_all(work, event.fields)
        return
    for one in (event, *event.also):
        index = one.which - 1 if one.which is not None else _meant(work)
        _alter(work, index, _by(one), one)
    work.show()


def _by(event: Corrected) -> Callable[[TradeFields], TradeFields]:
    return lambda fields: fields.without(event.cleared).merged(event.fields)


def _move_all(work: Work, said: TradeFields) -> None:
    """An account by itself is said of everything that waits to be recorded on one."""
    moved = [index for index, pending in enumerate(work.drafts) if pending.kind == "record"]
    if not moved:
        _change(work, len(work.drafts) - 1, lambda fields: fields.merged(said))
        return
    for index in moved:
        pending = work.drafts[index]
        changed = pending.changed(fields=pending.fields.merged(said))
        work.drafts[index] = _compared(work, _on_accounts(changed, work.event, work.scene))
    work.show()


def _on_accounts(changed: Draft, said: Any, scene: Scene) -> Draft:
    """A draft to be recorded, with what an event said of its accounts, and of the P&L of all of them."""
    if isinstance(said, AccountPicked):
        return placed(on_one(changed), scene)
    changed = replace(changed, total=changed.total and said.fields.pnl is None)  # said anew it is each account's own
    if said.copies is not None:
        return spread(changed, said.copies, scene)
    return placed(changed if said.fields.account is None else on_one(changed), scene)


def pick_account(work: Work) -> None:
    """By its button; a close or an edit has none to pick."""
    index = index_of(work.drafts, work.event.draft_id) or 0
    account = work.event.account
    if account != EVERY:
        _change(work, index, lambda fields: replace(fields, account=account))
    else:
        pending = work.drafts[index]
        everywhere = spread(pending, Copies(every=True), work.scene) if pending.kind == "record" else pending
        work.drafts[index] = _compared(work, everywhere.changed())
        work.show()


def _meant(work: Work) -> int:
    """The draft that was asked about, else the one that came last."""
    asked = work.asked()
    return len(work.drafts) - 1 if asked is None else asked


def _change(work: Work, index: int, change: Callable[[TradeFields], TradeFields]) -> None:
    _alter(work, index, change, work.event)
    work.show()


def _alter(work: Work, index: int, change: Callable[[TradeFields], TradeFields], said: Any) -> None:
    """`said`: the event, or one of the corrections in it."""
    pending = work.drafts[index]
    fields = change(pending.fields)
    if pending.kind != "record":
        fields = _on_its_account(work, pending, fields)
    trade = known_trade(pending) if pending.kind == "edit" else None
    if trade is not None and forbidden_by_parts(trade, fields):
        work.say("partly_closed", trade=trade)
        return
    changed = pending.changed(
        fields=fields, pictures=_joined(pending.pictures, work.scene.pictures), **_read(said, pending)
    )
    if changed.plans:
        plans = plans_meant_by(fields, changed.plans) or changed.plans
        changed = of_one(work, changed, plans, getattr(said, "copies", None))
    elif pending.kind == "record":
        changed = _on_accounts(changed, said, work.scene)
    work.drafts[index] = _compared(work, _told_which(changed, said))


def _told_which(changed: Draft, said: Any) -> Draft:
    """A close of which it was not known of what, and that says it now: of one of those offered, or of all copies."""
    if "trade" not in changed.missing():
        return changed
    together = meant_together(changed.choices, getattr(said, "copies", None))
    if together:
        return closing_together(changed, together)
    meant = meant_by(changed.fields, changed.choices)
    return _picked(changed, meant[0]) if len(meant) == 1 else changed


def _read(event: Any, pending: Draft) -> dict[str, Any]:
    """Who read it, and what of it could not be found: what is said plainly is in doubt no longer."""
    said = event.fields.said() if hasattr(event, "fields") else {}
    left = tuple(name for name in pending.doubted if name not in said)
    return {
        "by_model": pending.by_model or getattr(event, "by_model", False),
        "doubted": tuple(dict.fromkeys((*left, *getattr(event, "doubted", ())))),
    }


def _on_its_account(work: Work, pending: Draft, fields: TradeFields) -> TradeFields:
    """A recorded trade stays on its account; of a close that may mean several, the account tells which."""
    known, before = known_trade(pending), pending.fields.account
    if fields.account == before:
        return fields
    if known is not None and moves_account(known.fields, fields):
        work.say("account_stays", trade=known, account=fields.account)
    elif known is None and fields.account in work.scene.accounts:
        return fields
    elif known is None:
        work.say("unknown_account", account=fields.account)
    return replace(fields, account=before)


def _joined(pictures: tuple[Attachment, ...], more: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """An edited message brings its picture again."""
    handles = {picture.handle for picture in pictures}
    return pictures + tuple(picture for picture in more if picture.handle not in handles)


def revise_draft(work: Work) -> None:
    """The edited message is a correction: what other messages told of the draft stays."""
    index = next(i for i, pending in enumerate(work.drafts) if pending.source == work.event.source)
    _change(work, index, lambda fields: fields.merged(work.event.fields))


def revise_shelved(work: Work) -> None:
    place = next(i for i, pending in enumerate(work.shelf) if pending.source == work.event.source)
    work.drafts.append(replace(work.shelf.pop(place), shelved_at=None))
    _change(work, len(work.drafts) - 1, lambda fields: fields.merged(work.event.fields))


def propose_edit(work: Work) -> None:
    target = work.scene.target
    assert target is not None  # noqa: S101 - the row's condition
    if moves_account(target.fields, work.event.fields) or adds_copies(work):
        work.say("account_stays", trade=target, account=work.event.fields.account)
    _forget_edit(work, target)
    known = {trade.trade_id: trade for trade in (*work.scene.open_trades, *work.scene.recent)}
    copies = tuple(known[number] for number in target.copies if number in known)
    if work.event.fields.account is not None:
        copies = ()
    work.drafts.append(
        Draft(
            id=uuid5(work.scene.message_id, "edit"),
            kind="edit",
            fields=changes(target.fields, work.event.fields) or TradeFields(),
            said_at=work.scene.said_at,
            trade_id=target.trade_id,
            choices=(target, *copies),
            others=tuple(copy.trade_id for copy in copies),
        )
    )
    work.show()


def say_account_stays(work: Work) -> None:
    work.say("account_stays", trade=work.scene.target, account=work.event.fields.account)
    work.show()


def refuse_edit(work: Work) -> None:
    work.say("partly_closed", trade=work.scene.target)
    work.show()


def take_edit_back(work: Work) -> None:
    target = work.scene.target
    assert target is not None  # noqa: S101 - the row's condition
    work.say("dropped", drafts=_forget_edit(work, target))
    work.show()


def _forget_edit(work: Work, target: KnownTrade) -> tuple[Draft, ...]:
    """A later edit of the same message replaces the one that was proposed."""
    edits = tuple(d for d in work.drafts if (d.kind, d.trade_id) == ("edit", target.trade_id))
    work.drafts = [pending for pending in work.drafts if pending not in edits]
    return edits


def explain_editing(work: Work) -> None:
    index = index_of(work.drafts, work.event.draft_id) or 0
    work.say("how_to_edit", draft=work.drafts[index])


# ---- fills of plans

OF_THE_PLAN = frozenset({"entry_time", "exit_time", "exit_price", "pnl", "pnl_basis", "day"})
"""What a plan may say that is no fact of the trade it becomes."""


def of_one(work: Work, made: Draft, plans: tuple[Plan, ...], said: Copies | None) -> Draft:
    """The fill of a plan, on the accounts that are `said`; of several plans it is not known yet of which one."""
    if len(plans) == 1:
        return _as_planned(work, made, plans[0], said)
    return replace(made if said is None else spread(made, said, work.scene), plans=plans)


def _as_planned(work: Work, made: Draft, plan: Plan, said: Copies | None) -> Draft:
    """The draft of a trade that a plan became: as planned, but for what was said of the fill.

    Of a range nobody said at which price it is filled: that is asked for.
    """
    if said is None and made.copies:  # said before it was known which plan it was
        said = Copies(names=accounts_of(made), total=made.total)
    elif said is None and made.fields.account is None:
        said = plan.copies
    fields = plan.fields.without(OF_THE_PLAN)
    if plan.levels.entry_range is not None:
        fields = replace(fields, entry_price=None)
    fields = booked(fields.merged(made.fields), work.scene)
    pictures, by_model = plan.pictures + made.pictures, plan.by_model or made.by_model
    filled = replace(made, plan=plan, plans=(), fields=fields, pictures=pictures, by_model=by_model)
    return _compared(work, placed(filled, work.scene) if said is None else spread(filled, said, work.scene))


def change_fill(work: Work) -> None:
    """Said again, perhaps with its price now."""
    plan = fills_waiting(work)[0]
    index = next(i for i, pending in enumerate(work.drafts) if pending.plan is not None and pending.plan.id == plan.id)
    if work.event.fields.said():
        _change(work, index, lambda fields: fields.merged(work.event.fields))
    else:
        work.show()
