"""How the trader is told a rule was read: one sentence for every kind of check, which means the same rule again."""

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.clocks import ZONES
from bot.rules.compiler import compiled
from bot.rules.kinds import (
    AllOf,
    Check,
    Conditional,
    Cooldown,
    FlatBy,
    HoldTime,
    Hours,
    Limit,
    MaxDailyLoss,
    MaxLosses,
    MaxOpen,
    MaxRisk,
    MaxSize,
    MaxTradeLoss,
    MaxTrades,
    MaxWins,
    MinReward,
    NoAdding,
    NotHeldOver,
    OneSide,
    ProfitStop,
    SessionEdge,
    Single,
    StopDistance,
    StopSet,
    Symbols,
    TargetSet,
    Weekdays,
    When,
)
from bot.rules.scopes import fits
from bot.texts.reading_rules import described
from bot.texts.words import View, Words
from tests.checks_in_short import short
from tests.unit.test_rules import RULES

WORDS = Words.of(View(locale="en", zone=ZoneInfo("UTC"), currency="USD", now=datetime(2026, 11, 26, tzinfo=UTC)))
NEW_YORK = "America/New_York"
NQ, METALS = frozenset({"NQ"}), frozenset({"GC", "XAUUSD"})
CASH = Limit(amount=Decimal(500))
SHARE = Limit(percent=Decimal("0.25"))


def of(percent: str, base: Any) -> Limit:
    return Limit(percent=Decimal(percent), of=base)


