"""The database ends, restarts, moves or is locked under running turns: each is refused within its limit, told
Unavailable, and the next try works. Nothing is lost and nothing acts twice.
"""

import asyncio
import json
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from bot import metrics, presence
from bot.database import opened
from bot.presence import Presence
from bot.settings import read_settings
from bot.turn import Turns
from db import connecting, pool
from db.connecting import checked
from db.embedded import embedded_server
from db.migrations import migrate
from statemachine.errors import Unavailable
from statemachine.message import Message
from tests.acceptance.intake import taking_in
from tests.acceptance.traffic import sign_up_traders
from tests.commands import free_port
from tests.journaling import Person, journaling, running_for

CHATS = (7001, 7002, 7003, 7004)
REPORT = "long 2 nq 18250 > 18290 stop 18230"
BACK_SECONDS = 20.0
FAST = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}  # a commit outlives the server, not the machine


@dataclass(slots=True)
class Writer:
    """A platform that hands a message over again until it is taken."""

    turns: Turns
    chat: str
    account: str = "1"
    refused: int = 0
    slowest: float = 0.0
    taken: list[str] = field(default_factory=list)

    async def write(self, number: int, text: str) -> None:
        while True:
            began = time.monotonic()
            try:
                await self.turns.receive(self._message(number, text))
            except Unavailable:
                self.refused += 1
                await asyncio.sleep(0.05)
            else:
                self.taken.append(text)
                return
            finally:
                self.slowest = max(self.slowest, time.monotonic() - began)

    def _message(self, number: int, text: str) -> Message:
        return Message(
            platform="telegram", account=self.account, chat_id=self.chat, sender_id=self.chat, external_id=str(number),
            sent_at=datetime.now(UTC), text=text,
        )  # fmt: skip

    async def trade(self, first: int, trades: int) -> None:
        for trade in range(trades):
            for step, text in enumerate((f"long 1 nq {18000 + first + trade} > 18900 stop 17000", "yes", "skip")):
                await self.write(10 * (first + trade) + step, text)


@pytest.fixture
async def server() -> AsyncIterator[tuple[str, Path]]:
    """A server of the test's own, which may be killed: it is started again at the same address. Its DSN and folder."""
    with tempfile.TemporaryDirectory(prefix="vigil-test-") as parent:
        Path(parent).chmod(0o711)
        folder = Path(parent) / "data"
        async with embedded_server(folder, settings=FAST) as dsn:
            await migrate(dsn, plain=True)
            yield dsn, folder


def postmaster(folder: Path) -> int:
    return int(json.loads((folder / "server.json").read_text())["process"])


@pytest.mark.timeout(180)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGQUIT, signal.SIGINT], ids=["killed", "crashed", "restarted"])
async def test_turns_go_on_after_the_server_ended(server: tuple[str, Path], how: signal.Signals) -> None:
    """Killed, ended at once, or shut down in good order; two times under load."""
    dsn, folder = server
    connection = await asyncpg.connect(dsn)
    await sign_up_traders(connection, CHATS)
    await connection.close()
    async with taking_in(dsn, connections=3) as turns:
        writers = [Writer(turns, str(chat)) for chat in CHATS]
        work = asyncio.gather(*(writer.trade(1, 12) for writer in writers))
        for taken in (20, 70):  # of 144
            async with asyncio.timeout(60):
                while sum(len(writer.taken) for writer in writers) < taken:
                    await asyncio.sleep(0.005)
            before = postmaster(folder)
            os.kill(before, how)
            async with asyncio.timeout(BACK_SECONDS):
                while postmaster(folder) in (0, before):
                    await asyncio.sleep(0.02)
        async with asyncio.timeout(60):
            await work
    refused, slowest = sum(writer.refused for writer in writers), max(writer.slowest for writer in writers)
    print(f"{how.name}: {refused} refusals, the slowest answer after {slowest:.1f} s")
    assert refused, "the server did end under them"
    assert slowest < 15, "a turn hung"
    connection = await asyncpg.connect(dsn)
    inbox = await connection.fetch("select status, count(*) as count from worker.inbox group by 1")
    trades = await connection.fetch("select user_id, count(*) as count from public.trades group by 1")
    await connection.close()
    assert [tuple(row) for row in inbox] == [("done", 12 * 3 * len(CHATS))]
    assert [row["count"] for row in trades] == [12] * len(CHATS)


