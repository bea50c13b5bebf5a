"""Rules as traders write them, and what they compile to; what has a doubt in it compiles to nothing."""

from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.auditing.kinds import (
    AllOf,
    Check,
    Hours,
    Limit,
    MaxDailyLoss,
    MaxRisk,
    MaxSize,
    MaxTrades,
    MinReward,
    OneSide,
    StopSet,
    Symbols,
)
from bot.auditing.rules import compiled


def size(limit: str, unit: Any = None) -> MaxSize:
    return MaxSize(limit=Decimal(limit), unit=unit)


def percent(value: str, of: Any = "account") -> Limit:
    return Limit(percent=Decimal(value), of=of)


def dollars(value: str) -> Limit:
    return Limit(amount=Decimal(value))


def only(*symbols: str) -> Symbols:
    return Symbols(symbols=frozenset(symbols))


def never(*symbols: str) -> Symbols:
    return Symbols(symbols=frozenset(symbols), banned=True)


NEW_YORK = "America/New_York"
COMPILED: list[tuple[str, Any]] = [
    ("Always have a stop loss", StopSet()),
    ("I must always use a stop.", StopSet()),
    ("Never trade without a stop-loss!", StopSet()),
    ("Don’t enter a trade without a stop", StopSet()),
    ("No trades without a stop", StopSet()),
    ("Every trade must have a stop loss", StopSet()),
    ("Stop loss on every trade", StopSet()),
    ("No stop, no trade", StopSet()),
    ("Rule 1: use a SL on every trade", StopSet()),
    ("Max 3 contracts", size("3", "contracts")),
    ("max of 2 minis per trade", size("2", "minis")),
    ("No more than ten micros", size("10", "micros")),
    ("Trade max 0,5 lots", size("0.5", "lots")),
    ("Don't trade more than 1,000 shares", size("1000", "shares")),
    ("5 contracts max", size("5", "contracts")),
    ("Maximum position size: 3", size("3")),
    ("Position size must be at most 2 lots", size("2", "lots")),
    ("Never risk more than 1% of the account", MaxRisk(limit=percent("1"))),
    ("Risk max 0,5% per trade", MaxRisk(limit=percent("0.5"))),
    ("Don't risk over $1.5k", MaxRisk(limit=dollars("1500.0"))),
    ("Max risk per trade is 200 USD", MaxRisk(limit=dollars("200"))),
    ("Keep risk under 1% of my balance", MaxRisk(limit=percent("1", "balance"), strict=True)),
    ("Max 2% risk per trade", MaxRisk(limit=percent("2"))),
    ("Never risk more than 1% of the initial balance", MaxRisk(limit=percent("1"))),
    ("At least 2R reward to risk", MinReward(r=Decimal(2))),
    ("Minimum 1:2 risk reward", MinReward(r=Decimal(2))),
    ("Reward-to-risk at least 2:1", MinReward(r=Decimal(2))),
    ("min RR of 1.5", MinReward(r=Decimal("1.5"))),
    ("R:R must be at least 1:3", MinReward(r=Decimal(3))),
    ("Only take trades with at least 2R", MinReward(r=Decimal(2))),
    ("2R or better", MinReward(r=Decimal(2))),
    ("No trades after 15:30 New York", Hours(start=time(15, 30), zone=NEW_YORK)),
    ("Don't trade after 3:30 p.m. ET", Hours(start=time(15, 30), zone=NEW_YORK)),
    ("Stop trading at noon", Hours(start=time(12))),
    ("No trading before 9:30", Hours(end=time(9, 30))),
    ("No new positions until 10am (CT)", Hours(end=time(10), zone="America/Chicago")),
    ("No entries between 12:00 and 13:30", Hours(start=time(12), end=time(13, 30))),
    ("No trades from 22:00 to 02:00 CET", Hours(start=time(22), end=time(2), zone="Europe/Berlin")),
    ("Only trade between 9:30 am and 11:00 am", Hours(start=time(9, 30), end=time(11), banned=False)),
    ("Only trade from 08:00-10:00 London time", Hours(start=time(8), end=time(10), banned=False, zone="Europe/London")),
    ("Only trade after 10:00", Hours(end=time(10))),
    ("I only trade before 4pm", Hours(start=time(16))),
    ("Max 3 trades per day", MaxTrades(limit=3)),
    ("No more than three trades a day", MaxTrades(limit=3)),
    ("2 trades per day maximum", MaxTrades(limit=2)),
    ("Never take more than 5 trades in one day", MaxTrades(limit=5)),
    ("Only trade NQ", only("NQ")),
    ("Only trade NQ, ES and EUR/USD", only("NQ", "ES", "EURUSD")),
    ("I only trade gold", only("GC", "XAUUSD")),
    ("Never trade crude oil", never("CL")),
    ("No GBPJPY trades", never("GBPJPY")),
    ("Only longs", OneSide(direction="long")),
    ("Short only", OneSide(direction="short")),
    ("Never go short", OneSide(direction="long")),
    ("No shorting", OneSide(direction="long")),
    ("Max daily loss $500", MaxDailyLoss(limit=dollars("500"))),
    ("Daily loss limit: 2%", MaxDailyLoss(limit=percent("2"))),
    ("Never lose more than $1,000 a day", MaxDailyLoss(limit=dollars("1000"))),
    ("Stop trading after losing $500 in a day", MaxDailyLoss(limit=dollars("500"), stop=True)),
    ("Stop for the day at -$300", MaxDailyLoss(limit=dollars("300"), stop=True)),
    ("Always use a stop and never risk more than 1%", AllOf(checks=(StopSet(), MaxRisk(limit=percent("1"))))),
    ("Only trade NQ and ES and use a stop", AllOf(checks=(only("NQ", "ES"), StopSet()))),
    ("Use a stop. Max 1.5 lots, only EURUSD", AllOf(checks=(StopSet(), size("1.5", "lots"), only("EURUSD")))),
]
NOT_COMPILED = [
    "",
    "Only trade my A+ setups",
    "Never risk more than 1% unless it is an A+ setup",
    "Max 3 contracts, except on Fridays",
    "Always use a stop if the trade is overnight",
    "No trades after 15:30 on Fridays",
    "No trades after 3",  # am or pm
    "No trades after 3:30",
    "No trades after 25:00",
    "Only trade between 1 and 3 pm",
    "No trades after 15:30 Mars time",
    "No trades within 15 minutes of news",
    "Max 3 trades",  # a day, or at once
    "Max 3 trades per week",
    "Max 3 NQ contracts",
    "Max 3 contracts at a time",
    "Max loss $200",  # per trade or per day
    "Risk 1% per trade",
    "Max 0 contracts",
    "Never risk more than 300%",
    "Risk more than 1%",
    "Lose more than $500 a day",
    "Have no stop",
    "Only trade NQ and unicorns",
    "Only trade",
    "No trading",
    "Move the stop to break even at 1R",
    "Take profit at 2R",
    "Always use a stop and feel good",
    "RR at least 2:3",
    "Stop trading after 2 losses",
    "Stop trading after losing $500",  # in a day, a week?
    "Only long NQ",
    "use a stop " * 100,
]


