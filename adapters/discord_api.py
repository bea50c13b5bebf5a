"""Discord's HTTP API through discord.py: where it is, what its refusals mean, and what may be logged of it.

Every other Discord module imports the library from here.
"""

import contextlib
import logging
import re
import warnings
from collections.abc import Iterator
from typing import Any, Final

import aiohttp

with warnings.catch_warnings():
    # The library's voice half, which nobody here uses, imports a module that leaves Python in 3.13.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord.gateway import DiscordWebSocket
    from discord.http import HTTPClient, Route
from yarl import URL

from adapters.bodies import read_at_most
from statemachine.errors import AttachmentRefused, PlatformError, SendLater, SendRefused

__all__ = ["Files", "HTTPClient", "Route", "aim", "discord", "form_of", "quieten", "refusals", "told"]

OFFICIAL_API: Final = Route.BASE
OFFICIAL_CDN: Final = ("https://cdn.discordapp.com", "https://media.discordapp.net")
REFUSED: Final = "DISCORD_BOT_TOKEN is refused by Discord: reset it on the Bot page of the developer portal and set it"

LONGEST_FLOOD: Final = 30.0
"""Seconds of flood control that the library waits out by itself: the least it can be set to."""
TIMEOUT: Final = aiohttp.ClientTimeout(total=20, sock_connect=5)
UPLOAD_TIMEOUT: Final = aiohttp.ClientTimeout(total=120, sock_connect=5, sock_read=20)
DOWNLOAD_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, sock_connect=5, sock_read=15)
LONGEST_ALT: Final = 1024
"""Characters of an attachment's description."""

UNREACHABLE: Final = (aiohttp.ClientError, OSError, TimeoutError)
"""What a broken network raises."""

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
UNKNOWN_CHANNEL: Final = 10003
NOT_NOW: Final = frozenset({40003, 40062, 130000})
"""DMs are opened too fast; the service is limited; the resource is overloaded."""
BLOCKED: Final = frozenset({50007, 50278})
"""Cannot send messages to this user: no server in common, DMs closed or the bot blocked."""

_TOKEN_IN_PATH: Final = re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.-]+")


def aim(api_url: str, gateway_url: str | None = None) -> None:
    """Point discord.py at a server. It keeps both addresses in class attributes, so they hold for the process.

    `Route.BASE` is what the library's HTTP client, its interactions and its webhooks build every address from (it is
    how proxies are used with it); `DEFAULT_GATEWAY` is where a shard connects that has no session to resume.
    """
    Route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)


def quieten() -> None:
    """Keep bodies and tokens out of the log: below INFO the library logs both, in warnings still the address."""
    logging.getLogger("discord").setLevel(logging.INFO)
    for name in ("discord.http", "discord.webhook.async_", "discord.state", "discord.gateway", "discord.shard"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, _Discreet) for known in logger.filters):
            logger.addFilter(_Discreet())
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


class _Discreet(logging.Filter):
    """Takes interaction tokens out of addresses, and drops the advice to ask for more intents than are needed."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_TOKEN_IN_PATH.sub(r"\1***", a) if isinstance(a, str) else a for a in record.args)
        return not str(record.msg).startswith("Guilds intent seems to be disabled")


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Discord's refusals in the journal's words: SendLater, SendRefused."""
    try:
        yield
    except discord.RateLimited as exc:
        raise SendLater("flood control", after=exc.retry_after) from exc
    except discord.HTTPException as exc:
        raise told(exc) from exc
    except UNREACHABLE as exc:
        raise SendLater(type(exc).__name__) from None  # its words may hold an address with a token


def told(exc: discord.HTTPException) -> PlatformError:
    if exc.status == 429:
        return SendLater("flood control", after=_seconds(exc))
    if exc.status >= 500 or exc.status == 401 or exc.code in NOT_NOW:
        return SendLater(f"Discord answered {exc.status}.")
    return SendRefused(f"{exc.code or exc.status}: {exc.text[:200]}", blocked=exc.code in BLOCKED)


def _seconds(exc: discord.HTTPException) -> float | None:
    try:
        return float(exc.response.headers.get("Retry-After", ""))
    except ValueError:
        return None


class Files:
    """Downloads from Discord's own file servers and nowhere else."""

    def __init__(self, api_url: str) -> None:
        own = () if api_url.rstrip("/") == OFFICIAL_API else (str(URL(api_url).origin()),)
        self._origins = frozenset((*OFFICIAL_CDN, *own))
        self._session: aiohttp.ClientSession | None = None

    async def get(self, address: str, limit: int) -> bytes:
        """At most `limit` bytes. Raises AttachmentRefused, SendLater."""
        try:
            url = URL(address)
            known = str(url.origin()) in self._origins
        except ValueError:
            known = False
        if not known:
            raise AttachmentRefused("unsupported")
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=DOWNLOAD_TIMEOUT, trust_env=True)
        try:
            async with self._session.get(url, allow_redirects=False) as response:
                return await _body(response, limit)
        except UNREACHABLE as exc:
            raise SendLater(type(exc).__name__) from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if response.status in (400, 403, 404, 410) or 300 <= response.status < 400:
        raise AttachmentRefused("gone")
    if response.status != 200:
        raise SendLater(f"Discord's file server answered {response.status}.")
    return await read_at_most(response, limit)


def form_of(payload: dict[str, Any], name: str, data: bytes, alt: str | None = None) -> list[dict[str, Any]]:
    """A message with a file, as the multipart form that Discord takes. `alt`: what a picture shows."""
    described = {"description": alt[:LONGEST_ALT]} if alt else {}
    text = discord.utils._to_json({**payload, "attachments": [{"id": 0, "filename": name, **described}]})
    return [
        {"name": "payload_json", "value": text},
        {"name": "files[0]", "value": data, "filename": name, "content_type": "application/octet-stream"},
    ]
