"""What a message can mean to a conversation: events are past participles, frozen, and hold no platform detail.

Reading (plain code or the model) turns text into one of these; buttons, commands and timers give the rest. What the
model read says so (`by_model`, `doubted`, see Reported).
"""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from statemachine.conversation import KnownTrade
from statemachine.message import Attachment
from statemachine.plan import Levels
from statemachine.trade import Copies, Doubted, TradeFields

EVERY: Final = "*"
"""In the place of an account: all that trades can be recorded on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One or more trades were reported.

    by_model  the language model read them, not plain code
    doubted   of each trade, in order, what the model claimed and nobody could find; () is none of any
    copies    here and below: the trades are on several accounts
    """

    trades: tuple[TradeFields, ...]
    by_model: bool = False
    copies: Copies | None = None
    doubted: tuple[tuple[Doubted, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One or more trades that are intended, not taken.

    levels    what each says beyond its fields, where plain code read it
    by_model  the language model read them
    edited    the message was sent before and says this now
    """

    trades: tuple[TradeFields, ...]
    levels: tuple[Levels, ...] = ()
    by_model: bool = False
    edited: bool = False
    copies: Copies | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A plan became a trade: as planned, but for what is said of it.

    which    1-based number of the plan in the list of them
    plan_id  from a button, or the plan whose message was answered
    """

    fields: TradeFields = field(default_factory=TradeFields)
    which: int | None = None
    plan_id: str | None = None
    copies: Copies | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfilled:
    """A plan came to nothing; said as for Filled."""

    fields: TradeFields = field(default_factory=TradeFields)
    which: int | None = None
    plan_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An open trade was left: exit price, P&L or both, perhaps a part of the size, perhaps with symbol and side."""

    fields: TradeFields
    copies: Copies | None = None
    by_model: bool = False
    doubted: tuple[Doubted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Detailed:
    """Facts that answer what was asked about the pending draft."""

    fields: TradeFields
    copies: Copies | None = None
    by_model: bool = False
    doubted: tuple[Doubted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """Facts of a pending draft were changed. `which`: 1-based number of the draft when several wait.

    `also`: what the same message changed in other drafts, each with its number.
    """

    fields: TradeFields
    cleared: frozenset[str] = frozenset()
    which: int | None = None
    also: tuple["Corrected", ...] = ()
    copies: Copies | None = None
    by_model: bool = False
    doubted: tuple[Doubted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """The message behind a draft or a recorded trade was edited; `fields` is the new reading of the whole message.

    `asked`: the change was asked of the recorded trade, by a command or an answer: it adds to one that waits already.
    `cleared`: facts that it empties.
    """

    source: str
    fields: TradeFields
    copies: Copies | None = None
    asked: bool = False
    cleared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAsked:
    """A recorded trade is to be changed, and it was not said how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionAsked:
    """A recorded trade is to be deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillTold:
    """One more fill of a recorded trade: more of it was entered, or one of its exits was another.

    `fields`: its size, its price as entry_price or exit_price, perhaps its time.
    """

    fields: TradeFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Yes. From a button it names draft and revision; `which` picks one of several, None means all.

    `refused`: the numbers of those that were refused in the same breath; the yes is to the others.
    """

    which: int | None = None
    draft_id: str | None = None
    revision: int | None = None
    refused: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """No: drop the pending draft (or one of several)."""

    which: int | None = None
    draft_id: str | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditAsked:
    """The Edit button."""

    draft_id: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """One of the offered trades was picked: for a close (then `draft_id` is set) or for a loose picture.

    `choice` is a trade's id; "new" for a picture that belongs to a trade not yet told; "all" for a close of every one.
    """

    choice: str
    draft_id: str | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPicked:
    """The button of one of the trader's accounts, or of all (EVERY), for a draft that is to be recorded."""

    account: str
    draft_id: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """Pictures came without any text that could be read, or with the answer they belong to.

    `marks`: what their caption marks the trade with.
    """

    pictures: tuple[Attachment, ...]
    marks: TradeFields = field(default_factory=TradeFields)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRefused:
    """What was sent turned out to be no usable picture; `trade` is the one that lacks its chart, if any.

    `reason` is that of AttachmentRefused; `limit_mb` the largest picture that is taken.
    """

    reason: str
    limit_mb: int
    trade: KnownTrade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """No screenshot, /skip or the Skip button: for none of those that are waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """/cancel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """A wait is over: `marker` names the wait that was set up, a later one is left alone."""

    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """A recorded trade is no longer in the journal: undone, or deleted elsewhere."""

    trade_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the journal."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chatted:
    """Small talk: nothing to record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Not understood for sure. `understood`: what was; `reason`: key of what stands in the way.

    Reasons: unclear, empty, too_long, impossible_price, impossible_size, stop_wrong_side, attachment_only.
    """

    understood: TradeFields = field(default_factory=TradeFields)
    reason: str = "unclear"


Event = (
    Reported
    | Planned
    | Filled
    | Unfilled
    | Closed
    | Detailed
    | Corrected
    | Revised
    | ChangeAsked
    | DeletionAsked
    | FillTold
    | Confirmed
    | Denied
    | EditAsked
    | Picked
    | AccountPicked
    | Pictured
    | PictureRefused
    | Skipped
    | Cancelled
    | Expired
    | Vanished
    | Asked
    | Chatted
    | Unread
)
