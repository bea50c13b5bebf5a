"""Computed verdicts by hand: what is followed, violated and unclear, with the figures a trader can verify."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bot.auditing.checks import evaluate
from bot.auditing.facts import AuditFacts, Logged
from bot.auditing.score import scored
from bot.auditing.verdict import Severity, Verdict
from bot.rules.compiler import compiled
from statemachine.trade import TradeFields

RULE = UUID(int=7)
TRADE = TradeFields(
    symbol="NQ",
    direction="long",
    entry_price=Decimal(18250),
    exit_price=Decimal(18290),
    position_size=Decimal(2),
    stop_loss=Decimal(18234),
    take_profit=Decimal(18300),
    pnl=Decimal(1600),
    commissions=Decimal(9),
    entry_time=datetime(2026, 3, 3, 14, 45, tzinfo=UTC),  # 09:45 in New York
)
DAY = date(2026, 3, 3)
FACTS = AuditFacts(
    this=Logged(fields=TRADE, id=UUID(int=9), initial_stop=Decimal(18234), day=DAY),
    account_size=Decimal(50_000),
    starting_balance=Decimal(52_000),
    zone=ZoneInfo("America/New_York"),
)


def verdict(rule: str, facts: AuditFacts = FACTS, **trade: Any) -> Verdict:
    check = compiled(rule)
    assert check is not None
    changed = {name: Decimal(v) if isinstance(v, int | float) else v for name, v in trade.items()}
    this = replace(facts.this, fields=replace(facts.trade, **changed))
    return evaluate(check, replace(facts, this=this), RULE)


def without_stop(facts: AuditFacts = FACTS) -> AuditFacts:
    return replace(facts, this=replace(facts.this, initial_stop=None))


def after(*results: int) -> AuditFacts:
    """The facts with trades of the same morning that made so much, each a minute long."""
    entered = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
    earlier = (
        Logged(
            fields=replace(
                TRADE,
                pnl=Decimal(pnl),
                commissions=None,
                entry_time=entered + timedelta(minutes=2 * n),
                exit_time=entered + timedelta(minutes=2 * n + 1),
            ),
            id=UUID(int=n + 1),
            day=DAY,
        )
        for n, pnl in enumerate(results)
    )
    return replace(FACTS, others=tuple(earlier))


@pytest.mark.parametrize(
    ("rule", "evidence"),
    [
        ("Always have a stop loss", "Stop at 18234."),
        ("Max 3 contracts", "Size 2 NQ; limit 3 contracts."),
        ("Max 20 micros", "Size 2 NQ = 20 micros (10 micros count as 1); limit 20 micros."),
        ("Max position size 2", "Size 2 NQ; limit 2."),
        ("Never risk more than 2%", "Risk $640 = 1.28 % of the account; limit 2 % of $50,000."),
        ("Never risk more than 2% of my balance", "Risk $640 = 1.23 % of the balance; limit 2 % of $52,000."),
        ("Never risk more than $640", "Risk $640; limit $640."),
        ("At least 3R", "Planned 3.12R; at least 3R is the rule."),
        ("No trades after 15:30", "Entered 09:45 New York; no entries from 15:30 to 00:00."),
        ("No trades before 14:45 UTC", "Entered 14:45 UTC; no entries from 00:00 to 14:45."),
        ("Only trade between 9:30 and 11:30", "Entered 09:45 New York; entries only from 09:30 to 11:30."),
        ("Max 1 trades per day", "Trade 1 of the day; limit 1."),
        ("Only trade NQ and ES", "Traded NQ; only ES, NQ allowed."),
        ("Never trade CL", "Traded NQ; none of CL is allowed."),
        ("Only longs", "The trade was long; only longs allowed."),
        ("Max daily loss $500", "$0 lost on the day, this trade included; limit $500."),
    ],
)
def test_followed(rule: str, evidence: str) -> None:
    assert verdict(rule) == Verdict(
        rule_id=RULE, verdict="followed", evidence=evidence, severity="minor", confidence=5, computed=True
    )


@pytest.mark.parametrize(
    ("rule", "trade", "severity", "evidence"),
    [
        ("Have a stop", {"stop_loss": None, "note": "no stop"}, "critical", "The note says that there was no stop."),
        ("Max 3 contracts", {"position_size": 3.5}, "minor", "Size 3.5 NQ; limit 3 contracts."),
        ("Max 3 contracts", {"position_size": 5}, "major", "Size 5 NQ; limit 3 contracts."),
        ("Max 3 contracts", {"position_size": 7}, "critical", "Size 7 NQ; limit 3 contracts."),
        ("Max 2 minis", {"symbol": "MNQ", "position_size": 21}, "minor",
         "Size 21 MNQ = 2.1 minis (10 micros count as 1); limit 2 minis."),
        ("Max 1 lot", {"symbol": "EURUSD", "position_size": 1.5}, "major", "Size 1.5 EURUSD; limit 1 lot."),
        ("Never risk more than 1%", {}, "major", "Risk $640 = 1.28 % of the account; limit 1 % of $50,000."),
        ("Keep risk under $640", {}, "minor", "Risk $640; limit less than $640."),
        ("At least 3R", {"take_profit": 18282}, "minor", "Planned 2R; at least 3R is the rule."),
        ("At least 3R", {"take_profit": 18266}, "major", "Planned 1R; at least 3R is the rule."),
        ("No trades before 10:00", {}, "major", "Entered 09:45 New York; no entries from 00:00 to 10:00."),
        ("No trades from 22:00 to 15:00 UTC", {}, "major", "Entered 14:45 UTC; no entries from 22:00 to 15:00."),
        ("Only trade after 09:46", {}, "major", "Entered 09:45 New York; no entries from 00:00 to 09:46."),
        ("Only trade ES", {}, "major", "Traded NQ; only ES allowed."),
        ("Never trade NQ", {"symbol": "NQZ5"}, "major", "Traded NQ; none of NQ is allowed."),
        ("Only shorts", {}, "major", "The trade was long; only shorts allowed."),
        ("Max daily loss $500", {"pnl": -500}, "critical", "$509 lost on the day, this trade included; limit $500."),
    ],
)  # fmt: skip
def test_violated(rule: str, trade: dict[str, Any], severity: str, evidence: str) -> None:
    facts = without_stop() if "stop_loss" in trade else FACTS
    found = verdict(rule, facts, **trade)
    assert (found.verdict, found.severity, found.evidence) == ("violated", severity, evidence)


@pytest.mark.parametrize(
    ("rule", "trade", "says"),
    [
        ("Always have a stop loss", {"stop_loss": None}, "stop of this trade was not given"),
        ("Always have a stop loss", {"stop_loss": None, "note": "no stop hit"}, "stop of this trade was not given"),
        ("Max 3 contracts", {"position_size": None}, "size of this trade was not given"),
        ("Max 3 contracts", {"symbol": "EURUSD"}, "EURUSD is not counted in them"),
        ("Max 3 contracts", {"symbol": "AAPL"}, "AAPL is not counted in them"),
        ("Never risk more than 1%", {"stop_loss": None}, "stop of this trade was not given"),
        ("Never risk more than 1%", {"entry_price": None}, "entry of this trade was not given"),
        ("Never risk more than 1%", {"symbol": "AAPL"}, "is not known"),
        ("At least 2R", {"take_profit": None}, "target of this trade was not given"),
        ("At least 2R", {"take_profit": 18200}, "wrong side"),
        ("No trades after 15:30", {"entry_time": None}, "entry time of this trade was not given"),
        ("Only trade NQ", {"symbol": "MNQ"}, "leaves open whether MNQ counts"),
        ("Only longs", {"direction": None}, "direction of this trade was not given"),
        ("Max daily loss $500", {"pnl": None}, "P&L of this trade was not given"),
        ("Max 3 contracts", {"position_size": float("nan")}, "not a number"),
    ],
)
def test_unclear_says_what_is_missing(rule: str, trade: dict[str, Any], says: str) -> None:
    facts = without_stop() if "stop_loss" in trade else FACTS
    found = verdict(rule, facts, **trade)
    assert (found.verdict, found.severity) == ("unclear", "minor")
    assert says in found.evidence


def test_the_initial_stop_decides_not_the_moved_one() -> None:
    assert verdict("Never risk more than 1%", stop_loss=18249).verdict == "violated"


def test_a_percentage_needs_to_know_of_what() -> None:
    assert "account size" in verdict("Never risk more than 1%", replace(FACTS, account_size=None)).evidence
    assert "balance" in verdict("Never risk more than 1% of my balance", replace(FACTS, starting_balance=None)).evidence


def test_trades_of_the_day_are_counted_with_this_one() -> None:
    assert verdict("Max 2 trades per day", after(0)).verdict == "followed"
    over = [verdict("Max 2 trades per day", facts) for facts in (after(0, 0), after(0, 0, 0))]
    assert [(one.verdict, one.severity) for one in over] == [("violated", "major"), ("violated", "critical")]


def test_trading_on_after_the_daily_loss_is_a_violation_even_of_a_winner() -> None:
    assert verdict("Stop trading after losing $500 in a day", after(-500)).verdict == "violated"
    assert verdict("Max daily loss $500", after(-501)).verdict == "violated"
    assert verdict("Max daily loss $500", after(-500)).verdict == "followed"  # no more than that was lost


def test_stopping_after_a_loss_does_not_judge_the_trade_that_made_it() -> None:
    assert verdict("Stop trading after losing $500 in a day", pnl=-600).verdict == "followed"
    assert verdict("Max daily loss $500", pnl=-600).verdict == "violated"


def test_summer_time_is_the_zones() -> None:
    summer = datetime(2026, 7, 1, 19, 31, tzinfo=UTC)  # 15:31 in New York
    assert verdict("No trades after 15:30 New York", entry_time=summer).verdict == "violated"
    winter = datetime(2026, 12, 1, 19, 31, tzinfo=UTC)  # 14:31
    assert verdict("No trades after 15:30 New York", entry_time=winter).verdict == "followed"


def test_several_conditions_are_as_bad_as_the_worst() -> None:
    rule = "Max 3 contracts, no shorts, and no trades after 15:30"
    assert verdict(rule).verdict == "followed"
    assert verdict(rule, entry_time=None).verdict == "unclear"
    broken = verdict(rule, entry_time=None, direction="short", position_size=9)
    assert (broken.verdict, broken.severity) == ("violated", "critical")
    assert broken.evidence == "Size 9 NQ; limit 3 contracts. The trade was short; only longs allowed."


def decided(kind: Any, severity: Severity = "minor") -> Verdict:
    return Verdict(rule_id=RULE, verdict=kind, evidence="", severity=severity, confidence=5, computed=True)


@pytest.mark.parametrize(
    ("verdicts", "compliance", "counts"),
    [
        ([], None, (0, 0, 0)),
        ([decided("unclear")], None, (0, 0, 1)),
        ([decided("followed"), decided("unclear")], "100.00", (1, 0, 1)),
        ([decided("violated", "minor")], "0.00", (0, 1, 0)),
        ([decided("followed"), decided("violated", "minor")], "50.00", (1, 1, 0)),
        ([decided("followed"), decided("violated", "major")], "33.33", (1, 1, 0)),
        ([decided("followed")] * 4 + [decided("violated", "critical")], "50.00", (4, 1, 0)),
    ],
)
def test_the_score(verdicts: list[Verdict], compliance: str | None, counts: tuple[int, int, int]) -> None:
    found = scored(verdicts)
    assert found.compliance == (None if compliance is None else Decimal(compliance))
    assert (found.followed, found.violated, found.unclear) == counts
