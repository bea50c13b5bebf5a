"""What changes of the journal made of a day: the day as it was before them.

Pure, on what worker.apply_changes gives back; counts as worker.recompute_days does: net, a trade closed in parts by its
legs, each on its own day.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bot.trading.limits import figure

ZERO = Decimal(0)


def day_without(row: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A day's row less what the changes made of it. The high stays: who made a new one has brought no limit nearer."""
    moved = [_moved(change, row["trade_date"]) for change in changes]
    made, taken = sum((amount for amount, _ in moved), ZERO), sum(count for _, count in moved)
    before = dict(row)
    for name, part in (("daily_pnl", made), ("ending_balance", made), ("trades_taken", taken)):
        value = figure(row.get(name))
        before[name] = None if value is None else value - part
    return before


def moves(change: Mapping[str, Any], day: str) -> bool:
    """Whether a change made anything of the day."""
    return any(_moved(change, day))


def _moved(change: Mapping[str, Any], day: str) -> tuple[Decimal, int]:
    """Net P&L, and number of trades."""
    (was, had), (became, has) = (_on_day(side or {}, day) for side in (change["before"], change["after"]))
    return became - was, has - had


def _on_day(side: Mapping[str, Any], day: str) -> tuple[Decimal, int]:
    legs = side.get("legs", ())
    parts = sum((figure(leg["pnl"]) or ZERO for leg in legs if leg.get("day") == day), ZERO)
    if side.get("day") != day:
        return parts, 0
    trade, facts = side["trade"], side.get("facts") or {}
    gross = ZERO if legs else figure(trade.get("pnl"))
    costs = ZERO if facts.get("pnl_basis") == "net" else figure(trade.get("commissions")) or ZERO
    return parts + (ZERO if gross is None else gross - costs), 1