async def test_jobs_and_sources_come_back_too(
    server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The direct connections: jobs run again, the process holds its lock again under the same id."""
    monkeypatch.setattr(presence, "PING_SECONDS", 0.2)
    dsn, folder = server
    async with journaling(dsn, tmp_path, jobs=True) as journal:
        await sign_up_traders(journal.db, CHATS[:1])
        person = Person(journal, str(CHATS[0]))
        await person.records()
        before = postmaster(folder)
        os.kill(before, signal.SIGKILL)
        async with asyncio.timeout(BACK_SECONDS):
            while postmaster(folder) in (0, before):
                await asyncio.sleep(0.02)
        journal.db = await asyncpg.connect(dsn)
        try:
            told = len(person.replies)
            await Writer(journal.worker.turns, person.chat_id, person.recorder.account).write(900, "/audit 1")
            await journal.settle()
            assert len(person.replies) > told
            held = "select count(*) = 1 from pg_locks where locktype = 'advisory' and objid = $1::integer::oid"
            async with asyncio.timeout(BACK_SECONDS):
                while not await journal.db.fetchval(held, journal.worker.presence.process):
                    await asyncio.sleep(0.1)
        finally:
            await journal.db.close()


async def test_connections_to_what_became_a_stand_by_are_given_up(dsn: str, connection: asyncpg.Connection) -> None:
    """After a failover the old primary may live on, read-only, behind connections that never broke."""
    await sign_up_traders(connection, CHATS[:1])
    name = await connection.fetchval("select current_database()")
    await connection.execute(f"alter database {name} set default_transaction_read_only = on")
    async with taking_in(dsn, connections=2) as turns:
        await connection.execute("set default_transaction_read_only = off")
        await connection.execute(f"alter database {name} reset default_transaction_read_only")
        writer = Writer(turns, str(CHATS[0]))
        async with asyncio.timeout(10):
            await writer.write(1, REPORT)
        assert writer.refused == 1
    assert await connection.fetchval("select count(*) from worker.inbox where status = 'done'") == 1


async def test_locks_are_not_left_on_what_became_a_stand_by(
    dsn: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They keep nobody from the new primary, where this process would count as dead and its replies be sent again."""
    monkeypatch.setattr(presence, "PING_SECONDS", 0.1)
    name = await connection.fetchval("select current_database()")
    ours = "select pid from pg_stat_activity where datname = current_database() and application_name = 'vigil presence'"
    here = Presence(dsn)
    await here.join()
    try:
        async with running_for(here.keep()):
            await connection.execute(f"alter database {name} set default_transaction_read_only = on")
            await connection.fetch(f"select pg_terminate_backend(pid) from ({ours}) found")
            seen: set[int] = set()
            async with asyncio.timeout(10):
                while len(seen) < 3:  # each is given up, as nothing can be written there
                    seen |= {row["pid"] for row in await connection.fetch(ours)}
                    await asyncio.sleep(0.005)
            await connection.execute("set default_transaction_read_only = off")
            await connection.execute(f"alter database {name} reset default_transaction_read_only")
            held = "select pid from pg_locks where locktype = 'advisory' and objid = $1::integer::oid and granted"
            async with asyncio.timeout(10):
                while await connection.fetchval(held, here.process) is None:
                    await asyncio.sleep(0.05)
            kept = await connection.fetchval(held, here.process)
            await asyncio.sleep(0.5)
            assert await connection.fetchval(held, here.process) == kept, "one that can be written to stays"
    finally:
        await here.leave()


async def test_a_process_leaves_no_connection_behind_where_the_database_is_slow(
    dsn: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "LEAVE_SECONDS", 0.2)
    here = Presence(dsn)
    await here.join()
    held = here._connection
    assert held is not None
    async with connection.transaction():
        await connection.execute("lock table worker.processes")
        await here.leave()
    assert held.is_closed()


async def test_a_turn_goes_on_where_a_migration_changed_a_function(dsn: str, connection: asyncpg.Connection) -> None:
    """The driver's plan of it is stale, and within a transaction it may not repeat the statement by itself."""
    await sign_up_traders(connection, CHATS[:1])
    async with taking_in(dsn, connections=1) as turns:
        writer = Writer(turns, str(CHATS[0]))
        for number, text in enumerate((REPORT, "yes", "skip", REPORT.replace("2", "3", 1))):
            await writer.write(number, text)
        definition = await connection.fetchval(
            "select pg_get_functiondef(oid) from pg_proc where oid = 'worker.begin_turn'::regproc"
        )
        await connection.execute("drop function worker.begin_turn")
        await connection.execute(definition.replace("OUT locale text", "OUT locale character varying"))
        await writer.write(9, "yes")
        assert writer.refused == 0
    assert await connection.fetchval("select count(*) from public.trades") == 2
    assert await connection.fetchval("select count(*) from worker.inbox where status <> 'done'") == 0


async def test_a_session_of_ours_has_limits(dsn: str) -> None:
    show = "select current_setting('statement_timeout'), current_setting('lock_timeout'), " \
           "current_setting('idle_in_transaction_session_timeout')"  # fmt: skip
    connections = await pool.open_pool(dsn, size=2)
    single = await connecting.connect(dsn)
    try:
        async with pool.acquired(connections) as first, pool.transaction(connections) as second:
            for each in (first, second, single):
                assert tuple(await each.fetchrow(show)) == ("25s", "10s", "1min")
        async with pool.acquired(connections) as again:
            assert tuple(await again.fetchrow(show)) == ("25s", "10s", "1min"), "lost when it went back"
    finally:
        await single.close()
        await connections.close()


async def test_a_locked_chat_is_given_up_within_the_limit(
    dsn: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds a trader's rows stops nobody for good: the turn says Unavailable, and its connection is whole."""
    monkeypatch.setattr(connecting, "SET_SESSION", "set lock_timeout = '300ms'")
    await sign_up_traders(connection, CHATS[:1])
    async with taking_in(dsn, connections=1) as turns:
        writer = Writer(turns, str(CHATS[0]))
        await writer.write(1, REPORT)
        async with connection.transaction():
            await connection.execute("select from public.profiles where telegram_chat_id = $1 for update", writer.chat)
            with pytest.raises(Unavailable, match="LockNotAvailable"):
                async with asyncio.timeout(15):
                    await turns.receive(writer._message(2, "yes"))
        await writer.write(2, "yes")
    assert await connection.fetchval("select count(*) from public.trades") == 1


async def test_a_statement_is_stopped_by_the_server(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "SET_SESSION", "set statement_timeout = '200ms'")
    connections = await pool.open_pool(dsn, size=1)
    try:
        async with asyncio.timeout(15):
            with pytest.raises(Unavailable, match="QueryCanceled"):
                async with pool.acquired(connections) as connection:
                    await connection.fetchval("select pg_sleep(20)")
        async with pool.acquired(connections) as connection:
            assert await connection.fetchval("select 1") == 1
    finally:
        await connections.close()


def waits() -> tuple[float, float]:
    """For a connection of the pool: those of at most a quarter of a second, and all."""
    sample = metrics.REGISTRY.get_sample_value
    quick = sample("vigil_pool_wait_seconds_bucket", {"le": "0.25"})
    every = sample("vigil_pool_wait_seconds_count")
    assert quick is not None
    assert every is not None
    return quick, every


async def test_the_pool_is_bounded_and_its_use_told(
    dsn: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who finds no connection free waits, is counted, and is told Unavailable in the end."""
    monkeypatch.setattr(pool, "ACQUIRE_SECONDS", 0.5)
    connections = await pool.open_pool(dsn, size=2)
    metrics.watch_pool(lambda: pool.usage(connections))
    ours = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'vigil'"

    async def ask() -> None:
        async with pool.acquired(connections) as one:
            await one.fetchval("select 1")

    try:
        async with pool.transaction(connections), pool.acquired(connections):
            waiting = [asyncio.create_task(ask()) for _ in range(3)]
            async with asyncio.timeout(20):
                while pool.usage(connections).waiting < 3:
                    await asyncio.sleep(0)  # no longer: on a busy machine they would have given up before the look
            assert pool.usage(connections) == pool.Usage(most=2, used=2, idle=0, waiting=3)
            told = metrics.exposition().decode()
            for line in ('vigil_pool_connections{state="used"} 2.0', "vigil_pool_size 2.0", "vigil_pool_waiting 3.0"):
                assert line in told
            before = waits()
            assert await connection.fetchval(ours) == 2
            refusals = await asyncio.gather(*waiting, return_exceptions=True)
            assert [type(refusal) for refusal in refusals] == [Unavailable] * 3
            assert waits() == (before[0], before[1] + 3), "each waited for half a second, and is told of"
        await ask()
        assert waits() == (before[0] + 1, before[1] + 4)
        assert pool.usage(connections) == pool.Usage(most=2, used=0, idle=2, waiting=0)
    finally:
        await connections.close()


async def test_of_several_hosts_the_first_that_answers_is_taken(dsn: str, tmp_path: Path) -> None:
    """As the URL of a primary and its stand-by: who is not there, or may only read, is passed over."""
    parts = urlsplit(dsn)
    login, _, host = parts.netloc.rpartition("@")
    several = urlunsplit(
        parts._replace(netloc=f"{login}@127.0.0.1:{free_port()},{host}", query="target_session_attrs=read-write")
    )
    settings = read_settings(None, database_url=several, data_dir=tmp_path, openai_api_key=None)
    assert checked(several) == "local"
    async with opened(settings) as database:
        connections = await pool.open_pool(database.dsn, size=2)
        async with pool.acquired(connections) as connection:
            assert await connection.fetchval("select not pg_is_in_recovery()")
        await connections.close()
