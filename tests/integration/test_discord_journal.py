"""Discord and the real journal on a real database: from report to record, restarts, and a stalled PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from adapters.discord import Discord
from bot.commands import menu
from bot.database import Database
from bot.forms import prefill
from bot.settings import Settings
from bot.worker import Worker, started
from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.discord_people import Asked, Sent

ANN = 4001
FORM = 9
STALLED_SECONDS = 4.0
SECONDS = 30.0
Working = partial[AbstractAsyncContextManager[Worker]]


@asynccontextmanager
async def working(server: DiscordServer, dsn: str, folder: Path) -> AsyncIterator[Worker]:
    """A worker that reads Discord."""
    adapter = Discord(TOKEN, api_url=server.api, commands=menu(), form=prefill, refetch_pause=0.1)
    settings = Settings(_env_file=None, data_dir=folder, port=0)  # type: ignore[call-arg]
    async with started(settings, Database(dsn, dsn, False, False), [adapter], jobs=False) as worker:
        reading = asyncio.create_task(adapter.listen(worker.receiver))
        try:
            await server.until(lambda: server.gateway.online, within=SECONDS)
            yield worker
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
async def ann(connection: asyncpg.Connection, trader: UUID) -> int:
    await connection.execute("update public.profiles set discord_user_id = $2 where id = $1", trader, str(ANN))
    return ANN


@pytest.fixture
def worker(server: DiscordServer, dsn: str, tmp_path: Path) -> Working:
    return partial(working, server, dsn, tmp_path)


async def reply(server: DiscordServer, *words: str) -> Sent:
    """The newest message to Ann, once it holds these words."""

    def holds() -> bool:
        return bool(server.sent_to(ANN)) and all(word in server.sent_to(ANN)[-1].content for word in words)

    with suppress(TimeoutError):
        await server.until(holds, within=SECONDS)
    assert holds(), [sent.content for sent in server.sent_to(ANN)]
    return server.sent_to(ANN)[-1]


async def answered(server: DiscordServer, number: int) -> Asked:
    await server.until(lambda: server.asked[number].answered is not None, within=SECONDS)
    return server.asked[number]


async def test_from_report_to_record_with_a_form_and_a_restart(
    server: DiscordServer, worker: Working, ann: int, connection: asyncpg.Connection
) -> None:
    async with worker():
        server.write(ann, "long 2 nq 18250 > 18290 stop 18230")
        draft = await reply(server, "Is this right?", "18,250 → 18,290")
        opened = await answered(server, server.press(ann, draft, "Edit"))
        assert opened.answered == FORM
    async with worker():
        server.submit(ann, opened, draft, "Long 2 NQ 18,250 → 18,295 · stop 18,230")
        changed = await reply(server, "18,250 → 18,295", "+$1,800.00")
        server.submit(ann, opened, draft, "Long 9 NQ 18,250 → 18,295")  # the form, sent once more
        await reply(server, "Long 2 NQ", "18,250 → 18,295")
        server.press(ann, changed, "Confirm")
        await server.until(lambda: any("Recorded" in sent.content for sent in server.sent), within=SECONDS)
        before = len(server.sent)
        server.press(ann, changed, "Confirm")  # stale by now: a short answer, no second trade
        await server.until(lambda: len(server.sent) > before, within=SECONDS)
    rows = await connection.fetch("select symbol, exit_price, position_size from public.trades")
    assert [(row["symbol"], float(row["exit_price"]), float(row["position_size"])) for row in rows] == [
        ("NQ", 18295.0, 2.0)
    ]


async def test_a_stranger_links_with_a_command_in_a_room(
    server: DiscordServer, worker: Working, connection: asyncpg.Connection, trader: UUID
) -> None:
    await connection.execute(
        "insert into public.platform_link_codes (user_id, code, platform, expires_at) "
        "values ($1, 'VGL-AB23', 'discord', now() + interval '10 minutes')",
        trader,
    )
    async with worker():
        server.command(ANN, "trades", guild=True)
        await reply(server, "link")
        server.command(ANN, "link", {"code": "vgl-ab23"}, guild=True)
        await server.until(lambda: len(server.sent_to(ANN)) == 2, within=SECONDS)
        assert await connection.fetchval("select discord_user_id from public.profiles where id = $1", trader) == str(
            ANN
        )
        server.command(ANN, "trade", {"direction": "long", "size": 2, "symbol": "NQ", "entry": 18250, "exit": 18290})
        await reply(server, "Is this right?", "18,250 → 18,290")


async def test_a_room_is_told_once_where_the_journal_speaks(
    server: DiscordServer, worker: Working, ann: int, connection: asyncpg.Connection
) -> None:
    async with worker():
        server.mention(ann, "long 2 nq 18250 > 18290")
        await server.until(lambda: server.sent_to(ann), within=SECONDS)
        server.mention(ann, "long 2 nq 18250 > 18290")
        server.write(ann, "long 1 es 5320 > 5330")
        await reply(server, "Long 1 ES")
    assert [sent.way for sent in server.sent] == ["dm", "dm"]  # the hint, and the draft of what was said in private


async def test_acknowledged_while_postgresql_is_stalled(
    server: DiscordServer, worker: Working, ann: int, connection: asyncpg.Connection
) -> None:
    async with worker():
        server.write(ann, "long 2 nq 18250 > 18290 stop 18230")
        draft = await reply(server, "Is this right?")
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("lock table worker.chats in access exclusive mode")
        asked = [server.press(ann, draft, "Confirm"), server.command(ann, "trades", guild=True)]
        for number in asked:
            took = (await answered(server, number)).took
            assert took is not None
            assert took < 2.0
        await asyncio.sleep(STALLED_SECONDS)
        assert not any("Recorded" in sent.content for sent in server.sent)
        await transaction.rollback()
        await server.until(lambda: any("Recorded" in sent.content for sent in server.sent), within=SECONDS)
    assert await connection.fetchval("select count(*) from public.trades") == 1


async def test_messages_written_while_the_worker_was_dead(
    server: DiscordServer, worker: Working, ann: int, connection: asyncpg.Connection
) -> None:
    async with worker():
        server.write(ann, "/help")
        await server.until(lambda: server.sent_to(ann), within=SECONDS)
    server.write(ann, "long 2 nq 18250 > 18290 stop 18230")
    server.write(ann, "yes")
    async with worker():
        await server.until(lambda: any("Recorded" in sent.content for sent in server.sent), within=SECONDS)
    assert await connection.fetchval("select count(*) from public.trades") == 1
