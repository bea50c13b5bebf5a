"""Asks a language model for the verdicts on those rules that plain code cannot compute, all in one call.

The trader's rules and note, and a picture, may try to talk the model into a verdict: they go out as data in one JSON
object. The answer is a stranger's claim: it is taken rule by rule, under names made for this audit, so that it can
reach no rule that was not asked about; what cannot be used is asked for once more, and is then "unclear". `computed`
is False, as a model said it.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from bot.auditing.evidence import contradicts, plain, quotes_instructions
from bot.auditing.prompt import SYSTEM, RuleToJudge, named, question
from bot.auditing.verdict import Judgement, Severity, Verdict
from bot.model import TIME_LIMIT, Model
from statemachine.errors import AuditError, KeyRefused

SUREST: Final = 4
"""The most a model's confidence counts: 5 is kept for what was computed."""
NOT_JUDGED: Final = "The model gave no usable verdict on this rule."


class ClaimedVerdict(BaseModel):
    """One verdict as the model gives it; `rule` is the id it was asked with."""

    model_config = ConfigDict(extra="forbid")

    rule: str
    verdict: Judgement
    evidence: str
    severity: Severity
    confidence: int


class Judgements(BaseModel):
    """The model's whole answer."""

    model_config = ConfigDict(extra="forbid")

    verdicts: list[ClaimedVerdict]


@dataclass(slots=True)
class Judged:
    """What the model made of the rules it was asked about, and what that cost.

    verdicts  one for each rule, in the order they were asked
    unusable  rules it gave no usable verdict on; theirs is "unclear"
    seconds   of wall clock, with the second try
    """

    verdicts: list[Verdict] = field(default_factory=list)
    unusable: frozenset[UUID] = frozenset()
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


async def judge(
    model: Model,
    rules: Sequence[RuleToJudge],
    facts: Mapping[str, Any],
    note: str,
    image: tuple[bytes, str] | None = None,
    seconds: float = TIME_LIMIT,
) -> Judged:
    """One verdict for each rule; `image` is (bytes, mime) of a cleaned picture.

    What cannot be used is asked for once more, within the same `seconds`. Raises AuditError (see Model.ask) where no
    answer could be used at all.
    """
    names = named(rules)
    judged = Judged()
    started = time.monotonic()
    usable, asked, problem = dict[str, Verdict](), names, ""
    for is_last in (False, True):
        left = seconds - (time.monotonic() - started)
        try:
            usable |= await _answered(model, judged, asked, problem, question(asked, facts, note), image, left)
            break
        except _Unusable as error:
            usable |= error.usable
            # an answer about rules that nobody asked about is asked for again whole
            asked, problem = {name: rule for name, rule in names.items() if name not in usable} or asked, str(error)
        except AuditError as error:
            in_vain = is_last or error.refund or isinstance(error, KeyRefused) or left <= 0
            if in_vain and not judged.model:
                raise
            if in_vain:
                break
            problem = str(error)
    judged.verdicts = [usable.get(name) or _unusable(rule.id) for name, rule in names.items()]
    judged.unusable = frozenset(rule.id for name, rule in names.items() if name not in usable)
    judged.seconds = time.monotonic() - started
    return judged


class _Unusable(Exception):
    """An answer with something wrong in it, said in our own words; what is right in it is `usable`."""

    def __init__(self, problems: Sequence[str], usable: dict[str, Verdict]) -> None:
        super().__init__(" ".join(problems))
        self.usable = usable


async def _answered(
    model: Model,
    judged: Judged,
    asked: Mapping[str, RuleToJudge],
    problem: str,
    user: str,
    image: tuple[bytes, str] | None,
    seconds: float,
) -> dict[str, Verdict]:
    """The verdicts by name, all as they should be; else _Unusable. Adds to what `judged` cost."""
    again = f"\n\nYour last answer could not be used. {problem} Answer by the schema, with short evidence."
    answer = await model.ask(
        Judgements, system=SYSTEM + (again if problem else ""), user=user, image=image, seconds=seconds
    )
    judged.model = answer.model
    judged.input_tokens += answer.input_tokens
    judged.output_tokens += answer.output_tokens
    usable, problems = read(answer.value, asked)
    if problems:
        raise _Unusable(problems, usable)
    return usable


def read(claimed: Judgements, asked: Mapping[str, RuleToJudge]) -> tuple[dict[str, Verdict], list[str]]:
    """The usable verdicts by the names that were asked about, and what is wrong with the others."""
    counts = Counter(claim.rule for claim in claimed.verdicts)
    usable: dict[str, Verdict] = {}
    problems: list[str] = []
    if any(name not in asked for name in counts):
        problems.append("It has verdicts for ids that were not asked about.")
    for name, rule in asked.items():
        claims = [claim for claim in claimed.verdicts if claim.rule == name]
        fault = _fault(claims)
        if fault is None:
            usable[name] = _verdict(rule.id, claims[0])
        else:
            problems.append(f"{name}: {fault}.")
    return usable, problems


def _fault(claims: Sequence[ClaimedVerdict]) -> str | None:
    """Why these claims of one rule cannot be its verdict."""
    if len(claims) != 1:
        return "more than one verdict" if claims else "no verdict"
    evidence = plain(claims[0].evidence)
    if not evidence:
        return "no evidence"  # a verdict nobody gives a reason for is none that a trader could check
    if contradicts(claims[0].verdict, evidence):
        return "the evidence contradicts the verdict"
    return "the evidence is none" if quotes_instructions(evidence) else None


def _verdict(rule_id: UUID, claim: ClaimedVerdict) -> Verdict:
    return Verdict(
        rule_id=rule_id,
        verdict=claim.verdict,
        evidence=plain(claim.evidence),
        severity=claim.severity if claim.verdict == "violated" else "minor",
        confidence=min(max(claim.confidence, 1), SUREST),
        computed=False,
    )


def _unusable(rule_id: UUID) -> Verdict:
    return Verdict(
        rule_id=rule_id, verdict="unclear", evidence=NOT_JUDGED, severity="minor", confidence=1, computed=False
    )
