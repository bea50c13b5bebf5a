"""A picture or a file in a reply, the whole way: outbox, Twilio, our signed link, the bytes on the trader's phone."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from bot.database import Database
from bot.platforms import adapters_of
from bot.settings import Settings
from bot.store import LocalStore, screenshot_path
from bot.symbols import Symbols
from bot.worker import Worker, serve, started
from tests.commands import free_port
from tests.contract.driver import picture
from tests.contract.whatsapp import ANN
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN

REPLY = """
insert into worker.outbox (platform, account, chat_id, user_id, payload)
values ('whatsapp', $1, $2, $3, jsonb_build_object('text', 'Your day', 'image', $4::text))
"""


@asynccontextmanager
async def served(dsn: str, folder: Path, *, jobs: bool = False) -> AsyncIterator[tuple[TwilioServer, Worker]]:
    """A worker that serves WhatsApp on a port of its own, and a trader there who has written to it."""
    port = free_port()
    async with TwilioServer() as twilio:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            data_dir=folder,
            port=port,
            public_url=f"http://127.0.0.1:{port}",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,  # type: ignore[arg-type]
            twilio_whatsapp_from=NUMBER,
            twilio_api_url=twilio.url,
        )
        adapters = adapters_of(settings, ("whatsapp",), LocalStore(folder / "screenshots"), Symbols())
        async with started(settings, Database(dsn, dsn, False, False), adapters, jobs=jobs) as worker:
            stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
            serving = asyncio.create_task(serve(worker, stop, ready.set_result))
            await ready
            twilio.webhook = f"http://127.0.0.1:{port}/whatsapp"
            twilio.write(ANN, "/help")
            await twilio.until(lambda: twilio.sent)
            yield twilio, worker
            await twilio.quiet()
            stop.set()
            await serving


async def test_a_picture_reaches_the_phone(
    dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    await connection.execute("update public.profiles set whatsapp_phone = $2 where id = $1", trader, ANN)
    path, chart = screenshot_path(trader, UUID(int=7), datetime(2026, 3, 23, tzinfo=UTC), "png"), picture(40)
    async with served(dsn, tmp_path) as (twilio, worker):
        await worker.store.put(path, chart, "image/png")
        await connection.execute(REPLY, NUMBER, ANN, trader, path)
        await twilio.until(lambda: len(twilio.sent) == 2 and twilio.sent[1].status == "delivered")
        shown = twilio.sent[1]
        assert shown.shown == "Your day"
        assert [twilio.files[name] for name in shown.media] == [("image/png", chart)]


async def test_a_file_is_opened_by_its_link(
    dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    await connection.execute("update public.profiles set whatsapp_phone = $2 where id = $1", trader, ANN)
    async with served(dsn, tmp_path, jobs=True) as (twilio, worker):
        twilio.write(ANN, "/export")
        await twilio.until(lambda: len(twilio.sent) == 3)
        *words, address = twilio.sent[2].shown.splitlines()
        assert words[-1] == "The link works for 10 minutes. Too late? Send /export again."
        assert twilio.sent[2].media == []
        async with twilio.http.get(address) as answer:
            assert (answer.status, answer.content_type) == (200, "application/zip")
            assert answer.headers["Content-Disposition"] == 'attachment; filename="vigil.zip"'
            with zipfile.ZipFile(io.BytesIO(await answer.read())) as opened:
                assert "trades.csv" in opened.namelist()
        await connection.execute("delete from worker.export_parts")
        async with twilio.http.get(address) as answer:
            assert answer.status == 404
        assert worker.settings.public_url is not None
        assert address.startswith(f"{worker.settings.public_url}/media/")
        assert not await connection.fetchval("select count(*) from worker.outbox where payload::text ~ '/media/'")
