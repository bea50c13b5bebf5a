"""Cuts a message into the trades it tells of.

A clause ends at a line break, a semicolon, a comma, a full stop or "and"/"then". A clause begins another trade when
the trade so far is complete enough and the clause names an instrument, opens a side or goes from price to price of its
own, or where the message counts its trades. A trade that names no instrument or side takes those of the one before it
("es longs: 6033 > 6037, 6031 > 6029").
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.reading.gathering import alike
from bot.reading.handing import levels_behind, with_levels
from bot.reading.heading import is_paid, is_price, of_results, results_behind, with_head, with_results
from bot.reading.items import Item, Items
from bot.reading.numbering import PART, opens, parted
from bot.reading.roles import OPENING
from bot.reading.sharing import SAME
from bot.reading.words import Tag
from bot.trading.contracts import CONTRACTS, nicknamed

_ENDS = frozenset({";", ",", ".", "|", "!", "&"})
_MOST_OF_AN_ENTRY = 2
"""Prices; the other side with more of them is where a trade is to be left."""
_STRONG_ENDS = frozenset({";", ".", "|"})
_JOINING = frozenset(
    {"and", "then", "y", "und", "e", "et", "plus", "puis", "dann", "luego", "depois", "but", "pero", "aber"}
)
_AGAIN = frozenset(
    ("again", "retried", "reentered", "reentry", "nochmal", "erneut", "encore", "novamente", "nuevamente", "снова")
)
_LEADING = frozenset((">", "to"))
"""From one price to another: "6031 > 6029", "21490 to 21502"."""
_LEADING_ON = frozenset(("a", "bis", "ate", "hasta", "до"))
"""The same in other languages, between two numbers: "6031 a 6029"."""
_BEGINNING = _AGAIN | _LEADING | _LEADING_ON
_MAY_END = _ENDS | _JOINING | {"/", "•"}
_RESULTS = frozenset({Tag.DISTANCE, Tag.MONEY})
_LEAVING = frozenset({Tag.EXIT, Tag.COVER, Tag.STOPPED, Tag.SCRATCH})
_OF_ONE_TRADE = frozenset({Tag.ADD, Tag.EXIT, Tag.COVER, Tag.STOP, Tag.TARGET, Tag.ENTRY, Tag.MOVE})
"""A clause with one of these goes on with the trade before it."""
_DOING = OPENING.keys() | _LEAVING | {Tag.MOVE, Tag.ENTRY, Tag.ADD}
_EVEN = frozenset({Tag.BREAK_EVEN, Tag.SCRATCH})
_MOST_COMPARED = 12


@dataclass(slots=True)
class _Group:
    """A clause, or the clauses of a trade so far."""

    items: list[Item] = field(default_factory=list)
    symbols: dict[str, Item] = field(default_factory=dict)
    sides: list[Item] = field(default_factory=list)
    prices: list[float] = field(default_factory=list)
    results: int = 0
    paid: bool = False
    left: bool = False
    even: bool = False
    led: bool = False
    again: bool = False
    goes_on: bool = False
    strong_end: bool = True
    counted: bool = False

    @property
    def told(self) -> bool:
        """Enough was said that another instrument begins another trade."""
        return bool(self.symbols) and bool(self.prices or self.results or (self.left and self.sides))

    @property
    def paired(self) -> bool:
        """Two prices of one scale stand in it: an entry and an exit, or a level."""
        prices = self.prices[:_MOST_COMPARED]
        if self.led and len(prices) > 1:
            return True
        return any(alike(one, other) for n, one in enumerate(prices) for other in prices[n + 1 :])

    @property
    def whole(self) -> bool:
        """Side, price and result: another side begins another trade."""
        return self.paid and bool(self.sides and self.prices)

    def names_stop(self) -> bool:
        """The "aave 12 sl 11" of a list, where a price as low is no count."""
        pairs = pairwise(self.items)
        return any(item.tag is Tag.STOP and after.kind == "number" for item, after in pairs)

    def side(self) -> str | None:
        tag = self.sides[0].tag if self.sides else None
        return OPENING[tag] if tag is not None else None


def trades_in(items: Items) -> list[Items]:
    """The items of each trade, in order."""
    return [items] if _tells_of_one(items) else list(map(Items, _several_in(items)))


def _several_in(items: Sequence[Item]) -> list[list[Item]]:
    items = parted(items)
    results = results_behind(items)
    if results:
        before = [item for item in items if item.start < results[0].start]
        listed = with_results(_cut(before), results) or of_results(before, results)
        if listed is not None:
            return with_head(listed)
    told, levels = levels_behind(items)
    if levels and (handed := with_levels(_cut(told), levels)) is not None:
        return with_head(handed)
    parts = _cut(items)
    return with_head(parts) if len(parts) > 1 else parts


def _cut(items: Sequence[Item]) -> list[list[Item]]:
    groups: list[_Group] = []
    for clause in _clauses(items):
        if len(groups) > 1 and _is_total(clause):
            continue
        if groups and not _begins_another(groups[-1], clause):
            _join(groups[-1], clause)
        else:
            if groups:
                _inherit(groups[-1], clause)
            groups.append(clause)
    parts = [group.items for group in groups if group.items]
    return [part for part in parts if not _only_moves(part)] or parts


def _only_moves(part: Sequence[Item]) -> bool:
    """ "moved the stop on my es short to 6004" in a list is news of a known trade."""
    first = next((item.tag for item in part if item.tag in _DOING), None)
    return first is Tag.MOVE and any(item.tag is Tag.STOP for item in part)


def _tells_of_one(items: Items) -> bool:
    """Whether no clause can begin another trade: no second instrument, and no side or ">" behind what tells of one."""
    symbol, facts, paid = None, False, 0
    begins = not _BEGINNING.isdisjoint(items.words)
    for n, item in enumerate(items):
        kind, tag = item.kind, item.tag
        if kind == "symbol":
            if symbol not in (None, item.symbol):
                return False
            symbol = item.symbol
        elif begins and item.word in _BEGINNING and _begins(items, n):
            return False
        elif kind == "number":
            facts, paid = True, paid + bool(item.sign)
        elif tag is not None:
            if facts and symbol is not None and tag in OPENING:
                return False
            facts = facts or tag in _LEAVING
    return bool(items) and paid < 2


def _begins(items: Sequence[Item], n: int) -> bool:
    return items[n].word in _AGAIN or _leads(items, n)


def _is_total(clause: _Group) -> bool:
    """ "Net +120" below several trades is none of theirs."""
    first = next((item for item in clause.items if item.kind != "break"), None)
    summed = first is not None and first.tag in (Tag.PNL, Tag.NET)
    return summed and bool(clause.results) and not clause.symbols and not clause.sides


def _clauses(items: Sequence[Item]) -> list[_Group]:
    clauses: list[_Group] = []
    current: list[Item] = []
    strong = True
    for n, item in enumerate(items):
        named = item.kind == "symbol" and current and is_paid(current[-1]) and _names_another(current, item)
        if item.how == PART or named:  # "nq +640 es -212.50 cl flat"
            clauses.append(_described(current, strong))
            current, strong = [], True
        current.append(item)
        if (item.word not in _MAY_END and item.kind != "break") or item.how == PART:
            continue
        slashed = item.word in ("/", "•") and _opens_behind(items, n)
        if item.kind == "break" or item.word in _ENDS or slashed or (item.kind == "word" and item.word in _JOINING):
            joins = len(current) == 1 and item.kind == "word"  # "; then short again" ends at the semicolon
            clauses.append(_described(current, strong))
            strong = (joins and strong) or item.kind == "break" or item.word in _STRONG_ENDS
            current = []
    clauses.append(_described(current, strong))
    return clauses


def _opens_behind(items: Sequence[Item], n: int) -> bool:
    """Whether a "/" parts two trades, and not two prices: "nq long 21510 / 21524"."""
    before, after = items[n - 1], items[n + 1] if n + 1 < len(items) else None
    if after is not None and is_price(before) and is_price(after) and alike(*map(_near, (before, after))):
        return False
    return any(opens(ahead) for ahead in items[n + 1 : n + 4])


def _near(item: Item) -> float:
    return float(item.value or 0)


def _leads(items: Sequence[Item], n: int) -> bool:
    """From one price to another."""
    word = items[n].word
    if word in _LEADING_ON and 0 < n < len(items) - 1:
        return items[n - 1].kind == items[n + 1].kind == "number"
    return word in _LEADING


def _names_another(clause: Sequence[Item], symbol: Item) -> bool:
    return any(item.kind == "symbol" and item.symbol != symbol.symbol for item in clause)


def _described(items: list[Item], strong: bool) -> _Group:
    group = _Group(items=items, strong_end=strong)
    for n, item in enumerate(items):
        tag = item.tag
        if item.kind == "symbol":
            group.symbols[item.symbol] = item
        elif item.kind == "number" and item.value is not None:
            if tag in _RESULTS or item.sign or item.money:
                group.results += 1
                group.paid |= bool(item.sign) and tag is not Tag.DISTANCE
            elif is_price(item) or (tag is None and n and _leads(items, n - 1)):
                group.prices.append(float(item.value))
        elif item.word in _BEGINNING and _begins(items, n):
            group.again |= item.word in _AGAIN
            group.led |= item.word not in _AGAIN
        elif tag is not None:
            if tag in OPENING and tag is not Tag.COVER:
                group.sides.append(item)
            group.left |= tag in _LEAVING
            group.even |= tag in _EVEN
            group.goes_on |= tag in _OF_ONE_TRADE
            if tag is Tag.ADD:
                group.sides = []
        elif item.how == PART:
            group.counted = True
    return group


def _begins_another(trade: _Group, clause: _Group) -> bool:
    """Whether a clause tells of another trade than the one so far."""
    if clause.counted and (trade.told or (trade.counted and (trade.symbols or (trade.sides and clause.sides)))):
        return bool(clause.symbols or clause.sides or clause.prices or clause.results)
    if not trade.told and not (clause.symbols and trade.symbols and trade.names_stop()):
        return bool(clause.symbols and (clause.sides or clause.prices)) and _only_moves(trade.items)
    if any(not _is_coin_of(symbol, trade) for symbol in clause.symbols.keys() - trade.symbols.keys()):
        told = clause.sides or clause.prices or clause.results or clause.left or clause.even
        told = told or any(item.word in SAME for item in clause.items)  # "3 mnq same prices"
        return bool(told) or (_is_header(clause) and not _are_of_one_market(trade, clause))
    if any(item.tag is Tag.ADD for item in clause.items):
        return False
    over = clause.strong_end or clause.paired or (bool(clause.sides) and trade.left)
    if clause.again and clause.prices and over:
        return trade.paired or trade.left or trade.paid
    if not clause.sides and not (clause.symbols and clause.paid):
        return clause.paired and trade.paired and not clause.goes_on and clause.led
    if len(clause.prices) > _MOST_OF_AN_ENTRY and not clause.symbols and _turns(trade, clause):
        return False  # "buy 655-648\nsell 672 - 690 - 715"
    if _turns(trade, clause) and not (trade.left or trade.paired or trade.whole):
        return False  # "bought 5560.75 … sold 5564"
    if clause.symbols:
        again = clause.side() == trade.side() or trade.left or trade.paired
        return again and (bool(clause.prices) or (clause.paid and trade.paid))
    done = trade.whole or ((trade.left or trade.led or len({item.tag for item in trade.sides}) > 1) and trade.paired)
    if clause.paired and trade.paired and (done or not clause.goes_on):
        return True
    plain = clause.sides[0].tag in (Tag.LONG, Tag.SHORT)
    if done and plain and clause.prices and _turns(trade, clause):
        return True  # "closed 2391, flipped short at 2391"
    return done and bool(clause.prices) and clause.strong_end and (plain or not _turns(trade, clause) or clause.left)


def _is_coin_of(symbol: str, trade: _Group) -> bool:
    """The "eth" of "ethusdt long 3120 to 3185, 1.5 eth"."""
    return any(known.startswith(symbol) for known in trade.symbols)


def _are_of_one_market(trade: _Group, clause: _Group) -> bool:
    """ "gold futs long 2640. 3 mgc": the second names the contract, no other trade."""
    return _markets(clause) <= _markets(trade)


def _markets(group: _Group) -> set[str]:
    """The full-sized contracts of what a group names."""
    known = ((nicknamed(item.word, "contracts") or symbol) for symbol, item in group.symbols.items())
    return {(contract.micro_of if (contract := CONTRACTS.get(symbol)) else None) or symbol for symbol in known}


def _is_header(clause: _Group) -> bool:
    """A line that holds nothing but the next instrument's name."""
    return len([i for i in clause.items if i.kind not in ("break", "mark")]) <= 2 and clause.strong_end


