"""A broker's file becomes trades: every format, every way it may be wrong."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.importing import parsing, plan, tables
from bot.importing.fifo import matched
from bot.importing.matching import Known
from bot.importing.plan import Context, Plan, Planned, plan_of
from bot.importing.trades import Fill, Skipped
from bot.trading.day import DayStart
from tests import broker_files
from tests.broker_files import ANY_CSV, FILES, TRADOVATE_PERFORMANCE

NEW_YORK = ZoneInfo("America/New_York")
CONTEXT = Context(
    zone="America/New_York",
    day_start=DayStart(NEW_YORK, 18),
    currency="USD",
    now=datetime(2026, 11, 27, 20, tzinfo=UTC),
)


def planned(text: str | bytes, context: Context = CONTEXT) -> Plan:
    return plan_of(text.encode() if isinstance(text, str) else text, context)


def told(one: Planned) -> tuple[object, ...]:
    trade = one.trade
    return (trade.symbol, trade.direction, trade.size, trade.entry_price, trade.exit_price, trade.pnl, trade.costs)


def ids(plan: Plan) -> list[str]:
    return [one.trade.external_id for one in plan.trades]


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_each_broker_is_read(name: str) -> None:
    text, broker, rows = FILES[name]
    plan = planned(text)
    assert (plan.outcome, plan.broker) == ("ready", broker)
    assert [told(one) for one in plan.trades] == [broker_files.figures(row) for row in rows]
    assert all(one.trade.exit_time is not None for one in plan.trades)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_encoding_does_not_matter(name: str, encoding: str) -> None:
    text = FILES[name][0]
    assert ids(planned(text.encode(encoding))) == ids(planned(text))


@pytest.mark.parametrize("name", FILES)
def test_the_order_of_rows_and_their_line_ends_do_not_matter(name: str) -> None:
    text = FILES[name][0]
    assert ids(planned(text.replace("\n", "\r\n"))) == ids(planned(text))
    if not text.startswith("<") and name != "metatrader 5 report":
        lines = text.splitlines()
        head = next(n for n, line in enumerate(lines) if sum(cell.isalpha() for cell in line) > 40) + 1
        turned = "\n".join((*lines[:head], *reversed(lines[head:])))
        assert sorted(ids(planned(turned))) == sorted(ids(planned(text)))


def test_times_are_of_the_file_the_trader_or_the_header() -> None:
    def first(plan: Plan) -> datetime | None:
        return plan.trades[0].trade.exit_time

    assert first(planned(TRADOVATE_PERFORMANCE)) == datetime(2026, 11, 16, 14, 40, 10, tzinfo=UTC)
    in_utc = planned(TRADOVATE_PERFORMANCE, replace(CONTEXT, told_zone="UTC"))
    assert first(in_utc) == datetime(2026, 11, 16, 9, 40, 10, tzinfo=UTC)
    assert ids(in_utc) == ids(planned(TRADOVATE_PERFORMANCE)), "another zone makes no other trade"
    assert first(planned(broker_files.CTRADER_HISTORY)) == datetime(2026, 11, 16, 11, 0, 0, 1000, tzinfo=UTC)
    assert first(planned(broker_files.RITHMIC_ORDERS)) == datetime(2026, 11, 16, 14, 58, tzinfo=UTC)


def test_a_late_trade_is_of_the_next_trading_day() -> None:
    late = TRADOVATE_PERFORMANCE.replace("09:31:02", "18:31:02").replace("09:40:10", "18:40:10")
    assert [one.day for one in planned(late).trades] == [date(2026, 11, 17), date(2026, 11, 17)]


def test_rows_that_are_no_trades_are_skipped_with_their_lines() -> None:
    rows = [
        "NQZ6,-2,0,0.25,1,2,x,18250,18290,$1,11/16/2026 09:31:02,11/16/2026 09:40:10,",
        "NQZ6,-2,0,0.25,3,4,1,18250,18290,$1,never,11/16/2026 09:40:10,",
        '"=HYPERLINK(""http://evil.example"")",-2,0,0.25,5,6,1,18250,18290,$1,11/16/2026 09:31:02,11/16/2026 09:40:10,',
        "NQZ6,-2,0,0.25,7,8,=1+1,18250,18290,$1,11/16/2026 09:31:02,11/16/2026 09:40:10,",
        "NQZ6,-2,0,0.25,9,10,1,18250,18290,$1,11/16/2036 09:31:02,11/16/2036 09:40:10,",
        "NQZ6,-2,0,0.25,101,102,2,18250.00,18290.00,$1600,11/16/2026 09:31:02,11/16/2026 09:40:10,",
        "total",
    ]
    plan = planned(TRADOVATE_PERFORMANCE + "\n".join(rows))
    assert len(plan.trades) == 2
    lines = {"number": [4], "time": [5], "formula": [6, 7], "ahead": [8], "twice": [9]}
    assert plan.skipped.lines == lines


def test_the_same_trade_twice_without_a_number_is_two() -> None:
    row = ANY_CSV.splitlines()[1]
    plan = planned(ANY_CSV + row)
    assert len(plan.trades) == 3
    assert len(set(ids(plan))) == 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04rest of a workbook", "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xlsx"),
        (b"%PDF-1.7", "pdf"),
        (b"\x1f\x8b\x08\x00 packed", "binary"),
        (b"undefined", "no_table"),
        (b"Dear broker, please send me my trades.", "no_table"),
        (b"<html><body><p>Nothing here</p></body></html>", "no_table"),
        (TRADOVATE_PERFORMANCE.splitlines()[0].encode(), "no_rows"),
        (b'a,b,c\n"' + b"x" * 200_000, "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    plan = planned(data)
    assert (plan.outcome, plan.reason, plan.trades) == ("refused", reason, [])


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (plan, tables):
        monkeypatch.setattr(module, "MOST_ROWS", 100)
    assert planned("a,b,c\n" + "1,2,3\n" * 101).reason == "too_many_rows"
    assert planned("a,b,c\n" + "1,2,3\n" * 1000).reason == "too_many_rows"
    assert planned("a,b,c\n" + "1,2,3\n" * 100).outcome == "ask"


async def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "SECONDS", 0.05)
    with pytest.raises(parsing.TooHeavy):
        await parsing.parse("{}", b"x")


async def test_a_process_that_fails_is_no_answer() -> None:
    with pytest.raises(parsing.TooHeavy):
        await parsing.parse("no JSON", b"x" * 1_000_000)


def test_columns_that_nobody_knows_are_asked_for_and_taken() -> None:
    text = "When,What,Way,Many,In at,Out at\n2026-11-16 15:40,NQ,Long,2,18250,18290\n"
    plan = planned(text)
    assert (plan.outcome, plan.missing) == ("ask", ["symbol", "side", "time", "size", "entry_price", "exit_price"])
    assert plan.columns[1] == ("What", "NQ")
    columns = {"time": 0, "symbol": 1, "side": 2, "size": 3, "entry_price": 4, "exit_price": 5}
    answered = planned(text, replace(CONTEXT, columns=columns))
    assert [told(one) for one in answered.trades] == [
        ("NQ", "long", Decimal(2), Decimal(18250), Decimal(18290), Decimal(1600), None)
    ]
    again = planned(text, replace(CONTEXT, remembered={plan.header: columns}))
    assert ids(again) == ids(answered)


def test_dates_that_mean_two_days_are_asked_for() -> None:
    text = ANY_CSV.replace("25/11/2026", "05/11/2026").replace("26/11/2026", "06/11/2026")
    assert (planned(text).outcome, planned(text).dates_open) == ("ask", True)
    assert [one.day for one in planned(text, replace(CONTEXT, dates="dmy")).trades] == [
        date(2026, 11, 5),
        date(2026, 11, 6),
    ]
    assert [one.day for one in planned(ANY_CSV).trades] == [date(2026, 11, 25), date(2026, 11, 26)]


def test_a_date_without_a_clock_gives_a_day_and_no_time() -> None:
    text = "symbol,side,pnl,date\nNQ,long,1600,2026-11-16\n"
    (one,) = planned(text).trades
    assert (one.day, one.trade.exit_time, one.trade.pnl) == (date(2026, 11, 16), None, Decimal(1600))


HEADERS = "Symbol,Side,Size,Entry,Exit,Exit time,PnL"
ROW = "NQ,Long,1,18250,18290,{},800"
FIRST_MINUTE = datetime(2026, 11, 16, 20, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "16-Nov-26 15:40", "16 Nov 2026 15:40", "Nov 16 2026 3:40 PM", '"November 16, 2026 15:40"', "20261116 15:40:00",
        "20261116;154000", "2026-11-16T15:40", "2026-11-16 15:40 EST", "11/16/2026 2:40 pm CST", '"16.11.26, 15:40"',
    ],
)  # fmt: skip
def test_a_time_is_read_however_it_is_written(written: str) -> None:
    (one,) = planned(f"{HEADERS}\n{ROW.format(written)}\n").trades
    assert one.trade.exit_time == FIRST_MINUTE


@pytest.mark.parametrize("written", ["46342.5", "16-Foo-26 15:40", "2026-11-16 15:40 XYZ", "2026-11-16 25:40", "noon"])
def test_what_is_no_time_is_none(written: str) -> None:
    assert planned(f"{HEADERS}\n{ROW.format(written)}\n").skipped.counts == {"time": 1}


def test_date_and_clock_may_stand_in_columns_of_their_own() -> None:
    head = "Entry Date,Entry Time,Exit Date,Exit Time,Symbol,Side,Size,Entry,Exit,PnL"
    (one,) = planned(f"{head}\n2026-11-16,15:30,2026-11-16,15:40,NQ,Long,1,18250,18290,800").trades
    assert one.trade.entry_time == FIRST_MINUTE - timedelta(minutes=10)
    (one,) = planned("Date,Time,Symbol,Side,PnL\n2026-11-16,15:40,NQ,Long,800").trades
    assert (one.trade.exit_time, one.trade.entry_time) == (FIRST_MINUTE, None)


@pytest.mark.parametrize(
    ("text", "prices"),
    [
        ("{h}\nEURUSD;Long;1;1,085;1,092;{t};700", ("1.085", "1.092")),
        ("{h}\nEURUSD;Long;1;1,085;1,092;{t};", ("1.085", "1.092")),
        ("{h}\nEURUSD;Long;1;1.085;1.092;{t};700", ("1.085", "1.092")),
        ("{h}\nNQ;Long;1;18.250;18.290;{t};800", ("18250", "18290")),
        ("{h}\nNQ;Long;1;18,250;18,290;{t};800", ("18250", "18290")),
    ],
)
def test_where_three_digits_are_left_the_results_tell_the_decimal_sign(text: str, prices: tuple[str, str]) -> None:
    told = text.format(h=HEADERS.replace(",", ";"), t="2026-11-16 15:40")
    (one,) = planned(told).trades
    assert (one.trade.entry_price, one.trade.exit_price) == tuple(map(Decimal, prices))


def test_what_stands_above_the_table_is_not_its_header() -> None:
    above = "Account Statement\nName,Account,Currency\nJohn,A1,USD\n\n"
    (one,) = planned(f"{above}{HEADERS}\n{ROW.format('2026-11-16 15:40')}\n").trades
    assert one.trade.pnl == 800


def test_a_size_with_a_sign_tells_the_side() -> None:
    plan = planned(
        "Symbol,Quantity,T. Price,Time,Order ID\nNQ,1,18250,2026-11-16 15:30,7\nNQ,-1,18290,2026-11-16 15:40,8"
    )
    assert [told(one)[:5] for one in plan.trades] == [("NQ", "long", 1, 18250, 18290)]
    assert "side" in planned("Symbol,Quantity,Price,Time\nNQ,1,18250,2026-11-16 15:30").missing


def test_fills_of_one_order_are_several() -> None:
    rows = ("15:30:00,Buy,1,18250,7", "15:30:01,Buy,1,18251,7", "15:40:00,Sell,2,18290,8")
    plan = planned("\n".join(("Time,Side,Qty,Price,Order ID,Symbol", *(f"2026-11-16 {row},NQ" for row in rows))))
    assert [told(one)[:6] for one in plan.trades] == [("NQ", "long", 2, Decimal("18250.5"), 18290, 1580)]


def test_an_order_of_dates_that_nothing_tells_is_named() -> None:
    unsure = TRADOVATE_PERFORMANCE.replace("11/16/", "11/05/").replace("11/17/", "11/06/")
    assert planned(TRADOVATE_PERFORMANCE).dates_guessed is None
    assert planned(unsure).dates_guessed == "mdy"
    answered = planned(unsure, replace(CONTEXT, dates="dmy"))
    assert (answered.dates_guessed, answered.trades[0].day) == (None, date(2026, 5, 11))


def journal(**values: object) -> Known:
    given = {
        "id": "j1", "symbol": "NQ", "direction": "long", "size": Decimal(2), "entry_price": Decimal(18250),
        "exit_price": Decimal(18290), "entry_time": None, "exit_time": None, "pnl": Decimal(1600),
        "day": date(2026, 11, 16), "own": True,
    }  # fmt: skip
    return Known(**(given | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ({}, True),
        ({"entry_price": Decimal("18250.75"), "exit_price": Decimal("18289.5")}, True),
        ({"entry_price": None, "exit_price": None}, True),
        ({"entry_time": datetime(2026, 11, 16, 14, 33, tzinfo=UTC), "day": date(2026, 11, 13)}, True),
        ({"exit_price": None, "pnl": None}, True),
        ({"entry_time": datetime(2026, 11, 16, 14, 50, tzinfo=UTC)}, False),
        ({"day": date(2026, 11, 17)}, False),
        ({"size": Decimal(1)}, False),
        ({"direction": "short"}, False),
        ({"symbol": "MNQ"}, False),
        ({"entry_price": Decimal(18240)}, False),
        ({"entry_price": None, "exit_price": None, "pnl": Decimal(1200)}, False),
    ],
)
def test_a_trade_that_was_told_is_found(values: dict[str, object], same: bool) -> None:
    plan = planned(TRADOVATE_PERFORMANCE, replace(CONTEXT, journal=[(journal(**values), None)]))
    assert [one.same for one in plan.trades] == ["j1" if same else None, None]


def test_two_told_trades_are_met_once_each() -> None:
    text = TRADOVATE_PERFORMANCE + TRADOVATE_PERFORMANCE.splitlines()[1].replace("101,102", "111,112")
    told_twice = [(journal(), None), (journal(id="j2"), None)]
    plan = planned(text, replace(CONTEXT, journal=told_twice))
    assert sorted(one.same for one in plan.trades if one.same) == ["j1", "j2"]
    once = planned(text, replace(CONTEXT, journal=told_twice[:1]))
    assert [one.same for one in once.trades].count("j1") == 1


def test_what_another_writer_brought_is_known() -> None:
    exact = {"entry_time": datetime(2026, 11, 16, 14, 31, 2, tzinfo=UTC), "own": False}
    plan = planned(TRADOVATE_PERFORMANCE, replace(CONTEXT, journal=[(journal(**exact), "api-7")]))
    assert (plan.known, len(plan.trades)) == (1, 1)


# ---- the laws of importing


class Imported:
    """A journal that takes files in, in memory: what db.imports does with a saved plan."""

    def __init__(self) -> None:
        self.trades: dict[str, Planned] = {}
        self.fills: dict[str, Fill] = {}

    def takes(self, text: str) -> Plan:
        used: dict[str, Decimal] = {}
        for one in self.trades.values():
            for key, size in one.trade.fills:
                used[key] = used.get(key, Decimal(0)) + size
        rest = [replace(fill, size=fill.whole - used.get(key, Decimal(0))) for key, fill in self.fills.items()]
        context = replace(
            CONTEXT,
            known={"tradovate": frozenset(self.trades)},
            used={"tradovate": used},
            open={"tradovate": [fill for fill in rest if fill.size > 0]},
        )
        plan = planned(text, context)
        assert plan.outcome == "ready"
        for one in plan.trades:
            assert one.trade.external_id not in self.trades
            self.trades[one.trade.external_id] = one
        for fill in plan.fills:
            self.fills.setdefault(fill.key, fill)
        return plan

    @property
    def figures(self) -> list[tuple[str, tuple[object, ...]]]:
        return sorted((name, told(one)) for name, one in self.trades.items())


HEADER_OF_TRADES, HEADER_OF_FILLS = TRADOVATE_PERFORMANCE.splitlines()[0], broker_files.TRADOVATE_FILLS.splitlines()[0]
BEGAN = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def trade_row(number: int, size: int, points: int) -> str:
    began = BEGAN + timedelta(minutes=7 * number)
    ended = began + timedelta(minutes=3)
    times = f"{began:%m/%d/%Y %H:%M:%S},{ended:%m/%d/%Y %H:%M:%S}"
    return f"MNQH6,-2,0,0.25,{number}1,{number}2,{size},18250,{18250 + points},${points * 2 * size},{times},3min"


def fill_row(number: int, side: str, size: int, price: int) -> str:
    at = BEGAN + timedelta(seconds=61 * number)
    return (
        f"1,1,5,x,x,0,1,1,true,{1000 + number},{number // 2},{at:%m/%d/%Y %H:%M:%S},1/5/26,A,{side},{size},{price},"
        f"-2,MNQH6,MNQ,{size}.00"
    )


def file_of(header: str, rows: list[str], shuffling: random.Random) -> str:
    return "\n".join((header, *shuffling.sample(rows, len(rows))))


sides = st.sampled_from(["Buy", "Sell"])
fills_given = st.lists(st.tuples(sides, st.integers(1, 4), st.integers(18000, 18100)), min_size=2, max_size=24)


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(-40, 40)), min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=5),
    st.randoms(use_true_random=False),
)
@settings(deadline=None, max_examples=15)
def test_overlapping_files_of_trades_in_any_order_give_the_same_trades_once(
    given_trades: list[tuple[int, int]], cuts: list[tuple[int, int]], shuffling: random.Random
) -> None:
    rows = [trade_row(number, size, points) for number, (size, points) in enumerate(given_trades)]
    whole, parts = Imported(), Imported()
    whole.takes(file_of(HEADER_OF_TRADES, rows, shuffling))
    for first, last in cuts:
        if part := rows[min(first, last) : max(first, last)]:
            parts.takes(file_of(HEADER_OF_TRADES, part, shuffling))
    parts.takes(file_of(HEADER_OF_TRADES, rows, shuffling))
    assert parts.figures == whole.figures
    again = parts.takes(file_of(HEADER_OF_TRADES, rows, shuffling))
    assert (len(again.trades), again.known) == (0, len(rows))


@given(fills_given, st.lists(st.integers(0, 24), max_size=4), st.integers(0, 3), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=15)
def test_overlapping_files_of_fills_give_the_same_trades_once(
    given_fills: list[tuple[str, int, int]], cuts: list[int], overlap: int, shuffling: random.Random
) -> None:
    """In the order of time, cut anywhere but within the fills of one order: positions may be open at a file's end."""
    rows = [fill_row(number, *fill) for number, fill in enumerate(given_fills)]
    whole, parts = Imported(), Imported()
    whole.takes(file_of(HEADER_OF_FILLS, rows, shuffling))
    start = 0
    for cut in sorted({2 * (cut // 2) for cut in cuts} | {len(rows)}):
        if part := rows[max(0, start - overlap) : cut]:
            parts.takes(file_of(HEADER_OF_FILLS, part, shuffling))
        start = cut
    assert parts.figures == whole.figures
    again = parts.takes(file_of(HEADER_OF_FILLS, rows, shuffling))
    assert again.trades == []


@given(fills_given)
@settings(deadline=None, max_examples=40)
def test_matching_loses_nothing(given_fills: list[tuple[str, int, int]]) -> None:
    """What the trades made, and what is still open at the last price, is what the fills moved."""
    fills = [
        Fill(key=str(n), symbol="MNQ", direction="long" if side == "Buy" else "short", size=Decimal(size),
             whole=Decimal(size), price=Decimal(price), at=BEGAN + timedelta(seconds=n), order=str(n))
        for n, (side, size, price) in enumerate(given_fills)
    ]  # fmt: skip
    trades, rest = matched(fills, Skipped())
    sign = {"long": 1, "short": -1}
    last = fills[-1].price
    cash = sum(-sign[fill.direction] * fill.size * fill.price for fill in fills)
    held = sum(sign[fill.direction] * fill.size for fill in fills)
    made = sum(sign[t.direction] * (t.size or 0) * ((t.exit_price or 0) - (t.entry_price or 0)) for t in trades)
    still = sum(sign[fill.direction] * fill.size * (last - fill.price) for fill in rest)
    assert abs(made + still - (cash + held * last)) < Decimal("0.0001")
    assert sum(sign[fill.direction] * fill.size for fill in rest) == held
    assert len({fill.direction for fill in rest}) <= 1


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert planned(data).outcome in ("ready", "ask", "refused")


@given(
    st.lists(
        st.lists(st.sampled_from(["NQ", "1", "buy", "=1+1", "2026-11-16", "", "time", "symbol", "-"]), max_size=8),
        max_size=12,
    )
)
@settings(deadline=None)
def test_any_table_is_read_or_refused(rows: list[list[str]]) -> None:
    text = "\n".join([TRADOVATE_PERFORMANCE.splitlines()[0], *(",".join(row) for row in rows)])
    assert planned(text).outcome in ("ready", "ask", "refused")
