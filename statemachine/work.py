"""One step in the making: what came in, and what becomes of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from statemachine.conversation import (
    DRAFT_KEPT,
    LOOSE_PICTURE_KEPT,
    SCREENSHOT_WAIT,
    Conversation,
    Draft,
    Effect,
    KnownTrade,
    RequestAudit,
    Say,
    Scene,
    State,
    Turn,
    WaitUntil,
)
from statemachine.message import Attachment
from statemachine.trade import TradeFields


class Work:
    """What the rows of the table look at and write; made for one step and never kept."""

    __slots__ = ("before", "drafts", "effects", "event", "loose", "loose_at", "loose_marks", "now", "replies", "scene",
                 "shelf", "state", "waiting")  # fmt: skip

    def __init__(self, conversation: Conversation, event: Any, now: datetime, scene: Scene) -> None:
        self.before = conversation
        self.state: State = conversation.state
        self.event, self.now, self.scene = event, now, scene
        self.drafts = list(conversation.drafts)
        self.waiting = list(conversation.awaiting)
        self.shelf = [draft for draft in conversation.shelf if now - (draft.shelved_at or now) < DRAFT_KEPT]
        fresh = conversation.loose_at is not None and now - conversation.loose_at < LOOSE_PICTURE_KEPT
        self.loose: tuple[Attachment, ...] = conversation.loose if fresh else ()
        self.loose_at = conversation.loose_at if fresh else None
        self.loose_marks = conversation.loose_marks if fresh else TradeFields()
        self.replies: list[Say] = []
        self.effects: list[Effect] = []

    @property
    def by_model(self) -> bool:
        """A model read the message, or heard it."""
        return self.scene.spoken or getattr(self.event, "by_model", False)

    @property
    def heard_at(self) -> datetime | None:
        return self.now if self.scene.spoken else None

    def say(self, key: str, **data: Any) -> None:
        self.replies.append(Say(key, data))

    def show(self) -> None:
        """Show what is pending: what is missing in the first incomplete draft, else all drafts, else the chart."""
        asked = self.asked()
        if asked is not None:
            draft = self.drafts[asked]
            number = asked + 1 if len(self.drafts) > 1 else None
            self.say("ask_details", draft=draft, missing=draft.missing(), number=number)
        elif self.drafts:
            self.say("confirm", drafts=tuple(self.drafts))
        elif self.waiting:
            self.say("ask_chart", trade=self.waiting[0], left=len(self.waiting))

    def asked(self) -> int | None:
        """Index of the draft whose details are asked for: the first incomplete one."""
        return next((index for index, draft in enumerate(self.drafts) if draft.missing()), None)

    def take_loose(self) -> tuple[tuple[Attachment, ...], TradeFields]:
        """The pictures that came without a trade, and what they mark it with; they have one now."""
        taken = self.loose, self.loose_marks
        self.loose, self.loose_at, self.loose_marks = (), None, TradeFields()
        return taken

    def end_wait(self) -> None:
        """Charts are no longer waited for: the trades are judged without."""
        for trade in self.waiting:
            self.effects.extend(RequestAudit(number) for number in (trade.trade_id, *trade.copies))
        self.waiting = []

    def turn(self) -> Turn:
        marker = self._marker()
        conversation = Conversation(
            state=self.state,
            drafts=tuple(self.drafts),
            awaiting=tuple(self.waiting),
            shelf=tuple(self.shelf),
            loose=self.loose,
            loose_at=self.loose_at,
            loose_marks=self.loose_marks,
            marker=marker,
        )
        return Turn(conversation, tuple(self.replies), tuple(self.effects))

    def _marker(self) -> str | None:
        """Sets up a wait when one begins; one that goes on keeps its timer."""
        if self.state == "idle":
            return None
        screenshot = self.state == "awaiting_screenshot"
        kind = "chart" if screenshot else "draft"
        same_kind = (self.before.marker or "").startswith(kind + ":")
        if same_kind and (not screenshot or ids(self.before.awaiting) == ids(self.waiting)):
            return self.before.marker
        marker = f"{kind}:{self.scene.message_id.hex}"
        self.effects.append(WaitUntil(self.now + SCREENSHOT_WAIT if screenshot else self.scene.session_end, marker))
        return marker


def ids(trades: list[KnownTrade] | tuple[KnownTrade, ...]) -> list[UUID]:
    return [trade.trade_id for trade in trades]


def index_of(drafts: list[Draft], draft_id: str | None) -> int | None:
    """Where the draft of a button stands; None where it is gone or no button was pressed."""
    return next((index for index, draft in enumerate(drafts) if draft.id.hex == draft_id), None)
