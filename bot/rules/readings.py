"""How a rule is read: which check decides it, and to which of the four categories it belongs."""

import re
from typing import Final, Literal, Protocol

from pydantic import TypeAdapter, ValidationError

from bot.rules.compiler import compiled
from bot.rules.kinds import AllOf, Check, Conditional

Category = Literal["entry", "exit", "risk", "timing"]


class Readable(Protocol):
    """A rule and what its trader said of its reading.

    check      the JSON of a check that the model proposed and the trader confirmed, for this very text
    dismissed  the trader says that plain code misreads this text
    """

    @property
    def text(self) -> str: ...
    @property
    def check(self) -> str | None: ...
    @property
    def dismissed(self) -> bool: ...


_check: TypeAdapter[Check] = TypeAdapter(Check)


def check_of(rule: Readable) -> Check | None:
    """The check that decides a rule; None: it is left to the judge."""
    if rule.dismissed:
        return None
    return compiled(rule.text) or load_check(rule.check)


def load_check(stored: str | None) -> Check | None:
    """A check of another version of this program may not fit any more: the rule is judged then."""
    if stored is None:
        return None
    try:
        return _check.validate_json(stored)
    except ValidationError:
        return None


def dump_check(check: Check) -> str:
    return _check.dump_json(check).decode()


CATEGORIES: Final[dict[str, Category]] = {
    **dict.fromkeys(("symbols", "one_side", "max_open", "no_adding"), "entry"),
    **dict.fromkeys(("target_set", "min_reward", "flat_by", "not_held_over", "hold_time"), "exit"),
    **dict.fromkeys(("stop_set", "stop_distance", "max_size", "max_risk", "max_trade_loss", "max_daily_loss"), "risk"),
    **dict.fromkeys(("profit_stop", "max_losses", "max_wins"), "risk"),
    **dict.fromkeys(("hours", "session_edge", "weekdays", "cooldown", "max_trades"), "timing"),
}

_WORDS: Final[tuple[tuple[Category, re.Pattern[str]], ...]] = (
    ("risk", re.compile(r"\b(risk|stops?|stop.?loss|size|sizing|lots?|contracts?|loss(es)?|drawdown|lever\w+)\b")),
    ("exit", re.compile(r"\b(exits?|targets?|tp|profits?|trail\w*|runners?|scale out|take off|close[ds]?|hold)\b")),
    (
        "timing",
        re.compile(
            r"\b(news|open|lunch|hours?|minutes?|session|mornings?|afternoons?|evenings?|overnight|weekends?"
            r"|(mon|tues|wednes|thurs|fri|satur|sun)days?|fomc|cpi|nfp|\d{1,2}:\d{2}|\d{1,2} ?[ap]m|before|after"
            r"|wait)\b"
        ),
    ),
)


def category_of(text: str, check: Check | None) -> Category:
    """By what the check is about, else by the first of the words that are typical."""
    if isinstance(check, AllOf):
        check = check.checks[0] if check.checks else None
    if isinstance(check, Conditional):
        check = check.check
    known = CATEGORIES.get(check.kind) if check is not None else None
    if known is not None:
        return known
    plain = text.lower()
    return next((category for category, words in _WORDS if words.search(plain)), "entry")
