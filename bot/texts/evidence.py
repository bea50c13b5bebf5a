"""What a verdict of plain code rests on, told in the trader's language.

It is kept as English sentences, once for every chat and the web app; here they are read back by the English templates
and said by those of the language. What these do not know (a model's words, what another program wrote) stays as it is.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

from bot.texts.catalogue import language_of
from bot.texts.english.evidence import EVIDENCE
from bot.texts.words import Words

LONGEST: Final = 600
"""Characters, as `bot/auditing/checks.py` cuts it."""
_PREFIX: Final = "evidence."
_PLACE: Final = re.compile(r"\{(\w+)\}")
_FIGURE: Final = r"-?\$?\d[\d.,:E+-]*?(?: [A-Z]{3})?"
_FIGURES: Final = frozenset(
    {"amount", "count", "date", "end", "entry", "figure", "high", "low", "number", "price", "share", "start", "stop",
     "target", "time"}
)  # fmt: skip
_SAME: Final[Mapping[str, str]] = MappingProxyType({"least": "bound", "closed": "day"})
"""Places that are filled as another."""
_WORDS: Final = r"[^;]{1,200}?"
"""Of one half of a sentence, and short enough that no text takes long to be found none of ours."""

Way = tuple[str, re.Pattern[str]]


def told(words: Words, evidence: str) -> str:
    """The whole of it, or as it is kept."""
    if language_of(words.view.locale) == "en" or len(evidence) > LONGEST:
        return evidence
    sentences: list[str] = []
    rest = evidence
    while rest:
        found = _sentence(words, rest)
        if found is None:
            return evidence
        said, rest = found
        sentences.append(said)
    return " ".join(sentences)


def _sentence(words: Words, text: str) -> tuple[str, str] | None:
    """The first sentence in the trader's language, and what follows it."""
    for key, way in _ways()["sentence"]:
        found = way.match(text)
        if found is not None and (said := _said(words, key, found.groupdict())) is not None:
            return said, text[found.end() :].lstrip()
    return None


def _said(words: Words, key: str, places: Mapping[str, str]) -> str | None:
    """A template filled with its places told; None where one of them is not known."""
    filled: dict[str, str] = {}
    for place, text in places.items():
        kind = _SAME.get(place, place)
        said = _told(words, kind, text) if kind in _ways() else text
        if said is None:
            return None
        filled[place] = said
    return words(key, **filled)


def _told(words: Words, kind: str, text: str) -> str | None:
    for key, way in _ways()[kind]:
        found = way.fullmatch(text)
        if found is not None and (said := _said(words, key, found.groupdict())) is not None:
            return said
    return None


@cache
def _ways() -> Mapping[str, Sequence[Way]]:
    """The ways to fill a place, by its name; those of the most words first, of as many those that
    stand first."""
    ways: dict[str, list[Way]] = {}
    for key, template in sorted(EVIDENCE.items(), key=lambda item: -len(_PLACE.sub("", item[1]))):
        kind = key.removeprefix(_PREFIX).partition(".")[0]
        ending = r"(?= |$)" if kind == "sentence" else ""
        ways.setdefault(kind, []).append((key, re.compile(_pattern(template) + ending, re.DOTALL)))
    return MappingProxyType(ways)


def _pattern(template: str) -> str:
    literal, parts = True, []
    for part in _PLACE.split(template):
        parts.append(re.escape(part) if literal else f"(?P<{part}>{_FIGURE if part in _FIGURES else _WORDS})")
        literal = not literal
    return "".join(parts)
