"""The facts of a trade as said in a chat, before and after confirmation."""

from collections.abc import Set
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

Direction = Literal["long", "short"]
Basis = Literal["gross", "net"]
How = Literal[
    "distance",
    "shorthand",
    "legs",
    "range",
    "points",
    "ticks",
    "pips",
    "r",
    "sign",
    "suffix",
    "plan",
    "picture",
    "facts",
]
Doubted = Literal[
    "symbol", "entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions"
]
"""A field that a model claimed to have read, and that could not be found in what it read."""
MAIN: Final = "main"
"""The account that the profile describes; a trade that names none is its."""

RESTS_ON: Final[dict[How, frozenset[str]]] = {
    "distance": frozenset({"entry_price", "direction"}),
    "r": frozenset({"entry_price", "direction", "stop_loss"}),
    "points": frozenset({"symbol", "position_size"}),
    "ticks": frozenset({"symbol", "position_size"}),
    "pips": frozenset({"symbol", "position_size"}),
    "sign": frozenset({"direction", "entry_price", "exit_price"}),
    "facts": frozenset({"entry_price", "exit_price", "stop_loss", "take_profit", "pnl"}),
}
"""What a value was derived from besides the words: once that changes, how it came about is no longer true."""

COMPUTED: Final[frozenset[How]] = frozenset({"points", "ticks", "pips", "r"})
"""A P&L that came about so was computed, not said."""
LONGEST_SAID: Final = 40


@dataclass(frozen=True, slots=True)
class Derived:
    """How the value of a field came about that was not written as such.

    distance   a price so far from the entry: "stop 20 pts"
    shorthand  its leading digits are another price's: "in 21450 out 85"
    legs       the size-weighted price, or the sum, of several fills; of take_profit: the first of several
    range      the middle of two prices: "18249-18251"
    points, ticks, pips  money from a result in these
    r          a price or money from a multiple of the risk
    sign       a gain or a loss by the prices, or by "stopped out": the amount was said without a sign
    suffix     written short: "18.2k"
    plan       from the plan that was filled
    picture    read from a picture
    facts      the only side that the prices and the result leave

    said       the words of the message it came from, at most LONGEST_SAID characters
    """

    field: str
    how: How
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeFields:
    """What was said of one trade; None = not said. Prices in the instrument's quote, money in the account's currency.

    symbol         upper case root: NQ, EURUSD, AAPL
    position_size  contracts, lots, shares or coins, as the instrument counts
    pnl            realised P&L; `pnl_basis` says whether commissions are already off ("net")
    commissions    a cost, positive, swap and fees included
    entry_time     aware UTC; never taken from the message's own time
    day            the day that was named without a clock time ("yesterday"), by the trader's calendar
    account        lower-case name of the trader's account; None is MAIN once the trade is recorded
    tags           hashtags without their sign, lower case; said anew they are added
    setup, mood, mistake  in the trader's words
    derived        how values came about that were not written as such; no fact: what differs in it alone is equal
    """

    symbol: str | None = None
    direction: Direction | None = None
    entry_price: Decimal | None = None
    exit_price: Decimal | None = None
    position_size: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    pnl: Decimal | None = None
    pnl_basis: Basis | None = None
    commissions: Decimal | None = None
    entry_time: datetime | None = None
    exit_time: datetime | None = None
    day: date | None = None
    note: str | None = None
    account: str | None = None
    tags: tuple[str, ...] | None = None
    setup: str | None = None
    mood: str | None = None
    mistake: str | None = None
    derived: tuple[Derived, ...] = field(default=(), compare=False)

    def said(self) -> dict[str, Any]:
        """The fields that have a value, by name."""
        return {name: value for name in FIELD_NAMES if (value := getattr(self, name)) is not None}

    def merged(self, other: "TradeFields") -> "TradeFields":
        """This, with whatever `other` says on top."""
        said = other.said()
        if self.tags and other.tags:
            said["tags"] = tuple(dict.fromkeys((*self.tags, *other.tags)))
        return replace(self, **said, derived=self._derived_but(said.keys()) + other.derived)

    def without(self, names: frozenset[str]) -> "TradeFields":
        return replace(self, **dict.fromkeys(names), derived=self._derived_but(names))

    def only(self, names: Set[str]) -> "TradeFields":
        said = {name: value for name, value in self.said().items() if name in names}
        return TradeFields(**said, derived=tuple(derived for derived in self.derived if derived.field in names))

    def how(self, name: str) -> Derived | None:
        """How a field's value came about, where it was not written as such."""
        return next((derived for derived in self.derived if derived.field == name), None)

    def _derived_but(self, changed: Set[str]) -> tuple[Derived, ...]:
        """What still holds once these fields are said anew or cleared."""
        return tuple(
            derived
            for derived in self.derived
            if derived.field not in changed and RESTS_ON.get(derived.how, frozenset()).isdisjoint(changed)
        )

    @property
    def is_open(self) -> bool:
        """Entered and, as far as was said, not left."""
        return self.entry_price is not None and self.exit_price is None and self.pnl is None

    @property
    def booked_on(self) -> str:
        """The name of the account it counts on."""
        return self.account or MAIN


FIELD_NAMES: tuple[str, ...] = tuple(known.name for known in fields(TradeFields) if known.name != "derived")
"""The facts."""
MARKS: Final = frozenset({"tags", "setup", "mood", "mistake"})
"""What a trader marks a trade with: nothing of it tells what was traded, or what came of it."""
REMARKS: Final = MARKS | {"note"}
"""Words about a trade."""
EMPTIABLE: Final = frozenset(FIELD_NAMES) - {"symbol", "direction", "entry_price", "account", "day"}
"""What a recorded trade can be without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """That a trade was taken on several accounts, as it was said.

    names  the accounts that were named, lower case
    count  "x3 accounts"
    every  "all accounts"
    total  the P&L that was said is that of all of them together; else it is each one's
    """

    names: tuple[str, ...] = ()
    count: int | None = None
    every: bool = False
    total: bool = False
