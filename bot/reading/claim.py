"""What a language model claims to have read, and what is left of it once it is held against the message.

The schema has no way to say yes or no, so whatever a message talks a model into, nothing is confirmed by it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from bot.reading.context import Context
from bot.reading.gathering import Said
from bot.reading.grounding import NUMBERS, PRICES, Written, grounded, written_numbers
from bot.reading.items import Item, items
from bot.reading.report import impossible
from bot.reading.times import with_times
from bot.reading.words import Tag
from statemachine.trade import Basis, Direction, TradeFields

Number = Annotated[Decimal, Field(allow_inf_nan=False), WithJsonSchema({"type": "number"})]
Clearable = Literal["entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions"]


class ClaimedTrade(BaseModel):
    """One trade as the model claims to have read it; times as they are written."""

    model_config = ConfigDict(extra="forbid")

    symbol: str | None
    direction: Direction | None
    entry_price: Number | None
    exit_price: Number | None
    position_size: Number | None
    stop_loss: Number | None
    take_profit: Number | None
    pnl: Number | None
    pnl_is_after_costs: bool
    commissions: Number | None
    entry_time: str | None
    exit_time: str | None


class Claim(BaseModel):
    """The model's whole answer."""

    model_config = ConfigDict(extra="forbid")

    intent: Literal["trade", "plan", "close", "change", "question", "chatter", "unclear"]
    trades: list[ClaimedTrade]
    which: int | None
    cleared: list[Clearable]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of a claimed trade. `problem`: an Unread reason where it cannot be believed, else None."""

    fields: TradeFields
    problem: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """The message a claim is held against; `pictured` when a picture came with it."""

    text: str
    context: Context
    pictured: bool
    items: list[Item] = field(init=False)
    numbers: tuple[Written, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", items(self.text))
        object.__setattr__(self, "numbers", written_numbers(self.items))

    @property
    def only_seen(self) -> bool:
        """Nothing but the picture can hold the numbers: they cannot be checked."""
        return self.pictured and not self.numbers

    def check(self, claim: ClaimedTrade) -> Checked:
        numbers = dict(self._found(claim))
        net = claim.pnl_is_after_costs and "pnl" in numbers and any(i.tag is Tag.NET for i in self.items)
        basis: Basis | None = "net" if net else None
        symbol = _symbol(claim.symbol)
        facts: dict[str, Any] = {**numbers, "symbol": symbol, "direction": claim.direction, "pnl_basis": basis}
        fields = self._timed(TradeFields(**facts), claim)
        problem = impossible(Said(fields=fields), self.items)
        claimed = {name for name in NUMBERS if getattr(claim, name) is not None}
        # numbers of a picture beside a text that has its own are left out and asked for, not held against the claim
        doubted = claimed != numbers.keys() and not self.pictured
        if doubted or (symbol is None and claim.symbol is not None):
            problem = problem or "unclear"
        return Checked(fields, problem)

    def _found(self, claim: ClaimedTrade) -> Iterator[tuple[str, Decimal]]:
        """The claimed numbers that hold; full prices first, as shortened ones lean on them."""
        known = (*self.context.drafts, *self.context.open_trades)
        bases = [price for trade in known for name in PRICES if (price := getattr(trade, name)) is not None]
        shortened: list[tuple[str, Decimal]] = []
        for name in NUMBERS:
            value: Decimal | None = getattr(claim, name)
            if value is None:
                continue
            exact = value if self.only_seen else grounded(name, value, self.numbers, ())
            if exact is None:
                shortened.append((name, value))
                continue
            yield name, exact
            if name in PRICES:
                bases.append(exact)
        for name, value in shortened:
            full = grounded(name, value, self.numbers, bases)
            if full is not None:
                yield name, full

    def _timed(self, fields: TradeFields, claim: ClaimedTrade) -> TradeFields:
        """With the clock times that stand in the text; a claimed one that does not is left out, never invented."""
        written = {_squeezed(item.text): item.text for item in self.items if item.kind == "clock"}
        entry = written.get(_squeezed(claim.entry_time or ""))
        left = written.get(_squeezed(claim.exit_time or ""))
        return with_times(fields, entry, left, self.items, self.context.now, self.context.zone)


def _squeezed(clock: str) -> str:
    return clock.replace(" ", "").lower()


def _symbol(claim: str | None) -> str | None:
    """Upper case letters and digits, at least one letter; None where it is no symbol."""
    plain = re.sub(r"[\s/$#._-]", "", claim or "").upper()
    return plain if re.fullmatch(r"(?=.*[A-Z])[A-Z0-9]{1,12}", plain) else None
