"""DATABASE_URL a transaction pooler's, DATABASE_DIRECT_URL direct: turns, jobs, LISTEN and locks all work.

Twice: on a pooler of ours, which moves every transaction to another server connection, and on Debian's PgBouncer where
it is installed. Where it is not, the one test that is skipped says so for all of them.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bot.database import connect
from bot.gate import Gate
from bot.settings import read_settings
from bot.turn import Turns
from db import connecting, pool
from db.outbox import PROCESS_LOCK
from statemachine.errors import OperatorError, Unavailable
from statemachine.message import Message
from tests.journaling import REPORT, Person, journaling
from tests.servers.pgbouncer import PROGRAM, pgbouncer
from tests.servers.transaction_pooler import transaction_pooler

CHATS = [str(number) for number in range(9101, 9107)]
RULE = "insert into public.trading_rules (user_id, rule_text, sort_order) values ($1, 'Max 3 contracts', 1)"
LOCKS = "select count(*) from pg_locks where locktype = 'advisory' and classid = $1 and granted"


@pytest.fixture(params=["ours"] if PROGRAM is None else ["ours", "pgbouncer"])
async def pooled(request: pytest.FixtureRequest, dsn: str, tmp_path: Path) -> AsyncIterator[str]:
    """The DSN of a transaction pooler before the test's database."""
    if request.param == "ours":
        async with transaction_pooler(dsn) as (_, through):
            yield through
    else:
        folder = tmp_path / "pgbouncer"
        folder.mkdir()
        async with pgbouncer(dsn, folder) as through:
            yield through


async def test_the_pooler_breaks_what_such_poolers_break(pooled: str) -> None:
    """So that what works below works in spite of it."""
    clients = [await asyncpg.connect(pooled) for _ in range(3)]
    begun = [client.transaction() for client in clients]
    try:
        for transaction in begun:
            await transaction.start()  # all at once, so that there are as many server connections
        for transaction in begun:
            await transaction.rollback()
        with pytest.raises((asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)):
            await _asks_again_and_again(clients[0])
    finally:
        for client in clients:
            client.terminate()


async def _asks_again_and_again(client: asyncpg.Connection) -> None:
    for _ in range(4):
        await client.fetchval("select $1::integer", 1)


async def test_every_statement_is_parsed_where_it_is_executed(pooled: str) -> None:
    """Outside a transaction, too, and many at once: without a cache of statements the driver does both in one go."""
    connections = await pool.open_pool(pooled, size=5, pooler=True)

    async def ask(number: int) -> int:
        async with pool.acquired(connections) as connection:
            doubled: int = await connection.fetchval("select $1::integer * 2", number)
            (row,) = await connection.fetch("select $1::integer as one", doubled)
        return int(row["one"])

    try:
        assert await asyncio.gather(*map(ask, range(60))) == [2 * number for number in range(60)]
    finally:
        await connections.close()


async def test_limits_of_time_are_each_transactions_own(pooled: str, dsn: str) -> None:
    show = "select current_setting('lock_timeout'), current_setting('statement_timeout')"
    connections = await pool.open_pool(pooled, size=2, pooler=True)
    try:
        async with pool.transaction(connections) as connection:
            assert tuple(await connection.fetchrow(show)) == ("10s", "25s")
    finally:
        await connections.close()
    other = await asyncpg.connect(pooled, statement_cache_size=0)
    try:
        for _ in range(6):
            async with other.transaction():
                assert tuple(await other.fetchrow(show)) == ("0", "0"), "they stayed on a server connection"
    finally:
        await other.close()


async def test_a_locked_row_is_given_up(
    pooled: str, connection: asyncpg.Connection, trader: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "SET_LOCAL", "set local lock_timeout = '200ms'")
    connections = await pool.open_pool(pooled, size=1, pooler=True)
    lock = "select id from public.profiles where id = $1 for no key update"
    try:
        async with connection.transaction():
            await connection.execute(lock, trader)
            async with asyncio.timeout(5):
                with pytest.raises(Unavailable, match="LockNotAvailable"):
                    async with pool.transaction(connections) as blocked:
                        await blocked.fetchval(lock, trader)
        async with pool.acquired(connections) as free:
            assert await free.fetchval(lock, trader) == trader
    finally:
        await connections.close()


