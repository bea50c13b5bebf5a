"""Turns tokens into items: symbols, tagged phrases, numbers, times and the separators between them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from bot.reading.instruments import Instrument, find_instruments
from bot.reading.normalise import normalised
from bot.reading.quoting import requoted
from bot.reading.spelled import NUMBER_WORDS, with_spelled
from bot.reading.tokens import Token, tokens, words_of
from bot.reading.words import LEADING, LONGER, NUMBERS, SINGLE, TAGGED, Tag, word_set

Kind = Literal["tag", "symbol", "number", "clock", "date", "mark", "break", "word"]

_SIDES = frozenset({Tag.LONG, Tag.SHORT, Tag.BUY, Tag.SELL})
_COUNTED = frozenset({Tag.LOTS, Tag.MICROS, Tag.MINIS})
_RESULTS = frozenset({Tag.WIN, Tag.LOSS})
_FEW = Decimal(20)
_FINE, _LARGE = 3, 1000
"""A price with as many decimals, or as large a one, is no size before a few."""
_SHARES_OF_PRICE = 50
_LOTS = frozenset(("lot", "lots", "units"))
_LEVELS = frozenset({Tag.STOP, Tag.TARGET})
_NAMING_MARKS = frozenset((":", "@"))
_TARGET_SIGNS = frozenset(("✅", "🏆", "💰", "💵", "🔹", "🔸", "🥅"))
_LEVEL_SIGNS = _TARGET_SIGNS | {"❌"}
_DIGITS = "0123456789"
_SHARES = frozenset(("half", "half a", "both"))
_BEFORE_SIDE = frozenset((",", ";", ":", "|", "/", "•", ")"))
_AFTER_BOUGHT = word_set(
    "@ at some my a few this them it these those last earlier back yesterday mon tue wed thu fri"
) | word_set("monday tuesday wednesday thursday friday")
_BEFORE_BOUGHT = word_set(", ; . ( had and then i")
_LEVEL_LETTERS = {"e": Tag.ENTRY, "s": Tag.STOP, "t": Tag.TARGET}
_SIDE_LETTERS = {"b": Tag.BUY, "l": Tag.LONG, "s": Tag.SHORT}
_ORDERS = {"bot": Tag.BUY, "btc": Tag.COVER}
_CAPITALS = {"L": Tag.LONG, "S": Tag.SHORT, "B": Tag.LONG}
_BULLETS = frozenset("•●○◦▪▫■□◾◽▸▹‣·🔘🔹🔸🔷🔶➖🥇🥈🥉")
_RETAGGED = _LEVEL_SIGNS | _BULLETS | _LEVEL_LETTERS.keys() | _SIDE_LETTERS.keys() | {"bot", "btc", "in short", "c"}
_GLUING = frozenset(mark for word in SINGLE for mark in word[1:-1] if not mark.isalnum())
"""Marks that may stand inside a phrase."""
_RATED = frozenset(("pt", "point", "tick", "pip"))
_OF_EACH = frozenset(("per", "a", "each"))
_UNITS = _COUNTED | {Tag.DISTANCE, Tag.MONEY, Tag.FRACTION}
_UNIT_WORDS = frozenset(("x", "mini", "c", "pt"))
"""One of both stands in a message of which a number may have a unit of its own."""


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


def items(text: str) -> Items:
    """The items of a text as the trader wrote it."""
    return items_of(tokens(normalised(text)))


def items_of(cut: list[Token]) -> Items:
    """The items of a text that was cut into tokens."""
    words = words_of(cut)
    if not NUMBER_WORDS.isdisjoint(words):
        cut = with_spelled(cut)
        words = words_of(cut)
    instruments = find_instruments(cut, words)
    if instruments:
        requoted(cut, instruments)
    found = Items(_each(cut, {instrument.first: instrument for instrument in instruments}))
    if "@" in found.words:
        found = _unbroken(found)
    if "(" in found.words:
        _bracketed(found)
    if not _RETAGGED.isdisjoint(found.words):
        found = _retagged(found)
    if "-" in [token.sign for token in cut]:
        found = _dashed(found)
    if Tag.COUNT in found.tags:
        found = _counted(found)
    plain = _UNITS.isdisjoint(found.tags) and _UNIT_WORDS.isdisjoint(found.words)
    if plain:
        return found
    if not _RATED.isdisjoint(found.words):
        _rated(found)
    return Items(_with_units(found))


def _each(cut: list[Token], symbols: dict[int, Instrument]) -> list[Item]:
    """The items as each is by itself, in what the tokens beside it make of it."""
    found: list[Item] = []
    place, end = 0, len(cut)
    while place < end:
        token = cut[place]
        if token.kind == "number":
            item, beyond = _number(token), place + 1
        elif place in symbols:
            item, beyond = _symbol(cut, symbols[place]), symbols[place].last + 1
        elif token.word in LEADING and (length := _longer_at(cut, place, symbols)):
            item, beyond = _tagged(cut[place : place + length]), place + length
        elif (tag := SINGLE.get(token.word)) is not None:
            item, beyond = Item("tag", token.start, token.end, token.text, token.word, tag), place + 1
            item.spaced = not token.glued
        elif place + 1 < end and cut[place + 1].glued and (glued := _glued_phrase(cut, place)) is not None:
            item, beyond = glued, place + (2 if cut[place + 1].text[0] == "/" else 3)
        else:
            item, beyond = _single(token), place + 1
        found.append(item)
        place = beyond
    return found


def _retagged(found: Items) -> Items:
    """Words and signs that say something only where they stand in some places."""
    if not _LEVEL_SIGNS.isdisjoint(found.words):
        _signed_levels(found)
    if "e" in found.words and ("s" in found.words or "t" in found.words):
        _lettered_levels(found)
    if not _BULLETS.isdisjoint(found.words):
        found = _without_bullets(found)
    _side_before_facts(found)
    return Items(found)


def _symbol(cut: list[Token], instrument: Instrument) -> Item:
    first, last = cut[instrument.first], cut[instrument.last]
    item = Item("symbol", first.start, last.end, first.text, instrument.name or first.word)
    item.symbol, item.how, item.spaced = instrument.symbol, instrument.how, not first.glued
    return item


def _longer_at(cut: list[Token], place: int, symbols: dict[int, Instrument]) -> int:
    """The number of words of the longest phrase of several that begins at a place; 0 for none."""
    ahead = place + 1
    if ahead == len(cut) or ahead in symbols:
        return 0
    for rest, _ in LONGER.get((cut[place].word, cut[ahead].word), ()):
        end = ahead + len(rest)
        if len(rest) == 1:
            return 2
        if rest == tuple([token.word for token in cut[ahead:end]]) and symbols.keys().isdisjoint(range(ahead, end)):
            return len(rest) + 1
    return 0


def _glued_phrase(cut: list[Token], place: int) -> Item | None:
    """ "b/e", "p&l" and "stop/loss", which are cut at their mark; the next token is glued to this one."""
    if cut[place + 1].text[0] not in _GLUING:
        return None
    three = cut[place : place + 3]
    if three[1].text[0] == "/":
        word = f"{three[0].word}/{three[1].word.rstrip(_DIGITS)}"  # "t/p1"
        if (tag := TAGGED.get((word,))) is not None:
            return Item("tag", three[0].start, three[1].end, word, word, tag)
    if len(three) < 3 or three[1].kind != "mark" or not three[2].glued:
        return None
    word = three[0].word + three[1].word + three[2].word
    tag = TAGGED.get((word,)) or (TAGGED.get((three[0].word, three[2].word)) if three[1].word == "-" else None)
    if tag is None:
        return None
    return Item("tag", three[0].start, three[2].end, word, word, tag)


def _tagged(phrase: list[Token]) -> Item:
    words = [token.word for token in phrase]
    text = " ".join([token.text for token in phrase])
    return Item("tag", phrase[0].start, phrase[-1].end, text, " ".join(words), TAGGED[tuple(words)])


def _number(token: Token) -> Item:
    value, text, suffix = token.value, token.text, token.suffix
    item = Item("number" if value is not None else "word", token.start, token.end, text, suffix, value=value)
    item.sign, item.money, item.spaced = token.sign, token.money, not token.glued
    if value is not None and not text.isdecimal():
        item.decimals = places(value)
    if suffix:
        item.tag = _unit_of(token)
    return item


def _unit_of(token: Token) -> Tag | None:
    suffix = token.suffix
    few = token.value is not None and token.value < _FEW and token.value % 1 == 0
    if suffix == "x" and token.value is not None and token.value >= _FEW and token.value % 1:
        return None  # the last digit of "68.9x" is left open
    if suffix == "x" or (suffix == "c" and few):
        return Tag.LOTS
    unit = TAGGED.get((suffix,))
    if unit in _COUNTED:
        return Tag.LOTS
    if unit in (Tag.DISTANCE, Tag.MONEY):
        return unit
    return None if suffix in ("ish", "even", "rs") else Tag.IGNORE


def _single(token: Token) -> Item:
    """Words that carry a number ("x3", "tp2"), single side letters, marks; clock times, dates and line breaks."""
    kind, word = token.kind, token.word
    item = Item(kind, token.start, token.end, token.text, word)
    if kind == "mark":
        item.spaced = not token.glued
        if word in "@%":
            item.kind, item.tag = "tag", Tag.AT if word == "@" else Tag.DISTANCE
    elif word[-1:].isdecimal():
        _take_number(item)
    elif token.text in _CAPITALS:
        item.kind, item.tag = "tag", _CAPITALS[token.text]
    return item


def _take_number(item: Item) -> None:
    """Of a word that ends with one."""
    letters = item.word.rstrip(_DIGITS)
    if letters == "x":
        item.kind, item.tag, item.value = "number", Tag.LOTS, Decimal(item.word[1:])
    elif letters in ("pt", "t", "entry") or TAGGED.get((letters,)) in (Tag.TARGET, Tag.STOP):
        item.kind, item.word, item.tag = "tag", letters, TAGGED.get((letters,), Tag.TARGET)


def _unbroken(found: Items) -> Items:
    """Without the line break that mail puts between "@" and its price."""
    broken = {n for n in range(1, len(found) - 1) if found[n].kind == "break" and found[n - 1].word == "@"}
    return Items(item for n, item in enumerate(found) if n not in broken) if broken else found


def _without_bullets(found: Items) -> Items:
    """Without the signs that lines of nothing but a number begin with."""
    return Items(
        item
        for n, item in enumerate(found)
        if item.word not in _BULLETS
        or not 0 < n < len(found) - 1
        or found[n - 1].kind != "break"
        or found[n + 1].kind != "number"
    )


def _lettered_levels(found: list[Item]) -> None:
    """ "E: 14.2 | S: 13.6 | T: 15.1": each letter before a number, and at least the entry's beside another."""
    named = {}
    for n, item in enumerate(found[:-1]):
        if item.word in _LEVEL_LETTERS:
            first = found[n + 2] if found[n + 1].word in (":", "-", "=") and n + 2 < len(found) else found[n + 1]
            if first.kind == "number":
                named[n] = item
    if len({item.word for item in named.values()}) < 2 or "e" not in {item.word for item in named.values()}:
        return
    for item in named.values():
        item.kind, item.tag = "tag", _LEVEL_LETTERS[item.word]


