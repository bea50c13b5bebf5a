"""The words that say how a limit is measured: what we write is read back, what others write is understood."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trading.limit_types import DailyType, DrawdownType, daily_type, drawdown_type


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (None, "initial"),
        ("", "initial"),
        ("initial", "initial"),
        ("Initial balance", "initial"),
        ("initial_capital, hard breach", "initial hard"),
        ("balance", "balance"),
        ("previous day's BALANCE (soft)", "balance soft"),
        ("equity", "equity"),
        ("higher of balance and equity at reset", "equity"),
        ("equity_at_reset|account ends", "equity hard"),
        ("static", "initial"),
        ("pause until next session", "initial soft"),
        ("xyz", "initial"),
        ("none", None),
        (" None. ", None),
        ("N/A", None),
        ("off", None),
        ("no daily loss limit", None),
        ("no soft limit", None),
        ("none until funded", "initial"),
    ],
)
def test_daily_types(text: str | None, written: str | None) -> None:
    found = daily_type(text)
    assert (None if found is None else str(found)) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (None, "trailing_eod"),
        ("static", "static"),
        ("EOD static", "static"),
        ("fixed from initial balance", "static"),
        ("non-trailing", "static"),
        ("static, hard", "static hard"),
        ("trailing", "trailing_eod"),
        ("EOD trailing", "trailing_eod"),
        ("trailing_eod", "trailing_eod"),
        ("1-step", "trailing_eod"),
        ("trailing_intraday", "trailing_intraday"),
        ("Intraday trailing incl. unrealised, locks at start + $100", "trailing_intraday lock+100"),
        ("trailing_lock", "trailing_eod lock"),
        ("trailing lock +100", "trailing_eod lock+100"),
        ("trailing, stops at the initial balance", "trailing_eod lock"),
        ("EOD trailing, freezes at start", "trailing_eod lock"),
        ("trailing, locks at 50,100", "trailing_eod lock+50100"),
        ("trailing no lock", "trailing_eod"),
        ("trailing_never_locks", "trailing_eod"),
        ("static lock+100", "static"),
        ("xyz", "trailing_eod"),
        ("none", None),
        ("no max loss", None),
        ("no lock, trailing", "trailing_eod"),
    ],
)
def test_drawdown_types(text: str | None, written: str | None) -> None:
    found = drawdown_type(text)
    assert (None if found is None else str(found)) == written


def test_what_is_written_is_read_back() -> None:
    for base, ends in product(("initial", "balance", "equity"), (None, "soft", "hard")):
        kind = DailyType(base, ends)  # type: ignore[arg-type]
        assert daily_type(str(kind)) == kind
    for trail, lock, end in product(("eod", "intraday"), (None, Decimal(0), Decimal(100)), (None, "soft", "hard")):
        drawdown = DrawdownType(trail, lock, end)  # type: ignore[arg-type]
        assert drawdown_type(str(drawdown)) == drawdown
    assert drawdown_type(str(DrawdownType("static", None, "hard"))) == DrawdownType("static", None, "hard")


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for found, again in ((daily_type(text), daily_type), (drawdown_type(text), drawdown_type)):
        assert found is None or again(str(found)) == found
