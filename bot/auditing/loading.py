"""The facts of an audit from the rows of the database.

Clients write trades, days, profiles and preferences: what is no figure, side or name there counts as not said.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.accounts import Account
from bot.auditing.conditions import phase_of
from bot.auditing.facts import FAR_AHEAD, LONG_AGO, AuditFacts, Logged, Part
from bot.trading.day import DayStart, trading_day
from bot.trading.limits import DayFigures, daily_limit, figure
from db.audits import AuditInput
from db.jsonb import read_json
from statemachine.trade import TradeFields

LONGEST_SYMBOL = 40
"""Characters; a longer one is none, and a model is paid by the word."""
_FIGURES = ("entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions")


def facts_of(given: AuditInput) -> AuditFacts:
    """Never raises: whatever makes no sense is left out."""
    profile = given.profile
    preferences = _json(profile.get("journal_preferences"), {})
    account = Account.of({**profile, "preferences": preferences, "limits": profile})
    if given.account is not None:
        account = account.beside(given.account)
    facts = AuditFacts(
        this=_logged(given.trade, account.day_start),
        others=tuple(_logged(row, account.day_start) for row in given.others),
        complete_from=given.complete_from,
        account_size=figure(account.limits.account_size),
        phase=phase_of(account.phase),
        account_currency=account.currency,
        account_name=None if account.id is None else account.name,
        zone=account.zone,
        day_start=account.day_start,
    )
    balance = _starting_balance(given, facts)
    return facts.on(balance, daily_limit(account.limits, DayFigures(starting_balance=balance)))


def _json(value: Any, otherwise: Any) -> Any:
    """JSONB comes as text."""
    found = read_json(value) if isinstance(value, str) else value
    return otherwise if found is None else found


def _logged(row: Mapping[str, Any], start: DayStart) -> Logged:
    figures: dict[str, Any] = {name: figure(row[name]) for name in _FIGURES}
    fields = TradeFields(
        symbol=(row["symbol"] or "")[:LONGEST_SYMBOL] or None,
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
        initial_stop=figure(row["initial_stop"]),
        day=day,
        recorded_at=row["created_at"],
        closed_at=row["closed_at"],
        is_open=fields.is_open if row["is_open"] is None else row["is_open"],  # other writers leave no word of it
        parts=tuple(_part(leg, day) for leg in _json(row.get("legs"), [])),
    )


def _part(leg: Mapping[str, Any], day: date) -> Part:
    return Part(
        size=figure(leg["size"]),
        pnl=figure(leg["pnl"]),
        at=_moment(leg["at"]),
        day=_date(leg["day"]) or day,
        closed_at=_moment(leg["closed_at"]),
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
            return figure(day["starting"])
        if on is not None and on < begun:
            return figure(day["ending"])
    return figure(days[0]["starting"])
