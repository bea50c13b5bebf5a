"""The figures that the database sums are those of an independent calculation: pandas over the rows themselves."""

from collections.abc import Mapping
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pandas as pd
import pytest

from bot.charting.facts import DaysFacts, EquityFacts, RulesFacts, Scope, SpreadFacts, SumsFacts
from bot.charting.loading import Source, facts_of
from bot.charting.wanted import KINDS
from bot.database import SEED
from bot.periods import Period
from bot.statistics import Statistics, Sums, contracts_json, frame_of
from bot.trading.contracts import family
from bot.trading.day import DayStart
from bot.trading.pnl import outcome, r_multiple
from db import pool, statistics
from db.statistics import Dimension, Frame, Grouping, Side, Span
from db.symbols import spelled
from statemachine.trade import TradeFields
from tests.generated_years import SYMBOLS, Years
from tests.integration.test_seed import DEMO

ZONE = "America/New_York"
PLAIN = ("NQ", "ES", "MNQ")
ALL = (date(1970, 1, 1), date(2199, 12, 31))
TODAY = date(2199, 12, 31)
RESULTS = """
with legs as (select trade_id, sum(pnl) as pnl from worker.trade_legs group by trade_id)
select t.id::text, t.symbol, t.direction, t.entry_price, t.exit_price, t.position_size, t.stop_loss, t.pnl,
    t.commissions, t.entry_time, t.exit_time, t.created_at, f.is_open, f.pnl_basis, f.initial_stop,
    legs.pnl as legs, coalesce(d.trade_date, a.trade_date) as day
from public.trades t left join worker.trade_facts f on f.trade_id = t.id left join legs on legs.trade_id = t.id
left join public.daily_tracking d on d.id = t.daily_tracking_id
left join worker.account_days a on a.id = f.account_day_id
where t.user_id = $1 and f.account_id is not distinct from $2
"""
PARTS = """
select l.trade_id::text as id, l.pnl as amount, coalesce(l.exit_time, l.created_at) as at,
    coalesce(d.trade_date, a.trade_date) as day
from worker.trade_legs l left join public.daily_tracking d on d.id = l.daily_tracking_id
left join worker.account_days a on a.id = l.account_day_id
left join worker.trade_facts f on f.trade_id = l.trade_id
where l.user_id = $1 and f.account_id is not distinct from $2
"""


class Sheet:
    """The rows of an account in pandas, with what each trade came to by bot.trading.pnl; figures as exact Decimals."""

    def __init__(self, trades: pd.DataFrame, parts: pd.DataFrame, currency: str) -> None:
        trades["is_open"] = trades["is_open"].eq(True)
        trades["costs"] = [
            Decimal(0) if row.pnl_basis == "net" or row.commissions is None else row.commissions
            for row in trades.itertuples()
        ]
        trades["whole"] = trades["legs"].where(trades["legs"].notna(), trades["pnl"])
        fields = [_fields(row) for row in trades.to_dict("records")]
        stops = [row.initial_stop if row.initial_stop is not None else row.stop_loss for row in trades.itertuples()]
        trades["net"] = [None if f.pnl is None else f.pnl - c for f, c in zip(fields, trades["costs"], strict=True)]
        trades["outcome"] = [outcome(field, currency) for field in fields]
        trades["r"] = [r_multiple(field, stop, currency) for field, stop in zip(fields, stops, strict=True)]
        trades["hour"] = [None if at is None else at.tz_convert(ZONE).hour for at in map(_time, trades["entry_time"])]
        trades["symbol"] = [family(symbol) for symbol in trades["symbol"]]
        self.trades, parts["taken"] = trades, False
        own = trades[["id", "day"]].assign(taken=True)
        own["at"] = trades["exit_time"].where(trades["exit_time"].notna(), trades["created_at"])
        own["amount"] = [
            None if row.whole is None else (row.pnl if row.legs is None else Decimal(0)) - row.costs
            for row in trades.itertuples()
        ]
        own["costs"] = trades["costs"]
        both = pd.concat([own, parts.assign(costs=Decimal(0))])[["id", "day", "taken", "at", "amount", "costs"]]
        self.results = both.merge(trades.drop(columns=["day", "costs"]), on="id")

    def of(self, first: date, last: date, symbol: str | None = None, side: str | None = None) -> pd.DataFrame:
        chosen = self.results[(self.results["day"] >= first) & (self.results["day"] <= last)]
        chosen = chosen if symbol is None else chosen[chosen["symbol"] == symbol]
        return chosen if side is None else chosen[chosen["direction"] == side]


