"""Workers inside this process that only take messages in: a pool and turns of their own, no platform, no jobs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Update

from adapters.telegram_wire import to_message
from bot.gate import Gate
from bot.settings import read_settings
from bot.turn import Turns
from db import pool
from statemachine.message import Chat, Message
from tests.acceptance.traffic import Step


@asynccontextmanager
async def taking_in(dsn: str, *, connections: int = 12) -> AsyncIterator[Turns]:
    """A worker's `receive`; nothing is delivered."""
    settings = read_settings(env_file=None, messages_per_minute=1_000_000)
    database = await pool.open_pool(dsn, size=connections)
    try:
        yield Turns(database, settings, Gate(), _leave)
    finally:
        await database.close()


def _leave(_: Chat) -> None:
    """Replies stay in the outbox."""


def message_of(step: Step, bot: int) -> Message:
    """A step as the adapter hands it over."""
    update = Update.de_json({"update_id": 1, step.kind: step.payload})
    message = to_message(update, str(bot)) if update is not None else None
    assert message is not None
    return message
