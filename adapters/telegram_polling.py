"""The half of Telegram's polling that must forget nothing: which updates are committed, and what may be confirmed."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from telegram import Update
from telegram.request import HTTPXRequest

from adapters.handover import hand_over
from statemachine.message import Message

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

WIDTH: Final = 32
"""Chats served at once."""


class Intake:
    """The updates between Telegram and the journal: chats side by side, each chat in order, none forgotten.

    `offset` is what may be confirmed: it never passes an update that is not committed. One that cannot be committed
    now does not hold up the others either: newer ones are fetched beside it, up to a batch.
    """

    def __init__(self, receive: Callable[[Message], Awaitable[None]], committed: Callable[[Message], None]) -> None:
        self._receive = receive
        self._after_commit = committed
        self._slots = asyncio.Semaphore(WIDTH)
        self._tails: dict[str, asyncio.Task[None]] = {}
        self._open: set[int] = set()
        self._done: set[int] = set()
        self._next: int | None = None
        self._settled = asyncio.Event()

    @property
    def busy(self) -> bool:
        return bool(self._open)

    @property
    def offset(self) -> int | None:
        return min(self._open) if self._open else self._next

    @property
    def unconfirmed(self) -> bool:
        """Something was committed that Telegram would deliver again."""
        return bool(self._done)

    def confirmed(self, offset: int | None) -> None:
        """Telegram was asked with this offset and will not deliver again what lies below."""
        self._done = {number for number in self._done if offset is None or number >= offset}

    def accept(self, lanes: asyncio.TaskGroup, number: int, message: Message | None) -> None:
        """Take one update in Telegram's order; repeats are known, and None is nothing to commit."""
        if number in self._open or number in self._done:
            return
        self._next = number + 1
        if message is None:
            self._done.add(number)
            return
        self._open.add(number)
        self._settled.clear()
        chat = message.chat_id
        tail = lanes.create_task(self._commit(number, message, after=self._tails.get(chat)))
        self._tails[chat] = tail
        tail.add_done_callback(lambda task: self._tails.get(chat) is task and self._tails.pop(chat))

    async def settle(self, longest: float) -> None:
        """Wait until all is committed, `longest` seconds at most."""
        if self._open:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it swallows a cancellation that comes with the event.
                async with asyncio.timeout(longest):
                    await self._settled.wait()

    async def _commit(self, number: int, message: Message, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await asyncio.wait([after])
        await hand_over(self._take, message)
        self._open.discard(number)
        self._done.add(number)
        if not self._open:
            self._settled.set()
        self._after_commit(message)

    async def _take(self, message: Message) -> None:
        async with self._slots:
            await self._receive(message)


class ReadableUpdates(HTTPXRequest):
    """Reduces an update that the library cannot read to its number: else it would hide the 99 others for ever."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        answer = HTTPXRequest.parse_json_payload(payload)
        if isinstance(updates := answer.get("result"), list):
            answer["result"] = [
                data if read_update(data) is not None else {"update_id": data["update_id"]} for data in updates
            ]
        return answer


def read_update(data: dict[str, Any]) -> Update | None:
    """The update, or None (and a line in the log) where the library cannot read it."""
    try:
        return Update.de_json(data)
    except (TypeError, ValueError, KeyError, AttributeError) as exc:
        log.error("update_unreadable", update_id=data.get("update_id"), reason=type(exc).__name__)
        return None
