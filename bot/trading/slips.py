"""Slips of the finger in a price: digits swapped, a digit too many."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from bot.trading.contracts import contract

FAR: Final = Decimal("0.015")
"""A share of the entry; what is traded by contracts and lots seldom moves so far within a trade."""
CLOSE: Final = Decimal("0.01")


def meant_price(symbol: str | None, entry: Decimal, price: Decimal) -> Decimal | None:
    """18,290 for 18,920 beside an entry of 18,250: the price without the slip, where one explains how far off it is.

    Shares and coins do move so far: nothing is a slip there.
    """
    if symbol is None or contract(symbol) is None or entry <= 0 or abs(price - entry) <= FAR * entry:
        return None
    near = [one for one in _slips(price) if abs(one - entry) <= CLOSE * entry]
    return min(near, key=lambda one: abs(one - entry), default=None)


def _slips(price: Decimal) -> Iterator[Decimal]:
    text = f"{price:f}"
    for place in range(len(text)):
        fewer = text[:place] + text[place + 1 :]
        if text[place].isdigit() and fewer.strip("."):
            yield Decimal(fewer)
        if text[place : place + 2].isdigit() and len(text) > place + 1:
            yield Decimal(text[:place] + text[place + 1] + text[place] + text[place + 2 :])
