"""Which trades a conditional rule is about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.auditing.checks_others import last_was_loss
from bot.auditing.checks_plan import canonical, is_among
from bot.auditing.checks_time import WEEKDAYS, allows, entered, zone_of
from bot.auditing.facts import AuditFacts
from bot.auditing.findings import MOST_ENTRIES, account_lacks, entry_time_missing, shown, this_lacks
from bot.rules.kinds import Hours, Phase, When

_FUNDED = re.compile(
    r"funded|\blive\b|\bpa\b|\bperformance\b|express|\bxfa\b|\bpro account\b|payout|\bmaster\b|\breal\b",
    re.IGNORECASE,
)
_EVALUATION = re.compile(
    r"\beval|challenge|\bphase ?[12]\b|\bstep ?[12]\b|\b[12](?:st|nd) (?:phase|step)\b|verification|combine|\btest\b"
    r"|\btrial\b|\bassessment\b|\bnot (?:yet )?funded\b",
    re.IGNORECASE,
)
_NOT_FUNDED = re.compile(
    r"\b(?:not|un|non)[ -]?(?:yet )?funded\b|\bpre-?funded\b|\bto (?:get|be(?:come)?) funded\b", re.IGNORECASE
)
_LONGEST_PHASE = 100


def phase_of(said: object) -> Phase | None:
    """The phase that profiles.challenge_phase names; None where its words name none, or both ("funded challenge")."""
    if not isinstance(said, str):
        return None
    text = said[:_LONGEST_PHASE].replace("_", " ")
    funded = _FUNDED.search(_NOT_FUNDED.sub(" ", text)) is not None
    evaluation = _EVALUATION.search(text) is not None or _NOT_FUNDED.search(text) is not None
    if funded == evaluation:
        return None
    return "funded" if funded else "evaluation"


@dataclass(frozen=True, slots=True)
class About:
    """Whether a rule is about a trade; None: that is not known, and the evidence says what is missing."""

    holds: bool | None
    evidence: str = ""


def is_about(when: When, facts: AuditFacts) -> About:
    """All that is given must hold: one thing that does not decides it, whatever else is unknown."""
    unknown = About(True)
    for condition in _conditions(when, facts):
        if condition.holds is False:
            return condition
        if condition.holds is None and unknown.holds:
            unknown = condition
    return unknown


def _conditions(when: When, facts: AuditFacts) -> Iterator[About]:
    if when.symbols:
        yield _about_symbols(when.symbols, facts)
    if when.direction is not None:
        yield _about_side(when, facts)
    if when.days:
        yield _about_days(when, facts)
    if when.phase is not None:
        yield _about_phase(when.phase, facts)
    if when.hours is not None:
        yield _about_hours(when.hours, facts)
    if when.after_loss:
        yield _after_loss(facts)


def _about_symbols(symbols: frozenset[str], facts: AuditFacts) -> About:
    listed, symbol = ", ".join(sorted(symbols)), facts.trade.symbol
    if symbol is None:
        return About(None, this_lacks("symbol").evidence)
    name, among = shown(canonical(symbol)), is_among(symbol, symbols)
    if among is None:
        return About(None, f"Traded {name}; the rule is about {listed} and leaves open whether {name} counts as one.")
    return About(among, f"This rule is about {listed}; traded {name}.")


def _about_side(when: When, facts: AuditFacts) -> About:
    if facts.trade.direction is None:
        return About(None, this_lacks("direction").evidence)
    holds = facts.trade.direction == when.direction
    return About(holds, f"This rule is about {when.direction}s; the trade was {facts.trade.direction}.")


def _about_days(when: When, facts: AuditFacts) -> About:
    day = facts.began_on(facts.this)
    if day is None:
        return About(None, entry_time_missing().evidence)
    listed = ", ".join(name.title() for name in WEEKDAYS if name in when.days)
    return About(
        WEEKDAYS[day.weekday()] in when.days, f"This rule is about {listed}; the trading day was {day:%a %Y-%m-%d}."
    )


def _about_phase(phase: Phase, facts: AuditFacts) -> About:
    if facts.phase is None:
        return About(None, account_lacks("phase", facts).evidence)
    return About(facts.phase == phase, f"This rule is about the {phase} phase; the account's is {facts.phase}.")


def _about_hours(hours: Hours, facts: AuditFacts) -> About:
    zone = zone_of(hours.zone, facts)
    if zone is None:
        return About(None, "The rule names a time zone that is not known. Write it anew, as in 'New York time'.")
    # on the very minute of an edge the rule may or may not be meant: it is not, so that nobody is blamed for it
    around = hours.model_copy(update={"banned": True})
    at = facts.trade.entry_time
    if at is None:
        return About(None, entry_time_missing().evidence)
    start, end = (f"{wall:%H:%M}" if wall else "00:00" for wall in (hours.start, hours.end))
    said = f"This rule is about entries between {start} and {end}. {entered(at, zone)}."
    return About(not allows(around, at, zone), said)


def _after_loss(facts: AuditFacts) -> About:
    moments = facts.entries
    answers = [last_was_loss(facts, moment) for moment in moments[:MOST_ENTRIES]]
    holds = {answer for answer, _ in answers}
    if len(holds) > 1 or len(moments) > MOST_ENTRIES:
        return About(None, entry_time_missing().evidence)
    answer, lacking = answers[0]
    if answer is None and lacking is not None:
        return About(None, lacking.evidence)
    return About(answer, "This rule is about trades after a loss; the trade closed before this one was none.")
