"""Fixtures for every test: a real PostgreSQL with our schema, and a guard that keeps tests off the network.

One server runs per session (and per worker of pytest-xdist); each test that asks for `dsn` gets a database of
its own, copied from one that was migrated once.
"""

import asyncio
import contextlib
import ipaddress
import os
import secrets
import shutil
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import asyncpg
import hypothesis
import pytest
import structlog

from db.embedded import embedded_server
from db.migrations import migrate
from tests.contract.table import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]  # a hook


def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto`: half as many again as there are processors, as tests wait more than they compute."""
    return min(4, (os.cpu_count() or 1) * 3 // 2)


# Speed over durability: what these databases hold is thrown away.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "max_connections": "200",
}
MEMORY = Path("/dev/shm")
ROOM = 2_000_000_000
"""What the servers of four workers need of memory: each some 100 MB, with room for the largest tests."""
TEMPLATE = "template_vigil"
NOTHING_TOLD = """
insert into worker.pgqueuer_schedules (expression, entrypoint, next_run)
values ('* * * * * */10', 'reminders', now() + interval '1 day')
"""
"""No worker of a test tells of the day by itself: run in the evening, a test would hear of its trades once more."""
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy")

# Beside other tests any example may take long, and Hypothesis would fail it after 200 ms. The examples are always the
# same, so what passed once passes on another machine; `--hypothesis-profile=explore` looks at new ones.
EXPLORE = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("explore", EXPLORE)
hypothesis.settings.register_profile("vigil", EXPLORE, derandomize=True)
hypothesis.settings.load_profile("vigil")

# By default each traceback is drawn with all locals, which takes a second in which nothing else runs.
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

_beyond: list[str] = []


class BeyondLoopback(RuntimeError):
    """A test reached for the network."""


def _is_local(host: object) -> bool:
    if isinstance(host, bytes | bytearray):
        host = host.decode()
    if host is None or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: refuse connections beyond loopback, and the look-up of names that lie there."""
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        refused = isinstance(address, tuple) and not _is_local(address[0])
        target: object = address
    elif event == "socket.getaddrinfo":
        target = arguments[0]
        refused = not _is_local(target) and not _is_address(target)
    else:
        return
    if refused:
        _beyond.append(f"{event} {target}")
        raise BeyondLoopback(_beyond[-1])


sys.addaudithook(_guard)
# A proxy would be asked for addresses the guard cannot see.
for _name in PROXIES:
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fail the test that reached beyond loopback, also where the code under test caught the refusal."""
    _beyond.clear()
    yield
    reached, _beyond[:] = list(_beyond), []
    assert not reached


@contextlib.contextmanager
def _server_in_thread(folder: Path) -> Iterator[str]:
    """Run the server in a loop of its own: the loops of pytest-asyncio live for one test."""
    ready: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        end = asyncio.Event()
        async with embedded_server(folder, settings=SETTINGS) as dsn:
            ready.set_result((dsn, asyncio.get_running_loop(), end))
            await end.wait()

    with ThreadPoolExecutor(1) as thread:
        served = thread.submit(asyncio.run, serve())
        first: list[Future[Any]] = [ready, served]
        wait(first, return_when=FIRST_COMPLETED)
        if not ready.done():
            served.result()  # raises what went wrong
        dsn, loop, end = ready.result()
        try:
            yield dsn
        finally:
            loop.call_soon_threadsafe(end.set)
        served.result()


def _in_memory() -> Path | None:
    """A file system in memory, if there is one with room: each test writes a database of 12 MB, and disks are slow."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if usable else None


@pytest.fixture(scope="session")
def server_dsn() -> Iterator[str]:
    """DSN of the session's server, as its superuser, to its database `vigil`, which is empty."""
    # Not pytest's own folder: that is closed to others, and as root the server is another user.
    with tempfile.TemporaryDirectory(prefix="vigil-test-", dir=_in_memory()) as folder:
        Path(folder).chmod(0o711)
        with _server_in_thread(Path(folder) / "data") as dsn:
            yield dsn


@pytest.fixture(scope="session")
def template(server_dsn: str) -> str:
    """Name of a database with the imitation of Supabase and all migrations; nobody may stay connected to it."""

    async def prepare() -> None:
        await _execute(server_dsn, f"CREATE DATABASE {TEMPLATE}")
        await migrate(_with_database(server_dsn, TEMPLATE), plain=True)
        await _execute(_with_database(server_dsn, TEMPLATE), NOTHING_TOLD)

    with ThreadPoolExecutor(1) as thread:  # asyncio.run here would take the place of the test's own loop
        thread.submit(asyncio.run, prepare()).result()
    return TEMPLATE


@pytest.fixture
async def dsn(server_dsn: str, template: str) -> AsyncIterator[str]:
    """DSN of a fresh, migrated database of this test alone, as superuser."""
    name = f"test_{secrets.token_hex(6)}"
    await _execute(server_dsn, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield _with_database(server_dsn, name)
    await _execute(server_dsn, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to the test's database."""
    opened = await asyncpg.connect(dsn)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def trader(connection: asyncpg.Connection) -> uuid.UUID:
    """A signed-up trader: the id of the user and of the profile its trigger made."""
    email = f"trader-{secrets.token_hex(4)}@example.com"
    user: uuid.UUID = await connection.fetchval(
        "INSERT INTO auth.users (id, email) VALUES (gen_random_uuid(), $1) RETURNING id", email
    )
    assert await connection.fetchval("SELECT count(*) FROM public.profiles WHERE id = $1", user) == 1
    return user


async def _execute(dsn: str, statement: str) -> None:
    opened = await asyncpg.connect(dsn)
    try:
        await opened.execute(statement)
    finally:
        await opened.close()


def _with_database(dsn: str, name: str) -> str:
    base, _, options = dsn.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}?{options}"
