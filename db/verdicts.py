"""public.trade_rule_verdicts, as the trader disagrees with them: looked up by number, overridden, taken back.

- A verdict belongs to a trader by its trade and by its rule; every query names the user on both.
- Clients write the table too: an unknown severity is minor, an unknown original verdict unclear.
- The caller holds the profile's lock.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from db.jsonb import read_json
from db.pool import Connection
from statemachine.message import Chat

MOST_TEXT = 2000
"""Characters of a rule or of its evidence that are read."""


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """One rule's verdict on one trade. `number`: its place in the audit, by the order of the rules.

    original  what the audit said, where the trader said otherwise
    """

    number: int
    id: UUID
    trade_id: UUID
    rule_id: UUID
    rule: str
    verdict: str
    evidence: str
    severity: str
    confidence: int
    is_overridden: bool
    original: str | None
    reason: str | None


OF_TRADE = f"""
select row_number() over (order by r.sort_order, r.created_at, r.id, v.created_at, v.id)::integer as number,
    v.id, v.trade_id, v.rule_id, left(r.rule_text, {MOST_TEXT}) as rule, coalesce(v.verdict, 'unclear') as verdict,
    left(coalesce(v.evidence, ''), {MOST_TEXT}) as evidence,
    case when v.severity in ('minor', 'major', 'critical') then v.severity else 'minor' end as severity,
    coalesce(v.ai_confidence, 1) as confidence, coalesce(v.is_overridden, false) as is_overridden,
    case when v.is_overridden is not true then null
         when v.original_verdict in ('followed', 'violated', 'unclear') then v.original_verdict
         else 'unclear' end as original,
    case when v.is_overridden then left(v.override_reason, {MOST_TEXT}) end as reason
from public.trade_rule_verdicts v
join public.trades t on t.id = v.trade_id and t.user_id = $1
join public.trading_rules r on r.id = v.rule_id and r.user_id = $1
where v.trade_id = $2 order by number
"""
SHOWN_LAST = """
select o.trade_id from worker.outbox o join public.trades t on t.id = o.trade_id and t.user_id = $1
where o.user_id = $1 and o.platform = $2 and o.account = $3 and o.chat_id = $4
  and jsonb_path_exists(o.payload, '$.buttons[*][*].data ? (@ starts with "vd:")')
  and exists (select from public.trade_rule_verdicts v where v.trade_id = t.id)
order by o.id desc limit 1
"""
JUDGED_LAST = """
select t.id from (select id, created_at from public.trades where user_id = $1 order by created_at desc limit 200) t
cross join lateral (select max(v.created_at) as at from public.trade_rule_verdicts v where v.trade_id = t.id) judged
where judged.at is not null order by judged.at desc, t.created_at desc limit 1
"""


async def verdicts_of(connection: Connection, user_id: UUID, trade_id: UUID) -> list[StoredVerdict]:
    """The verdicts on a trade, as the audit numbers them."""
    return [StoredVerdict(**row) for row in await connection.fetch(OF_TRADE, user_id, trade_id)]


async def last_judged(connection: Connection, user_id: UUID, chat: Chat) -> UUID | None:
    """The trade whose audit was told last in this chat, else the one that was judged last (of the latest 200)."""
    here = await connection.fetchval(SHOWN_LAST, user_id, chat.platform, chat.account, chat.chat_id)
    trade_id: UUID | None = here or await connection.fetchval(JUDGED_LAST, user_id)
    return trade_id


SET = """
update public.trade_rule_verdicts v
set verdict = $3, is_overridden = $4, original_verdict = $5, override_reason = $6
from public.trades t, public.trading_rules r
where v.id = $2 and t.id = v.trade_id and t.user_id = $1 and r.id = v.rule_id and r.user_id = $1
"""
AUDIT = """
select t.audit_result::text as result, t.compliance_score as score
from public.trades t where t.id = $2 and t.user_id = $1
"""
RECOMPUTE = "select worker.recompute_trade($1, $2)"
REWRITE = """
update public.trades set audit_result = $3::text::jsonb, compliance_score = $4, rules_followed = $5,
    rules_violated = $6, rules_unclear = $7, has_overrides = $8
where id = $2 and user_id = $1
"""


async def override(
    connection: Connection, user_id: UUID, verdict_id: UUID, verdict: str, original: str, reason: str | None
) -> None:
    """The trader's verdict in place of the audit's; `original`: what the audit said."""
    await connection.execute(SET, user_id, verdict_id, verdict, True, original, reason)


async def restore(connection: Connection, user_id: UUID, verdict_id: UUID, original: str) -> None:
    """The audit's verdict again."""
    await connection.execute(SET, user_id, verdict_id, original, False, None, None)


async def audit_of(connection: Connection, user_id: UUID, trade_id: UUID) -> tuple[Any, Decimal | None]:
    """audit_result, whatever a client made of it, and the score."""
    row = await connection.fetchrow(AUDIT, user_id, trade_id)
    assert row is not None  # noqa: S101 - its verdicts were just read
    return read_json(row["result"]), row["score"]


async def rewrite_audit(
    connection: Connection,
    user_id: UUID,
    trade_id: UUID,
    *,
    result: Any,
    score: Decimal | None,
    counts: tuple[int, int, int],
    has_overrides: bool,
) -> None:
    """What follows from the verdicts as they are now, for the trade, its day and the streak.

    `counts`: followed, violated, unclear.
    """
    values = (json.dumps(result), score, *counts, has_overrides)
    await connection.execute(REWRITE, user_id, trade_id, *values)
    await connection.execute(RECOMPUTE, user_id, trade_id)
