"""Legs: which count belongs to which price, the size of all of them, and the price they come to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.reading.items import Item, Items, places
from bot.reading.roles import OPENING, Amount, Role
from bot.reading.words import TAGGED, Tag

_HALF: Final = Decimal("0.5")
_HALVES: Final = frozenset(" ".join(words) for words in TAGGED if "half" in words) | {"half"}
_FINEST: Final = Decimal("0.00000001")
_PASSED_OVER: Final = frozenset(
    {Tag.AT, Tag.EXIT, Tag.ENTRY, Tag.ENTRY_IF_NUMBER, Tag.COVER, Tag.ADD, Tag.MICROS, Tag.MINIS, Tag.STOPPED}
)
EACH: Final = frozenset(("each", "apiece", "ea", "jeweils", "cada", "chacun", "chacune"))


def attach_counts(items: Items, amounts: Sequence[Amount]) -> list[Amount]:
    """Gives prices of entry and exit the counts that stand with them; the counts of nobody are given back."""
    prices = [a for a in amounts if a.role in (Role.ENTRY, Role.EXIT)]
    free: list[Amount] = []
    for n, amount in enumerate(amounts):
        if amount.role is not Role.COUNT:
            continue
        if "of" in items.words and (parted := _leg_of_part(items, amounts, n)) is not None:
            parted.size = amounts[n - 1].value
            free = [other for other in free if other is not amounts[n - 1]]
            if len(prices) > 2:  # the rest is told as well
                free.insert(0, amount)
            continue
        leg = _price_behind(items, amounts, n) or _price_before(items, amounts, n, prices)
        if _is_of_a_half(items, amount):
            free.append(amount)
            if leg is not None:
                leg.share = _HALF
            continue
        if leg is not None and leg.size is None and not is_each(items, amount):
            leg.size = amount.value
        else:
            free.append(amount)
    if not _HALVES.isdisjoint(items.words):
        for price in prices:
            if price.size is None and _is_half(items, price):
                price.share = _HALF
    return free


def _is_of_a_half(items: Sequence[Item], count: Amount) -> bool:
    """The 10 of "covered half my 10 shorts": the whole of which a part was left."""
    n = count.n
    return n > 0 and ("half" in items[n - 1].word or "half" in (items[n - 2].word, items[max(0, n - 3)].word))


def _leg_of_part(items: Sequence[Item], amounts: Sequence[Amount], n: int) -> Amount | None:
    """Behind the 3 of "sold 2 of 3 at 18270", the leg that the 2 before it belongs to; None where it is no whole."""
    part, whole = amounts[n - 1], amounts[n].n
    if not n or part.role is not Role.COUNT or whole - part.n != 2 or items[whole - 1].word != "of":
        return None
    return _price_behind(items, amounts, n)


def _price_behind(items: Sequence[Item], amounts: Sequence[Amount], n: int) -> Amount | None:
    """ "2 @ 18220", "1 out at 18270", "sold 1 18270": nothing but words of a leg stands between."""
    if n + 1 == len(amounts) or amounts[n + 1].role not in (Role.ENTRY, Role.EXIT):
        return None
    price = amounts[n + 1]
    for item in items[amounts[n].n + 1 : price.n]:
        joins = (
            item.kind == "symbol"
            or item.tag in _PASSED_OVER
            or item.tag in OPENING
            or item.word
            in ("more", "off", "back", "left", "x", "was", "were", "nq", "of", "it", "them", "the", "table")
        )
        if not joins and item.tag is not Tag.LOTS:
            return None
    return price


def _price_before(items: Sequence[Item], amounts: Sequence[Amount], n: int, prices: Sequence[Amount]) -> Amount | None:
    """ "5506.25 (5)", "5506.25 (5 lots)", "5506.25 x5": a count glued to a price, where several are of its kind."""
    if n == 0 or amounts[n - 1].role not in (Role.ENTRY, Role.EXIT):
        return None
    price, count = amounts[n - 1], amounts[n]
    alike = [p for p in prices if p.role is price.role]
    bracketed = count.item.bracketed or items[count.n - 1].word == "("
    return price if len(alike) > 1 and count.n - price.n <= (2 if bracketed else 1) else None


def _is_half(items: Sequence[Item], price: Amount) -> bool:
    for item in reversed(items[max(0, price.n - 4) : price.n]):
        if item.kind in ("number", "break") or item.word in (",", ";", "."):
            return False
        if "half" in item.word and "half" in item.word.split():
            return True
    return False


def is_each(items: Items, count: Amount) -> bool:
    """ "3 each": as many at every price."""
    if EACH.isdisjoint(items.words):
        return False
    return any(item.word in EACH for item in items[count.n + 1 : count.n + 3])


def total_size(
    items: Items, free: Sequence[Amount], entries: Sequence[Amount], exits: Sequence[Amount]
) -> Decimal | None:
    """The size of the whole trade; None where it was not said, or only of a part."""
    for count in free:
        if is_each(items, count):
            for price in entries if len(entries) > 1 else exits if len(exits) > 1 else ():
                price.size = count.value
            several = max(len(entries), len(exits))
            return count.value * several if several else count.value
    if free:
        return free[0].value
    for legs in (entries, exits):
        sizes = [leg.size for leg in legs]
        if sizes and None not in sizes:
            return sum((size for size in sizes if size is not None), Decimal(0))
    return next((leg.size for leg in entries if leg.size is not None), None)


def weighted(legs: Sequence[tuple[Decimal | None, Decimal]], total: Decimal | None) -> Decimal | None:
    """The size-weighted price where every leg's size is known, else the first price."""
    if not legs:
        return None
    legs = _with_rest(list(legs), total)
    whole = sum((size for size, _ in legs if size is not None), Decimal(0))
    if len(legs) == 1 or not whole or any(size is None for size, _ in legs):
        return legs[0][1]
    price = sum((size * price for size, price in legs if size is not None), Decimal(0)) / whole
    return price.quantize(_FINEST).normalize() if places(price) > 8 else price


def _with_rest(
    legs: list[tuple[Decimal | None, Decimal]], size: Decimal | None
) -> list[tuple[Decimal | None, Decimal]]:
    """The one leg without a size takes what the others left: "1 off 18270, the rest at 18290"."""
    known = sum((s for s, _ in legs if s is not None), Decimal(0))
    unknown = [n for n, (s, _) in enumerate(legs) if s is None]
    if len(unknown) == 1 and size is not None and size > known > 0:
        legs[unknown[0]] = (size - known, legs[unknown[0]][1])
    return legs
