"""What an audit reads and writes: its facts, credits, verdicts and result.

Every query names the user on each table it joins: a trade of somebody else is never found.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.pool import Connection
from db.rules import DIGEST


@dataclass(frozen=True, slots=True)
class Rule:
    """An active rule; a change of its text comes with a new version.

    check      JSON of a check that the model proposed for this very text and the trader confirmed
    dismissed  the trader says that plain code misreads this text
    """

    id: UUID
    text: str
    version: int
    check: str | None = None
    dismissed: bool = False


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
RULES = f"""
select r.id, r.rule_text as text, coalesce(r.version, 1) as version,
    case c.status when 'confirmed' then c.reading::text end as check,
    coalesce(c.status = 'dismissed', false) as dismissed
from public.trading_rules r
left join worker.rule_checks c on c.rule_id = r.id and c.user_id = r.user_id and c.digest = {DIGEST}
where r.user_id = $1 and r.is_active order by r.sort_order, r.created_at, r.id limit $2
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


TAKE_CREDIT = """
update public.profiles set free_audits_remaining = free_audits_remaining - 1
where id = $1 and free_audits_remaining > 0
  and not (subscription_status in ('trialing', 'active')
           or (subscription_status = 'trial' and coalesce(trial_ends_at, 'infinity') > now()))
returning free_audits_remaining
"""
UNLIMITED = """
select subscription_status in ('trialing', 'active')
    or (subscription_status = 'trial' and coalesce(trial_ends_at, 'infinity') > now())
from public.profiles where id = $1
"""


async def take_credit(connection: Connection, user_id: UUID) -> str:
    """One free audit, atomically: "unlimited", "taken" or "none"."""
    if await connection.fetchval(UNLIMITED, user_id):
        return "unlimited"
    return "none" if await connection.fetchval(TAKE_CREDIT, user_id) is None else "taken"


async def give_back_credit(connection: Connection, user_id: UUID) -> None:
    await connection.execute("select public.increment_free_audits($1)", user_id)


REPLACE_VERDICTS = """
with gone as (delete from public.trade_rule_verdicts v where v.trade_id = $2 and not v.is_overridden)
insert into public.trade_rule_verdicts (trade_id, rule_id, verdict, evidence, severity, ai_confidence)
select $2, r.id, v.verdict, v.evidence, v.severity, v.confidence
from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::integer[])
    as v (rule_id, verdict, evidence, severity, confidence)
join public.trading_rules r on r.id = v.rule_id and r.user_id = $1
where not exists (select from public.trade_rule_verdicts o
                  where o.trade_id = $2 and o.rule_id = r.id and o.is_overridden)
"""
MARK_AUDITED = """
update public.trades set audit_status = $3, audit_result = $4, audit_provider = $5, compliance_score = $6,
    rules_followed = $7, rules_violated = $8, rules_unclear = $9
where id = $2 and user_id = $1 returning daily_tracking_id
"""
RECOMPUTE = """
with days as materialized (
    select count(*) from public.daily_tracking d, worker.recompute_days($1, d.trade_date)
    where d.id = $2 and d.user_id = $1)
select worker.recompute_streak($1) from days
"""


async def replace_verdicts(connection: Connection, user_id: UUID, trade_id: UUID, rows: Sequence[Any]) -> None:
    """The trade's verdicts, anew; overrides are kept. `rows`: rule_id, verdict, evidence, severity, confidence."""
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], [], []]
    await connection.execute(REPLACE_VERDICTS, user_id, trade_id, *columns)


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
) -> None:
    """The audit's result on the trade, and its day and the streak recomputed. `counts`: followed, violated, unclear."""
    day: UUID | None = await connection.fetchval(
        MARK_AUDITED, user_id, trade_id, status, json.dumps(result), provider, score, *counts
    )
    await connection.execute(RECOMPUTE, user_id, day)
