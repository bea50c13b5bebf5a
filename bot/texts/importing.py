"""What is said of a broker's file: what is in it, what it lacks, what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bot.texts import buttons
from bot.texts.periods import period_named
from bot.texts.words import Words, account_name, quoted, symbol
from statemachine.message import Button, Reply
from statemachine.trade import MAIN

COLUMNS_SHOWN: Final = 20
REASONS_SHOWN: Final = 6
LONGEST_CELL: Final = 24


def import_begun(words: Words, more: int, unread: str) -> Reply:
    """`more`: further files that came along; `unread`: what was written beside them and is not of the file."""
    lines = [words("import_begun")]
    if more:
        lines.append(words("import_begun.one_file"))
    if unread:
        lines.append(words("import_begun.unread", said=quoted(unread, 60)))
    return Reply(text="\n".join(lines))


def import_preview(words: Words, summary: Mapping[str, Any], import_id: UUID, account: str) -> Reply:
    """All that would be saved, and what would not; nothing is yet."""
    told = words.on(account)
    count, matches = summary["trades"], summary["matches"]
    lines = _counts(told, summary)
    lines += _doubts(told, summary)
    lines += _skipped(words, summary["skipped"])
    if count and account != MAIN:
        lines.append(words("import.account", account=account_name(account)))
    rows: list[tuple[Button, ...]] = []
    if count:
        lines.append(words("import.nothing_yet"))
        rows.append((words.button("import_save", buttons.of_import("save", import_id), count=count),))
        if matches:
            lines.append(words.counted("import.matches", matches))
            rows.append((words.button("import_apart", buttons.of_import("apart", import_id)),))
        rows.append((words.button("import_drop", buttons.of_import("drop", import_id)),))
    elif summary["open_fills"]:
        lines.append(words("import.open_only"))
        rows.append(
            (
                words.button("import_keep", buttons.of_import("save", import_id)),
                words.button("import_drop", buttons.of_import("drop", import_id)),
            )
        )
    else:
        lines.append(words("import.nothing_new"))
    return Reply(title=words("import.title", label=summary["label"]), text="\n".join(lines), buttons=tuple(rows))


def _counts(words: Words, summary: Mapping[str, Any]) -> list[str]:
    lines = []
    if summary["trades"]:
        period = period_named(words, date.fromisoformat(summary["first"]), date.fromisoformat(summary["last"]))
        days = words.counted("import.days", summary["days"])
        lines.append(words.counted("import.new", summary["trades"], period=period, days=days))
    if summary["net"] is not None:
        lines.append(words("import.net", amount=words.gain(Decimal(summary["net"]))))
    if summary["known"]:
        what = "import.known_fills" if summary["holds"] == "fills" else "import.known"
        lines.append(words.counted(what, summary["known"]))
    if summary["open_fills"]:
        lines.append(words.counted("import.open", summary["open_fills"]))
    return lines


def _doubts(words: Words, summary: Mapping[str, Any]) -> list[str]:
    """What the trader may want to correct before they save."""
    lines = []
    if summary["trades"]:
        lines.append(words("import.zone", zone=quoted(summary["zone"].replace("_", " "))))
        if summary["dates_guessed"]:
            lines.append(words(f"import.dates_guessed.{summary['dates_guessed']}"))
    if summary["computed"]:
        lines.append(words.counted("import.computed", summary["computed"]))
    if summary["without_result"]:
        listed = words.listed([symbol(name) for name, _ in summary["without_result"]])
        count = sum(count for _, count in summary["without_result"])
        lines.append(words.counted("import.without_result", count, symbols=listed))
    if len(summary["accounts"]) > 1:
        listed = words.listed([quoted(name, LONGEST_CELL) for name in summary["accounts"]])
        lines.append(words("import.accounts", accounts=listed))
    return lines


def _skipped(words: Words, skipped: Sequence[tuple[str, int, Sequence[int]]]) -> list[str]:
    """Why, how many, and in which lines."""
    lines = []
    for reason, count, first in skipped[:REASONS_SHOWN]:
        shown = ", ".join(map(str, first)) + ("…" if count > len(first) else "")
        lines.append(words.counted("import.skipped", count, reason=words(f"import.skipped.{reason}"), lines=shown))
    return lines


def import_question(words: Words, summary: Mapping[str, Any]) -> Reply:
    """Everything that is missing at once, with the columns to choose from and one example."""
    lines = [_column(words, number, *pair) for number, pair in enumerate(summary["columns"][:COLUMNS_SHOWN], 1)]
    if len(summary["columns"]) > COLUMNS_SHOWN:
        lines.append(words.counted("import.more_columns", len(summary["columns"]) - COLUMNS_SHOWN))
    asked, said = [], []
    if summary["missing"]:
        names = [words(f"import.role.{role}") for role in summary["missing"]]
        asked.append(words("import.missing", roles=words.listed(names)))
        said += [f"{name} {number}" for number, name in enumerate(names, 1)]
    if summary["dates_open"]:
        asked.append(words("import.dates_open"))
        said.append(words("import.answer.dates"))
    lines += asked
    lines.append(words("import.answer", example=", ".join(said)))
    if summary["missing"]:
        lines.append(words("import.not_there"))
    return Reply(title=words("import_question.title"), text="\n".join(lines))


def _column(words: Words, number: int, name: str, first: str) -> str:
    shown = quoted(name, LONGEST_CELL)
    line = words("numbered", number=number, line=shown)
    return words("import.column", column=line, value=quoted(first, LONGEST_CELL)) if first else line


def import_unread(words: Words, said: str, columns: Sequence[Sequence[str]]) -> Reply:
    if not columns:
        return Reply(text=words("import_unread.ready", said=quoted(said, 60)))
    lines = [words("import_unread", said=quoted(said, 60)) if said else words("import_unread.nothing")]
    lines += [_column(words, number, *pair) for number, pair in enumerate(columns[:COLUMNS_SHOWN], 1)]
    lines.append(words("import.answer", example=words("import_unread.example")))
    return Reply(text="\n".join(lines))


def import_refused(words: Words, reason: str) -> Reply:
    """`reason`: as NoTable and AttachmentRefused have them, or no_rows, too_heavy."""
    return Reply(text=words(f"import_refused.{reason}"))


def import_help(words: Words) -> Reply:
    return Reply(title=words("import_help.title"), text=words("import_help"))


def import_already(words: Words, status: str) -> Reply:
    """Asked for twice. `status`: saved or undone."""
    return Reply(text=words(f"import_already.{status}"))


def import_saving(words: Words, count: int) -> Reply:
    return Reply(text=words("import_saving", count=count))


def import_saved(words: Words, import_id: UUID, label: str, trades: int, merged: int) -> Reply:
    """Of a file of fills none of which was closed nothing is recorded yet."""
    lines = [words.counted("import_saved", trades)] if trades or not merged else []
    if merged:
        lines.append(words.counted("import_saved.merged", merged))
    lines = [*lines, words("import_saved.audit")] if trades or merged else [words("import_saved.fills")]
    row = (words.button("undo", buttons.of_import("undo", import_id)),)
    return Reply(title=words("import_saved.title", label=label), text="\n".join(lines), buttons=(row,))


def import_undone(words: Words, import_id: UUID, label: str, trades: int, merged: int, kept: int) -> Reply:
    lines = [words.counted("import_undone", trades)] if trades or kept else []
    if merged:
        lines.append(words.counted("import_undone.merged", merged))
    if kept:
        lines.append(words.counted("import_undone.kept", kept))
    lines = lines or [words("import_undone.fills")]
    row = (words.button("redo", buttons.of_import("redo", import_id)),)
    return Reply(title=words("import_undone.title", label=label), text="\n".join(lines), buttons=(row,))
