"""How the statements of turns are planned, and what they read: by which indexes, and of which tables too much.

Statements inside functions are seen where the server has auto_explain (Debian's and Supabase's have it, the embedded
one does not); what tables were read whole, and how many rows of each, the server counts everywhere.
"""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from asyncpg.connection import LoggedQuery

LARGE = 1000
"""Rows of a table that must not be read whole; smaller ones are rightly."""

NESTED = """
load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
set auto_explain.log_analyze = on; set auto_explain.log_timing = off; set auto_explain.log_format = json;
set auto_explain.log_level = notice
"""
READ = """
select s.schemaname || '.' || s.relname as name, s.n_live_tup as rows, coalesce(s.seq_scan, 0) as whole,
       coalesce(s.seq_tup_read, 0) + coalesce(s.idx_tup_fetch, 0) as read
from pg_stat_user_tables s where s.schemaname in ('public', 'worker', 'auth')
"""
SIZES = """
select s.schemaname || '.' || s.relname as name, s.n_live_tup as rows, pg_table_size(s.relid) as bytes,
       pg_indexes_size(s.relid) as indexes
from pg_stat_user_tables s order by pg_total_relation_size(s.relid) desc limit 12
"""


@dataclass(slots=True)
class Plan:
    """One statement. `by`: the indexes and tables it was answered from; `whole`: large tables that were read whole."""

    text: str
    times: int = 0
    ms: float = 0.0
    by: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TableReads:
    """Since the server began to count: how often a table was read whole, and rows that were read."""

    rows: int
    whole: int
    read: int


class Single:
    """What `pool.acquired` takes for a pool: one connection, whose settings and listeners stay."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def acquire(self, *, timeout: float) -> Any:
        del timeout
        return self._connection

    async def release(self, connection: Any) -> None:
        pass


@asynccontextmanager
async def watched(dsn: str) -> AsyncIterator[tuple[Any, list[Plan]]]:
    """A pool of one connection, and the plans of all that is done on it, once it is closed."""
    connection = await asyncpg.connect(dsn)
    plans: list[Plan] = []
    large = {row["name"].partition(".")[2] for row in await connection.fetch(READ) if row["rows"] > LARGE}
    told: list[dict[str, Any]] = []
    calls: list[LoggedQuery] = []
    try:
        await connection.execute(NESTED)
        connection.add_log_listener(lambda _, message: told.extend(_plan_in(message.message)))
    except asyncpg.PostgresError:
        connection.add_query_logger(calls.append)
    try:
        yield Single(connection), plans
        told += [found for call in calls if (found := await _explained(connection, call))]
    finally:
        await connection.close()
    plans += _summed(told, large)


def _plan_in(message: str) -> Iterator[dict[str, Any]]:
    if told := re.match(r"duration: ([\d.]+) ms\s+plan:\n(.*)", message, re.DOTALL):
        yield json.loads(told[2]) | {"Execution Time": float(told[1])}


async def _explained(connection: asyncpg.Connection, call: LoggedQuery) -> dict[str, Any] | None:
    """The statement once more, and taken back; None where it cannot be done twice."""
    if not re.match(r"\s*(select|with)\b", call.query, re.IGNORECASE) or call.exception is not None:
        return None
    transaction = connection.transaction()
    await transaction.start()
    try:
        text = await connection.fetchval(f"explain (analyze, timing off, format json) {call.query}", *call.args)
    except asyncpg.IntegrityConstraintViolationError:
        return None
    finally:
        await transaction.rollback()
    found: dict[str, Any] = json.loads(text)[0]
    return found | {"Query Text": call.query}


def _summed(told: list[dict[str, Any]], large: set[str]) -> list[Plan]:
    plans: dict[str, Plan] = {}
    for one in told:
        text = re.sub(r"\s+", " ", one["Query Text"]).strip()
        plan = plans.setdefault(text, Plan(text))
        plan.times += 1
        plan.ms += one["Execution Time"]
        for node in _nodes(one["Plan"]):
            relation, kind = node.get("Relation Name", ""), node["Node Type"]
            used = node.get("Index Name") or (f"{relation} whole" if kind == "Seq Scan" else "")
            if used and used not in plan.by:
                plan.by.append(used)
            if kind == "Seq Scan" and relation in large and relation not in plan.whole:
                plan.whole.append(relation)
    return sorted(plans.values(), key=lambda plan: -plan.ms)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


async def table_reads(dsn: str) -> dict[str, TableReads]:
    """Per table. Sessions tell what they read when they end."""
    connection = await asyncpg.connect(dsn)
    try:
        return {row["name"]: TableReads(row["rows"], row["whole"], row["read"]) for row in await connection.fetch(READ)}
    finally:
        await connection.close()


async def read_whole(dsn: str, work: Callable[[], Awaitable[None]]) -> dict[str, int]:
    """How often the work read each large table whole; its sessions must have ended when it returns."""
    before = await table_reads(dsn)
    await work()
    after = await table_reads(dsn)
    found = {name: reads.whole - before[name].whole for name, reads in after.items() if reads.rows > LARGE}
    return {name: times for name, times in found.items() if times}


def plan_table(plans: list[Plan], most: int = 60) -> Iterator[str]:
    yield "| statement | times | ms each | answered from |"
    yield "|---|---:|---:|---|"
    for plan in plans[:most]:
        text = plan.text.replace("|", "\\|")
        text = text if len(text) <= 90 else f"{text[:89]}…"
        yield f"| `{text}` | {plan.times} | {plan.ms / plan.times:.2f} | {', '.join(plan.by) or '–'} |"


async def size_table(dsn: str) -> list[str]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(SIZES)
    finally:
        await connection.close()
    lines = ["| table | rows | MB | MB of indexes |", "|---|---:|---:|---:|"]
    return lines + [f"| {r['name']} | {r['rows']} | {r['bytes'] >> 20} | {r['indexes'] >> 20} |" for r in rows]
