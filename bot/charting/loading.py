"""The facts of a chart from the journal, read at one moment."""

import asyncio
from dataclasses import dataclass, fields, replace
from typing import Final
from uuid import UUID

from bot.charting.facts import (
    CardFacts,
    DaysFacts,
    EquityFacts,
    Facts,
    Scope,
    SumsFacts,
    card_of,
    equity_of,
    made_of,
    rules_of,
    spread_of,
)
from bot.charting.wanted import Kind
from bot.periods import EARLIEST, Period
from bot.trading.limits import AccountLimits
from db import limits, pool, screenshots, series, verdicts
from db.pool import Connection
from db.series import Span

MOST_MULTIPLES: Final = 5_000
"""Trades whose R is looked at, the latest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Whose journal, and how its figures are told. `zone`: an IANA name; `currency`: of the account."""

    user_id: UUID
    account_id: UUID | None
    currency: str
    zone: str


async def facts_of(database: pool.Pool, source: Source, kind: Kind, scope: Scope) -> Facts:
    """What a chart shows; the period of all there is begins with its first day."""
    period = scope.period
    span = Span(source.user_id, source.account_id, period.first, period.last, scope.symbol)
    async with pool.transaction(database) as connection:
        await connection.execute("set transaction isolation level repeatable read, read only")
        if kind == "r":
            closed = await series.closed(connection, span, MOST_MULTIPLES)
        else:
            found = await _facts(connection, source, kind, scope, span)
    if kind == "r":
        found = await asyncio.to_thread(spread_of, scope, closed, source.currency)
    return found if period.first > EARLIEST else await _begun(database, span, found)


async def _facts(connection: Connection, source: Source, kind: Kind, scope: Scope, span: Span) -> Facts:
    match kind:
        case "equity" if scope.symbol is None:
            return await _equity(connection, scope, span)
        case "equity":
            return made_of(scope, await series.by_day(connection, span))
        case "days" if scope.symbol is None:
            rows = [row for row in await series.days(connection, span) if row.trade_date >= span.first]
            made = tuple(
                (row.trade_date, row.daily_pnl) for row in rows if row.trades_taken and row.daily_pnl is not None
            )
            return DaysFacts(scope=scope, days=made)
        case "days":
            return DaysFacts(
                scope=scope, days=tuple((one.key, one.amount) for one in await series.by_day(connection, span))
            )
        case "symbols":
            return SumsFacts(scope=scope, sums=tuple(await series.by_symbol(connection, span)))
        case "hours":
            sums = await series.by_hour(connection, span, source.zone)
            return SumsFacts(scope=scope, sums=tuple(sums), zone=source.zone)
        case _:
            return rules_of(scope, await series.by_rule(connection, span))


async def _equity(connection: Connection, scope: Scope, span: Span) -> EquityFacts:
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
    closed = sum(one.trades for one in await series.by_day(connection, span))
    trades = closed or sum(row.trades_taken or 0 for row in rows if row.trade_date >= span.first)
    return equity_of(scope, rows, highest, columns, trades)


async def _begun(database: pool.Pool, span: Span, facts: Facts) -> Facts:
    """The facts of all there is, with the day that it began on."""
    async with pool.acquired(database) as connection:
        first = await series.first_day(connection, span.user_id, span.account_id, span.last)
    period = Period(first or span.last, span.last)
    return replace(facts, scope=replace(facts.scope, period=period))


async def card_facts(connection: Connection, source: Source, trade_id: UUID) -> CardFacts | None:
    """None where the trade is gone."""
    trade = await series.trade(connection, source.user_id, trade_id)
    if trade is None:
        return None
    judged = await verdicts.verdicts_of(connection, source.user_id, trade_id)
    pictured = bool(await screenshots.pictures_of_trade(connection, source.user_id, trade_id))
    return card_of(trade, judged, source.currency, pictured=pictured)
