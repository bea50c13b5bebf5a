"""Spans of the calendar, as their first and last day. Weeks begin on Monday and are numbered as ISO 8601 does."""

from datetime import date, timedelta
from typing import Final

ONE_DAY: Final = timedelta(days=1)
Days = tuple[date, date]
_MOST_YEARS_WITHOUT: Final = 8
"""A 53rd week comes every five or six years; once in a while after seven."""


def span(unit: str, day: date) -> Days:
    """The day, week, month, quarter or year that a day lies in, whole."""
    if unit == "day":
        return day, day
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, _months_on(first, months) - ONE_DAY


def numbered_week(number: int, year: int | None, today: date) -> Days | None:
    """The week of a year; without one the latest of that number that has begun. None where there is none."""
    newest = today.isocalendar().year
    for candidate in [year] if year else range(newest, newest - _MOST_YEARS_WITHOUT, -1):
        try:
            monday = date.fromisocalendar(candidate, number, 1)
        except ValueError:
            continue
        if year or monday <= today:
            return span("week", monday)
    return None


def days_back(today: date, unit: str, count: int) -> Days:
    """The last so many days or weeks, which end today; of months and years to the day."""
    if unit in ("day", "week"):
        return today - timedelta(days=count * (7 if unit == "week" else 1) - 1), today
    month = _months_on(today.replace(day=1), -count * {"month": 1, "quarter": 3, "year": 12}[unit])
    last = (_months_on(month, 1) - ONE_DAY).day
    return month.replace(day=min(today.day, last)) + ONE_DAY, today


def _months_on(first: date, months: int) -> date:
    """The first of a month, so many months later or, negative, earlier."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) if year >= date.min.year else date.min
