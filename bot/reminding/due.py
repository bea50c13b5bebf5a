"""What is due to a trader, and when they are to be looked at next. Pure; every moment is aware UTC.

- summary: for every session, at the first summary time after its middle (twelve hours before its end), so that each
  session has one whatever the clocks do. For four hours; then it is dropped.
- digest: once a week, on the digest day at the summary time. For three days.
- open: as a weekday's session begins, for two hours. streak and close: two hours and half an hour before a weekday's
  session ends, until it ends. These prompts may come up to an hour early, or wait for an hour where they can, to come
  together with something else.
- A wall time that the clocks leave out is as much later as they jump; one that comes twice counts at its first.
- In quiet hours nothing is told: what can wait comes when they end, streak and close a quarter of an hour before they
  begin. Prompts keep the night free where no quiet hours were chosen.
- Of a session that is a rest day nothing is told but a digest. Summaries and digests that fall due on the date of one,
  by the trader's calendar, wait for the summary time of the next date that is none, for less than four days.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.reminding.wishes import KINDS, Kind, Quiet, Wishes
from bot.trading.day import ONE_DAY, DayStart, session_of, trading_day

HALF_A_DAY: Final = timedelta(hours=12)
SUMMARY_LATE: Final = timedelta(hours=4)
DIGEST_LATE: Final = timedelta(days=3)
OPEN_LATE: Final = timedelta(hours=2)
CLOSE_AHEAD: Final = timedelta(minutes=30)
STREAK_AHEAD: Final = timedelta(hours=2)
TOGETHER: Final = timedelta(hours=1)
"""What falls due within so long of one another is told in one message, where it can be."""
BEFORE_QUIET: Final = timedelta(minutes=15)
NIGHT: Final = Quiet(time(22), time(7))
PROMPTS: Final[frozenset[Kind]] = frozenset({"streak", "close", "open"})
AHEAD: Final = timedelta(days=9)
"""A digest comes within a week, quiet hours and clocks included."""
BEHIND: Final = timedelta(days=4)
"""Longer ago nothing is told any more."""
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What is due once: `period` is the session's day, of a digest the day on which it is due."""

    kind: Kind
    period: date
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a trader finds.

    due        to be told now
    early      prompts that come along where anything is told
    looked_at  all that was due until then is dealt with, or has to be looked at again in any case
    next_at    when to look again; None: when the preferences change
    """

    due: tuple[Occurrence, ...]
    early: tuple[Occurrence, ...]
    looked_at: datetime
    next_at: datetime | None


def look(
    wishes: Wishes,
    zone: ZoneInfo,
    start: DayStart,
    looked_at: datetime | None,
    now: datetime,
    rests: frozenset[date] = frozenset(),
) -> Look:
    """`looked_at`: of the look before; None: there was none, and what fell due until now is not made up for, as what
    falls due in a pause is not, which is looked at, too. `rests`: rest days from BEHIND to AHEAD of now."""
    coming = next(occurrences(wishes, zone, start, now, now + AHEAD, rests), None)
    if wishes.paused_on(now.astimezone(zone).date()):
        return Look((), (), now, None if coming is None else coming.at)
    since = max(looked_at or now - _TICK, now - BEHIND)
    near = list(occurrences(wishes, zone, start, since, now + TOGETHER, rests))
    reached = [one for one in near if one.at <= now < one.until]
    waits = {
        one: _quiet_ends(wishes, one.kind, zone, now) or _rest_ends(wishes, one, zone, now, rests) for one in reached
    }
    ready = [one for one in reached if waits[one] is None]
    anchor = next((one for one in near if one.at > now and one.kind not in PROMPTS), None)
    if anchor is not None and all(one.kind in PROMPTS and one.until > anchor.at for one in ready):
        waits |= dict.fromkeys(ready, anchor.at)
        ready = []
    put_off = {one: again for one, again in waits.items() if again is not None and again < one.until}
    return Look(
        tuple(sorted(ready, key=_order)),
        tuple(
            one for one in sorted(near, key=_order)
            if ready and one.at > now and one.kind in PROMPTS and _quiet_ends(wishes, one.kind, zone, now) is None
        ),
        min((one.at - _TICK for one in put_off), default=now),
        min([*put_off.values(), *([coming.at] if coming else [])], default=None),
    )  # fmt: skip


def _order(one: Occurrence) -> tuple[int, date]:
    return KINDS.index(one.kind), one.period


def moment_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A time of the wall clock. With fold 0 one in a gap is taken by the offset before it, so it comes out later."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def occurrences(
    wishes: Wishes,
    zone: ZoneInfo,
    start: DayStart,
    since: datetime,
    before: datetime,
    rests: frozenset[date] = frozenset(),
) -> Iterator[Occurrence]:
    """What falls due after `since` until `before`, both ends UTC; in order."""
    first = since.astimezone(zone).date() - 3 * ONE_DAY
    last = before.astimezone(zone).date() + 2 * ONE_DAY
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    found = (
        _over_rest(one, zone, rests)
        for day in days
        for kind in wishes.kinds
        if (kind == "digest" or day not in rests) and (one := _on(day, kind, wishes, zone, start)) is not None
    )
    yield from sorted((one for one in found if since < one.at <= before), key=lambda one: (one.at, _order(one)))


def _on(day: date, kind: Kind, wishes: Wishes, zone: ZoneInfo, start: DayStart) -> Occurrence | None:
    """Of the session that a day names; a digest of that day."""
    began, ended = session_of(day, start)
    if kind == "digest":
        if day.weekday() != wishes.digest_day:
            return None
        at = moment_of(day, wishes.summary_time, zone)
        return _moved(Occurrence(kind, day, at, at + DIGEST_LATE), wishes, zone, began)
    if kind == "summary":
        at = _next_clock(ended - HALF_A_DAY, wishes.summary_time, zone)
        return _moved(Occurrence(kind, day, at, at + SUMMARY_LATE), wishes, zone, began)
    if day.isoweekday() > 5:
        return None
    at, until = {
        "open": (began, min(began + OPEN_LATE, ended)),
        "close": (ended - CLOSE_AHEAD, ended),
        "streak": (ended - STREAK_AHEAD, ended),
    }[kind]
    return _moved(Occurrence(kind, day, at, until), wishes, zone, began)


def _moved(one: Occurrence, wishes: Wishes, zone: ZoneInfo, began: datetime) -> Occurrence | None:
    """Out of the quiet hours; None where nothing is left of it then."""
    quiet = _quiet_for(wishes, one.kind)
    if quiet is None or not quiet.holds(_clock(one.at, zone)):
        return one
    if one.kind in ("streak", "close"):
        at = _last_clock(one.at, quiet.start, zone) - BEFORE_QUIET
        return replace(one, at=at) if at >= began else None
    at = _end_of(quiet, one.at, zone)
    return replace(one, at=at, until=one.until + (at - one.at))


def _quiet_for(wishes: Wishes, kind: Kind) -> Quiet | None:
    return wishes.quiet or (NIGHT if kind in PROMPTS else None)


def _quiet_ends(wishes: Wishes, kind: Kind, zone: ZoneInfo, now: datetime) -> datetime | None:
    """None where it is not quiet now."""
    quiet = _quiet_for(wishes, kind)
    return _end_of(quiet, now, zone) if quiet is not None and quiet.holds(_clock(now, zone)) else None


def _over_rest(one: Occurrence, zone: ZoneInfo, rests: frozenset[date]) -> Occurrence:
    """What falls due on the date of a rest day has longer."""
    if one.kind in PROMPTS or one.at.astimezone(zone).date() not in rests:
        return one
    return replace(one, until=one.at + BEHIND)


def _rest_ends(
    wishes: Wishes, one: Occurrence, zone: ZoneInfo, now: datetime, rests: frozenset[date]
) -> datetime | None:
    """The summary time for which it waits, on the first date from its own on that is none; None where it need not. Who
    is late may have come into another rest day."""
    held = one.at
    while one.kind not in PROMPTS and (day := held.astimezone(zone).date()) in rests:
        held = moment_of(day + ONE_DAY, wishes.summary_time, zone)
    today = now.astimezone(zone).date()
    if held <= now and one.kind not in PROMPTS and today in rests:
        held = moment_of(today + ONE_DAY, wishes.summary_time, zone)
    return held if held > now else None


def out_of_quiet(quiet: Quiet | None, moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment, or the end of the quiet hours that it is in."""
    return moment if quiet is None or not quiet.holds(_clock(moment, zone)) else _end_of(quiet, moment, zone)


def _end_of(quiet: Quiet, moment: datetime, zone: ZoneInfo) -> datetime:
    """Of the quiet hours that a moment is in; where the clock shows their end twice, the one that comes after it."""
    again = datetime.combine(moment.astimezone(zone).date(), quiet.end, zone).replace(fold=1).astimezone(UTC)
    return again if again > moment else _next_clock(moment, quiet.end, zone)


def _clock(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time()


def _next_clock(moment: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """The first time that the wall clock shows so from a moment on."""
    day = moment.astimezone(zone).date()
    at = moment_of(day, clock, zone)
    return at if at >= moment else moment_of(day + ONE_DAY, clock, zone)


def _last_clock(moment: datetime, clock: time, zone: ZoneInfo) -> datetime:
    day = moment.astimezone(zone).date()
    at = moment_of(day, clock, zone)
    return at if at <= moment else moment_of(day - ONE_DAY, clock, zone)


def day_told(one: Occurrence, start: DayStart) -> date:
    """The session of another account that a summary tells of: the one it had most of twelve hours before."""
    return trading_day(one.at - HALF_A_DAY, start)
