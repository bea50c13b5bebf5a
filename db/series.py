"""What a period of the journal made, row by row and in sums: what pictures and figures of it are made of.

Money is net, and belongs to the trading day it was realised on, exactly as the days' own figures are computed
(worker.day_figures): a trade's P&L, or that of its parts, each less the costs. Every query names the user on each table
it joins. `account_id` None: the default account. Clients write some of the columns: what is no sane figure counts as
none, and lies in no period.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from db.jsonb import read_json
from db.pool import Connection

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


@dataclass(frozen=True, slots=True)
class Sum:
    """What trades that have something in common made, and how many they are; `key` None: nothing is known of it."""

    key: Any
    amount: Decimal
    trades: int


@dataclass(frozen=True, slots=True)
class RuleSum:
    """What the trades made on which a rule had this verdict."""

    rule_id: UUID
    rule: str
    verdict: str
    amount: Decimal
    trades: int


@dataclass(frozen=True, slots=True)
class ClosedTrade:
    """What the R of a closed trade follows from. `net`: of the whole trade."""

    symbol: str | None
    direction: str | None
    entry_price: Decimal | None
    exit_price: Decimal | None
    position_size: Decimal | None
    stop_loss: Decimal | None
    initial_stop: Decimal | None
    net: Decimal | None


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

# A trade is taken where it stands; what a part of it made may count on another day.
_COSTS: Final = "case when f.pnl_basis = 'net' then 0 else coalesce(t.commissions, 0) end"
_MADE: Final = f"""
case when exists (select from worker.trade_legs l where l.trade_id = t.id and l.user_id = t.user_id)
    then 0 else t.pnl end - {_COSTS}
"""
_RESULTS: Final = f"""
made as (
    select t.id as trade_id, d.trade_date as day, {_MADE} as amount, 1 as taken
    from public.daily_tracking d
    join public.trades t on t.daily_tracking_id = d.id and t.user_id = d.user_id
    left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
    where $2::uuid is null and d.user_id = $1 and d.trade_date between $3 and $4
    union all
    select t.id, d.trade_date, {_MADE}, 1
    from worker.account_days d
    join worker.trade_facts f on f.account_day_id = d.id and f.user_id = d.user_id
    join public.trades t on t.id = f.trade_id and t.user_id = f.user_id
    where d.account_id = $2 and d.user_id = $1 and d.trade_date between $3 and $4
    union all
    select l.trade_id, d.trade_date, l.pnl, 0
    from public.daily_tracking d
    join worker.trade_legs l on l.daily_tracking_id = d.id and l.user_id = d.user_id
    where $2::uuid is null and d.user_id = $1 and d.trade_date between $3 and $4
    union all
    select l.trade_id, d.trade_date, l.pnl, 0
    from worker.account_days d
    join worker.trade_legs l on l.account_day_id = d.id and l.user_id = d.user_id
    where d.account_id = $2 and d.user_id = $1 and d.trade_date between $3 and $4
),
results as (
    select t.id as trade_id, made.day, made.amount, made.taken, left(upper(t.symbol), 40) as symbol,
        case when t.entry_time between '1970-01-01' and '2199-12-31' then t.entry_time end as entry_time
    from made join public.trades t on t.id = made.trade_id and t.user_id = $1
    where abs(made.amount) < {LARGEST} and ($5::text is null or upper(t.symbol) = upper($5))
)
"""
BY_DAY: Final = f"""
with {_RESULTS} select day as key, sum(amount) as amount, sum(taken)::integer as trades
from results group by day order by day
"""
BY_SYMBOL: Final = f"""
with {_RESULTS} select symbol as key, sum(amount) as amount, sum(taken)::integer as trades
from results group by symbol order by abs(sum(amount)) desc, symbol
"""
BY_HOUR: Final = f"""
with {_RESULTS} select extract(hour from entry_time at time zone $6)::integer as key, sum(amount) as amount,
    sum(taken)::integer as trades
from results group by 1 order by 1
"""
BY_RULE: Final = f"""
with {_RESULTS},
whole as (select trade_id, sum(amount) as amount from results group by trade_id)
select r.id as rule_id, left(r.rule_text, 400) as rule, v.verdict, sum(whole.amount) as amount,
    count(*)::integer as trades
from whole
join public.trade_rule_verdicts v on v.trade_id = whole.trade_id and v.verdict in ('followed', 'violated')
join public.trading_rules r on r.id = v.rule_id and r.user_id = $1
group by r.id, v.verdict order by r.sort_order, r.created_at, r.id, v.verdict
"""
CLOSED: Final = f"""
with {_RESULTS},
chosen as (select trade_id, max(day) as day from results where taken = 1 group by trade_id
           order by day desc, trade_id limit $6)
select left(t.symbol, 40) as symbol, t.direction, t.entry_price, t.exit_price, t.position_size,
    t.stop_loss, f.initial_stop,
    coalesce((select sum(l.pnl) from worker.trade_legs l where l.trade_id = t.id and l.user_id = t.user_id), t.pnl)
        - {_COSTS} as net
from chosen
join public.trades t on t.id = chosen.trade_id and t.user_id = $1
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
where not coalesce(f.is_open, false)
order by chosen.day, t.created_at, t.id
"""
HAS_SYMBOL: Final = "select exists (select from public.trades t where t.user_id = $1 and upper(t.symbol) = upper($2))"


@dataclass(frozen=True, slots=True)
class Span:
    """Whose days, from which to which (both included), of one symbol or of all."""

    user_id: UUID
    account_id: UUID | None
    first: date
    last: date
    symbol: str | None = None

    def of(self) -> tuple[UUID, UUID | None, date, date, str | None]:
        return self.user_id, self.account_id, self.first, self.last, self.symbol


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


async def by_day(connection: Connection, span: Span) -> list[Sum]:
    """By trading day, in order."""
    return [Sum(**row) for row in await connection.fetch(BY_DAY, *span.of())]


async def by_symbol(connection: Connection, span: Span) -> list[Sum]:
    """By symbol, those that moved most first."""
    return [Sum(**row) for row in await connection.fetch(BY_SYMBOL, *span.of())]


async def by_hour(connection: Connection, span: Span, zone: str) -> list[Sum]:
    """By the hour of entry on the clocks of a zone; None for trades whose entry time was not said."""
    return [Sum(**row) for row in await connection.fetch(BY_HOUR, *span.of(), zone)]


async def by_rule(connection: Connection, span: Span) -> list[RuleSum]:
    """By rule and by whether it was followed or violated, in the order of the rules."""
    return [RuleSum(**row) for row in await connection.fetch(BY_RULE, *span.of())]


async def closed(connection: Connection, span: Span, most: int) -> Sequence[ClosedTrade]:
    """The trades that were closed, the latest `most` of them, in order."""
    return [ClosedTrade(**row) for row in await connection.fetch(CLOSED, *span.of(), most)]


async def has_symbol(connection: Connection, user_id: UUID, symbol: str) -> bool:
    """Whether the trader ever traded it."""
    return bool(await connection.fetchval(HAS_SYMBOL, user_id, symbol))


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
