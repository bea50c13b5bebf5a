"""The exit of a trade that is open in the journal: what was left, at which price, and how much of it."""

from dataclasses import replace
from decimal import Decimal

from bot.reading.context import Context
from bot.reading.gathering import Said, near
from bot.reading.items import Items
from bot.reading.shorthand import completed
from bot.reading.spelling import names_symbol
from bot.reading.words import Tag
from bot.trading.contracts import contract
from statemachine.events import Closed
from statemachine.trade import Derived, TradeFields

_LEAVING = frozenset({Tag.EXIT, Tag.STOPPED, Tag.COVER, Tag.SCRATCH, Tag.SELL, Tag.BUY})
_VERBS = frozenset({Tag.SELL, Tag.BUY, Tag.COVER})
_TURNING = frozenset({Tag.SELL, Tag.BUY})
_EVEN = frozenset({Tag.SCRATCH, Tag.BREAK_EVEN})
_LEFT = frozenset({Tag.EXIT, Tag.STOPPED})
_NAMES_OF_THE_EXIT = frozenset(("exit", "exits", "exit price", "close price"))
"""These name a fact of the trade that waits; "out" and "sold" tell of something that was done."""
_OF_A_CLOSE = frozenset({"symbol", "exit_price", "exit_time", "day", "position_size", "commissions", "note"})
_REST = frozenset(("rest", "remaining", "remainder", "runner", "runners"))
_FAR_OFF = 4
"""No price of a trade that is held lies so many times off its entry."""
_PARTS = frozenset(("some", "part", "partial", "partials", "piece", "most"))


def closed(told: tuple[Said, ...], items: Items, context: Context) -> Closed | None:
    """The exit of an open trade: leaving words or a price, and no entry of its own."""
    if len(told) != 1:
        return None
    if not context.open_trades:
        return _closed_of_nothing(told[0], items, context)
    fields = told[0].fields
    if (_LEAVING.isdisjoint(items.tags) and not hits_target(items)) or None not in (
        fields.entry_price,
        fields.exit_price,
    ):
        return None
    named = _open_symbol(items, context.open_trades) or _symbol_of_the_rest(items, context)
    fields = replace(fields, symbol=fields.symbol or named)
    verb = not _VERBS.isdisjoint(items.tags)
    target = _matching(context.open_trades, fields, turns=not _TURNING.isdisjoint(items.tags))
    if target is None and verb and _LEFT.isdisjoint(items.tags):
        return None
    price = fields.exit_price if fields.exit_price is not None else fields.entry_price
    counted = price is not None and target is not None and _is_count(items, fields, price, target)
    if counted:
        fields, price = replace(fields, position_size=price), None
    elif price is None:
        price = _level_left_at(items, target)
    elif target is not None and (whole := _whole(price, target)) != price:
        fields = replace(fields, derived=(*fields.derived, Derived("exit_price", "shorthand", str(price))))
        price = whole
    part = _part(items, fields, target)
    told_part = target is not None and part is not None and (counted or leaves_a_part(items))
    if (price is None and fields.pnl is None and not told_part) or part == 0:
        return None
    direction = target.direction if verb and target is not None else fields.direction
    left = replace(fields, entry_price=None, entry_time=None, exit_price=price, direction=direction)
    return Closed(fields=replace(left, position_size=part))


def _is_count(items: Items, fields: TradeFields, price: Decimal, target: TradeFields) -> bool:
    """ "closed 1" of two contracts at 21450, which no price stands beside."""
    entry, held = target.entry_price, target.position_size
    if entry is None or held is None or fields.position_size is not None:
        return False
    away = price * _FAR_OFF < entry or price > entry * _FAR_OFF
    return away and 0 < price <= held and price % 1 == 0 and all(item.tag is not Tag.AT for item in items)


def _whole(price: Decimal, target: TradeFields) -> Decimal:
    """ "out 85" of a trade at 21450; one digit alone is no end of a price."""
    return completed(price, target.entry_price) if price >= 10 else price


