"""Whatever is said, in whatever order: what holds for every conversation."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from statemachine.conversation import (
    DRAFT_KEPT,
    MOST_DRAFTS,
    AttachPictures,
    CloseTrade,
    Conversation,
    Draft,
    EndPlan,
    KeepPlan,
    KnownTrade,
    RecordTrade,
    RequestAudit,
    Scene,
    Turn,
    WaitUntil,
)
from statemachine.events import (
    Asked,
    Cancelled,
    Chatted,
    Closed,
    Confirmed,
    Corrected,
    Denied,
    Detailed,
    EditAsked,
    Event,
    Expired,
    Filled,
    Picked,
    Pictured,
    Planned,
    Reported,
    Revised,
    Skipped,
    Unfilled,
    Unread,
)
from statemachine.machine import step
from statemachine.matching import closes_a_part
from statemachine.message import Attachment
from statemachine.plan import MOST_PLANS, PLAN_KEPT, Plan
from statemachine.trade import Copies, TradeFields

BEGIN = datetime(2026, 3, 23, 15, 0, tzinfo=UTC)
PRICES = (None, Decimal(18250), Decimal(18290))

trade_fields = st.builds(
    TradeFields,
    symbol=st.sampled_from((None, "NQ", "ES")),
    direction=st.sampled_from((None, "long", "short")),
    entry_price=st.sampled_from(PRICES),
    exit_price=st.sampled_from(PRICES),
    position_size=st.sampled_from((None, Decimal(1), Decimal(2))),
    pnl=st.sampled_from((None, None, Decimal(400))),
)
whole = st.builds(
    TradeFields,
    symbol=st.sampled_from(("NQ", "ES")),
    direction=st.sampled_from(("long", "short")),
    entry_price=st.sampled_from(PRICES[1:]),
    exit_price=st.sampled_from(PRICES),
    position_size=st.sampled_from((None, Decimal(1), Decimal(2))),
)
exits = st.builds(
    TradeFields, exit_price=st.sampled_from(PRICES[1:]), position_size=st.sampled_from((None, Decimal(1)))
)
planned = st.builds(
    TradeFields,
    symbol=st.sampled_from(("NQ", "ES")),
    direction=st.sampled_from(("long", "short")),
    entry_price=st.sampled_from((*PRICES, Decimal(18200), Decimal(18300))),
)
fills = st.builds(
    TradeFields, symbol=st.sampled_from((None, None, "NQ", "ES")), entry_price=st.sampled_from((None, *PRICES))
)
which = st.sampled_from((None, None, 1, 2, 3))
copies = st.sampled_from(
    (None, None, Copies(every=True), Copies(count=2, total=True), Copies(count=3), Copies(names=("main", "apex2")))
)
place = st.integers(min_value=0, max_value=3)


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a reply that was shown: the newest, or one of those before."""

    kind: type[Confirmed] | type[Denied] | type[EditAsked]
    back: int


@dataclass(frozen=True, slots=True)
class Pick:
    """One of the trades that were offered for a close or for a picture."""

    back: int
    loose: bool


