"""WhatsApp and the whole journal: a local Twilio, the worker with its database, and a trader with a phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from adapters.whatsapp import WhatsApp
from bot import server
from bot.database import Database
from bot.reminding.telling import tell_due
from bot.settings import Settings
from bot.worker import Worker, started
from db.links import BINDING
from statemachine.message import Chat
from tests.servers.twilio import TEMPLATE, TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN
from tests.whatsapp_side import HOOK, PUBLIC

ANN = "+4915112345678"
TRADED = """
with day as (
    insert into public.daily_tracking (user_id, trade_date, trades_taken, daily_pnl) values ($1, $2, 1, 100)
    returning id)
insert into public.trades (user_id, daily_tracking_id, symbol, direction, pnl, created_at, source_type, audit_status)
select $1, id, 'NQ', 'long', 100, $2 + interval '15 hours', 'journal', 'audited' from day
"""


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        yield server


@asynccontextmanager
async def running(twilio: TwilioServer, dsn: str, folder: Path, **options: Any) -> AsyncIterator[Worker]:
    """A worker on the test's database behind Twilio: the one that Twilio's webhook leads to."""
    settings = Settings(_env_file=None, data_dir=folder, host="127.0.0.1", port=0)  # type: ignore[call-arg]
    adapter = WhatsApp(
        ACCOUNT, TOKEN, NUMBER, **{"public_url": PUBLIC, "api_url": twilio.url, "catch_up": 3600.0, **options}
    )
    async with (
        started(settings, Database(dsn, dsn, False, False), [adapter], jobs=False) as worker,
        server.serving(settings, adapter.routes(worker.receiver), worker.readiness) as port,
    ):
        worker.listen()
        twilio.proxies[PUBLIC] = f"http://127.0.0.1:{port}"
        twilio.webhook = HOOK
        yield worker
        twilio.webhook = ""
        await twilio.quiet()


@pytest.fixture
async def ann(connection: asyncpg.Connection, trader: UUID) -> UUID:
    """The trader, linked to her phone."""
    await connection.execute(f"update public.profiles set {BINDING['whatsapp']} = $2 where id = $1", trader, ANN)
    return trader


async def says(twilio: TwilioServer, text: str, *, expect: str, person: str = ANN) -> str:
    """Write, and wait for an answer that holds `expect`."""
    before = len(twilio.sent_to(person))
    twilio.write(person, text)
    await twilio.until(lambda: any(expect in sent.shown for sent in twilio.sent_to(person)[before:]))
    await twilio.quiet()
    return "\n".join(sent.shown for sent in twilio.sent_to(person)[before:])


async def silent_since(twilio: TwilioServer, connection: asyncpg.Connection, since: timedelta) -> None:
    """As if all that was written had been so long ago."""
    for message in twilio.messages:
        message.at -= since
    await connection.execute("update worker.chats set last_inbound_at = now() - $1::interval", since)


async def test_a_trade_by_numbers(
    twilio: TwilioServer, dsn: str, connection: asyncpg.Connection, ann: UUID, tmp_path: Path
) -> None:
    async with running(twilio, dsn, tmp_path):
        shown = await says(twilio, "long 2 nq 18250 > 18290 stop 18230", expect="Is this right?")
        assert "1 Confirm" in shown
        await says(twilio, "1", expect="Recorded")
    assert await connection.fetchval("select count(*) from public.trades where user_id = $1", ann) == 1
    states = await connection.fetch("select distinct status from worker.outbox")
    assert [row["status"] for row in states] == ["sent"]


async def test_a_reply_outside_the_window_waits_behind_one_template(
    twilio: TwilioServer, dsn: str, connection: asyncpg.Connection, ann: UUID, tmp_path: Path
) -> None:
    async with running(twilio, dsn, tmp_path, template_sid=TEMPLATE) as worker:
        await says(twilio, "/trades", expect="trade")
        before = len(twilio.sent)
        await silent_since(twilio, connection, timedelta(hours=30))
        for text in ("first", "second"):
            await connection.execute(
                "insert into worker.outbox (platform, account, chat_id, user_id, payload)"
                " select platform, account, chat_id, user_id, jsonb_set(payload, '{text}', to_jsonb($1::text))"
                " from worker.outbox order by id limit 1",
                f"{text} reply of a job",
            )
        worker.outbox.poke(Chat("whatsapp", NUMBER, ANN))
        await twilio.until(lambda: len(twilio.sent) > before)
        held = "select count(*) from worker.outbox where status = 'held'"
        async with asyncio.timeout(20):
            while await connection.fetchval(held) != 2:
                await asyncio.sleep(0.02)
        assert [sent.template for sent in twilio.sent[before:]] == [TEMPLATE]
        shown = await says(twilio, "/trades", expect="second reply of a job")
        assert "first reply of a job" in shown
        assert await connection.fetchval(held) == 0


async def test_a_summary_outside_the_window_knocks_by_template(
    twilio: TwilioServer, dsn: str, connection: asyncpg.Connection, ann: UUID, tmp_path: Path
) -> None:
    """What comes by itself mostly comes a day after the trader last wrote."""
    evening = datetime(2026, 11, 27, 21, tzinfo=UTC)
    async with running(twilio, dsn, tmp_path, template_sid=TEMPLATE) as worker:
        await says(twilio, "/trades", expect="trade")
        await silent_since(twilio, connection, timedelta(hours=30))
        await connection.execute(TRADED, ann, evening.date())
        before = len(twilio.sent)
        assert [await tell_due(worker.pool, worker.settings, evening) for _ in "ab"] == [1, 0]
        worker.outbox.poke(Chat("whatsapp", NUMBER, ANN))
        await twilio.until(lambda: len(twilio.sent) > before)
        assert [(sent.template, sent.variables) for sent in twilio.sent[before:]] == [
            (TEMPLATE, {"1": "Your day: 27 Nov"})
        ]
        shown = await says(twilio, "what is it", expect="1 trade: 1 won")
        assert shown.startswith("Your day: 27 Nov\n1 trade: 1 won")
        assert "/pause" in shown


async def test_stop_and_start(
    twilio: TwilioServer, dsn: str, connection: asyncpg.Connection, ann: UUID, tmp_path: Path
) -> None:
    async with running(twilio, dsn, tmp_path):
        await says(twilio, "/trades", expect="trade")
        before = len(twilio.sent)
        twilio.write(ANN, "STOP")
        async with asyncio.timeout(20):
            while await connection.fetchval("select blocked_at from worker.chats") is None:
                await asyncio.sleep(0.02)
        assert len(twilio.sent) == before
        await says(twilio, "START", expect="Write a trade as you would to a friend")
        assert await connection.fetchval("select blocked_at from worker.chats") is None
