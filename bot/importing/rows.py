"""Rows of a table, by its layout: as trades, or as fills. A row that is neither is skipped, with its reason."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from bot.importing import cells
from bot.importing.cells import Dating, Moment
from bot.importing.formats import WORDS, Layout
from bot.importing.trades import Fill, Skipped, Trade, digest, numbered
from statemachine.trade import Direction

EARLIEST_YEAR: Final = 1990
_NUMBERS: Final = ("size", "price", "entry_price", "exit_price", "buy_price", "sell_price", "pnl", "net")
_TIMES: Final = ("time", "date", "entry_time", "entry_date", "exit_time", "exit_date", "buy_time", "sell_time")
SAMPLE: Final = 2000
Row = TypeVar("Row", Trade, Fill)


class _Skip(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table's cells are read. `latest`: a time behind it has not come yet."""

    layout: Layout
    sign: str
    dating: Dating
    latest: datetime

    def trades(self, rows: Sequence[tuple[int, list[str]]], skipped: Skipped) -> list[Trade]:
        """In the order of the file, each under a name of its own; a row that stands there twice under the broker's
        number is one trade."""
        found = list(self._read(self._trade, rows, skipped))
        names = numbered([trade.external_id for trade, _ in found])
        trades = []
        for (trade, has_id), name in zip(found, names, strict=True):
            if has_id and name != trade.external_id:
                skipped.add("twice", trade.line)
            else:
                trades.append(trade if name == trade.external_id else replace(trade, external_id=name))
        return trades

    def fills(self, rows: Sequence[tuple[int, list[str]]], skipped: Skipped) -> list[Fill]:
        found = list(self._read(self._fill, rows, skipped))
        names = numbered([fill.key for fill, _ in found])
        fills = []
        for (fill, has_id), name in zip(found, names, strict=True):
            if has_id and name != fill.key:
                skipped.add("twice", fill.line)
            else:
                fills.append(replace(fill, key=name, order=fill.order or name))
        return fills

    def _read(
        self, read: Callable[[int, list[str]], Row], rows: Sequence[tuple[int, list[str]]], skipped: Skipped
    ) -> Iterator[tuple[Row, bool]]:
        """What each row is read as, and whether it bears the broker's number; what cannot be read is noted."""
        for line, row, has_id in self._each(rows, skipped):
            try:
                yield read(line, row), has_id
            except _Skip as error:
                skipped.add(error.reason, line)

    def _each(self, rows: Sequence[tuple[int, list[str]]], skipped: Skipped) -> Iterator[tuple[int, list[str], bool]]:
        widest = max((self.layout.places[role] for role in self.layout.places), default=0)
        for line, row in rows:
            if len(row) <= widest and len([cell for cell in row if cell.strip()]) < len(self.layout.places) // 2:
                skipped.add("no_trade", line)
                continue
            yield line, row, bool(self._text(row, "id"))

    def _trade(self, line: int, row: list[str]) -> Trade:
        bought, sold = self._moment(row, "buy_time"), self._moment(row, "sell_time")
        if bought is not None and sold is not None:
            direction: Direction = "long" if bought.at <= sold.at else "short"
            began: Moment | None = bought if direction == "long" else sold
            ended: Moment | None = sold if direction == "long" else bought
            prices = [self._number(row, "buy_price"), self._number(row, "sell_price")]
            entry, leave = prices if direction == "long" else reversed(prices)
        else:
            direction = self._side(row)
            began, ended = self._moment(row, "entry_time"), self._moment(row, "exit_time") or self._moment(row, "time")
            entry, leave = self._number(row, "entry_price"), self._number(row, "exit_price")
        size, symbol = self._size(row), self._symbol(row)
        pnl, basis = self._result(row)
        if pnl is None and leave is None:
            raise _Skip("open" if entry is not None else "price")
        if pnl is None and (entry is None or not entry):
            raise _Skip("price")
        when = self._checked(ended or began)
        facts = (symbol, direction, size, entry, leave, began and began.wall, ended and ended.wall, pnl)
        number, second = self._text(row, "id"), self._text(row, "id2")
        own = (number, second, size, leave, ended and ended.wall)
        account = self._text(row, "account")
        return Trade(
            line=line,
            external_id=f"{number}:{digest(*own)[:8]}"[:120] if number else f"x:{digest(*facts, account)}",
            symbol=symbol,
            direction=direction,
            size=size,
            entry_price=entry or None,
            exit_price=leave or None,
            entry_time=began.at if began is not None and began.timed else None,
            exit_time=ended.at if ended is not None and ended.timed else None,
            pnl=pnl,
            basis=basis,
            computed=False,
            costs=self._costs(row, size),
            stop=self._number(row, "stop") or None,
            target=self._number(row, "target") or None,
            day=None if when.timed else when.day,
        )

    def _fill(self, line: int, row: list[str]) -> Fill:
        status = self._text(row, "status").lower()
        if "status" in self.layout.places and status not in WORDS["filled"]:
            raise _Skip("no_trade")
        direction, symbol = self._side(row), self._symbol(row)
        size, price = self._size(row), self._number(row, "price")
        if size is None:
            raise _Skip("size")
        if price is None or not price:
            raise _Skip("no_trade" if status else "price")
        when = self._checked(self._moment(row, "time"))
        account, number = self._text(row, "account"), self._text(row, "id")
        key = number or f"x:{digest(symbol, direction, size, price, when.wall, account)}"
        return Fill(
            key=key[:120],
            symbol=symbol,
            direction=direction,
            size=size,
            whole=size,
            price=price,
            at=when.at,
            order=self._text(row, "order")[:120],
            costs=self._costs(row, size),
            effect=self._effect(row),
            pnl=self._result(row)[0],
            account=account[:60],
            line=line,
        )

    def _cell(self, row: list[str], role: str) -> str:
        place = self.layout.places.get(role)
        return row[place] if place is not None and place < len(row) else ""

    def _text(self, row: list[str], role: str) -> str:
        return cells.plain(self._cell(row, role))

    def _number(self, row: list[str], role: str) -> Decimal | None:
        cell = self._cell(row, role)
        if not cell.strip():
            return None
        value = cells.number(cell, self.sign)
        if value is None and cells.is_formula(cells.plain(cell)):
            raise _Skip("formula")
        if value is None and role not in ("stop", "target"):
            raise _Skip("number")
        return value

    def _size(self, row: list[str]) -> Decimal | None:
        size = self._number(row, "size")
        return abs(size) if size else None

    def _side(self, row: list[str]) -> Direction:
        said = cells.side(self._cell(row, "side")) or self._signed(row)
        if said == "long":
            return "long"
        if said == "short":
            return "short"
        raise _Skip("no_trade" if self.layout.format.name != "any" else "side")

    def _signed(self, row: list[str]) -> str | None:
        """Where one column has both: what is negative was sold."""
        if self.layout.places.get("side") != self.layout.places.get("size"):
            return None
        size = self._number(row, "size")
        return None if not size else "long" if size > 0 else "short"

    def _symbol(self, row: list[str]) -> str:
        cell = self._cell(row, "symbol")
        if cells.is_formula(cells.plain(cell)):
            raise _Skip("formula")
        said = cells.symbol(cell)
        if said is None:
            raise _Skip("symbol")
        return said

    def _effect(self, row: list[str]) -> str | None:
        said = self._text(row, "effect").lower()
        return next((effect for effect in ("entry", "exit") if said in WORDS[effect]), None)

    def _result(self, row: list[str]) -> tuple[Decimal | None, str]:
        pnl = self._number(row, "pnl")
        if pnl is not None:
            return pnl, self.layout.format.basis
        return self._number(row, "net"), "net"

    def _costs(self, row: list[str], size: Decimal | None) -> Decimal | None:
        """Positive where they were paid; None where no column has any."""
        paid = []
        for place, per in self.layout.costs:
            cell = row[place] if place < len(row) else ""
            value = cells.number(cell, self.sign)
            if value is None:
                continue
            value = -value if self.layout.format.flows else abs(value)
            paid.append(value * (size or 1) if per else value)
        return sum(paid, Decimal(0)) if paid else None

    def _moment(self, row: list[str], role: str) -> Moment | None:
        cell = self._cell(row, role)
        if not cell.strip():
            return None
        day = self._cell(row, role.replace("time", "date")) or self._cell(row, "date")
        found = cells.moment(cell, self.dating, day)
        if found is None:
            raise _Skip("formula" if cells.is_formula(cells.plain(cell)) else "time")
        return found

    def _checked(self, when: Moment | None) -> Moment:
        if when is None or when.at.year < EARLIEST_YEAR:
            raise _Skip("time")
        if when.at > self.latest + timedelta(days=1):
            raise _Skip("ahead")
        return when


def cells_of(layout: Layout, rows: Sequence[tuple[int, list[str]]], what: str) -> Iterator[str]:
    """The cells of a table's numbers, or of its times: those of the first rows, and of some of all."""
    roles = _NUMBERS if what == "numbers" else _TIMES
    places = [place for role, place in layout.places.items() if role in roles]
    step = 1 + len(rows) // SAMPLE
    for _, row in rows if what == "times" else (*rows[:SAMPLE], *rows[SAMPLE::step]):
        for place in places:
            if place < len(row) and row[place].strip():
                yield row[place]


def accounts_in(layout: Layout, rows: Sequence[tuple[int, list[str]]]) -> Mapping[str, int]:
    """The broker's accounts that a file names, with the number of their rows."""
    place = layout.places.get("account")
    if place is None:
        return {}
    return Counter(cells.plain(row[place]) for _, row in rows if place < len(row) and row[place].strip())
