"""Cuts a message into the trades it tells of.

A clause ends at a line break, a semicolon, a comma, a full stop or "and"/"then". A clause begins another trade when
the trade so far is complete enough and the clause names an instrument (or opens a side) of its own.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from bot.reading.items import Item
from bot.reading.words import Tag

_ENDS = frozenset({";", ",", ".", "|", "!"})
_JOINING = frozenset({"and", "then", "y", "und", "e", "et", "plus"})
_OPENING = {
    Tag.LONG: "long",
    Tag.BUY: "long",
    Tag.BUY_ORDER: "long",
    Tag.SHORT: "short",
    Tag.SELL: "short",
    Tag.SELL_ORDER: "short",
}
_RESULTS = frozenset({Tag.DISTANCE, Tag.MONEY})


@dataclass(slots=True)
class _Group:
    items: list[Item] = field(default_factory=list)
    symbols: set[str] = field(default_factory=set)
    sides: list[str] = field(default_factory=list)
    prices: int = 0
    results: int = 0
    left: bool = False
    strong_end: bool = True


def trades_in(items: list[Item]) -> list[list[Item]]:
    """The items of each trade, in order."""
    groups: list[_Group] = []
    for clause in _clauses(items):
        if groups and not _begins_another(groups[-1], clause):
            _join(groups[-1], clause)
        else:
            groups.append(clause)
    return [group.items for group in groups if group.items]


def _clauses(items: list[Item]) -> list[_Group]:
    clauses: list[_Group] = []
    current: list[Item] = []
    strong = True
    for item in items:
        weak_end = item.word in _ENDS or (item.kind == "word" and item.word in _JOINING)
        if item.kind == "break" or weak_end:
            clauses.append(_described([*current, item], strong))
            strong = item.kind == "break" or item.word in (";", ".", "|")
            current = []
        else:
            current.append(item)
    clauses.append(_described(current, strong))
    return clauses


def _described(items: list[Item], strong: bool) -> _Group:
    group = _Group(items=items, strong_end=strong)
    for item in items:
        if item.kind == "symbol":
            group.symbols.add(item.symbol)
        elif item.kind == "number" and item.value is not None:
            if item.tag in _RESULTS or item.sign or item.money:
                group.results += 1
            elif (item.tag is None and not item.bracketed and item.value != item.value.to_integral_value()) or (
                item.tag is None and not item.bracketed and item.value >= Decimal(20)
            ):
                group.prices += 1
        elif item.tag in _OPENING:
            group.sides.append(_OPENING[item.tag])
        elif item.tag in (Tag.EXIT, Tag.COVER, Tag.STOPPED, Tag.SCRATCH):
            group.left = True
        elif item.tag is Tag.ADD:
            group.sides = group.sides[:0]
    return group


def _begins_another(trade: _Group, clause: _Group) -> bool:
    """Whether a clause tells of another trade than the one so far."""
    told = bool(trade.symbols) and (trade.prices or trade.results or (trade.left and trade.sides))
    if not told:
        return False
    other = clause.symbols - trade.symbols
    if other:
        return bool(clause.sides or clause.prices or clause.results or clause.left) or _is_header(clause)
    if not clause.sides or any(item.tag is Tag.ADD for item in clause.items):
        return False
    if clause.symbols:
        again = clause.sides[0] in trade.sides or trade.left or trade.prices >= 2
        return again and bool(clause.prices)
    reopened = trade.left and trade.prices >= 2 and clause.prices >= 1
    return reopened and clause.strong_end and not _closes(trade, clause)


def _is_header(clause: _Group) -> bool:
    """A line that holds nothing but the next instrument's name."""
    return len([i for i in clause.items if i.kind != "break"]) <= 2 and clause.strong_end


def _closes(trade: _Group, clause: _Group) -> bool:
    return bool(trade.sides) and clause.sides[0] != trade.sides[0] and not clause.left


def _join(trade: _Group, clause: _Group) -> None:
    if not (trade.prices or trade.results or trade.sides) and clause.symbols and trade.symbols - clause.symbols:
        trade.items = [item for item in trade.items if item.kind != "symbol"]
        trade.symbols = set()
    trade.items.extend(clause.items)
    trade.symbols |= clause.symbols
    trade.sides += clause.sides
    trade.prices += clause.prices
    trade.results += clause.results
    trade.left |= clause.left
