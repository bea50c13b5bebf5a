"""What a language model claims to have read, and what is left of it once it is held against the message.

The schema has no way to say yes or no, so whatever a message talks a model into, nothing is confirmed by it. A number
that neither stands in the message, nor in what the model read off the picture, nor follows from such, is left out and
asked for; so is a symbol that is none. What a picture says is only the model's word: it waits for the trader's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from bot.reading.context import Context
from bot.reading.gathering import Said
from bot.reading.grounding import NUMBERS, PRICES, Around, Found, Material
from bot.reading.itemising import items
from bot.reading.items import Items
from bot.reading.report import impossible
from bot.reading.times import with_times
from bot.reading.words import Tag
from bot.sanitize import storable
from statemachine.trade import LONGEST_SAID, Basis, Derived, Direction, Doubted, TradeFields

Number = Annotated[Decimal, Field(allow_inf_nan=False), WithJsonSchema({"type": "number"})]
PictureKind = Literal["chart", "order_ticket", "statement", "other"]
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
    """The model's whole answer. `picture_lines`: the text in the picture, as it stands there; first, so that it is
    read before anything is made of it."""

    model_config = ConfigDict(extra="forbid")

    picture: PictureKind | None
    picture_lines: list[str]
    intent: Literal["trade", "plan", "close", "change", "question", "chatter", "unclear"]
    trades: list[ClaimedTrade]
    which: int | None
    cleared: list[Clearable]


MOST_LINES: Final = 150
LONGEST_LINE: Final = 200
"""Of a picture: a screen of a broker's statement has fewer, and shorter ones."""
DOUBTED: Final[tuple[Doubted, ...]] = get_args(Doubted)


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of a claimed trade.

    doubted  what was claimed and cannot be believed, so it is left out
    problem  an Unread reason where the rest contradicts itself, else None
    """

    fields: TradeFields
    doubted: tuple[Doubted, ...] = ()
    problem: str | None = None

    @property
    def emptied(self) -> "Checked":
        """Without any of its numbers: they contradict each other, and nobody knows which one is wrong."""
        numbers = frozenset(NUMBERS)
        doubted = {*self.doubted, *(numbers & self.fields.said().keys())}
        left = self.fields.without(numbers | {"pnl_basis"})
        return Checked(left, tuple(name for name in DOUBTED if name in doubted))


@dataclass(frozen=True, slots=True)
class Source:
    """What a claim is held against. `seen`: the lines read off the picture; None where no picture came."""

    text: str
    context: Context
    seen: tuple[str, ...] | None = None
    items: Items = field(init=False)
    material: Material = field(init=False)

    def __post_init__(self) -> None:
        lines = tuple(storable(line[:LONGEST_LINE]) for line in (self.seen or ())[:MOST_LINES])
        object.__setattr__(self, "items", items(self.text))
        object.__setattr__(self, "material", Material(self.text, lines))

    def check(self, claim: ClaimedTrade) -> Checked:
        symbol = _symbol(claim.symbol)
        found = self._found(claim, symbol)
        net = claim.pnl_is_after_costs and "pnl" in found and any(i.tag is Tag.NET for i in self.material.items)
        basis: Basis | None = "net" if net else None
        facts: dict[str, Any] = {name: held.value for name, held in found.items()}
        facts |= {"symbol": symbol, "direction": claim.direction, "pnl_basis": basis, "derived": _derived(found)}
        fields = self._timed(TradeFields(**facts), claim)
        said = fields.said()
        doubted = tuple(name for name in DOUBTED if getattr(claim, name) is not None and name not in said)
        return Checked(fields, doubted, impossible(Said(fields=fields), self.items))

    def _found(self, claim: ClaimedTrade, symbol: str | None) -> dict[str, Found]:
        """The claimed numbers that hold; those that are written first, as others lean on them."""
        claimed: dict[str, Decimal] = {n: value for n in NUMBERS if (value := getattr(claim, n)) is not None}
        held = {n: found for n, value in claimed.items() if (found := self.material.written(n, value)) is not None}
        if "pnl" in held and self._denied(held["pnl"].value):
            del held["pnl"], claimed["pnl"]
        around = self._around(claim, symbol, held)
        for name in PRICES:
            if name in held:
                held[name] = self.material.completed(held[name].value, around.bases) or held[name]
        around = self._around(claim, symbol, held)
        for name in claimed.keys() - held.keys():
            following = self.material.following(name, claimed[name], around)
            if following is not None:
                held[name] = following
        return held

    def _around(self, claim: ClaimedTrade, symbol: str | None, held: Mapping[str, Found]) -> Around:
        """What is known of the trade: by what holds of the claim, and by the trades it may be about."""
        known = [trade for trade in (*self.context.drafts, *self.context.open_trades) if symbol in (None, trade.symbol)]
        bases = [price for trade in known for name in PRICES if (price := getattr(trade, name)) is not None]
        entries = [trade.entry_price for trade in known if trade.entry_price is not None]
        return Around(
            bases=[*bases, *(held[name].value for name in PRICES if name in held)],
            entries=[held["entry_price"].value, *entries] if "entry_price" in held else entries,
            direction=claim.direction or next((trade.direction for trade in known), None),
            symbol=symbol or next((trade.symbol for trade in known), None),
        )

    def _denied(self, pnl: Decimal) -> bool:
        """A gain where only losses are told of, or the other way round; a written sign goes before words."""
        signed = any(number.sign and number.value == abs(pnl) for number in self.material.numbers)
        tags = self.items.tags
        told, other = (Tag.LOSS, Tag.WIN) if pnl > 0 else (Tag.WIN, Tag.LOSS)
        return not signed and pnl != 0 and told in tags and other not in tags

    def _timed(self, fields: TradeFields, claim: ClaimedTrade) -> TradeFields:
        """With the clock times that stand in the text; a claimed one that does not is left out, never invented.

        Those of a picture are left out as well: nobody knows which zone a platform's clock is of.
        """
        written = {_squeezed(item.text): item.text for item in self.items if item.kind == "clock"}
        entry = written.get(_squeezed(claim.entry_time or ""))
        left = written.get(_squeezed(claim.exit_time or ""))
        return with_times(fields, entry, left, self.items, self.context.now, self.context.zone)


def _derived(found: Mapping[str, Found]) -> tuple[Derived, ...]:
    """How values came about that the message does not write as such, by the words they were taken from."""
    ways = ((name, found[name]) for name in NUMBERS if name in found)
    return tuple(Derived(name, held.how, held.said[:LONGEST_SAID].strip()) for name, held in ways if held.how)


def _squeezed(clock: str) -> str:
    return clock.replace(" ", "").lower()


def _symbol(claim: str | None) -> str | None:
    """Upper case letters and digits, at least one letter; None where it is no symbol."""
    plain = re.sub(r"[\s/$#._-]", "", claim or "").upper()
    return plain if re.fullmatch(r"(?=.*[A-Z])[A-Z0-9]{1,12}", plain) else None
