"""The facts that rules are judged by: a recorded trade, the account, and the account's other trades around it. Pure.

Rules of this file:
- A time that was not said is not invented. It is a span (`Between`) that ends nowhere else than the trading day the
  journal has the trade on; what holds for the whole span is certain, what does not is nobody's to decide.
- "Came before" is certain always: by times where those that were said tell, else by the order of recording.
- Few traders give both times of every trade. What is not certain by times may be told `in_order`: a trade that was
  recorded as closed before another one was recorded then counts as closed before that one's entry, unless a time that
  was said speaks against it. A span of time (a pause after a loss, say) needs its times all the same.
- Money counts on the day the journal has a trade on; a part that was closed by itself counts on its own day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.rules.kinds import Phase
from bot.trading.day import DayStart, session_of, trading_day
from bot.trading.pnl import Outcome, net_pnl, outcome, sign_of
from statemachine.trade import TradeFields

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2200, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
UNNAMED = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Between:
    """A moment that lies from `first` to `last`, both included; aware UTC. One that was said is its own span."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a trade that was closed by itself; P&L on the basis of its trade.

    day        the trading day it counts on
    closed_at  when its closing was recorded
    """

    size: Decimal | None = None
    pnl: Decimal | None = None
    at: datetime | None = None
    day: date | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A trade as the journal has it.

    initial_stop  the stop it was entered with; the trade's own stop where None
    day           the trading day it counts on
    id            of its own; it decides between trades recorded at one moment
    recorded_at   when it was confirmed
    closed_at     when the closing of one that was recorded open was confirmed; of all others None
    point_value   what the trader confirmed for its symbol, if anything
    """

    fields: TradeFields
    id: UUID = UNNAMED
    initial_stop: Decimal | None = None
    day: date | None = None
    recorded_at: datetime | None = None
    closed_at: datetime | None = None
    is_open: bool = False
    parts: tuple[Part, ...] = ()
    point_value: Decimal | None = None

    @property
    def stop(self) -> Decimal | None:
        """What it was entered with. A stop that was told later is a move, unless the first can have been none."""
        first, last = self.initial_stop, self.fields.stop_loss
        if first is None or (last is not None and self._is_none(first) and not self._is_none(last)):
            return last
        return first

    def _is_none(self, stop: Decimal) -> bool:
        """It is not on the losing side of the entry."""
        entry, side = self.fields.entry_price, self.fields.direction
        return entry is not None and side is not None and (entry - stop) * sign_of(side) <= 0

    @property
    def recorded(self) -> tuple[datetime, UUID]:
        return self.recorded_at or LONG_AGO, self.id

    def came_before(self, other: "Logged") -> bool:
        """By entry times where both were said and differ, or by an exit that was said before the other's entry; else by
        when they were recorded."""
        mine, theirs = self.fields.entry_time, other.fields.entry_time
        if mine is not None and theirs is not None and mine != theirs:
            return mine < theirs
        if mine is None and _is_by(self.fields.exit_time, theirs):
            return True
        if theirs is None and _is_by(other.fields.exit_time, mine):
            return False
        return self.recorded < other.recorded


def _is_by(left: datetime | None, entered: datetime | None) -> bool:
    return left is not None and entered is not None and left <= entered


