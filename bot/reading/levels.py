"""Distances: how far a stop, a target or the result lies from the entry, in points, ticks, pips or R, and the prices
that they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.reading.gathering import near
from bot.reading.items import Item
from bot.reading.roles import HEADS, OPENING, Role
from bot.reading.words import UNITS, Tag
from bot.trading.contracts import contract
from statemachine.trade import Direction

_REACH: Final = 4
_PIP, _YEN_PIP, _GOLD_PIP = Decimal("0.0001"), Decimal("0.01"), Decimal("0.1")
_UNREALISED: Final = frozenset(("up", "down", "green", "red"))
"""A trade may stand so while it is open."""
_STILL_OPEN: Final = frozenset(("currently", "floating", "running", "now", "far", "unrealised", "unrealized"))


@dataclass(frozen=True, slots=True)
class Distance:
    """So many `unit`s; negative where it was lost. `item` is where it stands."""

    value: Decimal
    unit: str
    item: Item


@dataclass(slots=True)
class Distances:
    """What is told as a distance from the entry. `told`: a result of any unit was named."""

    stop: Distance | None = None
    target: Distance | None = None
    result: Distance | None = None
    told: bool = False


def distances_of(items: Sequence[Item], places: Sequence[int]) -> Distances:
    """The distances among the numbers at `places`."""
    found = Distances()
    for n in places:
        item = items[n]
        if item.value is None:
            continue
        if n > 1 and items[n - 1].word == "(" and items[n - 2].kind == "number":
            continue  # "sl 130.700 (-40 pips)": the level before it, told again
        unit = UNITS.get(item.word, "points" if item.word in ("pt", "") else "")
        head = _head(items, n)
        role = HEADS.get(head.tag) if head is not None and head.tag is not None else None
        if role is Role.STOP and item.sign != "+":
            found.stop = found.stop or Distance(item.value, unit, item)
        elif role is Role.TARGET:
            found.target = found.target or Distance(item.value, unit, item)
        else:
            lost = item.sign == "-" or (head is not None and head.tag is Tag.LOSS)
            told = bool(item.sign) or role in (Role.PNL, Role.EXIT)
            running = any(i.word in _STILL_OPEN for i in items[max(0, n - 3) : n])
            found.told |= told and not running
            open_still = running or (head is not None and head.word in _UNREALISED)
            if (
                found.result is None
                and not open_still
                and ((told and role is not Role.EXIT) or item.sign or _is_for(items, n))
            ):
                found.result = Distance(-item.value if lost else item.value, unit, item)
    return found


def _is_for(items: Sequence[Item], n: int) -> bool:
    return n > 0 and items[n - 1].word == "for"


def _head(items: Sequence[Item], n: int) -> Item | None:
    """The word that says what a distance is of: close before it, or directly behind it ("20 pt stop")."""
    after = items[n + 1] if n + 1 < len(items) else None
    if after is not None and after.tag in (Tag.STOP, Tag.TARGET, Tag.LOSS, Tag.WIN) and not _leads_on(items, n + 1):
        return after
    for item in reversed(items[max(0, n - _REACH) : n]):
        if item.tag is not None and (item.tag in HEADS or item.tag in OPENING):
            return item
        if item.kind == "number" or item.word in (",", ";", "."):
            return None
    return None


def _leads_on(items: Sequence[Item], n: int) -> bool:
    ahead = n + 2 if n + 1 < len(items) and items[n + 1].word in (":", "=") else n + 1  # "25 pts TP: 60 pts"
    return ahead < len(items) and items[ahead].kind == "number"


def in_price(distance: Distance, symbol: str | None, risk: Decimal | None) -> Decimal | None:
    """The distance in units of the price, signed as it was; None where nobody can tell. `risk`: of 1R, in price."""
    if distance.unit == "points":
        return distance.value
    if distance.unit == "r":
        return distance.value * risk if risk else None
    known = contract(symbol) if symbol else None
    if distance.unit == "ticks":
        return distance.value * known.tick_size if known is not None and known.tick_size else None
    if distance.unit == "pips" and symbol is not None:
        if symbol.startswith("XAU"):
            return distance.value * _GOLD_PIP
        if known is not None and known.kind == "forex":
            return distance.value * (_YEN_PIP if symbol.endswith("JPY") else _PIP)
    return None


def level(entry: Decimal | None, direction: Direction | None, way: Decimal | None) -> Decimal | None:
    """The price `way` ahead of the entry (behind it where it is negative), in the direction of the trade."""
    if entry is None or direction is None or way is None:
        return None
    price = entry + way if direction == "long" else entry - way
    return price if price > 0 and near(price, entry) else None
