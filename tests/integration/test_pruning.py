"""What has had its time goes, and nothing else: by table, in portions, beside workers and turns."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bot.pruning import kept_days, prune
from bot.settings import Settings, read_settings
from db import pool, pruning
from tests.journaling import Person, journaling

# Each makes a row that is $1 days old: one that is due, and beside it those that have to stay at any age.
OLD: Mapping[str, str] = {
    "public.platform_link_codes": """
insert into public.platform_link_codes (user_id, platform, code, expires_at)
select $2::uuid, 'telegram', 'VGL-' || $1::integer, now() - make_interval(days => $1::integer)""",
    "worker.link_attempts": """
insert into worker.link_attempts (platform, account, chat_id, tried_at)
select 'email', 'a', $2::uuid::text, now() - make_interval(days => $1::integer)""",
    "worker.attempts": """
insert into worker.attempts (platform, account, chat_id, external_id, last_at)
select 'email', 'a', $2::uuid::text, ($1::integer)::text, now() - make_interval(days => $1::integer)""",
    "worker.inbox": """
insert into worker.inbox (platform, account, chat_id, external_id, user_id, status, received_at)
select 'email', 'a', 'c', ($1::integer)::text, $2::uuid, 'done', now() - make_interval(days => $1::integer)""",
    "worker.outbox": """
insert into worker.outbox (platform, account, chat_id, user_id, payload, status, created_at)
select 'email', 'a', 'c', $2::uuid, '{}', status, now() - make_interval(days => $1::integer)
from unnest(array['sent', 'refused', 'dropped']) status""",
    "worker.chats": """
insert into worker.chats (platform, account, chat_id, last_inbound_at)
select 'email', 'a', $2::uuid || ($1::integer)::text, now() - make_interval(days => $1::integer)""",
    "worker.pgqueuer": """
insert into worker.pgqueuer (priority, status, entrypoint, updated)
select 0, 'failed', 'audit' || $2::uuid, now() - make_interval(days => $1::integer)""",
    "worker.pgqueuer_log": """
insert into worker.pgqueuer_log (job_id, status, priority, entrypoint, aggregated, created)
select 999999, 'successful', 0, $2::uuid::text, true, now() - make_interval(days => $1::integer)""",
    "worker.pgqueuer_statistics": """
insert into worker.pgqueuer_statistics (count, status, priority, entrypoint, created)
select 1, 'successful', 0, $2::uuid::text, now() - make_interval(days => $1::integer)""",
    "public.journal_messages": """
insert into public.journal_messages (user_id, platform, direction, created_at)
select $2::uuid, 'email', 'inbound', now() - make_interval(days => $1::integer)""",
    "worker.charts": """
insert into worker.charts (user_id, asked_at) select $2::uuid, now() - make_interval(days => $1::integer)""",
    "worker.told": """
insert into worker.told (user_id, kind, period, told_at)
select $2::uuid, 'summary', current_date - $1::integer, now() - make_interval(days => $1::integer)""",
    "worker.exports": """
insert into worker.exports (user_id, asked_at) select $2::uuid, now() - make_interval(days => $1::integer)""",
    "worker.changes": """
insert into worker.changes (user_id, kind, trade_id, created_at)
select $2::uuid, 'edit', gen_random_uuid(), now() - make_interval(days => $1::integer)""",
    "worker.imports": """
