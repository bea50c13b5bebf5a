"""What is said of a trade's tags, setup, mood, mistake and note, and the quick picks."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from bot.picks import Pick
from bot.reading.marks import LONGEST_TAG, MOST_TAGS
from bot.texts import buttons
from bot.texts.facts import marks_lines, short_name
from bot.texts.layout import Rows
from bot.texts.words import Words, capital, quoted
from statemachine.conversation import KnownTrade
from statemachine.message import Button, Reply

LONGEST_LABEL: Final = 20
MOST_USED: Final = 8
LONGEST_SAID: Final = 40


def marked(
    words: Words, trade: KnownTrade, change_id: int | None = None, picks: Sequence[Pick] = (), left_out: int = 0
) -> Reply:
    """What a trade is marked with now. left_out: tags beyond as many as a trade can have."""
    more = [words("marks.left_out", most=MOST_TAGS)] if left_out else []
    undo = ((words.button("undo", buttons.undo(change_id)),),) if change_id is not None else ()
    rows = (*undo, *picks_row(words, trade.trade_id, picks))
    return Reply(title=_name(words, trade), text="\n".join([*_lines(words, trade), *more]), buttons=rows)


def marks(words: Words, trade: KnownTrade, picks: Sequence[Pick] = (), used: Sequence[Mapping[str, Any]] = ()) -> Reply:
    """The same where nothing was changed, with what the trader uses, and how it is written."""
    tags = [f"#{quoted(row['value'], LONGEST_TAG)} {row['trades']}" for row in used if row["kind"] == "tag"]
    known = [words("marks.used", tags=", ".join(tags[:MOST_USED]))] if tags else []
    lines = [*_lines(words, trade), "", *known, words("marks.how"), words("marks.how.off")]
    return Reply(title=_name(words, trade), text="\n".join(lines), buttons=picks_row(words, trade.trade_id, picks))


def mark_unclear(words: Words, said: str, of: str) -> Reply:
    """`of`: tags, setup, mood, mistake or note."""
    lines = [words("marks.unclear", said=quoted(said, LONGEST_SAID)), words(f"marks.example.{of}")]
    return Reply(text="\n".join(lines))


def picks_row(words: Words, trade_id: UUID, picks: Sequence[Pick]) -> Rows:
    """One row at most."""
    row = tuple(Button(_label(words, pick), buttons.mark(trade_id, pick.digest)) for pick in picks)
    return (row,) if row else ()


def _label(words: Words, pick: Pick) -> str:
    value = quoted(pick.value, LONGEST_LABEL)
    return f"#{value}" if pick.kind == "tag" else words(f"marks.{pick.kind}", value=value)


def _name(words: Words, trade: KnownTrade) -> str:
    return capital(short_name(words.on(trade.fields.booked_on), trade.fields))


def _lines(words: Words, trade: KnownTrade) -> list[str]:
    note = [words("trade.note", note=quoted(trade.fields.note))] if trade.fields.note else []
    return [*marks_lines(words, trade.fields), *note] or [words("marks.none")]
