"""The period a trader asks for: "today", "last week", "week 42", "2026-10-01..2026-10-15", "last 30 days", "until may".

Periods are made of trading days, both ends counted; `today` is the trading day that runs now. Weeks begin on Monday.
A month, week, weekday or date without a year is the latest that has begun. Nothing is guessed: "5/6" may be two days.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot import period_words as known
from bot.calendar_spans import ONE_DAY, days_back, numbered_week, span
from bot.trading.contracts import CONTRACTS
from statemachine.errors import NotAPeriod

EARLIEST: Final = date(1970, 1, 1)
"""The first day of "all time"; no trade is older."""
MOST_COUNTED: Final = 10_000
"""Of "last N days": more than any journal holds, and still a date."""


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
    words = known.WORD.findall(known.plain(text))
    reader = _Reader(words, today)
    found = reader.period(reader.begin) if words and not known.OPEN_RANGE.search(text) else None
    if found is None or found[1] != len(words):
        raise NotAPeriod("unknown", text)
    return found[0]


def coming_date(text: str, today: date) -> date | None:
    """The date that the whole text is, the next one where it names no year: "24 dec", "24.12.2026"."""
    words = known.WORD.findall(known.plain(text))
    dates = known.SLASHED.fullmatch, known.DOTTED.fullmatch
    if not any(known.bare(word) in known.MONTHS or any(is_date(word) for is_date in dates) for word in words):
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
    plain = known.plain(text)
    matches = list(known.WORD.finditer(plain))
    reader = _Reader([match[0] for match in matches], today, alone=False)
    for start in range(len(matches)):
        begin = reader.skip_in(start)
        found = reader.period(begin) if begin < len(matches) else None
        if found is not None:
            head, tail = plain[: matches[start].start()], plain[matches[found[1] - 1].end() :]
            return found[0], " ".join(f"{head} {tail}".split())
    return None, text


Found = tuple[Period, int] | None
"""A period, and the place of the word behind it."""


class _Reader:
    """Reads words as a period. `alone`: they are all that was said, and "may" is a month."""

    def __init__(self, words: list[str], today: date, *, alone: bool = True) -> None:
        self._written, self._words = words, [known.bare(word) for word in words]
        self._today, self._alone = today, alone

    @property
    def begin(self) -> int:
        begin = self.skip_in(0)
        return begin if begin < len(self._words) else 0

    def period(self, at: int) -> Found:
        self._refuse_ahead(at)
        found = self._between(at) or self._since(at) or self._open(at) or self._spoken(at) or self._counted(at)
        found = found or self._days(at)
        if found is None and (single := self._end(at)) is not None:
            found = self._range(single, at) or single
        if found is None:
            return None
        period, end = found
        if period.first > self._today:
            raise self._refused("ahead", at, end)
        return Period(period.first, min(period.last, self._today)), end

    def skip_in(self, at: int) -> int:
        return self._past(at, known.IN)

    def _past(self, at: int, words: frozenset[str]) -> int:
        while self._word(at) in words:
            at += 1
        return at

    def _word(self, at: int) -> str:
        return self._words[at] if at < len(self._words) else ""

    def _said(self, at: int, end: int) -> str:
        return " ".join(self._words[at:end])

    def _refused(self, reason: str, at: int, end: int) -> NotAPeriod:
        return NotAPeriod(reason, " ".join(self._written[at:end]).replace(" .. ", ".."))

    def _refuse_ahead(self, at: int) -> None:
        """next week, semana que viene; alone "tomorrow", too, which in other words may be the morning"""
        if self._word(at) in known.NEXT and self._word(at + 1) in known.SPANS:
            raise self._refused("ahead", at, at + 2)
        named = at + 1 if self._word(at) in known.UNITS else at
        for end in (named + 1, named + 2):
            if self._said(named, end) in known.AHEAD and (self._alone or named > at):
                raise self._refused("ahead", at, end)

    def _between(self, at: int) -> Found:
        """from 1 oct to 15 oct, from 1 to 15 oct"""
        if self._word(at) not in known.BETWEEN:
            return None
        begin = self.skip_in(at + 1)
        first = self._end(begin)
        return self._days(begin) or (None if first is None else self._range(first, begin))

    def _end(self, at: int) -> Found:
        """What a range may begin or end with."""
        return self._week(at) or self._unit(at) or self._single(at)

    def _range(self, first: tuple[Period, int], at: int) -> Found:
        period, end = first
        if self._word(end) not in known.UNTIL:
            return None
        begin = self.skip_in(end + 1)
        last = self._end(begin)
        if last is None:
            return None
        if last[0].last < period.first:
            last = self._of_year(period.first.year, begin) or last
        if last[0].last < period.first:
            raise self._refused("reversed", at, last[1])
        return Period(period.first, last[0].last), last[1]

    def _of_year(self, year: int, at: int) -> Found:
        """What is said without a year, of the year that a range begins in: it need not be over yet."""
        reader = _Reader(self._written, date(year, 12, 31), alone=self._alone)
        return reader._week(at) or reader._numbered(at) or reader._dated(at) or reader._month(at)

    def _since(self, at: int) -> Found:
        if self._word(at) not in known.SINCE:
            return None
        begin = self.skip_in(at + 1)
        first = self._end(begin)
        if first is None:
            return None
        return self._range(first, begin) or (Period(first[0].first, max(first[0].first, self._today)), first[1])

    def _open(self, at: int) -> Found:
        """before october, until march, after 15 oct: "until" counts what it names, "before" and "after" do not"""
        end = next((end for end in (at + 2, at + 1) if self._said(at, end) in known.OPEN), None)
        named = None if end is None else self._end(begin := self.skip_in(end))
        if end is None or named is None:
            return None
        period, behind = named
        if behind == begin + 1 and self._word(begin) in known.UNITS:
            return None  # "nach Monat" is by month
        match known.OPEN[self._said(at, end)]:
            case "after":
                first = period.last + ONE_DAY
                return Period(first, max(first, self._today)), behind
            case "before":
                last = period.first - ONE_DAY
            case _:
                last = period.last
        if last < EARLIEST:
            raise self._refused("reversed", at, behind)
        return Period(EARLIEST, last), behind

    def _days(self, at: int) -> Found:
        """1-15 oct, oct 1 to 15, del 1 al 15 de octubre de 2026"""
        led = self._word(at) in known.MONTHS
        pair = self._two_days(at + 1 if led else at)
        if pair is None:
            return None
        first, last, end = pair
        behind = self._past(end, known.OF)
        month = known.MONTHS.get(self._word(at if led else behind))
        if month is None or (led and self._word(behind) in known.MONTHS):
            return None
        year, end = self._year(end if led else behind + 1)
        begin = self._day(at, end, year, month, first)
        until = self._day(at, end, begin.first.year, month, last)
        if until.last < begin.first:
            raise self._refused("reversed", at, end)
        return Period(begin.first, until.last), end

    def _two_days(self, at: int) -> tuple[int, int, int] | None:
        """1-15, 1 to 15: both numbers, and the place behind."""
        if (pair := known.TWO_DAYS.fullmatch(self._word(at))) is not None:
            return int(pair[1]), int(pair[2]), at + 1
        other = self.skip_in(at + 2)
        first, last = (known.DAY_NUMBER.fullmatch(self._word(place)) for place in (at, other))
        if first is None or last is None or self._word(at + 1) not in known.UNTIL:
            return None
        return int(first[1]), int(last[1]), other + 1

    def _year(self, at: int) -> tuple[int | None, int]:
        """The year at a place, of which may be said "of", and the place behind it."""
        place = self._past(at, known.OF)
        return (int(self._word(place)), place + 1) if known.YEAR.fullmatch(self._word(place)) else (None, at)

    def _spoken(self, at: int) -> Found:
        """ytd, all time"""
        for length in (3, 2, 1):
            words = self._said(at, at + length)
            if at + length > len(self._words):
                continue
            if words in known.TO_DATE:
                return _whole(known.TO_DATE[words], self._today), at + length
            if words in known.ALL and (self._alone or length > 1):
                return Period(EARLIEST, self._today), at + length
        return None

    def _counted(self, at: int) -> Found:
        """last 30 days, 30 days, past two weeks, 30 derniers jours; today counts as one of the days"""
        number = at + 1 if self._word(at) in known.LAST else at
        if self._word(number + 1) in known.LAST:
            return self._count(self._word(number), number + 1)
        return self._count(self._word(number), number)

    def _count(self, word: str, at: int) -> Found:
        """So many of the unit behind a place; "30d"."""
        unit, end = known.UNITS.get(self._word(at + 1)), at + 2
        if (short := known.SHORT.fullmatch(word)) is not None and self._word(at) == word:
            word, unit, end = short[1], known.UNITS[short[2]], at + 1
        count = known.number(word)
        if unit is None or count is None or self._is_ordinal(at):
            return None
        if not 1 <= count <= MOST_COUNTED:
            raise self._refused("unknown", at, end)
        first, last = days_back(self._today, unit, count)
        return Period(max(EARLIEST, first), last), end

    def _unit(self, at: int) -> Found:
        """this week, last month, mes pasado; "week" is this one where nothing else is said,
        "mes" the contract"""
        which, unit = self._word(at), known.UNITS.get(self._word(at + 1))
        if unit is not None and which in known.THIS:
            return _whole(unit, self._today), at + 2
        if unit is not None and which in known.LAST:
            return _whole(unit, span(unit, self._today)[0] - ONE_DAY), at + 2
        bare = known.UNITS.get(which)
        if bare is not None and self._word(at + 1) in known.LAST_BEHIND:
            return _whole(bare, span(bare, self._today)[0] - ONE_DAY), at + 2
        if bare is None or not self._alone or which.upper() in CONTRACTS:
            return None
        return _whole(bare, self._today), at + 1

    def _is_ordinal(self, at: int) -> bool:
        """ "42." as Germans write it"""
        return at < len(self._written) and self._written[at].endswith(".")

    def _week(self, at: int) -> Found:
        """week 42, KW 42, 42. Woche, W42, 2026-W42, week 42 of 2025"""
        said, end = known.WEEK.fullmatch(self._word(at)), at + 1
        if said is None:
            word, other = self._word(at), self._word(at + 1)
            behind = other in known.WEEKS_BEHIND or (self._is_ordinal(at) and other in known.WEEKS)
            number = other if word in known.WEEKS else word if behind else ""
            said, end = known.WEEK.fullmatch(f"w{number}"), at + 2
            if said is None:
                return None
        year, end = (int(said[1]), end) if said[1] else self._year(end)
        found = numbered_week(int(said[2]), year, self._today)
        if found is None:
            raise self._refused("no_week", at, end)
        return Period(*found), end

    def _single(self, at: int) -> Found:
        """One day, month, quarter or year that is named."""
        return self._numbered(at) or self._dated(at) or self._month(at) or self._near(at)

    def _numbered(self, at: int) -> Found:
        """2026-10-15, 2026-10, 2026, 10/25/2026, q3 2026"""
        word = self._word(at)
        if (iso := known.ISO.fullmatch(word)) is not None:
            if iso[4] is None:
                return self._span_of("month", at, int(iso[1]), int(iso[3])), at + 1
            return self._day(at, at + 1, int(iso[1]), int(iso[3]), int(iso[4])), at + 1
        if (years := known.TWO_YEARS.fullmatch(word)) is not None and years[1] <= years[2]:
            return Period(date(int(years[1]), 1, 1), date(int(years[2]), 12, 31)), at + 1
        if (slashed := known.SLASHED.fullmatch(word)) is not None:
            return self._slashed(at, slashed), at + 1
        if (dotted := known.DOTTED.fullmatch(self._written[at] if word else "")) is not None:
            return self._day(at, at + 1, None, int(dotted[2]), int(dotted[1])), at + 1
        if (quarter := known.QUARTER.fullmatch(word)) is not None:
            return self._named("quarter", at, int(quarter[1]) * 3 - 2)
        if known.YEAR.fullmatch(word) and (self._alone or int(word) <= self._today.year):
            return self._span_of("year", at, int(word), 1), at + 1
        return None

    def _slashed(self, at: int, said: re.Match[str]) -> Period:
        """10/25/2026, 25.10.2026, 10/25"""
        first, second = (int(said[1]), int(said[3])) if said[4] else (int(said[5]), int(said[6]))
        if said[2] == ".":  # nobody writes the month first with dots
            return self._day(at, at + 1, 2000 + int(said[4][-2:]), second, first)
        if first <= 12 and second <= 12 and first != second:
            raise self._refused("two_ways", at, at + 1)
        month, day = (first, second) if first <= 12 else (second, first)
        return self._day(at, at + 1, 2000 + int(said[4][-2:]) if said[4] else None, month, day)

    def _dated(self, at: int) -> Found:
        """15 oct, oct 15th 2026, 15 de octubre de 2026"""
        behind = self._past(at + 1, known.OF)
        for month_at, day_at in ((at, at + 1), (behind, at)):
            month, number = known.MONTHS.get(self._word(month_at)), known.DAY_NUMBER.fullmatch(self._word(day_at))
            if month is None or number is None:
                continue
            year, end = self._year(max(month_at, day_at) + 1)
            return self._day(at, end, year, month, int(number[1])), end
        return None

    def _month(self, at: int) -> Found:
        """october, last march, may 2026"""
        begin = at + 1 if self._word(at) in known.LAST | known.THIS else at
        month = known.MONTHS.get(self._word(begin))
        if month is None:
            return None
        dated = self._year(begin + 1)[0] is not None
        if not dated and not self._is_meant(begin, at):
            return None
        if known.FOUR_DIGITS.fullmatch(self._word(begin + 1)) and not dated:
            raise self._refused("no_date", begin, begin + 2)
        return self._named("month", begin, month)

    def _named(self, unit: str, at: int, month: int) -> Found:
        """The unit that begins with a month: of the year that stands behind, else the latest that has begun."""
        named, end = self._year(at + 1)
        year = self._today.year if month <= self._today.month else self._today.year - 1
        return self._span_of(unit, at, named or year, month), end

    def _is_meant(self, place: int, at: int) -> bool:
        """Whether "may" is the month: alone, behind "last" (`at`), or led by what leads to a time."""
        led = place > at or (at > 0 and self._words[at - 1] in known.LEADING)
        return self._alone or led or self._words[place] not in known.OTHER_WORDS

    def _near(self, at: int) -> Found:
        """yesterday, friday, last friday, viernes pasado"""
        ago = known.DAYS_AGO.get(self._word(at))
        if ago is not None:
            return _one(self._today - timedelta(days=ago)), at + 1
        begin = at + 1 if self._word(at) in known.LAST | known.THIS else at
        weekday = known.WEEKDAYS.get(self._word(begin))
        if weekday is None or not self._is_meant(begin, at):
            return None
        behind = self._word(begin + 1) in known.LAST_BEHIND
        last = behind or (begin > at and self._word(at) in known.LAST)
        back = (self._today.weekday() - weekday) % 7 or (7 if last else 0)
        return _one(self._today - timedelta(days=back)), begin + (2 if behind else 1)

    def _span_of(self, unit: str, at: int, year: int, month: int) -> Period:
        if not 1 <= month <= 12:
            raise self._refused("no_date", at, at + 1)
        return _whole(unit, date(year, month, 1))

    def _day(self, at: int, end: int, year: int | None, month: int, day: int) -> Period:
        """Told by the words from a place to another. Without a year it is the latest that has begun."""
        try:
            found = date(year or self._today.year, month, day)
            if year is None and found > self._today:
                found = date(found.year - 1, month, day)
        except ValueError:
            raise self._refused("no_date", at, end) from None
        return _one(found)


def _one(day: date) -> Period:
    return Period(day, day)


def _whole(unit: str, day: date) -> Period:
    """The day, week, month, quarter or year that a day lies in."""
    return Period(*span(unit, day))
