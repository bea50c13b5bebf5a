"""What the cases need of a platform: people who write there, what they see, and trouble to order.

A new platform is one file with a Driver, and a line in drivers.py. A driver starts a server that behaves like the
platform and makes the real adapter for it; what the platform cannot have is said in `cannot`, with the reason.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from PIL import Image

from adapters import Adapter, Envelope, Receiver, Seen
from bot import server
from bot.settings import Settings
from statemachine.message import Message, Place, Platform, Reply
from tests.inbox import Inbox

PATIENCE = 30.0
"""Seconds for what should take a moment: the machine may be busy."""
LIMIT = 5_000_000

FRANKFURT = Place(50.1109, 8.6821)
NO_PLACES = "nobody can send where they are"

CASES: Mapping[str, str] = {
    "text": "text, both ways and word for word",
    "photo": "a photo with a caption",
    "several_photos": "several photos at once",
    "image_as_file": "a picture sent as a file",
    "place": "a position on the map",
    "voice": "a voice note",
    "edit": "an edited message",
    "duplicate": "the same message twice",
    "out_of_order": "a later message first",
    "over_long_reply": "a reply longer than a message",
    "file": "a file with a reply",
    "buttons": "buttons, or numbers where there are none",
    "group": "a group or channel",
    "empty": "a message without words",
    "forged": "a forged or unsigned message",
    "platform_down": "the platform is down",
    "slow": "the platform is slow",
    "rate_limited": "the platform asks us to wait",
    "refused": "the person blocked us",
    "stranger": "somebody who is not linked is answered",
    "database_away": "the database is away",
}
"""The cases by the names of their tests, and what a reader is told of them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of ours as the person sees it; `choices` are the labels of its buttons, or of its numbers.

    `file`: what came with it, or what opens behind the link in it.
    """

    text: str
    choices: tuple[str, ...] = ()
    file: bytes | None = None


class Driver:
    """A platform with one person on it. `port` is where our side answers HTTP.

    albums         several photos sent at once come as one turn
    knows_blocks   the platform tells a person who blocked us from other refusals
    links          where the platform carries no files: what the address of one begins with
    """

    name: ClassVar[str]
    cannot: ClassVar[Mapping[str, str]] = {}
    albums: ClassVar[bool] = True
    knows_blocks: ClassVar[bool] = True
    links: ClassVar[str] = ""
    adapter: Adapter
    port: int = 0

    @classmethod
    def running(cls, folder: Path) -> "AbstractAsyncContextManager[Driver]":
        """The platform's server is up and the adapter made, not connected; `folder` is empty."""
        raise NotImplementedError

    # What the person does. Each returns when the platform has taken it, whatever our side says.

    async def write(self, text: str) -> None:
        raise NotImplementedError

    async def photos(self, pictures: Sequence[bytes], caption: str) -> None:
        raise NotImplementedError

    async def file(self, picture: bytes, name: str) -> None:
        raise NotImplementedError

    async def place(self) -> None:
        """The person sends where they are: FRANKFURT."""

    async def voice(self, recording: bytes) -> None:
        """A voice note; where people send none, the recording as a file."""
        raise NotImplementedError

    async def edit(self, text: str) -> None:
        """Change the latest message."""
        raise NotImplementedError

    async def repeat(self) -> None:
        """The platform brings the latest message once more."""
        raise NotImplementedError

    async def write_reversed(self, earlier: str, later: str) -> None:
        """Two messages; the platform brings the later one first."""
        raise NotImplementedError

    async def press(self, label: str) -> None:
        """Choose what the latest message of ours offers."""
        raise NotImplementedError

    async def write_in_group(self, text: str) -> None:
        raise NotImplementedError

    async def write_nothing(self) -> None:
        """Something without words or pictures."""
        raise NotImplementedError

    async def forge(self, text: str) -> None:
        """Somebody else pretends that the person wrote; asserts how our side answers, where it does."""
        raise NotImplementedError

    async def after_outage(self, text: str) -> None:
        """What the person does, after our database was away, that the message arrives; on most platforms nothing."""

    def shown(self) -> Sequence[Shown]:
        """What the person sees of us, in order."""
        raise NotImplementedError

    # Trouble. It concerns what is sent to the person from then on.

    def down(self) -> AbstractAsyncContextManager[None]:
        """The platform takes nothing and brings nothing until the block ends."""
        raise NotImplementedError

    def slow(self, seconds: float) -> None:
        """The next thing that is sent takes this long."""
        raise NotImplementedError

    def limit(self, seconds: int) -> None:
        """The next thing that is sent is refused: too many, wait so long."""
        raise NotImplementedError

    def block(self) -> None:
        """The person wants to hear nothing more."""
        raise NotImplementedError


