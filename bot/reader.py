"""Has a message read by the language model: a sentence that plain code is unsure of, a picture that came by itself, or
a question for figures that plain code cannot read (bot/choosing.py).

Whatever happens, the trader is asked: a model that fails, refuses, takes too long or may not be asked any more today
leaves what plain code made of the message. It is asked outside any transaction, and no longer than READING_SECONDS.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, TypeVar
from uuid import UUID

import structlog

from bot.accounts import Accounts
from bot.auditing.judges import Judge, Judges
from bot.auditing.providers import provider_of
from bot.choosing import choose
from bot.fetching import Fetch
from bot.meanings import Question, Understood
from bot.media import cleaned
from bot.questions import is_for_the_model
from bot.reading import ReadContext, read
from bot.reading.by_model import read_by_model
from bot.replies import reply_to_chat
from bot.services import Service
from bot.settings import Settings
from bot.spending import Metered, Purpose, Spending
from bot.texts.buttons import Command
from bot.trading.day import trading_day
from bot.understanding import LARGEST_PICTURE, bare_text, pictures_of, read_context
from db import ai_keys, pool, trades
from statemachine.conversation import Say
from statemachine.errors import AttachmentRefused, AuditError, KeyRefused, PlatformError
from statemachine.events import Asked, Chatted, Event, Pictured, PictureRefused, Unread
from statemachine.message import Attachment, Chat, Message

log = structlog.get_logger(__name__)

MOST_USUAL: Final = 8
"""Symbols that the model is told of."""

Image = tuple[bytes, str]
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class _Case:
    """What is to be read: the text without the names of accounts, and what is known around it.

    said    the text as it came
    day     the trading day that runs
    """

    chat: Chat
    user_id: UUID
    text: str
    said: str
    context: ReadContext
    accounts: Accounts
    day: date
    pictures: tuple[Attachment, ...]
    deadline: float

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()


_AskJudge = Callable[[_Case, Judge, tuple[str, ...]], Awaitable[Given | None]]


class Reader:
    """Asks the model for all chats of this process: on the trader's own key where they have one, as audits are."""

    def __init__(self, database: pool.Pool, judges: Judges, fetch: Fetch, settings: Settings) -> None:
        self._pool, self._judges, self._fetch, self._settings = database, judges, fetch, settings
        self._spending = Spending(database, settings)

    async def __call__(self, message: Message, question: Question) -> Understood:
        """What the model makes of a message, else what plain code makes of it."""
        case = self._case(message, question)
        asked = Asked(text=case.text)
        if question.figures:
            return await self._tried(case, self._choose) or asked
        unsure = _unsure(case)
        try:
            event: Event | None = await self._tried(case, self._read)
        except AttachmentRefused as error:
            return PictureRefused(reason=error.reason, limit_mb=LARGEST_PICTURE // 1024 // 1024)
        if event is None or (case.pictures and isinstance(event, Unread | Chatted | Asked)):
            return unsure
        drafting = bool(question.conversation.drafts)
        if is_for_the_model(event, case.said, case.accounts, case.day, drafting=drafting):
            return await self._tried(case, self._choose) or asked
        return event

    def _case(self, message: Message, question: Question) -> _Case:
        return _Case(
            chat=message.chat,
            user_id=question.user_id,
            text=bare_text(message, question.conversation, question.scene),
            said=message.text,
            context=read_context(question.conversation, question.scene, question.account, question.now),
            accounts=question.accounts,
            day=trading_day(question.now, question.account.day_start),
            pictures=pictures_of(message),
            deadline=time.monotonic() + question.left(self._settings.reading_seconds),
        )

    async def _tried(self, case: _Case, ask: _AskJudge[Given]) -> Given | None:
        """None where the model fails, or nobody is asked. Raises AttachmentRefused."""
        try:
            return await self._judged(case, ask)
        except (AuditError, PlatformError, TimeoutError) as error:
            log.warning("the model could not read a message", reason=str(error) or type(error).__name__)
            return None

    async def _judged(self, case: _Case, ask: _AskJudge[Given]) -> Given | None:
        """None where nobody is asked."""
        async with pool.acquired(self._pool) as connection:
            key = await ai_keys.own_key(connection, case.user_id)
            usual = await trades.usual_symbols(connection, case.user_id, MOST_USUAL)
        judge = self._judges.of(case.user_id, key)
        if not isinstance(judge, Service):
            if judge == "own_key":
                await self._tell(case, Say("reading_own_key", {"trouble": "unreadable"}))
            return None
        try:
            return await ask(case, judge, usual)
        except KeyRefused as error:
            if judge.own:
                await self._tell(case, Say("reading_own_key", {"trouble": "refused"}))
            else:
                log.error("the model's service refuses our key", reason=str(error))
            raise
        finally:
            await judge.close()

    async def _read(self, case: _Case, judge: Judge, usual: tuple[str, ...]) -> Event | None:
        sees = provider_of(judge.provider).images
        if case.pictures and not sees and not case.text.strip():
            return None
        image = await self._image(case) if case.pictures and sees else None
        model = await self._metered(case, judge, "text" if image is None else "picture")
        if model is None:
            return None
        return await read_by_model(model, case.text, case.context, image, usual=usual, seconds=case.left)

    async def _choose(self, case: _Case, judge: Judge, usual: tuple[str, ...]) -> Command | None:
        """The command that answers a question; None where none does."""
        model = await self._metered(case, judge, "question")
        if model is None:
            return None
        names = tuple(account.name for account in case.accounts.all)
        return await choose(model, case.said, case.day, symbols=usual, accounts=names, seconds=case.left)

    async def _metered(self, case: _Case, judge: Judge, purpose: Purpose) -> Metered | None:
        """None, and the trader is told, where the day's budget is used up."""
        async with pool.acquired(self._pool) as connection:
            allowance = await self._spending.take(connection, case.user_id, own_key=judge.own)
        if allowance is None:
            await self._tell(case, Say("reading_spent", {"day": datetime.now(UTC).date()}))
            return None
        return self._spending.metered(judge.client, allowance, purpose, name=judge.name, provider=judge.provider)

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
