"""Joins numbers with what says how they count: "2 lots", "two nq", "15 ticks", "1.4010 x 0.5"; a dash is no sign."""

from dataclasses import replace
from decimal import Decimal

from bot.reading.items import Item, Items, places
from bot.reading.words import NUMBERS, Tag

SIDES = frozenset({Tag.LONG, Tag.SHORT, Tag.BUY, Tag.SELL})
COUNTED = frozenset({Tag.LOTS, Tag.MICROS, Tag.MINIS})
_RESULTS = frozenset({Tag.WIN, Tag.LOSS})
FEW = Decimal(20)
_FINE, _LARGE = 3, 1000
"""A price with as many decimals, or as large a one, is no size before a few."""
_SHARES_OF_PRICE = 50
_LOTS = frozenset(("lot", "lots", "units"))
_LEVELS = frozenset({Tag.STOP, Tag.TARGET})
_NAMING_MARKS = frozenset((":", "@"))
_SHARES = frozenset(("half", "half a", "both"))
RATED = frozenset(("pt", "point", "tick", "pip"))
_OF_EACH = frozenset(("per", "a", "each"))


def counted(found: Items) -> Items:
    """ "long two nq", "two nq long": a spelled number beside a side is the size; "one off at" a leg's."""
    for n, item in enumerate(found):
        if item.tag is not Tag.COUNT:
            continue
        if item.word.endswith("grand") or (n and found[n - 1].tag in _RESULTS and NUMBERS[item.word] > FEW):
            item.kind, item.tag, item.value, item.money = "number", None, NUMBERS[item.word], True
        if n + 1 == len(found) or item.tag is None:
            continue
        after, beyond = found[n + 1], found[n + 2] if n + 2 < len(found) else None
        if after.kind == "symbol":
            sided = (n > 0 and found[n - 1].tag in SIDES) or (beyond is not None and beyond.tag in SIDES)
            sided |= beyond is not None and beyond.tag is Tag.LOTS and item.word not in _SHARES
            sided &= item.word != "both" or "trades" not in found.words  # "2 trades, both mes longs"
            sided &= not (item.word in _SHARES and n > 0 and found[n - 1].tag is Tag.SELL)  # "sold half SPY 2.40"
        else:
            led = after.tag is Tag.AT or (after.tag is Tag.EXIT and beyond is not None and _is_at_price(beyond))
            sided = led and any(i.kind == "number" for i in found[n + 2 : n + 4]) and item.word not in _SHARES
        if sided:
            item.kind, item.tag, item.value = "number", Tag.LOTS, NUMBERS[item.word]
    return Items(found)


def rated(found: list[Item]) -> None:
    """ "$20/pt", "1 € per point", "£5 a point": what each of them is worth is no amount of the trade."""
    for n, item in enumerate(found):
        if item.word not in RATED or item.kind != "tag" or n < 2:
            continue
        worth = found[n - 1] if item.text[0] == "/" else found[n - 2] if found[n - 1].word in _OF_EACH else item
        if worth.tag is Tag.MONEY and n > 2:
            worth = found[n - 3]
        if worth.kind == "number" and worth.tag is None and (worth.money or found[n - 1].word == "per"):
            worth.tag, item.kind, item.tag = Tag.IGNORE, "word", None


def _is_at_price(item: Item) -> bool:
    return item.tag is Tag.AT or (item.kind == "number" and item.decimals > 0)


def dashed(found: Items) -> Items:
    """In "2403 -2409" the sign is a dash: a loss as large as the price beside it is none."""
    split: list[Item] = []
    for item in found:
        before = split[-1] if split else None
        if item.sign == "-" and is_plain(before) and not any(map(is_plain, split[-5:-1])):
            assert before is not None  # noqa: S101  told by is_plain
            one, other = before.value or Decimal(0), item.value or Decimal(0)
            if abs(one - other) * 5 < max(one, other) and not item.money:
                split.append(Item("mark", item.start, item.start + 1, "-", "-"))
                item = replace(item, sign="", start=item.start + 1, text=item.text[1:])
        split.append(item)
    return Items(split) if len(split) > len(found) else found


