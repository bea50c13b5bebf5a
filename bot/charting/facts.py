"""What each chart shows, in exact figures: the picture, its alternative text and the words beside it say the same."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.auditing.facts import Logged
from bot.drawing.subjects import Balance
from bot.periods import Period
from bot.statistics import Group, Sums, rules_in
from bot.trading.limits import AccountLimits, DayFigures, figure, guards
from bot.trading.pnl import r_multiple, reward_to_risk, risk
from db.series import DayRow, TradeRow
from db.verdicts import StoredVerdict
from statemachine.trade import Direction, TradeFields

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a chart is of. `period`: as it is shown; `account`: its name where there are several."""

    period: Period
    symbol: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What trades that have something in common made, and how many they are; `key` None: nothing is known of it."""

    key: Any
    amount: Decimal
    trades: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityFacts:
    """`start`: before the first day; `deepest`: the farthest below a high, nothing where there was no drawdown.

    told  the balance is the account's; else that is not known, or it is of one symbol, and what was made since the
          period began stands for it
    """

    scope: Scope
    start: Decimal
    days: tuple[Balance, ...]
    net: Decimal
    trades: int
    told: bool = True

    @property
    def deepest(self) -> tuple[Decimal, date] | None:
        below = [(day.balance - day.high, day.day) for day in self.days if day.balance < day.high]
        return min(below, default=None)

    @property
    def floor(self) -> Decimal | None:
        return self.days[-1].floor if self.days else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysFacts:
    """Days with closed trades."""

    scope: Scope
    days: tuple[tuple[date, Decimal], ...]

    @property
    def net(self) -> Decimal:
        return sum((amount for _, amount in self.days), NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class SumsFacts:
    """By symbol (`zone` None), or by hour of entry on the clocks of a zone."""

    scope: Scope
    sums: tuple[Sum, ...]
    zone: str | None = None

    @property
    def net(self) -> Decimal:
        return sum((one.amount for one in self.sums), NOTHING)

    @property
    def trades(self) -> int:
        return sum(one.trades for one in self.sums)

    @property
    def timed(self) -> tuple[Sum, ...]:
        """Without those whose hour is not known."""
        return tuple(one for one in self.sums if one.key is not None)


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule, and what was made where it was followed and where it was violated."""

    rule: str
    followed: Sum | None
    violated: Sum | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesFacts:
    scope: Scope
    rules: tuple[RuleFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadFacts:
    """`left_out`: closed trades whose R is not known, as they have no stop or no figure."""

    scope: Scope
    multiples: tuple[Decimal, ...]
    left_out: int

    @property
    def mean(self) -> Decimal:
        return sum(self.multiples, NOTHING) / len(self.multiples) if self.multiples else NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """A trade: `stop` is the one it was entered with; what follows from it is None where it cannot be known.

    planned_entry, planned_size  of the plan that it filled
    pictured                     the trader sent a picture of it
    """

    trade: TradeRow
    stop: Decimal | None
    risk: Decimal | None
    planned_r: Decimal | None
    made_r: Decimal | None
    planned_entry: Decimal | None
    planned_size: Decimal | None
    verdicts: tuple[StoredVerdict, ...]
    pictured: bool


Facts = EquityFacts | DaysFacts | SumsFacts | RulesFacts | SpreadFacts


def equity_of(
    scope: Scope, rows: Sequence[DayRow], highest: Decimal | None, limits: AccountLimits, trades: int
) -> EquityFacts:
    """The account's balance. `rows` may begin with the day before the period; `highest`: before the first of them."""
    inside = [row for row in rows if row.trade_date >= scope.period.first]
    days, net, start = [], NOTHING, None
    for row, floor in _with_floors(rows, highest, limits):
        ending, made = figure(row.ending_balance), figure(row.daily_pnl) or NOTHING
        if row.trade_date < scope.period.first:
            start = ending
            continue
        net += made
        if ending is None:
            continue
        start = ending - made if start is None else start
        high = figure(row.max_equity_high)
        days.append(Balance(day=row.trade_date, balance=ending, high=max(high or ending, ending), floor=floor))
    if not days and trades:
        sums = (Sum(row.trade_date, figure(row.daily_pnl) or NOTHING, row.trades_taken or 0) for row in inside)
        return replace(made_of(scope, sums), trades=trades)
    return EquityFacts(scope=scope, start=start or NOTHING, days=tuple(days), net=net, trades=trades)


def _with_floors(
    rows: Sequence[DayRow], highest: Decimal | None, limits: AccountLimits
) -> Iterator[tuple[DayRow, Decimal | None]]:
    """Each day with the floor of its maximum loss, as /limits tells it on that day."""
    before: Decimal | None = None
    for row in rows:
        highest = row.told if row.anew else highest
        high_before = None if row.anew else before + row.moved if before is not None else row.starting_balance
        day = DayFigures(
            starting_balance=row.starting_balance,
            ending_balance=row.ending_balance,
            max_equity_high=row.max_equity_high,
            high_before=high_before,
            highest=highest,
        )
        yield row, next((guard.floor for guard in guards(day, limits) if guard.kind == "drawdown"), None)
        before = figure(row.max_equity_high)
        highest = max((high for high in (highest, before) if high is not None), default=None)


def made_of(scope: Scope, sums: Iterable[Sum]) -> EquityFacts:
    """What trades added up to, day by day: of one symbol, or where the account's balance is not known."""
    days, so_far, high, trades = [], NOTHING, NOTHING, 0
    for one in sums:
        so_far += one.amount
        high = max(high, so_far)
        trades += one.trades
        days.append(Balance(day=one.key, balance=so_far, high=high))
    return EquityFacts(scope=scope, start=NOTHING, days=tuple(days), net=so_far, trades=trades, told=False)


def sums_of(groups: Iterable[Group], key: Callable[[str], Any] = str) -> tuple[Sum, ...]:
    """Of the groups in which something was made; `key` makes of a group's what it stands for."""
    return tuple(
        Sum(None if group.key is None else key(group.key), group.sums.net, group.sums.trades)
        for group in groups
        if group.sums.trades or group.sums.net
    )


def rules_of(scope: Scope, groups: Iterable[Group]) -> RulesFacts:
    """By rule, the dearest to break first."""
    rules = tuple(RuleFacts(rule.text, _sum(rule.followed), _sum(rule.violated)) for rule in rules_in(groups))
    return RulesFacts(scope=scope, rules=rules)


def _sum(sums: Sums | None) -> Sum | None:
    return None if sums is None else Sum(None, sums.net, sums.trades)


def spread_of(scope: Scope, multiples: Sequence[Decimal | None]) -> SpreadFacts:
    known = tuple(multiple for multiple in multiples if multiple is not None)
    return SpreadFacts(scope=scope, multiples=known, left_out=len(multiples) - len(known))


def card_of(trade: TradeRow, verdicts: Sequence[StoredVerdict], currency: str, *, pictured: bool) -> CardFacts:
    logged = _logged(trade)
    said = trade.plan.get("fields") if isinstance(trade.plan, dict) else None
    planned = said if isinstance(said, dict) else {}
    return CardFacts(
        trade=trade,
        stop=logged.stop,
        risk=risk(logged.fields, logged.stop, currency),
        planned_r=reward_to_risk(logged.fields, logged.stop),
        made_r=None if trade.is_open else r_multiple(logged.fields, logged.stop, currency),
        planned_entry=figure(planned.get("entry_price")),
        planned_size=figure(planned.get("position_size")),
        verdicts=tuple(verdicts),
        pictured=pictured,
    )


def _logged(row: TradeRow) -> Logged:
    """With a net figure, so that what is computed from it is net."""
    direction: Direction | None = "long" if row.direction == "long" else "short" if row.direction == "short" else None
    fields = TradeFields(
        symbol=row.symbol or None,
        direction=direction,
        entry_price=figure(row.entry_price),
        exit_price=figure(row.exit_price),
        position_size=figure(row.position_size),
        stop_loss=figure(row.stop_loss),
        take_profit=figure(row.take_profit),
        pnl=figure(row.net),
        pnl_basis="net",
    )
    return Logged(fields=fields, initial_stop=figure(row.initial_stop))
