"""The job `delete_me`: a journal goes, its pictures first, and says so when nothing is left.

The turn that asked for it has unlinked every chat, so whoever writes meanwhile is a stranger, and nothing new comes.
All of this may be broken off anywhere and begins anew: files go before the rows that name them, and the row of
worker.deletions goes last, with the words that it is done. A job of the trader that is running looks again, before it
stores anything, and finds nothing to store it for; the end waits for it.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from pgqueuer.domain.errors import RetryRequested

from bot.job_payloads import UserJob, delete_job
from bot.replies import reply_to_chat
from bot.store import ScreenshotStore
from db import deletions, inbox, pool, profiles, screenshots
from db.deletions import Doomed
from statemachine.conversation import Say
from statemachine.errors import StoreError
from statemachine.message import Chat

log = structlog.get_logger(__name__)

AGAIN: Final = timedelta(seconds=2)
PORTION: Final = 100
"""Files at a time."""


class Deletions:
    """Deletes journals. Run twice, or by two workers at once, it does no harm."""

    def __init__(self, database: pool.Pool, store: ScreenshotStore) -> None:
        self._pool, self._store = database, store

    async def __call__(self, job: UserJob) -> None:
        """Raises RetryRequested as long as something of the trader is still under way."""
        user_id = job.user_id
        async with pool.acquired(self._pool) as connection:
            chats = await deletions.chats_of(connection, user_id)
            if chats is None:
                return
            await deletions.drop_jobs(connection, user_id)
        async with pool.transaction(self._pool) as connection:
            await deletions.unlink(connection, user_id)  # the turn did; a backup that was brought back binds them again
        await self._delete_trades(user_id)
        await self._delete_rest(user_id, chats)
        await self._discard_loose(user_id)
        if not await self._ended(user_id, chats):
            raise RetryRequested(delay=AGAIN, reason="something of the trader is still under way")

    async def _delete_trades(self, user_id: UUID) -> None:
        while True:
            async with pool.acquired(self._pool) as connection:
                trades = await deletions.some_trades(connection, user_id)
            if not trades:
                return
            await self._store.remove([path for trade in trades for path in self._paths(user_id, trade)])
            async with pool.transaction(self._pool) as connection:
                await deletions.delete_trades(connection, user_id, trades)

    async def _discard_loose(self, user_id: UUID) -> None:
        """Pictures of trades that are no more, as of those taken back; what a strategy names stays with it."""
        files = [file for file in await self._store.files(user_id) if file.trade_id is not None]
        for start in range(0, len(files), PORTION):
            portion = files[start : start + PORTION]
            async with pool.acquired(self._pool) as connection:
                named = await screenshots.still_named(
                    connection, user_id, [(file.path, file.trade_id) for file in portion]
                )
            await self._store.discard(user_id, [file for file in portion if file.path not in named])

    def _paths(self, user_id: UUID, trade: Doomed) -> list[str]:
        """The files of a trade; what a client wrote into the column is no path, and never of somebody else's file."""
        found = []
        for url, path in ((trade.url, None), *((None, path) for path in trade.paths)):
            try:
                if url is not None or path is not None:
                    found.append(self._store.path_of(url or self._store.url(path or ""), user_id, trade.id))
            except StoreError:
                log.info("a picture's address is none of its trade's", trade_id=str(trade.id))
        return found

    async def _delete_rest(self, user_id: UUID, chats: list[Chat]) -> None:
        more = True
        while more:
            async with pool.transaction(self._pool) as connection:
                more = await deletions.delete_portion(connection, user_id)
        for chat in chats:
            async with pool.transaction(self._pool) as connection:
                await deletions.delete_of_chat(connection, chat)
        async with pool.transaction(self._pool) as connection:
            await deletions.delete_rest(connection, user_id)

    async def _ended(self, user_id: UUID, chats: list[Chat]) -> bool:
        """Look whether all is gone and say so, where the journal was; False where something came since."""
        async with pool.transaction(self._pool) as connection:
            await profiles.lock(connection, user_id)
            if await deletions.is_busy(connection, user_id):
                return False
            while await deletions.delete_portion(connection, user_id):
                pass
            await deletions.delete_rest(connection, user_id)
            if await deletions.chats_of(connection, user_id) is None:
                return True  # another worker was first
            trades, pictures = await deletions.end(connection, user_id)
            say = Say("deleted", {"trades": trades, "pictures": pictures})
            for chat in chats:
                await reply_to_chat(connection, chat, user_id, say, to_nobody=True)
        log.info("a journal was deleted", user_id=str(user_id), trades=trades, pictures=pictures)
        return True


async def take_up(database: pool.Pool) -> None:
    """Enqueue the deletions again whose job was lost; of one that waits or runs there is no second."""
    async with pool.transaction(database) as connection:
        jobs = [
            delete_job(UserJob(**asdict(chat), user_id=user_id))
            for user_id, chat in await deletions.under_way(connection)
        ]
        if jobs:
            await inbox.enqueue(connection, jobs)
