"""The page's HTTP side: its files, what the trader does on it, and the stream of what happens.

Every route is behind the guard. Nothing that a request says becomes a path: pictures and files are named by the number
of their entry, and what leaves as a picture was decoded and encoded anew.
"""

import asyncio
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from typing import Any, Final, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from adapters import Receiver
from adapters.local_files import MAX_PICTURE
from adapters.sandbox import CHAT_ID, Sandbox
from adapters.sandbox_wire import CAPTION_LIMIT, EDITS, TEXT_LIMIT, units, wire_of
from bot.database import DEMO_TRADER
from bot.media import cleaned
from bot.operating import added_code
from bot.sandbox.guard import HEADERS, guarded, is_own
from bot.sandbox.watching import shown
from bot.server import MAX_BODY
from db import links, local, pool, watching
from statemachine.errors import AttachmentRefused, SendLater, Unavailable
from statemachine.message import PLATFORMS, Chat, Platform

FILES: Final = {
    "page.html": "text/html",
    "icon.svg": "image/svg+xml",
    "page.css": "text/css",
    "looks.css": "text/css",
    "page.js": "text/javascript",
    "chat.js": "text/javascript",
    "journal.js": "text/javascript",
}
PICTURES: Final = frozenset(f"/sandbox/{platform}/pictures" for platform in PLATFORMS)
MOST_STREAMS: Final = 16
LOOK_SECONDS: Final = 0.7
"""How often the database is looked at for a page, beside the times when something was said."""
BREATH_SECONDS: Final = 15.0
"""A stream that says nothing for so long sends a comment: a peer that is gone is noticed."""
LONGEST_NAME: Final = 200

_ONE: Final = "/sandbox/{platform:" + "|".join(PLATFORMS) + "}"
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")

Body = TypeVar("Body", bound=BaseModel)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Written(_Body):
    text: str
    answers: int | None = None


class Edited(_Body):
    entry: int
    text: str


class Chosen(_Body):
    entry: int
    choice: int


