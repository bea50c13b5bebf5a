"""Tells by its place which number is the size, where its value could be a price as well.

Shares are counted in numbers as large as what one costs: "long 300 TSLA 299.09" is 300 shares, "long TSLA 300 299.09"
is entry and exit. The size is whole, and stands before the ticker with the entry behind it, before "@", before the word
that names the entry, or as the first of three, of which one would be left over if it were a price.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from bot.reading.gathering import alike
from bot.reading.items import Item
from bot.reading.roles import OPENING, Amount, Role
from bot.reading.telling import Telling
from bot.reading.words import Tag

_TOLD: Final = 24
"""More than what else may speak of a number without a name."""
_FAR_OFF: Final = 12
_IN_A_ROW: Final = 5
_TICKERS: Final = frozenset(("ticker", "cashtag"))
_AT: Final = frozenset(("@", "at", "bei"))
"""Not "a" and "à", which lead to an exit as well: "de 250 à 252"."""
_ENTERING: Final = frozenset({Tag.ENTRY, Tag.ENTRY_IF_NUMBER})
_ENTRIES: Final = _ENTERING | {Tag.BUY, Tag.SELL}
_LEAVING: Final = frozenset({Tag.EXIT, Tag.COVER, Tag.STOPPED})
_COUNTING: Final = _LEAVING | {Tag.ADD}
"""Words that a size may follow: "closed 250 TSLA at 252", "added 250 @ 248"."""
_BETWEEN: Final = frozenset((",", "|"))
_TO_THE_EXIT: Final = frozenset((">", "-", "/", "to"))
_ENTERED: Final = _ENTERING | (OPENING.keys() - {Tag.COVER}) | {Tag.AT}
_MOST_BETWEEN: Final = 4


def size_by_place(items: Sequence[Item], found: Sequence[Amount], telling: Telling) -> None:
    """Adds what the places say to the weights."""
    if telling.symbol is not None and telling.symbol.how in _TICKERS:
        for amount, after in pairwise(found):
            if _counts_shares(items, amount, after, telling.closing):
                amount.weight[Role.COUNT] += _TOLD
        _first_of_three(items, found, telling.closing)
    _far_first_of_three(items, found)


def _counts_shares(items: Sequence[Item], amount: Amount, after: Amount, closing: frozenset[int]) -> bool:
    """ "long 300 TSLA 299.09", "TSLA 300 @ 299.09", "TSLA long 300 entry 299.09"."""
    if not _may_count(amount) or not _is_price_beside(after, amount):
        return False
    between = items[amount.n + 1 : after.n]
    if not 0 < len(between) <= _MOST_BETWEEN:
        return False
    before = items[amount.n - 1] if amount.n else None
    if before is not None and (before.tag is Tag.AT or before.word in _TO_THE_EXIT):
        return False
    if before is not None and before.kind == "symbol" and (between[0].kind == "symbol" or between[0].word == "from"):
        return False  # "NVDA 250 TSLA 252", "CVNA 262 from 248"
    named = any(item.tag in _ENTERING for item in between)
    if amount.head is not None and amount.head.tag in _LEAVING and any(item.tag in _ENTRIES for item in between):
        return False  # "covered CVNA 262 from 248"
    for n, item in enumerate(between, amount.n + 1):
        entered = item.how in _TICKERS or (item.tag in _ENTERED and n not in closing)
        if not entered and not (named and _parts(item)):
            return False
    return len(between) > 1 or between[0].tag is not Tag.AT or between[0].word in _AT


def _may_count(amount: Amount) -> bool:
    counting = amount.head is None or amount.head.tag in _COUNTING
    item = amount.item
    return counting and item.tag is None and not (item.sign or item.money or item.decimals or item.bracketed)


def _is_price_beside(after: Amount, amount: Amount) -> bool:
    """The entry that follows a size, or what is counted off: "closed 250 TSLA 252"."""
    named = after.head is None or after.head is amount.head or after.head.tag in _ENTERING
    return named and after.item.tag is None and not after.item.sign and alike(after.near, amount.near)


def _first_of_three(items: Sequence[Item], found: Sequence[Amount], closing: frozenset[int]) -> None:
    """ "TSLA long 400 397.04 394.84", "TSLA long 400, 397.04 out 394.84", "TSLA bought 400 397.04 sold 394.84"."""
    if len(found) < 3 or any(a.item.tag is Tag.LOTS or (a.head and a.head.tag is Tag.SIZE) for a in found):
        return
    bare = _bare(found)
    left = [a for a in found if a.head is not None and a.head.tag in _LEAVING]
    if len(bare) not in (2, 3) or len(bare) + len(left) != 3 or not _may_count(bare[0]):
        return
    first, second, third = *bare, *left
    led = all(_parts(item) or item.tag in OPENING for item in items[first.n + 1 : second.n])
    on = bool(left) or all(
        _parts(item) or item.word in _TO_THE_EXIT or item.tag is Tag.AT or n in closing
        for n, item in enumerate(items[second.n + 1 : third.n], second.n + 1)
    )
    if led and on and second.n < third.n and all(alike(first.near, price.near) for price in (second, third)):
        first.weight[Role.COUNT] += _TOLD


def _far_first_of_three(items: Sequence[Item], found: Sequence[Amount]) -> None:
    """ "TSLA long 130 150 150.02": the first of three is the size where the others lie closer together."""
    if len(found) < 3:
        return
    bare = _bare(found)
    if len(bare) != 3 or bare[0].item.decimals or any(a.item.tag is Tag.LOTS for a in found):
        return
    first, second, third = bare
    near = all(map(_parts, items[first.n + 1 : second.n]))
    if near and abs(third.near - second.near) * _IN_A_ROW < abs(second.near - first.near):
        first.weight[Role.COUNT] += _FAR_OFF


def _bare(found: Sequence[Amount]) -> list[Amount]:
    return [a for a in found if a.head is None and a.item.tag is None and not a.item.sign and not a.item.money]


def _parts(item: Item) -> bool:
    return item.kind == "break" or item.word in _BETWEEN
