"""Discord as the cases see it: direct messages by the gateway, replies by HTTP."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

from adapters.discord import Discord
from tests.contract.driver import NO_PLACES, PATIENCE, Driver, Shown
from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.discord_gateway import DIRECT_MESSAGES
from tests.servers.discord_people import _person

ANN = 4001


class DiscordByGateway(Driver):
    name = "Discord"
    cannot: ClassVar = {
        "place": NO_PLACES,
        "forged": "nothing is brought to us: we hold the connection to Discord ourselves",
    }

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.adapter = Discord(TOKEN, api_url=server.api, refetch_pause=0.2)
        self.latest = 0

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator["DiscordByGateway"]:
        async with DiscordServer() as server:
            yield cls(server)

    async def _online(self) -> None:
        """Discord brings nobody's first message to a bot that is away; those who wrote before are read again."""
        await self.server.until(lambda: self.server.gateway.online, within=PATIENCE)

    async def write(self, text: str) -> None:
        await self._online()
        self.latest = self.server.write(ANN, text)

    async def photos(self, pictures: Sequence[bytes], caption: str) -> None:
        await self._online()
        self.server.write(ANN, caption, files=[(f"{number}.png", data) for number, data in enumerate(pictures)])

    async def file(self, picture: bytes, name: str) -> None:
        await self._online()
        self.server.write(ANN, files=[(name, picture)])

    async def voice(self, recording: bytes) -> None:
        await self._online()
        self.server.write(ANN, files=[("voice-message.ogg", recording)])

    async def edit(self, text: str) -> None:
        self.server.edit(ANN, self.latest, text)

    async def repeat(self) -> None:
        self.server.replay(ANN, self.latest)

    async def write_reversed(self, earlier: str, later: str) -> None:
        channel = self.server.channel_of(ANN)
        messages = [self.server._message(channel, _person(ANN), text, []) for text in (earlier, later)]
        for message in reversed(messages):
            self.server.gateway.dispatch("MESSAGE_CREATE", message, needs=DIRECT_MESSAGES)

    async def press(self, label: str) -> None:
        self.server.press(ANN, self.server.sent_to(ANN)[-1], label)

    async def write_in_group(self, text: str) -> None:
        await self._online()
        self.server.mention(ANN, text)

    async def write_nothing(self) -> None:
        await self._online()
        self.server.write(ANN, "")

    def shown(self) -> list[Shown]:
        return [
            Shown(_read(sent.content), tuple(button["label"] for row in sent.buttons for button in row), sent.file)
            for sent in self.server.sent_to(ANN)
        ]

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        self.server.fault("*", drop="before", times=10_000)
        self.server.gateway.drop()
        yield
        self.server.recover()

    def slow(self, seconds: float) -> None:
        self.server.fault("create_message", delay=seconds)

    def limit(self, seconds: int) -> None:
        self.server.fault("create_message", retry_after=float(seconds))

    def block(self) -> None:
        self.server.block(ANN)


def _read(content: str) -> str:
    """Discord's Markdown as it is shown: bold without its stars, escaped marks as themselves."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", re.sub(r"(?<!\\)\*\*", "", content))