def _bracketed(found: list[Item]) -> None:
    """Marks numbers that stand alone in brackets: "(2)" is a size, "(420)" a loss."""
    for n in range(1, len(found) - 1):
        if found[n].kind == "number" and found[n - 1].word == "(" and found[n + 1].word == ")":
            found[n].bracketed = True


def _signed_levels(found: list[Item]) -> None:
    """ "✅ 1.04 ✅ 1.08 ❌ 0.93": signs before prices, targets where there are several, and a stop."""
    led = [n for n, after in enumerate(found[1:]) if found[n].word in _LEVEL_SIGNS and _is_price_like(after)]
    targets = [n for n in led if found[n].word in _TARGET_SIGNS]
    if (len(led) == 1 and targets) or not any(item.tag in _SIDES for item in found):
        return
    for n in led:
        found[n].kind, found[n].tag = "tag", Tag.TARGET if n in targets else Tag.STOP


def _is_price_like(item: Item) -> bool:
    return _is_plain(item) and item.value is not None and (item.decimals > 0 or item.value > _FEW)


def _side_before_facts(found: list[Item]) -> None:
    """ "bot 3 mes" is bought, "thanks bot" is us; "in short 1 cl" is a side, "in short, ..." is talk."""
    lettered = False
    for n, (item, after) in enumerate(pairwise(found)):
        if after.kind not in ("number", "symbol"):
            if item.word == "btc" and after.tag is Tag.AT and _were_sold(found[:n]):
                item.kind, item.tag = "tag", Tag.COVER  # buy to close
            elif item.word == "bot" and after.word in _AFTER_BOUGHT and _goes_on_to_number(found, n):
                item.kind, item.tag = "tag", Tag.BUY
            continue
        if item.word in _ORDERS and item.kind == "word":
            item.kind, item.tag = "tag", _ORDERS[item.word]
        elif item.word == "in short":
            item.tag = Tag.SHORT
        elif item.kind == "word" and item.word in _SIDE_LETTERS and _stands_as_side(found, n):
            item.kind, item.tag, lettered = "tag", _SIDE_LETTERS[item.word], True
        elif item.word == "c" and lettered and after.kind == "number":
            item.kind, item.tag = "tag", Tag.EXIT