def _closed_of_nothing(said: Said, items: Items, context: Context) -> Closed | None:
    """ "covered 1 at 5315" with no open trade in the journal: still a close, which the conversation answers as such."""
    fields = said.fields
    if context.state not in ("idle", "awaiting_screenshot") or fields.exit_price is None or fields.pnl is not None:
        return None
    if fields.entry_price is not None:
        return None
    covers = Tag.COVER in items.tags
    done = covers or any(i.tag in _LEFT and i.word not in _NAMES_OF_THE_EXIT for i in items)
    facts = fields.said().keys() - _OF_A_CLOSE - ({"direction"} if covers else set())
    return Closed(fields=fields) if done and not facts and not leaves_a_part(items) else None


def leaves_a_part(items: Items) -> bool:
    """ "sold half", "took partials": a part of a trade was left."""
    if _LEAVING.isdisjoint(items.tags):
        return False
    return any(word in _PARTS or word == "half" for item in items for word in item.word.split())


def is_another_leg(event: Closed, items: Items, context: Context) -> bool:
    """A close beside a draft that waits, not a correction of it: told as done, of a trade that is still held."""
    words = {word for item in items for word in item.word.split()}
    if words & _REST:
        return True
    if not any(item.tag in _LEAVING and item.word not in _NAMES_OF_THE_EXIT for item in items):
        return False
    fields = event.fields
    return any(fields.symbol in (None, held.symbol) and _may_trade_at(held, fields) for held in context.left_open())


def _may_trade_at(held: TradeFields, left: TradeFields) -> bool:
    price, entry = left.exit_price, held.entry_price
    return left.symbol is not None or price is None or entry is None or near(price, entry)


def _open_symbol(items: Items, open_trades: tuple[TradeFields, ...]) -> str | None:
    """The instrument of an open trade, named by a word that is an everyday one elsewhere: "closed the es for +400"."""
    words = [item.word for item in items if item.kind == "word"]
    named = {trade.symbol for trade in open_trades if any(names_symbol(word, trade.symbol) for word in words)}
    return next(iter(named)) if len(named) == 1 else None


def _symbol_of_the_rest(items: Items, context: Context) -> str | None:
    """The rest, among several open trades, is of the one whose first part still waits."""
    if len(context.open_trades) < 2 or not _REST & {word for item in items for word in item.word.split()}:
        return None
    begun = {d.symbol for d in context.drafts if any(_is_of(d, trade) for trade in context.open_trades)}
    return next(iter(begun)) if len(begun) == 1 else None


def _is_of(draft: TradeFields, trade: TradeFields) -> bool:
    names = ("symbol", "direction", "entry_price")
    return not draft.is_open and all(getattr(draft, name) == getattr(trade, name) for name in names)


def _matching(open_trades: tuple[TradeFields, ...], fields: TradeFields, *, turns: bool) -> TradeFields | None:
    """The one open trade that is meant; None where there are several. Selling leaves a long trade (`turns`)."""
    meant = [t for t in open_trades if fields.symbol in (None, t.symbol)]
    if fields.direction is not None:
        meant = [t for t in meant if (t.direction != fields.direction) == turns]
    return meant[0] if len(meant) == 1 else None


def _level_left_at(items: Items, trade: TradeFields | None) -> Decimal | None:
    """Where "stopped out", "out at BE" and "hit tp" leave a known trade."""
    if trade is None:
        return None
    if not _EVEN.isdisjoint(items.tags):
        return trade.entry_price
    if hits_target(items):
        return trade.take_profit
    return trade.stop_loss if Tag.STOPPED in items.tags else None


def hits_target(items: Items) -> bool:
    """ "hit tp", "tp hit"; "tp1 hit" is news of one of several targets."""
    if Tag.HIT not in items.tags:
        return False
    facts = [item for item in items if item.kind not in ("word", "mark", "break", "symbol")]
    tags = {item.tag for item in facts if (item.word == "tp" and item.text.isalpha()) or item.tag is Tag.HIT}
    return tags == {Tag.TARGET, Tag.HIT} and len(facts) == 2


def _part(items: Items, fields: TradeFields, target: TradeFields | None) -> Decimal | None:
    """The size that was closed, None for all of it. 0: a part, but nobody can tell how much."""
    words = {word for item in items for word in item.word.split()}
    if fields.position_size is not None or not words & (_PARTS | {"half"}):
        return fields.position_size
    held = target.position_size if target is not None and "half" in words else None
    if held is None or target is None:
        return Decimal(0)
    known = contract(target.symbol) if target.symbol else None
    whole = known is not None and known.kind == "future" and held % 2
    return Decimal(0) if whole else held / 2
