"""A platform in memory: it records what is sent and serves what was laid down, with refusals to order."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from adapters import Envelope, Receiver
from statemachine.errors import AttachmentRefused, JournalError
from statemachine.message import Attachment, Platform, Reply


@dataclass(frozen=True, slots=True)
class Sent:
    """One reply as it was delivered; `external_id` is what the platform called it."""

    chat_id: str
    reply: Reply
    external_id: str
    envelope: Envelope

    @property
    def text(self) -> str:
        """Title, text, and rows of [buttons]."""
        rows = [" ".join(f"[{button.label}]" for button in row) for row in self.reply.buttons]
        return "\n".join([*([self.reply.title] if self.reply.title else []), self.reply.text, *rows])


class Gate:
    """A send that waits: `reached` once it is asked for, ended by `go`."""

    def __init__(self, error: JournalError) -> None:
        self.error = error
        self.reached, self.go = asyncio.Event(), asyncio.Event()


class Recorder:
    """Satisfies adapters.Adapter.

    files     bytes by handle, for fetch; `fetched` are the handles asked for
    trouble   raised by the next sends, one each
    gates     handles whose fetch waits for an event
    jam       where set, every send waits for it
    asked     the envelope of every try to send, also of those that met trouble
    """

    exclusive = False

    def __init__(self, platform: Platform = "telegram", account: str = "bot") -> None:
        self.platform: Platform = platform
        self.account = account
        self.sent: list[Sent] = []
        self.files: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.trouble: list[JournalError] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.asked: list[Envelope] = []
        self.jam: asyncio.Event | None = None
        self.slow: Gate | None = None
        self.fetch_trouble: list[Exception] = []

    async def connect(self) -> None:
        """Nothing to log in to."""

    async def listen(self, receiver: Receiver) -> None:
        """Messages are handed over by the tests."""

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:
        return ()

    async def send(self, chat_id: str, reply: Reply, envelope: Envelope = Envelope()) -> str | None:
        self.asked.append(envelope)
        if self.jam is not None:
            await self.jam.wait()
        if gate := self.slow:
            self.slow = None
            gate.reached.set()
            await gate.go.wait()
            raise gate.error
        if self.trouble:
            raise self.trouble.pop(0)
        external_id = f"out-{len(self.sent) + 1}"
        self.sent.append(Sent(chat_id, reply, external_id, envelope))
        return external_id

    def hold_next(self, error: JournalError) -> Gate:
        """The next send takes its time, and then fails."""
        self.slow = Gate(error)
        return self.slow

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        self.fetched.append(attachment.handle)
        if gate := self.gates.get(attachment.handle):
            await gate.wait()
        if self.fetch_trouble:
            raise self.fetch_trouble.pop(0)
        data = self.files.get(attachment.handle)
        if data is None:
            raise AttachmentRefused("gone")
        if len(data) > limit:
            raise AttachmentRefused("too_large")
        return data

    async def close(self) -> None:
        """Nothing is held open."""
