"""A picture in a reply, the whole way: outbox, Twilio, our signed link, and the bytes on the trader's phone."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from bot.database import Database
from bot.platforms import adapters_of
from bot.settings import Settings
from bot.store import LocalStore, screenshot_path
from bot.symbols import Symbols
from bot.worker import serve, started
from tests.commands import free_port
from tests.contract.driver import picture
from tests.contract.whatsapp import ANN
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN

REPLY = """
insert into worker.outbox (platform, account, chat_id, user_id, payload)
values ('whatsapp', $1, $2, $3, jsonb_build_object('text', 'Your day', 'image', $4::text))
"""


async def test_a_picture_reaches_the_phone(
    dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    await connection.execute("update public.profiles set whatsapp_phone = $2 where id = $1", trader, ANN)
    path, chart = screenshot_path(trader, UUID(int=7), datetime(2026, 3, 23, tzinfo=UTC), "png"), picture(40)
    port = free_port()
    async with TwilioServer() as twilio:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            data_dir=tmp_path,
            port=port,
            public_url=f"http://127.0.0.1:{port}",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,  # type: ignore[arg-type]
            twilio_whatsapp_from=NUMBER,
            twilio_api_url=twilio.url,
        )
        store = LocalStore(tmp_path / "screenshots")
        await store.put(path, chart, "image/png")
        adapters = adapters_of(settings, ("whatsapp",), store, Symbols())
        async with started(settings, Database(dsn, dsn, False, False), adapters, jobs=False) as worker:
            stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
            served = asyncio.create_task(serve(worker, stop, ready.set_result))
            await ready
            twilio.webhook = f"http://127.0.0.1:{port}/whatsapp"
            twilio.write(ANN, "/help")
            await twilio.until(lambda: twilio.sent)
            await connection.execute(REPLY, NUMBER, ANN, trader, path)
            await twilio.until(lambda: len(twilio.sent) == 2 and twilio.sent[1].status == "delivered")
            shown = twilio.sent[1]
            assert shown.shown == "Your day"
            assert [twilio.files[name] for name in shown.media] == [("image/png", chart)]
            await twilio.quiet()
            stop.set()
            await served