class Page:
    """Serves the chats in `chats`, and what the database has of them. Streams end once `stop` is set."""

    def __init__(self, chats: Iterable[Sandbox], receiver: Receiver, database: pool.Pool, stop: asyncio.Event) -> None:
        self._chats: Mapping[Platform, Sandbox] = {chat.platform: chat for chat in chats}
        self._receiver, self._pool, self._stop = receiver, database, stop
        self._streams = 0
        folder = resources.files(__package__)
        self._files = {name: (folder / name).read_bytes() for name in FILES}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", guarded(self._file_shower("page.html"))),
            *(web.get(f"/sandbox/{name}", guarded(self._file_shower(name))) for name in FILES if name != "page.html"),
            web.get(f"{_ONE}/events", guarded(self._events), allow_head=False),
            web.get(f"{_ONE}/entries/{{entry:[0-9]{{1,9}}}}/picture", guarded(self._picture)),
            web.get(f"{_ONE}/entries/{{entry:[0-9]{{1,9}}}}/file", guarded(self._file)),
            web.post(f"{_ONE}/messages", guarded(self._write)),
            web.post(f"{_ONE}/edits", guarded(self._edit)),
            web.post(f"{_ONE}/choices", guarded(self._choose)),
            web.post(f"{_ONE}/pictures", guarded(self._show)),
            web.post(f"{_ONE}/link-code", guarded(self._link_code)),
        ]

    def _file_shower(self, name: str) -> Any:
        async def show(_request: web.Request) -> web.Response:
            return web.Response(body=self._files[name], content_type=FILES[name], charset="utf-8")

        return show

    # ---- what happens

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if self._streams >= MOST_STREAMS:
            raise web.HTTPServiceUnavailable(text="too many pages are open", headers={"Retry-After": "5"})
        self._streams += 1
        try:
            response = web.StreamResponse(headers=HEADERS)
            response.content_type, response.charset = "text/event-stream", "utf-8"
            await response.prepare(request)
            await self._follow(request, response)
        except ConnectionResetError:
            pass  # the page was closed
        finally:
            self._streams -= 1
        return response

    async def _follow(self, request: web.Request, response: web.StreamResponse) -> None:
        """First the whole chat, then what comes; and the database's state each time it is another."""
        chat = self._chat(request)
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
                return shown(await watching.watched(connection, _address(chat)))
        except Unavailable:
            return None

    # ---- what the trader does

    async def _write(self, request: web.Request) -> web.Response:
        chat, written = self._chat(request), await _read(request, Written)
        _check_length(written.text, TEXT_LIMIT[chat.platform])
        with _found():
            await chat.write(self._receiver, written.text, answers=written.answers, locale=_locale(request))
        return web.Response(status=204)

    async def _edit(self, request: web.Request) -> web.Response:
        chat, edited = self._chat(request), await _read(request, Edited)
        _check_length(edited.text, TEXT_LIMIT[chat.platform])
        with _found():
            await chat.edit(self._receiver, edited.entry, edited.text, locale=_locale(request))
        return web.Response(status=204)

    async def _choose(self, request: web.Request) -> web.Response:
        chat, chosen = self._chat(request), await _read(request, Chosen)
        with _found():
            await chat.press(self._receiver, chosen.entry, chosen.choice, locale=_locale(request))
        return web.Response(status=204)

    async def _show(self, request: web.Request) -> web.Response:
        chat, data = self._chat(request), await request.read()
        caption, answers = request.query.get("caption", ""), request.query.get("answers", "")
        if not data or not re.fullmatch("[0-9]{0,9}", answers):
            raise web.HTTPBadRequest(text="bad request")
        if units(caption) > CAPTION_LIMIT[chat.platform]:
            raise web.HTTPRequestEntityTooLarge(0, 0, text="too long")
        with _found():
            await chat.show(
                self._receiver,
                data,
                name=request.query.get("name", "")[:LONGEST_NAME],
                mime=request.content_type[:LONGEST_NAME],
                caption=caption,
                answers=int(answers) if answers else None,
                locale=_locale(request),
            )
        return web.Response(status=204)

    async def _link_code(self, request: web.Request) -> web.Response:
        """A code of the demo trader, as the web app makes one; of nobody else, and none where there is no such trader.

        A terminal that is linked as the demo trader gives way.
        """
        chat = _address(self._chat(request))
        async with pool.transaction(self._pool) as connection:
            user_id = await links.find_user(connection, DEMO_TRADER)
            if user_id is None:
                raise web.HTTPNotFound(text="not found")
            await local.release_local(connection, user_id, chat)
            code = await added_code(connection, user_id, chat.platform)
        return web.json_response({"code": code})

    # ---- what was sent

    async def _picture(self, request: web.Request) -> web.Response:
        try:
            with _found():
                data = await self._chat(request).picture(int(request.match_info["entry"]))
            picture = await cleaned(data)
        except (AttachmentRefused, SendLater):
            raise web.HTTPNotFound(text="not found") from None
        return web.Response(body=picture.data, content_type=picture.mime)

    async def _file(self, request: web.Request) -> web.Response:
        try:
            with _found():
                name, data = await self._chat(request).file(int(request.match_info["entry"]))
        except AttachmentRefused:
            raise web.HTTPNotFound(text="not found") from None
        safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)
        headers = {"Content-Disposition": f'attachment; filename="{safe}"'}
        return web.Response(body=data, content_type="application/octet-stream", headers=headers)

    def _chat(self, request: web.Request) -> Sandbox:
        return self._chats[request.match_info["platform"]]  # type: ignore[index] # the route admits no other


def body_limit(request: web.Request) -> int:
    """Bytes a body may have: a picture's for whoever may send one."""
    return MAX_PICTURE if request.path in PICTURES and is_own(request) else MAX_BODY


@contextmanager
def _found() -> Iterator[None]:
    """An entry that is not there is what any address that is not there is."""
    try:
        yield
    except LookupError:
        raise web.HTTPNotFound(text="not found") from None


async def _read(request: web.Request, kind: type[Body]) -> Body:
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError:
        raise web.HTTPBadRequest(text="bad request") from None


def _check_length(text: str, limit: int) -> None:
    if not text.strip():
        raise web.HTTPBadRequest(text="bad request")
    if units(text) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, units(text), text="too long")


def _locale(request: web.Request) -> str | None:
    found = _LANGUAGE.match(request.headers.get("Accept-Language", ""))
    return found[0] if found else None


def _event(name: str, data: Any) -> str:
    """JSON has no line breaks of its own, which would end the event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _beginning(chat: Sandbox, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole chat, and what its platform allows."""
    return {"entries": entries, "text_limit": TEXT_LIMIT[chat.platform], "edits": chat.platform in EDITS}


def _address(chat: Sandbox) -> Chat:
    return Chat(chat.platform, chat.account, CHAT_ID)
