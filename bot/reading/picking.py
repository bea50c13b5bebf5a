"""The answer to "which trade did you close?": by its instrument, its side, its entry or its place in the list."""

from dataclasses import replace
from decimal import Decimal

from bot.reading.answer_words import words_of
from bot.reading.context import Context
from bot.reading.spelling import ORDINALS, names_symbol, plain_words
from bot.reading.tokens import Token, number_value
from bot.reading.words import TAGGED, Tag
from statemachine.events import Detailed, Event, Unread
from statemachine.trade import TradeFields

_GLUE = words_of("glue", "pointing") | {
    "#",
    "number",
    "nr",
    "closed",
    "close",
    "out",
    "entry",
    "entered",
    "@",
    "/",
}
_REFUSING = frozenset(("no", "not", "nope", "nein", "non", "nao"))
_SIDES = {Tag.LONG: "long", Tag.SHORT: "short"}


def picked(said: list[Token], context: Context) -> Event | None:
    """The open trade that is meant, as the facts that tell it; Unread where they tell none or several.

    None where the message says anything beside: then it is no answer to the question.
    """
    draft = context.asked()
    choices = [trade for trade in context.left_open() if _fits(draft, trade)]
    meant, left, named = choices, None, False
    for word in plain_words(said):
        found = _named(word, choices)
        value = number_value(word) if word[:1].isdigit() else None
        if found is not None:
            meant, named = [trade for trade in meant if any(trade is one for one in found)], True
        elif word in _GLUE - _REFUSING:
            continue
        elif value is None or (value != draft.exit_price and "exit_price" not in context.missing):
            return None
        elif value != draft.exit_price:
            left = value
    if not named:
        return None
    if len(meant) != 1:
        return Unread(understood=draft)
    return Detailed(fields=replace(_told_by(meant[0]), exit_price=left))


def _fits(draft: TradeFields, trade: TradeFields) -> bool:
    names = ("symbol", "direction", "entry_price")
    return all(getattr(draft, name) in (None, getattr(trade, name)) for name in names)


def _told_by(trade: TradeFields) -> TradeFields:
    return TradeFields(symbol=trade.symbol, direction=trade.direction, entry_price=trade.entry_price)


def _named(word: str, choices: list[TradeFields]) -> list[TradeFields] | None:
    """The choices a word speaks of; None for a word that names none."""
    place = ORDINALS.get(word, int(word) if word.isdecimal() and len(word) < 3 else 0)
    if place and -1 <= place <= len(choices):
        return [choices[place - 1 if place > 0 else -1]]
    side = _SIDES.get(TAGGED.get((word,), Tag.IGNORE))
    if side is not None:
        return [trade for trade in choices if trade.direction == side]
    value = number_value(word) if word[:1].isdigit() else None
    found = [t for t in choices if names_symbol(word, t.symbol) or (value is not None and _is_entry(value, t))]
    return found or None


def _is_entry(value: Decimal, trade: TradeFields) -> bool:
    """The entry, or its whole points: 5321 for 5321.25."""
    entry = trade.entry_price
    return entry is not None and value in (entry, entry.to_integral_value(rounding="ROUND_FLOOR"))
