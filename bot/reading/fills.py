"""What became of a plan: it was filled, or came to nothing. The words are data: vocabulary/fills.txt.

A fill only makes a draft, so it is taken from any message that tells of one and fits a plan. What fits none is left to
be a report, unless it says nothing else: then the trader hears which plans there are.
"""

from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from typing import Final

from bot.reading.answer_words import words_of
from bot.reading.context import Context
from bot.reading.days import DAY_WORDS
from bot.reading.itemising import items_of
from bot.reading.items import Items
from bot.reading.normalise import folded
from bot.reading.report import Reading, report, said_trades
from bot.reading.spelling import ORDINALS, names_symbol
from bot.reading.talk import ends_asking
from bot.reading.tokens import Token
from bot.reading.words import Tag, phrases
from statemachine.events import Closed, Filled, Planned, Reported, Unfilled
from statemachine.plan import fits
from statemachine.trade import TradeFields

LONGEST: Final = 40
"""Words; news of an order is shorter."""
SHORT: Final = 8
"""Words; a longer message without a fact of the trade tells of something else than its order."""
_Phrases = frozenset[tuple[str, ...]]
_OF_OTHERS: Final = frozenset({Tag.WATCH, Tag.OTHERS})
_OF_AN_EXIT: Final = frozenset({Tag.EXIT, Tag.STOPPED, Tag.COVER, Tag.PNL, Tag.WIN, Tag.LOSS, Tag.SCRATCH})


