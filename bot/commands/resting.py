"""/rest: a day off, planned or taken, does not break the streak. It is the default account's, as the streak is.

/rest        /rest tomorrow        /rest yesterday        /rest 2026-03-24        /rest off
"""

from datetime import date, timedelta
from typing import Final

from bot.commands.call import Call
from bot.trading.day import ONE_DAY, trading_day
from db import days, reminders
from statemachine.conversation import Turn

FARTHEST: Final = timedelta(days=366)
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


async def rest(call: Call) -> Turn:
    """The current session, or the day that is named."""
    today = trading_day(call.now, call.accounts.default.day_start)
    words = call.argument.lower().split()
    off = "off" in words
    named = " ".join(word for word in words if word not in ("off", "on"))
    day = day_said(named, today) if named else today
    if day is None or abs(day - today) > FARTHEST:
        return call.says("rest_refused", reason="unread" if day is None else "far", day=day or today)
    if off:
        done = await days.mark_day(call.connection, call.owner, day, "trading")
        await reminders.look_again(call.connection, call.owner)  # for what has waited until that day is over
        return (
            call.says("rested", day=day, off=True) if done else call.says("rest_refused", reason="not_resting", day=day)
        )
    if not await days.mark_day(call.connection, call.owner, day, "rest_day"):
        return call.says("rest_refused", reason="traded", day=day)
    return call.says("rested", day=day, off=False)


def day_said(text: str, today: date) -> date | None:
    """ "tomorrow", "friday" (the next one), "2026-03-24"; nothing else is guessed at."""
    near = {"today": today, "tomorrow": today + ONE_DAY, "yesterday": today - ONE_DAY}
    if text in near:
        return near[text]
    if text in WEEKDAYS:
        return today + ((WEEKDAYS.index(text) - today.weekday() - 1) % 7 + 1) * ONE_DAY
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
