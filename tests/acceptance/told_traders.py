"""Traders who are told things, and what each is due: worked out minute by minute, without bot/reminding."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from bot.trading.day import DayStart, trading_day

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ZONES = ("Europe/Berlin", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Tokyo")
KINDS = ("summary", "digest", "open", "close")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SURE = 4
"""Who is told of everything, whatever chance says: in Tokyo, where Monday's session ends within the short windows."""
PEOPLE = """
with users as (
    insert into auth.users (id, email) select gen_random_uuid(), 'told' || n || '@example.com'
    from generate_series(1, $1) n returning id)
select id from users
"""


@dataclass(slots=True)
class Trader:
    """`quiet` and `hour` (of the session's start) are on the clock of `zone`; `traded`: days with a trade."""

    id: UUID
    zone: ZoneInfo
    hour: int
    summary_time: time
    digest_day: int
    quiet: tuple[time, time] | None
    wished: frozenset[str]
    holds: bool
    traded: set[date] = field(default_factory=set)
    rests: set[date] = field(default_factory=set)

    @property
    def start(self) -> DayStart:
        return DayStart(self.zone, self.hour)

    def preferences(self) -> dict[str, Any]:
        quiet = self.quiet or (time(0), time(0))
        return {
            "timezone": self.zone.key,
            "day_start": {"hour": self.hour},
            "summary_time": f"{self.summary_time:%H:%M}",
            "digest_day": WEEKDAYS[self.digest_day],
            "notifications": {kind: kind in self.wished for kind in (*KINDS, "streak")},
            "quiet": {"from": f"{quiet[0]:%H:%M}", "to": f"{quiet[1]:%H:%M}"},
        }

    def is_quiet(self, moment: datetime) -> bool:
        if self.quiet is None:
            return False
        clock, (start, end) = moment.astimezone(self.zone).time(), self.quiet
        return start <= clock < end if start <= end else clock >= start or clock < end

    def due(self, begin: datetime, end: datetime) -> Iterator[tuple[str, date, datetime]]:
        """What falls due from `begin` until `end`: the kind, its period and when."""
        for kind, period, at in self._falls_due(begin - 2 * DAY, end + DAY):
            moment = at
            while self.is_quiet(moment):
                moment += -MINUTE if kind == "close" else MINUTE
            fell = moment
            if kind in ("summary", "digest"):
                moment = self._after_rest(moment)
            if begin < fell and moment <= end and kind in self.wished and self._is_something(kind, period):
                yield kind, period, moment

    def _after_rest(self, moment: datetime) -> datetime:
        """The summary time of the next date that is no rest day, or the end of the quiet hours that it is in."""
        while self.is_quiet(moment) or (date := moment.astimezone(self.zone).date()) in self.rests:
            if self.is_quiet(moment):
                moment += MINUTE
            else:
                moment = datetime.combine(date + DAY, self.summary_time, self.zone).astimezone(UTC)
        return moment

    def _falls_due(self, begin: datetime, end: datetime) -> Iterator[tuple[str, date, datetime]]:
        """By walking over the minutes; the clock shows a time when it first comes to it on a date."""
        ends: list[tuple[date, datetime]] = []
        shown: set[date] = set()
        moment = begin
        while moment < end:
            local, before = moment.astimezone(self.zone), (moment - MINUTE).astimezone(self.zone)
            day = trading_day(moment, self.start)
            if day != (was := trading_day(moment - MINUTE, self.start)):
                ends.append((was, moment))
                yield "open", day, moment
                yield "close", was, moment - 30 * MINUTE
            reached = local.time() >= self.summary_time and (
                before.time() < self.summary_time or before.date() != local.date()
            )
            if reached and local.date() not in shown:
                shown.add(local.date())
                at = moment if local.time() == self.summary_time else moment + self._left_out(before)
                if local.weekday() == self.digest_day:
                    yield "digest", local.date(), at
                for told in self._middles(moment):
                    yield "summary", told, at
            moment += MINUTE

    def _left_out(self, before: datetime) -> timedelta:
        """How long after the jump a time comes that it leaves out: as long as it would have without."""
        wanted = datetime.combine(before.date(), self.summary_time)
        return wanted - before.replace(tzinfo=None, fold=0) - MINUTE

    def _middles(self, moment: datetime) -> list[date]:
        """Sessions whose middle has passed since the summary time before."""
        found = []
        for back in range(4):
            day = moment.astimezone(self.zone).date() + (1 - back) * DAY
            middle = self._ends(day) - 12 * 60 * MINUTE
            if middle <= moment and not self._shown_between(middle, moment):
                found.append(day)
        return found

    def _ends(self, day: date) -> datetime:
        """The first minute that is of a later session."""
        moment = datetime.combine(day, time(12), UTC) - 2 * DAY
        while trading_day(moment, self.start) <= day:
            moment += timedelta(hours=1)
        while trading_day(moment - MINUTE, self.start) > day:
            moment -= MINUTE
        return moment

    def _shown_between(self, since: datetime, moment: datetime) -> bool:
        """Whether the clock came to the summary time at or after `since`, and before this time."""
        for back in (1, 2):
            day = moment.astimezone(self.zone).date() - back * DAY
            at = datetime.combine(day, self.summary_time, self.zone).astimezone(UTC)
            if since <= at < moment:
                return True
        return False

    def _is_something(self, kind: str, period: date) -> bool:
        if kind == "digest":
            last = period if self.summary_time >= time(12) else period - DAY
            return any(last - n * DAY in self.traded for n in range(7))
        if period in self.rests:
            return False
        if kind == "summary":
            return period in self.traded
        return period.isoweekday() < 6 and (kind == "open" or self.holds)


