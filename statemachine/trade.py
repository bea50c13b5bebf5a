"""The facts of a trade as said in a chat, before and after confirmation."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

Direction = Literal["long", "short"]
Basis = Literal["gross", "net"]
Doubted = Literal[
    "symbol", "entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions"
]
"""A field that a model claimed to have read, and that could not be found in what it read."""
MAIN: Final = "main"
"""The account that the profile describes; a trade that names none is its."""


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

    def said(self) -> dict[str, Any]:
        """The fields that have a value, by name."""
        return {name: value for name in FIELD_NAMES if (value := getattr(self, name)) is not None}

    def merged(self, other: "TradeFields") -> "TradeFields":
        """This, with whatever `other` says on top."""
        return replace(self, **other.said())

    def without(self, names: frozenset[str]) -> "TradeFields":
        return replace(self, **dict.fromkeys(names))

    @property
    def is_open(self) -> bool:
        """Entered and, as far as was said, not left."""
        return self.entry_price is not None and self.exit_price is None and self.pnl is None

    @property
    def booked_on(self) -> str:
        """The name of the account it counts on."""
        return self.account or MAIN


FIELD_NAMES: tuple[str, ...] = tuple(field.name for field in fields(TradeFields))
