"""What changes drafts: details, corrections, and the edits of messages, which may propose a change of a trade."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from statemachine.conditions import fills_waiting, names_other_account, said_of_target
from statemachine.conversation import (
    Draft,
    Scene,
)
from statemachine.copying import closing_together, meant_together, on_one, spread
from statemachine.drafting import compared, picked, placed
from statemachine.events import EVERY, AccountPicked, Corrected
from statemachine.matching import (
    forbidden_by_parts,
    known_trade,
    meant_by,
    moves_account,
    needed,
)
from statemachine.message import Attachment
from statemachine.plan import meant_by as plans_meant_by
from statemachine.planning import of_one, on_said
from statemachine.recorded import altered, edit_of, forget_edit
from statemachine.trade import Copies, TradeFields
from statemachine.work import Work, index_of


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
        work.drafts[index] = compared(work, _on_accounts(changed, work.event, work.scene))
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
        work.drafts[index] = compared(work, everywhere.changed())
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
    if pending.kind == "delete":
        return  # what is deleted is not changed: it is asked again
    fields = change(pending.fields)
    if pending.kind != "record":
        fields = _on_its_account(work, pending, fields)
    made: Draft | None = replace(pending, fields=fields)
    if made is not None and made.kind == "edit":
        made = _edited(work, made, getattr(said, "cleared", frozenset()))
    if made is None:
        return
    changed = made.changed(pictures=_joined(pending.pictures, work.scene.pictures), **_read(work, said, pending))
    if changed.plans:
        plans = plans_meant_by(fields, changed.plans) or changed.plans
        changed = of_one(work, on_said(changed, said, work.scene), plans)
    elif pending.kind == "record":
        changed = _on_accounts(changed, said, work.scene)
    work.drafts[index] = compared(work, _told_which(changed, said))


def _edited(work: Work, pending: Draft, cleared: frozenset[str]) -> Draft | None:
    """An edit that empties these facts, too; None, and why, where its trade cannot be so."""
    trade = known_trade(pending)
    if trade is None:
        return pending
    changed = altered(pending, trade, pending.fields, pending.cleared | cleared)
    if (name := needed(trade, cleared)) is not None:
        work.say("needed", trade=trade, name=name)
    elif forbidden_by_parts(trade, changed.alters):
        work.say("partly_closed", trade=trade)
    else:
        return changed
    return None


def _told_which(changed: Draft, said: Any) -> Draft:
    """A close of which it was not known of what, and that says it now: of one of those offered, or of all copies."""
    if "trade" not in changed.missing():
        return changed
    together = meant_together(changed.choices, getattr(said, "copies", None))
    if together:
        return closing_together(changed, together)
    meant = meant_by(changed.fields, changed.choices)
    return picked(changed, meant[0]) if len(meant) == 1 else changed


def _read(work: Work, event: Any, pending: Draft) -> dict[str, Any]:
    """Who read it, and what of it could not be found: what is said plainly is in doubt no longer."""
    said = event.fields.said() if hasattr(event, "fields") else {}
    left = tuple(name for name in pending.doubted if name not in said)
    return {
        "by_model": pending.by_model or work.scene.spoken or getattr(event, "by_model", False),
        "heard_at": work.heard_at or pending.heard_at,
        "doubted": tuple(dict.fromkeys((*left, *getattr(event, "doubted", ())))),
    }


def _on_its_account(work: Work, pending: Draft, fields: TradeFields) -> TradeFields:
    """A close is of the account of its trade, an edit may move it; of a close that may mean several, it tells which."""
    known, before = known_trade(pending), pending.fields.account
    if fields.account == before:
        return fields
    if pending.kind == "edit" and fields.account in work.scene.accounts and not pending.others:
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
    if names_other_account(work):
        _say_stays(work)
    before = forget_edit(work, target)
    said, cleared = said_of_target(work), work.event.cleared
    for pending in before if work.event.asked else ():
        cleared = cleared | (pending.cleared - said.said().keys())
        said = pending.fields.without(work.event.cleared).merged(said)
    work.drafts.append(edit_of(work, target, said, cleared))
    work.show()


def say_account_stays(work: Work) -> None:
    _say_stays(work)
    work.show()


def _say_stays(work: Work) -> None:
    account = work.event.fields.account
    if account not in (None, *work.scene.accounts):
        work.say("unknown_account", account=account)
    else:
        work.say("account_stays", trade=work.scene.target, account=account)


def refuse_edit(work: Work) -> None:
    work.say("partly_closed", trade=work.scene.target)
    work.show()


def take_edit_back(work: Work) -> None:
    """What is said again is no longer changed; of an edited message, nothing is."""
    target = work.scene.target
    assert target is not None  # noqa: S101 - the row's condition
    before, said = forget_edit(work, target), frozenset(work.event.fields.said()) - {"tags"}  # which are added
    less = (one.changed(fields=one.fields.without(said), cleared=one.cleared - said) for one in before)
    left = [one for one in less if work.event.asked and one.alters]
    work.drafts.extend(left)
    if not left:
        work.say("dropped", drafts=before)
    work.show()


def explain_editing(work: Work) -> None:
    index = index_of(work.drafts, work.event.draft_id) or 0
    work.say("how_to_edit", draft=work.drafts[index])


# ---- the fill of a plan


def change_fill(work: Work) -> None:
    """Said again, perhaps with its price now."""
    plan = fills_waiting(work)[0]
    index = next(i for i, pending in enumerate(work.drafts) if pending.plan is not None and pending.plan.id == plan.id)
    if work.event.fields.said():
        _change(work, index, lambda fields: fields.merged(work.event.fields))
    else:
        work.show()
