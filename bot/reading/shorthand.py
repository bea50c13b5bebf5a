"""Prices that leave out what the entry has said already: "in 21450 out 85" leaves at 21485."""

from decimal import Decimal

from bot.reading.gathering import near
from bot.reading.items import places

_CLOSE = 50
"""A shortened price lies within a fiftieth of the whole one."""
_LARGEST_SHORT = Decimal(10_000)
_LARGEST_WHOLE = Decimal(10_000_000)


def completed(price: Decimal, entry: Decimal | None) -> Decimal:
    """The price with the missing digits of `entry`, the nearest way; as it is where it is whole or fits nowhere."""
    if entry is None or near(price, entry) or not 0 < price < _LARGEST_SHORT or not 0 < entry < _LARGEST_WHOLE:
        return price
    step, unit = _repeats(price, entry)
    if step is None:
        return price
    base = entry - entry % step + price * unit
    full = min((base - step, base, base + step), key=lambda candidate: abs(candidate - entry))
    return full if abs(full - entry) * _CLOSE <= entry else price


def _repeats(price: Decimal, entry: Decimal) -> tuple[Decimal | None, Decimal]:
    """The power of ten that the short form repeats at, and what one unit of it is worth in price."""
    digits = max(len(str(int(price))), 2)
    if entry >= 100 and price < entry / 2:
        return Decimal(10) ** digits, Decimal(1)
    if entry < 100 and places(price) == 0 and places(entry) >= digits:
        unit = Decimal(1).scaleb(-places(entry))
        return unit * 10**digits, unit
    return None, Decimal(1)
