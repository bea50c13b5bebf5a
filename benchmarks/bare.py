"""The bare peer: no more than the skeleton of the conversation on python-telegram-bot's ConversationHandler.

Its report is read by one regular expression, its three answers are canned, and it writes a log, on "yes" the trade,
and after every update the conversation's state and the draft. It is no journal: a message delivered twice counts
twice, a reply may get lost, there is no day, limit, streak, audit, undo, open trade or second chat of a trader. It
shows what the least that could be called the same conversation costs on this machine; peer.py does the same job.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from telegram import Update
from telegram.ext import ConversationHandler, MessageHandler, filters

from benchmarks import ptb
from benchmarks.ptb import Context
from benchmarks.script import Line
from db import pool

TABLES = """
create table messages (id bigint generated always as identity primary key, user_id bigint not null,
    direction text not null, content text not null, created_at timestamptz not null default now());
create index on messages (user_id, created_at);
create table trades (id uuid primary key default gen_random_uuid(), user_id bigint not null, symbol text not null,
    direction text not null, entry_price numeric, exit_price numeric, stop_loss numeric, position_size numeric,
    pnl numeric, created_at timestamptz not null default now());
create index on trades (user_id, created_at);
"""
LOG = "insert into messages (user_id, direction, content) values ($1, 'inbound', $2), ($1, 'outbound', $3)"
RECORD = """
insert into trades (user_id, symbol, direction, entry_price, exit_price, stop_loss, position_size, pnl)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""

CONFIRMATION, CHART = range(2)
REPORT = re.compile(r"(long|short) (\d+) (\w+) ([\d.]+) > ([\d.]+) stop ([\d.]+)")
POINT_VALUE = {"nq": Decimal(20)}


class BarePeer:
    name = "bare peer"

    def __init__(self, connections: pool.Pool) -> None:
        self._pool = connections
        conversation = ConversationHandler(
            entry_points=[MessageHandler(filters.Regex(REPORT), self.report)],
            states={
                CONFIRMATION: [MessageHandler(filters.Regex("^yes$"), self.confirm)],
                CHART: [MessageHandler(filters.Regex("^skip$"), self.skip)],
            },
            fallbacks=[],
            name="journal",
            persistent=True,
        )
        self.bot = ptb.Bot(conversation, ptb.Persistence(connections, dict))

    async def report(self, update: Update, context: Context) -> int:
        direction, size, symbol, entry, leave, stop = context.matches[0].groups()
        points = (Decimal(leave) - Decimal(entry)) * (1 if direction == "long" else -1)
        draft = {"symbol": symbol.upper(), "direction": direction, "size": size, "stop": stop}
        pnl = points * POINT_VALUE[symbol] * Decimal(size)
        context.user_data.update(draft, entry=entry, exit=leave, pnl=str(pnl))
        async with self._transaction() as connection:
            await self._log(connection, update, f"Is this right? {direction} {size} {symbol} {entry} > {leave}")
        return CONFIRMATION

    async def confirm(self, update: Update, context: Context) -> int:
        draft = context.user_data
        numbers = [Decimal(draft[name]) for name in ("entry", "exit", "stop", "size", "pnl")]
        async with self._transaction() as connection:
            await connection.execute(RECORD, update.effective_user.id, draft["symbol"], draft["direction"], *numbers)
            await self._log(connection, update, f"Recorded, P&L {draft['pnl']}. A chart?")
        return CHART

    async def skip(self, update: Update, context: Context) -> int:
        context.user_data.clear()
        async with self._transaction() as connection:
            await self._log(connection, update, "No chart, then.")
        return ConversationHandler.END

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Any]:
        async with self._pool.acquire() as connection, connection.transaction():
            yield connection

    async def _log(self, connection: Any, update: Update, reply: str) -> None:
        await connection.execute(LOG, update.effective_user.id, update.effective_message.text, reply)

    async def turn(self, line: Line) -> None:
        await self.bot.handle(line)

    async def recorded(self) -> int:
        trades: int = await self._pool.fetchval("select count(*) from trades")
        return trades


@asynccontextmanager
async def opened(dsn: str, connections: int) -> AsyncIterator[BarePeer]:
    database = await pool.open_pool(dsn, size=connections)
    await database.execute(ptb.TABLES + TABLES)
    try:
        peer = BarePeer(database)
        async with peer.bot.running():
            yield peer
    finally:
        await database.close()
