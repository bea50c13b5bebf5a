"""The journal as adapters see it: messages in, news of deliveries in, and what was the last thing heard."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from adapters import Seen
from bot import metrics
from bot.turn import Turns
from db import inbox, outbox, pool
from statemachine.message import Delivery, Message, Platform

log = structlog.get_logger(__name__)

NOTED_WITHIN: Final = (0.2, 0.8, 2.0)
"""Seconds between looks for a reply whose news came before its sending was noted: a platform may be that quick."""


class Receiver:
    """Satisfies adapters.Receiver."""

    def __init__(self, database: pool.Pool, turns: Turns) -> None:
        self._pool = database
        self._turns = turns

    async def receive(self, message: Message) -> None:
        await self._turns.receive(message)

    async def delivered(self, delivery: Delivery) -> None:
        for wait in (*NOTED_WITHIN, None):
            async with pool.acquired(self._pool) as connection:
                known = await outbox.note_delivery(connection, delivery)
            if known and delivery.outcome == "refused":
                log.warning("a reply was refused", platform=delivery.chat.platform, reason=delivery.error)
            if known and delivery.outcome != "delivered":
                metrics.count_delivery(delivery.chat.platform, delivery.outcome)
            if known or wait is None or delivery.outcome == "delivered":
                return
            await asyncio.sleep(wait)

    async def newest(self, platform: Platform, account: str, *, besides: str | None = None) -> Sequence[Seen]:
        async with pool.acquired(self._pool) as connection:
            rows = await inbox.newest(connection, platform, account, besides)
        return [Seen(**row) for row in rows]
