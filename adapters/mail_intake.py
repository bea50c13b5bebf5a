"""Mails between the mailbox and the journal: chats side by side, each chat in order, read only once committed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from adapters.handover import hand_over
from statemachine.message import Message

MOST_OPEN: Final = 16
"""Mails in memory at once."""

Mark = tuple[str, int]
"""A mail in the mailbox: UIDVALIDITY and UID."""


class Intake:
    """Hands messages over and keeps the marks of what may be flagged as read."""

    def __init__(self, receive: Callable[[Message], Awaitable[None]]) -> None:
        self._receive = receive
        self._tails: dict[str, asyncio.Task[None]] = {}
        self._open: dict[Mark, asyncio.Task[None]] = {}
        self._done: set[Mark] = set()
        self._news = asyncio.Event()

    @property
    def busy(self) -> bool:
        return bool(self._open)

    def knows(self, mark: Mark) -> bool:
        """It is being handed over, or waits to be flagged."""
        return mark in self._open or mark in self._done

    def accept(self, mark: Mark, message: Message) -> None:
        """Hand over, behind what the same chat wrote before."""
        before = self._tails.get(message.chat_id)
        task = asyncio.create_task(self._commit(message, before))
        self._open[mark] = self._tails[message.chat_id] = task
        task.add_done_callback(lambda _: self._ended(mark, message.chat_id, task))

    def pass_over(self, mark: Mark) -> None:
        """Nothing to hand over."""
        self._done.add(mark)

    def flaggable(self, validity: str) -> list[int]:
        """UIDs that are done with, in the folder as it is now numbered; those of older numberings are forgotten."""
        self._done = {mark for mark in self._done if mark[0] == validity}
        return sorted(uid for _, uid in self._done)

    def flagged(self, validity: str, uids: list[int]) -> None:
        self._done -= {(validity, uid) for uid in uids}

    async def settle(self, longest: float, *, room: bool = False) -> None:
        """Wait until all is committed (`room`: until one more may be taken in), `longest` seconds at most."""
        try:
            async with asyncio.timeout(longest):
                while len(self._open) >= MOST_OPEN if room else self._open:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass

    async def close(self) -> None:
        tasks = list(self._open.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, mark: Mark, chat: str, task: asyncio.Task[None]) -> None:
        self._open.pop(mark, None)
        if self._tails.get(chat) is task:
            del self._tails[chat]
        if not task.cancelled() and task.exception() is None:
            self._done.add(mark)
        self._news.set()

    async def _commit(self, message: Message, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        await hand_over(self._receive, message)
