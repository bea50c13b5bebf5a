"""Has a message read by the language model: a sentence that plain code is unsure of, or a picture that came by itself.

Whatever happens, the trader is asked: a model that fails, refuses, takes too long or may not be asked any more today
leaves what plain code made of the message. It is asked outside any transaction, and no longer than READING_SECONDS.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog

from bot.auditing.judges import Judge, Judges
from bot.auditing.providers import provider_of
from bot.fetching import Fetch
from bot.media import cleaned
from bot.reading import ReadContext, read
from bot.reading.by_model import read_by_model
from bot.replies import reply_to_chat
from bot.settings import Settings
from bot.spending import Purpose, Spending
from bot.understanding import LARGEST_PICTURE, Question, bare_text, pictures_of, read_context
from db import ai_keys, pool, trades
from statemachine.conversation import Say
from statemachine.errors import AttachmentRefused, AuditError, KeyRefused, PlatformError
from statemachine.events import Asked, Chatted, Event, Pictured, PictureRefused, Unread
from statemachine.message import Attachment, Chat, Message

log = structlog.get_logger(__name__)

MOST_USUAL: Final = 8
"""Symbols that the model is told of."""

Image = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class _Case:
    """What is to be read: the text without the names of accounts, and what is known around it."""

    chat: Chat
    user_id: UUID
    text: str
    context: ReadContext
    pictures: tuple[Attachment, ...]
    deadline: float

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()


class Reader:
    """Asks the model for all chats of this process: on the trader's own key where they have one, as audits are."""

    def __init__(self, database: pool.Pool, judges: Judges, fetch: Fetch, settings: Settings) -> None:
        self._pool, self._judges, self._fetch, self._settings = database, judges, fetch, settings
        self._spending = Spending(database, settings)

    async def __call__(self, message: Message, question: Question) -> Event:
        """What the model makes of a message, else what plain code makes of it."""
        case = self._case(message, question)
        unsure = _unsure(case)
        try:
            event = await self._read(case)
        except AttachmentRefused as error:
            return PictureRefused(reason=error.reason, limit_mb=LARGEST_PICTURE // 1024 // 1024)
        except (AuditError, PlatformError, TimeoutError) as error:
            log.warning("the model could not read a message", reason=str(error) or type(error).__name__)
            return unsure
        talk = isinstance(event, Unread | Chatted | Asked)
        return unsure if event is None or (case.pictures and talk) else event

    def _case(self, message: Message, question: Question) -> _Case:
        return _Case(
            chat=message.chat,
            user_id=question.user_id,
            text=bare_text(message, question.conversation, question.scene),
            context=read_context(question.conversation, question.scene, question.account, question.now),
            pictures=pictures_of(message),
            deadline=time.monotonic() + question.left(self._settings.reading_seconds),
        )

    async def _read(self, case: _Case) -> Event | None:
        """None where nobody is asked."""
        async with pool.acquired(self._pool) as connection:
            key = await ai_keys.own_key(connection, case.user_id)
            usual = await trades.usual_symbols(connection, case.user_id, MOST_USUAL)
        judge = self._judges.judge_for(case.user_id, key)
        if not isinstance(judge, Judge):
            if judge == "key_unreadable":
                await self._tell(case, Say("reading_own_key", {"trouble": "unreadable"}))
            return None
        try:
            return await self._asked(case, judge, usual)
        except KeyRefused as error:
            if judge.own:
                await self._tell(case, Say("reading_own_key", {"trouble": "refused"}))
            else:
                log.error("the model's service refuses our key", reason=str(error))
            raise
        finally:
            await judge.close()

    async def _asked(self, case: _Case, judge: Judge, usual: tuple[str, ...]) -> Event | None:
        sees = provider_of(judge.provider).images
        if case.pictures and not sees and not case.text.strip():
            return None
        image = await self._image(case) if case.pictures and sees else None
        async with pool.acquired(self._pool) as connection:
            allowance = await self._spending.take(connection, case.user_id, own_key=judge.own)
        if allowance is None:
            await self._tell(case, Say("reading_spent", {"day": datetime.now(UTC).date()}))
            return None
        purpose: Purpose = "text" if image is None else "picture"
        model = self._spending.metered(judge.model, allowance, purpose, name=judge.name, provider=judge.provider)
        return await read_by_model(model, case.text, case.context, image, usual=usual, seconds=case.left)

    async def _image(self, case: _Case) -> Image:
        """The first picture, checked and stripped. Raises TimeoutError where it takes all the time there is."""
        async with asyncio.timeout(case.left):
            picture = await cleaned(await self._fetch(case.chat, case.pictures[0]))
        return picture.data, picture.mime

    async def _tell(self, case: _Case, say: Say) -> None:
        """Why plain code reads alone: said to a chat once a day, before what it made of the message."""
        async with pool.transaction(self._pool) as connection:
            await reply_to_chat(connection, case.chat, case.user_id, say, once_a_day=True)


def _unsure(case: _Case) -> Event:
    if case.pictures:
        return Pictured(pictures=case.pictures)
    event = read(case.text, case.context)
    return event if isinstance(event, Unread) else Unread()
