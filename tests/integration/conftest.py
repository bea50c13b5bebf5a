"""What many tests of the journal begin with; and two people, each with a row in every table: laid once a session, and
after each test as they were."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from tests.integration.databases import acting_as, connected, database
from tests.integration.rows import fill
from tests.journaling import Journal, Person, journaling
from tests.servers.openai import OpenAIServer, openai_server


@pytest.fixture
def started(dsn: str, tmp_path: Path) -> partial[AbstractAsyncContextManager[Journal]]:
    """Starts a worker that runs jobs, with whatever settings."""
    return partial(journaling, dsn, tmp_path, jobs=True, sweep_seconds=0.2)


@pytest.fixture
async def journal(started: Callable[[], AbstractAsyncContextManager[Journal]]) -> AsyncIterator[Journal]:
    async with started() as journal:
        yield journal


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        yield server


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    """A trader who writes to the worker that is the test's `journal`."""
    return await Person(journal, "4001").binds(trader)


@dataclass(frozen=True, slots=True)
class Filled:
    """A superuser's connection in a transaction that is rolled back; the first of the two people, and the other."""

    db: asyncpg.Connection
    one: UUID
    two: UUID

    @asynccontextmanager
    async def acting_as(self, user: UUID | None) -> AsyncIterator[None]:
        """As acting_as, inside the transaction of the test."""
        async with acting_as(self.db, user):
            yield
        await self.db.execute("reset role")  # which only a rollback would have done


@pytest.fixture(scope="session")
def filled_database(server_dsn: str, template: str) -> tuple[str, UUID, UUID]:
    """The DSN of a database that `fill` filled, and whom."""
    name = f"filled_{secrets.token_hex(6)}"
    dsn = database(server_dsn, name)

    async def prepare() -> tuple[UUID, UUID]:
        async with connected(server_dsn) as server:
            await server.execute(f"create database {name} template {template}")
        async with connected(dsn) as db:
            return await fill(db)

    with ThreadPoolExecutor(1) as thread:  # asyncio.run here would take the place of the test's own loop
        one, two = thread.submit(asyncio.run, prepare()).result()
    return dsn, one, two


@pytest.fixture
async def filled(filled_database: tuple[str, UUID, UUID]) -> AsyncIterator[Filled]:
    dsn, one, two = filled_database
    async with connected(dsn) as db:
        transaction = db.transaction()
        await transaction.start()
        yield Filled(db, one, two)
        await transaction.rollback()
