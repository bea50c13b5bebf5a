"""Figures in a rule: counts, money, percentages, multiples of the risk, distances, durations.

Each reader looks at one place of the plain text and gives the value and where it ends, or None.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

from bot.rules.kinds import Limit

_SMALL_WORDS: Final = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
SMALL: Final = {word: figure for figure, word in enumerate(_SMALL_WORDS.split(" "), 1)}
_TEN_WORDS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
TENS: Final = {word: 10 * tens for tens, word in enumerate(_TEN_WORDS.split(" "), 2)}
FRACTIONS: Final = {
    "half": "50", "one half": "50", "a quarter": "25", "one quarter": "25", "quarter": "25", "a fifth": "20",
    "a tenth": "10", "one tenth": "10", "three quarters": "75",
}  # fmt: skip
"""Of the daily loss limit or the account, in percent."""
LONGEST_MINUTES: Final = 7 * 24 * 60


class Found(NamedTuple):
    """What stands at a place: the concept that templates see, the value, and where it ends in the text."""

    concept: str
    value: Any
    end: int


def either(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


WORDED: Final = (
    rf"(?:(?:{either(TENS)})(?:[ -](?:{either(list(SMALL)[:9])}))?|{either(SMALL)}|a(?= hundred\b| thousand\b))"
    r"(?: hundred)?(?: thousand)?\b"
)
_NUMBER: Final = rf"(?:\d{{1,9}}(?:\.\d{{1,6}})?(?: ?k\b(?! ?:))?|{WORDED})"
_BASES: Final[dict[str, str]] = {
    "account": "account|account size|trading account|capital|trading capital|starting balance|initial balance|"
    "starting capital|initial capital|starting account size|account's size|initial account size|account capital|"
    "total account|total capital|starting account balance|initial account balance|size of the account",
    "balance": "balance|account balance|current balance|equity|account equity|current equity|current account balance",
    "daily_limit": "daily loss limit|daily limit|max daily loss|maximum daily loss|daily max loss|dll|"
    "max daily loss limit|daily loss allowance|daily drawdown limit|daily loss max",
}
_BASE_OF: Final = {phrase: base for base, phrases in _BASES.items() for phrase in phrases.split("|")}
_MINE = r"(?:the |my |our |your |this |firm's |prop firm's |account's |allowed |total ){0,4}"
_BASE = rf"(?P<base>{either(_BASE_OF)})\b"
_PER_CENT = r"(?:%|(?:percent|per cent|pct)\b)"
_PARTS_OF_ONE: Final = {
    "half a": "0.5", "half an": "0.5", "half of a": "0.5", "half of one": "0.5", "half": "0.5", "1/2": "0.5",
    "a quarter of a": "0.25", "a quarter": "0.25", "quarter of a": "0.25", "quarter": "0.25", "1/4": "0.25",
    "three quarters of a": "0.75", "3/4": "0.75",
}  # fmt: skip
_PERCENT = re.compile(
    rf"(?:(?P<part>{either(_PARTS_OF_ONE)}) ?{_PER_CENT}|(?P<n>{_NUMBER}|a(?= percent)) ?{_PER_CENT}"
    rf"|(?P<bp>\d{{1,4}}) ?(?:bps|basis points)\b)(?: of {_MINE}{_BASE})?"
)
_SHARE = re.compile(rf"(?P<part>{either(FRACTIONS)}) (?:of )?{_MINE}{_BASE}")
_MONEY = re.compile(
    rf"(?P<g>a|{_NUMBER}) grand\b|(?:\$|us\$|usd) ?(?P<a>{_NUMBER})(?: ?(?:usd|dollars)\b)?|(?P<b>{_NUMBER}) ?(?:\$|"
    rf"usd\b|dollars?\b|bucks?\b)"
)
_R = re.compile(rf"(?P<n>{_NUMBER}) ?r\b(?!:|/| ratio)(?: multiples?\b)?")
_PART = r"\d{1,2}(?:\.\d{1,2})?"
_RATIO = re.compile(
    rf"(?P<a>{_PART}) ?(?:(?P<colon>:)|/| to | ?- ?) ?(?P<b>{_PART})"
    r"(?![\d:%]| ?(?:am|pm|%|trades?|contracts?))(?P<min> ?-?min(?:s|utes?)?\b)?"
)
_DURATION = re.compile(
    r"(?P<quarter>(?:a |1/4 )?quarter (?:of )?an hour\b)|"
    r"(?P<half>(?:a )?half(?: an?)?(?: |-)hours?\b|1/2(?: an?)? ?hour\b)"
    rf"|(?:an (?=hours?\b))?(?P<n>{_NUMBER})? ?-?(?:full )?(?P<unit>minutes?|mins?|m|hours?|hrs?|h|secs?|seconds?)\b"
)
_DISTANCE = re.compile(rf"(?P<n>{_NUMBER}) ?-?(?P<unit>points?|pts?|ticks?|pips?)\b")
_THOUSAND_OR_THREE = re.compile(r"[1-9]\d*\.\d{3}$")
"""1.500 is fifteen hundred for a German."""
_PART_OF_A_LOT = re.compile(r"(?:half|a quarter|quarter)(?: of)?(?: an?)? (?=(?:standard )?lots?\b)")
_COUNT = re.compile(rf"(?P<n>{_NUMBER})(?![\d.:/]|,\d)")


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


def percent(text: str, place: int) -> Found | None:
    """Of the account size where nothing else is said; "half my daily loss limit" as well."""
    match = _PERCENT.match(text, place)
    if match is None:
        match = _SHARE.match(text, place)
        share = Decimal(FRACTIONS[match["part"]]) if match else Decimal(0)
    elif match["part"]:
        share = Decimal(_PARTS_OF_ONE[match["part"]])
    else:
        share = Decimal(match["bp"]) / 100 if match["bp"] else number(match["n"])
    if match is None or not 0 < share <= 100:
        return None
    base = _BASE_OF[match["base"]] if match["base"] else "account"
    return Found("AMOUNT", Limit(percent=share, of=cast("Any", base)), match.end())


def money(text: str, place: int) -> Found | None:
    match = _MONEY.match(text, place)
    said = (match["a"] or match["b"] or match["g"]) if match else ""
    amount = number(said) if said and not _THOUSAND_OR_THREE.search(said) else None
    if match and match["g"] and amount:
        amount *= 1000
    return Found("AMOUNT", Limit(amount=amount), match.end()) if match and amount else None


def multiple(text: str, place: int) -> Found | None:
    match = _R.match(text, place)
    r = number(match["n"]) if match else None
    return Found("R", r, match.end()) if match and r else None


def ratio(text: str, place: int) -> Found | None:
    """Risk to reward 1:2 and reward to risk 2:1 say the same; nobody demands a minimum below 1."""
    match = _RATIO.match(text, place)
    if match is None:
        return None
    if match["min"] and not match["colon"]:
        return None  # 1-2 minutes; but "1:2 min" is a minimum
    left, right = Decimal(match["a"]), Decimal(match["b"])
    if min(left, right) != 1 or (match["colon"] and len(match["b"]) == 2 and match["b"].isdigit()):
        return None
    return Found("RATIO_VALUE", max(left, right), match.end("b"))


def duration(text: str, place: int) -> Found | None:
    match = _DURATION.match(text, place)
    if match is None:
        return None
    if match["quarter"]:
        return Found("DURATION", 15, match.end())
    if match["half"]:
        return Found("DURATION", 30, match.end())
    unit, figure = match["unit"], match["n"]
    if figure is None and unit not in ("hour", "minute"):
        return None
    minutes = number(figure) if figure else Decimal(1)
    minutes = minutes * 60 if unit[0] == "h" else minutes / 60 if unit[0] == "s" else minutes
    whole = minutes == int(minutes) and 0 < minutes <= LONGEST_MINUTES
    return Found("DURATION", int(minutes), match.end()) if whole else None


def distance(text: str, place: int) -> Found | None:
    match = _DISTANCE.match(text, place)
    if match is None or not number(match["n"]):
        return None
    unit = {"p": "points", "t": "ticks"}[match["unit"][0]]
    return Found("DISTANCE", (number(match["n"]), "pips" if match["unit"].startswith("pip") else unit), match.end())


def count(text: str, place: int) -> Found | None:
    """None for zero: no rule means it as a limit."""
    part = _PART_OF_A_LOT.match(text, place)
    if part:
        return Found("NUM", Decimal("0.5" if "half" in part[0] else "0.25"), part.end())
    match = _COUNT.match(text, place)
    figure = number(match["n"]) if match and not _THOUSAND_OR_THREE.search(match["n"]) else None
    return Found("NUM", figure, match.end()) if match and figure else None
