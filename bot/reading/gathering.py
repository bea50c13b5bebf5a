"""A trade as it was said, and when two prices can be of one trade."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.reading.owning import Standing
from statemachine.trade import Direction, TradeFields

NEAR: Final = 0.15
"""Prices of one trade lie within 15 % of each other; what lies farther off is a size or money."""

MOST_CONTRACTS: Final = Decimal(20)
"""A plain whole number up to this may count contracts; nothing that is traded in contracts costs so little."""


@dataclass(slots=True, kw_only=True)
class Said:
    """A trade as read, with what TradeFields has no room for; not frozen, for speed, and never changed once it is told.

    entry_clock, exit_clock  times as written; `spans` are places in the normalised text
    results  a result was named that is no money: pips, R, percent, "lost half a bag"
    option   of an option, which may end at nothing
    unsure   a number could be read in two ways: the trader has to say it again
    implied   the side that no word names, by the facts: known once it is sure that a trade is told
    standing  whether it is told as the writer's own
    """

    fields: TradeFields
    entry_range: tuple[Decimal, Decimal] | None = None
    targets: tuple[Decimal, ...] = ()
    entry_clock: str | None = None
    exit_clock: str | None = None
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    results: bool = False
    planned: bool = False
    side_order: bool = False
    unsure: bool = False
    option: bool = False
    implied: Direction | None = None
    standing: Standing = "own"


def near(one: Decimal, other: Decimal) -> bool:
    first, second = float(one), float(other)
    return abs(first - second) <= NEAR * max(abs(first), abs(second))


def alike(one: float, other: float) -> bool:
    """`near` for what was made a float before, one of them not negative."""
    return abs(one - other) <= NEAR * (one if one > other else other)