often: tuple[st.SearchStrategy[Any], ...] = (
    st.builds(Reported, trades=st.tuples(whole)),
    st.builds(Reported, trades=st.lists(whole | trade_fields, min_size=1, max_size=3).map(tuple)),
    st.builds(Reported, trades=st.tuples(whole), copies=copies),
    st.builds(Closed, fields=exits, copies=copies),
    st.builds(Corrected, fields=exits, which=which),
    st.builds(Confirmed, which=which),
    st.just(Confirmed()),
    st.builds(Press, st.sampled_from((Confirmed, Confirmed, Denied, EditAsked)), place),
)
seldom: tuple[st.SearchStrategy[Any], ...] = (
    st.just(Reported(trades=(TradeFields(note="?"),) * 15)),
    st.builds(Planned, trades=st.lists(planned, min_size=1, max_size=3).map(tuple), copies=copies),
    st.builds(Planned, trades=st.tuples(planned), edited=st.booleans()),
    st.builds(Filled, fields=fills, which=which, copies=copies),
    st.builds(Unfilled, fields=fills, which=which),
    st.builds(Detailed, fields=trade_fields, copies=copies),
    st.builds(Corrected, fields=st.just(TradeFields()), which=which, copies=copies),
    st.just(Corrected(fields=TradeFields(account="apex2"))),
    st.builds(Corrected, fields=trade_fields, cleared=st.sampled_from((frozenset(), {"symbol"})), which=which),
    st.builds(Revised, source=st.integers(0, 12).map(str), fields=whole),
    st.builds(Denied, which=which),
    st.builds(Pick, place, st.booleans()),
    st.just(Pictured(pictures=(Attachment(kind="photo", handle="chart"),))),
    st.sampled_from((Skipped(), Cancelled(), Chatted(), Asked(text="?"), Unread())),
)
messages = st.one_of(*often, *often, *seldom)
pauses = st.sampled_from((0,) * 12 + (1, 31, 60 * 8, 60 * 24 * 8)).map(lambda minutes: timedelta(minutes=minutes))
turns = st.lists(st.tuples(messages, pauses, st.integers(0, 9).map(lambda one: one == 9)), min_size=8, max_size=24)


