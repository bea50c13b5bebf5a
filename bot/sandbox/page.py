"""The page's HTTP side: its files, what the trader does on it, and what was sent.

Every route is behind the guard. Nothing that a request says becomes a path: pictures and files are named by the number
of their entry, and what leaves as a picture was decoded and encoded anew.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from typing import Any, Final, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from adapters import Receiver
from adapters.local_files import MAX_FILE
from adapters.parts import units
from adapters.sandbox import Sandbox
from adapters.sandbox_wire import CAPTION_LIMIT, TEXT_LIMIT
from bot.database import DEMO_TRADER
from bot.media import cleaned
from bot.operating import added_code
from bot.sandbox.guard import guarded, is_own
from bot.sandbox.stream import Streams
from bot.server import MAX_BODY
from db import links, local, pool
from statemachine.errors import AttachmentRefused, SendLater
from statemachine.message import PLATFORMS, Platform

FILES: Final = {
    "page.html": "text/html",
    "icon.svg": "image/svg+xml",
    "page.css": "text/css",
    "looks.css": "text/css",
    "page.js": "text/javascript",
    "chat.js": "text/javascript",
    "journal.js": "text/javascript",
}
UPLOADS: Final = frozenset(f"/sandbox/{platform}/files" for platform in PLATFORMS)
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
        self._receiver, self._pool = receiver, database
        self._streams = Streams(database, stop)
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
            web.post(f"{_ONE}/files", guarded(self._show)),
            web.post(f"{_ONE}/link-code", guarded(self._link_code)),
        ]

    def _file_shower(self, name: str) -> Any:
        async def show(_request: web.Request) -> web.Response:
            return web.Response(body=self._files[name], content_type=FILES[name], charset="utf-8")

        return show

    async def _events(self, request: web.Request) -> web.StreamResponse:
        return await self._streams.follow(request, self._chat(request))

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
        chat = self._chat(request).chat
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
    """Bytes a body may have: a file's for whoever may send one."""
    return MAX_FILE if request.path in UPLOADS and is_own(request) else MAX_BODY


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
