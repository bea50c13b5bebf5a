"""Which language a message is in, by its words."""

import re
from collections.abc import Collection

from bot.reading.words import GLOSSARY, WORDS_OF

_FOREIGN = frozenset().union(*WORDS_OF.values())
ENGLISH: frozenset[str] = frozenset()
_CYRILLIC = re.compile(r"(?:^| )[а-я]")
_LETTERS = "".join(chr(code).lower() if chr(code).isalpha() else " " for code in range(128))


def may_be_foreign(text: str) -> bool:
    """Whether a text has to be looked at word by word; most English ones need not."""
    return not text.isascii() or not _FOREIGN.isdisjoint(text.translate(_LETTERS).split())


def languages_of(words: Collection[str]) -> frozenset[str]:
    """The language that most of the folded words are of: several where they share the words, none for English."""
    if _FOREIGN.isdisjoint(words) and ("".join(words).isascii() or not _is_cyrillic(words)):
        return ENGLISH
    said = frozenset(words)
    known = {language: len(said & of_it) for language, of_it in WORDS_OF.items()}
    if _is_cyrillic(said):
        known["ru"] += 1
    most = max(known.values())
    return frozenset(language for language, count in known.items() if count == most > 0)


def _is_cyrillic(said: Collection[str]) -> bool:
    return _CYRILLIC.search(" ".join(said)) is not None


def joining_words(languages: frozenset[str]) -> dict[str, str]:
    """The glossary of a message; between two languages its short words are left out ("no" is Portuguese for "in")."""
    sure = len(languages) == 1
    return {
        word: english for language in languages for word, english in GLOSSARY[language].items() if sure or len(word) > 2
    }
