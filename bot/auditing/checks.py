"""Computed verdicts: a check and the facts of a trade in, a verdict with its evidence out. Pure.

A fact that was not said is missing, not zero: the verdict is then "unclear" and says how to give the fact. Evidence is
English and short, with the figures it rests on; the limit comes last.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.auditing.kinds import (
    AllOf,
    Check,
    Hours,
    Limit,
    MaxDailyLoss,
    MaxRisk,
    MaxSize,
    MaxTrades,
    MinReward,
    OneSide,
    Single,
    SizeUnit,
    StopSet,
    Symbols,
)
from bot.auditing.verdict import Judgement, Severity, Verdict
from bot.trading.contracts import contract
from bot.trading.pnl import net_pnl, reward_to_risk, risk
from statemachine.trade import TradeFields

MICROS_PER_MINI = 10
"""How firms and traders count, whatever the contracts' exact ratio."""
_NO_STOP = re.compile(
    r"\b(?:no|without(?: an?)?) (?:stop(?: ?loss)?|sl)\b(?! (?:hit|out|run|hunt|taken|yet|move))", re.IGNORECASE
)
SEVERITIES: tuple[Severity, ...] = ("minor", "major", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFacts:
    """A recorded trade and what surrounds it.

    initial_stop     the stop the trade was entered with; the trade's own stop where None
    account_size     of the profile; `balance` by the closed trades logged before this one; both in account_currency
    point_value      what the trader confirmed for the symbol, if anything
    trades_before    trades of the same trading day logged before this one
    day_pnl_before   their net P&L
    zone             the trader's, for clock times in rules that name no zone
    """

    trade: TradeFields
    initial_stop: Decimal | None = None
    account_size: Decimal | None = None
    balance: Decimal | None = None
    account_currency: str = "USD"
    point_value: Decimal | None = None
    trades_before: int = 0
    day_pnl_before: Decimal = field(default_factory=Decimal)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @property
    def stop(self) -> Decimal | None:
        return self.trade.stop_loss if self.initial_stop is None else self.initial_stop


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says. `severity` of a violation; "minor" otherwise."""

    verdict: Judgement
    evidence: str
    severity: Severity = "minor"


def evaluate(check: Check, facts: AuditFacts, rule_id: UUID) -> Verdict:
    """The verdict of a compiled rule. Plain code is certain of what it says: confidence 5."""
    try:
        finding = _all_of(check, facts) if isinstance(check, AllOf) else _find(check, facts)
    except InvalidOperation:  # clients write trades and days, and NUMERIC holds NaN
        finding = Finding("unclear", "A figure of this trade or its day is not a number.")
    return Verdict(
        rule_id=rule_id,
        verdict=finding.verdict,
        evidence=finding.evidence,
        severity=finding.severity,
        confidence=5,
        computed=True,
    )


def _find(check: Single, facts: AuditFacts) -> Finding:
    return _CHECKS[type(check)](check, facts)


def _all_of(check: AllOf, facts: AuditFacts) -> Finding:
    """Violated where one condition is, else unclear where one is. The evidence is that of the deciding conditions."""
    findings = [_find(one, facts) for one in check.checks]
    outcomes: tuple[Judgement, ...] = ("violated", "unclear", "followed")
    for outcome in outcomes:
        deciding = [finding for finding in findings if finding.verdict == outcome]
        if deciding:
            severity = max((finding.severity for finding in deciding), key=SEVERITIES.index)
            return Finding(outcome, " ".join(finding.evidence for finding in deciding), severity)
    raise ValueError("a rule of several conditions has none")


def _missing(fact: str, remedy: str) -> Finding:
    return Finding("unclear", f"{fact}: {remedy}.")


def _decided(followed: bool, evidence: str, severity: Severity) -> Finding:
    return Finding("followed", evidence) if followed else Finding("violated", evidence, severity)


def _by_excess(value: Decimal, limit: Decimal) -> Severity:
    """A quarter over the limit is a slip, more than twice the limit is reckless."""
    if value > 2 * limit:
        return "critical"
    return "major" if value > limit * Decimal("1.25") else "minor"


def _figure(value: Decimal) -> str:
    """At most two decimals, none that are zero."""
    text = f"{value:,.2f}"
    return text.removesuffix(".00") if text.endswith(".00") else text


def _exact(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _money(amount: Decimal, currency: str) -> str:
    sign = "-" if amount < 0 else ""
    return f"{sign}${_figure(abs(amount))}" if currency == "USD" else f"{sign}{_figure(abs(amount))} {currency}"


def _stop_set(_check: StopSet, facts: AuditFacts) -> Finding:
    if facts.stop is None and _NO_STOP.search(facts.trade.note or ""):
        return Finding("violated", "The note says that there was no stop.", "critical")
    if facts.stop is None:
        return _missing("No stop was given", "add it, as in 'stop 18230', if there was one")
    return Finding("followed", f"Stop at {_exact(facts.stop)}.")


def _counted(size: Decimal, symbol: str, unit: SizeUnit | None) -> Decimal | None:
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


def _max_size(check: MaxSize, facts: AuditFacts) -> Finding:
    size, symbol = facts.trade.position_size, facts.trade.symbol
    if size is None or symbol is None:
        return _missing("No size was given", "add it, as in 'size 2'")
    counted = _counted(size, symbol, check.unit)
    if counted is None:
        return Finding("unclear", f"The rule counts {check.unit}; {symbol} is not counted in them.")
    unit = f" {check.unit}" if check.unit else ""
    said = f"{_exact(size)} {symbol}"
    if counted != size:
        said += f" = {_exact(counted)}{unit} (10 micros count as 1)"
    return _decided(
        counted <= check.limit, f"Size {said}; limit {_exact(check.limit)}{unit}.", _by_excess(counted, check.limit)
    )


def _amount(limit: Limit, facts: AuditFacts) -> tuple[Decimal, str] | None:
    """A limit in money, with its own words; None where what it is a percentage of is not known."""
    if limit.amount is not None:
        return limit.amount, _money(limit.amount, facts.account_currency)
    base = facts.balance if limit.of == "balance" else facts.account_size
    if limit.percent is None or base is None or base <= 0:
        return None
    money, whole = base * limit.percent / 100, _money(base, facts.account_currency)
    return money, f"{_exact(limit.percent)} % of {whole}"


def _no_base(limit: Limit) -> Finding:
    if limit.of == "balance":
        return _missing("Your balance is not known", "send it, as in '/balance 51240'")
    return _missing("Your account size is not known", "set it in your profile")


def _max_risk(check: MaxRisk, facts: AuditFacts) -> Finding:
    if facts.stop is None:
        return _missing("No stop was given", "add it, as in 'stop 18230', and the risk can be measured")
    limit = _amount(check.limit, facts)
    if limit is None:
        return _no_base(check.limit)
    if facts.trade.entry_price is None or facts.trade.position_size is None:
        return _missing("Entry or size was not given", "add them, as in 'entry 18250 size 2'")
    money = risk(facts.trade, facts.stop, facts.account_currency, facts.point_value)
    if money is None:
        return Finding(
            "unclear", f"The risk in money of {facts.trade.symbol} to {_exact(facts.stop)} cannot be computed."
        )
    said = f"{_money(money, facts.account_currency)}{_percentage(money, check.limit, facts)}"
    evidence = f"Risk {said}; limit {'less than ' if check.strict else ''}{limit[1]}."
    within = money < limit[0] if check.strict else money <= limit[0]
    return _decided(within, evidence, _by_excess(money, limit[0]))


def _percentage(money: Decimal, limit: Limit, facts: AuditFacts) -> str:
    base = facts.balance if limit.of == "balance" else facts.account_size
    return f" = {_figure(money * 100 / base)} % of the {limit.of}" if limit.percent is not None and base else ""


def _min_reward(check: MinReward, facts: AuditFacts) -> Finding:
    trade, limit = facts.trade, f"at least {_exact(check.r)}R is the rule"
    missing = [
        name
        for name, value in (("entry", trade.entry_price), ("stop", facts.stop), ("target", trade.take_profit))
        if value is None
    ]
    if missing:
        return _missing(
            f"The planned R needs {' and '.join(missing)}", "add what is missing, as in 'stop 18230 tp 18310'"
        )
    planned = reward_to_risk(trade, facts.stop)
    if planned is None:
        return Finding("unclear", "Stop or target lies on the wrong side of the entry, so the planned R is not known.")
    severity: Severity = "major" if planned < check.r / 2 else "minor"
    return _decided(planned >= check.r, f"Planned {_figure(planned)}R; {limit}.", severity)


def _hours(check: Hours, facts: AuditFacts) -> Finding:
    if facts.trade.entry_time is None:
        return _missing("No entry time was given", "add it, as in 'entered 10:15'")
    zone = ZoneInfo(check.zone) if check.zone else facts.zone
    local = facts.trade.entry_time.astimezone(zone)
    inside = _inside(_minute(local), check)
    span = f"{_clock(check.start)} to {_clock(check.end)}"
    rule = f"no entries from {span}" if check.banned else f"entries only from {span}"
    return _decided(inside is not check.banned, f"Entered {local:%H:%M} {zone.key}; {rule}.", "major")


def _minute(moment: datetime) -> time:
    """Traders give times to the minute, so seconds decide nothing."""
    return time(moment.hour, moment.minute)


def _clock(at: time | None) -> str:
    return f"{at or time():%H:%M}"


def _inside(at: time, check: Hours) -> bool:
    """Whether a time is in the span. Entries on the very minute of an edge are within the rule."""
    start, end = check.start, check.end
    if check.banned:
        later, earlier = start is None or at > start, end is None or at < end
    else:
        later, earlier = start is None or at >= start, end is None or at <= end
    overnight = start is not None and end is not None and end < start
    return (later or earlier) if overnight else (later and earlier)


def _max_trades(check: MaxTrades, facts: AuditFacts) -> Finding:
    number = facts.trades_before + 1
    severity: Severity = "major" if number <= check.limit + 1 else "critical"
    return _decided(number <= check.limit, f"Trade {number} of the day; limit {check.limit}.", severity)


def _symbols(check: Symbols, facts: AuditFacts) -> Finding:
    symbol = facts.trade.symbol
    if symbol is None:
        return _missing("No symbol was given", "add it")
    known = contract(symbol)
    name = known.symbol if known else symbol
    listed = ", ".join(sorted(check.symbols))
    relatives = {known.micro, known.micro_of} & check.symbols if known else set()
    if name not in check.symbols and relatives:
        return Finding(
            "unclear", f"Traded {name}; the rule names {listed} and leaves open whether {name} counts as one."
        )
    rule = f"none of {listed} is allowed" if check.banned else f"only {listed} allowed"
    return _decided((name in check.symbols) is not check.banned, f"Traded {name}; {rule}.", "major")


def _one_side(check: OneSide, facts: AuditFacts) -> Finding:
    if facts.trade.direction is None:
        return _missing("No direction was given", "add 'long' or 'short'")
    evidence = f"The trade was {facts.trade.direction}; only {check.direction}s allowed."
    return _decided(facts.trade.direction == check.direction, evidence, "major")


def _max_daily_loss(check: MaxDailyLoss, facts: AuditFacts) -> Finding:
    limit = _amount(check.limit, facts)
    if limit is None:
        return _no_base(check.limit)
    lost_before = max(-facts.day_pnl_before, Decimal(0))
    before = f"{_money(lost_before, facts.account_currency)} lost before this trade"
    if lost_before >= limit[0]:
        return Finding("violated", f"{before}; limit {limit[1]}.", "critical")
    if check.stop:
        return Finding("followed", f"{before}; limit {limit[1]}.")
    trade = facts.trade
    if trade.pnl is None:
        return _missing("The trade has no P&L yet", "close it, as in 'out 18290'")
    lost = max(-facts.day_pnl_before - net_pnl(trade.pnl, trade.commissions, trade.pnl_basis), Decimal(0))
    return _decided(
        lost <= limit[0], f"{_money(lost, facts.account_currency)} lost on the day; limit {limit[1]}.", "critical"
    )


_CHECKS: dict[type, Callable[[Any, AuditFacts], Finding]] = {
    StopSet: _stop_set,
    MaxSize: _max_size,
    MaxRisk: _max_risk,
    MinReward: _min_reward,
    Hours: _hours,
    MaxTrades: _max_trades,
    Symbols: _symbols,
    OneSide: _one_side,
    MaxDailyLoss: _max_daily_loss,
}
