"""How much of an account's limits is used, by the closed trades that were logged. Values only, no wording.

What firms do differently (the profile's free-text types are read for these words):
- The daily loss limit is a share of the balance at the day's start ("balance", "equity"), else of the account size.
- The maximum loss is static ("static", "fixed": floor at account size less the limit), else it trails the high.
- A trailing floor may lock ("lock") at the account size, or $100 above it ("lock" and "100").
- "none" means that there is no such limit.
Open positions are not known here: a firm that counts them sees less room than these figures.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from bot.trading.pnl import CENT, LARGEST

GuardKind = Literal["daily_loss", "drawdown", "trades"]
Level = Literal["ok", "warn", "breach"]

WARN_FROM = Decimal("0.8")
"""Share of a limit from which the trader is warned."""
LOCK_ABOVE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """The limit columns of a profile, as they are named there; percentages as 4 for 4 %."""

    account_size: int | None = None
    daily_loss_limit_pct: Decimal | None = None
    daily_loss_type: str | None = None
    max_drawdown_pct: Decimal | None = None
    max_drawdown_type: str | None = None
    max_daily_trades: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """The columns of a daily_tracking row that limits are measured by."""

    starting_balance: Decimal | None = None
    ending_balance: Decimal | None = None
    max_equity_high: Decimal | None = None
    daily_loss_used: Decimal | None = None
    trades_taken: int | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """How one limit stands: money in the account's currency, or trades. `left` is below zero after a breach.

    In profit a static drawdown leaves more than its limit.
    """

    kind: GuardKind
    used: Decimal
    limit: Decimal
    left: Decimal
    level: Level


def guards(day: DayFigures, account: AccountLimits) -> tuple[Guard, ...]:
    """Every limit that is set and can be measured."""
    measured = (_daily_loss(day, account), _drawdown(day, account), _trades(day, account))
    return tuple(guard for guard in measured if guard is not None)


def _says(kind: str | None, *words: str) -> bool:
    return any(word in (kind or "").lower() for word in words)


def _known(value: Decimal | int | None) -> Decimal | None:
    """None for what is no figure, too: clients write profiles and days, and NUMERIC holds NaN."""
    return Decimal(value) if value is not None and Decimal(value).is_finite() else None


def _share(percentage: Decimal | None, base: Decimal | int | None) -> Decimal | None:
    """A percentage of a base in money; None where either is missing or makes no sense."""
    share, whole = _known(percentage), _known(base)
    if share is None or whole is None or not 0 < share <= 100 or not 0 < whole < LARGEST:
        return None
    return (whole * share / 100).quantize(CENT, ROUND_HALF_UP)


def _money_guard(kind: GuardKind, used: Decimal, limit: Decimal, left: Decimal) -> Guard:
    if left <= 0:
        return Guard(kind, used, limit, left, "breach")
    return Guard(kind, used, limit, left, "warn" if used >= limit * WARN_FROM else "ok")


def _daily_loss(day: DayFigures, account: AccountLimits) -> Guard | None:
    if _says(account.daily_loss_type, "none"):
        return None
    from_balance = _says(account.daily_loss_type, "balance", "equity") and not _says(account.daily_loss_type, "initial")
    base = day.starting_balance if from_balance and day.starting_balance is not None else account.account_size
    limit = _share(account.daily_loss_limit_pct, base)
    used = _known(day.daily_loss_used)
    return None if limit is None or used is None else _money_guard("daily_loss", used, limit, limit - used)


def _drawdown(day: DayFigures, account: AccountLimits) -> Guard | None:
    limit = _share(account.max_drawdown_pct, account.account_size)
    size, ending, high = _known(account.account_size), _known(day.ending_balance), _known(day.max_equity_high)
    kind = account.max_drawdown_type
    if limit is None or size is None or ending is None or _says(kind, "none"):
        return None
    floor = size - limit
    if not _says(kind, "static", "fixed") and high is not None:
        floor = max(floor, high - limit)
        if _says(kind, "lock"):
            floor = min(floor, size + (LOCK_ABOVE if _says(kind, "100") else 0))
    left = ending - floor
    return _money_guard("drawdown", max(limit - left, Decimal(0)), limit, left)


def _trades(day: DayFigures, account: AccountLimits) -> Guard | None:
    """The trader's own cap: the last allowed trade is a warning, one more a breach."""
    if not account.max_daily_trades or account.max_daily_trades < 0 or day.trades_taken is None:
        return None
    used, limit = Decimal(day.trades_taken), Decimal(account.max_daily_trades)
    level: Level = "ok" if used < limit else "warn" if used == limit else "breach"
    return Guard("trades", used, limit, limit - used, level)