@dataclass(frozen=True, slots=True)
class Realised:
    """What closing a trade, or a part of it, made: net, in the account's currency; None where that is not known."""

    trade: Logged
    amount: Decimal | None
    at: Between
    day: date | None
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AuditFacts:
    """A recorded trade and what surrounds it. No slots: what follows from it is worked out once for all rules.

    others            trades of the same account: those of the same week of trading days and those open beside it
    complete_from     of earlier trading days not every other trade is here; None: all are
    account_size      and all other money in account_currency
    starting_balance  at the start of the trading day the trade was begun on
    daily_limit       the account's own daily loss limit
    goes_by_order     the order of recording stands in for times that were not said
    account_name      None for the trader's default account
    zone              the trader's, for clock times of rules that name no zone
    """

    this: Logged
    others: tuple[Logged, ...] = ()
    complete_from: date | None = None
    account_size: Decimal | None = None
    starting_balance: Decimal | None = None
    daily_limit: Decimal | None = None
    phase: Phase | None = None
    goes_by_order: bool = False
    account_currency: str = "USD"
    account_name: str | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    day_start: DayStart = field(default_factory=lambda: DayStart(ZoneInfo("UTC")))

    @property
    def trade(self) -> TradeFields:
        return self.this.fields

    @property
    def stop(self) -> Decimal | None:
        return self.this.stop

    @property
    def recorded_at(self) -> datetime | None:
        return self.this.recorded_at

    @property
    def day(self) -> date | None:
        return self.this.day

    def on(self, starting_balance: Decimal | None, daily_limit: Decimal | None) -> "AuditFacts":
        """These facts with what could only be known once the day the trade was begun on was."""
        return replace(self, starting_balance=starting_balance, daily_limit=daily_limit)

    def in_order(self) -> "AuditFacts":
        """These facts, the order of recording standing in for times that were not said."""
        return replace(self, goes_by_order=True)

    def began_on(self, trade: Logged) -> date | None:
        """The trading day a trade was entered on; the one it counts on where its entry time was not said."""
        entered = trade.fields.entry_time
        if entered is None:
            return trade.day
        if entered not in self._days:
            self._days[entered] = trading_day(entered, self.day_start)
        return self._days[entered]

    @cached_property
    def _days(self) -> dict[datetime, date]:
        return {}

    def entered(self, trade: Logged) -> Between:
        """When a trade was entered: not after it was left or recorded, and on its trading day."""
        said = trade.fields.entry_time
        if said is not None:
            return Between(said, said)
        span = self._session(trade.day)
        latest = [moment for moment in (trade.fields.exit_time, trade.recorded_at) if moment is not None]
        last = min([span.last - SECOND, *latest])
        return Between(min(span.first, last), last)

    def left(self, trade: Logged) -> Between:
        """When a closed trade was left: not before it was entered, and by the end of its trading day.

        Nothing entered on that day comes after its end: an unsaid exit is never certain to be before it.
        """
        if trade.id not in self._exits:
            self._exits[trade.id] = self._left(trade, trade.fields.exit_time, trade.day)
        return self._exits[trade.id]

    @cached_property
    def _exits(self) -> dict[UUID, Between]:
        return {}

    def _left(self, trade: Logged, said: datetime | None, day: date | None) -> Between:
        if said is not None:
            return Between(said, said)
        span = self._session(day)
        first = max(span.first, trade.fields.entry_time or span.first)
        return Between(first, max(first, span.last))

    def _session(self, day: date | None) -> Between:
        if day is None or not LONG_AGO.date() < day < FAR_AHEAD.date():
            return Between(LONG_AGO, FAR_AHEAD)
        if day not in self._sessions:
            self._sessions[day] = Between(*session_of(day, self.day_start))
        return self._sessions[day]

    @cached_property
    def _sessions(self) -> dict[date, Between]:
        return {}

    def before(self) -> Iterator[Logged]:
        """The other trades that came before this one."""
        return (other for other in self.others if self.was_before(other))

    def was_before(self, other: Logged) -> bool:
        """Whether another trade came before this one."""
        return other.id in self._earlier

    @cached_property
    def _earlier(self) -> frozenset[UUID]:
        return frozenset(other.id for other in self.others if other.came_before(self.this))

    @cached_property
    def entries(self) -> list[datetime]:
        """The moments at which this trade may have been entered, as far as they matter: a single one where that was
        said; else the ends of its span and, between them, the exits, and what comes right after an entry whose exit was
        not said, as only there anything changes of what was closed before it."""
        span = self.entered(self.this)
        if span.first == span.last:
            return [span.first]
        changes = {made.at.first if made.at.first == made.at.last else made.at.first + SECOND for made in self.realised}
        return [span.first, *sorted(at for at in changes if span.first < at < span.last), span.last]

    def closed_by(self, other: Logged, moment: datetime) -> bool | None:
        """Whether another trade was closed when this one was entered at `moment`; None: nobody said."""
        return False if other.is_open else self._is_by(other, self.left(other), other.closed_at, moment)

    def realised_by(self, made: Realised, moment: datetime) -> bool | None:
        """The same of a part."""
        return self._is_by(made.trade, made.at, made.closed_at, moment)

    def _is_by(self, other: Logged, left: Between, closed_at: datetime | None, moment: datetime) -> bool | None:
        left_said = left.first == left.last
        if not (left_said and self.trade.entry_time is not None):
            if not self.was_before(other):
                return False
            if self.goes_by_order and self._logged_before(other, left, closed_at):
                return True
        entered = other.fields.entry_time
        if left.first > moment or (not left_said and entered is not None and entered >= moment):
            return False
        return True if left.last <= moment else None

    def _logged_before(self, other: Logged, left: Between, closed_at: datetime | None) -> bool:
        """Recorded as closed before this trade was recorded, and no time that was said speaks against it."""
        latest = self.trade.entry_time or self.trade.exit_time or self._session(self.this.day).last
        closed = (closed_at or other.recorded[0], other.id)
        return closed < self.this.recorded and left.first <= latest

    def open_at(self, other: Logged, moment: datetime) -> bool | None:
        """Whether another trade was open when this one was entered at `moment`."""
        if not self.was_before(other):
            return False
        closed = self.closed_by(other, moment)
        return None if closed is None else not closed

    def closed_with(self, made: Realised) -> bool:
        """Whether something was realised by the time this trade was closed; by which came before where no time says."""
        mine = self.trade.exit_time
        if mine is not None and made.at.first == made.at.last:
            return made.at.first < mine or (made.at.first == mine and self.was_before(made.trade))
        return self.was_before(made.trade)

    def outcome_of(self, trade: Logged) -> Outcome | None:
        """Win, loss or scratch of a closed trade; by its prices where its P&L is not known. None: nobody can tell."""
        if trade.id not in self._outcomes:
            self._outcomes[trade.id] = self._outcome(trade)
        return self._outcomes[trade.id]

    @cached_property
    def _outcomes(self) -> dict[UUID, Outcome | None]:
        return {}

    def _outcome(self, trade: Logged) -> Outcome | None:
        fields = trade.fields
        if fields.pnl is not None:
            return outcome(fields, self.account_currency, trade.point_value)
        if fields.direction is None or fields.entry_price is None or fields.exit_price is None:
            return None
        move = (fields.exit_price - fields.entry_price) * sign_of(fields.direction)
        return None if move == 0 else "win" if move > 0 else "loss"

    @cached_property
    def realised(self) -> tuple[Realised, ...]:
        """What the other trades made, part by part. Commissions of a trade closed in parts count on its own day."""
        return tuple(made for other in self.others for made in self.realised_of(other))

    def realised_of(self, trade: Logged) -> tuple[Realised, ...]:
        fields = trade.fields
        if not trade.parts:
            if trade.is_open:
                return ()
            amount = None if fields.pnl is None else net_pnl(fields.pnl, fields.commissions, fields.pnl_basis)
            return (Realised(trade, amount, self.left(trade), trade.day, trade.closed_at),)
        parts = [
            Realised(trade, p.pnl, self._left(trade, p.at, p.day), p.day or trade.day, p.closed_at) for p in trade.parts
        ]
        if fields.commissions and fields.pnl_basis != "net":
            parts.append(Realised(trade, -fields.commissions, parts[-1].at, trade.day, parts[-1].closed_at))
        return tuple(parts)
