"""Databases for tests of the schema: empty ones, imitations of a project, and people in them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg

from db.migrations import HISTORY, IMITATION, Migration
from db.statements import statements

REFUSALS: Final = Path(__file__).with_name("supabase_refusals.sql")

Regime = Literal["old", "new"]
REGIMES: Final[tuple[Regime, ...]] = ("old", "new")

# What projects made before May 2026 grant on everything that `postgres` creates; those made since keep of it three
# privileges on tables, and every function is still open to PUBLIC.
DEFAULTS: Final[dict[Regime, str]] = {
    "old": """
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
""",
    "new": """
alter default privileges for role postgres in schema public grant truncate, references, trigger on tables
    to anon, authenticated, service_role;
""",
}


@asynccontextmanager
async def empty_database(server_dsn: str) -> AsyncIterator[str]:
    """The DSN of a new database without anything in it, dropped afterwards."""
    name = f"empty_{uuid4().hex}"
    server = await asyncpg.connect(server_dsn)
    try:
        await server.execute(f"create database {name} template template0")
        yield database(server_dsn, name)
    finally:
        await server.execute(f"drop database if exists {name} with (force)")
        await server.close()


def database(server_dsn: str, name: str) -> str:
    """The DSN of another database of the same server."""
    return urlunsplit(urlsplit(server_dsn)._replace(path=f"/{name}"))


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def project_database(server_dsn: str, regime: Regime = "old") -> AsyncIterator[tuple[str, str]]:
    """An empty project: its DSN as `postgres`, which is refused what Supabase refuses it, and as superuser."""
    async with empty_database(server_dsn) as dsn:
        parts = urlsplit(dsn)
        async with connected(dsn) as connection:
            await lay_imitation(connection)
            await connection.execute(REFUSALS.read_text(encoding="utf-8") + DEFAULTS[regime])
            await connection.execute(f"alter role postgres password '{parts.password}'")
        as_postgres = f"postgres:{parts.password}@{parts.hostname}:{parts.port}"
        yield urlunsplit(parts._replace(netloc=as_postgres)), dsn


async def lay_imitation(connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        await connection.execute(IMITATION.read_text(encoding="utf-8"))


async def push(connection: asyncpg.Connection, files: Sequence[Migration]) -> None:
    """Apply files the way `supabase db push` does: statement by statement, a transaction for each file."""
    await connection.execute(HISTORY)
    for file in files:
        script = statements(file.path.read_text(encoding="utf-8"))
        async with connection.transaction():
            for statement in script:
                await connection.fetch(statement)
            await connection.execute(
                "insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)",
                file.version,
                file.name,
                script,
            )


async def sign_up(connection: asyncpg.Connection, email: str) -> UUID:
    """A new user, and through the trigger its profile."""
    user: UUID = await connection.fetchval(
        "insert into auth.users (id, aud, role, email, created_at, updated_at)"
        " values (gen_random_uuid(), 'authenticated', 'authenticated', $1, now(), now()) returning id",
        email,
    )
    return user


@asynccontextmanager
async def acting_as(connection: asyncpg.Connection, user: UUID | None) -> AsyncIterator[None]:
    """One transaction with the rights of a signed-in user, or of a visitor (None)."""
    role = "authenticated" if user else "anon"
    claims = f'{{"sub": "{user}", "role": "{role}"}}' if user else '{"role": "anon"}'
    async with connection.transaction():
        await connection.execute(f"set local role {role}")
        await connection.execute("select set_config('request.jwt.claims', $1, true)", claims)
        yield
