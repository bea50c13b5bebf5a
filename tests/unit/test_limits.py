"""Limits by hand: what each kind of daily loss and drawdown leaves, and how near it is."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trading.limits import LEVELS, AccountLimits, DayFigures, Guard, daily_limit, guards, progress
from bot.trading.pnl import LARGEST

CENTS = st.decimals(-60_000, 60_000, places=2)


def account(**rules: Any) -> AccountLimits:
    return AccountLimits(**({"account_size": 50_000} | rules))


def guard(kind: str, day: DayFigures, rules: AccountLimits) -> Guard | None:
    found = [one for one in guards(day, rules) if one.kind == kind]
    return found[0] if found else None


def figures(found: Guard | None) -> tuple[int | None, int, int, str]:
    """floor, used, left, level"""
    assert found is not None
    return (None if found.floor is None else int(found.floor), int(found.used), int(found.left), found.level)


# ---- daily loss


@pytest.mark.parametrize(
    ("kind", "start", "made", "expected"),
    [
        # a share of the account size, $1,000, below a start of $60,000
        ("initial", 60_000, -412, (59_000, 412, 588, "ok")),
        (None, 60_000, -699, (59_000, 699, 301, "ok")),
        ("initial_balance", 60_000, -700, (59_000, 700, 300, "warn")),
        ("initial", 60_000, -899, (59_000, 899, 101, "warn")),
        ("initial soft", 60_000, -900, (59_000, 900, 100, "close")),
        ("initial", 60_000, -999, (59_000, 999, 1, "close")),
        ("initial", 60_000, -1000, (59_000, 1000, 0, "reached")),
        ("initial", 60_000, -1100, (59_000, 1100, 0, "reached")),
        # what the day has made must be lost first
        ("initial", 60_000, 500, (59_000, 0, 1500, "ok")),
        ("balance", 60_000, 500, (58_800, 0, 1700, "ok")),
        # a share of the balance at the day's start, $1,200
        ("balance", 60_000, -412, (58_800, 412, 788, "ok")),
        ("balance_soft", 60_000, -1200, (58_800, 1200, 0, "reached")),
        ("equity_at_reset", 60_000, -960, (58_800, 960, 240, "warn")),
        ("Higher of balance and equity", 60_000, -960, (58_800, 960, 240, "warn")),
        ("balance", 40_000, -412, (39_200, 412, 388, "ok")),
    ],
)
def test_daily_loss(kind: str | None, start: int, made: int, expected: tuple[int, int, int, str]) -> None:
    day = DayFigures(starting_balance=Decimal(start), daily_pnl=Decimal(made))
    rules = account(daily_loss_limit_pct=Decimal(2), daily_loss_type=kind)
    assert figures(guard("daily_loss", day, rules)) == expected


def test_how_far_a_limit_was_overshot() -> None:
    rules = account(daily_loss_limit_pct=Decimal(2), daily_loss_type="initial hard")
    found = guard("daily_loss", DayFigures(daily_pnl=Decimal(-1100)), rules)
    assert found is not None
    assert (found.left, found.over, found.ends, found.percent) == (0, 100, "hard", 110)


def test_a_day_that_another_writer_counted_by_its_loss_alone() -> None:
    rules = account(daily_loss_limit_pct=Decimal(2))
    found = guard("daily_loss", DayFigures(starting_balance=Decimal(60_000), daily_loss_used=Decimal(412)), rules)
    assert figures(found) == (59_000, 412, 588, "ok")


@pytest.mark.parametrize(
    ("kind", "start", "limit"),
    [
        ("initial", 60_000, 1000),
        ("balance", 60_000, 1200),
        ("equity", None, 1000),
        (None, 60_000, 1000),
        ("none", 60_000, None),
    ],
)
def test_the_daily_limit_in_money(kind: str | None, start: int | None, limit: int | None) -> None:
    day = DayFigures(starting_balance=None if start is None else Decimal(start))
    assert daily_limit(account(daily_loss_limit_pct=Decimal(2), daily_loss_type=kind), day) == limit


def test_an_odd_percentage_is_rounded_to_cents() -> None:
    rules = account(account_size=30_000, daily_loss_limit_pct=Decimal("3.3333333333"))
    assert daily_limit(rules, DayFigures()) == Decimal("1000.00")


# ---- maximum loss over a sequence of days

Step = tuple[int, int, tuple[int, int, int, str]]
"""What a day made, its best moment above its start, and then: floor, used, left, level. Account 50,000, limit 2,000."""

SEQUENCES: tuple[tuple[str, list[Step]], ...] = (
    # the floor never moves; in profit more than the limit is left
    (
        "static",
        [
            (1500, 1500, (48_000, 0, 3500, "ok")),
            (-2500, 0, (48_000, 1000, 1000, "ok")),
            (-400, 0, (48_000, 1400, 600, "warn")),
            (-400, 0, (48_000, 1800, 200, "close")),
            (-200, 0, (48_000, 2000, 0, "reached")),
            (-100, 0, (48_000, 2100, 0, "reached")),
        ],
    ),
    # the floor follows the end of each day from the next day on; the best moment within a day does not count
    (
        "trailing_eod",
        [
            (1500, 2500, (48_000, 0, 3500, "ok")),
            (-500, 1000, (49_500, 500, 1500, "ok")),
            (3000, 3000, (49_500, 0, 4500, "ok")),
            (-1400, 0, (52_000, 1400, 600, "warn")),
            (-500, 0, (52_000, 1900, 100, "close")),
            (-300, 0, (52_000, 2200, 0, "reached")),
        ],
    ),
    # set each midnight: the higher of the highest end of day and the initial balance, less the limit; only rises
    (
        "1-step: highest end-of-day balance",
        [
            (-500, 0, (48_000, 500, 1500, "ok")),
            (-500, 0, (48_000, 1000, 1000, "ok")),
            (2000, 2000, (48_000, 0, 3000, "ok")),
            (-100, 0, (49_000, 100, 1900, "ok")),
        ],
    ),
    # the floor stops at the account size, after which more than the limit can be left
    (
        "trailing_eod lock hard",
        [
            (1500, 1500, (48_000, 0, 3500, "ok")),
            (1500, 1500, (49_500, 0, 3500, "ok")),
            (1000, 1000, (50_000, 0, 4000, "ok")),
            (-2600, 0, (50_000, 600, 1400, "ok")),
            (-1400, 0, (50_000, 2000, 0, "reached")),
        ],
    ),
    (
        "EOD trailing, locks at start + $100",
        [
            (2050, 2050, (48_000, 0, 4050, "ok")),
            (10, 10, (50_050, 0, 2010, "ok")),
            (1000, 1000, (50_060, 0, 3000, "ok")),
            (-1600, 0, (50_100, 640, 1360, "ok")),
        ],
    ),
    (
        "trailing, locks at 50,500",
        [
            (2600, 2600, (48_000, 0, 4600, "ok")),
            (-1000, 0, (50_500, 900, 1100, "ok")),
        ],
    ),
    # the floor follows every new high at once
    (
        "trailing_intraday",
        [
            (500, 1500, (49_500, 1000, 1000, "ok")),
            (600, 600, (49_500, 400, 1600, "ok")),
            (100, 1200, (50_300, 1100, 900, "ok")),
            (-300, 0, (50_300, 1400, 600, "warn")),
            (2000, 2000, (50_900, 0, 2000, "ok")),
        ],
    ),
    (
        "trailing_intraday lock+100 hard",
        [
            (2000, 2500, (50_100, 100, 1900, "ok")),
            (3000, 4000, (50_100, 0, 4900, "ok")),
            (-3500, 0, (50_100, 600, 1400, "ok")),
        ],
    ),
)


@pytest.mark.parametrize(("kind", "days"), SEQUENCES, ids=[kind for kind, _ in SEQUENCES])
def test_drawdown_over_days(kind: str, days: list[Step]) -> None:
    rules = account(max_drawdown_pct=Decimal(4), max_drawdown_type=kind)
    balance = high = Decimal(50_000)
    for made, best, expected in days:
        start, before = balance, high
        balance += made
        high = max(high, start, balance, start + best if "intraday" in kind else start)
        day = DayFigures(
            starting_balance=start, ending_balance=balance, max_equity_high=high, high_before=before
        )  # fmt: skip
        assert figures(guard("drawdown", day, rules)) == expected


@pytest.mark.parametrize(
    ("start", "ending", "high", "before", "left", "at_least"),
    [
        # a new high of today, and nobody looked how high it was before: between 48,000 and 49,000
        (50_000, 51_000, 51_000, None, 2000, True),
        (50_000, 51_000, 51_000, 50_000, 3000, False),
        (50_000, 51_000, 51_000, 50_600, 2400, False),
        # an older high is known to be one
        (50_000, 51_000, 52_000, None, 1000, False),
        (50_000, 49_500, 50_000, None, 1500, False),
        # what cannot be is taken for what can
        (50_000, 51_000, 51_000, 49_000, 3000, False),
        (50_000, 51_000, 51_000, 99_000, 2000, False),
    ],
)
def test_a_floor_moves_when_the_day_has_ended(
    start: int, ending: int, high: int, before: int | None, left: int, at_least: bool
) -> None:
    day = DayFigures(
        starting_balance=Decimal(start),
        ending_balance=Decimal(ending),
        max_equity_high=Decimal(high),
        high_before=None if before is None else Decimal(before),
    )
    found = guard("drawdown", day, account(max_drawdown_pct=Decimal(4), max_drawdown_type="trailing"))
    assert found is not None
    assert (found.left, found.at_least) == (left, at_least)


def test_a_high_below_the_account_size_leaves_the_floor_where_it_began() -> None:
    """As after a balance that was entered: the floor of a challenge never stands below account size less the limit."""
    day = DayFigures(starting_balance=Decimal(49_000), ending_balance=Decimal(48_900), max_equity_high=Decimal(49_000))
    found = guard("drawdown", day, account(max_drawdown_pct=Decimal(4), max_drawdown_type="trailing"))
    assert figures(found) == (48_000, 1100, 900, "ok")


def test_a_locked_floor_is_known_whatever_was_before() -> None:
    day = DayFigures(starting_balance=Decimal(53_000), ending_balance=Decimal(54_000), max_equity_high=Decimal(54_000))
    found = guard("drawdown", day, account(max_drawdown_pct=Decimal(4), max_drawdown_type="trailing_eod lock"))
    assert found is not None
    assert (found.floor, found.at_least) == (50_000, False)


# ---- trades and target


@pytest.mark.parametrize(
    ("limit", "taken", "left", "over", "level"),
    [
        (3, 2, 1, 0, "ok"),
        (3, 3, 0, 0, "reached"),
        (3, 4, 0, 1, "reached"),
        (5, 4, 1, 0, "warn"),
        (10, 7, 3, 0, "warn"),
        (10, 9, 1, 0, "close"),
        (1, 0, 1, 0, "ok"),
    ],
)
def test_trades_a_day(limit: int, taken: int, left: int, over: int, level: str) -> None:
    found = guard("trades", DayFigures(trades_taken=taken), account(max_daily_trades=limit))
    assert found is not None
    assert (found.left, found.over, found.level) == (left, over, level)


@pytest.mark.parametrize(
    ("balance", "made", "left", "percent"),
    [
        (50_000, 0, 3000, 0),
        (51_020, 1020, 1980, 34),
        (53_000, 3000, 0, 100),
        (54_500, 4500, 0, 150),
        (48_800, -1200, 4200, 0),
    ],
)
def test_profit_target(balance: int, made: int, left: int, percent: int) -> None:
    found = progress(DayFigures(ending_balance=Decimal(balance)), account(profit_target_pct=Decimal(6)))
    assert found is not None
    assert (found.made, found.goal, found.left, found.percent) == (made, 3000, left, percent)


# ---- what makes no sense


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"account_size": None, "daily_loss_limit_pct": 2, "max_drawdown_pct": 4, "profit_target_pct": 6},
        {"daily_loss_limit_pct": "NaN", "max_drawdown_pct": "Infinity", "profit_target_pct": "sNaN"},
        {"daily_loss_limit_pct": -2, "max_drawdown_pct": 0, "max_daily_trades": 0},
        {"daily_loss_limit_pct": 101, "max_drawdown_pct": "1e-12", "max_daily_trades": -3},
        {"account_size": -50_000, "daily_loss_limit_pct": 2, "max_drawdown_pct": 4},
        {"daily_loss_limit_pct": 2, "daily_loss_type": "none", "max_drawdown_pct": 4, "max_drawdown_type": " None "},
        {
            "daily_loss_limit_pct": 2,
            "daily_loss_type": "no daily loss",
            "max_drawdown_pct": 4,
            "max_drawdown_type": "off",
        },
    ],
)
def test_what_is_not_set_or_makes_no_sense_is_no_limit(rules: dict[str, Any]) -> None:
    day = DayFigures(
        starting_balance=Decimal(50_000), ending_balance=Decimal(49_000), daily_pnl=Decimal(-1000), trades_taken=9
    )
    assert guards(day, account(**rules)) == ()
    assert progress(day, account(**rules)) is None


def test_what_is_not_known_of_the_day_is_not_measured() -> None:
    rules = account(daily_loss_limit_pct=Decimal(2), max_drawdown_pct=Decimal(4), max_daily_trades=3)
    assert guards(DayFigures(), rules) == ()
    odd: Any = {"ending_balance": "NaN", "daily_pnl": "Infinity", "max_equity_high": "-", "trades_taken": "NaN"}
    assert guards(DayFigures(**odd), rules) == ()


# ---- whatever the figures

ANYTHING = st.one_of(
    st.none(),
    st.integers(),
    st.decimals(),
    st.floats(),
    st.booleans(),
    st.text(max_size=40),
    st.sampled_from(["balance soft", "trailing_eod lock+100 hard", "static", "none", "intraday lock 99999999999"]),
)


@given(st.tuples(*[ANYTHING] * 7), st.tuples(*[ANYTHING] * 8))
def test_nothing_that_clients_write_raises(rules: tuple[Any, ...], day: tuple[Any, ...]) -> None:
    limits = AccountLimits(**dict(zip(AccountLimits.__slots__, rules, strict=True)))
    figures = DayFigures(**dict(zip(DayFigures.__slots__, day, strict=True)))
    for found in guards(figures, limits):
        assert 0 < found.limit < LARGEST
        assert min(found.used, found.left, found.over) >= 0
        assert found.percent >= 0
    assert (target := progress(figures, limits)) is None or target.percent >= 0


@given(
    made=CENTS,
    start=st.decimals(1, 200_000, places=2),
    percent=st.decimals("0.1", 100, places=1),
    kind=st.sampled_from(["initial", "balance", "equity soft", None]),
)
def test_used_and_left_of_a_day(made: Decimal, start: Decimal, percent: Decimal, kind: str | None) -> None:
    day = DayFigures(starting_balance=start, daily_pnl=made)
    found = guard("daily_loss", day, account(daily_loss_limit_pct=percent, daily_loss_type=kind))
    if found is None:
        return  # less than a cent
    assert found.left - found.over == found.limit + made
    assert found.used == max(-made, Decimal(0))
    assert (found.level == "reached") == (found.left == 0) == (found.used >= found.limit)


@given(
    days=st.lists(st.tuples(CENTS, st.decimals(0, 5000, places=2)), min_size=1, max_size=12),
    kind=st.sampled_from(["static", "trailing_eod", "trailing_eod lock", "trailing_intraday lock+100", "1-step"]),
    percent=st.decimals(1, 20, places=1),
)
def test_a_floor_only_rises_and_never_beyond_its_lock(
    days: list[tuple[Decimal, Decimal]], kind: str, percent: Decimal
) -> None:
    rules = account(max_drawdown_pct=percent, max_drawdown_type=kind)
    balance = high = Decimal(50_000)
    floors: list[Decimal] = []
    for made, best in days:
        start, before = balance, high
        balance += made
        high = max(high, start, balance, start + best if "intraday" in kind else start)
        day = DayFigures(starting_balance=start, ending_balance=balance, max_equity_high=high, high_before=before)
        found = guard("drawdown", day, rules)
        assert found is not None
        assert found.floor is not None
        assert found.left - found.over == balance - found.floor
        assert found.used == max(found.limit - (balance - found.floor), 0)
        floors.append(found.floor)
        # without the high before, never more is left than there is
        blind = guard("drawdown", DayFigures(**_but_high_before(day)), rules)
        assert blind is not None
        assert blind.floor is not None
        assert blind.floor >= found.floor
    assert floors == sorted(floors)
    if kind == "static":
        assert len(set(floors)) == 1
    if "lock" in kind:
        assert floors[-1] <= 50_000 + (100 if "100" in kind else 0)


def _but_high_before(day: DayFigures) -> dict[str, Any]:
    return {name: getattr(day, name) for name in DayFigures.__slots__ if name != "high_before"}


@given(used=st.decimals(0, 3000, places=2))
def test_levels_begin_at_70_90_and_100_percent(used: Decimal) -> None:
    found = guard("daily_loss", DayFigures(daily_pnl=-used), account(daily_loss_limit_pct=Decimal(2)))
    assert found is not None
    reached = sum(found.percent >= step for step in (70, 90, 100))
    assert found.level == LEVELS[reached]
