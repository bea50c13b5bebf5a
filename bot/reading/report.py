"""What a message says when it is not an answer: reports, plans, exits of open trades, questions and talk."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import combinations, pairwise

from bot.reading.clauses import trades_in
from bot.reading.closings import closed, hits_target, leaves_a_part
from bot.reading.context import Context
from bot.reading.dividing import divided
from bot.reading.gathering import Said, near
from bot.reading.items import Item, Items
from bot.reading.orders import without_orders
from bot.reading.owning import standing
from bot.reading.peaks import without_peaks
from bot.reading.roles import OPENING
from bot.reading.sharing import in_a_list, shared, with_flat, with_same
from bot.reading.talk import OF_MANY, ends_asking, is_like_question, is_of_a_day, lone_number, only_facts
from bot.reading.times import clock_fields, with_times
from bot.reading.trades import gathered
from bot.reading.words import Tag
from bot.trading.contracts import contract
from statemachine.events import Asked, Chatted, Corrected, Event, Planned, Reported, Unread
from statemachine.plan import Levels
from statemachine.trade import Derived, TradeFields

_NOTHING = Decimal(0)
LARGEST = Decimal("1e12")
"""No price, size or amount of a trader's is larger; 1e308 and the like are attacks or slips."""
MOST_OF_A_CONTRACT = Decimal(100_000)
"""Contracts; no trader holds more, so a larger number is a slip or no size at all."""
MOST_LOTS = Decimal(1000)
"""A larger size of a currency is told in units, of which a lot has 100,000: it would be counted so many times over."""

SHORT = 12
"""Words and marks; a longer message that tells of no price is talk."""
MOST_PRICES = 20
"""Of one message, as many as are compared."""

