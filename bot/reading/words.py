"""The vocabulary of facts: what a phrase says of a trade, in every language. The words are data: vocabulary/*.txt."""

from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from typing import ClassVar, Final


class Tag(str):
    """What a phrase says about the trade or about the message.

    A plain class with its members as attributes: those of an enum take five times as long to look up in Python 3.11,
    and a message is asked hundreds of times for one.
    """

    __slots__ = ()

    LONG: ClassVar["Tag"]
    SHORT: ClassVar["Tag"]
    BUY: ClassVar["Tag"]
    SELL: ClassVar["Tag"]
    COVER: ClassVar["Tag"]
    BUY_ORDER: ClassVar["Tag"]
    SELL_ORDER: ClassVar["Tag"]
    ENTRY: ClassVar["Tag"]
    ENTRY_IF_NUMBER: ClassVar["Tag"]
    EXIT: ClassVar["Tag"]
    STOPPED: ClassVar["Tag"]
    STOP: ClassVar["Tag"]
    TARGET: ClassVar["Tag"]
    HIT: ClassVar["Tag"]
    DONE: ClassVar["Tag"]
    AT: ClassVar["Tag"]
    SIZE: ClassVar["Tag"]
    LOTS: ClassVar["Tag"]
    PNL: ClassVar["Tag"]
    WIN: ClassVar["Tag"]
    LOSS: ClassVar["Tag"]
    FEES: ClassVar["Tag"]
    NET: ClassVar["Tag"]
    GROSS: ClassVar["Tag"]
    DISTANCE: ClassVar["Tag"]
    MONEY: ClassVar["Tag"]
    BREAK_EVEN: ClassVar["Tag"]
    SCRATCH: ClassVar["Tag"]
    MICROS: ClassVar["Tag"]
    MINIS: ClassVar["Tag"]
    ADD: ClassVar["Tag"]
    MOVE: ClassVar["Tag"]
    ZONE: ClassVar["Tag"]
    IGNORE: ClassVar["Tag"]
    FILLER: ClassVar["Tag"]
    FRACTION: ClassVar["Tag"]
    COUNT: ClassVar["Tag"]
    PLAN: ClassVar["Tag"]
    WATCH: ClassVar["Tag"]
    MISSED: ClassVar["Tag"]
    OTHERS: ClassVar["Tag"]
    ATTACK: ClassVar["Tag"]
    FLIP: ClassVar["Tag"]
    CLEAR: ClassVar["Tag"]
    NOT: ClassVar["Tag"]
    ORDINAL: ClassVar["Tag"]


TAGS: Final = {name: Tag(name.lower().replace("_", " ")) for name in Tag.__annotations__}
"""All tags by their names."""
for _name, _tag in TAGS.items():
    setattr(Tag, _name, _tag)

LANGUAGES: Final = ("en", "es", "pt", "fr", "de", "ru", "he")
Words = tuple[str, ...]


def word_set(table: str) -> frozenset[str]:
    """The words of a table that are separated by blanks."""
    return frozenset(table.split())


def phrases(table: str) -> frozenset[Words]:
    """The phrases of one table, each as its words."""
    return frozenset(tuple(phrase.split()) for phrase in table.split("|"))


def entries(name: str) -> Iterator[tuple[str, str, str]]:
    """Section, phrase and value ("" without one) of a file in vocabulary/. Raises ValueError before any section."""
    section = ""
    for line in files(__package__).joinpath("vocabulary", f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[] ")
        elif line.strip() and not line.startswith("#"):
            for phrase in filter(None, map(str.strip, line.split("|"))):
                words, _, value = phrase.partition(" = ")
                if not section:
                    raise ValueError(f"vocabulary {name}: {words!r} stands in no section")
                yield section, words, value


TAGGED: dict[Words, Tag] = {}
"""What each phrase says."""
UNITS: dict[str, str] = {}
"""What is counted: points, ticks, pips, r, percent or time of a distance; contracts, lots, shares, coins of a size."""
NUMBERS: dict[str, Decimal] = {}
"""The values of number words."""
ZONES: dict[str, str] = {}
"""The time zones that words name."""
GLOSSARY: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES[1:]}
"""For each language the words that join facts, with the English word that says the same."""
WORDS_OF: dict[str, set[str]] = {language: set() for language in LANGUAGES[1:]}
"""Words of three letters and more that tell the language: those that no English phrase has."""


def _load() -> None:
    for language, word, english in entries("glossary"):
        GLOSSARY[language][word] = english
    known = {word for _, phrase, _ in entries("en") for word in phrase.split()}
    for language in LANGUAGES:
        joining = GLOSSARY.get(language, {})
        for section, phrase, value in entries(language):
            words = tuple(phrase.split())
            if language != "en":
                WORDS_OF[language].update(word for word in words if len(word) > 2 and word not in known)
            if not section.startswith("marker"):
                _add(words, section, value)
                _add(tuple(joining.get(word, word) for word in words), section, value)


def _add(words: Words, section: str, value: str) -> None:
    if words in TAGGED:
        return
    name, _, unit = section.partition(":")
    phrase = " ".join(words)
    TAGGED[words] = TAGS[name.upper()]
    if unit:
        UNITS[phrase] = unit
    if value and name == "zone":
        ZONES[phrase] = value
    elif value:
        NUMBERS[phrase] = Decimal(value)


_load()

FOREIGN: Final = frozenset[str]().union(*WORDS_OF.values())
"""Words of other languages than English."""


def _longer() -> dict[tuple[str, str], tuple[tuple[Words, Tag], ...]]:
    found: dict[tuple[str, str], list[tuple[Words, Tag]]] = {}
    for words, tag in TAGGED.items():
        if len(words) > 1:
            found.setdefault((words[0], words[1]), []).append((words[1:], tag))
    return {first: tuple(sorted(rest, key=lambda entry: -len(entry[0]))) for first, rest in found.items()}


LONGER: dict[tuple[str, str], tuple[tuple[Words, Tag], ...]] = _longer()
"""Phrases of several words by their first two, the longest first: the words behind the first, and what they say."""
LEADING: frozenset[str] = frozenset(first for first, _ in LONGER)
"""The words that a longer phrase may begin with."""
SINGLE: dict[str, Tag] = {words[0]: tag for words, tag in TAGGED.items() if len(words) == 1}
"""What a word says by itself."""

TYPOS = {
    swapped: word
    for word in ("long", "short", "bought", "sold", "stop", "exit", "entry")
    for place in range(len(word) - 1)
    if (swapped := word[:place] + word[place + 1] + word[place] + word[place + 2 :]) != word
}
"""Side and level words with two neighbouring letters exchanged; none of them is a word of its own."""
