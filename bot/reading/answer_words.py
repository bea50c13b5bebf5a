"""The words of answers, as data: one file a language in vocabulary/answers, one table for all of them.

A file holds sections ("[yes]") of phrases, separated by commas, one or several a line. "(a|b)" is a choice that may
have an empty part: "save (|it|that)" is three phrases. Phrases are compared folded, so accents may be written.
Sections of `CLASSES` make up the grammar of yes and no (bot/reading/verdicts.py): a phrase belongs to one of them.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from bot.reading.normalise import folded

Phrase = tuple[str, ...]

CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "doubt": "u",
        "yes": "y",
        "content": "c",
        "void": "D",
        "no": "n",
        "not": "x",
        "record": "v",
        "drop": "d",
        "thing": "o",
        "record name": "e",
        "figures": "q",
        "seems": "s",
        "fit": "g",
        "unfit": "b",
        "degree": "m",
        "lead": "h",
        "particle": "P",
        "manner": "w",
        "reason": "r",
        "polite": "p",
        "others": "O",
        "closing": "E",
        "pause": "z",
        "all": "a",
        "both": "t",
        "leading": "l",
        "following": "i",
    }
)
"""The letter that stands for a phrase of each section. Of a phrase in several the first section is what it is."""
ORDINAL_SECTIONS: Final = ("first", "second", "third", "fourth", "last")
TABLES: Final = frozenset(
    (
        *("skip", "trailing", "rue", "refusing", "questions", "asking", "auxiliaries", "subjects", "pointing", "glue"),
        *("praise", "praising", "faultless", "faults", "finding", "found"),
        *ORDINAL_SECTIONS,
    )
)
"""Of answers and of talk."""
CHANGING: Final = frozenset(
    (
        *(
            "joining",
            "double",
            "triple",
            "half",
            "more",
            "less",
            "added",
            "shifted",
            "worse",
            "better",
            "swapped",
            "turned",
        ),
        *("positive", "negative", "still open", "clearing", "lacking", "taking", "off", "excluded", "micro", "mini"),
        *(
            "even",
            "placing",
            "at entry",
            "stopped",
            "target hit",
            "money",
            "sign",
            "restricting",
            "tick",
            "pip",
            "point",
            "fill",
            "explained",
        ),
    )
)
"""Of corrections (bot/reading/amending.py, reworking.py)."""

TOPICS: Final = ("help", "drafts", "rules", "balance", "trades", "limits")
"""Commands that answer questions, in the order in which a question is compared with them ("[about limits]")."""
_ASKED: Final = frozenset(("oneself", "beyond", *(f"about {topic}" for topic in TOPICS)))
_CHOICE = re.compile(r"\(([^()]*)\)")


def phrases_in(text: str) -> Iterator[tuple[str, Phrase]]:
    """(section, phrase) of a file's text. Raises ValueError naming the line that belongs nowhere."""
    section = ""
    for number, line in enumerate(folded(text).splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line.strip("[]")
            if section not in CLASSES.keys() | TABLES | CHANGING | _ASKED:
                raise ValueError(f"line {number}: there is no section {line}")
            continue
        if not section:
            raise ValueError(f"line {number} stands in no section")
        for phrase in filter(None, map(str.strip, line.split(","))):
            yield from ((section, words) for words in _chosen(phrase))


def _chosen(phrase: str) -> Iterator[Phrase]:
    """Every phrase that the choices allow, the innermost first."""
    choice = _CHOICE.search(phrase)
    if choice is not None:
        for part in choice[1].split("|"):
            yield from _chosen(phrase[: choice.start()] + part + phrase[choice.end() :])
    elif words := tuple(phrase.split()):
        yield words


def table(section: str) -> frozenset[Phrase]:
    """The phrases of a section in all languages."""
    return _tables().get(section, frozenset())


def words_of(*sections: str) -> frozenset[str]:
    """The single words of these sections."""
    return frozenset(words[0] for section in sections for words in table(section) if len(words) == 1)


def talk_words() -> frozenset[str]:
    """Every word that is of answers or of talk, and so no instrument by itself."""
    return words_of(*CLASSES, *TABLES)


@cache
def letters() -> Mapping[Phrase, str]:
    """Each phrase of the grammar and its letter."""
    found: dict[Phrase, str] = {}
    for section, letter in (*CLASSES.items(), ("rue", CLASSES["polite"])):
        for words in table(section):
            found.setdefault(words, letter)
    return MappingProxyType(found)


@cache
def _tables() -> Mapping[str, frozenset[Phrase]]:
    folder = files(__package__).joinpath("vocabulary").joinpath("answers")
    found: dict[str, set[Phrase]] = {}
    for file in folder.iterdir():
        if file.name.endswith(".txt"):
            for section, words in phrases_in(file.read_text(encoding="utf-8")):
                found.setdefault(section, set()).add(words)
    return MappingProxyType({section: frozenset(phrases) for section, phrases in found.items()})
