"""What the rows of the table look at and write. Each function takes the Work of one step; nothing else is touched."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from statemachine.conversation import (
    DRAFT_KEPT,
    LOOSE_PICTURE_KEPT,
    MOST_DRAFTS,
    SCREENSHOT_WAIT,
    AttachPictures,
    CloseTrade,
    Conversation,
    Draft,
    EditTrade,
    Effect,
    KnownTrade,
    RecordTrade,
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
    """One step in the making: what came in, and what becomes of it."""

    __slots__ = ("before", "drafts", "effects", "event", "loose", "loose_at", "now", "replies", "scene", "shelf",
                 "state", "waiting")  # fmt: skip

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
        self.replies: list[Say] = []
        self.effects: list[Effect] = []

    def say(self, key: str, **data: Any) -> None:
        self.replies.append(Say(key, data))

    def turn(self) -> Turn:
        marker = self._marker()
        conversation = Conversation(
            state=self.state,
            drafts=tuple(self.drafts),
            awaiting=tuple(self.waiting),
            shelf=tuple(self.shelf),
            loose=self.loose,
            loose_at=self.loose_at,
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
        same_trades = not screenshot or self.before.awaiting == tuple(self.waiting)
        if same_kind and same_trades and self.before.state != "idle":
            return self.before.marker
        marker = f"{kind}:{self.scene.message_id.hex}"
        self.effects.append(WaitUntil(self.now + SCREENSHOT_WAIT if screenshot else self.scene.session_end, marker))
        return marker


# ---- what is pending


def shown(work: Work) -> None:
    """Show what is pending: ask for what is missing in the first incomplete draft, else for the confirmation."""
    incomplete = next((draft for draft in work.drafts if draft.missing()), None)
    if incomplete is not None:
        number = work.drafts.index(incomplete) + 1 if len(work.drafts) > 1 else None
        work.say("ask_details", draft=incomplete, missing=incomplete.missing(), number=number)
    elif work.drafts:
        work.say("confirm", drafts=tuple(work.drafts))
    elif work.waiting:
        work.say("ask_chart", trade=work.waiting[0], left=len(work.waiting))


def _index(drafts: list[Draft], draft_id: str | None) -> int | None:
    return next((i for i, draft in enumerate(drafts) if draft.id.hex == draft_id), None)


def _taken(work: Work) -> list[Draft]:
    """The drafts a yes or no speaks of, removed from the pending ones."""
    event = work.event
    index = _index(work.drafts, event.draft_id) if event.draft_id else None
    if event.which is not None:
        index = event.which - 1
    taken = list(work.drafts) if index is None else [work.drafts[index]]
    work.drafts = [draft for draft in work.drafts if draft not in taken]
    return taken


# ---- conditions


def lacks_details(work: Work) -> bool:
    return any(pending.missing() for pending in work.drafts)


def has_drafts(work: Work) -> bool:
    return bool(work.drafts)


def awaits_charts(work: Work) -> bool:
    return bool(work.waiting)


def too_many_drafts(work: Work) -> bool:
    coming = len(work.event.trades) if hasattr(work.event, "trades") else 1
    return len(work.drafts) + coming > MOST_DRAFTS


def nothing_open(work: Work) -> bool:
    return not _closable(work)


def revises_a_draft(work: Work) -> bool:
    return any(draft.source == work.event.source for draft in work.drafts)


def revises_a_trade(work: Work) -> bool:
    target = work.scene.target
    return target is not None and bool(_changes(target.fields, work.event.fields))


def names_shelved(work: Work) -> bool:
    index = _index(work.shelf, work.event.draft_id)
    return index is not None and work.shelf[index].revision == work.event.revision


def is_stale(work: Work) -> bool:
    """A button of a draft that is gone or has changed since."""
    event = work.event
    if event.draft_id is None:
        return False
    index = _index(work.drafts, event.draft_id)
    return index is None or work.drafts[index].revision != event.revision


def no_such_draft(work: Work) -> bool:
    return work.event.which is not None and not 1 <= work.event.which <= len(work.drafts)


def has_target(work: Work) -> bool:
    return work.scene.target is not None


def picks_for_loose(work: Work) -> bool:
    return work.event.draft_id is None and bool(work.loose) and _loose_choice(work) is not None


def picks_offered(work: Work) -> bool:
    return any(work.event.choice == choice.trade_id.hex for draft in work.drafts for choice in draft.choices)


def is_outlived(work: Work) -> bool:
    return bool(work.event.marker != work.before.marker)


# ---- reports


def draft(work: Work) -> None:
    pictures = work.loose + work.scene.pictures
    work.loose, work.loose_at = (), None
    for number, fields in enumerate(work.event.trades):
        work.drafts.append(
            Draft(
                id=uuid5(work.scene.message_id, str(number)),
                fields=fields,
                said_at=work.scene.said_at,
                source=work.scene.source,
                pictures=pictures if number == 0 else (),
                by_model=work.event.by_model,
                twin=_has_twin(fields, work.scene.recent),
            )
        )
    shown(work)


def _has_twin(fields: TradeFields, recent: tuple[KnownTrade, ...]) -> bool:
    """Equal in whatever both say, and it says enough to tell."""
    said = fields.said()
    if len(said) < 3:
        return False
    return any(
        all(known.fields.said().get(name, value) == value for name, value in said.items() if name != "note")
        for known in recent
        if len(known.fields.said()) >= 3
    )


def end_wait_and_draft(work: Work) -> None:
    end_wait(work)
    draft(work)


def refuse_more_drafts(work: Work) -> None:
    work.say("too_many_drafts", most=MOST_DRAFTS)
    shown(work)


def decline_plan(work: Work) -> None:
    work.say("planned", trades=work.event.trades)
    shown(work)


# ---- closing


def _closable(work: Work) -> tuple[KnownTrade, ...]:
    said = work.event.fields
    closing = {pending.trade_id for pending in work.drafts if pending.kind == "close"}

    def fits(trade: KnownTrade) -> bool:
        return (
            trade.trade_id not in closing
            and said.symbol in (None, trade.fields.symbol)
            and said.direction in (None, trade.fields.direction)
        )

    if work.scene.target is not None and work.scene.target.is_open:
        return (work.scene.target,)
    return tuple(trade for trade in work.scene.open_trades if fits(trade))


def close(work: Work) -> None:
    choices = _closable(work)
    only = choices[0] if len(choices) == 1 else None
    work.drafts.append(
        Draft(
            id=uuid5(work.scene.message_id, "close"),
            kind="close",
            fields=_closing_fields(work.event.fields, only) if only else work.event.fields,
            said_at=work.scene.said_at,
            trade_id=only.trade_id if only else None,
            choices=choices,
            source=work.scene.source,
            pictures=work.scene.pictures,
        )
    )
    shown(work)


def _closing_fields(said: TradeFields, trade: KnownTrade) -> TradeFields:
    """The close with what the open trade already tells; a size that was not said is all that is held."""
    known = trade.fields
    return replace(
        said,
        symbol=known.symbol,
        direction=known.direction,
        entry_price=known.entry_price,
        stop_loss=known.stop_loss,
        take_profit=known.take_profit,
        position_size=said.position_size if said.position_size is not None else known.position_size,
    )


def end_wait_and_close(work: Work) -> None:
    end_wait(work)
    close(work)


def say_nothing_open(work: Work) -> None:
    work.say("nothing_open", fields=work.event.fields)
    shown(work)


def pick_trade(work: Work) -> None:
    index = _index(work.drafts, work.event.draft_id) or 0
    pending = work.drafts[index]
    trade = next(choice for choice in pending.choices if choice.trade_id.hex == work.event.choice)
    work.drafts[index] = pending.changed(trade_id=trade.trade_id, fields=_closing_fields(pending.fields, trade))
    shown(work)


# ---- details, corrections, edits


def add_details(work: Work) -> None:
    index = next((i for i, pending in enumerate(work.drafts) if pending.missing()), len(work.drafts) - 1)
    _change(work, index, lambda fields: fields.merged(work.event.fields))


def correct(work: Work) -> None:
    event = work.event
    index = event.which - 1 if event.which and event.which <= len(work.drafts) else len(work.drafts) - 1
    _change(work, index, lambda fields: fields.without(event.cleared).merged(event.fields))


def _change(work: Work, index: int, change: Callable[[TradeFields], TradeFields]) -> None:
    pending = work.drafts[index]
    work.drafts[index] = pending.changed(
        fields=change(pending.fields), pictures=pending.pictures + work.scene.pictures, twin=False
    )
    shown(work)


def revise_draft(work: Work) -> None:
    index = next(i for i, pending in enumerate(work.drafts) if pending.source == work.event.source)
    _change(work, index, lambda _: work.event.fields)


def _changes(old: TradeFields, new: TradeFields) -> TradeFields | None:
    changed = {name: value for name, value in new.said().items() if getattr(old, name) != value}
    return TradeFields(**changed) if changed else None


def propose_edit(work: Work) -> None:
    target = work.scene.target
    assert target is not None  # noqa: S101 - the row's condition
    changes = _changes(target.fields, work.event.fields)
    work.drafts = [pending for pending in work.drafts if (pending.kind, pending.trade_id) != ("edit", target.trade_id)]
    work.drafts.append(
        Draft(
            id=uuid5(work.scene.message_id, "edit"),
            kind="edit",
            fields=changes or TradeFields(),
            said_at=work.scene.said_at,
            trade_id=target.trade_id,
            choices=(target,),
        )
    )
    shown(work)


def explain_editing(work: Work) -> None:
    index = _index(work.drafts, work.event.draft_id) or 0
    work.say("how_to_edit", draft=work.drafts[index])


# ---- yes and no


def confirm(work: Work) -> None:
    for pending in _taken(work):
        _write(work, pending)
    shown(work)


def confirm_shelved(work: Work) -> None:
    pending = work.shelf.pop(_index(work.shelf, work.event.draft_id) or 0)
    if pending.missing():
        work.drafts.append(pending)
    else:
        _write(work, pending)
    shown(work)


def _write(work: Work, pending: Draft) -> None:
    """Put a confirmed draft into the journal and decide what follows: its chart, or its audit."""
    if pending.kind == "edit":
        work.effects.append(EditTrade(pending))
        work.say("edited", draft=pending)
        return
    if pending.kind == "close" and pending.trade_id is not None:
        trade_id = pending.trade_id
        work.effects.append(CloseTrade(pending))
    else:
        trade_id = pending.id
        work.effects.append(RecordTrade(pending))
    work.say("recorded", draft=pending, trade_id=trade_id)
    _after_recording(work, pending, trade_id)


def _after_recording(work: Work, pending: Draft, trade_id: UUID) -> None:
    if pending.pictures:
        work.effects.append(AttachPictures(trade_id, pending.pictures))
    elif pending.fields.is_open:
        return  # an open trade is charted and judged when it is closed
    elif work.scene.wants_pictures and not _pictured(work, trade_id):
        work.waiting.append(KnownTrade(trade_id=trade_id, fields=pending.fields))
    else:
        work.effects.append(RequestAudit(trade_id))


def _pictured(work: Work, trade_id: UUID) -> bool:
    known = (*work.scene.open_trades, *work.scene.recent)
    return any(trade.trade_id == trade_id and trade.has_picture for trade in known)


def drop(work: Work) -> None:
    work.say("dropped", drafts=tuple(_taken(work)))
    shown(work)


def drop_shelved(work: Work) -> None:
    work.say("dropped", drafts=(work.shelf.pop(_index(work.shelf, work.event.draft_id) or 0),))
    shown(work)


def cancel_drafts(work: Work) -> None:
    work.say("dropped", drafts=tuple(work.drafts))
    work.drafts = []
    shown(work)


def take_from_shelf(work: Work) -> None:
    work.drafts.append(replace(work.shelf.pop(_index(work.shelf, work.event.draft_id) or 0), shelved_at=None))
    shown(work)


def say_stale(work: Work) -> None:
    work.say("stale", pending=bool(work.drafts or work.waiting))
    shown(work)


def say_no_such_draft(work: Work) -> None:
    work.say("no_such_draft", which=work.event.which, count=len(work.drafts))
    shown(work)


def ask_again(work: Work) -> None:
    shown(work)


def ask_for_chart(work: Work) -> None:
    shown(work)


# ---- pictures


def attach_to_target(work: Work) -> None:
    target = work.scene.target
    assert target is not None  # noqa: S101 - the row's condition
    _attach(work, target, work.event.pictures)


def attach_awaited(work: Work) -> None:
    _attach(work, work.waiting[0], work.event.pictures)


def _attach(work: Work, trade: KnownTrade, pictures: tuple[Attachment, ...]) -> None:
    work.effects.append(AttachPictures(trade.trade_id, pictures))
    work.waiting = [waiting for waiting in work.waiting if waiting.trade_id != trade.trade_id]
    work.say("picture_coming", trade=trade, count=len(pictures))
    shown(work)


def join_pictures(work: Work) -> None:
    last = work.drafts[-1]
    work.drafts[-1] = replace(last, pictures=last.pictures + work.event.pictures)
    work.say("picture_joined", draft=work.drafts[-1])
    shown(work)


def keep_loose(work: Work) -> None:
    """A picture by itself: it may belong to a trade of today, or to one not told yet."""
    work.loose, work.loose_at = work.event.pictures, work.now
    candidates = tuple(trade for trade in work.scene.recent if not trade.has_picture)
    work.say("whose_picture" if candidates else "picture_alone", trades=candidates[:3])


def _loose_choice(work: Work) -> KnownTrade | str | None:
    if work.event.choice == "new":
        return "new"
    known = (*work.scene.recent, *work.scene.open_trades)
    return next((trade for trade in known if trade.trade_id.hex == work.event.choice), None)


def place_loose(work: Work) -> None:
    choice = _loose_choice(work)
    if isinstance(choice, KnownTrade):
        pictures, work.loose, work.loose_at = work.loose, (), None
        _attach(work, choice, pictures)
    else:
        work.say("picture_alone", trades=())


def skip(work: Work) -> None:
    work.say("skipped", trades=tuple(work.waiting))
    end_wait(work)


def end_wait(work: Work) -> None:
    """Charts are no longer waited for: the trades are judged without."""
    work.effects.extend(RequestAudit(trade.trade_id) for trade in work.waiting)
    work.waiting = []


# ---- time


def shelve(work: Work) -> None:
    put_away = [replace(pending, shelved_at=work.now) for pending in work.drafts]
    work.shelf = (work.shelf + put_away)[-MOST_DRAFTS:]
    work.drafts = []
    work.say("reminder", drafts=tuple(put_away))
    end_wait(work)


def ignore(work: Work) -> None:
    """Nothing to say, nothing to change."""


# ---- talk


def answer_question(work: Work) -> None:
    work.say("asked")
    shown(work)


def answer_chat(work: Work) -> None:
    if work.drafts or work.waiting:
        shown(work)
    else:
        work.say("chatted")


def answer_unread(work: Work) -> None:
    work.say("unread", understood=work.event.understood, reason=work.event.reason, state=work.state)
    shown(work)


def say_not_allowed(work: Work) -> None:
    work.say("not_allowed", event=type(work.event).__name__, state=work.state)
    shown(work)
