"""Which plan is meant by a fill, and which one a trade that was told without its plan has taken."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from statemachine.plan import Levels, filled_by, fits, is_same, meant_by
from statemachine.trade import TradeFields
from tests.situations import ENTERED, NOW, plan

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
