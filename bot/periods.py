"""The period a trader asks for: "today", "last week", "march", "2026-10-01..2026-10-15", "last 30 days", "ytd".

Periods are made of trading days, both ends counted; `today` is the trading day that runs now. Weeks begin on Monday.
A month, a weekday or a date without a year is the latest that has begun. Nothing is guessed: "5/6" is no day.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.reading.normalise import folded, normalised
from bot.reading.words import entries
from statemachine.errors import NotAPeriod

EARLIEST: Final = date(1970, 1, 1)
"""The first day of "all time"; no trade is older."""
MOST_COUNTED: Final = 10_000
"""Of "last N days": more than any journal holds, and still a date."""
ONE_DAY: Final = timedelta(days=1)

_WORD: Final = re.compile(r"\.\.+|[^\s,;?!()]+")
_CLOSE_RANGE: Final = re.compile(r"(?<=[\d\w])\s*(?:\.{2,}|…)\s*(?=[\d\w])")
_OPEN_RANGE: Final = re.compile(r"\d\s*(?:\.{2,}|…)\s*$")
_ISO: Final = re.compile(r"((?:19|20)\d\d)-(\d{1,2})(?:-(\d{1,2}))?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SLASHED: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.]((?:20)?\d\d)")
_QUARTER: Final = re.compile(r"q([1-4])")
_DAY_NUMBER: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?")


@dataclass(frozen=True, slots=True)
class Period:
    """Trading days from `first` to `last`, both counted; never ends after the day it was read on."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def period_of(text: str, today: date) -> Period:
    """The period that the whole text is. Raises NotAPeriod, which knows why."""
    words = _words(text)
    found = _Reader(words, today).period(_begin(words)) if words and not _OPEN_RANGE.search(text) else None
    if found is None or found[1] != len(words):
        raise NotAPeriod("unknown", text)
    return found[0]


def coming_date(text: str, today: date) -> date | None:
    """The date that the whole text is, the next one where it names no year: "24 dec", "24.12.2026"."""
    if not any(word in _MONTHS or _SLASHED.fullmatch(word) for word in _words(text)):
        return None
    try:
        found = period_of(text, today + 364 * ONE_DAY)
    except NotAPeriod:
        return None
    return found.first if found.days == 1 else None


def period_in(text: str, today: date) -> tuple[Period | None, str]:
    """The first period that a text names, and the text without it: "nq last month" is October and "nq".

    None where it names none; raises NotAPeriod where it names one that cannot be.
    """
    plain = _plain(text)
    matches = list(_WORD.finditer(plain))
    reader = _Reader([_bare(match[0]) for match in matches], today, alone=False)
    for start in range(len(matches)):
        begin = reader.skip_in(start)
        found = reader.period(begin) if begin < len(matches) else None
        if found is not None:
            head, tail = plain[: matches[start].start()], plain[matches[found[1] - 1].end() :]
            return found[0], " ".join(f"{head} {tail}".split())
    return None, text


def _plain(text: str) -> str:
    return _CLOSE_RANGE.sub(" .. ", normalised(text[:200]))


def _words(text: str) -> list[str]:
    return [_bare(word) for word in _WORD.findall(_plain(text))]


def _bare(word: str) -> str:
    """ "Yesterday's." as the vocabulary has it; the dots of a range stay."""
    return folded((word.rstrip(".") or word).removesuffix("'s"))


def _table(name: str, section: str) -> dict[str, str]:
    return {phrase: value for of, phrase, value in entries(name) if of == section}


_UNITS: Final = _table("periods", "unit")
_ENGLISH: Final = {word: int(number) for word, number in _table("periods", "month").items()}
_MONTHS: Final = {word: _ENGLISH[name] for word, name in _table("calendar", "month").items()} | _ENGLISH
_DAYS_AGO: Final = {word: int(days) for word, days in _table("calendar", "days ago").items()}
_WEEKDAYS: Final = {word: int(day) for word, day in _table("calendar", "weekday").items()}
_NUMBERS: Final = {word: int(number) for word, number in _table("periods", "number").items()}
_TO_DATE: Final = _table("periods", "to date")
_ALL, _THIS, _LAST, _SINCE, _BETWEEN, _UNTIL, _IN, _OTHER_WORDS = (
    frozenset(_table("periods", section))
    for section in ("all", "this", "last", "since", "between", "until", "in", "other word")
)
_LAST_BEHIND: Final = frozenset(_table("calendar", "last behind")) | frozenset(_table("periods", "last behind"))


def _begin(words: list[str]) -> int:
    return 1 if len(words) > 1 and words[0] in _IN else 0


