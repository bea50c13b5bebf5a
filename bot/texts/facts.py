"""A trade's facts in words: names, prices, fields. Nothing here computes."""

from collections.abc import Callable, Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from bot.reading.marks import LONGEST_MARK, LONGEST_TAG, MOST_TAGS
from bot.texts import numbers
from bot.texts.words import Words, capital, quoted, symbol
from statemachine.conversation import Draft
from statemachine.matching import known_trade
from statemachine.trade import FIELD_NAMES, TradeFields

SEPARATOR: Final = " · "


def named(words: Words, fields: TradeFields, *, of: Decimal | None = None) -> str:
    """long 2 NQ; only what is known of it. `of`: the size held, where this is a part of it: long 1 of 2 NQ."""
    parts = [words(f"trade.{fields.direction}")] if fields.direction in ("long", "short") else []
    if fields.position_size is not None:
        size = numbers.size(fields.position_size)
        parts.append(size if of is None else words("trade.part", size=size, held=numbers.size(of)))
    if fields.symbol is not None:
        parts.append(symbol(fields.symbol))
    return " ".join(parts) or words("trade.unnamed")


def headline(words: Words, fields: TradeFields) -> str:
    """Long 2 NQ, to begin a line."""
    return capital(named(words, fields))


def prices(words: Words, fields: TradeFields) -> str:
    """18,250 → 18,290 · stop 18,230 · target 18,310; empty where no price was said."""
    entry, leave = fields.entry_price, fields.exit_price
    parts = []
    if entry is not None and leave is not None:
        parts.append(f"{numbers.price(entry)} → {numbers.price(leave)}")
    elif entry is not None:
        key = "trade.open" if fields.is_open else "trade.entered"
        parts.append(words(key, price=numbers.price(entry)))
    elif leave is not None:
        parts.append(words("trade.left", price=numbers.price(leave)))
    if fields.stop_loss is not None:
        parts.append(words("trade.stop", price=numbers.price(fields.stop_loss)))
    if fields.take_profit is not None:
        parts.append(words("trade.target", price=numbers.price(fields.take_profit)))
    return SEPARATOR.join(parts)


def particulars(words: Words, fields: TradeFields) -> list[str]:
    """Lines for what is seldom said: times, commissions, marks, the note."""
    timed = [
        words(f"trade.{name}", time=words.clock(moment))
        for name in ("entry_time", "exit_time")
        if (moment := getattr(fields, name)) is not None
    ]
    if fields.day is not None:
        timed.append(words("trade.day", day=words.day(fields.day)))
    if fields.commissions is not None:
        timed.append(words("trade.commissions", amount=words.money(fields.commissions)))
    lines = [capital(SEPARATOR.join(timed))] if timed else []
    lines += marks_lines(words, fields)
    if fields.note:
        lines.append(words("trade.note", note=quoted(fields.note)))
    return lines


def marks_line(words: Words, fields: TradeFields) -> str:
    """#orb #aplus · setup: ORB · mood: calm; empty where nothing was marked."""
    told = [("setup", fields.setup), ("mood", fields.mood), ("mistake", fields.mistake)]
    parts = [words(f"marks.{kind}", value=quoted(value, LONGEST_MARK)) for kind, value in told if value]
    return SEPARATOR.join(filter(None, (_tags(words, fields.tags or ()), *parts)))


def marks_lines(words: Words, fields: TradeFields) -> list[str]:
    return list(filter(None, (marks_line(words, fields),)))


def _tags(_: Words, tags: Sequence[str]) -> str:
    return " ".join(f"#{quoted(tag, LONGEST_TAG)}" for tag in tags[:MOST_TAGS])


def summary(words: Words, fields: TradeFields) -> str:
    """Everything that was said, on one line."""
    said = prices(words, fields)
    parts = [said] if said else []
    if fields.pnl is not None:
        parts.append(words("trade.pnl", amount=words.gain(fields.pnl)))
    nameless = fields.symbol is None and fields.direction is None and fields.position_size is None
    return capital(SEPARATOR.join(parts if nameless and parts else [named(words, fields), *parts]))


def short_name(words: Words, fields: TradeFields) -> str:
    """NQ +$1,600.00, to tell a few trades apart; by its entry where there is no P&L."""
    if fields.pnl is not None and fields.symbol is not None:
        return f"{symbol(fields.symbol)} {words.gain(fields.pnl)}"
    if fields.entry_price is not None:
        return f"{headline(words, fields)} {numbers.price(fields.entry_price)}"
    return headline(words, fields)


def field_value(words: Words, name: str, value: Any) -> str:
    """One field of a trade, as shown in an old → new line."""
    return words("absent") if value is None else _SHOWN[name](words, value)


def changed_lines(words: Words, old: TradeFields, became: TradeFields, names: Set[str]) -> list[str]:
    """Exit 18,290 → 18,295, for each of these fields."""
    return [
        words(
            "field.changed",
            name=words(f"field.{name}"),
            old=field_value(words, name, old.booked_on if name == "account" else getattr(old, name)),
            new=field_value(words, name, getattr(became, name)),
        )
        for name in FIELD_NAMES
        if name in names
    ]


def edited_trade(draft: Draft) -> TradeFields:
    """The facts of the recorded trade that a draft closes or edits, as they are now."""
    trade = known_trade(draft)
    return trade.fields if trade is not None else TradeFields()


def _price(_: Words, value: Decimal) -> str:
    return numbers.price(value)


def _size(_: Words, value: Decimal) -> str:
    return numbers.size(value)


def _gain(words: Words, value: Decimal) -> str:
    return words.gain(value)


def _money(words: Words, value: Decimal) -> str:
    return words.money(value)


def _time(words: Words, value: datetime) -> str:
    return words.clock(value)


def _text(_: Words, value: str) -> str:
    return quoted(value)


def _symbol(_: Words, value: str) -> str:
    return symbol(value)


def _direction(words: Words, value: str) -> str:
    return words(f"trade.{value}")


def _day(words: Words, value: date) -> str:
    return words.day(value)


def _basis(words: Words, value: str) -> str:
    return words(f"basis.{value}")


_SHOWN: Final[dict[str, Callable[[Words, Any], str]]] = {
    "symbol": _symbol,
    "direction": _direction,
    "entry_price": _price,
    "exit_price": _price,
    "position_size": _size,
    "stop_loss": _price,
    "take_profit": _price,
    "pnl": _gain,
    "pnl_basis": _basis,
    "commissions": _money,
    "entry_time": _time,
    "exit_time": _time,
    "day": _day,
    "account": _text,
    "note": _text,
    "tags": _tags,
    "setup": _text,
    "mood": _text,
    "mistake": _text,
}
