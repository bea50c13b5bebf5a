"""What is held against what: one time against another ("this week vs last week"), and which of several did best.

The words are data: vocabulary/comparing.txt.
"""

from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import Final, Literal

from bot import period_words as known
from bot.periods import Period, period_in, period_of
from bot.reading.words import entries
from statemachine.errors import NotAPeriod

Rank = Literal["best", "worst"]
_TABLE: Final = [*entries("comparing")]
_WORST: Final = frozenset(phrase for section, phrase, value in _TABLE if section == "rank" and value == "worst")
_BEST: Final = frozenset(phrase for section, phrase, value in _TABLE if section == "rank" and value == "best")
AGAINST, _COMPARE, _WITH = (
    frozenset(phrase for of, phrase, _ in _TABLE if of == section) for section in ("against", "compare", "with")
)
_MOST_TRIED: Final = 6
"""Places at which a text is taken apart; who writes more of them compares no two periods."""
_LONGEST: Final = max(len(phrase.split()) for phrase in AGAINST)


def ranks_in(words: Iterable[str]) -> tuple[Rank, ...]:
    """Which of several is asked for, in the order it is said; of folded words."""
    said: list[Rank] = ["worst" if word in _WORST else "best" for word in words if word in _WORST | _BEST]
    return tuple(dict.fromkeys(said))


def with_first(text: str, first: str) -> str:
    """A text that says only what is compared, with what it is held against before it: "/week vs last week"."""
    words = [("", known.bare(word)) for word in known.WORD.findall(known.plain(text))]
    return f"{first} {text}" if words and _joining(words, 0, len(words)) else text


def compared_in(text: str, today: date) -> tuple[Period, Period, str] | None:
    """The two periods that a text holds against each other, in its order, and the text without what says so.

    Raises NotAPeriod where one of them cannot be.
    """
    words = [(match[0], known.bare(match[0])) for match in known.WORD.finditer(known.plain(text))]
    asked = next((place for place, (_, bare) in enumerate(words) if bare in _COMPARE), len(words))
    joined = ((place, length) for place in range(1, len(words)) if (length := _joining(words, place, asked)))
    for place, length in islice(joined, _MOST_TRIED):
        head = " ".join(word for at, (word, _) in enumerate(words[:place]) if at != asked)
        first, left = _side(head, today)
        second, rest = _side(" ".join(word for word, _ in words[place + length :]), today)
        rest = f"{left} {rest}".strip()
        if first is not None and second is not None and period_in(rest, today)[0] is None:
            return first, second, rest
    return None


def _joining(words: list[tuple[str, str]], place: int, asked: int) -> int:
    """How many words at a place hold what is before them against what is behind; 0 where none does."""
    for length in range(_LONGEST, 0, -1):
        if " ".join(bare for _, bare in words[place : place + length]) in AGAINST:
            return min(length, len(words) - place)
    return int(asked < place and words[place][1] in _WITH)


def _side(text: str, today: date) -> tuple[Period | None, str]:
    """The period that a text is, or names, and the rest of it."""
    try:
        return period_of(text, today), ""
    except NotAPeriod as refused:
        if refused.reason != "unknown":
            raise
    return period_in(text, today)
