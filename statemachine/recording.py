"""What a yes writes: trades, their closes and edits, on one account or on several; and what follows: chart or audit."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from statemachine.conversation import (
    MOST_OPEN,
    AttachPictures,
    CloseTrade,
    DeleteTrade,
    Draft,
    EditTrade,
    EndPlan,
    KnownTrade,
    RecordTrade,
    RequestAudit,
)
from statemachine.copying import accounts_of, shares, spread
from statemachine.drafting import placed
from statemachine.forgetting import forget
from statemachine.matching import (
    closes_a_part,
    closing_anew,
    forbidden_by_parts,
    is_as_shown,
    is_shown,
    known_trade,
    still_held,
)
from statemachine.pictures import attach
from statemachine.plan import Plan, filled_by
from statemachine.recorded import altered
from statemachine.trade import REMARKS, Copies
from statemachine.work import Work


def write(work: Work, pending: Draft) -> None:
    """Put a confirmed draft into the journal and decide what follows: its chart, or its audit."""
    if pending.kind == "edit":
        _edit(work, pending)
    elif pending.kind == "delete":
        _delete(work, pending)
    elif pending.others:
        _close_together(work, pending)
    elif pending.kind == "close" and pending.trade_id is not None:
        _close(work, pending, pending.trade_id)
    elif pending.copies:
        _record_copies(work, pending)
    elif placed(pending, work.scene).missing():  # its account was closed meanwhile
        work.drafts.append(placed(pending, work.scene).changed())
    else:
        work.effects.append(RecordTrade(pending))
        work.say("recorded", draft=pending, trade_id=pending.id, **_ended(work, (pending,)))
        _after_recording(work, pending, pending.id, still_open=pending.fields.is_open)


def _record_copies(work: Work, pending: Draft) -> None:
    """One trade for each account; asked again where one of these was closed meanwhile."""
    sure = spread(pending, Copies(names=accounts_of(pending), total=pending.total), work.scene)
    if sure.missing():
        work.drafts.append(sure.changed())
        return
    written = shares(sure)
    work.effects.extend(RecordTrade(one) for one in written)
    work.say("recorded_copies", drafts=written, trade_id=pending.id, **_ended(work, written))
    _after_copies(work, written, () if pending.fields.is_open else written)


def _close_together(work: Work, pending: Draft) -> None:
    """All copies as they were shown; where one has changed since, each for itself."""
    held = [(one, _held_now(work, one)) for one in shares(pending)]
    if any(trade is None or not is_as_shown(one, trade) for one, trade in held):
        for one, _ in held:
            if one.trade_id is not None:
                _close(work, one, one.trade_id)
        return
    closing = tuple(replace(one, choices=(trade,)) for one, trade in held if trade is not None)
    work.effects.extend(CloseTrade(one) for one in closing)
    work.say("recorded_copies", drafts=closing, trade_id=pending.trade_id)
    _after_copies(work, closing, [one for one in closing if not closes_a_part(one)])


def _after_copies(work: Work, written: Sequence[Draft], ended: Sequence[Draft]) -> None:
    """One chart is asked for, and is that of all; each is judged for itself, by what its own account allows."""
    pictures = written[0].pictures
    if pictures:
        first, *others = (one.trade_id or one.id for one in written)
        work.effects.append(AttachPictures(first, pictures, tuple(others)))
        return
    numbers = [one.trade_id or one.id for one in ended]
    if work.scene.wants_pictures and numbers and not any(_is_pictured(work, number) for number in numbers):
        waits = KnownTrade(trade_id=numbers[0], fields=ended[0].fields, copies=tuple(numbers[1:]))
        work.waiting.append(waits)
    else:
        work.effects.extend(RequestAudit(number) for number in numbers)


def _ended(work: Work, written: Sequence[Draft]) -> dict[str, Plan]:
    """The plan that this trade was, on one account or on several; it waits no longer."""
    plan = next((taken for one in written if (taken := _plan_taken(work, one)) is not None), None)
    if plan is None:
        return {}
    work.effects.append(EndPlan(plan.id, filled_by=written[0].id))
    return {"plan": plan}


def _plan_taken(work: Work, pending: Draft) -> Plan | None:
    """The plan that this trade was; one that was told without its plan took the one it is close to."""
    over = {effect.plan_id for effect in work.effects if isinstance(effect, EndPlan)}
    asked = {draft.plan.id for draft in work.drafts if draft.plan is not None}
    if pending.plan is not None:
        return pending.plan if pending.plan.id not in over else None
    return filled_by(pending.fields, (plan for plan in work.scene.plans if plan.id not in over | asked))


def _close(work: Work, pending: Draft, trade_id: UUID) -> None:
    """As the trade is now: it may have been closed, in part or whole, or taken back, here or in another chat."""
    trade = _held_now(work, pending)
    if trade is None:
        work.say("nothing_open", fields=pending.fields)
    elif not is_as_shown(pending, trade):
        work.say("changed_since", trade=trade)
        work.drafts.append(closing_anew(pending, trade, work.drafts))
    else:
        closing = replace(pending, choices=(trade,))
        work.effects.append(CloseTrade(closing))
        work.say("recorded", draft=closing, trade_id=trade_id)
        _after_recording(work, closing, trade_id, still_open=closes_a_part(closing))


def _held_now(work: Work, pending: Draft) -> KnownTrade | None:
    """The trade that is closed, less what this step has closed of it; None when it is not open any more."""
    trade = next((trade for trade in work.scene.open_trades if trade.trade_id == pending.trade_id), None)
    if trade is None and len(work.scene.open_trades) >= MOST_OPEN:
        trade = known_trade(pending)
    return trade and still_held(trade, [effect.draft for effect in work.effects if isinstance(effect, CloseTrade)])


def _after_recording(work: Work, pending: Draft, trade_id: UUID, *, still_open: bool) -> None:
    """An open trade is charted and judged when it is closed."""
    if pending.pictures:
        work.effects.append(AttachPictures(trade_id, pending.pictures))
    elif still_open:
        return
    elif work.scene.wants_pictures and not _is_pictured(work, trade_id):
        work.waiting.append(KnownTrade(trade_id=trade_id, fields=pending.fields))
    else:
        work.effects.append(RequestAudit(trade_id))


def _is_pictured(work: Work, trade_id: UUID) -> bool:
    known = work.scene.known
    return any(trade.trade_id == trade_id and trade.has_picture for trade in known)


def _edit(work: Work, pending: Draft) -> None:
    """Changed facts are judged anew; a trade whose chart is waited for is judged after that anyway."""
    if _asked_anew(work, pending):
        return
    written = []
    for one in shares(pending):
        trade = _known_now(work, one)
        if trade is not None and forbidden_by_parts(trade, one.alters):
            work.say("partly_closed", trade=trade)
        else:
            written.append(replace(one, choices=(trade,)) if trade is not None else one)
    work.effects.extend(EditTrade(one) for one in written)
    if len(written) > 1:
        work.say("edited_copies", drafts=tuple(written), trade_id=pending.trade_id)
    else:
        for one in written:
            work.say("edited", draft=one)
    for one in written:
        _after_edit(work, one)


def _asked_anew(work: Work, pending: Draft) -> bool:
    """An edit or a deletion of what has changed since it was asked, in another chat perhaps, is asked again."""
    now = tuple(_known_now(work, one) for one in shares(pending))
    held = tuple(trade for trade in now if trade is not None)
    refused = any(forbidden_by_parts(trade, pending.alters) for trade in held)
    if refused or all(is_shown(one, trade) for one, trade in zip(shares(pending), now, strict=True) if trade):
        return False
    anew = pending if pending.kind == "delete" else altered(pending, held[0], pending.fields, pending.cleared)
    if pending.kind == "edit" and not anew.alters:
        work.say("unchanged", trade=held[0])
        return True
    work.say("changed_since", trade=held[0], kind=pending.kind)
    work.drafts.append(anew.changed(choices=held))
    return True


def _delete(work: Work, pending: Draft) -> None:
    """Whatever else waits for the trade waits no longer."""
    if _asked_anew(work, pending):
        return
    parts = tuple(replace(one, choices=(_known_now(work, one) or one.choices[0],)) for one in shares(pending))
    work.effects.extend(DeleteTrade(one) for one in parts)
    if len(parts) > 1:
        work.say("trade_deleted_copies", drafts=parts, trade_id=pending.trade_id)
    else:
        work.say("trade_deleted", draft=parts[0])
    for one in parts:
        if one.trade_id is not None:
            forget(work, one.trade_id)


def _after_edit(work: Work, pending: Draft) -> None:
    trade = known_trade(pending)
    if trade is None:
        return
    if pending.pictures:
        attach(work, trade, pending.pictures)
    elif any(trade.trade_id in (waiting.trade_id, *waiting.copies) for waiting in work.waiting):
        work.waiting = [_edited(waiting, pending) for waiting in work.waiting]
    elif pending.alters <= REMARKS:
        return  # words about a trade are not judged
    elif not trade.is_open or pending.fields.exit_price is not None or pending.fields.pnl is not None:
        work.effects.append(RequestAudit(trade.trade_id))


def _known_now(work: Work, pending: Draft) -> KnownTrade | None:
    """The trade that is edited, as it is now; an older one as it was when the draft was made."""
    known = work.scene.known
    return next((trade for trade in known if trade.trade_id == pending.trade_id), None) or known_trade(pending)


def _edited(trade: KnownTrade, edit: Draft) -> KnownTrade:
    same = trade.trade_id == edit.trade_id
    return replace(trade, fields=edit.on(trade.fields)) if same else trade
