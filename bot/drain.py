"""Takes the waiting messages of a chat, in the order they were accepted, each in a turn of its own.

Who stores a message and who drains the chat both hold the chat's lock while they decide; so a message is either seen
here or handled at once, and nobody overtakes. The model is asked outside any transaction.
"""

from datetime import timedelta

import structlog
from pgqueuer.domain.errors import RetryRequested

from bot.fetching import Fetch
from bot.media import cleaned
from bot.model import Model
from bot.reading.by_model import read_by_model
from bot.settings import Settings
from bot.stored import load_message
from bot.turn import Turns
from bot.understanding import Question, merged, pictures_of, read_context
from db import budgets, inbox, pool
from db.inbox import Waiting
from statemachine.errors import JournalError
from statemachine.events import Event, Pictured, Unread
from statemachine.message import Chat, Message

log = structlog.get_logger(__name__)


class Drain:
    """Drains chats for the job of that name."""

    def __init__(
        self, database: pool.Pool, turns: Turns, model: Model | None, fetch: Fetch, settings: Settings
    ) -> None:
        self._pool, self._turns, self._model, self._fetch, self._settings = database, turns, model, fetch, settings

    async def __call__(self, chat: Chat) -> None:
        """Handle all that waits; an album that may still grow comes back as RetryRequested."""
        while True:
            async with pool.transaction(self._pool) as connection:
                await inbox.lock_chat(connection, chat)
                waiting = await inbox.first_waiting(connection, chat)
            if not waiting:
                return
            turn = self._album(waiting)
            await self._handle(merged([load_message(row.payload) for row in turn]), [row.id for row in turn])

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

    async def _handle(self, message: Message, rows: list[int]) -> None:
        result = await self._turns.counted(message, rows)
        if result.question is not None:
            event = await self._ask(message, result.question)
            await self._turns.counted(message, rows, event)

    async def _ask(self, message: Message, question: Question) -> Event:
        """What the model makes of a message; where it fails the trader is asked instead."""
        pictures = pictures_of(message)
        unsure: Event = Pictured(pictures=pictures) if pictures else Unread()
        if self._model is None:
            return unsure
        context = read_context(question.conversation, question.scene, question.account, question.now)
        try:
            async with pool.acquired(self._pool) as connection:
                if not await budgets.take_model_call(connection, question.user_id, self._settings.ai_calls_per_day):
                    return unsure
            image = None
            if pictures:
                picture = await cleaned(await self._fetch(message.chat, pictures[0]))
                image = (picture.data, picture.mime)
            event = await read_by_model(self._model, message.text, context, image)
        except JournalError as error:
            log.warning("the model could not read a message", reason=str(error))
            return unsure
        return unsure if pictures and isinstance(event, Unread) else event
