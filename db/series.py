"""The days of an account and one trade with all that a picture of it shows; sums of trades are in db/statistics.py.

Every query names the user on each table it joins. `account_id` None: the default account. Clients write some of the
columns: what is no sane figure counts as none, and lies in no period.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from db.jsonb import read_json
from db.pool import Connection
from db.statistics import Span

LARGEST: Final = "1e12"


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of an account that is on record.

    moved  what was paid in or out at its start
    anew   from here on the high is another one: it was told, or the account was reset; `told`: what it then was
    """

    trade_date: date
    starting_balance: Decimal | None
    ending_balance: Decimal | None
    daily_pnl: Decimal | None
    max_equity_high: Decimal | None
    trades_taken: int | None
    moved: Decimal
    anew: bool
    told: Decimal | None


DAYS: Final = f"""
with days as (
    select d.trade_date, d.starting_balance, d.ending_balance, d.daily_pnl, d.max_equity_high, d.trades_taken
    from public.daily_tracking d where $2::uuid is null and d.user_id = $1 and d.trade_date between $3 and $4
    union all
    select d.trade_date, d.starting_balance, d.ending_balance, d.daily_pnl, d.max_equity_high, d.trades_taken
    from worker.account_days d
    where d.account_id = $2 and d.user_id = $1 and d.trade_date between $3 and $4
),
events as (
    select c.trade_date, c.kind in ('payout', 'deposit') as moves, c.amount,
        case when c.peak is not null then c.peak when c.kind = 'reset' then c.amount end as told, c.created_at
    from worker.balance_changes c
    where c.user_id = $1 and c.account_id is not distinct from $2 and c.trade_date between $3 and $4
    union all
    select e.trade_date, false, 0, e.peak, e.created_at from worker.entered_balances e
    where $2::uuid is null and e.user_id = $1 and e.trade_date between $3 and $4
),
told as (
    select trade_date, coalesce(sum(amount) filter (where moves), 0) as moved, bool_or(told is not null) as anew,
        (array_agg(told order by created_at desc) filter (where told is not null))[1] as told
    from events group by trade_date
)
select days.*, coalesce(told.moved, 0) as moved, coalesce(told.anew, false) as anew, told.told
from days left join told on told.trade_date = days.trade_date
where abs(days.daily_pnl) < {LARGEST} and abs(days.ending_balance) < {LARGEST} or days.daily_pnl is null
    or days.ending_balance is null
order by days.trade_date
"""
DAY_BEFORE: Final = """
(select max(d.trade_date) from public.daily_tracking d
 where $2::uuid is null and d.user_id = $1 and d.trade_date < $3 and d.trade_date >= '1970-01-01')
union all
(select max(d.trade_date) from worker.account_days d
 where d.account_id = $2 and d.user_id = $1 and d.trade_date < $3 and d.trade_date >= '1970-01-01')
"""

_COSTS: Final = "case when f.pnl_basis = 'net' then 0 else coalesce(t.commissions, 0) end"


async def days(connection: Connection, span: Span) -> list[DayRow]:
    """The days of a span, whatever their symbol, and before them the one that the first began with, where there is."""
    before = [row[0] for row in await connection.fetch(DAY_BEFORE, span.user_id, span.account_id, span.first) if row[0]]
    first = before[0] if before else span.first
    rows = await connection.fetch(DAYS, span.user_id, span.account_id, first, span.last)
    return [DayRow(**row) for row in rows]


async def highest_before(connection: Connection, user_id: UUID, account_id: UUID | None, day: date) -> Decimal | None:
    """The highest that the account ever was before a day, as it then stood."""
    highest: Decimal | None = await connection.fetchval(
        "select worker.highest_before($1, $2, $3)", user_id, account_id, day
    )
    return highest


@dataclass(frozen=True, slots=True)
class TradeRow:
    """One trade with all that a card shows. `exits`: its parts that were closed by themselves; `plan`: what it filled,
    as JSON values."""

    symbol: str | None
    direction: str | None
    entry_price: Decimal | None
    exit_price: Decimal | None
    position_size: Decimal | None
    stop_loss: Decimal | None
    take_profit: Decimal | None
    initial_stop: Decimal | None
    entry_time: datetime | None
    exit_time: datetime | None
    is_open: bool
    net: Decimal | None
    costs: Decimal
    exits: int
    account: str | None
    day: date | None
    plan: Any
    tags: list[str] | None = None
    setup: str | None = None
    mood: str | None = None
    mistake: str | None = None


TRADE: Final = f"""
select left(t.symbol, 40) as symbol, t.direction, t.entry_price, t.exit_price, t.position_size, t.stop_loss,
    t.take_profit, f.initial_stop,
    case when t.entry_time between '1970-01-01' and '2199-12-31' then t.entry_time end as entry_time,
    case when t.exit_time between '1970-01-01' and '2199-12-31' then t.exit_time end as exit_time,
    coalesce(f.is_open, false) as is_open, coalesce(legs.pnl, t.pnl) - {_COSTS} as net,
    {_COSTS} as costs, legs.exits, a.name as account, coalesce(d.trade_date, ad.trade_date) as day,
    (select p.plan::text from worker.plans p where p.user_id = t.user_id and p.filled_by = t.id limit 1) as plan,
    m.tags, m.setup, m.mood, m.mistake
from public.trades t
left join public.trade_marks m on m.trade_id = t.id and m.user_id = t.user_id
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join worker.accounts a on a.id = f.account_id and a.user_id = t.user_id
left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id
    and d.trade_date between '1970-01-01' and '2199-12-31'
left join worker.account_days ad on ad.id = f.account_day_id and ad.user_id = t.user_id
cross join lateral (select sum(l.pnl) as pnl, count(*)::integer as exits from worker.trade_legs l
                    where l.trade_id = t.id and l.user_id = t.user_id) legs
where t.id = $2 and t.user_id = $1
"""


async def trade(connection: Connection, user_id: UUID, trade_id: UUID) -> TradeRow | None:
    """None when it is gone."""
    row = await connection.fetchrow(TRADE, user_id, trade_id)
    return TradeRow(**{**row, "plan": read_json(row["plan"]) if row["plan"] else None}) if row else None


FIRST_DAY: Final = """
select least(
    (select min(d.trade_date) from public.daily_tracking d
     where $2::uuid is null and d.user_id = $1 and d.trade_date between '1970-01-01' and $3),
    (select min(d.trade_date) from worker.account_days d
     where d.account_id = $2 and d.user_id = $1 and d.trade_date between '1970-01-01' and $3))
"""


async def first_day(connection: Connection, user_id: UUID, account_id: UUID | None, last: date) -> date | None:
    """The first day that an account has, up to a day."""
    day: date | None = await connection.fetchval(FIRST_DAY, user_id, account_id, last)
    return day
