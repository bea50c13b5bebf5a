"""What a stranger is told of their free audit, and how to ask for one."""

from collections.abc import Sequence
from decimal import Decimal

from bot.texts.facts import summary
from bot.texts.judging import verdict_lines
from bot.texts.words import Words
from statemachine.message import Reply
from statemachine.trade import TradeFields


def try_how(words: Words, trouble: str, understood: TradeFields, missing: Sequence[str]) -> Reply:
    """`trouble`: empty, unclear, open, several or long."""
    lines = [words(f"try.{trouble}")]
    if understood.said():
        lines.append(words("understood", trade=summary(words, understood)))
    if missing:
        asked = words.listed([words(f"missing.{name}") for name in missing])
        lines.append(words("details.missing", missing=asked))
    return Reply(text="\n".join([*lines, words("try.how", example=words("example.report"))]))


def trying(words: Words, rules: int) -> Reply:
    """So many rules are put to the model."""
    return Reply(text=words.counted("trying", rules))


def tried(
    words: Words,
    fields: TradeFields,
    pnl_computed: bool,
    verdicts: Sequence[tuple[object, ...]],
    score: Decimal | None,
    note: str | None,
    own_rules: bool,
    cut: bool,
) -> Reply:
    """The result, and the way to a journal."""
    lines = [summary(words, fields)]
    lines += [words("tried.computed")] if pnl_computed else []
    lines += verdict_lines(words, verdicts, score, note)
    lines += [words(f"tried.note.{note}")] if note is not None else []
    lines += [words("tried.cut", most=len(verdicts))] if cut else []
    lines += [] if own_rules else [words("tried.examples")]
    return Reply(title=words("tried.title"), text="\n".join([*lines, "", words("tried.next")]))
