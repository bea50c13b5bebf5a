"""Writes what an audit found, and tells of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from bot.auditing.asking import Asked
from bot.auditing.result import UNJUDGED, Cost, Earlier, Note, Ruling, result_of, row_of
from bot.auditing.score import Score, scored
from bot.auditing.standing import Standing
from bot.auditing.verdict import Verdict
from bot.rules.grading import grade_rules
from db import audits
from db.audits import Rule
from db.pool import Connection
from statemachine.conversation import Say

REQUESTS: Final = 8
"""Requests for an audit that a trade remembers as answered."""


@dataclass(frozen=True, slots=True)
class Left:
    """The rulings of rules that only a model can decide."""

    rulings: Mapping[UUID, Ruling]
    note: Note | None = None
    asked: Asked = field(default_factory=Asked)


def unjudged(rules: Collection[Rule], why: Note) -> dict[UUID, Ruling]:
    return {
        rule.id: Ruling(
            rule,
            Verdict(
                rule_id=rule.id,
                verdict="unclear",
                evidence=UNJUDGED[why],
                severity="minor",
                confidence=1,
                computed=False,
            ),
        )
        for rule in rules
    }


def earlier_cost(earlier: Earlier) -> Cost | None:
    """Whose verdicts are used again; this time they cost nothing."""
    if earlier.provider is None or earlier.model is None or earlier.prompt is None:
        return None
    return Cost(earlier.provider, earlier.model, earlier.prompt, earlier.own_key, usd=Decimal(0))


async def write(
    connection: Connection,
    user_id: UUID,
    now: Standing,
    rulings: list[Ruling],
    left: Left,
    asked_at: datetime | None = None,
) -> Score:
    """Verdict rows, counts, score and audit_result, which so always agree, and the day after them. Under the locks.

    `asked_at`: of the request that this answers; the latest ones are remembered, so that a retry says nothing twice.
    """
    score, trade_id = scored(ruling.verdict for ruling in rulings), now.given.trade["id"]
    active = {rule.id for rule in now.rules}
    cost = left.asked.cost or earlier_cost(now.earlier) if any(ruling.case for ruling in rulings) else None
    result = result_of(
        rulings,
        score,
        of=now.of,
        at=datetime.now(UTC),
        answered=[*now.earlier.answered, *([asked_at] if asked_at else [])][-REQUESTS:],
        day=now.day[0] if now.day else None,
        note=left.note,
        cost=cost,
        earlier_overrides=[own for own in now.own.values() if own.rule_id not in active],
    )
    kept = [ruling.override.row_id for ruling in rulings if ruling.override and ruling.override.row_id]
    rows = [row_of(ruling) for ruling in rulings if ruling.override is None or ruling.override.row_id is None]
    await audits.replace_verdicts(connection, user_id, trade_id, kept, rows)
    await audits.mark_audited(
        connection,
        user_id,
        trade_id,
        status="audited" if rulings else "skipped",
        result=result,
        provider=(cost.provider if cost else "computed") if rulings else None,
        score=score.compliance,
        counts=(score.followed, score.violated, score.unclear),
        has_overrides=any(ruling.override for ruling in rulings),
    )
    judged_before = {entry.rule_id for entry in now.earlier.verdicts}  # their verdicts may be gone now
    await grade_rules(connection, user_id, [*(judged_before | {ruling.rule.id for ruling in rulings})])
    return score


def said(now: Standing, rulings: list[Ruling], note: Note | None, score: Score) -> Say:
    trade = now.trade
    if not rulings:
        return Say("audit_skipped", {"trade": trade}, about=trade.trade_id)
    lines = [
        (
            ruling.rule.text,
            ruling.judgement,
            ruling.verdict.evidence,
            ruling.verdict.computed,
            (ruling.override.original_verdict or "unclear") if ruling.override else None,
        )
        for ruling in rulings
    ]
    data = {"trade": trade, "verdicts": lines, "score": score.compliance, "note": note}
    return Say("audit", data, about=trade.trade_id)