def _turns(trade: _Group, clause: _Group) -> bool:
    return bool(trade.sides) and clause.side() != trade.side()


def _inherit(trade: _Group, clause: _Group) -> None:
    """What a trade leaves unsaid because the one before it said it."""
    if clause.symbols:
        _inherit_side(trade, clause)
        _inherit_exit(trade, clause)
        return
    if not (clause.prices or clause.results or clause.counted) or not trade.symbols:
        return
    clause.symbols = dict(trade.symbols)
    said = [next(iter(trade.symbols.values()))]
    if not clause.sides and trade.sides:
        said.append(trade.sides[0])
        clause.sides = trade.sides[:1]
    clause.items = said + clause.items


def _inherit_side(trade: _Group, clause: _Group) -> None:
    """ "bought 10 TSLA 345, 20 AMD 140": a side before all else goes on while what follows has the same shape."""
    if clause.sides or clause.strong_end or not (trade.sides and clause.prices):
        return
    side = trade.sides[0]
    told = [item for item in trade.items if item.kind == "symbol" or item.value is not None]
    if told and side.start < told[0].start and _goes_on_as(trade, clause):
        clause.sides = trade.sides[:1]
        clause.items = [side, *clause.items]


def _goes_on_as(trade: _Group, clause: _Group) -> bool:
    """Whether a clause has the shape of the trade, perhaps with "at the open" behind it."""
    shape, behind = _shape(trade), _shape(clause)
    return behind[: len(shape)] == shape and behind[len(shape) :] in ([], [Tag.AT])


