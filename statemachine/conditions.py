"""What the rows of the table look at. Nothing here changes anything."""

from collections.abc import Container
from dataclasses import replace

from statemachine.conversation import MOST_DRAFTS, KnownTrade
from statemachine.copying import meant_together
from statemachine.events import Filled
from statemachine.legs import with_fill
from statemachine.matching import changes, emptied, forbidden_by_parts, meant_by, moves_account, needed, still_held
from statemachine.plan import MOST_PLANS, Plan, is_same
from statemachine.plan import meant_by as plans_meant_by
from statemachine.trade import Copies, TradeFields
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


def not_yet_shown(work: Work) -> bool:
    """A yes in words that was sent before the trader could see what a voice note told."""
    sent = work.scene.received_at
    if sent is None or work.event.draft_id is not None:
        return False
    return any(draft.heard_at is not None and sent <= draft.heard_at for draft in work.drafts)


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
    adds = revises_shelved(work) or revises_a_plan(work) or (revises_a_trade(work) and not takes_edit_back(work))
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


def said_of_target(work: Work) -> TradeFields:
    """What is said of a recorded trade, less an account that it cannot move to."""
    said: TradeFields = work.event.fields
    return said.without(frozenset({"account"})) if names_other_account(work) else said


def revises_a_trade(work: Work) -> bool:
    return bool(_revised(work))


def revises_parts(work: Work) -> bool:
    """A part of the trade is closed, and the change would touch what it made."""
    target = work.scene.target
    return target is not None and forbidden_by_parts(target, _revised(work))


def empties_needed(work: Work) -> bool:
    """A fact that a trade cannot be without."""
    target = work.scene.target
    return target is not None and needed(target, work.event.cleared) is not None


def _revised(work: Work) -> frozenset[str]:
    """The facts of the recorded trade that would be others, or none."""
    target = work.scene.target
    if target is None:
        return frozenset()
    changed = changes(target, said_of_target(work)) or TradeFields()
    return emptied(target, work.event.cleared) | changed.said().keys()


def names_other_account(work: Work) -> bool:
    """One that the trade cannot move to: none of the trader's, or it has copies on others."""
    target, said = work.scene.target, work.event.fields
    if target is None or adds_copies(work):
        return target is not None
    stays = bool(target.copies) or said.account not in work.scene.accounts
    return moves_account(target.fields, said) and stays


def adds_copies(work: Work) -> bool:
    """A recorded trade is said to be on several accounts, and was recorded on one."""
    target = work.scene.target
    return work.event.copies is not None and target is not None and not target.copies


def takes_edit_back(work: Work) -> bool:
    """The message says again what is recorded: the edit that was proposed is not wanted any more."""
    target = work.scene.target
    return target is not None and any((d.kind, d.trade_id) == ("edit", target.trade_id) for d in work.drafts)


def asks_nothing_new(work: Work) -> bool:
    return work.event.asked and work.scene.target is not None


def lacks_target(work: Work) -> bool:
    return work.scene.target is None


def does_not_fit(work: Work) -> bool:
    """A fill that cannot have been one of the trade."""
    target = work.scene.target
    return target is not None and isinstance(with_fill(as_asked(work, target), work.event.fields), str)


def as_asked(work: Work, trade: KnownTrade) -> KnownTrade:
    """A recorded trade with the change of it that waits for its yes."""
    waiting = next((d for d in work.drafts if (d.kind, d.trade_id) == ("edit", trade.trade_id)), None)
    return trade if waiting is None else replace(trade, fields=waiting.on(trade.fields))


def loose_choice(work: Work) -> KnownTrade | None:
    return next((trade for trade in work.scene.known if trade.trade_id.hex == work.event.choice), None)


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


# ---- which plan


def plans_of_message(work: Work) -> tuple[Plan, ...]:
    """Those that the message at hand made, when it was sent first."""
    return tuple(plan for plan in work.scene.plans if plan.source is not None and plan.source == work.scene.source)


def edits_no_plan(work: Work) -> bool:
    return work.event.edited and not plans_of_message(work)


def revises_a_plan(work: Work) -> bool:
    """The plan's message tells of a trade that was taken now."""
    return len(plans_of_message(work)) == 1


def too_many_plans(work: Work) -> bool:
    plans = work.scene.plans
    coming = [said for said in work.event.trades if not any(is_same(said, plan.fields) for plan in plans)]
    return len(plans) + len(coming) - len(plans_of_message(work)) > MOST_PLANS


def plans_meant(work: Work) -> tuple[Plan, ...]:
    """The plans that a fill, or that there was none, may mean. One whose fill waits for its yes is not filled again."""
    asked = _asked(work) if isinstance(work.event, Filled) else []
    return tuple(plan for plan in _meant(work, asked) if plan not in asked)


def fills_waiting(work: Work) -> tuple[Plan, ...]:
    """The plans that are meant, and whose fill was said before and waits for its yes."""
    return () if plans_meant(work) else _meant(work, [plan for plan in work.scene.plans if plan not in _asked(work)])


def _meant(work: Work, others: Container[Plan]) -> tuple[Plan, ...]:
    """By button or number any plan, by what is said one that is none of `others`. Numbers are of the last list."""
    event, plans, offered = work.event, work.scene.plans, offered_plans(work)
    if event.plan_id is not None:
        return tuple(plan for plan in plans if plan.id.hex == event.plan_id)
    if event.which is not None:
        return (offered or plans)[event.which - 1 : event.which]
    return plans_meant_by(event.fields, (plan for plan in plans if plan not in others))


def offered_plans(work: Work) -> tuple[Plan, ...]:
    """Those of which it was asked which one was filled."""
    return next((draft.plans for draft in work.drafts if draft.plans), ())


def answers_which(work: Work) -> bool:
    offered = {plan.id for plan in offered_plans(work)}
    return bool(offered) and offered.issuperset(plan.id for plan in plans_meant(work))


def _asked(work: Work) -> list[Plan]:
    """Those that drafts come from."""
    ids = {draft.plan.id for draft in work.drafts if draft.plan is not None}
    return [plan for plan in work.scene.plans if plan.id in ids]


def no_plan_meant(work: Work) -> bool:
    return not plans_meant(work)


def several_plans_meant(work: Work) -> bool:
    return len(plans_meant(work)) > 1


def fill_waits(work: Work) -> bool:
    return any(plan in _asked(work) for plan in fills_waiting(work))


# ---- time


def is_outlived(work: Work) -> bool:
    return bool(work.event.marker != work.before.marker)
