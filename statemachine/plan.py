"""A trade that is intended: what it says, and which plan is meant. Plans are kept apart from the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from statemachine.message import Attachment
from statemachine.trade import Copies, TradeFields

PLAN_KEPT = timedelta(days=7)
MOST_PLANS = 10
"""Of one trader, so that the list of them has its buttons on every platform."""
POSSIBLE = Decimal("0.15")
"""A fill farther than this from the planned price, as a share of it, is of another instrument."""
CLOSE = Decimal("0.0025")
"""A trade entered within this share of the planned price was that plan: 45 points of NQ, 27 pips of EURUSD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What a plan says beyond the fields of a trade.

    entry_range  two prices between which to enter; the plan's entry_price is then their middle, which nobody said
    targets      all of them, where there are several
    """

    entry_range: tuple[Decimal, Decimal] | None = None
    targets: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan that waits for its fill.

    planned_at  when it was made or changed last, aware UTC; it is kept for PLAN_KEPT from then
    source      external id of the message behind it, where that was written in the chat at hand
    pictures    what came with it: the chart of the trade, once there is one
    by_model    the language model read it: its numbers are to be checked
    copies      it was said of several accounts: which they are is settled, or asked for, once it is filled
    """

    id: UUID
    fields: TradeFields
    planned_at: datetime
    levels: Levels = Levels()
    source: str | None = None
    pictures: tuple[Attachment, ...] = ()
    by_model: bool = False
    copies: Copies | None = None


def fits(said: TradeFields, planned: TradeFields) -> bool:
    """Nothing that is said of a fill is against this plan."""
    if said.symbol not in (None, planned.symbol) or said.direction not in (None, planned.direction):
        return False
    return _distance(said.entry_price, planned) <= POSSIBLE


def meant_by(said: TradeFields, plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """The plans that a fill may speak of; where several fit, its account or its price may tell which."""
    fit = tuple(plan for plan in plans if fits(said, plan.fields))
    for telling in (
        tuple(plan for plan in fit if plan.fields.booked_on == said.account),
        tuple(plan for plan in fit if plan.fields.entry_price is not None and _is_close(said.entry_price, plan)),
    ):
        if len(fit) > 1 and len(telling) == 1:
            return telling
    return fit


def filled_by(trade: TradeFields, plans: Iterable[Plan]) -> Plan | None:
    """The plan that a trade took: same symbol, side and account, and entered close to its price; the closest one.

    A trade that was entered before the plan was made is none of it.
    """
    if trade.symbol is None or trade.direction is None or trade.entry_price is None:
        return None
    taken = [
        plan
        for plan in plans
        if (plan.fields.symbol, plan.fields.direction, plan.fields.booked_on)
        == (trade.symbol, trade.direction, trade.booked_on)
        and _is_close(trade.entry_price, plan)
        and not _is_before(trade, plan)
    ]
    return min(taken, key=lambda plan: _distance(trade.entry_price, plan.fields), default=None)


def is_same(one: TradeFields, other: TradeFields) -> bool:
    """The same plan, told again, perhaps with other levels around its entry."""
    names = ("symbol", "direction", "entry_price", "booked_on")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _distance(price: Decimal | None, planned: TradeFields) -> Decimal:
    """As a share of the planned price; 0 where one of the two is not known."""
    entry = planned.entry_price
    return abs(price - entry) / entry if price is not None and entry else Decimal(0)


def _is_close(price: Decimal | None, plan: Plan) -> bool:
    """False where no price was said; True where none was planned."""
    between = plan.levels.entry_range
    if price is None or (between is not None and between[0] <= price <= between[1]):
        return price is not None
    return _distance(price, plan.fields) <= CLOSE


def _is_before(trade: TradeFields, plan: Plan) -> bool:
    if trade.entry_time is not None:
        return trade.entry_time < plan.planned_at
    return trade.day is not None and trade.day < plan.planned_at.date()
