"""Which chart is wanted, of which days and which symbol: from a chat's words or a button's data."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from bot.drawing.subjects import THEMES, Theme
from bot.periods import Period, period_in
from bot.periods import period_of as whole_period
from statemachine.errors import NotAPeriod

Kind = Literal["equity", "days", "symbols", "hours", "rules", "r"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_KINDS: Final[dict[str, Kind]] = {
    "equity": "equity", "balance": "equity", "curve": "equity", "drawdown": "equity", "dd": "equity",
    "days": "days", "day": "days", "calendar": "days", "daily": "days", "heatmap": "days", "heat": "days",
    "symbols": "symbols", "symbol": "symbols", "markets": "symbols", "market": "symbols", "instruments": "symbols",
    "hours": "hours", "hour": "hours", "time": "hours", "hourly": "hours",
    "rules": "rules", "rule": "rules", "r": "r", "rs": "r", "multiples": "r", "distribution": "r",
}  # fmt: skip
_SILENT: Final = frozenset({"by", "of", "on", "in", "for", "the", "my", "chart", "pnl", "p&l", "map", "net", "a"})
_SYMBOL: Final = re.compile(r"[a-z0-9./]{1,12}", re.ASCII)
DEFAULT_DAYS: Final = 90
LONGEST_SAID: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`period`: None where none was said; `symbol`: in upper case, whether or not it was ever traded."""

    kind: Kind
    period: Period | None = None
    symbol: str | None = None
    theme: Theme | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """`problem`: a word nobody knows, a period that cannot be, or two of one; `said`: what it is about."""

    problem: Literal["word", "period", "two"]
    said: str


def wanted_in(text: str, today: date) -> Wanted | Unclear:
    """What stands after /chart, a number aside. `today`: the trading day it is."""
    try:
        period, rest = period_in(" ".join(text[:LONGEST_SAID].lower().split()), today)
        words = [word for word in re.split(r"[\s,;]+", rest) if word and word not in _SILENT]
        if period is None:
            period, words = _period_among(words, today)
    except NotAPeriod as error:
        return Unclear("period", error.said)
    found: dict[str, list[str]] = {"kind": [], "symbol": [], "theme": []}
    for word in words:
        if word in _KINDS:
            found["kind"].append(_KINDS[word])
        elif word in THEMES:
            found["theme"].append(word)
        else:
            if not _SYMBOL.fullmatch(word):
                return Unclear("word", word)
            found["symbol"].append(word.upper())
    doubled = next((values for values in found.values() if len(set(values)) > 1), None)
    if doubled is not None:
        return Unclear("two", " ".join(doubled))
    kind = next((kind for kind in KINDS if kind in found["kind"]), KINDS[0])
    theme = next((theme for theme in THEMES if theme in found["theme"]), None)
    return Wanted(kind=kind, period=period, symbol=next(iter(found["symbol"]), None), theme=theme)


def _period_among(words: list[str], today: date) -> tuple[Period | None, list[str]]:
    """A word that is a period only by itself ("week", "all", "may"), and the others. Raises NotAPeriod for "2031"."""
    for n, word in enumerate(words):
        if word in _KINDS or word in THEMES:
            continue  # "days" is the calendar
        try:
            return whole_period(word, today), words[:n] + words[n + 1 :]
        except NotAPeriod as error:
            if error.reason != "unknown":
                raise
    return None, words


def period_of(wanted: Wanted, today: date) -> Period:
    """The one that was said; else the last 90 days, of a calendar this month and the last."""
    if wanted.period is not None:
        return wanted.period
    if wanted.kind == "days":
        return Period((today.replace(day=1) - timedelta(days=1)).replace(day=1), today)
    return Period(today - timedelta(days=DEFAULT_DAYS - 1), today)
