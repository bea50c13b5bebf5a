"""What a word that names a number says of those behind it: "targets 18260 / 18270 / 18280", "out 1 at 18270"."""

from collections.abc import Sequence
from typing import Final

from bot.reading.counting import is_index
from bot.reading.gathering import MOST_CONTRACTS
from bot.reading.items import Item
from bot.reading.roles import HEADS, OPENING, Amount, Role
from bot.reading.shorthand import completed
from bot.reading.words import Tag

ENDS: Final = frozenset((";", ".", "|", "!", "?"))
NAMED, LISTED, TRAILING = 9, 7, 4
"""How much a word speaks for the number that it names, for those in its list, and for one that merely follows."""
_JOINING: Final = frozenset((">", "-", ",", "/", "&", "and", "to", "_", "~", "or", "y", "e", "und", "et"))
_RANGE_MARKS: Final = frozenset(("-", "_", "~", ":", "to", "/"))
_NOUNS: Final = frozenset(("buy", "sell", "buys", "sells"))
_PLURAL: Final = frozenset(("longs", "shorts"))
_MOST_TIMES, _MOST_FINER = 4, 2
"""Prices of a list are no more times each other, and written with no more decimals more."""


def claim(amount: Amount, role: Role, head: Item, weight: int) -> None:
    amount.weight[role] += weight
    if amount.head is None or weight >= NAMED:
        amount.head = head


def is_of_an_exit(items: Sequence[Item], n: int) -> bool:
    """The "long" of "closed my long nq at": it names what was left and opens nothing."""
    if items[n].tag not in (Tag.LONG, Tag.SHORT) and items[n].word not in _NOUNS:
        return False
    for item in reversed(items[max(0, n - 5) : n]):  # "closed 1 of 2 nq longs"
        if item.tag in (Tag.EXIT, Tag.STOPPED, Tag.COVER):
            return True
        if item.tag is Tag.COUNT or (items[n].word in _PLURAL and is_few(item)):
            continue  # "closed half of my short", "closed my 2 nq longs"
        if item.tag is not None or item.kind in ("number", "break") or item.word in (",", ";", ".", ":", "("):
            return False
    return False


def is_few(item: Item) -> bool:
    return item.kind == "number" and not item.decimals and (item.value or 0) <= MOST_CONTRACTS


def lead_on(items: Sequence[Item], n: int, first: Amount, by_place: dict[int, Amount], role: Role) -> None:
    """What the word at `n`, which names the price `first`, says of the numbers behind that."""
    runs_on = role is Role.TARGET or items[n].word == "entries"  # "targets 18260 18270 18280"
    listed, place = runs_on, first.n
    while place + 1 < len(items):
        place += 1
        item = items[place]
        if place in by_place:
            kept = _continued(items, place, first, by_place[place], role, items[n], listed)
            counts = by_place[place].weight[Role.COUNT] >= TRAILING + 1  # "1 at 18270 and 1 at 18290"
            listed = kept and (runs_on or (counts and listed))
        elif item.kind == "break" and runs_on and (line := _line_of_a_list(items, place + 1, by_place)):
            listed, place = True, line - 1
        elif item.word == "|" and runs_on and place - 1 in by_place and place + 1 in by_place:
            listed = True
        elif item.tag is None:
            if item.word in ENDS or item.kind == "break" or (item.kind == "date" and not _counts(first)):
                return  # but not at the day of "STC 2 SPY 12/6 595c @ 1.85"
            listed = item.word in _JOINING
        elif item.tag is not Tag.AT:
            side = item.tag in OPENING and not is_of_an_exit(items, place)
            if (side or item.tag in HEADS) and item.kind != "number":
                return
            listed = False


def _continued(
    items: Sequence[Item], place: int, first: Amount, amount: Amount, role: Role, head: Item, listed: bool
) -> bool:
    """What a head says of a number behind its first; False where the list is broken by it."""
    item, at = items[place], items[place - 1].tag is Tag.AT
    counted = _counts(first)
    if item.tag is not None or (item.money and not at) or not (counted or _may_be_listed(first, amount)):
        return False
    ranged = place == first.n + 2 and items[place - 1].word in _RANGE_MARKS
    if ranged and role is Role.STOP:
        amount.weight[Role.NONE] += NAMED
    elif role is Role.ENTRY and ((ranged and items[place - 1].word != "to") or head.word == "entries"):
        claim(amount, role, head, NAMED + 3)
    elif role is not Role.STOP:
        named = counted and at and role is Role.EXIT and first.head is head
        if named:  # "STC 2 SPY 595c @ 1.85 (in at 1.20)": the price behind the count is meant
            first.weight[role] -= NAMED
            first.head = None
        claim(amount, role, head, NAMED if named else LISTED if listed else TRAILING)
    return True


def _counts(first: Amount) -> bool:
    """ "out 1 at 18270": the number behind the word is no price itself."""
    return first.weight[Role.COUNT] >= LISTED


def _may_be_listed(first: Amount, amount: Amount) -> bool:
    """Whether two numbers can be prices of one list: "tp 1.0540, 0.3" goes on with a size."""
    one, other = sorted((first.near, amount.near))
    if amount.is_short and completed(amount.value, first.value) != amount.value:
        return True
    return other <= _MOST_TIMES * one and first.item.decimals - amount.item.decimals <= _MOST_FINER


def _line_of_a_list(items: Sequence[Item], n: int, by_place: dict[int, Amount]) -> int | None:
    """The place of the number that a line consists of, behind what counts it: "2) 18280"."""
    place = n + 2 if n not in by_place and n + 2 in by_place and is_index(items, n) else n
    alone = place + 1 >= len(items) or items[place + 1].kind == "break"
    return place if place in by_place and alone else None
