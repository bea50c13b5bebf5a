"""Checks of the trade as it was planned: stop, target, size, risk, reward, instrument, side."""

import re
from decimal import Decimal
from typing import Final

from bot.auditing.amounts import LimitInMoney, limit_of
from bot.auditing.facts import AuditFacts
from bot.auditing.findings import (
    Finding,
    beside,
    by_excess,
    by_shortfall,
    decided,
    exact,
    figure,
    money,
    shown,
    this_lacks,
    unclear,
)
from bot.rules.kinds import (
    DistanceUnit,
    MaxRisk,
    MaxSize,
    MinReward,
    OneSide,
    SizeUnit,
    StopDistance,
    StopSet,
    Symbols,
    TargetSet,
)
from bot.trading.contracts import contract, pip
from bot.trading.pnl import price_unit, reward_to_risk, risk, sign_of

MICROS_PER_MINI = 10
"""How firms and traders count, whatever the contracts' exact ratio."""
_SAID_NOT_HIT = r"(?! (?:hit|out|run|hunt|taken|yet|move|was hit|got hit|reached))"
_NO_STOP: Final = re.compile(
    r"\b(?:no|without(?: an?| any)?) (?:stop(?:[ -]?loss)?|sl)\b" + _SAID_NOT_HIT, re.IGNORECASE
)
_NO_TARGET: Final = re.compile(
    r"\b(?:no|without(?: an?| any)?) (?:targets?|tp|take[ -]?profit)\b" + _SAID_NOT_HIT, re.IGNORECASE
)
_LONGEST_NOTE = 4_000


def stop_set(_check: StopSet, facts: AuditFacts) -> Finding:
    if facts.stop is not None:
        return Finding("followed", f"Stop at {exact(facts.stop)}.")
    if _NO_STOP.search((facts.trade.note or "")[:_LONGEST_NOTE]):
        return Finding("violated", "The note says that there was no stop.", "critical")
    return this_lacks("stop")


def target_set(_check: TargetSet, facts: AuditFacts) -> Finding:
    if facts.trade.take_profit is not None:
        return Finding("followed", f"Target at {exact(facts.trade.take_profit)}.")
    if _NO_TARGET.search((facts.trade.note or "")[:_LONGEST_NOTE]):
        return Finding("violated", "The note says that there was no target.", "major")
    return this_lacks("target")


def stop_distance(check: StopDistance, facts: AuditFacts) -> Finding:
    trade = facts.trade
    if facts.stop is None:
        return this_lacks("stop")
    if trade.entry_price is None:
        return this_lacks("entry")
    if trade.direction is None:
        return this_lacks("direction")
    if trade.symbol is None and check.unit != "points":
        return this_lacks("symbol")
    points = (trade.entry_price - facts.stop) * sign_of(trade.direction)
    if points <= 0:
        return _wrong_side(facts)
    step = _step(check.unit, trade.symbol or "", (trade.entry_price, facts.stop))
    if step is None:
        return unclear(f"How many {check.unit} that is cannot be said for {shown(trade.symbol)}.")
    return _measured(points / step, check)


def _measured(distance: Decimal, check: StopDistance) -> Finding:
    bound = check.at_least if check.at_most is None else check.at_most
    shown_ = figure(distance) if bound is None else beside(distance, bound)
    said = f"Stop {shown_} {check.unit} from the entry"
    if check.at_most is not None and distance > check.at_most:
        limit = f"limit {_in_unit(check.at_most, check.unit)}"
        return Finding("violated", f"{said}; {limit}.", by_excess(distance, check.at_most))
    if check.at_least is not None and distance < check.at_least:
        limit = f"at least {_in_unit(check.at_least, check.unit)} is the rule"
        return Finding("violated", f"{said}; {limit}.", by_shortfall(distance, check.at_least))
    bounds = (("limit", check.at_most), ("at least", check.at_least))
    limits = [f"{word} {_in_unit(bound, check.unit)}" for word, bound in bounds if bound is not None]
    return Finding("followed", f"{said}; {', '.join(limits) or 'no limit'}.")


def _step(unit: DistanceUnit, symbol: str, prices: tuple[Decimal, ...]) -> Decimal | None:
    """What one point, tick or pip is in the written price; None where the instrument has none that is known."""
    known = contract(symbol)
    if unit == "points":
        return Decimal(1)
    if unit == "pips":
        return pip(symbol)
    quote = None if known is None else price_unit(known, prices)
    if known is None or known.tick_size is None or quote is None:
        return None
    return known.tick_size / quote


def _wrong_side(facts: AuditFacts) -> Finding:
    stop, entry = facts.stop or Decimal(0), facts.trade.entry_price or Decimal(0)
    evidence = f"The stop {exact(stop)} is not on the losing side of the entry {exact(entry)}"
    return unclear(f"{evidence}. Answer this trade's message with the right one, as in 'stop 18230'.")


