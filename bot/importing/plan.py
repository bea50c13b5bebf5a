"""A file and what the journal knows become what an import would do. Nothing is written here.

The file is read, its times are put into a zone, its fills are matched, what is known already is left out, and what the
trader told already is found. `Context` is all that comes in beside the bytes, `Plan` all that goes out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.importing import cells, matching
from bot.importing.cells import Dating
from bot.importing.fifo import matched
from bot.importing.formats import Layout, guessed, headers_of, layout_of, missing, signed
from bot.importing.matching import Known
from bot.importing.rows import Reading, accounts_in, cells_of
from bot.importing.tables import MOST_ROWS, NoTable, Table, table_in
from bot.importing.trades import Fill, Skipped, Trade, digest, follows, with_result
from bot.trading.day import DayStart, trading_day

LONGEST_CELL = 24
MOST_COLUMNS = 40
FEW = 200
"""Rows that tell how numbers are meant."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the reading of a file may know.

    zone      the trader's; `told_zone` and `dates` are what they said of this file, `columns` roles by place from 0
    remembered  columns that were told of files with the same header, by its digest
    known     external ids by broker; `used`: of fills, the sizes that recorded trades took, by broker and key
    open      fills of earlier files of which something is left
    journal   the trades of the account, with the external id of those that have one
    """

    zone: str
    day_start: DayStart
    currency: str
    now: datetime
    told_zone: str | None = None
    dates: str | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    used: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    open: Mapping[str, Sequence[Fill]] = field(default_factory=dict)
    journal: Sequence[tuple[Known, str | None]] = ()
    point_values: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """A trade that would be recorded, on its trading day; `same`: the trade of the journal that it is."""

    trade: Trade
    day: date
    same: str | None = None


@dataclass(slots=True)
class Plan:
    """What an import would do.

    outcome   ready, ask (columns or dates have to be told), or refused (`reason`)
    missing   roles without a column; `dates_open`: the order of day and month is not told
    dates_guessed  that order, where nothing but the broker's way tells it
    columns   the headers and the first row, to choose from; `guess`: roles by place from 0
    known     trades, or fills, that an earlier import or another writer brought
    open_fills  what is still open at the end of the file
    """

    outcome: str
    reason: str | None = None
    broker: str = "other"
    label: str = "CSV"
    holds: str = "trades"
    header: str = ""
    zone: str = "UTC"
    missing: list[str] = field(default_factory=list)
    dates_open: bool = False
    dates_guessed: str | None = None
    columns: list[tuple[str, str]] = field(default_factory=list)
    guess: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    known: int = 0
    open_fills: int = 0
    accounts: list[str] = field(default_factory=list)
    skipped: Skipped = field(default_factory=Skipped)
    trades: list[Planned] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)

    @property
    def matches(self) -> int:
        return sum(1 for one in self.trades if one.same is not None)

    @property
    def without_result(self) -> Counter[str]:
        """Trades without a P&L, by symbol."""
        return Counter(one.trade.symbol for one in self.trades if one.trade.pnl is None)


def plan_of(data: bytes, context: Context) -> Plan:
    """What importing this file would do. Never raises for what a file holds."""
    try:
        table = table_in(data)
    except NoTable as refused:
        return Plan("refused", refused.reason)
    if len(table.rows) > MOST_ROWS:
        return Plan("refused", "too_many_rows")
    header = digest(*headers_of(table.header)[0])
    layout = _layout(table, header, context)
    plan = Plan("ready", broker=layout.format.broker, label=layout.format.label, holds=layout.format.holds)
    plan.header, plan.rows, plan.guess = header, len(table.rows), dict(layout.places)
    if not table.rows:
        plan.outcome, plan.reason = "refused", "no_rows"
        return plan
    plan.missing = missing(layout)
    order = context.dates or cells.date_order(cells_of(layout, table.rows, "times"))
    if order is None and cells.has_open_order(cells_of(layout, table.rows, "times")):
        plan.dates_guessed = order = layout.format.dates
        plan.dates_open = order is None
    if plan.missing or plan.dates_open:
        plan.outcome, plan.columns = "ask", _columns(table)
        return plan
    plan.zone, zone = _zone(layout, context)
    reading = _reading(table, layout, Dating(order or "dmy", zone), context)
    plan.accounts = sorted(accounts_in(layout, table.rows))
    _fill_in(plan, reading, table, context)
    return plan


def _layout(table: Table, header: str, context: Context) -> Layout:
    told = context.columns or context.remembered.get(header) or {}
    if table.layout is None:
        layout = guessed(table.header, told)
        return signed(layout) if _has_signed_sizes(layout, table) else layout
    if not told:
        return table.layout
    layout = layout_of(table.layout.format, *headers_of(table.header))
    return replace(layout, places={**layout.places, **{role: place for role, place in told.items() if role != "costs"}})


def _has_signed_sizes(layout: Layout, table: Table) -> bool:
    place = layout.places.get("size")
    return (
        place is not None
        and "side" not in layout.places
        and any(place < len(row) and cells.plain(row[place]).startswith("-") for _, row in table.rows)
    )


def _columns(table: Table) -> list[tuple[str, str]]:
    first = table.rows[0][1]
    shown = [
        (cells.plain(name)[:LONGEST_CELL], cells.plain(first[place])[:LONGEST_CELL] if place < len(first) else "")
        for place, name in enumerate(table.header)
    ]
    return shown[:MOST_COLUMNS]


def _reading(table: Table, layout: Layout, dating: Dating, context: Context) -> Reading:
    """Where no number tells its decimal sign (1,085), that by which more results follow from their prices."""
    numbers = list(cells_of(layout, table.rows, "numbers"))
    sign = cells.decimal_sign(numbers)
    if sign is not None or not any(mark in number for number in numbers for mark in ".,"):
        return Reading(layout, sign or ".", dating, context.now)
    point, comma = (Reading(layout, sign, dating, context.now) for sign in ".,")
    first = (
        (comma, point) if table.separator == ";" and not any("." in number for number in numbers) else (point, comma)
    )
    return max(first, key=lambda reading: _agreeing(reading, table, context))


def _agreeing(reading: Reading, table: Table, context: Context) -> int:
    """How many of the first results are about what their prices and size make."""
    if reading.layout.format.holds == "fills":
        return 0
    trades = reading.trades(table.rows[:FEW], Skipped())
    return sum(1 for trade in trades if follows(trade, context.currency, context.point_values))


def _zone(layout: Layout, context: Context) -> tuple[str, tzinfo]:
    """The zone that was told, else what the file names, else the trader's."""
    for name in (context.told_zone, layout.zone):
        found = cells.zone_of(name) if name else None
        if name and found is not None:
            return getattr(found, "key", name), found
    return context.zone, ZoneInfo(context.zone)