async def people(
    connection: asyncpg.Connection, count: int, chance: random.Random, first: date, last: date
) -> list[Trader]:
    """So many traders with a chat that nobody delivers to; they trade on most days and rest on some."""
    traders = []
    for number, row in enumerate(await connection.fetch(PEOPLE, count)):
        trader = Trader(
            id=row["id"],
            zone=ZoneInfo(ZONES[number % len(ZONES)]),
            hour=17 if number == SURE else chance.choice((0, 17, 18)),
            summary_time=chance.choice((time(21), time(21), time(2, 30), time(8), time(12))),
            digest_day=chance.choice((6, 6, 0, 5)),
            quiet=chance.choice((None, None, (time(22), time(7)))),
            wished=frozenset(kind for kind in KINDS if chance.random() < 0.8 or number == SURE),
            holds=chance.random() < 0.5 or number == SURE,
        )
        traders.append(trader)
        days = [first - 8 * DAY + n * DAY for n in range((last - first).days + 16)]
        trader.traded = {day for day in days if chance.random() < (0.8 if day.weekday() < 5 else 0.2)}
        trader.rests = {
            day for day in days if first <= day <= last and day not in trader.traded and chance.random() < 0.3
        }
        trader.rests = set() if number == SURE else trader.rests
        await _write(connection, trader)
    return traders


async def _write(connection: asyncpg.Connection, trader: Trader) -> None:
    await connection.execute(
        "update public.profiles set telegram_chat_id = $2, journal_preferences = $3 where id = $1",
        trader.id,
        trader.id.hex,
        json.dumps(trader.preferences()),
    )
    await connection.execute(
        "insert into worker.chats (user_id, chat_id, platform, account) values ($1, $2, 'telegram', 'away')",
        trader.id,
        trader.id.hex,
    )
    await connection.execute(
        """with days as (
               insert into public.daily_tracking (user_id, trade_date, trades_taken, day_status)
               select $1, day, case when day = any ($2) then 1 else 0 end,
                      case when day = any ($2) then 'trading' else 'rest_day' end
               from unnest($2::date[] || $3::date[]) day returning id, trade_date, trades_taken)
           insert into public.trades (user_id, daily_tracking_id, symbol, direction, pnl, created_at, source_type)
           select $1, id, 'NQ', 'long', 100, trade_date + interval '15 hours', 'journal'
           from days where trades_taken = 1""",
        trader.id,
        sorted(trader.traded),
        sorted(trader.rests),
    )
    if trader.holds:
        await connection.execute(
            """with held as (
                   insert into public.trades (user_id, symbol, direction, entry_price, created_at, source_type)
                   values ($1, 'ES', 'long', 5300, '2026-01-01', 'journal') returning id)
               insert into worker.trade_facts (trade_id, user_id, is_open) select id, $1, true from held""",
            trader.id,
        )
