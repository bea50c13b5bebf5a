"""How updates reach a bot: what people do, the queue until it is confirmed, the webhook and its repetitions."""

import asyncio
import base64
import contextlib
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp


class Refused(Exception):
    """An answer that is not ok, in Telegram's words."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters


@dataclass(slots=True)
class Sent:
    """A message the bot sent, in the order of arrival; `at` is in seconds on the monotonic clock."""

    chat_id: int
    message_id: int
    method: str
    text: str
    entities: list[dict[str, Any]]
    source: str
    buttons: list[list[dict[str, str]]]
    reply_to: int | None
    file: bytes | None
    at: float
    edits: int = 0


@dataclass(slots=True)
class Webhook:
    url: str
    secret: str
    connections: int = 40
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)


class Traffic:
    """The half of the platform that faces people."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.confirmed: list[int] = []
        self.deliveries: list[tuple[int, int]] = []
        self.webhook: Webhook | None = None
        self._updates: dict[int, tuple[int, dict[str, Any]]] = {}
        self._update_ids = itertools.count(880_000_001)
        self._message_ids = itertools.count(1)
        self._messages: dict[tuple[int, int], dict[str, Any]] = {}
        self._queries: set[str] = set()
        self._files: dict[str, bytes] = {}
        self._blocked: set[int] = set()
        self._allowed: frozenset[str] = frozenset()
        self._poller: asyncio.Future[None] | None = None
        self._changed = asyncio.Event()

    def webhook_info(self, values: Mapping[str, Any]) -> dict[str, Any]:
        url = self.webhook.url if self.webhook else ""
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    # What people do. Each returns the id of the message (of the query for a press) that the bot will see.

    def write(self, chat_id: int, text: str, *, reply_to: int | None = None, **more: Any) -> int:
        answered = self._messages.get((chat_id, reply_to or 0))
        return self._arrive(chat_id, {"text": text, **({"reply_to_message": answered} if answered else {})}, **more)

    def photo(self, chat_id: int, data: bytes | str, *, caption: str = "", **more: Any) -> int:
        content = content_of(data)
        sizes = [
            {"file_id": self._store(content[:100]), "width": 90, "height": 60, "file_size": 100},
            {"file_id": self._store(content), "width": 1280, "height": 853, "file_size": len(content)},
        ]
        for size in sizes:
            size["file_unique_id"] = f"u{size['file_id']}"
        return self._arrive(chat_id, {"photo": sizes, **({"caption": caption} if caption else {})}, **more)

    def album(self, chat_id: int, pictures: list[bytes | str], *, caption: str = "", **more: Any) -> list[int]:
        """As Telegram does: one message each, one media_group_id, the caption on the first only."""
        group = {"media_group_id": str(13_000_000_000 + next(self._message_ids))}
        return [
            self.photo(chat_id, data, caption=caption if number == 0 else "", also=group, **more)
            for number, data in enumerate(pictures)
        ]

    def document(
        self, chat_id: int, data: bytes | str, *, name: str = "chart.png", mime: str = "image/png", **more: Any
    ) -> int:
        return self._arrive(chat_id, {"document": {**self._medium(data), "file_name": name, "mime_type": mime}}, **more)

    def voice(
        self, chat_id: int, data: bytes | str = b"OggS", *, seconds: int = 3, caption: str = "", **more: Any
    ) -> int:
        said = {"caption": caption} if caption else {}
        sound = {**self._medium(data), "duration": seconds, "mime_type": "audio/ogg"}
        return self._arrive(chat_id, {"voice": sound, **said}, **more)

    def sticker(self, chat_id: int, **more: Any) -> int:
        look = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}
        return self._arrive(chat_id, {"sticker": {**self._medium(b"RIFF"), **look}}, **more)

    def edit(self, chat_id: int, message_id: int, text: str, *, seconds_later: int = 0) -> int:
        """Change a text or caption; the edit is dated `seconds_later` after now."""
        message = self._messages[chat_id, message_id]
        field_name = "text" if "text" in message else "caption"
        changed = {**message, field_name: text, "edit_date": int(time.time()) + seconds_later}
        self._messages[chat_id, message_id] = changed
        self._enqueue(chat_id, "edited_message", changed)
        return message_id

    def press(self, chat_id: int, message_id: int, label: str = "", *, data: str = "", language: str = "en") -> str:
        """Tap the button of a message the bot sent, by its label, or with `data` one that it shows no more."""
        message = next(sent for sent in self.sent if (sent.chat_id, sent.message_id) == (chat_id, message_id))
        shown = {button["text"]: button["callback_data"] for row in message.buttons for button in row}
        query_id = str(4_611_686_018_427_000_000 + next(self._message_ids))
        self._queries.add(query_id)
        query = {
            "id": query_id,
            "from": _person(chat_id, language),
            "message": self._messages[chat_id, message_id],
            "chat_instance": str(chat_id),
            "data": data or shown[label],
        }
        self._enqueue(chat_id, "callback_query", query)
        return query_id

    def raw(self, kind: str, payload: Any, *, chat_id: int = 0) -> int:
        """An update of any kind, also one that was not asked for; returns the update's id."""
        return self._enqueue(chat_id, kind, payload, always=True)

    def block(self, chat_id: int) -> None:
        self._blocked.add(chat_id)

    def unblock(self, chat_id: int) -> None:
        self._blocked.discard(chat_id)

    def handle_of(self, chat_id: int, message_id: int) -> str:
        """The file_id of a document that somebody sent."""
        return str(self._messages[chat_id, message_id]["document"]["file_id"])

    def forget_files(self) -> None:
        self._files.clear()

    # How updates travel.

    def _medium(self, data: bytes | str) -> dict[str, Any]:
        content = content_of(data)
        file_id = self._store(content)
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": len(content)}

    def _store(self, content: bytes) -> str:
        file_id = f"AgACAgIAAxkBAAI{next(self._message_ids):06d}"
        self._files[file_id] = content
        return file_id

    def _arrive(
        self,
        chat_id: int,
        content: dict[str, Any],
        *,
        sender: int | None = None,
        language: str | None = "en",
        also: Mapping[str, Any] | None = None,
    ) -> int:
        """A negative chat id is a group, as on the platform."""
        message_id = next(self._message_ids)
        message = {
            "message_id": message_id,
            "date": int(time.time()),
            "chat": chat(chat_id),
            "from": _person(sender or abs(chat_id), language),
            **content,
            **(also or {}),
        }
        self._messages[chat_id, message_id] = message
        self._enqueue(chat_id, "message", message)
        return message_id

    def _enqueue(self, chat_id: int, kind: str, payload: Any, *, always: bool = False) -> int:
        self._messages.setdefault((chat_id, 0), {})
        number = next(self._update_ids)
        if always or not self._allowed or kind in self._allowed:
            self._updates[number] = (chat_id, {"update_id": number, kind: payload})
            if self._poller is not None and not self._poller.done():
                self._poller.set_result(None)
            self._push(chat_id)
        return number

    def _end_poll(self, why: str) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(Refused(409, f"Conflict: {why}"))

    def _push(self, chat_id: int) -> None:
        hook = self.webhook
        if hook is None or (chat_id in hook.tasks and not hook.tasks[chat_id].done()):
            return
        hook.tasks[chat_id] = asyncio.create_task(self._deliver_all(hook, chat_id))

    async def _deliver_all(self, hook: Webhook, chat_id: int) -> None:
        """Until nothing is left, also of what came while the last connection was closed."""
        while any(owner == chat_id for owner, _ in self._updates.values()):
            await self._deliver(hook, chat_id)

    async def _deliver(self, hook: Webhook, chat_id: int) -> None:
        """A chat's updates in order, each again until the answer is 2xx."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        pause = 0.05
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            while waiting := [update for owner, update in self._updates.values() if owner == chat_id]:
                number = waiting[0]["update_id"]
                status = 0
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(hook.url, json=waiting[0], headers=headers) as response:
                        status = response.status
                self.deliveries.append((number, status))
                if 200 <= status < 300:
                    self._updates.pop(number, None)
                    self.confirmed.append(number)
                    pause = 0.05
                else:
                    await asyncio.sleep(pause)
                    pause = min(1.0, pause * 2)
                self._changed.set()

    async def _stop_webhook(self) -> None:
        hook, self.webhook = self.webhook, None
        for task in hook.tasks.values() if hook else ():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def chat(chat_id: int) -> dict[str, Any]:
    if chat_id < 0:
        return {"id": chat_id, "type": "group", "title": "Trading room"}
    return {"id": chat_id, "type": "private", "first_name": "Trader"}


def _person(number: int, language: str | None) -> dict[str, Any]:
    person = {"id": number, "is_bot": False, "first_name": "Trader"}
    return {**person, "language_code": language} if language else person


def content_of(data: bytes | str) -> bytes:
    return base64.b64decode(data) if isinstance(data, str) else data
