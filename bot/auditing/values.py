"""The figures and names in a rule: numbers, money, percentages, times, spans, distances, weekdays, symbols.

Each reader looks at one place of the plain text and gives the value and where it ends, or None. What may be read in
two ways ("3:30", am or pm) is no value, so that the rule is not understood.
"""

import re
from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any, Final, NamedTuple

from bot.auditing.instruments import meant, names
from bot.auditing.kinds import Limit

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
    "hong kong": "Asia/Hong_Kong",
    "singapore": "Asia/Singapore",
    "sydney": "Australia/Sydney",
}
"""What traders call a zone. EST in July is New York's clock, not UTC-5."""
_OWN_ZONE = "my time|local time|my local time|my timezone|my time zone|your time|my own time|local"
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SMALL: Final = {
    word: figure
    for figure, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
        1,
    )
}
TENS: Final = {
    word: 10 * n for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
FRACTIONS: Final = {"half": "50", "a quarter": "25", "one quarter": "25", "quarter": "25", "a fifth": "20",
                    "a tenth": "10", "one tenth": "10", "one half": "50", "three quarters": "75"}  # fmt: skip


class Found(NamedTuple):
    concept: str
    value: Any
    end: int


def _any(words: Any) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_WORDED = (
    rf"(?:(?:{_any(TENS)})(?:[ -](?:{_any(list(SMALL)[:9])}))?|{_any(SMALL)}|a(?= hundred\b| thousand\b))"
    r"(?: hundred)?(?: thousand)?\b"
)
_DIGITS = r"\d{1,9}(?:\.\d{1,6})?(?: ?k\b(?! ?:))?"
_NUMBER = rf"(?:{_DIGITS}|{_WORDED})"
_CLOCK = (
    r"(?:\d{1,2}(?:[:.h]\d{2})? ?(?:am|pm)\b|\d{1,2}[:h]\d{2}\b(?:h\b)?(?! ?(?:r|%))|0\d{3}\b|"
    r"\d{1,2} ?(?:o'clock|oclock)\b|(?:noon|midday|midnight)\b|"
    rf"(?:half|quarter|a quarter) (?:past|to) (?:\d{{1,2}}|{_any(list(SMALL)[:12])})\b(?: ?(?:am|pm)\b)?)"
)
_ZONE = rf"(?:,? ?\(? ?(?:(?:in |by )?(?P<{{0}}>{_any(ZONES)})(?: time| tz)?|{_OWN_ZONE})\b ?\)?)?"
_BASES: Final[dict[str, str]] = {
    "account": "account|account size|trading account|capital|trading capital|starting balance|initial balance|"
    "starting capital|initial capital|starting account size|account's size|initial account size|account capital|"
    "total account|total capital|starting account balance|initial account balance|size of the account|accounts",
    "balance": "balance|account balance|current balance|equity|account equity|current equity|current account balance|"
    "current account",
    "daily_limit": "daily loss limit|daily limit|max daily loss|maximum daily loss|daily max loss|dll|"
    "max daily loss limit|daily loss allowance|daily drawdown limit|daily stop loss limit|daily loss max",
}
_BASE_OF: Final = {phrase: base for base, phrases in _BASES.items() for phrase in phrases.split("|")}
_MINE = r"(?:the |my |our |your |this |firm's |prop firm's |account's |allowed |total )*"
_BASE = rf"(?P<base>{_any(_BASE_OF)})\b"
_SYMBOL = rf"(?:(?:the )?(?:{_any(names())})(?![\w/])|[$/#]?(?:10y|6[a-z]|m6[a-z]|m2k|[a-z]{{2,3}}[/-][a-z]{{3}}|[a-z]{{2,6}}\d{{0,3}})\b)"
_SYMBOL_JOINT = r"(?: ?, ?(?:and |or |& )?| ?(?:&|\+|/) ?| (?:and|or|nor) )(?:the |only )?"
_DAY = r"(?:mon(?:days?)?|tue(?:s(?:days?)?)?|wed(?:s|nesdays?)?|thu(?:r(?:s(?:days?)?)?)?|fri(?:days?)?|sat(?:urdays?)?|sun(?:days?)?)\b"

_PERCENT = re.compile(
    rf"(?:(?P<half>half (?:a|an|of a|of one)?|1/2|a quarter(?: of)?(?: a)?|quarter|1/4|3/4|three quarters of a)(?: ?%| ?(?:percent|per cent|pct)\b)"
    rf"|(?P<n>{_NUMBER}|a(?= percent)) ?(?:%|percent\b|per cent\b|pct\b|prozent\b)|(?P<bp>\d{{1,4}}) ?(?:bps|basis points)\b)"
    rf"(?: of {_MINE}{_BASE})?"
)
_PART = re.compile(rf"(?P<part>{_any(FRACTIONS)}) (?:of )?{_MINE}{_BASE}")
_MONEY = re.compile(
    rf"(?:(?:\$|us\$|usd) ?(?P<a>{_NUMBER})(?: ?(?:usd|dollars)\b)?"
    rf"|(?P<b>{_NUMBER}) ?(?:\$|usd\b|dollars?\b|bucks?\b))"
)
_R = re.compile(rf"(?P<n>{_NUMBER}|{_WORDED}) ?r\b(?!:|/| ratio)(?: multiples?\b)?")
_TO_ONE = re.compile(
    r"(?P<a>\d{1,2}(?:\.\d{1,2})?) ?(?:(?P<colon>:)|/| to |-to-| ?- ?) ?(?P<b>\d{1,2}(?:\.\d{1,2})?)(?![\d:%]| ?(?:am|pm|%|min|trades?|contracts?))"
)
_DURATION = re.compile(
    rf"(?:(?P<half>(?:a )?half(?: an?)?(?: |-)hours?\b|1/2(?: an?)? ?hour\b)|(?P<hour>an (?=hours?\b))?(?P<n>{_NUMBER})?"
    r" ?-?(?:full )?(?P<unit>minutes?|mins?|min|m|hours?|hrs?|hr|h|secs?|seconds?)(?:'s?)?\b)"
)
_DISTANCE = re.compile(rf"(?P<n>{_NUMBER}) ?-?(?P<unit>points?|pts?|ticks?|pips?)\b")
_NUMBERS = re.compile(rf"(?P<n>{_NUMBER})(?![\d.:/]|,\d)")
_TIME = re.compile(rf"(?P<t>{_CLOCK})" + _ZONE.format("z"))
_DOTTED = re.compile(r"(?P<t>\d{1,2}\.[0-5]\d)(?![\d.%])(?! ?(?:[a-z]*r\b|%|p|lots?|ticks?))" + _ZONE.format("z"))
_HOUR_OF_TRADING = re.compile(r"(?P<t>9|1[0-9]|2[0-3])(?![\d:.,])" + _ZONE.format("z") + r"(?=$|[,;.\n])")
"""A bare hour: "no trades after 11", where nothing but a time can follow."""
_OF_TRADING = re.compile(
    r"(?:no|never|only|don't|not) (?:new |take |take any |any )?(?:trad(?:e|es|ing)|entries|longs|shorts) (?:after|before|until|past) $"
)
_BEFORE_A_TIME: Final = ("after ", "before ", "past ", "until ", "till ", "later than ", "earlier than ")
_BARE = r"\d{1,2}"
_SPAN = re.compile(
    rf"(?:between |from )?(?P<t>{_CLOCK}|{_BARE})"
    + _ZONE.format("z")
    + r"(?P<j> ?(?:-|–|—) ?| (?:to|until|till|and|through|thru) )"
    + rf"(?P<u>{_CLOCK}|{_BARE})"
    + _ZONE.format("y")
)
_DAY_LIST = re.compile(rf"{_DAY}(?:(?: ?, ?(?:and |or |& )?| ?(?:&|/|\+) ?| (?:and|or|nor) (?:on )?){_DAY})*")
_DAY_RANGE = re.compile(rf"(?:from )?(?P<a>{_DAY}) ?(?: to |-|–|—| through | thru | until | till ) ?(?P<b>{_DAY})")
_WEEKEND = re.compile(r"(?:the )?(?P<w>weekends?|saturdays? and sundays?|weekdays?)\b")
_SYMBOLS = re.compile(rf"(?:the )?{_SYMBOL}(?:{_SYMBOL_JOINT}{_SYMBOL})*(?: futures?\b)?")
_ONE_SYMBOL = re.compile(_SYMBOL)
_ONE_DAY = re.compile(_DAY)


def number(text: str) -> Decimal:
    """A figure in digits ("1.5k") or in words ("twenty five", "five hundred")."""
    if text[0].isdigit():
        figure = text.rstrip("k ")
        return Decimal(figure) * (1000 if text.endswith("k") else 1)
    total = 0
    for word in re.split("[ -]", text):
        total = total * 100 if word == "hundred" else total * 1000 if word == "thousand" else total + _worth(word)
    return Decimal(total)


def _worth(word: str) -> int:
    return 1 if word == "a" else SMALL.get(word) or TENS[word]


def clock(text: str) -> time | None:
    """A time of day; None where it may be am or pm ("3:30", but not "03:30", "15:30" or "9:30")."""
    if text in ("noon", "midday", "midnight"):
        return time(0 if text == "midnight" else 12)
    worded = re.fullmatch(r"(?:a )?(half|quarter) (past|to) (\w+)( ?(?:am|pm))?", text)
    if worded:
        hour = number(worded[3])
        minutes = (30 if worded[1] == "half" else 15) * (1 if worded[2] == "past" else -1)
        if worded[1] == "half" and worded[2] == "to":
            return None
        whole = int(hour) * 60 + minutes
        return clock(f"{whole // 60}:{whole % 60:02}{(worded[4] or '').strip()}")
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


def _at(text: str, place: int) -> Found | None:
    match = _TIME.match(text, place)
    if match is None and text[:place].endswith(_BEFORE_A_TIME):
        match = _DOTTED.match(text, place) or _HOUR_OF_TRADING.match(text, place)
        if match and match.re is _HOUR_OF_TRADING and not _OF_TRADING.search(text, 0, place):
            return None
    at = clock(match["t"]) if match else None
    return Found("TIME", (at, ZONES.get(match["z"] or "")), match.end()) if match and at else None


def _span(text: str, place: int) -> Found | None:
    """Two times; a bare hour counts beside a written time ("9:30-11"), unless it may be am or pm."""
    match = _SPAN.match(text, place)
    if match is None or (" and " in match["j"] and not match[0].startswith("between ")):
        return None
    first, second = match["t"], match["u"]
    if first.isdigit() and second.isdigit() and len(first) < 3 and len(second) < 3:
        return None
    if first.isdigit() and len(first) < 3 and (half := re.search("[ap]m$", second)):
        first += half[0] if int(first) <= int(re.match(r"\d+", second)[0]) != 12 else ""  # type: ignore[index]
        if len(match["t"]) == 1 and half[0] == "pm":
            return None  # "1 and 3 pm": most likely both, but who says "8 to 1 pm" means the morning
    start, end = clock(first), clock(second)
    if end is None and start is not None and 8 <= start.hour <= 12 and re.fullmatch(r"\d{1,2}(:\d{2})?", second):
        end = clock(f"{second}pm")  # "9:30 to 4:00": what comes next on the clock
    zones = {ZONES[name] for name in (match["z"], match["y"]) if name}
    if start is None or end is None or start == end or len(zones) > 1:
        return None
    return Found("SPAN", (start, end, next(iter(zones), None)), match.end())


def _percent(text: str, place: int) -> Found | None:
    match = _PERCENT.match(text, place)
    if match:
        if match["half"]:
            share = Decimal("0.25" if "quarter" in match["half"] or "1/4" in match["half"] else "0.5")
            if match["half"].startswith(("3", "three")):
                share = Decimal("0.75")
        else:
            share = Decimal(match["bp"]) / 100 if match["bp"] else number(match["n"])
        base = _BASE_OF[match["base"]] if match["base"] else "account"
    else:
        match = _PART.match(text, place)
        if match is None:
            return None
        share, base = Decimal(FRACTIONS[match["part"]]), _BASE_OF[match["base"]]
    return Found("AMOUNT", Limit(percent=share, of=base), match.end()) if 0 < share <= 100 else None  # type: ignore[arg-type]


def _money(text: str, place: int) -> Found | None:
    match = _MONEY.match(text, place)
    amount = number(match["a"] or match["b"]) if match else None
    return Found("AMOUNT", Limit(amount=amount), match.end()) if match and amount else None


def _r(text: str, place: int) -> Found | None:
    match = _R.match(text, place)
    r = number(match["n"]) if match else None
    return Found("R", r, match.end()) if match and r else None


def _ratio(text: str, place: int) -> Found | None:
    """Risk to reward 1:2 and reward to risk 2:1 say the same; nobody demands a minimum below 1."""
    match = _TO_ONE.match(text, place)
    if match is None:
        return None
    left, right = Decimal(match["a"]), Decimal(match["b"])
    if min(left, right) != 1 or (match["colon"] and len(match["b"]) == 2 and match["b"].isdigit()):
        return None
    return Found("RATIO_VALUE", max(left, right), match.end())


def _duration(text: str, place: int) -> Found | None:
    match = _DURATION.match(text, place)
    if match is None:
        return None
    if match["half"]:
        return Found("DURATION", 30, match.end())
    unit, figure = match["unit"], match["n"]
    if figure is None and unit not in ("hour", "minute"):
        return None
    minutes = number(figure) if figure else Decimal(1)
    minutes = minutes * 60 if unit[0] == "h" else minutes / 60 if unit[0] == "s" else minutes
    whole = minutes == int(minutes) and 0 < minutes <= 7 * 24 * 60
    return Found("DURATION", int(minutes), match.end()) if whole else None


def _distance(text: str, place: int) -> Found | None:
    match = _DISTANCE.match(text, place)
    if match is None or not number(match["n"]):
        return None
    unit = {"p": "points", "t": "ticks"}[match["unit"][0]]
    return Found("DISTANCE", (number(match["n"]), "pips" if match["unit"].startswith("pip") else unit), match.end())


def _count(text: str, place: int) -> Found | None:
    """None for zero: no rule means it as a limit."""
    match = _NUMBERS.match(text, place)
    figure = number(match["n"]) if match else None
    return Found("NUM", figure, match.end()) if match and figure else None


def _days(text: str, place: int) -> Found | None:
    match = _DAY_RANGE.match(text, place)
    if match:
        first, last = (DAYS.index(match[name][:3]) for name in ("a", "b"))
        span = DAYS[first : last + 1] if first <= last else DAYS[first:] + DAYS[: last + 1]
        return Found("DAYS", frozenset(span), match.end())
    match = _WEEKEND.match(text, place)
    if match:
        names_ = DAYS[:5] if match["w"].startswith("weekday") else DAYS[5:]
        return Found("DAYS", frozenset(names_), match.end())
    match = _DAY_LIST.match(text, place)
    if match:
        return Found("DAYS", frozenset(day[0][:3] for day in _ONE_DAY.finditer(match[0])), match.end())
    return None


def _symbols(text: str, place: int) -> Found | None:
    """As many symbols of a list as are known: "nq, es and use a stop" are two."""
    found: set[str] = set()
    end, start = place, place + 4 if text.startswith("the ", place) else place
    while match := _ONE_SYMBOL.match(text, start):
        symbols = meant(match[0].removeprefix("the ")) or meant(match[0].removesuffix("s"))
        if not symbols:
            break
        found |= symbols
        end = match.end()
        joint = re.compile(_SYMBOL_JOINT).match(text, end)
        if joint is None:
            break
        start = joint.end()
    if not found:
        return None
    futures = re.compile(" futures?\\b").match(text, end)
    return Found("SYMBOLS", frozenset(found), futures.end() if futures else end)


def readings(text: str) -> list[tuple[str, Any]]:
    """Every value that can be read at any place where a word begins."""
    places = [match.start() for match in re.finditer(r"(?<![\w.])[\w$]", text)]
    found = (reader(text, place) for place in places for reader in READERS)
    return [(one.concept, one.value) for one in found if one is not None]


READERS: Final[tuple[Callable[[str, int], Found | None], ...]] = (
    _span, _at, _percent, _money, _ratio, _r, _duration, _distance, _days, _symbols, _count,
)  # fmt: skip
