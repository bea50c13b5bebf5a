"""How every account of a trader stands now, from its columns and its latest day."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bot.accounts import Account, Accounts
from bot.trading.day import trading_day
from bot.trading.limits import AccountLimits, DayFigures, figure
from bot.trading.standing import Standing
from db import limits
from db.pool import Connection


async def standings(connection: Connection, user_id: UUID, accounts: Accounts, now: datetime) -> tuple[Standing, ...]:
    """The accounts in use on their trading day of `now`, the default one first; limits as they are stored now."""
    rows = {row["account_id"]: row for row in await limits.accounts(connection, user_id)}
    known = [account for account in accounts.open if account.id in rows]
    days = [trading_day(now, account.day_start) for account in known]
    wanted = [(account.id, day) for account, day in zip(known, days, strict=True)]
    latest = await limits.latest_days(connection, user_id, wanted)
    return tuple(
        _standing(rows[account.id], account, day, found)
        for account, day, found in zip(known, days, latest, strict=True)
    )


def _standing(row: Mapping[str, Any], account: Account, day: date, found: Mapping[str, Any]) -> Standing:
    columns = AccountLimits(**{field.name: row[field.name] for field in fields(AccountLimits)})
    return Standing(
        account_id=account.id,
        name=account.name,
        firm=row["prop_firm"],
        phase=row["challenge_phase"],
        currency=account.currency,
        day=day,
        limits=columns,
        figures=figures_on(day, found, columns),
        assumed=not row["balance_told"],
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
        highest=figure(found["highest"]),
        trades_taken=0,
    )
