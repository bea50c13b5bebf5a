"""On how many accounts a message says that a trade was taken: "x3 accounts", "on all accounts", "both accounts".

- What says so is taken out before the trade is read: three accounts are no size of three.
- A number is of accounts only beside the word for them; "x3" alone is a size.
- "In total" is of the P&L, and only where copies are spoken of; without it a P&L is each account's own.
"""

import re
from functools import cache
from typing import Final

from bot.reading.phrases import folded, one_of, phrases
from statemachine.trade import Copies

_FILE: Final = "copies.txt"


def _one_of(name: str) -> str:
    return one_of(_FILE, name)


def _numbers() -> str:
    return "|".join([r"\d{1,2}", *(word for name, words in phrases(_FILE).items() if name.isdigit() for word in words)])


@cache
def _said() -> re.Pattern[str]:
    """One phrase that says on how many accounts."""
    numbers = _numbers()
    accounts, between = rf"{_one_of('accounts')}\b", rf"(?:\s+{_one_of('between')})*"
    to, every, both = rf"(?:\b{_one_of('to')}\s+)*", _one_of("all"), _one_of("both")
    count = rf"(?:[x×*]\s?(?P<times>{numbers})|(?P<number>{numbers})(?:\s?[x×])?)"
    forms = (
        rf"{to}(?<![\w.,$€£]){count}(?:\s+of{between}\s+(?:{numbers}))?{between}\s+{accounts}",
        rf"{to}\b(?P<both>{both}){between}\s+{accounts}",
        rf"{to}\b(?P<every>{every}){between}(?:\s+(?P<of>{numbers}))?{between}\s+{accounts}",
        rf"\b(?P<per>{_one_of('per')})\s+{accounts}",
    )
    return re.compile("|".join(f"(?:{form})" for form in forms))


@cache
def _total() -> re.Pattern[str]:
    return re.compile(rf"\b{_one_of('total')}\b")


@cache
def _whole() -> re.Pattern[str]:
    return re.compile(rf"(?:{_one_of('all')}|{_one_of('both')})(?:\s+(?:of\s+)?(?:them|{_numbers()}))?")


def without_copies(text: str, *, asked: bool = False) -> tuple[str, Copies | None]:
    """The text without what it says of copies, and that. `asked`: which accounts was asked, so "all" is an answer."""
    plain = folded(text)
    if asked and _whole().fullmatch(plain.strip(" .!")):
        return "", Copies(every=True)
    found = list(_said().finditer(plain))
    told = [match for match in found if match["per"] is None]
    if not found:
        return text, None
    total = list(_total().finditer(plain)) if told else []
    for match in sorted([*found, *total], key=lambda match: match.start(), reverse=True):
        if not any(other is not match and other.start() <= match.start() < other.end() for other in found):
            text = text[: match.start()] + " " + text[match.end() :]
    left = text.strip(" \t:,;")
    return left, _copies(told[0], total=bool(total)) if told else None


def _copies(match: re.Match[str], *, total: bool) -> Copies:
    number = match["times"] or match["number"] or match["of"]
    if match["both"]:
        return Copies(count=2, total=total)
    count = _number(number) if number else None
    return Copies(count=count, every=count is None, total=total)


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return next(int(name) for name, words in phrases(_FILE).items() if name.isdigit() and word in words)
