"""The facts of an audit from the rows of the database.

Clients write trades, days, profiles and preferences: what is no figure, side or name there counts as not said.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.auditing.conditions import phase_of
from bot.auditing.facts import FAR_AHEAD, LONG_AGO, AuditFacts, Logged, Part
from bot.journal import Account
from bot.trading.day import DayStart, trading_day, zone_named
from bot.trading.limits import AccountLimits, DayFigures, guards
from bot.trading.pnl import LARGEST
from db.audits import AuditInput
from statemachine.trade import TradeFields

_FIGURES = ("entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions")
_LIMITS = tuple(name for name in AccountLimits.__slots__ if name != "account_size")


def facts_of(given: AuditInput) -> AuditFacts:
    """Never raises: whatever makes no sense is left out."""
    trader = Account.of({"preferences": _json(given.profile.get("journal_preferences"), {})})
    own = given.account if given.account is not None else given.profile
    start = trader.day_start if given.account is None else _day_start(given.account, trader)
    this = _logged(given.trade, start)
    facts = AuditFacts(
        this=this,
        others=tuple(_logged(row, start) for row in given.others),
        complete_from=given.complete_from,
        account_size=_figure(own.get("account_size")),
        phase=phase_of(own.get("challenge_phase")),
        account_currency=trader.currency if given.account is None else given.account["currency"],
        zone=trader.zone,
        day_start=start,
    )
    balance = _starting_balance(given, facts)
    return facts.on(balance, _daily_limit(own, balance))


def _json(value: Any, otherwise: Any) -> Any:
    """JSONB comes as text."""
    found = json.loads(value) if isinstance(value, str) else value
    return otherwise if found is None else found


def _figure(value: Any) -> Decimal | None:
    """NUMERIC holds NaN, infinity and figures that no account or price has."""
    if value is None:
        return None
    try:
        figure = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return None
    return figure if figure.is_finite() and abs(figure) < LARGEST else None


def _day_start(account: Mapping[str, Any], trader: Account) -> DayStart:
    """An account's own day start, where it has one."""
    zone, hour = zone_named(account["day_zone"]) or trader.zone, account["day_hour"]
    return trader.day_start if hour is None else DayStart(zone, hour)


def _logged(row: Mapping[str, Any], start: DayStart) -> Logged:
    figures: dict[str, Any] = {name: _figure(row[name]) for name in _FIGURES}
    fields = TradeFields(
        symbol=row["symbol"] or None,
        direction=row["direction"] if row["direction"] in ("long", "short") else None,
        entry_time=_moment(row["entry_time"]),
        exit_time=_moment(row["exit_time"]),
        pnl_basis=row.get("pnl_basis"),
        note=row.get("note"),
        **figures,
    )
    moment = fields.exit_time or fields.entry_time or row["created_at"]
    day = _date(row["trade_date"]) or trading_day(moment, start)
    return Logged(
        fields=fields,
        id=row["id"],
        initial_stop=_figure(row["initial_stop"]),
        day=day,
        recorded_at=row["created_at"],
        closed_at=row["closed_at"],
        is_open=bool(row["is_open"]),
        parts=tuple(_part(leg, day) for leg in _json(row.get("legs"), [])),
    )


def _part(leg: Mapping[str, Any], day: date) -> Part:
    return Part(
        size=_figure(leg["size"]),
        pnl=_figure(leg["pnl"]),
        at=_moment(leg["at"]),
        day=_date(leg["day"]) or day,
    )


def _moment(value: Any) -> datetime | None:
    """Times may be infinite, too, or years from any trade."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return moment if moment is not None and LONG_AGO.year <= moment.year < FAR_AHEAD.year else None


def _date(value: Any) -> date | None:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return found if found is not None and LONG_AGO.year < found.year < FAR_AHEAD.year else None


def _starting_balance(given: AuditInput, facts: AuditFacts) -> Decimal | None:
    """Of the day the trade was begun on: as the journal has it, else as the day before ended, else the account's size,
    with which an account starts of which no balance is known."""
    begun = facts.began_on(facts.this)
    days = _json(given.trade.get("days"), [])
    if not days or begun is None:
        return facts.account_size
    for day in reversed(days):
        on = _date(day["day"])
        if on == begun:
            return _figure(day["starting"])
        if on is not None and on < begun:
            return _figure(day["ending"])
    return _figure(days[0]["starting"])


def _daily_limit(own: Mapping[str, Any], balance: Decimal | None) -> Decimal | None:
    limits = AccountLimits(account_size=own.get("account_size"), **{name: own.get(name) for name in _LIMITS})
    day = DayFigures(starting_balance=balance, daily_loss_used=Decimal(0))
    return next((guard.limit for guard in guards(day, limits) if guard.kind == "daily_loss"), None)