Found = tuple[Period, int] | None
"""A period, and the place of the word behind it."""


class _Reader:
    """Reads words as a period. `alone`: they are all that was said, and "may" is a month."""

    def __init__(self, words: list[str], today: date, *, alone: bool = True) -> None:
        self._words, self._today, self._alone = words, today, alone

    def period(self, at: int) -> Found:
        found = self._between(at) or self._since(at) or self._spoken(at) or self._counted(at) or self._unit(at)
        if found is None and (single := self._single(at)) is not None:
            found = self._range(single, at) or single
        if found is None:
            return None
        period, end = found
        if period.first > self._today:
            raise NotAPeriod("ahead", self._said(at, end))
        return Period(period.first, min(period.last, self._today)), end

    def skip_in(self, at: int) -> int:
        while self._word(at) in _IN:
            at += 1
        return at

    def _word(self, at: int) -> str:
        return self._words[at] if at < len(self._words) else ""

    def _said(self, at: int, end: int) -> str:
        return " ".join(self._words[at:end])

    def _between(self, at: int) -> Found:
        """from 1 oct to 15 oct"""
        if self._word(at) not in _BETWEEN:
            return None
        first = self._single(at + 1)
        return None if first is None else self._range(first, at + 1)

    def _range(self, first: tuple[Period, int], at: int) -> Found:
        period, end = first
        if self._word(end) not in _UNTIL:
            return None
        last = self._single(end + 1)
        if last is None:
            return None
        if last[0].last < period.first:
            last = self._of_year(period.first.year, end + 1) or last
        if last[0].last < period.first:
            raise NotAPeriod("reversed", self._said(at, last[1]))
        return Period(period.first, last[0].last), last[1]

    def _of_year(self, year: int, at: int) -> Found:
        """What is said without a year, of the year that a range begins in: it need not be over yet."""
        reader = _Reader(self._words, date(year, 12, 31), alone=self._alone)
        return reader._numbered(at) or reader._dated(at) or reader._month(at)

    def _since(self, at: int) -> Found:
        if self._word(at) not in _SINCE:
            return None
        first = self._unit(at + 1) or self._single(at + 1)
        return None if first is None else (Period(first[0].first, max(first[0].first, self._today)), first[1])

    def _spoken(self, at: int) -> Found:
        """ytd, all time"""
        for length in (3, 2, 1):
            words = self._said(at, at + length)
            if at + length > len(self._words):
                continue
            if words in _TO_DATE:
                return _span(_TO_DATE[words], self._today), at + length
            if words in _ALL and (self._alone or length > 1):
                return Period(EARLIEST, self._today), at + length
        return None

    def _counted(self, at: int) -> Found:
        """last 30 days, 30 days, past two weeks, 30 derniers jours; today counts as one of the days"""
        number = at + 1 if self._word(at) in _LAST else at
        if self._word(number + 1) in _LAST:
            return self._count(self._word(number), number + 1)
        return self._count(self._word(number), number)

    def _count(self, word: str, at: int) -> Found:
        """So many of the unit behind a place."""
        unit = _UNITS.get(self._word(at + 1))
        if unit is None or not (word.isdecimal() or word in _NUMBERS):
            return None
        count = int(word[:9]) if word.isdecimal() else _NUMBERS[word]
        if not 1 <= count <= MOST_COUNTED:
            raise NotAPeriod("unknown", self._said(at, at + 2))
        return Period(_back(self._today, unit, count), self._today), at + 2

    def _unit(self, at: int) -> Found:
        """this week, last month, mes pasado; "week" is this one where nothing else is said"""
        which, unit = self._word(at), _UNITS.get(self._word(at + 1))
        if unit is not None and which in _THIS:
            return _span(unit, self._today), at + 2
        if unit is not None and which in _LAST:
            return _span(unit, _span(unit, self._today).first - ONE_DAY), at + 2
        bare = _UNITS.get(which)
        if bare is not None and self._word(at + 1) in _LAST_BEHIND:
            return _span(bare, _span(bare, self._today).first - ONE_DAY), at + 2
        return (_span(bare, self._today), at + 1) if bare is not None and self._alone else None

    def _single(self, at: int) -> Found:
        """One day, month, quarter or year that is named."""
        return self._numbered(at) or self._dated(at) or self._month(at) or self._near(at)

    def _numbered(self, at: int) -> Found:
        """2026-10-15, 2026-10, 2026, 10/25/2026, q3 2026"""
        word = self._word(at)
        if (iso := _ISO.fullmatch(word)) is not None:
            if iso[3] is None:
                return self._span_of("month", at, int(iso[1]), int(iso[2])), at + 1
            return self._day(at, int(iso[1]), int(iso[2]), int(iso[3])), at + 1
        if (slashed := _SLASHED.fullmatch(word)) is not None:
            first, second, year = int(slashed[1]), int(slashed[2]), 2000 + int(slashed[3][-2:])
            if "." in word:  # nobody writes the month first with dots
                return self._day(at, year, second, first), at + 1
            if first <= 12 and second <= 12 and first != second:
                raise NotAPeriod("two_ways", word)
            month, day = (first, second) if first <= 12 else (second, first)
            return self._day(at, year, month, day), at + 1
        if (quarter := _QUARTER.fullmatch(word)) is not None:
            return self._named("quarter", at, int(quarter[1]) * 3 - 2)
        if _YEAR.fullmatch(word) and (self._alone or int(word) <= self._today.year):
            return self._span_of("year", at, int(word), 1), at + 1
        return None

    def _dated(self, at: int) -> Found:
        """15 oct, oct 15th 2026"""
        for month_at, day_at in ((at, at + 1), (at + 1, at)):
            month, number = _MONTHS.get(self._word(month_at)), _DAY_NUMBER.fullmatch(self._word(day_at))
            if month is None or number is None:
                continue
            if _YEAR.fullmatch(self._word(at + 2)):
                return self._day(at, int(self._word(at + 2)), month, int(number[1])), at + 3
            latest = self._day(at, self._today.year, month, int(number[1]), or_before=True)
            return latest, at + 2
        return None

    def _month(self, at: int) -> Found:
        """october, last march, may 2026"""
        begin = at + 1 if self._word(at) in _LAST | _THIS else at
        month = _MONTHS.get(self._word(begin))
        if month is None:
            return None
        dated = _YEAR.fullmatch(self._word(begin + 1)) is not None
        led = begin > at or (at > 0 and self._words[at - 1] in _IN | _SINCE | _BETWEEN | _UNTIL)
        if self._words[begin] in _OTHER_WORDS and not (self._alone or dated or led):
            return None
        return self._named("month", begin, month)

    def _named(self, unit: str, at: int, month: int) -> Found:
        """The unit that begins with a month: of the year that stands behind, else the latest that has begun."""
        if _YEAR.fullmatch(self._word(at + 1)):
            return self._span_of(unit, at, int(self._word(at + 1)), month), at + 2
        year = self._today.year if month <= self._today.month else self._today.year - 1
        return self._span_of(unit, at, year, month), at + 1

    def _near(self, at: int) -> Found:
        """yesterday, friday, last friday, viernes pasado"""
        ago = _DAYS_AGO.get(self._word(at))
        if ago is not None:
            return _one(self._today - timedelta(days=ago)), at + 1
        begin = at + 1 if self._word(at) in _LAST | _THIS else at
        weekday = _WEEKDAYS.get(self._word(begin))
        if weekday is None:
            return None
        behind = self._word(begin + 1) in _LAST_BEHIND
        last = behind or (begin > at and self._word(at) in _LAST)
        back = (self._today.weekday() - weekday) % 7 or (7 if last else 0)
        return _one(self._today - timedelta(days=back)), begin + (2 if behind else 1)

    def _span_of(self, unit: str, at: int, year: int, month: int) -> Period:
        if not 1 <= month <= 12:
            raise NotAPeriod("no_date", self._word(at))
        return _span(unit, date(year, month, 1))

    def _day(self, at: int, year: int, month: int, day: int, *, or_before: bool = False) -> Period:
        try:
            found = date(year, month, day)
            if or_before and found > self._today:
                found = date(year - 1, month, day)
        except ValueError:
            raise NotAPeriod("no_date", " ".join(self._words[at : at + 2])) from None
        return _one(found)


def _one(day: date) -> Period:
    return Period(day, day)


def _span(unit: str, day: date) -> Period:
    """The day, week, month, quarter or year that a day lies in, whole."""
    if unit == "day":
        return _one(day)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, _months_on(first, months) - ONE_DAY)


def _months_on(first: date, months: int) -> date:
    """The first of a month, so many months later or, negative, earlier."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) if year >= date.min.year else date.min


def _back(today: date, unit: str, count: int) -> date:
    """The first day of the last so many days or weeks that end today; of months and years, to the day."""
    if unit in ("day", "week"):
        return max(EARLIEST, today - timedelta(days=count * (7 if unit == "week" else 1) - 1))
    months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
    month = _months_on(today.replace(day=1), -months)
    if month < EARLIEST:
        return EARLIEST
    last = (_months_on(month, 1) - ONE_DAY).day
    return month.replace(day=min(today.day, last)) + ONE_DAY
