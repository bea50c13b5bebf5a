"""Nothing of what runs again and again reads a large table whole: by the server's own counts, on a journal of 3,000
traders with 15,000 trades and all that the worker keeps of them (benchmarks/growth.py: with a million).
"""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from benchmarks.growth_data import ACCOUNT, FIRST_CHAT_ID, Size, load
from benchmarks.growth_plans import read_whole
from bot.jobs import sweep
from bot.schedules import schedules_of
from bot.settings import read_settings
from db import inbox, outbox, pool
from tests.journaling import Person, journaling, running_for

SIZE = Size(3000, 15000, 2)
ALONE = "select count(*) = 0 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
FOR_EVERY_PROFILE = frozenset({"gap_days", "monthly_credits"})
WRITES = (
    "long 2 nq 18250 > 18290 stop 18230", "yes", "skip", "/trades", "/limits", "/balance", "/rules", "/plans",
    "/drafts", "/rules add Max 2 losses", "/account", "/today", "/stats by rule",
    "limit buy 1 es 5300 stop 5290", "long 1 nq 18250", "yes",
    "out 18300", "yes", "/undo", "/redo", "/audit 1", "/balance 51240", "/rest 2020-01-01", "long nq", "/cancel",
)  # fmt: skip


@pytest.fixture
async def grown(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        await load(connection, SIZE)
    finally:
        await connection.close()
    return dsn


async def _alone(dsn: str) -> None:
    """Wait until every other session has ended, and with it told what it read."""
    connection = await asyncpg.connect(dsn)
    try:
        async with asyncio.timeout(10):
            while not await connection.fetchval(ALONE):
                await asyncio.sleep(0.02)
    finally:
        await connection.close()


async def test_no_turn_and_no_job_reads_a_large_table_whole(grown: str, tmp_path: Path) -> None:
    """Of the busiest trader and of an average one; what they record is judged, and the replies are delivered."""

    async def work() -> None:
        async with journaling(grown, tmp_path, jobs=True) as journal:
            for number in (0, SIZE.average + 5):
                person = Person(journal, str(FIRST_CHAT_ID + number))
                for text in WRITES:
                    assert await person.writes(text), text
            assert await journal.count("worker.inbox", "status = 'failed'") == 0
        await _alone(grown)

    assert await read_whole(grown, work) == {}


async def test_nothing_that_comes_round_reads_a_large_table_whole(grown: str) -> None:
    """Once what is old has gone, and but for what is done for every profile."""

    async def work() -> None:
        connections = await pool.open_pool(grown, size=2)
        async with running_for(sweep(connections, 30)):
            await asyncio.sleep(0.5)
        async with pool.acquired(connections) as connection:
            await outbox.due_chats(connection, "telegram", ACCOUNT)
            await inbox.failed_messages(connection)
        settings = read_settings(None)
        for name, schedule in schedules_of(connections, settings).items():
            if name not in FOR_EVERY_PROFILE:
                await schedule.run()
        async with pool.acquired(connections) as connection:
            await connection.execute("analyze")
        await connections.close()
        await _alone(grown)

    await work()
    assert await read_whole(grown, work) == {}


async def test_counting_sees_what_is_read_whole(grown: str) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(grown)
        await connection.fetchval("select count(*) from public.trades where pnl > 1000000")
        await connection.close()
        await _alone(grown)

    assert await read_whole(grown, work) == {"public.trades": 1}
