"""Which checks a remark changes nothing about: "nothing bigger" behind a limit, the state of the market behind a "
"time."""

from typing import Any, Final

from bot.rules.kinds import (
    AllOf,
    Check,
    Conditional,
    Cooldown,
    FlatBy,
    HoldTime,
    Hours,
    MaxDailyLoss,
    MaxLosses,
    MaxOpen,
    MaxRisk,
    MaxSize,
    MaxTradeLoss,
    MaxTrades,
    MaxWins,
    MinReward,
    NoAdding,
    NotHeldOver,
    OneSide,
    ProfitStop,
    SessionEdge,
    StopDistance,
    Symbols,
    Weekdays,
)
from bot.rules.reasons import Remark
from bot.rules.tokens import Token, tokens

_REPEATABLE: Final = frozenset(
    ("NUM", "AMOUNT", "R", "RATIO_VALUE", "TIME", "SPAN", "DISTANCE", "DURATION", "MAX", "UNIT", "NEVER")
)
_TIMED: Final = (Hours, SessionEdge, Weekdays, FlatBy, NotHeldOver)
_FITTING: Final[dict[str, tuple[type, ...]]] = {
    "timed": _TIMED,
    "at_most": (MaxSize, MaxRisk, MaxTrades, MaxOpen, MaxTradeLoss, MaxDailyLoss, MaxLosses, StopDistance, HoldTime),
    "at_least": (MinReward, StopDistance, HoldTime, Cooldown, SessionEdge),
    "ending": (MaxLosses, MaxWins, ProfitStop, MaxDailyLoss, MaxTrades, Hours, FlatBy),
    "again": (MaxTrades, NoAdding),
    "choice": (Symbols, Hours, Weekdays, OneSide),
}


def bears(check: Check, rule: str, said: list[Remark]) -> bool:
    """Whether all that is said behind the rule leaves its check as it is."""
    parts = check.checks if isinstance(check, AllOf) else (check,)
    needs = {need for remark in said for need in remark.needs}
    own = set(tokens(rule) or ())
    return (
        all(any(_fits(part, need) for part in parts) for need in needs - {"timed"})
        and ("timed" not in needs or all(_fits(part, "timed") for part in parts))
        and all(_repeats(remark.repeated, own) for remark in said if remark.repeated)
        and all(_left_out(parts, *value) for remark in said for value in remark.elsewhere)
    )


def _fits(part: Any, need: str) -> bool:
    inner = part.check if isinstance(part, Conditional) else part
    if need == "timed" and isinstance(part, Conditional) and part.when.hours:
        return True
    if not isinstance(inner, _FITTING[need]):
        return False
    match need:
        case "at_most":
            return not isinstance(inner, (StopDistance, HoldTime)) or inner.at_most is not None
        case "at_least":
            return not isinstance(inner, (StopDistance, HoldTime)) or inner.at_least is not None
        case "ending":
            return not isinstance(inner, MaxDailyLoss) or inner.stop
        case "choice":
            return not getattr(inner, "banned", False)
        case _:
            return True


def _repeats(tail: str, own: set[Token]) -> bool:
    row = tokens(tail)
    own = own | {Token("NUM", token.value.amount) for token in own if token.concept == "AMOUNT"}
    return bool(row) and {token.concept for token in row or ()} <= _REPEATABLE and set(row or ()) <= own


def _left_out(parts: tuple[Any, ...], concept: str, value: Any) -> bool:
    """Whether the rule, of one condition, already forbids these days, symbols or this side."""
    check = parts[0]
    if len(parts) > 1:
        return False
    match concept, check:
        case "DAYS", Weekdays():
            return bool(value <= check.days) if check.banned else not value & check.days
        case "SYMBOLS", Symbols():
            return bool(value <= check.symbols) if check.banned else not value & check.symbols
        case "SIDE", OneSide():
            return bool(value != check.direction)
        case "SIDE" | "SYMBOLS", Conditional(check=OneSide() as side):
            return bool(value != side.direction) if concept == "SIDE" else value <= (check.when.symbols or frozenset())
        case _:
            return False
