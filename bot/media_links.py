"""Files for platforms that carry none themselves: GET /media/{token}, one file, for ten minutes.

Twilio fetches a reply's picture from an address it is given; a ZIP the person fetches by a link. The token is that
address: it names the file and when it ends, and is signed, so that nobody makes one or changes one. It is made at
sending and stored nowhere.
"""

import base64
import binascii
import hmac
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from aiohttp import web

from bot.exports import export_in, read_file
from bot.settings import Settings
from bot.store import ScreenshotStore, mime_of
from db import pool
from statemachine.errors import StoreError, Unavailable

VALID_SECONDS: Final = 600
LONGEST_TOKEN: Final = 400
_PURPOSE: Final = b"vigil media link"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_SIGNATURE: Final = 32
"""Bytes of HMAC-SHA256."""


class MediaLinks:
    """Makes the addresses and serves what is behind them: pictures of the store, and exports by `read_export`.

    `now` gives seconds since the epoch.
    """

    def __init__(
        self,
        secret: str,
        public_url: str,
        store: ScreenshotStore,
        *,
        read_export: Callable[[str], Awaitable[bytes | None]] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        # A key of its own: no signature made for another purpose with the same secret opens a file.
        self._key = hmac.digest(secret.encode(), _PURPOSE, "sha256")
        self._base = f"{public_url.rstrip('/')}/media/"
        self._store = store
        self._read_export = read_export
        self._now = now

    def url(self, path: str) -> str:
        """Where a picture or an export can be fetched from now on. Raises StoreError for what is no such path."""
        if export_in(path) is None:
            mime_of(path)
        named = f"{int(self._now()) + VALID_SECONDS}:{path}".encode()
        token = base64.urlsafe_b64encode(self._sign(named) + named).rstrip(b"=")
        return self._base + token.decode()

    def routes(self) -> tuple[web.RouteDef, ...]:
        return (web.get("/media/{token}", self._show),)

    async def _show(self, request: web.Request) -> web.Response:
        path = self._path_of(request.match_info["token"])
        if path is None:
            raise web.HTTPNotFound(text="not found")
        if export_in(path) is not None:
            return await self._show_export(path)
        try:
            data = await self._store.get(path)
        except Unavailable:
            raise
        except StoreError:
            raise web.HTTPNotFound(text="not found") from None
        return web.Response(body=data, content_type=mime_of(path), headers=_HEADERS)

    async def _show_export(self, path: str) -> web.Response:
        data = await self._read_export(path) if self._read_export is not None else None
        if data is None:
            raise web.HTTPNotFound(text="not found")
        headers = {**_HEADERS, "Content-Disposition": 'attachment; filename="vigil.zip"'}
        return web.Response(body=data, content_type="application/zip", headers=headers)

    def _path_of(self, token: str) -> str | None:
        """The path in a token that is ours and has not ended; None for all others alike."""
        signed = _decoded(token)
        signature, named = signed[:_SIGNATURE], signed[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._sign(named)):
            return None
        ends, _, path = named.decode().partition(":")
        return path if self._now() < int(ends) else None

    def _sign(self, named: bytes) -> bytes:
        return hmac.digest(self._key, named, "sha256")


def _decoded(token: str) -> bytes:
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return b""
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def media_links(settings: Settings, store: ScreenshotStore, database: pool.Pool | None = None) -> MediaLinks | None:
    """The links of a worker that serves WhatsApp; None for others, which show their pictures themselves.

    Without `database` they can be made, and exports not be served.
    """
    secret = settings.share_secret or settings.twilio_auth_token
    if "whatsapp" not in settings.configured_platforms or secret is None or settings.public_url is None:
        return None
    read_export = partial(read_file, database) if database is not None else None
    return MediaLinks(secret.get_secret_value(), settings.public_url, store, read_export=read_export)
