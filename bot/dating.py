"""Clock times told later of a recorded trade are of that trade's day, not of the day they are told on.

"out 10:05", answered to the receipt of yesterday's trade, is yesterday's 10:05. A day that the answer names stands, and
an open trade is left when it is told.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.reading import names_a_day
from bot.trading.day import DayStart, session_of, trading_day
from statemachine.conversation import KnownTrade
from statemachine.trade import TradeFields


def on_its_day(
    fields: TradeFields, trade: KnownTrade, text: str, now: datetime, start: DayStart, zone: ZoneInfo
) -> TradeFields:
    """The told fields with their times in the session the trade is on: an entry's own, where it has one already."""
    if names_a_day(text, now, zone):
        return fields
    entered, left = trade.fields.entry_time, trade.fields.exit_time
    day = trade.day or _day(left or entered, start)
    return replace(
        fields,
        entry_time=_in_session(fields.entry_time, _day(entered, start) or day, now, start, zone),
        exit_time=fields.exit_time if trade.is_open else _in_session(fields.exit_time, day, now, start, zone),
    )


def _day(moment: datetime | None, start: DayStart) -> date | None:
    return None if moment is None else trading_day(moment, start)


def _in_session(
    told: datetime | None, day: date | None, now: datetime, start: DayStart, zone: ZoneInfo
) -> datetime | None:
    """The moment of a session at which the trader's clock showed the told time; as told where that lies ahead."""
    if told is None or day is None:
        return told
    first, end = session_of(day, start)
    local = told.astimezone(zone)
    days = (first.astimezone(zone).date() + timedelta(days=n) for n in range(3))
    moments = (local.replace(year=on.year, month=on.month, day=on.day).astimezone(told.tzinfo) for on in days)
    return next((moment for moment in moments if first <= moment < end and moment <= now), told)
