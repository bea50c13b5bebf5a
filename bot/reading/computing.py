"""What follows from numbers that were written: levels, means, sums. Nothing here guesses; it lists what may be meant.

    shortened   "85" beside 21450 is 21485            level      "stop 20 points" from an entry of 18250 is 18230
    mean        one at 18290 and one at 18310: 18300   midpoint   the middle of 18250-18260
    total       one and one more contract: two

Sizes stand beside their price: "2 @ 18290", "18290 x2". A mean is taken of all legs that stand together, or of some of
them that follow each other (the exits behind the entry).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.reading.gathering import near
from bot.reading.items import Item
from bot.reading.normalise import normalised
from bot.reading.words import Tag
from bot.trading.contracts import Contract, contract
from statemachine.trade import Direction

MOST_LEGS: Final = 12
"""Of one message; nobody means a mean of more by hand."""
MOST_PLACES: Final = Decimal("1e-8")
"""A mean that does not come out even is cut there, as plain code does it."""
LARGEST_LEG: Final = 10_000

Derivation = tuple[Decimal, str]
"""A value, and the words it follows from."""

_SHORT = re.compile(r"\d{2,}(?:\.\d+)?")
"""A shortened price has two digits at least: "out 8" could mean too many prices."""
_DISTANCE = re.compile(
    r"[+-]?(?<!\d)(\d++(?:[.,]\d++)?)[\s-]{0,2}(?:(ticks?)|(pips?)|(points?|pts?|handles?|punkte?n?|puntos?|pontos?))\b",
    re.I,
)
_RANGE_WORDS = frozenset(("-", "~", "/", "to", "bis", "a", "until"))


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a position: how much, at which price."""

    size: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a level lies from the entry; `said` as it is written."""

    value: Decimal
    unit: str
    said: str = ""


def shortened(digits: str, base: Decimal) -> Iterator[Decimal]:
    """The base with its last digits replaced: 21450 and "85" are 21485, 1.0850 and "72" are 1.0872."""
    if not _SHORT.fullmatch(digits) or base <= 0:
        return
    whole, _, fraction = digits.partition(".")
    step = Decimal(10) ** len(whole)
    if step <= base:
        yield base // step * step + Decimal(digits)
    exponent = base.as_tuple().exponent
    if not fraction and isinstance(exponent, int) and exponent < 0 and step < base.scaleb(-exponent):
        scaled = base.scaleb(-exponent) // step * step + Decimal(whole)
        yield scaled.scaleb(exponent)


# ---- levels


def distances(text: str) -> tuple[Distance, ...]:
    """Those of a text, by their units: ticks, pips, points. R and percent are of the risk or the account."""
    found = []
    for match in _DISTANCE.finditer(normalised(text)):
        unit = "tick" if match[2] else "pip" if match[3] else "point"
        found.append(Distance(Decimal(match[1].replace(",", ".")), unit, match[0]))
    return tuple(found)


def levels(
    name: str, away: Distance, entry: Decimal, direction: Direction | None, symbol: str | None
) -> Iterator[Decimal]:
    """Where a price may lie that is so far from the entry: a stop behind it, a target ahead of it, an exit either."""
    step = _step(away.unit, contract(symbol) if symbol else None)
    if step is None or name == "entry_price":
        return
    ahead = {"long": 1, "short": -1}.get(direction or "")
    sides = (1, -1) if ahead is None or name == "exit_price" else (ahead if name == "take_profit" else -ahead,)
    for side in sides:
        yield entry + side * away.value * step


def _step(unit: str, traded: Contract | None) -> Decimal | None:
    """The price of one unit; None where traders do not agree on it: a currency's point, gold's pip."""
    if unit == "point":
        return None if traded is not None and traded.kind == "forex" else Decimal(1)
    if traded is None or traded.tick_size is None:
        return None
    if unit == "tick":
        return traded.tick_size
    return traded.tick_size * 10 if traded.kind == "forex" else None  # quoted to a tenth of a pip


# ---- means and sums


def legs(items: Sequence[Item]) -> tuple[tuple[Leg, ...], tuple[Leg, ...]]:
    """Sizes with their prices, in the order they are told: those that stand before their price, and those behind it."""
    numbers = [item for item in items if item.kind == "number" and item.value is not None]
    return _legs(numbers, size_first=True), _legs(numbers, size_first=False)


def _legs(numbers: Sequence[Item], *, size_first: bool) -> tuple[Leg, ...]:
    found: list[Leg] = []
    place = 0
    while place + 1 < len(numbers) and len(found) < MOST_LEGS:
        one, other = numbers[place : place + 2]
        leg = _leg(one, other) if size_first else _leg(other, one)
        if leg is not None:
            found.append(leg)
        place += 1 if leg is None else 2
    return tuple(found)


def _leg(size: Item, price: Item) -> Leg | None:
    counted, paid = size.value or Decimal(0), price.value or Decimal(0)
    bare = size.tag is None and not size.money and counted * 5 <= paid
    sized = (bare or size.tag is Tag.LOTS) and 0 < counted <= LARGEST_LEG
    return Leg(counted, paid) if sized and price.tag is None and not price.sign and paid > 0 else None


def means(told: Sequence[Leg]) -> Iterator[Derivation]:
    """Of every two or more legs that follow each other, weighted by their sizes."""
    for run in _runs(told):
        if all(near(leg.price, run[0].price) for leg in run):
            size = sum((leg.size for leg in run), Decimal(0))
            yield _cut(sum((leg.size * leg.price for leg in run), Decimal(0)) / size), _said(run)


def totals(told: Sequence[Leg]) -> Iterator[Derivation]:
    """Sizes of every two or more legs that follow each other."""
    for run in _runs(told):
        yield sum((leg.size for leg in run), Decimal(0)), _said(run)


def midpoints(items: Sequence[Item]) -> Iterator[Derivation]:
    """Of every two prices with a dash or "to" between them."""
    for first, between, last in zip(items, items[1:], items[2:], strict=False):
        prices = [item.value for item in (first, last) if item.kind == "number" and item.tag is None]
        if between.word in _RANGE_WORDS and len(prices) == 2:
            low, high = prices
            if low and high and near(low, high):
                yield _cut((low + high) / 2), f"{first.text}-{last.text}"


def rounded(claim: Decimal, exact: Decimal, written: Sequence[Decimal]) -> bool:
    """Whether the claim is the exact value, cut no shorter than the written prices around it."""
    if claim == exact:
        return True
    places = _places(claim)
    shown = max((_places(price) for price in written if near(price, exact)), default=0)
    return places >= max(shown, 1) and claim == exact.quantize(Decimal(1).scaleb(-places))


def _said(run: Sequence[Leg]) -> str:
    return ", ".join(f"{leg.size} @ {leg.price}" for leg in run)


def _runs(told: Sequence[Leg]) -> Iterator[Sequence[Leg]]:
    for first in range(len(told)):
        for end in range(first + 2, len(told) + 1):
            yield told[first:end]


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _cut(value: Decimal) -> Decimal:
    return value.quantize(MOST_PLACES).normalize() if _places(value) > 8 else value
