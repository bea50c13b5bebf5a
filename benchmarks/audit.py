"""How long the audit of a trade takes by plain code alone: `make bench`, or `python -m benchmarks.audit`.

    audit   the whole job: read twice (the second time under the locks), judge by 20 rules, write verdicts, result, day,
            grades and the reply, commit with fsync
    floor   the statements of such an audit with the same kind of arguments in a bare asyncpg loop
    code    what plain code does of it and the database does not: facts from rows, checks from rules, verdicts, score;
            by the same rows, in one go, no database

Every trader has 20 rules and a week of trades; the last trade of the day is audited. Audit and floor take turns in
rounds, so that a busy moment of the machine meets both; only the ratios mean anything on another machine. What the
first reading of a rule costs is measured by itself, as it is kept.
"""

import argparse
import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.connection import LoggedQuery

from bot.auditing.checks import evaluate
from bot.auditing.loading import facts_of
from bot.auditing.score import scored
from bot.audits import Audits
from bot.job_payloads import TradeJob
from bot.rules.compiler import compiled
from bot.rules.kinds import AllOf, Conditional
from bot.settings import read_settings
from bot.store import LocalStore
from db import audits, pool
from db.audits import AuditInput
from db.embedded import embedded_server
from db.migrations import migrate

WARM_UP_SECONDS = 1.0
TRADERS = 200
EARLIER = 20
"""Trades of the week before the one that is audited, five of them on its day."""
RULES = (
    "Never risk more than 1% of my account",
    "Always have a stop loss",
    "At least 2R",
    "Max 3 contracts",
    "Only trade NQ and ES",
    "No trades after 15:30",
    "No trading in the first 5 minutes",
    "Max 6 trades per day",
    "Max daily loss $1000",
    "Stop trading after losing $800 in a day",
    "Stop for the day after two losses",
    "Stop after 3 losses in a row",
    "Wait 15 minutes after a loss",
    "Don't add to losers",
    "Only longs",
    "No Fridays",
    "No overnight holds",
    "Flat by 15:55",
    "Max 2 open positions at once",
    "Stop for the day once I'm up $2000",
)

