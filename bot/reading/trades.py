"""One trade out of its items: its numbers are weighed, then put together with the side, the instrument and the words.

Nothing is corrected: a direction that contradicts prices and P&L stays as said.
"""

from collections.abc import Sequence

from bot.reading.counting import STRIKING, is_distance, is_no_amount, is_strike
from bot.reading.evidence import amounts_of
from bot.reading.gathering import Said
from bot.reading.handles import HANDLES, complete, handle_in
from bot.reading.items import Item, Items
from bot.reading.putting import put_together
from bot.reading.roles import OPENING
from bot.reading.sizing import size_by_place
from bot.reading.telling import Telling, told
from bot.reading.weighing import weigh
from bot.reading.words import Tag

__all__ = ["Said", "gathered"]

_LEAST_LEVERAGE = 3


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
            distances.append(n)
        elif strikes or is_no_amount(items, n) or _is_leverage(items, n, telling):
            telling.option |= strikes or (item.tag is Tag.IGNORE and item.word in ("p", "c"))
        else:
            places.append(n)
            continue
        handle = handle_in(item) if item.word in HANDLES else handle
    amounts = amounts_of(items, places, telling.closing)
    if handle is not None:
        complete(amounts, handle)
    size_by_place(items, amounts, telling)
    settled = weigh(amounts, telling.point_value, wide=telling.option, whole=telling.counts_whole)
    return put_together(items, telling, amounts, settled, distances, times)


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
