"""The peer: the same journal as a bot on python-telegram-bot's ConversationHandler, the ordinary way to build one.

It does the same job as a turn, with Vigil's own parts for it: the same reader, the same conversation, the same texts,
the same trades, days and undo (worker.apply_changes). What differs is what carries them. Here the ConversationHandler
keeps the state, user_data the drafts, and a persistence writes both after every update; the handler itself works in a
transaction of plain statements: the message as handled (a repeat ends there), the trader with the open and recent
trades, the log, the replies to be delivered, the jobs. An update counts only when all of that is committed.

In its favour: it keeps every conversation in memory and reads none from the database, what an update leaves to be
persisted is written side by side, and it leaves out what a turn does besides: state and trade in one transaction (a
crash between the two repeats or loses a step), the order of a chat among several workers, floods, timers that outlive
the process. It sends nothing. Same pool, same number of connections, no reset round trip.
"""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from telegram import Update
from telegram.ext import ConversationHandler, MessageHandler, filters

from benchmarks import ptb
from benchmarks.journal import RECORDED
from benchmarks.ptb import Context
from benchmarks.script import Line
from bot.accounts import Accounts
from bot.answering import about_of
from bot.job_payloads import job_of
from bot.journal import changes_of
from bot.receipts import with_results
from bot.stored import dump_reply
from bot.texts import View, render
from bot.understanding import meaning_of, scene_of
from db import conversations, inbox, pool, turns
from statemachine.conversation import Conversation, Effect, Say
from statemachine.machine import STATES, step
from statemachine.message import Message

TABLES = "create table handled (chat_id bigint, update_id bigint, primary key (chat_id, update_id))"
HANDLED = "insert into handled values ($1, $2) on conflict do nothing returning 1"
TRADER = """
select p.id, p.journal_preferences, p.account_size, p.daily_loss_limit_pct, p.daily_loss_type, p.max_drawdown_pct,
    p.max_drawdown_type, p.max_daily_trades
from public.profiles p where p.telegram_chat_id = $1 for no key update
"""
LIMITS = (
    "account_size", "daily_loss_limit_pct", "daily_loss_type", "max_drawdown_pct", "max_drawdown_type",
    "max_daily_trades",
)  # fmt: skip
TRADES = """
select json_agg(worker.known_trade(t, f) order by t.created_at desc) filter (where f.is_open)::text as open_trades,
    json_agg(worker.known_trade(t, f) order by t.created_at desc)
        filter (where t.created_at > now() - interval '24 hours')::text as recent
from public.trades t left join worker.trade_facts f on f.trade_id = t.id
where t.user_id = $1 and (t.created_at > now() - interval '24 hours' or f.is_open)
"""
LOG = """
insert into public.journal_messages (user_id, platform, direction, content_type, content_preview, trade_id, created_at)
select $1, 'telegram', direction, 'text', preview, trade_id, now() + place * interval '1 microsecond'
from unnest($2::text[], $3::text[], $4::uuid[]) with ordinality as line (direction, preview, trade_id, place)
"""
KEEP_REPLIES = """
insert into worker.outbox (platform, account, chat_id, user_id, trade_id, payload)
select 'telegram', 'bench', $1, $2, trade_id, payload from unnest($3::uuid[], $4::jsonb[]) as reply (trade_id, payload)
"""


def _dumped(data: dict[Any, Any]) -> dict[str, Any]:
    return conversations.dump_conversation(data["conversation"])


class Peer:
    name = "peer"

    def __init__(self, connections: pool.Pool) -> None:
        self._pool = connections
        said = [MessageHandler(filters.TEXT, self.answer)]
        states = dict.fromkeys(range(1, len(STATES)), said)
        conversation = ConversationHandler(said, states, fallbacks=[], name="journal", persistent=True)
        self.bot = ptb.Bot(conversation, ptb.Persistence(connections, _dumped))

    async def answer(self, update: Update, context: Context) -> int:
        message = _message(update)
        async with pool.transaction(self._pool) as connection:
            fresh = await connection.fetchval(HANDLED, int(message.chat_id), update.update_id)
            assert fresh, "a repeat"
            kept = context.user_data.get("conversation", Conversation())
            context.user_data["conversation"] = after = await self._converse(connection, message, kept)
        return STATES.index(after.state) or ConversationHandler.END

    async def _converse(self, connection: Any, message: Message, kept: Conversation) -> Conversation:
        now = datetime.now(UTC)
        trader = await connection.fetchrow(TRADER, message.chat_id)
        accounts = Accounts.of({"preferences": None, "limits": {name: trader[name] for name in LIMITS}})
        account = accounts.current
        trades = await connection.fetchrow(TRADES, trader["id"])
        known = {name: conversations.load_known_trades(trades[name]) for name in ("open_trades", "recent")}
        scene = scene_of(message, accounts, now, user_id=trader["id"], **known)
        turn = step(kept, meaning_of(message, kept, scene, account, now), now, scene)
        changes = changes_of(turn.effects, accounts, message.chat)
        applied = await turns.apply_changes(connection, trader["id"], changes) if changes else {}
        view = View(
            locale="en",
            zone=account.zone,
            currency=account.currency,
            now=now,
            account_size=account.limits.account_size,
        )
        await self._write(connection, message, trader["id"], with_results(turn.replies, applied, accounts), view)
        await self._enqueue(connection, message, trader["id"], turn.effects, now)
        return turn.conversation

    async def _write(self, connection: Any, message: Message, user_id: UUID, says: Iterable[Say], view: View) -> None:
        replies = [(about_of(say), render(say, view)) for say in says]
        previews = [message.text[:200], *(f"{reply.title or ''}\n{reply.text}"[:200] for _, reply in replies)]
        about = [trade_id for trade_id, _ in replies]
        directions = ["inbound", *("outbound" for _ in replies)]
        await connection.execute(LOG, user_id, directions, previews, [None, *about])
        payloads = [json.dumps(dump_reply(reply)) for _, reply in replies]
        await connection.execute(KEEP_REPLIES, message.chat_id, user_id, about, payloads)

    async def _enqueue(
        self, connection: Any, message: Message, user_id: UUID, effects: Iterable[Effect], now: datetime
    ) -> None:
        jobs = [job for effect in effects if (job := job_of(effect, user_id, message.chat, now)) is not None]
        if jobs:
            await inbox.enqueue(connection, jobs)

    async def turn(self, line: Line) -> None:
        await self.bot.handle(line)

    async def recorded(self) -> int:
        trades: int = await self._pool.fetchval(RECORDED)
        return trades


def _message(update: Update) -> Message:
    received = update.effective_message
    return Message(
        platform="telegram",
        account="bench",
        chat_id=str(received.chat.id),
        sender_id=str(received.chat.id),
        external_id=str(received.message_id),
        sent_at=received.date,
        text=received.text,
        locale=update.effective_user.language_code,
    )


@asynccontextmanager
async def opened(dsn: str, connections: int) -> AsyncIterator[Peer]:
    database = await pool.open_pool(dsn, size=connections)
    await database.execute(ptb.TABLES + TABLES)
    try:
        peer = Peer(database)
        async with peer.bot.running():
            yield peer
    finally:
        await database.close()
