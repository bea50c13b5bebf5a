"""Migrated databases on one embedded server, for proofs that run outside pytest and for those that need several."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from db.embedded import embedded_server
from db.migrations import migrate

ALWAYS = {"max_connections": "200", "track_commit_timestamp": "on"}
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
TEMPLATE = "template_vigil"


@asynccontextmanager
async def server_with_template(*, durable: bool = False) -> AsyncIterator[str]:
    """DSN of a server of its own, as superuser; it holds the migrated database TEMPLATE.

    `durable`: flushed at every commit, as in production; else fast.
    """
    with tempfile.TemporaryDirectory(prefix="vigil-proof-") as folder:
        Path(folder).chmod(0o711)  # as root the server is another user, who must pass through
        async with embedded_server(Path(folder) / "data", settings=ALWAYS | ({} if durable else FAST)) as dsn:
            await execute(dsn, f"create database {TEMPLATE}")
            await migrate(named(dsn, TEMPLATE), plain=True)
            yield dsn


@asynccontextmanager
async def migrated_database(server_dsn: str) -> AsyncIterator[str]:
    """DSN of a new database, a copy of TEMPLATE; dropped afterwards, whoever is still connected."""
    name = f"proof_{uuid4().hex[:12]}"
    await execute(server_dsn, f"create database {name} template {TEMPLATE}")
    try:
        yield named(server_dsn, name)
    finally:
        await execute(server_dsn, f"drop database {name} with (force)")


async def execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def named(dsn: str, database: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))
