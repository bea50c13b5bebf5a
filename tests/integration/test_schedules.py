"""Work that comes round by the clock: once each time, whatever the number of workers, and made up for after outages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

from bot.jobs import Jobs, Schedule
from bot.settings import read_settings

EVERY_MONTH = "0 0 1 * *"


@asynccontextmanager
async def two_workers(dsn: str, run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    workers = [Jobs(dsn, read_settings(None), {}, {"month": Schedule(EVERY_MONTH, run)}) for _ in "ab"]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        async with asyncio.timeout(10):
            await asyncio.gather(*running)


async def overdue(connection: asyncpg.Connection) -> None:
    """The first of the month came while no worker ran."""
    await connection.execute(
        "insert into worker.pgqueuer_schedules (expression, entrypoint, next_run)"
        " values ($1, 'month', now() - interval '2 days')",
        EVERY_MONTH,
    )


async def next_run(connection: asyncpg.Connection) -> object:
    return await connection.fetchrow(
        "select status::text, next_run > now() + interval '1 hour' as later from worker.pgqueuer_schedules"
        " where last_run is not null"
    )


async def settled(connection: asyncpg.Connection) -> object:
    async with asyncio.timeout(10):
        while (row := await next_run(connection)) is None:
            await asyncio.sleep(0.05)
    return dict(row)  # type: ignore[call-overload]


async def test_what_was_missed_runs_once(connection: asyncpg.Connection, dsn: str) -> None:
    runs: list[int] = []

    async def run() -> None:
        runs.append(1)

    await overdue(connection)
    async with two_workers(dsn, run):
        assert await settled(connection) == {"status": "queued", "later": True}
    assert runs == [1]


async def test_what_is_not_due_does_not_run(connection: asyncpg.Connection, dsn: str) -> None:
    runs: list[int] = []

    async def run() -> None:
        runs.append(1)

    async with two_workers(dsn, run):
        async with asyncio.timeout(10):
            while not await connection.fetchval("select count(*) from worker.pgqueuer_schedules"):
                await asyncio.sleep(0.05)
    assert runs == []


async def test_a_run_that_fails_waits_for_its_next_time(connection: asyncpg.Connection, dsn: str) -> None:
    async def fail() -> None:
        raise ValueError("not today")

    await overdue(connection)
    async with two_workers(dsn, fail):
        assert await settled(connection) == {"status": "queued", "later": True}
