"""All the values a rule can hold, whatever they are: figures, times, weekdays and symbols."""

import re
from collections.abc import Callable
from typing import Any, Final

from bot.rules.clocks import at, span, weekdays
from bot.rules.figures import Found, count, distance, duration, either, money, multiple, percent, ratio
from bot.rules.instruments import meant, names
from bot.trading.contracts import CONTRACTS

_SYMBOL = re.compile(
    rf"(?:the )?(?:{either(names())})(?![\w/])"
    r"|[$/#]?(?:10y|6[a-z]|m6[a-z]|m2k|[a-z]{2,3}[/-][a-z]{3}|[a-z]{2,6}\d{0,3})\b"
)
_JOINT = re.compile(r"(?: ?, ?(?:and |or |& )?| ?(?:&|\+|/) ?| (?:and|or|nor) )(?:the |only )?")
_FUTURES = re.compile(r" futures?\b")
_THEIR_MICROS = re.compile(
    r" ?,? ?(?:and|or|and/or|&|\+|plus|/) (?:their|its|the|the matching) micros?\b(?! contracts? (?:max|only))"
)
_PLACE = re.compile(r"(?<![\w.])[\w$]")


def symbols(text: str, place: int) -> Found | None:
    """As many symbols of a list as are known: "nq, es and use a stop" are two."""
    found: set[str] = set()
    end, start = place, place + 4 if text.startswith("the ", place) else place
    while match := _SYMBOL.match(text, start):
        known = meant(match[0].removeprefix("the ")) or meant(match[0].removesuffix("s"))
        if not known:
            break
        found |= known
        end = match.end()
        joint = _JOINT.match(text, end)
        if joint is None:
            break
        start = joint.end()
    if not found:
        return None
    micros = _THEIR_MICROS.match(text, end)
    if micros:
        found |= {symbol for symbol in CONTRACTS if CONTRACTS[symbol].micro_of in found}
        end = micros.end()
    futures = _FUTURES.match(text, end)
    return Found("SYMBOLS", frozenset(found), futures.end() if futures else end)


READERS: Final[tuple[Callable[[str, int], Found | None], ...]] = (
    span, at, percent, money, ratio, multiple, duration, distance, weekdays, symbols, count,
)  # fmt: skip
"""In this order, where two read equally much."""


def readings(text: str) -> list[tuple[str, Any]]:
    """Every value that can be read at any place where a word begins: (concept, value)."""
    places = [match.start() for match in _PLACE.finditer(text)]
    found = (reader(text, place) for place in places for reader in READERS)
    return [(one.concept, one.value) for one in found if one is not None]
