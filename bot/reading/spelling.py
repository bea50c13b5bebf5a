"""An answer in letters: each phrase becomes the letter of its class, each name of a draft what it picks.

Politeness has no letter. A word that was stretched ("yesss") or slightly mistyped ("confrim") is the word it was.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.reading.answer_words import CLASSES, ORDINAL_SECTIONS, Phrase, letters, table, words_of
from bot.reading.context import Context
from bot.reading.instruments import EVERYDAY
from bot.reading.nicknames import NICKNAMES
from bot.reading.normalise import folded
from bot.reading.tokens import Token
from bot.reading.words import TAGGED, Tag
from bot.trading.contracts import nicknamed
from statemachine.trade import TradeFields

LETTERS = letters()
SKIPPING: Mapping[Phrase, str] = {**LETTERS, **dict.fromkeys(table("skip"), "k")}
"""The letters where a chart is waited for."""
ORDINALS = {
    word: place for section, place in zip(ORDINAL_SECTIONS, (1, 2, 3, 4, -1), strict=True) for word in words_of(section)
}
_SILENT = CLASSES["polite"]
_OUTRIGHT = (CLASSES["yes"], CLASSES["record"])
_RUE = table("rue")
_FOLLOWING = words_of("following")
_SIDES = {Tag.LONG: "long", Tag.SHORT: "short"}
_STRETCHED = re.compile(r"(.)\1{2,}")
_SHORTEST_TYPO = 5
_SHORTEST_DOUBLING = 4


def _reach() -> dict[str, int]:
    """The words of the longest phrase that begins with each word."""
    reach: dict[str, int] = {}
    for words in SKIPPING:
        reach[words[0]] = max(len(words), reach.get(words[0], 0))
    return reach


def _typos() -> dict[str, str]:
    """Words with two neighbours exchanged, a letter dropped or written twice, where that makes no other word."""
    found: dict[str, str] = {}
    for phrase, letter in LETTERS.items():
        word = phrase[0]
        if len(phrase) > 1 or letter not in "yvg" or not word.isascii():
            continue
        for typo in _typos_of(word):
            if (typo,) not in SKIPPING and (typo,) not in TAGGED:
                found[typo] = word
    return found


def _typos_of(word: str) -> Iterator[str]:
    inner = range(1, len(word) - 1)
    if len(word) >= _SHORTEST_DOUBLING:
        yield from (word[:n] + word[n:][:1] + word[n:] for n in inner)
    if len(word) >= _SHORTEST_TYPO:
        yield from (word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in inner)
        yield from (word[:n] + word[n + 1 :] for n in inner)


_REACH = _reach()
_TYPOS = _typos()
_HUNDRED = "100"
""""100 yes": as sure as can be, and no number."""
_SAYING_NOTHING = frozenset(".,!;:-()*\"'…~") | {""}
_MARKS = frozenset(("mark", "break"))


@dataclass(slots=True)
class Spelled:
    """The letters of a message, and which drafts (from 1) the name at a letter may mean.

    rueful    a word or sign of regret is in it
    outright  so is a yes or an order to save, more than an "ok"
    """

    letters: list[str] = field(default_factory=list)
    rueful: bool = False
    outright: bool = False
    picks: list[tuple[int, frozenset[int]]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.letters)

    def take(self, letter: str, drafts: frozenset[int], *, joined: bool) -> None:
        """A name; directly behind another, "nq short", both have to fit."""
        if letter == "$" and joined and self.letters[-1] == "$":
            drafts &= self.picks.pop()[1]
            self.letters.pop()
        if letter != "j":
            self.picks.append((len(self.letters), drafts))
        self.letters.append(letter)

    def picked(self, start: int = 0, end: int | None = None) -> frozenset[int] | None:
        """The drafts that are named between two letters; None where a name fits several."""
        last = len(self.letters) if end is None else end
        meant = [drafts for place, drafts in self.picks if start <= place < last]
        return None if any(len(drafts) != 1 for drafts in meant) else frozenset().union(*meant)


def spelled(words: list[str], context: Context, known: Mapping[Phrase, str] = LETTERS) -> Spelled | None:
    """The message in letters; None where a word belongs to no class and names no draft."""
    if words and not context.drafts and words[0] != _HUNDRED and as_meant(words[0]) not in _REACH:
        return None  # nearly every report is done with here
    found, place, named_at = Spelled(), 0, -2
    rest: list[int] = []
    words = [as_meant(word) for word in words]
    while place < len(words):
        name = _named(words, place, found, context, known)
        if name is not None:
            found.take(*name, joined=named_at == place - 1)
            named_at, place = place, place + 1
            continue
        length = longest_at(words, place, known)
        if not length:
            return None
        phrase = tuple(words[place : place + length])
        if len(context.drafts) > 1 and any(_by_symbol(word, context.drafts) for word in phrase):
            return None  # "es correcto": of a trade in ES, or of all
        letter = _in_context(known[phrase], context)
        found.rueful = found.rueful or phrase in _RUE
        found.outright = found.outright or known[phrase] in _OUTRIGHT
        if not letter:
            return None
        if named_at == place - 1 and phrase[0] in _FOLLOWING and length == 1:
            letter = CLASSES["following"]
        if letter == CLASSES["others"]:
            rest.append(len(found.letters))
            letter = "#"
        if letter != _SILENT:
            found.letters.append(letter)
        place += length
    named = frozenset().union(*(drafts for _, drafts in found.picks))
    if rest and not named:
        return None  # "the rest is fine": something else is not
    others = sorted(frozenset(range(1, len(context.drafts) + 1)) - named)
    found.picks += [(at, frozenset((draft,))) for at in rest for draft in others]
    return found


def longest_at(words: Sequence[str], place: int, known: Mapping[Phrase, str] = LETTERS) -> int:
    """The number of words of the longest phrase that begins at a place; 0 for none."""
    for length in range(min(_REACH.get(words[place], 0), len(words) - place), 0, -1):
        if tuple(words[place : place + length]) in known:
            return length
    return 0


def phrases_of(words: Sequence[str]) -> list[Phrase]:
    """The phrases of a message one behind the other; a word of none is one by itself."""
    found, place = [], 0
    while place < len(words):
        length = longest_at(words, place) or 1
        found.append(tuple(words[place : place + length]))
        place += length
    return found


def plain_words(said: list[Token]) -> list[str]:
    """The words, emoji and numbers of a message; marks that say nothing are dropped, a question mark is kept."""
    return [
        token.word or folded(token.text)
        for token in said
        if token.word not in _SAYING_NOTHING or token.kind not in _MARKS
    ]


def names_symbol(word: str, symbol: str | None) -> bool:
    """A word that is an everyday one elsewhere ("es") names the instrument that is spoken of."""
    return symbol is not None and symbol in (word.upper(), NICKNAMES.get(word), nicknamed(word, "contracts"))


@lru_cache(maxsize=8192)
def as_meant(word: str) -> str:
    """ "yesss" is "yes", "confrim" is "confirm"; a word that is known stays as it is."""
    if word in _REACH:
        return word
    if word in _TYPOS:
        return _TYPOS[word]
    for kept in (r"\1\1", r"\1"):
        short = _STRETCHED.sub(kept, word)
        if len(short) > 1 and short in _REACH:
            return short
    return word


def _in_context(letter: str, context: Context) -> str:
    """What a class means here: "both" needs two drafts, "ok" a question that waits."""
    if letter == CLASSES["content"]:
        return CLASSES["polite"] if context.state == "idle" else CLASSES["yes"]
    several = len(context.drafts)
    if letter == CLASSES["others"]:
        return letter if several > 1 else ""
    if letter == CLASSES["both"]:
        return CLASSES["all"] if several == 2 else ""
    if letter == CLASSES["all"]:
        return letter if several > 1 else CLASSES["thing"]
    return letter


def _named(
    words: list[str], place: int, found: Spelled, context: Context, known: Mapping[Phrase, str]
) -> tuple[str, frozenset[int]] | None:
    """The letter of a name and the drafts it may mean."""
    word, drafts = words[place], context.drafts
    if word == _HUNDRED and place == 0 and len(words) > 1:
        return "j", frozenset()
    if len(drafts) > 1:
        number = int(word) if word.isdecimal() and len(word) < 3 else 0
        ordinal = ORDINALS.get(word, 0)
        picked = number or (len(drafts) if ordinal == -1 else ordinal)
        if 1 <= picked <= len(drafts):
            return "1" if number else "#", frozenset((picked,))
    meant, side = _by_symbol(word, drafts), _SIDES.get(TAGGED.get((word,), Tag.IGNORE))
    followed = place + 1 < len(words) and words[place + 1] in _FOLLOWING
    before = found.letters[-1] if found.letters else ""
    if side is not None:
        meant = frozenset(n for n, draft in enumerate(drafts, 1) if draft.direction == side)
        sure = followed or before in ("l", "$")  # "log it short" may turn the side
    else:
        sure = followed or before in ("l", "v", "d") or not (word in EVERYDAY or (word,) in known)
    return ("$", meant) if meant and sure else None


def _by_symbol(word: str, drafts: tuple[TradeFields, ...]) -> frozenset[int]:
    return frozenset(n for n, draft in enumerate(drafts, 1) if names_symbol(word, draft.symbol))
