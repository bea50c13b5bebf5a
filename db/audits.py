"""What an audit reads and writes: its facts, verdicts and result.

Every query names the user on each table it joins: a trade of somebody else is never found.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal
from uuid import UUID

from db.pool import Connection

Judgement = Literal["followed", "violated", "unclear"]
Severity = Literal["minor", "major", "critical"]


@dataclass(frozen=True, slots=True)
class Rule:
    """An active rule; a change of its text comes with a new version."""

    id: UUID
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class AuditInput:
    """What an audit judges by: the trade with its facts, its day so far, the profile, the active rules."""

    trade: dict[str, Any]
    day: list[dict[str, Any]]
    profile: dict[str, Any]
    rules: tuple[Rule, ...]


TRADE = """
select t.*, f.is_open, f.pnl_basis, f.pnl_origin, f.initial_stop, f.note, d.trade_date
from public.trades t
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id
where t.id = $2 and t.user_id = $1
"""
DAY_BEFORE = """
select t.id, t.symbol, t.direction, t.entry_price, t.exit_price, t.position_size, t.pnl, t.commissions, t.entry_time,
    t.exit_time, t.created_at, f.pnl_basis
from public.trades t left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
where t.user_id = $1 and t.daily_tracking_id = $2 and t.id <> $3 and t.created_at < $4 order by t.created_at
"""
RULES = """
select id, rule_text as text, coalesce(version, 1) as version from public.trading_rules
where user_id = $1 and is_active order by sort_order, created_at, id limit $2
"""
PROFILE = "select * from public.profiles where id = $1"


async def audit_input(connection: Connection, user_id: UUID, trade_id: UUID, most_rules: int) -> AuditInput | None:
    """All that the audit of a trade needs; None when there is no such trade any more."""
    trade = await connection.fetchrow(TRADE, user_id, trade_id)
    if trade is None:
        return None
    day = await connection.fetch(DAY_BEFORE, user_id, trade["daily_tracking_id"], trade_id, trade["created_at"])
    profile = await connection.fetchrow(PROFILE, user_id)
    rules = await connection.fetch(RULES, user_id, most_rules)
    return AuditInput(
        trade=dict(trade),
        day=[dict(row) for row in day],
        profile=dict(profile or {}),
        rules=tuple(Rule(**row) for row in rules),
    )


# ---- what an audit writes


@dataclass(frozen=True, slots=True)
class Override:
    """A verdict that the trader set in place of the audit's. `row_id` None: it has no row, audit_result keeps it."""

    row_id: UUID | None
    rule_id: UUID
    verdict: Judgement
    evidence: str | None
    severity: Severity | None
    confidence: int | None
    original_verdict: str | None
    override_reason: str | None


OVERRIDES = """
select distinct on (v.rule_id) v.id as row_id, v.rule_id, v.verdict, v.evidence, v.severity,
    v.ai_confidence as confidence, v.original_verdict, v.override_reason
from public.trade_rule_verdicts v
join public.trades t on t.id = v.trade_id and t.user_id = $1
join public.trading_rules r on r.id = v.rule_id and r.user_id = $1
where v.trade_id = $2 and v.is_overridden and v.verdict in ('followed', 'violated', 'unclear')
order by v.rule_id, v.created_at desc, v.id
"""


async def overrides(connection: Connection, user_id: UUID, trade_id: UUID) -> tuple[Override, ...]:
    """The trader's own verdicts on a trade, of each rule the latest."""
    return tuple(Override(**row) for row in await connection.fetch(OVERRIDES, user_id, trade_id))


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A row of trade_rule_verdicts to write; the last two of an override that is brought back."""

    rule_id: UUID
    verdict: str
    evidence: str
    severity: str
    confidence: int
    original_verdict: str | None = None
    override_reason: str | None = None
    is_overridden: bool = False


_COLUMNS = tuple(field.name for field in fields(VerdictRow))
DROP_VERDICTS = """
delete from public.trade_rule_verdicts v using public.trades t
where t.id = v.trade_id and t.user_id = $1 and v.trade_id = $2 and v.id <> all ($3::uuid[])
"""
ADD_VERDICTS = """
insert into public.trade_rule_verdicts (trade_id, rule_id, verdict, evidence, severity, ai_confidence, original_verdict,
    override_reason, is_overridden)
