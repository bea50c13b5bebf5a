"""The parts of a correction: its clauses, the fields they name, and which words say nothing of their own."""

from collections.abc import Iterable, Iterator

from bot.reading.answer_words import CHANGING, CLASSES, Phrase, table, words_of
from bot.reading.days import DAY_WORDS
from bot.reading.spelling import plain_words
from bot.reading.tokens import Token
from bot.reading.words import NUMBERS, TAGGED, Tag

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
COUNT_WORDS = {word: count for word, count in NUMBERS.items() if word != "both" and count == int(count)}
_NUMERIC = frozenset("0123456789+-.$€£")
_ARTICLES = frozenset(("a", "an", "the", "any", "my", "el", "la", "o", "le", "un", "den", "das"))
_FROM = frozenset(("from",))
""""A no from me" lacks no entry."""
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


def _reach(phrases: Iterable[Phrase]) -> dict[str, int]:
    """The words of the longest phrase that begins with each word."""
    reach: dict[str, int] = {}
    for phrase in phrases:
        reach[phrase[0]] = max(len(phrase), reach.get(phrase[0], 0))
    return reach


_SECTIONS = _by_phrase()
_NO_NAMES = frozenset({("thats",), ("stp",)})
""""that's 400" is the result in a report, but a correction points with it; "stp" is a stop, but please in French."""
_NAMES = {phrase: FIELDS[tag] for phrase, tag in TAGGED.items() if tag in FIELDS and phrase not in _NO_NAMES}
"""Phrases that name a field."""
_SECTION_REACH, _NAME_REACH = _reach(_SECTIONS), _reach(_NAMES)


class Part:
    """Tokens in order, of which nothing but the words and numbers counts.

    words    as they are compared: folded, marks aside
    fields   the fields that are named, each once, in order
    numbers  the tokens that are numbers
    is_bare  no number, date or time is in it
    """

    __slots__ = ("_marks", "_named", "fields", "is_bare", "numbers", "tokens", "words")

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.words = plain_words(list(tokens))
        self._named = _named_in(self.words)
        self._marks = _marks_in(self.words)
        self.fields = tuple(dict.fromkeys(name for _, _, name in self._named))
        self.numbers = tuple(token for token in tokens if token.kind == "number" and token.value is not None)
        self.is_bare = all(token.kind in ("word", "mark", "break") for token in tokens)

    @property
    def said(self) -> list[str]:
        """The words without the one that joins it to the next part."""
        return self.words[:-1] if self.words and self.words[-1] in _JOINING else self.words

    @property
    def changes(self) -> bool:
        """Whether any word of a correction stands in it."""
        return bool(self._marks)

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
            if any(place == at and words != _FROM for place, words, _ in self._named):
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


def _named_in(words: list[str]) -> list[tuple[int, frozenset[str], str]]:
    """Where fields are named, by which words, and which they are."""
    found, place = [], 0
    while place < len(words):
        for length in range(min(_NAME_REACH.get(words[place], 0), len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            if phrase in _NAMES:
                found.append((place, frozenset(phrase), _NAMES[phrase]))
                place += length - 1
                break
        place += 1
    return found


def _marks_in(words: list[str]) -> dict[str, list[tuple[int, Phrase]]]:
    """Where phrases of the sections of corrections stand; of several of a section at a place the longest."""
    found: dict[str, list[tuple[int, Phrase]]] = {}
    for place, word in enumerate(words):
        taken: set[str] = set()
        for length in range(min(_SECTION_REACH.get(word, 0), len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            for section in _SECTIONS.get(phrase, ()):
                if section not in taken:
                    found.setdefault(section, []).append((place, phrase))
                    taken.add(section)
    return found


def clauses(tokens: tuple[Token, ...]) -> list[Part]:
    """The message cut at commas, full stops, line ends and joining words; what cuts goes with what it ends."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        found[-1].append(token)
        if token.kind == "break" or token.word in _ENDS or (token.kind == "word" and token.word in _JOINING):
            found.append([])
    return [Part(tuple(part)) for part in found if part]
