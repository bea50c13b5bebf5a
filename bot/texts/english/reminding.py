"""What is told unasked, and pausing it."""

from typing import Final

REMINDING: Final = {
    "told.summary": "Your day: {of}",
    "told.digest": "Your week: {of}",
    "told.streak": "Your streak is at risk",
    "told.streak.how": "{days} trading days in a row are journaled, and nothing is logged today. The session ends at "
    "{time}: log a trade, or take the day off with /rest",
    "told.close": "The session ends at {time}",
    "told.close.open": "Still open:",
    "told.close.how": "A close is written like: out 18290",
    "told.open": "A new session: {day}",
    "told.open.unlimited": "No limits are set: /limits",
    "told.open.plan": "A plan for it? Example: limit buy 2 nq 18200 stop 18180",
    "told.off": "None of these for a while: /pause · Choose what comes: /settings messages",
    "paused.forever": "Paused: no summaries, reminders or news until you say /pause off. Whatever you write is "
    "answered as always.",
    "paused.until": "Paused until {day}: no summaries, reminders or news before that. Whatever you write is answered "
    "as always. To end it: /pause off",
    "paused.off": "You hear from me again: summaries, reminders and news come as before.",
    "pause_refused": '"{said}" is no time I can pause for. Example: /pause 3 days, /pause until friday, /pause off',
    "pause_refused.past": "{day} is not ahead. Example: /pause 3 days, /pause until friday, /pause off",
    "pause_refused.far": "{day} is too far ahead: a year at most. Without an end: /pause",
}