def max_size(check: MaxSize, facts: AuditFacts) -> Finding:
    size, symbol = facts.trade.position_size, facts.trade.symbol
    if size is None:
        return this_lacks("size")
    if symbol is None:
        return this_lacks("symbol")
    in_unit = counted_in(size, symbol, check.unit)
    if in_unit is None:
        return unclear(f"The rule counts {check.unit}; {shown(symbol)} is not counted in them.")
    said = f"{exact(size)} {shown(symbol)}"
    if in_unit != size:
        said += f" = {_in_unit(in_unit, check.unit)} (10 micros count as 1)"
    severity = by_excess(in_unit, check.limit)
    return decided(in_unit <= check.limit, f"Size {said}; limit {_in_unit(check.limit, check.unit)}.", severity)


def _in_unit(value: Decimal, unit: SizeUnit | DistanceUnit | None) -> str:
    """ "1 contract", "2 contracts"."""
    if unit is None:
        return exact(value)
    return f"{exact(value)} {unit.removesuffix('s') if value == 1 else unit}"


def counted_in(size: Decimal, symbol: str, unit: SizeUnit | None) -> Decimal | None:
    """The size in the rule's unit; None where the instrument is not counted in it."""
    known = contract(symbol)
    own = "shares" if known is None else "contracts" if known.kind == "future" else "lots"
    if known is None or own == "lots":
        return size if unit in (None, own) else None
    if unit in ("lots", "shares"):
        return None
    is_micro = known.micro_of is not None
    if unit == "micros":
        return size if is_micro else size * MICROS_PER_MINI
    return size / MICROS_PER_MINI if is_micro else size


def max_risk(check: MaxRisk, facts: AuditFacts) -> Finding:
    trade = facts.trade
    if facts.stop is None:
        return this_lacks("stop")
    if trade.entry_price is None:
        return this_lacks("entry")
    if trade.position_size is None:
        return this_lacks("size")
    if trade.direction is None:
        return this_lacks("direction")
    if trade.symbol is None:
        return this_lacks("symbol")
    if (trade.entry_price - facts.stop) * sign_of(trade.direction) <= 0:
        return _wrong_side(facts)
    risked = risk(trade, facts.stop, facts.account_currency, facts.this.point_value)
    if risked is None:
        value = f"What a point of {shown(trade.symbol)} is worth in {facts.account_currency} is not known"
        return unclear(f"{value}, so the risk to the stop cannot be measured.")
    return limit_of(check.limit, facts, lambda limit: _risked(risked, limit, check, facts))


def _risked(risked: Decimal, limit: LimitInMoney, check: MaxRisk, facts: AuditFacts) -> Finding:
    said = f"{money(risked, facts.account_currency)}{limit.share(risked)}"
    evidence = f"Risk {said}; limit {'less than ' if check.strict else ''}{limit.said}."
    within = risked < limit.amount if check.strict else risked <= limit.amount
    return decided(within, evidence, by_excess(risked, limit.amount))


def min_reward(check: MinReward, facts: AuditFacts) -> Finding:
    trade = facts.trade
    if facts.stop is None:
        return this_lacks("stop")
    if trade.take_profit is None:
        return this_lacks("target")
    if trade.entry_price is None:
        return this_lacks("entry")
    if trade.direction is None:
        return this_lacks("direction")
    planned = reward_to_risk(trade, facts.stop)
    if planned is None:
        return unclear(
            f"Stop {exact(facts.stop)} or target {exact(trade.take_profit)} is on the wrong side of the entry "
            f"{exact(trade.entry_price)}. Answer this trade's message with the right one, as in 'stop 18230'."
        )
    evidence = f"Planned {beside(planned, check.r)}R; at least {exact(check.r)}R is the rule."
    return decided(planned >= check.r, evidence, by_shortfall(planned, check.r))


def symbols(check: Symbols, facts: AuditFacts) -> Finding:
    if facts.trade.symbol is None:
        return this_lacks("symbol")
    listed = ", ".join(sorted(check.symbols))
    name = shown(canonical(facts.trade.symbol))
    among = is_among(facts.trade.symbol, check.symbols)
    if among is None:
        return unclear(f"Traded {name}; the rule names {listed} and leaves open whether {name} counts as one.")
    rule = f"none of {listed} is allowed" if check.banned else f"only {listed} allowed"
    return decided(among is not check.banned, f"Traded {name}; {rule}.")


def canonical(symbol: str | None) -> str | None:
    """One name for a symbol in any spelling; a dated contract is its root."""
    if symbol is None:
        return None
    known = contract(symbol)
    return known.symbol if known else symbol.strip().upper()


def is_among(symbol: str, listed: frozenset[str]) -> bool | None:
    """Whether a rule that names these symbols means this one; None for the micro of one of them, or the mini."""
    names = {canonical(one) for one in listed}
    if canonical(symbol) in names:
        return True
    known = contract(symbol)
    relatives = {known.micro, known.micro_of} - {None} if known else set()
    return None if relatives & names else False


def one_side(check: OneSide, facts: AuditFacts) -> Finding:
    if facts.trade.direction is None:
        return this_lacks("direction")
    evidence = f"The trade was {facts.trade.direction}; only {check.direction}s allowed."
    return decided(facts.trade.direction == check.direction, evidence)
