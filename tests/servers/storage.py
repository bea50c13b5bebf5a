"""A local Supabase Storage: the bucket `screenshots` with the API's own odd refusals, over a real socket.

Every refusal is HTTP 400 with the real code as the string `statusCode`; removing a missing key is fine, and so, to all
appearances, is removing without permission; content is not looked at, only the declared type. Listing shows one folder,
page by page, its folders as entries without an id. `python -m tests.servers.storage PORT KEY` serves it as a process.
"""

import asyncio
import re
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from aiohttp import web
from aiohttp.multipart import BodyPartReader
from aiohttp.typedefs import Handler

MAX_BYTES = 5 * 1024 * 1024
MIMES = {"image/png", "image/jpeg", "image/webp"}
KEY = re.compile(r"[A-Za-z0-9_/!.\-*'() &$@=;:+,?]+")


@dataclass
class Stored:
    data: bytes
    mime: str
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)


@dataclass
class StorageServer:
    """What is stored and what was asked. `script` holds answers for the next requests, in order.

    `may_delete`: whether the key has the permission. A script entry is a status (an HTML page of the gateway), seconds
    to wait before working normally, a `statusCode` (refused as the API refuses), or "garbage".
    """

    key: str
    url: str = ""
    objects: dict[str, Stored] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    script: list[int | float | str] = field(default_factory=list)
    signed: dict[str, tuple[str, float]] = field(default_factory=dict)
    public: bool = False
    may_delete: bool = True

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=2 * MAX_BYTES)
        base = "/storage/v1/object"
        app.add_routes(
            [
                web.get("/storage/v1/bucket/{name}", self._bucket),
                web.post(f"{base}/list/screenshots", self._list),
                web.post(f"{base}/sign/screenshots/{{name:.+}}", self._sign),
                web.get(f"{base}/sign/screenshots/{{name:.+}}", self._open_signed),
                web.get(f"{base}/info/screenshots/{{name:.+}}", self._info),
                web.post(f"{base}/screenshots/{{name:.+}}", self._upload),
                web.get(f"{base}/screenshots/{{name:.+}}", self._download),
                web.delete(f"{base}/screenshots", self._remove),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        planned = self.script.pop(0) if self.script else None
        if isinstance(planned, float):
            await asyncio.sleep(planned)
        elif isinstance(planned, int):
            return web.Response(status=planned, text="<html>gateway</html>", content_type="text/html")
        elif planned == "garbage":
            return web.Response(text="<html>welcome to the hotel</html>", content_type="text/html")
        elif planned is not None:
            return _refusal(planned, "some_error", "refused")
        by_token = request.method == "GET" and "/object/sign/" in request.path
        if not by_token and request.headers.get("Authorization") != f"Bearer {self.key}":
            return _refusal("403", "Unauthorized", "Invalid Compact JWS")
        return await handler(request)

    async def _bucket(self, request: web.Request) -> web.Response:
        if request.match_info["name"] != "screenshots":
            return _refusal("404", "Bucket not found", "Bucket not found")
        return web.json_response({"id": "screenshots", "name": "screenshots", "public": self.public})

    async def _upload(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if not KEY.fullmatch(name):
            return _refusal("400", "InvalidKey", f"Invalid key: {name}")
        stored = await _file_part(request)
        if stored.mime not in MIMES:
            return _refusal("415", "invalid_mime_type", f"mime type {stored.mime} is not supported")
        if len(stored.data) > MAX_BYTES:
            return _refusal("413", "Payload too large", "The object exceeded the maximum allowed size")
        if name in self.objects and request.headers.get("x-upsert") != "true":
            return _refusal("409", "Duplicate", "The resource already exists")
        self.objects[name] = stored
        return web.json_response({"Key": f"screenshots/{name}", "Id": str(uuid4())})

    async def _download(self, request: web.Request) -> web.Response:
        stored = self.objects.get(request.match_info["name"])
        if stored is None:
            return _refusal("404", "not_found", "Object not found")
        return web.Response(body=stored.data, content_type=stored.mime)

    async def _info(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self.objects:
            return _refusal("404", "not_found", "Object not found")
        return web.json_response({"name": name, "size": len(self.objects[name].data)})

    async def _remove(self, request: web.Request) -> web.Response:
        names = (await request.json())["prefixes"] if self.may_delete else []
        removed = [name for name in names if self.objects.pop(name, None)]
        return web.json_response([{"name": name, "bucket_id": "screenshots"} for name in removed])

    async def _list(self, request: web.Request) -> web.Response:
        asked = await request.json()
        prefix = f"{asked['prefix'].rstrip('/')}/".lstrip("/")
        below = {name.removeprefix(prefix): name for name in sorted(self.objects) if name.startswith(prefix)}
        entries = {below_name.split("/")[0]: self._entry(below_name, name) for below_name, name in below.items()}
        start = asked.get("offset", 0)
        return web.json_response([entries[name] for name in sorted(entries)][start : start + asked.get("limit", 100)])

    def _entry(self, below: str, name: str) -> dict[str, Any]:
        if "/" in below:
            return {"name": below.split("/")[0], "id": None, "created_at": None, "metadata": None}
        at = self.objects[name].created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"name": below, "id": str(uuid5(NAMESPACE_URL, name)), "created_at": at, "metadata": {}}

    async def _sign(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self.objects:
            return _refusal("404", "not_found", "Object not found")
        token = secrets.token_urlsafe(16)
        self.signed[token] = (name, time.monotonic() + float((await request.json())["expiresIn"]))
        return web.json_response({"signedURL": f"/object/sign/screenshots/{name}?token={token}"})

    async def _open_signed(self, request: web.Request) -> web.Response:
        name, until = self.signed.get(request.query.get("token", ""), ("", 0.0))
        if name != request.match_info["name"]:
            return _refusal("400", "InvalidJWT", "invalid signature")
        if time.monotonic() > until:
            return _refusal("400", "InvalidJWT", "jwt expired")
        return await self._download(request)


def _refusal(code: str, error: str, message: str) -> web.Response:
    return web.json_response({"statusCode": code, "error": error, "message": message}, status=400)


async def _file_part(request: web.Request) -> Stored:
    """The upload's file, as storage clients send it: one part of a multipart form."""
    stored = Stored(b"", "")
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.filename:
            stored = Stored(bytes(await part.read()), part.headers.get("Content-Type", ""))
    return stored


@asynccontextmanager
async def storage_server(key: str = "service-key", port: int = 0) -> AsyncIterator[StorageServer]:
    """Serves on 127.0.0.1 until the block ends; `url` is what SUPABASE_URL would be."""
    server = StorageServer(key)
    runner = web.AppRunner(server.app(), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()


async def _serve(port: int, key: str) -> None:
    async with storage_server(key, port) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2]))
