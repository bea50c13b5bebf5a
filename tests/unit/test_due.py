"""When something is due: laws over zones, wishes and changes of the clocks, and cases that were worked out by hand."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reminding.due import (
    NIGHT,
    PROMPTS,
    TOGETHER,
    Occurrence,
    day_told,
    look,
    moment_of,
    occurrences,
    out_of_quiet,
)
from bot.reminding.wishes import KINDS, Kind, Quiet, Wishes
from bot.trading.day import DayStart, session_of, trading_day

BERLIN, NEW_YORK, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("UTC")
FUTURES = DayStart(NEW_YORK, 18)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "UTC",
         "Pacific/Chatham", "Asia/Tokyo", "America/Santiago"]  # fmt: skip
BEGINS = [
    datetime(2026, *day, tzinfo=UTC) for day in ((3, 5, 5), (3, 26), (4, 2), (10, 1, 9), (10, 22), (10, 29), (12, 27))
]
"""A few days before the clocks change somewhere, and the end of a year."""
DAYS = 10

clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
quiets = st.none() | st.builds(Quiet, clocks, clocks)
wishes_ = st.builds(
    Wishes,
    summary_time=clocks,
    digest_day=st.integers(0, 6),
    kinds=st.frozensets(st.sampled_from(KINDS), min_size=1),
    quiet=quiets,
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
starts = st.builds(DayStart, zones, st.integers(0, 23))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told_in(
    wishes: Wishes,
    zone: ZoneInfo,
    start: DayStart,
    begin: datetime,
    end: datetime,
    rests: frozenset[date] = frozenset(),
) -> list[tuple[datetime, tuple[Occurrence, ...]]]:
    """What a worker that is never late tells, where there is something to tell of everything."""
    looked_at, now, said = begin, begin, []
    told: set[tuple[Kind, date]] = set()
    while True:
        found = look(wishes, zone, start, looked_at, now, rests)
        due = [one for one in found.due if (one.kind, one.period) not in told]
        if due:
            due += [one for one in found.early if (one.kind, one.period) not in told]
            told |= {(one.kind, one.period) for one in due}
            said.append((now, tuple(due)))
        assert found.next_at is not None
        assert found.next_at > now
        looked_at, now = found.looked_at, found.next_at
        if now > end:
            return said


@given(wishes=wishes_, zone=zones, start=starts, begin=st.sampled_from(BEGINS))
def test_everything_is_told_once_in_its_time(wishes: Wishes, zone: ZoneInfo, start: DayStart, begin: datetime) -> None:
    """Over both changes of the clocks: each occurrence once, none before its time but prompts, none in quiet hours."""
    end = begin + timedelta(days=DAYS)
    said = told_in(wishes, zone, start, begin, end)
    every = [one for _, group in said for one in group]
    assert len({(one.kind, one.period) for one in every}) == len(every)
    wanted = set(occurrences(wishes, zone, start, begin, end - TOGETHER))
    assert wanted <= set(every)
    for now, group in said:
        for one in group:
            assert one.at - (TOGETHER if one.kind in PROMPTS else timedelta(0)) <= now < one.until
            quiet = wishes.quiet or (NIGHT if one.kind in PROMPTS else Quiet(time(0), time(0)))
            assert not quiet.holds(now.astimezone(zone).time())


@given(wishes=wishes_, zone=zones, start=starts, begin=st.sampled_from(BEGINS))
def test_every_session_has_its_summary_and_every_week_its_digest(
    wishes: Wishes, zone: ZoneInfo, start: DayStart, begin: datetime
) -> None:
    found = list(occurrences(wishes, zone, start, begin, begin + timedelta(days=DAYS)))
    for kind in wishes.kinds & {"summary", "digest"}:
        periods = sorted(one.period for one in found if one.kind == kind)
        step = timedelta(days=1 if kind == "summary" else 7)
        assert periods == [periods[0] + n * step for n in range(len(periods))]
        assert len(periods) >= (DAYS - 2 if kind == "summary" else 1)


@given(wishes=wishes_, zone=zones, start=starts, begin=st.sampled_from(BEGINS), hours=st.integers(0, 60))
def test_whoever_is_late_tells_no_two_days_at_once(
    wishes: Wishes, zone: ZoneInfo, start: DayStart, begin: datetime, hours: int
) -> None:
    now = begin + timedelta(hours=hours, minutes=17)
    found = look(wishes, zone, start, begin - timedelta(days=30), now)
    assert all(now < one.until for one in found.due)
    counted = Counter(one.kind for one in (*found.due, *found.early))
    assert counted.total() == len(counted)


@pytest.mark.parametrize(
    ("day", "clock", "moment"),
    [
        (date(2026, 3, 28), time(2, 30), "2026-03-28 01:30"),
        (date(2026, 3, 29), time(2, 30), "2026-03-29 01:30"),  # left out: half past three
        (date(2026, 10, 24), time(2, 30), "2026-10-24 00:30"),
        (date(2026, 10, 25), time(2, 30), "2026-10-25 00:30"),  # twice: the first
        (date(2026, 10, 26), time(2, 30), "2026-10-26 01:30"),
    ],
)
def test_a_wall_time_that_is_left_out_or_comes_twice(day: date, clock: time, moment: str) -> None:
    assert moment_of(day, clock, BERLIN) == at(moment)


def on(kind: Kind, wishes: Wishes, zone: ZoneInfo, start: DayStart, day: date) -> Occurrence | None:
    alone = Wishes(summary_time=wishes.summary_time, digest_day=wishes.digest_day, quiet=wishes.quiet,
                   kinds=frozenset({kind}))  # fmt: skip
    around = moment_of(day, time(0), UTC_ZONE)
    found = occurrences(alone, zone, start, around - timedelta(days=3), around + timedelta(days=4))
    return next((one for one in found if one.period == day), None)


FRIDAY = date(2026, 11, 27)
CASES: list[tuple[Kind, Wishes, ZoneInfo, DayStart, str, str]] = [
    ("summary", Wishes(), BERLIN, DayStart(BERLIN), "2026-11-27 20:00", "2026-11-28 00:00"),
    ("summary", Wishes(), BERLIN, FUTURES, "2026-11-27 20:00", "2026-11-28 00:00"),
    ("summary", Wishes(), NEW_YORK, FUTURES, "2026-11-28 02:00", "2026-11-28 06:00"),
    ("summary", Wishes(summary_time=time(7)), BERLIN, DayStart(BERLIN), "2026-11-28 06:00", "2026-11-28 10:00"),
    ("summary", Wishes(summary_time=time(22), quiet=NIGHT), BERLIN, DayStart(BERLIN),
     "2026-11-28 06:00", "2026-11-28 10:00"),
    ("digest", Wishes(digest_day=4), BERLIN, DayStart(BERLIN), "2026-11-27 20:00", "2026-11-30 20:00"),
    ("open", Wishes(), NEW_YORK, FUTURES, "2026-11-26 23:00", "2026-11-27 01:00"),
    ("open", Wishes(), BERLIN, DayStart(BERLIN), "2026-11-27 06:00", "2026-11-27 08:00"),
    ("streak", Wishes(), NEW_YORK, FUTURES, "2026-11-27 21:00", "2026-11-27 23:00"),
    ("streak", Wishes(), BERLIN, DayStart(BERLIN), "2026-11-27 20:45", "2026-11-27 23:00"),
    ("close", Wishes(), NEW_YORK, FUTURES, "2026-11-27 22:30", "2026-11-27 23:00"),
    ("close", Wishes(quiet=Quiet(time(0), time(0))), BERLIN, DayStart(BERLIN),
     "2026-11-27 22:30", "2026-11-27 23:00"),
    ("close", Wishes(quiet=Quiet(time(20), time(8))), BERLIN, DayStart(BERLIN),
     "2026-11-27 18:45", "2026-11-27 23:00"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "wishes", "zone", "start", "due", "until"), CASES)
def test_when_it_is_due(kind: Kind, wishes: Wishes, zone: ZoneInfo, start: DayStart, due: str, until: str) -> None:
    found = on(kind, wishes, zone, start, FRIDAY)
    assert found == Occurrence(kind, FRIDAY, at(due), at(until))


@pytest.mark.parametrize(
    ("quiet", "moment", "told"),
    [
        (None, "2026-11-27 23:00", "2026-11-27 23:00"),
        (NIGHT, "2026-11-27 20:59", "2026-11-27 20:59"),
        (NIGHT, "2026-11-27 23:00", "2026-11-28 06:00"),
        (NIGHT, "2026-10-24 22:00", "2026-10-25 06:00"),
        (Quiet(time(0), time(2, 30)), "2026-10-25 01:15", "2026-10-25 01:30"),  # the clock shows their end again
        (Quiet(time(0), time(2, 30)), "2026-03-29 00:45", "2026-03-29 01:30"),  # it is left out
    ],
)
def test_out_of_quiet_hours(quiet: Quiet | None, moment: str, told: str) -> None:
    assert out_of_quiet(quiet, at(moment), BERLIN) == at(told)


def test_prompts_are_for_weekdays() -> None:
    found = list(occurrences(Wishes(kinds=frozenset(PROMPTS)), BERLIN, FUTURES, at("2026-11-01"), at("2026-12-01")))
    assert {one.period.isoweekday() for one in found} == {1, 2, 3, 4, 5}


def test_before_quiet_hours_a_session_that_has_not_begun_has_no_close() -> None:
    """It lies in quiet hours whole."""
    wishes = Wishes(quiet=Quiet(time(0), time(23, 59)))
    assert on("close", wishes, NEW_YORK, DayStart(NEW_YORK, 0), FRIDAY) is None


def test_what_falls_due_within_an_hour_is_one_message() -> None:
    """At nine in the evening: summary and digest, and the streak and close of 21:45, ahead of the night."""
    wishes = Wishes(kinds=frozenset(KINDS))
    said = told_in(wishes, BERLIN, DayStart(BERLIN), at("2026-11-27 12:00"), at("2026-11-27 23:00"))
    assert [(now, [one.kind for one in group]) for now, group in said] == [
        (at("2026-11-27 20:00"), ["summary", "streak", "close"])
    ]


def test_a_prompt_waits_for_the_summary_where_it_can() -> None:
    wishes = Wishes(summary_time=time(17), kinds=frozenset({"summary", "streak"}))
    said = told_in(wishes, NEW_YORK, FUTURES, at("2026-11-27 12:00"), at("2026-11-27 23:30"))
    assert [(now, [one.kind for one in group]) for now, group in said] == [
        (at("2026-11-27 22:00"), ["summary", "streak"])  # not at 21:00 already
    ]


def test_nothing_in_a_pause_and_nothing_made_up_for() -> None:
    """Neither the digest of the Sunday in it, which could be told until Wednesday, nor a summary."""
    wishes = Wishes(kinds=frozenset({"summary", "digest"}), paused_until=date(2026, 11, 30))
    said = told_in(wishes, BERLIN, DayStart(BERLIN), at("2026-11-27 12:00"), at("2026-12-01 12:00"))
    assert [(now, [one.kind for one in group]) for now, group in said] == [(at("2026-11-30 20:00"), ["summary"])]


@pytest.mark.parametrize("until", ["forever", date(2026, 12, 24), date.max])
def test_nothing_is_made_up_for_once_a_pause_is_lifted(until: date | Literal["forever"]) -> None:
    start, looked_at, now = DayStart(BERLIN), at("2026-11-27 12:00"), at("2026-11-29 20:00")
    found = look(Wishes(paused_until=until), BERLIN, start, looked_at, now)
    assert (found.due, found.early, found.next_at) == ((), (), at("2026-11-30 20:00"))
    assert look(Wishes(), BERLIN, start, found.looked_at, now + timedelta(hours=2)).due == ()


def test_whoever_is_new_is_told_nothing_of_before() -> None:
    """Not Sunday's digest, on the Tuesday on which a chat is linked."""
    wishes, start, now = Wishes(kinds=frozenset(KINDS)), DayStart(BERLIN), at("2026-11-24 20:30")
    assert len(look(wishes, BERLIN, start, now - timedelta(days=3), now).due) == 2
    found = look(wishes, BERLIN, start, None, now)
    assert (found.due, found.next_at) == ((), at("2026-11-24 20:45"))
    assert [one.kind for one in look(wishes, BERLIN, start, None, at("2026-11-24 20:45")).due] == ["streak", "close"]


