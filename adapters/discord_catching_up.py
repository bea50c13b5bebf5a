"""When the histories of the DMs are read again, and from where."""

import asyncio
import itertools
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog

from adapters import Receiver
from adapters.discord_api import discord
from adapters.discord_intake import Intake
from adapters.discord_wire import message_number
from adapters.handover import pause
from statemachine.errors import Unavailable

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

UNSEEN: Final = timedelta(days=1)
"""How far back a history is read where the journal knows only interactions of a chat."""


class CatchingUp:
    """Asks the journal where it stands: at the start of every session, and when an outage of the database is over.

    `least`: seconds between two rounds within one session, so that a flickering database causes no flood.
    """

    def __init__(self, receiver: Receiver, account: str, least: float) -> None:
        self._receiver = receiver
        self._account = account
        self._least = least
        self._wanted = asyncio.Event()
        self._session = asyncio.Event()
        self._sessions = 0

    def want(self) -> None:
        """The database is back: what it lost may be read again."""
        self._wanted.set()

    def begin_session(self, intake: Intake) -> None:
        """A session that may have missed something has begun; nothing newer is committed before `run` has looked."""
        intake.shut()
        self._sessions += 1
        self._session.set()
        self._wanted.set()

    async def run(self, intake: Intake) -> None:
        """Until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            self._session.clear()
            session = self._sessions
            known = await self._known()
            if session != self._sessions:
                continue  # another session began meanwhile, and may have missed what came before this look
            intake.catch_up(known)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._least):
                    await self._session.wait()

    async def _known(self) -> Mapping[str, int]:
        for attempt in itertools.count():
            try:
                return await self._look()
            except Unavailable:
                if not attempt:
                    log.warning("catching_up_waits", reason="no database")
            except Exception:
                log.exception("catching_up_failed", attempt=attempt)
            await asyncio.sleep(pause(attempt, 5.0))
        raise AssertionError("unreachable: the count has no end")

    async def _look(self) -> dict[str, int]:
        """The newest DM of every chat; newest chats first.

        Of a chat that only pressed and commanded no DM is known, nor need there be one: a day before is read.
        """
        known: dict[str, int] = {}
        for seen in await self._receiver.newest("discord", self._account):
            number = discord.utils.time_snowflake(seen.received_at - UNSEEN)
            known.setdefault(seen.chat_id, number)
        for seen in await self._receiver.newest("discord", self._account, besides="i"):
            if (found := message_number(seen.external_id)) is not None:
                known[seen.chat_id] = found
        return {chat: number for chat, number in known.items() if chat.isdecimal()}
