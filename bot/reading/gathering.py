"""The state in which the facts of one trade are gathered, and the trade as it comes out of it."""

from dataclasses import dataclass, field
from decimal import Decimal

from bot.reading.items import Item
from bot.reading.words import Tag
from statemachine.trade import Direction, TradeFields

Leg = tuple[Decimal | None, Decimal]
"""Size (None: not said) and price."""

NEAR = Decimal("0.15")
"""Prices of one trade lie within 15 % of each other; what lies farther off is a size or money."""

MOST_CONTRACTS = Decimal(20)
"""A plain whole number up to this may count contracts; nothing that is traded in contracts costs so little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A trade as read, with what TradeFields has no room for.

    entry_clock, exit_clock  times as written; `spans` are places in the normalised text
    results  a result was named that is no money: pips, R, percent, "lost half a bag"
    unsure   a number could be read in two ways: the trader has to say it again
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


@dataclass(slots=True)
class Gathering:
    """The state while the items of one trade are walked through."""

    symbol: Item | None = None
    futures: bool = False
    coins: bool = False
    points: Decimal | None = None
    stop_points: Decimal | None = None
    target_points: Decimal | None = None
    direction: Direction | None = None
    label: Tag | None = None
    label_place: int = 0
    last_tag: Tag | None = None
    at: bool = False
    entries: list[Leg] = field(default_factory=list)
    exits: list[Leg] = field(default_factory=list)
    ranges: list[tuple[Decimal, Decimal, bool]] = field(default_factory=list)
    stop: Decimal | None = None
    targets: list[Decimal] = field(default_factory=list)
    loose: list[Item] = field(default_factory=list)
    size: Decimal | None = None
    leg_size: Decimal | None = None
    pnl: Decimal | None = None
    net: bool = False
    fees: Decimal | None = None
    fees_word: str = ""
    clocks: dict[str, str] = field(default_factory=dict)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    results: bool = False
    planned: bool = False
    adding: bool = False
    closing: bool = False
    stopped: bool = False
    scratched: bool = False
    even: bool = False
    side_order: bool = False
    option: bool = False
    bare_money: bool = False
    micro: Tag | None = None
    unsure: bool = False


def joins(item: Item) -> bool:
    return item.word in ("-", "_", "~", ":")


def has_entry(state: Gathering) -> bool:
    return bool(state.entries or state.loose)


OPENING: dict[Tag, Direction] = {
    Tag.LONG: "long",
    Tag.SHORT: "short",
    Tag.BUY: "long",
    Tag.SELL: "short",
    Tag.BUY_ORDER: "long",
    Tag.SELL_ORDER: "short",
    Tag.COVER: "short",
}
MONEY_LABELS = frozenset({Tag.PNL, Tag.WIN, Tag.LOSS, Tag.NET})
"""Behind these a number is money."""


def near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= NEAR * max(abs(one), abs(other))
