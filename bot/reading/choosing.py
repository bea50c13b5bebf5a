"""Which of several drafts a message speaks of, part by part: "first one exit 18295, second one 3 contracts"."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from bot.reading.answer_words import table, words_of
from bot.reading.gathering import near
from bot.reading.instruments import EVERYDAY
from bot.reading.items import Item
from bot.reading.parts import COUNT_WORDS, clauses
from bot.reading.spelling import ORDINALS, names_symbol
from bot.reading.tokens import Token
from bot.reading.words import TAGGED, Tag
from statemachine.trade import TradeFields

Share = tuple[frozenset[int], tuple[Token, ...]]
"""The drafts (from 1) that a part speaks of, and its tokens without the words that say so."""

_LABELS = frozenset(("trade", "#", "number", "nr", "draft"))
_LEADING = words_of("leading")
_FOLLOWING = words_of("following") - {"entry"}
_ARTICLES = frozenset(("the", "my", "that", "this", "la", "el", "der", "die", "den", "le", "o", "a"))
_SIDES = {Tag.LONG: "long", Tag.SHORT: "short"}
_PRICED = frozenset({Tag.ENTRY, Tag.EXIT, Tag.STOP, Tag.TARGET})
_EACH = frozenset(("each", "neither", "either", "none"))
_ORDINAL_ENDS = frozenset(("st", "nd", "rd", "th"))
_TIME = frozenset(("one", "a", "per", "sec"))
"""Before "second" it is a moment."""


def meant(items: list[Item], drafts: tuple[TradeFields, ...]) -> int | None:
    """Which of several drafts: by its ordinal, or by its symbol where only one has it."""
    if len(drafts) < 2:
        return None
    numbered = place_of_number(items, len(drafts))
    if numbered is not None:
        return int(items[numbered].value or 0)
    for item in items:
        for word in item.word.split():
            if item.tag is Tag.ORDINAL and (place := ORDINALS.get(word)):
                place = len(drafts) if place == -1 else place
                return place if place <= len(drafts) else None
    named = {item.symbol for item in items if item.kind == "symbol"}
    found = [n for n, draft in enumerate(drafts, 1) if draft.symbol in named]
    return found[0] if len(found) == 1 else None


def place_of_number(items: list[Item], drafts: int) -> int | None:
    """Where a draft is named by its number, as in "trade 2 exit to 5316" and "2: size 3"."""
    for n, item in enumerate(items):
        if item.kind != "number" or item.value not in range(1, drafts + 1) or item.sign or item.tag is not None:
            continue
        labelled = n > 0 and items[n - 1].word in _LABELS
        headed = n == 0 and len(items) > 1 and items[1].word in (":", ")")
        if labelled or headed:
            return n
    return None


def shares(said: tuple[Token, ...], drafts: tuple[TradeFields, ...]) -> list[Share]:
    """The message shared out among the drafts that it names; nothing where it names none."""
    found: list[Share] = []
    waiting: tuple[Token, ...] = ()
    for tokens in (piece for part in clauses(said) for piece in _pieces(part.tokens)):
        drafts_named, tokens = _named(list(tokens), drafts)
        if drafts_named is None:
            if found:
                found[-1] = (found[-1][0], found[-1][1] + tokens)
            else:
                waiting += tokens
        elif found and found[-1][0] == drafts_named:
            found[-1] = (drafts_named, found[-1][1] + tokens)
        else:
            found.append((drafts_named, waiting + tokens))
            waiting = ()
    return found


def fitting(tokens: tuple[Token, ...], drafts: tuple[TradeFields, ...]) -> int | None:
    """The one draft beside whose entry every price of a message may lie; None where several could be."""
    prices = [token.value for token in tokens if token.kind == "number" and token.value and token.value > 20]
    fits = [n for n, draft in enumerate(drafts, 1) if prices and all(_is_price_of(draft, price) for price in prices)]
    return fits[0] if len(fits) == 1 else None


def _is_price_of(draft: TradeFields, price: Decimal) -> bool:
    return draft.entry_price is not None and near(draft.entry_price, price)


def _pieces(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """A clause cut before the second and each later ordinal: "first entry 18251 second entry 5413"."""
    places = [at for at, token in enumerate(tokens) if _is_place(tokens, at)]
    cuts = [0, *places[1:], len(tokens)]
    return [tokens[start:end] for start, end in pairwise(cuts)]


def _is_place(tokens: Sequence[Token], at: int) -> bool:
    if tokens[at].suffix in _ORDINAL_ENDS:
        return True
    word = tokens[at].word
    return word in ORDINALS and not (at and word == "second" and tokens[at - 1].word in _TIME)


def _place_of(token: Token) -> int:
    """ "second" and "2nd" are 2; the last is -1."""
    return ORDINALS.get(token.word) or int(token.value or 0)


def _named(tokens: list[Token], drafts: tuple[TradeFields, ...]) -> tuple[frozenset[int] | None, tuple[Token, ...]]:
    """The drafts that a clause names, by number or place before instrument before side, and what else it says."""
    for find in (_by_number, _by_place, _by_all):
        found = find(tokens, drafts)
        if found is not None:
            picked, first, last = found
            return picked, tuple(tokens[:first] + tokens[last:])
    symbols = [n for at, token in enumerate(tokens) for n in _by_symbol(tokens, at, drafts) if token.kind == "word"]
    if symbols:
        return (frozenset(symbols) if len(set(symbols)) == 1 else None), tuple(tokens)
    side = _by_side(tokens, drafts)
    if side is not None:
        return side[0], tuple(tokens[: side[1]] + tokens[side[2] :])
    return None, tuple(tokens)


Found = tuple[frozenset[int], int, int] | None
"""The drafts, and the tokens from the first to before the last that name them."""


def _by_number(tokens: list[Token], drafts: tuple[TradeFields, ...]) -> Found:
    for at, token in enumerate(tokens):
        number = int(COUNT_WORDS.get(token.word, 0)) if at and tokens[at - 1].word in _LABELS else 0
        if 0 < number <= len(drafts):  # "number two"
            return frozenset((number,)), _start(tokens, at - 1), at + 1
        if token.kind != "number" or token.value not in range(1, len(drafts) + 1) or token.sign or token.suffix:
            continue
        after = tokens[at + 1].word if at + 1 < len(tokens) else ""
        labelled = at > 0 and (tokens[at - 1].word in _LABELS or _is_led(tokens, at, after))
        headed = at == 0 and after in (":", ")", ".")
        before_field = at == 0 and TAGGED.get((after,)) in _PRICED
        if labelled or headed or before_field:
            return frozenset((int(token.value or 0),)), at - labelled, at + 1 + headed
    return None


def _is_led(tokens: list[Token], at: int, after: str) -> bool:
    """ "exit on 1 was 18295": a small number behind "on" that counts nothing, beside another."""
    numbers = sum(token.kind == "number" for token in tokens)
    return tokens[at - 1].word in ("on", "for") and numbers > 1 and TAGGED.get((after,)) is not Tag.LOTS


def _by_place(tokens: list[Token], drafts: tuple[TradeFields, ...]) -> Found:
    """ "the second one", "the first two"."""
    for at, token in enumerate(tokens):
        if not _is_place(tokens, at):
            continue
        place = _place_of(token)
        after = tokens[at + 1].word if at + 1 < len(tokens) else ""
        count = int(COUNT_WORDS.get(after, 1))
        first = max(1, len(drafts) + 1 - count) if place == -1 else place
        picked = frozenset(range(first, first + count))
        if max(picked) > len(drafts):
            return None
        end = at + 1 + (count > 1 or after in _FOLLOWING)
        return picked, _start(tokens, at), end
    return None


def _by_all(tokens: list[Token], drafts: tuple[TradeFields, ...]) -> Found:
    words = [token.word for token in tokens]
    if not _EACH.isdisjoint(words):
        return frozenset(range(1, len(drafts) + 1)), 0, 0
    sections = ("all", "both") if len(drafts) == 2 else ("all",)
    for at in range(len(words)):
        for length in range(min(5, len(words) - at), 0, -1):
            if any(tuple(words[at : at + length]) in table(section) for section in sections):
                return frozenset(range(1, len(drafts) + 1)), at, at + length
    return None


def _by_symbol(tokens: list[Token], at: int, drafts: tuple[TradeFields, ...]) -> list[int]:
    token = tokens[at]
    found = [n for n, draft in enumerate(drafts, 1) if names_symbol(token.word, draft.symbol)]
    led = at == 0 or tokens[at - 1].word in _LEADING or token.text.isupper()
    return found if led or token.word not in EVERYDAY else []


def _by_side(tokens: list[Token], drafts: tuple[TradeFields, ...]) -> Found:
    """ "the short": a side behind an article, and only one draft is on it."""
    for at, token in enumerate(tokens):
        side = _SIDES.get(TAGGED.get((token.word,), Tag.IGNORE))
        if side is None or not at or tokens[at - 1].word not in _ARTICLES:
            continue
        picked = frozenset(n for n, draft in enumerate(drafts, 1) if draft.direction == side)
        if len(picked) == 1:
            after = tokens[at + 1].word if at + 1 < len(tokens) else ""
            return picked, _start(tokens, at), at + 1 + (after in _FOLLOWING)
    return None


def _start(tokens: list[Token], at: int) -> int:
    while at > 0 and tokens[at - 1].word in _LEADING:
        at -= 1
    return at
