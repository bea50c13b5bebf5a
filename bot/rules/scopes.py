"""Which trades a condition is about: "max 2 contracts on NQ", "after a loss max 1 contract", "on Fridays …".

What a check counts over the day (trades, losses) cannot be had for some hours or one direction only, so those are
left to the judge. "Only" with a scope behind it can be read in two ways ("only NQ on Fridays") and is left as well.
"""

from collections.abc import Callable
from typing import Any, Final

from bot.rules.kinds import (
    AllOf,
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
    Single,
    StopDistance,
    StopSet,
    Symbols,
    TargetSet,
    Weekdays,
    When,
)
from bot.rules.sentences import Built, Said, pattern, shape_of
from bot.rules.tokens import Token
from bot.rules.trade_sentences import counted_on

_OF_THE_TRADE: Final = (
    StopSet, TargetSet, StopDistance, MaxSize, MaxRisk, MinReward, MaxTradeLoss, HoldTime, NotHeldOver, NoAdding,
)  # fmt: skip
_CHOICE: Final = (OneSide, Symbols)
_WHEN: Final = (Hours, SessionEdge, FlatBy, Weekdays)
_OF_THE_DAY: Final = (MaxTrades, MaxLosses, MaxWins, MaxDailyLoss, ProfitStop, MaxOpen, Cooldown)
FITTING: Final[dict[str, tuple[type, ...]]] = {
    "symbols": (*_OF_THE_TRADE, OneSide, *_WHEN),
    "days": (*_OF_THE_TRADE, *_CHOICE, *_WHEN, *_OF_THE_DAY),
    "direction": (*_OF_THE_TRADE, *_WHEN, Symbols),
    "hours": (*_OF_THE_TRADE, *_CHOICE),
    "after_loss": (*_OF_THE_TRADE, *_CHOICE),
    "phase": (*_OF_THE_TRADE, *_CHOICE, *_WHEN, *_OF_THE_DAY),
}
"""For each part of a When, the checks that mean the same for such trades as for all."""

_SCOPES: Final = tuple(
    (name, pattern(leading), pattern(trailing))
    for name, leading, trailing in (
        ("symbols", "(ON|WITH|DURING)? TRADE? SYMBOLS TRADE?", "(ON|WITH) SYMBOLS"),
        ("days", "(ON|DURING)? DAYS", "(ON|DURING) DAYS"),
        ("direction", "ON? SIDE", "(ON|WITH) SIDE"),
        (
            "hours",
            "(AFTER|BEFORE|FROM|UNTIL) TIME ONWARDS?|(ON|DURING)? SPAN",
            "(AFTER|BEFORE|FROM|UNTIL) TIME ONWARDS?|(ON|DURING)? SPAN",
        ),
        ("after_loss", "AFTER EVERY? NUM? LOSS", "AFTER EVERY? NUM? LOSS"),
        ("phase", "PHASE", "PHASE"),
    )
)
_ONE_ONLY: Final = pattern("ONLY {verb}? NUM UNIT", "{verb} ONLY NUM UNIT")
LONGEST_SCOPE: Final = 4

Read = Callable[[tuple[Token, ...]], Built]


def scoped(row: tuple[Token, ...], read: Read, ban: Read) -> Built:
    """A condition with one or two scopes before or behind it. A ban knows what belongs to it behind it."""
    return _scoped(row, read, ban, {})


def _scoped(row: tuple[Token, ...], read: Read, ban: Read | None, scope: dict[str, Any]) -> Built:
    if scope:
        built = _applied(read(row) or (ban(row) if ban else None), scope)
        if built is not None:
            return built
    if len(scope) == 2:
        return None
    for length in range(1, min(LONGEST_SCOPE, len(row) - 1) + 1):
        for name, leading, trailing in _SCOPES:
            if name in scope:
                continue
            for part, rest, known, behind in (
                (row[:length], row[length:], leading, False),
                (row[-length:], row[:-length], trailing, True),
            ):
                if not known.fullmatch(shape_of(part)) or (behind and not _ends_clearly(rest, part)):
                    continue
                if not behind and part[0].concept in ("SYMBOLS", "SIDE") and not _is_clear(rest):
                    continue
                value = _value(name, Said(part))
                while rest and rest[0].concept in ("JOIN", "DASH", "THEN"):
                    rest = rest[1:]
                built = (
                    _scoped(rest, read, None if behind else ban, scope | {name: value}) if value is not None else None
                )
                if built is not None:
                    return built
    return None


def _ends_clearly(rest: tuple[Token, ...], part: tuple[Token, ...]) -> bool:
    """ "Longs only on Mondays", "3 trades a day, no trades on Fridays": what is behind may be about the end alone."""
    if part[0].concept == "BEFORE" and _ONE_ONLY.fullmatch(shape_of(rest)):
        return True  # "only one contract before 10:00": no rule has a size that is for these hours alone
    return not any(token.concept in ("ONLY", "JOIN", "DASH") for token in rest)


def _is_clear(rest: tuple[Token, ...]) -> bool:
    """ "NQ: only longs" is; "longs only on Mondays" is not: on no other day, or no shorts on Mondays?"""
    return rest[0].concept != "ONLY" or (len(rest) > 1 and rest[1].concept == "SIDE")


def _value(name: str, said: Said) -> Any:
    match name:
        case "after_loss":
            return True if said.number in (None, 1) else None
        case "hours" if said.has("SPAN"):
            start, end, zone = said.first("SPAN")
            return Hours(start=start, end=end, zone=zone, banned=False)
        case "hours":
            at, zone = said.first("TIME")
            before = said.has("BEFORE", "UNTIL")
            return Hours(start=None if before else at, end=at if before else None, zone=zone, banned=False)
        case _:
            return said.first({"symbols": "SYMBOLS", "days": "DAYS", "direction": "SIDE", "phase": "PHASE"}[name])


def fits(check: Single, when: When) -> bool:
    """Whether the check means the same for such trades alone."""
    names = {name for name in FITTING if getattr(when, name)}
    if isinstance(check, MaxTrades) and names == {"symbols"}:
        return check.each_symbol
    return all(isinstance(check, FITTING[name]) for name in names)


def _applied(built: Built, scope: dict[str, Any]) -> Built:
    if built is None or isinstance(built, (AllOf, Conditional)):
        return None
    check: Single = built
    if isinstance(check, MaxTrades) and len(scope.get("symbols", ())) == 1:
        check = check.model_copy(update={"each_symbol": True})
    if isinstance(check, MaxSize) and "symbols" in scope:
        counted = counted_on(scope["symbols"], check)
        return Conditional(when=When(**scope), check=counted) if counted else None
    when = When(**scope)
    return Conditional(when=when, check=check) if fits(check, when) else None
