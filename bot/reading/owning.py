"""Whether what reads like a trade is told as the writer's own, or is talk: of the market, of others, of wares.

A side, an entry or exit, a stop or a result in the shape of a report make a trade. Numbers by themselves do so only
where next to nothing is said beside them: "nq 18250" begins a trade, "nq 18250 is a magnet today" does not.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from bot.reading.answer_words import words_of
from bot.reading.days import DAY_WORDS
from bot.reading.items import Item
from bot.reading.roles import OPENING
from bot.reading.tickers import LONGEST_TICKER
from bot.reading.words import Tag, entries
from statemachine.trade import TradeFields

Standing = Literal["own", "doubtful", "talk"]

_WORDS: Final[dict[str, set[str]]] = {}
for _section, _phrase, _ in entries("talk"):
    _WORDS.setdefault(_section, set()).add(_phrase)
_MOVING, _BEING, _PLACES, _OTHERS, _REFRAINING, _SUPPOSING, _MUSING, _DEALING, _REPORTING, _ONESELF = (
    frozenset(_WORDS[name])
    for name in (
        "moving", "being", "places", "others", "refraining", "supposing", "musing", "dealing", "reporting", "oneself",
    )
)  # fmt: skip
_PREDICATES: Final = _MOVING | _BEING
_OF_THE_MARKET: Final = _MOVING | _PLACES | _MUSING | _SUPPOSING
_SLIGHT: Final = (words_of("glue", "pointing", "yes", "polite") | DAY_WORDS | _REPORTING) - _OF_THE_MARKET
"""Words that add nothing to a report, and make none of what is none."""
_DETERMINERS: Final = frozenset(("a", "an", "the", "my", "our", "his", "her", "new", "old", "used", "some", "another"))
_BETWEEN: Final = frozenset(
    ("even", "ever", "be", "go", "to", "just", "is", "are", "was", "were", "all", "still", "also")
)
_NOUNS: Final = frozenset(("longs", "shorts", "calls", "puts"))
"""Sides that talk is full of: "shorts are trapped"."""
_VERBS: Final = frozenset({Tag.BUY, Tag.SELL})
_LEFT: Final = frozenset({Tag.STOPPED, Tag.SCRATCH})
_WAYS: Final = frozenset({Tag.ENTRY, Tag.EXIT})
_RESULTS: Final = frozenset({Tag.WIN, Tag.LOSS, Tag.PNL, Tag.NET, Tag.GROSS})
_LOOSE: Final = frozenset(("up", "down", "red", "green", "plus", "minus", "total", "result", "thats"))
"""Words of a result that have many other meanings."""
_OF_A_DAY: Final = frozenset(("opened", "opened at", "open", "closed", "close", "closing", "closed at"))
"""What a market does as well as a trader: "gold closed at 2648"."""
_SPENT: Final = frozenset(("paid", "cost"))
_ARTICLES: Final = frozenset(("a", "an"))
_ADJECTIVES: Final = frozenset(("flat", "close", "closed", "open", "out", "off"))
_ENDS: Final = frozenset((".", "!", "?", ";"))
_MOST_WORDS, _MOST_OF_A_SIDE, _MOST_OF_A_RESULT, _MOST_OF_A_WHOLE = 1, 2, 2, 4
"""Words of no class beside a price, a side, money, or prices and size."""
_FAR: Final = 6
_NEXT: Final = 5
"""A result and its figure stand within so many items."""


def standing(items: Sequence[Item], fields: TradeFields) -> Standing:
    """How the trade is told that was read out of these items."""
    told = [n for n, item in enumerate(items) if item.tag in OPENING]
    sides = [n for n in told if items[n].word not in _NOUNS]
    if told and all(_is_not_the_writers(items, n, fields) for n in sides or told):
        return "talk"
    if items and _supposes(items) and fields.exit_price is fields.stop_loss is None:
        return "doubtful" if sides else "talk"
    if not sides:
        owned = _is_labelled(items, fields) or _is_result(items, fields)
        return "own" if owned else _of_figures(items, fields)
    if fields.symbol is None:
        return "talk" if _is_of_wares(items, sides[0], fields) else "own"
    return "own" if _is_told_of_oneself(items) else "doubtful"


def is_beside(items: Sequence[Item], fields: TradeFields) -> bool:
    """Whether facts are of something else than the draft that waits, and no answer to what was asked about it."""
    if standing(items, fields) == "own":
        return False
    if fields.symbol is not None or any(item.tag in OPENING for item in items):
        return True
    return _count_of_words(items) > _MOST_WORDS and not any(item.tag is Tag.LOTS for item in items)


def _supposes(items: Sequence[Item]) -> bool:
    """ "if we lose 5980", "when gold hits 2700 i buy": nothing of it has happened."""
    first = next((item for item in items if item.kind == "word" or item.kind == "symbol" or item.tag), None)
    return first is not None and first.word in _SUPPOSING


def _is_told_of_oneself(items: Sequence[Item]) -> bool:
    """A side needs a number, the writer, or few words beside it: "a good time to short tesla" has none of them."""
    first = next((item for item in items if item.kind != "word" or item.word not in _SLIGHT), items[0])
    if first.kind != "word" or any(item.kind == "number" or item.word in _ONESELF for item in items):
        return True
    return _count_of_words(items) <= _MOST_OF_A_SIDE


def _count_of_words(items: Sequence[Item]) -> int:
    return sum(item.kind == "word" and item.word not in _SLIGHT and item.word.isalpha() for item in items)


def _is_not_the_writers(items: Sequence[Item], n: int, fields: TradeFields) -> bool:
    """ "never short", "everyone is long", "blackrock bought": advice, or what others do."""
    m = n - 1
    while m > 0 and items[m].word in _BETWEEN:
        m -= 1
    if m < 0:
        return False
    before = items[m]
    if before.word in _REFRAINING or (m and f"{items[m - 1].word} {before.word}" in _REFRAINING):
        return before.word != "stop" or items[n].word.endswith("ing")
    if before.tag is Tag.OTHERS or (before.word in _OTHERS and (m == 0 or items[m - 1].word != "@")):
        return True
    return m == 0 and n == 1 and _names_somebody(items, fields)


def _names_somebody(items: Sequence[Item], fields: TradeFields) -> bool:
    """A name that begins the message, before what it bought or sold, and nothing else that would be told of a trade."""
    first = items[0]
    if first.kind != "word" or first.word in _SLIGHT or first.word in _DEALING or not first.word.isalpha():
        return False
    told = fields.exit_price is not None or fields.stop_loss is not None or fields.pnl is not None
    adverb = first.word.endswith("ly") or len(first.word) <= 2
    return items[1].tag in _VERBS and fields.symbol is not None and not told and not adverb


def _is_of_wares(items: Sequence[Item], n: int, fields: TradeFields) -> bool:
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
            determined |= bool(found) and item.word not in _SLIGHT
            found = found if item.word in _SLIGHT and not determined else item.word
        elif item.kind == "word" or found:
            break
        elif item.kind != "number" and item.tag is not Tag.COUNT and item.tag is not Tag.ORDINAL:
            return False
    return found not in _SLIGHT and (determined or len(found) > LONGEST_TICKER) and bool(found)


def _is_labelled(items: Sequence[Item], fields: TradeFields) -> bool:
    """A price is named as the trade's, and not as where the market came from or went."""
    priced = fields.entry_price is not None or fields.exit_price is not None
    for n, item in enumerate(items):
        before = items[n - 1] if n else None
        if item.tag in _LEFT:
            return True
        if before is not None and _is_of_something_else(item, before):
            continue
        if item.word in _SPENT and fields.symbol is None and _count_of_words(items):
            continue
        if item.tag in _WAYS and priced:
            return True
        if item.tag is Tag.STOP and fields.stop_loss is not None:
            return True
        if item.tag is Tag.ADD and item.word != "more":
            return True
        if item.tag is Tag.ENTRY_IF_NUMBER and _enters(items, n):
            return True
    return False


