"""What a trader usually does, from the latest trades: which size of a market, and how many of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot.trading.contracts import contract
from statemachine.trade import TradeFields

FEWEST: Final = 5
"""Trades that make a habit."""
MUCH: Final = 2
"""Times the largest size there was."""
SELDOM: Final = 10
"""Of so many trades in the micro, one in the large contract is no habit of that."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The latest trades in one symbol: how many, and the largest size."""

    trades: int
    largest: Decimal


Habits = Mapping[str, Usual]
"""By the symbol of the contract table, without a month."""


def habits_of(rows: Any) -> Habits:
    """From [{"symbol", "trades", "largest"}], the figures as text. Other writers may leave the symbol out."""
    found: dict[str, Usual] = {}
    for row in rows if isinstance(rows, list) else ():
        if row["symbol"] is None:
            continue
        name, here = _root(row["symbol"]), Usual(int(row["trades"]), Decimal(row["largest"]))
        before = found.get(name, Usual(0, Decimal(0)))
        found[name] = Usual(before.trades + here.trades, max(before.largest, here.largest))
    return found


def unusual_size(fields: TradeFields, habits: Habits) -> Decimal | None:
    """The largest size there was, where this one is far beyond it."""
    usual = habits.get(_root(fields.symbol or ""))
    if usual is None or usual.trades < FEWEST or fields.position_size is None or usual.largest <= 0:
        return None
    return usual.largest if fields.position_size > MUCH * usual.largest else None


def usual_micro(fields: TradeFields, habits: Habits) -> str | None:
    """MNQ, for a trade in NQ of one who trades MNQ."""
    known = contract(fields.symbol or "")
    if known is None or known.micro is None:
        return None
    micro, large = habits.get(known.micro), habits.get(known.symbol)
    if micro is None or micro.trades < FEWEST or (large is not None and large.trades * SELDOM > micro.trades):
        return None
    return known.micro


def _root(symbol: str) -> str:
    known = contract(symbol)
    return known.symbol if known is not None else symbol.upper()
