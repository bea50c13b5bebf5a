"""What a trader types to set one limit: "daily 2% balance soft", "drawdown $2000 trailing lock+100", "trades off"."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from bot.trading.limit_types import Base, Ends, Trail

LimitKind = Literal["daily", "drawdown", "target", "trades"]
Problem = Literal["kind", "two", "word", "number", "amount", "unit", "percent", "count", "size", "money", "currency"]
"""Why a setting cannot be used: no limit named, or two; a word that does not belong; a number read two ways; nothing
said of how much; a bare number; a percentage, a count, an amount that cannot be; an amount without an account size,
or in another currency than the account's (`word`)."""

MOST_TRADES: Final = 500
AMOUNTS: Final = frozenset({"off", "percent", "money", "count"})
"""Of a setting: how much; exactly one of them is said."""

_KINDS: Final[dict[str, LimitKind]] = {
    "daily": "daily", "dll": "daily", "drawdown": "drawdown", "dd": "drawdown", "mll": "drawdown",
    "target": "target", "profit": "target", "trades": "trades", "trade": "trades",
}  # fmt: skip
_BASES: Final[dict[str, Base]] = {"initial": "initial", "balance": "balance", "equity": "equity"}
_TRAILS: Final[dict[str, Trail]] = {
    "static": "static", "fixed": "static", "trailing": "eod", "trail": "eod", "eod": "eod",
    "trailing_eod": "eod", "intraday": "intraday", "trailing_intraday": "intraday",
}  # fmt: skip
_ENDS: Final[dict[str, Ends]] = {"soft": "soft", "pause": "soft", "hard": "hard", "ends": "hard"}
_OFF: Final = frozenset({"off", "none", "no", "remove", "delete"})
# fmt: off
_SILENT: Final = frozenset((
    "set", "loss", "limit", "max", "maximum", "at", "of", "from", "the", "a", "an",
    "to", "is", "my", "per", "day", "days", "end", "start", "by", "and", "starting", "today",
))
# fmt: on
_LOCK = re.compile(r"lock(?:s|ed)?(?:\+(\d{1,6}))?")
_AMOUNT = re.compile(r"[+-]?([$€£¥])?(\d[\d.,]*)(k)?(%|[$€£¥]|pct|percent|usd|eur|gbp|chf|cad|aud|jpy)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_TWO_WAYS = re.compile(r"\d{1,3}\.\d{3}|.*[.,].*[.,].*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One limit as the trader wants it. `percent` as 2 for 2 %, or `money`, or `count` of trades, or `off`; of how it
    is measured only what was said."""

    kind: LimitKind
    off: bool = False
    percent: Decimal | None = None
    money: Decimal | None = None
    count: int | None = None
    base: Base | None = None
    trail: Trail | None = None
    lock: Decimal | None = None
    ends: Ends | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """What stands in the way, as far as it was understood. `word`: the one it is about."""

    problem: Problem
    kind: LimitKind | None = None
    word: str = ""


def limit_words(text: str) -> Setting | Unclear:
    """What a text sets; whether an amount in money fits the account is for the caller to see."""
    words = _cut(text)
    kinds = {_KINDS[word] for word in words if word in _KINDS}
    if len(kinds) != 1:
        return Unclear("two" if kinds else "kind")
    kind = kinds.pop()
    rest = [word for word in words if word not in _KINDS and word not in _SILENT]
    said: dict[str, object] = {}
    for word in rest:
        meaning = _meaning(kind, word)
        if isinstance(meaning, Unclear):
            return meaning
        if any(said.get(name) not in (None, value) and name != "trail" for name, value in meaning.items()):
            return Unclear("word", kind, word)
        if meaning.keys() & AMOUNTS and said.keys() & AMOUNTS - meaning.keys():
            return Unclear("word", kind, word)
        said |= meaning if said.get("trail") != "intraday" or "trail" not in meaning else {}
    if not said.keys() & AMOUNTS:
        return Unclear("amount", kind)
    return Setting(kind=kind, **said)  # type: ignore[arg-type]


def number(text: str) -> Decimal | None:
    """1,000 · 1000.50 · 2,5; None for what can be read two ways (1.000)."""
    if _THOUSANDS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    text = text.rstrip(".,")
    if _TWO_WAYS.fullmatch(text):
        return None
    return Decimal(text.replace(",", "."))


def _cut(text: str) -> list[str]:
    plain = re.sub(
        r"(?<=\d)\s+(?=(?:%|k|pct|percent|usd|eur|gbp|chf|cad|aud|jpy)(?!\w))|(?<=[$€£¥])\s+", "", text.lower()
    )
    plain = re.sub(r"\block(s|ed)?\s*(?:at (?:start)?\s*)?\+?\s*[$€£¥]?\s*(\d{1,6})\b(?![.,]\d|%)", r"lock+\2", plain)
    return [word.strip("()!;:,.") or word for word in plain.split()]


def _meaning(kind: LimitKind, word: str) -> dict[str, object] | Unclear:
    if word in _OFF:
        return {"off": True}
    if kind == "daily" and word in _BASES:
        return {"base": _BASES[word]}
    if kind == "drawdown" and word in _TRAILS:
        return {"trail": _TRAILS[word]}
    if kind == "drawdown" and (locked := _LOCK.fullmatch(word)):
        return {"lock": Decimal(locked[1] or 0)}
    if kind in ("daily", "drawdown") and word in _ENDS:
        return {"ends": _ENDS[word]}
    amount = _AMOUNT.fullmatch(word)
    if amount is None:
        return Unclear("word", kind, word)
    return _amount(kind, word, amount)


def _amount(kind: LimitKind, word: str, found: re.Match[str]) -> dict[str, object] | Unclear:
    sign, digits, thousand, unit = found.groups()
    value = number(digits)
    if value is None:
        return Unclear("number", kind, word)
    value *= 1000 if thousand else 1
    if kind == "trades":
        whole = value == int(value) and 0 < value <= MOST_TRADES and not (sign or unit)
        return {"count": int(value)} if whole else Unclear("count", kind, word)
    if unit in ("%", "pct", "percent") and not sign:
        return {"percent": value} if 0 < value <= 100 else Unclear("percent", kind, word)
    if value <= 0:
        return Unclear("money", kind, word)
    if not (sign or unit or thousand) and value <= 100:
        return Unclear("unit", kind, digits)
    return {"money": value}
