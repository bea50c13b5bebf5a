"""What the words of one trade tell without its numbers: the instrument, the side, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.reading.counting import is_led_out, is_signed_count
from bot.reading.days import BEFORE
from bot.reading.instruments import FUTURES
from bot.reading.items import Item, Items
from bot.reading.roles import HEADS, MONEY_HEADS, OPENING
from bot.reading.words import UNITS, Tag
from bot.trading.contracts import CONTRACTS, contract, nicknamed
from statemachine.trade import Direction

_SIDES: Final = frozenset(OPENING)
_PLAIN_SIDES: Final = frozenset({Tag.LONG, Tag.SHORT})
_VERBS: Final = frozenset({Tag.BUY, Tag.SELL, Tag.COVER})
_BEGINNING: Final = frozenset({Tag.BUY, Tag.SELL})
_ORDERS: Final = frozenset({Tag.BUY_ORDER, Tag.SELL_ORDER})
_IMPERATIVES: Final = frozenset(("buy", "sell", "buy limit", "sell limit", "buy stop", "sell stop"))
_TELLING: Final = _PLAIN_SIDES | {
    Tag.STOPPED, Tag.EXIT, Tag.SCRATCH, Tag.BREAK_EVEN, Tag.HIT, Tag.DONE, Tag.TARGET, Tag.STOP,
    Tag.PLAN, Tag.ADD, Tag.MICROS, Tag.MINIS, Tag.WIN, Tag.LOSS,
}  # fmt: skip
_OPTIONS: Final = frozenset(("calls", "puts"))
_COSTS: Final = frozenset(
    (
        "from",
        "paid",
        "cost",
        "cost basis",
        "basis",
        "avg cost",
        "einstand",
        "einstandskurs",
        "kaufkurs",
        "precio medio",
        "preco medio",
    )
)
_REST: Final = frozenset(("other", "rest", "remaining", "remainder", "runner", "runners", "second", "last"))
_HELD: Final = frozenset(("everything", "all", "rest", "remaining", "remainder", "last", "half", "my"))
_AVERAGES: Final = frozenset(("avg", "average", "avg price", "average price", "avg entry", "average entry"))
_THEN: Final = frozenset(("and", "then", "&", "y", "e", "et", "und"))
_LOOSE: Final = frozenset(("up", "down", "red", "green", "plus", "minus")) | frozenset(
    ("burned", "torched", "blew", "coughed up", "cost me", "gave away", "gave the market", "took a hit of", "paid me")
)
_MOST_BEHIND: Final = 16
_CLAUSE_ENDS: Final = frozenset((",", ";", ".", "|"))
_SETTING: Final = _CLAUSE_ENDS | {"set"}
"""Before "BE" these make it where the stop is put: "close half and set BE"."""


@dataclass(slots=True)
class Telling:
    """The words' side of a trade.

    closing   places of side words that end it: the "sold" of "bought … sold …"
    stopped, scratched, even, hit  left at the stop, at the entry, "at BE", at the target
    results   a result was named that is no money
    parted    "half" or "rest", of which is told after a target was hit
    symbol_said  the symbol, with nicknames decided by how size is counted and micros by their word
    """

    symbol: Item | None = None
    direction: Direction | None = None
    direction_span: tuple[int, int] | None = None
    closing: frozenset[int] = frozenset()
    left: bool = False
    stopped: bool = False
    scratched: bool = False
    even: bool = False
    hit: bool = False
    planned: bool = False
    adding: bool = False
    results: bool = False
    side_order: bool = False
    option: bool = False
    futures: bool = False
    coins: bool = False
    micro: Tag | None = None
    parted: str = ""
    symbol_said: str | None = None

    @property
    def counts_whole(self) -> bool:
        """Futures and shares, of which nobody holds a part."""
        if self.symbol is None:
            return False
        known = contract(self.symbol.symbol) if self.symbol.how == "table" else None
        return self.symbol.how in ("ticker", "cashtag") or (known is not None and known.kind == "future")

    @property
    def shares(self) -> bool:
        return self.symbol is not None and self.symbol.how in ("ticker", "cashtag")

    @property
    def point_value(self) -> Decimal | None:
        symbol = self.symbol_said
        known = contract(symbol) if symbol else None
        return known.point_value if known is not None and known.confirmed else None


def told(items: Items) -> Telling:
    """The words of a trade, read once from left to right."""
    telling = Telling()
    _side(items, telling)
    for n, item in enumerate(items):
        if item.kind == "symbol":
            _symbol(items, n, telling)
        elif item.tag is None:
            continue
        elif item.tag in _TELLING:
            _word(items, n, telling)
        elif item.kind == "number" and item.word in UNITS:
            telling.futures |= UNITS[item.word] == "contracts"
            telling.coins |= UNITS[item.word] == "coins"
    if telling.symbol is not None:
        telling.symbol_said = _symbol_said(telling.symbol, telling)
    return telling


def _symbol_said(item: Item, telling: Telling) -> str:
    symbol = item.symbol
    if telling.futures or (telling.micro is not None and item.how == "nickname"):
        symbol = nicknamed(item.word, "contracts") or symbol
    if symbol in ("BTC", "ETH") and not telling.futures and (telling.coins or telling.direction):
        return symbol + "USD"
    known = CONTRACTS.get(symbol)
    if known is not None and telling.micro is Tag.MICROS:
        return known.micro or symbol
    if known is not None and telling.micro is Tag.MINIS:
        return known.micro_of or symbol
    return symbol


def _side(items: Items, telling: Telling) -> None:
    """Long and short are told by these words where they are said, else by the first thing that was done."""
    sides = [] if _SIDES.isdisjoint(items.tags) else [n for n, item in enumerate(items) if item.tag in OPENING]
    if not sides:
        telling.direction = _side_of_a_position(items)
        return
    plain = [n for n in sides if items[n].tag in _PLAIN_SIDES]
    if plain and len(plain) < len(sides) and items[plain[0]].word in _OPTIONS:
        plain, sides = [], [n for n in sides if items[n].word not in _OPTIONS]  # puts that were bought are held
    first = plain[0] if plain else sides[0]
    tag = items[first].tag
    assert tag is not None  # noqa: S101  all of `sides` have one
    direction = OPENING[tag]
    if not plain and _turns(items, first, sides, direction):
        direction = "short" if direction == "long" else "long"
    telling.direction, telling.direction_span = direction, (items[first].start, items[first].end)
    telling.closing = frozenset(
        n
        for n in sides
        if items[n].tag in _VERBS and (items[n].tag is Tag.COVER or _said(items[n]) != telling.direction)
    )
    telling.left |= bool(telling.closing)
    telling.planned |= not _ORDERS.isdisjoint(items.tags)
    telling.side_order |= any(items[n].word in _IMPERATIVES for n in sides)


def _turns(items: Items, n: int, sides: Sequence[int], direction: Direction) -> bool:
    """Whether the first verb tells how the trade ended."""
    if len(sides) == 1:
        return _sells_what_is_held(items, n) or (not _AVERAGES.isdisjoint(items.words) and _sells_all(items, n))
    if _is_told_last(items, n, sides) or (direction == "short" and _sells_own(items, n, sides)):
        return True
    return len({_said(items[m]) for m in sides}) == 1 and _sells_what_is_held(items, n)


def _side_of_a_position(items: Sequence[Item]) -> Direction | None:
    """The sign of "+2 NQZ6 18250 18290", as brokers list positions: by the contract with its month."""
    if len(items) < 3 or items[0].kind != "number" or not items[0].sign or not is_signed_count(items, 0):
        return None
    dated = items[1].how == "table" and items[1].text.upper() != items[1].symbol
    return None if not dated else "long" if items[0].sign == "+" else "short"


def _sells_own(items: Sequence[Item], n: int, sides: Sequence[int]) -> bool:
    """ "sold my SOFI at 15.60, bought at 14.25": the later verb tells how it began."""
    own = n + 1 < len(items) and items[n + 1].word == "my"
    return own and any(items[m].tag is Tag.BUY for m in sides if m > n)


def _is_told_last(items: Sequence[Item], n: int, sides: Sequence[int]) -> bool:
    """ "sold NVDA 142.80, bought this morning 139.15": how it began stands last, with a word of before."""
    began = next((m for m in sides if m > n and items[m].tag in _BEGINNING and items[m].tag is not items[n].tag), None)
    if began is None or items[n].tag not in _BEGINNING:
        return False
    if items[began - 1].word == "(":
        return True
    if items[n].tag is Tag.BUY and items[began - 1].word in _THEN:
        return False  # "bought QQQ at 1.32 this morning and sold it at 1.95"
    if items[n].tag is Tag.BUY and any(word in BEFORE for i in items[n + 1 : began] for word in i.word.split()):
        return False  # "bought 181.20 mon, sold 186.90 thu"
    ends = (m for m in range(began + 1, len(items)) if items[m].word in _CLAUSE_ENDS or items[m].kind == "break")
    told = items[max(n + 1, began - 2) : next(ends, len(items))]
    return any(word in BEFORE for item in told for word in item.word.split())


def _sells_what_is_held(items: Sequence[Item], n: int) -> bool:
    """ "cost 13.05, sold 12.40": the verb ends a trade whose entry is told otherwise."""
    if items[n].tag is not Tag.SELL:
        return False
    first = next((m for m in range(n + 1, len(items)) if items[m].kind == "number"), len(items))
    named = [
        m
        for m in range(n)
        if items[m].tag is Tag.ENTRY and any(i.kind == "number" for i in items[m + 1 : min(m + 4, n)])
    ]
    own = any(item.word == "my" for item in items[n + 1 : first])
    return bool(named) or any(
        i.word in _COSTS or _is_in_at(items, m) or (own and i.tag is Tag.ENTRY)
        for m, i in enumerate(items[first:], first)
    )


def _sells_all(items: Sequence[Item], n: int) -> bool:
    """ "all out of SOFI, sold 8.12, average was 7.45", "sold everything at 15.20, average 16.05"."""
    if items[n].tag is not Tag.SELL:
        return False
    left = any(item.tag is Tag.EXIT for item in items[:n]) or any(i.word in _HELD for i in items[n + 1 : n + 4])
    return any(
        item.word in _AVERAGES and (left or items[m + 1].word in ("was", "were"))
        for m, item in enumerate(items[n + 1 : -1], n + 1)
    )


def _is_in_at(items: Sequence[Item], n: int) -> bool:
    return items[n].tag is Tag.ENTRY_IF_NUMBER and n + 1 < len(items) and items[n + 1].tag is Tag.AT


def _said(item: Item) -> Direction | None:
    return OPENING.get(item.tag) if item.tag is not None else None


def _symbol(items: Sequence[Item], n: int, telling: Telling) -> None:
    item = items[n]
    if telling.symbol is None or _is_better(item, telling.symbol):
        telling.symbol = item
    after = items[n + 1] if n + 1 < len(items) else None
    if after is not None and (after.word in FUTURES or UNITS.get(after.word) == "contracts"):
        telling.futures = True
    before = items[n - 1] if n else None
    if before is not None and before.tag in (Tag.WIN, Tag.LOSS):
        telling.results = True


def _is_better(item: Item, known: Item) -> bool:
    """ "#BTC #BTCUSD" is the pair; "nikkei … 1 NKD" and "dax … FDXM" the contract of the nickname's market."""
    if item.how == "pair" and known.how in ("coin", "pair"):
        return True
    return known.how == "nickname" and item.how == "table" and known.symbol not in (item.symbol,)


