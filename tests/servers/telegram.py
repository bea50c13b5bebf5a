"""A Telegram Bot API server on loopback that keeps the platform's rules: offsets, conflicts, limits, refusals.

In a test: `async with TelegramServer() as server`, then `server.write(42, "hi")` and `server.sent`.
As a process: `python -m tests.servers.telegram --port 8081`; every name in CONTROLS is then POST /control/<name> with a
JSON object of its arguments (bytes in base64), and POST /control/batch takes a list of [name, arguments].
"""

import argparse
import asyncio
import base64
import contextlib
import inspect
import io
import itertools
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from aiohttp import web
from PIL import Image

from tests.servers.telegram_html import parse, units
from tests.servers.telegram_traffic import Refused, Sent, Traffic, Webhook, chat

TOKEN = "7000001:local-test-token"
DOWNLOAD_LIMIT = 20_000_000
PHOTO_LIMIT = 10_000_000
PEOPLE = ("write", "photo", "album", "document", "voice", "sticker", "edit", "press", "block", "unblock")
CONTROLS = frozenset((*PEOPLE, "raw", "forget_files", "fault", "sent_to", "pending", "state"))


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` calls of `method` ("*": any), for one chat or all.

    status       answer this instead, with `retry_after` seconds if given
    delay        seconds of silence before anything happens
    drop         cut the connection "before" or "after" the call took effect
    claim        getFile: tell this size in bytes, whatever the file has
    """

    method: str
    status: int = 0
    retry_after: int = 0
    delay: float = 0.0
    drop: str = ""
    claim: int | None = None
    times: int = 1
    chat_id: int | None = None


class TelegramServer(Traffic):
    """The platform. What people do is a method here; what the bot did is in `sent`, `answered`, `calls`, `commands`."""

    def __init__(self, token: str = TOKEN, port: int = 0) -> None:
        super().__init__()
        self.token = token
        self.bot_id = int(token.partition(":")[0])
        self.url = ""
        self.answered: list[str] = []
        self.calls: Counter[str] = Counter()
        self.commands: list[dict[str, str]] = []
        self.translated: dict[str, list[dict[str, str]]] = {}
        self._port = port
        self._faults: list[Fault] = []
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.router.add_post("/control/{name}", self._control)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop_webhook()
        self._end_poll("terminated by the end of the server")
        await self._runner.cleanup()

    def fault(self, method: str, **what: Any) -> None:
        self._faults.append(Fault(method, **what))

    def recover(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()

    # What a test asks.

    def sent_to(self, chat_id: int) -> list[Sent]:
        return [sent for sent in self.sent if sent.chat_id == chat_id]

    def pending(self) -> list[int]:
        """Ids of the updates that the bot has not confirmed."""
        return list(self._updates)

    def state(self) -> dict[str, Any]:
        return {
            "sent": [asdict(sent) for sent in self.sent],
            "answered": self.answered,
            "confirmed": self.confirmed,
            "pending": self.pending(),
            "deliveries": self.deliveries,
            "calls": self.calls,
            "commands": self.commands,
            "webhook": self.webhook.url if self.webhook else None,
        }

    async def until(self, holds: Callable[[], object], within: float = 20.0) -> None:
        """Wait until `holds()` is true, looking after every call of the bot. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), 0.05)

    # The Bot API.

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        values = await _parameters(request)
        fault = self._fault_of(method, values)
        await asyncio.sleep(fault.delay)
        try:
            if fault.drop == "before":
                return _cut(request)
            if request.match_info["token"] != self.token:
                raise Refused(401, "Unauthorized")
            if fault.retry_after:
                raise Refused(429, f"Too Many Requests: retry after {fault.retry_after}", retry_after=fault.retry_after)
            if fault.status:
                raise Refused(fault.status, "Internal Server Error")
            handler = METHODS.get(method.lower())
            if handler is None:
                raise Refused(404, "Not Found")
            result = handler(self, values)
            result = await result if inspect.isawaitable(result) else result
            if fault.claim is not None:
                result = {**result, "file_size": fault.claim}
            answer = {"ok": True, "result": result}
        except Refused as exc:
            answer = {"ok": False, "error_code": exc.status, "description": str(exc)}
            if exc.parameters:
                answer["parameters"] = exc.parameters
            return web.json_response(answer, status=exc.status)
        finally:
            self._changed.set()
        return _cut(request) if fault.drop == "after" else web.json_response(answer)

    def _fault_of(self, method: str, values: Mapping[str, Any]) -> Fault:
        for fault in self._faults:
            about = fault.chat_id is None or str(fault.chat_id) == str(values.get("chat_id"))
            if fault.times > 0 and fault.method in (method, "*") and about:
                fault.times -= 1
                return fault
        return Fault(method)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault_of("file", {})
        await asyncio.sleep(fault.delay)
        content = self._files.get(request.match_info["path"].removeprefix("photos/"))
        if fault.drop:
            return _cut(request)
        if fault.status:
            return web.Response(status=fault.status)
        if request.match_info["token"] != self.token or content is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=content)

    async def _control(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        data = await request.json() if request.can_read_body else {}
        steps = data if name == "batch" else [(name, data)]
        if any(step not in CONTROLS for step, _ in steps):
            return web.Response(status=404)
        results = [getattr(self, step)(**arguments) for step, arguments in steps]
        text = json.dumps(results if name == "batch" else results[0], default=_plain)
        return web.Response(text=text, content_type="application/json")

    def _get_me(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"id": self.bot_id, "is_bot": True, "first_name": "Vigil", "username": "vigil_test_bot"}

    async def _get_updates(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        if self.webhook is not None:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._allow(values)
        offset = int(values.get("offset") or 0)
        numbers = list(self._updates)
        for number in numbers[:offset] if offset < 0 else [number for number in numbers if number < offset]:
            del self._updates[number]
            self.confirmed.append(number)
        if not self._updates and (timeout := float(values.get("timeout") or 0)):
            mine = self._poller = asyncio.get_running_loop().create_future()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(mine, min(timeout, 50))
        limit = min(max(int(values.get("limit") or 100), 1), 100)
        return [update for _, update in itertools.islice(self._updates.values(), limit)]

    def _allow(self, values: Mapping[str, Any]) -> None:
        if (kinds := _json(values.get("allowed_updates"))) is not None:
            self._allowed = frozenset(kinds)

    async def _set_webhook(self, values: Mapping[str, Any]) -> bool:
        url, secret = str(values.get("url", "")), str(values.get("secret_token", ""))
        if not url.startswith(("https://", "http://127.0.0.1:")):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        await self._stop_webhook()
        self._end_poll("terminated by setWebhook request")
        self._allow(values)
        if values.get("drop_pending_updates") == "true":
            self._updates.clear()
        self.webhook = Webhook(url, secret)
        for chat_id in {owner for owner, _ in self._updates.values()}:
            self._push(chat_id)
        return True

    async def _delete_webhook(self, values: Mapping[str, Any]) -> bool:
        await self._stop_webhook()
        if values.get("drop_pending_updates") == "true":
            self._updates.clear()
        return True

    def _set_my_commands(self, values: Mapping[str, Any]) -> bool:
        commands = _json(values.get("commands")) or []
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if language := values.get("language_code"):
            self.translated[language] = commands
        else:
            self.commands = commands
        return True

    def _send_message(self, values: Mapping[str, Any]) -> dict[str, Any]:
        text, entities = _shown(values, "text", 4096, "message is too long")
        if not text:
            raise Refused(400, "Bad Request: message text is empty")
        return self._record("sendMessage", values, text, entities)

    def _send_photo(self, values: Mapping[str, Any]) -> dict[str, Any]:
        content = values.get("photo")
        if not isinstance(content, bytes) or len(content) > PHOTO_LIMIT:
            raise Refused(400, "Bad Request: PHOTO_SAVE_FILE_INVALID")
        try:
            width, height = Image.open(io.BytesIO(content)).size
        except OSError as exc:
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED") from exc
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise Refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        return self._record("sendPhoto", values, *_shown(values, "caption", 1024, "message caption is too long"))

    def _send_document(self, values: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(values.get("document"), bytes):
            raise Refused(400, "Bad Request: there is no document in the request")
        return self._record("sendDocument", values, *_shown(values, "caption", 1024, "message caption is too long"))

    def _record(self, method: str, values: Mapping[str, Any], text: str, entities: list[Any]) -> dict[str, Any]:
        chat_id = self._reachable(values)
        buttons = _buttons(values)
        answers = _json(values.get("reply_parameters")) or {}
        reply_to = answers.get("message_id")
        if reply_to is not None and (chat_id, reply_to) not in self._messages:
            if not answers.get("allow_sending_without_reply"):
                raise Refused(400, "Bad Request: message to be replied not found")
            reply_to = None
        file = values.get("photo") or values.get("document")
        source = str(values.get("text") or values.get("caption") or "")
        number = next(self._message_ids)
        self.sent.append(
            Sent(chat_id, number, method, text, entities, source, buttons, reply_to, file, time.monotonic())
        )
        bot = self._get_me({})
        message = {"message_id": number, "date": int(time.time()), "chat": chat(chat_id), "from": bot, "text": text}
        self._messages[chat_id, number] = message
        return message

    def _reachable(self, values: Mapping[str, Any]) -> int:
        chat_id = int(values["chat_id"])
        if chat_id in self._blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if (chat_id, 0) not in self._messages:
            raise Refused(400, "Bad Request: chat not found")
        return chat_id

    def _edit_message_text(self, values: Mapping[str, Any]) -> dict[str, Any]:
        key = (self._reachable(values), int(values.get("message_id") or 0))
        text, entities = _shown(values, "text", 4096, "message is too long")
        old = next((sent for sent in self.sent if (sent.chat_id, sent.message_id) == key), None)
        if old is None:
            raise Refused(400, "Bad Request: message to edit not found")
        buttons = _buttons(values)
        if (text, entities, buttons) == (old.text, old.entities, old.buttons):
            raise Refused(400, "Bad Request: message is not modified")
        old.text, old.entities, old.buttons, old.edits = text, entities, buttons, old.edits + 1
        self._messages[key] = {**self._messages[key], "text": text}
        return self._messages[key]

    def _answer_callback_query(self, values: Mapping[str, Any]) -> bool:
        if values.get("callback_query_id") not in self._queries:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answered.append(values["callback_query_id"])
        return True

    def _get_file(self, values: Mapping[str, Any]) -> dict[str, Any]:
        file_id = str(values.get("file_id", ""))
        content = self._files.get(file_id)
        if content is None:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(content) > DOWNLOAD_LIMIT:
            raise Refused(400, "Bad Request: file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": len(content),
            "file_path": f"photos/{file_id}",
        }


METHODS: dict[str, Callable[[TelegramServer, Mapping[str, Any]], Any]] = {
    "getme": TelegramServer._get_me,
    "getupdates": TelegramServer._get_updates,
    "setwebhook": TelegramServer._set_webhook,
    "getwebhookinfo": TelegramServer.webhook_info,
    "deletewebhook": TelegramServer._delete_webhook,
    "setmycommands": TelegramServer._set_my_commands,
    "sendmessage": TelegramServer._send_message,
    "sendphoto": TelegramServer._send_photo,
    "senddocument": TelegramServer._send_document,
    "editmessagetext": TelegramServer._edit_message_text,
    "answercallbackquery": TelegramServer._answer_callback_query,
    "getfile": TelegramServer._get_file,
}


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return asdict(value)  # type: ignore[call-overload]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value


async def _parameters(request: web.Request) -> dict[str, Any]:
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        return {**values, **await request.json()}
    for name, value in (await request.post()).items():
        values[name] = value.file.read() if isinstance(value, web.FileField) else value
    return values


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _shown(values: Mapping[str, Any], name: str, limit: int, too_long: str) -> tuple[str, list[Any]]:
    source = str(values.get(name) or "")
    try:
        text, entities = parse(source) if values.get("parse_mode") == "HTML" else (source.strip(), [])
    except ValueError as exc:
        raise Refused(400, f"Bad Request: can't parse entities: {exc}") from exc
    if units(text) > limit:
        raise Refused(400, f"Bad Request: {too_long}")
    return text, entities


def _buttons(values: Mapping[str, Any]) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = (_json(values.get("reply_markup")) or {}).get("inline_keyboard", [])
    for button in itertools.chain.from_iterable(rows):
        if not button.get("text"):
            raise Refused(400, "Bad Request: can't parse inline keyboard button: text must be non-empty")
        if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows


async def _serve(port: int, token: str) -> None:
    async with TelegramServer(token, port) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="A Telegram Bot API server on loopback")
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--token", default=TOKEN)
    options = arguments.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.port, options.token))
