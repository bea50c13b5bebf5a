"""The journal as adapters see it: messages in, news of deliveries in, and what was the last thing heard."""

from collections.abc import Sequence

from adapters import Seen
from bot.turn import Turns
from db import inbox, outbox, pool
from statemachine.message import Delivery, Message, Platform


class Receiver:
    """Satisfies adapters.Receiver."""

    def __init__(self, database: pool.Pool, turns: Turns) -> None:
        self._pool = database
        self._turns = turns

    async def receive(self, message: Message) -> None:
        await self._turns.receive(message)

    async def delivered(self, delivery: Delivery) -> None:
        async with pool.acquired(self._pool) as connection:
            await outbox.note_delivery(connection, delivery)

    async def newest(self, platform: Platform, account: str, *, besides: str | None = None) -> Sequence[Seen]:
        async with pool.acquired(self._pool) as connection:
            rows = await inbox.newest(connection, platform, account, besides)
        return [Seen(**row) for row in rows]
