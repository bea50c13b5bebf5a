"""Turns tokens into items: words into phrases of the vocabulary, and numbers into what their units make of them."""

from decimal import Decimal
from itertools import pairwise

from bot.reading.instruments import Instrument, find_instruments
from bot.reading.items import Item, Items, places
from bot.reading.normalise import normalised
from bot.reading.quoting import requoted
from bot.reading.spelled import NUMBER_WORDS, with_spelled
from bot.reading.tokens import Token, tokens, words_of
from bot.reading.units import COUNTED, FEW, RATED, SIDES, counted, dashed, is_plain, rated, with_units
from bot.reading.words import LEADING, LONGER, SINGLE, TAGGED, Tag, word_set

_TARGET_SIGNS = frozenset(("✅", "🏆", "💰", "💵", "🔹", "🔸", "🥅"))
_LEVEL_SIGNS = _TARGET_SIGNS | {"❌"}
_DIGITS = "0123456789"
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
_UNITS = COUNTED | {Tag.DISTANCE, Tag.MONEY, Tag.FRACTION}
_UNIT_WORDS = frozenset(("x", "mini", "c", "pt"))
"""One of both stands in a message of which a number may have a unit of its own."""


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
        found = dashed(found)
    if Tag.COUNT in found.tags:
        found = counted(found)
    plain = _UNITS.isdisjoint(found.tags) and _UNIT_WORDS.isdisjoint(found.words)
    if plain:
        return found
    if not RATED.isdisjoint(found.words):
        rated(found)
    return Items(with_units(found))


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
    few = token.value is not None and token.value < FEW and token.value % 1 == 0
    if suffix == "x" and token.value is not None and token.value >= FEW and token.value % 1:
        return None  # the last digit of "68.9x" is left open
    if suffix == "x" or (suffix == "c" and few):
        return Tag.LOTS
    unit = TAGGED.get((suffix,))
    if unit in COUNTED:
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
    if (len(led) == 1 and targets) or not any(item.tag in SIDES for item in found):
        return
    for n in led:
        found[n].kind, found[n].tag = "tag", Tag.TARGET if n in targets else Tag.STOP


def _is_price_like(item: Item) -> bool:
    return is_plain(item) and item.value is not None and (item.decimals > 0 or item.value > FEW)


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