class Journal(Inbox):
    """An inbox that takes a message once, as the real one does; `handed` are all that adapters handed over."""

    def __init__(self) -> None:
        super().__init__()
        self.handed: list[Message] = []

    async def receive(self, message: Message) -> None:
        await super().receive(message)
        self.handed.append(self.messages.pop())
        if (message.chat, message.external_id) not in {(m.chat, m.external_id) for m in self.messages}:
            self.messages.append(message)

    async def newest(self, platform: Platform, account: str, *, besides: str | None = None) -> Sequence[Seen]:
        await super().newest(platform, account, besides=besides)
        last = {m.chat_id: m for m in self.messages if besides is None or not m.external_id.startswith(besides)}
        return [Seen(message.chat_id, message.external_id, message.sent_at) for message in reversed(last.values())]


class Talk:
    """A person on a platform, the adapter that reads it, and a journal that only accepts."""

    def __init__(self, driver: Driver, journal: Journal) -> None:
        self.driver, self.journal = driver, journal
        self._replies = 0

    async def writes(self, text: str) -> Message:
        """Somebody writes; the message, once the journal has it."""
        await self.driver.write(text)
        await until(lambda: text in self.journal.texts)
        return self.journal.messages[-1]

    async def received(self, count: int) -> list[Message]:
        """The first messages, once there are so many."""
        await until(lambda: len(self.journal.messages) >= count)
        return self.journal.messages[:count]

    async def reply(self, reply: Reply, *, to: Message | None = None, file: bytes | None = None) -> str | None:
        """Send as the outbox does, in answer to the latest message. The same reply has the same key at every try."""
        answered = to or self.journal.messages[-1]
        envelope = Envelope(f"{id(reply)}", answered.handle, answered.sent_at, file)
        return await self.driver.adapter.send(answered.chat_id, reply, envelope)

    @property
    def texts(self) -> list[str]:
        return [shown.text for shown in self.driver.shown()]

    async def sees(self, text: str) -> Shown:
        """The person's newest message from us that holds this, once it is there."""
        await until(lambda: any(text in shown.text for shown in self.driver.shown()))
        return next(shown for shown in reversed(self.driver.shown()) if text in shown.text)


@asynccontextmanager
async def serving(driver: Driver, receiver: Receiver) -> AsyncIterator[None]:
    """The adapter's webhooks, where it has any, by our own server on the driver's port."""

    async def ready() -> Mapping[str, bool]:
        return {}

    settings = Settings(_env_file=None, port=driver.port)  # type: ignore[call-arg]
    async with server.serving(settings, driver.adapter.routes(receiver), ready):
        yield


@asynccontextmanager
async def talking(driver: Driver) -> AsyncIterator[Talk]:
    """The adapter connected and reading into a journal in memory."""
    journal = Journal()
    async with serving(driver, journal):
        await driver.adapter.connect()
        reader = asyncio.ensure_future(driver.adapter.listen(journal))
        try:
            yield Talk(driver, journal)
        finally:
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader
            await driver.adapter.close()


async def until(holds: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until it is true. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.01)


def picture(shade: int) -> bytes:
    """A real one: platforms look at what they carry. Each shade is another file."""
    data = io.BytesIO()
    Image.new("RGB", (320, 200), (shade, shade, shade)).save(data, "PNG")
    return data.getvalue()
