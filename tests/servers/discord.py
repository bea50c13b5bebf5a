"""A Discord on loopback that keeps the platform's rules: API v10, gateway, the 3-second rule, limits, refusals.

In a test: `async with DiscordServer() as server`, then `server.write(4001, "hi")` and `server.sent`.
As a process: `python -m tests.servers.discord --port 8083`; every name in CONTROLS is then POST /control/<name> with a
JSON object of its arguments (bytes in base64).
"""

import argparse
import asyncio
import base64
import contextlib
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, Self

from aiohttp import web

from tests.servers.discord_limits import Refused, answer, check_callback, check_commands, check_message, untranslated
from tests.servers.discord_people import ANSWER_SECONDS, BOT_ID, Asked, People, Sent

USER_PART = base64.urlsafe_b64encode(str(BOT_ID).encode()).decode().rstrip("=")
TOKEN = f"{USER_PART}.local1.{'x' * 38}"
API = "/api/v10"
CONTROLS = frozenset(("write", "edit", "command", "type_symbol", "block", "unblock", "fault", "state"))


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` calls of `name` ("*": any).

    status       answer this instead; with `code`, Discord's number of the error
    retry_after  429, seconds; `everywhere`: it is the limit of the whole bot
    delay        seconds of silence before anything happens
    drop         cut the connection "before" or "after" the call took effect
    """

    name: str
    status: int = 0
    code: int = 0
    retry_after: float = 0.0
    everywhere: bool = False
    delay: float = 0.0
    drop: str = ""
    times: int = 1
    location: str = ""


class DiscordServer(People):
    """The platform. What people do is in People; what the bot did is in `sent`, `asked`, `calls`, `commands`."""

    def __init__(self, token: str = TOKEN, port: int = 0) -> None:
        super().__init__(token)
        self.token = token
        self.calls: Counter[str] = Counter()
        self.commands: dict[int, list[dict[str, Any]]] = {}
        self.interactions_endpoint: str | None = None
        self.session_starts_left = 999
        self._faults: list[Fault] = []
        self._nonces: dict[tuple[int, str], dict[str, Any]] = {}
        self._port = port
        app = web.Application(client_max_size=30_000_000)
        for method, path, name in ROUTES:
            app.router.add_route(method, API + path, self._handler(name))
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._handler("cdn"))
        app.router.add_post("/control/{name}", self._control)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        self._pump: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        self.gateway.url = f"ws://127.0.0.1:{port}/gateway/"
        self._pump = asyncio.create_task(self.gateway.pump())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._pump is not None:
            self._pump.cancel()
        self.gateway.drop()
        await self._runner.cleanup()

    @property
    def api(self) -> str:
        """DISCORD_API_URL."""
        return self.url + API

    def fault(self, name: str, **what: Any) -> None:
        self._faults.append(Fault(name, **what))

    def recover(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()

    def block(self, user: int) -> None:
        self.blocked.add(user)

    def unblock(self, user: int) -> None:
        self.blocked.discard(user)

    def age(self, asked: int, seconds: float) -> None:
        """Let an interaction's token grow older."""
        self.asked[asked].aged += seconds

    def state(self) -> dict[str, Any]:
        sent = [{**asdict(sent), "file": sent.file is not None} for sent in self.sent]
        asked = [asdict(asked) for asked in self.asked.values()]
        return {"sent": sent, "asked": asked, "calls": self.calls, "online": self.gateway.online}

    async def until(self, holds: Callable[[], object], within: float = 20.0) -> None:
        """Wait until `holds()` is true, looking after every call of the bot. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                self.gateway.changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.gateway.changed.wait(), 0.05)

    # How every call is answered.

    def _handler(self, name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            self.calls[name] += 1
            fault = self._fault_of(name)
            await asyncio.sleep(fault.delay)
            try:
                response = _cut(request) if fault.drop == "before" else await self._answer(name, request, fault)
            except Refused as refused:
                response = refused.response()
            finally:
                self.gateway.changed.set()
            return _cut(request) if fault.drop == "after" else response

        return handle

    async def _answer(self, name: str, request: web.Request, fault: Fault) -> web.Response:
        if fault.location:
            return web.Response(status=302, headers={"Location": fault.location})
        if fault.retry_after:
            raise Refused(429, 0, "You are being rate limited.", fault.retry_after, fault.everywhere)
        if fault.status:
            raise Refused(fault.status, fault.code, "as ordered")
        authorised = request.headers.get("Authorization") == f"Bot {self.token}"
        if not authorised and name not in ("callback", "original", "edit_original", "followup", "cdn"):
            raise Refused(401, 0, "401: Unauthorized")
        method: Callable[[web.Request], Awaitable[web.Response]] = getattr(self, f"_{name}")
        return await method(request)

    def _fault_of(self, name: str) -> Fault:
        for fault in self._faults:
            if fault.times > 0 and fault.name in (name, "*"):
                fault.times -= 1
                return fault
        return Fault(name)

    async def _control(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in CONTROLS:
            return web.Response(status=404)
        result = getattr(self, name)(**(await request.json() if request.can_read_body else {}))
        return web.Response(text=json.dumps(result, default=str), content_type="application/json")

    # Login.

    async def _me(self, _: web.Request) -> web.Response:
        return answer(self.me)

    async def _application(self, _: web.Request) -> web.Response:
        return answer(
            {
                "id": str(BOT_ID),
                "name": "Vigil",
                "description": "",
                "icon": None,
                "bot_public": True,
                "bot_require_code_grant": False,
                "owner": {**self.me, "bot": False},
                "verify_key": "00",
                "flags": 0,
                "interactions_endpoint_url": self.interactions_endpoint,
            }
        )

    async def _gateway_bot(self, _: web.Request) -> web.Response:
        left = self.session_starts_left
        limit = {"total": 1000, "remaining": left, "reset_after": 14_400_000, "max_concurrency": 1}
        limits = {"url": self.gateway.url, "shards": self.gateway.shards, "session_start_limit": limit}
        return answer(limits)

    async def _commands(self, request: web.Request) -> web.Response:
        known = self.commands.get(int(request.match_info.get("guild", 0)), [])
        return answer(known if request.query.get("with_localizations") == "true" else untranslated(known))

    async def _put_commands(self, request: web.Request) -> web.Response:
        commands = await request.json()
        check_commands(commands)
        stored = [
            {"id": str(number), "application_id": str(BOT_ID), "version": "1", "nsfw": False, **command}
            for number, command in enumerate(commands, 1)
        ]
        self.commands[int(request.match_info.get("guild", 0))] = stored
        return answer(stored)

    # Messages.

    async def _open_dm(self, request: web.Request) -> web.Response:
        user = int((await request.json())["recipient_id"])
        if user < 1000:
            raise Refused(400, 50033, "Invalid Recipient(s)")
        channel = {"id": str(self.channel_of(user)), "type": 1, "recipients": [{"id": str(user)}]}
        return answer(channel)

    async def _history(self, request: web.Request) -> web.Response:
        after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise Refused(400, 50035, "Invalid Form Body")
        messages = self.messages[self._channel(request)]
        newer = sorted(number for number in messages if number > after)[:limit]
        return answer([messages[number] for number in reversed(newer)])

    async def _message_of(self, request: web.Request) -> web.Response:
        message = self.messages[self._channel(request)].get(int(request.match_info["message"]))
        if message is None:
            raise Refused(404, 10008, "Unknown Message")
        return answer(message)

    def _channel(self, request: web.Request) -> int:
        channel = int(request.match_info["channel"])
        if channel not in self.messages:
            raise Refused(404, 10003, "Unknown Channel")
        return channel

    async def _create_message(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        user = self.owners.get(channel, 0)
        values, file = await _payload(request)
        check_message(values, file)
        if user in self.blocked:
            raise Refused(403, 50007, "Cannot send messages to this user")
        nonce = (channel, str(values.get("nonce", "")))
        if values.get("enforce_nonce") and nonce in self._nonces:
            return answer(self._nonces[nonce])
        message = self._store(channel, user, "dm", values, file)
        if values.get("nonce"):
            self._nonces[nonce] = message
        return answer(message)

    def _store(
        self, channel: int, user: int, way: str, values: dict[str, Any], file: bytes | None, flags: int = 0
    ) -> dict[str, Any]:
        flags |= int(values.get("flags") or 0)
        extra = {"components": values.get("components") or [], "flags": flags}
        message = self._message(channel, self.me, values.get("content") or "", [], **extra)
        sent = Sent(
            way,
            user,
            int(message["id"]),
            message["content"],
            message["components"],
            flags,
            values,
            file,
            time.monotonic(),
        )
        self.sent.append(sent)
        return message

    # Interactions.

    async def _callback(self, request: web.Request) -> web.Response:
        asked = self.asked.get(int(request.match_info["id"]))
        if asked is None or asked.token != request.match_info["token"]:
            raise Refused(404, 10062, "Unknown interaction")
        if asked.answered is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        if not asked.alive:
            raise Refused(404, 10062, "Unknown interaction")
        values = await request.json()
        check_callback(asked.type, values)
        asked.answered, asked.response = values["type"], values.get("data") or {}
        asked.took = time.monotonic() - asked.at
        return answer({"interaction": {"id": str(asked.id), "type": asked.type, "ephemeral": True}})

    def _asked_by_token(self, request: web.Request) -> Asked:
        token = request.match_info["token"]
        asked = next((asked for asked in self.asked.values() if asked.token == token), None)
        if asked is None or asked.answered is None:
            raise Refused(404, 10015, "Unknown Webhook")
        if not asked.alive:
            raise Refused(401, 50027, "Invalid Webhook Token")
        if asked.answered not in (4, 5):
            raise Refused(404, 10008, "Unknown Message")
        return asked

    async def _original(self, request: web.Request) -> web.Response:
        asked = self._asked_by_token(request)
        flags = int(asked.response.get("flags") or 0)
        if asked.original is None:
            loading = {"components": [], "flags": flags | 128}
            return answer({**self._shown_of(asked, 0, ""), **loading})
        sent = next(sent for sent in self.sent if sent.id == asked.original)
        return answer({**self._shown_of(asked, sent.id, sent.content), "flags": sent.flags})

    def _shown_of(self, asked: Asked, number: int, content: str) -> dict[str, Any]:
        return {"id": str(number or asked.id), "channel_id": str(asked.channel), "content": content, "author": self.me}

    async def _edit_original(self, request: web.Request) -> web.Response:
        asked = self._asked_by_token(request)
        values, file = await _payload(request)
        check_message(values, file)
        flags = int(asked.response.get("flags") or 0)
        if asked.original is not None:
            sent = next(sent for sent in self.sent if sent.id == asked.original)
            sent.content, sent.edits = values.get("content") or "", sent.edits + 1
            return answer(self._shown_of(asked, sent.id, sent.content))
        message = self._store(0, asked.user, "original", values, file, flags)
        asked.original = int(message["id"])
        return answer(message)

    async def _followup(self, request: web.Request) -> web.Response:
        asked = self._asked_by_token(request)
        values, file = await _payload(request)
        check_message(values, file)
        if asked.original is None:
            # Discord takes the first follow-up of a deferred answer for that answer.
            message = self._store(0, asked.user, "original", values, file, int(asked.response.get("flags") or 0))
            asked.original = int(message["id"])
            return answer(message)
        return answer(self._store(0, asked.user, "followup", values, file))

    async def _cdn(self, request: web.Request) -> web.Response:
        data = self.files.get(request.match_info["id"])
        if data is None:
            raise Refused(404, 0, "This content is no longer available.")
        return web.Response(body=data)


ROUTES = (
    ("GET", "/users/@me", "me"),
    ("GET", "/oauth2/applications/@me", "application"),
    ("GET", "/gateway/bot", "gateway_bot"),
    ("GET", f"/applications/{BOT_ID}/commands", "commands"),
    ("PUT", f"/applications/{BOT_ID}/commands", "put_commands"),
    ("GET", f"/applications/{BOT_ID}/guilds/{{guild}}/commands", "commands"),
    ("PUT", f"/applications/{BOT_ID}/guilds/{{guild}}/commands", "put_commands"),
    ("POST", "/users/@me/channels", "open_dm"),
    ("GET", "/channels/{channel}/messages", "history"),
    ("GET", "/channels/{channel}/messages/{message}", "message_of"),
    ("POST", "/channels/{channel}/messages", "create_message"),
    ("POST", "/interactions/{id}/{token}/callback", "callback"),
    ("GET", f"/webhooks/{BOT_ID}/{{token}}/messages/@original", "original"),
    ("PATCH", f"/webhooks/{BOT_ID}/{{token}}/messages/@original", "edit_original"),
    ("POST", f"/webhooks/{BOT_ID}/{{token}}", "followup"),
)


async def _payload(request: web.Request) -> tuple[dict[str, Any], bytes | None]:
    if request.content_type == "application/json":
        return await request.json(), None
    form = await request.post()
    file = form.get("files[0]")
    content = file.file.read() if isinstance(file, web.FileField) else None
    return json.loads(str(form["payload_json"])), content


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _serve(port: int, token: str) -> None:
    async with DiscordServer(token, port) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="A Discord on loopback")
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--token", default=TOKEN)
    options = arguments.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.port, options.token))

__all__ = ["ANSWER_SECONDS", "BOT_ID", "TOKEN", "DiscordServer", "Fault"]
