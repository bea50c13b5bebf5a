"""What changes of the journal made of a day: the day as it was before them.

Pure, on what worker.apply_changes gives back; counts as worker.recompute_days does: net, a trade closed in parts by its
legs, each on its own day.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bot.trading.limits import figure

ZERO = Decimal(0)


def day_without(
    row: Mapping[str, Any], changes: Iterable[Mapping[str, Any]], *, intraday: bool = False
) -> dict[str, Any]:
    """A day's row less what the changes made of it.

    An end-of-day high stays: a day that made a new one has come nearer to no limit. One within the day is taken to be
    lower by what the changes gained, as "+1000, then -1500" in one message makes a high of its own.
    """
    moved = [_moved(change, row) for change in changes]
    made, taken = sum((amount for amount, _ in moved), ZERO), sum(count for _, count in moved)
    gained = sum((amount for amount, _ in moved if amount > 0), ZERO) if intraday else ZERO
    before = dict(row)
    parts = (("daily_pnl", made), ("ending_balance", made), ("trades_taken", taken), ("max_equity_high", gained))
    for name, part in parts:
        value = figure(row.get(name))
        before[name] = None if value is None else value - part
    return before


def moves(change: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a change made anything of a day."""
    return any(_moved(change, row))


def _moved(change: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[Decimal, int]:
    """Net P&L, and number of trades."""
    (was, had), (became, has) = (_on_day(side or {}, row) for side in (change["before"], change["after"]))
    return became - was, has - had


def _on_day(side: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[Decimal, int]:
    """Of one account's day: rows of the default account name none, as its trades do."""
    facts, legs, day = side.get("facts") or {}, side.get("legs", ()), row["trade_date"]
    if facts.get("account_id") != row.get("account_id"):
        return ZERO, 0
    parts = sum((figure(leg["pnl"]) or ZERO for leg in legs if leg.get("day") == day), ZERO)
    if side.get("day") != day:
        return parts, 0
    trade = side["trade"]
    gross = ZERO if legs else figure(trade.get("pnl"))
    costs = ZERO if facts.get("pnl_basis") == "net" else figure(trade.get("commissions")) or ZERO
    return parts + (ZERO if gross is None else gross - costs), 1
