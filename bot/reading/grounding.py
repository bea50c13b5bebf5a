"""Which numbers a message really holds: whatever else claims to have read it must find its numbers here.

A number is grounded when it is written in the text, with any separators or in words ("two lots"), or when it is
a shortened price beside a full one: "in 21450 out 85" holds 21485. Distances (pips, R, percent) are no prices and no
money; a count of contracts is only a size. What is grounded takes the digits of the text, not of the claim.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.reading.items import Item
from bot.reading.words import NUMBERS as WORD_NUMBERS
from bot.reading.words import Tag

PRICES = ("entry_price", "exit_price", "stop_loss", "take_profit")
MONEY = ("pnl", "commissions")
NUMBERS = (*PRICES, "position_size", *MONEY)

_SHORT = re.compile(r"\d{2,}(?:\.\d+)?")
"""A shortened price has two digits at least: "out 8" could mean too many prices."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number of the text. `digits` as written, "" for one in words; `unit` is None, LOTS or MONEY."""

    value: Decimal
    digits: str
    sign: str
    unit: Tag | None


def written_numbers(found: Iterable[Item]) -> tuple[Written, ...]:
    """The numbers among a message's items, without distances, times and dates."""
    return tuple(number for item in found if (number := _written(item)) is not None)


def grounded(name: str, claim: Decimal, numbers: Sequence[Written], bases: Iterable[Decimal]) -> Decimal | None:
    """The claim in the text's own digits, or None. `bases`: full prices that a shortened one may lean on."""
    for number in numbers:
        if number.value == abs(claim) and _fits(name, number, claim):
            return -number.value if claim < 0 else number.value
    if name in PRICES:
        short = [number for number in numbers if number.unit is None]
        return next((p for n in short for base in bases for p in _leaning(n, base) if p == claim), None)
    return None


def _written(item: Item) -> Written | None:
    if item.tag is Tag.COUNT:
        return Written(WORD_NUMBERS[item.word], "", "", Tag.LOTS)
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


def _leaning(short: Written, base: Decimal) -> Iterator[Decimal]:
    """The base with its last digits replaced: 21450 and "85" are 21485, 1.0850 and "72" are 1.0872."""
    if not _SHORT.fullmatch(short.digits) or base <= 0:
        return
    whole, _, fraction = short.digits.partition(".")
    step = Decimal(10) ** len(whole)
    if step <= base:
        yield base // step * step + Decimal(short.digits)
    exponent = base.as_tuple().exponent
    if not fraction and isinstance(exponent, int) and exponent < 0 and step < base.scaleb(-exponent):
        scaled = base.scaleb(-exponent) // step * step + Decimal(whole)
        yield scaled.scaleb(exponent)