async def test_many_chats_journal_through_it(
    pooled: str, dsn: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """Turns side by side, jobs that judge the trades, replies delivered; locks are held on the direct connection."""
    async with journaling(dsn, tmp_path, jobs=True, pooled=pooled) as journal:
        people = []
        for chat in CHATS:
            user = await connection.fetchval(
                "insert into auth.users (id, email) values (gen_random_uuid(), $1) returning id", f"{chat}@example.com"
            )
            await connection.execute(RULE, user)
            people.append(await Person(journal, chat).binds(user))
        for text in (REPORT, "yes", "skip", "/trades", "short 1 es 5000 > 4990", "yes", "/skip", "/undo"):
            messages = [person.message(text) for person in people]
            await asyncio.gather(*map(journal.worker.turns.receive, messages))
        await journal.settle()
        assert await journal.count("public.trades") == len(CHATS), "one recorded, one taken back"
        assert await journal.count("public.trades", "audit_status = 'audited'") == len(CHATS)
        assert await journal.count("worker.inbox", "status <> 'done'") == 0
        assert all(len(person.replies) >= 8 for person in people)
        assert await connection.fetchval(LOCKS, PROCESS_LOCK) == 1
        assert (await journal.worker.readiness())["database"]


@pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed: nothing here is run on it, only on our pooler")
async def test_a_pooler_in_session_mode_is_as_good_as_direct(
    dsn: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """PgBouncer's: for everything, and with its limits, which such a pooler refuses in the startup packet."""
    folder = tmp_path / "pgbouncer"
    folder.mkdir()
    async with pgbouncer(dsn, folder, mode="session") as session:
        with pytest.raises(asyncpg.ProtocolViolationError):
            await asyncpg.connect(session, server_settings={"statement_timeout": "25s"})
        async with journaling(session, tmp_path, jobs=True) as journal:
            user = await connection.fetchval(
                "insert into auth.users (id, email) values (gen_random_uuid(), 'session@example.com') returning id"
            )
            await connection.execute(RULE, user)
            person = await Person(journal, CHATS[0]).binds(user)
            await person.records()
            assert await journal.count("public.trades", "audit_status = 'audited'") == 1
            async with pool.acquired(journal.worker.pool) as pooled:
                assert await pooled.fetchval("select current_setting('lock_timeout')") == "10s"


async def test_a_pooler_in_trouble_is_an_outage(dsn: str, connection: asyncpg.Connection, trader: UUID) -> None:
    """Supavisor tells of too many clients, or of no database behind it, as an internal error that ends the session."""
    await connection.execute("update public.profiles set telegram_chat_id = '9101' where id = $1", trader)
    async with transaction_pooler(dsn) as (pooler, through):
        connections = await pool.open_pool(through, size=2, pooler=True)
        turns = Turns(connections, read_settings(None), Gate(), lambda chat: None)
        message = Message(
            platform="telegram", account="bot", chat_id="9101", sender_id="9101", external_id="1",
            sent_at=datetime.now(UTC), text=REPORT,
        )  # fmt: skip
        try:
            for again in range(2):  # the session at hand ends, and no new one is to be had
                pooler.refusal = f"(EMAXCONNSESSION) max clients reached, {again}"
                with pytest.raises(Unavailable, match="EMAXCONNSESSION"):
                    await turns.receive(message)
            with pytest.raises(OperatorError, match="EMAXCONNSESSION"):
                await connect(through, pooler=True)
            pooler.refusal = None
            await turns.receive(message)
        finally:
            await connections.close()
    assert await connection.fetch("select status from worker.inbox") == [("done",)]