TOLD: list[tuple[Any, str]] = [
    (StopSet(), "Every trade has a stop"),
    (TargetSet(), "Every trade has a target"),
    (StopDistance(unit="points", at_most=Decimal(20)), "Stop at most 20 points from entry"),
    (StopDistance(unit="ticks", at_least=Decimal(8)), "Stop at least 8 ticks from entry"),
    (StopDistance(unit="pips", at_least=Decimal(5), at_most=Decimal(15)), "Stop between 5 and 15 pips from entry"),
    (MaxSize(limit=Decimal(2), unit="contracts"), "No more than 2 contracts"),
    (MaxSize(limit=Decimal(1), unit="lots"), "No more than 1 lot"),
    (MaxSize(limit=Decimal("1.5")), "Position size at most 1.5"),
    (MaxRisk(limit=of("1", "account")), "Risk from entry to stop at most 1% of the account size"),
    (MaxRisk(limit=SHARE, strict=True), "Risk from entry to stop less than 0.25% of the account size"),
    (MaxRisk(limit=of("2", "daily_limit")), "Risk from entry to stop at most 2% of the daily loss limit"),
    (MaxRisk(limit=CASH), "Risk from entry to stop at most $500"),
    (MinReward(r=Decimal("1.5")), "Target at least 1.5R"),
    (Symbols(symbols=NQ), "Only trade NQ"),
    (Symbols(symbols=METALS, banned=True), "No trades in GC or XAUUSD"),
    (OneSide(direction="long"), "Only longs"),
    (OneSide(direction="short"), "Only shorts"),
    (Hours(start=time(11, 30)), "No entries after 11:30, your time"),
    (Hours(end=time(9, 45), zone=NEW_YORK), "No entries before 09:45, New York time"),
    (Hours(start=time(12), end=time(13, 30)), "No entries between 12:00 and 13:30, your time"),
    (Hours(start=time(8), end=time(10), banned=False, zone="Europe/London"),
     "Entries only from 08:00 to 10:00, London time"),
    (SessionEdge(minutes=5, edge="open"), "No entries in the first 5 minutes of the session"),
    (SessionEdge(minutes=30, edge="close"), "No entries in the last 30 minutes of the session"),
    (SessionEdge(minutes=1, edge="open"), "No entries in the first minute of the session"),
    (SessionEdge(minutes=1, edge="close"), "No entries in the last minute of the session"),
    (Weekdays(days=frozenset({"fri", "mon"}), banned=True), "No trades on Mondays and Fridays"),
    (Weekdays(days=frozenset({"tue"})), "Trades only on Tuesdays"),
    (FlatBy(at=time(15, 55), zone="America/Chicago"), "Flat by 15:55, Chicago time"),
    (NotHeldOver(), "No positions held overnight"),
    (NotHeldOver(over="weekend"), "No positions held over the weekend"),
    (HoldTime(at_most=30), "Hold trades for at most 30 minutes"),
    (HoldTime(at_least=1), "Hold trades for at least 1 minute"),
    (HoldTime(at_least=2), "Hold trades for at least 2 minutes"),
    (HoldTime(at_most=1), "Hold trades for at most 1 minute"),
    (MaxTrades(limit=3), "No more than 3 trades a day"),
    (MaxTrades(limit=1, per="week"), "No more than 1 trade a week"),
    (MaxTrades(limit=2, each_symbol=True), "No more than 2 trades a day per symbol"),
    (MaxLosses(limit=2), "Stop for the day after 2 losses"),
    (MaxLosses(limit=3, in_a_row=True), "Stop for the day after 3 losses in a row"),
    (MaxLosses(limit=1), "Stop for the day after 1 loss"),
    (MaxWins(limit=2), "Stop for the day after 2 wins"),
    (MaxWins(limit=1), "Stop for the day after 1 win"),
    (Cooldown(minutes=15, after="loss"), "Wait at least 15 minutes after a loss"),
    (Cooldown(minutes=1, after="win"), "Wait at least 1 minute after a win"),
    (Cooldown(minutes=5), "Wait at least 5 minutes between trades"),
    (NoAdding(), "No adding to losing positions"),
    (NoAdding(losers=False), "No adding to open positions"),
    (MaxOpen(limit=1), "No more than 1 position open at once"),
    (MaxOpen(limit=2), "No more than 2 positions open at once"),
    (MaxTradeLoss(limit=CASH), "Loss per trade at most $500"),
    (MaxDailyLoss(limit=CASH), "Daily loss at most $500"),
    (MaxDailyLoss(limit=of("5", "balance"), per="week"), "Weekly loss at most 5% of the current balance"),
    (MaxDailyLoss(limit=of("100", "daily_limit")), "Daily loss at most 100% of the daily loss limit"),
    (MaxDailyLoss(limit=CASH, stop=True), "Stop for the day once down $500"),
    (MaxDailyLoss(limit=CASH, stop=True, per="week"), "Stop for the week once down $500"),
    (ProfitStop(limit=CASH), "Stop for the day once up $500"),
    (ProfitStop(limit=SHARE, per="week"), "Stop for the week once up 0.25% of the account size"),
    (Conditional(when=When(symbols=NQ), check=MaxSize(limit=Decimal(2), unit="contracts")),
     "On NQ: no more than 2 contracts"),
    (Conditional(when=When(symbols=NQ), check=MaxTrades(limit=2, each_symbol=True)),
     "On NQ: no more than 2 trades a day"),
    (Conditional(when=When(days=frozenset({"fri"})), check=OneSide(direction="long")), "On Fridays: only longs"),
    (Conditional(when=When(direction="short"), check=Hours(end=time(10))),
     "For shorts: no entries before 10:00, your time"),
    (Conditional(when=When(direction="long"), check=StopSet()), "For longs: every trade has a stop"),
    (Conditional(when=When(hours=Hours(end=time(10), banned=False)), check=StopSet()),
     "Before 10:00, your time: every trade has a stop"),
    (Conditional(when=When(hours=Hours(start=time(14), banned=False, zone=NEW_YORK)), check=StopSet()),
     "After 14:00, New York time: every trade has a stop"),
    (Conditional(when=When(hours=Hours(start=time(9), end=time(10), banned=False)), check=StopSet()),
     "Between 09:00 and 10:00, your time: every trade has a stop"),
    (Conditional(when=When(after_loss=True), check=MaxSize(limit=Decimal(1), unit="contracts")),
     "After a loss: no more than 1 contract"),
    (Conditional(when=When(phase="evaluation"), check=MaxTrades(limit=2)),
     "In the evaluation: no more than 2 trades a day"),
    (Conditional(when=When(phase="funded", symbols=NQ), check=StopSet()), "On NQ, when funded: every trade has a stop"),
    (AllOf(checks=(StopSet(), MaxTrades(limit=3))), "Every trade has a stop; no more than 3 trades a day"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "sentence"), TOLD, ids=[sentence for _, sentence in TOLD])
def test_every_kind_and_variant_is_told_in_a_sentence_that_is_the_same_rule(check: Check, sentence: str) -> None:
    assert described(WORDS, check) == sentence
    assert short(compiled(sentence)) == short(check)


def test_every_kind_is_told() -> None:
    assert {type(check) for check, _ in TOLD} == {*get_args(Single), Conditional, AllOf}


def test_what_nobody_writes_is_told_as_well() -> None:
    assert described(WORDS, HoldTime(at_least=2, at_most=30)) == (
        "Hold trades for at least 2 minutes and at most 30 minutes"
    )
    assert described(WORDS, Hours(start=time(10), banned=False)) == "Entries only from 10:00 to 00:00, your time"
    assert described(WORDS, Symbols(symbols=frozenset({"X\u202e\n" * 20}))).isprintable()


def test_what_is_told_of_a_wording_is_that_rule_again() -> None:
    told = [(rule, described(WORDS, check)) for rule in RULES if (check := compiled(rule)) is not None]
    assert len(told) == len(RULES)
    assert [(rule, sentence) for rule, sentence in told if compiled(sentence) != compiled(rule)] == []


# ---- any check of the kinds that wordings compile to

