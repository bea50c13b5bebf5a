"""Brings a database to the schema this worker needs.

Rules of this file:
- Files are `supabase/migrations/<digits>_name.sql`, applied in the order of their names, each in one
  transaction together with its record. What is applied stays applied when a later file fails.
- They are recorded as the Supabase CLI records them, so `supabase db push` and `vigil migrate` may take
  turns on one database.
- Versions recorded by others (the web app has migrations of its own) are none of our business.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from db import connecting
from db.statements import statements
from statemachine.errors import OperatorError

MIGRATIONS = Path(__file__).parent.parent / "supabase" / "migrations"
IMITATION = Path(__file__).with_name("imitation.sql")

FILE_NAME = re.compile(r"(?P<version>\d+)_(?P<name>.*)\.sql", re.ASCII)

# Any number will do, as long as every version of this program takes the same.
LOCK = 7_216_404_811

# A wait for the lock, and a long migration, outlast the limits of a role. Which there are depends on the version.
NO_LIMITS = """
select set_config(name, '0', false) from pg_settings
where name in ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')
"""

HISTORY = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
"""

# What the migrations stand on. Names of nothing are NULL, names of something are not.
SUPABASE_OBJECTS = """
select name from (values
    ('role anon', to_regrole('anon') is null),
    ('role authenticated', to_regrole('authenticated') is null),
    ('role service_role', to_regrole('service_role') is null),
    ('auth.users', to_regclass('auth.users') is null),
    ('auth.uid()', to_regprocedure('auth.uid()') is null),
    ('storage.buckets', to_regclass('storage.buckets') is null),
    ('storage.objects', to_regclass('storage.objects') is null)
) as object (name, absent)
where absent
"""


@dataclass(frozen=True, slots=True)
class Migration:
    version: str
    name: str
    path: Path


async def migrate(dsn: str, *, plain: bool = False) -> list[str]:
    """Apply what is missing and return the versions applied now, oldest first.

    The connection must be a session of its own, not one of a transaction pooler. `plain` first lays the
    imitation of Supabase on a server that has none. Raises OperatorError, saying what to do.
    """
    async with _session(dsn) as connection:
        if plain:
            await _lay_imitation(connection)
        await _require_supabase(connection)
        await _in_transaction(connection, HISTORY, "the table of migrations")
        pending = await _pending(connection)
        for migration in pending:
            await _apply(connection, migration)
    return [migration.version for migration in pending]


async def missing(connection: asyncpg.Connection) -> list[str]:
    """The versions of our files that this database has not seen, oldest first."""
    applied = await _applied(connection)
    return [migration.version for migration in migrations() if migration.version not in applied]


def migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """Our files in order. Other names are skipped, as the Supabase CLI skips them."""
    found = [
        Migration(match["version"], match["name"], path)
        for path in sorted(folder.glob("*.sql"))
        if (match := FILE_NAME.fullmatch(path.name))
    ]
    if not found:
        raise OperatorError(f"no migrations in {folder}: run vigil from its source tree")
    seen: dict[str, Migration] = {}
    for migration in found:
        if twin := seen.get(migration.version):
            raise OperatorError(f"{twin.path.name} and {migration.path.name} have the same version")
        seen[migration.version] = migration
    return found


@asynccontextmanager
async def _session(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that holds the lock of migrations: a second `migrate` waits here for the first."""
    try:
        # Plans of a schema that is being changed are of no use; a long migration outlasts all limits.
        connection: asyncpg.Connection = await connecting.connect(
            dsn, name="vigil migrate", limited=False, statement_cache_size=0
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise OperatorError(
            f"cannot connect to the database: {connecting.refusal(dsn, error) or _line(error)}"
        ) from error
    try:
        await connection.execute(NO_LIMITS)
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        yield connection
    finally:
        await connection.close()


async def _lay_imitation(connection: asyncpg.Connection) -> None:
    """Create the imitation, or complete our own of an earlier version; a real Supabase is left alone."""
    theirs = await connection.fetchval(
        "select obj_description(oid, 'pg_namespace') is distinct from 'local imitation of Supabase'"
        " from pg_namespace where nspname = 'auth'"
    )
    if theirs:
        return
    if not await connection.fetchval("select rolsuper from pg_roles where rolname = current_user"):
        raise OperatorError("--plain creates roles and schemas: connect as a superuser of this PostgreSQL")
    await _in_transaction(connection, IMITATION.read_text(encoding="utf-8"), IMITATION.name)


async def _require_supabase(connection: asyncpg.Connection) -> None:
    absent = [row["name"] for row in await connection.fetch(SUPABASE_OBJECTS)]
    if absent:
        raise OperatorError(
            f"this database lacks {', '.join(absent)}: point DATABASE_URL at a Supabase database,"
            " or run `vigil migrate --plain` on a PostgreSQL without Supabase"
        )


async def _pending(connection: asyncpg.Connection) -> list[Migration]:
    """What is to be applied. Raises OperatorError where that would change the order of files."""
    applied = await _applied(connection)
    ours = migrations()
    pending = [migration for migration in ours if migration.version not in applied]
    done = [migration for migration in ours if migration.version in applied]
    if pending and done and pending[0].path.name < done[-1].path.name:
        raise OperatorError(
            f"{pending[0].path.name} is not applied, but the later {done[-1].path.name} is:"
            " apply it by hand and record it with `supabase migration repair`"
        )
    return pending


async def _applied(connection: asyncpg.Connection) -> set[str]:
    if await connection.fetchval("select to_regclass('supabase_migrations.schema_migrations') is null"):
        return set()
    rows = await connection.fetch("select version from supabase_migrations.schema_migrations")
    return {row["version"] for row in rows}


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    script = migration.path.read_text(encoding="utf-8")
    record = (migration.version, migration.name, statements(script))
    await _in_transaction(connection, script, migration.path.name, record)


async def _in_transaction(
    connection: asyncpg.Connection, script: str, source: str, record: Sequence[object] | None = None
) -> None:
    """Run a script whole or not at all, with its record; `source` is what an error calls it."""
    try:
        async with connection.transaction():
            await connection.execute(script)
            if record:
                await connection.execute(
                    "insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)",
                    *record,
                )
    except asyncpg.PostgresError as error:
        raise OperatorError(f"{source}{_where(script, error)}: {_line(error)}") from error


def _where(script: str, error: asyncpg.PostgresError) -> str:
    """`:LINE` of the script, where PostgreSQL says it."""
    position = getattr(error, "position", None)
    return f":{script.count(chr(10), 0, int(position)) + 1}" if position else ""


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
