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
from db.rules import DIGEST

Judgement = Literal["followed", "violated", "unclear"]
Severity = Literal["minor", "major", "critical"]


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
    """What an audit judges by.

    trade    with its facts and trading day; JSON: its parts (`legs`), balances of the account's days (`days`)
    others   trades of the same account around it, the latest first: those of its week of trading days and of three days
             before, and those that may have been open beside it
    complete_from  None, or where there are more than MOST_OTHERS of them: of days before it not every one is here
    account  the row of worker.accounts, None for the default account, which the profile describes
    """

    trade: dict[str, Any]
    others: list[dict[str, Any]]
    complete_from: date | None
    profile: dict[str, Any]
    account: dict[str, Any] | None
    rules: tuple[Rule, ...]


MOST_OTHERS = 1_000
"""Other trades that an audit looks at. Nobody trades as often by hand; an import may."""
MOST_BESIDE = 200
"""Trades of other days that may have been open beside it."""

FIRST, LAST = "1970-01-01", "2199-12-31"
"""Clients write days and times; what lies beyond cannot even be read by the driver."""


def _sane(column: str) -> str:
    return f"case when {column} between '{FIRST}' and '{LAST}' then {column} end"


_TIMES = f"""
{_sane("t.entry_time")} as entry_time, {_sane("t.exit_time")} as exit_time,
least(greatest(t.created_at, '{FIRST}'), '{LAST}') as created_at,
{_sane("coalesce(a.trade_date, d.trade_date)")} as trade_date
"""
_DAY = """
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id and f.account_id is null
left join worker.account_days a on a.id = f.account_day_id and a.user_id = t.user_id and a.account_id = f.account_id
"""
_LEGS = """
(select json_agg(json_build_object('size', l.size::text, 'pnl', l.pnl::text, 'at', l.exit_time,
                                   'closed_at', l.created_at, 'day', coalesce(ld.trade_date, la.trade_date))
                 order by l.created_at, l.id)
 from (select * from worker.trade_legs one where one.trade_id = t.id and one.user_id = t.user_id
       order by one.created_at, one.id limit 100) l
 left join public.daily_tracking ld on ld.id = l.daily_tracking_id and ld.user_id = l.user_id
 left join worker.account_days la on la.id = l.account_day_id and la.user_id = l.user_id)
"""
_CLOSED_AT = """
(select max(c.created_at) from worker.changes c
 where c.trade_id = t.id and c.user_id = t.user_id and c.kind = 'close' and c.undone_at is null)
"""
TRADE = f"""
select t.id, t.symbol, t.direction, t.entry_price, t.exit_price, t.position_size, t.stop_loss, t.take_profit, t.pnl,
    t.commissions, t.screenshot_url, t.audit_status, t.audit_result, f.is_open, f.pnl_basis, f.pnl_origin,
    f.initial_stop, f.note, f.account_id, {_TIMES}, {_LEGS} as legs, {_CLOSED_AT} as closed_at,
    span.first as span_first, span.last as span_last,
    (select json_agg(json_build_object('day', days.trade_date, 'starting', days.starting_balance::text,
                                       'ending', days.ending_balance::text) order by days.trade_date)
     from (select one.trade_date, one.starting_balance, one.ending_balance from public.daily_tracking one
           where one.user_id = $1 and f.account_id is null and one.trade_date between span.first and span.last
           union all
           select one.trade_date, one.starting_balance, one.ending_balance from worker.account_days one
           where one.user_id = $1 and one.account_id = f.account_id
             and one.trade_date between span.first and span.last) days) as days
from public.trades t {_DAY}
cross join lateral (
    select least(greatest(
        coalesce(a.trade_date, d.trade_date,
                 (coalesce(t.exit_time, t.entry_time, t.created_at) at time zone 'UTC')::date),
        '{FIRST}'), '{LAST}') as day) counted
cross join lateral (  -- the entry may lie in an earlier week; in no zone is its date more than a day from that of UTC
    select date_trunc('week', least(day, ({_sane("t.entry_time")} at time zone 'UTC')::date - 1))::date - 3 as first,
        day as last) span
where t.id = $2 and t.user_id = $1
"""
_OTHERS = """
with dated as materialized ({dated}),
around as (
    (select id, trade_date from dated where trade_date <= $5 and id <> $2
     order by trade_date desc, created_at < $7 desc, created_at desc, id limit $8 + 1)
    union all  -- a trade that was held on beyond this one's day stands on a later day
    (select id, null from dated where trade_date > $5 and coalesce(entry_time, created_at) < $6
     order by trade_date, created_at, id limit $9)
    union all
    (select f.trade_id, null from worker.trade_facts f
     where f.user_id = $1 and f.is_open and f.trade_id <> $2 and f.account_id is not distinct from $3
     order by f.created_at desc, f.trade_id limit $9)
)
select t.id, t.symbol, t.direction, t.entry_price, t.exit_price, t.position_size, t.stop_loss, t.take_profit, t.pnl,
    t.commissions, f.pnl_basis, f.initial_stop, f.is_open, {times}, {legs} as legs,
    {closed_at} as closed_at,
    (select case when count(trade_date) > $8 then min(trade_date) + 1 end from around) as complete_from
from (select distinct id from around) chosen
join public.trades t on t.id = chosen.id and t.user_id = $1 {day}
where f.account_id is not distinct from $3
order by trade_date desc, t.created_at desc, t.id
"""
_OF_DEFAULT = """
    select t.id, t.created_at, t.entry_time, d.trade_date
    from public.daily_tracking d join public.trades t on t.daily_tracking_id = d.id and t.user_id = d.user_id
    where d.user_id = $1 and $3::uuid is null and d.trade_date between $4::date and $5::date + 92"""
