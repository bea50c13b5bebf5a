"""One trade on several accounts, "3 on tpt and 1 on apex, +900 / +300": its size and its result are the sums."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.reading.gathering import MOST_CONTRACTS
from bot.reading.heading import is_paid
from bot.reading.items import Item, Items
from bot.reading.words import Tag

_ON: Final = frozenset(("on", "in", "for"))
_BETWEEN: Final = frozenset((",", "and", "&", "/", "|", "+", ";", ".", "plus"))
_ARTICLES: Final = frozenset(("the", "my", "a", "each", "both", "all"))
_MOST_OF_A_NAME: Final = 4


def divided(items: Items) -> Items:
    """The message with the sizes of several accounts in one, and as many results behind them."""
    if "on" not in items.words or [item.word for item in items].count("on") < 2:
        return items
    sizes: list[Item] = []
    first = last = 0
    for n, item in enumerate(items):
        if n < last or not _counts(item) or not (end := _account_end(items, n)):
            continue
        if sizes and not _is_between(items[last:n]):
            return items
        first = first if sizes else n
        sizes.append(item)
        last = end
    if len(sizes) < 2:
        return items
    size = replace(sizes[0], value=_sum(sizes), tag=Tag.LOTS, end=sizes[-1].end)
    return Items([*items[:first], size, *_with_sum(items[last:], len(sizes))])


def _counts(item: Item) -> bool:
    whole = item.kind == "number" and item.value is not None and not item.decimals and not item.sign
    return whole and item.tag in (None, Tag.LOTS) and not item.money and (item.value or 0) <= MOST_CONTRACTS


def _account_end(items: Sequence[Item], n: int) -> int:
    """Behind the name of the account that a count is on; 0 where none is named."""
    n += 1
    if n >= len(items) or items[n].word not in _ON:
        return 0
    n += 1
    end = n
    while end < min(n + _MOST_OF_A_NAME, len(items)) and _may_name(items[end]):
        end += 1
    return end if any(item.word not in _ARTICLES for item in items[n:end]) else 0


def _may_name(item: Item) -> bool:
    return (item.kind == "word" or item.tag in (Tag.IGNORE, Tag.FILLER)) and item.word not in _BETWEEN


def _is_between(items: Sequence[Item]) -> bool:
    return all(item.word in _BETWEEN for item in items)


def _with_sum(items: list[Item], accounts: int) -> list[Item]:
    """What follows, with the result of each account in one, where nothing but these follows."""
    results = [item for item in items if item.kind == "number"]
    others = [item for item in items if item.kind not in ("number", "break") and item.word not in _BETWEEN]
    if len(results) != accounts or others or len({item.sign for item in results}) != 1:
        return items
    if not all(is_paid(item) or item.tag is None for item in results):
        return items
    led = items[:1] if items[0].kind != "number" else []
    return [*led, replace(results[0], value=_sum(results), tag=Tag.MONEY, end=results[-1].end)]


def _sum(items: Sequence[Item]) -> Decimal:
    return sum((item.value or Decimal(0) for item in items), Decimal(0))
