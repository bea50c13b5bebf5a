"""The lines of the Procfile beside each other: one process talks to Telegram, another runs what takes long."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from tests.acceptance.processes import WORKER, WorkerProcess, by_telegram, environment, worker
from tests.acceptance.test_telegram_conversation import ANN, SECONDS, Phone, chart
from tests.reading_cases import TREND, claim
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer, openai_server
from tests.servers.telegram import TelegramServer

BEN = 4002
WEB = (*WORKER, "--only", "telegram")
JOBS = (*WORKER, "--only", "jobs")
STOP_SECONDS = 10.0
REPORT = "long 2 nq 18250 > 18290 stop 18230"
JOBS_NOW = "select entrypoint, status from worker.pgqueuer where entrypoint in ('drain', 'media') order by 1"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        yield server


async def bind(connection: asyncpg.Connection, trader: UUID, chat: int) -> None:
    await connection.execute("update public.profiles set telegram_chat_id = $2 where id = $1", trader, str(chat))


async def await_chart(phone: Phone) -> None:
    """A recorded trade whose chart is asked for."""
    await phone.write(REPORT, "Long 2 NQ")
    await phone.write("yes", "Recorded")
    await phone.reply("chart")


async def until(connection: asyncpg.Connection, query: str) -> None:
    """Wait until a query says true."""
    async with asyncio.timeout(SECONDS):
        while not await connection.fetchval(query):
            await asyncio.sleep(0.05)


async def ends(process: WorkerProcess) -> None:
    """SIGTERM: it ends cleanly and in time."""
    status, seconds = await process.terminate()
    assert (status, seconds < STOP_SECONDS) == (0, True), process.output


async def test_what_one_process_takes_in_another_works_on(
    server: TelegramServer, dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    await bind(connection, trader, ANN)
    await connection.execute(
        "insert into public.trading_rules (user_id, rule_text) values ($1, 'Max 1 contract')", trader
    )
    variables = environment(tmp_path, DATABASE_URL=dsn, **by_telegram(server.url))
    phone = Phone(server)
    async with worker(tmp_path, variables, WEB) as web:
        await await_chart(phone)
        server.photo(ANN, chart())
        await phone.reply("Got the picture")
        assert server.calls["getFile"] == 0, "the process that talks to Telegram runs no jobs"
        async with worker(tmp_path, variables, JOBS) as jobs:
            await phone.reply("✗ Max 1 contract")
            assert server.calls["getFile"] == 1
            await ends(jobs)
        await ends(web)
    (file,) = (path for path in (tmp_path / "data" / "screenshots").rglob("*.png") if path.is_file())
    trade = await connection.fetchrow("select screenshot_url, audit_status from public.trades")
    assert trade is not None
    assert trade["screenshot_url"].endswith(file.name)
    assert trade["audit_status"] == "audited"


async def test_a_stop_leaves_what_hangs_to_the_next_worker(
    server: TelegramServer,
    openai: OpenAIServer,
    dsn: str,
    connection: asyncpg.Connection,
    trader: UUID,
    tmp_path: Path,
) -> None:
    """A file server and a model that never answer hold neither the stop nor, later, the chart and the message."""
    await bind(connection, trader, ANN)
    ben = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'ben@example.com') returning id"
    )
    await bind(connection, ben, BEN)
    model = {"OPENAI_API_KEY": openai.key, "OPENAI_BASE_URL": openai.url}
    # A sweep would add drains of its own: here the one that was broken off has to come back.
    variables = environment(tmp_path, DATABASE_URL=dsn, **by_telegram(server.url), **model) | {"SWEEP_SECONDS": "600"}
    async with worker(tmp_path, variables) as first:
        await await_chart(Phone(server))
        server.fault("file", delay=3600)
        openai.otherwise = fake.STEPS["hang"]
        server.photo(ANN, chart())
        server.write(BEN, TREND)
        await server.until(lambda: server.calls["getFile"] and openai.requests, within=SECONDS)
        await ends(first)
    broken_off = [tuple(row) for row in await connection.fetch(JOBS_NOW)]
    assert broken_off == [("drain", "queued"), ("media", "queued")], first.output
    openai.otherwise = fake.answers(claim(intent="unclear"))
    await _next_finishes(server, connection, tmp_path, variables)


async def _next_finishes(
    server: TelegramServer, connection: asyncpg.Connection, folder: Path, variables: Mapping[str, str]
) -> None:
    began = time.monotonic()
    async with worker(folder, variables) as second:
        await server.until(lambda: server.sent_to(BEN), within=SECONDS)
        await until(connection, "select exists (select from public.trades where screenshot_url is not null)")
        assert time.monotonic() - began < SECONDS
        await ends(second)
    assert server.sent_to(BEN)[0].text.startswith("I am not sure what you mean.")
    assert await connection.fetchval("select count(*) from worker.inbox where status <> 'done'") == 0
    assert await connection.fetchval("select count(*) from worker.pgqueuer where status = 'failed'") == 0
