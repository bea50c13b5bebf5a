"""Checks of money: what a trade, a day or a week may lose, and when it has made enough. All net."""

from datetime import datetime
from decimal import Decimal

from bot.auditing.amounts import LimitInMoney, Sum, is_incomplete, limit_of, limit_of_span, made_before, of_span
from bot.auditing.facts import AuditFacts, Logged
from bot.auditing.findings import (
    Finding,
    at_entry,
    by_excess,
    decided,
    exit_times_missing,
    money,
    not_all_here,
    results_missing,
    still_open,
    this_lacks,
)
from bot.rules.kinds import MaxDailyLoss, MaxTradeLoss, ProfitStop, Span
from bot.trading.pnl import net_pnl

_SPANS: dict[Span, str] = {"day": "on the day", "week": "in the week"}
_EARLIER: dict[Span, str] = {"day": "earlier that day", "week": "earlier that week"}


def max_trade_loss(check: MaxTradeLoss, facts: AuditFacts) -> Finding:
    if facts.this.is_open:
        return still_open()
    trade = facts.trade
    if trade.pnl is None:
        return this_lacks("P&L")
    lost = max(-net_pnl(trade.pnl, trade.commissions, trade.pnl_basis), Decimal(0))
    if not lost:
        return Finding("followed", "It lost nothing.")

    def find(limit: LimitInMoney) -> Finding:
        evidence = f"Lost {money(lost, facts.account_currency)}{limit.share(lost)}; limit {limit.said}."
        return decided(lost <= limit.amount, evidence, by_excess(lost, limit.amount))

    return limit_of(check.limit, facts, find)


def max_daily_loss(check: MaxDailyLoss, facts: AuditFacts) -> Finding:
    begun = facts.began_on(facts.this)
    if is_incomplete(facts, begun, check.per):
        return not_all_here(facts)
    stopped = limit_of_span(
        check.limit, facts, begun, check.per, lambda limit: at_entry(facts, lambda at: _lost(at, limit, check, facts))
    )
    if check.stop or stopped.verdict == "violated":
        return stopped
    ended = _lost_with_this(check, facts)
    return ended if ended.verdict != "followed" or stopped.verdict == "followed" else stopped


def _lost(moment: datetime, limit: LimitInMoney, check: MaxDailyLoss, facts: AuditFacts) -> Finding:
    """Whether the limit was gone when the trade was entered: reached for `stop`, exceeded else."""
    made = made_before(facts, moment, of_span(facts.began_on(facts.this), check.per))
    if made.unknown:
        return results_missing(made.unknown, facts)
    verdicts = [_has_lost(total, limit, check) for total in (made.low, made.high)]
    if verdicts[0] != verdicts[1]:
        return exit_times_missing(made.unsure, facts)
    lost = f"{_loss(made, facts)} lost {_EARLIER[check.per]}"
    return decided(not verdicts[0], f"{lost}; limit {limit.said}.", "critical")


def _has_lost(total: Decimal, limit: LimitInMoney, check: MaxDailyLoss) -> bool:
    return -total >= limit.amount if check.stop else -total > max(limit.amount, Decimal(0))


def _loss(made: Sum, facts: AuditFacts) -> str:
    """At least so much for sure where a time is missing that does not matter."""
    least, most = (max(-total, Decimal(0)) for total in (made.high, made.low))
    said = money(least, facts.account_currency)
    return said if least == most else f"{said} to {money(most, facts.account_currency)}"


def _lost_with_this(check: MaxDailyLoss, facts: AuditFacts) -> Finding:
    """Whether the day's trades closed by then, this one among them, lost more than the limit."""
    if facts.this.is_open:
        return still_open()
    day = facts.day if facts.day is not None else facts.began_on(facts.this)
    if is_incomplete(facts, day, check.per):
        return not_all_here(facts)
    counts = of_span(day, check.per)
    made = [one for one in facts.realised if counts(one.day) and facts.closed_with(one)]
    own = [one for one in facts.realised_of(facts.this) if counts(one.day)]
    if any(one.amount is None for one in own):
        return this_lacks("P&L")
    unknown: list[Logged] = [one.trade for one in made if one.amount is None]
    if unknown:
        return results_missing(unknown, facts)
    total = sum((one.amount for one in (*made, *own) if one.amount is not None), Decimal(0))
    lost = max(-total, Decimal(0))

    def find(limit: LimitInMoney) -> Finding:
        said = f"{money(lost, facts.account_currency)} lost {_SPANS[check.per]}, this trade included"
        return decided(lost <= limit.amount, f"{said}; limit {limit.said}.", "critical")

    return limit_of_span(check.limit, facts, day, check.per, find)


def profit_stop(check: ProfitStop, facts: AuditFacts) -> Finding:
    begun = facts.began_on(facts.this)
    if is_incomplete(facts, begun, check.per):
        return not_all_here(facts)

    def find(moment: datetime, limit: LimitInMoney) -> Finding:
        made = made_before(facts, moment, of_span(begun, check.per))
        if made.unknown:
            return results_missing(made.unknown, facts)
        reached = [total >= limit.amount for total in (made.low, made.high)]
        if reached[0] != reached[1]:
            return exit_times_missing(made.unsure, facts)
        low, high = (money(total, facts.account_currency) for total in (made.low, made.high))
        said = low if low == high else f"{low} to {high}"
        return decided(not reached[0], f"{said} made {_EARLIER[check.per]}; limit {limit.said}.")

    return limit_of_span(
        check.limit, facts, begun, check.per, lambda limit: at_entry(facts, lambda at: find(at, limit))
    )