def _goes_on_to_number(found: list[Item], n: int) -> bool:
    """ "sold 142.80, bot this am 139.15": in the middle of what is told, with a price close behind."""
    ahead = found[n + 1 : n + 5]
    number = next((place for place, item in enumerate(ahead) if item.kind == "number"), None)
    inside = n > 0 and (found[n - 1].word in _BEFORE_BOUGHT or found[n - 1].kind == "break")
    inside |= any(item.kind == "symbol" for item in ahead[:number])  # "bot some SOFI at 14.2"
    return inside and number is not None and all(item.kind != "mark" for item in ahead[:number])


def _were_sold(before: list[Item]) -> bool:
    return any(item.word == "sto" for item in before)


def _stands_as_side(found: list[Item], n: int) -> bool:
    """ "gc s 2 @ 2668", "s 2 gc": directly behind the instrument, or where a line or a part of a list begins."""
    return n == 0 or found[n - 1].kind in ("symbol", "break") or found[n - 1].word in _BEFORE_SIDE


def _counted(found: Items) -> Items:
    """ "long two nq", "two nq long": a spelled number beside a side is the size; "one off at" a leg's."""
    for n, item in enumerate(found):
        if item.tag is not Tag.COUNT:
            continue
        if item.word.endswith("grand") or (n and found[n - 1].tag in _RESULTS and NUMBERS[item.word] > _FEW):
            item.kind, item.tag, item.value, item.money = "number", None, NUMBERS[item.word], True
        if n + 1 == len(found) or item.tag is None:
            continue
        after, beyond = found[n + 1], found[n + 2] if n + 2 < len(found) else None
        if after.kind == "symbol":
            sided = (n > 0 and found[n - 1].tag in _SIDES) or (beyond is not None and beyond.tag in _SIDES)
            sided &= item.word != "both" or "trades" not in found.words  # "2 trades, both mes longs"
            sided &= not (item.word in _SHARES and n > 0 and found[n - 1].tag is Tag.SELL)  # "sold half SPY 2.40"
        else:
            led = after.tag is Tag.AT or (after.tag is Tag.EXIT and beyond is not None and _is_at_price(beyond))
            sided = led and any(i.kind == "number" for i in found[n + 2 : n + 4]) and item.word not in _SHARES
        if sided:
            item.kind, item.tag, item.value = "number", Tag.LOTS, NUMBERS[item.word]
    return Items(found)


