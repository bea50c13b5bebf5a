"""What happens, told to a page as it happens: server-sent events `chat`, `entries` and `database`."""

import asyncio
import json
from typing import Any, Final

from aiohttp import web

from adapters.sandbox import Sandbox
from adapters.sandbox_wire import EDITS, TEXT_LIMIT, wire_of
from bot.sandbox.guard import HEADERS
from bot.sandbox.watching import shown
from db import pool, watching
from statemachine.errors import Unavailable

MOST_STREAMS: Final = 16
LOOK_SECONDS: Final = 0.7
"""How often the database is looked at for a page, beside the times when something was said."""
BREATH_SECONDS: Final = 15.0
"""A stream that says nothing for so long sends a comment: a peer that is gone is noticed."""


class Streams:
    """One for each open page; all end once `stop` is set."""

    def __init__(self, database: pool.Pool, stop: asyncio.Event) -> None:
        self._pool, self._stop = database, stop
        self._open = 0

    async def follow(self, request: web.Request, chat: Sandbox) -> web.StreamResponse:
        """The response, once the page was closed or the worker ends."""
        if self._open >= MOST_STREAMS:
            raise web.HTTPServiceUnavailable(text="too many pages are open", headers={"Retry-After": "5"})
        self._open += 1
        try:
            response = web.StreamResponse(headers=HEADERS)
            response.content_type, response.charset = "text/event-stream", "utf-8"
            await response.prepare(request)
            await self._tell(request, response, chat)
        except ConnectionResetError:
            pass  # the page was closed
        finally:
            self._open -= 1
        return response

    async def _tell(self, request: web.Request, response: web.StreamResponse, chat: Sandbox) -> None:
        """First the whole chat, then what comes; and what the database holds each time it is something else."""
        clock = asyncio.get_running_loop().time
        begun, version, spoke = False, 0, clock()
        before: Any = ""
        while not self._stop.is_set() and request.transport is not None and not request.transport.is_closing():
            entries = [wire_of(entry) for entry in chat.transcript.since(version)]
            version = chat.transcript.version
            lines = [_event("entries", entries)] if entries and begun else []
            if not begun:
                lines, begun = [_event("chat", _beginning(chat, entries))], True
            state = await self._state(chat)
            if state != before:
                before = state
                lines.append(_event("database", state))
            if not lines and clock() - spoke > BREATH_SECONDS:
                lines.append(": \n\n")
            if lines:
                spoke = clock()
                await response.write("".join(lines).encode())
            await chat.transcript.wait(version, LOOK_SECONDS)

    async def _state(self, chat: Sandbox) -> Any:
        """What the database holds; None while it is away."""
        try:
            async with pool.acquired(self._pool) as connection:
                return shown(await watching.watched(connection, chat.chat))
        except Unavailable:
            return None


def _event(name: str, data: Any) -> str:
    """JSON has no line breaks of its own, which would end the event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _beginning(chat: Sandbox, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole chat, and what its platform allows."""
    return {"entries": entries, "text_limit": TEXT_LIMIT[chat.platform], "edits": chat.platform in EDITS}
