"""The limits of a trader's accounts and the days they are measured by.

Columns have the names of public.profiles. account_id null is the default account: the profile's columns, and
daily_tracking; the others are worker.accounts and worker.account_days.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from db.pool import Connection

ACCOUNTS = """
select null::uuid as account_id, p.prop_firm, p.challenge_phase, p.account_size, p.daily_loss_limit_pct,
    p.daily_loss_type, p.max_drawdown_pct, p.max_drawdown_type, p.profit_target_pct, p.max_daily_trades,
    exists (select from worker.entered_balances b where b.user_id = p.id)
        or exists (select from worker.balance_changes c
                   where c.user_id = p.id and c.account_id is null and c.kind in ('balance', 'reset')) as balance_told
from public.profiles p where p.id = $1
union all
select a.id, a.firm, a.challenge_phase, a.account_size, a.daily_loss_limit_pct, a.daily_loss_type, a.max_drawdown_pct,
    a.max_drawdown_type, a.profit_target_pct, a.max_daily_trades,
    exists (select from worker.balance_changes c
            where c.user_id = a.user_id and c.account_id = a.id and c.kind in ('balance', 'reset'))
from worker.accounts a where a.user_id = $1 and a.closed_at is null
"""


async def accounts(connection: Connection, user_id: UUID) -> list[dict[str, Any]]:
    """The limits of the accounts in use."""
    return [dict(row) for row in await connection.fetch(ACCOUNTS, user_id)]


LATEST_DAYS = """
select latest.*, worker.highest_before($1, wanted.account_id, wanted.today) as highest
from unnest($2::uuid[], $3::date[]) with ordinality wanted (account_id, today, place)
left join lateral (
    select day.*,
        case
            when exists (select from worker.balance_changes c
                         where c.user_id = $1 and c.account_id is not distinct from wanted.account_id
                           and c.trade_date = day.trade_date and c.peak is not null) then null
            when lead(day.trade_date) over earlier is null then day.starting_balance
            else lead(day.max_equity_high) over earlier + coalesce(
                (select sum(c.amount) from worker.balance_changes c
                 where c.user_id = $1 and c.account_id is not distinct from wanted.account_id
                   and c.trade_date = day.trade_date and c.kind in ('payout', 'deposit')), 0)
        end as high_before
    from (
        (select d.trade_date, d.starting_balance, d.ending_balance, d.daily_pnl, d.max_equity_high, d.daily_loss_used,
             d.trades_taken
         from public.daily_tracking d
         where wanted.account_id is null and d.user_id = $1 and d.trade_date between '1970-01-01' and wanted.today
         order by d.trade_date desc limit 2)
        union all
        (select d.trade_date, d.starting_balance, d.ending_balance, d.daily_pnl, d.max_equity_high, d.daily_loss_used,
             d.trades_taken
         from worker.account_days d
         where d.account_id = wanted.account_id and d.user_id = $1 and d.trade_date <= wanted.today
         order by d.trade_date desc limit 2)) day
    window earlier as (order by day.trade_date desc)
    order by day.trade_date desc limit 1) latest on true
order by wanted.place
"""


async def latest_days(
    connection: Connection, user_id: UUID, wanted: Sequence[tuple[UUID | None, date]]
) -> list[dict[str, Any]]:
    """For each account and day the last row up to that day; all None without one.

    high_before: the high that the day began with, what was paid out or in since taken into account; None where a peak
    was told on the day. highest: the highest that it ever was before that day, whatever was paid out since.
    """
    ids, days = [account for account, _ in wanted], [day for _, day in wanted]
    return [dict(row) for row in await connection.fetch(LATEST_DAYS, user_id, ids, days)]


SET_OF_PROFILE = """
update public.profiles p set
    prop_firm = n.prop_firm, firm_id = n.firm_id, account_size = n.account_size, challenge_phase = n.challenge_phase,
    daily_loss_limit_pct = n.daily_loss_limit_pct, daily_loss_type = n.daily_loss_type,
    max_drawdown_pct = n.max_drawdown_pct, max_drawdown_type = n.max_drawdown_type,
    profit_target_pct = n.profit_target_pct, max_daily_trades = n.max_daily_trades
from (select (jsonb_populate_record(q, $2::jsonb)).* from public.profiles q where q.id = $1) n
where p.id = $1
"""
SET_OF_ACCOUNT = """
update worker.accounts a set
    firm = case when $3::jsonb ? 'prop_firm' then $3::jsonb ->> 'prop_firm' else a.firm end,
    account_size = n.account_size, challenge_phase = n.challenge_phase, daily_loss_limit_pct = n.daily_loss_limit_pct,
    daily_loss_type = n.daily_loss_type, max_drawdown_pct = n.max_drawdown_pct, max_drawdown_type = n.max_drawdown_type,
    profit_target_pct = n.profit_target_pct, max_daily_trades = n.max_daily_trades
from (select (jsonb_populate_record(b, $3::jsonb)).* from worker.accounts b where b.id = $2 and b.user_id = $1) n
where a.id = $2 and a.user_id = $1
"""
RECOMPUTE = "select worker.recompute($1, $2, date '0001-01-01')"


async def set_limits(connection: Connection, user_id: UUID, account_id: UUID | None, values: Mapping[str, Any]) -> None:
    """Write columns of an account, and its days anew where they hang on them. Lock the profile first."""
    patch = json.dumps(dict(values), default=str)
    if account_id is None:
        await connection.execute(SET_OF_PROFILE, user_id, patch)
    else:
        await connection.execute(SET_OF_ACCOUNT, user_id, account_id, patch)
    if values.keys() & {"account_size", "max_drawdown_type"}:  # balances begin with it; highs are of days or moments
        await connection.execute(RECOMPUTE, user_id, account_id)
