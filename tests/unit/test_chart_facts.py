"""The figures of charts: floors as /limits tells them, drawdowns, R, and what was planned beside what happened."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.charting.facts import EquityFacts, Scope, Sum, equity_of, made_of, rules_of, spread_of, sums_of
from bot.periods import Period
from bot.statistics import Group, Sums
from bot.texts import View, render
from bot.texts.cards import card_subject
from bot.texts.words import Words
from bot.trading.limits import AccountLimits, DayFigures, guards
from db.series import DayRow
from statemachine.conversation import Say
from tests.chart_pictures import VIEW
from tests.chart_scenes import SCENES, SIZE, card, facts

FIRST = date(2026, 3, 2)
SCOPE = Scope(period=Period(FIRST, FIRST + timedelta(days=60)))
TRAILING = AccountLimits(account_size=50_000, max_drawdown_pct=Decimal(5), max_drawdown_type="trailing eod lock")


def rows(*made: int, start: int = 50_000) -> list[DayRow]:
    """Days that made so much, one after another."""
    found, balance, high = [], Decimal(start), Decimal(start)
    for number, amount in enumerate(made):
        begin, balance = balance, balance + amount
        high = max(high, balance)
        found.append(
            DayRow(FIRST + timedelta(days=number), begin, balance, Decimal(amount), high, 1, Decimal(0), False, None)
        )
    return found


@given(st.lists(st.integers(-2_000, 2_500), min_size=1, max_size=30))
def test_the_curve_is_the_journals(made: list[int]) -> None:
    equity = equity_of(SCOPE, rows(*made), SIZE, TRAILING, len(made))
    assert (equity.start, equity.net) == (50_000, sum(made))
    assert [day.balance - before.balance for before, day in pairwise(equity.days)] == made[1:]
    assert equity.days[-1].balance == 50_000 + sum(made)
    deepest = min(
        day.balance - max(50_000, *(past.balance for past in equity.days[: n + 1])) for n, day in enumerate(equity.days)
    )
    assert (equity.deepest[0] if equity.deepest else 0) == deepest


def test_the_floor_is_that_of_the_limits() -> None:
    """It trails the high of the day before, and stops at the size of the account for ever."""
    days = rows(1_000, 2_000, -500, -3_000, 4_000)
    equity = equity_of(SCOPE, days, SIZE, TRAILING, 5)
    assert [day.floor for day in equity.days] == [47_500, 48_500, 50_000, 50_000, 50_000]
    last = days[-1]
    figures = DayFigures(
        starting_balance=last.starting_balance,
        ending_balance=last.ending_balance,
        max_equity_high=last.max_equity_high,
        high_before=days[-2].max_equity_high,
        highest=days[-2].max_equity_high,
    )
    (guard,) = [guard for guard in guards(figures, TRAILING) if guard.kind == "drawdown"]
    assert equity.floor == guard.floor


def test_the_day_before_the_period_is_where_it_begins() -> None:
    later = replace(SCOPE, period=Period(FIRST + timedelta(days=2), SCOPE.period.last))
    equity = equity_of(later, rows(1_000, 500, 250), SIZE, TRAILING, 1)
    assert (equity.start, equity.net, len(equity.days)) == (51_500, 250, 1)


def test_a_payout_is_no_drawdown() -> None:
    first, second = rows(3_000, 0)
    paid = replace(
        second, starting_balance=Decimal(51_000), ending_balance=Decimal(51_200), daily_pnl=Decimal(200),
        max_equity_high=Decimal(51_200), moved=Decimal(-2_000),
    )  # fmt: skip
    equity = equity_of(SCOPE, [first, paid], SIZE, TRAILING, 2)
    assert equity.deepest is None
    assert equity.net == 3_200


@pytest.mark.parametrize("odd", [Decimal("NaN"), Decimal("Infinity"), None])
def test_figures_that_make_no_sense_are_left_out(odd: Decimal | None) -> None:
    first, second = rows(100, 200)
    broken = replace(second, ending_balance=odd, max_equity_high=odd)
    equity = equity_of(SCOPE, [first, broken], None, TRAILING, 2)
    assert [day.balance for day in equity.days] == [50_100]


def test_without_a_limit_there_is_no_floor() -> None:
    assert equity_of(SCOPE, rows(10), SIZE, AccountLimits(), 1).floor is None
    assert equity_of(SCOPE, [], None, TRAILING, 0) == EquityFacts(
        scope=SCOPE, start=Decimal(0), days=(), net=Decimal(0), trades=0
    )


def test_a_symbols_curve_begins_at_nothing() -> None:
    sums = [Sum(FIRST, Decimal(500), 2), Sum(FIRST + timedelta(days=3), Decimal(-800), 1)]
    equity = made_of(SCOPE, sums)
    assert (equity.start, equity.net, equity.trades) == (0, -300, 3)
    assert equity.deepest == (-800, FIRST + timedelta(days=3))


def test_a_balance_that_is_not_known_is_what_was_made() -> None:
    unknown = [
        replace(row, starting_balance=None, ending_balance=None, max_equity_high=None) for row in rows(100, -250)
    ]
    equity = equity_of(SCOPE, unknown, None, AccountLimits(), 2)
    assert (equity.told, [day.balance for day in equity.days], equity.net, equity.trades) == (
        False,
        [100, -150],
        -150,
        2,
    )


def sums(net: int, trades: int) -> Sums:
    nothing = dict.fromkeys(("wins", "losses", "won", "lost", "whole", "measured", "multiples", "open", "unknown"), 0)
    return Sums.of({**nothing, "net": net, "gross": net, "trades": trades})


def test_verdicts_of_a_rule_stand_together() -> None:
    """The dearest to break first; all rules together are no rule, and what made nothing is left out."""
    groups = [
        Group("violated", sums(-2, 6)), Group("followed b", sums(10, 1)), Group("violated a", sums(-5, 2)),
        Group("violated b", sums(3, 4)),
    ]  # fmt: skip
    (one, two) = rules_of(SCOPE, groups).rules
    assert (one.rule, one.followed, one.violated) == ("a", None, Sum(None, Decimal(-5), 2))
    assert (two.rule, two.followed, two.violated) == ("b", Sum(None, Decimal(10), 1), Sum(None, Decimal(3), 4))


def test_groups_in_which_nothing_was_made_are_left_out() -> None:
    found = sums_of([Group("9", sums(-2, 6)), Group(None, sums(4, 0)), Group("10", sums(0, 0))], int)
    assert found == (Sum(9, Decimal(-2), 6), Sum(None, Decimal(4), 0))


def test_what_has_no_r_is_counted() -> None:
    spread = spread_of(SCOPE, [Decimal("1.99"), None, Decimal(2), None])
    assert spread.multiples == (Decimal("1.99"), Decimal(2))
    assert (spread.left_out, spread.mean) == (2, Decimal("1.995"))


def test_a_card_tells_the_plan_from_what_became_of_it() -> None:
    full, moved, still = card("many"), card("losses"), card("none")
    assert (full.planned_entry, full.planned_size, full.risk, full.planned_r) == (
        18_248,
        2,
        810,
        Decimal("59.75") / Decimal("20.25"),
    )
    assert moved.stop == 18_230
    assert moved.made_r is not None
    assert round(moved.made_r, 2) == Decimal("-1.52")
    assert (still.made_r, still.trade.is_open) == (None, True)


@pytest.mark.parametrize("scene", SCENES)
def test_the_alternative_text_has_every_figure_of_the_text(scene: str) -> None:
    for kind in ("equity", "days", "symbols", "hours", "rules", "r"):
        reply = render(Say("drawn", {"kind": kind, "facts": facts(scene, kind), "image": "u/c-1.png"}), VIEW)  # type: ignore[arg-type]
        assert reply.alt
        told = [line for line in reply.text.splitlines() if not line.startswith("For a longer")]
        assert all(line in reply.alt for line in told)


def test_a_chart_of_an_account_names_it() -> None:
    named = facts("one", "symbols")
    view = View(locale="en", zone=VIEW.zone, currency="EUR", now=VIEW.now)
    said = {
        "kind": "symbols",
        "facts": replace(named, scope=replace(named.scope, account="apex2", symbol="NQ")),
        "image": None,
    }
    reply = render(Say("drawn", said), view)
    assert reply.title == "By symbol · NQ · @apex2, 1 Feb – 20 Mar"
    assert reply.alt is None
    assert "€" in reply.text


def test_labels_are_written_as_their_language_writes_them() -> None:
    """In a sentence; what an open trade has not made is not net."""
    german = replace(VIEW, locale="de")
    told = render(Say("card", {"facts": card("losses"), "image": None}), german).text
    assert "Geplant: Stop 18,230, Ziel 18,310, Risiko $810.00, +3R." in told
    assert "Geschehen: Einstieg 18,250.25, Stop 18,220.00, Ausstieg 18,219.75, Größe 2, -1.5R, netto -$1,228.40" in told
    drawn = card_subject(Words.of(german), card("none"))
    assert (drawn.head.figure, drawn.head.note) == ("Offen", "20. März")
    assert [label for label, *_ in card_subject(Words.of(VIEW), card("losses")).rows[:3]] == ["Entry", "Stop", "Target"]


def test_a_price_of_any_length_is_no_fault() -> None:
    """Clients write prices; the average of parts is not shown finer than prices are."""
    many = card("many")
    for said, shown in (("0.0000123456789", "0.0000123457 in 3 parts"), ("1e20", "in 3 parts"), ("NaN", "in 3 parts")):
        trade = replace(many.trade, exit_price=Decimal(said), entry_price=Decimal("0.00001234567891"))
        rows = card_subject(Words.of(VIEW), replace(many, trade=trade)).rows
        assert next(happened for label, _, happened in rows if label == "Exit") == shown
