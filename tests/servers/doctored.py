"""Small servers for `vigil doctor`: they answer what it asks of Discord, Twilio and a mailbox, and refuse to order."""

import asyncio
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


class Mailbox:
    """IMAP enough to look at: one user, one folder, mails of which only the headers are read."""

    def __init__(self, user: str, password: str) -> None:
        self.login, self.folder = f'LOGIN "{user}" "{password}"', "INBOX"
        self.mails: list[bytes] = []
        self.capabilities = "IMAP4rev1 IDLE"
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        with contextlib.suppress(ConnectionError):
            while line := (await reader.readline()).decode().strip():
                tag, _, command = line.partition(" ")
                for answer in self._answers(command):
                    writer.write(answer + b"\r\n")
                writer.write(f"{tag} {self._result(command)}\r\n".encode())
                await writer.drain()
                if command == "LOGOUT":
                    break
        writer.close()

    def _answers(self, command: str) -> list[bytes]:
        numbers = range(1, len(self.mails) + 1)
        match command.split(" ")[:2]:
            case ["LOGOUT"]:
                return [b"* BYE until next time"]
            case ["CAPABILITY"]:
                return [f"* CAPABILITY {self.capabilities}".encode()]
            case ["SELECT", _]:
                return [f"* {len(self.mails)} EXISTS".encode(), b"* OK [UIDVALIDITY 1] fine"]
            case ["STATUS", _]:
                return [f'* STATUS "INBOX" (MESSAGES {len(self.mails)} UNSEEN {len(self.mails)})'.encode()]
            case ["UID", "SEARCH"]:
                return [b"* SEARCH " + b" ".join(str(number).encode() for number in numbers)]
            case ["UID", "FETCH"]:
                return [self._fetched(number) for number in numbers]
            case _:
                return []

    def _fetched(self, number: int) -> bytes:
        mail = self.mails[number - 1]
        return b"* %d FETCH (UID %d FLAGS () BODY[HEADER] {%d}\r\n%s)" % (number, number, len(mail), mail)

    def _result(self, command: str) -> str:
        if command.startswith("LOGIN") and command != self.login:
            return "NO [AUTHENTICATIONFAILED] Invalid credentials"
        if command.startswith("SELECT") and f'"{self.folder}"' not in command:
            return "NO Mailbox doesn't exist"
        return "OK done"


@asynccontextmanager
async def mailbox(user: str, password: str) -> AsyncIterator[Mailbox]:
    box = Mailbox(user, password)
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