def is_plain(item: Item | None) -> bool:
    return item is not None and item.kind == "number" and not item.sign and item.tag is None


def with_units(found: list[Item]) -> list[Item]:
    """Joins "2 lots", "one contract", "15 ticks", "50 bucks" and "1 mini" with their units."""
    joined: list[Item] = []
    for n, item in enumerate(found):
        if item.tag is Tag.DISTANCE and len(joined) > 1 and joined[-1].kind == "break" and joined[-2].kind == "number":
            joined.pop()
        if item.kind not in ("tag", "word") or not joined:
            joined.append(item)
            continue
        before = joined[-1]
        number = before.kind == "number" and before.tag is None
        if not number and before.tag is not Tag.COUNT:
            joined.append(item)
        elif item.tag is Tag.DISTANCE or (number and (item.tag is Tag.MONEY or item.text == "pt")):
            unit = Tag.MONEY if item.tag is Tag.MONEY else Tag.DISTANCE
            value = before.value if number else NUMBERS[before.word]
            word = item.word if unit is Tag.DISTANCE else before.word
            before.kind, before.value, before.tag, before.end, before.word = "number", value, unit, item.end, word
        elif item.tag is Tag.FRACTION and number and not before.decimals:
            more = NUMBERS[item.word]
            value = (before.value or 0) * more if more > 1 else (before.value or 0) + more  # "4 hundo"
            before.value, before.decimals, before.end = value, places(value), item.end
        elif number and item.word == "x" and _is_price_by_size(before, found, n):
            found[n + 1].tag = Tag.LOTS
        elif number and item.word in _LOTS and _names_next(before, found, n):
            joined.append(item)
        elif item.text[:1] == "/":
            joined.append(item)  # "$1.24/ct" is of each
        elif item.tag in COUNTED or item.word == "mini" or (item.word == "c" and _is_few(before)):
            value = before.value if number else NUMBERS[before.word]
            before.kind, before.tag, before.value = "number", Tag.LOTS, value
            before.end, before.word = item.end, item.word
            if item.tag in (Tag.MICROS, Tag.MINIS) or item.word == "mini":
                joined.append(item)
        else:
            joined.append(item)
    return joined


def _is_few(item: Item) -> bool:
    return item.value is not None and item.value < FEW and not item.decimals


def _is_price_by_size(price: Item, found: list[Item], n: int) -> bool:
    """ "1.4010 x 0.5", "1.2725 x 3", "6050 x 5"; not "42.10 x 42.15", which are bid and ask, nor "2 x 18250"."""
    size = found[n + 1] if n + 1 < len(found) else None
    unit = found[n + 2].tag if n + 2 < len(found) else None
    if size is not None and size.kind == "number" and (size.tag or unit) is Tag.LOTS:
        return True  # "190 x 40sh"
    if size is None or not is_plain(size) or size.money:
        return False
    written = price.decimals >= _FINE or (price.value or 0) >= _LARGE
    if written and not size.decimals and (size.value or 0) < FEW:
        return True
    most = (price.value or 0) / 2 if size.decimals else (price.value or 0) * _SHARES_OF_PRICE  # "58.20 x 100"
    return price.decimals > 0 and (size.value or 0) < most


def _names_next(before: Item, found: list[Item], n: int) -> bool:
    """ "close 43195 lot 1", "take profit: 0.8370 lot: 0.20", "tp 1.0880 lot 0.3"."""
    ahead = n + 2 if n + 1 < len(found) and found[n + 1].word in _NAMING_MARKS else n + 1
    if ahead >= len(found) or found[ahead].kind != "number" or before.value is None:
        return False
    lead = found[n - 2] if n > 1 else None
    named = lead is not None and (lead.tag in _LEVELS or (lead.word in _NAMING_MARKS and ahead > n + 1))
    return (named and before.decimals > 1) or (before.value >= _LARGE and ahead == n + 1)
