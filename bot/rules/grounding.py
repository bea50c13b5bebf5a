"""What a rule's text names: whatever claims to have read the rule must find its figures, times and names here.

Times are taken generously ("after 3" names 03:00 and 15:00), as a proposal is confirmed by the trader; figures are not,
and one that the check leaves out means that a part of the rule was dropped.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Final

from bot.rules.clocks import ZONES
from bot.rules.figures import SMALL, TENS, either, number
from bot.rules.instruments import meant, names
from bot.rules.kinds import (
    AllOf,
    Check,
    Conditional,
    Cooldown,
    FlatBy,
    HoldTime,
    Hours,
    Limit,
    MaxLosses,
    MaxOpen,
    MaxSize,
    MaxTrades,
    MaxWins,
    MinReward,
    SessionEdge,
    Single,
    StopDistance,
    Symbols,
    Weekdays,
    When,
)
from bot.rules.values import readings
from bot.rules.wording import plain

_FIGURE = re.compile(
    rf"\d+(?:\.\d+)?(?: ?k\b)?|\b(?:{'|'.join([*TENS, *SMALL])})(?:[ -](?:{'|'.join(list(SMALL)[:9])}))?"
    r"(?: hundred| thousand)?\b"
)
_PERCENTAGE = re.compile(rf"({_FIGURE.pattern}) ?(?:%|(?:percent|per cent|pct)\b)")
_CLOCK = re.compile(r"(?<![\d.,])(\d{1,2})(?:[:.h](\d{2}))?(?![\d:])(?: ?(am|pm)\b)?|\b(noon|midday|midnight)\b")
_ONE: Final = re.compile(r"\b(?:2 trades open|another|an?|one|first|single|each|every|once|per)\b")
_TWO: Final = re.compile(r"\b(?:twice|double|second|both|couple|two)\b")
_THREE: Final = re.compile(r"\b(?:third|thrice)\b")
_FOUR: Final = re.compile(r"\bfourth\b")
_HALF: Final = re.compile(r"\bhalf\b")
_QUARTER: Final = re.compile(r"\bquarter\b")
_WORD = re.compile(r"[\w&/$#.-]+")


@dataclass(frozen=True, slots=True)
class Named:
    """All that a text names. `figures` are every number in it, in digits or words, but those that are percentages."""

    figures: frozenset[Decimal]
    percentages: frozenset[Decimal]
    minutes: frozenset[int]
    times: frozenset[time]
    days: frozenset[str]
    symbols: frozenset[str]
    zones: frozenset[str]


def named(rule: str) -> Named:
    """Reads the text place by place, whatever else stands there."""
    text = _text(rule)
    found = readings(text)
    percentages = {number(match[1].strip()) for match in _PERCENTAGE.finditer(text)}
    figures = {number(match[0].strip()) for match in _FIGURE.finditer(_PERCENTAGE.sub(" ", text))}
    words = {word.strip(".").lstrip("$#/") for word in _WORD.findall(text)}
    zones = {zone for name, zone in ZONES.items() if re.search(rf"\b{re.escape(name)}\b", text)}
    return Named(
        figures=frozenset(figures | _worded(text)),
        percentages=frozenset(
            percentages | {value.percent for concept, value in found if concept == "AMOUNT"} - {None}
        ),
        minutes=frozenset(value for concept, value in found if concept == "DURATION"),
        times=frozenset(_times(text)) | {value[0] for concept, value in found if concept == "TIME"},
        days=frozenset(day for concept, value in found if concept == "DAYS" for day in value),
        symbols=frozenset(symbol for concept, value in found if concept == "SYMBOLS" for symbol in value)
        | {symbol for word in words for symbol in (meant(word) or {word.upper()})},
        zones=frozenset(zones),
    )


def _text(rule: str) -> str:
    text = plain(rule) or rule.lower()
    for fraction, figure in (("1/2", "0.5"), ("1/4", "0.25"), ("3/4", "0.75")):
        text = re.sub(rf"(?<![\d/]){fraction}(?![\d/])", figure, text)
    return text


def _worded(text: str) -> set[Decimal]:
    known = (
        (_ONE, "1"),
        (_TWO, "2"),
        (_THREE, "3"),
        (_FOUR, "4"),
        (_HALF, "0.5"),
        (_HALF, "50"),
        (_QUARTER, "0.25"),
        (_QUARTER, "25"),
    )
    return {Decimal(value) for word, value in known if word.search(text)}


def _times(text: str) -> Iterator[time]:
    for match in _CLOCK.finditer(text):
        if match[4]:
            yield time(0 if match[4] == "midnight" else 12)
            continue
        hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
        if minute > 59 or hour > 23:
            continue
        if half:
            yield time(hour % 12 + (12 if half == "pm" else 0), minute)
        else:
            yield time(hour, minute)
            if 0 < hour < 12:
                yield time(hour + 12, minute)


def ungrounded(check: Check, rule: str) -> str | None:
    """What the check has and the rule's text has not, or the other way round; None where all of it is in the text."""
    known, used = named(rule), _Used()
    for part in check.checks if isinstance(check, AllOf) else (check,):
        if isinstance(part, Conditional):
            _use_when(part.when, used)
        _use(part.check if isinstance(part, Conditional) else part, used)
    for what, said, there in (
        ("the figure", used.figures, known.figures),
        ("the percentage", used.percentages, known.percentages),
        ("the minutes", used.minutes, known.minutes),
        ("the time", used.times, known.times),
        ("the day", used.days, known.days),
        ("the symbol", used.symbols, known.symbols),
        ("the zone", used.zones, known.zones),
    ):
        missing = sorted(map(str, set(said) - set(there)))
        if missing:
            return f"{what} {missing[0]} is not in the rule"
    return _left_out(rule, used)


