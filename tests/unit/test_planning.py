"""Which plan is meant by a fill, and which one a trade that was told without its plan has taken."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from statemachine.conversation import Conversation, Draft, EndPlan, KeepPlan
from statemachine.events import Filled, Planned
from statemachine.machine import step
from statemachine.plan import Levels, Plan, filled_by, fits, is_same, meant_by
from statemachine.trade import TradeFields
from tests.situations import CHART, ENTERED, NOW, plan, scene

NQ = plan(1, replace(ENTERED, entry_price=Decimal(18200)))
LOWER = plan(2, replace(ENTERED, entry_price=Decimal(18000)))
ES = plan(3, TradeFields(symbol="ES", direction="short", entry_price=Decimal(5420)))
UNPRICED = plan(4, TradeFields(symbol="CL", direction="long"))
ON_APEX = plan(5, replace(NQ.fields, account="apex2"))
BETWEEN = replace(NQ, levels=Levels(entry_range=(Decimal(18100), Decimal(18300))))
ALL = (NQ, LOWER, ES, UNPRICED)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (TradeFields(), ALL),
        (TradeFields(symbol="NQ"), (NQ, LOWER)),
        (TradeFields(direction="short"), (ES,)),
        (TradeFields(symbol="YM"), ()),
        (TradeFields(entry_price=Decimal("5419.75")), (ES,)),
        (TradeFields(entry_price=Decimal(18201)), (NQ,)),
        (TradeFields(symbol="NQ", entry_price=Decimal(18100)), (NQ, LOWER)),
        (TradeFields(symbol="NQ", entry_price=Decimal(182)), ()),
    ],
)
def test_meant_by_what_is_said(said: TradeFields, meant: tuple[object, ...]) -> None:
    assert meant_by(said, ALL) == meant


def test_an_account_tells_which() -> None:
    assert meant_by(TradeFields(account="apex2"), (NQ, ON_APEX)) == (ON_APEX,)
    assert meant_by(TradeFields(account="apex2"), (NQ,)) == (NQ,), "it is booked elsewhere, then"


def test_a_price_without_a_planned_one_fits() -> None:
    assert fits(TradeFields(symbol="CL", entry_price=Decimal("71.20")), UNPRICED.fields)


@pytest.mark.parametrize(
    ("trade", "taken"),
    [
        (replace(ENTERED, entry_price=Decimal(18205)), NQ),
        (replace(ENTERED, entry_price=Decimal(18010), exit_price=Decimal(18050)), LOWER),
        (replace(ENTERED, entry_price=Decimal(18246)), None),
        (replace(ENTERED, entry_price=Decimal(18205), direction="short"), None),
        (replace(ENTERED, entry_price=Decimal(18205), account="apex2"), None),
        (replace(ENTERED, entry_price=None, pnl=Decimal(400)), None),
        (replace(ENTERED, entry_price=Decimal(18205), entry_time=NOW - timedelta(minutes=1)), None),
        (replace(ENTERED, entry_price=Decimal(18205), day=date(2026, 3, 22)), None),
        (replace(ENTERED, entry_price=Decimal(18205), day=date(2026, 3, 23)), NQ),
        (TradeFields(symbol="CL", direction="long", entry_price=Decimal(71)), UNPRICED),
    ],
)
def test_the_plan_that_a_trade_took(trade: TradeFields, taken: object) -> None:
    assert filled_by(trade, ALL) == taken


def test_the_closest_of_two() -> None:
    near = plan(9, replace(NQ.fields, entry_price=Decimal(18210)))
    assert filled_by(replace(ENTERED, entry_price=Decimal(18209)), (NQ, near)) == near


def test_anywhere_in_a_range() -> None:
    assert filled_by(replace(ENTERED, entry_price=Decimal(18290)), (BETWEEN,)) == BETWEEN
    assert filled_by(replace(ENTERED, entry_price=Decimal(18290)), (NQ,)) is None


def test_the_same_plan_with_another_stop() -> None:
    assert is_same(NQ.fields, replace(NQ.fields, stop_loss=Decimal(18180), position_size=None))
    assert not is_same(NQ.fields, LOWER.fields)
    assert not is_same(NQ.fields, ON_APEX.fields)


# ---- what a plan becomes


def kept(event: Planned, **around: Any) -> Plan:
    """The one plan that an event makes."""
    turn = step(Conversation(), event, NOW, scene(**around))
    (plan,) = (effect.plan for effect in turn.effects if isinstance(effect, KeepPlan))
    return plan


def filled(plan: Plan, **said: Any) -> Draft:
    (draft,) = step(Conversation(), Filled(fields=TradeFields(**said)), NOW, scene(plans=(plan,))).conversation.drafts
    return draft


def test_what_is_said_of_the_fill_goes_before_the_plan() -> None:
    plan = kept(Planned(trades=(replace(NQ.fields, stop_loss=Decimal(18180), take_profit=Decimal(18260)),)))
    draft = filled(plan, entry_price=Decimal(18201), position_size=Decimal(1))
    assert draft.fields == replace(plan.fields, entry_price=Decimal(18201), position_size=Decimal(1))
    assert draft.plan == plan
    assert filled(plan).fields == plan.fields


def test_the_times_of_a_plan_are_none_of_the_trade() -> None:
    plan = kept(Planned(trades=(replace(NQ.fields, entry_time=NOW, day=NOW.date()),)))
    assert filled(plan).fields == NQ.fields
    assert filled(plan, entry_time=NOW).fields.entry_time == NOW


def test_the_price_of_a_range_is_asked_for() -> None:
    plan = kept(Planned(trades=(NQ.fields,), levels=(BETWEEN.levels,)))
    assert filled(plan).missing() == ("entry_price",)
    assert filled(plan, entry_price=Decimal(18150)).missing() == ()


def test_what_a_model_read_is_to_be_checked_in_the_draft_too() -> None:
    assert filled(kept(Planned(trades=(NQ.fields,), by_model=True))).by_model
    assert not filled(kept(Planned(trades=(NQ.fields,)))).by_model


def test_a_plan_told_again_keeps_its_id_and_adds_to_what_it_said() -> None:
    first = kept(Planned(trades=(replace(NQ.fields, stop_loss=Decimal(18180)),)))
    again = kept(Planned(trades=(replace(NQ.fields, position_size=None, take_profit=Decimal(18260)),)), plans=(first,))
    assert again.id == first.id
    assert again.fields == replace(first.fields, take_profit=Decimal(18260))


def test_an_edited_message_says_all_of_its_plan() -> None:
    first = replace(kept(Planned(trades=(replace(NQ.fields, stop_loss=Decimal(18180)),))), source="m99")
    changed = kept(Planned(trades=(LOWER.fields,), edited=True), plans=(first,))
    assert (changed.id, changed.fields) == (first.id, LOWER.fields)


def test_an_edited_message_brings_its_picture_again() -> None:
    first = replace(kept(Planned(trades=(NQ.fields,)), pictures=CHART), source="m99")
    assert first.pictures == CHART
    assert kept(Planned(trades=(LOWER.fields,), edited=True), plans=(first,), pictures=CHART).pictures == CHART


def test_an_edited_message_that_tells_of_fewer_plans_ends_the_others() -> None:
    two = tuple(replace(plan, source="m99") for plan in (NQ, ES))
    turn = step(Conversation(), Planned(trades=(NQ.fields,), edited=True), NOW, scene(plans=two))
    assert [effect for effect in turn.effects if isinstance(effect, EndPlan)] == [EndPlan(ES.id)]


def test_a_plan_is_of_the_account_in_use() -> None:
    plan = kept(Planned(trades=(NQ.fields,)), accounts=("main", "apex2"), account="apex2")
    assert plan.fields.account == "apex2"
