"""What a conversation is between two messages, and what a step of it gives: values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from statemachine.message import Attachment
from statemachine.plan import Plan
from statemachine.trade import MAIN, Doubted, TradeFields

State = Literal["idle", "awaiting_details", "awaiting_confirmation", "awaiting_screenshot"]
STATES: tuple[State, ...] = ("idle", "awaiting_details", "awaiting_confirmation", "awaiting_screenshot")
DraftKind = Literal["record", "close", "edit", "delete"]

SCREENSHOT_WAIT = timedelta(minutes=30)
DRAFT_KEPT = timedelta(days=7)
LOOSE_PICTURE_KEPT = timedelta(hours=24)
MOST_DRAFTS = 20
MOST_OPEN = 20
"""Open trades that a Scene holds at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A change to the journal that waits for its confirmation.

    id               becomes the id of the trade when kind is "record"
    revision         raised by every change; a button names the revision it was shown with
    trade_id         the trade that is closed, edited or deleted; None while the trader has not said which
    choices          recorded trades it could mean: the open ones of a close, the edited or deleted one, the twin
    source           external id of the message behind the draft
    heard_at         when a voice note last told of it: a yes in words counts only if it was sent after that was shown
    said_at          that message's time: decides the trading day where no time was said
    doubted          what the model claimed and nobody could find; it is asked for
    twin             an equal trade was recorded lately, or waits already
    shelved_at       when it was put away unconfirmed
    unknown_account  what was named as its account and is none of the trader's: the account is asked for
    copies           the other accounts that the trade was taken on: one trade is recorded on each
    others           recorded trades among `choices`, copies of `trade_id`, that are closed, edited or deleted with it
    copies_asked     the number of accounts that was said, which the trader's accounts do not answer: which is asked
    total            the P&L is that of all copies together
    copy_of          the draft that this one is made of, once it is confirmed
    plan             the plan whose fill it is
    plans            those whose fill it may be, while the trader has not said which
    cleared          facts of the recorded trade that an edit empties
    """

    id: UUID
    fields: TradeFields
    said_at: datetime
    kind: DraftKind = "record"
    revision: int = 1
    trade_id: UUID | None = None
    choices: tuple["KnownTrade", ...] = ()
    source: str | None = None
    pictures: tuple[Attachment, ...] = ()
    by_model: bool = False
    doubted: tuple[Doubted, ...] = ()
    twin: bool = False
    shelved_at: datetime | None = None
    unknown_account: str | None = None
    copies: tuple[str, ...] = ()
    others: tuple[UUID, ...] = ()
    copies_asked: int | None = None
    total: bool = False
    copy_of: UUID | None = None
    plan: Plan | None = None
    plans: tuple[Plan, ...] = ()
    heard_at: datetime | None = None
    cleared: frozenset[str] = frozenset()

    def missing(self) -> tuple[str, ...]:
        """What is needed before this can be confirmed.

        "trade", "plan", "change", "symbol", "direction", "entry_price", "exit_price", "account", "accounts".
        """
        facts = self.fields
        if self.kind == "delete":
            return ()
        if self.kind == "edit":
            return () if self.alters else ("change",)
        if self.plans:
            return ("plan",)
        if self.kind == "close":
            which = () if self.trade_id else ("trade",)
            return which if facts.exit_price is not None or facts.pnl is not None else (*which, "exit_price")
        absent = [name for name in ("symbol", "direction") if getattr(facts, name) is None]
        if facts.entry_price is None and facts.pnl is None:
            absent.append("entry_price")
        if self.unknown_account is not None:
            absent.append("account")
        elif self.copies_asked is not None:
            absent.append("accounts")
        return tuple(absent)

    @property
    def alters(self) -> frozenset[str]:
        """The facts of a recorded trade that an edit changes or empties."""
        return self.cleared | self.fields.said().keys()

    def on(self, known: TradeFields) -> TradeFields:
        """What an edit makes of the facts of a recorded trade."""
        return known.without(self.cleared).merged(self.fields)

    def changed(self, **changes: Any) -> "Draft":
        return replace(self, revision=self.revision + 1, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTrade:
    """A recorded trade as the conversation needs to know it.

    open_size  what is left of a partly closed one
    day        the trading day it counts on
    copies     the same trade on other accounts
    """

    trade_id: UUID
    fields: TradeFields
    is_open: bool = False
    open_size: Decimal | None = None
    has_picture: bool = False
    day: date | None = None
    copies: tuple[UUID, ...] = ()

    @property
    def held(self) -> Decimal | None:
        """What there is to close; None where the size is not known."""
        return self.fields.position_size if self.open_size is None else self.open_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One chat's conversation. Immutable: a step gives a new one.

    awaiting  recorded trades whose chart was asked for
    shelf     drafts put away unconfirmed, kept 7 days
    loose     pictures that came without a trade, and when; loose_marks: what their captions mark it with
    marker    names the wait in force: the timer of an older one changes nothing
    """

    state: State = "idle"
    drafts: tuple[Draft, ...] = ()
    awaiting: tuple[KnownTrade, ...] = ()
    shelf: tuple[Draft, ...] = ()
    loose: tuple[Attachment, ...] = ()
    loose_at: datetime | None = None
    loose_marks: TradeFields = field(default_factory=TradeFields)
    marker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the journal knows around a message; the conversation never looks anything up.

    message_id     derived from the message's identity: the ids of its drafts follow from it
    pictures       what came with the message
    open_trades    still held; newest first, at most MOST_OPEN
    recent         recorded in the last 24 h; newest first
    target         the trade whose message was answered, or whose report was edited
    session_end    when today's session ends, and the quiet hours it ends in: an unconfirmed draft is put away then
    wants_pictures False: the trader does not want to be asked for charts
    accounts       names of the accounts that trades can be recorded on; most traders have one
    account        the one that is used where none is named
    plans          what is planned and not filled; oldest first
    named          further recorded trades that are spoken of or wait for a yes, as they are now
    spoken         the message is a voice note: what it says is heard, and never confirmed unseen
    received_at    when the message came, by our clock; None: now
    """

    message_id: UUID
    said_at: datetime
    session_end: datetime
    source: str | None = None
    pictures: tuple[Attachment, ...] = ()
    open_trades: tuple[KnownTrade, ...] = ()
    recent: tuple[KnownTrade, ...] = ()
    target: KnownTrade | None = None
    wants_pictures: bool = True
    accounts: tuple[str, ...] = (MAIN,)
    account: str = MAIN
    plans: tuple[Plan, ...] = ()
    spoken: bool = False
    received_at: datetime | None = None
    named: tuple[KnownTrade, ...] = ()

    @property
    def known(self) -> tuple[KnownTrade, ...]:
        """Every recorded trade that is known here."""
        return (*self.open_trades, *self.recent, *self.named)


@dataclass(frozen=True, slots=True)
class Say:
    """A reply before it has words: the key of a text and what goes into it.

    `about`: the trade it speaks of, found again when the trader answers to the reply.
    """

    key: str
    data: Mapping[str, Any] = field(default_factory=dict)
    about: UUID | None = None


@dataclass(frozen=True, slots=True)
class RecordTrade:
    """Put a new trade into the journal; its id is the draft's."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class CloseTrade:
    """Close an open trade, or a part of it."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class EditTrade:
    """Change fields of a recorded trade."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class DeleteTrade:
    """Take a trade out of the journal."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class AttachPictures:
    """Fetch and store pictures for a trade and its copies; their audits follow."""

    trade_id: UUID
    pictures: tuple[Attachment, ...]
    copies: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestAudit:
    """Judge a trade by its trader's rules."""

    trade_id: UUID


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Come back with Expired(marker) at `at`."""

    at: datetime
    marker: str


@dataclass(frozen=True, slots=True)
class KeepPlan:
    """Keep a plan, in place of what it said before."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class EndPlan:
    """A plan is over. `filled_by`: the trade that it became; while that is taken back, the plan waits again."""

    plan_id: UUID
    filled_by: UUID | None = None


Effect = (
    RecordTrade | CloseTrade | EditTrade | DeleteTrade | AttachPictures | RequestAudit | WaitUntil | KeepPlan | EndPlan
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step gives: the new conversation, what to say, what to do."""

    conversation: Conversation
    replies: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()
