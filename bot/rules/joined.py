"""What the conditions of one rule have in common: a zone, a scope, a base that is said once and may be meant for all.

What stands once and cannot belong to one condition alone is given to all; where that is open, the rule is the judge's.
"""

from typing import Any, Final

from bot.rules.kinds import (
    AllOf,
    Conditional,
    Cooldown,
    FlatBy,
    Hours,
    Limit,
    MaxRisk,
    MaxSize,
    NoAdding,
    NotHeldOver,
    OneSide,
    SessionEdge,
    Single,
    Symbols,
    Weekdays,
)
from bot.rules.sentences import Built
from bot.rules.tokens import Token
from bot.rules.trade_sentences import counted_on

_ADVERBS: Final = frozenset(("ON", "AFTER", "BEFORE", "FROM", "UNTIL", "DURING", "SPAN", "TIME", "AT", "BY", "WITHIN"))
_SCOPES: Final = frozenset(("DAYS", "SPAN", "SYMBOLS", "SIDE"))
_BANS: Final = (Hours, Weekdays, SessionEdge, NotHeldOver, FlatBy, NoAdding)


def agreed(checks: list[Single | Conditional]) -> tuple[Single | Conditional, ...] | None:
    """The conditions with what is said for all, once; None where one may have lost a word that was meant for it."""
    zoned = in_one_zone(checks)
    if zoned is None or not _of_one_base(checks):
        return None
    sized = _sizes_of_only(zoned)
    return None if sized is None else tuple(dict.fromkeys(sized))


def in_one_zone(checks: list[Single | Conditional]) -> list[Single | Conditional] | None:
    """ "No trades before 9:45 or after 11:30 ET": a zone at the end is that of all times; elsewhere nobody knows."""
    zones = [_zone(check) for check in checks]
    clocks = [zone for zone in zones if zone is not None]
    if len({*clocks}) < 2 or "" not in clocks:
        return checks
    if len(clocks) < len(checks) or len({*clocks}) > 2 or not clocks[-1]:
        return None
    return [_moved(check, clocks[-1]) for check in checks]


def _zone(check: Single | Conditional) -> str | None:
    """The zone of its clock times, "" for the trader's own; None where it has no time."""
    if isinstance(check, Conditional):
        return (check.when.hours.zone or "") if check.when.hours else _zone(check.check)
    return (check.zone or "") if isinstance(check, (Hours, FlatBy)) else None


def _moved(check: Single | Conditional, zone: str) -> Single | Conditional:
    if isinstance(check, Conditional):
        hours = check.when.hours
        if hours:
            when = check.when.model_copy(update={"hours": hours.model_copy(update={"zone": zone})})
            return check.model_copy(update={"when": when})
        return check.model_copy(update={"check": _moved(check.check, zone)})
    return check.model_copy(update={"zone": zone})


def _of_one_base(checks: list[Single | Conditional]) -> bool:
    """ "Risk max 1% and lose max 3% a day of my balance": 1% of what?"""
    limits: list[Any] = [getattr(c.check if isinstance(c, Conditional) else c, "limit", None) for c in checks]
    bases = {limit.of for limit in limits if isinstance(limit, Limit) and limit.percent is not None}
    return not {"account", "balance"} <= bases


def _sizes_of_only(checks: list[Single | Conditional]) -> tuple[Single | Conditional, ...] | None:
    """ "Only MNQ, max 3 contracts" are three micros."""
    only = [check.symbols for check in checks if isinstance(check, Symbols) and not check.banned]
    if not only:
        return tuple(checks)
    own = [counted_on(only[0], check) if isinstance(check, MaxSize) else check for check in checks]
    return None if None in own else tuple(check for check in own if check)


def leans(rest: tuple[Token, ...], first: Built) -> bool:
    """ "Stop after 2 losses, but not on Fridays", "use a stop, only before 10:00", "max 1 contract, Fridays only": an
    exception to what goes before, or a scope of it."""
    start, after = rest[0].concept, rest[1].concept if len(rest) > 1 else ""
    if start == "NOT" or (start == "NEVER" and after in _ADVERBS):
        return True
    if isinstance(first, (Symbols, OneSide, Hours, Weekdays)) and not _forbids(first):
        return False
    if start == "ONLY" and (after in _ADVERBS or after == "DAYS"):
        return True
    only = any(token.concept == "ONLY" for token in rest[:3])
    if only and not any(token.concept == "TRADE" for token in rest[:3]):
        narrow = {token.concept for token in rest[:3]} & _SCOPES
        return bool(narrow & {"DAYS", "SPAN"}) or (bool(narrow) and isinstance(first, _BANS))
    return False


def _forbids(check: Single) -> bool:
    """Hours or days at which nothing is traded are no choice of what is."""
    return bool(getattr(check, "banned", False))


def scopes_are_clear(checks: list[Single | Conditional | AllOf]) -> bool:
    """ "On Fridays max 1 contract and no adding": is the second for Fridays, too? "Wait 15 minutes after a loss and max
    1 contract": after a loss, too? Then nobody knows."""
    if any(isinstance(check, Cooldown) for check in checks[:-1]) and isinstance(checks[-1], (MaxSize, MaxRisk)):
        return False
    scopes = [frozenset(check.when.model_fields_set) if isinstance(check, Conditional) else None for check in checks]
    return len(set(scopes)) == 1
