"""/balance, /payout, /deposit: what the trader tells of an account's money beside its trades.

    /balance        /balance 51240        /balance 51240 peak 52000 @apex2        /balance undo
    /payout 2000    /deposit 500

They count in balance and floor from the current session on, and are never P&L.
"""

import re
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from bot.accounts import Account
from bot.commands.call import Call
from bot.commands.looking_again import look_again_at_unclear
from bot.commands.naming import account_in
from bot.reading.amounts import LARGEST, amount_in, is_of_currency
from bot.trading.day import trading_day
from bot.trading.limits import DayFigures, figure, guards
from db import days
from statemachine.conversation import Turn

SHOWN: Final = 5
"""What was told last."""
FARTHEST: Final = 100
"""A balance this many times the account's size, or this small a part of it, is a slip."""
_PEAK: Final = re.compile(r"\b(?:peak|high|hwm|max)\b[: ]*", re.IGNORECASE)
_UNDO: Final = re.compile(r"undo(?: (?P<id>\d{1,18}))?", re.IGNORECASE)


async def balance(call: Call) -> Turn:
    account, said, name = account_in(call)
    if account is None:
        return call.says("unknown_account", account=name)
    if not said:
        return await _shown(call, account)
    if (undo := _UNDO.fullmatch(said)) is not None:
        return await taken_back(call, account, undo["id"])
    if not is_of_currency(said, account.currency):
        return _refused(call, account, "currency", "balance", currency=account.currency)
    amount_said, *peak_said = _PEAK.split(said, maxsplit=1)
    amount, peak = amount_in(amount_said), amount_in(peak_said[0]) if peak_said else None
    if amount is None or (peak_said and peak is None):
        return _refused(call, account, "unread", "balance")
    reason = _absurd(amount, account)
    if reason is None and peak is not None:
        reason = "peak" if peak < amount else _absurd(peak, account)
    if reason is not None:
        return _refused(call, account, reason, "balance")
    return await _told(call, account, "balance", amount, peak)


async def payout(call: Call) -> Turn:
    return await _moved(call, "payout")


async def deposit(call: Call) -> Turn:
    return await _moved(call, "deposit")


async def _moved(call: Call, kind: days.BalanceKind) -> Turn:
    account, said, name = account_in(call)
    if account is None:
        return call.says("unknown_account", account=name)
    amount = amount_in(said) if said else None
    if amount is None:
        return _refused(call, account, "unread", kind)
    if not is_of_currency(said, account.currency):
        return _refused(call, account, "currency", kind, currency=account.currency)
    if not 0 < amount < LARGEST or amount != round(amount, 2):
        return _refused(call, account, "positive" if amount <= 0 else "absurd", kind)
    now = await _now(call, account)
    if kind == "payout" and now is not None and amount >= now:
        return _refused(call, account, "more_than_there_is", kind, balance=now)
    return await _told(call, account, kind, amount, None)


def _absurd(amount: Decimal, account: Account) -> str | None:
    """Why an amount can be no balance of the account; None where it can."""
    if amount <= 0:
        return "positive"
    if amount >= LARGEST or amount != round(amount, 2):
        return "absurd"
    size = account.limits.account_size
    return "far" if size and not Decimal(size) / FARTHEST <= amount <= size * FARTHEST else None


async def _day(call: Call, account: Account) -> dict[str, Any] | None:
    today = trading_day(call.now, account.day_start)
    return await days.day_on(call.connection, call.owner, account.id, today)


async def _now(call: Call, account: Account) -> Decimal | None:
    """The balance as it stands: of the latest day, else the account's size."""
    day = await _day(call, account)
    known = figure(day["ending_balance"]) if day is not None else None
    return known if known is not None else figure(account.limits.account_size)


async def _shown(call: Call, account: Account) -> Turn:
    day = await _day(call, account)
    return call.says(
        "balance",
        account=account.name,
        balance=await _now(call, account),
        high=figure(day["max_equity_high"]) if day is not None else None,
        size=account.limits.account_size,
        told=await days.balance_is_told(call.connection, call.owner, account.id),
        changes=await days.balance_changes(call.connection, call.owner, account.id, SHOWN),
    )


async def _told(call: Call, account: Account, kind: days.BalanceKind, said: Decimal, peak: Decimal | None) -> Turn:
    today = trading_day(call.now, account.day_start)
    day = await days.tell_balance(call.connection, call.owner, account.id, today, kind, said, peak)
    (change,) = await days.balance_changes(call.connection, call.owner, account.id, 1)
    await look_again_at_unclear(call, account.id)
    balance, high = figure(day["ending_balance"]), figure(day["max_equity_high"])
    figures = DayFigures(**{field.name: day.get(field.name) for field in fields(DayFigures)})
    drawdown = [guard for guard in guards(figures, account.limits) if guard.kind == "drawdown"]
    return call.says("balance_told", account=account.name, change=change, balance=balance, high=high, guards=drawdown)


async def taken_back(call: Call, account: Account, named: str | None) -> Turn:
    """A button names what it takes back, and is out of date once something was told after that."""
    last = await days.balance_changes(call.connection, call.owner, account.id, 1)
    if not last or named not in (None, str(last[0].id)):
        return _refused(call, account, "stale" if last else "nothing", "balance")
    await days.untell_balance(call.connection, call.owner, account.id)
    return call.says("balance_undone", account=account.name, change=last[0], balance=await _now(call, account))


def _refused(call: Call, account: Account, reason: str, kind: str, **values: Any) -> Turn:
    size = account.limits.account_size
    return call.says("balance_refused", account=account.name, reason=reason, kind=kind, size=size, **values)
