"""One file per platform: two pure translators (wire to Message, Reply to wire) and the loop that joins them.

An adapter knows its platform and nothing of the journal. It never imports `db` or `bot`.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from aiohttp import web

from statemachine.message import Attachment, Message, Platform, Reply

Receive = Callable[[Message], Awaitable[None]]
"""Hands a message to the journal. Returns once it is committed: only then may the platform be told "received".

Raises Unavailable when there is no database: nothing was stored, the platform must deliver again.
"""


class Adapter(Protocol):
    """The seam between a platform and the journal."""

    platform: Platform
    account: str
    """Our side of every chat: bot id, number, mailbox. Known after `connect`."""
    exclusive: bool
    """True where the platform allows one reader: `listen` then runs under an advisory lock."""

    async def connect(self) -> None:
        """Log in for sending and fetching. Raises OperatorError when the platform refuses the credentials."""

    async def listen(self, receive: Receive) -> None:
        """Read until cancelled; outages of the platform or the database are waited out.

        Returns at once when webhooks do the reading.
        """

    def routes(self, receive: Receive) -> Iterable[web.RouteDef]:
        """Webhook routes, if any."""

    async def send(self, chat_id: str, reply: Reply, handle: str | None = None) -> str | None:
        """Deliver one reply; the platform's id of (the last part of) what was sent. Raises SendLater, SendRefused."""

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        """The bytes of an attachment, at most `limit`. Raises AttachmentRefused ("gone", "too_large"), SendLater."""

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""
