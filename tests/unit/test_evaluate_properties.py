"""What holds for every check, whatever is known of a trade: a verdict with a reason, and none that a fact still unsaid
could turn."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.auditing.checks import LONGEST_EVIDENCE, evaluate
from bot.auditing.facts import SECOND, AuditFacts, Logged, Part
from bot.auditing.score import scored
from bot.auditing.telling import told
from bot.auditing.verdict import Verdict
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
    StopDistance,
    StopSet,
    Symbols,
    TargetSet,
    Weekdays,
    When,
)
from bot.trading.day import DayStart, session_of
from statemachine.trade import TradeFields

RULE = UUID(int=7)
NEW_YORK = ZoneInfo("America/New_York")

# ---- anything that clients, brokers and models may have stored

figures = st.one_of(
    st.none(),
    st.decimals(),  # NaN and infinities too
    st.sampled_from([Decimal(n) for n in ("0", "-0", "1E+999999", "-1E-999999", "18250.25", "-250", "9E+20")]),
)
amounts = st.decimals(allow_nan=False, allow_infinity=False)
limits = st.builds(
    Limit,
    amount=st.none() | amounts,
    percent=st.none() | amounts,
    of=st.sampled_from(["account", "balance", "daily_limit"]),
)
numbers = st.integers() | st.integers(-1, 5)
moments = st.one_of(
    st.none(),
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(datetime(2026, 11, 23), datetime(2026, 11, 26), timezones=st.just(UTC)),  # noqa: DTZ001 - its bounds
)
zones = st.sampled_from([None, "America/New_York", "Europe/London", "Asia/Kathmandu", "nowhere", "../etc", ""])
walls = st.none() | st.times()
names = st.sampled_from(
    [None, "NQ", "MNQ", "ESZ6", "EURUSD", "USDJPY", "XAUUSD", "NAS100", "AAPL", "ZN", "", "\x00", "x" * 90]
)
some_names = st.frozensets(st.sampled_from(["NQ", "ES", "AAPL", ""]))
some_days = st.frozensets(st.sampled_from(["mon", "tue", "fri", "sun"]))
spans = st.sampled_from(["day", "week"])
sides = st.sampled_from(["long", "short"])
hours = st.builds(Hours, start=walls, end=walls, banned=st.booleans(), zone=zones)
singles = st.one_of(
    st.builds(StopSet),
    st.builds(TargetSet),
    st.builds(
        StopDistance,
        unit=st.sampled_from(["points", "ticks", "pips"]),
        at_most=st.none() | amounts,
        at_least=st.none() | amounts,
    ),
    st.builds(MaxSize, limit=amounts, unit=st.sampled_from([None, "contracts", "lots", "minis", "micros", "shares"])),
    st.builds(MaxRisk, limit=limits, strict=st.booleans()),
    st.builds(MinReward, r=amounts),
    st.builds(Symbols, symbols=some_names, banned=st.booleans()),
    st.builds(OneSide, direction=sides),
    hours,
    st.builds(SessionEdge, minutes=numbers, edge=st.sampled_from(["open", "close"])),
    st.builds(Weekdays, days=some_days, banned=st.booleans()),
    st.builds(FlatBy, at=st.times(), zone=zones),
    st.builds(NotHeldOver, over=st.sampled_from(["night", "weekend"])),
    st.builds(HoldTime, at_most=st.none() | numbers, at_least=st.none() | numbers),
    st.builds(MaxTrades, limit=numbers, per=spans, each_symbol=st.booleans()),
    st.builds(MaxLosses, limit=numbers, in_a_row=st.booleans()),
    st.builds(MaxWins, limit=numbers),
    st.builds(Cooldown, minutes=numbers, after=st.sampled_from(["trade", "loss", "win"])),
    st.builds(NoAdding, losers=st.booleans()),
    st.builds(MaxOpen, limit=numbers),
    st.builds(MaxTradeLoss, limit=limits),
    st.builds(MaxDailyLoss, limit=limits, stop=st.booleans(), per=spans),
    st.builds(ProfitStop, limit=limits, per=spans),
)
whens = st.builds(
    When,
    symbols=some_names,
    days=some_days,
    direction=st.none() | sides,
    hours=st.none() | hours,
    phase=st.sampled_from([None, "evaluation", "funded"]),
    after_loss=st.booleans(),
)
conditionals = st.builds(Conditional, when=whens, check=singles)
checks: st.SearchStrategy[Check] = st.one_of(
    singles, conditionals, st.builds(AllOf, checks=st.lists(singles | conditionals, max_size=4).map(tuple))
)
FIGURES = ("entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions")
fields = st.builds(
    TradeFields,
    symbol=names,
    direction=st.none() | sides,
    **dict.fromkeys(FIGURES, figures),
    pnl_basis=st.sampled_from([None, "gross", "net"]),
    entry_time=moments,
    exit_time=moments,
    note=st.none() | st.text(max_size=30) | st.just("no stop"),
)
dates = st.none() | st.dates() | st.dates(date(2026, 11, 22), date(2026, 11, 26))
parts = st.builds(Part, size=figures, pnl=figures, at=moments, day=dates)
logged = st.builds(
    Logged,
    fields=fields,
    id=st.uuids(),
    initial_stop=figures,
    day=dates,
    recorded_at=moments,
    is_open=st.booleans(),
    parts=st.lists(parts, max_size=2).map(tuple),
    point_value=figures,
)
day_zones = st.sampled_from([NEW_YORK, ZoneInfo("UTC"), ZoneInfo("Australia/Lord_Howe")])
day_starts = st.builds(DayStart, zone=day_zones, hour=st.integers(0, 23))
facts_of_anything = st.builds(
    AuditFacts,
    this=logged,
    others=st.lists(logged, max_size=4).map(tuple),
    complete_from=dates,
    account_size=figures,
    starting_balance=figures,
    daily_limit=figures,
    phase=st.sampled_from([None, "evaluation", "funded"]),
    account_currency=st.sampled_from(["USD", "EUR", "JPY"]),
    zone=st.sampled_from([NEW_YORK, ZoneInfo("Pacific/Apia")]),
    day_start=day_starts,
)


@settings(max_examples=400)
@given(checks, facts_of_anything)
def test_every_check_gives_a_verdict_with_a_reason(check: Check, facts: AuditFacts) -> None:
    found = evaluate(check, facts, RULE)
    assert found.verdict in ("followed", "violated", "unclear")
    assert 0 < len(found.evidence) <= LONGEST_EVIDENCE
    assert found.evidence.isprintable()
    assert found.severity == "minor" or found.verdict == "violated"
    assert (found.rule_id, found.confidence in (4, 5), found.computed) == (RULE, True, True)
    assert found == evaluate(check, facts, RULE)


# ---- what is not known cannot turn a verdict

DAY = date(2026, 11, 24)
OPENING = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # 9:00 in New York
LATER = datetime(2026, 12, 24, tzinfo=UTC)
PLACES = st.integers(0, 36)
"""Of the morning's fives of minutes."""


