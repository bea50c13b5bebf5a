"""Which trading day a moment belongs to.

A session runs from the day start's hour to the same hour of the next date, by the wall clock of the day start's zone
(so it has 23 or 25 hours when the clocks change). It is named by the date it ends on: Sunday 18:00 New York is Monday.
A session that starts before noon is named by the date it starts on, as it has most of its hours there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

NOON = 12
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayStart:
    """Where and when a trading day starts: full hour 0 to 23 on the wall clock of `zone`."""

    zone: ZoneInfo
    hour: int = 0


def trading_day(moment: datetime, start: DayStart) -> date:
    """The trading day an aware moment belongs to. The one function that decides it."""
    local = moment.astimezone(start.zone)
    if start.hour >= NOON:
        return local.date() + ONE_DAY if local.hour >= start.hour else local.date()
    return local.date() if local.hour >= start.hour else local.date() - ONE_DAY


def session_end(moment: datetime, start: DayStart) -> datetime:
    """When the session of an aware moment ends and the next begins; aware UTC."""
    day = trading_day(moment, start)
    last = day if start.hour >= NOON else day + ONE_DAY
    return datetime.combine(last, time(start.hour), start.zone).astimezone(UTC)


def session_of(day: date, start: DayStart) -> tuple[datetime, datetime]:
    """When a trading day begins and ends; aware UTC."""
    first = day - ONE_DAY if start.hour >= NOON else day
    began, ended = (
        datetime.combine(on, time(start.hour), start.zone).astimezone(UTC) for on in (first, first + ONE_DAY)
    )
    return began, ended


LINKS = {"CET": "Europe/Brussels", "EET": "Europe/Athens", "MET": "Europe/Brussels", "WET": "Europe/Lisbon"}
"""Names that PostgreSQL takes for abbreviations, which have no summer time, with what IANA's database links them to."""


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime"}  # the machine's


def zone_named(name: object) -> ZoneInfo | None:
    """The zone of an IANA name; None for anything else. Only known names reach ZoneInfo, which opens files by them.

    Its key means the same zone in PostgreSQL.
    """
    return ZoneInfo(LINKS.get(name, name)) if isinstance(name, str) and name in _zone_names() else None


ZONES_BY_WORD = {
    "ny": "America/New_York", "nyc": "America/New_York", "et": "America/New_York", "est": "America/New_York",
    "edt": "America/New_York", "eastern": "America/New_York", "ct": "America/Chicago", "cst": "America/Chicago",
    "central": "America/Chicago", "pt": "America/Los_Angeles", "pst": "America/Los_Angeles",
    "cet": "Europe/Berlin", "cest": "Europe/Berlin", "frankfurt": "Europe/Berlin",
    "hong kong": "Asia/Hong_Kong", "mumbai": "Asia/Kolkata", "sao paulo": "America/Sao_Paulo", "utc": "UTC",
}  # fmt: skip
"""What traders call a zone that its IANA name does not say."""


@cache
def _zones_by_city() -> Mapping[str, str]:
    """The last part of an IANA name, as it is said: "new york"; of several names the shortest."""
    names = sorted(_zone_names(), key=lambda name: (-len(name), name))
    return {
        name.rpartition("/")[2].replace("_", " ").lower(): name
        for name in names
        if "/" in name and not name.startswith("Etc/")  # their signs are turned round: Etc/GMT+5 is New York's winter
    }


def zone_said(words: str) -> ZoneInfo | None:
    """The zone that a trader names: an IANA name in any case, a city, or "ET"; None for anything else."""
    return zone_called(words) or zone_in(words)


def zone_called(words: str) -> ZoneInfo | None:
    """What is a zone and nothing else: a whole IANA name, or "ET"."""
    said = _said(words)
    exact = next((name for name in _zone_names() if name.lower().replace("_", " ") == said), None)
    return zone_named(ZONES_BY_WORD.get(said) or exact)


def zone_in(words: str) -> ZoneInfo | None:
    """The zone of the city or region that its IANA name ends with."""
    return zone_named(_zones_by_city().get(_said(words)))


def _said(words: str) -> str:
    return " ".join(words.lower().replace("_", " ").split())


def place_of(key: str) -> str:
    """New York, of America/New_York. A ship's zone is told as people count: UTC-5, of Etc/GMT+5."""
    name = key.rpartition("/")[2].replace("_", " ")
    if key.startswith("Etc/GMT") and name[3:4] in ("+", "-"):
        return f"UTC{'-' if name[3] == '+' else '+'}{name[4:]}"
    return name


def zone_of(preferences: object) -> ZoneInfo:
    """The trader's zone from profiles.journal_preferences, which clients write: whatever is wrong there means UTC."""
    named = preferences.get("timezone") if isinstance(preferences, Mapping) else None
    return zone_named(named) or ZoneInfo("UTC")


def day_start_of(preferences: object) -> DayStart:
    """The trader's day start from profiles.journal_preferences: {"timezone": IANA, "day_start": {"zone", "hour"}}.

    `day_start.zone` may be left out and is then the trader's. Never raises: clients write this column, so a day start
    with anything wrong in it means midnight in the trader's zone, a wrong zone UTC.
    """
    home = zone_of(preferences)
    chosen = preferences.get("day_start") if isinstance(preferences, Mapping) else None
    if not isinstance(chosen, Mapping):
        return DayStart(home)
    zone = zone_named(chosen["zone"]) if chosen.get("zone") is not None else home
    hour = chosen.get("hour")
    if zone is None or type(hour) is not int or not 0 <= hour < 24:
        return DayStart(home)
    return DayStart(zone, hour)
