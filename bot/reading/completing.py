"""What a number of a correction is, where the message leaves it out: the field it was mistyped in, its first digits."""

from dataclasses import replace
from decimal import Decimal

from bot.reading.answer_words import words_of
from bot.reading.exchanging import NUMBERS
from bot.reading.gathering import MOST_CONTRACTS
from bot.reading.items import Item
from bot.reading.parts import Part, clauses
from bot.reading.reworking import unit_of
from bot.reading.talk import lone_number
from bot.trading.contracts import contract
from statemachine.trade import TradeFields

_MADE = [["make", "it"], ["make", "that"], ["it", "to"], ["of", "them"]]
_BEEN = [["it", "was"], ["they", "were"], ["there", "were"], ["i", "had"], ["i", "did"], ["i", "took"]]
_LIKE = 3
"""Times as much or as little: a value so far from another is no mistake for it."""
_ORDERING = words_of("record", "drop", "not")
_SHORTEST_TAIL = 2
_SHORTEST_TYPO = 3
"""Digits; a shorter number by itself may be a size as well as a part of a price."""


def by_labels(part: Part, draft: TradeFields) -> TradeFields:
    """What each clause says of one field by one number."""
    found = TradeFields()
    for clause in [part] if len(part.numbers) == 1 and len(part.fields) == 1 else clauses(part.tokens):
        found = found.merged(_by_its_label(clause, draft) or TradeFields())
    return found


def _by_its_label(part: Part, draft: TradeFields) -> TradeFields | None:
    """ "4.20 of fees": the one number of a clause, and the one field that is named anywhere beside it."""
    if len(part.numbers) != 1 or len(part.fields) != 1 or unit_of(part) or not part.says_only("added", "explained"):
        return None
    number, name = part.numbers[0], part.fields[0]
    if number.sign or number.suffix or number.value == getattr(draft, name):
        return None
    return TradeFields(**{name: number.value})  # type: ignore[arg-type]


def counted(part: Part, items: list[Item], draft: TradeFields) -> TradeFields | None:
    """ "make it 3", "3 each": a number by itself that can only be how many."""
    value = lone_number(items)
    if value is None or value > MOST_CONTRACTS or value % 1 or draft.position_size is None:
        return None
    pairs = [part.words[n : n + 2] for n in range(len(part.words))]
    made = any(pair in _MADE for pair in pairs) or "each" in part.words
    been = any(pair in _BEEN for pair in pairs) and _ORDERING.isdisjoint(part.words)
    counts = (made or (been and not _is_like_another(value, draft))) and part.says_only()
    return TradeFields(position_size=value) if counts and value != draft.position_size else None


def may_count(value: Decimal | None, draft: TradeFields) -> bool:
    """Of a draft that was named: how many of a future, and like no other number of it."""
    if value is None or draft.position_size is None or not _is_count(value, draft):
        return False
    return value != draft.position_size and not _is_like_another(value, draft)


def _is_like_another(value: Decimal, draft: TradeFields) -> bool:
    """ "it was 3": of an option at 3.20 that may be its price, of a small result the result."""
    stand = (getattr(draft, name) for name in NUMBERS if name != "position_size")
    return any(number is not None and value / _LIKE <= abs(number) <= value * _LIKE for number in stand)


def mistyped(items: list[Item], draft: TradeFields) -> TradeFields | None:
    """ "typo, 18295": the price that differs from it in the fewest digits."""
    value = lone_number(items)
    if value is None or len(str(value)) < _SHORTEST_TYPO:
        return None
    stand = {name: number for name in NUMBERS if (number := getattr(draft, name)) is not None}
    apart = sorted((_digits_apart(str(value), str(abs(number))), name) for name, number in stand.items())
    if not apart or apart[0][0] > len(str(value)) // 2 or (len(apart) > 1 and apart[1][0] == apart[0][0]):
        return None
    return TradeFields(**{apart[0][1]: value})  # type: ignore[arg-type]


def _digits_apart(one: str, other: str) -> int:
    """How many digits differ; numbers of unlike length differ in all."""
    if "." in one or "." in other:
        whole, fraction = (number.partition(".") for number in (one, other))
        places = max(len(whole[2]), len(fraction[2]))
        one, other = whole[0] + whole[2].ljust(places, "0"), fraction[0] + fraction[2].ljust(places, "0")
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else len(one)


def completed(said: TradeFields, draft: TradeFields, *, labelled: bool) -> TradeFields:
    """ "exit 95" of 18290 is 18295, and a "3" beside a side is how many: no price lies so far from the entry."""
    entry = draft.entry_price
    if entry is None:
        return said
    price = said.entry_price
    counts = price is not None and not labelled and _is_count(price, draft)
    if counts and said.position_size is None and said.exit_price is None:
        return replace(said, entry_price=None, position_size=price)
    for name in ("entry_price", "exit_price", "stop_loss", "take_profit"):
        told = getattr(said, name)
        full = _completed_price(told, getattr(draft, name) or entry) if told is not None else None
        if full is not None:
            said = said.merged(TradeFields(**{name: full}))  # type: ignore[arg-type]
    return said


def _is_count(value: Decimal, draft: TradeFields) -> bool:
    """A few, whole, and of a future: none trades at such a price."""
    known = contract(draft.symbol) if draft.symbol else None
    return 0 < value <= MOST_CONTRACTS and not value % 1 and known is not None and known.kind == "future"


def _completed_price(told: Decimal, stood: Decimal) -> Decimal | None:
    """The price whose last digits were told, nearest to the one that stood; None where it was told in full."""
    digits = len(str(int(told)))
    if not digits >= _SHORTEST_TAIL or told * 4 > stood or stood < 10 ** (digits + 1):
        return None
    step = Decimal(10) ** digits
    base = stood - stood % step + told
    return min((base - step, base, base + step), key=lambda price: abs(price - stood))
