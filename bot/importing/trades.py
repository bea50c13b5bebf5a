"""What a file comes to: trades, fills, and the rows that are neither, each with its line."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from bot.trading.pnl import computed_pnl
from statemachine.trade import Direction, TradeFields

SHOWN_LINES: Final = 5
CENTS: Final = Decimal("0.0001")
TOLERANCE: Final = Decimal("0.02")
"""Of money, by which a figure may be rounded."""
NEARLY: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade of a file. Money as in TradeFields; `costs` are positive where they were paid.

    day    where only a date was written
    fills  keys of the fills it was matched from, with the size taken of each
    """

    line: int
    external_id: str
    symbol: str
    direction: Direction
    size: Decimal | None
    entry_price: Decimal | None
    exit_price: Decimal | None
    entry_time: datetime | None
    exit_time: datetime | None
    pnl: Decimal | None
    basis: str
    computed: bool
    costs: Decimal | None
    stop: Decimal | None = None
    target: Decimal | None = None
    day: date | None = None
    fills: Sequence[tuple[str, Decimal]] = ()

    @property
    def net(self) -> Decimal | None:
        if self.pnl is None:
            return None
        return self.pnl if self.basis == "net" else self.pnl - (self.costs or 0)


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution. `size`: what is still to be matched, `whole`: what was filled; `pnl` where the broker tells it."""

    key: str
    symbol: str
    direction: Direction
    size: Decimal
    whole: Decimal
    price: Decimal
    at: datetime
    order: str
    costs: Decimal | None = None
    effect: str | None = None
    pnl: Decimal | None = None
    account: str = ""
    line: int = 0


@dataclass(slots=True)
class Skipped:
    """Rows that are no trade: how many for each reason, and the first lines of each."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, reason: str, line: int) -> None:
        self.counts[reason] += 1
        first = self.lines.setdefault(reason, [])
        if len(first) < SHOWN_LINES:
            first.append(line)


def digest(*parts: object) -> str:
    """A name for what has none of its own: the same facts, the same name."""
    return hashlib.sha256("\x1f".join(map(_told, parts)).encode()).hexdigest()[:24]


def _told(part: object) -> str:
    if isinstance(part, Decimal):
        return f"{part.normalize():f}"
    return "" if part is None else str(part)


def numbered(names: Sequence[str]) -> list[str]:
    """Names made unique: the second of the same name is its #2. Rows in another order give the same names."""
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique


def follows(trade: Trade, currency: str, point_values: Mapping[str, Decimal]) -> bool:
    """Whether its P&L is about what its prices and size make; costs may be off."""
    made = _computed(trade, currency, point_values)
    if made is None or trade.pnl is None:
        return False
    allowed: Decimal = abs(trade.costs or Decimal(0)) + abs(made) * NEARLY
    return abs(made - trade.pnl) <= allowed


def _computed(trade: Trade, currency: str, point_values: Mapping[str, Decimal]) -> Decimal | None:
    fields = TradeFields(
        symbol=trade.symbol,
        direction=trade.direction,
        position_size=trade.size,
        entry_price=trade.entry_price,
        exit_price=trade.exit_price,
    )
    return computed_pnl(fields, currency, point_values.get(trade.symbol))


def with_result(trade: Trade, basis: str, currency: str, point_values: Mapping[str, Decimal]) -> Trade:
    """The P&L as it is stored: gross where the costs are known; computed, and marked so, where the file has none.

    `basis` either: the prices tell whether the costs are off.
    """
    computed = _computed(trade, currency, point_values)
    if trade.pnl is None:
        return replace(trade, pnl=computed, basis="gross", computed=computed is not None)
    costs = trade.costs or Decimal(0)
    if basis == "either":
        is_net = computed is not None and costs != 0 and abs(trade.pnl - (computed - costs)) <= TOLERANCE
        basis = "net" if is_net else "gross"
    if basis == "net" and trade.costs is not None:
        return replace(trade, pnl=trade.pnl + costs, basis="gross")
    return trade if trade.basis == basis else replace(trade, basis=basis)