@st.composite
def mornings(draw: st.DrawFn) -> AuditFacts:
    """A day of trades of which all is known, recorded in the order of their entries; one of them is judged."""
    places = draw(st.lists(st.tuples(PLACES, st.integers(1, 12)), min_size=1, max_size=5))
    directions = [draw(st.sampled_from(["long", "long", "short"])) for _ in places]
    trades = [
        Logged(
            fields=TradeFields(
                symbol=draw(st.sampled_from(["NQ", "NQ", "ES"])),
                direction=direction,  # type: ignore[arg-type]
                position_size=Decimal(1),
                entry_price=Decimal(draw(st.sampled_from([18250, 18251]))),
                stop_loss=Decimal(18240 if direction == "long" else 18261),
                pnl=Decimal(draw(st.sampled_from([-300, -100, 0, 200]))),
                pnl_basis="gross",
                entry_time=OPENING + timedelta(minutes=5 * place),
                exit_time=OPENING + timedelta(minutes=5 * (place + length)),
            ),
            id=UUID(int=number + 1),
            day=DAY,
            recorded_at=LATER + timedelta(minutes=number),
        )
        for number, (direction, (place, length)) in enumerate(zip(directions, sorted(places), strict=True))
    ]
    judged = draw(st.integers(0, len(trades) - 1))
    return AuditFacts(
        this=trades[judged],
        others=tuple(trades[:judged] + trades[judged + 1 :]),
        account_size=Decimal(50_000),
        starting_balance=Decimal(50_000),
        zone=NEW_YORK,
        day_start=DayStart(NEW_YORK, 18),
    )


