"""A no that says why, "delete it, the dog ran over the keyboard", "that was a friend's so don't log it".

The message is cut in two where a clause may end: one half has to be an order to drop (bot/reading/verdicts.py), the
other an excuse, which tells no fact and asks for nothing.
"""

from collections.abc import Iterator

from bot.reading.answer_words import CLASSES, table, words_of
from bot.reading.context import Context
from bot.reading.spelling import LETTERS, longest_at, names_symbol
from bot.reading.tokens import Token
from bot.reading.words import TAGGED, Tag

MOST_EXCUSE = 12
"""Tokens of an excuse."""

_CUTS = frozenset(",.!;")
_JOINING = frozenset(("but", "so", "and", "because", "cause", "cuz"))
_OPENING = frozenset(("i", "im", "it", "its", "that", "thats", "this", "was", "just"))
_FORBIDDING = frozenset(("dont", "don't", "not", "please"))
_BEFORE_VERB = words_of("subjects", "asking") | {"they", "do", "did", "who", "which"}
"""Behind these "don't" forbids nothing: "I don't log it"."""
_RESTRICTING = words_of("restricting")
_ANSWERS = words_of("no", "polite", "content", "seems")
_REASON = CLASSES["reason"]
_OF_TALK = frozenset(
    {None, Tag.IGNORE, Tag.FILLER, Tag.AT, Tag.MOVE, Tag.PLAN, Tag.WATCH, Tag.OTHERS, Tag.MISSED, Tag.ADD}
)
_ASKING = words_of("asking") | {"did", "does", "can", "could", "would", "will"}


def halves(said: list[Token], context: Context) -> Iterator[list[Token]]:
    """Each half of a message whose other half is an excuse."""
    for place in range(1, len(said) - 1):
        if MOST_EXCUSE < place < len(said) - MOST_EXCUSE - 1:
            continue  # neither half is short enough
        token, before = said[place], said[place - 1]
        left, right = said[:place], said[place:]
        marked = token.word in _CUTS or token.kind == "break" or token.word in _JOINING
        if marked:
            right = right[1:]
        if (marked or token.word in _OPENING) and _is_excuse(right, context):
            yield left
        forbids = token.word in _FORBIDDING and before.word not in _BEFORE_VERB
        if (marked or forbids) and _is_excuse(left, context) and not _asks(left):
            yield right


def refuses(words: list[str]) -> bool:
    """Says that it is thrown away, or that there was no trade."""
    refusing = table("refusing")
    pairs = range(len(words))
    return any(tuple(words[at : at + length]) in refusing for at in pairs for length in (1, 2, 3, 4))


def _is_excuse(said: list[Token], context: Context) -> bool:
    if len(said) > MOST_EXCUSE:
        return False
    words, place = [token.word for token in said], 0
    while place < len(said):
        length = longest_at(words, place) if words[place] else 0
        if length and LETTERS.get(tuple(words[place : place + length])) == _REASON:
            place += length
        elif _excuses(said[place], context):
            place += 1
        else:
            return False
    return True


def _asks(said: list[Token]) -> bool:
    return any(token.word in _ASKING for token in said[:3])


def _excuses(token: Token, context: Context) -> bool:
    if token.kind not in ("word", "mark", "break") or token.word == "?" or token.word in _RESTRICTING:
        return False
    if any(names_symbol(token.word, draft.symbol) for draft in context.drafts):
        return False
    return token.word in _ANSWERS or TAGGED.get((token.word,)) in _OF_TALK