def test_nothing_wished_is_looked_at_no_more() -> None:
    assert look(Wishes(kinds=frozenset()), BERLIN, FUTURES, None, at("2026-11-27 20:00")).next_at is None


REST_DAYS = [
    ((), time(7), [(28, "summary", 27), (29, "summary", 28), (29, "digest", 29), (30, "summary", 29)]),
    ((28,), time(7), [(29, "summary", 27), (29, "digest", 29), (30, "summary", 29)]),
    ((28, 29), time(7), [(30, "summary", 27), (30, "digest", 29)]),
    ((27, 28, 29, 30), time(7), []),
    ((28,), time(21), [(27, "summary", 27), (29, "summary", 29), (29, "digest", 29), (30, "summary", 30)]),
    ((29,), time(21), [(27, "summary", 27), (28, "summary", 28), (30, "summary", 30), (30, "digest", 29)]),
]


@pytest.mark.parametrize(("resting", "clock", "told"), REST_DAYS)
def test_on_a_rest_day_nothing_is_told_and_what_falls_due_comes_after_it(
    resting: tuple[int, ...], clock: time, told: list[tuple[int, Kind, int]]
) -> None:
    """From Friday noon to Tuesday: the day of the month on which something is told, and what."""
    rests = frozenset(date(2026, 11, day) for day in resting)
    wishes = Wishes(summary_time=clock, kinds=frozenset({"summary", "digest"}))
    said = told_in(wishes, BERLIN, DayStart(BERLIN), at("2026-11-27 11:00"), at("2026-11-30 23:00"), rests)
    found = [(now.astimezone(BERLIN), one) for now, group in said for one in group]
    assert [(now.day, one.kind, one.period.day) for now, one in found] == told
    assert {now.time() for now, _ in found} <= {clock}