@dataclass
class Chat:
    """Plays messages and timers, and complains as soon as something that must always hold does not."""

    now: datetime = BEGIN
    conversation: Conversation = field(default_factory=Conversation)
    trades: dict[UUID, KnownTrade] = field(default_factory=dict)
    shown: list[Draft] = field(default_factory=list)
    asked: list[Draft] = field(default_factory=list)
    plans: dict[UUID, Plan] = field(default_factory=dict)
    wake: WaitUntil | None = None
    wants_pictures: bool = True
    accounts: tuple[str, ...] = ("main",)
    turns: int = 0

    def scene(self, with_picture: bool) -> Scene:
        open_trades = tuple(trade for trade in self.trades.values() if trade.is_open)
        return Scene(
            message_id=UUID(int=1000 + self.turns),
            said_at=self.now,
            session_end=self.now + timedelta(hours=7),
            source=str(self.turns),
            pictures=(Attachment(kind="photo", handle=f"with {self.turns}"),) if with_picture else (),
            open_trades=open_trades,
            recent=tuple(self.trades.values()),
            wants_pictures=self.wants_pictures,
            accounts=self.accounts,
            plans=tuple(plan for plan in self.plans.values() if self.now - plan.planned_at < PLAN_KEPT),
        )

    def event_of(self, said: Any) -> Event:
        match said:
            case Press(kind, back):
                pressed = newest(self.shown + self.asked * (kind is Denied), back)
                if pressed is None:
                    return kind(draft_id="0" * 32, revision=1)
                return kind(draft_id=pressed.id.hex, revision=pressed.revision)
            case Pick(back, loose):
                draft = newest(self.asked, back)
                choices = draft.choices if draft is not None and draft.choices else tuple(self.trades.values())
                choice = choices[back % len(choices)].trade_id.hex if choices else "new"
                if loose or draft is None:
                    return Picked(choice=choice)
                return Picked(choice=choice, draft_id=draft.id.hex, revision=draft.revision)
        return said  # type: ignore[no-any-return]

    def say(self, said: Any, *, with_picture: bool = False) -> None:
        self.take(self.event_of(said), with_picture=with_picture)

    def wait(self, time: timedelta) -> None:
        until = self.now + time
        while self.wake is not None and self.wake.at <= until:
            self.now, wake, self.wake = max(self.now, self.wake.at), self.wake, None
            self.take(Expired(marker="an older wait"))
            self.take(Expired(marker=wake.marker))
        self.now = until

    def take(self, event: Event, *, with_picture: bool = False) -> None:
        self.turns += 1
        before, scene = self.conversation, self.scene(with_picture)
        turn = step(before, event, self.now, scene)
        assert turn == step(before, event, self.now, scene)
        check_state(turn.conversation)
        check_drafts(before, turn, self.now)
        self.check_journal(event, before, turn)
        self.check_plans(event, turn, scene)
        if isinstance(event, Expired) and event.marker != before.marker:
            assert (
                replace(turn.conversation, shelf=before.shelf, loose=before.loose, loose_at=before.loose_at) == before
            )
            assert not turn.replies
            assert not turn.effects
        self.remember(turn)

    def check_journal(self, event: Event, before: Conversation, turn: Turn) -> None:
        """Only what was shown, complete, and said yes to is recorded; once; and its chart or audit follows."""
        written = [effect for effect in turn.effects if isinstance(effect, RecordTrade | CloseTrade)]
        ids = [effect.draft.trade_id or effect.draft.id for effect in written]
        audits = [effect.trade_id for effect in turn.effects if isinstance(effect, RequestAudit)]
        attached = [effect for effect in turn.effects if isinstance(effect, AttachPictures)]
        charts = [number for effect in attached for number in (effect.trade_id, *effect.copies)]
        awaited = awaited_in(turn.conversation)
        for effect in written:
            draft = effect.draft
            assert not draft.missing()
            asked = draft.copy_of or draft.id
            assert any(shown.id == asked and shown.revision == draft.revision for shown in self.shown)
            trade_id = draft.trade_id or draft.id
            assert (trade_id in self.trades) == isinstance(effect, CloseTrade)
            assert isinstance(effect, RecordTrade) or self.trades[trade_id].is_open
            assert isinstance(event, Confirmed)
            assert event.draft_id is None or (asked.hex, draft.revision) == (event.draft_id, event.revision)
            still_open = draft.fields.is_open if isinstance(effect, RecordTrade) else closes_a_part(draft)
            followed = audits.count(trade_id) + charts.count(trade_id) + awaited.count(trade_id)
            if ids.count(trade_id) == 1:  # two parts of one trade may be closed by one yes
                assert followed == (charts.count(trade_id) if still_open else 1)
        gone = set(awaited_in(before)) - set(awaited)
        assert gone <= set(audits) | set(charts)

    def check_plans(self, event: Event, turn: Turn, scene: Scene) -> None:
        """They are made by plans, ended by what was said of them or by a trade that was recorded, each once."""
        known = {plan.id for plan in scene.plans}
        kept = [effect.plan.id for effect in turn.effects if isinstance(effect, KeepPlan)]
        ended = [effect for effect in turn.effects if isinstance(effect, EndPlan)]
        assert not kept or isinstance(event, Planned)
        assert len(set(kept)) == len(kept)
        assert len({effect.plan_id for effect in ended}) == len(ended)
        assert len(known | set(kept)) <= MOST_PLANS
        drafts = [effect.draft for effect in turn.effects if isinstance(effect, RecordTrade)]
        recorded, taken = {draft.id for draft in drafts}, {draft.plan.id for draft in drafts if draft.plan is not None}
        for effect in ended:
            if effect.filled_by is None:
                assert isinstance(event, Unfilled | Planned)
            else:
                assert effect.filled_by in recorded
        assert taken <= {effect.plan_id for effect in ended}

    def remember(self, turn: Turn) -> None:
        self.conversation = turn.conversation
        for effect in turn.effects:
            match effect:
                case RecordTrade(draft):
                    alike = (e.draft for e in turn.effects if isinstance(e, RecordTrade) and draft.copy_of)
                    others = tuple(d.id for d in alike if d.copy_of == draft.copy_of and d.id != draft.id)
                    self.trades[draft.id] = KnownTrade(
                        trade_id=draft.id, fields=draft.fields, is_open=draft.fields.is_open, copies=others
                    )
                case CloseTrade(draft) if draft.trade_id and not closes_a_part(draft):
                    known = self.trades[draft.trade_id]
                    self.trades[draft.trade_id] = replace(known, fields=draft.fields, is_open=False)
                case KeepPlan(plan):
                    self.plans[plan.id] = plan
                case EndPlan(plan_id):
                    self.plans.pop(plan_id, None)
                case WaitUntil():
                    self.wake = effect
        if turn.conversation.marker is None:
            self.wake = None
        for say in turn.replies:
            if say.key in ("confirm", "reminder", "drafts"):
                self.shown += [*say.data.get("drafts", ()), *say.data.get("shelf", ())]
            elif say.key == "ask_details":
                self.asked.append(say.data["draft"])