SIGN_UP = """
insert into auth.users (id, email) select gen_random_uuid(), 'trader' || n || '@example.com'
from generate_series(1, $1) n
"""
PROFILES = """
update public.profiles set account_size = 50000, daily_loss_limit_pct = 2, max_drawdown_pct = 4,
    telegram_chat_id = id::text, journal_preferences = '{"timezone": "America/New_York", "day_start": {"hour": 18}}'
"""
CHATS = """
insert into worker.chats (platform, account, chat_id, user_id) select 'telegram', 'bench', telegram_chat_id, id
from public.profiles
"""
ADD_RULES = """
insert into public.trading_rules (user_id, rule_text, sort_order)
select p.id, r.text, r.place from public.profiles p, unnest($1::text[]) with ordinality r (text, place)
"""
DAYS = """
insert into public.daily_tracking (user_id, trade_date) select p.id, date '2026-11-24' - n
from public.profiles p, generate_series(0, 3) n
"""
TRADES = """
insert into public.trades (user_id, daily_tracking_id, symbol, direction, position_size, entry_price, exit_price,
    stop_loss, take_profit, pnl, commissions, entry_time, exit_time, source_type, created_at)
select d.user_id, d.id, case n % 2 when 0 then 'NQ' else 'ES' end, 'long', 1, 18250, 18262, 18240, 18275,
    case n % 3 when 0 then -200 else 240 end, 4.5, began, began + interval '9 minutes', 'journal', began
from generate_series(0, $1) n
join public.daily_tracking d on d.trade_date = date '2026-11-24' - (n / 5 + case when n = $1 then -n / 5 else 0 end),
lateral (select case when n = $1 then d.trade_date + interval '20 hours'
                     else d.trade_date + interval '15 hours' + n % 5 * interval '30 minutes'
                end at time zone 'UTC' as began) entry
"""
FACTS = """
insert into worker.trade_facts (trade_id, user_id, initial_stop, pnl_origin)
select id, user_id, stop_loss, 'computed' from public.trades
"""
JUDGED = """
select distinct on (t.user_id) t.user_id, t.id as trade_id,
    array(select r.id from public.trading_rules r where r.user_id = t.user_id order by r.sort_order) as rule_ids
from public.trades t order by t.user_id, t.created_at desc
"""
RESET = """
with gone as (delete from public.trade_rule_verdicts), replies as (delete from worker.outbox)
update public.trades set audit_status = 'pending', audit_result = null, audit_provider = null, compliance_score = null
where audit_status <> 'pending'
"""


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds that audits took, by contender."""

    audit: list[float]
    floor: list[float]


Call = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Trader:
    user_id: UUID
    trade_id: UUID
    rule_ids: list[UUID]

    @property
    def ids(self) -> list[str]:
        return [str(one) for one in (self.user_id, self.trade_id, *self.rule_ids)]

    @property
    def job(self) -> TradeJob:
        return TradeJob(
            platform="telegram",
            account="bench",
            chat_id=str(self.user_id),
            trade_id=self.trade_id,
            user_id=self.user_id,
            at=datetime.now(UTC),
        )


@asynccontextmanager
async def served() -> AsyncIterator[tuple[str, list[Trader]]]:
    """A server as `vigil run` starts it, with traders and their week. Refuses to measure one that is not durable."""
    with TemporaryDirectory(prefix="vigil-bench-") as folder:
        Path(folder).chmod(0o711)  # as root the server is another user, who must be able to pass
        async with embedded_server(Path(folder) / "data") as dsn:
            await migrate(dsn, plain=True)
            db = await asyncpg.connect(dsn)
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                assert await db.fetchval("select current_setting($1)", name) == "on", name
            await db.execute(SIGN_UP.replace("$1", str(TRADERS)))
            await db.execute(PROFILES)
            await db.execute(CHATS)
            await db.execute(ADD_RULES, list(RULES))
            await db.execute(DAYS)
            await db.execute(TRADES.replace("$1", str(EARLIER)))
            await db.execute(FACTS)
            for user_id in await db.fetch("select id from public.profiles"):
                await db.execute("select worker.recompute_days($1, '2026-11-20')", user_id["id"])
            await db.execute("analyze")
            rows = await db.fetch(JUDGED)
            await db.close()
            yield dsn, [Trader(**row) for row in rows]


def plain_code(given: AuditInput) -> int:
    """What an audit does beside the database. The number of rules that were decided."""
    facts = facts_of(given)
    checks = [(rule.id, compiled(rule.text)) for rule in given.rules]
    verdicts = [evaluate(check, facts, rule_id) for rule_id, check in checks if check is not None]
    score = scored(verdicts)
    return score.followed + score.violated


async def recorded(dsn: str, before: Trader, trader: Trader, folder: Path) -> list[Call]:
    """The statements of one audit, as the driver saw them on the only connection of a pool; another trader's audit came
    before, in which the driver asked the server for its types."""
    seen: list[LoggedQuery] = []
    connections = await pool.open_pool(dsn, size=1)
    async with connections.acquire() as connection:
        connection.add_query_logger(seen.append)
    for one in (before, trader):
        await asyncio.sleep(0)  # the driver logs with call_soon
        seen.clear()
        await audits_on(connections, folder)(one.job)
    await asyncio.sleep(0)
    await connections.close()
    return [(query.query, tuple(query.args)) for query in seen]


def audits_on(connections: pool.Pool, folder: Path) -> Audits:
    settings = read_settings(None, openai_api_key=None)
    return Audits(connections, None, LocalStore(folder), settings)


class Floor:
    """The recorded statements with trader, trade and rules put in their place beforehand."""

    def __init__(self, connections: pool.Pool, calls: list[Call], of: Trader, traders: list[Trader]) -> None:
        self._pool = connections
        self._calls = {
            trader.trade_id: [(query, [_own(one, of, trader) for one in arguments]) for query, arguments in calls]
            for trader in traders
        }

    async def audit(self, trader: Trader) -> None:
        async with self._pool.acquire() as connection:
            for query, arguments in self._calls[trader.trade_id]:
                if arguments:
                    await connection.fetch(query, *arguments)
                else:
                    await connection.execute(query)  # BEGIN and COMMIT


def _own(argument: Any, of: Trader, trader: Trader) -> Any:
    """The argument with one trader's ids in place of the other's."""
    if isinstance(argument, list):
        return [_own(one, of, trader) for one in argument]
    if isinstance(argument, UUID):
        return UUID(_own(str(argument), of, trader))
    if isinstance(argument, str):
        for theirs, ours in zip(of.ids, trader.ids, strict=True):
            argument = argument.replace(theirs, ours)
    return argument


async def rounds(dsn: str, traders: list[Trader], number: int, seconds: float, folder: Path) -> list[Round]:
    first, recording, *rest = traders
    calls = await recorded(dsn, first, recording, folder)
    connections = await pool.open_pool(dsn, size=1)
    judge, floor, found = audits_on(connections, folder), Floor(connections, calls, recording, rest), list[Round]()
    for long in (WARM_UP_SECONDS, *[seconds] * number):
        audited = await timed(connections, rest, lambda trader: judge(trader.job), long)
        found.append(Round(audited, await timed(connections, rest, floor.audit, long)))
        await check(connections)
    await connections.close()
    return found[1:]


async def timed(
    connections: pool.Pool, traders: list[Trader], run: Callable[[Trader], Awaitable[None]], seconds: float
) -> list[float]:
    """How long each trader's audit took, none of them judged before; until all had theirs or the time is over."""
    await connections.execute(RESET)
    await connections.execute("vacuum public.trades, public.trade_rule_verdicts, worker.outbox")
    times, deadline = list[float](), time.perf_counter() + seconds
    for trader in traders:
        began = time.perf_counter()
        if began > deadline:
            break
        await run(trader)
        times.append(time.perf_counter() - began)
    return times


