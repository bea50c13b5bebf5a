"""Which account a message names: "long 2 nq 18250 > 18290 @apex2".

"@" also stands before prices ("long nq @ 18250", "@18250"), in mail addresses and before names of people and bots. A
name begins with a letter. One of the trader's own accounts is known wherever it stands; any other must stand alone, and
be no word of the market: it is then an account that the trader is asked about.
"""

import re
from collections.abc import Collection
from typing import Final

from bot.reading.phrases import one_of
from bot.trading.contracts import contract

NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,19}")
"""What an account may be called; what is typed in upper case means the same."""

MARKET_WORD: Final = re.compile(
    "market|mkt|limit|stop|open|close|high|low|bid|ask|mid|vwap|poc|vah|val|be|breakeven|entry|exit|target|sl|tp|news|"
    "support|resistance|lunch"
)
"""Where a trade was made, never an account."""

_MENTION: Final = re.compile(
    r"(?:\b(?:on|in|for|to|account|acct)[ ]+){0,2}"
    r"(?<![\w.+-])@(?P<name>[A-Za-z][A-Za-z0-9_-]{0,19})(?![\w@-]|\.\w)"
    r"|(?<=\d)@(?P<glued>[A-Za-z][A-Za-z0-9_-]{0,19})(?![\w@-]|\.\w)",
    re.IGNORECASE,
)
_EITHER: Final = re.compile(r"@[a-z][\w-]{0,19},? (?:or|o|ou|oder|или) (?:on |in )?@", re.IGNORECASE)
_ALONE_BEFORE: Final = frozenset(" \t\n\r(,;:")
_ALONE_AFTER: Final = frozenset(" \t\n\r),;:.!?")


def without_accounts(text: str, known: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The text without the accounts it names, and their names in lower case, in order."""
    if "@" not in text:
        said = _named_plainly(text, known) if len(known) > 1 else text
        if said == text:
            return text, ()
        text = said
    names: list[str] = []

    def taken(match: re.Match[str]) -> str:
        name = (match["name"] or match["glued"]).lower()
        at = match.start() + match.group().index("@")
        if name not in known and not _is_unknown_account(text, at, match.end(), name):
            return match.group()
        names.append(name)
        return " "

    left = _MENTION.sub(taken, text)
    return (left.strip(" \t:,;") if names else text), tuple(names)


def _named_plainly(text: str, known: Collection[str]) -> str:
    """ "it was apex2 account": one of the trader's own, beside the word for it."""
    name = "|".join(re.escape(one) for one in known)
    word = rf"(?:account|{one_of('copies.txt', 'accounts')})"
    pattern = rf"\b{word}\s+(?P<behind>{name})\b|\b(?P<before>{name})\s+{word}\b"
    return re.sub(pattern, lambda found: f" @{found['behind'] or found['before']} ", text, flags=re.IGNORECASE)


def offers_a_choice(text: str) -> bool:
    """ "@apex1 or @apex2": one of them, and not both."""
    return _EITHER.search(text) is not None


def may_be_account(name: str) -> bool:
    """A name that can be told from a price's place, an instrument and a bot."""
    words = MARKET_WORD.fullmatch(name) or name.endswith("bot") or contract(name.upper()) is not None
    return NAME.fullmatch(name) is not None and not words


def _is_unknown_account(text: str, start: int, end: int, name: str) -> bool:
    alone = (start == 0 or text[start - 1] in _ALONE_BEFORE) and (end == len(text) or text[end] in _ALONE_AFTER)
    return alone and may_be_account(name)
