"""Limits in money, and the sums of closed trades they are compared with.

A percentage of the balance is, for a rule about one trade, of the balance by the trades closed before its entry; for a
rule about a day or a week it is of the balance at the start of that span, as a limit that moves with every trade would
be none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.auditing.facts import AuditFacts, Logged, Realised
from bot.auditing.findings import (
    MOST_ENTRIES,
    Finding,
    account_lacks,
    beside,
    entry_time_missing,
    exact,
    exit_times_missing,
    money,
    not_all_here,
    results_missing,
    unclear,
)
from bot.rules.kinds import Limit, Span
from bot.trading.pnl import CENT

_WHOLES = {"account": "the account", "balance": "the balance", "daily_limit": "the daily loss limit"}


@dataclass(frozen=True, slots=True)
class LimitInMoney:
    """A limit in the account's currency. said: in the rule's own words; whole: what it is a percentage of."""

    amount: Decimal
    said: str
    whole: Decimal | None = None
    of: str = ""

    def share(self, amount: Decimal) -> str:
        """What an amount is of that whole: " = 1.28 % of the account"; nothing where the rule names money."""
        if not self.whole:
            return ""
        return f" = {beside(amount * 100 / self.whole, self.amount * 100 / self.whole)} % of {self.of}"


@dataclass(frozen=True, slots=True)
class Sum:
    """Of what was realised before a moment. low, high: with whatever of `unsure` (their times were not said) lowers or
    raises it. unknown: trades whose amount is not known."""

    low: Decimal
    high: Decimal
    unsure: tuple[Logged, ...]
    unknown: tuple[Logged, ...]


def of_day(day: date | None) -> Callable[[date | None], bool]:
    return lambda other: other == day


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def of_span(day: date | None, span: Span) -> Callable[[date | None], bool]:
    """Whether a day is this day or, for a week, one of its week."""
    if span == "day" or day is None:
        return of_day(day)
    week = monday(day)
    return lambda other: other is not None and monday(other) == week


def is_incomplete(facts: AuditFacts, day: date | None, span: Span = "day") -> bool:
    """Whether trades of the day or week may be missing from the facts."""
    if facts.complete_from is None:
        return False
    return day is None or (monday(day) if span == "week" else day) < facts.complete_from


def made_before(facts: AuditFacts, moment: datetime, counts: Callable[[date | None], bool]) -> Sum:
    """What the other trades had made when this one was entered at `moment`, on the days that count."""
    certain: list[Realised] = []
    unsure: list[Realised] = []
    for made in facts.realised:
        if counts(made.day) and (by := facts.realised_by(made, moment)) is not False:
            (certain if by else unsure).append(made)
    total = _total(certain)
    return Sum(
        total + _total(made for made in unsure if made.amount is not None and made.amount < 0),
        total + _total(made for made in unsure if made.amount is not None and made.amount > 0),
        _trades(unsure),
        _trades(made for made in (*certain, *unsure) if made.amount is None),
    )


def _total(realised: Iterable[Realised]) -> Decimal:
    return sum((made.amount for made in realised if made.amount is not None), Decimal(0))


def _trades(realised: Iterable[Realised]) -> tuple[Logged, ...]:
    return tuple({made.trade.id: made.trade for made in realised}.values())


def limit_of(limit: Limit, facts: AuditFacts, find: Callable[[LimitInMoney], Finding]) -> Finding:
    """What `find` says with the limit for this one trade."""
    if limit.amount is not None or limit.of != "balance":
        return _with_whole(limit, facts, facts.account_size if limit.of == "account" else facts.daily_limit, find)
    if facts.starting_balance is None:
        return _without_whole(limit, facts, find)
    day = facts.began_on(facts.this)
    if is_incomplete(facts, day):
        return not_all_here(facts)
    moments = facts.entries
    sums = [made_before(facts, moment, of_day(day)) for moment in moments[:MOST_ENTRIES]]
    unknown = [trade for one in sums for trade in one.unknown]
    if unknown:
        return results_missing(_once(unknown), facts)
    start = facts.starting_balance
    findings = [
        _with_whole(limit, facts, start + change, find)
        for change in sorted({change for one in sums for change in (one.low, one.high)})
    ]
    if len(moments) <= MOST_ENTRIES and len({found.verdict for found in findings}) == 1:
        return findings[0]
    if len(moments) > 1:
        return entry_time_missing()
    return exit_times_missing(sums[0].unsure, facts)


def _once(trades: Iterable[Logged]) -> list[Logged]:
    return list({trade.id: trade for trade in trades}.values())


def limit_of_span(
    limit: Limit, facts: AuditFacts, day: date | None, span: Span, find: Callable[[LimitInMoney], Finding]
) -> Finding:
    """What `find` says with the limit for the day or its week."""
    if limit.amount is not None or limit.of != "balance":
        return _with_whole(limit, facts, facts.account_size if limit.of == "account" else facts.daily_limit, find)
    began = facts.began_on(facts.this)
    if facts.starting_balance is None or day is None or began is None:
        return _without_whole(limit, facts, find)
    first = monday(day) if span == "week" else day
    if is_incomplete(facts, min(first, began)):
        return not_all_here(facts)
    every = (*facts.realised, *facts.realised_of(facts.this))
    earlier = [made for made in every if made.day is not None and first <= made.day < began]
    later = [made for made in every if made.day is not None and began <= made.day < first]
    unknown = _trades(made for made in (*earlier, *later) if made.amount is None)
    if unknown:
        return results_missing(unknown, facts)
    return _with_whole(limit, facts, facts.starting_balance - _total(earlier) + _total(later), find)


def _with_whole(
    limit: Limit, facts: AuditFacts, whole: Decimal | None, find: Callable[[LimitInMoney], Finding]
) -> Finding:
    if limit.amount is not None:
        return find(LimitInMoney(limit.amount, money(limit.amount, facts.account_currency)))
    if limit.percent is None:
        return unclear("The rule names no amount.")
    if whole is None or not whole.is_finite():
        return _without_whole(limit, facts, find)
    if whole <= 0:
        return unclear(f"There is no percentage of {_WHOLES[limit.of]} of {money(whole, facts.account_currency)}.")
    said = f"{exact(limit.percent)} % of {money(whole, facts.account_currency)}"
    return find(LimitInMoney(whole * limit.percent / 100, said, whole, _WHOLES[limit.of]))


def _without_whole(limit: Limit, facts: AuditFacts, find: Callable[[LimitInMoney], Finding]) -> Finding:
    """What keeps the smallest of limits keeps every one: where nothing was lost, nobody needs to know the limit."""
    smallest = find(LimitInMoney(CENT, "whatever it is"))
    if smallest.verdict == "followed":
        return smallest
    return account_lacks("size" if limit.of == "account" else limit.of, facts)
