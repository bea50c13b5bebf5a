"""Tails that say nothing more: an emphasis ("I mean it"), a reason ("firm flags it"), a repetition ("max two. Two.").

A tail may hold words nobody knows, so it is dropped only where both hold: it has a verb or is a set phrase, and nothing
in it could be a condition, an exception, a figure, a scope or a permission (`bot.rules.reasons`). What stands before
it must be a whole rule, and some tails are harmless behind some checks only (`bot.rules.bearing`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.rules.reasons import Remark, remark

MOST_TAILS: Final = 5


@dataclass(frozen=True, slots=True)
class Bare:
    """A rule without its tails, and what these say."""

    rule: str
    said: tuple[Remark, ...]


_CUT = re.compile(
    r" ?(?:[,;!\n(…]+|\.+(?=\s)| --? | ?[–—] ?|:(?= [a-z])| (?=(?:because|cause|cuz|coz|bc) )|"
    r" (?=(?:otherwise|or else|or|since|as) (?:i|i'?m|i'?ll|it|it'?s|my|the firm|the broker|the|prop|firm|broker|"
    r"ftmo|topstep|"
    r"apex|they|this|that|they'?ll) ))"
)
_EDGES: Final = " .!,;)-…:"
_BEGINNING = re.compile(r"^(?:because|cause|cuz|coz|bc|since|as|or else|otherwise|or|so|and) (?=\w)")
"""What a reason begins with; behind "or" and "so" it may be an alternative, and then holds a word that is suspect."""


def bare(text: str) -> Iterator[Bare]:
    """The rule without its last tail, without its last two …, as long as each of them is harmless."""
    end = len(text)
    said: tuple[Remark, ...] = ()
    for cut in reversed(list(_CUT.finditer(text))[-MOST_TAILS:]):
        tail = text[cut.end() : end].strip(_EDGES)
        if tail:
            known = remark(tail) or remark(_BEGINNING.sub("", tail, count=1))
            if known is None:
                return
            said = (*said, known)
        end = cut.start()
        yield Bare(text[:end], said)
