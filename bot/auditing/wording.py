"""The words rules are made of: how text is made plain, and the pieces that templates of rules are put together from."""

import re
from datetime import time
from decimal import Decimal

from bot.trading.contracts import NICKNAMES, contract

ZONES = {
    "new york": "America/New_York",
    "ny": "America/New_York",
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "eastern": "America/New_York",
    "chicago": "America/Chicago",
    "ct": "America/Chicago",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "central": "America/Chicago",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "london": "Europe/London",
    "uk": "Europe/London",
    "bst": "Europe/London",
    "gmt": "UTC",
    "utc": "UTC",
    "berlin": "Europe/Berlin",
    "frankfurt": "Europe/Berlin",
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "tokyo": "Asia/Tokyo",
    "jst": "Asia/Tokyo",
}
"""What traders call a zone. EST in July is New York's clock, not UTC-5."""

_CLOCK = r"\d{1,2}(?::\d{2})? ?(?:am|pm)|\d{1,2}:\d{2}|noon|midnight"
_NUMBER = r"\d+(?:\.\d+)?"
_SIDE = r"longs?|shorts?"

PIECES = {
    "STOP": r"(?:protective )?(?:stop ?loss(?:es)?|stops?|sl)",
    "TRADES": r"(?:new )?(?:trades?|trading|positions?|entries|entry)",
    "MAXIMUM": r"(?:max(?:imum)?(?: of)?|at most|no more than|not more than|up to|never more than|never exceed)",
    "MINIMUM": r"(?:min(?:imum)?(?: of)?|at least|no less than|not less than|never less than)",
    "LESS": r"(?P<strict>under|below|less than)",
    "NUMBER": rf"(?P<number>{_NUMBER})",
    "UNIT": r"(?P<unit>contract|car|lot|e-mini|mini|micro|share)s?",
    "AMOUNT": rf"(?:(?P<percent>{_NUMBER}) ?%|\$ ?(?P<amount>{_NUMBER})|(?P<dollars>{_NUMBER}) ?(?:usd|dollars?|\$))"
    r"(?: of (?:the |my )?(?P<base>(?:trading )?(?:account|capital)|(?:starting|initial) balance"
    r"|account size|(?:account |current )?(?:balance|equity)))?",
    "PER_TRADE": r"(?: (?:per|a|each|every|on any|on a|on each|on every) (?:single )?(?:trade|position|entry))?",
    "PER_DAY": r" ?(?:per day|a day|each day|daily|in a day|in 1 day|on the day|for the day|per session|a session)",
    "ON_EVERY": r"(?: (?:on|for|in|with) (?:every|each|all|any) (?:single )?(?:trade|position)s?)?",
    "RATIO": r"(?:(?:an? )?(?:risk ?(?:to|/|:|-)? ?rewards?|rewards? ?(?:to|/|:|-)? ?risk|r ?[:/]? ?r)(?: ratio)?)",
    "R_VALUE": rf"(?:(?P<r>{_NUMBER}) ?r|(?P<left>{_NUMBER}) ?: ?(?P<right>{_NUMBER}))",
    "BARE": rf"(?P<bare>{_NUMBER})",
    "TIME": rf"(?P<first>{_CLOCK})",
    "TO_TIME": rf"(?:and|to|until|till|-|–) ?(?P<second>{_CLOCK})",
    "ZONE": rf"(?: ?\(?(?P<zone>{'|'.join(sorted(ZONES, key=len, reverse=True))})(?: time)?\)?)?",
    "SIDE": rf"(?P<side>{_SIDE})",
    "SYMBOLS": r"(?P<symbols>[a-z0-9/&+, ]+?)(?: futures)?",
    "IS": r"(?: is| of| at|:| =)?",
    "BE": r"(?: must be| should be| is| =)?",
}
"""Named pieces; those that may be missing bring their leading space along."""

_OPTIONAL = ("PER_TRADE", "PER_DAY", "ON_EVERY", "ZONE", "IS", "BE")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NEVER = re.compile(
    r"\b(?:don'?t|do not|must not|mustn'?t|should not|shouldn'?t|will not|won'?t|cannot|can'?t) (?:ever )?"
)
_OPENING = re.compile(
    r"(?:always |please |(?:i|you) (?:will |must |should |have to |need to |only )?|must |rule ?\d*: )"
)


def plain(rule: str) -> str:
    """Lower case, single spaces, figures in digits with a decimal point, polite openings and end marks gone."""
    text = re.sub(r"[ \t]+", " ", rule.lower().replace("’", "'").replace("‑", "-")).strip(" .!\n")
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(?<=\d),(?=\d{1,2}\b ?(?:%|r\b|lots?\b))", ".", text)
    text = re.sub(r"\b([ap])\.m\.?", r"\1m", text)
    text = re.sub(r"\b(\d+(?:\.\d+)?)k\b", lambda figure: format(Decimal(figure[1]) * 1000, "f"), text)
    text = text.replace("-to-", " to ").replace("stop-loss", "stop loss")
    text = _NEVER.sub("never ", text)
    for figure, word in enumerate(_NUMBERS, 1):
        text = re.sub(rf"\b{word}\b", str(figure), text)
    return text


def opened(text: str) -> str:
    """The condition without "always", "I must" and the like before it; "I only" keeps its "only"."""
    while (match := _OPENING.match(text)) and match.end():
        text = ("only " if match[0].endswith("only ") else "") + text[match.end() :]
    return text


def pattern(template: str) -> re.Pattern[str]:
    """A template as a pattern: its upper-case words are PIECES, its parentheses alternatives."""

    def piece(found: re.Match[str]) -> str:
        space, name = found[1], found[2]
        return PIECES[name] if name in _OPTIONAL else space + PIECES[name]

    return re.compile(re.sub(r"( ?)\b([A-Z_]{2,})\b", piece, template.replace("(", "(?:")))


def clock(text: str) -> time | None:
    """A time of day; None where it may be am or pm ("3:30", but not "03:30", "15:30" or "9:30")."""
    if text in ("noon", "midnight"):
        return time(12 if text == "noon" else 0)
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))? ?(am|pm)?", text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif 1 <= hour < 8 and not match[1].startswith("0"):
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None


def symbols(text: str) -> frozenset[str] | None:
    """The symbols of a list ("nq, es and gold"); None unless every part of it is a known one."""
    found: set[str] = set()
    for word in re.split(r",\s*(?:and |or )?|\s+(?:and|or|&|\+)\s+", text.strip()):
        known, nickname = contract(word), NICKNAMES.get(word)
        if known is not None:
            found.add(known.symbol)
        elif nickname is not None:
            found |= {symbol for symbol in (nickname.contracts, nickname.lots) if symbol}
        else:
            return None
    return frozenset(found) or None
