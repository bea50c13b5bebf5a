"""Yes, no and skip: messages whose every word belongs to an answer, to its trade or to politeness.

The hard rule is that nothing is taken for a yes that might not be one: one word more, a question mark or a number
makes a message something else.
"""

from bot.reading.context import Context
from bot.reading.nicknames import NICKNAMES
from bot.reading.normalise import folded
from bot.reading.tokens import Token
from bot.reading.words import ALL, BOTH, NO, POLITE, SKIP, YES, phrases, word_set
from bot.trading.contracts import nicknamed
from statemachine.events import Confirmed, Denied, Event, Skipped
from statemachine.trade import TradeFields

_YES, _NO, _POLITE, _SKIP, _ALL, _BOTH = (phrases(table) for table in (YES, NO, POLITE, SKIP, ALL, BOTH))
_LONGEST = max(len(words) for table in (_YES, _NO, _POLITE, _SKIP, _ALL, _BOTH) for words in table)
_BARE_NO = word_set("n no nope nah nay naw not")
"""Before a number these say as well what a number is not: "no, 2" may mean two contracts."""
_COMMANDS = word_set(
    "confirm save log record book approve accept submit cancel delete drop discard remove reject scrap undo skip ignore"
)
"""What is said of a draft by its instrument has to be one of these: "nq looks good" is a view of the market."""
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "last": -1}
_ARTICLES = frozenset(("the", "one", "number", "#", "nr", "trade"))
_LEADING = _ARTICLES | {"to"}


def plain_answer(said: list[Token], context: Context) -> Event | None:
    """Yes, no or skip where the whole message says nothing else; None otherwise."""
    words = plain_words(said)
    if not words:
        return None
    every = (_ALL, _BOTH) if len(context.drafts) == 2 else (_ALL,)
    if len(context.drafts) > 1 and _covered(words, (*every, _POLITE)):
        return Confirmed()
    if context.state == "awaiting_screenshot" and _covered(words, (_SKIP, _NO, _POLITE)):
        return Skipped()
    which, rest = _which(words, len(context.drafts))
    if which is not None and not rest and "to" in words:
        return None  # "to 2" may change a size
    if which is not None and not rest:
        return Confirmed(which=which) if context.state == "awaiting_confirmation" else None
    if which is None:
        which, rest = _named(words, context.drafts)
    elif any(word.isdecimal() for word in words) and all(word in _BARE_NO or (word,) in _POLITE for word in rest):
        return None
    verdict = _verdict(rest)
    if verdict is None:
        return None
    which = which if len(context.drafts) > 1 else None
    return Confirmed(which=which) if verdict else Denied(which=which)


def half_answer(said: list[Token]) -> bool:
    """A yes or no among other words: worth asking again instead of passing over."""
    return any((word,) in table for word in plain_words(said) for table in (_YES, _NO, _ALL, _BOTH))


def plain_words(said: list[Token]) -> list[str]:
    """The words, emoji and numbers of a message; marks that say nothing are dropped, a question mark is kept."""
    found = []
    for token in said:
        if token.kind == "mark" and token.word in ".,!;:-()*\"'…~":
            continue
        if token.kind != "break":
            found.append(token.word or folded(token.text))
    return found


def names_symbol(word: str, symbol: str | None) -> bool:
    """A word that is an everyday one elsewhere ("es") names the instrument that is spoken of."""
    return symbol is not None and symbol in (word.upper(), NICKNAMES.get(word), nicknamed(word, "contracts"))


def _which(words: list[str], drafts: int) -> tuple[int | None, list[str]]:
    """The number of a draft ("2", "the second one") and the words without it."""
    for n, word in enumerate(words):
        place = int(word) if word.isdecimal() and len(word) < 3 else ORDINALS.get(word)
        if place is not None and drafts > 1:
            place = drafts if place == -1 else place
            return (place, _without(words, n)) if 1 <= place <= drafts else (None, words)
    return None, words


def _named(words: list[str], drafts: tuple[TradeFields, ...]) -> tuple[int | None, list[str]]:
    """The draft whose instrument is named by a command ("cancel the es one"), where only one has it."""
    for n, word in enumerate(words):
        meant = [place for place, draft in enumerate(drafts, 1) if names_symbol(word, draft.symbol)]
        rest = _without(words, n)
        if len(meant) == 1 and rest and all(other in _COMMANDS or (other,) in _POLITE for other in rest):
            return meant[0], rest
    return None, words


def _without(words: list[str], place: int) -> list[str]:
    """The words without the one at `place` and the small words that lead to it or stand behind it."""
    start = place
    while start > 0 and words[start - 1] in _LEADING:
        start -= 1
    end = place + 2 if words[place + 1 : place + 2] and words[place + 1] in _ARTICLES else place + 1
    return words[:start] + words[end:]


def _verdict(words: list[str]) -> bool | None:
    """True for yes, False for no, None for neither or a doubtful mixture. A no after a yes is a no ("yeah no")."""
    said: list[bool] = []
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            if phrase in _NO or phrase in _YES:
                said.append(phrase not in _NO)
                break
            if phrase in _POLITE:
                break
        else:
            return None
        place += length
    if not said or (False in said and said[-1]):
        return None
    return said[-1]


def _covered(words: list[str], tables: tuple[frozenset[tuple[str, ...]], ...]) -> bool:
    """Every word belongs to a phrase of the tables, and not all of them to the last one (politeness)."""
    place, meant = 0, False
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            if any(phrase in table for table in tables):
                meant |= any(phrase in table for table in tables[:-1])
                break
        else:
            return False
        place += length
    return meant
