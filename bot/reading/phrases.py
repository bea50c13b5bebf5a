"""Phrases of all languages by name, from a file of the vocabulary: `en; name: words | words; …`, a line a language."""

import re
import unicodedata
from functools import cache
from importlib.resources import files


@cache
def phrases(file: str) -> dict[str, list[str]]:
    """The longest first."""
    found: dict[str, list[str]] = {}
    text = files(__package__).joinpath("vocabulary", file).read_text(encoding="utf-8")
    for line in text.splitlines():
        for named in line.split(";")[1:] if not line.startswith("#") else ():
            name, _, words = named.partition(":")
            found.setdefault(name.strip(), []).extend(phrase.strip() for phrase in words.split("|"))
    return {name: sorted(set(every), key=len, reverse=True) for name, every in found.items()}


def one_of(file: str, name: str) -> str:
    """A pattern for any phrase of that name."""
    every = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in phrases(file)[name])
    return f"(?:{every})"


def folded(text: str) -> str:
    """Lower case without accents, and as long as before: a place in the one is the same in the other."""
    if text.isascii():
        return text.lower()
    return "".join(unicodedata.normalize("NFD", character)[0].lower()[:1] for character in text)
