"""Which words a language has. A language is one module of templates with the keys and placeholders of English."""

from collections import ChainMap
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from bot.texts.english import ENGLISH

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"en": ENGLISH})


def catalogue(locale: str | None) -> Mapping[str, str]:
    """The templates of a locale ("de", "pt-BR", "es_MX"); English for a text or a language that is not there."""
    return _whole(language_of(locale))


def language_of(locale: str | None) -> str:
    """The language that is spoken with a locale."""
    language = (locale or "en")[:16].replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else "en"


@cache
def _whole(language: str) -> Mapping[str, str]:
    return MappingProxyType(ChainMap(dict(LANGUAGES[language]), dict(ENGLISH)))
