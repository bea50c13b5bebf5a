"""The figures of a period: what a trader's results come to. Pure; the sums are made by the database (db/statistics.py).

- Net everywhere but in `gross`. A scratch is neither won nor lost: it counts for the expectancy, not for the win rate.
- `net` is what the period's days made; averages are of whole trades that were closed in it. They differ where a trade
  was left in parts on days of another period.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, Self

from bot.periods import Period
from bot.trading.contracts import CONTRACTS, Contract
from bot.trading.day import DayStart, session_of
from db.statistics import Frame, Grouping

Metric = Literal[
    "trades", "win_rate", "pnl", "average_win", "average_loss", "profit_factor", "expectancy", "average_r", "best",
    "worst", "best_day", "worst_day", "drawdown", "costs",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What some results add up to.

    trades    closed, with a P&L; of them won `wins` and lost `losses`
    won, lost, whole  net, of those that were won, lost, and all of `trades`
    measured  how many have an R; `multiples`: their sum
    open, unknown  not in `trades`: still open, or closed without a P&L
    """

    net: Decimal
    gross: Decimal
    trades: int
    wins: int
    losses: int
    won: Decimal
    lost: Decimal
    whole: Decimal
    measured: int
    multiples: Decimal
    open: int
    unknown: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """From the figures of db.statistics, whole ones of which JSON gives as integers."""
        figures: dict[str, Any] = {field.name: row[field.name] for field in fields(cls)}
        for name in ("net", "gross", "won", "lost", "whole", "multiples"):
            figures[name] = Decimal(figures[name])
        return cls(**figures)

    @property
    def scratches(self) -> int:
        return self.trades - self.wins - self.losses

    @property
    def win_rate(self) -> Decimal | None:
        """From 0 to 100; None where nothing was won or lost."""
        return _share(Decimal(100 * self.wins), self.wins + self.losses)

    @property
    def average_win(self) -> Decimal | None:
        return _share(self.won, self.wins)

    @property
    def average_loss(self) -> Decimal | None:
        """Below zero."""
        return _share(self.lost, self.losses)

    @property
    def profit_factor(self) -> Decimal | None:
        """What was won for each unit that was lost; None where nothing was lost."""
        return self.won / -self.lost if self.lost else None

    @property
    def expectancy(self) -> Decimal | None:
        """Net of the average trade."""
        return _share(self.whole, self.trades)

    @property
    def average_r(self) -> Decimal | None:
        return _share(self.multiples, self.measured)


def _share(amount: Decimal, count: int) -> Decimal | None:
    return amount / count if count else None


@dataclass(frozen=True, slots=True)
class Extreme:
    """The best or worst trade, or day (then without symbol and direction)."""

    net: Decimal
    day: date
    symbol: str | None = None
    direction: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any] | None) -> Self | None:
        if row is None:
            return None
        return cls(Decimal(row["net"]), date.fromisoformat(row["day"]), row.get("symbol"), row.get("direction"))


@dataclass(frozen=True, slots=True)
class Group:
    """What has something in common. `key`: of an unknown hour or side None; of a rule "followed" or "violated", and
    behind a blank its text, without which it is all rules together."""

    key: str | None
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The figures of a period.

    days      on which something was realised
    undated   trades that another program wrote, without a day: they count nowhere
    drawdown  the deepest fall from the highest that the period's results had come to before
    last_day  where nothing was traded: the latest day before the end on which something was
    """

    sums: Sums
    groups: tuple[Group, ...]
    days: int
    best: Extreme | None
    worst: Extreme | None
    best_day: Extreme | None
    worst_day: Extreme | None
    drawdown: Decimal
    undated: int
    last_day: date | None

    @classmethod
    def of(cls, found: Mapping[str, Any], grouping: Grouping | None) -> Self:
        groups = tuple(Group(row["key"], Sums.of(row)) for row in found["groups"] or ())
        last = found["last_day"]
        return cls(
            sums=Sums.of(found["sums"]),
            groups=in_order(groups, grouping),
            days=found["days"],
            best=Extreme.of(found["best"]),
            worst=Extreme.of(found["worst"]),
            best_day=Extreme.of(found["best_day"]),
            worst_day=Extreme.of(found["worst_day"]),
            drawdown=Decimal(found["drawdown"]),
            undated=found["undated"],
            last_day=date.fromisoformat(last) if last else None,
        )

    @property
    def traded(self) -> bool:
        return bool(self.sums.trades or self.sums.open or self.sums.unknown or self.days)


def in_order(groups: tuple[Group, ...], grouping: Grouping | None) -> tuple[Group, ...]:
    """Days, hours and weekdays as they pass, the unknown one last; all else by what it made, the best first."""
    if grouping == "day":
        return tuple(sorted(groups, key=lambda group: group.key or ""))
    if grouping in ("hour", "weekday"):
        return tuple(sorted(groups, key=lambda group: int(group.key) if group.key is not None else 99))
    return tuple(sorted(groups, key=lambda group: (-group.sums.net, group.key or "")))


@dataclass(frozen=True, slots=True)
class RuleSums:
    """What was made where a rule was followed, and where it was broken."""

    text: str
    followed: Sums | None
    violated: Sums | None


def rules_in(groups: Iterable[Group]) -> list[RuleSums]:
    """The rules of groups by rule, without that of all rules together; the dearest to break first."""
    keyed: dict[str, dict[str, Sums]] = {}
    for group in groups:
        verdict, blank, text = (group.key or "").partition(" ")
        if blank:
            keyed.setdefault(text, {})[verdict] = group.sums
    rules = [RuleSums(text, by.get("followed"), by.get("violated")) for text, by in keyed.items()]
    return sorted(rules, key=lambda rule: (rule.violated.net if rule.violated else Decimal("Infinity"), rule.text))


def frame_of(period: Period, today: date, *, currency: str, zone: str, day_start: DayStart | None = None) -> Frame:
    """By what the figures of a period on an account are told; without its day start trades of no day are not sought."""
    began = session_of(period.first, day_start)[0] if day_start else None
    ended = session_of(period.last, day_start)[1] if day_start else None
    return Frame(contracts=contracts_json(currency), zone=zone, today=today, began=began, ended=ended)


@lru_cache(maxsize=64)
def contracts_json(currency: str) -> str:
    """What the database must know of contracts to tell families, and scratches and R on an account of this currency."""
    return json.dumps([_row(known, currency) for known in CONTRACTS.values()], default=str)


def _counts(known: Contract, currency: str) -> bool:
    return known.currency == currency or _converts(known, currency)


def _converts(known: Contract, currency: str) -> bool:
    """Of a pair whose first currency is the account's the price converts the value of a point."""
    return known.kind == "forex" and known.currency != currency and known.symbol[:3] == currency


def _row(known: Contract, currency: str) -> dict[str, Any]:
    """Of one that no money is computed from the name alone."""
    named = {"symbol": known.symbol, "dated": known.kind == "future"}
    if not (known.confirmed and _counts(known, currency)):
        return named
    return named | {
        "tick": known.tick_size,
        "value": known.point_value,
        "converts": _converts(known, currency),
        "below": known.quote_below,
        "cents": known.cents,
        "fractions": known.fractions,
    }
