"""What a message of several trades says once for all of them: in a head before them, in results behind them.

"3 swings today: …", "MES x4 all: …", "all longs: …"      a count of trades is no size; sides, sizes and days are of all
"long …, short …, long …: +50 / -50 / +130"               the results in the order of the trades
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile
from typing import Final

from bot.reading.days import DAY_WORDS
from bot.reading.gathering import MOST_CONTRACTS, alike
from bot.reading.items import Item
from bot.reading.roles import OPENING
from bot.reading.topics import NOUNS
from bot.reading.words import Tag

_BETWEEN_RESULTS: Final = frozenset((",", "/", "|", ";", ":", "=", "(", ")", "&", "and", "then"))
_SUMMING: Final = frozenset({Tag.PNL, Tag.NET})
_HEAD_ENDS: Final = frozenset((":", ".", ";"))
_SIDES: Final = frozenset({Tag.LONG, Tag.SHORT})
_PLURALS: Final = frozenset(("longs", "shorts", "buys", "sells"))
_PARTING: Final = frozenset(("of", "off", "x", "at"))
_MOST_OF_COSTS: Final = 10
"""So many times smaller a second amount is what the first cost."""
_MOST_HEADED: Final = 16
"""A head has no more words."""


def is_paid(item: Item) -> bool:
    """A result in money."""
    if item.kind != "number" or item.tag is Tag.DISTANCE:
        return False
    return bool(item.sign) or item.money or item.tag is Tag.MONEY


def results_behind(items: Sequence[Item]) -> list[Item]:
    """Two or more results that stand behind everything else; without signs only behind their name: "pnl 400 200"."""
    found: list[Item] = []
    named = False
    for item in reversed(items):
        if is_paid(item) or (item.kind == "number" and item.tag is None and not named):
            found.append(item)
        elif item.tag in _SUMMING:
            named = True
        elif item.kind != "break" and item.word not in _BETWEEN_RESULTS:
            break
    if not named:
        found = list(takewhile(is_paid, found))
    return found[::-1] if len(found) > 1 else []


def with_results(parts: list[list[Item]], results: Sequence[Item]) -> list[list[Item]] | None:
    """Each trade with its own of the results, in their order; None where they are not of all these trades."""
    if len(results) == len(parts) + 1 and sum(map(_signed, results[:-1]), Decimal(0)) == _signed(results[-1]):
        results = results[:-1]
    if len(results) != len(parts) or any(map(is_paid, (item for part in parts for item in part))):
        return None
    if not all(map(_may_be_of, results, parts)):
        return None
    paid = [item if is_paid(item) else replace(item, tag=Tag.MONEY) for item in results]
    return [[*part, result] for part, result in zip(parts, paid, strict=True)]


def of_results(head: Sequence[Item], results: Sequence[Item]) -> list[list[Item]] | None:
    """The trades of "nq today: +45, +22.5, -60", of which nothing else is told; of two only behind a colon or a line.

    "nq +400 -4.20" is a result and its costs.
    """
    symbols = [item for item in head if item.kind == "symbol"]
    head = [item for item in head if item.kind != "number" or item.value != len(results)]  # "scalped es 3x: …"
    if len(symbols) != 1 or any(item.kind == "number" or item.tag is Tag.FEES for item in head):
        return None
    led = head[-1].kind == "break" or head[-1].word in _HEAD_ENDS
    least, most = sorted(item.value or Decimal(0) for item in results)[:: len(results) - 1]
    if len(results) < 3 and (not led or least * _MOST_OF_COSTS < most):
        return None
    return [[*head, result] for result in results]


def _signed(item: Item) -> Decimal:
    value = item.value or Decimal(0)
    return -value if item.sign == "-" else value


def _may_be_of(result: Item, part: Sequence[Item]) -> bool:
    """Whether the sign is that of the prices, where two are told."""
    side = next((OPENING[item.tag] for item in part if item.tag in OPENING), None)
    prices = [item.value for item in part if is_price(item) and item.value is not None][:2]
    if side is None or len(prices) < 2 or not alike(*map(float, prices)) or not result.sign:
        return True
    ran = prices[1] - prices[0] if side == "long" else prices[0] - prices[1]
    return ran == 0 or (ran > 0) == (result.sign == "+")


def is_price(item: Item) -> bool:
    """A number that may be one: without a unit or sign, and not as small as a count."""
    if item.kind != "number" or item.value is None or item.tag is not None or item.sign or item.bracketed:
        return False
    return bool(item.decimals) or item.value >= MOST_CONTRACTS


def with_head(parts: list[list[Item]]) -> list[list[Item]]:
    """The trades with what stands once before the first of them."""
    first, *others = parts
    end = _head_end(first)
    if not end:
        return parts
    head = [item for n, item in enumerate(first[:end]) if not _counts_trades(first, n, len(parts))]
    body, place = first[end:], first[end - 1].start
    if any(item.tag in OPENING for item in body):
        head = [item for item in head if item.word not in NOUNS]  # "calls for today: 1) sell …"
    own = [[item for item in part if item.start > place] for part in others]
    said = _said_of_all(head, body, own)
    return [[*head, *body], *([*(i for i in said if _lacks(part, i)), *part] for part in others)]


def _head_end(items: Sequence[Item]) -> int:
    """Behind the last line or colon before any fact of the first trade alone; 0 without one.

    A comma ends a head as well where no trade has begun ("2 today, long …") or several have ("2 nq longs, 21500 …").
    """
    end, begun = 0, False
    for n, item in enumerate(items[:_MOST_HEADED]):
        if is_price(item) or is_paid(item) or item.tag is Tag.DISTANCE:
            return end
        begun = item.word not in _PLURALS and (begun or item.kind == "symbol" or item.tag in OPENING)
        if item.kind == "break" or item.word in _HEAD_ENDS or (item.word == "," and not begun):
            end = n + 1
    return 0


def _counts_trades(items: Sequence[Item], n: int, trades: int) -> bool:
    """The 3 of "3 swings today:", "so 3 this morning." and "3 nq longs:", where three trades follow."""
    item = items[n]
    if item.kind != "number" or item.value != trades or item.tag is not None or item.decimals:
        return False
    after = items[n + 1]
    if after.kind == "symbol":
        return items[n + 2].word in _PLURALS
    told = n > 0 and items[n - 1].kind == "word"
    named = after.kind == "word" and after.word not in _PARTING
    return named or after.word in _PLURALS or (told and after.word in _HEAD_ENDS)


def _said_of_all(head: Sequence[Item], body: Sequence[Item], own: Sequence[Sequence[Item]]) -> list[Item]:
    """The side, the size and the day of a head; nothing but the day where the trades name what the head does."""
    days = [item for item in head if item.kind == "date" or item.word in DAY_WORDS]
    rest = [body, *own]
    symbols = any(item.kind == "symbol" for item in head)
    sides = [item for item in head if item.tag in _SIDES]
    sizes = [item for item in head if item.tag is Tag.LOTS and item.kind == "number" and head[-1].word != ","]
    if symbols and any(item.kind == "symbol" for part in rest for item in part):
        return days
    if sides and any(item.tag in OPENING for part in rest for item in part):
        return days
    return [*days, *sides[:1], *(sizes if len(sizes) == 1 else ())]


def _lacks(part: Sequence[Item], said: Item) -> bool:
    if said.tag in _SIDES:
        return not any(item.tag in OPENING for item in part)
    if said.tag is Tag.LOTS:
        return not any(item.tag is Tag.LOTS and item.kind == "number" for item in part)
    return not any(item.kind == "date" or item.word in DAY_WORDS for item in part)
