"""Where a trade is only meant to be left: "I'll sell 2662, cover 2648", "short 6050 for 6030, stop 6056"."""

from collections.abc import Sequence
from typing import Final

from bot.reading.entering import RANGE_MARKS
from bot.reading.items import Item, Items
from bot.reading.roles import OPENING, Amount, Role
from bot.reading.telling import Telling
from bot.reading.words import Tag

_WILL: Final = frozenset(
    (
        "will",
        "ill",
        "going to",
        "gonna",
        "looking to",
        "planning to",
        "plan to",
        "want to",
        "id like to",
        "would like to",
    )
)
_ORDERS: Final = frozenset(("buy", "sell"))
_ONCE: Final = frozenset(("was", "were", "had", "been"))
_YET_TO_LEAVE: Final = frozenset(("cover", "buy back", "out", "exit", "exit at", "close", "off", "sell", "buy", "flat"))
_LEADING: Final = frozenset(("for", "limit", "lmt"))
_BEYOND: Final = frozenset(("below", "under", "above", "over"))
_OUT: Final = frozenset(("out", "exit", "close", "cut"))
_NEXT: Final = 4
"""What will be done is named within so many items."""


def aim(items: Items, telling: Telling, roles: Sequence[list[Amount]]) -> None:
    """Makes targets of the exits of a trade that has not happened, or that are what it was opened for."""
    exits = roles[Role.EXIT]
    if not exits or roles[Role.PNL]:
        return
    if _is_ordered(items, telling, roles):
        _give(exits.copy(), Role.TARGET, roles)
        return
    if roles[Role.STOP] and not telling.left and _are_of_orders(items, exits):
        _give(exits.copy(), Role.ENTRY, roles)
        return
    if roles[Role.TARGET] and _is_way_out(items, exits, telling):
        _give(exits.copy(), Role.STOP, roles)
    planned = _is_yet_to_be(items, telling)
    meant = _is_named_to_leave if planned else _is_what_for
    _give([amount for amount in exits if meant(items, amount, telling, roles)], Role.TARGET, roles)


def _give(exits: Sequence[Amount], role: Role, roles: Sequence[list[Amount]]) -> None:
    """Another role to numbers that were exits; legs are counted after this."""
    for amount in exits:
        roles[Role.EXIT].remove(amount)
        roles[role].append(amount)
        amount.role = role


def _is_ordered(items: Sequence[Item], telling: Telling, roles: Sequence[list[Amount]]) -> bool:
    """ "Buy: 40-39, Sell: 42, 44, Stop: 37": both sides are orders, and nothing was counted."""
    if not telling.closing or not roles[Role.STOP] or roles[Role.COUNT] or roles[Role.TARGET]:
        return False
    return all(item.word in _ORDERS for item in items if item.tag in OPENING or item.tag is Tag.EXIT)


def _are_of_orders(items: Items, exits: Sequence[Amount]) -> bool:
    """The 2295 of "buy limits 2310, 2307, stop 2299": orders lie at several prices, and have no exit yet."""
    ordered = Tag.BUY_ORDER in items.tags or Tag.SELL_ORDER in items.tags
    return ordered and all(amount.head is None and items[amount.n - 1].word not in RANGE_MARKS for amount in exits)


def _is_way_out(items: Sequence[Item], exits: Sequence[Amount], telling: Telling) -> bool:
    """The 21.80 of "buy 22.50, out under 21.80, target 25", where nothing was left yet."""
    n = exits[0].n
    if len(exits) > 1 or items[n - 1].word not in _BEYOND or items[n - 2].word not in _OUT:
        return False
    return (items[n - 1].word in ("below", "under")) == (telling.direction == "long")


def _is_yet_to_be(items: Sequence[Item], telling: Telling) -> bool:
    """A side is what the writer will take, and no word of leaving tells of what was done."""
    if not telling.planned:
        return False
    willed = (n for n, item in enumerate(items) if item.tag is Tag.PLAN and item.word in _WILL)
    if not any(_is_willed(items, n) for n in willed):
        return False
    return all(
        item.word in _YET_TO_LEAVE
        for n, item in enumerate(items)
        if item.tag is Tag.EXIT or item.tag is Tag.STOPPED or n in telling.closing
    )


def _is_willed(items: Sequence[Item], n: int) -> bool:
    return (not n or items[n - 1].word not in _ONCE) and any(i.tag in OPENING for i in items[n + 1 : n + _NEXT])


def _is_named_to_leave(items: Sequence[Item], amount: Amount, telling: Telling, _: Sequence[list[Amount]]) -> bool:
    """By "cover" or "for" or a side that ends the trade; not the 2712 of "looking to short gold 2710-2712"."""
    sides = [n for n in range(amount.n) if items[n].tag in OPENING]
    turned = bool(sides) and sides[-1] in telling.closing
    return amount.head is not None or turned or items[amount.n - 1].word == "for"


def _is_what_for(items: Sequence[Item], amount: Amount, _: Telling, roles: Sequence[list[Amount]]) -> bool:
    """The 6030 of "short 6050 for 6030, stop 6056", and of "stop 6056 limit 6030"."""
    n = amount.n
    led = items[n - 1].word in _LEADING and n > 1
    between = led and next((i for i in (items[n - 2], items[n - 3]) if i.word != ","), items[0]).kind == "number"
    return between and amount.head is None and bool(roles[Role.STOP]) and not any(item.sign for item in items)
