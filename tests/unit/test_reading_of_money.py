"""What costs a trader most when it is read wrongly: signs, dates beside prices, several exits, sizes, times."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.reading import ReadContext, read
from statemachine.events import Closed, Corrected, Reported, Unread
from statemachine.trade import TradeFields
from tests.unit.test_reading import NQ, asked_for, confirming, fields, idle
from tests.unit.test_reading_in_context import which_was_closed

LONG_NQ = fields(symbol="NQ", direction="long", entry="18250", size="2")
INCOMPLETE_CL = fields(symbol="CL", direction="long", entry="78.40")


def only(text: str, context: ReadContext | None = None) -> TradeFields:
    """The one trade that a message reports."""
    event = read(text, context or idle())
    assert isinstance(event, Reported)
    (trade,) = event.trades
    return trade


@pytest.mark.parametrize(
    ("result", "pnl"),
    [
        ("lost 1000", "-1000"),
        ("lost $1000", "-1000"),
        ("loss 1000", "-1000"),
        ("loss of $1600", "-1600"),
        ("made 1600", "1600"),
        ("won 1600", "1600"),
        ("profit $1600", "1600"),
        ("-1000", "-1000"),
    ],
)
@pytest.mark.parametrize("prices", ["5320 > 5330", "5320 5330", "5320 out 5330"])
def test_the_word_of_a_result_gives_its_sign(prices: str, result: str, pnl: str) -> None:
    trade = only(f"short 2 es {prices} {result}")
    assert trade == fields(symbol="ES", direction="short", size="2", entry="5320", exit="5330", pnl=pnl)


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "420 loss on nq": fields(symbol="NQ", pnl="-420"),
        "long 2 nq 18250 down 400": fields(symbol="NQ", direction="long", size="2", entry="18250", pnl="-400"),
        "long 2 nq 18250 up 400": fields(symbol="NQ", direction="long", size="2", entry="18250", pnl="400"),
        "took a loss on nq, -400": fields(symbol="NQ", pnl="-400"),
    }.items(),
)
def test_a_result_beside_no_exit(text: str, said: TradeFields) -> None:
    assert only(text) == said


@pytest.mark.parametrize(
    "day",
    ["on 20 nov", "nov 20", "on nov 20th", "20 november 2026", "20 nov", "on 20th november", "2026-11-20", "11/20"],
)
def test_a_day_is_no_money(day: str) -> None:
    trade = only(f"long 2 nq 18250 > 18260 {day}")
    assert trade.exit_price == Decimal(18260)
    assert trade.pnl is None
    assert trade.position_size == Decimal(2)
    assert only(f"{day}, long 2 nq 18250 > 18260").entry_price == Decimal(18250)


@pytest.mark.parametrize(
    "text",
    [
        "bought 2 nq 18250, sold 1 18270, sold 1 18290",
        "long 2 nq 18250, 1 out at 18270, 1 out at 18290",
        "long 2 nq 18250, out 1 at 18270, out 1 at 18290",
    ],
)
def test_several_exits_are_weighted_by_their_sizes(text: str) -> None:
    assert only(text) == fields(symbol="NQ", direction="long", size="2", entry="18250", exit="18280")


@pytest.mark.parametrize(
    "text",
    [
        "long 2 nq 18250 out 18,270 and 18,290",
        "long 2 nq 18250 out 18270 and 18290",
        "long 3 nq 18250, 1 out at 18270",
        "bought 2 nq 18250, sold 1 18270, sold 2 18290",
    ],
)
def test_exits_that_do_not_add_up_are_not_guessed(text: str) -> None:
    event = read(text, idle())
    assert isinstance(event, Unread)
    assert event.reason == "unclear"


@pytest.mark.parametrize("context", [which_was_closed(), asked_for("exit_price", "pnl", draft=INCOMPLETE_CL)])
@pytest.mark.parametrize("text", ["long 1 gc 2350 > 2355", "gc long 2350", "gc 2350 > 2355"])
def test_a_report_of_its_own_is_not_merged_into_what_waits(text: str, context: ReadContext) -> None:
    assert only(text, context).symbol == "GC"


def test_another_trade_is_closed_while_a_draft_is_incomplete() -> None:
    held = fields(symbol="GC", direction="long", entry="2350", size="1")
    asked = ReadContext(
        state="awaiting_details",
        drafts=(INCOMPLETE_CL,),
        missing=frozenset({"exit_price", "pnl"}),
        open_trades=(held,),
        now=idle().now,
        zone=idle().zone,
    )
    assert read("closed gc 2355", asked) == Closed(fields=fields(symbol="GC", exit="2355"))


@pytest.mark.parametrize(
    "times",
    [
        "entered 9:15 out 9:40",
        "in at 9:15 out at 9:40",
        "entered 9:15 exited 9:40",
        "9:15 to 9:40",
        "in 9:15, out 9:40",
    ],
)
def test_the_times_of_entry_and_exit(times: str) -> None:
    trade = only(f"long 2 nq 18250 18290 {times}")
    assert trade.entry_time == datetime(2026, 3, 10, 13, 15, tzinfo=UTC)
    assert trade.exit_time == datetime(2026, 3, 10, 13, 40, tzinfo=UTC)
    assert trade.entry_price == Decimal(18250)
    assert trade.exit_price == Decimal(18290)
    assert only(f"{times} long 2 nq 18250 18290").entry_price == Decimal(18250)


@pytest.mark.parametrize("text", ["actually entered 9:20", "no, entered 9:20", "no entry was 9:20", "entered at 9:20"])
def test_another_time_leaves_the_price(text: str) -> None:
    changed = TradeFields(entry_time=datetime(2026, 3, 10, 13, 20, tzinfo=UTC))
    assert read(text, confirming(NQ)) == Corrected(fields=changed)
