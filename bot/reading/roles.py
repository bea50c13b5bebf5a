"""The numbers of one trade and what each of them can be."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from bot.reading.items import Item
from bot.reading.words import Tag
from statemachine.trade import Direction


class Role(int):
    """What a number says of its trade; NONE: nothing that is kept (an index, a strike, a risk in percent).

    Members as attributes of a plain class, for speed, like those of Tag; underneath they are bare integers, by which
    a list is asked fastest.
    """

    __slots__ = ()

    NONE: ClassVar["Role"]
    ENTRY: ClassVar["Role"]
    EXIT: ClassVar["Role"]
    STOP: ClassVar["Role"]
    TARGET: ClassVar["Role"]
    COUNT: ClassVar["Role"]
    PNL: ClassVar["Role"]
    FEES: ClassVar["Role"]


ROLES: Final = len(Role.__annotations__)
"""How many there are."""
for _role, _name in enumerate(Role.__annotations__):
    setattr(Role, _name, _role)

PRICES: Final = (Role.ENTRY, Role.EXIT, Role.STOP, Role.TARGET)

HEADS: Final = {
    Tag.ENTRY: Role.ENTRY,
    Tag.ADD: Role.ENTRY,
    Tag.EXIT: Role.EXIT,
    Tag.STOPPED: Role.EXIT,
    Tag.COVER: Role.EXIT,
    Tag.STOP: Role.STOP,
    Tag.MOVE: Role.STOP,
    Tag.TARGET: Role.TARGET,
    Tag.SIZE: Role.COUNT,
    Tag.PNL: Role.PNL,
    Tag.WIN: Role.PNL,
    Tag.LOSS: Role.PNL,
    Tag.NET: Role.PNL,
    Tag.GROSS: Role.PNL,
    Tag.FEES: Role.FEES,
    Tag.IGNORE: Role.NONE,
}
"""The words that say what the number beside them is."""

OPENING: Final[dict[Tag, Direction]] = {
    Tag.LONG: "long",
    Tag.SHORT: "short",
    Tag.BUY: "long",
    Tag.SELL: "short",
    Tag.BUY_ORDER: "long",
    Tag.SELL_ORDER: "short",
    Tag.COVER: "short",
}
MONEY_HEADS: Final = frozenset({Tag.PNL, Tag.WIN, Tag.LOSS, Tag.NET, Tag.GROSS})


_SHORT: Final = re.compile(r"(?:\d\d|[1-9]\d{2,3})(?:\.\d{1,2})?")


@dataclass(slots=True)
class Amount:
    """A number among the items of its trade.

    n       its place; `value` as it counts: completed where it was shortened ("out 85"), signed where it is money
    weight  for each role, how much speaks for it
    head    the word that names it, if one does
    size    of the leg, where it is the price of one; `share`: the part of the whole instead ("half")
    """

    n: int
    item: Item
    value: Decimal
    near: float
    weight: list[int]
    role: Role | None = None
    head: Item | None = None
    size: Decimal | None = None
    share: Decimal | None = None

    @property
    def is_short(self) -> bool:
        """It may be the last digits of a price: two at least, as "out 8" could mean too many."""
        return _SHORT.fullmatch(self.item.text) is not None
