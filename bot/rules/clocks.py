"""Times of day, spans and weekdays in a rule.

What may be read in two ways ("3:30", am or pm) is no time, so that the rule is not understood.
"""

import re
from datetime import time
from typing import Final

from bot.rules.figures import SMALL, Found, either, number

ZONES: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("new york", "ny", "nyc", "et", "est", "edt", "eastern", "us eastern", "eastern standard", "us/eastern"),
        "America/New_York",
    ),
    **dict.fromkeys(("chicago", "ct", "cst", "cdt", "central"), "America/Chicago"),
    **dict.fromkeys(("pt", "pst", "pdt", "pacific", "los angeles"), "America/Los_Angeles"),
    **dict.fromkeys(("london", "uk", "bst"), "Europe/London"),
    **dict.fromkeys(("gmt", "utc"), "UTC"),
    **dict.fromkeys(("berlin", "frankfurt", "cet", "cest", "german", "germany"), "Europe/Berlin"),
    **dict.fromkeys(("tokyo", "jst"), "Asia/Tokyo"),
    "paris": "Europe/Paris",
    "madrid": "Europe/Madrid",
    "zurich": "Europe/Zurich",
    "amsterdam": "Europe/Amsterdam",
    "dubai": "Asia/Dubai",
    "ist": "Asia/Kolkata",
    "kolkata": "Asia/Kolkata",
    "india": "Asia/Kolkata",
    "mumbai": "Asia/Kolkata",
    "hong kong": "Asia/Hong_Kong",
    "singapore": "Asia/Singapore",
    "sydney": "Australia/Sydney",
}
"""What traders call a zone. EST in July is New York's clock, not UTC-5."""
_WHERE_HALF_TEN_IS_PAST: Final = "Europe/London"
_OWN_ZONE = "my time|local time|my local time|my timezone|my time zone|your time|my own time|local"
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_HOURS = either(list(SMALL)[:12])
_HALF = r"(?:am|pm)"
_CLOCK = (
    rf"(?:\d{{1,2}}(?:[:.h]\d{{2}})? ?{_HALF}\b|\d{{1,2}}[:h]\d{{2}}\b(?:h\b)?(?! ?(?:r|%))|0\d{{3}}\b|"
    rf"(?:{_HOURS}) ?{_HALF}\b|\d{{1,2}} ?(?:o'clock|oclock)\b|(?:noon|midday|midnight)\b|"
    rf"(?:half|quarter|a quarter) (?:past|to) (?:\d{{1,2}}|{_HOURS})\b(?: ?{_HALF}\b)?|"
    rf"half (?:\d{{1,2}}|{_HOURS})\b(?![ -](?:hour|an? |%|percent|size|risk))(?: ?{_HALF}\b)?)"
)
_ZONE = rf"(?:,? ?\(? ?(?:(?:in |by )?(?P<{{0}}>{either(ZONES)})(?: time| tz)?|{_OWN_ZONE})\b ?\)?)?"
_IN_ZONE, _IN_OTHER_ZONE = _ZONE.format("z"), _ZONE.format("y")
_TIME = re.compile(rf"(?P<t>{_CLOCK}){_IN_ZONE}")
_DOTTED = re.compile(rf"(?P<t>\d{{1,2}}\.[0-5]\d)(?![\d.%])(?! ?(?:[a-z]*r\b|%|p|lots?|ticks?)){_IN_ZONE}")
_BARE_HOUR = re.compile(rf"(?P<t>9|1[0-9]|2[0-3])(?![\d:.,]){_IN_ZONE}(?=$|[,;.\n])")
_BEFORE_A_TIME: Final = ("after ", "before ", "past ", "until ", "till ", "later than ", "earlier than ")
_OF_TRADING = re.compile(
    r"(?:no|never|only|don't|not) (?:new |take |take any |any )?(?:trad(?:e|es|ing)|entry|entries|longs|shorts) "
    r"(?:after|before|until|past) $"
)
"""Where a bare hour can only be a time: "no trades after 11"."""
_BARE = r"\d{1,2}"
_SPAN = re.compile(
    rf"(?:between |from )?(?P<t>{_CLOCK}|{_BARE}){_IN_ZONE}(?P<j> ?(?:-|–|—) ?| (?:to|until|till|and|through|thru) )"
    rf"(?P<u>{_CLOCK}|{_BARE}){_IN_OTHER_ZONE}"
)
_DOTTED_SPAN = re.compile(
    rf"(?:between |from )(?P<t>\d{{1,2}}\.[0-5]\d){_IN_ZONE}(?P<j> ?(?:-|–|—) ?| (?:to|until|till|and) )"
    rf"(?P<u>\d{{1,2}}\.[0-5]\d)(?![\d.%])(?! ?(?:[a-z]*r\b|%|p|lots?|ticks?|to\b)){_IN_OTHER_ZONE}"
)
_FOUR: Final = r"(?:[01]\d|2[0-3])[0-5]\d"
_MILITARY_SPAN = re.compile(
    rf"(?:between |from )?(?P<t>{_FOUR})(?: ?h(?:rs)?\b)?{_IN_ZONE}(?P<j> ?(?:-|–|—) ?| (?:to|until|till|and) )"
    rf"(?P<u>{_FOUR})(?![\d.%])(?: ?h(?:rs)?\b)?(?! ?(?:\$|usd|dollars|bucks|points|ticks|pips)){_IN_OTHER_ZONE}"
)
_DAY = (
    r"(?:mon(?:days?)?|tue(?:s(?:days?)?)?|wed(?:s|nesdays?)?|thu(?:r(?:s(?:days?)?)?)?|fri(?:days?)?|sat(?:urdays?)?|"
    r"sun(?:days?)?)\b"
)
_ONE_DAY = re.compile(_DAY)
_DAY_LIST = re.compile(rf"{_DAY}(?:(?: ?, ?(?:and |or |& )?| ?(?:&|/|\+) ?| (?:and|or|nor) (?:on )?){_DAY})*")
_DAY_RANGE = re.compile(rf"(?:from )?(?P<a>{_DAY}) ?(?: to |-|–|—| through | thru | until | till ) ?(?P<b>{_DAY})")
_WEEKEND = re.compile(r"(?:the )?(?P<w>weekends?|saturdays? and sundays?|weekdays?)\b")
_MORNING: Final = range(8, 13)


