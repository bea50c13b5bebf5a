"""What is said beside or instead of a trade: what the market does, what others did, what is never done, what was bought
for the kitchen. The words are data: vocabulary/talk.txt."""

from collections.abc import Sequence
from typing import Final

from bot.reading.answer_words import words_of
from bot.reading.days import DAY_WORDS
from bot.reading.items import Item, Items
from bot.reading.tickers import LONGEST_TICKER
from bot.reading.words import Tag, entries
from statemachine.trade import TradeFields

_WORDS: Final[dict[str, set[str]]] = {}
for _section, _phrase, _ in entries("talk"):
    _WORDS.setdefault(_section, set()).add(_phrase)


def _said(section: str) -> frozenset[str]:
    return frozenset(_WORDS[section])


MOVING: Final = _said("moving")
OTHERS: Final = _said("others")
ONESELF: Final = _said("oneself")
PREDICATES: Final = MOVING | _said("being")
NOUNS: Final = frozenset(("longs", "shorts", "calls", "puts", "buys", "sells"))
"""Sides that talk is full of: "shorts are trapped"."""
_MUSING, _SUPPOSING = _said("musing"), _said("supposing")
THOUGHTS: Final = _MUSING | _SUPPOSING
_CANDLES, _RUNS, _POINTING = _said("candles"), _said("runs"), _said("pointing at runs")
_PROMOTING = _said("promoting")
_PLACES, _REFRAINING = _said("places"), _said("refraining")
_DEALING, _DOING, _DETERMINERS = _said("dealing"), _said("doing"), _said("determiners")
SLIGHT: Final = (words_of("glue", "pointing", "yes", "polite") | DAY_WORDS | _said("reporting")) - (
    MOVING | _PLACES | THOUGHTS
)
"""Words that add nothing to a report, and make none of what is none."""
_BETWEEN: Final = frozenset(
    ("even", "ever", "be", "go", "to", "just", "is", "are", "was", "were", "all", "still", "also", "who", "that")
)
_VERBS: Final = frozenset({Tag.BUY, Tag.SELL})
_NEAR: Final = 3
_FAR: Final = 6
"""What was bought is named within so many items."""


def count_of_words(items: Sequence[Item]) -> int:
    return sum(item.kind == "word" and item.word not in SLIGHT and item.word.isalpha() for item in items)


def is_not_the_writers(items: Sequence[Item], n: int, fields: TradeFields) -> bool:
    """ "never short", "everyone is long", "blackrock bought": advice, or what others do."""
    if items[0].word in OTHERS and ONESELF.isdisjoint([item.word for item in items[:n]]):
        return True  # "whales opened 40x long"
    m = n - 1
    while m > 0 and items[m].word in _BETWEEN:
        m -= 1
    if m < 0:
        return False
    before = items[m]
    if before.word in _REFRAINING or (m and f"{items[m - 1].word} {before.word}" in _REFRAINING):
        return before.word != "stop" or items[n].word.endswith("ing")
    if before.tag is Tag.OTHERS or (before.word in OTHERS and (m == 0 or items[m - 1].word != "@")):
        return True
    return m == 0 and n == 1 and _names_somebody(items, fields)


def _names_somebody(items: Sequence[Item], fields: TradeFields) -> bool:
    """A name that begins the message, before what it bought or sold, and nothing else that would be told of a trade."""
    first = items[0]
    if first.kind != "word" or first.word in SLIGHT or first.word in _DEALING or not first.word.isalpha():
        return False
    told = fields.exit_price is not None or fields.stop_loss is not None or fields.pnl is not None
    adverb = first.word.endswith("ly") or len(first.word) <= 2
    return items[1].tag in _VERBS and fields.symbol is not None and not told and not adverb


def is_of_wares(items: Sequence[Item], n: int, fields: TradeFields) -> bool:
    """ "bought a chair for 300": what was bought is named, and it is no instrument."""
    if items[n].tag not in _VERBS or fields.exit_price is not None or fields.stop_loss is not None:
        return False
    determined, found = False, ""
    for item in items[n + 1 : n + _FAR]:
        if item.word in _DETERMINERS:
            determined = True
        elif item.word == "for":
            return bool(found)
        elif item.kind == "word" and item.word.isalpha() and item.word not in _DEALING:
            determined |= bool(found) and item.word not in SLIGHT
            found = found if item.word in SLIGHT and not determined else item.word
        elif item.kind == "word" or found:
            break
        elif item.kind != "number" and item.tag is not Tag.COUNT and item.tag is not Tag.ORDINAL:
            return False
    return found not in SLIGHT and (determined or len(found) > LONGEST_TICKER) and bool(found)


def is_of_the_market(items: Sequence[Item]) -> bool:
    """What the instrument or its price is or does: "nq 21600 is a magnet", "es settled 6032", "levels: …"."""
    for n, item in enumerate(items):
        if item.word in _PLACES and item.kind != "symbol":
            return True
        if item.word in PREDICATES and n and _is_subject(items[n - 1]):
            return True
        if item.word in MOVING and any(beside.kind == "number" for beside in items[n + 1 : n + 3]):
            return True
    return False


def is_of_a_chart(items: Sequence[Item]) -> bool:
    """ "that candle on nq, 21500 to 21400", "that drop on cable"."""
    for n, item in enumerate(items):
        if item.word in _CANDLES:
            return True
        if item.word in _RUNS and any(before.word in _POINTING for before in items[max(0, n - _NEAR) : n]):
            return True
    return False


def runs(items: Sequence[Item]) -> bool:
    """ "nq ripped from 21400 to 21520": the instrument did, and not the writer."""
    before = None
    for item in items:
        if before is not None and before.kind == "symbol" and (item.word in MOVING or item.word == "went"):
            return True
        before = before if item.word == "just" else item
    return False


def _is_subject(item: Item) -> bool:
    return item.kind in ("symbol", "number") or item.word in NOUNS or item.tag is Tag.DISTANCE


def is_of_a_deed(items: Sequence[Item]) -> bool:
    """ "took nq 21400", "i faded the highs of es 6020": begins with what the writer did, and tells a number of it."""
    for n, item in enumerate(items):
        if item.word in _DOING:
            before = items[n - 1] if n else None
            begins = before is None or before.kind in ("mark", "break") or before.word in ONESELF
            return begins and any(later.kind == "number" for later in items[n:])
    return False


def is_of_no_time(items: Sequence[Item]) -> bool:
    """Without a number, habits, rules and what others do: "i always get stopped on es", "nobody made money on nq"."""
    if "number" in [item.kind for item in items]:
        return False
    return any(item.word in _MUSING or item.word in OTHERS or item.word in _REFRAINING for item in items)


def promotes(items: Items) -> bool:
    """ "join the channel, 20 members left, results guaranteed"."""
    return len(_PROMOTING & items.words) > 1


def supposes(items: Sequence[Item]) -> bool:
    """ "if we lose 5980", "when gold hits 2700 i buy": nothing of it has happened."""
    first = next((item for item in items if item.kind == "word" or item.kind == "symbol" or item.tag), None)
    return first is not None and first.word in _SUPPOSING
