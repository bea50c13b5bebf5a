"""Computed verdicts: a check and the facts of a trade in, a verdict with its evidence out. Pure.

A fact that was not said is missing, not zero: the verdict is then "unclear" and says how to give the fact, unless it
is the same whatever the fact is. The checks stand by topic in `checks_plan`, `checks_time`, `checks_others` and
`checks_money`; `findings` says how evidence and severities are put.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.auditing import checks_money, checks_others, checks_plan, checks_time
from bot.auditing.conditions import is_about
from bot.auditing.facts import AuditFacts
from bot.auditing.findings import SEVERITIES, Finding, unclear
from bot.auditing.verdict import Judgement, Verdict
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
    Single,
    StopDistance,
    StopSet,
    Symbols,
    TargetSet,
    Weekdays,
)

LONGEST_EVIDENCE = 600
"""Characters; a rule of many conditions has as many sentences."""

BY_ORDER = "By the order in which you logged your trades."


def evaluate(check: Check, facts: AuditFacts, rule_id: UUID) -> Verdict:
    """The verdict of a compiled rule. Plain code is certain of what it says, confidence 5; 4 where the order in which
    trades were logged had to stand in for times that were not said."""
    finding, confidence = _found(check, facts), 5
    if finding.verdict == "unclear" and facts.others:
        in_order = _found(check, facts.in_order())
        if in_order.verdict != "unclear":
            finding, confidence = replace(in_order, evidence=f"{in_order.evidence} {BY_ORDER}"), 4
    evidence = finding.evidence
    if len(evidence) > LONGEST_EVIDENCE:
        evidence = evidence[: LONGEST_EVIDENCE - 1].rstrip() + "…"
    return Verdict(
        rule_id=rule_id,
        verdict=finding.verdict,
        evidence=evidence,
        severity=finding.severity,
        confidence=confidence,
        computed=True,
    )


def _found(check: Check, facts: AuditFacts) -> Finding:
    try:
        return _find(check, facts)
    except ArithmeticError:  # clients write trades and days, and NUMERIC holds NaN and figures beyond all bounds
        return unclear("A figure of this trade, of its day or of the rule is not a number that can be reckoned with.")


def _find(check: Check, facts: AuditFacts) -> Finding:
    if isinstance(check, AllOf):
        return _all_of(check, facts)
    return _conditional(check, facts) if isinstance(check, Conditional) else _single(check, facts)


def _single(check: Single, facts: AuditFacts) -> Finding:
    return _CHECKS[type(check)](check, facts)


def _conditional(check: Conditional, facts: AuditFacts) -> Finding:
    """A trade that the rule is not about keeps it, and so does one that keeps the check whether it is or not."""
    about = is_about(check.when, facts)
    if about.holds is False:
        return Finding("followed", about.evidence)
    finding = _single(check.check, facts)
    if about.holds or finding.verdict == "followed":
        return finding
    lacking = [about.evidence] + ([finding.evidence] if finding.verdict == "unclear" else [])
    return unclear(" ".join(dict.fromkeys(lacking)))


def _all_of(check: AllOf, facts: AuditFacts) -> Finding:
    """Violated where one condition is, else unclear where one is. The evidence is that of the deciding conditions."""
    findings = [_find(one, facts) for one in check.checks]
    outcomes: tuple[Judgement, ...] = ("violated", "unclear", "followed")
    for outcome in outcomes:
        deciding = [finding for finding in findings if finding.verdict == outcome]
        if deciding:
            severity = max((finding.severity for finding in deciding), key=SEVERITIES.index)
            return Finding(outcome, " ".join(dict.fromkeys(finding.evidence for finding in deciding)), severity)
    return unclear("The rule has no condition.")


_CHECKS: dict[type, Callable[[Any, AuditFacts], Finding]] = {
    StopSet: checks_plan.stop_set,
    TargetSet: checks_plan.target_set,
    StopDistance: checks_plan.stop_distance,
    MaxSize: checks_plan.max_size,
    MaxRisk: checks_plan.max_risk,
    MinReward: checks_plan.min_reward,
    Symbols: checks_plan.symbols,
    OneSide: checks_plan.one_side,
    Hours: checks_time.hours,
    SessionEdge: checks_time.session_edge,
    Weekdays: checks_time.weekdays,
    FlatBy: checks_time.flat_by,
    NotHeldOver: checks_time.not_held_over,
    HoldTime: checks_time.hold_time,
    MaxTrades: checks_others.max_trades,
    MaxLosses: checks_others.max_losses,
    MaxWins: checks_others.max_wins,
    Cooldown: checks_others.cooldown,
    NoAdding: checks_others.no_adding,
    MaxOpen: checks_others.max_open,
    MaxTradeLoss: checks_money.max_trade_loss,
    MaxDailyLoss: checks_money.max_daily_loss,
    ProfitStop: checks_money.profit_stop,
}
