"""How much of an account's limits is used, by the closed trades that were logged. Values only, no wording.

- Daily loss. The floor of a day is fixed when the day starts: balance at the day's start less the limit, whatever the
  limit is a share of. So a day's profit adds room (with +$500 a $1,000 limit leaves $1,500), and only what falls below
  the day's start is used. Of the higher of balance and equity only the balance is known.
- Maximum loss, static: floor = account size less the limit, for ever. In profit it leaves more than the limit.
- Maximum loss, trailing: floor = the higher of high and account size, less the limit, which is a share of the account
  size; it only rises. At the end of day the high is one of end-of-day balances, so what today has made moves the floor
  tomorrow, while the floor of today holds at any moment. Within the day the high is that of the known trades. A lock
  stops the floor at the account size or an amount above it; a payout takes the high and the floor along, but no floor
  that is locked.
- Trades a day are the trader's own cap. The profit target counts from the account size.

P&L is net. Columns are written by clients too and NUMERIC holds NaN: what is no sane figure is no limit, nothing here
raises. Open positions are not known: a firm that counts them sees less room than these figures.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final, Literal

from bot.trading.limit_types import DrawdownType, Ends, daily_type, drawdown_type
from bot.trading.pnl import CENT, LARGEST

GuardKind = Literal["daily_loss", "drawdown", "trades"]
Level = Literal["ok", "warn", "close", "reached"]
"""Below 70 % of a limit, from 70, from 90, and from 100 % on."""

LEVELS: Final[tuple[Level, ...]] = ("ok", "warn", "close", "reached")
STEPS: Final = (Decimal("0.7"), Decimal("0.9"), Decimal(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """The limit columns of a profile or a further account, as they are named there; percentages as 4 for 4 %."""

    account_size: int | None = None
    daily_loss_limit_pct: Decimal | None = None
    daily_loss_type: str | None = None
    max_drawdown_pct: Decimal | None = None
    max_drawdown_type: str | None = None
    profit_target_pct: Decimal | None = None
    max_daily_trades: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """The columns of a day that limits are measured by.

    max_equity_high  of end-of-day balances, this day counted as if it had ended; within the day where the type says so
    high_before      the same of the day before, where somebody looked
    highest          of all days before, as it then stood: payouts since are not taken off; where somebody looked
    """

    starting_balance: Decimal | None = None
    ending_balance: Decimal | None = None
    daily_pnl: Decimal | None = None
    max_equity_high: Decimal | None = None
    daily_loss_used: Decimal | None = None
    trades_taken: int | None = None
    high_before: Decimal | None = None
    highest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """How one limit stands: money in the account's currency, or trades. Nothing in it is below zero.

    left      until the limit; more than `limit` in profit
    floor     the balance that must not be reached; None for trades
    over      how far beyond the limit
    ends      what reaching it does, where the type says so
    at_least  more may be left: today made a new high, and where the floor was before is not known
    crossed   the level was risen to by the change that is told of; True also where that is not known
    """

    kind: GuardKind
    used: Decimal
    limit: Decimal
    left: Decimal
    level: Level
    floor: Decimal | None = None
    over: Decimal = Decimal(0)
    ends: Ends | None = None
    at_least: bool = False
    crossed: bool = True

    @property
    def percent(self) -> int:
        """Used of the limit, rounded down: 100 is reached, not nearly."""
        return whole_percent(self.used, self.limit)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a profit target is reached; `made` may be a loss."""

    made: Decimal
    goal: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.goal - self.made, Decimal(0))

    @property
    def percent(self) -> int:
        return whole_percent(max(self.made, Decimal(0)), self.goal)


def whole_percent(part: Decimal, whole: Decimal) -> int:
    return int((part * 100 / whole).to_integral_value(ROUND_DOWN))


def guards(day: DayFigures, account: AccountLimits) -> tuple[Guard, ...]:
    """Every limit that is set and can be measured."""
    measured = (_daily_loss(day, account), _drawdown(day, account), _trades(day, account))
    return tuple(guard for guard in measured if guard is not None)


def daily_limit(account: AccountLimits, day: DayFigures) -> Decimal | None:
    """The daily loss limit of a day in money; None where there is none or its base is not known."""
    kind = daily_type(account.daily_loss_type)
    if kind is None:
        return None
    start = figure(day.starting_balance)
    base = start if kind.base != "initial" and start is not None else account.account_size
    return _share(account.daily_loss_limit_pct, base)


