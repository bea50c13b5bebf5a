"""Fills become trades, first in first out.

What closes first closes what was opened first, in each symbol of each account of the broker's. A trade is what one
order closed of what one order opened, at the average prices of its fills. What a later fill brings changes no trade
that was matched before, so a file that goes on where another ended gives the trades of both.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from bot.importing.trades import CENTS, Fill, Skipped, Trade, digest

PRICE: Final = Decimal("0.0000000001")


@dataclass(slots=True)
class _Pair:
    """What one order closed of what another opened."""

    opened: list[tuple[Fill, Decimal]] = field(default_factory=list)
    closed: list[tuple[Fill, Decimal]] = field(default_factory=list)


def matched(fills: Iterable[Fill], skipped: Skipped) -> tuple[list[Trade], list[Fill]]:
    """The trades, and the fills that are left open with the size that is. The order of the fills does not matter."""
    lots: dict[tuple[str, str], deque[Fill]] = {}
    pairs: dict[tuple[str, ...], _Pair] = {}
    for fill in sorted(fills, key=_in_time):
        market = (fill.account, fill.symbol)
        rest = _closed_by(fill, lots.setdefault(market, deque()), pairs)
        if not rest:
            continue
        if fill.effect == "exit":
            skipped.add("orphan", fill.line)
        else:
            lots[market].append(replace(fill, size=rest))
    trades = [trade for pair in pairs.values() for trade in _trades(pair)]
    return trades, [lot for open_ in lots.values() for lot in open_]


def _in_time(fill: Fill) -> tuple[object, ...]:
    return (fill.at, len(fill.key), fill.key)


def _closed_by(fill: Fill, lots: deque[Fill], pairs: dict[tuple[str, ...], _Pair]) -> Decimal:
    """Close what the fill closes of the open lots; what is left of it."""
    rest = fill.size
    while rest and lots and lots[0].direction != fill.direction:
        lot = lots[0]
        size = min(rest, lot.size)
        pair = pairs.setdefault((fill.account, fill.symbol, lot.order, fill.order), _Pair())
        pair.opened.append((lot, size))
        pair.closed.append((fill, size))
        rest -= size
        if lot.size == size:
            lots.popleft()
        else:
            lots[0] = replace(lot, size=lot.size - size)
    return rest


def _trades(pair: _Pair) -> Iterable[Trade]:
    """One trade; of an order that turned the position round and was met again, one for each direction."""
    for direction in ("long", "short"):
        opened = [(fill, size) for fill, size in pair.opened if fill.direction == direction]
        closed = [
            close for close, (fill, _) in zip(pair.closed, pair.opened, strict=True) if fill.direction == direction
        ]
        if opened:
            yield _trade(opened, closed)


def _trade(opened: list[tuple[Fill, Decimal]], closed: list[tuple[Fill, Decimal]]) -> Trade:
    first, last = opened[0][0], max((fill for fill, _ in closed), key=_in_time)
    used: dict[str, Decimal] = {}
    for fill, size in (*opened, *closed):
        used[fill.key] = used.get(fill.key, Decimal(0)) + size
    told = [fill.pnl * size / fill.whole for fill, size in closed if fill.pnl is not None]
    paid = [fill.costs * size / fill.whole for fill, size in (*opened, *closed) if fill.costs is not None]
    return Trade(
        line=last.line,
        external_id=f"f:{digest(*sorted((key, format(size.normalize(), 'f')) for key, size in used.items()))}",
        symbol=first.symbol,
        direction=first.direction,
        size=sum((size for _, size in closed), Decimal(0)),
        entry_price=_average(opened),
        exit_price=_average(closed),
        entry_time=min(fill.at for fill, _ in opened),
        exit_time=last.at,
        pnl=sum(told, Decimal(0)).quantize(CENTS) if len(told) == len(closed) else None,
        basis="gross",
        computed=False,
        costs=sum(paid, Decimal(0)).quantize(CENTS) if paid else None,
        fills=tuple(sorted(used.items())),
    )


def _average(parts: list[tuple[Fill, Decimal]]) -> Decimal:
    whole = sum((size for _, size in parts), Decimal(0))
    return (sum((fill.price * size for fill, size in parts), Decimal(0)) / whole).quantize(PRICE).normalize()