def _inherit_exit(trade: _Group, clause: _Group) -> None:
    """ "out of AMZN at 181.30 (+220) and GOOGL at 156.20 (+90)"."""
    first = trade.items[0]
    if first.tag is not Tag.EXIT or clause.left or clause.sides or trade.sides:
        return
    if _shape(trade)[1:] == _shape(clause):
        clause.items, clause.left = [first, *clause.items], True


def _shape(group: _Group) -> list[str]:
    """Instruments, numbers and what names or joins them, without sides and separators."""
    return [
        item.tag or (item.word if item.word in _LEADING else item.kind)
        for item in group.items
        if item.tag not in OPENING and (item.tag is not None or item.kind in ("symbol", "number") or item.word == ">")
    ]


def _join(trade: _Group, clause: _Group) -> None:
    if (
        not (trade.prices or trade.results or trade.sides)
        and clause.symbols.keys()
        and trade.symbols.keys() - clause.symbols.keys()
        and not _are_of_one_market(clause, trade)
    ):
        trade.items = [item for item in trade.items if item.kind != "symbol"]
        trade.symbols = {}
    trade.items.extend(clause.items)
    trade.symbols |= clause.symbols
    trade.sides += clause.sides
    trade.prices += clause.prices
    trade.results += clause.results
    trade.paid |= clause.paid
    trade.counted |= clause.counted
    trade.left |= clause.left
    trade.led |= clause.led
