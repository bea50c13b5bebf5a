"""Replies to the platforms: after the commit, in order per chat, at least once.

One task per chat with something to send; a chat is claimed first, so that of many processes one delivers it. What a
platform wants later waits with its chat (never others) and is taken up again when it is due; after 24 h it is given
up. What it takes only once the person has written is held, and with it all that follows in that chat, until they do or
a week has passed. Every other refusal is noted on the row and the next reply goes on, and the trader is told once a day
that something did not come through; a chat that blocked us is told of on its trader's other chats.
"""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import structlog
from pydantic import ValidationError

from adapters import Adapter, Envelope
from bot import metrics
from bot.exports import read_file
from bot.replies import reply_to_chat
from bot.stored import load_reply
from db import links, outbox, pool
from db.outbox import Outgoing
from statemachine.conversation import Say
from statemachine.errors import SendHeld, SendLater, SendRefused, Unavailable
from statemachine.message import Chat, Platform

log = structlog.get_logger(__name__)

GIVEN_UP_AFTER = 24 * 3600.0
"""Seconds after which an undeliverable reply is noted as refused."""
LONGEST_WAIT = 600.0
POLL_SECONDS = 2.0
"""How often replies of other processes, of jobs and of earlier failures are looked for."""
SENDERS = 32
"""Chats of one platform that are delivered at the same time: one that is slow or at its limit holds up no other."""


def backoff(tries: int) -> float:
    """Seconds until the next try: 1, 2, 4 … 600."""
    return min(2.0**tries, LONGEST_WAIT)


