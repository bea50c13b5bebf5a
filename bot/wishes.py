"""What a trader wants to be told, and when: from profiles.journal_preferences, which clients write too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Final, Literal, get_args

Notice = Literal["summary", "digest", "open", "close", "streak"]
NOTICES: Final[tuple[Notice, ...]] = get_args(Notice)
USUAL: Final = frozenset({"summary", "digest", "streak"})
"""Told where nothing was chosen."""
SUMMARY_TIME: Final = time(21)
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?\s*(am|pm)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Wishes:
    """`quiet`: from when to when nothing is told; all by the trader's clock."""

    told: frozenset[Notice]
    summary_time: time = SUMMARY_TIME
    digest_day: str = "sun"
    quiet: tuple[time, time] | None = None
    announcements: bool = True


def wishes_of(preferences: object) -> Wishes:
    """Whatever is wrong there counts as not chosen."""
    chosen = preferences if isinstance(preferences, Mapping) else {}
    switches, quiet = chosen.get("notifications"), chosen.get("quiet")
    switched = switches if isinstance(switches, Mapping) else {}
    on = frozenset(n for n in NOTICES if (n in USUAL if type(switched.get(n)) is not bool else switched[n]))
    between = (clock(quiet.get("from")), clock(quiet.get("to"))) if isinstance(quiet, Mapping) else (None, None)
    day = chosen.get("digest_day")
    return Wishes(
        told=on,
        summary_time=clock(chosen.get("summary_time")) or SUMMARY_TIME,
        digest_day=day if isinstance(day, str) and day in DAYS else "sun",
        quiet=(between[0], between[1]) if between[0] is not None and between[1] is not None else None,
        announcements=chosen.get("announcements") is not False,
    )


def clock(said: object) -> time | None:
    """ "21:00", "9pm", "21"; None for anything else."""
    found = _CLOCK.fullmatch(said.strip()) if isinstance(said, str) else None
    if found is None:
        return None
    hour, half = int(found[1]), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    return time(hour % 12 + (12 if half == "pm" else 0) if half else hour, int(found[2] or 0))
