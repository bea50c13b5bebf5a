"""P&L by hand-calculated cases: gross, converted, refused where a fact is missing; risk, R, the said figure."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trading.contracts import CONTRACTS
from bot.trading.pnl import (
    computed_pnl,
    difference,
    net_pnl,
    outcome,
    r_multiple,
    reward_to_risk,
    risk,
)
from statemachine.trade import TradeFields


def trade(text: str, **more: Any) -> TradeFields:
    """`NQ long 2 18250 18290`: symbol, direction, size, entry, exit; `-` leaves one out."""
    symbol, direction, *figures = text.split()
    size, entry, leave = (None if figure == "-" else Decimal(figure) for figure in figures)
    side: Any = direction if direction != "-" else None
    more = {name: Decimal(v) if isinstance(v, str) and name != "pnl_basis" else v for name, v in more.items()}
    return TradeFields(symbol=symbol, direction=side, position_size=size, entry_price=entry, exit_price=leave, **more)


@pytest.mark.parametrize(
    ("text", "currency", "pnl"),
    [
        ("NQ long 2 18250 18290", "USD", "1600.00"),
        ("NQ short 2 18250 18290", "USD", "-1600.00"),
        ("MNQ long 5 20115.25 20098", "USD", "-172.50"),
        ("ES short 3 5388.75 5391.25", "USD", "-375.00"),
        ("CL short 1 78.42 77.95", "USD", "470.00"),
        ("6J long 1 0.0067 0.0068", "USD", "1250.00"),
        ("FDAX long 1 18000 18010", "EUR", "250.00"),
        ("EURUSD long 0.5 1.0850 1.0872", "USD", "110.00"),
        ("USDJPY long 0.3 149.20 149.05", "USD", "-30.19"),
        ("USDJPY long 1 150 151", "JPY", "100000.00"),
        ("EURGBP long 1 0.8500 0.8550", "EUR", "584.80"),
        ("XAUUSD short 0.3 2338.20 2335.10", "USD", "93.00"),
        ("ZB long 1 118.50 119.25", "USD", "750.00"),
        ("ZC long 2 450.25 455.25", "USD", "500.00"),
        ("ZC long 2 4.5025 4.5525", "USD", "500.00"),
        ("ZL short 1 45.50 45.00", "USD", "300.00"),
        ("LE long 1 175.025 176.025", "USD", "400.00"),
        ("NQZ5 long 1 18250 18251", "USD", "20.00"),
    ],
)
def test_gross_pnl_is_computed(text: str, currency: str, pnl: str) -> None:
    assert computed_pnl(trade(text), currency) == Decimal(pnl)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("NQ - 2 18250 18290", "USD"),
        ("NQ long - 18250 18290", "USD"),
        ("NQ long 2 - 18290", "USD"),
        ("NQ long 2 18250 -", "USD"),
        ("NQ long 0 18250 18290", "USD"),
        ("NQ long 2 18250 18290", "EUR"),
        ("FDAX long 1 18000 18010", "USD"),
        ("GBPJPY long 1 190 191", "USD"),
        ("EURUSD long 1 1.08 1.09", "GBP"),
        ("USDJPY long 1 150 0", "USD"),
        ("NAS100 long 1 18215 18190", "USD"),
        ("XAGUSD long 1 28 29", "USD"),
        ("VXM long 1 15 16", "USD"),
        ("AAPL long 100 190 191", "USD"),
        ("ZC long 1 4.50 455", "USD"),
        ("ZN long 1 109.165 109.185", "USD"),
        ("ZB long 1 13420 13350", "USD"),
        ("6J long 1 67.00 68.00", "USD"),
        ("NQ long 1e30 18250 18290", "USD"),
    ],
)
def test_what_is_not_known_for_certain_is_not_computed(text: str, currency: str) -> None:
    assert computed_pnl(trade(text), currency) is None


def test_a_point_value_the_trader_confirmed_is_used() -> None:
    assert computed_pnl(trade("NAS100 long 2 18215 18225"), "USD", Decimal(10)) == Decimal(200)


@given(
    symbol=st.sampled_from(["NQ", "ES", "CL", "EURUSD", "XAUUSD"]),
    entry=st.decimals("1", "9999", places=2),
    leave=st.decimals("1", "9999", places=2),
    size=st.integers(1, 50),
)
def test_short_is_the_mirror_of_long(symbol: str, entry: Decimal, leave: Decimal, size: int) -> None:
    long = computed_pnl(trade(f"{symbol} long {size} {entry} {leave}"), "USD")
    short = computed_pnl(trade(f"{symbol} short {size} {entry} {leave}"), "USD")
    assert long is not None
    assert long == -(short or 0)
    assert long == (leave - entry) * size * CONTRACTS[symbol].point_value


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("NQ long 2 18250 18290", {"pnl": "1600"}),
        ("NQ long 2 18250 18290", {"pnl": "1590"}),  # one tick of two contracts
        ("NQ long 2 18250 18290", {"pnl": "1580", "commissions": "20"}),  # said net without saying so
        ("NQ long 2 18250 18290", {"pnl": "1580", "commissions": "20", "pnl_basis": "net"}),
        ("NQ long 2 18250 18290", {"pnl": "1591", "pnl_basis": "net"}),  # costs not said, but likely
        ("NQ long 2 18250 -", {"pnl": "9999"}),
        ("AAPL long 2 190 200", {"pnl": "9999"}),
    ],
)
def test_a_said_figure_that_fits_or_cannot_be_checked_is_left_alone(text: str, more: dict[str, Any]) -> None:
    assert difference(trade(text, **more), "USD") is None


@pytest.mark.parametrize(
    ("text", "more", "computed"),
    [
        ("NQ long 2 18250 18290", {"pnl": "1500"}, "1600"),
        ("NQ long 2 18250 18290", {"pnl": "-1600"}, "1600"),
        ("NQ long 2 18250 18290", {"pnl": "1600", "commissions": "20", "pnl_basis": "net"}, "1580"),
        ("NQ long 2 18250 18290", {"pnl": "1700", "pnl_basis": "net"}, "1600"),
        ("NQ long 2 18250 18290", {"pnl": "1200", "pnl_basis": "net"}, "1600"),
    ],
)
def test_a_said_figure_that_does_not_fit_is_told(text: str, more: dict[str, Any], computed: str) -> None:
    found = difference(trade(text, **more), "USD")
    assert found is not None
    assert (found.said, found.computed) == (Decimal(more["pnl"]), Decimal(computed))


def test_net_takes_costs_off_once() -> None:
    assert net_pnl(Decimal(100), Decimal(4), "gross") == 96
    assert net_pnl(Decimal(100), Decimal(4), "net") == 100
    assert net_pnl(Decimal(100), None, None) == 100


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"pnl": "1600"}, "win"),
        ({"pnl": "-40"}, "loss"),
        ({"pnl": "10"}, "scratch"),
        ({"pnl": "-10"}, "scratch"),
        ({"pnl": "14", "commissions": "15"}, "scratch"),
        ({"pnl": "16", "commissions": "15"}, "win"),
        ({}, None),
    ],
)
def test_a_scratch_is_neither_win_nor_loss(more: dict[str, Any], expected: str | None) -> None:
    assert outcome(trade("NQ long 2 18250 -", **more), "USD") == expected


def test_risk_reward_and_r_use_the_initial_stop() -> None:
    fields = trade("NQ long 2 18250 18290", stop_loss="18260", take_profit="18310", pnl="1600", commissions="10")
    stop = Decimal(18230)
    assert risk(fields, stop, "USD") == 800
    assert reward_to_risk(fields, stop) == 3
    assert r_multiple(fields, stop, "USD") == Decimal("1.9875")


def test_r_needs_no_point_value_where_prices_give_it() -> None:
    fields = trade("AAPL short - 190 184")
    assert r_multiple(fields, Decimal(192), "USD") == 3
    assert risk(fields, Decimal(192), "USD") is None


def test_a_stop_on_the_winning_side_risks_nothing_that_could_be_measured() -> None:
    fields = trade("NQ long 2 18250 18290", take_profit="18200", pnl="1600")
    assert risk(fields, Decimal(18260), "USD") is None
    assert r_multiple(fields, Decimal(18260), "USD") is None
    assert reward_to_risk(fields, Decimal(18230)) is None


def test_risk_of_a_pair_is_converted_at_the_stop() -> None:
    assert risk(trade("USDJPY long 1 150 -"), Decimal(149), "USD") == Decimal("671.14")
