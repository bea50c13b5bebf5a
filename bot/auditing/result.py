"""The result of an audit: each rule's verdict as it counts, and audit_result, which tells how it came about.

audit_result is read again by the next audit of the trade: what the model said is used again as long as nothing that it
judged by has changed, and the trader's own verdicts of rules that are paused come back with the rule. Clients can write
the column, so it is believed only as far as it can do no harm: a verdict that is used again was at worst the trader's.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ValidationError

from bot.auditing.evidence import plain
from bot.auditing.score import Score
from bot.auditing.verdict import Judgement, Severity, Verdict
from db.audits import Override, Rule, VerdictRow

Note = Literal[
    "no_model", "no_credits", "over_budget", "failed", "unusable", "key_failed", "key_refused", "key_unreadable"
]
UNJUDGED: Mapping[Note, str] = {
    "no_model": "Needs judgement, and no language model is set up.",
    "no_credits": "Needs judgement, and this month's free audits are used up.",
    "over_budget": "Needs judgement, and today's calls of the language model are used up.",
    "failed": "The language model could not be asked; try again later.",
    "unusable": "The language model gave no usable answer; ask for the audit again.",
    "key_failed": "The service of your own key could not be asked; try again later.",
    "key_refused": "Your own key was refused; set it anew.",
    "key_unreadable": "Your own key cannot be opened here; the operator was told.",
}
"""Why rules were left unclear for want of a model."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What asking a model took; the tokens of a second try are counted in. `usd` None where no price is known."""

    provider: str
    model: str
    prompt: str
    own_key: bool
    input_tokens: int = 0
    output_tokens: int = 0
    usd: Decimal | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule's verdict on the trade as it counts.

    case      digest of all that a model judged by; None for computed verdicts and for those nobody gave
    by        the model and its instructions
    override  where the verdict is the trader's own
    """

    rule: Rule
    verdict: Verdict
    case: str | None = None
    by: str | None = None
    override: Override | None = None

    @property
    def judgement(self) -> Judgement:
        return self.verdict.verdict


# ---- digests


def digest(*parts: Any) -> str:
    """32 hex digits that name these values, the same in every process. Keys of mappings are strings."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=_plain).encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    """One step towards JSON; the encoder, which is quick, goes on from there."""
    if isinstance(value, BaseModel):
        return value.model_dump()
    if is_dataclass(value):
        return {part.name: getattr(value, part.name) for part in fields(value) if part.compare}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(json.dumps(item, sort_keys=True, default=_plain) for item in value)
    return str(value)


# ---- what an earlier audit left


class Entry(BaseModel):
    """One rule's line in audit_result. `original_verdict`: of the audit, where the trader set another."""

    rule_id: UUID
    verdict: Judgement
    evidence: str
    severity: Severity
    confidence: int
    computed: bool
    case: str | None = None
    by: str | None = None
    original_verdict: Judgement | None = None


class _KeptOverride(BaseModel):
    rule_id: UUID
    verdict: Judgement
    evidence: str | None = None
    severity: Severity | None = None
    confidence: int | None = None
    original_verdict: Judgement | None = None
    override_reason: str | None = None


class Earlier(BaseModel):
    """The audit_result of the audit before, as far as it is needed."""

    of: str | None = None
    answered: list[AwareDatetime] = []
    day: date | None = None
    verdicts: list[Entry] = []
    rules: dict[str, int] = {}
    earlier_overrides: list[_KeptOverride] = []
    provider: str | None = None
    model: str | None = None
    prompt: str | None = None
    own_key: bool = False
    note: Note | None = None

    @classmethod
    def of_trade(cls, trade: Mapping[str, Any]) -> "Earlier":
        """What stands on the trade; nothing where that is no result of ours, or the trade waits for its audit."""
        if trade["audit_status"] == "pending" or not trade["audit_result"]:
            return cls()
        try:
            return cls.model_validate_json(trade["audit_result"])
        except ValidationError:
            return cls()

    def judged(self, rule_id: UUID, case: str, by: str | None) -> Entry | None:
        """What a model said of a rule in this very case; with `by` only if that one said so."""
        for entry in self.verdicts:
            if (entry.rule_id, entry.case) == (rule_id, case) and by in (None, entry.by):
                return entry
        return None

    def overrides(self) -> dict[UUID, Override]:
        """The trader's own verdicts of rules that did not count the last time."""
        return {kept.rule_id: Override(row_id=None, **kept.model_dump()) for kept in self.earlier_overrides}


