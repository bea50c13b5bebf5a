"""The demo trader of supabase/seed.sql: what stands there is what the worker itself makes of these trades."""

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from bot.auditing.result import Ruling, result_of, row_of
from bot.auditing.score import scored
from bot.auditing.standing import Standing, standing
from bot.auditing.writing import unjudged
from bot.database import SEED
from bot.reading.jsonl import read_lines
from bot.rules.grading import track_records
from bot.settings import read_settings
from bot.trading.pnl import computed_pnl, net_pnl
from db.migrations import migrate
from statemachine.trade import TradeFields
from tests.integration.databases import connected, project_database

DEMO: Final = UUID("00000000-0000-4000-8000-00000000de30")
ZONE: Final = ZoneInfo("America/New_York")
TABLES: Final = ("trading_rules", "trades", "trade_rule_verdicts", "daily_tracking", "journal_messages")

DAYS: Final = "select to_jsonb(d) - 'id' as day from public.daily_tracking d where user_id = $1 order by trade_date"
CLOSES: Final = """
select t.symbol, t.direction, t.entry_price, coalesce(l.exit_price, t.exit_price) as exit_price,
    coalesce(l.size, t.position_size) as position_size, coalesce(l.pnl, t.pnl) as pnl, d.trade_date,
    coalesce(l.exit_time, t.exit_time) as exit_time
from public.trades t left join worker.trade_legs l on l.trade_id = t.id
join public.daily_tracking d on d.id = coalesce(l.daily_tracking_id, t.daily_tracking_id)
where t.user_id = $1 order by t.id, exit_time
"""
REPORTS: Final = """
select t.symbol, t.direction, t.entry_price, t.exit_price, t.position_size, t.stop_loss, t.take_profit, t.commissions,
    told.content_preview as report
from public.journal_messages told
join public.trades t on told.metadata ->> 'external_id' = format('demo-%s-0-1', right(t.id::text, 4))
where t.user_id = $1 order by t.id
"""


