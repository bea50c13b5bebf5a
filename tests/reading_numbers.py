"""Which numbers a text holds, and what can be computed from them: told without the reader's code, and generously.

Where a text can be read in several ways ("5.412,50", "18 250", "2403-2409"), every way counts. What is left out is what
nobody could have meant, so a number that is not among these was made up.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from itertools import combinations, combinations_with_replacement, product
from typing import Final

SPELLED: Final = {
    word: Decimal(value)
    for value, words in {
        "0.25": "quarter",
        "0.5": "half halbe halben media medio meia meio demi",
        "0.75": "quarters",
        "1": "one single a an uno una un um uma ein eine einen eins une один",
        "2": "two both pair couple double dos ambos ambas dois duas deux zwei beide два оба",
        "3": "three tres trois drei triple три",
        "4": "four cuatro quatro quatre vier четыре",
        "5": "five cinco cinq funf fuenf пять",
        "6": "six seis sechs шесть",
        "7": "seven siete sete sept sieben семь",
        "8": "eight ocho oito huit acht восемь",
        "9": "nine nueve nove neuf neun девять",
        "10": "ten diez dez dix zehn десять",
        "11": "eleven",
        "12": "twelve dozen",
    }.items()
    for word in words.split()
}
STEPS: Final = tuple(
    map(
        Decimal,
        (
            *("1", "0.5", "0.25", "0.2", "0.125", "0.1", "0.05", "0.03125", "0.025", "0.015625"),
            *("0.01", "0.005", "0.001", "0.0005", "0.0001", "0.00005", "0.00001", "0.000001", "0.0000005"),
        ),
    )
)
"""What a point, tick or pip of anything may be in its price."""
MOST: Final = 24
"""Numbers among which sums and means are looked for; a text of more proves nothing by them."""
FEW: Final = 9
"""The same where three legs are weighed."""
LARGEST_SIZE: Final = 1000
"""Of a leg whose weight is looked for."""
CLOSE: Final = Decimal("1e-9")
_GROUP: Final = 6
"""Groups of digits that one number is made of at most."""

_RUN = re.compile(r"\d+(?:[.,'’_]?[^\S\n]?[.,]?\d+)*")
_FRACTION = re.compile(r"(?<=\d)[¼½¾⅛⅜⅝⅞]")
_INNER = re.compile(r"\d+|\D+")
_SUFFIX = re.compile(r"\s?(?P<k>k|thousand|grand|mil\b|тыс)|\s?(?P<m>m(?:io|ln|illion)?)\b", re.IGNORECASE)
_EXPONENT = re.compile(r"e([+-]?\d{1,3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The magnitudes of a text.

    values  in every reading
    sizes   those that may count something: whole runs of digits, and words
    digits  as written, for prices of which only the end was said
    """

    values: frozenset[Decimal]
    sizes: frozenset[Decimal]
    digits: tuple[str, ...]

    def __or__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.values | other.values, self.sizes | other.sizes, (*self.digits, *other.digits))


def folded(text: str) -> str:
    """Compatibility forms made plain, every script's digits made ours, what cannot be seen left out."""
    plain = unicodedata.normalize("NFKC", text)
    kept = (character for character in plain if unicodedata.category(character) not in ("Cf", "Mn", "Me"))
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in kept)


@lru_cache(maxsize=4)
def numbers_of(text: str) -> Numbers:
    """Of a text as it is, and with what "5½" means."""
    decimal = _FRACTION.sub(lambda match: str(unicodedata.numeric(match[0])).removeprefix("0"), text)
    return _numbers_of(text) if decimal == text else _numbers_of(text) | _numbers_of(decimal)


def _numbers_of(text: str) -> Numbers:
    plain = folded(text)
    values, sizes, digits = set[Decimal](), set[Decimal](), list[str]()
    for run in _RUN.finditer(plain):
        for start, end in _parts(run):
            written = plain[start:end]
            for value in _readings(written):
                values |= {value, *_scaled(value, plain, end)}
            digits += _endings(written)
            sizes |= {Decimal(each) for each in _endings(written)}
    words = re.findall(r"[^\W\d_]+", _unaccented(plain).casefold())
    spelled = {SPELLED[word] for word in words if word in SPELLED}
    values |= {value + part for value in values for part in spelled if part < 1}  # "5412 and a quarter"
    sizes = {each for each in sizes | spelled if 0 < each <= LARGEST_SIZE}
    return Numbers(frozenset(values | spelled), frozenset(sizes), tuple(dict.fromkeys(digits)))


