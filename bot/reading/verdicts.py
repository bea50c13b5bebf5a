"""Yes, no and skip: messages whose every word belongs to an answer, to what is answered or to politeness.

The hard rule is that nothing is taken for a yes that might not be one. The message in letters (bot/reading/spelling.py)
has to be a sentence of yes or of no: a word of no class, a question mark, or a number that picks no draft makes a
message something else.
"""

import re

from bot.reading.context import Context
from bot.reading.excusing import halves, refuses
from bot.reading.praising import praised
from bot.reading.spelling import LETTERS, ORDINALS, SKIPPING, Spelled, longest_at, plain_words, spelled
from bot.reading.tokens import Token
from bot.reading.trailing import trails_off
from statemachine.events import Confirmed, Denied, Event, Skipped

MOST_WORDS = 30
"""A longer message is no plain yes or no."""

# Letters are those of CLASSES; 1 and # pick a draft by number and ordinal, $ by instrument or side, j is "100".
# What could belong to this part or to the next is this part's ("*+"), so that time stays linear.
_PICK = "l*[#1]i?"
_OBJECT = rf"(?:[oae]|{_PICK}|l*\$i?)"
_AFTER_YES = rf"(?:[oa]|{_PICK}|l+\$i?|\$i)"
_AFTER_NO = r"(?:[oa]|l*#i?|l+\$i?|\$i)"
_SUBJECT = rf"(?:[oa]|{_PICK}|l*\$i)"
_YES = re.compile(
    rf"w*(?:j?(?:(?:{_PICK}|l*\$i?)y|(?:{_SUBJECT}s|os?)?m*y{_AFTER_YES}*+|(?:(?:{_SUBJECT}|q)?s)?m*g|qm*g"
    rf"|[hm]*v(?:{_OBJECT}|[mP])*+|a)[wE]*)+"
)
_NO = re.compile(
    rf"(?:[zw]|o?s?r)*y*(?:(?:xh*v(?:{_OBJECT}|[mP])*+|[hm]*d(?:[oa]|{_PICK}|l*\$i?|m)*+|(?:{_SUBJECT}s?)?xm*g[oa]?+"
    rf"|(?:[oa]s?|s)?m*b[oi]?+|n{_AFTER_NO}*+x?|[#1$]i?n|(?:{_SUBJECT}s?|s)?D)(?:w|s?r)*)+|x"
)
_BARE_PICK = re.compile(f"(?:{_PICK})+")
_SKIP = re.compile(r"(?:k|n|xv?[oe]*|d[oe]*)+")
_ONLY = frozenset(("only", "just"))
"""Beside a number these may mean a size: "only 2"."""
_POINTS_TO = _ONLY | {"to"}
_GOING_ON = frozenset(("and", "y", "e", "und", "et", "и"))
"""Before the first number of a bare pick: "and 2" goes on with something, and nobody knows with what."""
_SAYING = frozenset("ynvd")
"""What says yes or no where nothing was asked; "great" is talk there."""
_TAKING = frozenset("yv")
_ANSWERING = frozenset("ynrwz")
_ACTING = frozenset("vdxbDu")
_ORDERING = frozenset("dv")
_HALF = frozenset("ycnatrbDu")


def plain_answer(said: list[Token], words: list[str], context: Context) -> Event | None:
    """Yes, no or skip where the whole message says nothing else; None otherwise. `words`: its `plain_words`."""
    if not words or len(words) > MOST_WORDS:
        return None
    if context.state == "awaiting_screenshot":
        skipping = spelled(words, context, SKIPPING)
        if skipping is not None and _SKIP.fullmatch(skipping.text):
            return Skipped()
    found = spelled(words, context)
    if found is None:
        return _excused(said, context) or _praised(said, context)
    if not found.letters or (context.state == "idle" and _SAYING.isdisjoint(found.letters)):
        return None
    event = _said_by(found, words, context)
    if isinstance(event, Confirmed) and trails_off(said):
        return None
    return event or _excused(said, context) or _praised(said, context)


