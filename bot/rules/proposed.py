"""A check as a model proposes it: one flat shape for all kinds, within what strict structured outputs can say.

Figures come as numbers and times as "HH:MM"; `check_of` makes the typed check of it or says what is wrong with it.
"""

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.rules.figures import LONGEST_MINUTES
from bot.rules.instruments import meant
from bot.rules.kinds import AllOf, Check, Conditional, DistanceUnit, Hours, Phase, SizeUnit, Span, Weekday, When
from bot.rules.scopes import fits
from statemachine.trade import Direction

MOST_CHECKS: Final = 6

Zone = Literal[
    "Asia/Kolkata",
    "America/New_York", "America/Chicago", "America/Los_Angeles", "Europe/London", "Europe/Berlin", "Europe/Paris",
    "Europe/Madrid", "Europe/Zurich", "Europe/Amsterdam", "Asia/Tokyo", "Asia/Dubai", "Asia/Hong_Kong",
    "Asia/Singapore", "Australia/Sydney", "UTC",
]  # fmt: skip
"""Those that rules can name (clocks.ZONES)."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProposedWhen(_Wire):
    """Which trades a check is about; null or empty: all."""

    symbols: list[str]
    days: list[Weekday]
    direction: Direction | None
    time_from: str | None
    time_to: str | None
    zone: Zone | None
    phase: Phase | None
    after_loss: bool


class ProposedCheck(_Wire):
    """One check; what its kind does not need is null, empty or false."""

    kind: Literal[
        "stop_set", "target_set", "stop_distance", "max_size", "max_risk", "min_reward", "symbols", "one_side", "hours",
        "session_edge", "weekdays", "flat_by", "not_held_over", "hold_time", "max_trades", "max_losses", "max_wins",
        "cooldown", "no_adding", "max_open", "max_trade_loss", "max_daily_loss", "profit_stop",
    ]  # fmt: skip
    when: ProposedWhen | None
    at_most: float | None
    at_least: float | None
    minutes: int | None
    size_unit: SizeUnit | None
    distance_unit: DistanceUnit | None
    base: Literal["money", "account", "balance", "daily_limit"] | None
    symbols: list[str]
    days: list[Weekday]
    direction: Direction | None
    time_from: str | None
    time_to: str | None
    zone: Zone | None
    allowed: Literal["only", "never"] | None
    per: Span | None
    after: Literal["trade", "loss", "win"] | None
    edge: Literal["open", "close"] | None
    over: Literal["night", "weekend"] | None
    strict: bool
    stop: bool
    in_a_row: bool
    each_symbol: bool
    losers: bool


class ProposedChecks(_Wire):
    """The model's whole answer: the conditions of the rule, none of them where it is left to the judge."""

    leave_to_judge: bool
    checks: list[ProposedCheck]


class Unusable(ValueError):
    """The proposal cannot be a check of this rule; the message says why, for the model."""


_CHECK: Final[TypeAdapter[Any]] = TypeAdapter(Check)


def check_of(proposed: ProposedChecks) -> Check | None:
    """The typed check; None where the model leaves the rule to the judge. Raises Unusable."""
    if proposed.leave_to_judge or not proposed.checks:
        return None
    if len(proposed.checks) > MOST_CHECKS:
        raise Unusable(f"A rule has at most {MOST_CHECKS} checks.")
    checks = [_conditional(check) for check in proposed.checks]
    whole: Check = checks[0] if len(checks) == 1 else AllOf(checks=tuple(checks))
    return whole


def _conditional(proposed: ProposedCheck) -> Any:
    check = _single(proposed)
    when = _when(proposed.when) if proposed.when else None
    if when is None or when == When():
        return check
    if not fits(check, when):
        raise Unusable(f"{proposed.kind} cannot be decided for such trades alone.")
    return Conditional(when=when, check=check)


def _single(proposed: ProposedCheck) -> Any:
    fields = {name: value for name, value in _FIELDS[proposed.kind](proposed).items() if value is not None}
    try:
        return _CHECK.validate_python({"kind": proposed.kind, **fields})
    except ValidationError as error:
        missing = ", ".join(str(part["loc"][-1]) for part in error.errors())
        raise Unusable(f"{proposed.kind} lacks or cannot use: {missing}.") from error


def _when(proposed: ProposedWhen) -> When:
    hours = None
    if proposed.time_from or proposed.time_to:
        hours = Hours(start=_clock(proposed.time_from), end=_clock(proposed.time_to), zone=proposed.zone, banned=False)
    return When(
        symbols=_symbols(proposed.symbols),
        days=frozenset(proposed.days),
        direction=proposed.direction,
        hours=hours,
        phase=proposed.phase,
        after_loss=proposed.after_loss,
    )


