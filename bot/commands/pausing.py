"""/pause: nothing is told unasked for a while; what the trader writes is answered all the same.

/pause        /pause 3 days        /pause until friday        /pause until 24 dec        /pause off, /resume
"""

from datetime import date, timedelta
from typing import Final

from bot.commands.call import Call
from bot.commands.resting import day_said
from bot.periods import coming_date
from bot.reminding.wishes import FOREVER
from bot.trading.day import ONE_DAY
from db.preferences import choose
from statemachine.conversation import Turn

LONGEST: Final = timedelta(days=366)
_DAYS: Final = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30}
_TODAY: Final = ("today", "for today", "tonight")
_ENDS: Final = ("off", "end", "stop", "over")


async def pause(call: Call) -> Turn:
    """Days are those of the trader's calendar: paused until friday, they hear of us again on Friday."""
    said = " ".join(call.argument.lower().split())
    if said in _ENDS:
        return await resume(call)
    if said in ("", "on", FOREVER):
        await choose(call.connection, call.owner, {"paused_until": FOREVER})
        return call.says("paused", until=FOREVER)
    today = call.now.astimezone(call.account.zone).date()
    day = pause_end(said, today)
    if day is None or not today < day <= today + LONGEST:
        reason = "unread" if day is None else "past" if day <= today else "far"
        return call.says("pause_refused", reason=reason, said=call.argument, day=day or today)
    await choose(call.connection, call.owner, {"paused_until": day.isoformat()})
    return call.says("paused", until=day)


async def resume(call: Call) -> Turn:
    await choose(call.connection, call.owner, {"paused_until": None})
    return call.says("paused", until=None)


def pause_end(said: str, today: date) -> date | None:
    """The first day on which the trader is told something again; None where no time is named."""
    if said in _TODAY:
        return today + ONE_DAY
    if said.endswith("next week"):
        return today + (7 - today.weekday()) * ONE_DAY
    words = [word for word in said.split() if word not in ("for", "until", "till", "next")]
    if len(words) == 2 and words[1] in _DAYS:
        number = "1" if words[0] in ("a", "one") else words[0]
        if not (number.isascii() and number.isdecimal() and len(number) < 4):
            return None
        return today + int(number) * _DAYS[words[1]] * ONE_DAY
    named = " ".join(words)
    return day_said(named, today) or coming_date(named, today)
