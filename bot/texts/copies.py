"""What is said once a trade was recorded, closed, taken back or brought again on several accounts: a line for each."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.texts import buttons
from bot.texts.confirming import account_of, closed, edit_lines
from bot.texts.facts import SEPARATOR, edited_trade, headline, marks_lines, prices, summary
from bot.texts.plans import ends_plan
from bot.texts.recording import day_lines, limit_lines, result, undo_row
from bot.texts.words import Words, account_name
from statemachine.conversation import Draft
from statemachine.matching import closes_a_part
from statemachine.message import Reply
from statemachine.plan import Plan

Figures = Mapping[str, Any]
"""Of one trade, as bot.receipts.figures gives them: pnl, pnl_origin, costs, day, guards, change_id."""


def recorded_copies(
    words: Words, drafts: Sequence[Draft], figures: Sequence[Figures] = (), plan: Plan | None = None
) -> Reply:
    """The receipt: the trade once, then each account with its P&L and its day, and what its limits are near to."""
    first = drafts[0]
    if first.kind == "close":
        title = words("closed.title.part" if closes_a_part(first) else "closed.title")
        lines = [closed(words.on(account_of(first)), first)]
    else:
        title = words("recorded.title.open" if first.fields.is_open else "recorded.title")
        lines = [SEPARATOR.join(filter(None, (headline(words, first.fields), prices(words, first.fields))))]
    lines += [*marks_lines(words, first.fields), *ends_plan(words, plan)]
    return receipt(words, title, lines, drafts, figures)


def edited_copies(words: Words, drafts: Sequence[Draft], figures: Sequence[Figures] = ()) -> Reply:
    """What was changed, once; then each account with its day, where that moved."""
    first = drafts[0]
    lines = [headline(words, edited_trade(first)), *edit_lines(words.on(account_of(first)), first)]
    return receipt(words, words("edited.title"), lines, drafts, figures)


def receipt(words: Words, title: str, lines: list[str], drafts: Sequence[Draft], figures: Sequence[Figures]) -> Reply:
    """What was done once, then each account."""
    for draft, told in zip(drafts, figures, strict=False):
        lines += _account(words.on(account_of(draft)), draft, told)
    warned = any(guard.level != "ok" for told in figures for guard in told.get("guards", ()))
    lines += [words("guard.basis")] if warned else []
    change = next((told["change_id"] for told in figures), None)
    return Reply(title=title, text="\n".join(lines), buttons=undo_row(words, change))


def _account(words: Words, draft: Draft, told: Figures) -> list[str]:
    """@apex2: +$1,600.00 computed · 23 Mar: +$1,600.00, 1 trade."""
    pnl = told.get("pnl")
    made = [result(words, draft.fields, pnl, told.get("pnl_origin"), told.get("costs"))] if pnl is not None else []
    line = SEPARATOR.join([*made, *day_lines(words, told.get("day"))])
    name = account_name(account_of(draft))
    near = [guard for guard in told.get("guards", ()) if guard.level != "ok"]
    named = words("copies.account", account=name, line=line) if line else words("trade.at_account", account=name)
    return [named, *limit_lines(words, near)]


# ---- undo and redo


def undone_copies(words: Words, changes: Sequence[Figures], kept: Sequence[str] = ()) -> Reply:
    """changes: as for `undone`, with day and guards beside. kept: accounts whose trade has changed since."""
    redo = words.button("redo", buttons.redo(changes[0]["change"]["id"]))
    return Reply(text=_turned(words, "undone", changes, kept), buttons=((redo,),))


def redone_copies(words: Words, changes: Sequence[Figures], kept: Sequence[str] = ()) -> Reply:
    return Reply(text=_turned(words, "redone", changes, kept), buttons=undo_row(words, changes[0]["change"]["id"]))


def _turned(words: Words, key: str, changes: Sequence[Figures], kept: Sequence[str]) -> str:
    first = changes[0]["change"]
    lines = [words(f"{key}.{first['kind']}", trade=summary(words.on(first["fields"].booked_on), first["fields"]))]
    for told in changes:
        account = told["change"]["fields"].booked_on
        day = SEPARATOR.join(day_lines(words.on(account), told.get("day")))
        lines.append(words("copies.account", account=account_name(account), line=day))
    if kept:
        lines.append(words("copies.kept", accounts=words.listed([f"@{account_name(name)}" for name in kept])))
    return "\n".join(lines)
