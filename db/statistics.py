"""What the trades of a period made, in sums: one statement a question, however many trades there are.

- P&L is what was realised on the period's days, as the days' own figures are computed (worker.day_figures): of a trade
  that was left in parts, each part on its day, the costs on the trade's.
- Won, lost and all averages are of whole trades that are closed, on the day that a trade is counted on.
- Outcome, risk and R are those of bot/trading/pnl.py, over the contracts that are handed in; a test keeps them equal.
- A symbol is the root of every spelling of it ("NQ": NQZ5, NQ 12-25, /NQ), as bot.trading.contracts.family tells it.
- Of the latest trades, those that are closed and have a P&L, each counts whole but for parts on days before the span.
- `account_id` None: the default account. Clients write some of the columns: what is no sane figure counts as none.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from db.jsonb import read_json
from db.pool import Connection
from db.symbols import spelled

Mark = Literal["tag", "setup", "mood", "mistake"]
Dimension = Literal["symbol", "side", "hour", "weekday", "rule", "tag", "setup", "mood", "mistake"]
Grouping = Dimension | Literal["day"]
Side = Literal["long", "short"]

# What a result is counted under. Hours are of the entry, on the trader's clocks; weekdays are of trading days.
_KEYS: Final[dict[Grouping | None, str]] = {
    None: "select r.*, null::text as key from results r where false",
    "symbol": "select r.*, r.symbol as key from results r",
    "side": "select r.*, r.direction as key from results r",
    "hour": "select r.*, r.hour::text as key from results r",
    "day": "select r.*, r.day::text as key from results r",
    "weekday": "select r.*, extract(isodow from r.day)::integer::text as key from results r",
    "rule": """
        select r.*, v.verdict || ' ' || left(rule.rule_text, 400) as key
        from results r
        join public.trade_rule_verdicts v on v.trade_id = r.trade_id and v.verdict in ('followed', 'violated')
        join public.trading_rules rule on rule.id = v.rule_id and rule.user_id = $1
        union all
        select r.*, judged.verdict as key
        from results r
        cross join lateral (
            select case when bool_or(v.verdict = 'violated') then 'violated' else 'followed' end as verdict
            from public.trade_rule_verdicts v
            where v.trade_id = r.trade_id and v.verdict in ('followed', 'violated')
            having count(*) > 0) judged""",
    "tag": """
        select r.*, marked.tag as key from results r
        join public.trade_marks m on m.trade_id = r.trade_id and m.user_id = $1
        cross join lateral unnest(m.tags) marked (tag)""",
    **{
        mark: f"""
        select r.*, min(left(m.{mark}, 60)) over (partition by lower(m.{mark})) as key from results r
        join public.trade_marks m on m.trade_id = r.trade_id and m.user_id = $1 and m.{mark} is not null"""
        for mark in ("setup", "mood", "mistake")
    },
}
_SUMS: Final = """
    coalesce(sum(amount), 0) as net, coalesce(sum(amount + costs), 0) as gross,
    count(*) filter (where finished) as trades,
    count(*) filter (where outcome = 'win') as wins, count(*) filter (where outcome = 'loss') as losses,
    coalesce(sum(net) filter (where outcome = 'win'), 0) as won,
    coalesce(sum(net) filter (where outcome = 'loss'), 0) as lost,
    coalesce(sum(net) filter (where finished), 0) as whole,
    count(r) as measured, coalesce(sum(r), 0) as multiples,
    count(*) filter (where taken and is_open) as open,
    count(*) filter (where taken and not is_open and net is null) as unknown
"""
_LARGEST: Final = "1e12"
_WHOLE: Final = "case when taken then case when in_legs then of_legs else pnl end end"

# The latest trades, of `known`, where only so many are asked for.
_LATEST: Final = f"""
    $14::integer is null or trade_id in (
        select l.trade_id from known l where not l.is_open and ({_WHOLE}) is not null
        order by l.day desc, l.at desc, l.trade_id desc limit $14::integer)
"""

# Which trades are meant, of `t`: what is asked for beside the account and the days.
_ONLY: Final = """
    ($5::text is null or upper(t.symbol) in (select f.written from family f))
    and ($9::text is null or t.direction = $9)
    and ($12::text is null or exists (
        select from public.trade_marks m where m.trade_id = t.id and m.user_id = $1
            and lower($13::text) = any (case $12 when 'tag' then m.tags when 'setup' then array[lower(m.setup)]
                when 'mood' then array[lower(m.mood)] else array[lower(m.mistake)] end)))
"""


def _sane(column: str) -> str:
    return f"case when abs({column}) < {_LARGEST} then round({column}, 10) end"


_TRADERS_SYMBOLS: Final = """
    select distinct upper(t.symbol) as written from public.trades t where t.user_id = $1 and $5::text is not null
