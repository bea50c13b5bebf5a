"""The trader disagrees with a verdict: their word takes its place, and everything that follows from it is made anew.

The audit's own verdict is kept beside it from the first time on and comes back when the trader takes theirs back.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from bot.auditing.score import scored
from bot.auditing.verdict import Judgement, Severity, Verdict
from bot.rules.grading import grade_rules
from db import verdicts
from db.pool import Connection
from db.verdicts import StoredVerdict

LONGEST_REASON: Final = 500
"""Characters."""

Said = Literal["followed", "violated", "back"]


@dataclass(frozen=True, slots=True)
class Overridden:
    """What became of it: the verdict as it stands now, and the trade's score before and after."""

    verdict: StoredVerdict
    outcome: Literal["done", "back", "same"]
    before: Decimal | None
    after: Decimal | None


async def override(
    connection: Connection, user_id: UUID, verdict: StoredVerdict, said: Said, reason: str | None = None
) -> Overridden:
    """Write the trader's word on a verdict, in the turn's transaction. Saying what the audit said takes it back."""
    _, before = await verdicts.audit_of(connection, user_id, verdict.trade_id)
    original = verdict.original or verdict.verdict
    if said == "back" or said == original:
        outcome: Literal["done", "back", "same"] = "back" if verdict.is_overridden else "same"
        if verdict.is_overridden:
            await verdicts.restore(connection, user_id, verdict.id, original)
    elif said == verdict.verdict and reason is None:
        outcome = "same"
    else:
        outcome = "done"
        kept = reason or (verdict.reason if said == verdict.verdict else None)
        await verdicts.override(connection, user_id, verdict.id, said, original, kept)
    after = before if outcome == "same" else await _follow(connection, user_id, verdict)
    now = await verdicts.verdicts_of(connection, user_id, verdict.trade_id)
    return Overridden(next(found for found in now if found.id == verdict.id), outcome, before, after)


async def _follow(connection: Connection, user_id: UUID, changed: StoredVerdict) -> Decimal | None:
    """Counts, score, audit_result, the day and the rule's grade by the verdicts as they are now; the new score."""
    now = await verdicts.verdicts_of(connection, user_id, changed.trade_id)
    score = scored(map(_verdict, now))
    result, _ = await verdicts.audit_of(connection, user_id, changed.trade_id)
    await verdicts.rewrite_audit(
        connection,
        user_id,
        changed.trade_id,
        result=in_step(result, now, score.compliance),
        score=score.compliance,
        counts=(score.followed, score.violated, score.unclear),
        has_overrides=any(verdict.is_overridden for verdict in now),
    )
    await grade_rules(connection, user_id, [changed.rule_id])
    return score.compliance


def _verdict(stored: StoredVerdict) -> Verdict:
    return Verdict(
        rule_id=stored.rule_id,
        verdict=_JUDGEMENTS[stored.verdict],
        evidence=stored.evidence,
        severity=_SEVERITIES[stored.severity],
        confidence=stored.confidence,
        computed=False,
    )


_JUDGEMENTS: Final[dict[str, Judgement]] = {"followed": "followed", "violated": "violated", "unclear": "unclear"}
_SEVERITIES: Final[dict[str, Severity]] = {"minor": "minor", "major": "major", "critical": "critical"}


_OF_OVERRIDES: Final = ("overridden", "original_verdict", "override_reason")


def in_step(result: Any, now: list[StoredVerdict], score: Decimal | None) -> Any:
    """audit_result with the verdicts as they are; what a client put in its place is left alone."""
    if not isinstance(result, dict) or not isinstance(result.get("verdicts"), list):
        return result
    by_rule = {str(verdict.rule_id): verdict for verdict in now}
    lines = [_line(line, by_rule) for line in result["verdicts"]]
    return result | {"verdicts": lines, "score": None if score is None else str(score)}


def _line(line: Any, by_rule: dict[str, StoredVerdict]) -> Any:
    found = by_rule.get(str(line.get("rule_id"))) if isinstance(line, dict) else None
    if found is None:
        return line
    plain = {name: value for name, value in line.items() if name not in _OF_OVERRIDES}
    own = {"overridden": True, "original_verdict": found.original, "override_reason": found.reason}
    return plain | {"verdict": found.verdict} | (own if found.is_overridden else {})
