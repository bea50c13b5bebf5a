"""The compliance score of a trade: how far its decided rules were kept, weighed by how bad the violations were."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot.auditing.verdict import Severity, Verdict

WEIGHTS: dict[Severity, int] = {"minor": 1, "major": 2, "critical": 4}
"""What a violation weighs against a rule that was followed, which weighs 1."""


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100 with two decimals; None where no rule was decided. Unclear verdicts are counted, not scored."""

    compliance: Decimal | None
    followed: int
    violated: int
    unclear: int


def scored(verdicts: Iterable[Verdict]) -> Score:
    """The score and counts that trades.compliance_score and rules_followed, _violated, _unclear hold."""
    found = list(verdicts)
    counts = Counter(verdict.verdict for verdict in found)
    followed = counts["followed"]
    broken = sum(WEIGHTS[verdict.severity] for verdict in found if verdict.verdict == "violated")
    compliance = None
    if followed + broken:
        compliance = (Decimal(100 * followed) / (followed + broken)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Score(compliance, followed, counts["violated"], counts["unclear"])
