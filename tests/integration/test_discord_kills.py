"""SIGKILL while people write: every direct message is in the journal, once, and in the order it was written."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest

from tests.forks import killed
from tests.integration.discord_worker import discord_worker
from tests.servers.discord import DiscordServer

PEOPLE = range(4001, 4007)
KILLS = 10
SECONDS = 60.0
SEED = 20261126


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


class Writing:
    """What everybody wrote, by person, as Discord numbers it."""

    def __init__(self, server: DiscordServer, connection: asyncpg.Connection) -> None:
        self.server = server
        self.connection = connection
        self.written: dict[str, list[str]] = {str(person): [] for person in PEOPLE}

    def write(self, person: int) -> None:
        number = self.server.write(person, f"/help {len(self.written[str(person)])}")
        self.written[str(person)].append(str(number))

    async def stored(self) -> dict[str, list[str]]:
        rows = await self.connection.fetch("select chat_id, external_id from worker.inbox order by id")
        found: dict[str, list[str]] = {str(person): [] for person in PEOPLE}
        for row in rows:
            found[row["chat_id"]].append(row["external_id"])
        return found

    async def settled(self) -> None:
        async with asyncio.timeout(SECONDS):
            while await self.stored() != self.written:
                await asyncio.sleep(0.05)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not holds():
            await asyncio.sleep(0.02)


@pytest.mark.timeout(300)
async def test_kills(server: DiscordServer, dsn: str, connection: asyncpg.Connection, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    writing = Writing(server, connection)
    async with discord_worker(dsn, tmp_path, server.api):
        await until(lambda: server.gateway.online)
        for person in PEOPLE:
            writing.write(person)
        await writing.settled()  # so that the journal knows every chat
    missed = 0
    for _ in range(KILLS):
        async with discord_worker(dsn, tmp_path, server.api) as worker:
            await until(lambda: server.gateway.online)
            for _ in range(chance.randrange(5, 40)):
                writing.write(chance.choice(PEOPLE))
                await asyncio.sleep(chance.uniform(0, 0.01))
            await killed(worker)
        await until(lambda: not server.gateway.online)
        server.gateway.forget_sessions()
        for _ in range(chance.randrange(10)):
            writing.write(chance.choice(PEOPLE))
        missed += sum(map(len, writing.written.values())) - sum(map(len, (await writing.stored()).values()))
    assert missed > 0, "no kill ever met a message that was not committed"
    async with discord_worker(dsn, tmp_path, server.api):
        await writing.settled()
