"""A chat in memory: what the trader sends goes through reading, the conversation and the texts, with no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.accounts import Account, Accounts
from bot.journal import result_of
from bot.meanings import Meaning, Nothing, Refusal
from bot.texts import Figured, View, render
from bot.texts.buttons import Command
from bot.trading.day import DayStart
from bot.trading.limits import AccountLimits
from bot.understanding import meaning_of, of_latest, scene_of
from statemachine.conversation import (
    AttachPictures,
    CloseTrade,
    Conversation,
    DeleteTrade,
    EditTrade,
    Effect,
    EndPlan,
    KeepPlan,
    KnownTrade,
    RecordTrade,
    Say,
    Turn,
    WaitUntil,
)
from statemachine.events import Cancelled, Event, Expired, Skipped
from statemachine.machine import step
from statemachine.matching import closes_a_part
from statemachine.message import Message, Reply
from statemachine.plan import PLAN_KEPT, Plan

NEW_YORK = ZoneInfo("America/New_York")
ACCOUNT = Account(
    currency="USD",
    limits=AccountLimits(),
    zone=NEW_YORK,
    day_start=DayStart(NEW_YORK, 18),
    wants_pictures=True,
    warned_on=frozenset(),
)
BEGIN = datetime(2026, 3, 23, 15, 0, tzinfo=UTC)
"""11:00 in New York; the session ends at 18:00."""

ACCOUNTS = Accounts((ACCOUNT,), ACCOUNT)

COMMANDS: dict[str, Event] = {"/cancel": Cancelled(), "/skip": Skipped()}
DAY = timedelta(hours=24)


@dataclass
class Journal:
    """Recorded trades, newest first, as the conversation is told of them."""

    trades: list[KnownTrade] = field(default_factory=list)
    sources: dict[str, UUID] = field(default_factory=dict)
    recorded_at: dict[UUID, datetime] = field(default_factory=dict)
    copies: dict[UUID, list[UUID]] = field(default_factory=dict)
    plans: dict[UUID, Plan] = field(default_factory=dict)

    def apply(self, effect: Effect, now: datetime) -> None:
        match effect:
            case RecordTrade(draft):
                fields = replace(draft.fields, pnl=result_of(draft.fields, ACCOUNT).pnl)
                self.trades.insert(0, KnownTrade(trade_id=draft.id, fields=fields, is_open=draft.fields.is_open))
                self.recorded_at[draft.id] = now
                if draft.copy_of in (None, draft.id):
                    self.sources[draft.source or ""] = draft.id
                if draft.copy_of is not None:
                    self._copied(draft.copy_of, draft.id)
            case CloseTrade(draft) if closes_a_part(draft):
                known = self._known(draft.trade_id)
                self._put(replace(known, open_size=(known.held or 0) - (draft.fields.position_size or 0)))
            case CloseTrade(draft):
                self._put(replace(self._known(draft.trade_id), fields=draft.fields, is_open=False, open_size=None))
            case EditTrade(draft):
                known = self._known(draft.trade_id)
                self._put(replace(known, fields=known.fields.merged(draft.fields)))
            case DeleteTrade(draft):
                self.trades = [trade for trade in self.trades if trade.trade_id != draft.trade_id]
            case AttachPictures(trade_id, copies=copies):
                for number in (trade_id, *copies):
                    self._put(replace(self._known(number), has_picture=True))
            case KeepPlan(plan):
                self.plans[plan.id] = plan
            case EndPlan(plan_id):
                self.plans.pop(plan_id, None)

    def _copied(self, first: UUID, trade_id: UUID) -> None:
        every = self.copies.setdefault(first, [])
        every.append(trade_id)
        for number in every:
            others = tuple(other for other in every if other != number)
            self._put(replace(self._known(number), copies=others))

    def _known(self, trade_id: UUID | None) -> KnownTrade:
        return next(trade for trade in self.trades if trade.trade_id == trade_id)

    def _put(self, changed: KnownTrade) -> None:
        self.trades = [changed if trade.trade_id == changed.trade_id else trade for trade in self.trades]

    def open(self) -> tuple[KnownTrade, ...]:
        return tuple(trade for trade in self.trades if trade.is_open)

    def recent(self, now: datetime) -> tuple[KnownTrade, ...]:
        return tuple(trade for trade in self.trades if now - self.recorded_at[trade.trade_id] < DAY)

    def planned(self, now: datetime) -> tuple[Plan, ...]:
        return tuple(plan for plan in self.plans.values() if now - plan.planned_at < PLAN_KEPT)

    def numbered(self, number: int) -> UUID:
        """Trade 1 is the one that was recorded first."""
        return self.trades[-number].trade_id


class Chat:
    """One trader's chat with the bot."""

    def __init__(self) -> None:
        self.accounts = ACCOUNTS
        self.now = BEGIN
        self.conversation = Conversation()
        self.journal = Journal()
        self.wake: datetime | None = None
        self.seen: list[Reply] = []
        self.messages = 0
        self.locale = "en"

    def set(self, setting: str, *names: str) -> None:
        """`pictures off`; `accounts apex2 alpha`: these beside the default one; `use apex2`; `language es`."""
        match setting:
            case "language":
                self.locale = names[0]
            case "pictures":
                default = replace(self.accounts.default, wants_pictures=names != ("off",))
                self.accounts = Accounts((default, *self.accounts.all[1:]), default)
            case "accounts":
                others = (replace(ACCOUNT, name=name, id=UUID(int=n)) for n, name in enumerate(names, 1))
                self.accounts = Accounts((self.accounts.default, *others), self.accounts.default)
            case "use":
                self.accounts = replace(self.accounts, current=self.accounts.named(names[0]))
            case _:
                raise AssertionError("unknown setting")

    def receive(self, message: Message, *, target: UUID | None = None) -> tuple[list[Reply], list[str]]:
        """What the bot answers and what it does."""
        self.messages += 1
        wanted = self.journal.sources.get(message.edits) if message.edits else target
        scene = scene_of(
            message,
            self.accounts,
            self.now,
            open_trades=self.journal.open(),
            recent=self.journal.recent(self.now),
            target=next((trade for trade in self.journal.trades if trade.trade_id == wanted), None),
            plans=self.journal.planned(self.now),
        )
        if message.text == "/plans":
            return self._said([Say("plans", {"plans": scene.plans})]), []
        meaning: Meaning | None = COMMANDS.get(message.text)
        if meaning is None:
            meaning = meaning_of(message, self.conversation, scene, self.accounts.current, self.now)
        if isinstance(meaning, Refusal):
            return self._said([Say(meaning.key, meaning.data)]), []
        if isinstance(meaning, Nothing | Command):
            return [], []
        return self._took(step(self.conversation, meaning, self.now, of_latest(meaning, message, scene)))

    def wait(self, time: timedelta) -> tuple[list[Reply], list[str]]:
        """Time passes; a timer that runs out on the way is told to the conversation."""
        until = self.now + time
        replies: list[Reply] = []
        effects: list[str] = []
        while self.wake is not None and self.wake <= until:
            self.now, self.wake = self.wake, None
            timer = self.message(f"wake {self.now.isoformat()}")
            scene = scene_of(timer, self.accounts, self.now, open_trades=self.journal.open())
            said, done = self._took(
                step(self.conversation, Expired(marker=self.conversation.marker or ""), self.now, scene)
            )
            replies += said
            effects += done
        self.now = until
        return replies, effects

    def _took(self, turn: Turn) -> tuple[list[Reply], list[str]]:
        self.conversation = turn.conversation
        for effect in turn.effects:
            self.journal.apply(effect, self.now)
            if isinstance(effect, WaitUntil):
                self.wake = effect.at
        if turn.conversation.marker is None:
            self.wake = None
        done = [type(effect).__name__ for effect in turn.effects if not isinstance(effect, WaitUntil)]
        return self._said(turn.replies), done

    def _said(self, says: Iterable[Say]) -> list[Reply]:
        view = View(
            locale=self.locale,
            zone=NEW_YORK,
            currency="USD",
            now=self.now,
            accounts={account.name: Figured(account.currency) for account in self.accounts.all},
            several=len(self.accounts.all) > 1,
        )
        replies = [render(say, view) for say in says]
        self.seen += replies
        return replies

    def message(self, external_id: str, **values: object) -> Message:
        named = {"platform": "telegram", "account": "1", "chat_id": "7", "sender_id": "7", "sent_at": self.now}
        return Message(**{**named, "external_id": external_id, **values})  # type: ignore[arg-type]

    def button(self, label: str) -> str:
        """Data of the button that reads `label`, in the newest reply that has one."""
        found = [b.data for r in reversed(self.seen) for row in r.buttons for b in row if b.label == label]
        assert found, f"no button [{label}]; the last reply is:\n{shown(self.seen[-1])}"
        return found[0]


def shown(reply: Reply) -> str:
    """A reply on one line, its buttons in brackets at the end."""
    labels = [f"[{button.label}]" for row in reply.buttons for button in row]
    return " / ".join([*filter(None, [reply.title, *reply.text.splitlines()]), " ".join(labels)]).rstrip(" /")
