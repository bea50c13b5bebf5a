"""What a message marks its trade with, put into the event it means: tags, setup, mood, mistake and note."""

from dataclasses import replace
from typing import TypeVar

from bot.reading.marks import marks_of_lines, without_marks
from bot.texts.buttons import Command
from statemachine.conversation import Conversation
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


def with_marks(meaning: Meaning, message: Message, conversation: Conversation) -> Meaning | Event | Command:
    """The event with the marks of its message, which was read without them. A message of marks only speaks of what
    waits, else of the trade that was answered, or of the latest."""
    bare, marks = without_marks(message.text) if message.button is None else ("", TradeFields())
    if not marks.said():
        return meaning
    match meaning:
        case Reported(trades=trades) | Planned(trades=trades):
            each = marks_of_lines(message.text, len(trades)) if len(trades) > 1 else (marks,)
            return replace(meaning, trades=tuple(map(_marked, trades, each)))
        case (
            Filled(fields=fields)
            | FillTold(fields=fields)
            | Closed(fields=fields)
            | Detailed(fields=fields)
            | Corrected(fields=fields)
            | Revised(fields=fields)
            | Pictured(fields=fields)
        ):
            return replace(meaning, fields=_marked(fields, marks))
        case Confirmed(draft_id=None, which=number) if conversation.drafts:
            return Corrected(fields=marks, which=number)  # "yes #orb": shown again with it
        case Unread() | Chatted() if not bare.strip():
            return _only_marks(marks, message, conversation)
    return meaning


def _marked(fields: TradeFields, marks: TradeFields) -> TradeFields:
    """What the reader noted stands behind what the trader did."""
    note = "; ".join(filter(None, (marks.note, fields.note))) or None
    return replace(fields.merged(marks), note=note)


def _only_marks(marks: TradeFields, message: Message, conversation: Conversation) -> Event | Command:
    if not conversation.drafts:
        return Command("marked", message.text)
    return Detailed(fields=marks) if conversation.state == "awaiting_details" else Corrected(fields=marks)
