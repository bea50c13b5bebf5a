"""journal_conversations: a Conversation as JSONB and back.

Clients may write their own row, so what is loaded is hostile: it is validated whole, and an invalid one is idle.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from db.jsonb import read_json
from db.pool import Connection
from statemachine.conversation import MOST_DRAFTS, Conversation, Draft, KnownTrade, State
from statemachine.message import Attachment, Platform
from statemachine.trade import EMPTIABLE, REMARKS, TradeFields

LARGEST = 200_000
"""Characters of JSON a conversation may have."""

LARGEST_NUMBER = Decimal(10) ** 15
SMALLEST_STEP = Decimal("1e-12")
"""Beyond the dearest index and the cheapest coin."""

Drafts = Annotated[tuple[Draft, ...], Field(max_length=MOST_DRAFTS)]


@dataclass(frozen=True, slots=True)
class _Context:
    """What the conversation needs besides its pending drafts."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    awaiting: tuple[KnownTrade, ...] = ()
    shelf: Drafts = ()
    loose: tuple[Attachment, ...] = ()
    loose_at: datetime | None = None
    loose_marks: TradeFields = field(default_factory=TradeFields)
    marker: str | None = None


_drafts = TypeAdapter(Drafts)
_context = TypeAdapter(_Context)
_known = TypeAdapter(KnownTrade)


def dump_conversation(conversation: Conversation) -> dict[str, Any]:
    """The columns state, pending_trade and context; a single draft is stored as an object, several as a list."""
    drafts = _drafts.dump_python(conversation.drafts, mode="json", exclude_none=True)
    context = _Context(
        awaiting=conversation.awaiting,
        shelf=conversation.shelf,
        loose=conversation.loose,
        loose_at=conversation.loose_at,
        loose_marks=conversation.loose_marks,
        marker=conversation.marker,
    )
    return {
        "state": conversation.state,
        "pending_trade": drafts[0] if len(drafts) == 1 else drafts or None,
        "context": _context.dump_python(context, mode="json", exclude_defaults=True),
    }


def load_conversation(state: str | None, pending_trade: str | None, context: str | None) -> tuple[Conversation, bool]:
    """The conversation of a row, and whether the row was valid; an invalid or absent row is an idle conversation."""
    if state is None:
        return Conversation(), True
    try:
        return _validated(state, pending_trade or "[]", context or "{}"), True
    except ValueError:  # pydantic's ValidationError is one
        return Conversation(), False


def _validated(state: str, pending_trade: str, context: str) -> Conversation:
    if len(pending_trade) + len(context) > LARGEST:
        raise ValueError("too long")
    text = pending_trade if pending_trade.lstrip().startswith("[") else f"[{pending_trade}]"
    drafts = _drafts.validate_json("[]" if text == "[null]" else text)
    rest = _context.validate_json(context)
    _check_values((drafts, rest))
    for draft in (*drafts, *rest.shelf):
        _check_trade(draft)
    if not rest.loose_marks.said().keys() <= REMARKS:
        raise ValueError("no mark of a trade")
    conversation = Conversation(
        drafts=drafts,
        awaiting=rest.awaiting,
        shelf=rest.shelf,
        loose=rest.loose,
        loose_at=rest.loose_at,
        loose_marks=rest.loose_marks,
        marker=rest.marker,
    )
    return replace(conversation, state=_state_of(conversation, state))


def _check_values(value: Any) -> None:
    """What a trader could have meant, all the way down: what is beyond would fail only when it is written."""
    match value:
        case str() | None:
            pass
        case Decimal():
            if abs(value) >= LARGEST_NUMBER or value != value.quantize(SMALLEST_STEP):
                raise ValueError("no number of a trade")
        case datetime():
            if value.tzinfo is None or not 2000 <= value.year < 2100:
                raise ValueError("no time of a trade")
        case date():
            if not 2000 <= value.year < 2100:
                raise ValueError("no day of a trade")
        case int():
            if not 0 <= value < 10**6:
                raise ValueError("no count")
        case tuple():
            for part in value:
                _check_values(part)
        case _ if is_dataclass(value):
            for name in value.__dataclass_fields__:
                _check_values(getattr(value, name))


def _check_trade(draft: Draft) -> None:
    """A close or an edit names trades it came with; a report names none. Only edits empty facts."""
    offered = {choice.trade_id for choice in draft.choices}
    named = draft.trade_id in offered
    unpicked = draft.trade_id is None
    fits = {"record": unpicked, "close": unpicked or named, "edit": named, "delete": named}
    together = {*draft.others, draft.trade_id} <= offered if draft.others else True
    if not fits[draft.kind] or not together or draft.copy_of is not None:
        raise ValueError("the trade is not one of those offered")
    if draft.cleared and (draft.kind != "edit" or not draft.cleared <= EMPTIABLE):
        raise ValueError("nothing that can be emptied")


def _state_of(conversation: Conversation, stored: str) -> State:
    """The state that what is pending asks for; a stored state that differs was tampered with."""
    pending: State
    if conversation.drafts:
        incomplete = any(draft.missing() for draft in conversation.drafts)
        pending = "awaiting_details" if incomplete else "awaiting_confirmation"
    else:
        pending = "awaiting_screenshot" if conversation.awaiting else "idle"
    if stored != pending:
        raise ValueError("state does not fit what is pending")
    return pending


CONVERSATION = """
select state, pending_trade::text, context::text from public.journal_conversations where user_id = $1 and platform = $2
"""


async def conversation_of(connection: Connection, user_id: UUID, platform: Platform) -> Conversation:
    """What a profile has under way on a platform; the caller holds the profile's lock."""
    row = await connection.fetchrow(CONVERSATION, user_id, platform)
    return load_conversation(*row)[0] if row else Conversation()


KNOWN = """
select json_agg(worker.known_trade(t, f))::text from public.trades t
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = $1
where t.user_id = $1 and t.id = any ($2)
"""


async def known_trades(connection: Connection, user_id: UUID, trade_ids: Collection[UUID]) -> tuple[KnownTrade, ...]:
    """These of the trader's trades, as they are now."""
    return load_known_trades(await connection.fetchval(KNOWN, user_id, list(trade_ids)))


def load_known_trades(text: str | None) -> tuple[KnownTrade, ...]:
    """Trades as worker.known_trade gives them; those that other writers filled with odd values are left out."""
    trades = (_known_or_none(trade) for trade in read_json(text) or ())
    return tuple(trade for trade in trades if trade is not None)


def load_known_trade(text: str | None) -> KnownTrade | None:
    return _known_or_none(read_json(text)) if text else None


def _known_or_none(trade: Any) -> KnownTrade | None:
    try:
        return _known.validate_python(trade)
    except ValidationError:
        return None
