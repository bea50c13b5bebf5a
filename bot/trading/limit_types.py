"""The words that say how a limit is measured: profiles.daily_loss_type and max_drawdown_type, which are free text.

What this program writes:
    daily loss     initial | balance | equity, then perhaps soft or hard: "balance soft"; or "none"
    maximum loss   static | trailing_eod | trailing_intraday, then perhaps lock or lock+100, and soft or hard:
                   "trailing_eod lock+100 hard"; or "none"
The web app and clients write these columns too, so any text is read for the words it has ("EOD trailing, locks at
start + $100"), and never raises. Words that say nothing: a daily loss from the initial balance; a maximum loss that
trails at the end of the day and never locks, which no other kind is stricter than but trailing within the day.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Base = Literal["initial", "balance", "equity"]
"""What a daily loss is a share of: the account size, or at the day's start the balance, or the higher of balance and
equity."""
Trail = Literal["static", "eod", "intraday"]
"""Whether the floor of the maximum loss stays, or follows the high at the end of a day or at any moment."""
Ends = Literal["soft", "hard"]
"""What a reached limit does: pause until tomorrow's session, or end the account."""

NONE: Final = "none"
LONGEST: Final = 200
"""Characters of a type that are read; clients write it."""

_NONE = re.compile(
    r"\W*(?:none|off|without|n/?a|no\b(?!.*(?:lock|trail|static|eod|intra|balan|equit|initial)).*)\W*", re.DOTALL
)
_UNLOCKED = re.compile(r"(?:\bno|\bnot|never|un|non)[\s_-]*lock")
_LOCKED = re.compile(r"(?:lock|stops|freez)\D{0,40}(\d[\d,]{0,11})?")
_STILL = re.compile(r"(?:\bno|\bnot|\bnon)[\s_-]*trail")


@dataclass(frozen=True, slots=True)
class DailyType:
    """How a daily loss is measured; `ends` None: nobody said what reaching it does."""

    base: Base = "initial"
    ends: Ends | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.base, self.ends)))


@dataclass(frozen=True, slots=True)
class DrawdownType:
    """How a maximum loss is measured.

    lock  how far above the account size a trailing floor stops, in money; from the account size on: the floor's own
          level; None: it never stops
    """

    trail: Trail = "eod"
    lock: Decimal | None = None
    ends: Ends | None = None

    def __str__(self) -> str:
        kind = "static" if self.trail == "static" else f"trailing_{self.trail}"
        lock = None if self.lock is None or self.trail == "static" else f"lock+{self.lock:f}" if self.lock else "lock"
        return " ".join(filter(None, (kind, lock, self.ends)))


def daily_type(text: str | None) -> DailyType | None:
    """None where the text says that there is no such limit."""
    said = _plain(text)
    if _NONE.fullmatch(said):
        return None
    initial = "initial" in said
    base: Base = "initial"
    if not initial and _has(said, "equity", "higher", "highest"):
        base = "equity"
    elif not initial and "balance" in said:
        base = "balance"
    return DailyType(base, _ends(said))


def drawdown_type(text: str | None) -> DrawdownType | None:
    """None where the text says that there is no such limit."""
    said = _plain(text)
    if _NONE.fullmatch(said):
        return None
    trails = "trail" in said and _STILL.search(said) is None
    if not trails and (_has(said, "static", "fixed", "absolute", "initial") or _STILL.search(said)):
        return DrawdownType("static", None, _ends(said))
    found = None if _UNLOCKED.search(said) else _LOCKED.search(said)
    lock = Decimal((found[1] or "0").replace(",", "")) if found else None
    return DrawdownType("intraday" if "intraday" in said else "eod", lock, _ends(said))


def _plain(text: str | None) -> str:
    return (text if isinstance(text, str) else "")[:LONGEST].strip().lower()


def _has(said: str, *words: str) -> bool:
    return any(word in said for word in words)


def _ends(said: str) -> Ends | None:
    if _has(said, "soft", "pause", "lockout", "flat"):
        return "soft"
    return "hard" if _has(said, "hard", "ends", "breach", "terminat", "fail") else None
