"""The day a message names: "yesterday", "last friday", "20 nov", "2026-11-20", "11/20".

A day is never guessed: one that could be read in two ways ("5/6"), lies ahead, or stands beside another is not taken.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.reading.items import Item, Items
from bot.reading.words import entries


def _said(section: str) -> dict[str, str]:
    return {phrase: value for name, phrase, value in entries("calendar") if name == section}


_DAYS_AGO = {word: int(days) for word, days in _said("days ago").items()}
_TODAY = frozenset(word for word, days in _DAYS_AGO.items() if not days)
_WEEKDAYS = {word: int(day) for word, day in _said("weekday").items()}
_ON, _LAST, _LAST_BEHIND = (frozenset(_said(section)) for section in ("on", "last", "last behind"))
_LEVELS = frozenset(("high", "low", "close", "open", "range"))
"""Behind "yesterday" these make a price level of it."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST_AGO = timedelta(days=90)
"""A date without a year is one of the last months; "10/25" may be a count as well."""
_DAYS = frozenset(_DAYS_AGO) | frozenset(_WEEKDAYS)
BEFORE = frozenset(word for word, days in _DAYS_AGO.items() if days) | frozenset(_WEEKDAYS) | frozenset(_said("before"))
"""Words by which something was done earlier than what is told beside it."""
DAY_WORDS = _DAYS | _ON | _LAST | _LAST_BEHIND


def named_day(items: Items, now: datetime, zone: ZoneInfo) -> date | None:
    """The one past day that is named, by the trader's calendar; None where none, several, or today is."""
    if _DAYS.isdisjoint(items.words) and "date" not in [item.kind for item in items]:
        return None
    today = now.astimezone(zone).date()
    days = set(_days(items, today))
    if len(days) != 1 or not _TODAY.isdisjoint(items.words):
        return None
    (day,) = days
    return day if day < today else None


def mentions_day(items: Items, now: datetime, zone: ZoneInfo) -> bool:
    """Whether any day is named, "today" included."""
    today = now.astimezone(zone).date()
    return not _TODAY.isdisjoint(items.words) or next(_days(items, today), None) is not None


def _days(items: list[Item], today: date) -> Iterator[date]:
    for n, item in enumerate(items):
        after = items[n + 1].word if n + 1 < len(items) else ""
        if item.word in _DAYS_AGO and _DAYS_AGO[item.word] and _LEVELS.isdisjoint(after.split()):
            yield today - timedelta(days=_DAYS_AGO[item.word])
        elif item.word in _WEEKDAYS:
            before = items[n - 1].word if n else ""
            last = before in _LAST or after in _LAST_BEHIND
            ago = (today.weekday() - _WEEKDAYS[item.word]) % 7
            if last or before in _ON:
                yield today - timedelta(days=ago or (7 if last else 0))
        elif item.kind == "date" and (day := _written(item.text.lower(), today)) is not None:
            yield day


def _written(text: str, today: date) -> date | None:
    """A date as written; without a year the latest that is not ahead."""
    iso = re.fullmatch(r"(20\d\d)[-.](\d\d)[-.](\d\d)(?:t.*)?", text)
    if iso is not None:
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/(?:20)?(\d\d))?", text)
    if slashed is not None:
        first, second = int(slashed[1]), int(slashed[2])
        if first <= 12 and second <= 12 and first != second:
            return None
        month, day = (first, second) if first <= 12 else (second, first)
        return _latest(month, day, slashed[3], today)
    month_name = re.search(r"[a-z]{3,}", re.sub(r"\d(?:st|nd|rd|th)\b", lambda m: m[0][0], text))
    numbers = re.findall(r"\d+", text)
    if month_name is None or month_name[0][:3] not in _MONTHS or not numbers:
        return None
    year = numbers[1][2:] if len(numbers) > 1 else None
    return _latest(_MONTHS.index(month_name[0][:3]) + 1, int(numbers[0]), year, today)


def _latest(month: int, day: int, year: str | None, today: date) -> date | None:
    if year is not None:
        return _date(2000 + int(year), month, day)
    found = _date(today.year, month, day)
    if found is not None and found > today:
        found = _date(today.year - 1, month, day)
    return found if found is not None and today - found <= _LONGEST_AGO else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
