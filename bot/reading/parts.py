"""The parts of a correction: its clauses, the fields they name, and which words say nothing of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.reading.answer_words import CHANGING, CLASSES, Phrase, table, words_of
from bot.reading.days import DAY_WORDS
from bot.reading.spelling import plain_words
from bot.reading.tokens import Token
from bot.reading.words import COUNTS, TAGGED, Tag

FIELDS: dict[Tag, str] = {
    Tag.ENTRY: "entry_price",
    Tag.EXIT: "exit_price",
    Tag.STOP: "stop_loss",
    Tag.TARGET: "take_profit",
    Tag.SIZE: "position_size",
    Tag.LOTS: "position_size",
    Tag.PNL: "pnl",
    Tag.FEES: "commissions",
}
PRICES = frozenset(("entry_price", "exit_price", "stop_loss", "take_profit"))
_LONGEST = 3
COUNT_WORDS = {word: count for word, count in COUNTS.items() if word != "both"}
_NUMERIC = frozenset("0123456789+-.$€£")
_ARTICLES = frozenset(("a", "an", "the", "any", "my", "el", "la", "o", "le", "un", "den", "das"))
_POINTING = ("thats",)
"""In a report "that's 400" is the result; a correction points with it."""
_ENDS = frozenset(",;.!")
_JOINING = words_of("joining")
_JOINERS = words_of("glue", "pointing") | DAY_WORDS | COUNT_WORDS.keys()
_KNOWN = _JOINERS | words_of(*(set(CLASSES) - {"doubt", "all", "both"}))


def _by_phrase() -> dict[Phrase, tuple[str, ...]]:
    found: dict[Phrase, tuple[str, ...]] = {}
    for section in sorted(CHANGING):
        for phrase in table(section):
            found[phrase] = (*found.get(phrase, ()), section)
    return found


_SECTIONS = _by_phrase()
_REACH: dict[str, int] = {}
for _phrase in _SECTIONS:
    _REACH[_phrase[0]] = max(len(_phrase), _REACH.get(_phrase[0], 0))


@dataclass(frozen=True)
class Part:
    """Tokens in order, of which nothing but the words and numbers counts."""

    tokens: tuple[Token, ...]

    @cached_property
    def words(self) -> list[str]:
        return plain_words(list(self.tokens))

    @property
    def said(self) -> list[str]:
        """The words without the one that joins it to the next part."""
        return self.words[:-1] if self.words and self.words[-1] in _JOINING else self.words

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields that are named, each once, in order."""
        return tuple(dict.fromkeys(name for _, _, name in self._named))

    @cached_property
    def numbers(self) -> tuple[Token, ...]:
        return tuple(token for token in self.tokens if token.kind == "number" and token.value is not None)

    @cached_property
    def is_bare(self) -> bool:
        """No number, date or time is in it."""
        return all(token.kind in ("word", "mark", "break") for token in self.tokens)

    @cached_property
    def _named(self) -> tuple[tuple[int, frozenset[str], str], ...]:
        """Where fields are named, by which words, and which they are."""
        found, place = [], 0
        while place < len(self.words):
            for length in range(min(_LONGEST, len(self.words) - place), 0, -1):
                phrase = tuple(self.words[place : place + length])
                name = FIELDS.get(TAGGED.get(phrase, Tag.IGNORE)) if phrase != _POINTING else None
                if name is not None:
                    found.append((place, frozenset(phrase), name))
                    place += length - 1
                    break
            place += 1
        return tuple(found)

    @cached_property
    def _marks(self) -> dict[str, list[tuple[int, Phrase]]]:
        """Where phrases of the sections of corrections stand; of several at a place the longest."""
        found: dict[str, list[tuple[int, Phrase]]] = {}
        for place, word in enumerate(self.words):
            taken: set[str] = set()
            for length in range(min(_REACH.get(word, 0), len(self.words) - place), 0, -1):
                phrase = tuple(self.words[place : place + length])
                for section in _SECTIONS.get(phrase, ()):
                    if section not in taken:
                        found.setdefault(section, []).append((place, phrase))
                        taken.add(section)
        return found

    def has(self, *sections: str) -> bool:
        """Whether a phrase of these sections stands in it."""
        return any(section in self._marks for section in sections)

    def places(self, *sections: str) -> Iterator[tuple[str, int, Phrase]]:
        """Where phrases of these sections stand."""
        for section in sections:
            for place, phrase in self._marks.get(section, ()):
                yield section, place, phrase

    def lacks(self) -> bool:
        """ "no stop", "never had a stop": a word of lacking directly before a field, articles aside."""
        for _, place, phrase in self.places("lacking"):
            at = place + len(phrase)
            while at < len(self.words) and self.words[at] in _ARTICLES:
                at += 1
            if any(place == at for place, _, _ in self._named):
                return True
        return False

    def says_only(self, *sections: str, strictly: bool = False) -> bool:
        """No word but those of fields, of these sections, and those that add nothing of their own.

        `strictly`: nor those of politeness and praise, with which a side or a result is talk.
        """
        spoken = {word for _, phrase, _ in self._named for word in phrase}
        spoken |= {word for _, _, phrase in self.places(*sections) for word in phrase}
        known = _JOINERS if strictly else _KNOWN
        return all(word in spoken or word in known or word[0] in _NUMERIC for word in self.words)


def clauses(tokens: tuple[Token, ...]) -> list[Part]:
    """The message cut at commas, full stops, line ends and joining words; what cuts goes with what it ends."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        found[-1].append(token)
        if token.kind == "break" or token.word in _ENDS or (token.kind == "word" and token.word in _JOINING):
            found.append([])
    return [Part(tuple(part)) for part in found if part]
