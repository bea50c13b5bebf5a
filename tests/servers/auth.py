"""A local Supabase Auth: the admin API's "create a user", over a real socket, with its own refusals."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web


@dataclass
class AuthServer:
    """`users` by address; `answer`, if set, is what every request gets: a status and a body."""

    key: str
    url: str = ""
    users: dict[str, UUID] = field(default_factory=dict)
    answer: tuple[int, str] | None = None

    async def create(self, request: web.Request) -> web.Response:
        if self.answer is not None:
            status, text = self.answer
            return web.Response(status=status, text=text)
        if (request.headers.get("apikey"), request.headers.get("Authorization")) != (self.key, f"Bearer {self.key}"):
            return web.json_response({"code": 401, "error_code": "no_authorization", "msg": "invalid JWT"}, status=401)
        wanted: dict[str, Any] = await request.json()
        if wanted["email"] in self.users:
            said = "A user with this email address has already been registered"
            return web.json_response({"code": 422, "error_code": "email_exists", "msg": said}, status=422)
        assert wanted["email_confirm"] is True
        self.users[wanted["email"]] = uuid4()
        return web.json_response({"id": str(self.users[wanted["email"]]), "email": wanted["email"]})


@asynccontextmanager
async def auth_server(key: str = "service-key") -> AsyncIterator[AuthServer]:
    """Serves on 127.0.0.1 until the block ends; `url` is what SUPABASE_URL would be."""
    server = AuthServer(key)
    app = web.Application()
    app.router.add_post("/auth/v1/admin/users", server.create)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()
