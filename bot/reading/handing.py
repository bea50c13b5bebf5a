"""Levels that are told once behind several trades and handed out to them in order: "…, stops 5925 / 21450"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.reading.gathering import alike
from bot.reading.heading import is_price
from bot.reading.items import Item
from bot.reading.words import Tag

_LEVELS: Final = frozenset({Tag.STOP, Tag.TARGET, Tag.EXIT, Tag.COVER, Tag.SELL, Tag.BUY})
_BETWEEN: Final = frozenset((",", "/", "|", "&", "and", "at", "@", ":", "y", "und", "e", "et"))
_BEFORE: Final = frozenset((",", ".", ";", "and", "&", "|", "-", "(", "with", "w"))


@dataclass(frozen=True, slots=True)
class Levels:
    """The word that names them, and as many prices as there are trades."""

    head: Item
    prices: tuple[Item, ...]


def levels_behind(items: Sequence[Item]) -> tuple[Sequence[Item], list[Levels]]:
    """What stands before the levels at the end of a message, and these, each with two prices or more."""
    found: list[Levels] = []
    while (levels := _last(items)) is not None:
        items, last = levels
        found.insert(0, last)
    return items, found


def _last(items: Sequence[Item]) -> tuple[Sequence[Item], Levels] | None:
    prices: list[Item] = []
    for n in range(len(items) - 1, 0, -1):
        item = items[n]
        if is_price(item):
            prices.insert(0, item)
        elif item.tag in _LEVELS and len(prices) > 1:
            while n > 0 and (items[n - 1].word in _BEFORE or items[n - 1].kind == "break"):
                n -= 1
            return items[:n], Levels(item, tuple(prices))
        elif item.kind != "break" and item.word not in _BETWEEN and not (item.word == "." and not prices):
            return None
    return None


def with_levels(parts: Sequence[list[Item]], found: Sequence[Levels]) -> list[list[Item]] | None:
    """Each trade with its own of the levels; None where they are not of all these trades."""
    if any(len(levels.prices) != len(parts) for levels in found):
        return None
    if not all(
        _fits(part, levels.head, price) for levels in found for part, price in zip(parts, levels.prices, strict=True)
    ):
        return None
    return [
        [*part, *(item for levels in found for item in (levels.head, levels.prices[n]))] for n, part in enumerate(parts)
    ]


def _fits(part: Sequence[Item], head: Item, price: Item) -> bool:
    """The trade names its instrument and one price of this scale, and has no such level of its own."""
    prices = [float(item.value) for item in part if is_price(item) and item.value is not None]
    named = any(item.kind == "symbol" for item in part) and not any(item.tag is head.tag for item in part)
    return named and any(alike(known, float(price.value or 0)) for known in prices)
