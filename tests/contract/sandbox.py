"""The sandbox page as the cases see it: what the page's requests do, without the page."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import ClassVar

from aiohttp import web

from adapters import Receiver
from adapters.sandbox import Sandbox
from adapters.sandbox_wire import Entry
from statemachine.errors import AttachmentRefused, Unavailable
from tests.contract.driver import NO_PLACES, Driver, Shown

NO_PLATFORM = "there is no platform between"
ONCE = "the page sends what is written once, in the order it is written"


class _Chat(Sandbox):
    """A chat that knows the journal, as the page does."""

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:
        self.receiver = receiver
        return super().routes(receiver)


class SandboxPage(Driver):
    name = "Sandbox page"
    albums = False
    cannot: ClassVar = {
        "place": NO_PLACES,
        "image_as_file": "the page sends pictures as pictures",
        "duplicate": ONCE,
        "out_of_order": ONCE,
        "group": "one person sits before it",
        "empty": "the page sends nothing without words",
        "forged": "whoever uses this machine's browser is the person",
        "platform_down": NO_PLATFORM,
        "slow": NO_PLATFORM,
        "rate_limited": NO_PLATFORM,
        "refused": NO_PLATFORM,
    }

    def __init__(self, folder: Path) -> None:
        self.adapter: _Chat = _Chat("telegram", folder, _no_image)

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator["SandboxPage"]:
        yield cls(folder)

    async def write(self, text: str) -> None:
        with suppress(Unavailable):  # the page says so
            await self.adapter.write(self.adapter.receiver, text)

    async def photos(self, pictures: Sequence[bytes], caption: str) -> None:
        for number, data in enumerate(pictures):
            given = {"name": f"chart-{number}.png", "mime": "image/png", "caption": caption if number == 0 else ""}
            await self.adapter.show(self.adapter.receiver, data, **given)

    async def voice(self, recording: bytes) -> None:
        await self.adapter.show(self.adapter.receiver, recording, name="memo.ogg", mime="audio/ogg")

    async def edit(self, text: str) -> None:
        await self.adapter.edit(self.adapter.receiver, self._entries("trader")[-1].id, text)

    async def press(self, label: str) -> None:
        entry = self._entries("vigil")[-1]
        labels = [button.label for row in entry.part.buttons for button in row]
        await self.adapter.press(self.adapter.receiver, entry.id, labels.index(label))

    async def after_outage(self, text: str) -> None:
        """The message shows as not sent, and the person sends it again."""
        assert self._entries("trader")[-1].failed
        await self.write(text)

    def shown(self) -> list[Shown]:
        return [_shown(entry, self.adapter) for entry in self._entries("vigil")]

    def _entries(self, who: str) -> list[Entry]:
        return [entry for entry in self.adapter.transcript.since(0) if entry.who == who]


def _shown(entry: Entry, chat: Sandbox) -> Shown:
    text = "\n".join(filter(None, [entry.part.title, entry.part.text]))
    labels = tuple(button.label for row in entry.part.buttons for button in row)
    file = (chat.folder / entry.file[1]).read_bytes() if entry.file else None
    return Shown(text, labels, file)


async def _no_image(path: str) -> bytes:
    raise AttachmentRefused("gone")