def clock(text: str) -> time | None:
    """A time of day; None where it may be am or pm ("3:30", but not "03:30", "15:30" or "9:30")."""
    if text in ("noon", "midday", "midnight"):
        return time(0 if text == "midnight" else 12)
    worded = re.fullmatch(r"(?:a )?(half|quarter) (past|to) (\w+)( ?(?:am|pm))?", text)
    if worded:
        return _worded(worded)
    spelled = re.fullmatch(r"([a-z]+) ?(am|pm)", text)
    text = f"{SMALL[spelled[1]]}{spelled[2]}" if spelled else text
    match = re.fullmatch(r"(\d{1,2})(?:[:.h]?(\d{2}))?h? ?(am|pm|o'clock|oclock)?", text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif 1 <= hour < 8 and not match[1].startswith("0"):
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _worded(match: re.Match[str]) -> time | None:
    """Half past ten · quarter to four pm."""
    part, side, hour, half = match[1], match[2], int(number(match[3])), (match[4] or "").strip()
    if (part, side) == ("half", "to"):
        return None
    minutes = hour * 60 + (30 if part == "half" else 15) * (1 if side == "past" else -1)
    return clock(f"{minutes // 60}:{minutes % 60:02}{half}")


def at(text: str, place: int) -> Found | None:
    """A time with its zone, None for the trader's own: (time, zone)."""
    match = _TIME.match(text, place)
    if match is None and text[:place].endswith(_BEFORE_A_TIME):
        match = _DOTTED.match(text, place)
        if match is None and _OF_TRADING.search(text, 0, place):
            match = _BARE_HOUR.match(text, place)
    if match is None:
        return None
    zone = ZONES.get(match["z"] or "")
    found = clock(_past(match["t"]) if zone == _WHERE_HALF_TEN_IS_PAST else match["t"])
    return Found("TIME", (found, zone), match.end()) if found else None


def _past(text: str) -> str:
    """ "Half ten" is 10:30 in Britain, and 9:30 where the word is a German one."""
    return re.sub("^half (?!past|to)", "half past ", text)


def span(text: str, place: int) -> Found | None:
    """Two times and their zone: (start, end, zone). A bare hour counts beside a written time ("9:30-11")."""
    match = _military(text, place) or _SPAN.match(text, place) or _DOTTED_SPAN.match(text, place)
    if match is None or (" and " in match["j"] and not match[0].startswith("between ")):
        return None
    zones = {ZONES[name] for name in (match["z"], match["y"]) if name}
    british = zones == {_WHERE_HALF_TEN_IS_PAST}
    times = _both(*(_past(match[name]) if british else match[name] for name in ("t", "u")))
    if times is None or len(zones) > 1:
        return None
    return Found("SPAN", (*times, next(iter(zones), None)), match.end())


def _military(text: str, place: int) -> re.Match[str] | None:
    """0930-1100: with a zero in front or a zone behind, and never behind a sign of money."""
    match = _MILITARY_SPAN.match(text, place)
    clear = match is not None and ("0" in (match["t"][0], match["u"][0]) or bool(match["z"] or match["y"]))
    return match if clear and text[place - 1 : place] not in ("$", "-") else None


def _both(first: str, second: str) -> tuple[time, time] | None:
    if _is_bare(first) and _is_bare(second):
        return None
    half = re.search("[ap]m$", second)
    if _is_bare(first) and half:
        if half[0] == "pm" and len(first) == 1:
            return None  # "1 and 3 pm" most likely means 1 pm, but who says "8 to 1 pm" means the morning
        later = re.match(r"\d+", second)
        same_half = later is not None and int(first) <= int(later[0]) != 12
        first += half[0] if same_half else ""
    start, end = clock(first), clock(second)
    if end is None and start is not None and start.hour in _MORNING and re.fullmatch(r"\d{1,2}(:\d{2})?", second):
        end = clock(f"{second}pm")  # "9:30 to 4:00": what comes next on the clock
    return (start, end) if start is not None and end is not None and start != end else None


def _is_bare(text: str) -> bool:
    return text.isdigit() and len(text) < 3


def weekdays(text: str, place: int) -> Found | None:
    """Mondays and Fridays · Tue-Thu · weekends."""
    match = _DAY_RANGE.match(text, place)
    if match:
        first, last = (DAYS.index(match[name][:3]) for name in ("a", "b"))
        days = DAYS[first : last + 1] if first <= last else DAYS[first:] + DAYS[: last + 1]
        return Found("DAYS", frozenset(days), match.end())
    match = _WEEKEND.match(text, place)
    if match:
        return Found("DAYS", frozenset(DAYS[:5] if match["w"].startswith("weekday") else DAYS[5:]), match.end())
    match = _DAY_LIST.match(text, place)
    if match:
        return Found("DAYS", frozenset(day[0][:3] for day in _ONE_DAY.finditer(match[0])), match.end())
    return None
