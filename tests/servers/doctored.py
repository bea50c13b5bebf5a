"""A small HTTP API for `vigil doctor`: it answers what is asked of Discord and Twilio, and refuses to order."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class Answers:
    """An HTTP API: JSON by path. `refusals` are statuses by path, `authorization` what must be sent with a request."""

    def __init__(self, answers: Mapping[str, Any], authorization: str) -> None:
        self.answers, self.authorization = dict(answers), authorization
        self.refusals: dict[str, int] = {}
        self.asked: list[str] = []
        self.hello: Any = {"op": 10, "d": {"heartbeat_interval": 41250}}
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/gateway-socket/":
            return await self._greet(request)
        self.asked.append(request.path)
        if request.headers.get("Authorization") != self.authorization:
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        if status := self.refusals.get(request.path):
            return web.json_response({"message": "no", "code": 1}, status=status)
        if request.path not in self.answers:
            return web.json_response({"message": "Unknown", "code": 20404}, status=404)
        return web.json_response(self.answers[request.path])

    async def _greet(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self.hello is not None:
            await socket.send_json(self.hello)
        with contextlib.suppress(TimeoutError):
            await socket.receive(timeout=5)
        return socket


@asynccontextmanager
async def answering(answers: Mapping[str, Any], authorization: str) -> AsyncIterator[Answers]:
    api = Answers(answers, authorization)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