small = st.integers(1, 3)
money = st.sampled_from([Limit(amount=Decimal(n)) for n in (100, 200, 300, 400)])
timed_checks: st.SearchStrategy[Check] = st.one_of(
    st.builds(Cooldown, minutes=st.sampled_from([5, 15, 30]), after=st.sampled_from(["trade", "loss", "win"])),
    st.builds(MaxLosses, limit=small, in_a_row=st.booleans()),
    st.builds(MaxWins, limit=small),
    st.builds(MaxTrades, limit=small, each_symbol=st.booleans()),
    st.builds(NoAdding, losers=st.booleans()),
    st.builds(MaxOpen, limit=small),
    st.builds(MaxDailyLoss, limit=money, stop=st.just(True)),
    st.builds(ProfitStop, limit=money),
    st.builds(MaxRisk, limit=st.just(Limit(percent=Decimal("0.4"), of="balance"))),
    st.builds(
        Hours, start=st.sampled_from([time(10), time(11)]), end=st.sampled_from([None, time(11), time(9, 30)]),
        banned=st.booleans(),
    ),
    st.builds(SessionEdge, minutes=st.sampled_from([5, 30]), edge=st.sampled_from(["open", "close"])),
    st.builds(FlatBy, at=st.sampled_from([time(10), time(16)])),
    st.builds(HoldTime, at_most=st.sampled_from([10, 60])),
    st.builds(NotHeldOver),
    st.builds(Conditional, when=st.just(When(after_loss=True)), check=st.just(MaxSize(limit=Decimal("0.5")))),
)  # fmt: skip


def without(trade: Logged, *unsaid: str) -> Logged:
    return replace(trade, fields=replace(trade.fields, **dict.fromkeys(unsaid)))


times = st.sampled_from([(), (), ("entry_time",), ("exit_time",), ("entry_time", "exit_time")])


@settings(max_examples=800)
@given(timed_checks, mornings(), st.data())
def test_a_decided_verdict_stands_whatever_time_is_told_later(check: Check, facts: AuditFacts, data: Any) -> None:
    """Followed or violated for certain without some of the times means the same with all of them."""
    partly = replace(
        facts,
        this=without(facts.this, *data.draw(times)),
        others=tuple(without(other, *data.draw(times)) for other in facts.others),
    )
    found, whole = evaluate(check, partly, RULE), evaluate(check, facts, RULE)
    assert whole.verdict != "unclear", whole.evidence
    assert found.confidence == 4 or found.verdict in ("unclear", whole.verdict), (found.evidence, whole.evidence)


@settings(max_examples=150)
@given(timed_checks, mornings().filter(lambda facts: facts.others), st.data())
def test_an_unsaid_time_that_changes_nothing_leaves_nothing_unclear(check: Check, facts: AuditFacts, data: Any) -> None:
    """Where every exit that one other trade can have had gives the same verdict, it is certain without it."""
    place = data.draw(st.integers(0, len(facts.others) - 1))
    entry = facts.trade.entry_time
    untimed = without(facts.others[place], "exit_time")
    entered = untimed.fields.entry_time
    assert entry is not None
    assert entered is not None
    entry += timedelta(minutes=1)  # a minute in which the unsaid exit alone can lie
    facts = replace(facts, this=replace(facts.this, fields=replace(facts.trade, entry_time=entry)))

    def with_other(other: Logged) -> AuditFacts:
        return replace(facts, others=(*facts.others[:place], other, *facts.others[place + 1 :]))

    minutes = range(1, max(int((entry - entered) / timedelta(minutes=1)), 0) + 2)
    exits = (*(entered + timedelta(minutes=n) for n in minutes), session_of(DAY, facts.day_start)[1] - SECOND)
    possible = (replace(untimed, fields=replace(untimed.fields, exit_time=left)) for left in exits)
    verdicts = {evaluate(check, with_other(other), RULE).verdict for other in possible}
    found = evaluate(check, with_other(untimed), RULE)
    if len(verdicts) == 1:
        assert (found.verdict, found.confidence) == (verdicts.pop(), 5), found.evidence
    else:
        assert found.verdict == "unclear" or found.confidence == 4, found.evidence


@pytest.mark.parametrize("said", ["entry_time", "exit_time"])
def test_what_is_told_to_a_model_is_the_same_for_the_same_facts(said: str) -> None:
    fields = TradeFields(symbol="NQ", pnl=Decimal(-100), **{said: OPENING})  # type: ignore[arg-type]
    facts = AuditFacts(this=Logged(fields=fields, day=DAY), zone=NEW_YORK)
    assert told(facts) == told(facts)
    key = {"entry_time": "entered", "exit_time": "left"}[said]
    assert told(facts)["trade"][key] == "2026-11-24 09:00"


