"""The heart: one message, one transaction.

receive(message) → begin_turn (lock, load) → meaning → statemachine.step → apply_changes → finish_turn → commit.
Nothing in the transaction touches a network; what takes long is a job, what is said is an outbox row. Only when
`receive` returns may the platform be told that the message was received.

Most messages leave the journal as it is: a report, an answer, talk. Their turn is swift: it is loaded without a lock,
and finish_turn, alone in its transaction, writes it only if no other turn of the chat came between. That is two trips
to the database in place of four, and no lock is held while one is under way. What is written holds all the same: a
draft is checked against the open trades again when it is confirmed, and a confirmation always has the locks. Where a
turn turns out to need them, or came too late, it begins again with them.
"""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from bot import metrics
from bot.accounts import Accounts
from bot.answering import Answering, NeedsLock, view_of
from bot.commands import find_command
from bot.gate import Gate
from bot.meanings import Made, Question
from bot.reading import may_confirm
from bot.replies import apologise
from bot.sanitize import storable_message
from bot.settings import Settings
from bot.stored import dump_message, dump_reply
from bot.texts import render
from db import inbox, pool, turns
from db.turns import Begun, Written
from statemachine.conversation import Say
from statemachine.errors import Collided, Conflict, Unavailable
from statemachine.events import Expired
from statemachine.message import Chat, Message

log = structlog.get_logger(__name__)

Ask = Callable[[Message, Question], Awaitable[Made | Message]]

COLLISIONS = 2
"""Turns that may give way to another transaction before the platform has to deliver again."""
MOST_TRIES = 3
"""Tries of a message that may be taking the worker down with it."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a turn ended: handled, repeated, stored (it waits), failed; or asks: the model comes first."""

    outcome: str
    question: Question | None = None


def _may_be_swift(message: Message) -> bool:
    """False for what is known to look into the journal or change it: a button, a number, a command, a yes."""
    chosen = message.button is not None or message.choice is not None
    return not chosen and find_command(message) is None and not may_confirm(message.text)