def progress(day: DayFigures, account: AccountLimits) -> Progress | None:
    """How the profit target stands by the balance; None where there is none or the balance is not known."""
    size, ending = figure(account.account_size), figure(day.ending_balance)
    goal = _share(account.profit_target_pct, size)
    return None if goal is None or size is None or ending is None else Progress(ending - size, goal)


def figure(value: Any) -> Decimal | None:
    """A number of a column or of JSON; None for what is none, not finite, or more than any account holds."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


def _share(percentage: Any, base: Any) -> Decimal | None:
    """A percentage of a base in money; None where either is missing or makes no sense."""
    share, whole = figure(percentage), figure(base)
    if share is None or whole is None or not 0 < share <= 100 or whole <= 0:
        return None
    money = (whole * share / 100).quantize(CENT, ROUND_HALF_UP)
    return money if money >= CENT else None


def _level(used: Decimal, limit: Decimal) -> Level:
    return LEVELS[sum(used >= limit * step for step in STEPS)]


def _money_guard(
    kind: GuardKind, balance: Decimal, floor: Decimal, limit: Decimal, ends: Ends | None, at_least: bool = False
) -> Guard:
    left = balance - floor
    used = max(limit - left, Decimal(0))
    over = max(-left, Decimal(0))
    return Guard(kind, used, limit, max(left, Decimal(0)), _level(used, limit), floor, over, ends, at_least)


def _daily_loss(day: DayFigures, account: AccountLimits) -> Guard | None:
    kind, limit = daily_type(account.daily_loss_type), daily_limit(account, day)
    made, loss = figure(day.daily_pnl), figure(day.daily_loss_used)
    if made is None and loss is not None:
        made = -loss
    if kind is None or limit is None or made is None:
        return None
    start = figure(day.starting_balance)
    guard = _money_guard("daily_loss", made, -limit, limit, kind.ends)
    return replace(guard, floor=None if start is None else start - limit)


def _drawdown(day: DayFigures, account: AccountLimits) -> Guard | None:
    kind = drawdown_type(account.max_drawdown_type)
    limit = _share(account.max_drawdown_pct, account.account_size)
    size, ending = figure(account.account_size), figure(day.ending_balance)
    if kind is None or limit is None or size is None or ending is None:
        return None
    ever = figure(day.highest)
    at_most, floor = (_floor(kind, size, limit, high, ever) for high in _highs(kind, day))
    return _money_guard("drawdown", ending, at_most, limit, kind.ends, at_least=floor < at_most)


def _floor(kind: DrawdownType, size: Decimal, limit: Decimal, high: Decimal | None, ever: Decimal | None) -> Decimal:
    """`ever`: the high of before payouts, by which a floor that was locked once stays so."""
    if kind.trail == "static":
        return size - limit
    floor = max(size, size if high is None else high) - limit
    if kind.lock is None:
        return floor
    stop = kind.lock if kind.lock >= size else size + kind.lock
    return stop if ever is not None and ever - limit >= stop else min(floor, stop)


def _highs(kind: DrawdownType, day: DayFigures) -> tuple[Decimal | None, Decimal | None]:
    """The highest and the lowest high that the floor may hang on; the same where it is known.

    A high above today's start and end is an older one. One that today's end made counts from tomorrow on: then the
    floor hangs on the high before, which is no lower than today's start.
    """
    high, before = figure(day.max_equity_high), figure(day.high_before)
    start, ending = figure(day.starting_balance), figure(day.ending_balance)
    if kind.trail != "eod" or high is None or start is None or ending is None or high > ending:
        return high, high
    if before is None:
        return high, start
    known = max(start, min(before, ending))
    return known, known


def _trades(day: DayFigures, account: AccountLimits) -> Guard | None:
    limit, taken = figure(account.max_daily_trades), figure(day.trades_taken)
    if limit is None or taken is None or limit < 1:
        return None
    used = max(taken, Decimal(0))
    left, over = max(limit - used, Decimal(0)), max(used - limit, Decimal(0))
    return Guard("trades", used, limit, left, _level(used, limit), over=over)
