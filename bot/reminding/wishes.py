"""What a trader wishes to be told, and when not, from profiles.journal_preferences: pure.

Clients write that column: whatever is wrong in it means the default.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType
from typing import Final, Literal, get_args

Kind = Literal["summary", "digest", "streak", "close", "open"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""In the order in which they are told where several come together."""
DEFAULTS: Final[Mapping[Kind, bool]] = MappingProxyType(
    {"summary": True, "digest": True, "streak": True, "close": False, "open": False}
)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FOREVER: Final = "forever"
SUMMARY_TIME: Final = time(21)
DIGEST_DAY: Final = "sun"

_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the trader's clock, from `start` until `end`, over midnight where that is earlier. The same: none."""

    start: time
    end: time

    def holds(self, clock: time) -> bool:
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """digest_day    as date.weekday() counts: 6 is Sunday
    quiet            None: none were chosen
    announcements    whether the web app's news are told
    paused_until     nothing is told before that day begins; FOREVER: until the trader says otherwise
    """

    summary_time: time = SUMMARY_TIME
    digest_day: int = WEEKDAYS.index(DIGEST_DAY)
    kinds: frozenset[Kind] = frozenset(kind for kind, wished in DEFAULTS.items() if wished)
    quiet: Quiet | None = None
    paused_until: date | Literal["forever"] | None = None
    announcements: bool = True

    def paused_on(self, day: date) -> bool:
        """`day`: of the trader's calendar."""
        until = self.paused_until
        return until is not None and (not isinstance(until, date) or day < until)


def wishes_of(preferences: object) -> Wishes:
    """Never raises."""
    chosen = preferences if isinstance(preferences, Mapping) else {}
    kinds = chosen.get("notifications")
    day = chosen.get("digest_day")
    return Wishes(
        summary_time=clock_of(chosen.get("summary_time")) or SUMMARY_TIME,
        digest_day=WEEKDAYS.index(day if isinstance(day, str) and day in WEEKDAYS else DIGEST_DAY),
        kinds=_kinds(kinds if isinstance(kinds, Mapping) else {}),
        quiet=_quiet(chosen.get("quiet")),
        paused_until=_paused(chosen.get("paused_until")),
        announcements=chosen.get("announcements") is not False,
    )


def clock_of(text: object) -> time | None:
    """ "21:05" of a day's 24 hours; None for anything else."""
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    return time(int(found[1]), int(found[2])) if found else None


def _kinds(chosen: Mapping[object, object]) -> frozenset[Kind]:
    wished = {kind: chosen.get(kind) for kind in KINDS}
    return frozenset(kind for kind, value in wished.items() if (value if isinstance(value, bool) else DEFAULTS[kind]))


def _quiet(chosen: object) -> Quiet | None:
    if not isinstance(chosen, Mapping):
        return None
    start, end = clock_of(chosen.get("from")), clock_of(chosen.get("to"))
    return None if start is None or end is None else Quiet(start, end)


def _paused(chosen: object) -> date | Literal["forever"] | None:
    if chosen == FOREVER:
        return "forever"
    if not isinstance(chosen, str) or not _DATE.fullmatch(chosen):
        return None
    try:
        return date.fromisoformat(chosen)
    except ValueError:
        return None
