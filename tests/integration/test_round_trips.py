"""How often a turn waits for the database: request and answer on the wire, counted between the driver and PostgreSQL.

Promised are at most 5 with a warm statement cache and 10 on a transaction pooler, where nothing may be prepared. The
bounds here are what it takes today: begin_turn and finish_turn where the journal stays as it is; else BEGIN,
begin_turn, apply_changes, finish_turn, COMMIT. Without a cache each of the functions is parsed first, which is one more
trip.
"""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bot.gate import Gate
from bot.settings import Settings
from bot.turn import Turns
from db import pool
from statemachine.message import Message
from tests.servers.counting_proxy import CountingProxy, counting_proxy

CHAT = "4001"
STATE = "select state from public.journal_conversations"
CONVERSATION = (
    ("report", "long 2 nq", "awaiting_details"),
    ("answer", "18250 > 18290 stop 18230", "awaiting_confirmation"),
    ("denial", "no", "idle"),
    ("whole report", "long 2 nq 18250 > 18290 stop 18230", "awaiting_confirmation"),
    ("confirmation", "yes", "awaiting_screenshot"),
    ("skip", "skip", "idle"),
    ("plan", "limit buy 1 es 5300 stop 5290", "idle"),
    ("fill", "filled at 5300.25", "awaiting_confirmation"),
    ("fill confirmed", "yes", "idle"),
    ("no plan", "no fill", "idle"),
)
"""What is written, and where it must lead: a turn that did something else would count for nothing."""

SWIFT = ("report", "answer", "denial", "whole report", "skip", "plan", "fill", "no plan")
CHANGING = ("confirmation", "fill confirmed")
WARM = dict.fromkeys(SWIFT, 2) | dict.fromkeys(CHANGING, 5)
UNPREPARED = dict.fromkeys(SWIFT, 4) | dict.fromkeys(CHANGING, 8)


class Trader:
    """One chat, its turns, and the trips each of them took."""

    def __init__(self, turns: Turns, proxy: CountingProxy, db: asyncpg.Connection) -> None:
        self._turns, self._proxy, self._db = turns, proxy, db
        self._sent = 0

    async def converse(self) -> dict[str, int]:
        return {name: await self._writes(text, leads_to) for name, text, leads_to in CONVERSATION}

    async def _writes(self, text: str, leads_to: str) -> int:
        self._sent += 1
        before = self._proxy.trips
        await self._turns.receive(
            Message(
                platform="telegram",
                account="bot",
                chat_id=CHAT,
                sender_id=CHAT,
                external_id=str(self._sent),
                sent_at=datetime.now(UTC),
                text=text,
            )
        )
        trips = self._proxy.trips - before
        assert await self._db.fetchval(STATE) == leads_to
        return trips


@pytest.mark.parametrize(
    ("pooler", "promised", "bounds"), [(False, 5, WARM), (True, 10, UNPREPARED)], ids=["cached", "pooler"]
)
async def test_a_turn_takes_few_round_trips(
    dsn: str,
    connection: asyncpg.Connection,
    trader: UUID,
    tmp_path: Path,
    pooler: bool,
    promised: int,
    bounds: dict[str, int],
) -> None:
    await connection.execute("update public.profiles set telegram_chat_id = $2 where id = $1", trader, CHAT)
    settings = Settings(_env_file=None, data_dir=tmp_path, openai_api_key=None)  # type: ignore[call-arg]
    async with counting_proxy(dsn) as (proxy, through):
        connections = await pool.open_pool(through, size=1, pooler=pooler)
        try:
            writer = Trader(Turns(connections, settings, Gate(), lambda chat: None), proxy, connection)
            first, trips = await writer.converse(), await writer.converse()
        finally:
            await connections.close()
    print(f"round trips, pooler={pooler}: cold {first}, then {trips}")
    assert max(bounds.values()) <= promised
    assert {name: number for name, number in trips.items() if number > bounds[name]} == {}
    assert all(number > 1 for number in trips.values()), "the proxy counts"
