"""A rule in plain English, compiled into a check that plain code can decide.

Rules of this file:
- A rule is compiled only when every word of it is understood: sentences match a whole condition, never a part. Whatever
  is left over ("unless", "except on Fridays", "A+ setups") makes it None, and the rule goes to the judge.
- Several conditions compile only when each of them does.
- What can be read in two ways is not compiled: "after 3" (am or pm?), "max 3 trades" (a day, or at once?).
"""

from functools import lru_cache
from typing import Final

from bot.rules.bans import ban
from bot.rules.bearing import bears
from bot.rules.day_sentences import DAY_SENTENCES
from bot.rules.endings import quitting
from bot.rules.joined import agreed, leans, scopes_are_clear
from bot.rules.kinds import (
    AllOf,
    Check,
    Conditional,
    MaxRisk,
    MaxSize,
    MinReward,
    Single,
    StopDistance,
    StopSet,
    TargetSet,
)
from bot.rules.scopes import scoped
from bot.rules.sentences import Built, Grammar
from bot.rules.tails import bare
from bot.rules.time_sentences import TIME_SENTENCES
from bot.rules.tokens import Token, tokens
from bot.rules.trade_sentences import TRADE_SENTENCES
from bot.rules.wording import plain

LONGEST: Final = 300
"""Characters. A longer rule says more than these checks can."""
MOST_TOKENS: Final = 60

_GRAMMAR: Final = Grammar.of(TRADE_SENTENCES, TIME_SENTENCES, DAY_SENTENCES)
_JOINTS: Final = frozenset(("JOIN", "HARD", "DASH"))


@lru_cache(maxsize=4096)
def compiled(rule: str) -> Check | None:
    """The check a rule means; None when any of it is not understood for sure. Cached: a new version is a new text."""
    if len(rule) > LONGEST:
        return None
    text = plain(rule)
    if not text:
        return None
    found = _read(text)
    if found is not None:
        return found
    for short in bare(text):
        found = _read(short.rule)
        if found is not None:
            return found if bears(found, short.rule, list(short.said)) else None
    return None


def _read(text: str) -> Check | None:
    """The check of a text of which every word counts."""
    row = tokens(text)
    if row is None or len(row) > MOST_TOKENS:
        return None
    found = _conditions(_trimmed(row))
    if found is None:
        return None
    checks: list[Single | Conditional] = []
    for check in found:
        checks.extend(check.checks if isinstance(check, AllOf) else (check,))
    own = agreed(checks)
    return None if own is None else own[0] if len(own) == 1 else AllOf(checks=own)


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
        rest = _conditions(tail) if first is not None and not leans(tail, first) else None
        if first is not None and rest is not None:
            sentences = any(joint.concept == "HARD" for joint in row[place : len(row) - len(tail)])
            return [first, *rest] if sentences or scopes_are_clear([first, *rest]) else None
    return None


def condition(row: tuple[Token, ...]) -> Built:
    """One condition: a sentence of the grammar, a ban, an end of the day; or one of these for some trades only."""
    if len(row) > 1 and row[-1].concept == "NOT_ALLOWED":
        before = row[:-2] if row[-2].concept in ("THEN", "DASH", "JOIN") else row[:-1]
        row = (Token("NEVER"), *before)
    if row[0].concept == "NEXT":
        return None  # said of the next trade only: behind "after a loss" it is a limit
    return _GRAMMAR.read(row) or ban(row) or quitting(row) or scoped(row, _unscoped, ban) or _respelled(row)


_PLANNED: Final = (StopSet, TargetSet, StopDistance, MaxSize, MaxRisk, MinReward)
"""What a trade that is skipped would break."""
_QUANTITIES: Final = frozenset(("STOP", "SIZE", "RISK", "LOSS", "POSITION", "LIMIT", "PER_TRADE", "TARGET"))
_BEFORE_A_VALUE: Final = frozenset(("NUM", "AMOUNT", "DISTANCE", "R", "RATIO_VALUE", "DURATION"))


def _respelled(row: tuple[Token, ...]) -> Built:
    """ "A hard stop on every trade" is a stop there, and no end of the day; "max stop = 20 pips" needs no "="; what is
    planned with "or I skip it" is planned without it; "max stop on NQ is 20 points" has its scope in the middle."""
    if row[-1].concept == "OR_SKIP":
        before = row[:-2] if len(row) > 1 and row[-2].concept in ("JOIN", "DASH") else row[:-1]
        planned = condition(before) if before else None
        return planned if isinstance(planned, _PLANNED) else None
    if Token("QUIT", "hard") in row:
        stops = tuple(Token("STOP") if token == Token("QUIT", "hard") else token for token in row)
        built = _GRAMMAR.read(stops) or scoped(stops, _unscoped, ban)
        found = built.checks if isinstance(built, AllOf) else (built,)
        levels = [level.check if isinstance(level, Conditional) else level for level in found]
        return built if all(isinstance(level, (StopSet, TargetSet, StopDistance)) for level in levels) else None
    equals = [
        place for place in range(1, len(row) - 1)
        if row[place].concept == "THEN" and row[place + 1].concept in _BEFORE_A_VALUE
    ]  # fmt: skip
    if len(equals) == 1:
        return _GRAMMAR.read((*row[: equals[0]], *row[equals[0] + 1 :]))
    for place in range(1, len(row) - 2):
        quantity, on, scope = (token.concept for token in row[place - 1 : place + 2])
        if quantity in _QUANTITIES and on == "ON" and scope in ("SYMBOLS", "DAYS", "SIDE"):
            return scoped((*row[:place], *row[place + 2 :], row[place], row[place + 1]), _unscoped, ban)
    return None


def _unscoped(row: tuple[Token, ...]) -> Built:
    return _GRAMMAR.read(row) or quitting(row)
