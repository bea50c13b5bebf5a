"""One more fill of a recorded trade: what it makes of its size and its average prices.

An entry makes the trade larger. An exit of a trade that is over does not: it tells that a part of it was left at
another price, and the rest at the one that is recorded. Of an open trade an exit is a close.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final, Literal

from statemachine.conversation import KnownTrade
from statemachine.trade import LONGEST_SAID, REMARKS, Derived, TradeFields

Misfit = Literal["parts", "no_size", "no_fill_size", "no_price", "no_rest", "too_much"]
"""Why a fill cannot be one of the trade: parts of it are closed, its size, the fill's or a price is not known, what
remains was left at no price that is known, it is more than the trade was."""
_FINEST: Final = Decimal("0.00000001")
_ASIDE: Final = frozenset({"exit_time", "commissions"}) | REMARKS


def with_fill(trade: KnownTrade, fill: TradeFields) -> TradeFields | Misfit:
    """What is different in the trade with this fill, or why it cannot have been."""
    size, paid = trade.fields.position_size, trade.fields.commissions
    if fill.commissions is not None:
        fill = replace(fill, commissions=fill.commissions + (paid or 0))
    if trade.is_open and trade.open_size is not None:
        return "parts"
    if size is None:
        return "no_size"
    if fill.position_size is None:
        return "no_fill_size"
    if fill.entry_price is not None:
        return _entered(trade.fields, size, fill, fill.position_size, fill.entry_price)
    if fill.exit_price is None or trade.is_open:
        return "no_price"
    return _left(trade.fields, size, fill, fill.position_size, fill.exit_price)


def _entered(
    known: TradeFields, size: Decimal, fill: TradeFields, more: Decimal, price: Decimal
) -> TradeFields | Misfit:
    if known.entry_price is None:
        return "no_price"
    average = _average((size, known.entry_price), (more, price))
    how = _derived("entry_price", (size, known.entry_price), (more, price))
    return fill.only(_ASIDE).merged(TradeFields(entry_price=average, position_size=size + more, derived=(how,)))


def _left(known: TradeFields, size: Decimal, fill: TradeFields, part: Decimal, price: Decimal) -> TradeFields | Misfit:
    if part > size:
        return "too_much"
    aside = fill.only(_ASIDE)
    if part == size:
        return aside.merged(TradeFields(exit_price=price))
    if known.exit_price is None:
        return "no_rest"
    legs = ((part, price), (size - part, known.exit_price))
    return aside.merged(TradeFields(exit_price=_average(*legs), derived=(_derived("exit_price", *legs),)))


def _average(*legs: tuple[Decimal, Decimal]) -> Decimal:
    price = sum((size * price for size, price in legs), Decimal(0)) / sum((size for size, _ in legs), Decimal(0))
    return price.quantize(_FINEST).normalize() if price != price.quantize(_FINEST) else price


def _derived(field: str, *legs: tuple[Decimal, Decimal]) -> Derived:
    said = ", ".join(f"{size:f} @ {price:f}" for size, price in legs)
    return Derived(field, "legs", said[:LONGEST_SAID])
