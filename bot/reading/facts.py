"""The facts of one trade while they are put together, with the place and the way each of them came about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import Final

from bot.reading.items import Items
from bot.reading.levels import Distance, Distances
from bot.reading.roles import Amount
from bot.reading.shorthand import completed
from bot.reading.telling import Telling
from bot.reading.words import UNITS
from statemachine.trade import LONGEST_SAID, Derived, How

_UNIT_WAYS: Final[dict[str, How]] = {"points": "points", "ticks": "ticks", "pips": "pips", "r": "r"}
_PLACE: Final = attrgetter("n")


@dataclass(slots=True)
class Facts:
    """What is known of the trade so far; `roles`: by each role, the numbers that were given it."""

    items: Items
    telling: Telling
    roles: Sequence[Sequence[Amount]]
    distances: Distances
    entries: list[Amount]
    exits: list[Amount]
    size: Decimal | None = None
    entry: Decimal | None = None
    exit: Decimal | None = None
    range: tuple[Decimal, Decimal] | None = None
    stop: Decimal | None = None
    targets: list[Decimal] = field(default_factory=list)
    pnl: Decimal | None = None
    net: bool = False
    fees: Decimal | None = None
    unsure: bool = False
    derived: list[Derived] = field(default_factory=list)

    @property
    def symbol(self) -> str | None:
        return self.telling.symbol_said

    @property
    def risk(self) -> Decimal | None:
        """Of 1R, in price."""
        return abs(self.entry - self.stop) if self.entry is not None and self.stop is not None else None

    @property
    def lost(self) -> bool | None:
        """Whether the trade lost, by side and prices; None where they do not tell."""
        if self.entry is None or self.exit is None or self.telling.direction is None:
            return None
        ran = self.exit - self.entry
        return ran < 0 if self.telling.direction == "long" else ran > 0

    def derive(self, name: str, how: How, said: str) -> None:
        """Notes how a field came about; only the first way of each is kept."""
        if all(derived.field != name for derived in self.derived):
            self.derived.append(Derived(name, how, said[:LONGEST_SAID]))

    def derive_from(self, name: str, distance: Distance, how: How | None = None) -> None:
        unit = distance.item.word if UNITS.get(distance.item.word) else ""
        said = f"{distance.item.text} {unit}".strip() if unit not in distance.item.text.lower() else distance.item.text
        self.derive(name, how or _UNIT_WAYS[distance.unit], said)

    def whole(self, amount: Amount, name: str) -> Decimal:
        """A price with the digits that it leaves out ("out 85"); the entry is what they are taken from."""
        if self.entry is None or not amount.is_short or self.telling.option:
            return amount.value
        if name == "take_profit" and self.telling.shares and self.entry < 2 * amount.value < 4 * self.entry:
            return amount.value  # "shorted GME 29.85, target 25"
        value = completed(amount.value, self.entry)
        if value != amount.value:
            self.derive(name, "shorthand", amount.item.text)
        return value


def in_order(amounts: Sequence[Amount]) -> Sequence[Amount]:
    return sorted(amounts, key=_PLACE) if len(amounts) > 1 else amounts