def _is_of_something_else(item: Item, before: Item) -> bool:
    """ "bounced off", "gold closed at", "a flat open"."""
    if before.word in _MOVING or (item.tag in _WAYS and before.word in _ARTICLES and item.word in _ADJECTIVES):
        return True
    return before.kind == "symbol" and item.word in _OF_A_DAY


def _enters(items: Sequence[Item], n: int) -> bool:
    """ "in 21450", "im in 2 nq", not "a house in 2019", "in 5 minutes"."""
    after = items[n + 1] if n + 1 < len(items) else None
    if after is None or after.tag in (Tag.DISTANCE, Tag.MONEY) or after.kind not in ("number", "symbol"):
        return False
    before = items[n - 1] if n else None
    return before is None or before.kind != "word" or before.word in _SLIGHT


def _is_result(items: Sequence[Item], fields: TradeFields) -> bool:
    """Money or points that were made or lost, with the sign or the word for it."""
    told, loose = False, False
    for n, item in enumerate(items):
        before = items[n - 1] if n else None
        if item.kind == "number":
            told |= bool(item.sign or item.bracketed) and not _is_reached(items, n)
            loose |= item.money or item.tag is Tag.MONEY
        elif item.tag in _RESULTS:
            if before is not None and (before.word in _OTHERS or before.tag is Tag.OTHERS):
                return False
            loose |= item.word in _LOOSE
            told |= item.word not in _LOOSE and _has_figure(items, n) and not _moves(items, n)
    if told and fields.pnl is None:
        return any(item.tag is Tag.DISTANCE for item in items) or not any(item.kind == "number" for item in items)
    if told or not loose:
        return told
    most = _MOST_WORDS if fields.symbol is None else _MOST_OF_A_RESULT
    return _count_of_words(items) <= most and not _is_of_the_market(items)