class Outbox:
    """Delivers for the adapters of this process; `process` is its id among the workers."""

    def __init__(self, database: pool.Pool, adapters: Mapping[tuple[Platform, str], Adapter], process: int) -> None:
        self._pool = database
        self._adapters = adapters
        self._process = process
        self._slots = {key: asyncio.Semaphore(SENDERS) for key in adapters}
        self._tasks: dict[Chat, asyncio.Task[None]] = {}
        self._again: set[Chat] = set()
        self._closing = False

    def poke(self, chat: Chat) -> None:
        """A chat may have something to send. Returns at once."""
        if self._closing or (chat.platform, chat.account) not in self._adapters:
            return
        if chat in self._tasks:
            self._again.add(chat)
            return
        task = asyncio.create_task(self._deliver(chat), name=f"deliver {chat.platform}")
        self._tasks[chat] = task
        task.add_done_callback(lambda _: self._done(chat))

    def _done(self, chat: Chat) -> None:
        del self._tasks[chat]
        if chat in self._again:
            self._again.discard(chat)
            self.poke(chat)

    async def run(self) -> None:
        """Look for what is due until cancelled; a database that is away is waited for."""
        while True:
            try:
                for platform, account in self._adapters:
                    async with pool.acquired(self._pool) as connection:
                        for chat in await outbox.due_chats(connection, platform, account):
                            self.poke(chat)
            except Unavailable:
                log.warning("outbox waits for the database")
            await asyncio.sleep(POLL_SECONDS)

    async def close(self, seconds: float) -> None:
        """Let what is being sent finish, for at most `seconds`; the rest stays in the outbox."""
        self._closing = True
        self._again.clear()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _deliver(self, chat: Chat) -> None:
        async with self._slots[chat.platform, chat.account]:
            try:
                await self._deliver_claimed(chat)
            except Unavailable:
                log.warning("delivery waits for the database", platform=chat.platform)
            except Exception:
                log.exception("delivery failed", platform=chat.platform)

    async def _deliver_claimed(self, chat: Chat) -> None:
        adapter = self._adapters[chat.platform, chat.account]
        while True:
            async with pool.acquired(self._pool) as connection:
                waiting = await outbox.claim_chat(connection, chat, self._process)
            if waiting is None:
                return  # another process delivers this chat
            for outgoing in waiting:
                if not await self._send(adapter, chat, outgoing):
                    waiting = []
                    break
            if not waiting:
                async with pool.acquired(self._pool) as connection:
                    await outbox.release_chat(connection, chat, self._process)
                return

    async def _send(self, adapter: Adapter, chat: Chat, outgoing: Outgoing) -> bool:
        """Send one reply and note what became of it; false when the chat has to wait."""
        if not outgoing.bound:
            async with pool.acquired(self._pool) as connection:
                await outbox.mark_dropped(connection, outgoing.id, "the chat is no longer linked to this profile")
            metrics.count_delivery(chat.platform, "dropped")
            return True
        if outgoing.behind:
            return await self._held(chat, outgoing, "an earlier reply is held")
        try:
            reply = load_reply(outgoing.payload)
        except ValidationError:  # written by another version, or by hand
            log.error("a stored reply cannot be loaded", platform=chat.platform, outgoing=outgoing.id)
            await self._refused(chat, outgoing, "unloadable")
            return True
        file = await read_file(self._pool, reply.file.path) if reply.file is not None else None
        if reply.file is not None and file is None:
            log.warning("a reply's file is kept no longer", platform=chat.platform, outgoing=outgoing.id)
            await self._refused(chat, outgoing, "its file is kept no longer")
            return True
        envelope = Envelope(outgoing.key, outgoing.handle, outgoing.last_inbound_at, file)
        try:
            sent = await adapter.send(chat.chat_id, reply, envelope)
        except SendLater as error:
            return await self._later(chat, outgoing, error)
        except SendHeld as error:
            return await self._held(chat, outgoing, str(error))
        except SendRefused as error:
            if error.blocked and await self._blocked(chat, outgoing):
                return False
            log.warning("a reply was refused", platform=chat.platform, outgoing=outgoing.id, reason=str(error))
            await self._refused(chat, outgoing, str(error), told=not error.blocked)
            return True
        except Exception as error:
            log.exception("a reply could not be sent", platform=chat.platform, outgoing=outgoing.id)
            await self._refused(chat, outgoing, type(error).__name__)
            return True
        async with pool.acquired(self._pool) as connection:
            await outbox.mark_sent(connection, outgoing.id, sent)
        metrics.count_delivery(chat.platform, "sent")
        return True

    async def _later(self, chat: Chat, outgoing: Outgoing, error: SendLater) -> bool:
        if outgoing.age > GIVEN_UP_AFTER:
            log.warning("a reply was given up", platform=chat.platform, outgoing=outgoing.id, reason=str(error))
            async with pool.acquired(self._pool) as connection:
                await outbox.mark_refused(connection, outgoing.id, str(error))
            metrics.count_delivery(chat.platform, "expired")
            return True
        wait = backoff(outgoing.tries) if error.after is None else error.after
        async with pool.acquired(self._pool) as connection:
            await outbox.mark_later(connection, outgoing.id, wait, str(error))
        metrics.count_delivery(chat.platform, "later")
        return False

    async def _held(self, chat: Chat, outgoing: Outgoing, error: str) -> bool:
        async with pool.acquired(self._pool) as connection:
            held = await outbox.mark_held(connection, chat, outgoing, error)
        if held:
            metrics.count_delivery(chat.platform, "held")
        else:
            self._again.add(chat)  # the person wrote meanwhile
        return False

    async def _blocked(self, chat: Chat, outgoing: Outgoing) -> bool:
        """Nothing more is sent to this chat until the person writes; the trader learns of it on the other chats, in the
        same transaction, as nobody would come back to it. One that an unlinking collides with is tried again with the
        reply.

        False when they have written meanwhile: then only this reply is lost.
        """
        others: list[Chat] = []
        async with pool.transaction(self._pool) as connection:
            if not await outbox.mark_blocked(connection, chat, outgoing):
                return False
            if outgoing.user_id is not None:
                others = await _tell_others(connection, chat, outgoing.user_id)
        metrics.count_delivery(chat.platform, "blocked")
        for other in others:
            self.poke(other)
        return True

    async def _refused(self, chat: Chat, outgoing: Outgoing, error: str, *, told: bool = True) -> None:
        """It will never arrive, and the trader has to know. `told` False: they know it, or could not be told."""
        async with pool.transaction(self._pool) as connection:
            await outbox.mark_refused(connection, outgoing.id, error)
            if told and outgoing.user_id is not None:
                await reply_to_chat(connection, chat, outgoing.user_id, Say("undelivered"), once_a_day=True)
        metrics.count_delivery(chat.platform, "refused")


async def _tell_others(connection: pool.Connection, blocked: Chat, user_id: UUID) -> list[Chat]:
    """The trader's other chats, told of the one that blocked us."""
    others = await links.other_chats(connection, user_id, blocked.platform)
    for other in others:
        say = Say("blocked_elsewhere", {"platform": blocked.platform})
        await reply_to_chat(connection, other, user_id, say, once_a_day=True)
    return others
