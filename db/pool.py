"""Connections to PostgreSQL, and the one seam where the driver's errors become ours.

Rules: no session state is ever set on a pooled connection, so nothing needs resetting when it goes back (asyncpg's
reset would be a hidden round trip per turn). On a transaction pooler there are no prepared statements.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import asyncpg

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

COMMAND_TIMEOUT = 30.0
"""Seconds one statement may take before the database counts as unavailable."""


class _Unreset(asyncpg.Connection):
    """A connection whose reset on release is a no-op."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        return ""


async def open_pool(dsn: str, *, size: int = 10, pooler: bool = False) -> Pool:
    """A pool that connects when first used. `pooler`: the DSN is a transaction pooler's. Times out in 10 s."""
    options: dict[str, Any] = {"statement_cache_size": 0} if pooler else {}
    with translated():
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            timeout=10,
            command_timeout=COMMAND_TIMEOUT,
            connection_class=_Unreset,
            server_settings={"application_name": "vigil"},
            **options,
        )
    assert pool is not None  # noqa: S101 - create_pool returns None only when it is not awaited
    return pool


@contextmanager
def translated() -> Iterator[None]:
    """Driver errors become Unavailable, Collided or Conflict, cause kept; errors in our own SQL pass through."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise Conflict(str(error)) from error
    except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as error:
        raise Collided(str(error)) from error
    except LOST as error:
        if isinstance(error, ValueError):
            raise  # the driver cannot encode an argument: it never will, so this is no outage
        raise Unavailable(f"{type(error).__name__}: {error}") from error


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """One transaction on a connection of the pool; its errors are ours."""
    with translated():
        async with pool.acquire(timeout=10) as connection, connection.transaction():
            yield connection  # type: ignore[misc]


@asynccontextmanager
async def acquired(pool: Pool) -> AsyncIterator[Connection]:
    """A connection without a transaction: each statement commits by itself."""
    with translated():
        async with pool.acquire(timeout=10) as connection:
            yield connection  # type: ignore[misc]
