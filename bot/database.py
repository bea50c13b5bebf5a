"""The database a command works with: the one of DATABASE_URL, or the embedded one, ready and migrated."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bot.settings import Settings
from db import connecting, migrations, pool
from db.embedded import embedded_server
from statemachine.errors import OperatorError

DEMO_TRADER = "demo@vigil.local"
"""The trader that the seed makes."""
SEED = Path(__file__).parent.parent / "supabase" / "seed.sql"


@dataclass(frozen=True, slots=True)
class Database:
    """Where it is. `direct` is for LISTEN and advisory locks; `pooler`: `dsn` leads to a transaction pooler."""

    dsn: str
    direct: str
    pooler: bool
    embedded: bool


@asynccontextmanager
async def opened(settings: Settings, *, run: bool = False) -> AsyncIterator[Database]:
    """The database, migrated. The embedded one is started (or joined), migrated and seeded; another one never is.

    `run`: this is `vigil run`, of which there is one per embedded server. Raises OperatorError.
    """
    if settings.database_url is not None:
        dsn = settings.trusting(settings.database_url)
        direct = settings.trusting(settings.direct_url or settings.database_url)
        await _check(dsn, settings.is_transaction_pooler)
        yield Database(dsn, direct, settings.is_transaction_pooler, embedded=False)
        return
    async with embedded_server(settings.data_dir, run=run) as dsn:
        if await migrations.migrate(dsn, plain=True):
            await seed(dsn)
        yield Database(dsn, dsn, pooler=False, embedded=True)


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[pool.Connection]:
    """One connection to the migrated database, for a command's few statements. Raises OperatorError."""
    async with opened(settings) as database:
        connection = await connect(database.dsn, pooler=database.pooler)
        try:
            with pool.translated():
                yield connection
        finally:
            await connection.close()


async def connect(dsn: str, *, pooler: bool = False, name: str = "DATABASE_URL") -> pool.Connection:
    """A connection outside any pool. `name` is the variable that an OperatorError blames."""
    try:
        connection: pool.Connection = await connecting.connect(dsn, pooler=pooler)
        return connection
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise OperatorError(f"The database refuses the user or the password of {name}.") from error
    except asyncpg.InvalidCatalogNameError as error:
        raise OperatorError(f"There is no database of the name that {name} gives.") from error
    except (*pool.LOST, ValueError) as error:
        if reason := connecting.refusal(dsn, error):
            raise OperatorError(f"The connection to {name} is not safe: {reason}.") from error
        if isinstance(error, asyncpg.ProtocolViolationError):
            raise OperatorError(f"What answers at {name} refuses the connection: {error}") from error
        raise OperatorError(f"No database at {name} ({type(error).__name__}): is it running?") from error
    except asyncpg.PostgresError as error:
        raise OperatorError(f"The database at {name} refuses the connection: {error}") from error


async def _check(dsn: str, pooler: bool) -> None:
    connection = await connect(dsn, pooler=pooler)
    try:
        with pool.translated():
            missing = await migrations.missing(connection)
    finally:
        await connection.close()
    if missing:
        raise OperatorError(f"{len(missing)} migrations are missing: run `vigil migrate`.")


async def seed(dsn: str) -> None:
    """The demo trader of a new embedded database. Seeding again changes nothing."""
    connection = await connect(dsn)
    try:
        await connection.execute(SEED.read_text(encoding="utf-8"))
    finally:
        await connection.close()
