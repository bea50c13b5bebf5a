"""One trade out of its items: its numbers are weighed, then put together with the side, the instrument and the words.

Nothing is corrected: a direction that contradicts prices and P&L stays as said.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.reading.counting import STRIKING, is_distance, is_no_amount, is_strike
from bot.reading.evidence import amounts_of
from bot.reading.gathering import Said, near
from bot.reading.handles import HANDLES, complete, handle_in
from bot.reading.items import Item, Items
from bot.reading.putting import put_together
from bot.reading.roles import OPENING
from bot.reading.sizing import size_by_place
from bot.reading.telling import Telling, told
from bot.reading.weighing import weigh
from bot.reading.words import Tag, word_set

__all__ = ["Said", "gathered"]

_LEAST_LEVERAGE = 3
_NOTHING = Decimal(0)
_WHERE = word_set("over above below under reclaims reclaim breaks break holds hold loses lose rejects clears")
_LEAST_PART = 5
"""An option costs no more than this part of its share."""


def gathered(items: Items, clocks: dict[int, str]) -> Said:
    """One trade. `clocks`: which field the time at each item's place fills."""
    telling = told(items)
    times: dict[str, str] = {}
    distances, places = [], []
    may_strike = not STRIKING.isdisjoint(items.words)
    handle = None
    for n, item in enumerate(items):
        if clocks and item.start in clocks:
            times.setdefault(clocks[item.start], item.text)
            continue
        if item.kind != "number":
            continue
        strikes = may_strike and is_strike(items, n)
        if is_distance(items, n):
            if item.word in HANDLES and _is_level(items, n):
                items = Items([*items[:n], replace(item, tag=None), *items[n + 1 :]])
                places.append(n)
                continue
            distances.append(n)
        elif strikes or is_no_amount(items, n) or _is_leverage(items, n, telling):
            telling.option |= strikes or (item.tag is Tag.IGNORE and item.word in ("p", "c"))
        else:
            places.append(n)
            continue
        handle = handle_in(item) if item.word in HANDLES else handle
    if telling.option:
        places = [n for n in places if not _is_of_the_share(items, n)]
    amounts = amounts_of(items, places, telling.closing)
    if handle is not None:
        complete(amounts, handle)
    size_by_place(items, amounts, telling)
    wide = telling.option or telling.shares
    settled = weigh(amounts, telling.point_value, wide=wide, whole=telling.counts_whole)
    return put_together(items, telling, amounts, settled, distances, times)


def _is_of_the_share(items: Sequence[Item], n: int) -> bool:
    """The 605 of "over 605: 610c @ 5.50": where the share has to be, of which the option costs a part."""
    value = items[n].value
    if n == 0 or value is None or items[n - 1].word not in _WHERE:
        return False
    others = (i for i in items if i.kind == "number" and i.tag is None and not i.sign and i is not items[n])
    return any(i.value is not None and 0 < i.value * _LEAST_PART < value for i in others)


def _is_level(items: Sequence[Item], n: int) -> bool:
    """The 21400 of "long 21340, target the 21400 handle": other prices lie beside it."""
    led = any(item.tag in (Tag.TARGET, Tag.STOP) for item in items[max(0, n - 2) : n])
    return led and any(
        i.kind == "number" and i.tag is None and near(i.value or _NOTHING, items[n].value or _NOTHING) for i in items
    )


def _is_leverage(items: Sequence[Item], n: int, telling: Telling) -> bool:
    """ "10x" of a coin is no size, nor "long x10"."""
    symbol, item = telling.symbol, items[n]
    if symbol is None or (item.word != "x" and item.text[0] not in "xX"):
        return False
    times = item.word == "x" or (
        n > 0 and not item.decimals and (items[n - 1].tag in OPENING or items[n - 1].word == "-")
    )
    if not times or not (item.value or 0) >= _LEAST_LEVERAGE:
        return False
    return symbol.how == "coin" or symbol.symbol.endswith(("USDT", "USDC"))
