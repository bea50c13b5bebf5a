"""Every month each profile has three free audits again: once, whoever tops up and however often."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from db import credits

NOVEMBER = datetime(2026, 11, 3, 12, tzinfo=UTC)
READ = """
select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'profiles'
"""


@pytest.fixture
async def traders(connection: asyncpg.Connection) -> list[UUID]:
    """Twelve who signed up long ago, with 0 to 5 audits left, by turns."""
    made = await connection.fetch(
        """insert into auth.users (id, email)
           select gen_random_uuid(), n || '@example.com' from generate_series(1, 12) n returning id"""
    )
    ids: list[UUID] = [row["id"] for row in made]
    for number, user in enumerate(ids):
        await connection.execute(
            "update public.profiles set created_at = '2026-01-15', free_audits_remaining = $2 where id = $1",
            user,
            number % 6,
        )
    return ids


async def every(connection: asyncpg.Connection) -> list[int]:
    rows = await connection.fetch("select free_audits_remaining as remaining from public.profiles")
    return sorted(row["remaining"] for row in rows)


async def test_each_month_everybody_has_three_again(connection: asyncpg.Connection, traders: list[UUID]) -> None:
    assert await credits.top_up_credits(connection, NOVEMBER) == 6
    assert await every(connection) == [3] * 8 + [4, 4, 5, 5]
    await connection.execute("update public.profiles set free_audits_remaining = 0")
    assert await credits.top_up_credits(connection, NOVEMBER + timedelta(days=27)) == 0
    assert await credits.top_up_credits(connection, NOVEMBER - timedelta(days=40)) == 0  # a clock that went back
    assert await every(connection) == [0] * 12
    assert await credits.top_up_credits(connection, datetime(2026, 12, 1, 0, 30, tzinfo=UTC)) == 12


async def test_a_batch_reads_its_own_profiles_and_no_others(connection: asyncpg.Connection) -> None:
    """Whether they are to be raised or were all: so a month's end costs a statement no more than its beginning."""
    await connection.execute(
        """insert into auth.users (id, email)
           select gen_random_uuid(), n || '@example.com' from generate_series(1, 1500) n;
           update public.profiles set created_at = '2026-01-15', free_audits_remaining = 0"""
    )
    await connection.execute("analyze; set enable_seqscan = off")  # as where the table is large
    month = NOVEMBER.date().replace(day=1)
    for raised in (100, 0):
        after, batches = None, 0
        while True:
            async with connection.transaction():
                before = await connection.fetchval(READ)
                after, done = await connection.fetchrow(credits.TOP_UP, month, after, 100)
                read = await connection.fetchval(READ) - before
            if after is None:
                break
            batches += 1
            assert done == raised
            assert read <= 500
        assert batches == 15


async def test_the_month_is_that_of_utc(connection: asyncpg.Connection, traders: list[UUID]) -> None:
    await credits.top_up_credits(connection, NOVEMBER)
    await connection.execute("update public.profiles set free_audits_remaining = 0")
    chicago = datetime.fromisoformat("2026-11-30T19:30:00-06:00")  # in UTC it is December
    assert await credits.top_up_credits(connection, chicago) == 12


async def test_many_workers_top_up_once(dsn: str, traders: list[UUID], connection: asyncpg.Connection) -> None:
    others = [await asyncpg.connect(dsn) for _ in range(8)]
    try:
        raised = await asyncio.gather(*(credits.top_up_credits(other, NOVEMBER) for other in others))
    finally:
        for other in others:
            await other.close()
    assert sum(raised) == 6
    assert await every(connection) == [3] * 8 + [4, 4, 5, 5]


async def test_who_signed_up_in_the_month_began_it_with_three(connection: asyncpg.Connection, trader: UUID) -> None:
    await connection.execute("update public.profiles set created_at = '2026-11-02', free_audits_remaining = 0")
    assert await credits.top_up_credits(connection, NOVEMBER) == 0
    assert await credits.top_up_credits(connection, NOVEMBER + timedelta(days=30)) == 1


async def test_one_bad_row_stops_nobody(dsn: str, connection: asyncpg.Connection, traders: list[UUID]) -> None:
    bad, locked = traders[0], traders[1]
    await connection.execute(
        f"""create function worker.fails() returns trigger language plpgsql as $$
            begin if new.id = '{bad}' then raise exception 'broken'; end if; return new; end $$"""
    )
    await connection.execute(
        "create trigger fails before update on public.profiles for each row execute function worker.fails()"
    )
    holder = await asyncpg.connect(dsn)
    try:
        async with holder.transaction():
            await holder.execute("select from public.profiles where id = $1 for update", locked)
            assert await credits.top_up_credits(connection, NOVEMBER) == 4
        assert await credits.top_up_credits(connection, NOVEMBER) == 1  # the one that was locked
        await connection.execute("drop trigger fails on public.profiles")
        assert await credits.top_up_credits(connection, NOVEMBER) == 1
    finally:
        await holder.close()


async def test_no_lock_is_waited_for(dsn: str, connection: asyncpg.Connection, traders: list[UUID]) -> None:
    """The turns of all whom a batch has raised already would wait, too."""
    holder = await asyncpg.connect(dsn)
    try:
        async with holder.transaction(), asyncio.timeout(10):
            await holder.execute("select from public.profiles where id = any($1) for update", traders)
            assert await credits.top_up_credits(connection, NOVEMBER) == 0
    finally:
        await holder.close()
    assert await credits.top_up_credits(connection, NOVEMBER) == 6
