"""The peer: the same conversation on python-telegram-bot's ConversationHandler, durable after every update like ours.

What it does for every update: Application.process_update finds the conversation and calls its handler; the handler
writes the message log (both directions) and, on "yes", the trade, in one transaction; then update_persistence writes
the conversation's state and the draft (user_data), and the update counts only when that is committed.
In its favour: it sends nothing and renders no text but a line, its report is read by one regular expression, it keeps
every conversation in memory and reads none from the database, and what several updates leave to be persisted is
written side by side. Same pool, same number of connections, no reset round trip.

`peer`       no more than that. It does not notice a message delivered twice, does not keep the reply until it is
             delivered, the audit is not asked for, there is no day.
`peer+rows`  writes, with a statement each in the handler's transaction, what Vigil's turn also leaves: the message as
             handled (a repeat ends there), the reply to be delivered, the audit job, the day's P&L told in the receipt.

Neither does what a turn does besides: state and trade in one transaction (a crash between the two repeats or loses a
step), order among several workers, floods, limits of the account, open trades and twins to match, undo.
"""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from telegram import Chat, Message, Update, User
from telegram.ext import Application, ContextTypes, ConversationHandler, MessageHandler, filters
from telegram.request import BaseRequest

from benchmarks.peer_persistence import TABLES, Persistence
from benchmarks.script import Line
from db import pool

LOG = "insert into messages (user_id, direction, content) values ($1, 'inbound', $2), ($1, 'outbound', $3)"
RECORD = """
insert into trades (user_id, symbol, direction, entry_price, exit_price, stop_loss, position_size, pnl)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
HANDLED = "insert into handled values ($1, $2) on conflict do nothing returning 1"
KEEP_REPLY = "insert into outbox (chat_id, reply) values ($1, $2)"
COUNT_DAY = """
insert into days values ($1, current_date, $2, 1)
on conflict (user_id, day) do update set pnl = days.pnl + excluded.pnl, trades = days.trades + 1 returning pnl
"""
ASK_AUDIT = "insert into jobs (kind, payload) values ('audit', $1)"

CONFIRMATION, CHART = range(2)
REPORT = re.compile(r"(long|short) (\d+) (\w+) ([\d.]+) > ([\d.]+) stop ([\d.]+)")
POINT_VALUE = {"nq": Decimal(20)}
Context = ContextTypes.DEFAULT_TYPE


class _Offline(BaseRequest):
    """The bot asks the platform who it is once, at its start; nothing else is ever sent."""

    read_timeout = None

    async def initialize(self) -> None: ...
    async def shutdown(self) -> None: ...
    async def do_request(self, *arguments: Any, **options: Any) -> tuple[int, bytes]:
        return 200, b'{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "Bench", "username": "bench_bot"}}'


class Peer:
    def __init__(self, connections: pool.Pool, *, all_rows: bool) -> None:
        self.name = "peer+rows" if all_rows else "peer"
        self._pool = connections
        self._all_rows = all_rows
        self._updates = 0
        self._failed: list[Exception | None] = []
        self.application = self._built()

    def _built(self) -> Application[Any, Any, Any, Any, Any, Any]:
        builder = Application.builder().token("1:bench").request(_Offline()).get_updates_request(_Offline())
        application = builder.persistence(Persistence(self._pool)).updater(None).job_queue(None).build()
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
        application.add_handler(conversation)
        application.add_error_handler(self._note)
        return application

    async def _note(self, update: object, context: Context) -> None:
        self._failed.append(context.error)

    async def report(self, update: Update, context: Context) -> int:
        direction, size, symbol, entry, leave, stop = context.matches[0].groups()
        points = (Decimal(leave) - Decimal(entry)) * (1 if direction == "long" else -1)
        draft = {"symbol": symbol.upper(), "direction": direction, "size": size, "stop": stop}
        pnl = points * POINT_VALUE[symbol] * Decimal(size)
        context.user_data.update(draft, entry=entry, exit=leave, pnl=str(pnl))
        async with self._transaction(update) as connection:
            await self._answer(connection, update, f"Is this right? {direction} {size} {symbol} {entry} > {leave}")
        return CONFIRMATION

    async def confirm(self, update: Update, context: Context) -> int:
        draft = context.user_data
        numbers = [Decimal(draft[name]) for name in ("entry", "exit", "stop", "size", "pnl")]
        day = numbers[-1]
        async with self._transaction(update) as connection:
            await connection.execute(RECORD, update.effective_user.id, draft["symbol"], draft["direction"], *numbers)
            if self._all_rows:
                day = await connection.fetchval(COUNT_DAY, update.effective_user.id, day)
            await self._answer(connection, update, f"Recorded, P&L {draft['pnl']}, today {day}. A chart?")
        return CHART

    async def skip(self, update: Update, context: Context) -> int:
        context.user_data.clear()
        async with self._transaction(update) as connection:
            if self._all_rows:
                await connection.execute(ASK_AUDIT, json.dumps({"user_id": update.effective_user.id}))
            await self._answer(connection, update, "No chart, then.")
        return ConversationHandler.END

    @asynccontextmanager
    async def _transaction(self, update: Update) -> AsyncIterator[Any]:
        async with self._pool.acquire() as connection, connection.transaction():
            if self._all_rows:
                fresh = await connection.fetchval(HANDLED, update.effective_chat.id, update.update_id)
                assert fresh, "a repeat"
            yield connection

    async def _answer(self, connection: Any, update: Update, reply: str) -> None:
        await connection.execute(LOG, update.effective_user.id, update.effective_message.text, reply)
        if self._all_rows:
            await connection.execute(KEEP_REPLY, update.effective_chat.id, reply)

    async def turn(self, line: Line) -> None:
        self._updates += 1
        user = User(int(line.chat_id), "Trader", is_bot=False)
        chat = Chat(int(line.chat_id), Chat.PRIVATE)
        message = Message(self._updates, datetime.now(UTC), chat, from_user=user, text=line.text)
        await self.application.process_update(Update(self._updates, message=message))
        await self.application.update_persistence()
        assert not self._failed, self._failed

    async def recorded(self) -> int:
        trades: int = await self._pool.fetchval("select count(*) from trades")
        return trades


@asynccontextmanager
async def opened(dsn: str, connections: int, *, all_rows: bool = False) -> AsyncIterator[Peer]:
    database = await pool.open_pool(dsn, size=connections)
    await database.execute(TABLES)
    try:
        peer = Peer(database, all_rows=all_rows)
        async with peer.application:
            yield peer
    finally:
        await database.close()
