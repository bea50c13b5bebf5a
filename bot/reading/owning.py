"""Whether what reads like a trade is told as the writer's own, or is talk: of the market, of others, of wares.

A side, an entry or exit, a stop or a result in the shape of a report make a trade. Numbers by themselves do so only
where next to nothing is said beside them: "nq 18250" begins a trade, "nq 18250 looks heavy" does not.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from bot.reading.items import Item, Items
from bot.reading.roles import OPENING
from bot.reading.topics import (
    MOVING,
    NOUNS,
    ONESELF,
    OTHERS,
    PREDICATES,
    SLIGHT,
    THOUGHTS,
    count_of_words,
    is_not_the_writers,
    is_of_a_chart,
    is_of_a_deed,
    is_of_no_time,
    is_of_the_market,
    is_of_wares,
    promotes,
    runs,
    supposes,
)
from bot.reading.words import Tag
from statemachine.trade import TradeFields

Standing = Literal["own", "doubtful", "talk"]

_LEFT: Final = frozenset({Tag.STOPPED, Tag.SCRATCH})
_WAYS: Final = frozenset({Tag.ENTRY, Tag.EXIT})
_RESULTS: Final = frozenset({Tag.WIN, Tag.LOSS, Tag.PNL, Tag.NET, Tag.GROSS})
_LOOSE: Final = frozenset(("up", "down", "red", "green", "plus", "minus", "total", "result", "thats"))
"""Words of a result that have many other meanings."""
_OF_A_MARKET: Final = frozenset(("burned", "torched", "blew", "coughed up", "cost me", "paid me", "cashed in"))
"""Words of a result only beside an instrument: "cost me 30 to park"."""
_OF_A_DAY: Final = frozenset(("opened", "opened at", "open", "closed", "close", "closing", "closed at"))
"""What a market does as well as a trader: "gold closed at 2648"."""
_RUNNING: Final = MOVING | {"up", "down"}
_LOOSELY_ADDED: Final = frozenset(("more", "adds"))
_CONTRACTS: Final = frozenset(("c", "p"))
_SPENT: Final = frozenset(("paid", "cost"))
_ARTICLES: Final = frozenset(("a", "an"))
_ADJECTIVES: Final = frozenset(("flat", "close", "closed", "open", "out", "off"))
_ENDS: Final = frozenset((".", "!", "?", ";"))
_MOST_WORDS, _MOST_OF_A_SIDE, _MOST_OF_A_RESULT, _MOST_OF_A_WHOLE = 1, 2, 2, 4
"""Words of no class beside a price, a side, money, or prices and size."""
_PERCENT: Final = frozenset(("%", "percent"))
_NEXT: Final = 5
"""A result and its figure stand within so many items."""


def standing(items: Items, fields: TradeFields) -> Standing:
    """How the trade is told that was read out of these items."""
    told = [n for n, item in enumerate(items) if item.tag in OPENING]
    sides = [n for n in told if items[n].word not in NOUNS]
    if told and all(is_not_the_writers(items, n, fields) for n in sides or told):
        return "talk"
    if items and supposes(items) and fields.exit_price is fields.stop_loss is None:
        return "doubtful" if sides else "talk"
    if is_of_no_time(items):
        return "doubtful" if sides else "talk"
    if not sides:
        if fields.symbol is None and any(item.word in _OF_A_MARKET for item in items):
            signed = any(item.sign and (item.money or item.tag is Tag.MONEY) for item in items)
            return "own" if signed else "talk"  # "this one cost me -$240"
        owned = _is_labelled(items, fields) or _is_result(items, fields)
        stands: Standing = "own" if owned else _of_figures(items, fields)
        return "talk" if stands == "own" and fields.exit_price is None and promotes(items) else stands
    if fields.symbol is None:
        return "talk" if is_of_wares(items, sides[0], fields) else "own"
    if fields.entry_price is fields.exit_price is fields.pnl is None and runs(items):
        return "doubtful"  # "eurusd approaching our sell zone"
    return "own" if _is_told_of_oneself(items) else "doubtful"


def is_beside(items: Items, fields: TradeFields) -> bool:
    """Whether facts are of something else than the draft that waits, and no answer to what was asked about it."""
    if standing(items, fields) == "own":
        return False
    if fields.symbol is not None or any(item.tag in OPENING for item in items):
        return True
    return count_of_words(items) > _MOST_WORDS and not any(item.tag is Tag.LOTS for item in items)


def _is_told_of_oneself(items: Sequence[Item]) -> bool:
    """A side needs a number, the writer, or few words beside it: "a good time to short tesla" has none of them."""
    first = next((item for item in items if item.kind != "word" or item.word not in SLIGHT), items[0])
    if first.kind != "word" or any(item.kind == "number" or item.word in ONESELF for item in items):
        return True
    return count_of_words(items) <= _MOST_OF_A_SIDE


def _is_labelled(items: Sequence[Item], fields: TradeFields) -> bool:
    """A price is named as the trade's, and not as where the market came from or went."""
    priced = fields.entry_price is not None or fields.exit_price is not None
    for n, item in enumerate(items):
        before = items[n - 1] if n else None
        if item.tag in _LEFT:
            return True
        if before is not None and _is_of_something_else(item, before):
            continue
        if item.word in _SPENT and fields.symbol is None and count_of_words(items):
            continue
        if item.tag in _WAYS and priced:
            return True
        if item.tag is Tag.STOP and fields.stop_loss is not None and item.word[:4] != "risk":
            return True
        if item.tag is Tag.ADD and item.word not in _LOOSELY_ADDED:
            return True
        if item.tag is Tag.DONE and item.word != "✅" and priced and fields.position_size is not None:
            return True
        if item.tag is Tag.ENTRY_IF_NUMBER and _enters(items, n):
            return True
    return False