@asynccontextmanager
async def seeded_on(connection: asyncpg.Connection, moment: datetime) -> AsyncIterator[None]:
    """As if sown at that moment; gone afterwards."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(SEED.read_text(encoding="utf-8").replace("now()", f"timestamptz '{moment}'"))
        yield
    finally:
        await transaction.rollback()


@pytest.fixture
async def demo(connection: asyncpg.Connection) -> asyncpg.Connection:
    await connection.execute(SEED.read_text(encoding="utf-8"))
    return connection


async def days_of(connection: asyncpg.Connection) -> list[dict[str, Any]]:
    return [json.loads(row["day"], parse_float=Decimal) for row in await connection.fetch(DAYS, DEMO)]


# What there is.


async def test_thirty_trading_days_of_a_believable_trader(demo: asyncpg.Connection) -> None:
    days = await days_of(demo)
    kinds = [day["day_status"] for day in days]
    assert {kind: kinds.count(kind) for kind in kinds} == {"trading": 30, "rest_day": 2, "gap": 1}
    won = [day for day in days if day["daily_pnl"] > 0]
    assert len(won) == 14
    assert all(Decimal(-1000) < day["daily_pnl"] < Decimal(1300) for day in days)
    assert days[-1]["ending_balance"] == Decimal("50763.60")
    results = [row["pnl"] for row in await demo.fetch("select pnl from public.trades")]
    assert (len(results), sum(pnl > 0 for pnl in results)) == (62, 25)
    assert await demo.fetchval("select count(distinct symbol) from public.trades") == 5
    assert await demo.fetchval("select count(distinct trade_id) from worker.trade_legs") == 4
    assert await demo.fetchval("select count(*) from public.trade_rule_verdicts") == 62 * 6
    assert await demo.fetchval("select count(*) from public.trade_rule_verdicts where is_overridden") == 11


async def test_one_day_was_a_revenge(demo: asyncpg.Connection) -> None:
    (day,) = [day for day in await days_of(demo) if day["trades_taken"] > 5]
    assert day["daily_loss_used"] == Decimal("964.60")
    broken = await demo.fetch(
        "select distinct r.sort_order from public.trade_rule_verdicts v join public.trades t on t.id = v.trade_id"
        " join public.daily_tracking d on d.id = t.daily_tracking_id join public.trading_rules r on r.id = v.rule_id"
        " where d.trade_date = $1 and v.verdict = 'violated' order by 1",
        date.fromisoformat(day["trade_date"]),
    )
    assert [row["sort_order"] for row in broken] == [1, 3, 4, 5, 6]


# It is what the worker would have made of it.


async def test_the_days_are_what_the_worker_makes_of_the_trades(demo: asyncpg.Connection) -> None:
    days, streak = await days_of(demo), "select current_streak_days, longest_streak_days, last_audit_date"
    before = await demo.fetchrow(f"{streak} from public.profiles where id = $1", DEMO)
    for day in (days[0], days[12], days[20], days[-1]):
        await demo.fetch("select worker.recompute_days($1, $2)", DEMO, date.fromisoformat(day["trade_date"]))
        await demo.execute("select worker.recompute_streak($1)", DEMO)
        assert await days_of(demo) == days
    assert await demo.fetchrow(f"{streak} from public.profiles where id = $1", DEMO) == before
    assert before is not None
    assert tuple(before) == (16, 16, date.fromisoformat(days[-1]["trade_date"]))


async def test_the_days_add_up(demo: asyncpg.Connection) -> None:
    """Reckoned here once more, from closes and costs alone."""
    made: dict[str, Decimal] = {}
    for row in await demo.fetch(CLOSES, DEMO):
        made[str(row["trade_date"])] = made.get(str(row["trade_date"]), Decimal(0)) + row["pnl"]
    for row in await demo.fetch(
        "select d.trade_date, t.commissions from public.trades t"
        " join public.daily_tracking d on d.id = t.daily_tracking_id"
    ):
        made[str(row["trade_date"])] = net_pnl(made[str(row["trade_date"])], row["commissions"], "gross")
    balance = Decimal(50_000)
    for day in await days_of(demo):
        balance += made.get(day["trade_date"], Decimal(0))
        assert (day["daily_pnl"], day["ending_balance"]) == (made.get(day["trade_date"], 0), balance), day


async def test_each_result_follows_from_prices_and_contract(demo: asyncpg.Connection) -> None:
    for row in await demo.fetch(CLOSES, DEMO):
        facts = {name: row[name] for name in ("symbol", "direction", "entry_price", "exit_price", "position_size")}
        assert row["pnl"] == computed_pnl(TradeFields(**facts), "USD"), row
        assert row["exit_time"].astimezone(ZONE).date() == row["trade_date"]


def rulings_of(found: Standing) -> list[Ruling]:
    rulings = found.rulings(unjudged(found.left(), "no_model"))
    assert rulings is not None
    return rulings


async def test_an_audit_says_the_same(demo: asyncpg.Connection) -> None:
    """Verdicts, evidence, score, counts and audit_result, of every trade; overrides stay."""
    settings = read_settings(None)
    for trade in await demo.fetch("select * from public.trades"):
        found = await standing(demo, DEMO, trade["id"], settings)
        assert found is not None
        rulings, stored = rulings_of(found), json.loads(trade["audit_result"])
        rows = await demo.fetch("select * from public.trade_rule_verdicts where trade_id = $1", trade["id"])
        assert {row["rule_id"]: _stored(row) for row in rows} == {
            row_of(r).rule_id: _stored(row_of(r)) for r in rulings
        }
        score = scored(ruling.verdict for ruling in rulings)
        counts = (trade["rules_followed"], trade["rules_violated"], trade["rules_unclear"])
        assert (trade["compliance_score"], counts) == (
            score.compliance,
            (score.followed, score.violated, score.unclear),
        )
        assert trade["has_overrides"] == any(ruling.override for ruling in rulings)
        wanted = result_of(
            rulings, score, of="", at=datetime.now(UTC), answered=(), day=found.day[0] if found.day else None,
            note="no_model" if found.left() else None, cost=None, earlier_overrides=(),
        )  # fmt: skip
        assert stored | {"of": "", "at": wanted["at"]} == wanted


def _stored(row: Any) -> tuple[Any, ...]:
    """Of a row of the table, or of one that would be written there."""
    if isinstance(row, asyncpg.Record):
        names = (
            "verdict",
            "evidence",
            "severity",
            "ai_confidence",
            "is_overridden",
            "original_verdict",
            "override_reason",
        )
        return tuple(row[name] for name in names)
    return (
        *(row.verdict, row.evidence, row.severity, row.confidence),
        *(row.is_overridden, row.original_verdict, row.override_reason),
    )


async def test_the_grades_are_those_of_the_verdicts(demo: asyncpg.Connection) -> None:
    rules = await demo.fetch("select * from public.trading_rules order by sort_order")
    for rule, record in zip(rules, (await track_records(demo, DEMO, [r["id"] for r in rules])).values(), strict=True):
        stands = (record.grade, record.win_rate, record.avg_pnl, record.samples)
        assert (rule["quality_grade"], rule["win_rate"], rule["avg_pnl"], rule["sample_count"]) == stands


async def test_each_report_reads_as_its_trade(demo: asyncpg.Connection) -> None:
    rows = await demo.fetch(REPORTS, DEMO)
    assert len(rows) == 62
    lines = [json.dumps({"id": str(n), "text": row["report"]}) for n, row in enumerate(rows)]
    for row, line in zip(rows, read_lines(lines), strict=True):
        (trade,) = json.loads(line, parse_float=Decimal)["trades"]
        partly = trade["exit_price"] is None
        for name in ("symbol", "direction", "entry_price", "position_size", "stop_loss", "take_profit", "commissions"):
            assert trade[name] == row[name], row
        assert partly or trade["exit_price"] == row["exit_price"]


async def test_the_talk_goes_back_and_forth(demo: asyncpg.Connection) -> None:
    """A trader writes, the bot answers; in no other order, never before the trade was closed."""
    rows = await demo.fetch("select direction, content_preview from public.journal_messages order by created_at, id")
    assert len(rows) == 58 * 7 + 4 * (4 + 4 + 7)
    ways = [row["direction"] for row in rows]
    assert all(later == "outbound" for way, later in itertools.pairwise(ways) if way == "inbound")
    early = await demo.fetchval(
        "select count(*) from public.journal_messages m join public.trades t on t.id = m.trade_id"
        " where m.content_preview like 'Your rules%' and m.created_at < t.exit_time"
    )
    assert early == 0


# Whenever and by whomever it is sown.

MOMENTS: Final = (
    datetime(2026, 11, 26, 12, tzinfo=ZONE),
    datetime(2026, 3, 9, 0, 30, tzinfo=ZONE),  # the night after the clocks went forward
    datetime(2027, 1, 3, 23, 30, tzinfo=ZONE),  # a Sunday after two holidays
    datetime(2028, 2, 29, 9, tzinfo=ZONE),
)


async def test_the_same_on_every_day_and_never_today(connection: asyncpg.Connection) -> None:
    seen: set[tuple[Any, ...]] = set()
    for moment in MOMENTS:
        async with seeded_on(connection, moment):
            days = await days_of(connection)
            dates = [date.fromisoformat(day["trade_date"]) for day in days]
            assert all(day.weekday() < 5 for day in dates)
            assert moment.date() - timedelta(days=5) <= dates[-1] < moment.date()
            assert await connection.fetchval("select max(created_at) from public.journal_messages") < moment
            figures = await connection.fetch(
                "select id, pnl, compliance_score, rules_followed from public.trades order by id"
            )
            seen.add((*map(tuple, figures), *(str(day["ending_balance"]) for day in days)))
    assert len(seen) == 1


async def test_no_superuser_is_needed_and_twice_is_once(server_dsn: str) -> None:
    async with project_database(server_dsn, "new") as (project, _):
        await migrate(project)
        async with connected(project) as connection:
            counts = [await sown(connection) for _ in range(2)]
            assert counts[0] == counts[1]
            assert min(counts[0]) > 0
            await connection.execute("delete from public.trades where user_id = $1", DEMO)
            assert (await sown(connection))[1] == 0


async def sown(connection: asyncpg.Connection) -> list[int]:
    """Rows by table after it was sown."""
    await connection.execute(SEED.read_text(encoding="utf-8"))
    return [await connection.fetchval(f"select count(*) from public.{table}") for table in TABLES]