_OF_ACCOUNT = """
    select t.id, t.created_at, t.entry_time, a.trade_date
    from worker.account_days a
    join worker.trade_facts f on f.account_day_id = a.id and f.user_id = a.user_id
    join public.trades t on t.id = f.trade_id and t.user_id = a.user_id
    where a.account_id = $3::uuid and a.user_id = $1 and a.trade_date between $4::date and $5::date + 92"""
OTHERS_OF_DEFAULT = _OTHERS.format(dated=_OF_DEFAULT, times=_TIMES, legs=_LEGS, closed_at=_CLOSED_AT, day=_DAY)
OTHERS_OF_ACCOUNT = _OTHERS.format(dated=_OF_ACCOUNT, times=_TIMES, legs=_LEGS, closed_at=_CLOSED_AT, day=_DAY)
RULES = f"""
select r.id, r.rule_text as text, coalesce(r.version, 1) as version,
    case c.status when 'confirmed' then c.reading::text end as check,
    coalesce(c.status = 'dismissed', false) as dismissed
from public.trading_rules r
left join worker.rule_checks c on c.rule_id = r.id and c.user_id = r.user_id and c.digest = {DIGEST}
where r.user_id = $1 and r.is_active order by r.sort_order, r.created_at, r.id limit $2
"""
PROFILE = "select * from public.profiles where id = $1"
ACCOUNT = "select * from worker.accounts where id = $2 and user_id = $1"