def _word(items: Sequence[Item], n: int, telling: Telling) -> None:
    item = items[n]
    tag = item.tag
    if tag is Tag.STOPPED:
        telling.stopped = telling.left = True
    elif tag is Tag.EXIT:
        telling.left = True
    elif tag is Tag.SCRATCH:
        rest = _is_of_the_rest(items, n)
        telling.scratched, telling.even = telling.scratched or not rest, telling.even or rest
    elif tag is Tag.BREAK_EVEN:
        before = items[n - 1].tag if n else None
        rest = _is_of_the_rest(items, n)
        rest |= before is Tag.AT and n > 1 and items[n - 2].tag is Tag.COUNT  # "one at be"
        named = item.text.isupper() or item.word != "be" or rest or before in (Tag.AT, Tag.EXIT, Tag.STOPPED)
        left = telling.left or "half" in item.word  # "first half 19820, second half at entry"
        left_before = rest and left and before not in (Tag.STOP, Tag.MOVE) and items[n - 1].word != "to"
        telling.even |= named and (left_before or _is_exit_near(items, n))
    elif tag is Tag.HIT:
        _hit(items, n, telling)
        telling.parted = telling.parted or _rest_behind(items, n)
    elif tag is Tag.DONE:
        _done(items, n, telling)
    elif tag is Tag.TARGET:
        telling.hit |= is_led_out(items, n) or (items[n - 1].word == ">" and _is_led_to(items, n))
    elif tag is Tag.STOP and (is_led_out(items, n) or (items[n - 1].word == ">" and _is_led_to(items, n))):
        telling.stopped = telling.left = True
    elif tag is Tag.PLAN:
        telling.planned = True
    elif tag is Tag.ADD:
        telling.adding = True
    elif tag in (Tag.MICROS, Tag.MINIS):
        telling.micro = tag
    elif tag in (Tag.WIN, Tag.LOSS):
        telling.results = telling.results or not _is_loose(item)
    elif tag in _PLAIN_SIDES and item.word in _OPTIONS:
        telling.option = True