select t.id, r.id, v.verdict, v.evidence, v.severity, v.confidence, v.original_verdict, v.override_reason,
    v.is_overridden
from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::text[], $9::text[], $10::boolean[])
    as v (rule_id, verdict, evidence, severity, confidence, original_verdict, override_reason, is_overridden)
join public.trading_rules r on r.id = v.rule_id and r.user_id = $1
join public.trades t on t.id = $2 and t.user_id = $1
"""
MARK_AUDITED = """
update public.trades set audit_status = $3, audit_result = $4, audit_provider = $5, compliance_score = $6,
    rules_followed = $7, rules_violated = $8, rules_unclear = $9, has_overrides = $10
where id = $2 and user_id = $1 returning daily_tracking_id
"""
RECOMPUTE = """
with days as materialized (
    select count(*) from public.daily_tracking d, worker.recompute_days($1, d.trade_date)
    where d.id = $2 and d.user_id = $1)
select worker.recompute_streak($1) from days
"""


async def replace_verdicts(
    connection: Connection, user_id: UUID, trade_id: UUID, kept: Sequence[UUID], rows: Sequence[VerdictRow]
) -> None:
    """The trade's verdicts anew: `kept` are ids of overridden rows that stay, `rows` take the place of all others."""
    await connection.execute(DROP_VERDICTS, user_id, trade_id, list(kept))
    columns = [[getattr(row, name) for row in rows] for name in _COLUMNS]
    await connection.execute(ADD_VERDICTS, user_id, trade_id, *columns)


async def mark_audited(
    connection: Connection,
    user_id: UUID,
    trade_id: UUID,
    *,
    status: str,
    result: dict[str, Any],
    provider: str | None,
    score: Any,
    counts: tuple[int, int, int],
    has_overrides: bool,
) -> None:
    """The audit's result on the trade, and its day and the streak recomputed. `counts`: followed, violated, unclear."""
    day: UUID | None = await connection.fetchval(
        MARK_AUDITED, user_id, trade_id, status, json.dumps(result), provider, score, *counts, has_overrides
    )
    await connection.execute(RECOMPUTE, user_id, day)


DAY_OF = """
select coalesce(a.trade_date, d.trade_date) as day, f.account_id
from public.trades t
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join worker.account_days a on a.id = f.account_day_id and a.user_id = t.user_id
left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id and f.account_id is null
where t.id = $2 and t.user_id = $1
"""
AUDITED_ON = """
select t.id from (
    select t.id, t.created_at from public.daily_tracking d
    join public.trades t on t.daily_tracking_id = d.id and t.user_id = d.user_id and t.audit_status = 'audited'
    where d.user_id = $1 and d.trade_date = $2 and $3::uuid is null
    union all
    select t.id, t.created_at from worker.account_days a
    join worker.trade_facts f on f.account_day_id = a.id and f.user_id = a.user_id
    join public.trades t on t.id = f.trade_id and t.user_id = a.user_id and t.audit_status = 'audited'
    where a.user_id = $1 and a.trade_date = $2 and a.account_id = $3
) t order by t.created_at, t.id
"""


async def day_of(connection: Connection, user_id: UUID, trade_id: UUID) -> tuple[date, UUID | None] | None:
    """The trading day of a trade, and its account (None: the default one)."""
    row = await connection.fetchrow(DAY_OF, user_id, trade_id)
    return (row["day"], row["account_id"]) if row and row["day"] else None


async def audited_on(connection: Connection, user_id: UUID, day: date, account_id: UUID | None) -> list[UUID]:
    """The audited trades of an account's day, in the order they were logged."""
    return [row["id"] for row in await connection.fetch(AUDITED_ON, user_id, day, account_id)]
