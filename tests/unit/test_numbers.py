"""Figures as the trader sees them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import View, numbers
from bot.texts.words import Words, quoted, symbol

VIEW = View("en", ZoneInfo("America/New_York"), "USD", datetime(2026, 3, 23, 18, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1600", "USD", "+$1,600.00"),
        ("-412.5", "USD", "-$412.50"),
        ("0", "USD", "$0.00"),
        ("-0.001", "EUR", "€0.00"),
        ("80", "CHF", "+CHF 80.00"),
        ("-1234.6", "JPY", "-¥1,235"),
        ("99.995", "GBP", "+£100.00"),
        ("NaN", "USD", "?"),
        ("1e400", "USD", "?"),
    ],
)
def test_gains(amount: str, currency: str, shown: str) -> None:
    assert numbers.gain(Decimal(amount), currency) == shown


def test_money_that_is_no_gain_has_no_plus() -> None:
    assert numbers.money(Decimal(800), "USD") == "$800.00"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("18250.25", "18,250.25"),
        ("9999.75", "9999.75"),
        ("10000", "10,000"),
        ("18290.50", "18,290.50"),
        ("1.08620", "1.08620"),
        ("-37.63", "-37.63"),
        ("1E+3", "1000"),
        ("0.00000000000000001", "0"),
        ("1E+20", "1.000e+20"),
        ("Infinity", "?"),
    ],
)
def test_prices_keep_their_digits(value: str, shown: str) -> None:
    assert numbers.price(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("2", "2"), ("2.00", "2"), ("0.50", "0.5"), ("1E+2", "100"), ("25000", "25,000"), ("NaN", "?")]
)
def test_sizes_lose_needless_digits(value: str, shown: str) -> None:
    assert numbers.size(Decimal(value)) == shown


def test_points_percentages_and_multiples() -> None:
    assert [numbers.point_worth(Decimal(worth), "USD") for worth in ("20", "12.5", "0.5")] == ["$20", "$12.50", "$0.50"]
    assert [numbers.percentage(Decimal(value)) for value in ("100", "87.52", "0")] == ["100%", "87.5%", "0%"]
    assert [numbers.multiple(Decimal(value)) for value in ("2", "-1.04", "1.55", "0.01")] == [
        "+2R",
        "-1R",
        "+1.6R",
        "0R",
    ]


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_whatever_the_database_holds_is_shown_in_short(value: Decimal) -> None:
    shown = (
        numbers.price(value),
        numbers.size(value),
        numbers.gain(value, "USD"),
        numbers.percentage(value),
        numbers.multiple(value),
    )
    assert all(0 < len(text) <= 32 for text in shown)


def test_times_are_the_traders() -> None:
    words = Words.of(VIEW)
    assert words.clock(datetime(2026, 3, 23, 18, 5, tzinfo=UTC)) == "14:05"
    assert words.clock(datetime(2026, 3, 23, 3, 59, tzinfo=UTC)) == "22 Mar 23:59"
    assert words.clock(datetime(2025, 12, 31, 15, 0, tzinfo=UTC)) == "31 Dec 2025 10:00"
    assert words.day(date(2026, 3, 22)) == "22 Mar"


def test_text_of_others_is_one_short_line() -> None:
    assert quoted("  two\nlines\t and \x00\u202e marks ") == "two lines and marks"
    assert quoted("x" * 500) == "x" * 199 + "…"
    assert quoted("x" * 200) == "x" * 200
    assert symbol("ABCDEFGHIJKLMNOP") == "ABCDEFGHIJK…"