def awaited_in(conversation: Conversation) -> list[UUID]:
    return [number for trade in conversation.awaiting for number in (trade.trade_id, *trade.copies)]


def newest(drafts: list[Draft], back: int) -> Draft | None:
    return next(iter(drafts[::-1][back : back + 1]), None)


def check_state(conversation: Conversation) -> None:
    """The state says what is pending; a wait has a timer; nothing grows without end."""
    drafts = conversation.drafts
    if drafts:
        expected = "awaiting_details" if any(draft.missing() for draft in drafts) else "awaiting_confirmation"
    else:
        expected = "awaiting_screenshot" if conversation.awaiting else "idle"
    assert conversation.state == expected
    assert (conversation.marker is None) == (conversation.state == "idle")
    assert len(drafts) <= MOST_DRAFTS
    assert len(conversation.shelf) <= MOST_DRAFTS
    assert len({draft.id for draft in (*drafts, *conversation.shelf)}) == len(drafts) + len(conversation.shelf)
    assert all(draft.shelved_at is None for draft in drafts)
    assert all(draft.shelved_at is not None for draft in conversation.shelf)


def check_drafts(before: Conversation, turn: Turn, now: datetime) -> None:
    """A draft that is gone was written, named as dropped or as no longer possible, or a week old."""
    held = {draft.id for draft in (*before.drafts, *before.shelf)}
    kept = {draft.id for draft in (*turn.conversation.drafts, *turn.conversation.shelf)}
    written = {effect.draft.id for effect in turn.effects if hasattr(effect, "draft")}
    dropped = {draft.id for say in turn.replies if say.key == "dropped" for draft in say.data["drafts"]}
    outlived = {draft.id for draft in before.shelf if draft.shelved_at and now - draft.shelved_at >= DRAFT_KEPT}
    refused = {draft.id for draft in (*before.drafts, *before.shelf) if draft.kind == "close"}
    if not any(say.key == "nothing_open" for say in turn.replies):
        refused = set()
    assert held - kept <= written | dropped | outlived | refused
    assert not kept & (written | outlived)


@settings(max_examples=150)
@given(turns, st.booleans(), st.sampled_from((("main",), ("main", "apex2"))))
def test_what_holds_for_every_conversation(
    said: list[tuple[Any, timedelta, bool]], wants_pictures: bool, accounts: tuple[str, ...]
) -> None:
    chat = Chat(wants_pictures=wants_pictures, accounts=accounts)
    for message, pause, with_picture in said:
        chat.say(message, with_picture=with_picture)
        chat.wait(pause)
    chat.wait(timedelta(days=9))
    assert chat.conversation.state == "idle"
    chat.take(Chatted())
    assert chat.conversation.shelf == ()


@settings(max_examples=50)
@given(st.lists(st.sampled_from((Confirmed(), Press(Confirmed, 0))), max_size=6), whole)
def test_however_often_yes_is_said_a_trade_is_recorded_once(answers: list[Any], fields: TradeFields) -> None:
    chat = Chat()
    chat.say(Reported(trades=(fields,)))
    for answer in answers:
        chat.say(answer)
    assert len(chat.trades) == min(len(answers), 1)


changing = st.one_of(
    st.builds(Reported, trades=st.tuples(whole)),
    st.builds(Closed, fields=exits),
    st.builds(Corrected, fields=exits),
    st.builds(Press, st.just(Confirmed), place),
)


@settings(max_examples=100)
@given(st.lists(changing, min_size=4, max_size=12))
def test_an_old_button_confirms_what_it_stood_under_or_nothing(said: list[Any]) -> None:
    chat = Chat()
    for message in said:
        chat.say(message)
