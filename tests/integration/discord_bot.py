"""What the Discord tests have in common: the adapter on the local server, listening or not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from adapters import Seen
from adapters.discord import Discord
from statemachine.message import Message
from tests.inbox import Inbox
from tests.servers.discord import TOKEN, DiscordServer

ANN, BEN = 4001, 4002
PNG = b"\x89PNG not decoded here" * 20


@contextlib.asynccontextmanager
async def bot(server: DiscordServer, **settings: object) -> AsyncIterator[Discord]:
    adapter = Discord(TOKEN, api_url=server.api, **settings)
    try:
        await adapter.connect()
        yield adapter
    finally:
        await adapter.close()


@contextlib.asynccontextmanager
async def listening(adapter: Discord, inbox: Inbox, server: DiscordServer) -> AsyncIterator[asyncio.Task[None]]:
    """With a gateway session, unless the reader ends before it has one."""
    task = asyncio.create_task(adapter.listen(inbox))
    try:
        await server.until(lambda: server.gateway.online or task.done())
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def seen(message: Message) -> Seen:
    return Seen(message.chat_id, message.external_id, message.sent_at)
