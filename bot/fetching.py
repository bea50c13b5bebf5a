"""Bytes on their way: of attachments for jobs, by the adapter of the chat they came to; of pictures for adapters."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from adapters import Adapter, LoadImage
from bot.store import ScreenshotStore
from bot.understanding import LARGEST_PICTURE
from statemachine.errors import AttachmentRefused, SendLater, StoreError, Unavailable
from statemachine.message import Attachment, Chat, Platform

SIGNED_SECONDS: Final = 600
"""Of the store's own links, as of ours."""

Fetch = Callable[[Chat, Attachment], Awaitable[bytes]]


def fetcher(adapters: Mapping[tuple[Platform, str], Adapter], *, largest: int = LARGEST_PICTURE) -> Fetch:
    """Fetches files of at most `largest` bytes through these adapters.

    Raises SendLater for an account this process does not have: another may.
    """

    async def fetch(chat: Chat, attachment: Attachment) -> bytes:
        adapter = adapters.get((chat.platform, chat.account))
        if adapter is None:
            raise SendLater(f"no adapter for {chat.platform} account {chat.account} in this process", after=30.0)
        return await adapter.fetch(attachment, largest)

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


def signer(store: ScreenshotStore, public_url: str) -> Callable[[str], Awaitable[str | None]]:
    """The store's own addresses of pictures, signed when they are sent, which spare a platform the way through us.

    None where it has none, or where only we can reach it: an http address beside a PUBLIC_URL of https is an inner one.
    """
    scheme = f"{public_url.partition(':')[0]}:"

    async def sign(path: str) -> str | None:
        try:
            address = await store.sign(path, SIGNED_SECONDS)
        except Unavailable as error:
            raise SendLater(str(error)) from error
        return address if address is not None and address.startswith(scheme) else None

    return sign
