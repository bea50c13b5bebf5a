"""Telegram by webhook: the platform delivers over a socket to our route, and repeats until it is told "committed"."""

import asyncio
import io
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from adapters.telegram import Telegram
from statemachine.errors import OperatorError
from statemachine.message import Button, Reply
from tests.inbox import Inbox
from tests.servers.telegram import TOKEN, TelegramServer

ANN, BEN = 4001, 4002
SECRET = "s3cret_of-the-hook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def update(text: str = "hi") -> bytes:
    person = {"id": ANN, "is_bot": False, "first_name": "Ann"}
    message = {"message_id": 1, "date": 1_763_900_000, "chat": {"id": ANN, "type": "private"}, "from": person}
    return json.dumps({"update_id": 1, "message": {**message, "text": text}}).encode()


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


class Worker:
    """Our side: the adapter's route on a real socket."""

    def __init__(self, server: TelegramServer, inbox: Inbox) -> None:
        self.server = server
        self.inbox = inbox
        self.url = ""

    async def __aenter__(self) -> "Worker":
        app = web.Application()
        self.runner = web.AppRunner(app, access_log=None)
        self.telegram = Telegram(
            TOKEN, api_url=self.server.url, webhook_secret=SECRET, public_url="http://127.0.0.1:1", per_chat=None
        )
        app.add_routes(self.telegram.routes(self.inbox))
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()
        await self.telegram.close()
        await self.runner.cleanup()

    async def announce(self) -> None:
        """Log in under the address that the socket turned out to have."""
        named = Telegram(TOKEN, api_url=self.server.url, webhook_secret=SECRET, public_url=self.url + "/")
        await named.connect()
        await asyncio.wait_for(named.listen(self.inbox), 10)  # webhooks do the reading
        await named.close()

    async def post(self, body: bytes, secret: str | None = SECRET) -> int:
        headers = {HEADER: secret} if secret is not None else {}
        async with self.http.post(f"{self.url}/telegram", data=io.BytesIO(body), headers=headers) as response:
            return response.status


@pytest.fixture
async def worker(server: TelegramServer, inbox: Inbox) -> AsyncIterator[Worker]:
    async with Worker(server, inbox) as worker:
        yield worker


async def test_delivered_once_each_and_in_order(server: TelegramServer, worker: Worker, inbox: Inbox) -> None:
    server.write(ANN, "before the hook was set")
    await worker.announce()
    for number in range(20):
        server.write(ANN, str(number))
        server.write(BEN, str(number))
    await server.until(lambda: not server.pending())
    assert inbox.texts_of(ANN) == ["before the hook was set", *map(str, range(20))]
    assert inbox.texts_of(BEN) == [str(number) for number in range(20)]
    assert {status for _, status in server.deliveries} == {200}


async def test_button_is_answered_after_commit(server: TelegramServer, worker: Worker, inbox: Inbox) -> None:
    await worker.announce()
    server.write(ANN, "hi")
    sent = await worker.telegram.send(str(ANN), Reply(text="Right?", buttons=((Button("Yes", "y"),),)))
    press = server.press(ANN, int(sent or 0), "Yes")
    await server.until(lambda: server.answered == [press])
    assert [message.button for message in inbox.messages] == [None, "y"]


async def test_outage_of_the_journal_is_repeated_by_telegram(
    server: TelegramServer, worker: Worker, inbox: Inbox
) -> None:
    await worker.announce()
    inbox.down = True
    server.write(ANN, "hi")
    await server.until(lambda: len(server.deliveries) >= 2)
    assert {status for _, status in server.deliveries} == {503}
    inbox.down = False
    await server.until(lambda: not server.pending())
    assert inbox.texts == ["hi"]


async def test_bug_in_the_journal_is_not_acknowledged(server: TelegramServer, worker: Worker, inbox: Inbox) -> None:
    await worker.announce()
    inbox.sick.add(str(ANN))
    server.write(ANN, "hi")
    await server.until(lambda: server.deliveries)
    assert server.deliveries[0][1] == 500
    inbox.sick.clear()
    await server.until(lambda: inbox.texts == ["hi"])


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "s\u00e9cret"])
async def test_forged(worker: Worker, inbox: Inbox, secret: str | None) -> None:
    assert await worker.post(update(), secret) == 403
    assert await worker.post(b"x" * 2_000_000, secret) == 403
    assert inbox.attempts == 0


async def test_repeated_delivery_has_the_same_identity(worker: Worker, inbox: Inbox) -> None:
    assert [await worker.post(update()), await worker.post(update())] == [200, 200]
    assert len({(message.chat, message.external_id) for message in inbox.messages}) == 1


async def test_too_large(worker: Worker, inbox: Inbox) -> None:
    assert await worker.post(update("x" * 1_000_000)) == 413
    assert await worker.post(update("x" * 900_000)) == 200
    assert len(inbox.messages) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}", b'{"update_id": "one"}', b"[" * 200_000]
)
async def test_malformed(worker: Worker, inbox: Inbox, body: bytes) -> None:
    assert await worker.post(body) == 400
    assert inbox.attempts == 0


@pytest.mark.parametrize(
    "body",
    [{"tea_break": {}}, {"message": {"message_id": "what"}}, {"message": 5}, {"callback_query": {"id": 1}}, {}],
)
async def test_nothing_for_us_is_acknowledged(worker: Worker, inbox: Inbox, body: dict[str, object]) -> None:
    assert await worker.post(json.dumps({"update_id": 7, **body}).encode()) == 200
    assert inbox.attempts == 0


async def test_hook_is_set_when_telegram_is_back(server: TelegramServer, worker: Worker, inbox: Inbox) -> None:
    server.fault("setWebhook", status=500)
    server.fault("getMe", drop="before")
    server.write(ANN, "hi")
    named = Telegram(TOKEN, api_url=server.url, webhook_secret=SECRET, public_url=worker.url)
    await named.connect()
    assert server.webhook is None
    await asyncio.wait_for(named.listen(inbox), 10)
    await server.until(lambda: inbox.texts == ["hi"])
    await named.close()


@pytest.mark.parametrize(
    ("secret", "public_url", "says"),
    [
        (SECRET, None, "PUBLIC_URL"),
        (SECRET, "http://example.org", "(?i)https"),
        ("not allowed!", "https://example.org", "(?i)secret token"),
    ],
)
async def test_settings_telegram_refuses(
    server: TelegramServer, secret: str, public_url: str | None, says: str
) -> None:
    adapter = Telegram(TOKEN, api_url=server.url, webhook_secret=secret, public_url=public_url)
    with pytest.raises(OperatorError, match=says):
        await adapter.connect()
    await adapter.close()


async def test_polling_has_no_route(server: TelegramServer, inbox: Inbox) -> None:
    adapter = Telegram(TOKEN, api_url=server.url)
    assert list(adapter.routes(inbox)) == []
    await adapter.close()
