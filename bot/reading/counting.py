"""Which numbers are no amount of a trade at all: ordinals, strikes, shares of a balance; and what a sign means."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.reading.gathering import MOST_CONTRACTS, near
from bot.reading.items import Item
from bot.reading.roles import OPENING
from bot.reading.words import Tag, word_set

MOST_INDEXED: Final = Decimal(20)
_MOST_TARGETS: Final = Decimal(10)
_COUNTED: Final = word_set("evals accounts stops clips tranches parts legs fills entries adds tries attempts")
_TRADES: Final = _COUNTED | frozenset(
    f"{word}{end}" for word in ("trades", "wins", "losses", "winners", "losers") for end in ("", " :")
)
_ONE_TRADE: Final = frozenset(("win", "loss", "winner", "loser"))
_NUMBERING: Final = frozenset(("no", "nr", "#"))
_OPTION_WORDS: Final = frozenset(("call", "calls", "put", "puts", "ce", "pe"))
STRIKING: Final = _OPTION_WORDS | {"c"}
"""No number of a message without any of these is a strike."""
_ENDS: Final = frozenset((".", ",", ";", "!"))
_BEHIND_AN_INDEX: Final = frozenset((":", "-", "=", ")"))
_OF_MANY: Final = _TRADES | {"ema", "sma", "dma", "ma", "wma", "day", "week"}
_LEAST_OF_MANY, _MOST_OF_MANY = 5, 365
_PER: Final = "per"
_BEFORE_NO_AMOUNT: Final = frozenset(("#", _PER))
_OF_AN_ACCOUNT: Final = frozenset((_PER, "eval", "account", "acct", "challenge", "combine", "funded", "evaluation"))
_TIMES: Final = frozenset(("x", "pieces"))
_LEFT_BY: Final = frozenset(("by", "via", "on", "with"))
_NAMED_PRICES: Final = frozenset({Tag.ENTRY, Tag.STOP, Tag.TARGET})


def is_no_amount(items: Sequence[Item], n: int) -> bool:
    """Whether it is an ordinal or an account; strikes (`is_strike`) are none either."""
    if items[n].tag is Tag.IGNORE or is_index(items, n):
        return True
    if n and items[n - 1].word in _BEFORE_NO_AMOUNT:
        if items[n - 1].word == _PER:
            return _is_rate(items, n - 1)
        if not items[n].spaced and items[n].tag is None:
            return True  # "#5120": a signal, an order or an account
    after = items[n + 1] if n + 1 < len(items) else None
    if after is not None and after.word in _OF_AN_ACCOUNT:
        if after.word == _PER:
            return _is_rate(items, n + 1)
        numbered = any(item.kind == "number" for item in items[n + 2 : n + 4])
        return not numbered or items[n].text[-1] in "kK"  # not "out 6016 acct 3"
    return after is not None and after.word == "-" and _is_leverage(items, n + 2)


def _is_rate(items: Sequence[Item], n: int) -> bool:
    """The "per" of "0.01 lot per $300", an advice for each size of account."""
    return 0 < n < len(items) - 1 and items[n - 1].kind == items[n + 1].kind == "number"


def _is_leverage(items: Sequence[Item], n: int) -> bool:
    """The 10 of "5-10x" and "x5-x10"."""
    return n < len(items) and items[n].kind == "number" and items[n].word in _TIMES


def is_index(items: Sequence[Item], n: int) -> bool:
    """The 2 of "TP 2 : 180" and the 3 of "3. Stopped out"."""
    item = items[n]
    after = items[n + 1] if n + 1 < len(items) else None
    if after is None:
        return False
    if after.word == "-" and _is_percent_range(items, n):
        return True
    if item.value is None or item.decimals:
        return False
    if after.word in _OF_MANY and _is_of_many(items, n):
        return True
    if item.value > MOST_INDEXED:
        return False
    if after.word in _TRADES or (after.word in _ONE_TRADE and item.value == 1):
        return not item.sign and not item.money and item.tag is None  # but not of "1 lot loss 157"
    before = items[n - 1] if n else None
    if (
        before is not None
        and before.tag is Tag.TARGET
        and item.value < _MOST_TARGETS
        and (after.tag is not Tag.DISTANCE or after.sign)
    ):
        return not _is_listed(items, n)
    if before is not None and before.tag is Tag.ENTRY and after.word in _BEHIND_AN_INDEX:
        return _is_entry_of_several(items, n)
    if before is not None and before.word in _NUMBERING:
        return after.word in (":", ".")
    if (
        after.word == ")"
        and n + 2 < len(items)
        and (items[n + 2].kind in ("number", "symbol") or items[n + 2].tag or not items[n + 2].word.isascii())
    ):
        return before is None or all(item.word != "(" for item in items[max(0, n - 3) : n])
    return (before is None or before.kind == "break") and after.word in (".", ")")


def _is_of_many(items: Sequence[Item], n: int) -> bool:
    """The 200 of "the 200 day", the 50 of "50 ema", the 21 of "21 trades"; not the 2 of "2 day trades"."""
    item, beyond = items[n], items[n + 2] if n + 2 < len(items) else None
    plain = item.tag is None and not (item.sign or item.money)
    traded = beyond is not None and beyond.word[:5] == "trade"
    return plain and not traded and item.value is not None and _LEAST_OF_MANY <= item.value <= _MOST_OF_MANY


def _is_entry_of_several(items: Sequence[Item], n: int) -> bool:
    """The 2 of "entry 2: 33.9" and "entry 2 - 33.9"; not of "entry 2 - 2.1"."""
    price = items[n + 2] if n + 2 < len(items) else None
    if price is None or price.kind != "number" or price.sign:
        return False
    return items[n + 1].word == ":" or not _alike(items[n], price)


def _is_listed(items: Sequence[Item], n: int) -> bool:
    """The 4 of "PT 4 / 5"."""
    if n + 2 >= len(items) or items[n + 1].word != "/":
        return False
    counted = n + 3 < len(items) and items[n + 3].word == ":"  # "tp 1/2: 30"
    return not counted and items[n + 2].kind == "number" and items[n + 2].tag is None


def _is_percent_range(items: Sequence[Item], n: int) -> bool:
    """The 3 of "3-4% of the balance"."""
    if n + 2 >= len(items) or items[n + 2].tag is not Tag.DISTANCE:
        return False
    if items[n].decimals and items[n + 2].word not in ("%", "percent"):
        return False  # "out 1.0518 - 24 pips"
    return (items[n].value or 0) < (items[n + 2].value or 0)


def is_strike(items: Sequence[Item], n: int) -> bool:
    """The 190 of "190 calls", "190c" and "call 190" is no price of the trade."""
    item = items[n]
    after = items[n + 1] if n + 1 < len(items) else None
    if after is not None and after.word in _OPTION_WORDS:
        return True
    if item.word == "c" and n > 0 and items[n - 1].how in ("ticker", "cashtag"):
        return True
    if after is not None and after.word == "/" and n + 2 < len(items) and items[n + 2].kind == "number":
        return n + 3 < len(items) and items[n + 3].word in _OPTION_WORDS
    return n > 0 and items[n - 1].word in ("call", "put") and item.tag is None and item.spaced


def is_distance(items: Sequence[Item], n: int) -> bool:
    """ "20 pts", or "(pips) +58": the unit stands before the number."""
    item = items[n]
    if item.kind != "number":
        return False
    if item.tag is Tag.DISTANCE:
        return True
    if not item.sign or (n and items[n - 1].word in _ENDS):
        return False  # "to the tick. +1200"
    return any(i.kind == "tag" and i.tag is Tag.DISTANCE for i in items[max(0, n - 2) : n])


def is_led_out(items: Sequence[Item], n: int) -> bool:
    """The level of "out at tp 6860" and "closed by SL 1.2735": the trade was left there."""
    level = n > 1 and items[n].tag in (Tag.TARGET, Tag.STOP) and items[n - 2].tag is Tag.EXIT
    return level and (items[n - 1].tag is Tag.AT or items[n - 1].word in _LEFT_BY)


def _alike(one: Item, other: Item) -> bool:
    return one.value is not None and other.value is not None and near(one.value, other.value)


def is_signed_count(items: Sequence[Item], n: int) -> bool:
    """The "+2" of "+2 nq 18250 18290", as brokers list positions."""
    item = items[n]
    if item.sign and _is_of_an_order(items, n):
        return True
    if (n and items[n - 1].kind != "break") or item.value is None or item.decimals or len(items) < n + 3:
        return False
    listed = items[n + 1].kind == "symbol" and items[n + 2].kind == "number"
    return listed and 0 < item.value <= MOST_CONTRACTS


def _is_of_an_order(items: Sequence[Item], n: int) -> bool:
    """The sign of "SOLD -1 /ES @5980" and "BOT +1 /ES @5976", as a platform words its fills."""
    item = items[n]
    if not n or n + 1 >= len(items) or items[n + 1].kind != "symbol" or item.decimals or not item.value:
        return False
    return items[n - 1].tag is (Tag.SELL if item.sign == "-" else Tag.BUY)


def is_negative_count(items: Sequence[Item], n: int) -> bool:
    """The "-2" of "long -2 nq": kept as said, so that it is refused."""
    if n == 0 or _is_of_an_order(items, n):
        return False
    sided = n < len(items) - 1 and items[n - 1].tag in OPENING and items[n + 1].kind == "symbol"
    return sided or items[n - 1].tag is Tag.SIZE


def is_negative_price(items: Sequence[Item], n: int) -> bool:
    """A "-5" where a price stands: kept as said, so that it is refused. "out at -420" is a result."""
    item = items[n]
    if item.money or item.tag is not None:
        return False
    before, after = (items[n - 1] if n else None), (items[n + 1] if n + 1 < len(items) else None)
    if after is not None and after.kind == "number" and not after.sign and after.tag is None and _alike(item, after):
        return True
    if (before is not None and before.word == ">") or (after is not None and after.word == ">"):
        return True
    if before is None:
        return False
    at = before.tag is Tag.AT
    named = items[n - 2] if at and n > 1 else before
    return named.tag in _NAMED_PRICES or (
        at and named.tag is not Tag.EXIT and named.tag not in (Tag.COVER, Tag.STOPPED)
    )