def _vocabulary() -> dict[str, _Phrases]:
    """By what is said, of all languages."""
    said: dict[str, set[tuple[str, ...]]] = {}
    for line in files("bot.reading").joinpath("vocabulary", "fills.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            heading, _, table = line.partition(":")
            said.setdefault(heading.split()[0], set()).update(phrases(folded(table)))
    return {what: frozenset(table) for what, table in said.items()}


VOCABULARY: Final = _vocabulary()
_TOLD: Final = ("filled", "off", "unfilled", "hit", "ends")
_NEWS_BEGINS, _NEWS_ENDS = (
    frozenset(phrase[place] for what in _TOLD for phrase in VOCABULARY[what]) for place in (0, -1)
)
"""The first and the last words of what may be told: few messages hold one of both that tell of something else."""
_BEGINS: Final = {what: frozenset(phrase[0] for phrase in table) for what, table in VOCABULARY.items()}
_MOST_WORDS: Final = max(len(phrase) for table in VOCABULARY.values() for phrase in table)
_GLUE: Final = words_of("glue")
_BESIDE: Final = frozenset(
    {*DAY_WORDS, *_GLUE, *words_of("polite")}
    | {word for what, table in VOCABULARY.items() if what != "waits" for phrase in table for word in phrase}
)
"""Words that a message which speaks of nothing but an order may have."""


_NO_EXIT: Final = frozenset(" ".join(phrase) for what in ("ends", "off", "unfilled") for phrase in VOCABULARY[what])
"""Words of an exit elsewhere, which end a plan."""


def fill(said: list[Token], words: list[str], context: Context) -> Reading | None:
    """The event of a message that tells what became of a plan; None for any other. `words`: its `plain_words`."""
    if "plan" in context.missing and (chosen := _chosen(words)) is not None:
        return Reading(event=Filled(which=chosen))
    if len(words) > LONGEST or not _is_news(words, context) or _has(words, "waits"):
        return None
    items = items_of(said)
    return None if ends_asking(items) else _news(said, words, items, context)


def _is_news(words: list[str], context: Context) -> bool:
    """Whether anything is said that may be news of an order: most messages are done with here."""
    if not (_NEWS_BEGINS.isdisjoint(words) or _NEWS_ENDS.isdisjoint(words)) and any(_has(words, w) for w in _TOLD):
        return True
    return bool(context.plans) and _has(words, "in")


def _news(said: list[Token], words: list[str], items: Items, context: Context) -> Reading | None:
    outcome = _outcome(words, items, context)
    if outcome is None:
        return None
    which, rest = _numbered(said, len(context.plans))
    fields = _facts(items if which is None else items_of(rest), context)
    if fields is None or _is_of_something_else(outcome, fields, words, items, context):
        return None
    event = outcome(fields=fields, which=which)
    if which is not None or any(fits(fields, plan) for plan in context.plans):
        return None if _leaves_a_trade(items, context) else Reading(event=event)
    return None if context.drafts else _unplanned(event, words, items, context)


def _chosen(words: list[str]) -> int | None:
    """ "2", "the second one": which plan it was, where that was asked."""
    places = [int(word) if word.isdecimal() and len(word) < 3 else ORDINALS.get(word) for word in words]
    told = [place for place in places if place is not None and place > 0]
    beside = [word for word, place in zip(words, places, strict=True) if place is None]
    return told[0] if len(told) == 1 and all(word in _BESIDE for word in beside) else None


def _is_of_something_else(
    outcome: type[Filled | Unfilled], fields: TradeFields, words: list[str], items: Items, context: Context
) -> bool:
    """Somebody else's, nearly so, of the draft that waits, or a plan that is told ("plan: short the drop at 18200")."""
    if not _OF_OTHERS.isdisjoint(items.tags):
        return True
    if outcome is Filled:
        return Tag.MISSED in items.tags or _of_what_waits(fields, words, context)
    if _has(words, "off"):
        return False
    if _has(words, "unfilled"):
        return _denies_what_waits(fields, words, context)
    return _is_whole(fields) or not _speaks_of_nothing_else(items, context)


def _unplanned(event: Filled | Unfilled, words: list[str], items: Items, context: Context) -> Reading | None:
    """It fits no plan: a report or a close in the words of an order; else the trader hears which plans there are."""
    whole = _is_whole(event.fields)
    if isinstance(event, Unfilled):
        return None if whole else Reading(event=event)
    reading = report(items, context)
    planned = {plan.symbol for plan in context.plans}
    entered = event.fields.entry_price is not None and event.fields.symbol not in {None, *planned}
    if whole or isinstance(reading.event, Closed) or (entered and isinstance(reading.event, Reported)):
        return _taken(reading)
    plainly = _has(words, "order") or _speaks_of_nothing_else(items, context)
    return Reading(event=event) if plainly else None


def _leaves_a_trade(items: Items, context: Context) -> bool:
    """ "sell order filled at 18260" while long: an order that closes."""
    return bool(context.open_trades) and isinstance(report(items, context).event, Closed)


def _taken(reading: Reading) -> Reading:
    """ "limit filled long nq 18201": no plan any more."""
    event = reading.event
    return replace(reading, event=Reported(trades=event.trades)) if isinstance(event, Planned) else reading


def _outcome(words: list[str], items: Items, context: Context) -> type[Filled] | type[Unfilled] | None:
    ordered, ends = _has(words, "order"), _has(words, "ends")
    if _has(words, "off") or _has(words, "unfilled") or (ends and (ordered or _only_named(items, context))):
        return Unfilled
    plainly, factual = _speaks_of_nothing_else(items, context), any(i.kind in ("symbol", "number") for i in items)
    if _has(words, "filled") and (ordered or factual or plainly or len(words) <= SHORT):
        return Filled
    hit = ordered and _has(words, "hit") and (plainly or factual)
    return Filled if hit or (_has(words, "in") and bool(context.plans) and plainly) else None


def _only_named(items: Items, context: Context) -> bool:
    """ "scrap the nq short" where nothing but plans can be meant."""
    named = any(item.kind == "symbol" for item in items) or bool(_named(items, context))
    return named and bool(context.plans) and not context.drafts and _speaks_of_nothing_else(items, context)


def _has(words: list[str], what: str) -> bool:
    begins = _BEGINS[what]
    return not begins.isdisjoint(words) and any(
        tuple(words[place : place + length]) in VOCABULARY[what]
        for place, word in enumerate(words)
        if word in begins
        for length in range(1, _MOST_WORDS + 1)
    )


def _numbered(said: list[Token], plans: int) -> tuple[int | None, list[Token]]:
    """ "plan 2", "the second plan": its number in the list, and the message without it."""
    words = [token for token in said if token.kind in ("word", "number")]
    for noun, token in enumerate(words):
        if (token.word,) not in VOCABULARY["order"]:
            continue
        for beside in words[max(noun - 1, 0) : noun + 2]:
            ordinal = ORDINALS.get(beside.word or beside.text.lower())
            behind = beside.kind == "number" and beside.start > token.start
            number = int(beside.text) if behind and beside.text.isdecimal() and len(beside.text) < 3 else ordinal
            number = plans if number == -1 else number
            if number is not None and 1 <= number <= plans:
                return number, [other for other in said if other is not beside]
    return None, said


def _facts(items: Items, context: Context) -> TradeFields | None:
    """What is said of the fill; None where several trades are told, or one that was left."""
    told = said_trades(items, context)
    if len(told) != 1 or told[0].unsure:
        return None if told else TradeFields()
    fields = told[0].fields
    left = fields.exit_price is not None or fields.pnl is not None
    if left or any(item.tag in _OF_AN_EXIT and item.word not in _NO_EXIT for item in items):
        return None
    if _is_bare(items, Tag.TARGET) or _is_bare(items, Tag.STOP):
        return None
    named = _named(items, context)
    if fields.symbol not in {plan.symbol for plan in context.plans} and len(named) == 1:
        fields = replace(fields, symbol=next(iter(named)))
    return fields


def _is_bare(items: Items, tag: Tag) -> bool:
    """ "tp filled at 18260": an order that leaves a trade; "tp 18260" beside a fill is a level of it."""
    facts = [item for item in items if item.tag is not Tag.AT and item.kind != "mark" and item.word not in _GLUE]
    return any(
        item is not None and item.tag is tag and (behind is None or behind.kind != "number")
        for item, behind in pairwise([*facts, None])
    )


def _named(items: Items, context: Context) -> set[str]:
    """The instruments of plans that a word names, though it is an everyday one elsewhere: "es filled"."""
    words = [item.word for item in items if item.kind in ("word", "symbol")]
    return {plan.symbol for plan in context.plans if plan.symbol and any(names_symbol(w, plan.symbol) for w in words)}


def _of_what_waits(fields: TradeFields, words: list[str], context: Context) -> bool:
    """ "filled at 18201" while a trade waits is said of that trade, unless a plan is named."""
    if not context.drafts or fields.entry_price is None or _has(words, "order"):
        return False
    return fields.symbol is None or fields.symbol in {draft.symbol for draft in context.drafts}


def _denies_what_waits(fields: TradeFields, words: list[str], context: Context) -> bool:
    """ "didn't get filled" while a trade waits that was no plan is said of that trade, unless a plan is named."""
    planned = {(plan.symbol, plan.direction) for plan in context.plans}
    waits = [draft for draft in context.drafts if (draft.symbol, draft.direction) not in planned]
    return bool(waits) and fields.symbol is None and not _has(words, "order")


def _is_whole(fields: TradeFields) -> bool:
    """Enough to be a report of its own."""
    return fields.symbol is not None and fields.direction is not None and fields.entry_price is not None


def _speaks_of_nothing_else(items: Items, context: Context) -> bool:
    named = {plan.symbol for plan in context.plans}
    return all(
        item.kind != "word" or item.word in _BESIDE or any(names_symbol(item.word, symbol) for symbol in named)
        for item in items
    )