def _left_out(rule: str, used: "_Used") -> str | None:
    """A written figure that the check makes nothing of."""
    text = _text(rule)
    accounted = used.figures | used.beyond | used.percentages | {Decimal(minutes) for minutes in used.minutes}
    accounted |= {Decimal(minutes) / 60 for minutes in used.minutes}
    if re.search(r"\bsec", text):
        accounted |= {Decimal(minutes) * 60 for minutes in used.minutes}
    accounted |= {Decimal(part) for at in used.times for part in (at.hour, at.hour % 12 or 12, at.minute)}
    ratio = {Decimal(1)} if re.search(r"\d ?(?::|to) ?\d", text) else set()
    known = [*(name for name in names() if meant(name) & used.symbols), *(symbol.lower() for symbol in used.symbols)]
    text = text.replace("between two trades", "between trades")
    spelled = re.sub(either(known) or "(?!)", " ", text)
    for match in _FIGURE.finditer(spelled):
        figure = number(match[0].strip())
        dotted = Decimal(str(figure)) not in accounted | ratio | {Decimal(1)}
        if dotted and not _is_part_of_time(figure, used.times) and not _in_name(match, spelled):
            return f"the figure {match[0]} of the rule is not in the check"
    return None


def _is_part_of_time(figure: Decimal, times: Iterable[time]) -> bool:
    """ "11.30" and "1130" are written times, too."""
    written = {Decimal(f"{at.hour}.{at.minute:02}") for at in times} | {
        Decimal(at.hour * 100 + at.minute) for at in times
    }
    written |= {Decimal(f"{at.hour % 12}.{at.minute:02}") for at in times}
    return figure in written


def _in_name(match: re.Match[str], text: str) -> bool:
    """A figure inside a word is none: "s&p500", "us30"."""
    return bool(match.start()) and text[match.start() - 1].isalpha() and match[0][0].isdigit()


class _Used:
    """What a check rests on. `beyond`: "never two at once" is a limit of one."""

    __slots__ = ("beyond", "days", "figures", "minutes", "percentages", "symbols", "times", "zones")

    def __init__(self) -> None:
        self.beyond: set[Decimal] = set()
        self.figures: set[Decimal] = set()
        self.percentages: set[Decimal] = set()
        self.minutes: set[int] = set()
        self.times: set[time] = set()
        self.days: set[str] = set()
        self.symbols: set[str] = set()
        self.zones: set[str] = set()


def _use_when(when: When, used: _Used) -> None:
    used.symbols |= when.symbols
    used.days |= when.days
    if when.hours is not None:
        _use(when.hours, used)


def _use(check: Single, used: _Used) -> None:
    match check:
        case Hours(start=start, end=end, zone=zone):
            used.times |= {at for at in (start, end) if at is not None}
            used.zones |= {zone} if zone else set()
        case FlatBy(at=at, zone=zone):
            used.times.add(at)
            used.zones |= {zone} if zone else set()
        case SessionEdge(minutes=minutes) | Cooldown(minutes=minutes):
            used.minutes.add(minutes)
        case HoldTime(at_most=most, at_least=least):
            used.minutes |= {bound for bound in (most, least) if bound is not None}
        case StopDistance(at_most=most, at_least=least):
            used.figures |= {bound for bound in (most, least) if bound is not None}
        case Symbols(symbols=symbols):
            used.symbols |= symbols
        case Weekdays(days=days):
            used.days |= days
        case MinReward(r=r):
            used.figures.add(r)
        case MaxSize(limit=limit):
            used.figures.add(limit)
        case MaxOpen(limit=limit):
            used.figures.add(Decimal(limit))
            used.beyond.add(Decimal(limit + 1))
        case MaxTrades(limit=limit) | MaxLosses(limit=limit) | MaxWins(limit=limit):
            used.figures.add(Decimal(limit))
        case _:
            _use_limit(getattr(check, "limit", None), used)


def _use_limit(limit: Limit | None, used: _Used) -> None:
    if limit is None or (limit.of == "daily_limit" and limit.percent == 100):
        return
    used.figures |= {limit.amount} if limit.amount is not None else set()
    used.percentages |= {limit.percent} if limit.percent is not None else set()
