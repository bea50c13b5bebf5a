"""Bytes of attachments, for jobs: by the adapter of the chat they came to."""

from collections.abc import Awaitable, Callable, Mapping

from adapters import Adapter
from bot.understanding import LARGEST_PICTURE
from statemachine.errors import SendLater
from statemachine.message import Attachment, Chat, Platform

Fetch = Callable[[Chat, Attachment], Awaitable[bytes]]


def fetcher(adapters: Mapping[tuple[Platform, str], Adapter]) -> Fetch:
    """Fetches through these adapters. Raises SendLater for an account this process does not have: another may."""

    async def fetch(chat: Chat, attachment: Attachment) -> bytes:
        adapter = adapters.get((chat.platform, chat.account))
        if adapter is None:
            raise SendLater(f"no adapter for {chat.platform} account {chat.account} in this process", after=30.0)
        return await adapter.fetch(attachment, LARGEST_PICTURE)

    return fetch
