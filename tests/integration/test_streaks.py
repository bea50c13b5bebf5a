"""A streak that is counted on from two months ago is the one that is counted from the beginning, and reads less."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

TODAY = datetime.now(UTC).date()
ADD = """
insert into public.trades (user_id, daily_tracking_id, pnl, audit_status)
values ($1, worker.ensure_day($1, $2), 10, 'audited')
"""
REMOVE = """
delete from public.trades t using public.daily_tracking d where d.id = t.daily_tracking_id and d.user_id = $1
    and d.trade_date = $2
"""
FOUND = "select current_streak_days, longest_streak_days, last_audit_date from public.profiles where id = $1"
READ = """
select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'trades'
"""
OLD = "update worker.streaks set counted_at = now() - interval '31 days'"


def day_before(days: int) -> date:
    return TODAY - timedelta(days=days)


def counted(traded: Iterable[date], rests: set[date]) -> tuple[int, int, date | None]:
    """Current, longest, last: by looking at every day in between."""
    current, longest, last = 0, 0, None
    for day in sorted(traded):
        between = [] if last is None else [last + timedelta(days=n) for n in range(1, (day - last).days)]
        broken = any(missed.isoweekday() < 6 and missed not in rests for missed in between)
        current = 1 if broken else current + 1
        longest, last = max(longest, current), day
    return current, longest, last


async def fill(connection: asyncpg.Connection, trader: UUID, days: Iterable[int]) -> None:
    for day in days:
        await connection.execute(ADD, trader, day_before(day))
    await connection.execute("select worker.recompute_streak($1)", trader)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_comes_and_goes(connection: asyncpg.Connection, trader: UUID, seed: int) -> None:
    """Mostly of late, at times long ago, at the border and beyond it."""
    chance = random.Random(seed)
    traded = {day_before(days) for days in range(1, 140) if chance.random() < 0.85}
    rests: set[date] = set()
    await fill(connection, trader, [(TODAY - day).days for day in traded])
    for _ in range(40):
        day = day_before(chance.choice((0, 1, 2, 5, 30, 58, 59, 60, 61, 62, 90, 139)))
        if day in traded:
            traded.discard(day)
            await connection.execute(REMOVE, trader, day)
        elif day not in rests and chance.random() < 0.4:
            rests.add(day)
            assert await connection.fetchval("select worker.mark_day($1, $2, 'rest_day')", trader, day)
        else:
            traded.add(day)
            await connection.execute(ADD, trader, day)
        await connection.execute("select worker.recompute($1, null, $2)", trader, day)
        assert tuple(await connection.fetchrow(FOUND, trader)) == counted(traded, rests)


async def test_a_gap_ends_it_and_rest_mends_it(connection: asyncpg.Connection, trader: UUID) -> None:
    monday = next(day for day in range(6, 14) if day_before(day).isoweekday() == 1)
    await fill(connection, trader, range(monday, monday + 80))
    for status, current in (("gap", 0), ("rest_day", 80)):
        assert await connection.fetchval("select worker.mark_day($1, $2, $3)", trader, day_before(monday - 1), status)
        assert tuple(await connection.fetchrow(FOUND, trader)) == (current, 80, day_before(monday))


async def test_a_year_of_days_is_not_read_again(connection: asyncpg.Connection, trader: UUID) -> None:
    await fill(connection, trader, range(1, 400))
    await connection.execute("analyze; set enable_seqscan = off")  # as where there are other traders
    read = []
    for statement in ("select worker.recompute($1, null, current_date)", "select worker.recompute_streak($1)"):
        async with connection.transaction():
            before = await connection.fetchval(READ)
            await connection.execute(statement, trader)
            read.append(await connection.fetchval(READ) - before)
    assert read[0] <= 62 < 399 <= read[1]
    assert tuple(await connection.fetchrow(FOUND, trader)) == (399, 399, day_before(1))


async def test_what_others_wrote_long_ago_is_seen_within_a_month(connection: asyncpg.Connection, trader: UUID) -> None:
    await fill(connection, trader, range(1, 100))
    await connection.execute(REMOVE, trader, next(day_before(n) for n in (80, 82) if day_before(n).isoweekday() < 6))
    broken = counted(
        [row[0] for row in await connection.fetch(
            "select trade_date from public.daily_tracking d where exists "
            "(select from public.trades t where t.daily_tracking_id = d.id)")], set(),
    )  # fmt: skip
    await connection.execute(OLD)
    await connection.execute("select worker.recompute($1, null, current_date)", trader)
    assert tuple(await connection.fetchrow(FOUND, trader)) == broken
    assert broken[1] < 99
