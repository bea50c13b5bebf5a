"""Gap days: a weekday session that ended without a trade and without rest is written down as one, and ends the streak.
After a month without a trade no more are written down.

Looks at the sessions that ended within the last two days, so that an hour or a night without this job loses none. A
rest day or a trade that is told later takes the gap's place.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from bot.trading.day import ONE_DAY, day_start_of, session_of, trading_day
from db import days, pool, profiles
from db.days import Session
from db.jsonb import read_json
from statemachine.errors import Unavailable

log = structlog.get_logger(__name__)

LOOK_BACK: Final = timedelta(days=2)
BATCH: Final = 200
"""Profiles at a time."""


async def mark_gaps(database: pool.Pool, now: datetime) -> int:
    """How many gap days were written. `now` is aware; one profile's failure is logged and stops no other.

    Raises Unavailable: what was not reached is found by the next run.
    """
    marked, last = 0, UUID(int=0)
    since = (now - LOOK_BACK).date() - (days.GAPS_FOR_DAYS + 1) * ONE_DAY
    while True:
        async with pool.acquired(database) as connection:
            batch = await days.journalers(connection, last, BATCH, since)
            sessions = [session for user_id, text in batch for session in ended_sessions(user_id, text, now)]
            lacking = await days.without_a_day(connection, sessions) if sessions else []
        for user_id, day in lacking:
            try:
                async with pool.transaction(database) as connection:
                    if await profiles.lock(connection, user_id):
                        marked += await days.mark_day(connection, user_id, day, "gap")
            except Unavailable:
                raise
            except Exception:
                log.exception("a gap day could not be written", user_id=str(user_id), day=day.isoformat())
        if len(batch) < BATCH:
            return marked
        last = batch[-1][0]


def ended_sessions(user_id: UUID, preferences: str | None, now: datetime) -> list[Session]:
    """A trader's weekday sessions that ended within the last two days, by the default account's day start."""
    start = day_start_of(read_json(preferences))
    today = trading_day(now, start)
    found = []
    for back in range(1, LOOK_BACK.days + 2):
        day = today - back * ONE_DAY
        began, ended = session_of(day, start)
        if day.isoweekday() < 6 and now - LOOK_BACK < ended <= now:
            found.append(Session(user_id, day, began, ended))
    return found
