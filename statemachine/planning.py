"""What the rows of the table write about plans: keeping them, filling them, ending them."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import uuid5

from statemachine.conditions import plans_meant, plans_of_message
from statemachine.conversation import Draft, EndPlan, KeepPlan, Scene
from statemachine.copying import on_one, spread
from statemachine.drafting import booked, compared, placed
from statemachine.events import AccountPicked, Filled
from statemachine.pictures import attach_awaited
from statemachine.plan import MOST_PLANS, Levels, Plan, is_same
from statemachine.trade import Copies, TradeFields
from statemachine.work import Work

OF_THE_PLAN = frozenset({"entry_time", "exit_time", "exit_price", "pnl", "pnl_basis", "day"})
"""What a plan may say that is no fact of the trade it becomes."""

# ---- keeping


def keep(work: Work) -> None:
    """Each is new, or what its message or an equal one says now."""
    revised = plans_of_message(work)
    kept: list[Plan] = []
    for number, said in enumerate(work.event.trades):
        known = revised[number] if number < len(revised) else _same(work, kept, said)
        kept.append(_planned(work, number, said, known))
    plans = {plan.id: plan for plan in kept}
    work.effects.extend(KeepPlan(plan) for plan in plans.values())
    work.effects.extend(EndPlan(plan.id) for plan in revised if plan.id not in plans)
    work.say("planned", plans=tuple(plans.values()), news=_news(work, plans.values()))
    if _brings_chart(work):
        attach_awaited(work)
    else:
        work.show()


def _brings_chart(work: Work) -> bool:
    """A picture that comes with a plan while a chart is waited for is that chart."""
    return work.state == "awaiting_screenshot" and bool(work.scene.pictures)


def _same(work: Work, kept: list[Plan], said: TradeFields) -> Plan | None:
    fields = booked(said, work.scene)
    return next((plan for plan in (*kept, *work.scene.plans) if is_same(fields, plan.fields)), None)


def _planned(work: Work, number: int, said: TradeFields, known: Plan | None) -> Plan:
    """An edited message says all of its plan; one that tells of it again adds to it."""
    before = None if work.event.edited else known
    fields = booked(said, work.scene)
    levels = work.event.levels[number] if number < len(work.event.levels) else Levels()
    pictures = work.scene.pictures if number == 0 and not _brings_chart(work) else ()
    return Plan(
        id=known.id if known is not None else uuid5(work.scene.message_id, f"plan {number}"),
        fields=fields if before is None else before.fields.merged(fields),
        planned_at=work.now,
        levels=levels if before is None or levels != Levels() else before.levels,
        source=work.scene.source,
        pictures=tuple(dict.fromkeys((*(known.pictures if known is not None else ()), *pictures))),
        by_model=work.by_model or (before is not None and before.by_model),
        copies=work.event.copies or (before.copies if before is not None else None),
    )


def _news(work: Work, kept: Collection[Plan]) -> str:
    """What became of them: kept, changed, or known as they are."""
    before = {plan.id: plan for plan in work.scene.plans}
    if any(plan.id not in before for plan in kept):
        return "kept"
    same = all((plan.fields, plan.levels) == (before[plan.id].fields, before[plan.id].levels) for plan in kept)
    return "known" if same else "changed"


def refuse_more_plans(work: Work) -> None:
    work.say("too_many_plans", most=MOST_PLANS, plans=work.scene.plans)
    work.show()


# ---- the fill


def fill(work: Work) -> None:
    """A draft of the trade; where several plans may be meant, it asks which."""
    _fill(work, plans_meant(work))


def end_wait_and_fill(work: Work) -> None:
    work.end_wait()
    fill(work)


def fill_as_edited(work: Work) -> None:
    _fill(work, plans_of_message(work))


def _fill(work: Work, meant: tuple[Plan, ...]) -> None:
    kept, marks = work.take_loose()
    made = Draft(
        id=uuid5(work.scene.message_id, "filled"),
        fields=marks.merged(work.event.fields),
        said_at=work.scene.said_at,
        source=work.scene.source,
        pictures=kept + work.scene.pictures,
        by_model=work.by_model,
        heard_at=work.heard_at,
    )
    work.drafts.append(of_one(work, on_said(made, work.event, work.scene), meant))
    if kept:
        work.say("picture_joined", draft=work.drafts[-1])
    work.show()


def tell_which(work: Work) -> None:
    """The plan that was asked for, or fewer that it may be; what was said before stays."""
    index = next(i for i, pending in enumerate(work.drafts) if pending.plans)
    pending = work.drafts[index]
    told = pending.changed(
        fields=pending.fields.merged(work.event.fields),
        pictures=pending.pictures + work.scene.pictures,
        by_model=pending.by_model or work.by_model,
        heard_at=work.heard_at or pending.heard_at,
    )
    work.drafts[index] = of_one(work, on_said(told, work.event, work.scene), plans_meant(work))
    work.show()


def on_said(made: Draft, said: Any, scene: Scene) -> Draft:
    """A fill on the accounts that an event says, perhaps before it is known which plan it was."""
    copies: Copies | None = getattr(said, "copies", None)
    if copies is not None:
        return spread(made, copies, scene)
    alone = isinstance(said, AccountPicked) or said.fields.account is not None
    return on_one(made) if alone else made


def of_one(work: Work, made: Draft, plans: tuple[Plan, ...]) -> Draft:
    """The fill of a plan; of several it is not known yet of which one."""
    return _as_planned(work, made, plans[0]) if len(plans) == 1 else replace(made, plans=plans)


def _as_planned(work: Work, made: Draft, plan: Plan) -> Draft:
    """The draft of a trade that a plan became: as planned, but for what was said of the fill.

    Of a range nobody said at which price it is filled: that is asked for.
    """
    fields = plan.fields.without(OF_THE_PLAN)
    if plan.levels.entry_range is not None:
        fields = replace(fields, entry_price=None)
    fields = booked(fields.merged(made.fields), work.scene)
    pictures, by_model = plan.pictures + made.pictures, plan.by_model or made.by_model
    filled = replace(made, plan=plan, plans=(), fields=fields, pictures=pictures, by_model=by_model)
    return compared(work, _on_accounts(filled, made, plan, work.scene))


def _on_accounts(filled: Draft, said: Draft, plan: Plan, scene: Scene) -> Draft:
    """Where the fill was said to be; else where it was planned."""
    named = (said.fields.account, said.unknown_account, said.copies_asked)
    if plan.copies is not None and named == (None, None, None):
        return spread(filled, plan.copies, scene)
    if said.unknown_account is not None and said.fields.account is None:
        filled = replace(filled, fields=replace(filled.fields, account=said.unknown_account))
    return placed(filled, scene)


# ---- the end


def end(work: Work) -> None:
    """Where it was said to be filled before, that draft is dropped with it."""
    plan = plans_meant(work)[0]
    dropped = tuple(draft for draft in work.drafts if draft.plan is not None and draft.plan.id == plan.id)
    work.drafts = [_without(work, draft, plan) for draft in work.drafts if draft not in dropped]
    if dropped:
        work.say("dropped", drafts=dropped)
    work.effects.append(EndPlan(plan.id))
    work.say("plan_ended", plan=plan)
    work.show()


def _without(work: Work, draft: Draft, plan: Plan) -> Draft:
    """A fill of one of several plans is none of this one's."""
    left = tuple(other for other in draft.plans if other.id != plan.id)
    return draft if left == draft.plans else of_one(work, draft.changed(), left)


# ---- what cannot be done


def ask_which(work: Work) -> None:
    work.say("which_plan", plans=plans_meant(work))
    work.show()


def say_no_plan(work: Work) -> None:
    event = work.event
    named, filled = event.plan_id is not None or event.which is not None, isinstance(event, Filled)
    work.say("no_such_plan", plans=work.scene.plans, gone=named, filled=filled, said=event.fields)
    work.show()
