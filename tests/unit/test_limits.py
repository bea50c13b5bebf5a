"""Limits by hand: what each kind of daily loss and drawdown leaves, and when it warns."""

from decimal import Decimal
from typing import Any

import pytest

from bot.trading.limits import AccountLimits, DayFigures, Guard, guards


def guard(kind: str, day: dict[str, Any], account: dict[str, Any]) -> Guard | None:
    figures = {name: Decimal(value) for name, value in day.items()}
    rules = {
        name: Decimal(v) if name.endswith("pct") else v for name, v in ({"account_size": 50_000} | account).items()
    }
    found = [one for one in guards(DayFigures(**figures), AccountLimits(**rules)) if one.kind == kind]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("kind", "start", "used", "expected"),
    [
        ("initial", 60_000, 412, (1000, 588, "ok")),
        (None, 60_000, 412, (1000, 588, "ok")),
        ("balance", 60_000, 412, (1200, 788, "ok")),
        ("equity_at_reset", 60_000, 960, (1200, 240, "warn")),
        ("initial_balance", 60_000, 800, (1000, 200, "warn")),
        ("initial", 60_000, 1000, (1000, 0, "breach")),
        ("initial", 60_000, 1100, (1000, -100, "breach")),
    ],
)
def test_daily_loss(kind: str | None, start: int, used: int, expected: tuple[int, int, str]) -> None:
    found = guard(
        "daily_loss",
        {"starting_balance": start, "daily_loss_used": used},
        {"daily_loss_limit_pct": 2, "daily_loss_type": kind},
    )
    assert found is not None
    assert (found.used, (found.limit, found.left, found.level)) == (used, expected)


@pytest.mark.parametrize(
    ("kind", "ending", "high", "expected"),
    [
        ("static", 49_000, 53_000, (1000, 1000, "ok")),
        ("static", 52_000, 53_000, (0, 4000, "ok")),
        ("static", 48_300, 50_000, (1700, 300, "warn")),
        ("trailing_eod", 52_000, 53_000, (1000, 1000, "ok")),
        (None, 50_900, 53_000, (2100, -100, "breach")),
        ("trailing_lock", 50_900, 53_000, (1100, 900, "ok")),
        ("trailing lock +100", 50_900, 53_000, (1200, 800, "ok")),
        ("trailing", 48_000, 49_000, (2000, 0, "breach")),
    ],
)
def test_drawdown(kind: str | None, ending: int, high: int, expected: tuple[int, int, str]) -> None:
    found = guard(
        "drawdown",
        {"ending_balance": ending, "max_equity_high": high},
        {"max_drawdown_pct": 4, "max_drawdown_type": kind},
    )
    assert found is not None
    assert (found.used, found.left, found.level) == expected
    assert found.limit == 2000


@pytest.mark.parametrize(("taken", "left", "level"), [(2, 1, "ok"), (3, 0, "warn"), (4, -1, "breach")])
def test_trades_a_day(taken: int, left: int, level: str) -> None:
    found = guard("trades", {"trades_taken": taken}, {"max_daily_trades": 3})
    assert found is not None
    assert (found.left, found.level) == (left, level)


@pytest.mark.parametrize(
    "account",
    [
        {},
        {"account_size": None, "daily_loss_limit_pct": 2, "max_drawdown_pct": 4},
        {"daily_loss_limit_pct": "NaN", "max_drawdown_pct": "Infinity"},
        {"daily_loss_limit_pct": -2, "max_drawdown_pct": 0, "max_daily_trades": 0},
        {"daily_loss_limit_pct": 2, "daily_loss_type": "none", "max_drawdown_pct": 4, "max_drawdown_type": "none"},
    ],
)
def test_what_is_not_set_or_makes_no_sense_is_no_limit(account: dict[str, Any]) -> None:
    day = {"starting_balance": 50_000, "ending_balance": 49_000, "daily_loss_used": 1000, "trades_taken": 9}
    assert [guard(kind, day, account) for kind in ("daily_loss", "drawdown", "trades")] == [None] * 3


def test_a_figure_that_is_no_number_is_not_measured() -> None:
    day = {"ending_balance": "NaN", "daily_loss_used": "Infinity", "max_equity_high": "NaN"}
    account = {"daily_loss_limit_pct": 2, "max_drawdown_pct": 4}
    assert [guard(kind, day, account) for kind in ("daily_loss", "drawdown")] == [None] * 2


def test_what_is_not_known_of_the_day_is_not_measured() -> None:
    account = {"daily_loss_limit_pct": 2, "max_drawdown_pct": 4, "max_daily_trades": 3}
    assert [guard(kind, {}, account) for kind in ("daily_loss", "drawdown", "trades")] == [None] * 3
