"""Twilio's REST API for the WhatsApp adapter: the library's client made patient, its errors in the journal's words.

All that is said of the library in this file was seen in twilio 9.13: it is untyped, its async client ignores its own
`timeout`, gives back no header of an error (Retry-After), and reads a proxy it never uses.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import aiohttp
import structlog
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from adapters.bodies import read_at_most
from adapters.whatsapp_wire import CHANNEL, HANDLE, MOST_MEDIA, Listed, person_of
from statemachine.errors import AttachmentRefused, OperatorError, SendHeld, SendLater, SendRefused

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

OFFICIAL_API: Final = "https://api.twilio.com"
CALL_SECONDS: Final = 15.0
PAGE: Final = 1000
"""Messages on a page of a list, Twilio's most."""
MOST_LISTED: Final = 20_000
REDIRECTS: Final = 3

OUTSIDE_WINDOW: Final = 63016
BAD_MEDIA: Final = frozenset({21620, 21628})
_BLOCKED: Final = frozenset({21610, 63014})
"""The person wrote STOP to this number, or blocked it in WhatsApp."""
_LATER: Final = frozenset({20429, 63018, 63017})
"""Too many at once, for us or for this person."""
_OURS: Final = frozenset({20003, 20005, 20404, 20403, 21212, 21606, 63007})
"""The account or the sender is wrong, suspended or not a WhatsApp sender: for the operator to mend, so replies wait."""


