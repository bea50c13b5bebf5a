"""Ten thousand traders, all due in one minute or none: what a run tells, and what it costs."""

import json
from datetime import timedelta

import asyncpg

from bot.reminding.telling import tell_due
from bot.settings import read_settings
from db import pool, reminders
from tests.acceptance.spreading import DUE, crowd

TRADERS = 10_000


async def pages(connection: asyncpg.Connection) -> int:
    """That looking for who is next reads."""
    statement = reminders.CLAIM.replace("$1", f"'{DUE.isoformat()}'")
    async with connection.transaction():
        (plan,) = json.loads(await connection.fetchval(f"explain (analyze, buffers, format json) {statement}"))
    found: int = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    return found


async def test_ten_thousand_are_spread_and_those_not_due_cost_nothing(dsn: str, connection: asyncpg.Connection) -> None:
    settings = read_settings(None, reminders_per_minute=120)
    await crowd(connection, TRADERS)
    database = await pool.open_pool(dsn, size=2)
    try:
        assert [await tell_due(database, settings, DUE + n * timedelta(seconds=10)) for n in range(3)] == [20, 20, 20]
        assert await connection.fetchval("select count(distinct user_id) from worker.outbox") == 60
        assert await pages(connection) < 100
        await connection.execute("update worker.reminders set next_at = $1", DUE + timedelta(days=1))
        await connection.execute("vacuum worker.reminders")
        assert await tell_due(database, settings, DUE) == 0
        assert await pages(connection) < 10
    finally:
        await database.close()
