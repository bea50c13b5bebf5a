"""How a reply reaches a person: as the private answer to an interaction while that can be answered, else as a DM."""

import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from adapters import Envelope
from adapters.discord_api import TIMEOUT, UNKNOWN_CHANNEL, UPLOAD_TIMEOUT, HTTPClient, Route, discord, form_of, refusals
from adapters.discord_wire import EPHEMERAL, Handle, message_number, nonce_of

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

LOADING: Final = 1 << 7
"""The flag of a deferred answer that still says "thinking…"."""
UNKNOWN_MESSAGE: Final = 10008
REMEMBERED: Final = 4096

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, or another file, that goes with a reply. `alt`: what the picture shows."""

    name: str
    data: bytes
    alt: str | None = None


class _Gone(Exception):
    """The interaction takes no answers any more."""


class Sender:
    """Sends on an HTTP client that is logged in; no gateway is needed, so any process can."""

    def __init__(self, http: Callable[[], Awaitable[HTTPClient]]) -> None:
        self._http = http
        self._channels: OrderedDict[str, int] = OrderedDict()
        self._answered: OrderedDict[str, None] = OrderedDict()

    async def send(
        self, user: str, payloads: list[Payload], picture: Picture | None, reply_to: str | None, envelope: Envelope
    ) -> str:
        """The id of the last message. Raises SendLater, SendRefused; after SendLater all parts are sent again."""
        handle = Handle.load(envelope.handle)
        sent: Payload = {}
        for part, payload in enumerate(payloads):
            file = picture if part == 0 else None
            with refusals():
                if handle is not None and handle.lives():
                    with contextlib.suppress(_Gone):
                        sent = await self._answer(handle, payload, file)
                        continue
                    log.info("interaction_gone", chat_id=user)
                handle = None
                direct = {**payload, **_once(envelope.key, part), **(_answering(reply_to) if part == 0 else {})}
                sent = await self._direct(user, direct, file)
        return str(sent["id"])

    async def channel_of(self, user: str) -> int:
        """The DM channel with a person; Discord gives the one that exists. Raises SendLater, SendRefused."""
        with refusals():
            return await self._channel_of(user)

    async def _channel_of(self, user: str) -> int:
        if user not in self._channels:
            http = await self._http()
            opening = Route("POST", "/users/@me/channels")
            channel = await http.request(opening, json={"recipient_id": user}, timeout=TIMEOUT)
            self._channels[user] = int(channel["id"])
            if len(self._channels) > REMEMBERED:
                self._channels.popitem(last=False)
        self._channels.move_to_end(user)
        return self._channels[user]

    async def _direct(self, user: str, payload: Payload, file: Picture | None) -> Payload:
        channel = await self._channel_of(user)
        try:
            return await self._request(
                Route("POST", "/channels/{channel_id}/messages", channel_id=channel), payload, file
            )
        except discord.HTTPException as exc:
            if exc.code == UNKNOWN_CHANNEL:
                self._channels.pop(user, None)
            raise

    async def _answer(self, handle: Handle, payload: Payload, file: Picture | None) -> Payload:
        """The first answer takes the place of "thinking…", later ones follow it.

        Which of both this is, Discord itself is asked: so it holds in any process and after a restart, and an answer
        that is there is never written over.
        """
        try:
            if await self._is_thinking(handle):
                edit = _webhook("PATCH", "/messages/@original", handle)
                sent = await self._request(edit, payload, file)
            else:
                follow = _webhook("POST", "", handle)
                private = {**payload, "flags": payload.get("flags", 0) | EPHEMERAL}
                sent = await self._request(follow, private, file)
        except discord.HTTPException as exc:
            if exc.status in (401, 403, 404):
                raise _Gone from exc
            raise
        self._answered[handle.token] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return sent

    async def _is_thinking(self, handle: Handle) -> bool:
        if handle.token in self._answered:
            return False
        http = await self._http()
        try:
            original = await http.request(_webhook("GET", "/messages/@original", handle), timeout=TIMEOUT)
        except discord.NotFound as exc:
            if exc.code == UNKNOWN_MESSAGE:  # dismissed by the person: what follows is still seen
                return False
            raise
        return bool(original.get("flags", 0) & LOADING)

    async def _request(self, route: Route, payload: Payload, file: Picture | None) -> Payload:
        http = await self._http()
        if file is None:
            answer: Payload = await http.request(route, json=payload, timeout=TIMEOUT)
        else:
            answer = await http.request(
                route, form=form_of(payload, file.name, file.data, file.alt), timeout=UPLOAD_TIMEOUT
            )
        return answer


def _webhook(method: str, path: str, handle: Handle) -> Route:
    start = "/webhooks/{webhook_id}/{webhook_token}"
    return Route(method, start + path, webhook_id=handle.application, webhook_token=handle.token)


def _once(key: str, part: int) -> Payload:
    """Discord drops a second message with the same nonce for a few minutes: a reply that is sent again shows once."""
    return {"nonce": nonce_of(key, part), "enforce_nonce": True} if key else {}


def _answering(reply_to: str | None) -> Payload:
    number = message_number(reply_to)
    # The message may have been deleted: the answer still has to arrive.
    return {"message_reference": {"message_id": str(number), "fail_if_not_exists": False}} if number else {}
