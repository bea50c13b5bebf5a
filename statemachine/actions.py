"""What the rows of the table write once there are drafts: yes and no, the shelf, pictures, time, talk.

Each function takes the Work of one step; nothing else is touched.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from statemachine.conditions import loose_choice
from statemachine.conversation import (
    MOST_DRAFTS,
    MOST_OPEN,
    AttachPictures,
    CloseTrade,
    Draft,
    EditTrade,
    EndPlan,
    KnownTrade,
    RecordTrade,
    RequestAudit,
)
from statemachine.copying import accounts_of, shares, spread
from statemachine.drafting import placed
from statemachine.matching import closes_a_part, closing_anew, forbidden_by_parts, is_as_shown, known_trade, still_held
from statemachine.message import Attachment
from statemachine.plan import Plan, filled_by
from statemachine.trade import Copies
from statemachine.work import Work, ids, index_of

# ---- yes


def confirm(work: Work) -> None:
    refused = [work.drafts[number - 1] for number in sorted(work.event.refused)]
    if refused:
        work.drafts = [draft for draft in work.drafts if draft not in refused]
        _say_dropped(work, refused)
    taken = _taken(work)
    if work.scene.pictures:
        taken[0] = replace(taken[0], pictures=taken[0].pictures + work.scene.pictures)
    for pending in taken:
        _write(work, pending)
    work.show()


def confirm_shelved(work: Work) -> None:
    pending = _unshelved(work)
    if pending.missing():
        work.drafts.append(pending)
    else:
        _write(work, pending)
    work.show()


def _taken(work: Work) -> list[Draft]:
    """The drafts a yes or no speaks of, removed from the pending ones. Without a name: the asked one, else all."""
    event = work.event
    index = event.which - 1 if event.which is not None else index_of(work.drafts, event.draft_id)
    if index is None:
        index = work.asked()
    taken = list(work.drafts) if index is None else [work.drafts[index]]
    work.drafts = [draft for draft in work.drafts if draft not in taken]
    return taken


def _write(work: Work, pending: Draft) -> None:
    """Put a confirmed draft into the journal and decide what follows: its chart, or its audit."""
    if pending.kind == "edit":
        _edit(work, pending)
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
    known = (*work.scene.open_trades, *work.scene.recent)
    return any(trade.trade_id == trade_id and trade.has_picture for trade in known)


def _edit(work: Work, pending: Draft) -> None:
    """Changed facts are judged anew; a trade whose chart is waited for is judged after that anyway."""
    written = []
    for one in shares(pending):
        trade = _known_now(work, one)
        if trade is not None and forbidden_by_parts(trade, one.fields):
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


def _after_edit(work: Work, pending: Draft) -> None:
    trade = known_trade(pending)
    if trade is None:
        return
    if pending.pictures:
        _attach(work, trade, pending.pictures)
    elif any(trade.trade_id in (waiting.trade_id, *waiting.copies) for waiting in work.waiting):
        work.waiting = [_edited(waiting, pending) for waiting in work.waiting]
    elif not trade.is_open or pending.fields.exit_price is not None or pending.fields.pnl is not None:
        work.effects.append(RequestAudit(trade.trade_id))


def _known_now(work: Work, pending: Draft) -> KnownTrade | None:
    """The trade that is edited, as it is now; an older one as it was when the draft was made."""
    known = (*work.scene.open_trades, *work.scene.recent)
    return next((trade for trade in known if trade.trade_id == pending.trade_id), None) or known_trade(pending)


def _edited(trade: KnownTrade, edit: Draft) -> KnownTrade:
    same = trade.trade_id == edit.trade_id
    return replace(trade, fields=trade.fields.merged(edit.fields)) if same else trade


# ---- no


def drop(work: Work) -> None:
    _say_dropped(work, _taken(work))
    work.show()


def _say_dropped(work: Work, taken: list[Draft]) -> None:
    work.say("dropped", drafts=tuple(taken))
    for pending in taken:
        if pending.twin and pending.pictures and pending.choices:
            _attach(work, pending.choices[0], pending.pictures)  # "the same": its picture belongs to the recorded one


def drop_shelved(work: Work) -> None:
    work.say("dropped", drafts=(_unshelved(work),))
    work.show()


def cancel_drafts(work: Work) -> None:
    work.say("dropped", drafts=tuple(work.drafts))
    work.drafts = []
    work.show()


# ---- the shelf, and what cannot be done


def take_from_shelf(work: Work) -> None:
    work.drafts.append(_unshelved(work))
    work.show()


def _unshelved(work: Work) -> Draft:
    return replace(work.shelf.pop(index_of(work.shelf, work.event.draft_id) or 0), shelved_at=None)


def show_shelf(work: Work) -> None:
    """A yes or no with nothing pending may answer the reminder; it does not say which draft, so it is asked again."""
    work.say("drafts", pending=(), shelf=tuple(work.shelf))


def say_stale(work: Work) -> None:
    work.say("stale", pending=bool(work.drafts or work.waiting))
    work.show()


def say_no_such_draft(work: Work) -> None:
    work.say("no_such_draft", which=work.event.which, count=len(work.drafts))
    work.show()


def ask_again(work: Work) -> None:
    work.show()


# ---- pictures


def attach_to_target(work: Work) -> None:
    target = work.scene.target
    assert target is not None  # noqa: S101 - the row's condition
    _attach(work, target, work.event.pictures)
    work.show()


def attach_awaited(work: Work) -> None:
    """The chart that was asked for: alone, or with words that say nothing of a trade."""
    _attach(work, work.waiting[0], getattr(work.event, "pictures", work.scene.pictures))
    work.show()


def _attach(work: Work, trade: KnownTrade, pictures: tuple[Attachment, ...]) -> None:
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
        _attach(work, trade, work.event.pictures)
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
        _attach(work, trade, work.take_loose())
        work.show()


def forget_loose(work: Work) -> None:
    work.take_loose()
    work.say("skipped", trades=())


def skip(work: Work) -> None:
    work.say("skipped", trades=tuple(work.waiting))
    work.end_wait()
    work.show()


# ---- time


def end_wait(work: Work) -> None:
    work.end_wait()


def shelve(work: Work) -> None:
    """Put the drafts away, with one reminder. The shelf holds so many; what no longer fits is dropped, and named."""
    put_away = [replace(pending, shelved_at=work.now) for pending in work.drafts]
    shelf = work.shelf + put_away
    work.drafts, work.shelf, beyond = [], shelf[-MOST_DRAFTS:], shelf[:-MOST_DRAFTS]
    work.say("reminder", drafts=tuple(put_away))
    if beyond:
        work.say("dropped", drafts=tuple(beyond))
    work.end_wait()


def forget_trade(work: Work) -> None:
    """A trade that is gone is neither closed nor edited, nor is its chart waited for."""
    gone = work.event.trade_id
    dropped = tuple(pending for pending in (*work.drafts, *work.shelf) if pending.trade_id == gone)
    waited = gone in ids(work.waiting)
    lessened = any(gone in pending.others for pending in work.drafts)
    work.drafts = [_less(pending, gone) for pending in work.drafts if pending.trade_id != gone]
    work.shelf = [_less(pending, gone) for pending in work.shelf if pending.trade_id != gone]
    work.waiting = [_left(trade, gone) for trade in work.waiting if trade.trade_id != gone]
    if dropped:
        work.say("dropped", drafts=dropped)
    if dropped or waited or lessened:
        work.show()


def _less(pending: Draft, gone: UUID) -> Draft:
    """A close or an edit of several copies goes on with those that are left."""
    if gone not in pending.others:
        return pending
    return pending.changed(others=tuple(number for number in pending.others if number != gone))


def _left(trade: KnownTrade, gone: UUID) -> KnownTrade:
    return replace(trade, copies=tuple(number for number in trade.copies if number != gone))


def ignore(work: Work) -> None:
    """Nothing to say, nothing to change."""


# ---- talk


def answer_question(work: Work) -> None:
    work.say("asked")
    work.show()


def answer_chat(work: Work) -> None:
    if work.drafts or work.waiting:
        work.show()
    else:
        work.say("chatted")


def answer_unread(work: Work) -> None:
    work.say("unread", understood=work.event.understood, reason=work.event.reason, state=work.state)
    work.show()


def say_not_allowed(work: Work) -> None:
    work.say("not_allowed", event=type(work.event).__name__, state=work.state)
    work.show()
