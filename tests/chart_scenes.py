"""Journals to draw: no trades, one, only losses, five hundred, five years. The same whenever they are made."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

from bot.charting.facts import (
    CardFacts,
    DaysFacts,
    Facts,
    RuleFacts,
    RulesFacts,
    Scope,
    Sum,
    SumsFacts,
    card_of,
    equity_of,
    spread_of,
)
from bot.charting.wanted import Kind
from bot.periods import Period
from bot.trading.limits import AccountLimits
from db.series import DayRow, TradeRow
from db.verdicts import StoredVerdict

LAST = date(2026, 3, 20)
SIZE = Decimal(50_000)
LIMITS = AccountLimits(account_size=50_000, max_drawdown_pct=Decimal(5), max_drawdown_type="trailing eod lock")
RULES = (
    "Never risk more than 1% of the account on any one trade, whatever the setup looks like at the open",
    "Max 3 trades a day",
    "No trades after 15:30 New York",
)
SYMBOLS = ("NQ", "ES", "MNQ", "CL", "GC", "EURUSD", "6E", "YM", "RTY", "BTCUSD", "AAPL", "TSLA")


@dataclass(frozen=True, slots=True)
class Made:
    """One closed trade."""

    day: date
    hour: int | None
    symbol: str
    net: Decimal
    multiple: Decimal
    followed: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """`count` trades within `days` days up to LAST, of `symbols`; `losses`: none of them won."""

    count: int
    days: int
    symbols: int
    losses: bool = False

    @property
    def scope(self) -> Scope:
        return Scope(period=Period(LAST - timedelta(days=self.days - 1), LAST))


SCENES = {
    "none": Scene(0, 48, 0),
    "one": Scene(1, 48, 1),
    "losses": Scene(40, 48, 3, losses=True),
    "many": Scene(500, 250, 12),
    "years": Scene(4_000, 1_825, 8),
}


@cache
def trades(name: str) -> tuple[Made, ...]:
    return tuple(_trades(SCENES[name]))


def _trades(scene: Scene) -> Iterator[Made]:
    chance = random.Random(7)
    first = LAST - timedelta(days=scene.days - 1)
    open_days = [day for n in range(scene.days) if (day := first + timedelta(days=n)).weekday() < 5]
    for day in sorted(chance.choices(open_days, k=scene.count)):
        won = not scene.losses and chance.random() < 0.44
        multiple = Decimal(str(round(chance.gauss(1.9, 0.5) if won else -abs(chance.gauss(0.9, 0.2)), 2)))
        yield Made(
            day=day,
            hour=None if chance.random() < 0.04 else min(23, max(7, round(chance.gauss(10.5, 2)))),
            symbol=SYMBOLS[min(int(chance.expovariate(0.6)), scene.symbols - 1)],
            net=(multiple * 180).quantize(Decimal("0.01")),
            multiple=multiple,
            followed=tuple(chance.random() < (0.9 if won else 0.6) for _ in RULES),
        )


def facts(name: str, kind: Kind) -> Facts:
    """What a chart of a scene shows."""
    made, scope = trades(name), SCENES[name].scope
    match kind:
        case "equity":
            return equity_of(scope, list(_day_rows(made)), SIZE, LIMITS, len(made))
        case "days":
            return DaysFacts(
                scope=scope, days=tuple((row.trade_date, row.daily_pnl or Decimal(0)) for row in _day_rows(made))
            )
        case "symbols":
            sums = _sums((one.symbol, one.net) for one in made)
            return SumsFacts(scope=scope, sums=tuple(sorted(sums, key=lambda one: -abs(one.amount))))
        case "hours":
            sums = _sums((one.hour, one.net) for one in made)
            ordered = sorted(sums, key=lambda one: 99 if one.key is None else one.key)
            return SumsFacts(scope=scope, sums=tuple(ordered), zone="America/New_York")
        case "rules":
            return RulesFacts(scope=scope, rules=tuple(_rules(made)))
        case "r":
            return spread_of(scope, [one.multiple for one in made])


def _day_rows(made: tuple[Made, ...]) -> Iterator[DayRow]:
    balance = high = SIZE
    for day in sorted({one.day for one in made}):
        amounts = [one.net for one in made if one.day == day]
        start, balance = balance, balance + sum(amounts)
        high = max(high, balance)
        yield DayRow(day, start, balance, sum(amounts, Decimal(0)), high, len(amounts), Decimal(0), False, None)


def _sums(pairs: Iterator[tuple[object, Decimal]]) -> list[Sum]:
    found: dict[object, list[Decimal]] = {}
    for key, amount in pairs:
        found.setdefault(key, []).append(amount)
    return [Sum(key, sum(amounts, Decimal(0)), len(amounts)) for key, amounts in found.items()]


def _rules(made: tuple[Made, ...]) -> Iterator[RuleFacts]:
    for number, rule in enumerate(RULES):
        found = {one.key: one for one in _sums((one.followed[number], one.net) for one in made)}
        if found:
            yield RuleFacts(rule, found.get(True), found.get(False))


def card(name: str) -> CardFacts:
    """`one`: as planned and won; `losses`: the stop moved, rules broken; `none`: still open; `many`: all there is."""
    day = datetime(2026, 3, 20, 13, 40, tzinfo=UTC)
    told = {
        "symbol": "NQ", "direction": "long", "entry_price": Decimal("18250.25"), "exit_price": Decimal("18290.25"),
        "position_size": Decimal(2), "stop_loss": Decimal(18230), "take_profit": Decimal(18310),
        "initial_stop": Decimal(18230), "entry_time": day, "exit_time": day + timedelta(minutes=34), "is_open": False,
        "net": Decimal("1591.60"), "costs": Decimal("8.40"), "exits": 0, "account": None, "day": LAST, "plan": None,
    }  # fmt: skip
    marks = ["followed"] * 3
    match name:
        case "losses":
            told |= {"exit_price": Decimal("18219.75"), "stop_loss": Decimal("18220.00"), "net": Decimal("-1228.40")}
            marks = ["violated", "violated", "unclear"]
        case "none":
            told |= {"exit_price": None, "exit_time": None, "net": None, "is_open": True}
            marks = []
        case "many":
            told |= {"exits": 3, "exit_price": Decimal("18290.1666666667"), "exit_time": day + timedelta(hours=26)}
            told |= {"account": "apex2", "plan": {"fields": {"entry_price": "18248", "position_size": "2"}}}
            told |= {"setup": "opening range breakout with a retest", "mood": "impatient", "tags": ["orb", "aplus"]}
            marks = ["followed", "violated", "unclear"] * 5
    verdicts = [
        StoredVerdict(
            n + 1, UUID(int=n), UUID(int=1), UUID(int=n), RULES[n % 3], mark, "", "minor", 5, False, None, None
        )
        for n, mark in enumerate(marks)
    ]
    return card_of(TradeRow(**told), verdicts, "USD", pictured=False)  # type: ignore[arg-type]
