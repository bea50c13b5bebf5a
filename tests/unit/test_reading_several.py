"""Several trades in one message: separators, marks of a list, a head for all, results behind all, and what is no list.

The messages and their trades stand in tests/data/several_trades.txt.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.reading import ReadContext, reading
from bot.reading.gathering import Said
from statemachine.events import Reported
from statemachine.trade import TradeFields

MESSAGES = Path(__file__).parents[1] / "data" / "several_trades.txt"
IDLE = ReadContext(state="idle", now=datetime(2026, 3, 10, 20, 0, tzinfo=UTC), zone=ZoneInfo("America/New_York"))
FIELDS = {
    "in": "entry_price", "out": "exit_price", "size": "position_size", "sl": "stop_loss", "tp": "take_profit",
    "pnl": "pnl", "fees": "commissions",
}  # fmt: skip


def messages() -> Iterator[tuple[str, list[str]]]:
    """Each message of the file with its trades."""
    for block in MESSAGES.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith(("# ", "## "))]
        if lines:
            yield lines[0].replace("\\n", "\n"), [line.removeprefix("> ") for line in lines[1:]]


def objections(said: Said, expected: str) -> Iterator[str]:
    """Which fields are read otherwise than told, or without being told."""
    symbol, side, *rest = expected.split()
    told = dict(pair.split("=") for pair in rest)
    fields = said.fields
    if fields.symbol not in symbol.split("|"):
        yield f"symbol {fields.symbol}"
    if (fields.direction or "none") not in side.replace("-", "none").split("|"):
        yield f"side {fields.direction}"
    for short, name in FIELDS.items():
        value = getattr(fields, name)
        if value not in [None if one == "none" else Decimal(one) for one in told.get(short, "none").split("|")]:
            yield f"{name} {value}"


@pytest.mark.parametrize(("text", "expected"), list(messages()))
def test_each_trade_is_read_with_what_is_its_own(text: str, expected: list[str]) -> None:
    read = reading(text, IDLE)
    assert isinstance(read.event, Reported)
    assert len(read.said) == len(expected), [said.fields.said() for said in read.said]
    assert [list(objections(said, line)) for said, line in zip(read.said, expected, strict=True)] == [[]] * len(
        expected
    )


ONE_TRADE = [
    "long 4 nq 21500, 1 off at 21510, 1 at 21520, 2 at 21530",
    "short 3 es 6020, covered 1 at 6016, again 1 at 6012, last at 6010",
    "nq long 21500 out 21520 +400, felt great. again tomorrow",
    "long btcusdt 96000 sl 95000 targets 1) 97000 2) 98000 3) 99000",
    "es long 6001, 2 lots. out 6005. +400",
    "trade 3: nq short 21600 to 21580, 2 lots",
    "nq long 21500 out 21520 +400 -4.20 fees",
    "acct 2: long 1 nq 21440 out 21461",
    "nq\nlong\n2\n21500\n21520\n+800",
    "long nq 21500 (2 lots), out 21520 (1 lot) and 21530 (1 lot)",
    "nq today: +600 -18",
    "es long 6001 to 6004 +150, could have held to 6010",
]


@pytest.mark.parametrize("text", ONE_TRADE)
def test_what_is_one_trade_stays_one(text: str) -> None:
    assert len(reading(text, IDLE).said) == 1


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("moved my nq long stop to be, long es 6001 > 6004", ["ES"]),
        ("1) moving my stop on short cl to 70.10 2) out of long es @ 6004 3) long nq 21500", ["ES", "NQ"]),
        ("long es 6001, moved stop to 6001, short nq 21500 > 21490", ["ES", "NQ"]),
    ],
)
def test_a_stop_that_was_moved_is_no_trade_of_a_list(text: str, symbols: list[str]) -> None:
    assert [said.fields.symbol for said in reading(text, IDLE).said] == symbols


def test_a_sum_before_the_first_mark_is_of_none() -> None:
    told = reading("nq, +129 ticks 9:30-10:45. trade 1 short, stopped out. trade 2 long 21500 > 21510", IDLE).said
    assert [said.fields.said() for said in told] == [
        {"symbol": "NQ", "direction": "short"},
        {"symbol": "NQ", "direction": "long", "entry_price": Decimal(21500), "exit_price": Decimal(21510)},
    ]


def test_what_a_mark_counts_is_no_size_of_a_single_trade() -> None:
    (said,) = reading("acct 2: long 1 nq 21440 out 21461", IDLE).said
    assert said.fields.said() == {
        "symbol": "NQ", "direction": "long", "position_size": Decimal(1), "entry_price": Decimal(21440),
        "exit_price": Decimal(21461),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("mes long 6001 > 6004, short 6008 > 6010: +60 -40", [60, -40]),
        ("mes long 6001 > 6004, short 6008 > 6010: +60 -40 = +20", [60, -40]),  # their sum is of neither
        ("mes long 6001 > 6004, short 6008 > 6010: +60 -40, net 20", [60, -40]),
        ("mes long 6001 > 6004, short 6008 > 6010. pnl 60, 40", [60, -40]),  # signs are those of the prices
        ("mes long 6001 > 6004, short 6008 > 6010: -60 +40", None),  # against the prices
        ("mes long 6001 > 6004, short 6008 > 6010: +60 -40 +90", None),  # of three trades
    ],
)
def test_results_behind_all_are_handed_out_where_they_fit(text: str, results: list[int] | None) -> None:
    told = [said.fields.pnl for said in reading(text, IDLE).said]
    assert told == results if results else told[0] is None


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("bought 10 TSLA 345, 20 AMD 140", ["long", "long"]),
        ("bought 10 TSLA 345, AMD 141 > 140", ["long", None]),  # told in another way
        ("bought 10 TSLA 345. 20 AMD 140", ["long", None]),  # a sentence of its own
        ("10 TSLA long 345, 20 AMD 140", ["long", None]),
    ],
)
def test_a_side_goes_on_only_in_a_list_of_one_shape(text: str, sides: list[str | None]) -> None:
    assert [said.fields.direction for said in reading(text, IDLE).said] == sides


def test_a_day_of_the_head_is_that_of_all() -> None:
    told = [said.fields.day for said in reading("yesterday: long es 6001 > 6004, short nq 21500 > 21490", IDLE).said]
    assert told == [datetime(2026, 3, 9, tzinfo=UTC).date()] * 2


def test_an_option_may_end_at_nothing_and_nothing_else_may() -> None:
    assert isinstance(reading("SPX 6050c 1.20 > 0 x2", IDLE).event, Reported)
    assert not isinstance(reading("long nq 21500 > 0", IDLE).event, Reported)


def test_flat_is_nothing_made_only_beside_results() -> None:
    nothing = TradeFields(symbol="AMD", pnl=Decimal(0))
    assert reading("tsla +310, amd flat", IDLE).said[-1].fields == nothing
    assert not isinstance(reading("amd flat", IDLE).event, Reported)
