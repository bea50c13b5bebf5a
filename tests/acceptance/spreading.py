"""Ten thousand traders due in one minute: each run tells its share, those first who have waited longest."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import asyncpg

from bot.reminding.telling import RUNS_A_MINUTE, tell_due
from bot.settings import read_settings
from db import pool
from tests.acceptance.databases import migrated_database

DUE = datetime(2026, 11, 27, 7, tzinfo=UTC)
"""When the session of traders in UTC begins to be told of, after the night."""
EVERY = timedelta(seconds=60 / RUNS_A_MINUTE)
CROWD = """
with users as (
    insert into auth.users (id, email) select gen_random_uuid(), 'crowd' || n || '@example.com'
    from generate_series(1, $1) n returning id),
numbered as (select id, 'c' || row_number() over () as chat_id from users)
insert into worker.chats (platform, account, chat_id, user_id, last_inbound_at)
select 'telegram', 'away', chat_id, id, now() from numbered
"""
BOUND = """
update public.profiles p set telegram_chat_id = c.chat_id, journal_preferences = '{"notifications": {"open": true}}'
from worker.chats c where c.user_id = p.id
"""
ONCE = """
select count(*) as said, count(distinct user_id) as people, count(distinct chat_id) as chats,
    (select count(*) from worker.told) as told
from worker.outbox
"""


@dataclass(slots=True)
class Report:
    """`runs`: how many were told in each; `slowest`: seconds of a run."""

    traders: int
    share: int
    runs: list[int] = field(default_factory=list)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        minutes = len(self.runs) / RUNS_A_MINUTE
        return (
            f"{self.traders} traders due in one minute, told in {len(self.runs)} runs of at most {self.share}, "
            f"{minutes:.0f} minutes; slowest run {self.slowest:.1f} s; {len(self.faults)} faults"
        )


async def crowd(connection: asyncpg.Connection, size: int) -> None:
    """Traders with a chat that nobody delivers to, who want to hear of their sessions."""
    await connection.execute(CROWD, size)
    await connection.execute(BOUND)
    await connection.execute("update worker.reminders set looked_at = $1, next_at = $2", DUE - timedelta(hours=12), DUE)
    await connection.execute("analyze worker.reminders, worker.chats, public.profiles")


async def prove_spreading(server_dsn: str, *, traders: int, per_minute: int) -> Report:
    report = Report(traders, per_minute // RUNS_A_MINUTE)
    settings = read_settings(None, reminders_per_minute=per_minute)
    async with migrated_database(server_dsn) as dsn:
        connection = await asyncpg.connect(dsn)
        database = await pool.open_pool(dsn, size=2)
        try:
            await crowd(connection, traders)
            now = DUE
            while not report.runs or report.runs[-1]:
                began = time.monotonic()
                report.runs.append(await tell_due(database, settings, now))
                report.slowest = max(report.slowest, time.monotonic() - began)
                now += EVERY
            report.runs.pop()
            row = await connection.fetchrow(ONCE)
        finally:
            await database.close()
            await connection.close()
    if set(row.values()) != {traders}:
        report.faults.append(f"not each once: {dict(row)}")
    if any(later > earlier for earlier, later in pairwise(report.runs)) or max(report.runs) > report.share:
        report.faults.append(f"not its share: {report.runs}")
    return report
