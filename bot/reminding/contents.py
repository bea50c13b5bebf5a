"""What there is to tell of what is due, read in the look's transaction; nothing where it would say nothing.

- summary and digest: of each account in use that traded; nothing of sessions without a trade.
- streak: where at least two days in a row end unless something is recorded in this session.
- close: where trades are open; of drafts the conversation reminds as the session ends.
- open: always, with what the limits leave.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from bot.accounts import Account, Accounts
from bot.periods import Period
from bot.reminding.due import Occurrence, day_told
from bot.reminding.wishes import Kind
from bot.standings import standings
from bot.statistics import Statistics, frame_of
from bot.texts.figures import Shown
from bot.texts.reminding import CloseTold, DigestTold, OpenTold, Part, StreakTold, SummaryTold
from bot.trading.day import ONE_DAY, session_of
from db import reminders, statistics
from db.pool import Connection

WEEK: Final = timedelta(days=7)
NOON: Final = time(12)
LEAST_STREAK: Final = 2
MOST_TRADES: Final = 10


@dataclass(frozen=True, slots=True)
class Whose:
    """The trader who is looked at, in the look's transaction."""

    connection: Connection
    user_id: UUID
    accounts: Accounts
    summary_time: time
    now: datetime


async def parts_of(whose: Whose, one: Occurrence) -> list[Part]:
    """Empty where there is nothing to tell."""
    return await _PARTS[one.kind](whose, one)


async def _summary(whose: Whose, one: Occurrence) -> list[Part]:
    parts: list[Part] = []
    for account in whose.accounts.open:
        day = one.period if account.id is None else day_told(one, account.day_start)
        found = await _figures(whose, account, day, day)
        if found is not None:
            parts.append(SummaryTold(*found))
    return parts


async def _digest(whose: Whose, one: Occurrence) -> list[Part]:
    """Seven trading days, the last of them the digest's day where it is told after noon, else the day before."""
    last = one.period if whose.summary_time >= NOON else one.period - ONE_DAY
    parts: list[Part] = []
    for account in whose.accounts.open:
        found = await _figures(whose, account, last - WEEK + ONE_DAY, last)
        if found is not None:
            parts.append(DigestTold(*found))
    return parts


async def _figures(whose: Whose, account: Account, first: date, last: date) -> tuple[Shown, Statistics] | None:
    span = statistics.Span(whose.user_id, account.id, first, last)
    frame = frame_of(Period(first, last), last, currency=account.currency, zone=account.zone.key)
    rows = await statistics.sums(whose.connection, span, "symbol", frame)
    found = Statistics.of(rows, "symbol")
    after = last + 2 * ONE_DAY  # the day is named by its date
    shown = Shown(account=account.name, first=first, last=last, today=after, dimension="symbol")
    return (shown, found) if found.traded else None


async def _streak(whose: Whose, one: Occurrence) -> list[Part]:
    days = await reminders.streak_at_risk(whose.connection, whose.user_id, one.period, LEAST_STREAK)
    return [] if days is None else [StreakTold(days, _ends(whose, one))]


async def _close(whose: Whose, one: Occurrence) -> list[Part]:
    trades = await reminders.open_trades(whose.connection, whose.user_id, MOST_TRADES)
    return [CloseTold(trades, _ends(whose, one))] if trades else []


async def _open(whose: Whose, one: Occurrence) -> list[Part]:
    """The limits as they stand once the session has begun; nothing in it is news, so nothing is loud."""
    began, _ = session_of(one.period, whose.accounts.default.day_start)
    known = await standings(whose.connection, whose.user_id, whose.accounts, max(began, whose.now))
    guards = {account.name: tuple(replace(guard, crossed=False) for guard in account.guards) for account in known}
    return [OpenTold(one.period, {name: left for name, left in guards.items() if left})]


def _ends(whose: Whose, one: Occurrence) -> datetime:
    return session_of(one.period, whose.accounts.default.day_start)[1]


_PARTS: Final[Mapping[Kind, Callable[[Whose, Occurrence], Awaitable[list[Part]]]]] = MappingProxyType(
    {"summary": _summary, "digest": _digest, "streak": _streak, "close": _close, "open": _open}
)
