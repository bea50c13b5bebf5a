"""What names an account in a message, and what "@" means besides."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts import Accounts
from bot.commands.accounts import day_start_said
from bot.commands.resting import day_said
from bot.reading.account_names import may_be_account, without_accounts
from bot.reading.amounts import amount_in
from bot.trading.day import DayStart, session_of, trading_day

KNOWN = ("main", "apex2", "my-own_1")


@pytest.mark.parametrize(
    ("text", "left", "names"),
    [
        ("long 2 nq 18250 > 18290 @apex2", "long 2 nq 18250 > 18290", ("apex2",)),
        ("@APEX2: long nq", "long nq", ("apex2",)),
        ("long nq on @apex2, out 18290", "long nq  , out 18290", ("apex2",)),
        ("stop 18230@apex2", "stop 18230", ("apex2",)),
        ("a @apex2\nb @main", "a  \nb", ("apex2", "main")),
        ("long nq @my-own_1.", "long nq  .", ("my-own_1",)),
        ("long nq @nobody", "long nq", ("nobody",)),
        ("long nq (@nobody)", "long nq ( )", ("nobody",)),
        ("@apex2", "", ("apex2",)),
    ],
)
def test_an_account_is_named(text: str, left: str, names: tuple[str, ...]) -> None:
    assert without_accounts(text, KNOWN) == (left, names)


@pytest.mark.parametrize(
    "text",
    [
        "long nq @ 18250",
        "long nq @18250",
        "long nq @market",
        "long nq @vwap stop 18230",
        "me@apex2.com",
        "me@apex2",
        "first.last@apex2",
        "@vigil_bot long nq",
        "@NQ long 18250",
        "@apex2.com",
        "@nobody@example.com",
        "x@nobody",
        "@nobody/path",
        "@a_name_of_more_than_twenty_letters",
        "no at all",
    ],
)
def test_no_account_is_named(text: str) -> None:
    assert without_accounts(text, KNOWN) == (text, ())


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    left, names = without_accounts(text, KNOWN)
    assert names or left == text
    assert all(name in KNOWN or may_be_account(name) for name in names)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("51240", "51240"),
        ("1k", "1000"),
        ("$1,500", "1500"),
        ("51.240,50", "51240.50"),
        ("51.240", "51240"),
        ("1'500", "1500"),
        ("50 000", "50000"),
        ("2000 usd", "2000"),
        ("2,000$", "2000"),
        ("-500", "-500"),
        ("1.5k", "1500"),
        ("50 mil", "50000"),
        ("R$ 50.000", "50000"),
        ("0", "0"),
    ],
)
def test_an_amount_of_money(text: str, amount: str) -> None:
    assert amount_in(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "lots", "1 2", "5 lots", "51240 peak", "five", "1.2.3", "10%", "50 millas", "9" * 100]
)
def test_no_amount_of_money(text: str) -> None:
    assert amount_in(text) is None


HOME = DayStart(ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "zone", "hour"),
    [
        ("18h New York", "America/New_York", 18),
        ("8 Uhr", "Europe/Berlin", 8),
        ("18:00 New York", "America/New_York", 18),
        ("18:00 america/new_york", "America/New_York", 18),
        ("6pm ET", "America/New_York", 18),
        ("17 Chicago", "America/Chicago", 17),
        ("1700 ct", "America/Chicago", 17),
        ("midnight CET", "Europe/Berlin", 0),
        ("12 am", "Europe/Berlin", 0),
        ("7:00 (tokyo)", "Asia/Tokyo", 7),
        ("22:00", "Europe/Berlin", 22),
    ],
)
def test_a_day_start_as_it_is_said(text: str, zone: str, hour: int) -> None:
    assert day_start_said(text, HOME) == DayStart(ZoneInfo(zone), hour)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "start"), ("soon", "start"), ("25:00", "start"), ("13pm", "start"), ("0am", "start"), ("17:30", "full_hour"),
     ("18:00 Atlantis", "zone"), ("18:00 ../../etc/passwd", "zone")],
)  # fmt: skip
def test_no_day_start(text: str, reason: str) -> None:
    assert day_start_said(text, HOME) == reason


@pytest.mark.parametrize(
    ("said", "day"),
    [("today", 25), ("tomorrow", 26), ("yesterday", 24), ("friday", 27), ("wednesday", 32), ("2026-03-30", 30)],
)
def test_a_day_that_is_named(said: str, day: int) -> None:
    """On Wednesday, 25 March."""
    assert day_said(said, date(2026, 3, 25)) == date.fromordinal(date(2026, 3, 1).toordinal() + day - 1)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(("America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Lord_Howe", "America/Sao_Paulo")),
    st.integers(0, 23),
)
def test_a_moment_lies_in_the_session_of_its_day(moment: datetime, zone: str, hour: int) -> None:
    """Also in the nights in which clocks change."""
    start = DayStart(ZoneInfo(zone), hour)
    began, ended = session_of(trading_day(moment, start), start)
    local = moment.astimezone(start.zone)
    if local.hour != hour or began <= moment:  # an hour that comes twice begins a session once
        assert began <= moment < ended


def test_odd_preferences_leave_the_default_account() -> None:
    row = {
        "id": "00000000-0000-4000-8000-000000000001", "name": "apex2", "currency": "USD", "account_size": 100_000,
        "day_zone": "Nowhere/Land", "day_hour": None, "firm": None, "challenge_phase": None, "closed_at": None,
    }  # fmt: skip
    for preferences in (None, [], "x", {"account": 7}, {"account": "nobody"}, {"account": ["apex2"]}):
        accounts = Accounts.of({"preferences": preferences, "accounts": [row]})
        assert accounts.current.name == "main"
    assert Accounts.of({"preferences": {"account": "apex2"}, "accounts": [row]}).current.name == "apex2"
    closed = row | {"closed_at": "2026-03-23T00:00:00+00:00"}
    assert Accounts.of({"preferences": {"account": "apex2"}, "accounts": [closed]}).current.name == "main"