def _fill_in(plan: Plan, reading: Reading, table: Table, context: Context) -> None:
    if plan.holds == "fills":
        trades = _matched(plan, reading, table, context)
    else:
        trades = reading.trades(table.rows, plan.skipped)
        known = context.known.get(plan.broker, frozenset())
        plan.known = sum(1 for trade in trades if trade.external_id in known)
        in_file = {trade.external_id for trade in trades}
        trades = [trade for trade in trades if trade.external_id not in known]
        context = replace(context, journal=[one for one in context.journal if one[1] not in in_file])
    basis = reading.layout.format.basis
    results = [
        with_result(trade, trade.basis if trade.basis == "net" else basis, context.currency, context.point_values)
        for trade in trades
    ]
    dated = [(trade, _day(trade, context)) for trade in results]
    same = matching.pairs(dated, [one for one, _ in context.journal])
    for place, (trade, day) in enumerate(dated):
        met = same.get(place)
        if met is not None and not met.own:
            plan.known += 1
        else:
            plan.trades.append(Planned(trade, day, met.id if met is not None else None))


def _matched(plan: Plan, reading: Reading, table: Table, context: Context) -> list[Trade]:
    """Trades of the fills that no recorded trade has taken yet, with those that earlier files left open."""
    used = context.used.get(plan.broker, {})
    fills = reading.fills(table.rows, plan.skipped)
    keys = {fill.key for fill in fills}
    earlier = [fill for fill in context.open.get(plan.broker, ()) if fill.key not in keys]
    left = [replace(fill, size=fill.size - used.get(fill.key, Decimal(0))) for fill in fills]
    plan.known = sum(1 for fill in left if fill.size <= 0)
    trades, still_open = matched([*earlier, *(fill for fill in left if fill.size > 0)], plan.skipped)
    plan.open_fills = sum(1 for fill in still_open if fill.key in keys)
    plan.fills = fills
    return trades


def _day(trade: Trade, context: Context) -> date:
    moment = trade.exit_time or trade.entry_time
    if trade.day is not None or moment is None:
        return trade.day or trading_day(context.now.astimezone(UTC), context.day_start)
    return trading_day(moment, context.day_start)
