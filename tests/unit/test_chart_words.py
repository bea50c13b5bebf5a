"""Which chart of which days: what is typed after /chart, and what its buttons carry."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charting.wanted import KINDS, Unclear, Wanted, period_of, wanted_in
from bot.periods import EARLIEST, Period
from bot.texts import buttons
from bot.texts.buttons import MOST_BYTES, Command
from bot.texts.pressed import parse_button

TODAY = date(2026, 11, 26)
"""A Thursday."""


def days(first: str, last: str = "2026-11-26") -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("today", days("2026-11-26")),
        ("yesterday", days("2026-11-25", "2026-11-25")),
        ("week", days("2026-11-23")),
        ("this week", days("2026-11-23")),
        ("last week", days("2026-11-16", "2026-11-22")),
        ("last month", days("2026-10-01", "2026-10-31")),
        ("this quarter", days("2026-10-01")),
        ("last quarter", days("2026-07-01", "2026-09-30")),
        ("last year", days("2025-01-01", "2025-12-31")),
        ("ytd", days("2026-01-01")),
        ("2025", days("2025-01-01", "2025-12-31")),
        ("2026", days("2026-01-01")),
        ("march", days("2026-03-01", "2026-03-31")),
        ("december", days("2025-12-01", "2025-12-31")),
        ("feb 2024", days("2024-02-01", "2024-02-29")),
        ("2026-02", days("2026-02-01", "2026-02-28")),
        ("30 days", days("2026-10-28")),
        ("the last 2 weeks", days("2026-11-13")),
        ("6 months", days("2026-05-27")),
        ("5 years", days("2021-11-27")),
        ("2026-03-01 to 2026-03-15", days("2026-03-01", "2026-03-15")),
        ("from 2026-11-01 until 2027-01-01", days("2026-11-01")),
        ("since 2026-11-02", days("2026-11-02")),
        ("2026-11-02", days("2026-11-02", "2026-11-02")),
        ("all", Period(EARLIEST, TODAY)),
    ],
)
def test_a_period(text: str, period: Period) -> None:
    assert wanted_in(f"symbols {text}", TODAY) == Wanted(kind="symbols", period=period)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Wanted(kind="equity")),
        ("equity", Wanted(kind="equity")),
        ("drawdown", Wanted(kind="equity")),
        ("calendar", Wanted(kind="days")),
        ("days", Wanted(kind="days")),
        ("days week", Wanted(kind="days", period=days("2026-11-23"))),
        ("P&L by symbol", Wanted(kind="symbols")),
        ("by hour", Wanted(kind="hours")),
        ("Rules", Wanted(kind="rules")),
        ("r", Wanted(kind="r")),
        ("nq", Wanted(kind="equity", symbol="NQ")),
        ("days of es in march", Wanted(kind="days", symbol="ES", period=days("2026-03-01", "2026-03-31"))),
        ("r dark 6e", Wanted(kind="r", symbol="6E", theme="dark")),
        ("light", Wanted(kind="equity", theme="light")),
    ],
)
def test_a_chart(text: str, wanted: Wanted) -> None:
    assert wanted_in(text, TODAY) == wanted


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-13", Unclear("period", "2026-13")),
        ("2026-02-30", Unclear("period", "2026-02-30")),
        ("2026-05-01 to 2026-04-01", Unclear("period", "2026-05-01 to 2026-04-01")),
        ("since 2027-01-01", Unclear("period", "since 2027-01-01")),
        ("2031", Unclear("period", "2031")),
        ("0 days", Unclear("period", "0 days")),
        ("999999999 years", Unclear("period", "999999999 years")),
        ("candles!", Unclear("word", "candles!")),
        ("a-very-long-name", Unclear("word", "a-very-long-name")),
        ("nq es", Unclear("two", "NQ ES")),
        ("rules hours", Unclear("two", "rules hours")),
        ("dark light", Unclear("two", "dark light")),
    ],
)
def test_what_cannot_be_shown(text: str, problem: Unclear) -> None:
    assert wanted_in(text, TODAY) == problem


def test_without_a_period() -> None:
    assert period_of(Wanted(kind="equity"), TODAY) == days("2026-08-29")
    assert period_of(Wanted(kind="days"), TODAY) == days("2026-10-01")
    assert period_of(Wanted(kind="days"), date(2026, 1, 1)) == Period(date(2025, 12, 1), date(2026, 1, 1))


WORDS = st.sampled_from(
    ["last", "week", "days", "since", "to", "2026-03-01", "2026-99-99", "march", "all", "nq", "31", "r", "-", "0001"]
)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=8).map(" ".join)), st.dates(date(2000, 1, 1)))
def test_no_words_break_it(text: str, today: date) -> None:
    found = wanted_in(text, today)
    if isinstance(found, Wanted):
        period = period_of(found, today) if today > date(2000, 3, 1) else found.period
        assert period is None or period.first <= period.last <= today


@given(
    st.sampled_from(KINDS),
    st.dates(EARLIEST, TODAY),
    st.dates(EARLIEST, TODAY),
    st.sampled_from([None, "NQ", "6E", "BRK.B"]),
)
def test_a_button_asks_for_what_it_stands_below(kind: str, one: date, two: date, symbol: str | None) -> None:
    period = Period(min(one, two), max(one, two))
    data = buttons.chart(kind, period, symbol)  # type: ignore[arg-type]
    pressed = parse_button(data)
    assert len(data) <= MOST_BYTES
    assert isinstance(pressed, Command)
    assert pressed.name == "chart"
    assert wanted_in(pressed.argument or "", TODAY) == Wanted(kind=kind, period=period, symbol=symbol)  # type: ignore[arg-type]


def test_a_symbol_that_no_button_can_carry_is_left_out() -> None:
    assert buttons.chart("r", days("2026-01-01"), "$^&:").endswith(":20261126")
    assert parse_button("ck:r:20260101:20261126:x y") is None
