"""Checks of a trade beside the other trades of its account: how many, after what, how soon, on top of what.

Where the time of another trade was not said, it is counted once as if it mattered and once as if not; only where that
changes the verdict is it unclear.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.auditing.amounts import is_incomplete, of_span
from bot.auditing.checks_plan import canonical
from bot.auditing.facts import LONG_AGO, AuditFacts, Logged
from bot.auditing.findings import (
    Fact,
    Finding,
    at_entry,
    by_count,
    by_shortfall,
    counted,
    decided,
    exact,
    exit_times_missing,
    named,
    not_all_here,
    others_lack,
    results_missing,
    shown,
    this_lacks,
)
from bot.rules.kinds import Cooldown, MaxLosses, MaxOpen, MaxTrades, MaxWins, NoAdding
from bot.trading.pnl import Outcome, sign_of

MINUTE = timedelta(minutes=1)
_OUTCOMES: dict[str, Outcome | None] = {"trade": None, "loss": "loss", "win": "win"}


def max_trades(check: MaxTrades, facts: AuditFacts) -> Finding:
    day = facts.began_on(facts.this)
    counts = of_span(day, check.per)
    mine = canonical(facts.trade.symbol)
    if check.each_symbol and mine is None:
        return this_lacks("symbol")
    earlier = [other for other in facts.before() if counts(facts.began_on(other))]
    if check.each_symbol:
        earlier = [other for other in earlier if canonical(other.fields.symbol) == mine]
    number = len(earlier) + 1
    if number <= check.limit and is_incomplete(facts, day, check.per):
        return not_all_here(facts)
    of = f"{shown(mine)} trade" if check.each_symbol and mine else "Trade"
    evidence = f"{of} {number} of the {check.per}; limit {check.limit}."
    return decided(number <= check.limit, evidence, by_count(number, check.limit))


# ---- after wins and losses


def closed_before(facts: AuditFacts, moment: datetime) -> tuple[list[Logged], list[Logged]]:
    """The trades of the day that were closed when this one was entered at `moment`, in the order of their exits, and
    those of which nobody can say it."""
    day = facts.began_on(facts.this)
    closed: list[Logged] = []
    unsure: list[Logged] = []
    for other in facts.others:
        if other.day == day and (by := facts.closed_by(other, moment)) is not False:
            (closed if by else unsure).append(other)
    timed = all(other.fields.exit_time is not None for other in closed)
    closed.sort(key=lambda other: (facts.left(other).last if timed else LONG_AGO, other.recorded))
    return closed, unsure


def max_losses(check: MaxLosses, facts: AuditFacts) -> Finding:
    if check.in_a_row:
        return _guarded(facts, at_entry(facts, lambda moment: _losses_in_a_row(check, facts, moment)))
    return _stop_after(check.limit, "loss", facts)


def max_wins(check: MaxWins, facts: AuditFacts) -> Finding:
    return _stop_after(check.limit, "win", facts)


def _guarded(facts: AuditFacts, finding: Finding) -> Finding:
    """Nothing is kept for certain while trades of the day may be missing."""
    missing = is_incomplete(facts, facts.began_on(facts.this))
    return not_all_here(facts) if missing and finding.verdict == "followed" else finding


def _stop_after(limit: int, kind: Outcome, facts: AuditFacts) -> Finding:
    return _guarded(facts, at_entry(facts, lambda moment: _reached(limit, kind, facts, moment)))


def _reached(limit: int, kind: Outcome, facts: AuditFacts, moment: datetime) -> Finding:
    closed, unsure = closed_before(facts, moment)
    outcomes = [facts.outcome_of(other) for other in closed]
    untimed = [other for other in unsure if facts.outcome_of(other) in (kind, None)]
    least = outcomes.count(kind)
    most = least + outcomes.count(None) + len(untimed)
    if least < limit <= most:
        if untimed:
            return exit_times_missing(untimed, facts)
        return results_missing((other for other in closed if facts.outcome_of(other) is None), facts)
    one, many = ("loss", "losses") if kind == "loss" else ("win", "wins")
    said = counted(least, one, many) if least >= limit or least == most else f"At most {counted(most, one, many)}"
    evidence = f"{said} earlier that day; limit {limit}."
    return decided(least < limit, evidence, by_count(least + 1, limit))


def _losses_in_a_row(check: MaxLosses, facts: AuditFacts, moment: datetime) -> Finding:
    """Trades of unsaid times may stand anywhere: losses can only lengthen the row, anything else can end it."""
    closed, unsure = closed_before(facts, moment)
    outcomes = [facts.outcome_of(other) for other in closed]
    least, most = _row(outcomes, ("loss",)), _row(outcomes, ("loss", None))
    longer = [other for other in unsure if facts.outcome_of(other) in ("loss", None)]
    ending = [other for other in unsure if facts.outcome_of(other) != "loss"]
    if least >= check.limit and not ending:
        evidence = f"{counted(least, 'loss', 'losses')} in a row before this trade; limit {check.limit}."
        return Finding("violated", evidence, by_count(least + 1, check.limit))
    if most + len(longer) < check.limit:
        said = counted(least, "loss", "losses")
        said = said if least == most + len(longer) else f"At most {counted(most + len(longer), 'loss', 'losses')}"
        return Finding("followed", f"{said} in a row before this trade; limit {check.limit}.")
    if unsure:
        return exit_times_missing(unsure, facts)
    return results_missing((other for other in closed if facts.outcome_of(other) is None), facts)


def _row(outcomes: list[Outcome | None], among: tuple[Outcome | None, ...]) -> int:
    """How many of the last are of these, without one of another kind between."""
    length = 0
    for found in reversed(outcomes):
        if found not in among:
            break
        length += 1
    return length


def last_was_loss(facts: AuditFacts, moment: datetime) -> tuple[bool | None, Finding | None]:
    """Whether the last trade of the day closed before this entry was a loss, and what is missing to know it."""
    closed, unsure = closed_before(facts, moment)
    last = facts.outcome_of(closed[-1]) if closed else "scratch"
    answers = {last == "loss" if last else None, *(facts.outcome_of(other) == "loss" for other in unsure)}
    if answers <= {True} or answers <= {False}:
        return answers.pop(), None
    return None, exit_times_missing(unsure, facts) if unsure else results_missing(closed[-1:], facts)


# ---- how soon


def cooldown(check: Cooldown, facts: AuditFacts) -> Finding:
    return _guarded(facts, at_entry(facts, lambda moment: _waited(check, facts, moment)))


def _waited(check: Cooldown, facts: AuditFacts, moment: datetime) -> Finding:
    kind = _OUTCOMES[check.after]
    last: tuple[int, Logged] | None = None
    untimed: list[Logged] = []
    unknown: list[Logged] = []
    for other in facts.others:
        found = facts.outcome_of(other)
        closed = False if kind is not None and found not in (kind, None) else facts.closed_by(other, moment)
        if closed is False:
            continue
        left = facts.left(other)
        longest = _minutes(left.first, moment)
        certain = closed is True and (kind is None or found == kind) and longest == _minutes(left.last, moment)
        if certain and (last is None or longest < last[0]):
            last = longest, other
        if not certain and _minutes(left.last, moment) < check.minutes:
            (untimed if left.first != left.last else unknown).append(other)
    return _soon_enough(check, facts, last, untimed, unknown)


def _soon_enough(
    check: Cooldown,
    facts: AuditFacts,
    last: tuple[int, Logged] | None,
    untimed: list[Logged],
    unknown: list[Logged],
) -> Finding:
    rule = f"at least {counted(check.minutes, 'minute', 'minutes')} is the rule"
    if last is not None and last[0] < check.minutes:
        severity = by_shortfall(Decimal(last[0]), Decimal(check.minutes))
        evidence = f"Entered {counted(last[0], 'minute', 'minutes')} after the exit of {named(last[1], facts)}; {rule}."
        return Finding("violated", evidence, severity)
    if untimed:
        return exit_times_missing(untimed, facts)
    if unknown:
        return results_missing(unknown, facts)
    if last is None:
        return Finding("followed", f"No {check.after} was closed shortly before this entry; {rule}.")
    waited = counted(last[0], "minute", "minutes")
    return Finding("followed", f"Entered {waited} after the exit of {named(last[1], facts)}; {rule}.")


def _minutes(first: datetime, then: datetime) -> int:
    """Whole minutes on the clock from one moment to another, not below 0."""
    whole = (then.replace(second=0, microsecond=0) - first.replace(second=0, microsecond=0)) // MINUTE
    return max(whole, 0)


# ---- what was open beside it


def no_adding(check: NoAdding, facts: AuditFacts) -> Finding:
    return _guarded(facts, at_entry(facts, lambda moment: _added(check, facts, moment)))


def _added(check: NoAdding, facts: AuditFacts, moment: datetime) -> Finding:
    beside = [(other, open_) for other in facts.others if (open_ := facts.open_at(other, moment)) is not False]
    same = [(other, open_) for other, open_ in beside if _same_position(other, facts.this) is not False]
    rule = "no adding to a losing position" if check.losers else "no adding to an open position"
    if not same:
        return Finding("followed", f"No position in the same symbol and direction was open; {rule}.")
    for other, open_ in same:
        if open_ and _same_position(other, facts.this) and (not check.losers or _stood_worse(other, facts.this)):
            return Finding("violated", f"{_beside(other, facts)}; {rule}.", "major")
    if not check.losers or any(_stood_worse(other, facts.this) is not False for other, _ in same):
        return _adding_lacks(check, facts, same)
    return Finding("followed", f"{_beside(same[0][0], facts)}; {rule}.")


def _same_position(other: Logged, this: Logged) -> bool | None:
    """Same symbol and direction; None where one of the four facts is missing and the others do not differ."""
    symbols = canonical(other.fields.symbol), canonical(this.fields.symbol)
    sides = other.fields.direction, this.fields.direction
    if any(None not in pair and pair[0] != pair[1] for pair in (symbols, sides)):
        return False
    return None if None in (*symbols, *sides) else True


def _stood_worse(other: Logged, this: Logged) -> bool | None:
    theirs, mine, side = other.fields.entry_price, this.fields.entry_price, other.fields.direction
    if theirs is None or mine is None or side is None:
        return None
    return (mine - theirs) * sign_of(side) < 0


def _beside(other: Logged, facts: AuditFacts) -> str:
    theirs, mine = other.fields.entry_price, facts.trade.entry_price
    prices = "" if theirs is None or mine is None else f" from {exact(theirs)}, at {exact(mine)}"
    return f"Entered beside {named(other, facts)}{prices}"


def _adding_lacks(check: NoAdding, facts: AuditFacts, same: Sequence[tuple[Logged, bool | None]]) -> Finding:
    """What would decide it: this trade's own facts first, then those of the trades beside it."""
    deciding = [
        (other, open_) for other, open_ in same if not check.losers or _stood_worse(other, facts.this) is not False
    ]
    others = [other for other, _ in deciding]
    if facts.trade.symbol is None:
        return this_lacks("symbol")
    if facts.trade.direction is None:
        return this_lacks("direction")
    if check.losers and facts.trade.entry_price is None:
        return this_lacks("entry")
    untimed = [other for other, open_ in deciding if open_ is None]
    if untimed:
        return exit_times_missing(untimed, facts)
    facts_needed: tuple[tuple[Fact, str], ...] = (
        ("symbol", "symbol"),
        ("direction", "direction"),
        ("entry", "entry_price"),
    )
    for what, name in facts_needed:
        if lacking := [other for other in others if getattr(other.fields, name) is None]:
            return others_lack(what, lacking, facts)
    return exit_times_missing(others, facts)


def max_open(check: MaxOpen, facts: AuditFacts) -> Finding:
    return _guarded(facts, at_entry(facts, lambda moment: _open_at_once(check, facts, moment)))


def _open_at_once(check: MaxOpen, facts: AuditFacts, moment: datetime) -> Finding:
    states = [(other, facts.open_at(other, moment)) for other in facts.others]
    untimed = [other for other, open_ in states if open_ is None]
    least = 1 + sum(1 for _, open_ in states if open_)
    most = least + len(untimed)
    if least <= check.limit < most:
        return exit_times_missing(untimed, facts)
    said = f"{least}" if least == most or least > check.limit else f"At most {most}"
    return decided(least <= check.limit, f"{said} open at once; limit {check.limit}.", by_count(least, check.limit))
