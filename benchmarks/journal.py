"""Vigil itself: whole turns through Turns.receive, as an adapter hands messages over. Delivery and jobs do not run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from benchmarks.script import Line
from bot.gate import Gate
from bot.settings import Settings, read_settings
from bot.turn import Turns
from db import pool
from statemachine.message import Chat, Message

RECORDED = "select count(*) from public.trades"
FAILED = "select count(*) from worker.inbox where status <> 'done'"


def settings_without_limit() -> Settings:
    """The defaults, whatever the environment holds, but nobody writes too much."""
    return read_settings(None, openai_api_key=None, messages_per_minute=1_000_000_000)


def _nothing_to_deliver(chat: Chat) -> None:
    """The outbox keeps the replies; sending them is not part of a turn."""


def turns_on(connections: pool.Pool) -> Turns:
    return Turns(connections, settings_without_limit(), Gate(), _nothing_to_deliver)


def message_of(line: Line) -> Message:
    return Message(
        platform="telegram",
        account="bench",
        chat_id=line.chat_id,
        sender_id=line.chat_id,
        external_id=line.external_id,
        sent_at=datetime.now(UTC),
        text=line.text,
        locale="en",
    )


class Journal:
    name = "turn"

    def __init__(self, connections: pool.Pool) -> None:
        self._pool = connections
        self._turns = turns_on(connections)

    async def turn(self, line: Line) -> None:
        await self._turns.receive(message_of(line))

    async def recorded(self) -> int:
        assert await self._pool.fetchval(FAILED) == 0, "turns failed: what was measured is not what is meant"
        trades: int = await self._pool.fetchval(RECORDED)
        return trades


@asynccontextmanager
async def opened(dsn: str, connections: int) -> AsyncIterator[Journal]:
    database = await pool.open_pool(dsn, size=connections)
    try:
        yield Journal(database)
    finally:
        await database.close()