_NAMING = frozenset({Tag.ENTRY, Tag.EXIT, Tag.STOP, Tag.TARGET, Tag.SIZE, Tag.FEES})
_DOING = frozenset(("out", "off", "closed", "close", "flat", "got out", "took off", "trimmed", "tpd", "in"))
"""Words of a close, which name no field of a trade that is known."""
_NO_NUMBERS = frozenset(("nan", "inf", "infinity", "1e308"))
_TRADING = frozenset({Tag.ENTRY, Tag.EXIT, Tag.STOP, Tag.TARGET, Tag.LONG, Tag.SHORT, Tag.SELL, Tag.BUY})
_NEWS = frozenset({Tag.MOVE, Tag.TARGET, Tag.HIT})
_MOVED = frozenset({Tag.MOVE, Tag.HIT})
_KNOWN = frozenset({Tag.MOVE, Tag.HIT, Tag.DONE, Tag.BREAK_EVEN})
"""What is said of a trade that is known."""
_SLIGHTLY = frozenset(("almost", "nearly", "missed", "watching", "watched", "thinking"))
_CLAUSES_END = frozenset((",", ".", ":", ";", "!"))
_ENTERING = frozenset({Tag.ENTRY, Tag.ENTRY_IF_NUMBER, Tag.ADD})
_WATCHING = frozenset(("watching", "watch", "eyeing", "keeping an eye", "keep an eye", "on my radar"))
_NOT_DONE = frozenset({Tag.WATCH, Tag.MISSED, Tag.OTHERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An event and, for what shows more than the event holds, the trades as they were said."""

    event: Event
    said: tuple[Said, ...] = field(default=())


def said_trades(items: Items, context: Context) -> tuple[Said, ...]:
    """Every trade a message tells of, times resolved; also those that are too little to record."""
    told, parts = [], trades_in(divided(without_peaks(without_orders(items))))
    for part in parts:
        said = gathered(part, clock_fields(part))
        said.fields = with_times(said.fields, said.entry_clock, said.exit_clock, part, context.now, context.zone)
        if _may_be_talk(said):
            said.standing = standing(part, said.fields)
        told.append(said)
    if len(told) == 1:
        return (told[0],)
    return shared(in_a_list(with_flat(with_same(tuple(told), parts), parts), parts), items)


def report(items: Items, context: Context) -> Reading:
    """The event of a message that answers nothing."""
    told = said_trades(items, context)
    trades = tuple([said for said in told if is_trade(said)])
    asked = is_like_question(items)
    if asked and not any(_is_full(said.fields) for said in trades) and not _tells(items, trades):
        return Reading(event=Asked(text=" ".join(item.text for item in items).strip()))
    if _not_done(items, trades) or _of_a_day(items, trades) or _is_payload(items):
        return Reading(event=Chatted(), said=trades)
    if not trades and any(said.standing == "talk" and _tells_of_a_trade(said) for said in told):
        return Reading(event=Chatted())
    left = closed(told, items, context)
    if left is not None and told[0].standing != "own":
        left = None
    if _only_moves(items, trades) and not (left is not None and hits_target(items)):
        return Reading(event=_late_target(told, items, context) or Chatted(), said=trades)
    if left is not None:
        unsure = Unread(understood=left.fields.without(frozenset({"exit_price"})))
        problem = impossible(Said(fields=left.fields), items)
        if problem is not None:
            return Reading(event=Unread(understood=left.fields, reason=problem), said=told)
        return Reading(event=unsure if told[0].unsure else left, said=told)
    if _is_part(told, items, context):
        return Reading(event=Unread(understood=told[0].fields), said=told)
    if not trades:
        return Reading(event=_late_correction(told, items, context) or _no_trade(items, told), said=told)
    if len(trades) > 1 and _are_quotes(items, trades):
        return Reading(event=Chatted(), said=trades)
    problem = next((found for said in trades if (found := impossible(said, items))), None)
    if problem is not None or ends_asking(items):
        return Reading(event=Unread(understood=trades[0].fields, reason=problem or "unclear"), said=trades)
    for said in trades:
        _take_side(said)
    fields = tuple([said.fields for said in trades])
    meant = trades[0].planned or Tag.WATCH in items.tags
    planned = meant and all(said.fields.exit_price is None and said.fields.pnl is None for said in trades)
    event = Planned(trades=fields, levels=tuple(map(_levels, trades))) if planned else Reported(trades=fields)
    return Reading(event=event, said=trades)


def _levels(said: Said) -> Levels:
    """What a plan says beyond the fields of its trade."""
    return Levels(entry_range=said.entry_range, targets=said.targets if len(said.targets) > 1 else ())


def _are_quotes(items: Items, trades: tuple[Said, ...]) -> bool:
    """ "BTC 98,420 | ETH 3,390": what things cost, where nothing is told of any but its price."""
    if trades[0].fields.direction is not None or trades[0].fields.exit_price is not None:
        return False
    if any(said.fields.said().keys() - {"day"} != {"symbol", "entry_price"} for said in trades):
        return False
    return _ENTERING.isdisjoint(items.tags)


def _take_side(said: Said) -> None:
    """The side that its facts leave, where none was told."""
    if said.implied is not None and said.fields.direction is None:
        derived = (*said.fields.derived, Derived("direction", "facts", ""))
        said.fields = replace(said.fields, direction=said.implied, derived=derived)


def _is_part(told: tuple[Said, ...], items: Items, context: Context) -> bool:
    """Added to or taken from a trade, and nobody can tell from which or how much: no trade of its own."""
    if len(told) != 1:
        return False
    fields = told[0].fields
    if Tag.ADD in items.tags:
        held = fields.symbol is None or any(trade.symbol == fields.symbol for trade in context.open_trades)
        priced = fields.entry_price is not None or fields.position_size is not None
        return priced and held and fields.exit_price is None and fields.pnl is None and bool(context.open_trades)
    return fields.symbol is None and fields.exit_price is None and leaves_a_part(items)


def is_trade(said: Said) -> bool:
    """A trade that is told as the writer's own."""
    return said.standing == "own" and _tells_of_a_trade(said)


def _tells_of_a_trade(said: Said) -> bool:
    """An instrument with a side, price or result, or a side and a price, or a money result."""
    fields = said.fields
    priced = fields.entry_price is not None or fields.exit_price is not None
    if fields.symbol is not None:
        return fields.direction is not None or priced or fields.pnl is not None or said.results
    return (fields.direction is not None and priced) or bool(fields.pnl)


def _may_be_talk(said: Said) -> bool:
    """What would be recorded, and is no whole report or plan."""
    fields = said.fields
    if fields.symbol is not None and fields.direction is not None and fields.entry_price is not None:
        return fields.exit_price is fields.stop_loss is fields.pnl is None
    return fields.exit_price is not None or fields.direction is not None or _tells_of_a_trade(said)


def _is_full(fields: TradeFields) -> bool:
    left = fields.exit_price is not None or fields.pnl is not None or fields.position_size is not None
    return fields.symbol is not None and fields.direction is not None and fields.entry_price is not None and left


def impossible(said: Said, items: Items) -> str | None:
    """Why the numbers cannot be taken: impossible_price, impossible_size, stop_wrong_side, unclear; None if they can.

    A stop beyond the entry is the trail of a trade in profit, so it is only wrong while no exit was named.
    """
    fields = said.fields
    left = None if said.option and fields.exit_price == 0 else fields.exit_price
    prices = (fields.entry_price, left, fields.stop_loss, fields.take_profit)
    odd = [price for price in prices if price is not None and not _NOTHING < price < LARGEST]
    if odd or (fields.pnl and abs(fields.pnl) >= LARGEST):
        return "impossible_price"
    if not said.option and far_apart(fields.symbol, fields.entry_price, fields.exit_price):
        return "impossible_price"
    if fields.position_size is not None and not 0 < fields.position_size <= _most(fields.symbol):
        return "impossible_size"
    if not _NO_NUMBERS.isdisjoint(items.words):
        return "impossible_price"
    if _stop_wrong_side(fields):
        return "stop_wrong_side"
    return "unclear" if said.unsure else None


def _most(symbol: str | None) -> Decimal:
    """The largest size: contracts and lots are few, shares and coins are not."""
    known = contract(symbol) if symbol else None
    if known is None:
        return LARGEST
    return MOST_OF_A_CONTRACT if known.kind == "future" else MOST_LOTS


def far_apart(symbol: str | None, one: Decimal | None, other: Decimal | None) -> bool:
    """A digit too few or too many: no future or currency doubles within a trade, coins and options do."""
    if one is None or other is None or symbol is None or contract(symbol) is None:
        return False
    return max(one, other) > 2 * min(one, other)


def _stop_wrong_side(fields: TradeFields) -> bool:
    entry, stop = fields.entry_price, fields.stop_loss
    if entry is None or stop is None or fields.exit_price is not None or fields.pnl is not None:
        return False
    return stop > entry if fields.direction == "long" else fields.direction == "short" and stop < entry


def _late_correction(told: tuple[Said, ...], items: Items, context: Context) -> Corrected | Unread | None:
    """ "exit was 18245" after the trade was recorded: a correction, which the conversation says how to make."""
    if context.drafts or len(told) != 1 or not only_facts(items) or not told[0].fields.said():
        return None
    fields = told[0].fields
    timed = fields.entry_time is not None or fields.exit_time is not None  # "out 10:05"
    named = timed or any(item.tag in _NAMING and item.word not in _DOING for item in items)
    if not named or fields.symbol is not None or fields.direction is not None:
        return None
    problem = impossible(told[0], items)
    return Corrected(fields=fields) if problem is None else Unread(understood=fields, reason=problem)


def _late_target(told: tuple[Said, ...], items: Items, context: Context) -> Corrected | Unread | None:
    """ "tp 18310" by itself: what an audit asks for, where "tp hit" and "tp moved" are news of a known trade."""
    news = not _MOVED.isdisjoint(items.tags)
    priced = len(told) == 1 and told[0].fields.take_profit is not None
    return _late_correction(told, items, context) if priced and not news else None


def _no_trade(items: Items, told: tuple[Said, ...]) -> Event:
    """Facts without a trade are unclear, words without facts are talk. A long message has to tell of prices."""
    facts = [said.fields for said in told if said.fields.said()]
    if lone_number(items) is not None:
        return Unread()
    numbers = any(item.kind == "number" for item in items)
    trading = not _TRADING.isdisjoint(items.tags)
    if (facts and (numbers or trading) and len(items) <= SHORT) or _tells_prices(items, trading=trading):
        return Unread(understood=facts[0] if facts else TradeFields(), reason="unclear")
    return Chatted()


def _tells_prices(items: Items, *, trading: bool) -> bool:
    """ "18250 was mine, gone by 18290": two prices of one scale, or a price beside a word of trading."""
    prices = [item.value for item in items if item.value is not None and _may_be_price(item)]
    alike = any(one != other and near(one, other) for one, other in combinations(prices[:MOST_PRICES], 2))
    return alike or (trading and bool(prices))


def _may_be_price(item: Item) -> bool:
    """Neither a small count nor a year."""
    if item.kind != "number" or item.tag is not None or item.money or item.value is None:
        return False
    return item.decimals > 0 or (item.value >= 100 and not 1900 <= item.value <= 2100)


def _tells(items: Items, trades: tuple[Said, ...]) -> bool:
    """ "was long NQ from 18250" begins like a question and is none."""
    if ends_asking(items):
        return False
    return any(
        said.fields.symbol and said.fields.direction and (said.fields.entry_price or said.fields.exit_price)
        for said in trades
    )


def _not_done(items: Items, trades: tuple[Said, ...]) -> bool:
    """Watched, missed, or somebody else's. A word of regret behind a whole report does not undo it."""
    if _NOT_DONE.isdisjoint(items.tags) or _is_whole_plan(items, trades):
        return False
    marked = [item.start for item in items if item.tag in _NOT_DONE]
    facts = [
        item.start for item in items if item.kind == "symbol" or item.tag in (Tag.LONG, Tag.SHORT, Tag.BUY, Tag.SELL)
    ]
    facts = facts or [item.start for item in items if item.kind == "number"]
    done = any(
        said.fields.exit_price is not None or said.fields.pnl is not None or said.fields.position_size is not None
        for said in trades
    )
    if done and _is_told_behind(items, trades, marked[0]):
        return False
    return not done or marked[0] < min(facts, default=0)


def _is_told_behind(items: Items, trades: tuple[Said, ...], marked: int) -> bool:
    """ "missed the top but got some: nq short 21600 > 21570", "nearly done for the day, es long 6001 > 6004 x2"."""
    begins = next((item.start for item in items if item.tag in OPENING), 0)
    if any(item.word == "but" and marked < item.start < begins for item in items):
        return True
    whole = all(None not in (said.fields.exit_price, said.fields.position_size) for said in trades)
    slight = whole and all(item.word in _SLIGHTLY for item in items if item.tag in _NOT_DONE)
    return slight and any(item.word in _CLAUSES_END and marked < item.start < begins for item in items)


def _is_whole_plan(items: Items, trades: tuple[Said, ...]) -> bool:
    """ "watching GC long 2318, stop 2311, target 2334": all is told that an order needs."""
    if len(trades) != 1 or Tag.MISSED in items.tags or Tag.OTHERS in items.tags:
        return False
    return _is_whole(trades[0].fields) and all(i.word in _WATCHING for i in items if i.tag is Tag.WATCH)


def _is_whole(fields: TradeFields) -> bool:
    levels = (fields.entry_price, fields.stop_loss, fields.take_profit)
    return fields.symbol is not None and fields.direction is not None and None not in levels


def _of_a_day(items: Items, trades: tuple[Said, ...]) -> bool:
    if not trades or OF_MANY.isdisjoint(items.words):
        return False
    return all(is_of_a_day(items, said.fields) for said in trades)


def _is_payload(items: Items) -> bool:
    """JSON or code in the shape of somebody's data, not a trader's words."""
    if not items or items[0].word not in ("{", "["):
        return False
    marks = [item.word for item in items if item.kind == "mark"]
    return marks.count('"') >= 4 and ":" in marks


def _only_moves(items: Items, trades: tuple[Said, ...]) -> bool:
    """ "stops moved to BE", "TP1 hit": news of a trade that is already known, without a fact to record."""
    if _NEWS.isdisjoint(items.tags) and not _percent_only(items):
        return False
    if any(_has_facts(said.fields) or _is_order(said.fields) or _is_result(said) for said in trades):
        return False
    if any(said.side_order and said.planned for said in trades) and _has_far_levels(items):
        return False
    if not _NEWS.isdisjoint(items.tags) and not _orders_by_distance(items, trades):
        return True
    return _percent_only(items) and not _closes_by_percent(items, trades)


def _closes_by_percent(items: Items, trades: tuple[Said, ...]) -> bool:
    """ "closed my sol long for +2%"."""
    named = any(None not in (said.fields.symbol, said.fields.direction) for said in trades)
    signed = any(item.sign and item.tag is Tag.DISTANCE for item in items)
    return named and signed and Tag.EXIT in items.tags and _KNOWN.isdisjoint(items.tags)


def _orders_by_distance(items: Items, trades: tuple[Said, ...]) -> bool:
    """ "sell usdchf at market, stop 25 pips, target 50 pips"."""
    named = any(None not in (said.fields.symbol, said.fields.direction) for said in trades)
    return named and Tag.STOP in items.tags and Tag.DISTANCE in items.tags and _KNOWN.isdisjoint(items.tags)


def _is_result(said: Said) -> bool:
    """ "ES short, target 2, 3 lots, +20 ticks"."""
    fields = said.fields
    return said.results and None not in (fields.symbol, fields.direction, fields.position_size)


def _is_order(fields: TradeFields) -> bool:
    """ "short SUI at market, sl 3.92 tp 3.70"."""
    levels = fields.stop_loss is not None and fields.take_profit is not None
    return fields.symbol is not None and fields.direction is not None and levels


def _has_far_levels(items: Items) -> bool:
    """ "GOLD SELL NOW, SL 50 pips, TP 90 pips": both levels as distances from a price that is not said."""
    led = {item.tag for item, after in pairwise(items) if after.kind == "number" and after.tag is Tag.DISTANCE}
    return Tag.STOP in led and Tag.TARGET in led


def _has_facts(fields: TradeFields) -> bool:
    return not fields.entry_price is fields.exit_price is fields.pnl is None


def _percent_only(items: Items) -> bool:
    if Tag.DISTANCE not in items.tags:
        return False
    return any(item.tag is Tag.DISTANCE and ("%" in item.text or item.word == "%") for item in items)
