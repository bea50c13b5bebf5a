"""How a rule was read, in one plain sentence, so that a trader sees a misreading at once.

The sentences are rules themselves: in English, compiling one gives the check again.
"""

from collections.abc import Callable, Sequence
from datetime import time
from decimal import Decimal
from typing import Any, Final

from bot.rules.kinds import (
    AllOf,
    Check,
    Conditional,
    Cooldown,
    FlatBy,
    HoldTime,
    Hours,
    Limit,
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
from bot.texts import numbers
from bot.texts.words import Words, capital, symbol
from bot.trading.day import place_of

_WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def described(words: Words, check: Check) -> str:
    """Risk from entry to stop at most 1% of the account size · No entries after 11:30, your time."""
    if isinstance(check, AllOf):
        return capital("; ".join(_one(words, one) for one in check.checks))
    return capital(_one(words, check))


def _one(words: Words, check: Single | Conditional) -> str:
    if isinstance(check, Conditional):
        return words("rule.conditional", when=_when(words, check.when), rule=_single(words, _seen(check)))
    return _single(words, check)


def _seen(check: Conditional) -> Single:
    """For one symbol, "per symbol" says nothing more."""
    if isinstance(check.check, MaxTrades) and len(check.when.symbols) == 1:
        return check.check.model_copy(update={"each_symbol": False})
    return check.check


def _single(words: Words, check: Single) -> str:
    return _WRITERS[type(check)](words, check)


def _when(words: Words, when: When) -> str:
    parts = []
    if when.symbols:
        parts.append(words("rule.when.symbols", symbols=words.listed(_symbols_of(when.symbols))))
    if when.days:
        parts.append(words("rule.when.days", days=_days(words, when.days)))
    if when.direction:
        parts.append(words(f"rule.when.{when.direction}"))
    if when.hours:
        parts.append(_hours_of_when(words, when.hours))
    if when.after_loss:
        parts.append(words("rule.when.after_loss"))
    if when.phase:
        parts.append(words(f"rule.when.{when.phase}"))
    return ", ".join(parts)


def _hours_of_when(words: Words, hours: Hours) -> str:
    zone = _zone(words, hours.zone)
    if hours.start is not None and hours.end is not None:
        return words("rule.when.between", start=_clock(hours.start), end=_clock(hours.end), zone=zone)
    if hours.end is not None:
        return words("rule.when.before", at=_clock(hours.end), zone=zone)
    return words("rule.when.after", at=_clock(hours.start), zone=zone)


def _clock(at: time | None) -> str:
    return f"{at or time():%H:%M}"


def _zone(words: Words, zone: str | None) -> str:
    """Your time · New York time."""
    if zone is None:
        return words("rule.zone.yours")
    return words("rule.zone", name=place_of(zone))


def _days(words: Words, days: frozenset[Any]) -> str:
    names = words("rule.days").split()
    return words.listed([names[_WEEK.index(day)] for day in sorted(days, key=_WEEK.index)])


def _symbols_of(symbols: frozenset[str]) -> Sequence[str]:
    return [symbol(name) for name in sorted(symbols)]


def _limit(words: Words, limit: Limit) -> str:
    if limit.amount is not None:
        return numbers.point_worth(limit.amount, words.view.currency)
    return words(f"rule.limit.{limit.of}", percent=numbers.size(limit.percent or Decimal(0)))


def _figure(value: Decimal) -> str:
    return numbers.size(value)


def _stop_distance(words: Words, check: StopDistance) -> str:
    most, least, unit = check.at_most, check.at_least, check.unit
    if most is not None and least is not None:
        return words("rule.stop_distance.both", least=_figure(least), most=_figure(most), unit=unit)
    if least is not None:
        return words("rule.stop_distance.least", distance=_figure(least), unit=unit)
    return words("rule.stop_distance.most", distance=_figure(most or Decimal(0)), unit=unit)


def _max_size(words: Words, check: MaxSize) -> str:
    if check.unit is None:
        return words("rule.max_size", size=_figure(check.limit))
    unit = check.unit.removesuffix("s") if check.limit == 1 else check.unit
    return words("rule.max_size.unit", size=_figure(check.limit), unit=unit)


def _max_risk(words: Words, check: MaxRisk) -> str:
    return words("rule.max_risk.strict" if check.strict else "rule.max_risk", limit=_limit(words, check.limit))


def _symbols(words: Words, check: Symbols) -> str:
    names = _symbols_of(check.symbols)
    if not check.banned:
        return words("rule.symbols.only", symbols=words.listed(names))
    return words("rule.symbols.banned", symbols=_either(words, names))


def _either(words: Words, items: Sequence[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return words("rule.either", head=", ".join(items[:-1]), last=items[-1])


def _hours(words: Words, check: Hours) -> str:
    zone, start, end = _zone(words, check.zone), check.start, check.end
    if not check.banned:
        return words("rule.hours.only", start=_clock(start), end=_clock(end), zone=zone)
    if start is not None and end is not None:
        return words("rule.hours.between", start=_clock(start), end=_clock(end), zone=zone)
    if end is not None:
        return words("rule.hours.before", at=_clock(end), zone=zone)
    return words("rule.hours.after", at=_clock(start), zone=zone)


def _weekdays(words: Words, check: Weekdays) -> str:
    return words("rule.weekdays.banned" if check.banned else "rule.weekdays.only", days=_days(words, check.days))


def _hold_time(words: Words, check: HoldTime) -> str:
    if check.at_most is not None and check.at_least is not None:
        return words("rule.hold_time.both", least=check.at_least, most=check.at_most)
    if check.at_least is not None:
        return words.counted("rule.hold_time.least", check.at_least)
    return words.counted("rule.hold_time.most", check.at_most or 0)


def _max_trades(words: Words, check: MaxTrades) -> str:
    text = words.counted(f"rule.max_trades.{check.per}", check.limit)
    return words("rule.max_trades.each_symbol", rule=text) if check.each_symbol else text


def _max_losses(words: Words, check: MaxLosses) -> str:
    return words.counted("rule.max_losses.in_a_row" if check.in_a_row else "rule.max_losses", check.limit)


def _cooldown(words: Words, check: Cooldown) -> str:
    return words.counted(f"rule.cooldown.{check.after}", check.minutes)


def _max_daily_loss(words: Words, check: MaxDailyLoss) -> str:
    stop = ".stop" if check.stop else ""
    return words(f"rule.max_daily_loss.{check.per}{stop}", limit=_limit(words, check.limit))


_WRITERS: Final[dict[type, Callable[[Words, Any], str]]] = {
    StopSet: lambda words, _: words("rule.stop_set"),
    TargetSet: lambda words, _: words("rule.target_set"),
    StopDistance: _stop_distance,
    MaxSize: _max_size,
    MaxRisk: _max_risk,
    MinReward: lambda words, check: words("rule.min_reward", r=_figure(check.r)),
    Symbols: _symbols,
    OneSide: lambda words, check: words(f"rule.one_side.{check.direction}"),
    Hours: _hours,
    SessionEdge: lambda words, check: words.counted(f"rule.session_edge.{check.edge}", check.minutes),
    Weekdays: _weekdays,
    FlatBy: lambda words, check: words("rule.flat_by", at=_clock(check.at), zone=_zone(words, check.zone)),
    NotHeldOver: lambda words, check: words(f"rule.not_held_over.{check.over}"),
    HoldTime: _hold_time,
    MaxTrades: _max_trades,
    MaxLosses: _max_losses,
    MaxWins: lambda words, check: words.counted("rule.max_wins", check.limit),
    Cooldown: _cooldown,
    NoAdding: lambda words, check: words("rule.no_adding.losers" if check.losers else "rule.no_adding"),
    MaxOpen: lambda words, check: words.counted("rule.max_open", check.limit),
    MaxTradeLoss: lambda words, check: words("rule.max_trade_loss", limit=_limit(words, check.limit)),
    MaxDailyLoss: _max_daily_loss,
    ProfitStop: lambda words, check: words(f"rule.profit_stop.{check.per}", limit=_limit(words, check.limit)),
}
