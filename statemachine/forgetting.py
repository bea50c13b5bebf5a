"""What becomes of a conversation when a recorded trade is gone: nothing is asked or awaited of it any more."""

from dataclasses import replace
from uuid import UUID

from statemachine.conversation import Draft, KnownTrade
from statemachine.work import Work, ids


def forget(work: Work, gone: UUID) -> bool:
    """Drop what is about a trade, and say so; whether anything was."""
    dropped = tuple(pending for pending in (*work.drafts, *work.shelf) if pending.trade_id == gone)
    waited = gone in ids(work.waiting)
    lessened = any(gone in pending.others for pending in work.drafts)
    work.drafts = [_less(pending, gone) for pending in work.drafts if pending.trade_id != gone]
    work.shelf = [_less(pending, gone) for pending in work.shelf if pending.trade_id != gone]
    work.waiting = [_left(trade, gone) for trade in work.waiting if trade.trade_id != gone]
    if dropped:
        work.say("dropped", drafts=dropped)
    return bool(dropped or waited or lessened)


def _less(pending: Draft, gone: UUID) -> Draft:
    """A close or an edit of several copies goes on with those that are left."""
    if gone not in pending.others:
        return pending
    return pending.changed(others=tuple(number for number in pending.others if number != gone))


def _left(trade: KnownTrade, gone: UUID) -> KnownTrade:
    return replace(trade, copies=tuple(number for number in trade.copies if number != gone))
