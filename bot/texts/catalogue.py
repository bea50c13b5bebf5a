"""Which words a language has. Each is a package of templates with the themes, keys and placeholders of English."""

from collections import ChainMap
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from bot.texts.english import ENGLISH
from bot.texts.french import FRENCH
from bot.texts.german import GERMAN
from bot.texts.portuguese import PORTUGUESE
from bot.texts.spanish import SPANISH

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "pt": PORTUGUESE, "fr": FRENCH}
)
ZERO_IS_ONE: Final = frozenset({"fr"})
"""Languages that count none as one: "0 trade"."""


def catalogue(locale: str | None) -> Mapping[str, str]:
    """The templates of a locale ("de", "pt-BR", "es_MX"); English for a text or a language that is not there."""
    return _whole(language_of(locale))


def language_of(locale: str | None) -> str:
    """The one of LANGUAGES that a locale is answered in."""
    language = (locale or "en")[:16].replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else "en"


def plural(locale: str | None, count: int) -> str:
    """Which text of `key.one` and `key.other` tells so many."""
    return "one" if count == 1 or (count == 0 and language_of(locale) in ZERO_IS_ONE) else "other"


@cache
def _whole(language: str) -> Mapping[str, str]:
    return MappingProxyType(ChainMap(dict(LANGUAGES[language]), dict(ENGLISH)))
