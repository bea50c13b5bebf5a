"""The Edit button where a platform opens a form for it: what the form begins with, and what is made of it.

The form comes back as a message with the button's data and the typed text. The data names the draft and the revision
that were shown, so a form that was left open while the draft changed is as stale as an old button.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.reading import ReadContext, read
from bot.texts.facts import SEPARATOR
from bot.texts.pressed import parse_button
from statemachine.conversation import Conversation, Draft
from statemachine.events import Corrected, Detailed, EditAsked, Event, Reported, Unread
from statemachine.trade import TradeFields

FACT_LINES: Final = 2
"""Below the title of a draft: what was traded, and at which prices."""
REMOVABLE: Final = ("exit_price", "stop_loss", "take_profit")
"""Shown in the form: who deletes them there wants them gone."""
_NOTHING: Final = ReadContext(state="idle", now=datetime(2000, 1, 1, tzinfo=UTC), zone=ZoneInfo("UTC"))


def prefill(data: str, shown: str) -> str | None:
    """The text a form opens with when the button `data` below a message is pressed; None: it opens no form.

    `shown` is the message as plain text. Only what reads as that one trade is taken: what was computed follows anew.
    """
    if not isinstance(parse_button(data), EditAsked):
        return None
    lines = shown.splitlines()[1:]
    lines[:1] = [line.partition(SEPARATOR)[0] for line in lines[:1]]  # less what a point is worth
    for count in range(FACT_LINES, 0, -1):
        text = " ".join(lines[:count])
        if _trade_in(read(text, _NOTHING)) is not None:
            return text
    return ""


def filled_in(data: str | None, text: str, conversation: Conversation, context: ReadContext) -> Event | None:
    """What a form says of the draft it was opened for; None for a message that is no form.

    The whole trade written anew replaces what the form had shown; a part of it is a correction. A stale form is the
    stale button: the current draft is shown again and nothing is changed.
    """
    pressed = parse_button(data) if data is not None and text.strip() else None
    if not isinstance(pressed, EditAsked):
        return None
    number, draft = _shown(pressed, conversation)
    if draft is None:
        return pressed
    trade = _trade_in(read(text, replace(context, state="idle", drafts=(), missing=frozenset())))
    if trade is not None and draft.kind == "record":
        gone = {name for name in REMOVABLE if getattr(draft.fields, name) is not None and getattr(trade, name) is None}
        return Corrected(fields=trade, cleared=frozenset(gone), which=number)
    facts = context.drafts[number - 1 : number]
    event = read(text, replace(context, state="awaiting_confirmation", drafts=facts, missing=frozenset()))
    if isinstance(event, Corrected):
        return replace(event, which=number)
    if isinstance(event, Detailed):
        return Corrected(fields=event.fields, which=number)
    return event if isinstance(event, Unread) else pressed


def _shown(pressed: EditAsked, conversation: Conversation) -> tuple[int, Draft | None]:
    """The draft that the form was opened for, and its number, while it is as it was then."""
    for number, draft in enumerate(conversation.drafts, 1):
        if (draft.id.hex, draft.revision) == (pressed.draft_id, pressed.revision):
            return number, draft
    return 0, None


def _trade_in(event: Event) -> TradeFields | None:
    """The one trade that is told whole enough to stand for itself."""
    if not isinstance(event, Reported) or len(event.trades) != 1:
        return None
    (trade,) = event.trades
    return trade if trade.symbol is not None and trade.direction is not None else None
