"""What happens, told to a page as it happens: server-sent events `chat`, `entries` and `database`."""

import asyncio
import json
from typing import Any, Final

from aiohttp import web

from adapters.sandbox import Sandbox
from adapters.sandbox_wire import EDITS, TEXT_LIMIT, wire_of
from bot.sandbox.guard import HEADERS
from bot.sandbox.recalling import recall
from bot.sandbox.watching import shown
from db import pool, watching
from statemachine.errors import Unavailable

MOST_STREAMS: Final = 16
LOOK_SECONDS: Final = 0.7
"""How often the database is looked at for a page, beside the times when something was said."""
SLOW_SECONDS: Final = 2.0
"""A database that tells nothing for so long is said to be away; what was asked of it is still waited for."""
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
            version = chat.transcript.version
            await response.write(_event("chat", _beginning(chat)))
            async with asyncio.TaskGroup() as tasks:  # what is said does not wait for a database that is slow
                tasks.create_task(self._tell_entries(request, response, chat, version))
                tasks.create_task(self._tell_state(request, response, chat))
        except* ConnectionResetError:
            pass  # the page was closed
        finally:
            self._open -= 1
        return response

    async def _tell_entries(
        self, request: web.Request, response: web.StreamResponse, chat: Sandbox, version: int
    ) -> None:
        """What is newer than `version`, as it comes."""
        clock = asyncio.get_running_loop().time
        spoke = clock()
        while self._goes_on(request):
            await chat.transcript.wait(version, LOOK_SECONDS)
            behind = version < chat.transcript.recalled
            entries = list(chat.transcript.since(version))
            version = chat.transcript.version
            if behind:
                await response.write(_event("chat", _beginning(chat)))
            elif entries:
                await response.write(_event("entries", [wire_of(entry) for entry in entries]))
            elif clock() - spoke > BREATH_SECONDS:
                await response.write(b": \n\n")
            else:
                continue
            spoke = clock()

    async def _tell_state(self, request: web.Request, response: web.StreamResponse, chat: Sandbox) -> None:
        """What the database holds, each time it is something else; None while it is away or slow."""
        before: Any = ""

        async def tell(state: Any) -> None:
            nonlocal before
            if state != before:
                before = state
                await response.write(_event("database", state))

        while self._goes_on(request):
            version = chat.transcript.version
            async with asyncio.TaskGroup() as tasks:
                look = tasks.create_task(self._state(chat))
                done, _ = await asyncio.wait({look}, timeout=SLOW_SECONDS)
                if not done:
                    await tell(None)
            await tell(look.result())
            await chat.transcript.wait(version, LOOK_SECONDS)

    def _goes_on(self, request: web.Request) -> bool:
        return not self._stop.is_set() and request.transport is not None and not request.transport.is_closing()

    async def _state(self, chat: Sandbox) -> Any:
        """What the database holds; None while it is away."""
        try:
            async with pool.acquired(self._pool) as connection:
                await recall(connection, chat)
                return shown(await watching.watched(connection, chat.chat))
        except Unavailable:
            return None


def _event(name: str, data: Any) -> bytes:
    """JSON has no line breaks of its own, which would end the event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _beginning(chat: Sandbox) -> dict[str, Any]:
    """The chat, whether that is all of it, and what its platform allows."""
    return {
        "entries": [wire_of(entry) for entry in chat.transcript.since(0)],
        "whole": chat.transcript.recalled > 0,
        "text_limit": TEXT_LIMIT[chat.platform],
        "edits": chat.platform in EDITS,
    }
