"""Which numbers a message really holds: whatever else claims to have read it must find its numbers here.

A number is grounded when it is written, with any separators or in words ("two lots"), in the message or in what was
read off its picture; or when it follows from such numbers (bot/reading/computing.py): "in 21450 out 85" holds 21485.
Distances (pips, R, percent) are no prices and no money; a count of contracts is only a size. What is grounded takes
the digits of the text, not of the claim.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.reading import computing
from bot.reading.computing import Distance, Leg
from bot.reading.gathering import near
from bot.reading.items import Item, items
from bot.reading.words import COUNTS, Tag
from statemachine.trade import Direction

PRICES = ("entry_price", "exit_price", "stop_loss", "take_profit")
MONEY = ("pnl", "commissions")
NUMBERS = (*PRICES, "position_size", *MONEY)

SHORTENED: Final = 20
"""A price so many times smaller or larger than its neighbour was shortened, if it completes to one beside it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number of the text. `digits` as written, "" for one in words; `unit` is None, LOTS or MONEY."""

    value: Decimal
    digits: str
    sign: str
    unit: Tag | None


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
    """The texts a claim is held against: the message, and the lines that were read off its picture."""

    texts: tuple[str, ...]
    items: tuple[Item, ...] = field(init=False)
    numbers: tuple[Written, ...] = field(init=False)
    legs: tuple[tuple[Leg, ...], ...] = field(init=False)
    midpoints: tuple[Decimal, ...] = field(init=False)
    distances: tuple[Distance, ...] = field(init=False)

    def __post_init__(self) -> None:
        each = [items(text) for text in self.texts]
        found = tuple(item for told in each for item in told)
        object.__setattr__(self, "items", found)
        object.__setattr__(self, "numbers", written_numbers(found))
        object.__setattr__(self, "legs", computing.legs(found))
        object.__setattr__(self, "midpoints", tuple(middle for told in each for middle in computing.midpoints(told)))
        object.__setattr__(self, "distances", tuple(away for text in self.texts for away in computing.distances(text)))

    def exact(self, name: str, claim: Decimal) -> Decimal | None:
        """The claim where it is written as it stands."""
        return grounded(name, claim, self.numbers, ())

    def following(self, name: str, claim: Decimal, around: Around) -> Decimal | None:
        """The claim where it follows from what is written."""
        full = grounded(name, claim, self.numbers, around.bases)
        if full is not None:
            return full
        if name == "position_size":
            return next((size for told in self.legs for size in computing.totals(told) if size == claim), None)
        if name not in PRICES:
            return None
        written = [number.value for number in self.numbers]
        averages = (*(price for told in self.legs for price in computing.means(told)), *self.midpoints)
        exact = next((price for price in averages if computing.rounded(claim, price, written)), None)
        if exact is not None:
            return exact
        return next((level for level in self._levels(name, around) if level == claim), None)

    def completed(self, name: str, value: Decimal, bases: Iterable[Decimal]) -> Decimal | None:
        """The full price that a shortened one means, where the claim copied it as it was written."""
        if name not in PRICES:
            return None
        short = [n.digits for n in self.numbers if n.value == value and n.unit is None]
        full = (
            price
            for base in bases
            for digits in short
            for price in computing.shortened(digits, base)
            if max(value, base) > SHORTENED * min(value, base) and near(price, base)
        )
        return next(full, None)

    def _levels(self, name: str, around: Around) -> Iterator[Decimal]:
        for away in self.distances:
            for entry in around.entries:
                yield from computing.levels(name, away, entry, around.direction, around.symbol)


def written_numbers(found: Iterable[Item]) -> tuple[Written, ...]:
    """The numbers among a message's items, without distances, times and dates."""
    return tuple(number for item in found if (number := _written(item)) is not None)


def grounded(name: str, claim: Decimal, numbers: Sequence[Written], bases: Iterable[Decimal]) -> Decimal | None:
    """The claim in the text's own digits, or None. `bases`: full prices that a shortened one may lean on."""
    for number in numbers:
        if number.value == abs(claim) and _fits(name, number, claim):
            return -number.value if claim < 0 else number.value
    if name not in PRICES:
        return None
    short = [number.digits for number in numbers if number.unit is None]
    return next(
        (p for digits in short for base in bases for p in computing.shortened(digits, base) if p == claim), None
    )


def _written(item: Item) -> Written | None:
    if item.tag is Tag.COUNT:
        return Written(Decimal(COUNTS[item.word]), "", "", Tag.LOTS)
    if item.kind != "number" or item.value is None or item.tag not in (None, Tag.LOTS, Tag.MONEY):
        return None
    unit = Tag.MONEY if item.money else item.tag
    return Written(item.value, item.text.strip("+-$€£ "), item.sign, unit)


def _fits(name: str, number: Written, claim: Decimal) -> bool:
    if name == "position_size":
        return number.unit is not Tag.MONEY and claim >= 0
    if number.unit is Tag.LOTS:
        return False
    if name != "pnl":
        return claim >= 0
    return not number.sign or (number.sign == "-") == (claim < 0)
