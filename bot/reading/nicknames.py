"""The names of instruments that are no symbols: "gold", "the cable", "l'or", "доллар-йена". They are data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.reading.words import LANGUAGES, Words, entries

ANYWHERE: Final = "any"
_BESIDE_A_SIDE: Final = "beside a side"


@dataclass(frozen=True, slots=True)
class Nickname:
    """The symbol that a name stands for ("": none); `name` is the English one, where there is one."""

    symbol: str
    name: str


def _load() -> dict[str, dict[Words, Nickname]]:
    found: dict[str, dict[Words, Nickname]] = {section: {} for section in (ANYWHERE, *LANGUAGES[1:])}
    english: dict[str, str] = {}
    for section, phrase, value in entries("instruments"):
        if section == _BESIDE_A_SIDE:
            continue
        symbol = english.get(value, value)
        name = value if value in english else phrase
        if section == ANYWHERE:
            english.setdefault(phrase, symbol)
        found[section][tuple(phrase.split())] = Nickname(symbol, name)
    return found


_FOUND: Final = _load()
NICKNAMES: Final[Mapping[str, str]] = {
    words[0]: nickname.symbol for words, nickname in _FOUND[ANYWHERE].items() if len(words) == 1
}
"""Those of one word that count in every message."""
MONEYS: Final[Mapping[str, Sequence[str]]] = {
    word: symbols.split() for section, word, symbols in entries("instruments") if section == _BESIDE_A_SIDE
}
"""Currencies, which are instruments beside a side ("eur short at 1.0532"): the pair and the future."""
_BEGINNINGS: Final = frozenset(
    words[:n] for named in _FOUND.values() for words in named for n in range(1, len(words) + 1)
)
_LONGEST: Final = max(map(len, _BEGINNINGS))
_JOINING: Final = frozenset(("-", "/"))


def begins_name(word: str) -> bool:
    """Whether a name of any language may begin with the word."""
    return (word,) in _BEGINNINGS


def nickname_at(words: Sequence[str], place: int, languages: frozenset[str]) -> tuple[Nickname, int] | None:
    """The longest name that begins at `place`, and the place of its last word; a dash joins words as a blank does."""
    found: tuple[Nickname, int] | None = None
    phrase: Words = ()
    for last in range(place, min(place + 2 * _LONGEST, len(words))):
        if words[last] in _JOINING and phrase:
            continue
        phrase = (*phrase, words[last])
        if phrase not in _BEGINNINGS:
            break
        for section in (*languages, ANYWHERE):
            if phrase in _FOUND[section]:
                found = _FOUND[section][phrase], last
                break
    return found


def symbols_named(words: Sequence[str], languages: frozenset[str]) -> Iterator[str]:
    """What the names among the words stand for, and the words that may be symbols themselves."""
    for place, word in enumerate(words):
        named = nickname_at(words, place, languages)
        yield named[0].symbol if named is not None else word.upper()
