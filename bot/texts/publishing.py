"""What a trader shows the world of a trade, before and after; and what they have shown."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bot.texts import buttons, numbers
from bot.texts.layout import rows_of
from bot.texts.words import Words, quoted
from statemachine.conversation import KnownTrade
from statemachine.message import Reply

MOST_LISTED: Final = 9
WIDTH: Final = 3
LONGEST_SUMMARY: Final = 60


def share_preview(
    words: Words, trade: KnownTrade, summary: str, percent: Decimal | None, stats: Mapping[str, Any], checksum: str
) -> Reply:
    """All that will be seen, and what will not."""
    lines = [*_facts(words, percent, stats), words("share.not_shown")]
    lines += [] if percent is not None or "outcome" not in stats else [words("share.no_size")]
    row = (words.button("share", buttons.share(trade.trade_id, checksum)), words.button("no", buttons.SHARE_NOT))
    return Reply(title=words("share.title", trade=summary), text="\n".join(lines), buttons=(row,))


def _facts(words: Words, percent: Decimal | None, stats: Mapping[str, Any]) -> list[str]:
    facts = [_month(words, stats["month"])] if "month" in stats else []
    facts += [words(f"share.{stats['outcome']}")] if "outcome" in stats else []
    facts += [words("share.percent", percent=f"{percent:+.2f}")] if percent is not None else []
    facts += [words("share.r", r=f"{Decimal(stats['r']):+.2f}")] if "r" in stats else []
    lines = [words("share.facts", facts=" · ".join(facts))] if facts else []
    if "rules" in stats:
        kept = stats["rules"]
        counts = (kept["followed"], kept["violated"], kept["unclear"])
        lines.append(words("share.rules", followed=counts[0], violated=counts[1], unclear=counts[2]))
    if "score" in stats:
        lines.append(words("share.score", score=numbers.score(Decimal(stats["score"]))))
    return lines


def _month(words: Words, month: str) -> str:
    """2026-03 as Mar 2026."""
    first = date.fromisoformat(f"{month}-01")
    return words("share.month", month=words("months").split()[first.month - 1], year=first.year)


def shared(words: Words, summary: str, link: str | None, result_hash: str) -> Reply:
    """`link` None: nobody told this worker where the web app shows it."""
    lines = [words("shared.link", link=link) if link else words("shared.hash", hash=result_hash), words("shared.back")]
    return Reply(title=words("shared.title", trade=summary), text="\n".join(lines))


def share_refused(words: Words, reason: str, most: int = 0) -> Reply:
    """`reason`: gone, open, changed, full."""
    return Reply(text=words(f"share.{reason}", most=most))


def shares(words: Words, shares: Sequence[tuple[UUID, str, str | None]]) -> Reply:
    """Ids, summaries and months, the latest first."""
    lines = [
        words("shares.line", number=number, trade=_line(words, summary, month))
        for number, (_, summary, month) in enumerate(shares[:MOST_LISTED], 1)
    ]
    if len(shares) > MOST_LISTED:
        lines.append(words.counted("shares.beyond", len(shares) - MOST_LISTED))
    numbered = [
        words.button("unshare", buttons.unshare(result_id), number=number)
        for number, (result_id, _, _) in enumerate(shares[:MOST_LISTED], 1)
    ]
    lines.append(words("shares.how"))
    return Reply(title=words("shares.title"), text="\n".join(lines), buttons=rows_of(numbered, WIDTH))


def _line(words: Words, summary: str, month: str | None) -> str:
    named = quoted(summary, LONGEST_SUMMARY)
    return named if month is None else words("shares.named", trade=named, month=_month(words, month))


def unshared(words: Words, count: int, summary: str | None = None) -> Reply:
    """One, by its summary, or so many."""
    if summary is not None:
        return Reply(text=words("unshared", trade=quoted(summary, LONGEST_SUMMARY)))
    return Reply(text=words.counted("unshared.all", count))


def unshare_refused(words: Words, reason: str) -> Reply:
    """`reason`: none, gone, number."""
    return Reply(text=words(f"unshare.{reason}"))