class Turns:
    """Takes messages into the journal; one for the whole process. `deliver` is told of every chat after its commit."""

    def __init__(self, database: pool.Pool, settings: Settings, gate: Gate, deliver: Callable[[Chat], None]) -> None:
        self._pool = database
        self._settings = settings
        self._gate = gate
        self._deliver = deliver
        # where traders may have keys of their own, only the reader knows who has one
        self._has_model = settings.openai_api_key is not None or settings.ai_keys_secret is not None

    async def receive(self, message: Message) -> None:
        """Take a message in; it is committed when this returns. Raises Unavailable: nothing was stored."""
        began = time.perf_counter()
        message = storable_message(message)
        outcome = "unavailable"
        try:
            outcome = (await self._let_in(message)).outcome
        finally:
            metrics.count_turn(message.platform, outcome, time.perf_counter() - began)

    async def _let_in(self, message: Message) -> Result:
        if not self._gate.careful:
            return await self.take(message)
        async with self._gate.alone:
            return await self.counted(message)

    async def counted(self, message: Message, rows: list[int] | None = None, ask: Ask | None = None) -> Result:
        """A turn whose try is counted before it begins: a message that keeps killing its worker is set aside.

        `ask` puts a Question to the model, outside any transaction; it is part of the try, as it decodes pictures. Of a
        voice note it gives the message in words, which is read anew.
        """
        async with pool.acquired(self._pool) as connection:
            tries = await inbox.begin_attempt(connection, message.chat, message.external_id)
        try:
            if tries > MOST_TRIES:
                return await self.set_aside(message, "crashed", rows)
            result = await self.take(message, rows=rows, may_wait=ask is None)
            if result.question is not None and ask is not None:
                result = await self._asked(message, rows, ask, result.question)
            return result
        finally:
            # Whatever it came to, the worker lives. With the database away the count stays, and may stand too high.
            with suppress(Unavailable):
                async with pool.acquired(self._pool) as connection:
                    await inbox.end_attempt(connection, message.chat, message.external_id)

    async def _asked(self, message: Message, rows: list[int] | None, ask: Ask, question: Question) -> Result:
        try:
            made = await ask(message, question)
            while isinstance(made, Message):
                message, result = made, await self.take(made, rows=rows, may_wait=False)
                if result.question is None:
                    return result
                made = await ask(message, replace(result.question, since=question.since))
        except Unavailable:
            raise
        except Exception as error:
            log.exception("asking the model failed", platform=message.platform, external_id=message.external_id)
            return await self.set_aside(message, type(error).__name__, rows)
        return await self.take(message, rows=rows, event=made)

    async def take(
        self, message: Message, *, rows: list[int] | None = None, event: Made | None = None, may_wait: bool = True
    ) -> Result:
        """One turn; a turn that fails is set aside.

        rows      the inbox rows it was stored as, when it comes from there
        event     what the model made of it, or why it made nothing; or a timer
        may_wait  store what the model must read for the drain; False: give the Question back
        """
        try:
            swift = rows is None and event is None and may_wait and _may_be_swift(message)
            result = await self._swift_turn(message) if swift else None
            if result is None:
                result = await self._locked_turn(message, rows, event, may_wait)
            self._deliver(message.chat)
            return result
        except Unavailable:
            raise
        except Exception as error:
            if isinstance(error, Conflict) and event is not None and rows is None:
                return Result("repeated")  # a timer or a job's word that was heard before
            log.exception("turn failed", platform=message.platform, external_id=message.external_id)
            return await self.set_aside(message, type(error).__name__, rows, timer=isinstance(event, Expired))

    async def _locked_turn(
        self, message: Message, rows: list[int] | None, event: Made | None, may_wait: bool
    ) -> Result:
        """Again where it collided: an unlinking in another chat takes the profile's lock before this chat's."""
        for _ in range(COLLISIONS):
            with suppress(Collided):
                async with pool.transaction(self._pool) as connection:
                    return await self._turn(connection, message, rows, event, may_wait)
        async with pool.transaction(self._pool) as connection:
            return await self._turn(connection, message, rows, event, may_wait)

    async def _turn(
        self, connection: pool.Connection, message: Message, rows: list[int] | None, event: Made | None, may_wait: bool
    ) -> Result:
        fresh = rows is None and event is None
        begun = await self._begin(connection, message, fresh=fresh)
        if begun.outcome == "repeat" or (rows and not await inbox.still_waiting(connection, rows)):
            return Result("repeated")
        if isinstance(event, Expired) and not await inbox.is_due(connection, message.chat, message.sent_at):
            return Result("repeated")  # the wait that this timer was for has ended
        if begun.chosen is not None:
            message = replace(message, button=begun.chosen)
        turn = Answering(connection, message, begun, self._settings, datetime.now(UTC))
        question = await self._decide(turn, event, fresh=fresh)
        if question is not None and not may_wait:
            return Result("asks", question)
        turn.written.rows = rows
        await turns.finish_turn(connection, message.chat, message.external_id, turn.user_id, turn.written)
        return Result("stored" if turn.written.status == "waiting" else "handled")

    async def _swift_turn(self, message: Message) -> Result | None:
        """A turn that leaves the journal as it is; None where it needs the locks, or came too late: nothing is done."""
        async with pool.acquired(self._pool) as connection:
            begun = await self._begin(connection, message, fresh=True, lock=False)
            if begun.outcome == "repeat":
                return Result("repeated")
            if begun.outcome == "lock":
                return None
            turn = Answering(None, message, begun, self._settings, datetime.now(UTC))
            try:
                await self._decide(turn, None, fresh=True)
            except NeedsLock:
                return None
            written = await turns.finish_turn(
                connection, message.chat, message.external_id, turn.user_id, turn.written, begun.version
            )
        if not written:
            return None
        return Result("stored" if turn.written.status == "waiting" else "handled")

    async def _decide(self, turn: Answering, event: Made | None, *, fresh: bool) -> Question | None:
        """Let the message wait, or answer it. With a question for the model nothing is decided yet, and it waits."""
        message, begun = turn.message, turn.begun
        question = None
        if begun.outcome == "wait":
            turn.store()
        elif begun.outcome == "go" and fresh and message.group_id is not None:
            turn.store(after=self._settings.album_wait_seconds)
        elif question := await turn.answer(event, may_ask=self._has_model and event is None):
            turn.store()
        turn.written.locale = begun.locale
        turn.written.handle = message.handle
        if fresh:
            turn.written.count(begun)
        return question

    async def _begin(self, connection: pool.Connection, message: Message, *, fresh: bool, lock: bool = True) -> Begun:
        limit = self._settings.messages_per_minute
        return await turns.begin_turn(connection, message, fresh=fresh, limit=limit, lock=lock)

    async def set_aside(self, message: Message, error: str, rows: list[int] | None, *, timer: bool = False) -> Result:
        """Store a poison message as failed, with an apology. It blocks nobody; `vigil jobs` lists it.

        Where even that fails, the bare fact is stored: nothing may come back for ever. A timer is only stopped.
        """
        try:
            async with pool.transaction(self._pool) as connection:
                outcome = await self._store_failed(connection, message, error, rows, timer=timer)
        except Unavailable:
            raise
        except Exception:
            log.exception("setting aside failed", platform=message.platform, external_id=message.external_id)
            async with pool.transaction(self._pool) as connection:
                await inbox.store_bare_failure(connection, message.chat, message.external_id, error, rows or [])
            if not timer:
                await self._apologise(message.chat)
            outcome = "failed"
        self._deliver(message.chat)
        return Result(outcome)

    async def _apologise(self, chat: Chat) -> None:
        """By itself: what fails here, too, must not bring the message back."""
        try:
            async with pool.transaction(self._pool) as connection:
                await apologise(connection, chat)
        except Exception:
            log.exception("nobody was told of a message that failed", platform=chat.platform)

    async def _store_failed(
        self, connection: pool.Connection, message: Message, error: str, rows: list[int] | None, *, timer: bool
    ) -> str:
        begun = await self._begin(connection, message, fresh=rows is None and not timer)
        if begun.outcome == "repeat" or (rows and not await inbox.still_waiting(connection, rows)):
            return "repeated"
        written = Written(status="failed", error=error, rows=rows, locale=begun.locale, handle=message.handle)
        if rows is None and not timer:
            written.count(begun)
        if timer:
            written.wakes_at = (None,)
        else:
            view = view_of(begun, Accounts.of(begun.profile), datetime.now(UTC))
            written.replies = [{"payload": dump_reply(render(Say("apology"), view))}]
        if begun.user_id is not None and not timer:  # strangers' words are not kept
            written.payload = dump_message(message)
        await turns.finish_turn(connection, message.chat, message.external_id, begun.user_id, written)
        return "failed"
