"""Takes the waiting messages of a chat, in the order they were accepted, each in a turn of its own.

Who stores a message and who drains the chat both hold the chat's lock while they decide; so a message is either seen
here or handled at once, and nobody overtakes. The model is asked outside any transaction (bot/reader.py).
"""

from datetime import timedelta

import structlog
from pgqueuer.domain.errors import RetryRequested
from pydantic import ValidationError

from bot.replies import apologise
from bot.settings import Settings
from bot.stored import load_message
from bot.turn import Ask, Turns
from bot.understanding import merged
from db import inbox, pool
from db.inbox import Waiting
from statemachine.message import Chat

log = structlog.get_logger(__name__)


class Drain:
    """Drains chats for the job of that name; `ask` puts a question to the model, `process` is this one's id among the
    workers.

    One drain of a chat runs at a time, so that the model is asked once: the others leave it their messages.
    """

    def __init__(self, database: pool.Pool, turns: Turns, ask: Ask, settings: Settings, process: int) -> None:
        self._pool, self._turns, self._ask, self._settings = database, turns, ask, settings
        self._process = process
        self._busy: set[Chat] = set()

    async def __call__(self, chat: Chat) -> None:
        """Handle all that waits; an album that may still grow comes back as RetryRequested."""
        if chat in self._busy:
            return
        self._busy.add(chat)
        try:
            while waiting := await self._next(chat):
                turn = self._album(waiting)
                try:
                    message = merged([load_message(row.payload) for row in turn])
                except ValidationError:  # written by another version, or by hand
                    await self._give_up(chat, turn)
                else:
                    await self._turns.counted(message, [row.id for row in turn], self._ask)
        finally:
            if chat in self._busy:
                self._busy.discard(chat)
                async with pool.acquired(self._pool) as connection:
                    await inbox.release_drain(connection, chat, self._process)

    async def _give_up(self, chat: Chat, turn: list[Waiting]) -> None:
        log.error("a stored message cannot be loaded", platform=chat.platform, message=turn[0].id)
        async with pool.transaction(self._pool) as connection:
            rows = [row.id for row in turn]
            await inbox.store_bare_failure(connection, chat, turn[0].external_id, "unloadable", rows)
            await apologise(connection, chat)

    async def _next(self, chat: Chat) -> list[Waiting]:
        """What waits. Where nothing does the claim ends under the chat's lock: the next message finds none."""
        async with pool.transaction(self._pool) as connection:
            if not await inbox.claim_drain(connection, chat, self._process):
                raise RetryRequested(delay=timedelta(seconds=1), reason="another worker drains this chat")
            waiting = await inbox.first_waiting(connection, chat)
            if not waiting:
                self._busy.discard(chat)
                await inbox.release_drain(connection, chat, self._process)
        return waiting

    def _album(self, waiting: list[Waiting]) -> list[Waiting]:
        """The first message, with the rest of its album."""
        first = waiting[0]
        if first.group_id is None:
            return [first]
        album = [row for row in waiting if row.group_id == first.group_id]
        rest = self._settings.album_wait_seconds - min(row.age for row in album)
        if rest > 0:
            raise RetryRequested(delay=timedelta(seconds=rest), reason="the album may still grow")
        return album
