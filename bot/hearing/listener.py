"""Has a voice note put into words, which are then read as if they had been written.

Whatever happens, the trader is answered: a note that cannot be fetched or heard, or may not be any more today, is asked
for in writing. It is heard outside any transaction, within the time that a message has in all. The recording is held in
memory alone, and only for that long.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

import structlog

from bot.fetching import Fetch
from bot.hearing.audio import Audio, audio_in
from bot.hearing.ears import Ear, Ears
from bot.hearing.notes import heard, is_unheard, refused, voices_of
from bot.meanings import Made, Question, Refusal, Understood
from bot.services import Service
from bot.settings import Settings
from bot.spending import Spending
from db import ai_keys, pool
from statemachine.errors import AttachmentRefused, AuditError, KeyRefused, PlatformError
from statemachine.message import Message

log = structlog.get_logger(__name__)

TROUBLES: Final = frozenset({"gone", "too_large", "empty", "unsupported"})

Read = Callable[[Message, Question], Awaitable[Understood]]


class Listener:
    """Listens for all chats of this process, and leaves what is written to `read`."""

    def __init__(self, database: pool.Pool, ears: Ears, fetch: Fetch, settings: Settings, read: Read) -> None:
        self._pool, self._ears, self._fetch, self._settings, self._read = database, ears, fetch, settings, read
        self._spending = Spending(database, settings)

    async def __call__(self, message: Message, question: Question) -> Made | Message:
        """What the message means; of a voice note the message in words, or why there are none."""
        if not is_unheard(message):
            return await self._read(message, question)
        try:
            return await self._heard(message, question)
        except AttachmentRefused as error:
            return refused(error.reason if error.reason in TROUBLES else "gone", self._settings)
        except (AuditError, PlatformError, TimeoutError) as error:
            log.warning("a voice note could not be heard", reason=str(error) or type(error).__name__)
            return refused("later", self._settings)

    async def _heard(self, message: Message, question: Question) -> Message | Refusal:
        async with pool.acquired(self._pool) as connection:
            key = await ai_keys.own_key(connection, question.user_id)
        ear = self._ears.of(question.user_id, key)
        if not isinstance(ear, Service):
            return refused(ear, self._settings)
        deadline = time.monotonic() + question.left(self._settings.hearing_seconds)
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                audio = audio_in(await self._fetch(message.chat, voices_of(message)[0]))
            if (audio.seconds or 0) > self._settings.voice_minutes * 60:
                return refused("too_long", self._settings)
            text = await self._words(audio, ear, question.user_id, deadline)
        except KeyRefused as error:
            if ear.own:
                return refused("own_key", self._settings)
            log.error("the service that listens refuses our key", reason=str(error))
            raise
        finally:
            await ear.close()
        if text is None:
            return refused("spent", self._settings)
        return heard(message, text) if text else refused("silent", self._settings)

    async def _words(self, audio: Audio, ear: Ear, user_id: UUID, deadline: float) -> str | None:
        """What was said; None where the trader's share of the day is used up."""
        async with pool.acquired(self._pool) as connection:
            allowance = await self._spending.take(connection, user_id, own_key=ear.own)
        if allowance is None:
            return None
        bill = self._spending.bill(allowance, "voice", name=ear.name, provider=ear.provider)
        answer = await bill.of(ear.client.transcribe(audio, seconds=deadline - time.monotonic()))
        return answer.value.text
