"""What is said once of several trades: "1 lot each", "both longs", "same size"; and what a list leaves flat."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.reading.gathering import Said
from bot.reading.items import Item
from bot.reading.legs import EACH
from bot.reading.roles import OPENING
from bot.reading.words import UNITS, Tag
from statemachine.trade import Direction

_EVEN = frozenset({Tag.BREAK_EVEN, Tag.SCRATCH})
SAME = frozenset(("same", "misma", "mismo", "mesma", "mesmo", "gleiche", "gleichen", "meme"))
_OF_RESULTS = frozenset(("lost", "gained", "made"))
_SIZES = frozenset(
    ("size", "lots", "lot", "qty", "quantity", "contracts", "cars", "cons", "shares", "amount", "number", "sizing")
) | frozenset(
    ("tamano", "cantidad", "tamanho", "quantidade", "grosse", "menge", "taille", "quantite", "lotes", "lotaje")
)
_PRICES = frozenset(
    ("price", "prices", "fill", "fills", "levels", "trade", "precio", "precios", "preco", "precos", "preise", "prix")
)
_ALL = EACH | {"both", "all", "ambos", "ambas", "beide", "tous"}


def shared(told: tuple[Said, ...], items: Sequence[Item]) -> tuple[Said, ...]:
    """The trades with the size and the side that were said of all of them."""
    if len(told) < 2 or _ALL.isdisjoint(word for item in items for word in item.word.split()):
        return told
    size, side = _size(items), _side(items)
    return tuple(_completed(said, size, side) for said in told)


def with_same(told: tuple[Said, ...], parts: Sequence[Sequence[Item]]) -> tuple[Said, ...]:
    """The "same size" of a trade is that of the one before it, and so are its "same prices" with the side."""
    if len(told) < 2 or not any(item.word in SAME for part in parts for item in part):
        return told
    found = [told[0]]
    for said, part in zip(told[1:], parts[1:], strict=True):
        before, fields = found[-1].fields, said.fields
        if fields.position_size is None and _is_of_same(_SIZES, part):
            fields = replace(fields, position_size=before.position_size)
        if fields.entry_price is fields.exit_price is None and _is_of_same(_PRICES, part):
            side = fields.direction or before.direction
            fields = replace(fields, direction=side, entry_price=before.entry_price, exit_price=before.exit_price)
        found.append(said if fields is said.fields else replace(said, fields=fields))
    return tuple(found)


def _is_of_same(what: frozenset[str], part: Sequence[Item]) -> bool:
    return any(
        item.word in SAME and any(what.intersection(ahead.word.split()) for ahead in part[n + 1 : n + 3])
        for n, item in enumerate(part)
    )


def with_flat(told: tuple[Said, ...], parts: Sequence[Sequence[Item]]) -> tuple[Said, ...]:
    """The "amd flat" of "nvda -125, amd flat" made nothing, as the others tell their results."""
    if len(told) < 2 or all(said.fields.pnl is None for said in told):
        return told
    return tuple(_at_nothing(said, part) for said, part in zip(told, parts, strict=True))


def in_a_list(told: tuple[Said, ...], parts: Sequence[Sequence[Item]]) -> tuple[Said, ...]:
    """The "audusd lost 18 pips" of a list of results is one of them, where alone it is of the market."""
    if len(told) < 2 or all(said.standing == "own" for said in told) or not all(map(_is_result, told)):
        return told
    if all(said.standing == "talk" for said in told):
        return told
    return tuple(
        replace(said, standing="own") if any(item.word in _OF_RESULTS for item in part) else said
        for said, part in zip(told, parts, strict=True)
    )


def _is_result(said: Said) -> bool:
    fields = said.fields
    bare = fields.direction is None and fields.entry_price is fields.exit_price is None
    return fields.symbol is not None and bare and (said.results or fields.pnl is not None)


def _at_nothing(said: Said, part: Sequence[Item]) -> Said:
    named = said.fields.said().keys() - {"day"} == {"symbol"} and all(item.kind != "number" for item in part)
    flat = named and any(item.tag in _EVEN or item.word == "flat" for item in part)
    return replace(said, fields=replace(said.fields, pnl=Decimal(0))) if flat else said


def _completed(said: Said, size: Decimal | None, side: Direction | None) -> Said:
    fields = said.fields
    if fields.position_size is None and size is not None:
        fields = replace(fields, position_size=size)
    if fields.direction is None and side is not None:
        fields = replace(fields, direction=side)
    return said if fields is said.fields else replace(said, fields=fields)


def _size(items: Sequence[Item]) -> Decimal | None:
    for n, item in enumerate(items):
        counts = item.kind == "number" and not item.sign and not item.money and item.tag in (None, Tag.LOTS)
        before = n > 0 and _is_of_all(items[n - 1 : n])  # "all 1 lot"
        if counts and (before or _is_of_all(items[n + 1 : n + 3], skip_units=True)):
            return item.value
    return None


def _side(items: Sequence[Item]) -> Direction | None:
    for n, item in enumerate(items):
        if item.tag in (Tag.LONG, Tag.SHORT) and n > 0 and _is_of_all(items[n - 1 : n]):
            return OPENING[item.tag]
    return None


def _is_of_all(items: Sequence[Item], *, skip_units: bool = False) -> bool:
    for item in items:
        if not _ALL.isdisjoint(item.word.split()):
            return True
        if not (skip_units and UNITS.get(item.word)):
            return False
    return False
