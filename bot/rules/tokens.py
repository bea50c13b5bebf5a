"""A rule as a row of tokens: each word, phrase or figure with what it means. One unknown word and there is none."""

import re
from dataclasses import dataclass
from typing import Any, Final

from bot.rules.figures import Found
from bot.rules.values import READERS
from bot.rules.vocabulary import PHRASES, VALUED
from bot.rules.wording import unhyphened


@dataclass(frozen=True, slots=True)
class Token:
    """`concept` is a key of the vocabulary or the kind of a value; `value` what was said, None for a plain phrase."""

    concept: str
    value: Any = None


Meaning = tuple[str, Any]
_WORD = re.compile(r"[a-z]+(?:['\-/&:.][a-z]+)*'?|--|->|<=|>=|=<|=>|==|\.\.\.|[^\sa-z\d]|\n|\d+")


def _meanings() -> dict[str, tuple[tuple[tuple[str, ...], Meaning], ...]]:
    """By the first word of a phrase: its words and meaning, the longest first."""
    known: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
    listed: list[tuple[str, Meaning]] = [(phrases, (concept, None)) for concept, phrases in PHRASES.items()]
    listed += [(p, (concept, value)) for concept, by_value in VALUED.items() for value, p in by_value.items()]
    for phrases, meaning in listed:
        for phrase in phrases.split("|"):
            words = tuple(_WORD.findall(unhyphened(phrase)))
            known.setdefault(words[0], []).append((words, meaning))
    return {first: tuple(sorted(found, key=lambda f: len(f[0]), reverse=True)) for first, found in known.items()}


_KNOWN: Final = _meanings()


def tokens(text: str) -> tuple[Token, ...] | None:
    """The tokens of a plain text, without those that mean nothing; None when any word of it is not known."""
    row: list[Token] = []
    place, words = 0, [(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    number = 0
    while number < len(words):
        place = words[number][1]
        phrase, count = _phrase(words, number)
        value = _value(text, place)
        if value is not None and (phrase is None or value.end >= words[number + count - 1][2]):
            row.append(Token(value.concept, value.value))
            place = value.end
            while number < len(words) and words[number][1] < place:
                number += 1
            if number and words[number - 1][2] > place:
                return None
        elif phrase is not None:
            row.append(Token(*phrase))
            number += count
        else:
            return None
    return tuple(token for token in row if token.concept)


def _phrase(words: list[tuple[str, int, int]], number: int) -> tuple[Meaning | None, int]:
    known = _KNOWN.get(words[number][0])
    if known is None:
        return None, 0
    here = tuple(word for word, _, _ in words[number : number + len(known[0][0])])
    for phrase, meaning in known:
        if here[: len(phrase)] == phrase:
            return meaning, len(phrase)
    return None, 0


def _value(text: str, place: int) -> Found | None:
    """The longest reading; of equals the first in the readers' order."""
    best: Found | None = None
    for reader in READERS:
        found = reader(text, place)
        if found is not None and (best is None or found.end > best.end):
            best = found
    return best