whole = st.integers(1, 99)
figures = st.decimals("0.01", "9999", places=2).map(Decimal.normalize)
times = st.times(time(0), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
zones = st.sampled_from([None, *sorted(set(ZONES.values()))])
days = st.frozensets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1, max_size=6)
symbols = st.frozensets(st.sampled_from(["NQ", "ES", "CL", "GC", "EURUSD", "6E", "M2K", "US30", "AAPL"]), min_size=1)
limits = st.one_of(
    st.builds(Limit, amount=figures),
    st.builds(
        Limit, percent=st.decimals("0.01", "100", places=2), of=st.sampled_from(["account", "balance", "daily_limit"])
    ),
)
own_limits = st.one_of(
    st.builds(Limit, amount=figures),
    st.builds(Limit, percent=st.decimals("0.01", "100", places=2), of=st.sampled_from(["account", "balance"])),
)
spans = st.tuples(times, times).filter(lambda pair: pair[0] != pair[1])
hours = st.one_of(
    st.builds(lambda at, zone: Hours(start=at, zone=zone), times, zones),
    st.builds(lambda at, zone: Hours(end=at, zone=zone), times, zones),
    st.builds(
        lambda pair, zone, no: Hours(start=pair[0], end=pair[1], zone=zone, banned=no), spans, zones, st.booleans()
    ),
)
singles = st.one_of(
    st.just(StopSet()),
    st.just(TargetSet()),
    st.builds(StopDistance, unit=st.sampled_from(["points", "ticks", "pips"]), at_most=figures),
    st.builds(StopDistance, unit=st.sampled_from(["points", "ticks", "pips"]), at_least=figures),
    st.builds(MaxSize, limit=figures, unit=st.sampled_from(["contracts", "lots", "minis", "micros", "shares", None])),
    st.builds(MaxRisk, limit=limits, strict=st.booleans()),
    st.builds(MinReward, r=figures),
    st.builds(Symbols, symbols=symbols, banned=st.booleans()),
    st.builds(OneSide, direction=st.sampled_from(["long", "short"])),
    hours,
    st.builds(SessionEdge, minutes=whole, edge=st.sampled_from(["open", "close"])),
    st.builds(Weekdays, days=days, banned=st.booleans()),
    st.builds(FlatBy, at=times, zone=zones),
    st.builds(NotHeldOver, over=st.sampled_from(["night", "weekend"])),
    st.builds(HoldTime, at_most=whole),
    st.builds(HoldTime, at_least=whole),
    st.builds(MaxTrades, limit=whole, per=st.sampled_from(["day", "week"]), each_symbol=st.booleans()),
    st.builds(MaxLosses, limit=whole),
    st.builds(MaxLosses, limit=st.integers(2, 99), in_a_row=st.just(True)),
    st.builds(MaxWins, limit=whole),
    st.builds(Cooldown, minutes=whole, after=st.sampled_from(["trade", "loss", "win"])),
    st.builds(NoAdding, losers=st.booleans()),
    st.builds(MaxOpen, limit=whole),
    st.builds(MaxTradeLoss, limit=limits),
    st.builds(MaxDailyLoss, limit=limits, stop=st.booleans(), per=st.sampled_from(["day", "week"])),
    st.builds(ProfitStop, limit=own_limits, per=st.sampled_from(["day", "week"])),
)
whens = st.one_of(
    st.builds(When, symbols=symbols),
    st.builds(When, days=days),
    st.builds(When, direction=st.sampled_from(["long", "short"])),
    st.builds(When, phase=st.sampled_from(["evaluation", "funded"])),
    st.just(When(after_loss=True)),
    st.builds(When, days=days, phase=st.sampled_from(["evaluation", "funded"])),
)


@given(singles)
def test_a_sentence_is_the_rule_it_tells(check: Any) -> None:
    assert compiled(described(WORDS, check)) == check


@given(st.builds(Conditional, when=whens, check=singles).filter(lambda one: fits(one.check, one.when)))
def test_a_sentence_for_some_trades_never_tells_another_rule(check: Conditional) -> None:
    """Some are left to the judge, as "on MNQ: 2 contracts" counts differently; none comes back as something else."""
    again = compiled(described(WORDS, check))
    assert again is None or again == check or _same_ban(again, check)


def _same_ban(again: Check, check: Conditional) -> bool:
    """ "On Fridays: no trades in NQ" and "on NQ: no trades on Fridays" are one rule."""
    if not isinstance(again, Conditional):
        return False
    return _parts(again) == _parts(check)


def _parts(check: Conditional) -> tuple[Any, ...]:
    """What a ban forbids, wherever it is said."""
    days, names, direction = check.when.days, check.when.symbols, check.when.direction
    match check.check:
        case Weekdays(days=more, banned=True):
            return (days | more, names, direction, check.when.phase)
        case Symbols(symbols=more, banned=True):
            return (days, names | more, direction, check.when.phase)
        case OneSide(direction=only):
            return (days, names, {"long": "short", "short": "long"}[only], check.when.phase)
        case _:
            return (check,)
