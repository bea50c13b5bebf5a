"""The pool of connections to PostgreSQL, and the one seam where the driver's errors become ours.

Rules: no turn sets session state on a pooled connection, so nothing needs resetting when it goes back (asyncpg's reset
would be a hidden round trip per turn). How a connection is made is told in db/connecting.py.
"""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from db import connecting
from statemachine.errors import Collided, Conflict, Unavailable

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:  # the driver's classes are generic for type checkers only
    Connection, Pool = asyncpg.Connection, asyncpg.Pool

LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ObjectNotInPrerequisiteStateError,  # a database that takes no connections now
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DiskFullError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver says of a connection that was cut between two of its steps
    asyncpg.UndefinedFunctionError,  # these three: a database that lacks this version's migrations
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
)
"""What a restart, a failover, a full disk, a missing migration or a stalled database looks like: nothing was
committed, try again. Acknowledging what cannot be stored would lose it."""

ENDED = frozenset({"FATAL", "PANIC"})
"""Severities after which there is no session any more, whatever the code: Supavisor tells all its troubles as an
internal error (XX000), that its clients are too many as well as that the database behind it is gone."""

COLLISIONS = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InvalidCachedStatementError,  # these two: migrations changed a function under a running worker, and the
    asyncpg.OutdatedSchemaCacheError,  # driver, which has forgotten its plans by now, may repeat no transaction itself
)
"""The same transaction may well go through at once."""

COMMAND_TIMEOUT = 30.0
"""Seconds one statement may take before the database counts as unavailable; the server's own limit comes first."""

ACQUIRE_SECONDS = 10.0
"""How long a turn waits for a connection of the pool."""

_waiting: Counter[Pool] = Counter()
"""How many wait for a connection of a pool: asyncpg does not tell. A pool that nobody waits for is not in it."""

_told: set[Callable[[float], None]] = set()


@dataclass(frozen=True, slots=True)
class Usage:
    """A pool at one moment: connections at most, at work and idle, and how many turns and jobs wait for one."""

    most: int
    used: int
    idle: int
    waiting: int


async def open_pool(dsn: str, *, size: int = 10, pooler: bool = False) -> Pool:
    """A pool with its first connection; the others are made when they are needed. Raises Unavailable within 10 s.

    `pooler`: the DSN is a transaction pooler's.
    """
    with translated():
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            command_timeout=COMMAND_TIMEOUT,
            server_settings={"application_name": "vigil"},
            init=None if pooler else connecting.limit,
            **connecting.options(dsn, pooler=pooler),
        )
    assert pool is not None  # noqa: S101 - create_pool returns None only when it is not awaited
    return pool


def usage(pool: Pool) -> Usage:
    """What the pool is at now."""
    size, idle = pool.get_size(), pool.get_idle_size()
    return Usage(pool.get_max_size(), size - idle, idle, _waiting[pool])


def tell_waits(told: Callable[[float], None]) -> None:
    """Call it with the seconds that each wait for a connection takes, of every pool of this process."""
    _told.add(told)


@contextmanager
def translated() -> Iterator[None]:
    """Driver errors become Unavailable, Collided or Conflict, cause kept; errors in our own SQL pass through."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise Conflict(str(error)) from error
    except COLLISIONS as error:
        raise Collided(str(error)) from error
    except (*LOST, asyncpg.PostgresError) as error:
        if not _is_lost(error):
            raise
        raise Unavailable(f"{type(error).__name__}: {error}") from error


def _is_lost(error: BaseException) -> bool:
    if isinstance(error, asyncpg.PostgresError) and (error.severity_en or error.severity) in ENDED:
        return True
    if isinstance(error, ValueError) and not isinstance(error, OSError):  # a certificate's error is both
        return False  # the driver cannot encode an argument: it never will, so this is no outage
    return isinstance(error, LOST)


@asynccontextmanager
async def _lent(pool: Pool) -> AsyncIterator[Connection]:
    """A connection of the pool, waited for."""
    _waiting[pool] += 1
    began = time.perf_counter()
    try:
        connection = await pool.acquire(timeout=ACQUIRE_SECONDS)
    finally:
        _waiting[pool] -= 1
        if not _waiting[pool]:
            del _waiting[pool]
        for told in _told:
            told(time.perf_counter() - began)
    try:
        yield connection  # type: ignore[misc]
    except asyncpg.ReadOnlySQLTransactionError:
        await pool.expire_connections()  # after a failover they lead to what is now a stand-by
        raise
    finally:
        await pool.release(connection)


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """One transaction on a connection of the pool; its errors are ours."""
    with translated():
        async with _lent(pool) as connection, connection.transaction():
            yield connection


@asynccontextmanager
async def acquired(pool: Pool) -> AsyncIterator[Connection]:
    """A connection without a transaction: each statement commits by itself."""
    with translated():
        async with _lent(pool) as connection:
            yield connection
