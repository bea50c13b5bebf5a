"""A yes that repeats facts of the draft, "yes 2 nq long": it confirms only where every word of it is one of them."""

from dataclasses import replace

from bot.reading.context import Context
from bot.reading.items import Item, Items
from bot.reading.report import said_trades
from bot.reading.spelling import names_symbol, plain_words
from bot.reading.tokens import Token
from bot.reading.trailing import trails_off
from bot.reading.verdicts import is_yes
from bot.reading.words import TAGGED, Tag
from statemachine.events import Confirmed
from statemachine.trade import TradeFields

_FACTS = frozenset(
    {
        Tag.LONG,
        Tag.SHORT,
        Tag.BUY,
        Tag.SELL,
        Tag.ENTRY,
        Tag.ENTRY_IF_NUMBER,
        Tag.EXIT,
        Tag.STOP,
        Tag.TARGET,
        Tag.AT,
        Tag.SIZE,
        Tag.LOTS,
        Tag.PNL,
        Tag.WIN,
        Tag.LOSS,
        Tag.FEES,
        Tag.MONEY,
    }
)
_BETWEEN = frozenset(
    (*",.!>-@/:;&", "and", "the", "to", "for", "on", "with", "of", "it", "was", "i", "my", "x", "then")
)
_NUMBERS = ("entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions")
MOST_BEFORE = 6
"""Words of yes before the facts."""
MOST_TOKENS = 16
"""The same with commas and signs; a row of a thousand thumbs is looked at no longer."""


def restated(said: list[Token], items: Items, context: Context) -> Confirmed | None:
    """The yes, where what follows it says nothing but what the draft says."""
    if context.state != "awaiting_confirmation" or len(context.drafts) != 1:
        return None
    place = 0 if trails_off(said) else _end_of_yes(said, context)
    facts = said[place : _start_of_last_yes(said, place, context)]
    if place == 0 or not facts or not all(_may_be_fact(token, context.drafts[0]) for token in facts):
        return None
    within = range(facts[0].start, facts[-1].end)
    items = Items(item for item in items if item.start in within and item.kind != "break")
    if not items or not all(_is_fact(item) for item in items):
        return None
    told = said_trades(items, context)
    (draft,) = context.drafts
    if len(told) != 1 or told[0].unsure or told[0].planned or not _repeats(told[0].fields, items, draft):
        return None
    return Confirmed()


def _end_of_yes(said: list[Token], context: Context) -> int:
    """How many tokens at the beginning are a yes of their own; 0 for none."""
    best, words = 0, 0
    context = replace(context, state="idle")  # where "ok" and "sure" are no more than polite
    for place, token in enumerate(said[:-1][:MOST_TOKENS], 1):
        if token.kind in ("word", "mark"):
            words += token.kind == "word"
            if is_yes(plain_words(said[:place]), context):
                best = place
        if words == MOST_BEFORE or token.kind not in ("word", "mark"):
            break
    return best


def _start_of_last_yes(said: list[Token], start: int, context: Context) -> int:
    """Where the "right" of "yes, long, right" begins; the end where no yes closes the message."""
    context = replace(context, state="idle")
    for place in range(len(said) - 1, max(start, len(said) - 1 - MOST_BEFORE), -1):
        if said[place - 1].word == "," and is_yes(plain_words(said[place:]), context):
            return place
    return len(said)


def _may_be_fact(token: Token, draft: TradeFields) -> bool:
    if token.kind != "word":
        return token.kind in ("number", "mark", "break")
    return token.word in _BETWEEN or (token.word,) in TAGGED or names_symbol(token.word, draft.symbol)


def _is_fact(item: Item) -> bool:
    if item.kind in ("number", "symbol"):
        return item.tag in (None, Tag.LOTS, Tag.MONEY)
    return (item.kind == "tag" and item.tag in _FACTS) or item.word in _BETWEEN


def _repeats(fields: TradeFields, items: list[Item], draft: TradeFields) -> bool:
    """Every fact that is read, and every number that is written, stands in the draft."""
    facts = {name: value for name, value in fields.said().items() if name != "note"}
    stand = {abs(value) for name in _NUMBERS if (value := getattr(draft, name)) is not None}
    numbers = {item.value for item in items if item.kind == "number"}
    same = all(getattr(draft, name) == value for name, value in facts.items())
    return bool(facts) and same and all(value in stand for value in numbers)
