"""Bytes of attachments, for jobs: by the adapter of the chat they came to."""

from collections.abc import Awaitable, Callable, Mapping

from adapters import Adapter
from bot.understanding import LARGEST_PICTURE
from statemachine.errors import AttachmentRefused
from statemachine.message import Attachment, Chat, Platform

Fetch = Callable[[Chat, Attachment], Awaitable[bytes]]


def fetcher(adapters: Mapping[tuple[Platform, str], Adapter]) -> Fetch:
    """Fetches through these adapters; a platform this process does not know is a picture that is gone."""

    async def fetch(chat: Chat, attachment: Attachment) -> bytes:
        adapter = adapters.get((chat.platform, chat.account))
        if adapter is None:
            raise AttachmentRefused("gone")
        return await adapter.fetch(attachment, LARGEST_PICTURE)

    return fetch