def test_three_rest_days_in_a_row_are_waited_for_and_no_more() -> None:
    """Friday's summary is due on Saturday."""
    wishes = Wishes(summary_time=time(7), kinds=frozenset({"summary"}))
    for length, told in ((3, [27]), (4, [])):
        rests = frozenset(date(2026, 11, 28) + timedelta(days=n) for n in range(length))
        end = datetime.combine(max(rests) + timedelta(days=1), time(12), UTC)
        said = told_in(wishes, BERLIN, DayStart(BERLIN), at("2026-11-27 11:00"), end, rests)
        assert [one.period.day for _, group in said for one in group] == told


def test_what_waits_for_the_end_of_a_rest_day_comes_at_its_hour_and_with_nothing_before() -> None:
    """The session begins at midnight, and with it a look."""
    wishes = Wishes(
        summary_time=time(21), digest_day=6, kinds=frozenset({"digest", "open"}), quiet=Quiet(time(0), time(0))
    )
    said = told_in(
        wishes,
        BERLIN,
        DayStart(BERLIN),
        at("2026-11-29 12:00"),
        at("2026-11-30 22:00"),
        frozenset({date(2026, 11, 29)}),
    )
    assert [(now, [one.kind for one in group]) for now, group in said] == [
        (at("2026-11-29 23:00"), ["open"]),
        (at("2026-11-30 20:00"), ["digest"]),
    ]