"""
_CONTRACTS: Final = f"""
contracts as materialized (
    select * from jsonb_to_recordset($6::jsonb) as c (
        symbol text, tick numeric, value numeric, converts boolean, below numeric, cents boolean, fractions boolean,
        dated boolean)
),
family as materialized (
    select f.written
    from ({spelled(_TRADERS_SYMBOLS)}) f
    where f.root = $5
)
"""
_TRADES: Final = f"""
days as (
    select d.id, d.trade_date as day from public.daily_tracking d
    where $2::uuid is null and d.user_id = $1 and d.trade_date between $3 and $4
    union all
    select d.id, d.trade_date from worker.account_days d
    where d.account_id = $2 and d.user_id = $1 and d.trade_date between $3 and $4
),
counted as materialized (
    -- day by day, each by an index: what a trader did in other years is not read
    select days.day, of_day.*
    from days
    cross join lateral (
        select t.id as trade_id, true as taken, coalesce(t.exit_time, t.created_at) as at, null::numeric as part
        from public.trades t where $2::uuid is null and t.daily_tracking_id = days.id and t.user_id = $1
        union all
        select t.id, true, coalesce(t.exit_time, t.created_at), null
        from worker.trade_facts f join public.trades t on t.id = f.trade_id and t.user_id = $1
        where $2::uuid is not null and f.account_day_id = days.id and f.user_id = $1
        union all
        select l.trade_id, false, coalesce(l.exit_time, l.created_at), l.pnl
        from worker.trade_legs l where $2::uuid is null and l.daily_tracking_id = days.id and l.user_id = $1
        union all
        select l.trade_id, false, coalesce(l.exit_time, l.created_at), l.pnl
        from worker.trade_legs l where $2::uuid is not null and l.account_day_id = days.id and l.user_id = $1) of_day
),
legs as materialized (
    select l.trade_id, sum(l.pnl) as pnl from worker.trade_legs l
    where l.user_id = $1 and l.trade_id in (select c.trade_id from counted c) group by l.trade_id
),
known as materialized (
    select c.trade_id, c.day, c.taken, c.at, upper(t.symbol) as symbol,
        case when t.direction in ('long', 'short') then t.direction end as direction,
        case t.direction when 'long' then 1 when 'short' then -1 end as sign,
        case when t.entry_time between '1970-01-01' and '2199-12-31' then t.entry_time end as entry_time,
        coalesce(f.is_open, false) as is_open, coalesce(f.pnl_basis = 'net', false) as is_net,
        {_sane("t.entry_price")} as entry, {_sane("t.exit_price")} as leave, {_sane("t.position_size")} as size,
        {_sane("coalesce(f.initial_stop, t.stop_loss)")} as stop, {_sane("t.commissions")} as commissions,
        {_sane("c.part")} as part, {_sane("t.pnl")} as pnl, {_sane("legs.pnl")} as of_legs,
        legs.trade_id is not null as in_legs
    from counted c
    join public.trades t on t.id = c.trade_id and t.user_id = $1
    left join worker.trade_facts f on f.trade_id = t.id and f.user_id = $1
    left join legs on legs.trade_id = t.id
    where {_ONLY}
),
named as materialized (
    {spelled("select distinct k.symbol as written from known k where k.symbol is not null")}
)
"""


def _point(*prices: str) -> str:
    """bot.trading.pnl.money_per_point of these prices, which are no nulls."""
    unit = f"""
    case when c.below is null then 1
         when least({", ".join(prices)}) >= c.below then case when c.cents then 0.01 end
         when greatest({", ".join(prices)}) >= c.below then null
         when c.fractions and c.tick <> 0 and ({" or ".join(f"mod({p}, c.tick) <> 0" for p in prices)}) then null
         else 1 end
    """
    return f"""
    case when not c.converts then c.value * ({unit})
         when {prices[-1]} > 0 then c.value / {prices[-1]} end
    """


_RESULTS: Final = f"""
measured as (
    select k.*, c.root,
        {_WHOLE} as whole,
        case when is_net then 0 else coalesce(commissions, 0) end as costs_of_it,
        nullif(greatest((entry - stop) * sign, 0), 0) as distance,
        case when entry is not null and stop is not null then {_point("k.entry", "k.stop")} end as point,
        case when c.below is null and not c.converts then c.tick * c.value
             when coalesce(nullif(leave, 0), entry) is null then null
             when {_point("coalesce(nullif(k.leave, 0), k.entry)")} is null then null
             when c.converts then c.tick * c.value / nullif(greatest(coalesce(nullif(leave, 0), entry), 0), 0)
             else c.tick * c.value end * size as step
    from known k left join named c on c.written = k.symbol
    where {_LATEST}
),
weighed as (
    select m.*, whole - costs_of_it as net,
        taken and not is_open and whole is not null as finished,
        round(case when size > 0 then distance * point * size end, 2) as risk
    from measured m
),
results as materialized (
    select trade_id, day, taken, at, left(coalesce(root, symbol), 40) as symbol, direction, is_open, net, finished,
        extract(hour from entry_time at time zone $7)::integer as hour,
        case when taken then case when in_legs then 0 else pnl end - costs_of_it else part end as amount,
        case when taken then costs_of_it else 0 end as costs,
        case when not finished then null
             when abs(whole) <= greatest(step, commissions, 0) then 'scratch'
             when net > 0 then 'win' else 'loss' end as outcome,
        case when not taken or is_open then null
             when risk > 0 and net is not null then net / risk
             when distance > 0 and leave is not null then (leave - entry) * sign / distance end as r
    from weighed
)
"""
_TRADED: Final = f"""
    select d.trade_date from public.daily_tracking d
    where $2::uuid is null and d.user_id = $1 and d.trade_date <= $8 and d.trade_date >= '1970-01-01'
        and exists (select from public.trades t where t.daily_tracking_id = d.id and t.user_id = $1 and {_ONLY})
    union all
    select d.trade_date from worker.account_days d
    where d.account_id = $2 and d.user_id = $1 and d.trade_date <= $8
        and exists (select from worker.trade_facts f
                    join public.trades t on t.id = f.trade_id and t.user_id = $1
                    where f.account_day_id = d.id and f.user_id = $1 and {_ONLY})
    order by 1 desc limit 1