# ---- rules and their opposites, stricter and laxer ones


@settings(max_examples=300)
@given(mornings(), some_names, some_days, st.times(), st.times())
def test_no_trade_breaks_a_rule_and_its_opposite(
    facts: AuditFacts, symbols: frozenset[str], days: frozenset[Any], start: time, end: time
) -> None:
    opposites: list[tuple[Check, Check]] = [
        (Symbols(symbols=symbols), Symbols(symbols=symbols, banned=True)),
        (Weekdays(days=days), Weekdays(days=days, banned=True)),
        (OneSide(direction="long"), OneSide(direction="short")),
        (Hours(start=start, end=end, banned=True), Hours(start=start, end=end, banned=False)),
    ]
    for check, opposite in opposites:
        verdicts = {evaluate(check, facts, RULE).verdict, evaluate(opposite, facts, RULE).verdict}
        on_the_edge = isinstance(check, Hours) and verdicts == {"followed"}
        assert on_the_edge or verdicts == {"followed", "violated"} or verdicts == {"unclear"}


@settings(max_examples=200)
@given(mornings(), st.integers(0, 5), st.integers(0, 5))
def test_a_laxer_rule_is_kept_by_whoever_keeps_the_stricter_one(facts: AuditFacts, one: int, other: int) -> None:
    strict, lax = sorted((one, other))

    def kept(check: Check) -> bool:
        return evaluate(check, facts, RULE).verdict == "followed"

    for kind in (MaxTrades, MaxLosses, MaxWins, MaxOpen):
        assert kept(kind(limit=lax)) or not kept(kind(limit=strict))
    for money_kind in (MaxTradeLoss, MaxDailyLoss, ProfitStop, MaxRisk):
        strictly, laxly = (money_kind(limit=Limit(amount=Decimal(100 * n))) for n in (strict, lax))
        assert kept(laxly) or not kept(strictly)
    assert kept(Cooldown(minutes=5 * strict)) or not kept(Cooldown(minutes=5 * lax))
    assert kept(MaxRisk(limit=Limit(amount=Decimal(200)))) or not kept(
        MaxRisk(limit=Limit(amount=Decimal(200)), strict=True)
    )


# ---- the score

verdicts_ = st.builds(
    Verdict,
    rule_id=st.just(RULE),
    verdict=st.sampled_from(["followed", "violated", "unclear"]),
    evidence=st.just(""),
    severity=st.sampled_from(["minor", "major", "critical"]),
    confidence=st.just(5),
    computed=st.booleans(),
)
FOLLOWED = Verdict(rule_id=RULE, verdict="followed", evidence="", severity="minor", confidence=5, computed=True)


def score(verdicts: list[Verdict]) -> Decimal:
    """No rule decided counts as nothing broken."""
    compliance = scored(verdicts).compliance
    return Decimal(100) if compliance is None else compliance


@given(st.lists(verdicts_, max_size=30))
def test_the_score_is_a_share_and_counts_everything(verdicts: list[Verdict]) -> None:
    found = scored(verdicts)
    assert 0 <= score(verdicts) <= 100
    assert found.followed + found.violated + found.unclear == len(verdicts)
    assert (found.compliance is None) == (found.followed + found.violated == 0)
    assert found == scored(list(reversed(verdicts)))


@given(st.lists(verdicts_, min_size=1, max_size=30), st.data())
def test_the_score_moves_the_way_the_trader_does(verdicts: list[Verdict], data: Any) -> None:
    before = score(verdicts)
    assert score([*verdicts, FOLLOWED]) >= before
    assert score([*verdicts, replace(FOLLOWED, verdict="violated")]) <= before
    assert score([*verdicts, replace(FOLLOWED, verdict="unclear", severity="critical")]) == before
    place = data.draw(st.integers(0, len(verdicts) - 1))
    graver: Any = {"minor": "major", "major": "critical", "critical": "critical"}[verdicts[place].severity]
    worse, better = list(verdicts), list(verdicts)
    worse[place] = replace(verdicts[place], severity=graver)
    assert score(worse) <= before
    if verdicts[place].verdict == "violated":
        better[place] = FOLLOWED
        assert score(better) >= before
