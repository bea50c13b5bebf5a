"""Telegram as the cases see it: by polling, and by webhook."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import aiohttp

from adapters.telegram import Telegram
from tests.commands import free_port
from tests.contract.driver import FRANKFURT, Driver, Shown
from tests.servers.telegram import TOKEN, TelegramServer

ANN, ROOM = 4001, -5001
SECRET = "s3cret_of-the-hook"


class TelegramPolling(Driver):
    name = "Telegram"
    cannot: ClassVar = {"forged": "nothing is brought to us: we ask Telegram ourselves"}

    def __init__(self, server: TelegramServer, **options: Any) -> None:
        self.server = server
        self.adapter = Telegram(TOKEN, api_url=server.url, per_second=None, per_chat=None, standby=0.1, **options)
        self.latest = 0

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator["TelegramPolling"]:
        async with TelegramServer() as server:
            yield cls(server)

    async def write(self, text: str) -> None:
        self.latest = self.server.write(ANN, text)

    async def photos(self, pictures: Sequence[bytes], caption: str) -> None:
        if len(pictures) == 1:
            self.server.photo(ANN, pictures[0], caption=caption)
        else:
            self.server.album(ANN, list(pictures), caption=caption)

    async def file(self, picture: bytes, name: str) -> None:
        self.server.document(ANN, picture, name=name)

    async def place(self) -> None:
        where = {"latitude": FRANKFURT.latitude, "longitude": FRANKFURT.longitude}
        self.server._arrive(ANN, {"location": where})

    async def voice(self, recording: bytes) -> None:
        self.server.voice(ANN, recording)

    async def edit(self, text: str) -> None:
        self.server.edit(ANN, self.latest, text)

    async def repeat(self) -> None:
        self.server.raw("message", self.server._messages[ANN, self.latest], chat_id=ANN)

    async def write_reversed(self, earlier: str, later: str) -> None:
        now = int(time.time())
        for number, text, at in ((900_002, later, now), (900_001, earlier, now - 5)):
            person = {"id": ANN, "is_bot": False, "first_name": "Ann"}
            chat = {"id": ANN, "type": "private", "first_name": "Ann"}
            self.server.raw(
                "message", {"message_id": number, "date": at, "chat": chat, "from": person, "text": text}, chat_id=ANN
            )

    async def press(self, label: str) -> None:
        newest = self.server.sent_to(ANN)[-1]
        self.server.press(ANN, newest.message_id, label)

    async def write_in_group(self, text: str) -> None:
        self.server.write(ROOM, text, sender=ANN)

    async def write_nothing(self) -> None:
        self.server._arrive(ANN, {"new_chat_photo": []})

    def shown(self) -> list[Shown]:
        return [
            Shown(sent.text, tuple(button["text"] for row in sent.buttons for button in row), sent.file)
            for sent in self.server.sent_to(ANN)
        ]

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        self.server.fault("*", drop="before", times=10_000)
        yield
        self.server.recover()

    def slow(self, seconds: float) -> None:
        self.server.fault("sendMessage", delay=seconds)

    def limit(self, seconds: int) -> None:
        self.server.fault("sendMessage", retry_after=seconds)

    def block(self) -> None:
        self.server.block(ANN)


class TelegramWebhook(TelegramPolling):
    name = "Telegram, webhook"
    cannot: ClassVar = {}

    def __init__(self, server: TelegramServer) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(server, webhook_secret=SECRET, public_url=self.url)

    async def forge(self, text: str) -> None:
        person = {"id": ANN, "is_bot": False, "first_name": "Ann"}
        message = {"message_id": 1, "date": int(time.time()), "chat": {"id": ANN, "type": "private"}, "from": person}
        update = {"update_id": 1, "message": {**message, "text": text}}
        async with aiohttp.ClientSession() as http:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
                async with http.post(f"{self.url}/telegram", json=update, headers=headers) as answer:
                    assert answer.status == 403