def _has_figure(items: Sequence[Item], n: int) -> bool:
    """ "made me 300", "took a loss on nq", not "made a new high at 20400"."""
    numbers = [m for m, item in enumerate(items) if item.kind == "number" or item.tag is Tag.COUNT]
    return not numbers or any(abs(m - n) < _NEXT for m in numbers)


def _is_reached(items: Sequence[Item], n: int) -> bool:
    """The -37 of "crude went to -37"."""
    m = n - 2 if n and items[n - 1].word == "to" else n - 1
    return m > 0 and items[m].word in _PREDICATES and items[m - 1].kind == "symbol"


def _moves(items: Sequence[Item], n: int) -> bool:
    """ "nq dropped 300 points", where "nq lost 250" is money."""
    if n == 0 or items[n - 1].kind != "symbol" or items[n].word not in _MOVING:
        return False
    return items[n].word == "dropped" or any(item.tag is Tag.DISTANCE for item in items[n + 1 : n + 3])


def _is_of_the_market(items: Sequence[Item]) -> bool:
    """What the instrument or its price is or does: "nq 21600 is a magnet", "es settled 6032", "levels: …"."""
    for n, item in enumerate(items):
        if item.word in _PLACES and item.kind != "symbol":
            return True
        if item.word in _PREDICATES and n and _is_subject(items[n - 1]):
            return True
        if item.word in _MOVING and any(beside.kind == "number" for beside in items[n + 1 : n + 3]):
            return True
    return False


def _is_subject(item: Item) -> bool:
    return item.kind in ("symbol", "number") or item.word in _NOUNS or item.tag is Tag.DISTANCE


def _of_figures(items: Sequence[Item], fields: TradeFields) -> Standing:
    """Numbers, or a bare noun of a side, without a word of what was done; talk may stand in other sentences."""
    sentences = list(_sentences(items))
    if len(sentences) > 1 and any(_is_bare_trade(sentence, fields) for sentence in sentences):
        return "own"
    words = _count_of_words(items)
    paired = fields.entry_price is not None and fields.exit_price is not None
    whole = paired and (fields.position_size is not None or any(item.word == ">" for item in items))
    if _is_of_the_market(items):
        return ("own" if words <= _MOST_WORDS else "doubtful") if whole else "talk"
    numbers = any(item.kind == "number" for item in items) and not any(item.word in _NOUNS for item in items)
    muses = any(item.word in _MUSING or item.word in _SUPPOSING for item in items)
    most = _MOST_OF_A_WHOLE if whole else _MOST_WORDS if numbers and not muses else 0
    return "own" if words <= most else "doubtful" if paired else "talk"


def _is_bare_trade(items: Sequence[Item], fields: TradeFields) -> bool:
    named = any(item.kind == "symbol" for item in items) and any(item.kind == "number" for item in items)
    return named and _of_figures(items, fields) == "own"


def _sentences(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    start = 0
    for n, item in enumerate(items):
        if item.kind == "break" or item.word in _ENDS:
            if n > start:
                yield items[start:n]
            start = n + 1
    if start < len(items):
        yield items[start:]
