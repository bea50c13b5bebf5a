"""Praise beside an order to save, "hard to fault, log it", "no quibbles, book it": it takes nothing of the order away.

Each word of it has to be one of praise, or of finding no fault; praise by itself is no yes.
"""

from collections.abc import Iterator

from bot.reading.answer_words import words_of
from bot.reading.spelling import plain_words
from bot.reading.tokens import Token

MOST_PRAISE = 8
"""Words."""

_PRAISE = words_of("praise")
_WORDS = _PRAISE | words_of("praising")
_FAULTLESS, _FAULTS = words_of("faultless"), words_of("faults")
_FINDING, _FOUND = words_of("finding"), words_of("found")
_CUTS = frozenset(",.!;")
_JOINING = frozenset(("so", "and"))
_POINTING = frozenset(("that", "thats", "it", "its", "this", "theres", "i", "see"))
""""That's not wrong" finds no fault either."""
_NAMELY = frozenset(("wrong", "incorrect", "amiss", "off"))
_DENYING = frozenset(("not", "nothing", "nothings", "isnt", "aint", "cant", "cannot", "couldnt", "dont", "didnt"))
"""Behind these it is right; "no wrong" may be a no."""
_BEGIN_ASKING = frozenset(("is", "are", "was"))
_ORDERING = frozenset(("correct", "right", "read", "spot", "work"))
_ORDERED = frozenset(("it", "that", "this", "them", "everything", "all", "the", "my"))
""""Correct that, save it" orders what is not done yet."""


def praised(said: list[Token]) -> Iterator[list[Token]]:
    """Each half of a message whose other half is praise."""
    for place in range(1, len(said) - 1):
        token = said[place]
        if token.word not in _CUTS and token.kind != "break" and token.word not in _JOINING:
            continue
        left, right = said[:place], said[place + 1 :]
        if _is_praise(left):
            yield right
        if _is_praise(right):
            yield left


def _is_praise(said: list[Token]) -> bool:
    words = plain_words(said)
    if not words or len(words) > MOST_PRAISE or any(token.kind != "word" for token in said):
        return False
    begins = 2 if words[:2] == ["that", "is"] else int(words[0] in _POINTING)
    if words[0] in _FAULTLESS or (words[begins : begins + 1] and words[begins] in _FAULTLESS):
        return _finds_no_fault(words[begins:])
    if words[0] in _BEGIN_ASKING or (words[0] in _ORDERING and words[1:2] and words[1] in _ORDERED):
        return False
    return _WORDS.issuperset(words) and not _PRAISE.isdisjoint(words)


def _finds_no_fault(words: list[str]) -> bool:
    """One "no", and one fault behind it; "haven't found the error" knows of one."""
    at = next((n for n, word in enumerate(words) if word in _FAULTS), 0)
    if at and words[at] in _NAMELY and words[0] not in _DENYING:
        return False
    return at > 0 and _FINDING.issuperset(words[1:at]) and _FOUND.issuperset(words[at + 1 :])