def _rated(found: list[Item]) -> None:
    """ "$20/pt", "1 € per point", "£5 a point": what each of them is worth is no amount of the trade."""
    for n, item in enumerate(found):
        if item.word not in _RATED or item.kind != "tag" or n < 2:
            continue
        worth = found[n - 1] if item.text[0] == "/" else found[n - 2] if found[n - 1].word in _OF_EACH else item
        if worth.tag is Tag.MONEY and n > 2:
            worth = found[n - 3]
        if worth.kind == "number" and worth.tag is None and (worth.money or found[n - 1].word == "per"):
            worth.tag, item.kind, item.tag = Tag.IGNORE, "word", None


def _is_at_price(item: Item) -> bool:
    return item.tag is Tag.AT or (item.kind == "number" and item.decimals > 0)


def _dashed(found: Items) -> Items:
    """In "2403 -2409" the sign is a dash: a loss as large as the price beside it is none."""
    split: list[Item] = []
    for item in found:
        before = split[-1] if split else None
        if item.sign == "-" and _is_plain(before) and not any(map(_is_plain, split[-5:-1])):
            assert before is not None  # noqa: S101  told by _is_plain
            one, other = before.value or Decimal(0), item.value or Decimal(0)
            if abs(one - other) * 5 < max(one, other) and not item.money:
                split.append(Item("mark", item.start, item.start + 1, "-", "-"))
                item = replace(item, sign="", start=item.start + 1, text=item.text[1:])
        split.append(item)
    return Items(split) if len(split) > len(found) else found


