"""How every account of a trader stands now, from its columns and its latest day."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bot.journal import Account
from bot.trading.day import DayStart, trading_day, zone_named
from bot.trading.limits import AccountLimits, DayFigures, figure
from bot.trading.standing import Standing
from db import limits
from db.pool import Connection


async def standings(connection: Connection, user_id: UUID, account: Account, now: datetime) -> tuple[Standing, ...]:
    """The accounts in use on their trading day of `now`, the default one first; `account` has its settings."""
    rows = await limits.accounts(connection, user_id)
    days = [trading_day(now, _day_start(row, account)) for row in rows]
    wanted = [(row["account_id"], day) for row, day in zip(rows, days, strict=True)]
    latest = await limits.latest_days(connection, user_id, wanted)
    return tuple(
        _standing(row, day, found, account.currency) for row, day, found in zip(rows, days, latest, strict=True)
    )


def _day_start(row: Mapping[str, Any], account: Account) -> DayStart:
    if row["account_id"] is None or row["day_hour"] is None:
        return account.day_start
    return DayStart(zone_named(row["day_zone"]) or account.zone, row["day_hour"])


def _standing(row: Mapping[str, Any], day: date, found: Mapping[str, Any], currency: str) -> Standing:
    columns = AccountLimits(**{field.name: row[field.name] for field in fields(AccountLimits)})
    return Standing(
        account_id=row["account_id"],
        name=row["name"],
        firm=row["prop_firm"],
        phase=row["challenge_phase"],
        currency=row["currency"] or currency,
        day=day,
        limits=columns,
        figures=figures_on(day, found, columns),
        assumed=not row["balance_entered"],
    )


def figures_on(day: date, found: Mapping[str, Any], account: AccountLimits) -> DayFigures:
    """A day's figures from the latest row up to it: its own, else it begins with what that one ended with."""
    if found["trade_date"] == day:
        return DayFigures(**{field.name: found[field.name] for field in fields(DayFigures)})
    size = figure(account.account_size)
    balance = size if found["trade_date"] is None else figure(found["ending_balance"])
    high = size if found["trade_date"] is None else figure(found["max_equity_high"])
    return DayFigures(
        starting_balance=balance,
        ending_balance=balance,
        daily_pnl=figure(0),
        max_equity_high=high,
        high_before=high,
        trades_taken=0,
    )
