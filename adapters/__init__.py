"""One file per platform: two pure translators (wire to Message, Reply to wire) and the loop that joins them.

An adapter knows its platform and nothing of the journal. It never imports `db` or `bot`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from aiohttp import web

from statemachine.message import Attachment, Delivery, Message, Platform, Reply

LoadImage = Callable[[str], Awaitable[bytes]]
"""The bytes of a picture by its path in the screenshot store. Raises AttachmentRefused, SendLater."""

LARGEST_FILE: Final[Mapping[Platform, int]] = MappingProxyType(
    {"telegram": 45_000_000, "discord": 9_500_000, "whatsapp": 15_000_000, "email": 7_000_000}
)
"""Bytes of a file in a reply. Telegram takes 50 MB of a bot, Discord 10 MiB; a mail grows by a third on its way, and
mail servers may take no more than 10 MB of it; WhatsApp is given a link, and its phones pay for what they load."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest message of a chat that the journal has; `received_at` is aware UTC."""

    chat_id: str
    external_id: str
    received_at: datetime


class Receiver(Protocol):
    """The journal, as adapters see it."""

    async def receive(self, message: Message) -> None:
        """Hand a message over. Returns once it is committed: only then may the platform be told "received".

        Raises Unavailable when there is no database: nothing was stored, the platform must deliver again.
        """

    async def delivered(self, delivery: Delivery) -> None:
        """Note what became of a reply that the platform had taken. Raises Unavailable."""

    async def newest(self, platform: Platform, account: str, *, besides: str | None = None) -> Sequence[Seen]:
        """The newest message of every chat of this account that wrote in the last 30 days, newest first.

        `besides`: external ids that begin with it do not count. What came after these may have been missed while
        this process or the database was away. Raises Unavailable.
        """


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes with a reply besides its words.

    key              the same at every try to send this reply, and no other reply's
    handle           Message.handle of the message that is answered: an interaction's token, the headers of a mail
    last_inbound_at  when the person last wrote here, aware UTC; None: never, or unknown
    file             the bytes of Reply.file
    """

    key: str = ""
    handle: str | None = None
    last_inbound_at: datetime | None = None
    file: bytes | None = field(default=None, repr=False)


class Adapter(Protocol):
    """The seam between a platform and the journal."""

    platform: Platform
    account: str
    """Our side of every chat: bot id, number, mailbox. Known after `connect`."""
    exclusive: bool
    """True where the platform allows one reader: `listen` then runs under an advisory lock."""

    async def connect(self) -> None:
        """Log in for sending and fetching. Raises OperatorError when the platform refuses the credentials."""

    async def listen(self, receiver: Receiver) -> None:
        """Read until cancelled; outages of the platform or the database are waited out.

        Returns at once when webhooks do the reading.
        """

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:
        """Webhook routes, if any."""

    async def send(self, chat_id: str, reply: Reply, envelope: Envelope = Envelope()) -> str | None:
        """Deliver one reply; the platform's id of (the last part of) what was sent.

        Raises SendLater, SendRefused, SendHeld.
        """

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        """The bytes of an attachment, at most `limit`. Raises AttachmentRefused ("gone", "too_large"), SendLater."""

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""