async def check(connections: pool.Pool) -> None:
    """What was measured is what is meant: every rule decided by plain code, and every verdict stored."""
    judged = await connections.fetch(
        "select audit_result, (select count(*) from public.trade_rule_verdicts v where v.trade_id = t.id) as verdicts"
        " from public.trades t where audit_status = 'audited' limit 20"
    )
    assert judged
    for row in judged:
        verdicts = json.loads(row["audit_result"])["verdicts"]
        assert all(verdict["computed"] for verdict in verdicts), verdicts
        assert len(verdicts) == len(RULES) == row["verdicts"]


async def codes(dsn: str, traders: list[Trader], seconds: float) -> list[float]:
    """Seconds of plain code an audit, measured without waiting for anything."""
    connections = await pool.open_pool(dsn, size=1)
    async with pool.acquired(connections) as connection:
        found = [await audits.audit_input(connection, one.user_id, one.trade_id, 100) for one in traders[:50]]
    await connections.close()
    given = [one for one in found if one is not None]
    assert {plain_code(one) for one in given} == {len(RULES)}
    times, deadline = list[float](), time.perf_counter() + seconds
    for one in cycle(given):
        began = time.perf_counter()
        if began > deadline:
            break
        plain_code(one)
        times.append(time.perf_counter() - began)
    return times


def first_readings() -> float:
    """Seconds to read 20 rules for the first time."""
    if hasattr(compiled, "cache_clear"):
        compiled.cache_clear()
    began = time.perf_counter()
    read = [compiled(rule) for rule in RULES]
    took = time.perf_counter() - began
    left = [rule for rule, check in zip(RULES, read, strict=True) if check is None]
    assert not left, f"not read by plain code: {left}"
    assert all(one is not None and (isinstance(one, AllOf | Conditional) or one.kind) for one in read)
    return took


def row(name: str, times: list[float]) -> str:
    in_order = sorted(times)
    p50, p99 = (1000 * in_order[int(share * (len(in_order) - 1))] for share in (0.5, 0.99))
    return f"| {name} | {len(times)} | {p50:.2f} | {p99:.2f} |"


def ratio(found: list[Round]) -> str:
    ratios = [median(one.audit) / median(one.floor) for one in found]
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description="Audits by plain code.")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each contender in a round (default 3)")
    parser.add_argument("--rounds", type=int, default=5, help="(default 5)")
    arguments = parser.parse_args()
    reading = first_readings()
    async with served() as (dsn, traders):
        with TemporaryDirectory(prefix="vigil-bench-") as folder:
            found = await rounds(dsn, traders, arguments.rounds, arguments.seconds, Path(folder))
        code = await codes(dsn, traders, arguments.seconds)
    print(f"An audit by {len(RULES)} rules, all of plain code, beside {EARLIER} other trades of the week.\n")
    print("| | audits | p50 ms | p99 ms |\n|---|---:|---:|---:|")
    print(row("audit", [seconds for one in found for seconds in one.audit]))
    print(row("floor", [seconds for one in found for seconds in one.floor]))
    print(row("code", code))
    print(f"\naudit/floor, median of a round: {ratio(found)}")
    print(f"first reading of the {len(RULES)} rules: {1000 * reading:.1f} ms, then kept")


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main())
