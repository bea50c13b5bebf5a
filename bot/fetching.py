"""Bytes on their way: of attachments for jobs, by the adapter of the chat they came to; of pictures for adapters."""

from collections.abc import Awaitable, Callable, Mapping

from adapters import Adapter, LoadImage
from bot.store import ScreenshotStore
from bot.understanding import LARGEST_PICTURE
from statemachine.errors import AttachmentRefused, SendLater, StoreError, Unavailable
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


def loader(store: ScreenshotStore) -> LoadImage:
    """Reads the pictures of replies for adapters, in the words of adapters: a store that is away means later."""

    async def load(path: str) -> bytes:
        try:
            return await store.get(path)
        except Unavailable as error:
            raise SendLater(str(error)) from error
        except StoreError as error:
            raise AttachmentRefused("gone") from error

    return load
