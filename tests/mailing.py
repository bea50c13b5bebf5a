"""The mail adapter at work on a local mailbox, for tests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from adapters.mail import Mail
from tests.inbox import Inbox
from tests.servers.mail import MailServer
from tests.servers.mail_letters import AUTHSERV, JOURNAL


def mail_for(server: MailServer, **settings: Any) -> Mail:
    """An adapter that believes what the local mail server says of senders."""
    given = {"authserv_id": AUTHSERV, "poll_seconds": 0.05, "idle_seconds": 60.0, **settings}
    return Mail(server.imap_url, server.smtp_url, JOURNAL, **given)


@contextlib.asynccontextmanager
async def listening(adapter: Mail, inbox: Inbox) -> AsyncIterator[asyncio.Task[None]]:
    """Connected, and reading until the block ends."""
    await adapter.connect()
    task = asyncio.create_task(adapter.listen(inbox))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await adapter.close()
