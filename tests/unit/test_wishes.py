"""What a trader wishes to be told, from a column that clients write; and until when a pause lasts."""

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.pausing import pause_end
from bot.reminding.wishes import KINDS, Quiet, Wishes, wishes_of

DEFAULT = Wishes()
THURSDAY = date(2026, 11, 26)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["21:00", "24:00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
names = ["summary_time", "digest_day", "notifications", "quiet", "paused_until", "timezone"]


def test_what_is_wished() -> None:
    assert wishes_of(
        {
            "summary_time": "07:30",
            "digest_day": "fri",
            "notifications": {"summary": False, "open": True},
            "quiet": {"from": "22:00", "to": "06:30"},
            "paused_until": "2026-12-01",
            "announcements": False,
        }
    ) == Wishes(
        summary_time=time(7, 30),
        digest_day=4,
        kinds=frozenset({"digest", "streak", "open"}),
        quiet=Quiet(time(22), time(6, 30)),
        paused_until=date(2026, 12, 1),
        announcements=False,
    )


def test_nothing_chosen() -> None:
    assert wishes_of({}) == wishes_of(None) == DEFAULT
    assert (DEFAULT.summary_time, DEFAULT.digest_day, DEFAULT.quiet) == (time(21), 6, None)
    assert DEFAULT.kinds == {"summary", "digest", "streak"}


@pytest.mark.parametrize(
    "preferences",
    [
        {"summary_time": "24:00"}, {"summary_time": "9:00"}, {"summary_time": "21:00\n"}, {"summary_time": 21},
        {"summary_time": "٢١:00"}, {"digest_day": "sunday"}, {"digest_day": []}, {"digest_day": {}}, {"digest_day": 6},
        {"notifications": [True]}, {"notifications": {"summary": "false", "open": 1}}, {"quiet": "22:00-07:00"},
        {"quiet": {"from": "22:00"}}, {"quiet": {"from": "22:00", "to": None}}, {"paused_until": "2026-02-31"},
        {"paused_until": "tomorrow"}, {"paused_until": True}, {"paused_until": ["forever"]}, [], 7, "forever",
    ],
)  # fmt: skip
def test_what_is_wrong_means_the_default(preferences: Any) -> None:
    assert wishes_of(preferences) == DEFAULT


@given(st.dictionaries(st.sampled_from(names), json_values))
def test_never_raises(preferences: dict[str, Any]) -> None:
    wishes = wishes_of(preferences)
    assert wishes.kinds <= set(KINDS)
    wishes.paused_on(THURSDAY)


@pytest.mark.parametrize(
    ("quiet", "clock", "holds"),
    [
        (Quiet(time(22), time(7)), time(21, 59), False),
        (Quiet(time(22), time(7)), time(22), True),
        (Quiet(time(22), time(7)), time(6, 59), True),
        (Quiet(time(22), time(7)), time(7), False),
        (Quiet(time(9), time(12)), time(11, 59), True),
        (Quiet(time(9), time(12)), time(12), False),
        (Quiet(time(9), time(9)), time(9), False),
    ],
)
def test_quiet_hours(quiet: Quiet, clock: time, holds: bool) -> None:
    assert quiet.holds(clock) is holds


def test_a_pause_ends_as_its_day_begins() -> None:
    assert Wishes(paused_until=date(2026, 11, 27)).paused_on(THURSDAY)
    assert not Wishes(paused_until=THURSDAY).paused_on(THURSDAY)
    assert Wishes(paused_until="forever").paused_on(date.max)


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("3 days", date(2026, 11, 29)), ("for a week", date(2026, 12, 3)), ("2 weeks", date(2026, 12, 10)),
        ("until friday", date(2026, 11, 27)), ("till next thursday", date(2026, 12, 3)),
        ("until tomorrow", date(2026, 11, 27)), ("until 2026-12-24", date(2026, 12, 24)),
        ("today", date(2026, 11, 27)), ("until today", THURSDAY), ("1 month", date(2026, 12, 26)),
        ("until next week", date(2026, 11, 30)), ("until 24 dec", date(2026, 12, 24)), ("nov 27", date(2026, 11, 27)),
        ("until nov 26", THURSDAY), ("till 24.12.2026", date(2026, 12, 24)), ("until 25. märz", date(2027, 3, 25)),
        ("until dec", None), ("until 31 feb", None), ("1 tag", None), ("24", None),
        ("one day", date(2026, 11, 27)), ("999 weeks", date(2046, 1, 18)),
        ("1000 days", None), ("-3 days", None), ("٣ days", None), ("a while", None),
        ("2026-13-01", None), ("3 days or so", None),
    ],
)  # fmt: skip
def test_until_when_a_pause_lasts(said: str, end: date | None) -> None:
    assert pause_end(said, THURSDAY) == end
