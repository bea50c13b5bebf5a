"""What one rule says about one trade."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Judgement = Literal["followed", "violated", "unclear"]
Severity = Literal["minor", "major", "critical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One rule's verdict on one trade.

    evidence    why, in one or two plain sentences; shown to the trader
    severity    how bad a violation is; "minor" where nothing was violated
    confidence  1 (a guess) to 5 (certain)
    computed    True when plain code decided it from figures, False when the model did
    """

    rule_id: UUID
    verdict: Judgement
    evidence: str
    severity: Severity
    confidence: int
    computed: bool
