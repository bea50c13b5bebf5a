"""What a message consists of: symbols, tagged phrases, numbers, times and the separators between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.reading.words import Tag

Kind = Literal["tag", "symbol", "number", "clock", "date", "mark", "break", "word"]


@dataclass(slots=True)
class Item:
    """One meaning over `start` to `end` of the normalised text; not frozen, for speed, and never changed by readers.

    tag    of a phrase; of a number: what its unit says (LOTS, DISTANCE, MONEY), else None
    word   the folded phrase, the mark, the nickname of a symbol, or the unit of a number
    value  of a number; `sign`, `money`, `decimals` and `bracketed` say how it was written
    """

    kind: Kind
    start: int
    end: int
    text: str
    word: str = ""
    tag: Tag | None = None
    symbol: str = ""
    how: str = ""
    value: Decimal | None = None
    sign: str = ""
    money: bool = False
    bracketed: bool = False
    spaced: bool = True
    decimals: int = 0


class Items(list[Item]):
    """Items in order, and what stands among them: most questions to a message are answered by that alone."""

    __slots__ = ("tags", "words")

    def __init__(self, found: Iterable[Item]) -> None:
        super().__init__(found)
        self.tags: set[Tag | None] = {item.tag for item in self}
        self.words: set[str] = {item.word for item in self}


def places(value: Decimal) -> int:
    """How many decimals a value is written with."""
    text = str(value)
    if "E" not in text:
        return len(text.partition(".")[2])
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
