"""The trading day of a moment: sessions across midnight, clock changes, and what clients may write as preferences."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trading.day import DayStart, day_start_of, session_end, trading_day, zone_named, zone_of

NEW_YORK = ZoneInfo("America/New_York")
FUTURES = DayStart(NEW_YORK, 18)
ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana",
         "America/Santiago", "Asia/Kolkata", "Pacific/Chatham", "UTC"]  # fmt: skip


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-01T18:00", date(2026, 3, 2)),  # Sunday evening is Monday
        ("2026-03-01T17:59:59", date(2026, 3, 1)),
        ("2026-03-02T23:00", date(2026, 3, 3)),  # an 11 pm trade is tomorrow's
        ("2026-03-03T00:30", date(2026, 3, 3)),
        ("2026-03-03T16:59", date(2026, 3, 3)),
        ("2026-12-31T19:00", date(2027, 1, 1)),
    ],
)
def test_a_futures_session_is_named_by_the_date_it_ends_on(moment: str, day: date) -> None:
    assert trading_day(local(moment), FUTURES) == day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-03T05:59", date(2026, 3, 2)),
        ("2026-03-03T06:00", date(2026, 3, 3)),
        ("2026-03-03T23:59", date(2026, 3, 3)),
    ],
)
def test_a_session_from_the_morning_is_named_by_the_date_it_starts_on(moment: str, day: date) -> None:
    assert trading_day(local(moment), DayStart(NEW_YORK, 6)) == day


def test_midnight_in_another_zone_than_utc() -> None:
    berlin = DayStart(ZoneInfo("Europe/Berlin"))
    assert trading_day(datetime(2026, 7, 1, 21, 59, tzinfo=UTC), berlin) == date(2026, 7, 1)
    assert trading_day(datetime(2026, 7, 1, 22, 0, tzinfo=UTC), berlin) == date(2026, 7, 2)


@pytest.mark.parametrize(
    ("moment", "end", "hours"),
    [
        ("2026-03-07T18:00", datetime(2026, 3, 8, 22, tzinfo=UTC), 23),  # clocks go forward on 8 March
        ("2026-10-31T18:00", datetime(2026, 11, 1, 23, tzinfo=UTC), 25),  # and back on 1 November
        ("2026-06-01T18:00", datetime(2026, 6, 2, 22, tzinfo=UTC), 24),
    ],
)
def test_a_session_ends_at_the_wall_clock_hour_whatever_the_clocks_do(moment: str, end: datetime, hours: int) -> None:
    start = local(moment)
    assert session_end(start, FUTURES) == end
    assert end - start.astimezone(UTC) == timedelta(hours=hours)


def test_an_hour_that_the_clocks_skip_starts_the_day_where_the_clock_lands() -> None:
    at_two = DayStart(NEW_YORK, 2)
    assert trading_day(datetime(2026, 3, 8, 6, 59, tzinfo=UTC), at_two) == date(2026, 3, 7)
    assert trading_day(datetime(2026, 3, 8, 7, 0, tzinfo=UTC), at_two) == date(2026, 3, 8)


@given(
    seconds=st.integers(1_420_070_400, 2_000_000_000),  # 2015 to 2033
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
)
def test_a_session_ends_where_the_next_begins(seconds: int, zone: str, hour: int) -> None:
    start = DayStart(ZoneInfo(zone), hour)
    moment = datetime.fromtimestamp(seconds, UTC)
    end = session_end(moment, start)
    day = trading_day(moment, start)
    assert moment < end <= moment + timedelta(hours=25)
    assert trading_day(end - timedelta(seconds=1), start) == day
    assert trading_day(end, start) == day + timedelta(days=1)


def test_the_day_start_comes_from_the_preferences() -> None:
    chosen = {"timezone": "Europe/Berlin", "day_start": {"zone": "America/New_York", "hour": 18}}
    assert day_start_of(chosen) == FUTURES
    assert zone_of(chosen) == ZoneInfo("Europe/Berlin")
    assert day_start_of({"timezone": "Europe/Berlin", "day_start": {"hour": 7}}) == DayStart(
        ZoneInfo("Europe/Berlin"), 7
    )
    assert day_start_of({"timezone": "Europe/Berlin"}) == DayStart(ZoneInfo("Europe/Berlin"), 0)


@pytest.mark.parametrize(
    "day_start",
    [None, 18, "18:00", [], {}, {"hour": 24}, {"hour": -1}, {"hour": True}, {"hour": "18"}, {"hour": 18.5},
     {"hour": 18, "zone": "Mars/Olympus"}, {"hour": 18, "zone": {"a": 1}}, {"hour": 18, "zone": "../../etc/passwd"}],
)  # fmt: skip
def test_a_day_start_with_anything_wrong_is_midnight_at_home(day_start: Any) -> None:
    assert day_start_of({"timezone": "Europe/Berlin", "day_start": day_start}) == DayStart(ZoneInfo("Europe/Berlin"), 0)


@pytest.mark.parametrize(
    "preferences",
    [None, [], "x", 7, {}, {"timezone": None}, {"timezone": ["UTC"]}, {"timezone": "/etc/passwd"},
     {"timezone": "America"}, {"timezone": "a\0b"}, {"timezone": "x" * 100_000}, {"timezone": "\ud800"},
     {"timezone": ""}],
)  # fmt: skip
def test_preferences_with_anything_wrong_mean_utc_midnight(preferences: Any) -> None:
    assert day_start_of(preferences) == DayStart(ZoneInfo("UTC"), 0)


def test_only_known_zones_have_a_name() -> None:
    assert zone_named("Europe/Berlin") == ZoneInfo("Europe/Berlin")
    assert zone_named("europe/atlantis") is None


KEYS = st.sampled_from(["timezone", "day_start", "zone", "hour"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner)))
def test_no_preferences_raise(preferences: Any) -> None:
    assert isinstance(day_start_of(preferences), DayStart)
