"""Two chats of one trader confirm at the same moment, again and again, while audits run: the day never drifts."""

import asyncio
import os
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg

from bot.audits import Audits
from bot.job_payloads import TradeJob
from bot.settings import read_settings
from bot.store import LocalStore
from bot.turn import Turns
from bot.understanding import message_id
from db import pool
from statemachine.message import Message, Platform
from tests.acceptance.databases import migrated_database
from tests.acceptance.intake import taking_in

TRADER = UUID("7a0c2f8e-5d1b-4c1c-9a51-5f7f2f4b9a11")
TELEGRAM, EMAIL = "7001", "two.chats@example.com"

MOMENT = datetime.now(UTC)
"""One for all messages: a run that passes midnight still fills one day."""

SIGN_UP = """
insert into auth.users (id, email) values ('{trader}', '{email}');
update public.profiles set telegram_chat_id = '{telegram}', gmail_journal_address = '{email}', account_size = 50000,
    journal_preferences = '{{"screenshots": false, "timezone": "UTC"}}' where id = '{trader}';
"""
DAY = "select trades_taken, daily_pnl, ending_balance, max_equity_high from public.daily_tracking where user_id = $1"
RECOMPUTED = """
select trades_taken, daily_pnl, ending_balance, max_equity_high
from worker.recompute_days($1, (select min(trade_date) from public.daily_tracking where user_id = $1))
"""


@dataclass(slots=True)
class Report:
    """`faults` is empty when the proof held."""

    seed: int
    confirmed: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: two chats of one trader confirmed at once {self.confirmed} times; "
            f"{self.seconds:.0f} s; {len(self.faults)} faults"
        )


async def prove_confirming(server_dsn: str, *, seed: int, times: int) -> Report:
    """After each pair of confirmations the day holds both trades, and a recomputation changes nothing."""
    began = time.monotonic()
    report = Report(seed)
    chance = random.Random(seed)
    async with migrated_database(server_dsn) as dsn, taking_in(dsn) as one, taking_in(dsn) as other:
        connection, jobs = await asyncpg.connect(dsn), await pool.open_pool(dsn, size=2)
        try:
            await connection.execute(SIGN_UP.format(trader=TRADER, telegram=TELEGRAM, email=EMAIL))
            audits = Audits(jobs, None, LocalStore(Path(os.devnull)), read_settings(env_file=None))
            total = Decimal(0)
            for number in range(times):
                total += await _confirm_both((one, other), audits, number, chance)
                await _look(connection, report, number, total)
                report.confirmed += 1
        finally:
            await jobs.close()
            await connection.close()
    report.seconds = time.monotonic() - began
    return report


async def _confirm_both(workers: tuple[Turns, Turns], audits: Audits, number: int, chance: random.Random) -> Decimal:
    """One report in each chat, both confirmed while the pair before is judged; the P&L of both."""
    one, other = workers
    won, lost = chance.randrange(20, 500), chance.randrange(20, 500)
    await asyncio.gather(
        one.receive(_message("telegram", f"{number}a", f"long 1 nq 18000 pnl {won}")),
        other.receive(_message("email", f"{number}b", f"short 1 es 5300 pnl -{lost}")),
    )
    await asyncio.gather(
        one.receive(_message("telegram", f"{number}c", "yes")),
        other.receive(_message("email", f"{number}d", "yes")),
        audits(_audit_of(_message("telegram", f"{number - 1}a", ""))),
        audits(_audit_of(_message("email", f"{number - 1}b", ""))),
    )
    return Decimal(won - lost)


def _audit_of(report: Message) -> TradeJob:
    trade_id = uuid5(message_id(report, TRADER), "0")
    return TradeJob(
        platform=report.platform, account=report.account, chat_id=report.chat_id, trade_id=trade_id, user_id=TRADER,
        at=MOMENT,
    )  # fmt: skip


async def _look(connection: asyncpg.Connection, report: Report, number: int, total: Decimal) -> None:
    days = await connection.fetch(DAY, TRADER)
    if len(days) != 1 or (days[0]["trades_taken"], days[0]["daily_pnl"]) != (2 * (number + 1), total):
        report.faults.append(f"after {number + 1}: expected {2 * (number + 1)} trades and {total}, found {days}")
    async with connection.transaction():
        recomputed = await connection.fetch(RECOMPUTED, TRADER)
    if recomputed != days:
        report.faults.append(f"after {number + 1}: stored {days}, recomputed {recomputed}")


def _message(platform: Platform, external_id: str, text: str) -> Message:
    chat = TELEGRAM if platform == "telegram" else EMAIL
    return Message(
        platform=platform, account="local", chat_id=chat, sender_id=chat, external_id=external_id,
        sent_at=MOMENT, text=text,
    )  # fmt: skip