async def audit_input(connection: Connection, user_id: UUID, trade_id: UUID, most_rules: int) -> AuditInput | None:
    """All that the audit of a trade needs; None when there is no such trade any more."""
    trade = await connection.fetchrow(TRADE, user_id, trade_id)
    if trade is None:
        return None
    number, recorded = trade["account_id"], trade["created_at"]
    others = await connection.fetch(
        OTHERS_OF_DEFAULT if number is None else OTHERS_OF_ACCOUNT,
        *(user_id, trade_id, number, trade["span_first"], trade["span_last"]),
        *(trade["entry_time"] or recorded, recorded, MOST_OTHERS, MOST_BESIDE),
    )
    profile = await connection.fetchrow(PROFILE, user_id)
    account = None if number is None else await connection.fetchrow(ACCOUNT, user_id, number)
    rules = await connection.fetch(RULES, user_id, most_rules)
    return AuditInput(
        trade=dict(trade),
        others=[dict(row) for row in others],
        complete_from=others[0]["complete_from"] if others else None,
        profile=dict(profile or {}),
        account=dict(account) if account else None,
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
select distinct on (v.rule_id) v.id as row_id, v.rule_id, v.verdict, v.evidence,
    case when v.severity in ('minor', 'major', 'critical') then v.severity end as severity,
    v.ai_confidence as confidence,
    case when v.original_verdict in ('followed', 'violated', 'unclear') then v.original_verdict end as original_verdict,
    v.override_reason
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
REPLACE_VERDICTS = """
with new as (
    select v.* from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::integer[], $9::text[], $10::text[],
                           $11::boolean[])
        as v (rule_id, verdict, evidence, severity, confidence, original_verdict, override_reason, is_overridden)
    join public.trading_rules r on r.id = v.rule_id and r.user_id = $1),
same as (
    select distinct on (v.rule_id) v.id, v.rule_id from public.trade_rule_verdicts v join new on new.rule_id = v.rule_id
        and (new.verdict, new.evidence, new.severity, new.confidence, new.is_overridden)
            is not distinct from (v.verdict, v.evidence, v.severity, v.ai_confidence, v.is_overridden)
    where v.trade_id = $2 and not v.is_overridden order by v.rule_id, v.created_at, v.id),
gone as (
    delete from public.trade_rule_verdicts v using public.trades t
    where t.id = v.trade_id and t.user_id = $1 and v.trade_id = $2 and v.id <> all ($3::uuid[])
      and v.id not in (select id from same))
insert into public.trade_rule_verdicts (trade_id, rule_id, verdict, evidence, severity, ai_confidence, original_verdict,
    override_reason, is_overridden)
select t.id, new.rule_id, new.verdict, new.evidence, new.severity, new.confidence, new.original_verdict,
    new.override_reason, new.is_overridden
from new join public.trades t on t.id = $2 and t.user_id = $1
where new.rule_id not in (select rule_id from same)
"""
MARK_UNCHANGED = """
update public.trades set audit_result = jsonb_set(audit_result, '{of}', to_jsonb($3::text))
where id = $2 and user_id = $1 and jsonb_typeof(audit_result) = 'object'
"""
MARK_AUDITED = """
update public.trades set audit_status = $3, audit_result = $4, audit_provider = $5, compliance_score = $6,
    rules_followed = $7, rules_violated = $8, rules_unclear = $9, has_overrides = $10
where id = $2 and user_id = $1
"""
RECOMPUTE = "select worker.recompute_trade($1, $2)"


async def replace_verdicts(
    connection: Connection, user_id: UUID, trade_id: UUID, kept: Sequence[UUID], rows: Sequence[VerdictRow]
) -> None:
    """The trade's verdicts anew: `kept` are ids of overridden rows that stay, `rows` take the place of all others.

    A row that says the same already stays, so that buttons that were shown with it still find it.
    """
    columns = [[getattr(row, name) for row in rows] for name in _COLUMNS]
    await connection.execute(REPLACE_VERDICTS, user_id, trade_id, list(kept), *columns)


async def mark_unchanged(connection: Connection, user_id: UUID, trade_id: UUID, of: str) -> None:
    """What the trade is judged by is another now, and its verdicts are the same; `of` names it."""
    await connection.execute(MARK_UNCHANGED, user_id, trade_id, of)


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
    await connection.execute(
        MARK_AUDITED, user_id, trade_id, status, json.dumps(result), provider, score, *counts, has_overrides
    )
    await connection.execute(RECOMPUTE, user_id, trade_id)


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


UNCLEAR_DAYS = f"""
select distinct coalesce(a.trade_date, d.trade_date) as day
from public.trades t
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id and f.account_id is null
left join worker.account_days a on a.id = f.account_day_id and a.user_id = t.user_id
where t.user_id = $1 and t.created_at > now() - interval '14 days' and t.audit_status = 'audited'
    and t.rules_unclear > 0 and f.account_id is not distinct from $2
    and coalesce(a.trade_date, d.trade_date) between '{FIRST}' and '{LAST}'
order by day desc limit $3
"""


async def unclear_days(connection: Connection, user_id: UUID, account_id: UUID | None, most: int) -> list[date]:
    """An account's latest trading days with trades of the last 14 days that have unclear verdicts; latest first."""
    return [row["day"] for row in await connection.fetch(UNCLEAR_DAYS, user_id, account_id, most)]


async def audited_on(connection: Connection, user_id: UUID, day: date, account_id: UUID | None) -> list[UUID]:
    """The audited trades of an account's day, in the order they were logged."""
    return [row["id"] for row in await connection.fetch(AUDITED_ON, user_id, day, account_id)]


IS_FOLLOWED = """
with jobs as materialized (
    select q.id, q.entrypoint, convert_from(q.payload, 'UTF8')::jsonb as given from worker.pgqueuer q
    where q.entrypoint in ('audit', 'audit:local', 'audit:sandbox') and q.status in ('queued', 'picked')),
own as (select id, entrypoint from jobs where given ->> 'trade_id' = $2::uuid::text order by id desc limit 1)
select exists (
    select from own
    join jobs later on later.id > own.id and later.entrypoint = own.entrypoint  -- others' processes may not run
    join public.trades t on t.id = (later.given ->> 'trade_id')::uuid and t.user_id = $1
    left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
    left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id and f.account_id is null
    left join worker.account_days a on a.id = f.account_day_id and a.user_id = t.user_id
    where later.given ->> 'user_id' = $1::uuid::text and t.id <> $2
      and coalesce(a.trade_date, d.trade_date) = $3 and f.account_id is not distinct from $4)
"""


async def is_followed(
    connection: Connection, user_id: UUID, trade_id: UUID, day: date, account_id: UUID | None
) -> bool:
    """Whether an audit of another trade of the day was asked for after this one's, and has not ended yet.

    Jobs of a trader have their ids in the order of what they are about: whoever writes both holds the profile's lock.
    """
    return bool(await connection.fetchval(IS_FOLLOWED, user_id, trade_id, day, account_id))