def check_by_hand(sheet: Sheet) -> None:
    """What bot.trading.pnl made of trades in dollars of plain futures, from the row and the contract alone."""
    checked = 0
    for row in sheet.trades.to_dict("records"):
        if row["symbol"] not in PLAIN or row["net"] is None or row["is_open"]:
            continue
        _, tick, value = SYMBOLS[row["symbol"]]
        size, sign, checked = row["position_size"], 1 if row["direction"] == "long" else -1, checked + 1
        scratch = abs(row["whole"]) <= max(Decimal(tick) * value * size, row["commissions"] or 0)
        assert row["outcome"] == ("scratch" if scratch else "win" if row["net"] > 0 else "loss")
        stop = row["stop_loss"] if row["initial_stop"] is None else row["initial_stop"]
        risk = Decimal(0) if stop is None else (row["entry_price"] - stop) * sign * value * size
        assert row["r"] == (row["net"] / risk if risk > 0 else None)
    assert checked > 100


def _time(value: Any) -> pd.Timestamp | None:
    return None if pd.isna(value) else pd.Timestamp(value)


def _fields(row: Mapping[str, Any]) -> TradeFields:
    return TradeFields(
        symbol=row["symbol"],
        direction=row["direction"],
        position_size=row["position_size"],
        entry_price=row["entry_price"],
        exit_price=row["exit_price"],
        pnl=row["whole"],
        pnl_basis=row["pnl_basis"],
        commissions=row["commissions"],
    )


def sums(rows: pd.DataFrame) -> dict[str, Any]:
    taken = rows[rows["taken"]]
    closed = taken[~taken["is_open"]]
    done = closed[closed["net"].notna()]
    won, lost = done[done["outcome"] == "win"]["net"], done[done["outcome"] == "loss"]["net"]
    made = rows[rows["amount"].notna()]
    multiples = closed["r"].dropna()
    return {
        "net": made["amount"].sum(),
        "gross": (made["amount"] + made["costs"]).sum(),
        "trades": len(done),
        "wins": len(won),
        "losses": len(lost),
        "won": won.sum(),
        "lost": lost.sum(),
        "whole": done["net"].sum(),
        "measured": len(multiples),
        "multiples": multiples.sum(),
        "open": int(taken["is_open"].sum()),
        "unknown": len(closed) - len(done),
    }


