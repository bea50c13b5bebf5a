"""What a message marks its trade with, put into the event it means: tags, setup, mood, mistake and note."""

from dataclasses import replace
from typing import TypeVar

from bot.reading.marks import marks_of_lines, only_takes_off, taken_off, without_marks
from bot.texts.buttons import Command
from statemachine.conversation import Conversation, Scene, State
from statemachine.events import (
    Chatted,
    Closed,
    Confirmed,
    Corrected,
    Detailed,
    Event,
    Filled,
    FillTold,
    Pictured,
    Planned,
    Reported,
    Revised,
    Unread,
)
from statemachine.message import Message
from statemachine.trade import TradeFields

Meaning = TypeVar("Meaning")


def with_marks(
    meaning: Meaning, message: Message, conversation: Conversation, scene: Scene
) -> Meaning | Event | Command:
    """The event with the marks of its message, which was read without them. A message of marks only speaks of the
    trade that it answers, else of what waits, or of the latest; so does talk with marks after a trade."""
    if message.button is not None:
        return meaning
    (bare, marks), off = without_marks(message.text), taken_off(message.text)
    if not marks.said() and not off:
        return meaning
    answers = message.reply_to is not None and scene.target is not None
    waits = conversation.state if conversation.drafts and not answers else None
    if only_takes_off(message.text) and not message.spoken:  # it is done at once, and may be misheard
        return _only_marks(marks, off, message, waits=waits)
    match meaning:
        case Reported(trades=trades) | Planned(trades=trades):
            each = marks_of_lines(message.text, len(trades)) if len(trades) > 1 else (marks,)
            return replace(meaning, trades=tuple(map(_marked, trades, each)))
        case Corrected(fields=fields, cleared=cleared) | Revised(fields=fields, cleared=cleared):
            return replace(meaning, fields=_marked(fields, marks), cleared=cleared | off)
        case Filled(fields=fields) | FillTold(fields=fields) | Closed(fields=fields) | Detailed(fields=fields):
            return replace(meaning, fields=_marked(fields, marks))
        case Pictured():
            return replace(meaning, marks=marks)
        case Confirmed(draft_id=None, which=number) if conversation.drafts:
            return Corrected(fields=marks, cleared=off, which=number)  # "yes #orb": shown again with it
        case Unread() | Chatted() if not bare.strip():
            return _only_marks(marks, off, message, waits=waits)
        case Chatted() if conversation.drafts or scene.target is not None or scene.recent:
            return _only_marks(marks, off, message, waits=waits)
    return meaning


def _marked(fields: TradeFields, marks: TradeFields) -> TradeFields:
    """What the reader noted stands behind what the trader did."""
    note = "; ".join(filter(None, (marks.note, fields.note))) or None
    return replace(fields.merged(marks), note=note)


def _only_marks(marks: TradeFields, off: frozenset[str], message: Message, *, waits: State | None) -> Event | Command:
    """`waits`: in which state, where the marks are of a draft."""
    if waits is None:
        return Command("marked", message.text)
    details = waits == "awaiting_details" and not off
    return Detailed(fields=marks) if details else Corrected(fields=marks, cleared=off)
