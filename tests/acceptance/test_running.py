"""Workers that are stopped, stand by, lose their database, and start again after everything was killed."""

import asyncio
import contextlib
import json
import os
import re
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from db.embedded import embedded_server
from tests.acceptance.effects import delivery_faults
from tests.acceptance.killing import BOT, Session, begun
from tests.acceptance.processes import Nursery, by_telegram, command, environment, nursery, worker
from tests.acceptance.traffic import Traffic
from tests.servers.telegram import TelegramServer

STOP_SECONDS = 10.0
TAKEOVER_SECONDS = 6.0
READING = 'vigil_source{platform="telegram",vigil_source="reading"} 1.0'
STANDBY = 'vigil_source{platform="telegram",vigil_source="standby"} 1.0'
CUT = "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid() and datname = $1"


@pytest.fixture
async def session(server_dsn: str, template: str, tmp_path: Path) -> AsyncIterator[Session]:
    """A database with twenty traders, a platform, and a worker that can be begun."""
    async with (
        nursery(tmp_path, environment(tmp_path)) as workers,
        begun(server_dsn, tmp_path / "data", Traffic(1, bot=BOT), workers, webhook=False) as session,
    ):
        yield session


async def _until(holds: Callable[[], Awaitable[bool]], within: float = 30.0) -> float:
    """Seconds until `holds()`, asked again and again, was true."""
    began = time.monotonic()
    while not await holds():
        assert time.monotonic() - began < within, "it took too long"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def _accepted(session: Session, least: int) -> bool:
    """At least so many messages are in the inbox."""
    count: int = await session.connection.fetchval("select count(*) from worker.inbox")
    return count >= least


async def _all_done(session: Session) -> None:
    rows = await session.connection.fetch("select status, count(*) as count from worker.inbox group by 1")
    assert [tuple(row) for row in rows] == [("done", len(session.traffic.steps))]
    assert await delivery_faults(session.connection, session.platform.sent) == []


async def test_sigterm_under_load_ends_cleanly_and_loses_nothing(session: Session) -> None:
    session.play(200)
    await session.workers.begin(session.variables)
    await _until(lambda: _accepted(session, 40))
    began = time.monotonic()
    os.kill(session.workers.pid, signal.SIGTERM)
    assert await session.workers.ended() == 0, session.workers.log.read_text()
    seconds = time.monotonic() - began
    accepted = await session.connection.fetchval("select count(*) from worker.inbox")
    print(f"ended in {seconds:.1f} s with {accepted} of 200 messages accepted")
    assert seconds < STOP_SECONDS
    assert await session.connection.fetchval("select count(*) from worker.processes") == 0, "a clean end is no crash"
    await session.run_to_the_end()
    await _all_done(session)
    assert len(session.platform.sent) == await session.connection.fetchval("select count(*) from worker.outbox")


async def test_one_reads_the_other_stands_by_and_takes_over(session: Session, tmp_path: Path) -> None:
    async with nursery(tmp_path / "second", environment(tmp_path)) as second:
        first = session.workers
        await first.begin(session.variables)
        await _until(lambda: _tells(first, READING))
        await second.begin(session.variables)
        await _until(lambda: _tells(second, STANDBY))
        session.play(20)
        await _until(lambda: _accepted(session, 20))
        assert await _tells(first, READING)
        assert await _tells(second, STANDBY)
        os.kill(first.pid, signal.SIGKILL)
        session.play(20)
        seconds = await _until(lambda: _accepted(session, 40))
        print(f"taken over in {seconds:.1f} s")
        assert seconds < TAKEOVER_SECONDS
        assert await first.ended() == -signal.SIGKILL


async def _tells(worker: Nursery, line: str) -> bool:
    found = re.search(r"Health: (http://\S+)/healthz", worker.log.read_text() if worker.log.exists() else "")
    if found is None:
        return False
    with contextlib.suppress(aiohttp.ClientError):
        async with aiohttp.ClientSession() as client, client.get(f"{found[1]}/metrics") as answer:
            return line in await answer.text()
    return False


async def test_cut_connections_stop_nothing_for_good(session: Session) -> None:
    database = await session.connection.fetchval("select current_database()")
    await session.workers.begin(session.variables)
    for accepted in (30, 80, 130):
        session.play(60)
        await _until(partial(_accepted, session, accepted))
        assert await session.connection.fetchval(CUT, database) > 0
    session.play(60)
    await session.until_quiet()
    os.kill(session.workers.pid, signal.SIGTERM)
    assert await session.workers.ended() == 0, session.workers.log.read_text()
    await _all_done(session)


# Everything at once: the worker, the process that serves the database, and PostgreSQL itself.


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any account can reach: as root PostgreSQL runs as another one."""
    with tempfile.TemporaryDirectory(prefix="vigil-test-") as parent:
        Path(parent).chmod(0o711)
        yield Path(parent)


async def test_everything_killed_at_once_loses_nothing(folder: Path) -> None:
    async with TelegramServer() as server:
        variables = environment(folder, **by_telegram(server.url))
        async with worker(folder, variables) as first:
            printed = await command(folder, variables, "link-code", "demo@vigil.local", "telegram")
            server.write(4001, next(word for word in printed.split() if word.startswith("VGL-")))
            await server.until(lambda: server.sent_to(4001))
            for number in range(2):
                server.write(4001, f"long 1 nq {18000 + number} > {18010 + number} stop 17990")
                server.write(4001, "yes")
            await server.until(lambda: len(server.pending()) < 4)
            for process in (_postmaster(folder / "data"), first.pid):
                os.kill(process, signal.SIGKILL)
            await first.kill()
        async with worker(folder, variables) as second:
            await server.until(lambda: not server.pending(), within=30)
            async with embedded_server(folder / "data") as dsn:
                await _look(dsn)
            status, seconds = await second.terminate()
            assert (status, seconds < STOP_SECONDS) == (0, True), second.output


async def _look(dsn: str) -> None:
    """Each message acted once, and every reply gets out."""
    connection = await asyncpg.connect(dsn)
    try:
        inbox = await connection.fetch("select status, count(*) as count from worker.inbox group by 1")
        assert [tuple(row) for row in inbox] == [("done", 5)]
        assert await connection.fetchval("select count(*) from worker.changes where kind = 'record'") == 2
        sent = "select not exists (select from worker.outbox where status <> 'sent')"
        await _until(lambda: connection.fetchval(sent))
    finally:
        await connection.close()


def _postmaster(data: Path) -> int:
    return int(json.loads((data / "server.json").read_text())["process"])
