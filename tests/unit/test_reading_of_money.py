"""What costs a trader most when it is read wrongly: signs, dates beside prices, several exits, sizes, times."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.reading import ReadContext, read
from statemachine.events import Closed, Confirmed, Corrected, Detailed, Event, Reported, Unread
from statemachine.trade import TradeFields
from tests.unit.test_reading import ES, NQ, asked_for, confirming, fields, idle
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
        "long 3 nq 18250 out 18290 18300",
        "long 2 nq 18250 lost",
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


HELD = fields(symbol="NQ", direction="long", entry="18250", size="2", stop="18230", take_profit="18310")


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "sold half at 18270": fields(direction="long", exit="18270", size="1"),
        "closed HALF at 18270": fields(exit="18270", size="1"),
        "closed half": fields(size="1"),
        "hit tp": fields(exit="18310"),
    }.items(),
)
def test_a_part_or_a_level_of_the_open_trade(text: str, said: TradeFields) -> None:
    assert read(text, idle(open_trades=(HELD,))) == Closed(fields=said)


@pytest.mark.parametrize("text", ["added 1 at 18260", "added 1 nq at 18260"])
def test_what_is_added_to_an_open_trade_is_no_trade_of_its_own(text: str) -> None:
    assert isinstance(read(text, idle(open_trades=(HELD,))), Unread)


@pytest.mark.parametrize("text", ["sold half at 18270", "closed half", "closed HALF at 18270"])
def test_half_of_nothing_is_unclear(text: str) -> None:
    assert isinstance(read(text, idle()), Unread)


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "covered 1 at 5315": fields(direction="short", exit="5315", size="1"),
        "out at 5330": fields(exit="5330"),
        "closed es 5330": fields(symbol="ES", exit="5330"),
    }.items(),
)
def test_a_close_is_a_close_when_nothing_is_open(text: str, said: TradeFields) -> None:
    assert read(text, idle()) == Closed(fields=said)


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "exit was 18245": fields(exit="18245"),
        "stop was 18230": fields(stop="18230"),
        "entered 10:15": TradeFields(entry_time=datetime(2026, 3, 10, 14, 15, tzinfo=UTC)),
        "out 10:05": TradeFields(exit_time=datetime(2026, 3, 10, 14, 5, tzinfo=UTC)),
        "tp 18310": TradeFields(take_profit=Decimal(18310)),
        "the target was 18310": TradeFields(take_profit=Decimal(18310)),
    }.items(),
)
def test_a_correction_of_what_is_recorded_is_known_as_one(text: str, said: TradeFields) -> None:
    assert read(text, idle()) == Corrected(fields=said)


@pytest.mark.parametrize("context", [idle(), idle(open_trades=(HELD,)), confirming(NQ)])
@pytest.mark.parametrize("text", ["no 3", "actually 3"])
def test_a_number_of_nothing_is_unclear(text: str, context: ReadContext) -> None:
    assert read(text, context) == Unread()


def test_a_number_of_nothing_is_no_detail() -> None:
    asked = asked_for("entry_price", "pnl", draft=fields(symbol="NQ", direction="long"))
    assert isinstance(read("actually 3", asked), Unread)
    assert read("1", idle()) == Unread()


@pytest.mark.parametrize(
    "text", ["long 1000000 nq 18250 > 28290", "1000000 nq long 18250 18290", "long 200000 es 5400"]
)
def test_a_size_nobody_trades_is_no_price(text: str) -> None:
    event = read(text, idle())
    assert isinstance(event, Unread)
    assert event.reason == "impossible_size"
    assert event.understood.entry_price in (Decimal(18250), Decimal(5400))


@pytest.mark.parametrize("text", ["in short 1 cl 78.40 stop 78.70", "im in short 1 cl 78.40 stop 78.70"])
def test_in_short_before_a_trade_is_its_side(text: str) -> None:
    assert only(text) == fields(symbol="CL", direction="short", size="1", entry="78.40", stop="78.70")


@pytest.mark.parametrize(
    ("text", "symbol"),
    {
        "long 0.5 btc 60000 61000": "BTCUSD",
        "long btc 3 coins 60000 61000": "BTCUSD",
        "long 2 eth 3000 3100": "ETHUSD",
        "long 2 btc contracts 60000 61000": "BTC",
        "long 2 eth futures 3000 3100": "ETH",
        "long gold 2 contracts 2350 2355": "GC",
        "gold 2 contracts long 2350 > 2355": "GC",
        "long 2 lots gold 2350 2355": "XAUUSD",
    }.items(),
)
def test_how_size_is_counted_decides_the_instrument(text: str, symbol: str) -> None:
    assert only(text).symbol == symbol


@pytest.mark.parametrize(
    "text",
    [
        "long 2nq 18250>18290 sl18230",
        "2 nq long 18250/18290 sl18230",
        "long two nq 18250 18290 stop 18230",
        "lnog 2 nq 18250 18290 sotp 18230",
        "long 2 nq 18250 for 40 points stop 20 pts",
        "long 2 nq 18250 +40 pts stop 20",
        "made 40 points on 2 nq long from 18250, stop 18230",
    ],
)
def test_the_same_trade_in_many_hands(text: str) -> None:
    assert only(text) == fields(symbol="NQ", direction="long", size="2", entry="18250", exit="18290", stop="18230")


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "short 2 nq 18250 lost 20 points": fields(
            symbol="NQ", direction="short", size="2", entry="18250", exit="18270"
        ),
        "long 2 nq 18250 up 40 points": fields(symbol="NQ", direction="long", size="2", entry="18250"),
        "+2 nq 18250 18290": fields(symbol="NQ", size="2", entry="18250", exit="18290"),
        "long 1 nq 18250 18290 fees 2.10 commission 4.20": fields(
            symbol="NQ", direction="long", size="1", entry="18250", exit="18290", fees="6.30"
        ),
        "long 2 nq 18250 sl 18230 tp 18310 tp hit": fields(
            symbol="NQ", direction="long", size="2", entry="18250", exit="18310", stop="18230", take_profit="18310"
        ),
    }.items(),
)
def test_distances_targets_and_costs(text: str, said: TradeFields) -> None:
    assert only(text) == said


@pytest.mark.parametrize(
    ("text", "symbol"),
    {
        "bought 100 shares of aapl at 189.50, sold at 191.20": "AAPL",
        "aapl long 100 189.5 191.2": "AAPL",
        "100 tsla short 240 235": "TSLA",
        "shorted 50 amd stock 150 148": "AMD",
    }.items(),
)
def test_a_stock_in_lower_case(text: str, symbol: str) -> None:
    assert only(text).symbol == symbol


@pytest.mark.parametrize("text", ["long 100 here 189.5 191.2", "long 100 foo bar 189.5 191.2"])
def test_a_word_that_may_be_anything_is_no_stock(text: str) -> None:
    assert only(text).symbol is None


def test_the_instrument_that_was_asked_for_may_be_any_short_word() -> None:
    asked = asked_for("symbol", draft=fields(direction="long", entry="189.5", exit="191.2"))
    assert read("aapl", asked) == Detailed(fields=fields(symbol="AAPL"))
    assert not isinstance(read("what", asked), Detailed)
    assert not isinstance(read("lol", asked), Detailed)


@pytest.mark.parametrize(
    ("text", "event"),
    {
        "change trade 2 exit to 5316": Corrected(fields=fields(exit="5316"), which=2),
        "2: size 3": Corrected(fields=fields(size="3"), which=2),
        "confirm the es": Confirmed(which=2),
        "yes to the first": Confirmed(which=1),
        "yes to 2": Confirmed(which=2),
        "oops nq was mnq": Corrected(fields=fields(symbol="MNQ"), which=1),
    }.items(),
)
def test_one_of_two_drafts_by_its_number(text: str, event: Event) -> None:
    assert read(text, confirming(NQ, ES)) == event


@pytest.mark.parametrize("text", ["oops nq was mnq", "it was mnq"])
def test_another_symbol(text: str) -> None:
    assert read(text, confirming(NQ)) == Corrected(fields=fields(symbol="MNQ"))


def test_two_exits_of_an_open_trade_are_weighed_or_asked_for() -> None:
    held = idle(open_trades=(HELD,))
    assert read("out 1 at 18270 and 1 at 18290", held) == Closed(fields=fields(exit="18280", size="2"))
    assert read("out 18270 and 18290", held) == Unread()


def test_a_number_that_may_be_a_size_confirms_nothing() -> None:
    assert read("to 2", confirming(NQ, ES)) == Unread()


def test_units_of_a_currency_are_no_lots() -> None:
    event = read("long 100000 eurusd 1.0850 > 1.0860", idle())
    assert isinstance(event, Unread)
    assert event.reason == "impossible_size"


def test_a_bare_stop_and_target_far_from_the_entry_are_distances() -> None:
    said = fields(symbol="NQ", direction="long", size="2", entry="18250", stop="18230", take_profit="18290")
    assert only("long 2 nq 18250 sl 20 tp 40") == said
