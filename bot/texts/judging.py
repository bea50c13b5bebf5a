"""What is said of an audit: the trader's rules, each with its verdict and why."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from bot.auditing.verdict import Judgement
from bot.texts import buttons, numbers
from bot.texts.evidence import told
from bot.texts.pictures import name
from bot.texts.recording import MARKS
from bot.texts.words import Words, account_name, quoted
from statemachine.conversation import KnownTrade
from statemachine.message import Reply

LONGEST_RULE: Final = 120
MOST_RULES: Final = 12
"""Rules shown one by one; a phone shows no more at a glance. The others are counted."""
MOST_CHANGES: Final = 5
ORDER: Final[tuple[Judgement, ...]] = ("violated", "unclear", "followed")
"""What needs attention comes first."""


class RuleLine(NamedTuple):
    """What is told of one rule. `computed`: by plain code; `was`: the audit's verdict where the trader set another."""

    rule: str
    verdict: Judgement
    evidence: str
    computed: bool
    was: Judgement | None = None


def audit(
    words: Words,
    trade: KnownTrade,
    verdicts: Sequence[tuple[object, ...]],
    score: Decimal | None = None,
    note: str | None = None,
) -> Reply:
    """`verdicts`: RuleLines in the order of the rules, by which /override numbers them. `score` 0 to 100, None where
    nothing could be judged; `note` where not all rules could be put to the model: a Note of bot/auditing/result.py."""
    lines = verdict_lines(words, verdicts, score, note)
    if note is not None:
        lines.append(words(f"audit.note.{note}"))
    row = (words.button("disagree", buttons.disagree(trade.trade_id)),)
    return Reply(title=words("audit.title", trade=_named(words, trade)), text="\n".join(lines), buttons=(row,))


def verdict_lines(
    words: Words, verdicts: Sequence[tuple[object, ...]], score: Decimal | None, note: str | None
) -> list[str]:
    """How many were followed, then each rule, those that need attention first."""
    told = [RuleLine(*line) for line in verdicts]  # type: ignore[arg-type]
    ordered = sorted(enumerate(told, 1), key=lambda numbered: ORDER.index(numbered[1].verdict))
    lines = [_counts(words, told, score)]
    lines += [words("numbered", number=number, line=_rule(words, line, note)) for number, line in ordered[:MOST_RULES]]
    if len(ordered) > MOST_RULES:
        lines.append(_beyond(words, [line for _, line in ordered[MOST_RULES:]]))
    return lines


def _named(words: Words, trade: KnownTrade) -> str:
    """NQ +$1,600.00 @apex2: copies of a trade are told apart by the account."""
    account = trade.fields.account
    at = [words("trade.at_account", account=account_name(account))] if account is not None else []
    return " ".join([name(words, trade), *at])


def _beyond(words: Words, lines: Sequence[RuleLine]) -> str:
    """And 14 more rules: ✓ 14."""
    counts = [(MARKS[verdict], sum(line.verdict == verdict for line in lines)) for verdict in ORDER]
    marks = " ".join(f"{mark} {count}" for mark, count in counts if count)
    return words.counted("audit.beyond", len(lines), marks=marks)


def _counts(words: Words, verdicts: Sequence[RuleLine], score: Decimal | None) -> str:
    """2 of 3 rules followed · score 50, weighed by severity; of the judged ones, where others are unclear."""
    followed = sum(line.verdict == "followed" for line in verdicts)
    judged = sum(line.verdict != "unclear" for line in verdicts)
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
    mark, text, why = (
        MARKS[line.verdict],
        quoted(line.rule, LONGEST_RULE),
        quoted(told(words, line.evidence) if line.computed else line.evidence),
    )
    if line.was is not None:
        return words("audit.rule.own", mark=mark, rule=text, was=words(f"verdict.{line.was}"))
    unasked = note is not None and not line.computed and line.verdict == "unclear"
    if line.verdict == "followed" and not line.computed:
        return words("audit.rule.kept", mark=mark, rule=text)
    if line.verdict == "followed" or unasked or not why:
        return words("audit.rule", mark=mark, rule=text)
    return words("audit.rule.computed" if line.computed else "audit.rule.judged", mark=mark, rule=text, evidence=why)


def also_changed(words: Words, trade: KnownTrade, changes: Sequence[tuple[str, Judgement]]) -> Reply:
    """Another trade of the day stands otherwise now: `changes` are rules and what their verdicts became."""
    told = [
        words("also_changed.rule", rule=quoted(rule, LONGEST_RULE), verdict=words(f"verdict.{verdict}"))
        for rule, verdict in changes[:MOST_CHANGES]
    ]
    if len(changes) > MOST_CHANGES:
        told.append(words.counted("also_changed.beyond", len(changes) - MOST_CHANGES))
    return Reply(text=words("also_changed", trade=_named(words, trade), changes="; ".join(told)))


def judging(words: Words, trade: KnownTrade) -> Reply:
    """An audit that was asked for is on its way."""
    return Reply(text=words("judging", trade=_named(words, trade)))


def not_judged_open(words: Words, trade: KnownTrade) -> Reply:
    return Reply(text=words("not_judged_open", trade=_named(words, trade)))


def no_such_trade(words: Words, said: str, count: int, command: str = "audit") -> Reply:
    """`said` after the command, where the list of trades has `count`."""
    return Reply(text=words.counted("no_such_trade", count, said=quoted(said, 20), command=command))


def audit_skipped(words: Words, trade: KnownTrade) -> Reply:
    return Reply(text=words("audit_skipped", trade=_named(words, trade)))