def _is_of_something_else(item: Item, before: Item) -> bool:
    """ "bounced off", "gold closed at", "a flat open"."""
    if before.word in MOVING or (item.tag in _WAYS and before.word in _ARTICLES and item.word in _ADJECTIVES):
        return True
    return before.kind == "symbol" and item.word in _OF_A_DAY


def _enters(items: Sequence[Item], n: int) -> bool:
    """ "in 21450", "im in 2 nq", not "a house in 2019", "in 5 minutes"."""
    after = items[n + 1] if n + 1 < len(items) else None
    if after is None or after.tag in (Tag.DISTANCE, Tag.MONEY) or after.kind not in ("number", "symbol"):
        return False
    before = items[n - 1] if n else None
    return before is None or before.kind != "word" or before.word in SLIGHT


def _is_result(items: Sequence[Item], fields: TradeFields) -> bool:
    """Money or points that were made or lost, with the sign or the word for it."""
    told, loose = False, False
    for n, item in enumerate(items):
        before = items[n - 1] if n else None
        if item.kind == "number":
            told |= bool(item.sign or item.bracketed) and not _is_reached(items, n)
            loose |= item.money or item.tag is Tag.MONEY
        elif item.tag in _RESULTS:
            if before is not None and (before.word in OTHERS or before.tag is Tag.OTHERS):
                return False
            loose |= item.word in _LOOSE and not _moves(items, n)
            told |= item.word not in _LOOSE and _has_figure(items, n) and not _moves(items, n)
    if told and fields.pnl is None:
        measured = [item.word for item in items if item.tag is Tag.DISTANCE]
        if not measured:
            return not any(item.kind == "number" for item in items)
        return not _PERCENT.issuperset(measured) or (fields.entry_price is None and not is_of_the_market(items))
    if told or not loose:
        return told
    most = _MOST_WORDS if fields.symbol is None else _MOST_OF_A_RESULT
    return count_of_words(items) <= most and not is_of_the_market(items)


def _has_figure(items: Sequence[Item], n: int) -> bool:
    """ "made me 300", "took a loss on nq", not "made a new high at 20400"."""
    numbers = [m for m, item in enumerate(items) if item.kind == "number" or item.tag is Tag.COUNT]
    return not numbers or any(abs(m - n) < _NEXT for m in numbers)


def _is_reached(items: Sequence[Item], n: int) -> bool:
    """The -37 of "crude went to -37"."""
    m = n - 2 if n and items[n - 1].word == "to" else n - 1
    return m > 0 and items[m].word in PREDICATES and items[m - 1].kind == "symbol"


def _moves(items: Sequence[Item], n: int) -> bool:
    """ "nq dropped 300 points", "usdjpy down 80 pips", where "nq lost 250" is money."""
    if n == 0 or items[n - 1].kind != "symbol" or items[n].word not in _RUNNING:
        return False
    return items[n].word == "dropped" or any(item.tag is Tag.DISTANCE for item in items[n + 1 : n + 3])


def _of_figures(items: Sequence[Item], fields: TradeFields) -> Standing:
    """Numbers, or a bare noun of a side, without a word of what was done; talk may stand in other sentences."""
    sentences = list(_sentences(items))
    if len(sentences) > 1 and any(_is_bare_trade(sentence, fields) for sentence in sentences):
        return "own"
    words = count_of_words(items)
    paired = fields.entry_price is not None and fields.exit_price is not None
    whole = paired and (fields.position_size is not None or _leads(items))
    if fields.symbol is not None and words <= _MOST_OF_A_WHOLE and is_of_a_deed(items):
        return "own"
    if is_of_a_chart(items):
        return "talk"
    ran = runs(items)
    if ran or is_of_the_market(items):
        sure = words <= _MOST_WORDS and fields.position_size is not None and not ran
        return ("own" if sure else "doubtful") if whole else "talk"
    numbers = any(item.kind == "number" for item in items) and not any(item.word in NOUNS for item in items)
    muses = any(item.word in THOUGHTS for item in items)
    most = _MOST_OF_A_WHOLE if whole else _MOST_WORDS if numbers and not muses else 0
    if words <= most or _is_option_at(items):
        return "own"
    return "doubtful" if paired else "talk"


def _is_option_at(items: Sequence[Item]) -> bool:
    """ "COIN 260c 6/21 @ 11.40": what was paid for an option that is named whole."""
    for n, item in enumerate(items[:-2]):
        if item.tag is Tag.IGNORE and item.word in _CONTRACTS and items[n - 1].kind == "symbol":
            ahead = [beside for beside in items[n + 1 : n + 4] if beside.kind != "date"]
            return len(ahead) > 1 and ahead[0].tag is Tag.AT and ahead[1].kind == "number"
    return False


def _leads(items: Sequence[Item]) -> bool:
    """From one number to another: "21500 > 21520", "21650 to 21620"."""
    return any(
        item.word == ">" or (item.word == "to" and items[n - 1].kind == "number" and items[n + 1].kind == "number")
        for n, item in enumerate(items[1:-1], 1)
    )


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
