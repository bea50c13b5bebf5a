"""What traders show the world: public.shared_results, which names nobody, and whose each is, in worker.shares.

Every statement names the user, whose profile the caller has locked. What is shared of a trade goes with the trade.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from db.pool import Connection

MOST_SHARES: Final = 100
"""Of one profile at a time."""

TRADE: Final = """
select t.symbol, t.direction, t.entry_price, t.exit_price, t.position_size, t.stop_loss, t.pnl, t.commissions,
    f.is_open, f.pnl_basis, f.initial_stop, a.name as account, t.audit_status, t.compliance_score, t.rules_followed,
    t.rules_violated, t.rules_unclear,
    case when coalesce(y.trade_date, d.trade_date) between '1970-01-01' and '2199-12-31'  -- clients write days, too
        then coalesce(y.trade_date, d.trade_date) end as trade_date
from public.trades t
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join worker.accounts a on a.id = f.account_id and a.user_id = t.user_id
left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id and f.account_id is null
left join worker.account_days y on y.id = f.account_day_id and y.user_id = t.user_id and y.account_id = f.account_id
where t.id = $2 and t.user_id = $1
for key share of t
"""


async def trade_to_share(connection: Connection, user_id: UUID, trade_id: UUID) -> dict[str, Any] | None:
    """What may be told of a trade is worked out from this; None when it is gone. Nobody deletes it before the turn
    ends: the web app may be about to."""
    row = await connection.fetchrow(TRADE, user_id, trade_id)
    return dict(row) if row else None


SHARE = """
with old as (
    update public.shared_results r set strategy_summary = $4, pnl_percent = $5, stats = $6
    from worker.shares s where s.result_id = r.id and s.user_id = $1 and s.trade_id = $2 returning r.result_hash),
new as (
    insert into public.shared_results (result_hash, strategy_summary, pnl_percent, stats)
    select $3, $4, $5, $6 from public.trades t
    where t.id = $2 and t.user_id = $1 and not exists (select from old)
      and (select count(*) from worker.shares s where s.user_id = $1) < $7
    returning id, result_hash),
owned as (insert into worker.shares (result_id, user_id, trade_id) select n.id, $1, $2 from new n)
select result_hash from old union all select result_hash from new
"""


async def share(
    connection: Connection,
    user_id: UUID,
    trade_id: UUID,
    result_hash: str,
    summary: str,
    percent: Decimal | None,
    stats: dict[str, Any],
) -> str | None:
    """Share a trade; the hash under which it is found. One that is shared already keeps its hash and is told anew.

    None: MOST_SHARES are shared.
    """
    given = (result_hash, summary, percent, json.dumps(stats))
    found: str | None = await connection.fetchval(SHARE, user_id, trade_id, *given, MOST_SHARES)
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """A shared trade as its owner sees it. `month`: of the trade, "2026-03"; None where that is not known."""

    result_id: UUID
    summary: str
    month: str | None


SHARES = """
select s.result_id, coalesce(r.strategy_summary, '') as summary, r.stats ->> 'month' as month
from worker.shares s join public.shared_results r on r.id = s.result_id
where s.user_id = $1 order by s.shared_at desc, s.result_id
"""


async def shares_of(connection: Connection, user_id: UUID) -> list[Share]:
    """The latest first."""
    return [Share(**row) for row in await connection.fetch(SHARES, user_id)]


UNSHARE = "delete from worker.shares where user_id = $1 and ($2::uuid is null or result_id = $2)"


async def unshare(connection: Connection, user_id: UUID, result_id: UUID | None) -> int:
    """Take back one shared result, or all (None); how many that were."""
    status: str = await connection.execute(UNSHARE, user_id, result_id)
    return int(status.rpartition(" ")[2])
