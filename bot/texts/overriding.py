"""What is said where the trader disagrees with an audit: its verdicts by number, one of them, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from bot.texts import buttons, numbers
from bot.texts.evidence import told
from bot.texts.layout import rows_of
from bot.texts.pictures import name
from bot.texts.recording import MARKS
from bot.texts.words import Words, quoted
from statemachine.conversation import KnownTrade
from statemachine.message import Reply

LONGEST_RULE: Final = 120
LONGEST_EVIDENCE: Final = 300
WIDTH: Final = 3
REASONS: Final = 3
"""Reasons that are offered to be tapped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVerdict:
    """A verdict as it stands. `original`: what the audit said, where the trader said otherwise."""

    number: int
    trade_id: UUID
    rule_id: UUID
    rule: str
    verdict: str
    evidence: str
    original: str | None
    reason: str | None


def verdicts(words: Words, trade: KnownTrade, verdicts: Sequence[ShownVerdict], page: int, pages: int) -> Reply:
    """Which one is wrong? One page of an audit's verdicts."""
    lines = [_line(words, verdict) for verdict in verdicts]
    lines += [words("verdicts.page", page=page, pages=pages)] if pages > 1 else []
    numbered = [words.button("verdict", _button("show", verdict), number=verdict.number) for verdict in verdicts]
    turning = [words.button("back", buttons.disagree(trade.trade_id, page - 1))] if page > 1 else []
    turning += [words.button("more", buttons.disagree(trade.trade_id, page + 1))] if page < pages else []
    return Reply(
        title=words("verdicts.title", trade=name(words, trade)),
        text="\n".join(lines),
        buttons=(*rows_of(numbered, WIDTH), *((tuple(turning),) if turning else ())),
    )


def _line(words: Words, verdict: ShownVerdict) -> str:
    key = "verdict.line" if verdict.original is None else "verdict.line.yours"
    mark, rule = MARKS[verdict.verdict], quoted(verdict.rule, LONGEST_RULE)
    return words(key, number=verdict.number, mark=mark, rule=rule)


def _button(asked: str, verdict: ShownVerdict) -> str:
    return buttons.of_verdict(asked, verdict.trade_id, verdict.rule_id)


def verdict(words: Words, trade: KnownTrade, verdict: ShownVerdict) -> Reply:
    """One verdict with its evidence, and what it could be instead."""
    says = words(f"verdict.{verdict.verdict}")
    if verdict.original is None:
        stands = words("verdict.stands", verdict=says)
    else:
        stands = words("verdict.yours", verdict=says, original=words(f"verdict.{verdict.original}"))
    lines = [_line(words, verdict), stands]
    lines += [quoted(told(words, verdict.evidence), LONGEST_EVIDENCE)] if verdict.evidence.strip() else []
    lines += [words("verdict.reason", reason=quoted(verdict.reason, LONGEST_EVIDENCE))] if verdict.reason else []
    others = [said for said in ("followed", "violated") if said not in (verdict.verdict, verdict.original)]
    row = [words.button(said, _button(said, verdict)) for said in others]
    if verdict.original is not None:
        row.append(words.button("take_back", _button("back", verdict)))
    if others:
        lines.append(words("verdict.how", number=verdict.number, verdict=words(f"verdict.{others[0]}")))
    title = words("verdict.title", number=verdict.number, trade=name(words, trade))
    return Reply(title=title, text="\n".join(lines), buttons=(tuple(row),))


def overridden(
    words: Words,
    trade: KnownTrade,
    verdict: ShownVerdict,
    outcome: str,
    before: Decimal | None = None,
    after: Decimal | None = None,
) -> Reply:
    """`outcome`: done, back or same; the scores of the trade, None where nothing could be scored."""
    rule, says = quoted(verdict.rule, LONGEST_RULE), words(f"verdict.{verdict.verdict}")
    lines = [words(f"override.{outcome}", number=verdict.number, rule=rule, verdict=says)]
    if outcome != "same":
        lines.append(_score(words, trade, before, after))
    lines += [words("verdict.reason", reason=quoted(verdict.reason, LONGEST_EVIDENCE))] if verdict.reason else []
    back = ((words.button("take_back", _button("back", verdict)),),) if verdict.original else ()
    if outcome != "done" or verdict.reason:
        return Reply(text="\n".join(lines), buttons=back)
    lines.append(words("override.why", number=verdict.number, verdict=says))
    why = tuple(
        (
            words.button(
                f"reason.{verdict.verdict}.{number}", buttons.verdict_reason(verdict.trade_id, verdict.rule_id, number)
            ),
        )
        for number in range(1, REASONS + 1)
    )
    return Reply(text="\n".join(lines), buttons=(*why, *back))


def _score(words: Words, trade: KnownTrade, before: Decimal | None, after: Decimal | None) -> str:
    old, new = (words("absent") if score is None else numbers.score(score) for score in (before, after))
    if old == new:
        return words("override.score.same", trade=name(words, trade), after=new)
    return words("override.score", trade=name(words, trade), before=old, after=new)


def reason(words: Words, verdict: str, number: int) -> str:
    """One of the reasons that are offered for "followed" or "violated", as it is stored."""
    return words(f"button.reason.{verdict}.{number}")


def override_none(words: Words, trade: KnownTrade | None = None) -> Reply:
    """There is no audit to disagree with."""
    if trade is None:
        return Reply(text=words("override.none"))
    return Reply(text=words("override.none.trade", trade=name(words, trade)))


def override_number(words: Words, trade: KnownTrade, number: int, count: int) -> Reply:
    return Reply(
        text=words.counted("override.number", count, number=number, trade=name(words, trade)),
        buttons=((words.button("disagree", buttons.disagree(trade.trade_id)),),),
    )


def override_how(words: Words) -> Reply:
    return Reply(text=words("override.how"))


def override_too_long(words: Words, count: int, most: int) -> Reply:
    return Reply(text=words("override.too_long", count=count, most=most))


def override_gone(words: Words) -> Reply:
    """A button of a verdict that a later audit replaced."""
    return Reply(text=words("override.gone"))
