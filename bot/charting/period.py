"""Periods as traders say them: "last week", "30 days", "march 2026", "2026-03-01 to 2026-03-15", "ytd", "all".

A week begins on Monday. A period ends today at the latest; one that begins after today, or ends before it begins, or
names a day that no calendar has, cannot be. Days are trading days.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

BEGINNING: Final = date(1970, 1, 1)
MOST_DAYS: Final = 36_500
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_DATE: Final = r"\d{4}-\d{1,2}-\d{1,2}"


@dataclass(frozen=True, slots=True)
class Period:
    """From one trading day to another, both included. BEGINNING: from the first there is."""

    first: date
    last: date


def period_said(text: str, today: date) -> tuple[Period | None, str, str]:
    """The period in a lower-case text, the text without it, and what was said for one that cannot be."""
    for form, read in _FORMS:
        found = form.search(text)
        if found is None:
            continue
        rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
        try:
            period = read(found, today)
        except (ValueError, OverflowError):
            return None, rest, found[0].strip()
        if period.first > min(period.last, today):
            return None, rest, found[0].strip()
        return Period(period.first, min(period.last, today)), rest, ""
    return None, text, ""


def _dates(found: re.Match[str], _: date) -> Period:
    return Period(_date(found[1]), _date(found[2]))


def _since(found: re.Match[str], today: date) -> Period:
    return Period(_date(found[1]), today)


def _one_date(found: re.Match[str], _: date) -> Period:
    return Period(_date(found[0]), _date(found[0]))


def _date(text: str) -> date:
    year, month, day = map(int, text.split("-"))
    return date(year, month, day)


def _month(year: int, month: int) -> Period:
    first = date(year, month, 1)
    return Period(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def _numbered_month(found: re.Match[str], _: date) -> Period:
    return _month(int(found[1]), int(found[2]))


def _named_month(found: re.Match[str], today: date) -> Period:
    """Without a year the latest that has begun."""
    month = _MONTHS.index(found[1][:3]) + 1
    year = int(found[2]) if found[2] else today.year - (month > today.month)
    return _month(year, month)


def _year(found: re.Match[str], _: date) -> Period:
    return Period(date(int(found[0]), 1, 1), date(int(found[0]), 12, 31))


def _count(found: re.Match[str], today: date) -> Period:
    days = int(found[1]) * {"d": 1, "w": 7, "m": 30, "y": 365}[found[2][0]]
    if not 0 < days <= MOST_DAYS:
        raise ValueError(days)
    return Period(today - timedelta(days=days - 1), today)


def _named(found: re.Match[str], today: date) -> Period:
    """this/last week, month, quarter, year; the unit alone means the one under way."""
    before = (found[1] or "").strip() in ("last", "previous")
    match found[2]:
        case "week":
            monday = today - timedelta(days=today.weekday() + 7 * before)
            return Period(monday, monday + timedelta(days=6))
        case "month":
            first = today.replace(day=1)
            first = (first - timedelta(days=1)).replace(day=1) if before else first
            return _month(first.year, first.month)
        case "quarter":
            number = today.year * 4 + (today.month - 1) // 3 - before
            first = date(number // 4, number % 4 * 3 + 1, 1)
            return Period(first, _month(first.year, first.month + 2).last)
        case _:
            return Period(date(today.year - before, 1, 1), date(today.year - before, 12, 31))


def _whole(found: re.Match[str], today: date) -> Period:
    match found[0].strip():
        case "today":
            return Period(today, today)
        case "yesterday":
            return Period(today - timedelta(days=1), today - timedelta(days=1))
        case "ytd":
            return Period(today.replace(month=1, day=1), today)
        case _:
            return Period(BEGINNING, today)


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w./-])(?:{pattern})(?![\w/-])", re.ASCII)


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period]], ...]] = (
    (_form(rf"(?:from |between )?({_DATE})(?: ?(?:-|–|to|until|and|\.\.) ?)({_DATE})"), _dates),
    (_form(rf"since ({_DATE})"), _since),
    (_form(_DATE), _one_date),
    (_form(r"(\d{4})-(\d{1,2})"), _numbered_month),
    (_form(rf"({_MONTH})(?: (\d{{4}}))?"), _named_month),
    (_form(r"(?:the )?(?:last |past )?(\d{1,12}) ?(days?|d|weeks?|w|months?|m|years?|y)"), _count),
    (_form(r"(this |last |previous )?(week|month|quarter|year)"), _named),
    (_form(r"(?:19|20)\d\d"), _year),
    (_form("today|yesterday|ytd|all time|all|everything|ever"), _whole),
)