@pytest.mark.parametrize(("rule", "check"), COMPILED)
def test_a_rule_is_compiled(rule: str, check: Any) -> None:
    assert compiled(rule) == check


@pytest.mark.parametrize("rule", NOT_COMPILED)
def test_a_rule_with_a_doubt_is_left_to_the_judge(rule: str) -> None:
    assert compiled(rule) is None


@pytest.mark.parametrize(
    "addition", [" unless I am in profit", ", except on Mondays", " if VIX > 20", " or not", " maybe"]
)
@pytest.mark.parametrize("rule", [rule for rule, _ in COMPILED])
def test_an_addition_that_is_not_understood_keeps_the_rule_from_being_misread(rule: str, addition: str) -> None:
    assert compiled(rule.rstrip(".!") + addition) is None


@pytest.mark.parametrize("check", [check for _, check in COMPILED])
def test_a_check_survives_json(check: Any) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Check)
    assert adapter.validate_json(adapter.dump_json(check)) == check


@given(st.text(max_size=400))
def test_any_text_compiles_or_does_not(rule: str) -> None:
    compiled(rule)


WORDS = (
    "no",
    "trade",
    "after",
    "10:00",
    "max",
    "3",
    "nq",
    "and",
    ",",
    ".",
    "stop",
    "a",
    "risk",
    "1%",
    "only",
    "\n",
    "2r",
)


@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_any_heap_of_rule_words_compiles_or_does_not(words: list[str]) -> None:
    compiled(" ".join(words))