def _figure(value: float | None) -> Decimal | None:
    if value is None:
        return None
    figure = Decimal(str(value))
    if not figure.is_finite() or not 0 < figure < 10**9:
        raise Unusable("A figure is not above zero.")
    return figure.normalize()


def _count(value: float | None) -> int | None:
    figure = _figure(value)
    if figure is not None and figure != int(figure):
        raise Unusable("A count is not a whole number.")
    return None if figure is None else int(figure)


def _minutes(value: float | None) -> int | None:
    minutes = _count(value)
    if minutes is not None and minutes > LONGEST_MINUTES:
        raise Unusable("So many minutes are no rule.")
    return minutes


def _clock(value: str | None) -> time | None:
    if value is None:
        return None
    try:
        return time.fromisoformat(value).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise Unusable("A time is not HH:MM.") from error


def _symbols(names: list[str]) -> frozenset[str]:
    """Of a name with several symbols (gold) all, as the code reads it; of an unknown one the name itself."""
    found: set[str] = set()
    for name in names:
        found |= meant(name.strip().lower()) or {name.strip().upper()}
    if any(not name or len(name) > 12 for name in found):
        raise Unusable("A symbol is none.")
    return frozenset(found)


def _limit(proposed: ProposedCheck) -> dict[str, Any] | None:
    figure = _figure(proposed.at_most)
    if figure is None or proposed.base is None:
        return None
    if proposed.base == "money":
        return {"amount": figure}
    if figure > 100:
        raise Unusable("More than 100 percent is no limit.")
    return {"percent": figure, "of": proposed.base}


def _banned(proposed: ProposedCheck) -> bool | None:
    return None if proposed.allowed is None else proposed.allowed == "never"


def _hours(proposed: ProposedCheck) -> dict[str, Any]:
    start, end = _clock(proposed.time_from), _clock(proposed.time_to)
    if (start is None and end is None) or start == end or proposed.allowed is None:
        raise Unusable("hours needs times and allowed.")
    return {"start": start, "end": end, "banned": _banned(proposed), "zone": proposed.zone}


def _between(proposed: ProposedCheck, read: Callable[[float | None], Any]) -> dict[str, Any]:
    most, least = read(proposed.at_most), read(proposed.at_least)
    if most is None and least is None:
        raise Unusable(f"{proposed.kind} needs at_most or at_least.")
    return {"at_most": most, "at_least": least}


_FIELDS: Final[dict[str, Callable[[ProposedCheck], dict[str, Any]]]] = {
    "stop_set": lambda _: {},
    "target_set": lambda _: {},
    "stop_distance": lambda p: {"unit": p.distance_unit, **_between(p, _figure)},
    "max_size": lambda p: {"limit": _figure(p.at_most), "unit": p.size_unit},
    "max_risk": lambda p: {"limit": _limit(p), "strict": p.strict},
    "min_reward": lambda p: {"r": _figure(p.at_least)},
    "symbols": lambda p: {"symbols": _symbols(p.symbols) or None, "banned": _needed(_banned(p))},
    "one_side": lambda p: {"direction": p.direction},
    "hours": _hours,
    "session_edge": lambda p: {"minutes": _minutes(p.minutes), "edge": p.edge},
    "weekdays": lambda p: {"days": frozenset(p.days) or None, "banned": _needed(_banned(p))},
    "flat_by": lambda p: {"at": _clock(p.time_to), "zone": p.zone},
    "not_held_over": lambda p: {"over": _needed(p.over)},
    "hold_time": lambda p: _between(p, _minutes),
    "max_trades": lambda p: {"limit": _count(p.at_most), "per": _needed(p.per), "each_symbol": p.each_symbol},
    "max_losses": lambda p: {"limit": _count(p.at_most), "in_a_row": p.in_a_row},
    "max_wins": lambda p: {"limit": _count(p.at_most)},
    "cooldown": lambda p: {"minutes": _minutes(p.minutes), "after": _needed(p.after)},
    "no_adding": lambda p: {"losers": p.losers},
    "max_open": lambda p: {"limit": _count(p.at_most)},
    "max_trade_loss": lambda p: {"limit": _limit(p)},
    "max_daily_loss": lambda p: {"limit": _limit(p), "stop": p.stop, "per": _needed(p.per)},
    "profit_stop": lambda p: {"limit": _limit(p), "per": _needed(p.per)},
}


def _needed(value: Any) -> Any:
    """What has a default in the check must be said by the model all the same."""
    if value is None:
        raise Unusable("The check leaves open what its kind needs.")
    return value
