"""Turns tokens into items: symbols, tagged phrases, numbers, times and the separators between them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from bot.reading.instruments import Instrument, find_instruments
from bot.reading.normalise import normalised
from bot.reading.tokens import Token, tokens
from bot.reading.words import COUNTS, LONGEST, POINTS, TAGGED, Tag

Kind = Literal["tag", "symbol", "number", "clock", "date", "mark", "break", "word"]

_SIDES = frozenset({Tag.LONG, Tag.SHORT, Tag.BUY, Tag.SELL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One meaning over `start` to `end` of the normalised text.

    tag    of a phrase; of a number: what its unit says (LOTS, DISTANCE, MONEY), else None
    word   the folded phrase, the mark, or the nickname of a symbol
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

    @property
    def decimals(self) -> int:
        exponent = self.value.as_tuple().exponent if self.value is not None else 0
        return max(0, -exponent) if isinstance(exponent, int) else 0


def items(text: str) -> list[Item]:
    """The items of a text as the trader wrote it."""
    return items_of(tokens(normalised(text)))


def items_of(cut: list[Token]) -> list[Item]:
    """The items of a text that was cut into tokens."""
    symbols = {i.first: i for i in find_instruments(cut)}
    found: list[Item] = []
    place = 0
    while place < len(cut):
        instrument = symbols.get(place)
        if instrument is not None:
            found.append(_symbol(cut, instrument))
            place = instrument.last + 1
            continue
        item, place = _item_at(cut, place, symbols)
        found.append(item)
    return _with_units(_counted(_dashed(_side_before_facts(_bracketed(found)))))


def _symbol(cut: list[Token], instrument: Instrument) -> Item:
    first, last = cut[instrument.first], cut[instrument.last]
    return Item(
        kind="symbol",
        start=first.start,
        end=last.end,
        text=first.text,
        word=first.word,
        symbol=instrument.symbol,
        how=instrument.how,
    )


def _item_at(cut: list[Token], place: int, symbols: dict[int, Instrument]) -> tuple[Item, int]:
    token = cut[place]
    if token.kind == "number":
        return _number(token), place + 1
    if token.kind in ("clock", "date", "break"):
        return Item(kind=token.kind, start=token.start, end=token.end, text=token.text), place + 1
    words: list[str] = []
    for ahead in range(place, min(place + LONGEST, len(cut))):
        if cut[ahead].kind not in ("word", "mark") or ahead in symbols:
            break
        words.append(cut[ahead].word)
    for length in range(len(words), 0, -1):
        tag = TAGGED.get(tuple(words[:length])) or TAGGED.get(("".join(words[:length]),))
        if tag is not None and (length > 1 or token.kind == "word" or token.word in "@%"):
            return _tagged(cut, place, length, tag), place + length
    return _single(token), place + 1


def _tagged(cut: list[Token], place: int, length: int, tag: Tag) -> Item:
    phrase = cut[place : place + length]
    text = " ".join(t.text for t in phrase)
    word = " ".join(t.word for t in phrase)
    return Item(kind="tag", start=phrase[0].start, end=phrase[-1].end, text=text, word=word, tag=tag)


def _number(token: Token) -> Item:
    tag: Tag | None = None
    if token.suffix:
        tag = Tag.IGNORE
        few = token.value is not None and token.value < 20 and token.value % 1 == 0
        if token.suffix == "x" or (token.suffix == "c" and few):
            tag = Tag.LOTS
        elif (unit := TAGGED.get((token.suffix,))) in (Tag.LOTS, Tag.DISTANCE, Tag.MONEY, Tag.MICROS, Tag.MINIS):
            tag = Tag.LOTS if unit in (Tag.MICROS, Tag.MINIS) else unit
        elif token.suffix in ("ish", "even", "rs"):
            tag = None
    kind: Kind = "word" if token.value is None else "number"
    return Item(
        kind=kind,
        start=token.start,
        end=token.end,
        text=token.text,
        word=token.suffix,
        tag=tag,
        value=token.value,
        sign=token.sign,
        money=token.money,
        spaced=not token.glued,
    )


def _single(token: Token) -> Item:
    """Words that carry a number ("x3", "tp2", "2nd" is no such word), single side letters, marks."""
    word, place = token.word, {"start": token.start, "end": token.end, "text": token.text}
    if token.kind == "mark":
        tag = Tag.AT if word == "@" else Tag.DISTANCE if word == "%" else None
        return Item(kind="tag" if tag else "mark", word=word, tag=tag, spaced=not token.glued, **place)  # type: ignore[arg-type]
    letters = word.rstrip("0123456789")
    if letters == "x" and word != "x":
        return Item(kind="number", tag=Tag.LOTS, value=Decimal(word[1:]), **place)  # type: ignore[arg-type]
    if letters != word and (TAGGED.get((letters,)) in (Tag.TARGET, Tag.STOP) or letters == "pt"):
        tag = TAGGED.get((letters,), Tag.TARGET)
        return Item(kind="tag", word=letters, tag=tag, **place)  # type: ignore[arg-type]
    if token.text in ("L", "S", "B"):
        tag = Tag.SHORT if token.text == "S" else Tag.LONG
        return Item(kind="tag", word=word, tag=tag, **place)  # type: ignore[arg-type]
    return Item(kind="word", word=word, **place)  # type: ignore[arg-type]


def _bracketed(found: list[Item]) -> list[Item]:
    """Marks numbers that stand alone in brackets: "(2)" is a size, "(420)" a loss."""
    for n in range(1, len(found) - 1):
        if found[n].kind == "number" and found[n - 1].word == "(" and found[n + 1].word == ")":
            found[n] = replace(found[n], bracketed=True)
    return found


def _side_before_facts(found: list[Item]) -> list[Item]:
    """ "bot 3 mes" is bought, "thanks bot" is us; "in short 1 cl" is a side, "in short, ..." is talk."""
    for n, (item, after) in enumerate(pairwise(found)):
        if after.kind not in ("number", "symbol"):
            continue
        if item.word == "bot":
            found[n] = replace(item, kind="tag", tag=Tag.BUY)
        elif item.word == "in short":
            found[n] = replace(item, tag=Tag.SHORT)
    return found


def _counted(found: list[Item]) -> list[Item]:
    """ "long two nq", "two nq long": a spelled number between a side and the symbol is the size."""
    for n, (item, after) in enumerate(pairwise(found)):
        beyond = found[n + 2] if n + 2 < len(found) else None
        sided = (n > 0 and found[n - 1].tag in _SIDES) or (beyond is not None and beyond.tag in _SIDES)
        if item.tag is Tag.COUNT and after.kind == "symbol" and sided:
            found[n] = replace(item, kind="number", tag=Tag.LOTS, value=Decimal(COUNTS[item.word]))
    return found


def _dashed(found: list[Item]) -> list[Item]:
    """In "2403 -2409" the sign is a dash: a loss as large as the price beside it is none."""
    split: list[Item] = []
    for item in found:
        before = split[-1] if split else None
        if item.sign == "-" and before is not None and before.kind == "number" and not (before.sign or before.tag):
            one, other = before.value or Decimal(0), item.value or Decimal(0)
            if abs(one - other) * 5 < max(one, other) and not item.money:
                split.append(Item(kind="mark", word="-", text="-", start=item.start, end=item.start + 1))
                item = replace(item, sign="", start=item.start + 1, text=item.text[1:])
        split.append(item)
    return split


def _with_units(found: list[Item]) -> list[Item]:
    """Joins "2 lots", "one contract", "15 ticks", "50 bucks" and "1 mini" with their units."""
    joined: list[Item] = []
    for item in found:
        if item.tag is Tag.DISTANCE and len(joined) > 1 and joined[-1].kind == "break" and joined[-2].kind == "number":
            joined.pop()
        before = joined[-1] if joined else None
        number = before is not None and before.kind == "number" and before.tag is None
        count = before is not None and before.tag is Tag.COUNT
        if before is None or not (number or count) or item.kind not in ("tag", "word"):
            joined.append(item)
        elif item.tag is Tag.DISTANCE or (number and (item.tag is Tag.MONEY or item.text == "pt")):
            unit = Tag.MONEY if item.tag is Tag.MONEY else Tag.DISTANCE
            word = item.word if item.word in POINTS else before.word
            joined[-1] = replace(before, tag=unit, end=item.end, word=word)
        elif item.tag in (Tag.LOTS, Tag.MICROS, Tag.MINIS) or item.word in ("ct", "mini", "c"):
            value = before.value if number else Decimal(COUNTS[before.word])
            joined[-1] = replace(before, kind="number", tag=Tag.LOTS, value=value, end=item.end, word=item.word)
            if item.tag in (Tag.MICROS, Tag.MINIS) or item.word == "mini":
                joined.append(item)
        else:
            joined.append(item)
    return joined
