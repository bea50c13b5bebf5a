"""Which trade of the journal a broker's trade is: the same symbol and side, about the same time, size and price.

A time is compared where the journal has one; else the trading day has to be the same. Each trade is met once, the
nearest first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from bot.importing.trades import Trade
from bot.trading.contracts import contract

WITHIN: Final = timedelta(minutes=5)
"""A trader tells "in at 9:31" by the minute, and not always the right one."""
EXACTLY: Final = timedelta(seconds=2)
TICKS: Final = 4
SHARE: Final = Decimal("0.0002")
"""Of the price, where nobody knows its tick."""
MONEY_SHARE: Final = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Known:
    """A trade of the journal. `own`: the trader told it, no broker's number stands on it."""

    id: str
    symbol: str
    direction: str
    size: Decimal | None
    entry_price: Decimal | None
    exit_price: Decimal | None
    entry_time: datetime | None
    exit_time: datetime | None
    pnl: Decimal | None
    day: date | None
    own: bool


def pairs(trades: Sequence[tuple[Trade, date]], known: Iterable[Known]) -> dict[int, Known]:
    """By the place of the trade: what it is in the journal. `trades` with their trading days."""
    by_market: dict[tuple[str, str], list[Known]] = {}
    for one in known:
        by_market.setdefault((one.symbol, one.direction), []).append(one)
    near = [
        (distance, place, one.id, one)
        for place, (trade, day) in enumerate(trades)
        for one in by_market.get((trade.symbol, trade.direction), ())
        if (distance := distance_of(trade, day, one)) is not None
    ]
    found: dict[int, Known] = {}
    taken: set[str] = set()
    for _, place, number, one in sorted(near, key=lambda pair: pair[:3]):
        if place not in found and number not in taken:
            found[place] = one
            taken.add(number)
    return found


def distance_of(trade: Trade, day: date, known: Known) -> Decimal | None:
    """How far they lie apart, 0 for the same; None where they are two trades."""
    within = WITHIN if known.own else EXACTLY
    apart = [
        abs(ours - theirs)
        for ours, theirs in ((trade.entry_time, known.entry_time), (trade.exit_time, known.exit_time))
        if ours is not None and theirs is not None
    ]
    if any(span > within for span in apart) or (not apart and known.day != day):
        return None
    if known.size is not None and trade.size is not None and known.size != trade.size:
        return None
    prices = _prices_apart(trade, known)
    if prices is None:
        return None
    return prices + Decimal(sum(span.total_seconds() for span in apart)) / Decimal(1000)


def _prices_apart(trade: Trade, known: Known) -> Decimal | None:
    compared = [
        (ours, theirs)
        for ours, theirs in ((trade.entry_price, known.entry_price), (trade.exit_price, known.exit_price))
        if ours is not None and theirs is not None
    ]
    if not compared:
        return _money_apart(trade, known)
    far = Decimal(0)
    for ours, theirs in compared:
        allowed = _tolerance(trade.symbol, ours) if known.own else Decimal(0)
        if abs(ours - theirs) > allowed:
            return None
        far += abs(ours - theirs) / ours
    return far


def _money_apart(trade: Trade, known: Known) -> Decimal | None:
    """Told without prices: the result says which trade it was."""
    told = [figure for figure in (trade.pnl, trade.net) if figure is not None]
    if known.pnl is None or not told:
        return None
    apart = min(abs(figure - known.pnl) for figure in told)
    return apart / 1000 if apart <= max(Decimal(1), abs(known.pnl) * MONEY_SHARE) else None


def _tolerance(symbol: str, price: Decimal) -> Decimal:
    known = contract(symbol)
    tick = known.tick_size if known is not None else None
    return max(TICKS * tick if tick else Decimal(0), abs(price) * SHARE)


def known_of(row: Mapping[str, object]) -> Known:
    """From the database's JSON; figures as text, times in ISO."""

    def figure(name: str) -> Decimal | None:
        return None if row[name] is None else Decimal(str(row[name]))

    def moment(name: str) -> datetime | None:
        return None if row[name] is None else datetime.fromisoformat(str(row[name]))

    return Known(
        id=str(row["id"]),
        symbol=_root(str(row["symbol"])),
        direction=str(row["direction"]),
        size=figure("size"),
        entry_price=figure("entry_price"),
        exit_price=figure("exit_price"),
        entry_time=moment("entry_time"),
        exit_time=moment("exit_time"),
        pnl=figure("pnl"),
        day=None if row["day"] is None else date.fromisoformat(str(row["day"])),
        own=bool(row["own"]),
    )


def _root(symbol: str) -> str:
    found = contract(symbol)
    return found.symbol if found is not None else symbol.upper()
