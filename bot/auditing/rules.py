"""A rule in plain English, compiled into a check that plain code can decide.

Rules of this file:
- A rule is compiled only when every word of it is understood: sentences match a whole condition, never a part. Whatever
  is left over ("unless", "except on Fridays", "A+ setups") makes it None, and the rule goes to the judge.
- Several conditions compile only when each of them does.
- What can be read in two ways is not compiled: "after 3" (am or pm?), "max 3 trades" (a day, or at once?).
"""

from functools import lru_cache
from typing import Final

from bot.auditing.bans import ban
from bot.auditing.day_sentences import DAY_SENTENCES
from bot.auditing.endings import quitting
from bot.auditing.kinds import AllOf, Check, Conditional, Hours, MaxSize, OneSide, Single, Symbols, Weekdays
from bot.auditing.scopes import scoped
from bot.auditing.sentences import Built, Grammar
from bot.auditing.time_sentences import TIME_SENTENCES
from bot.auditing.tokens import Token, tokens
from bot.auditing.trade_sentences import TRADE_SENTENCES, counted_on
from bot.auditing.wording import plain

LONGEST: Final = 300
"""Characters. A longer rule says more than these checks can."""
MOST_TOKENS: Final = 60

_GRAMMAR: Final = Grammar.of(TRADE_SENTENCES, TIME_SENTENCES, DAY_SENTENCES)
_JOINTS: Final = frozenset(("JOIN", "HARD", "DASH"))
_ADVERBS: Final = frozenset(("ON", "AFTER", "BEFORE", "FROM", "UNTIL", "DURING", "SPAN", "TIME", "AT", "BY", "WITHIN"))


@lru_cache(maxsize=4096)
def compiled(rule: str) -> Check | None:
    """The check a rule means; None when any of it is not understood for sure. Cached: a new version is a new text."""
    if len(rule) > LONGEST:
        return None
    text = plain(rule)
    row = tokens(text) if text else None
    if row is None or len(row) > MOST_TOKENS:
        return None
    found = _conditions(_trimmed(row))
    if found is None:
        return None
    checks: list[Single | Conditional] = []
    for check in found:
        checks.extend(check.checks if isinstance(check, AllOf) else (check,))
    if len(checks) == 1:
        return checks[0]
    own = _sizes_of_only(checks)
    return AllOf(checks=own) if own else None


def _sizes_of_only(checks: list[Single | Conditional]) -> tuple[Single | Conditional, ...] | None:
    """ "Only MNQ, max 3 contracts" are three micros."""
    only = [check.symbols for check in checks if isinstance(check, Symbols) and not check.banned]
    if not only:
        return tuple(checks)
    own = [counted_on(only[0], check) if isinstance(check, MaxSize) else check for check in checks]
    return None if None in own else tuple(check for check in own if check)


def _trimmed(row: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without commas and the like at the ends, where a word that means nothing has left them."""
    kept = [place for place, token in enumerate(row) if token.concept not in _JOINTS]
    return row[kept[0] : kept[-1] + 1] if kept else ()


def _conditions(row: tuple[Token, ...]) -> list[Single | Conditional | AllOf] | None:
    """The whole row as one condition, else as a first condition and the rest."""
    if not row:
        return None
    whole = condition(row)
    if whole is not None:
        return [whole]
    for place, token in enumerate(row):
        head, tail = row[:place], _trimmed(row[place:])
        first = condition(head) if head and tail and token.concept in _JOINTS else None
        rest = _conditions(tail) if first is not None and not _leans(tail, first) else None
        if first is not None and rest is not None:
            sentences = any(joint.concept == "HARD" for joint in row[place : len(row) - len(tail)])
            return [first, *rest] if sentences or _scopes_are_clear([first, *rest]) else None
    return None


def _leans(rest: tuple[Token, ...], first: Built) -> bool:
    """ "Stop after 2 losses, but not on Fridays", "use a stop, only before 10:00": an exception to what goes before."""
    start, after = rest[0].concept, rest[1].concept if len(rest) > 1 else ""
    if start == "NOT" or (start == "NEVER" and after in _ADVERBS):
        return True
    of_trading = isinstance(first, (Symbols, OneSide, Hours, Weekdays)) and not getattr(first, "banned", False)
    return start == "ONLY" and (after in _ADVERBS or after == "DAYS") and not of_trading


def _scopes_are_clear(checks: list[Single | Conditional | AllOf]) -> bool:
    """ "On Fridays max 1 contract and no adding": is the second for Fridays, too? Then nobody knows."""
    scopes = [frozenset(check.when.model_fields_set) if isinstance(check, Conditional) else None for check in checks]
    return len(set(scopes)) == 1


def condition(row: tuple[Token, ...]) -> Built:
    """One condition: a sentence of the grammar, a ban, an end of the day; or one of these for some trades only."""
    if len(row) > 1 and row[-1].concept == "NOT_ALLOWED":
        row = (Token("NEVER"), *row[:-1])
    return _GRAMMAR.read(row) or ban(row) or quitting(row) or scoped(row, _unscoped, ban)


def _unscoped(row: tuple[Token, ...]) -> Built:
    return _GRAMMAR.read(row) or quitting(row)
