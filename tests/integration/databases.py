"""Databases for tests of the schema: empty ones, ones the Supabase CLI has been at, and people in them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg

from db.migrations import HISTORY, IMITATION, Migration
from db.statements import statements


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
