"""The floor: what the database alone costs. The statements of a turn, in a bare loop.

One trade is written through Vigil first, and every statement with its arguments recorded; then they are played again
for other traders, with chat, message, trade and trader put in their place and nothing else done in Python. Same SQL,
same functions, same transaction, same pool: the difference to a turn is the price of Vigil's own code.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from typing import Any
from uuid import UUID

from asyncpg.connection import LoggedQuery

from benchmarks.journal import RECORDED, message_of, turns_on
from benchmarks.script import RECORDED_CHAT, Line, Step, chat_id, external_id, trade_lines
from db import pool

Call = tuple[str, tuple[Any, ...]]

TRADERS = "select telegram_chat_id, id from public.profiles where telegram_chat_id is not null"


class Floor:
    name = "floor"

    def __init__(
        self, connections: pool.Pool, calls: Mapping[Step, list[Call]], trade: UUID, traders: Mapping[str, UUID]
    ) -> None:
        self._pool = connections
        self._calls = calls
        self._trade = trade
        self._traders = traders

    async def turn(self, line: Line) -> None:
        calls = [(query, self._filled(query, arguments, line)) for query, arguments in self._calls[line.step]]
        async with self._pool.acquire() as connection, self._transaction(connection, line):
            for query, arguments in calls:
                row = await connection.fetchrow(query, *arguments)
        assert row[0] is True, "finish_turn wrote nothing"

    def _transaction(self, connection: Any, line: Line) -> Any:
        """Only a confirmation has more than one statement that writes."""
        return connection.transaction() if line.step == "confirm" else nullcontext()

    def _filled(self, query: str, arguments: tuple[Any, ...], line: Line) -> list[Any]:
        filled = [self._own(argument, line) for argument in arguments]
        if "finish_turn" in query and filled[-1] is not None:
            filled[-1] = line.number  # the chat's version: every message so far was a turn
        return filled

    def _own(self, argument: Any, line: Line) -> Any:
        if isinstance(argument, UUID):
            return self._traders[line.chat_id]
        if not isinstance(argument, str):
            return argument
        trade, first = UUID(int=line.chat * 1_000_000 + line.trade), 3 * line.trade
        for place in range(3):
            argument = argument.replace(external_id(RECORDED_CHAT, place), external_id(line.chat, first + place))
        argument = argument.replace(chat_id(RECORDED_CHAT), line.chat_id)
        argument = argument.replace(str(self._trade), str(trade)).replace(self._trade.hex, trade.hex)
        return argument.replace(str(self._traders[chat_id(RECORDED_CHAT)]), str(self._traders[line.chat_id]))

    async def recorded(self) -> int:
        trades: int = await self._pool.fetchval(RECORDED)
        return trades


async def _record(dsn: str) -> dict[Step, list[Call]]:
    """The statements of each step of one trade, as the driver saw them on the only connection of a pool."""
    seen: list[LoggedQuery] = []
    connections = await pool.open_pool(dsn, size=1)
    async with connections.acquire() as connection:
        connection.add_query_logger(seen.append)
    turns, calls = turns_on(connections), dict[Step, list[Call]]()
    for line in trade_lines(RECORDED_CHAT, 0):
        await turns.receive(message_of(line))
        await asyncio.sleep(0)  # the driver logs with call_soon
        calls[line.step] = [(query.query, tuple(query.args)) for query in seen if query.query.startswith("select")]
        seen.clear()
    await connections.close()
    return calls


@asynccontextmanager
async def opened(dsn: str, connections: int) -> AsyncIterator[Floor]:
    calls = await _record(dsn)
    assert [len(calls[step]) for step in ("report", "confirm", "skip")] == [2, 3, 2], calls
    database = await pool.open_pool(dsn, size=connections)
    try:
        traders = {row["telegram_chat_id"]: row["id"] for row in await database.fetch(TRADERS)}
        trade = await database.fetchval("select id from public.trades")
        yield Floor(database, calls, trade, traders)
    finally:
        await database.close()