def _is_of_the_rest(items: Sequence[Item], n: int) -> bool:
    """ "the other one be", "other two stopped be"."""
    return any(beside.word in _REST for beside in items[max(0, n - 2) : n])


def _is_loose(item: Item) -> bool:
    """Words that mean a result only directly before a number: "up 420", not "adding up to", "cost me two accounts"."""
    return item.word in _LOOSE


def _is_exit_near(items: Sequence[Item], n: int) -> bool:
    """An exit word in the same clause before "BE", which is otherwise where a stop was moved to."""
    for item in reversed(items[max(0, n - 10) : n]):
        if item.tag in (Tag.EXIT, Tag.STOPPED, Tag.COVER):
            return True
        if (item.tag in HEADS and item.tag not in MONEY_HEADS) or item.tag is Tag.MOVE or item.word in _SETTING:
            return False
    return False


def _is_led_to(items: Sequence[Item], n: int) -> bool:
    """The last word of "long 6030 sl 6026 tp 6038 > tp": where it ended."""
    after = items[n + 1] if n + 1 < len(items) else None
    named = after is not None and (after.word == ":" or (after.kind == "number" and not after.sign and not after.money))
    from_ = n - 3 if n > 2 and items[n - 2].word == "-" else n - 2  # "->" or ">"
    return from_ >= 0 and items[from_].kind == "number" and not named