def test_a_rest_day_that_is_taken_back_gives_back_what_it_kept() -> None:
    wishes, start = Wishes(summary_time=time(7), kinds=frozenset({"summary"})), DayStart(BERLIN)
    resting, morning = frozenset({date(2026, 11, 28)}), at("2026-11-28 06:00")
    found = look(wishes, BERLIN, start, at("2026-11-27 11:00"), morning, resting)
    assert (found.due, found.next_at) == ((), at("2026-11-29 06:00"))
    (summary,) = look(wishes, BERLIN, start, found.looked_at, morning + timedelta(hours=2)).due
    assert summary.period == date(2026, 11, 27)


def test_prompts_are_of_their_session_whatever_the_date_is() -> None:
    """Thursday rests, from Wednesday evening to Thursday evening in New York; then Friday begins."""
    wishes = Wishes(kinds=frozenset({"open", "close"}), quiet=Quiet(time(0), time(0)))
    said = told_in(
        wishes, NEW_YORK, FUTURES, at("2026-11-25 12:00"), at("2026-11-28 03:00"), frozenset({date(2026, 11, 26)})
    )
    found = [(now, one.kind, one.period.day) for now, group in said for one in group]
    assert found == [
        (at("2026-11-25 22:30"), "close", 25),
        (at("2026-11-26 23:00"), "open", 27),
        (at("2026-11-27 22:30"), "close", 27),
    ]


@given(zone=zones, start=starts, other=starts, clock=clocks, day=st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_of_another_account_the_session_around_the_same_time(
    zone: ZoneInfo, start: DayStart, other: DayStart, clock: time, day: date
) -> None:
    found = on("summary", Wishes(summary_time=clock), zone, start, day)
    assert found is not None
    began, ended = session_of(day_told(found, other), other)
    assert began <= found.at - timedelta(hours=12) < ended
    assert trading_day(found.at - timedelta(hours=24), start) <= day <= trading_day(found.at, start)