def _is_plain(item: Item | None) -> bool:
    return item is not None and item.kind == "number" and not item.sign and item.tag is None


def _with_units(found: list[Item]) -> list[Item]:
    """Joins "2 lots", "one contract", "15 ticks", "50 bucks" and "1 mini" with their units."""
    joined: list[Item] = []
    for n, item in enumerate(found):
        if item.tag is Tag.DISTANCE and len(joined) > 1 and joined[-1].kind == "break" and joined[-2].kind == "number":
            joined.pop()
        if item.kind not in ("tag", "word") or not joined:
            joined.append(item)
            continue
        before = joined[-1]
        number = before.kind == "number" and before.tag is None
        if not number and before.tag is not Tag.COUNT:
            joined.append(item)
        elif item.tag is Tag.DISTANCE or (number and (item.tag is Tag.MONEY or item.text == "pt")):
            unit = Tag.MONEY if item.tag is Tag.MONEY else Tag.DISTANCE
            value = before.value if number else NUMBERS[before.word]
            word = item.word if unit is Tag.DISTANCE else before.word
            before.kind, before.value, before.tag, before.end, before.word = "number", value, unit, item.end, word
        elif item.tag is Tag.FRACTION and number and not before.decimals:
            more = NUMBERS[item.word]
            value = (before.value or 0) * more if more > 1 else (before.value or 0) + more  # "4 hundo"
            before.value, before.decimals, before.end = value, places(value), item.end
        elif number and item.word == "x" and _is_price_by_size(before, found, n):
            found[n + 1].tag = Tag.LOTS
        elif number and item.word in _LOTS and _names_next(before, found, n):
            joined.append(item)
        elif item.text[:1] == "/":
            joined.append(item)  # "$1.24/ct" is of each
        elif item.tag in _COUNTED or item.word == "mini" or (item.word == "c" and _is_few(before)):
            value = before.value if number else NUMBERS[before.word]
            before.kind, before.tag, before.value = "number", Tag.LOTS, value
            before.end, before.word = item.end, item.word
            if item.tag in (Tag.MICROS, Tag.MINIS) or item.word == "mini":
                joined.append(item)
        else:
            joined.append(item)
    return joined


def _is_few(item: Item) -> bool:
    return item.value is not None and item.value < _FEW and not item.decimals


def _is_price_by_size(price: Item, found: list[Item], n: int) -> bool:
    """ "1.4010 x 0.5", "1.2725 x 3", "6050 x 5"; not "42.10 x 42.15", which are bid and ask, nor "2 x 18250"."""
    size = found[n + 1] if n + 1 < len(found) else None
    unit = found[n + 2].tag if n + 2 < len(found) else None
    if size is not None and size.kind == "number" and (size.tag or unit) is Tag.LOTS:
        return True  # "190 x 40sh"
    if size is None or not _is_plain(size) or size.money:
        return False
    written = price.decimals >= _FINE or (price.value or 0) >= _LARGE
    if written and not size.decimals and (size.value or 0) < _FEW:
        return True
    most = (price.value or 0) / 2 if size.decimals else (price.value or 0) * _SHARES_OF_PRICE  # "58.20 x 100"
    return price.decimals > 0 and (size.value or 0) < most


def _names_next(before: Item, found: list[Item], n: int) -> bool:
    """ "close 43195 lot 1", "take profit: 0.8370 lot: 0.20", "tp 1.0880 lot 0.3"."""
    ahead = n + 2 if n + 1 < len(found) and found[n + 1].word in _NAMING_MARKS else n + 1
    if ahead >= len(found) or found[ahead].kind != "number" or before.value is None:
        return False
    lead = found[n - 2] if n > 1 else None
    named = lead is not None and (lead.tag in _LEVELS or (lead.word in _NAMING_MARKS and ahead > n + 1))
    return (named and before.decimals > 1) or (before.value >= _LARGE and ahead == n + 1)
