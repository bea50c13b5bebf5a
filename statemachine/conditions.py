"""What the rows of the table look at. Nothing here changes anything."""

from statemachine.conversation import MOST_DRAFTS, KnownTrade
from statemachine.copying import meant_together
from statemachine.matching import changes, forbidden_by_parts, meant_by, moves_account, still_held
from statemachine.trade import Copies
from statemachine.work import Work, index_of

# ---- what is pending


def lacks_details(work: Work) -> bool:
    return work.asked() is not None


def has_drafts(work: Work) -> bool:
    return bool(work.drafts)


def awaits_charts(work: Work) -> bool:
    return bool(work.waiting)


def has_shelf(work: Work) -> bool:
    return bool(work.shelf)


def has_loose(work: Work) -> bool:
    return bool(work.loose)


def has_target(work: Work) -> bool:
    return work.scene.target is not None


def brings_pictures(work: Work) -> bool:
    return bool(work.scene.pictures)


def too_many_drafts(work: Work) -> bool:
    coming = len(work.event.trades) if hasattr(work.event, "trades") else 1
    return len(work.drafts) + coming > MOST_DRAFTS


# ---- which draft


def is_stale(work: Work) -> bool:
    """A button of a draft that is gone or has changed since."""
    event = work.event
    if event.draft_id is None:
        return False
    index = index_of(work.drafts, event.draft_id)
    return index is None or work.drafts[index].revision != event.revision


def no_such_draft(work: Work) -> bool:
    named = (
        work.event.which,
        *(one.which for one in getattr(work.event, "also", ())),
        *getattr(work.event, "refused", ()),
    )
    return any(which is not None and not 1 <= which <= len(work.drafts) for which in named)


def names_complete(work: Work) -> bool:
    """The button of a draft that lacks nothing, whatever the others lack."""
    index = index_of(work.drafts, work.event.draft_id)
    return index is not None and not work.drafts[index].missing()


def names_shelved(work: Work) -> bool:
    index = index_of(work.shelf, work.event.draft_id)
    return index is not None and work.shelf[index].revision == work.event.revision


def lacks_room(work: Work) -> bool:
    """A shelved draft would have to wait again, among too many."""
    return names_shelved(work) and len(work.drafts) >= MOST_DRAFTS


def revises_a_draft(work: Work) -> bool:
    return any(draft.source == work.event.source for draft in work.drafts)


def revises_shelved(work: Work) -> bool:
    return any(draft.source == work.event.source for draft in work.shelf)


def revises_too_many(work: Work) -> bool:
    """The edited message would bring one more draft than may wait."""
    adds = revises_shelved(work) or (revises_a_trade(work) and not takes_edit_back(work))
    return adds and too_many_drafts(work)


# ---- which trade


def closable(work: Work) -> tuple[KnownTrade, ...]:
    """The open trades that a close may mean; the one whose message was answered, before all others."""
    target = work.scene.target
    named = target is not None and target.is_open
    said = work.event.fields
    if said.account not in (None, *work.scene.accounts):
        said = said.without(frozenset({"account"}))  # none of the trader's: they are told, and asked what they mean
    if named and target is not None and said.account is None:
        trades = (target, *(trade for trade in work.scene.open_trades if trade.trade_id in target.copies))
    else:
        trades = (target,) if named and target is not None else meant_by(said, work.scene.open_trades)
    return tuple(left for trade in trades if (left := still_held(trade, work.drafts)) is not None)


def nothing_open(work: Work) -> bool:
    return not closable(work)


def revises_a_trade(work: Work) -> bool:
    target = work.scene.target
    return target is not None and changes(target.fields, work.event.fields) is not None


def revises_parts(work: Work) -> bool:
    """A part of the trade is closed, and the change would touch what it made."""
    target = work.scene.target
    changed = changes(target.fields, work.event.fields) if target is not None else None
    return target is not None and changed is not None and forbidden_by_parts(target, changed)


def names_other_account(work: Work) -> bool:
    target = work.scene.target
    return target is not None and (moves_account(target.fields, work.event.fields) or adds_copies(work))


def adds_copies(work: Work) -> bool:
    """A recorded trade is said to be on several accounts, and was recorded on one."""
    target = work.scene.target
    return work.event.copies is not None and target is not None and not target.copies


def takes_edit_back(work: Work) -> bool:
    """The message says again what is recorded: the edit that was proposed is not wanted any more."""
    target = work.scene.target
    return target is not None and any((d.kind, d.trade_id) == ("edit", target.trade_id) for d in work.drafts)


def loose_choice(work: Work) -> KnownTrade | None:
    known = (*work.scene.recent, *work.scene.open_trades)
    return next((trade for trade in known if trade.trade_id.hex == work.event.choice), None)


def picks_for_loose(work: Work) -> bool:
    named = work.event.choice == "new" or loose_choice(work) is not None
    return work.event.draft_id is None and bool(work.loose) and named


def picks_offered(work: Work) -> bool:
    index = index_of(work.drafts, work.event.draft_id)
    if index is None or work.drafts[index].kind != "close":
        return False
    if work.event.choice == "all":
        return bool(meant_together(work.drafts[index].choices, Copies(every=True)))
    return any(choice.trade_id.hex == work.event.choice for choice in work.drafts[index].choices)


# ---- time


def is_outlived(work: Work) -> bool:
    return bool(work.event.marker != work.before.marker)
