"""Turns what a trader writes into an event, by plain code: no model, no guess.

`read` never raises, takes time linear in the text, and says "unclear" rather than guess. The way through:

    normalise   look-alikes, invisible marks, full-width digits
    tokens      words, numbers, clock times, with their places
    instruments which words are symbols              words   the vocabulary, as data
    itemising   tagged phrases and numbers with units
    fills       what became of a plan
    spelling    answers as letters of their classes  verdicts  yes and no
    restating   a yes that repeats the facts         answers   corrections and details of what waits
    clauses, trades, times, report, closings         everything else
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.reading.answers import answer
from bot.reading.context import Context as ReadContext
from bot.reading.days import mentions_day
from bot.reading.fills import fill
from bot.reading.itemising import items_of
from bot.reading.normalise import normalised
from bot.reading.report import Reading, report
from bot.reading.restating import restated
from bot.reading.spelling import plain_words
from bot.reading.talk import points_at_field
from bot.reading.tokens import links, tokens
from bot.reading.verdicts import half_answer, plain_answer
from statemachine.events import Chatted, Confirmed, Event, Unread
from statemachine.trade import TradeFields

__all__ = ["LONGEST_TEXT", "ReadContext", "Reading", "may_confirm", "names_a_day", "read", "read_uncut", "reading"]

LONGEST_TEXT = 4000
"""Characters; nobody reports a trade in more, and no platform but e-mail delivers more in one message."""


MOST_TOKENS = 1000
"""Words, numbers and marks; the longest prose has fewer, and a row of four thousand marks is cut short."""
LONGEST_YES = 80
"""Characters; beyond, a message is no plain yes."""
_SOMETHING_PENDING = ReadContext(
    state="awaiting_confirmation",
    drafts=(TradeFields(), TradeFields()),
    now=datetime.min.replace(tzinfo=UTC),
    zone=ZoneInfo("UTC"),
)


def may_confirm(text: str) -> bool:
    """Whether a text would confirm, if drafts were waiting: known before anything of the conversation is."""
    if len(text) > LONGEST_YES:
        return False
    said = tokens(normalised(text))
    return isinstance(plain_answer(said, plain_words(said), _SOMETHING_PENDING), Confirmed)


def names_a_day(text: str, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a text says which day it is about, "today" included."""
    return len(text) <= LONGEST_TEXT and mentions_day(items_of(tokens(normalised(text))), now, zone)


def read(text: str, context: ReadContext) -> Event:
    """What a message means in its conversation."""
    return reading(text, context).event


def reading(text: str, context: ReadContext) -> Reading:
    """The same with the trades as they were said: times as written, ranges, targets and places."""
    return Reading(event=Unread(reason="too_long")) if len(text) > LONGEST_TEXT else read_uncut(text, context)


def read_uncut(text: str, context: ReadContext) -> Reading:
    """The same of a text of any length; only its words and marks are limited."""
    if not text.strip():
        return Reading(event=Unread(reason="empty"))
    said = tokens(normalised(text), MOST_TOKENS)
    if len(said) > MOST_TOKENS:
        return Reading(event=Unread(reason="too_long"))
    words = plain_words(said)
    told = fill(said, words, context)
    if told is not None:
        return told
    plain = plain_answer(said, words, context) if not links(text) else None  # what a link says is not read
    if plain is not None:
        return Reading(event=plain)
    found = items_of(said)
    if not found:
        return Reading(event=Unread(reason="empty"))
    repeated = restated(said, found, context)
    if repeated is not None:
        return Reading(event=repeated)
    answered = answer(said, found, context) or report(found, context)
    passed_over = isinstance(answered.event, Chatted) and context.state == "awaiting_confirmation"
    if passed_over and (half_answer(words) or points_at_field(found)):
        return Reading(event=Unread(reason="unclear"))
    return answered