def _done(items: Sequence[Item], n: int, telling: Telling) -> None:
    """ "tp 1.2644 filled", "stop filled 6026": the level before it is where the trade was left."""
    level = items[n - 1] if n else None
    if level is not None and level.kind == "number":
        level = items[n - 2] if n > 1 else None
        if n + 1 < len(items) and items[n + 1].kind == "number" and items[n].word != "✅":
            return  # "sl 1.2710 filled 1.2688": of the entry
    if items[n].word == "✅" and not any(item.sign or item.money for item in items):
        return  # only an ornament
    if level is not None and level.tag is Tag.TARGET:
        telling.hit = telling.left = True
    elif level is not None and level.tag is Tag.STOP:
        telling.stopped = telling.left = True


def _rest_behind(items: Sequence[Item], n: int) -> str:
    """ "half" or "rest", where what was left of the trade is told behind a level that was hit."""
    words = {word for item in items[n + 1 : n + _MOST_BEHIND] for word in item.word.split()}
    if _REST.isdisjoint(words):
        return ""
    return "half" if "half" in words else "rest"


def _hit(items: Sequence[Item], n: int, telling: Telling) -> None:
    """ "target 18420 reached", "hit my 37.5 stop": the level beside it is where the trade was left."""
    if items[n].word.endswith((" target", " tp")):
        telling.hit = telling.left = True
        return
    ahead = items[n + 1 : n + 5]
    if (
        n
        and ahead
        and ahead[0].tag is Tag.TARGET
        and (items[n - 1].word in _CLAUSE_ENDS or items[n - 1].kind == "break")
    ):
        telling.hit = telling.left = True  # "sl 98.20. Hit tp"
        return
    for item in (*reversed(items[max(0, n - 5) : n]), *ahead):
        if item.word in _CLAUSE_ENDS or item.kind == "break":
            continue
        if item.tag is Tag.STOP:
            telling.stopped = telling.left = True
            return
        if item.tag is Tag.TARGET:
            telling.hit = telling.left = True
            return
