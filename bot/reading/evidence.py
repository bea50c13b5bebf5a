"""What the words and marks beside a number say about it, as weights for each of its possible roles.

Nothing is decided here: "2 @ 18250" makes the 2 likely to be a count and the 18250 a price, `weighing` decides.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.reading.counting import is_negative_count, is_negative_price, is_signed_count
from bot.reading.gathering import MOST_CONTRACTS
from bot.reading.items import Item, Items
from bot.reading.legs import EACH
from bot.reading.listing import NAMED, claim, is_of_an_exit
from bot.reading.naming import FEW, MOST_LOTS, MOST_ORDINAL, headed
from bot.reading.roles import OPENING, PRICES, ROLES, Amount, Role
from bot.reading.words import Tag

_BEFORE_COUNT: Final = {"other": 5, "another": 5, "remaining": 5, "last": 5, "with": 5, "all": 7}
_FEWEST_LISTED: Final = 2
_LISTING: Final = frozenset((",", "/", "and", "&"))
_WAYS: Final = OPENING.keys() | {Tag.EXIT, Tag.ENTRY, Tag.ADD}
_MOST_WITH: Final = 50
_NOW: Final = frozenset(
    ("now", "rn", "atm", "currently", "breaks", "breaking", "holds", "rejects", "support", "resistance")
)
_ONCE: Final = frozenset(("loses", "reclaims", "reclaim", "clears", "retakes"))
"""Words of where the market has to be first: the entry only where no other price is it."""
_MOST_ARROWS: Final = 16
_NAMED_BY_ARROW: Final = frozenset({Tag.ENTRY, Tag.STOP, Tag.TARGET, Tag.SIZE})
_LEAST_LOST: Final = 5
"""A loss in brackets; less with cents is rather a size: "(0.25)". """
_PARTS: Final = frozenset(("half", "rest", "remaining", "remainder", "runner"))
_CHANGING: Final = frozenset(("up to", "down to"))


def amounts_of(items: Items, places: Sequence[int], closing: frozenset[int]) -> list[Amount]:
    """The numbers at `places` with all evidence on them. `closing`: places of side words that end the trade."""
    found = [
        Amount(n, items[n], value, float(value), [0] * ROLES) for n in places if (value := items[n].value) is not None
    ]
    if not found:
        return found
    by_place = {amount.n: amount for amount in found}
    for amount in found:
        _own(items, amount)
        _beside(items, amount)
    headed(items, by_place, closing)
    if not EACH.isdisjoint(items.words):
        _listed_with_each(items, by_place)
    return found


def _own(items: Sequence[Item], amount: Amount) -> None:
    """How the number itself is written: its unit, its sign, its currency, brackets."""
    item, weight = amount.item, amount.weight
    if item.tag is Tag.LOTS:
        weight[Role.COUNT] += 30
    elif item.tag is Tag.MONEY:
        weight[Role.PNL] += 8
        weight[Role.FEES] += 1
        _not_a_price(weight)
    elif item.sign == "-" and is_negative_count(items, amount.n):
        amount.value = -amount.value
        weight[Role.COUNT] += 30
    elif is_signed_count(items, amount.n):
        weight[Role.COUNT] += 30
    elif item.sign == "-" and is_negative_price(items, amount.n):
        amount.value = -amount.value
    elif item.sign:
        weight[Role.PNL] += 8
        weight[Role.COUNT] -= 8
        _not_a_price(weight)
    elif item.money:
        weight[Role.PNL] += 5
        weight[Role.COUNT] -= 12
    elif item.bracketed:
        value = item.value or Decimal(0)
        large = value >= 100 or (item.decimals > 0 and value >= _LEAST_LOST)
        weight[Role.PNL if large else Role.COUNT] += 5 if large else 8
        weight[Role.PNL] += 4 if item.decimals and not large else 0  # "(0.5)" of contracts
    elif not item.decimals and amount.near <= FEW:
        weight[Role.COUNT] += 2


def _not_a_price(weight: list[int]) -> None:
    for role in PRICES:
        weight[role] -= 12


def _beside(items: Sequence[Item], amount: Amount) -> None:
    """Its neighbours: "@", an arrow, the instrument, a side."""
    n, weight, item = amount.n, amount.weight, amount.item
    before = items[n - 1] if n else None
    after = items[n + 1] if n + 1 < len(items) else None
    if before is not None:
        if before.word in _ONCE:
            weight[Role.NONE] += 5  # "if es loses 6000 i short 5999"
        elif before.word in _NOW and (n < 2 or items[n - 2].tag not in OPENING) and not _is_ordered(items, n):
            weight[Role.NONE] += 10
        if before.tag is Tag.AT:
            weight[Role.COUNT] -= 0 if before.word in _CHANGING else 8
            weight[Role.ENTRY] += 4
            weight[Role.EXIT] += 4
            if n > 1 and items[n - 2].word in _PARTS:
                weight[Role.EXIT] += 4  # "sold half at 128, the other half at 130"
            if n > 2 and items[n - 3].word == "(":
                weight[Role.ENTRY] += NAMED  # "out of the long (4 @ 5480): 2 at 5484 …"
        elif before.word == ">" and _leads_to_exit(items, n - 1):
            weight[Role.EXIT] += 8
        elif before.word == "=":
            weight[Role.PNL] += 4
        elif before.word == "for" and item.tag is None and amount.near > MOST_CONTRACTS:
            weight[Role.PNL] += 3  # "from 21500 to 21530 for 600"
            weight[Role.COUNT] -= 3
    if after is None:
        if before is not None and before.tag in OPENING and weight[Role.COUNT] > 0 and n > 2:
            weight[Role.COUNT] += 5 if items[n - 2].kind == "number" else 0  # "nq 21535 21530 long 1"
        return
    if after.word in _NOW and before is not None and before.tag not in OPENING:
        weight[Role.NONE] += 10
    if after.word == ">" and _leads_to_exit(items, n + 1):
        weight[Role.ENTRY] += 8
    elif item.tag is None and not item.sign and not item.money:
        _counts(items, amount, before, after)


def _is_ordered(items: Sequence[Item], n: int) -> bool:
    """ "sell usdcad now 1.3612"."""
    return n > 2 and items[n - 2].kind == "symbol" and items[n - 3].tag in OPENING


def _leads_to_exit(items: Sequence[Item], n: int) -> bool:
    """Whether an arrow goes from entry to exit, and not from a name to its number: "stop > 38.9", "tp > 41 > 42.5"."""
    for arrow in range(n, max(0, n - _MOST_ARROWS), -2):
        if items[arrow].word != ">":
            break
        named = items[arrow - 1].tag
        if named in _NAMED_BY_ARROW:
            return False
        if named in OPENING:  # "breakout long > 232.50" is over it, "es 6010 x 3 long > 6014" leads out
            return any(item.kind == "number" and item.tag is None for item in items[: arrow - 1])
    return True


def _counts(items: Sequence[Item], amount: Amount, before: Item | None, after: Item) -> None:
    """Whether a plain number counts: "2 nq", "5 @ 20115", "1 of 2", "2 off", "long 2 18250"."""
    weight = amount.weight
    if before is not None and before.tag in (Tag.STOP, Tag.TARGET, Tag.FEES):
        return
    beyond = items[amount.n + 2] if amount.n + 2 < len(items) else None
    if after.kind == "symbol" and beyond is not None and beyond.tag is Tag.AT and amount.near < MOST_LOTS:
        weight[Role.COUNT] += NAMED + 6
    elif after.kind == "symbol" and after.spaced:
        weight[Role.COUNT] += 7 if not amount.item.decimals and amount.near < MOST_LOTS else 4
    elif after.tag is Tag.AT and after.text != "a":
        weight[Role.COUNT] += 5 if beyond is not None and beyond.kind == "number" else 0
    elif after.word in ("of", "off", "back") or after.tag in (Tag.MICROS, Tag.MINIS) or after.word == "each":
        weight[Role.COUNT] += 6
    elif (
        amount.near < MOST_ORDINAL
        and not amount.item.decimals
        and (after.tag is Tag.ADD or (after.tag in (Tag.EXIT, Tag.COVER, Tag.STOPPED) and _leads(items, amount.n)))
    ):
        weight[Role.COUNT] += 5
    elif (after.kind == "number" and before is not None and (before.tag in OPENING or before.kind == "symbol")) or (
        after.tag in (Tag.LONG, Tag.SHORT) and before is None
    ):
        weight[Role.COUNT] += 3
    if before is not None and before.tag in OPENING and weight[Role.COUNT] > 0:
        weight[Role.COUNT] += 2
    if before is not None and before.word in _BEFORE_COUNT and amount.near < _MOST_WITH:
        weight[Role.COUNT] += _BEFORE_COUNT[before.word]


def _leads(items: Sequence[Item], n: int) -> bool:
    """ "1 out at 18270": the word behind the count goes on to a price."""
    return any(item.kind == "number" for item in items[n + 2 : n + 4])


def _listed_with_each(items: Sequence[Item], by_place: dict[int, Amount]) -> None:
    """ "1 each at 5561, 5559.5, 5558", "77.80 / 77.95 one lot each": the prices of the list are of one role."""
    for n, item in enumerate(items):
        if item.word not in EACH or not n or items[n - 1].kind != "number":
            continue
        at = n + 2 if n + 1 < len(items) and items[n + 1].tag is Tag.AT else n + 1
        before = n - 3 if n > 2 and items[n - 2].word == "(" else n - 2
        listed = _list_from(items, at, by_place, 1)
        if len(listed) < _FEWEST_LISTED:
            listed = _list_from(items, before, by_place, -1)
            if len(listed) <= _FEWEST_LISTED:
                continue  # "es long 6010 6012 1 lot each" is of accounts
        way = _way_before(items, min(listed[0].n, listed[-1].n, n))
        left = way is not None and way.tag in (Tag.EXIT, Tag.COVER)
        if left and n > 2 and items[n - 2].word == ":" and n - 3 in by_place:
            by_place[n - 3].weight[Role.ENTRY] += 2 * NAMED  # "out of the long 19800: 1 each at …"
        for amount in listed:
            if left and way is not None:
                claim(amount, Role.EXIT, way, NAMED)
            else:
                amount.weight[Role.ENTRY] += NAMED + 3


def _list_from(items: Sequence[Item], place: int, by_place: dict[int, Amount], step: int) -> list[Amount]:
    """The numbers from a place on that stand side by side, or a comma, a slash or "and" apart."""
    listed: list[Amount] = []
    while place in by_place and by_place[place].item.tag is None:
        listed.append(by_place[place])
        place += step
        if 0 <= place < len(items) and items[place].word in _LISTING:
            place += step
    return listed


def _way_before(items: Sequence[Item], n: int) -> Item | None:
    """The last word of entering or leaving before a place; the side of what was left is none."""
    for m in range(n - 1, -1, -1):
        if items[m].kind == "tag" and items[m].tag in _WAYS and not is_of_an_exit(items, m):
            return items[m]
    return None