class PatientHttp(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Gives up after CALL_SECONDS (the library waits for ever), and obeys Retry-After, which the library drops.

    Raises SendLater for 429 and 5xx, and where Twilio cannot be reached.
    """

    def __init__(self) -> None:
        quiet = logging.getLogger(f"{__name__}.http")
        quiet.setLevel(logging.WARNING)  # at INFO the library logs addresses with traders' numbers in them
        super().__init__(pool_connections=False, logger=quiet)
        self.session = aiohttp.ClientSession(trust_env=True)

    async def request(self, *args: Any, auth: tuple[str, str] | None = None, **kwargs: Any) -> Response:
        if auth is not None:
            # The library would use aiohttp's BasicAuth, which is deprecated.
            kwargs["headers"] = {**(kwargs.get("headers") or {}), "Authorization": aiohttp.encode_basic_auth(*auth)}
        try:
            async with asyncio.timeout(CALL_SECONDS):
                response = await super().request(*args, **kwargs)
        except (aiohttp.ClientError, TimeoutError) as exc:
            # Without its words: they may hold the address, and that the numbers.
            raise SendLater(f"Twilio cannot be reached ({type(exc).__name__}).") from None
        if response.status_code == 429 or response.status_code >= 500:
            raise SendLater(f"Twilio answered {response.status_code}.", after=seconds(response.headers))
        return response


def seconds(headers: Any) -> float | None:
    """Retry-After in seconds, where it says so."""
    said = str((headers or {}).get("Retry-After", ""))
    return float(said) if said.isdecimal() and len(said) < 6 else None


class Api:
    """One Twilio account, used for one WhatsApp sender. To be made inside a running loop."""

    def __init__(self, account_sid: str, auth_token: str, sender: str, api_url: str) -> None:
        self._account_sid = account_sid
        self._credentials = {"Authorization": aiohttp.encode_basic_auth(account_sid, auth_token)}
        self._address = CHANNEL + sender
        self._url = api_url
        self._official = api_url == OFFICIAL_API
        # An empty mapping would be taken for none, and TWILIO_EDGE or _REGION of the surroundings for settings.
        self._client = Client(account_sid, auth_token, http_client=PatientHttp(), environment={"TWILIO_EDGE": ""})
        # Every address of the client is built on its domain's base_url, those of further pages too.
        self._client.api.base_url = api_url
        self._files: aiohttp.ClientSession | None = None

    async def check(self) -> str:
        """One cheap question: the account's state. Raises OperatorError where it is refused, SendLater on an outage."""
        try:
            account = await self._client.api.v2010.accounts(self._account_sid).fetch_async()
        except (TwilioRestException, TwilioServiceException) as exc:
            if exc.status == 404:
                raise OperatorError("TWILIO_ACCOUNT_SID is unknown to Twilio: copy it from the console") from None
            if exc.status == 401:
                raise OperatorError(
                    "TWILIO_AUTH_TOKEN is refused by Twilio: copy the token of this account from the console"
                ) from None
            if exc.status == 403:
                raise OperatorError(f"Twilio refuses this account ({exc.code}): its console says why") from None
            raise SendLater(f"Twilio answered {exc.status}.") from None
        except (TwilioException, ValueError) as exc:
            raise SendLater(type(exc).__name__) from None
        return str(account.status)

    async def send(self, person: str, callback: str, **message: Any) -> str:
        """Post a message; its SID. Raises SendLater, SendHeld, SendRefused."""
        with _refusals():
            created = await self._client.messages.create_async(
                to=CHANNEL + person, from_=self._address, status_callback=callback, **message
            )
        return str(created.sid)

    async def wrote_since(self, person: str, since: datetime) -> bool:
        """Whether anything of ours is on its way to this person, or arrived, since then. Raises SendLater."""
        with _outages():
            messages = await self._client.messages.list_async(
                to=CHANNEL + person, from_=self._address, date_sent_after=since, limit=20
            )
        failed = ("failed", "undelivered", "canceled")
        return any(_date(each) >= since and each.status not in failed for each in messages)

    async def inbound_since(self, since: datetime) -> list[Listed]:
        """What people wrote to us since then, oldest first. Raises SendLater."""
        found = []
        with _outages():
            # Newest first. Twilio documents the filter for days only, so the list is left once it is too old.
            stream = await self._client.messages.stream_async(
                to=self._address, date_sent_after=since, limit=MOST_LISTED, page_size=PAGE
            )
            async for each in stream:
                if _date(each) < since:
                    break
                if each.direction == "inbound" and (person := person_of(each.from_)) is not None:
                    found.append(Listed(each.sid, person, each.body or "", _date(each), int(each.num_media or 0)))
        return found[::-1]

    async def sent_at(self, sid: str) -> datetime | None:
        """When Twilio had a message, by its own clock; None where it no longer has it. Raises SendLater."""
        with _outages():
            try:
                return _date(await self._client.messages(sid).fetch_async())
            except TwilioRestException as exc:
                if exc.status == 404:
                    return None
                raise

    async def files_of(self, listed: Listed) -> list[tuple[str, str]]:
        """SID and content type of each file of a message. Raises SendLater."""
        if not listed.files:
            return []
        with _outages():
            media = await self._client.messages(listed.sid).media.list_async(limit=MOST_MEDIA)
        return [(each.sid, each.content_type or "") for each in media]

    async def download(self, handle: str, limit: int) -> bytes:
        """A file by `message SID/media SID`: from the API with the account's credentials, or from where it sends us,
        without them. Raises AttachmentRefused ("gone", "too_large"), SendLater."""
        if not HANDLE.fullmatch(handle):
            raise AttachmentRefused("gone")
        message, _, media = handle.partition("/")
        url = f"{self._url}/2010-04-01/Accounts/{self._account_sid}/Messages/{message}/Media/{media}"
        headers = self._credentials
        try:
            for _ in range(REDIRECTS + 1):
                async with self._session().get(url, headers=headers, allow_redirects=False) as response:
                    if response.status not in (301, 302, 303, 307, 308):
                        return await _read(response, limit, ours=bool(headers))
                    url, headers = urljoin(url, response.headers.get("Location", "")), {}
                if not self._is_twilios(url):
                    log.error("media_elsewhere", reason="Twilio's answer leads to a host that is not its own")
                    break
        except (aiohttp.ClientError, TimeoutError, ValueError) as exc:
            raise SendLater(f"Twilio's media cannot be fetched ({type(exc).__name__}).") from None
        raise AttachmentRefused("gone")

    def _session(self) -> aiohttp.ClientSession:
        if self._files is None:
            timeout = aiohttp.ClientTimeout(total=60, sock_connect=5, sock_read=15)
            self._files = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        return self._files

    def _is_twilios(self, url: str) -> bool:
        """Hosts that Twilio names for media (help article 223183748); with an API of one's own, its host alone."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not self._official:
            return parts.scheme in ("http", "https") and host == urlsplit(self._url).hostname
        bucket = host == "s3-external-1.amazonaws.com" and parts.path.startswith("/media.twiliocdn.com/")
        own = host in ("api.twilio.com", "media.twiliocdn.com", "mms.twiliocdn.com") or bucket
        return parts.scheme == "https" and parts.port in (None, 443) and own

    async def close(self) -> None:
        await self._client.http_client.close()
        if self._files is not None:
            await self._files.close()


async def _read(response: aiohttp.ClientResponse, limit: int, *, ours: bool) -> bytes:
    if response.status in (404, 410) or (response.status == 403 and not ours):
        raise AttachmentRefused("gone")
    if response.status != 200:
        raise SendLater(f"Twilio's media answered {response.status}.", after=seconds(response.headers))
    return await read_at_most(response, limit)


def _date(message: Any) -> datetime:
    """When Twilio called our webhook for an inbound message, or sent ours; until it has, when it was made."""
    found = message.date_sent or message.date_created
    return found if isinstance(found, datetime) else datetime.now(UTC)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """What Twilio says to a message, in the journal's words (its error dictionary: twilio.com/docs/api/errors)."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as exc:
        code = int(exc.code or exc.status)
        reason = f"{code} {getattr(exc, 'msg', None) or getattr(exc, 'title', '')}"
        if code == OUTSIDE_WINDOW:
            raise SendHeld(reason) from None
        if code in _BLOCKED:
            raise SendRefused(reason, blocked=True) from None
        if code in _LATER or exc.status in (408, 429) or exc.status >= 500:
            raise SendLater(reason) from None
        if code in _OURS or exc.status in (401, 404):
            log.error("twilio_refuses_us", code=code, hint="check TWILIO_ACCOUNT_SID, _AUTH_TOKEN and _WHATSAPP_FROM")
            raise SendLater(reason) from None
        if code in BAD_MEDIA:
            raise MediaRefused(reason) from None
        raise SendRefused(reason) from None
    except (TwilioException, ValueError) as exc:
        raise SendLater(type(exc).__name__) from None


class MediaRefused(SendRefused):
    """Twilio does not like the picture's address; the words may go alone."""


@contextlib.contextmanager
def _outages() -> Iterator[None]:
    """Whatever goes wrong with a question is for later."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as exc:
        raise SendLater(f"Twilio answered {exc.status}.") from None
    except (TwilioException, AttributeError, LookupError, TypeError, ValueError) as exc:
        raise SendLater(f"Twilio's answer cannot be read ({type(exc).__name__}).") from None