def numbers_in(values: Iterable[Decimal | None]) -> Numbers:
    """Those of facts that were known before."""
    known = [abs(value) for value in values if value is not None and value.is_finite()]
    sizes = frozenset(value for value in known if 0 < value <= LARGEST_SIZE)
    return Numbers(frozenset(known), sizes, tuple(f"{value:f}" for value in known))


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def _parts(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where a number may begin and end in a run of digits and separators: at any group of digits."""
    groups = [(each.start(), each.end()) for each in re.finditer(r"\d+", run[0])]
    for first in range(len(groups)):
        for last in range(first, min(first + _GROUP, len(groups))):
            yield run.start() + groups[first][0], run.start() + groups[last][1]


def _readings(written: str) -> Iterator[Decimal]:
    """Without its separators, and with each as the decimal one. ".5" is read as "5" and as a half of ten."""
    pieces = _INNER.findall(written)
    groups = pieces[::2]
    yield Decimal("".join(groups))
    yield Decimal("0." + "".join(groups))
    for place in range(1, len(groups)):
        yield Decimal("".join(groups[:place]) + "." + "".join(groups[place:]))


def _scaled(value: Decimal, text: str, end: int) -> Iterator[Decimal]:
    if suffix := _SUFFIX.match(text, end):
        yield value * (1000 if suffix["k"] else 1_000_000)
    if exponent := _EXPONENT.match(text, end):
        yield value.scaleb(max(-400, min(400, int(exponent[1]))))


def _endings(written: str) -> Iterator[str]:
    """As digits with at most one point: "18 250,25" is 18250.25, and with thousands of commas as well."""
    bare = re.sub(r"[^\d.,]", "", written)
    for each in (bare.replace(",", "."), bare.replace(",", ""), bare.replace(".", "").replace(",", ".")):
        if each.count(".") < 2:
            yield each


def among(value: Decimal, numbers: Numbers) -> bool:
    return value in numbers.values or any(_equal(value, each) for each in numbers.values)


def _equal(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= CLOSE * max(abs(one), abs(other))


def completed(value: Decimal, numbers: Numbers) -> bool:
    """The end of a price was said and the beginning stands in another one: 21450 out 85, 1.0850 out 72."""
    return any(
        _equal(value, found) for whole in numbers.digits for end in numbers.digits for found in _completions(whole, end)
    )


def _completions(whole: str, end: str) -> Iterator[Decimal]:
    """Every tail of `whole` replaced by `end`, and the same one step up and down: 19990 out 10 is 20010."""
    if len(whole) > 14 or len(end) > 12:
        return
    head, _, fraction = whole.partition(".")
    left, dot, right = end.partition(".")
    if dot or len(left) < len(head):
        tail = Decimal(10) ** len(left)
        kept = Decimal(head) // tail * tail + Decimal(f"{left or 0}.{right or 0}")
        yield from (kept, kept + tail, kept - tail)
    if not dot and len(left) <= len(fraction):
        unit = Decimal(10) ** -len(fraction)
        tail = unit * Decimal(10) ** len(left)
        kept = Decimal(whole) // tail * tail + Decimal(left) * unit
        yield from (kept, kept + tail, kept - tail)


def at_a_distance(value: Decimal, numbers: Numbers) -> bool:
    """So many points, ticks, pips, percent or R from a price."""
    values = sorted(numbers.values)
    for price in values:
        away = abs(value - price)
        if not price or away > price:
            continue
        risks = (abs(price - stop) for stop in values)
        if any(_stands(away / unit, values) for unit in (*STEPS, price / 100, *risks) if unit):
            return True
    return False


def _stands(value: Decimal, values: Sequence[Decimal]) -> bool:
    """Among values in order: the next ones are the nearest."""
    place = bisect_left(values, value)
    return any(_equal(value, each) for each in values[max(0, place - 1) : place + 1])


def a_sum(value: Decimal, numbers: Numbers) -> bool:
    """Of two to five of them, or what is left of one."""
    values = sorted(numbers.values)[:MOST]
    if any(_equal(value, abs(one - other)) for one, other in combinations(values, 2)):
        return True
    doubled = sorted([*values, *values])
    return any(
        _equal(value, sum(parts, Decimal(0)))
        for count in (2, 3, 4)
        for parts in combinations([each for each in doubled if each <= value], count)
    )


def a_mean(value: Decimal, numbers: Numbers) -> bool:
    """Of two or three prices, each as heavy as a size that was said, or all equally heavy.

    Prices of one trade lie near each other: the middle of 7 and 77 is no price that anybody meant.
    """
    near = {each for each in numbers.values if each and abs(each - value) <= value / 2}
    ends = numbers.digits[:FEW]
    whole = {each for one, other in product(ends, repeat=2) for each in _completions(one, other)}
    return _weighed(value, near, numbers) or _weighed(value, near | {w for w in whole if 2 * w > value}, numbers)


def _weighed(value: Decimal, near: Iterable[Decimal], numbers: Numbers) -> bool:
    prices, sizes = sorted(near)[:MOST], sorted({Decimal(1), *numbers.sizes})[:MOST]
    with localcontext() as exact:
        exact.prec = 40
        return any(
            _mean(value, legs, weights)
            for count, most in ((2, MOST), (3, FEW))
            for legs in combinations(prices[:most], count)
            if legs[0] <= value <= legs[-1]
            for weights in product(sizes[:most], repeat=count)
        )


def _mean(value: Decimal, prices: Sequence[Decimal], weights: Sequence[Decimal]) -> bool:
    weighed = sum((price * weight for price, weight in zip(prices, weights, strict=True)), Decimal(0))
    return _equal(value, weighed / sum(weights))


def a_product(value: Decimal, numbers: Numbers) -> bool:
    """So much a piece, and so many; the half of a half."""
    pairs = combinations_with_replacement(sorted(numbers.values)[:MOST], 2)
    return any(_equal(value, one * other) for one, other in pairs)
