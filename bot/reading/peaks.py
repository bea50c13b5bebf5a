"""What a trader was up and did not keep, "was up 900, gave it back", and the sum of a day: no trade's result.

A clause of it is taken out where more is told beside it. It names no instrument, no side and no price.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.reading.heading import is_paid
from bot.reading.items import Item, Items
from bot.reading.roles import OPENING
from bot.reading.words import Tag

_ENDS: Final = frozenset((",", ".", ";", "!", "and", "but", "then", "-", ":"))
_BEEN: Final = frozenset(("was", "were", "been", "started", "starting"))
_UP: Final = frozenset(("up", "down", "green", "red", "plus"))
_PEAKS: Final = frozenset(("peak", "peaked", "unrealized", "unrealised", "highs", "floating"))
_GIVEN: Final = frozenset(("gave back", "give back", "giving back", "given back"))
_GAVE: Final = frozenset(("gave", "give", "giving", "given", "lost", "handed"))
_PAST: Final = frozenset(("earlier", "point", "started", "now", "once", "flat"))
_HAD: Final = frozenset(("had", "have"))
_TRIGGERS: Final = _BEEN | _PEAKS | _GIVEN | _HAD | {"day", "point"}
_FACTS: Final = frozenset(
    {Tag.STOP, Tag.TARGET, Tag.EXIT, Tag.COVER, Tag.STOPPED, Tag.FEES, Tag.SIZE, Tag.LOTS, Tag.PNL, Tag.NET, Tag.GROSS}
)
_MOST: Final = 10
"""Items of such a clause."""


def without_peaks(items: Items) -> Items:
    """Without clauses of what was up before, where another tells numbers or that it was given back."""
    if _TRIGGERS.isdisjoint(items.words):
        return items
    clauses = list(_clauses(items))
    if len(clauses) < 2:
        return items
    left = [clause for clause in clauses if not _is_peak(clause)]
    told = any(item.kind == "number" for clause in left for item in clause)
    given = any(_gives_back(clause) for clause in left)
    if len(left) == len(clauses) or not (told or given):
        return items
    return Items(item for clause in left for item in clause)


def _clauses(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    start = 0
    for n, item in enumerate(items):
        if item.kind == "break" or item.word in _ENDS:
            yield items[start : n + 1]
            start = n + 1
    if start < len(items):
        yield items[start:]


def _gives_back(clause: Sequence[Item]) -> bool:
    words = [item.word for item in clause]
    return not _GIVEN.isdisjoint(words) or ("back" in words and not _GAVE.isdisjoint(words))


def _is_peak(clause: Sequence[Item]) -> bool:
    if len(clause) > _MOST or not any(item.kind == "number" for item in clause):
        return False
    words = {item.word for item in clause}
    if any(item.kind == "symbol" or item.tag in OPENING or item.tag in _FACTS or _is_no_sum(item) for item in clause):
        return False
    paid = any(is_paid(item) for item in clause)
    if _gives_back(clause) or not _PEAKS.isdisjoint(words):
        return True
    if "day" in words and paid and len([i for i in clause if i.kind != "mark"]) == 2:
        return True  # "+$500 day."
    up, past = not _UP.isdisjoint(words), not _PAST.isdisjoint(words)
    return (not _BEEN.isdisjoint(words) and (up or (paid and past))) or (past and (up or not _HAD.isdisjoint(words)))


def _is_no_sum(item: Item) -> bool:
    """A price or a distance."""
    if item.kind != "number" or is_paid(item) or (item.word == "point" and item.value == 1):
        return False
    return item.decimals > 0 or item.tag is Tag.DISTANCE
