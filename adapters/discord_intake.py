"""What came from the gateway and is not committed yet: chats side by side, each in order, nothing forgotten.

The gateway wants no acknowledgement and repeats nothing, so a message lives here until the journal has it, and what a
dead process or a new session missed is fetched from the DM's history. The gate is why nothing slips between: from the
beginning of a session until the journal has said what it has, nothing newer is committed. Otherwise the newest
message of a chat would hide the ones missed before it. Fetching too much is harmless: the journal knows repeats.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from adapters.discord_wire import message_number
from adapters.handover import hand_over, pause
from statemachine.errors import SendLater, SendRefused, Unavailable
from statemachine.message import Message

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

WIDTH: Final = 32
"""Chats that are served at once."""
FETCHED_AT_ONCE: Final = 4
"""Histories read at once, besides those of chats where somebody writes just now."""
PATIENCE: Final = 30.0
"""Seconds after which the next history is begun beside one that does not get on."""
MOST_HELD: Final = 10_000
"""Messages in memory. Beyond it DMs are left with Discord and fetched when there is room again."""

Page = tuple[list[Message], int | None]
"""Messages, oldest first, and the id to go on from; None: there is no more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A message until it is committed.

    until         when the interaction behind it dies, seconds since 1970: then it is given up, visibly unanswered
    acknowledged  whether Discord took our acknowledgement of the interaction, once that is known
    """

    message: Message
    until: float | None = None
    acknowledged: Awaitable[bool] | None = None


class Intake:
    """Takes from the gateway, hands to the journal.

    receive    the journal's
    history    a page of a chat's DMs after an id; raises SendLater, SendRefused
    recovered  called when the journal takes messages again after an outage
    """

    def __init__(
        self,
        receive: Callable[[Message], Awaitable[None]],
        history: Callable[[str, int], Awaitable[Page]],
        recovered: Callable[[], None],
        most_held: int = MOST_HELD,
    ) -> None:
        self._receive = receive
        self._history = history
        self._recovered = recovered
        self._most_held = most_held
        self._slots = asyncio.Semaphore(WIDTH)
        self._gate = asyncio.Event()
        self._lanes: dict[str, deque[Held]] = {}
        self._runners: dict[str, asyncio.Task[None]] = {}
        self._sweepers: set[asyncio.Task[None]] = set()
        self._missed: dict[str, int] = {}
        self._left: dict[str, int] = {}
        self._outage = False
        self.held = 0

    def shut(self) -> None:
        """A session began: commit nothing until `catch_up` says from where."""
        self._gate.clear()

    def catch_up(self, known: Mapping[str, int]) -> None:
        """Open the gate. `known`: the newest DM that the journal has, by chat; those after it are fetched."""
        self._missed.update(known)
        self._gate.set()
        for _ in range(FETCHED_AT_ONCE):
            self._keep(self._sweepers, self._sweep())

    def accept(self, held: Held) -> None:
        """Take one in, in the gateway's order. Returns at once."""
        chat, number = held.message.chat_id, message_number(held.message.external_id)
        if held.until is None and (self.held >= self._most_held or chat in self._left):
            if number is not None:
                self._left[chat] = min(number - 1, self._left.get(chat, number))
                self._start(chat)
            return
        self.held += 1
        self._lanes.setdefault(chat, deque()).append(held)
        self._start(chat)

    async def close(self) -> None:
        """Stop; what is not committed will be fetched by the next session."""
        tasks = [*self._sweepers, *self._runners.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, chat: str) -> asyncio.Task[None]:
        if chat not in self._runners:
            self._runners[chat] = asyncio.create_task(self._run(chat), name="discord chat")
        return self._runners[chat]

    @staticmethod
    def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _run(self, chat: str) -> None:
        """One chat until nothing is left: what was missed, then what waits, then what was left with Discord."""
        try:
            while True:
                await self._gate.wait()
                if (after := self._missed.pop(chat, None)) is not None:
                    await self._fetch(chat, after)
                elif lane := self._lanes.get(chat):
                    await self._commit(lane[0])
                    lane.popleft()
                    self.held -= 1
                elif (after := self._left.pop(chat, None)) is not None:
                    await self._fetch(chat, after)
                else:
                    return
        finally:
            self._lanes.pop(chat, None)
            self._runners.pop(chat, None)

    async def _sweep(self) -> None:
        """Read the histories of chats where nobody happens to write."""
        while chat := next((chat for chat in self._missed if chat not in self._runners), None):
            await asyncio.wait([self._start(chat)], timeout=PATIENCE)

    async def _fetch(self, chat: str, after: int | None) -> None:
        attempt = 0
        while after is not None:
            try:
                messages, further = await self._history(chat, after)
            except SendLater as exc:
                await asyncio.sleep(exc.after or pause(attempt, 60.0))
                attempt += 1
            except SendRefused as exc:
                log.info("history_closed", chat_id=chat, reason=str(exc))
                return
            except Exception:
                log.exception("history_unreadable", chat_id=chat)
                return
            else:
                for message in messages:
                    await self._commit(Held(message))
                after, attempt = further, 0

    async def _commit(self, held: Held) -> None:
        message = held.message
        if held.acknowledged is not None and not await _taken(held.acknowledged):
            message = replace(message, handle=None)  # Discord takes no answer to it: that goes by DM
        if not await hand_over(self._take, message, until=held.until):
            log.warning("interaction_given_up", external_id=message.external_id)
            return
        if self._outage:
            self._outage = False
            self._recovered()

    async def _take(self, message: Message) -> None:
        try:
            async with self._slots:
                await self._receive(message)
        except Unavailable:
            self._outage = True
            raise


async def _taken(acknowledged: Awaitable[bool]) -> bool:
    try:
        return await acknowledged
    except Exception:
        log.exception("acknowledging failed")
        return False
