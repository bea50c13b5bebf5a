"""On how many accounts a message says that a trade was taken: "x3 accounts", "on all accounts", "both accounts".

- What says so is taken out before the trade is read: three accounts are no size of three.
- A number is of accounts only beside the word for them; "x3" alone is a size.
- "In total" is of the P&L, and only where copies are spoken of; without it a P&L is each account's own.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from statemachine.trade import Copies


@cache
def _words() -> dict[str, list[str]]:
    """The phrases of all languages by name, the longest first."""
    found: dict[str, list[str]] = {}
    text = files(__package__).joinpath("vocabulary", "copies.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        for named in line.split(";")[1:] if not line.startswith("#") else ():
            name, _, phrases = named.partition(":")
            found.setdefault(name.strip(), []).extend(phrase.strip() for phrase in phrases.split("|"))
    return {name: sorted(set(phrases), key=len, reverse=True) for name, phrases in found.items()}


def _one_of(name: str) -> str:
    return "(?:" + "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in _words()[name]) + ")"


def _numbers() -> str:
    return "|".join([r"\d{1,2}", *(word for name, words in _words().items() if name.isdigit() for word in words)])


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
    folded = _folded(text)
    if asked and _whole().fullmatch(folded.strip(" .!")):
        return "", Copies(every=True)
    found = list(_said().finditer(folded))
    told = [match for match in found if match["per"] is None]
    if not found:
        return text, None
    total = list(_total().finditer(folded)) if told else []
    for match in sorted([*found, *total], key=lambda match: match.start(), reverse=True):
        if not any(other is not match and other.start() <= match.start() < other.end() for other in found):
            text = text[: match.start()] + " " + text[match.end() :]
    left = text.strip(" \t:,;")
    return left, _copies(told[0], total=bool(total)) if told else None


def _folded(text: str) -> str:
    """Lower case without accents, and as long as before: a place in the one is the same in the other."""
    if text.isascii():
        return text.lower()
    return "".join(unicodedata.normalize("NFD", character)[0].lower()[:1] for character in text)


def _copies(match: re.Match[str], *, total: bool) -> Copies:
    number = match["times"] or match["number"] or match["of"]
    if match["both"]:
        return Copies(count=2, total=total)
    count = _number(number) if number else None
    return Copies(count=count, every=count is None, total=total)


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return next(int(name) for name, words in _words().items() if name.isdigit() and word in words)
