"""What a trader wants to be told, from preferences that anybody may have written."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wishes import DAYS, NOTICES, USUAL, Wishes, clock, wishes_of

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["from", "to", *NOTICES]), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("preferences", [None, [], {}, {"notifications": 1, "quiet": [], "digest_day": "someday"}])
def test_nothing_chosen(preferences: object) -> None:
    assert wishes_of(preferences) == Wishes(USUAL)


def test_all_chosen() -> None:
    chosen = {
        "notifications": {"summary": False, "open": True},
        "summary_time": "09:30",
        "digest_day": "fri",
        "quiet": {"from": "22:00", "to": "07:00"},
        "announcements": False,
    }
    told = frozenset({"digest", "streak", "open"})
    assert wishes_of(chosen) == Wishes(told, time(9, 30), "fri", (time(22), time(7)), False)


@given(
    st.dictionaries(st.sampled_from(["notifications", "summary_time", "digest_day", "quiet", "announcements"]), json)
)
def test_whatever_stands_there_is_a_wish(preferences: object) -> None:
    wishes = wishes_of(preferences)
    assert wishes.told <= {*NOTICES}
    assert wishes.digest_day in DAYS


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("21:00", time(21)),
        ("9pm", time(21)),
        ("12 am", time(0)),
        ("7", time(7)),
        ("25:00", None),
        ("13pm", None),
        (9, None),
    ],
)
def test_a_clock_time(said: object, at: time | None) -> None:
    assert clock(said) == at
