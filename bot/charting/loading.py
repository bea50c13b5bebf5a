"""The facts of a chart from the journal, read at one moment."""

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from bot.charting.facts import (
    CardFacts,
    DaysFacts,
    EquityFacts,
    Facts,
    Scope,
    Sum,
    SumsFacts,
    card_of,
    equity_of,
    made_of,
    rules_of,
    spread_of,
    sums_of,
)
from bot.charting.wanted import Kind
from bot.periods import EARLIEST, Period
from bot.statistics import Statistics, frame_of
from bot.trading.limits import AccountLimits
from db import limits, pool, screenshots, series, statistics, verdicts
from db.pool import Connection
from db.statistics import Grouping, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Whose journal, and how its figures are told. `zone`: an IANA name; `currency`: of the account."""

    user_id: UUID
    account_id: UUID | None
    currency: str
    zone: str


async def facts_of(database: pool.Pool, source: Source, kind: Kind, scope: Scope) -> Facts:
    """What a chart shows; the period of all there is begins with its first day."""
    async with pool.transaction(database) as connection:
        await connection.execute("set transaction isolation level repeatable read, read only")
        found = await _facts(_Figures(connection, source, scope), kind, scope)
        return found if scope.period.first > EARLIEST else await _begun(connection, source, found)


class _Figures:
    """The figures of a scope, as /stats tells them."""

    def __init__(self, connection: Connection, source: Source, scope: Scope) -> None:
        period = scope.period
        self.connection, self.zone = connection, source.zone
        self.span = Span(source.user_id, source.account_id, period.first, period.last, scope.symbol)
        self._frame = frame_of(period, period.last, currency=source.currency, zone=source.zone)

    async def by(self, grouping: Grouping | None) -> Statistics:
        return Statistics.of(await statistics.sums(self.connection, self.span, grouping, self._frame), grouping)

    async def multiples(self) -> list[Decimal | None]:
        return await statistics.multiples(self.connection, self.span, self._frame)


async def _facts(figures: _Figures, kind: Kind, scope: Scope) -> Facts:
    match kind:
        case "equity" if scope.symbol is None:
            return await _equity(figures, scope)
        case "equity":
            return made_of(scope, await _by_day(figures))
        case "days":
            return DaysFacts(scope=scope, days=tuple((one.key, one.amount) for one in await _by_day(figures)))
        case "symbols":
            sums = sums_of((await figures.by("symbol")).groups)
            return SumsFacts(scope=scope, sums=tuple(sorted(sums, key=lambda one: (-abs(one.amount), one.key or ""))))
        case "hours":
            sums = sums_of((await figures.by("hour")).groups, int)
            return SumsFacts(scope=scope, sums=sums, zone=figures.zone)
        case "rules":
            return rules_of(scope, (await figures.by("rule")).groups)
        case _:
            return spread_of(scope, await figures.multiples())


async def _by_day(figures: _Figures) -> tuple[Sum, ...]:
    return sums_of((await figures.by("day")).groups, date.fromisoformat)


async def _equity(figures: _Figures, scope: Scope) -> EquityFacts:
    connection, span = figures.connection, figures.span
    rows = await series.days(connection, span)
    highest = None
    if rows:
        highest = await series.highest_before(connection, span.user_id, span.account_id, rows[0].trade_date)
    stored = next(
        (row for row in await limits.accounts(connection, span.user_id) if row["account_id"] == span.account_id), {}
    )
    columns = AccountLimits(
        **{field.name: stored[field.name] for field in fields(AccountLimits) if field.name in stored}
    )
    closed = (await figures.by(None)).sums.trades
    trades = closed or sum(row.trades_taken or 0 for row in rows if row.trade_date >= span.first)
    return equity_of(scope, rows, highest, columns, trades)


async def _begun(connection: Connection, source: Source, facts: Facts) -> Facts:
    """The facts of all there is, with the day that it began on."""
    last = facts.scope.period.last
    first = await series.first_day(connection, source.user_id, source.account_id, last)
    return replace(facts, scope=replace(facts.scope, period=Period(first or last, last)))


async def card_facts(connection: Connection, source: Source, trade_id: UUID) -> CardFacts | None:
    """None where the trade is gone."""
    trade = await series.trade(connection, source.user_id, trade_id)
    if trade is None:
        return None
    judged = await verdicts.verdicts_of(connection, source.user_id, trade_id)
    pictured = bool(await screenshots.pictures_of_trade(connection, source.user_id, trade_id))
    return card_of(trade, judged, source.currency, pictured=pictured)