def _said_by(found: Spelled, words: list[str], context: Context) -> Event | None:
    """The yes or no that a whole message in letters is."""
    if _BARE_PICK.fullmatch(found.text):
        return _bare_pick(words, found, context)
    picked = found.picked()
    if picked is None or ("1" in found.letters and not _ONLY.isdisjoint(words)):
        return None
    if len(picked) > 1 and (mixed := _mixed(found, context)) is not None:
        return mixed
    if _is_sentence_of_yes(found):
        sure, which = _which(picked, context)
        return Confirmed(which=which) if sure else None
    if _NO.fullmatch(found.text):
        sure, which = _which(picked, context)
        return Denied(which=which) if sure else None
    return None


def _is_sentence_of_yes(found: Spelled) -> bool:
    """With a sigh, "perfect 😭" may be scorn: then a yes in so many words, or an order to save, has to be there."""
    return _YES.fullmatch(found.text) is not None and (found.outright or not found.rueful)


def _mixed(found: Spelled, context: Context) -> Event | None:
    """ "yes to the first, no to the second": every draft is answered. One that is merely fine is left to wait."""
    text = found.text
    for cut in range(1, len(text)):
        for yes, no in (((0, cut), (cut, len(text))), ((cut, len(text)), (0, cut))):
            taken, refused = found.picked(*yes), found.picked(*no)
            if not taken or not refused or taken & refused or not _YES.fullmatch(text, *yes):
                continue
            if not _NO.fullmatch(text, *no):
                continue
            if _TAKING.isdisjoint(text[slice(*yes)]):
                return Denied(which=min(refused)) if len(refused) == 1 else None
            if len(taken | refused) == len(context.drafts):
                return Confirmed(refused=refused)
    return None


def _excused(said: list[Token], context: Context) -> Event | None:
    """ "forget it, the dog ran over the keyboard": an order to drop beside an excuse."""
    for order in halves(said, context) if context.drafts else ():
        words = plain_words(order)
        found = spelled(words, context)
        if found is None or not _NO.fullmatch(found.text) or not (_ORDERING & set(found.letters) or refuses(words)):
            continue
        picked = found.picked()
        sure, which = _which(picked, context) if picked is not None else (False, None)
        return Denied(which=which) if sure else None
    return None


def _praised(said: list[Token], context: Context) -> Event | None:
    """ "hard to fault, log it": an order to save in so many words, beside praise and nothing else."""
    for order in praised(said) if context.state == "awaiting_confirmation" else ():
        words = plain_words(order)
        found = spelled(words, context)
        if found is not None and "v" in found.letters and not found.picks and _YES.fullmatch(found.text):
            return None if trails_off(said) else Confirmed()
    return None


def is_yes(words: list[str], context: Context) -> bool:
    """Whether words are a yes to what waits, naming none of it."""
    found = spelled(words, context)
    return found is not None and not found.picks and _is_sentence_of_yes(found)


def is_answer(words: list[str], context: Context) -> bool:
    """Whether words say yes, no or something polite, and nothing of what is to be done."""
    found = spelled(words, context)
    if found is None or found.picks or not _ACTING.isdisjoint(found.letters):
        return False
    sentence = _YES.fullmatch(found.text) or _NO.fullmatch(found.text)
    return sentence is not None or _ANSWERING.issuperset(found.letters)


def half_answer(words: list[str]) -> bool:
    """A yes or no among other words: worth asking again instead of passing over."""
    place = 0
    while place < len(words):
        length = longest_at(words, place)
        if length and LETTERS[tuple(words[place : place + length])] in _HALF:
            return True
        place += length or 1
    return False


def _which(picked: frozenset[int], context: Context) -> tuple[bool, int | None]:
    """Whether an answer is of one draft or of all, and of which; some of several are not answered in one."""
    several = len(context.drafts)
    if several < 2 or not picked or len(picked) == several:
        return True, None
    return len(picked) == 1, min(picked)


def _bare_pick(words: list[str], found: Spelled, context: Context) -> Event | None:
    """ "the second one" where several wait: the choice that was offered."""
    picked = found.picked()
    first = next((n for n, word in enumerate(words) if word.isdecimal() or word in ORDINALS), 0)
    doubtful = ("1" in found.letters and not _POINTS_TO.isdisjoint(words)) or not _GOING_ON.isdisjoint(words[:first])
    if not picked or doubtful or context.state != "awaiting_confirmation":
        return None
    sure, which = _which(picked, context)
    return Confirmed(which=which) if sure else None
