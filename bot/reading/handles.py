"""The beginning of prices that is said once: "es short 18.5 out 12 (6000 handle)" is 6018.5 and 6012."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.reading.gathering import MOST_CONTRACTS
from bot.reading.items import Item
from bot.reading.roles import Amount, Role

HANDLES: Final = frozenset(("handle", "s"))
"""How it is named: "6000 handle", "the 6000s"."""
_LEAST: Final = Decimal(100)
_COUNTS: Final = 5


def handle_in(item: Item) -> Decimal | None:
    """The handle that a number with its word names: one that is round."""
    return item.value if item.value is not None and _step(item.value) >= _LEAST else None


def complete(amounts: Sequence[Amount], handle: Decimal) -> None:
    """Puts the handle before the ends of prices; beside whole prices, "made 100 handles" is none."""
    step = _step(handle)
    ends = [amount for amount in amounts if _may_be_end(amount)]
    if any(amount.value >= step for amount in ends):
        return
    for amount in ends:
        amount.value += handle
        amount.near = float(amount.value)


def _step(handle: Decimal) -> Decimal:
    """What the handle counts in: 1000 of 6000, 100 of 21500; 1 where it is no round number."""
    digits = f"{handle:f}".partition(".")[0]
    zeros = len(digits) - len(digits.rstrip("0"))
    return Decimal(10) ** zeros if handle == handle.to_integral_value() and handle > 0 else Decimal(1)


def _may_be_end(amount: Amount) -> bool:
    item = amount.item
    plain = item.tag is None and not (item.sign or item.money or item.bracketed)
    counts = amount.weight[Role.COUNT] >= _COUNTS and amount.value <= MOST_CONTRACTS
    return plain and not counts and amount.weight[Role.FEES] <= 0
