"""Which numbers a message really holds: whatever else claims to have read it must find its numbers here.

A number is grounded when it is written, with any separators or in words ("two lots"), in the message or in what was
read off its picture; or when it follows from such numbers (bot/reading/computing.py): "in 21450 out 85" holds 21485.
Distances (pips, R, percent) are no prices and no money; a count of contracts is only a size. What is grounded takes
the digits of the text, not of the claim, and says how it came about where it is not written in the message as such.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.reading import computing
from bot.reading.computing import Derivation, Distance, Leg
from bot.reading.gathering import near
from bot.reading.itemising import items
from bot.reading.items import Item
from bot.reading.words import NUMBERS as WORD_NUMBERS
from bot.reading.words import Tag
from statemachine.trade import Direction, How

PRICES = ("entry_price", "exit_price", "stop_loss", "take_profit")
MONEY = ("pnl", "commissions")
NUMBERS = (*PRICES, "position_size", *MONEY)

SHORTENED: Final = 20
"""A price so many times smaller or larger than its neighbour was shortened, if it completes to one beside it."""
_SUFFIXED = re.compile(r"\d[km]$", re.I)


@dataclass(frozen=True, slots=True)
class Written:
    """A number of the text. `digits` as written, "" for one in words; `unit` is None, LOTS or MONEY.

    line  the line of the picture it stands in; None: it stands in the message
    """

    value: Decimal
    digits: str
    sign: str
    unit: Tag | None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A value that holds; `how` it came about and from which words, None where it is written in the message."""

    value: Decimal
    how: How | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the trade beside the number that is looked for.

    bases    full prices that a shortened one may lean on: of this trade, and of those that wait or are open
    entries  where the trade may have begun
    """

    bases: Sequence[Decimal] = ()
    entries: Sequence[Decimal] = ()
    direction: Direction | None = None
    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What a claim is held against: the message, and the lines that were read off its picture."""

    text: str
    lines: tuple[str, ...] = ()
    items: tuple[Item, ...] = field(init=False)
    numbers: tuple[Written, ...] = field(init=False)
    legs: tuple[tuple[Leg, ...], ...] = field(init=False)
    midpoints: tuple[Derivation, ...] = field(init=False)
    distances: tuple[Distance, ...] = field(init=False)

    def __post_init__(self) -> None:
        told = [(items(self.text), None), *((items(line), line) for line in self.lines)]
        found = tuple(item for items_, _ in told for item in items_)
        object.__setattr__(self, "items", found)
        object.__setattr__(self, "numbers", tuple(n for items_, line in told for n in written_numbers(items_, line)))
        object.__setattr__(self, "legs", computing.legs(found))
        object.__setattr__(self, "midpoints", tuple(m for items_, _ in told for m in computing.midpoints(items_)))
        texts = (self.text, *self.lines)
        object.__setattr__(self, "distances", tuple(away for text in texts for away in computing.distances(text)))

    def written(self, name: str, claim: Decimal) -> Found | None:
        """The claim in the text's own digits, where it is written as it stands."""
        for number in self.numbers:
            if number.value == abs(claim) and _fits(name, number, claim):
                return _found(number, -number.value if claim < 0 else number.value)
        return None

    def following(self, name: str, claim: Decimal, around: Around) -> Found | None:
        """The claim where it follows from what is written."""
        if name == "position_size":
            sums = (total for told in self.legs for total in computing.totals(told))
            return next((Found(size, "legs", said) for size, said in sums if size == claim), None)
        if name not in PRICES:
            return None
        return next(self._prices(name, claim, around), None)

    def completed(self, value: Decimal, bases: Iterable[Decimal]) -> Found | None:
        """The full price that a shortened one means, where the claim copied it as it was written."""
        full = self._completions([base for base in bases if _far(value, base)])
        return next((found for digits, base, found in full if digits.value == value and near(found.value, base)), None)

    def _prices(self, name: str, claim: Decimal, around: Around) -> Iterator[Found]:
        for _, _, found in self._completions(around.bases):
            if found.value == claim:
                yield found
        prices = [number.value for number in self.numbers]
        ways: tuple[tuple[How, Iterable[Derivation]], ...] = (
            ("legs", (mean for told in self.legs for mean in computing.means(told))),
            ("range", self.midpoints),
        )
        for how, derivations in ways:
            held = (each for each in derivations if computing.rounded(claim, each[0], prices))
            yield from (Found(price, how, said) for price, said in held)
        for away in self.distances:
            for entry in around.entries:
                levels = computing.levels(name, away, entry, around.direction, around.symbol)
                yield from (Found(level, "distance", away.said) for level in levels if level == claim)

    def _completions(self, bases: Iterable[Decimal]) -> Iterator[tuple[Written, Decimal, Found]]:
        for base in bases:
            for number in self.numbers:
                if number.unit is None:
                    for price in computing.shortened(number.digits, base):
                        yield number, base, Found(price, "shorthand", number.line or number.digits)


def written_numbers(found: Iterable[Item], line: str | None = None) -> tuple[Written, ...]:
    """The numbers among a message's items, without distances, times and dates."""
    return tuple(number for item in found if (number := _written(item, line)) is not None)


def _written(item: Item, line: str | None) -> Written | None:
    if item.tag is Tag.COUNT:
        return Written(WORD_NUMBERS[item.word], "", "", Tag.LOTS, line)
    if item.kind != "number" or item.value is None or item.tag not in (None, Tag.LOTS, Tag.MONEY):
        return None
    unit = Tag.MONEY if item.money else item.tag
    return Written(item.value, item.text.strip("+-$€£ "), item.sign, unit, line)


def _found(number: Written, value: Decimal) -> Found:
    if number.line is not None:
        return Found(value, "picture", number.line)
    return Found(value, "suffix", number.digits) if _SUFFIXED.search(number.digits) else Found(value)


def _fits(name: str, number: Written, claim: Decimal) -> bool:
    if name == "position_size":
        return number.unit is not Tag.MONEY and claim >= 0
    if number.unit is Tag.LOTS:
        return False
    if name != "pnl":
        return claim >= 0
    return not number.sign or (number.sign == "-") == (claim < 0)


def _far(one: Decimal, other: Decimal) -> bool:
    return max(one, other) > SHORTENED * min(one, other)
