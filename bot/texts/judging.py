"""What is said of an audit: the trader's rules, each with its verdict and why."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.auditing.verdict import Judgement
from bot.texts import buttons, numbers
from bot.texts.pictures import name
from bot.texts.recording import MARKS
from bot.texts.words import Words, quoted
from statemachine.conversation import KnownTrade
from statemachine.message import Reply

LONGEST_RULE: Final = 120
MOST_RULES: Final = 30
ORDER: Final[tuple[Judgement, ...]] = ("violated", "unclear", "followed")
"""What needs attention comes first."""

RuleLine = tuple[str, Judgement, str, bool]
"""The rule's text, its verdict, the evidence, and whether plain code computed it."""


def audit(
    words: Words,
    trade: KnownTrade,
    verdicts: Sequence[RuleLine],
    score: Decimal | None = None,
    note: str | None = None,
) -> Reply:
    """`score` 0 to 100, None where nothing could be judged; `note` where not all rules could be put to the model:
    no_model, no_credits, over_budget or failed."""
    ordered = sorted(verdicts, key=lambda line: ORDER.index(line[1]))
    lines = [_counts(words, verdicts, score), *(_rule(words, line, note) for line in ordered[:MOST_RULES])]
    if len(ordered) > MOST_RULES:
        lines.append(words.counted("audit.beyond", len(ordered) - MOST_RULES))
    if note is not None:
        lines.append(words(f"audit.note.{note}"))
    row = (words.button("disagree", buttons.disagree(trade.trade_id)),)
    return Reply(title=words("audit.title", trade=name(words, trade)), text="\n".join(lines), buttons=(row,))


def _counts(words: Words, verdicts: Sequence[RuleLine], score: Decimal | None) -> str:
    """2 of 3 rules followed · score 50, weighed by severity; of the judged ones, where others are unclear."""
    followed = sum(verdict == "followed" for _, verdict, _, _ in verdicts)
    judged = sum(verdict != "unclear" for _, verdict, _, _ in verdicts)
    if score is None or not judged:
        return words("audit.unclear")
    unclear = len(verdicts) - judged
    counts = words(
        "audit.counts.unclear" if unclear else "audit.counts", followed=followed, judged=judged, unclear=unclear
    )
    return words(
        "audit.score" if followed == judged else "audit.score.weighed", counts=counts, score=numbers.score(score)
    )


def _rule(words: Words, line: RuleLine, note: str | None) -> str:
    """A rule with its evidence; without it where the rule was kept, or was put to nobody, which the note explains."""
    rule, verdict, evidence, computed = line
    mark, text, why = MARKS[verdict], quoted(rule, LONGEST_RULE), quoted(evidence)
    unasked = note is not None and not computed and verdict == "unclear"
    if verdict == "followed" or unasked or not why:
        return words("audit.rule", mark=mark, rule=text)
    return words("audit.rule.computed" if computed else "audit.rule.judged", mark=mark, rule=text, evidence=why)


def audit_skipped(words: Words, trade: KnownTrade) -> Reply:
    return Reply(text=words("audit_skipped", trade=name(words, trade)))