def agree(found: Sums, wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        assert abs(getattr(found, name) - Decimal(value)) < Decimal("1e-6"), (name, getattr(found, name), value)


def groups(rows: pd.DataFrame, dimension: Dimension) -> dict[str | None, pd.DataFrame]:
    keys = {
        "symbol": rows["symbol"],
        "side": rows["direction"],
        "hour": [None if pd.isna(hour) else str(int(hour)) for hour in rows["hour"]],
        "weekday": [str(day.isoweekday()) for day in rows["day"]],
    }[dimension]
    keyed = rows.assign(key=keys)
    return {None if pd.isna(key) else key: part for key, part in keyed.groupby("key", dropna=False)}


async def sheet_of(db: asyncpg.Connection, user: UUID, account: UUID | None = None, currency: str = "USD") -> Sheet:
    frames = []
    for query in (RESULTS, PARTS):
        statement = await db.prepare(query)
        columns = [attribute.name for attribute in statement.get_attributes()]
        rows = [tuple(row) for row in await statement.fetch(user, account)]
        frames.append(pd.DataFrame(rows, columns=columns, dtype=object))
    return Sheet(frames[0], frames[1], currency)


async def ask(
    db: asyncpg.Connection, span: Span, dimension: Grouping | None = None, currency: str = "USD"
) -> Statistics:
    return Statistics.of(await statistics.sums(db, span, dimension, frame(span, currency)), dimension)


def frame(span: Span, currency: str = "USD") -> Frame:
    period, start = Period(span.first, span.last), DayStart(ZoneInfo(ZONE))
    return frame_of(period, min(span.last, TODAY), currency=currency, zone=ZONE, day_start=start)


def same_course(found: Statistics, rows: pd.DataFrame) -> None:
    """Days, extremes and the deepest fall."""
    made = rows[rows["amount"].notna()]
    days = made.groupby("day")["amount"].sum()
    assert found.days == len(days)
    assert found.best_day is not None
    assert found.worst_day is not None
    assert (found.best_day.net, found.worst_day.net) == (days.max(), days.min())
    done = rows[rows["taken"] & ~rows["is_open"] & rows["net"].notna()]["net"]
    assert found.best is not None
    assert found.worst is not None
    assert (found.best.net, found.worst.net) == (done.max(), done.min())
    course = made.sort_values(["day", "at", "id", "taken", "amount"])["amount"].cumsum()
    peaks = course.astype(float).cummax().clip(lower=0)
    assert float(found.drawdown) == pytest.approx((peaks - course.astype(float)).max())


@pytest.mark.parametrize(("account", "currency"), [(False, "USD"), (True, "USD"), (True, "EUR")])
async def test_generated_years(connection: asyncpg.Connection, trader: UUID, account: bool, currency: str) -> None:
    other: UUID | None = None
    if account:
        other = await connection.fetchval(
            "insert into worker.accounts (user_id, name, account_size, currency)"
            " values ($1, 'apex2', 50000, $2) returning id",
            trader,
            currency,
        )
    await Years(1, trader, date(2024, 1, 1), 500, other).write(connection, 3)
    await Years(2, trader, date(2025, 1, 6), 30, None if account else await _apex(connection, trader)).write(
        connection, 2
    )  # what the other account made is not counted
    sheet = await sheet_of(connection, trader, other, currency)
    if currency == "USD":
        check_by_hand(sheet)
    asked: tuple[tuple[date, date, str | None, Side | None], ...] = (
        (*ALL, None, None), (date(2024, 3, 1), date(2024, 3, 31), None, "short"),
        (date(2024, 1, 1), date(2024, 12, 31), "NQ", None), (*ALL, "ES", "long"),
    )  # fmt: skip
    for first, last, symbol, side in asked:
        rows, span = sheet.of(first, last, symbol, side), Span(trader, other, first, last, symbol, side)
        dimensions: tuple[Dimension, ...] = ("symbol", "side", "hour", "weekday")
        for dimension in dimensions:
            found = await ask(connection, span, dimension, currency)
            agree(found.sums, sums(rows))
            wanted = groups(rows, dimension)
            assert {group.key for group in found.groups} == wanted.keys()
            for group in found.groups:
                agree(group.sums, sums(wanted[group.key]))
        same_course(await ask(connection, span, None, currency), rows)


async def test_of_the_latest_trades_alone(connection: asyncpg.Connection, trader: UUID) -> None:
    """The last that are closed with a P&L, in pandas by day and time, with their earlier parts of the span."""
    february = (date(2024, 2, 1), date(2024, 2, 29))
    asked: tuple[tuple[int, date, date, str | None, Side | None], ...] = (
        (1, *ALL, None, None), (25, *ALL, "NQ", None), (7, *february, None, "short"), (5000, *ALL, None, None),
    )  # fmt: skip
    for seed, account in ((8, None), (9, await _apex(connection, trader))):
        await Years(seed, trader, date(2024, 1, 1), 60, account).write(connection, 2)
        sheet = await sheet_of(connection, trader, account)
        for latest, first, last, symbol, side in asked:
            rows = sheet.of(first, last, symbol, side)
            closed = rows[rows["taken"] & ~rows["is_open"] & rows["net"].notna()]
            ids = list(closed.sort_values(["day", "at", "id"])["id"])[-latest:]
            rows = rows[rows["id"].isin(ids)]
            found = await ask(connection, Span(trader, account, first, last, symbol, side, latest=latest), "symbol")
            assert (found.sums.trades, found.sums.open, found.sums.unknown) == (len(ids), 0, 0)
            agree(found.sums, sums(rows))
            same_course(found, rows)
            told = {group.key: group.sums.trades for group in found.groups}
            assert told == rows[rows["taken"]].value_counts("symbol").to_dict()


async def _apex(connection: asyncpg.Connection, trader: UUID) -> UUID:
    added: UUID = await connection.fetchval(
        "insert into worker.accounts (user_id, name, account_size, currency) values ($1, 'x', 1, 'USD') returning id",
        trader,
    )
    return added


async def charts_agree(dsn: str, db: asyncpg.Connection, user: UUID, symbol: str | None) -> None:
    """Each chart shows the groups that the figures are divided into."""
    span = Span(user, None, *ALL, symbol)
    scope = Scope(period=Period(*ALL), symbol=symbol)
    source = Source(user_id=user, account_id=None, currency="USD", zone=ZONE)
    connections = await pool.open_pool(dsn, size=1)
    try:
        shown = {kind: await facts_of(connections, source, kind, scope) for kind in KINDS}
    finally:
        await connections.close()
    whole = await ask(db, span)
    told = {grouping: await ask(db, span, grouping) for grouping in ("symbol", "hour", "rule")}
    symbols, hours, rules, spread, days = (shown[kind] for kind in ("symbols", "hours", "rules", "r", "days"))
    for chart, grouping in ((symbols, "symbol"), (hours, "hour")):
        assert isinstance(chart, SumsFacts)
        wanted = {group.key: (group.sums.net, group.sums.trades) for group in told[grouping].groups}
        assert {key and str(key): (amount, trades) for key, amount, trades in map(astuple, chart.sums)} == wanted
        assert (chart.net, chart.trades) == (whole.sums.net, whole.sums.trades)
    assert isinstance(spread, SpreadFacts)
    assert (len(spread.multiples), sum(spread.multiples)) == (whole.sums.measured, whole.sums.multiples)
    assert isinstance(days, DaysFacts)
    assert (days.net, len(days.days)) == (whole.sums.net, whole.days)
    assert whole.best_day is not None
    assert max(amount for _, amount in days.days) == whole.best_day.net
    assert isinstance(rules, RulesFacts)
    for rule in rules.rules:
        for verdict, one in (("followed", rule.followed), ("violated", rule.violated)):
            group = next((group for group in told["rule"].groups if group.key == f"{verdict} {rule.rule}"), None)
            assert (group and (group.sums.net, group.sums.trades)) == (one and (one.amount, one.trades))
    equity = shown["equity"]
    assert isinstance(equity, EquityFacts)
    assert (equity.net, equity.trades) == (whole.sums.net, whole.sums.trades)
    if symbol is not None and equity.deepest is not None:  # else it is the balance's, which payouts move, too
        assert -equity.deepest[0] <= whole.drawdown


@pytest.mark.parametrize("symbol", [None, "NQ"])
async def test_charts_of_generated_years_are_the_figures(
    dsn: str, connection: asyncpg.Connection, trader: UUID, symbol: str | None
) -> None:
    years = Years(6, trader, date(2024, 1, 1), 400)
    await years.write(connection, 3)
    await connection.execute("select worker.recompute($1, null, $2)", trader, min(years.days))
    await charts_agree(dsn, connection, trader, symbol)


@pytest.mark.parametrize("symbol", [None, "NQ"])
async def test_charts_of_the_demo_trader_are_the_figures(
    dsn: str, connection: asyncpg.Connection, symbol: str | None
) -> None:
    await connection.execute(SEED.read_text(encoding="utf-8"))
    await charts_agree(dsn, connection, DEMO, symbol)


async def test_the_demo_trader(connection: asyncpg.Connection) -> None:
    await connection.execute(SEED.read_text(encoding="utf-8"))
    sheet = await sheet_of(connection, DEMO)
    rows = sheet.of(*ALL)
    found = await ask(connection, Span(DEMO, None, *ALL))
    agree(found.sums, sums(rows))
    same_course(found, rows)
    made = await connection.fetchval("select sum(daily_pnl) from public.daily_tracking where user_id = $1", DEMO)
    assert (found.days, found.sums.net) == (30, made)


async def test_by_rule(connection: asyncpg.Connection) -> None:
    await connection.execute(SEED.read_text(encoding="utf-8"))
    rows = (await sheet_of(connection, DEMO)).of(*ALL)
    verdicts = pd.DataFrame(
        [tuple(row) for row in await connection.fetch(
            "select v.trade_id::text, r.rule_text, v.verdict from public.trade_rule_verdicts v"
            " join public.trading_rules r on r.id = v.rule_id where v.verdict <> 'unclear'")],
        columns=["id", "rule", "verdict"],
    )  # fmt: skip
    broken = set(verdicts[verdicts["verdict"] == "violated"]["id"])
    wanted = {
        "violated": rows[rows["id"].isin(broken)],
        "followed": rows[rows["id"].isin(set(verdicts["id"]) - broken)],
    }
    for (verdict, rule), some in verdicts.groupby(["verdict", "rule"]):
        wanted[f"{verdict} {rule}"] = rows[rows["id"].isin(set(some["id"]))]
    found = await ask(connection, Span(DEMO, None, *ALL), "rule")
    assert {group.key for group in found.groups} == wanted.keys()
    for group in found.groups:
        agree(group.sums, sums(wanted[group.key]))


SPELLINGS = (
    "NQ", "nq", "NQZ5", "NQH26", "NQ 12-25", "NQ 03/2026", "NQ DEC25", "NQ DEC 25", "/NQ", "/NQZ25:XCME", "@NQ", "NQ1!",
    "CME_MINI:NQ1!", "NQ=F", " NQ ", "MNQ", "MNQZ5", "EUR/USD", "eurusd", "EUR-USD", "6EZ5", "M6EH6", "BRK.B", "AAPL",
    "NASDAQ:AAPL", "US30", "HK50", "XAUUSD", "XAU/USD", "ZC", "ABCZ5", "Q25", "", "$", ":", "=F", "1!", "NQ 12-25 CALL",
)  # fmt: skip
ROOTS = f"""
with contracts as (select * from jsonb_to_recordset($1::jsonb) as c (symbol text, dated boolean))
select s.written, s.root from ({spelled("select upper(unnest($2::text[])) as written")}) s
"""


async def test_a_symbol_has_one_root_here_and_there(connection: asyncpg.Connection) -> None:
    letters = Random(7)
    made = ["".join(letters.choices("NQES6MZFH15 -/:!=@", k=letters.randrange(9))) for _ in range(3000)]
    found = dict(await connection.fetch(ROOTS, contracts_json("USD"), [*SPELLINGS, *made]))
    assert found == {symbol.upper(): family(symbol) for symbol in (*SPELLINGS, *made)}
    assert {family(symbol) for symbol in SPELLINGS[:15]} == {"NQ"}


async def test_what_has_no_day_is_told_of(connection: asyncpg.Connection, trader: UUID) -> None:
    """As another program writes trades: counted in no figure, by the times that the trading day goes by."""
    await connection.execute(
        """insert into public.trades (user_id, symbol, direction, pnl, exit_time, created_at)
           select $1, symbol, side, 100, at::timestamptz, '2024-06-01'
           from (values ('NQZ4', 'long', '2024-03-04 22:59+00'), ('NQ', 'short', '2024-03-04 23:01+00'),
                        ('ES', 'long', '2024-03-05 12:00+00'), ('ES', 'long', null)) odd (symbol, side, at)""",
        trader,
    )
    start = DayStart(ZoneInfo(ZONE), 18)  # 23:00 UTC, as clocks had not been put forward yet
    counts = {}
    for first, last, symbol, side in (
        (date(2024, 3, 4), date(2024, 3, 4), None, None), (date(2024, 3, 5), date(2024, 3, 5), None, None),
        (date(2024, 3, 1), date(2024, 3, 31), "NQ", None), (date(2024, 3, 1), date(2024, 3, 31), "NQ", "short"),
        (date(2024, 6, 1), date(2024, 6, 1), None, None), (*ALL, None, None),
    ):  # fmt: skip
        by = frame_of(Period(first, last), last, currency="USD", zone=ZONE, day_start=start)
        found = Statistics.of(
            await statistics.sums(connection, Span(trader, None, first, last, symbol, side), None, by), None
        )
        assert (found.traded, found.sums.net) == (False, 0)
        counts[f"{first:%b} {first.day}-{last.day} {symbol} {side}"] = found.undated
    assert list(counts.values()) == [1, 2, 2, 1, 1, 4]


async def test_nothing_traded_names_the_last_day(connection: asyncpg.Connection, trader: UUID) -> None:
    await Years(4, trader, date(2024, 1, 1), 5).write(connection, 2)
    found = await ask(connection, Span(trader, None, date(2024, 2, 1), date(2024, 2, 29)))
    assert (found.traded, found.last_day) == (False, date(2024, 1, 5))
    unknown = await ask(connection, Span(trader, None, date(2024, 2, 1), date(2024, 2, 29), "TSLA"))
    assert (unknown.traded, unknown.last_day) == (False, None)


async def test_odd_values_of_other_writers_count_as_none(connection: asyncpg.Connection, trader: UUID) -> None:
    await Years(5, trader, date(2024, 1, 1), 5).write(connection, 2)
    usual = await ask(connection, Span(trader, None, *ALL))
    await connection.execute(
        """insert into public.trades (user_id, daily_tracking_id, symbol, direction, entry_price, exit_price,
               position_size, stop_loss, pnl, commissions, entry_time)
           select $1, d.id, 'NQ', odd.side, odd.figure, odd.figure, odd.figure, 0, odd.figure, odd.figure, odd.at
           from (select id from public.daily_tracking where user_id = $1 limit 1) d,
               (values ('long', 'NaN'::numeric, 'infinity'::timestamptz), ('', 'Infinity', '-infinity'),
                   ('short', 10::numeric ^ 4000, now()), (null, -10::numeric ^ 400, '4000-01-01 BC'))
                   odd (side, figure, at)
        """,
        trader,
    )
    for dimension in ("symbol", "side", "hour", "weekday"):
        found = await ask(connection, Span(trader, None, *ALL), dimension)
        assert (found.sums.net, found.sums.trades, found.sums.unknown) == (
            usual.sums.net, usual.sums.trades, usual.sums.unknown + 4,
        )  # fmt: skip