insert into worker.imports (user_id, platform, account, chat_id, status, attachment, asked_at)
select $2::uuid, 'email', 'a', 'c', 'ready', '{}', now() - make_interval(days => $1::integer)""",
}
DAYS: Mapping[str, int] = {
    "public.platform_link_codes": 7,
    "worker.link_attempts": 7,
    "worker.attempts": 7,
    "worker.inbox": 400,
    "worker.outbox": 90,
    "worker.chats": 90,
    "worker.pgqueuer": 30,
    "worker.pgqueuer_log": 7,
    "worker.pgqueuer_statistics": 7,
    "public.journal_messages": 365,
    "worker.charts": 8,
    "worker.told": 90,
    "worker.exports": 8,
    "worker.changes": 365,
    "worker.imports": 7,
}
STAYS: Mapping[str, tuple[str, ...]] = {
    "worker.imports": (
        """insert into worker.imports (user_id, platform, account, chat_id, status, attachment, asked_at)
           select p.id, 'email', 'a', 'd', status, '{}', now() - interval '2 years'
           from public.profiles p cross join unnest(array['saved', 'undone']) status""",
    ),
    "worker.inbox": (
        """insert into worker.inbox (platform, account, chat_id, external_id, status, received_at)
           values ('email', 'a', 'd', 'w', 'waiting', now() - interval '2 years')""",
    ),
    "worker.outbox": (
        """insert into worker.outbox (platform, account, chat_id, payload, status, created_at)
           select 'email', 'a', 'd', '{}', status, now() - interval '2 years'
           from unnest(array['pending', 'held']) status""",
    ),
    "worker.chats": (
        """insert into worker.chats (platform, account, chat_id, user_id, last_inbound_at)
           select 'email', 'a', 'linked', id, now() - interval '2 years' from public.profiles limit 1""",
        """insert into worker.chats (platform, account, chat_id, last_inbound_at)
           values ('email', 'a', 'd', now() - interval '2 years'),          -- something waits there
                  ('whatsapp', 'a', '+4915112345678', now() - interval '2 years')""",
        "update public.profiles set whatsapp_phone = '+4915112345678'",
    ),
    "worker.pgqueuer": (
        """insert into worker.pgqueuer (priority, status, entrypoint, updated)
           select 0, status::worker.pgqueuer_status, 'drain', now() - interval '2 years'
           from unnest(array['queued', 'picked']) status""",
    ),
    "worker.changes": (
        """insert into worker.changes (user_id, kind, trade_id, created_at, undone_at)
           select id, 'edit', gen_random_uuid(), now() - interval '2 years', now() from public.profiles limit 1""",
    ),
    "worker.pgqueuer_log": (
        """insert into worker.pgqueuer_log (job_id, status, priority, entrypoint, aggregated, created)
           select id, 'failed', 0, 'of a dead letter', true, now() - interval '2 years'
           from worker.pgqueuer where status = 'queued'""",
        """insert into worker.pgqueuer_log (job_id, status, priority, entrypoint, aggregated, created)
           values (999999, 'successful', 0, 'not counted yet', false, now() - interval '2 years')""",
    ),
}


@pytest.fixture
def settings() -> Settings:
    return read_settings(None, keep_message_log_days=365)


async def ids(connection: asyncpg.Connection) -> dict[str, set[str]]:
    """Every row of the pruned tables, by where it stands."""
    return {table: {r[0] for r in await connection.fetch(f"select ctid::text from {table}")} for table in OLD}


async def test_what_is_due_goes_and_nothing_else(
    connection: asyncpg.Connection, dsn: str, trader: UUID, settings: Settings
) -> None:
    for statements in STAYS.values():
        for statement in statements:
            await connection.execute(statement)
    for table, statement in OLD.items():
        await connection.execute(statement, DAYS[table] - 1, trader)
    await connection.execute(  # a turn's row, of today
        "insert into worker.chats (platform, account, chat_id, last_inbound_at) values ('email', 'a', 'new', now())"
    )
    staying = await ids(connection)
    assert all(staying.values())
    for table, statement in OLD.items():
        await connection.execute(statement, DAYS[table] + 1, trader)
    assert all(len(rows) > len(staying[table]) for table, rows in (await ids(connection)).items())
    database = await pool.open_pool(dsn, size=4)
    try:
        gone = await asyncio.gather(prune(database, settings), prune(database, settings))
        assert await ids(connection) == staying
        assert sum(sum(each.values()) for each in gone) == len(OLD) + 2
        assert await prune(database, settings) == {}
    finally:
        await database.close()


async def test_words_of_a_message_that_failed_go_before_its_name(
    connection: asyncpg.Connection, dsn: str, settings: Settings
) -> None:
    for age in (29, 31):
        await connection.execute(
            """insert into worker.inbox (platform, account, chat_id, external_id, status, payload, error, handled_at)
               values ('email', 'a', 'c', $1, 'failed', '{"text": "long 2 nq"}', 'ValueError',
                       now() - make_interval(days => $2))""",
            str(age),
            age,
        )
    database = await pool.open_pool(dsn)
    try:
        assert await prune(database, settings) == {"failed_messages": 1}
    finally:
        await database.close()
    rows = await connection.fetch("select external_id, status, payload is null as bare from worker.inbox order by 1")
    assert [tuple(row) for row in rows] == [("29", "failed", False), ("31", "done", True)]


async def test_the_log_is_kept_unless_a_setting_says_otherwise(
    connection: asyncpg.Connection, dsn: str, trader: UUID
) -> None:
    await connection.execute(OLD["public.journal_messages"], 3000, trader)
    database = await pool.open_pool(dsn)
    try:
        assert await prune(database, read_settings(None)) == {}
    finally:
        await database.close()


async def test_more_than_a_portion_goes_in_portions(
    connection: asyncpg.Connection, dsn: str, trader: UUID, settings: Settings
) -> None:
    many = 2 * pruning.PORTION + 3
    for age, rows in ((401, many), (1, 5)):
        await connection.execute(
            """insert into worker.inbox (platform, account, chat_id, external_id, status, received_at)
               select 'email', 'a', 'c', $1::text || '-' || n, 'done', now() - make_interval(days => $2)
               from generate_series(1, $3) n""",
            str(age),
            age,
            rows,
        )
    await connection.execute(
        """insert into public.journal_messages (user_id, platform, direction, created_at)
           select $1, 'email', 'inbound', now() - interval '400 days' from generate_series(1, $2)""",
        trader,
        many,
    )
    database = await pool.open_pool(dsn)
    try:
        async with pool.acquired(database) as pooled:
            assert await pruning.prune(pooled, "message_keys", 400) == pruning.PORTION
        assert await prune(database, settings) == {"message_keys": many - pruning.PORTION, "messages": many}
    finally:
        await database.close()
    assert await connection.fetchval("select count(*) from worker.inbox") == 5


async def test_a_row_in_use_is_passed_over_and_nobody_waits(
    connection: asyncpg.Connection, dsn: str, trader: UUID, settings: Settings
) -> None:
    for age in (8, 9):
        await connection.execute(OLD["public.platform_link_codes"], age, trader)
    await connection.execute("insert into worker.chats (platform, account, chat_id, created_at)"
                             " values ('email', 'a', 'c', now() - interval '1 year')")  # fmt: skip
    database = await pool.open_pool(dsn)
    try:
        async with connection.transaction():
            await connection.execute("select from public.platform_link_codes where code = 'VGL-8' for update")
            await connection.execute("select from worker.chats for no key update")  # as a turn does
            async with asyncio.timeout(20):
                assert await prune(database, settings) == {"link_codes": 1}
        assert await prune(database, settings) == {"link_codes": 1, "strangers": 1}
    finally:
        await database.close()


async def test_turns_go_on_while_old_rows_go(
    connection: asyncpg.Connection, dsn: str, trader: UUID, tmp_path: Path
) -> None:
    await connection.execute(
        """insert into worker.inbox (platform, account, chat_id, external_id, status, received_at)
           select 'telegram', 'bot', '4001', 'old-' || n, 'done', now() - interval '500 days'
           from generate_series(1, 20000) n"""
    )
    settings = read_settings(None)
    async with journaling(dsn, tmp_path) as journal:
        ann = await Person(journal, "4001").binds(trader)
        going = asyncio.create_task(prune(journal.worker.pool, settings))
        answers = [await ann.writes("long 2 nq 18250 > 18290 stop 18230") for _ in range(5)]
        assert all(answer and "NQ" in answer[0] for answer in answers)
        assert await going == {"message_keys": 20000}
        assert await journal.count("worker.inbox") == 5


async def test_every_statement_finds_its_rows_by_an_index(connection: asyncpg.Connection, settings: Settings) -> None:
    """Even where reading the table would be cheaper, as it is small: no plan needs to read one that grows."""
    grow = {"inbox", "outbox", "chats", "platform_link_codes", "pgqueuer_log", "pgqueuer_statistics", "exports",
            "charts", "attempts", "link_attempts", "pgqueuer", "changes", "imports", "told"}  # fmt: skip
    await connection.execute("set enable_seqscan = off")
    for what in kept_days(settings):
        statement = pruning.STATEMENTS[what].replace("$1", "30").replace("$2", "1000")
        plan = "\n".join(row[0] for row in await connection.fetch(f"explain {statement}"))
        assert not [table for table in grow if f"Seq Scan on {table} " in plan], plan