"""
# Of no day, as another program wrote them: in none of the sums, nor in the days' own. The period's moments: $10, $11.
_UNDATED: Final = f"""
    select count(*)
    from public.trades t left join worker.trade_facts f on f.trade_id = t.id and f.user_id = $1
    where t.user_id = $1 and t.daily_tracking_id is null and f.account_day_id is null
        and f.account_id is not distinct from $2
        and coalesce(t.exit_time, t.entry_time, t.created_at) >= $10
        and coalesce(t.exit_time, t.entry_time, t.created_at) < $11 and {_ONLY}
"""


def _query(grouping: Grouping | None) -> str:
    return f"""
with {_CONTRACTS}, {_TRADES}, {_RESULTS},
by_day as (select day, sum(amount) as net from results group by day having count(amount) > 0),
course as (select row_number() over ordered as n, sum(amount) over ordered as made
           from results where amount is not null window ordered as (order by day, at, trade_id, taken, amount)),
fallen as (select greatest(max(made) over (order by n), 0) - made as below from course),
keyed as ({_KEYS[grouping]}),
grouped as (select key, {_SUMS} from keyed group by key)
select jsonb_build_object(
    'sums', (select to_jsonb(s) from (select {_SUMS} from results) s),
    'groups', (select jsonb_agg(to_jsonb(g)) from grouped g),
    'days', (select count(*) from by_day),
    'best_day', (select to_jsonb(d) from by_day d order by net desc, day limit 1),
    'worst_day', (select to_jsonb(d) from by_day d order by net, day limit 1),
    'best', (select to_jsonb(t) from (select symbol, direction, net, day from results
             where finished order by net desc, day, trade_id limit 1) t),
    'worst', (select to_jsonb(t) from (select symbol, direction, net, day from results
              where finished order by net, day, trade_id limit 1) t),
    'drawdown', (select coalesce(max(below), 0) from fallen),
    'undated', ({_UNDATED}),
    'last_day', case when not exists (select from results) then ({_TRADED}) end
)::text
"""


_QUERIES: Final = {grouping: _query(grouping) for grouping in _KEYS}
_UNUSED: Final = "($8::date, $10::timestamptz, $11::timestamptz) is distinct from null"
_MULTIPLES: Final = f"""
with {_CONTRACTS}, {_TRADES}, {_RESULTS}
select r from results where taken and not is_open and {_UNUSED} order by day, at, trade_id
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Whose trades, from which day to which (both included); of one symbol (its root) and side, and `marked` with
    something of the kind `mark`, or all; of these the `latest` so many trades."""

    user_id: UUID
    account_id: UUID | None
    first: date
    last: date
    symbol: str | None = None
    side: Side | None = None
    mark: Mark | None = None
    marked: str | None = None
    latest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the figures of a span are told by.

    contracts     the JSON of bot.statistics.contracts_json
    zone          of the hours, an IANA name
    today         the trading day that runs
    began, ended  when the first trading day of the span begins and the last one ends; None: what has no day of its own
                  is not looked for
    """

    contracts: str
    zone: str
    today: date
    began: datetime | None
    ended: datetime | None


def _values(span: Span, frame: Frame) -> tuple[Any, ...]:
    of = (span.user_id, span.account_id, span.first, span.last, span.symbol)
    by = (frame.contracts, frame.zone, frame.today, span.side, frame.began, frame.ended)
    return (*of, *by, span.mark, span.marked, span.latest)


async def sums(connection: Connection, span: Span, grouping: Grouping | None, frame: Frame) -> dict[str, Any]:
    """The sums of a span and of each group of it, figures exact; where nothing was traded the last day that was."""
    text = await connection.fetchval(_QUERIES[grouping], *_values(span, frame))
    found: dict[str, Any] = read_json(text, exact=True)
    return found


async def multiples(connection: Connection, span: Span, frame: Frame) -> list[Decimal | None]:
    """The R of each closed trade, in order; None where it cannot be known."""
    return [row[0] for row in await connection.fetch(_MULTIPLES, *_values(span, frame))]
