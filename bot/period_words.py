"""The words and shapes that periods are told in: vocabulary/periods.txt, and the days and months of calendar.txt."""

import re
from typing import Final

from bot.reading.normalise import folded, normalised
from bot.reading.words import entries

WORD: Final = re.compile(r"\.\.+|[^\s,;?!()]+")
CLOSE_RANGE: Final = re.compile(r"(?<=[\d\w])\s*(?:\.{2,}|…)\s*(?=[\d\w])")
OPEN_RANGE: Final = re.compile(r"\d\s*(?:\.{2,}|…)\s*$")
DOTTED: Final = re.compile(r"(?<![\d.])(\d\d?)\.(\d\d?)\.(?![\d.])")
ISO: Final = re.compile(r"((?:19[7-9]|20\d)\d)([-/])(\d{1,2})(?:\2(\d{1,2}))?")
YEAR: Final = re.compile(r"(?:19[7-9]|20\d)\d")
FOUR_DIGITS: Final = re.compile(r"\d{4}")
SLASHED: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2((?:20)?\d\d)|(\d{1,2})/(\d{1,2})")
WEEK: Final = re.compile(r"(?:(20\d\d)-?)?(?:w|kw|cw|wk)(\d{1,2})")
QUARTER: Final = re.compile(r"q([1-4])")
DAY_NUMBER: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|o|a)?\.?")
TWO_DAYS: Final = re.compile(r"(\d{1,2})\.?-(\d{1,2})\.?")
TWO_YEARS: Final = re.compile(r"(20\d\d)-(20\d\d)")
SHORT: Final = re.compile(r"(\d{1,5})(d|w|mo|y|yr)")
ELIDED: Final = re.compile(r"\A[dl]'(?=\w)", re.IGNORECASE)


def _table(name: str, section: str) -> dict[str, str]:
    return {phrase: value for of, phrase, value in entries(name) if of == section}


def plain(text: str) -> str:
    """A text of which the words are asked for; what stands behind 200 characters is no period."""
    return DOTTED.sub(r"\g<0> ", CLOSE_RANGE.sub(" .. ", normalised(text[:200])))


def bare(word: str) -> str:
    """ "Yesterday's." as the vocabulary has it; the dots of a range stay."""
    return folded(ELIDED.sub("", (word.rstrip(".") or word).removesuffix("'s")))


def number(word: str) -> int | None:
    """Of digits the first nine: more than is ever counted."""
    return int(word[:9]) if word.isdecimal() else NUMBERS.get(word)


UNITS: Final = _table("periods", "unit")
_ENGLISH: Final = {word: int(number) for word, number in _table("periods", "month").items()}
MONTHS: Final = {word: _ENGLISH[name] for word, name in _table("calendar", "month").items()} | _ENGLISH
DAYS_AGO: Final = {word: int(days) for word, days in _table("calendar", "days ago").items()}
WEEKDAYS: Final = {
    word: int(day) for table in ("calendar", "periods") for word, day in _table(table, "weekday").items()
}
NUMBERS: Final = {word: int(number) for word, number in _table("periods", "number").items()}
TO_DATE: Final = _table("periods", "to date")
OPEN: Final = _table("periods", "open")
WEEKS: Final = _table("periods", "numbered week")
WEEKS_BEHIND: Final = frozenset(word for word, place in WEEKS.items() if place)
TRADES: Final = _table("periods", "trade")
ALL, THIS, LAST, NEXT, AHEAD, SINCE, BETWEEN, UNTIL, IN, OF, OTHER_WORDS = (
    frozenset(_table("periods", section))
    for section in ("all", "this", "last", "next", "ahead", "since", "between", "until", "in", "of", "other word")
)
SPANS: Final = frozenset().union(UNITS, WEEKDAYS, MONTHS)
TIME_WORDS: Final = SPANS.union(DAYS_AGO, NUMBERS, THIS, LAST, NEXT, AHEAD, SINCE, OPEN, OTHER_WORDS)
"""Words that speak of time, whether or not a period comes of them: no symbols."""
LAST_BEHIND: Final = frozenset().union(_table("calendar", "last behind"), _table("periods", "last behind"))
LEADING: Final = IN.union(SINCE, BETWEEN, UNTIL, (phrase.split()[-1] for phrase in OPEN))
"""Words that a time stands behind."""
