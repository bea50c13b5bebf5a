"""A trade is read back exactly as it was told, whatever shape a trader gives it and however they write numbers.

The examples are always the same ones; `python -m tests.million` looks at others.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statemachine.trade import TradeFields
from tests.rendering import (
    FUTURE,
    KINDS,
    Number,
    Shape,
    padded,
    plain,
    read_back,
    trades,
)
from tests.shapes import SHAPES

TRADES = {kinds: st.sampled_from(kinds).flatmap(trades) for kinds in {shape.kinds for shape in SHAPES}}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.language} {shape.template!r}")
def test_a_trade_in_any_shape(shape: Shape) -> None:
    @settings(max_examples=20)
    @given(trade=TRADES[shape.kinds], number=st.sampled_from((plain, padded)))
    def reads_back(trade: TradeFields, number: Number) -> None:
        text = shape.render(trade, number)
        assert read_back(text) == [shape.told(trade)], text

    reads_back()


def grouped(mark: str, decimal: str) -> Number:
    """Thousands set apart by a mark: 18,250.25 · 18.250,25 · 18 250,25 · 18'250.25."""

    def written(value: Decimal) -> str:
        whole, _, rest = f"{value:,}".partition(".")
        return whole.replace(",", mark) + (decimal + rest if rest else "")

    return written


def decimal_comma(value: Decimal) -> str:
    return plain(value).replace(".", ",")


def full_width(value: Decimal) -> str:
    return plain(value).translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789."})


THOUSANDS: dict[str, Number] = {
    "18,250.25": grouped(",", "."),
    "18.250,25": grouped(".", ","),
    "18 250.25": grouped(" ", "."),
    "18 250,25": grouped(" ", ","),
    "18 250.25, not to be broken": grouped("\u00a0", "."),
    "18 250,25, narrow": grouped("\u202f", ","),
    "18 250,25, thin": grouped("\u2009", ","),
    "18'250.25": grouped("'", "."),
    "18’250.25": grouped("’", "."),
}
"""Of prices with thousands, and with decimals: "18.250" alone is told by its language only."""
ANYWHERE: dict[str, Number] = {
    "18250.25": plain,
    "18250.00": padded,
    "18250,25": decimal_comma,
    "１８２５０.２５": full_width,
    "$18250.25": lambda value: f"${plain(value)}",
}
LABELLED = Shape("en", "long {symbol} entry {entry} exit {exit} stop {stop} size {size}")
WRITTEN = [
    *((name, number, kind) for name, number in ANYWHERE.items() for kind in KINDS),
    *((name, number, FUTURE) for name, number in THOUSANDS.items()),
]


def _has_decimals(trade: TradeFields) -> bool:
    """Else 18.250 and 18,250 would mean either."""
    return all(price % 1 for price in (trade.entry_price, trade.exit_price, trade.stop_loss) if price is not None)


@pytest.mark.parametrize(("number", "kind"), [case[1:] for case in WRITTEN], ids=[f"{c[0]} {c[2]}" for c in WRITTEN])
def test_numbers_however_they_are_written(number: Number, kind: str) -> None:
    @settings(max_examples=12)
    @given(trade=trades(kind).filter(lambda trade: trade.direction == "long" and _has_decimals(trade)))
    def reads_back(trade: TradeFields) -> None:
        text = LABELLED.render(trade, number)
        assert read_back(text) == [replace(LABELLED.told(trade), direction="long")], text

    reads_back()


@given(entry=st.integers(1500, 2200), moved=st.integers(1, 90))
def test_prices_in_thousands(entry: int, moved: int) -> None:
    text = f"long nq {plain(Decimal(entry) / 100)}k out {plain(Decimal(entry + moved) / 100)}k"
    (trade,) = read_back(text)
    assert (trade.entry_price, trade.exit_price) == (entry * 10, (entry + moved) * 10), text