def verdict_of(entry: Entry) -> Verdict:
    """What the audit said, whatever the trader said after it."""
    return Verdict(
        rule_id=entry.rule_id,
        verdict=entry.original_verdict or entry.verdict,
        evidence=plain(entry.evidence),
        severity=entry.severity,
        confidence=min(max(entry.confidence, 1), 5),
        computed=entry.computed,
    )


# ---- what this one writes


def overridden(rule: Rule, override: Override, earlier: Earlier) -> Ruling:
    """A rule on which the trader has the last word. What a model said of it is kept for when they take theirs back."""
    verdict = Verdict(
        rule_id=rule.id,
        verdict=override.verdict,
        evidence=override.evidence or "",
        severity=override.severity or "minor",
        confidence=min(max(override.confidence or 5, 1), 5),
        computed=False,
    )
    said = next((entry for entry in earlier.verdicts if entry.rule_id == rule.id), None)
    return Ruling(rule, verdict, said.case if said else None, said.by if said else None, override)


def row_of(ruling: Ruling) -> VerdictRow:
    said, own = ruling.verdict, ruling.override
    return VerdictRow(
        rule_id=said.rule_id,
        verdict=said.verdict,
        evidence=said.evidence,
        severity=said.severity,
        confidence=said.confidence,
        original_verdict=own.original_verdict if own else None,
        override_reason=own.override_reason if own else None,
        is_overridden=own is not None,
    )


def result_of(
    rulings: Sequence[Ruling],
    score: Score,
    *,
    of: str,
    at: datetime,
    answered: Iterable[datetime],
    day: date | None,
    note: Note | None,
    cost: Cost | None,
    earlier_overrides: Iterable[Override],
) -> dict[str, Any]:
    """audit_result. `cost`: of the model that judged; of this audit where it was asked, else without tokens."""
    return {
        "of": of,
        "at": at.isoformat(),
        "answered": [at.isoformat() for at in answered],
        "day": day.isoformat() if day else None,
        "score": None if score.compliance is None else str(score.compliance),
        "verdicts": [_entry(ruling) for ruling in rulings],
        "computed": [str(ruling.rule.id) for ruling in rulings if ruling.verdict.computed],
        "rules": {str(ruling.rule.id): ruling.rule.version for ruling in rulings},
        "earlier_overrides": [_kept(override) for override in earlier_overrides],
        "note": note,
        "provider": cost.provider if cost else None,
        "model": cost.model if cost else None,
        "prompt": cost.prompt if cost else None,
        "own_key": cost.own_key if cost else False,
        "tokens": {"input": cost.input_tokens, "output": cost.output_tokens} if cost else {"input": 0, "output": 0},
        "cost_usd": None if cost is None or cost.usd is None else str(cost.usd),
        "seconds": round(cost.seconds, 3) if cost else 0,
    }


def _entry(ruling: Ruling) -> dict[str, Any]:
    said, own = ruling.verdict, ruling.override
    entry = {
        "rule_id": str(said.rule_id),
        "verdict": said.verdict,
        "evidence": said.evidence,
        "severity": said.severity,
        "confidence": said.confidence,
        "computed": said.computed,
    }
    if ruling.case is not None:
        entry |= {"case": ruling.case, "by": ruling.by}
    if own is not None:
        entry |= {"overridden": True, "original_verdict": own.original_verdict, "override_reason": own.override_reason}
    return entry


def _kept(override: Override) -> dict[str, Any]:
    kept = {field.name: getattr(override, field.name) for field in fields(override) if field.name != "row_id"}
    return kept | {"rule_id": str(override.rule_id)}
