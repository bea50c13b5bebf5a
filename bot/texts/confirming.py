"""Is this right? One draft in full, or several as a numbered list; what a trader should see before it is saved."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.texts import buttons, results
from bot.texts.deriving import derived_lines
from bot.texts.facts import (
    SEPARATOR,
    changed_lines,
    edited_trade,
    headline,
    marks_line,
    named,
    particulars,
    prices,
)
from bot.texts.layout import Rows, rows_of
from bot.texts.numbers import price
from bot.texts.plan_levels import from_plan
from bot.texts.sharing import accounts_named, at_accounts, on_accounts, together
from bot.texts.warnings import warnings
from bot.texts.words import Words, account_name, capital, quoted
from bot.texts.worths import worth
from statemachine.conversation import Draft
from statemachine.copying import shares
from statemachine.matching import closes_a_part, costs, known_trade
from statemachine.message import Button, Reply
from statemachine.trade import TradeFields

MOST_ACCOUNT_BUTTONS: Final = 10


def confirm(words: Words, drafts: tuple[Draft, ...]) -> Reply:
    return _one(words, drafts[0]) if len(drafts) == 1 else _several(words, drafts)


def _one(words: Words, draft: Draft) -> Reply:
    words = words.on(account_of(draft))
    yes = "delete" if draft.kind == "delete" else "again" if draft.twin else "confirm"
    row = (
        words.button(yes, buttons.confirm(draft)),
        words.button("same" if draft.twin else "cancel", buttons.drop(draft)),
        *((words.button("edit", buttons.edit(draft)),) if draft.kind != "delete" else ()),
    )
    return Reply(
        title=_title(words, draft),
        text="\n".join([*_lines(words, draft), *from_plan(words, draft.plan), *warnings(words, shares(draft)[0])]),
        buttons=(row, *other_accounts(words, draft)),
    )


def needs_no_look(words: Words, draft: Draft) -> bool:
    """A new trade, told whole and as such: nothing is derived, doubted, warned of, or to be shared out."""
    words = words.on(account_of(draft))
    if draft.kind != "record" or draft.missing() or draft.copies or draft.plan is not None or draft.by_model:
        return False
    seen = (*warnings(words, draft), *derived_lines(words, draft.fields), results.doubt(words, draft.fields))
    return not any(seen)


def account_of(draft: Draft) -> str:
    """The name of the account that a draft is recorded on, or that its trade is on."""
    trade = known_trade(draft)
    moves = draft.kind == "edit" and draft.fields.account is not None
    return draft.fields.booked_on if draft.kind == "record" or trade is None or moves else trade.fields.booked_on


def account_lines(words: Words, account: str) -> list[str]:
    """Account apex2; nothing for a trader who has one only."""
    return [words("trade.account", account=account_name(account))] if words.view.several else []


def at_account(words: Words, account: str) -> str | None:
    """@apex2, at the end of a line; None for a trader who has one only."""
    return words("trade.at_account", account=account_name(account)) if words.view.several else None


def other_accounts(words: Words, draft: Draft) -> Rows:
    """A button for each account that a draft could be recorded on instead."""
    if draft.kind != "record" or not words.view.several:
        return ()
    now = accounts_named(draft)
    names = [name for name, told in words.view.accounts.items() if (name,) != now and told.open]
    return rows_of(Button(f"@{name}", buttons.account(draft, name)) for name in names[:MOST_ACCOUNT_BUTTONS])


def _several(words: Words, drafts: Sequence[Draft]) -> Reply:
    numbered = list(enumerate(drafts, 1))
    lines = [words("numbered", number=number, line=draft_line(words, draft)) for number, draft in numbered]
    for number, draft in numbered:
        on_it = words.on(account_of(draft))
        draft = shares(draft)[0]
        doubt = None if draft.kind == "delete" else results.doubt(on_it, _whole(on_it, draft))
        derived = SEPARATOR.join(derived_lines(on_it, draft.fields, edited_trade(draft)))
        doubts = [*filter(None, (derived, doubt)), *from_plan(on_it, draft.plan), *warnings(on_it, draft)]
        lines += [words("confirm.of", number=number, line=line) for line in doubts]
    every = (
        words.button("confirm_all", buttons.confirm_all(drafts)),
        words.button("cancel", buttons.drop_all(drafts)),
    )
    lines.append(words("confirm.change"))
    # First of all: where a platform prints buttons as numbered choices, choice 1 is then draft 1.
    single = (words.button("number", buttons.confirm(draft), number=number) for number, draft in numbered)
    return Reply(title=words("confirm.title.several"), text="\n".join(lines), buttons=(*rows_of(single), every))


def _title(words: Words, draft: Draft) -> str:
    if draft.kind == "close":
        return words("close.question", close=closing(words, draft))
    return words("confirm.title" if draft.kind == "record" else f"confirm.title.{draft.kind}")


def _lines(words: Words, draft: Draft) -> list[str]:
    on_account = on_accounts(words, draft)
    if draft.kind == "edit":
        old = edited_trade(draft)
        changed = [*edit_lines(words, draft), *derived_lines(words, draft.fields, old)]
        differs = results.pnl_line(words, whole) if results.differs(words, whole := _whole(words, draft)) else None
        return [headline(words, old), *on_account, *changed, *filter(None, (differs,))]
    if draft.kind == "delete":
        return [*filter(None, _recorded(words, draft)), *on_account, words("delete.what")]
    one = shares(draft)[0]
    fields = replace(one.fields, commissions=costs(one))
    named_above = draft.kind == "close"
    first = [] if named_above else [_named_with_worth(words, fields), prices(words, fields)]
    money = (*_pnl(words, draft, fields), results.after_costs(words, fields), results.risk_line(words, fields))
    told = (*particulars(words, fields), *derived_lines(words, fields))
    return [line for line in (*first, *on_account, *money, *together(words, draft), *told) if line]


def _recorded(words: Words, draft: Draft) -> tuple[str | None, ...]:
    trade = edited_trade(draft)
    return headline(words, trade), prices(words, trade), results.short_pnl(words, trade)


def _pnl(words: Words, draft: Draft, fields: TradeFields) -> list[str | None]:
    """Of a total that was said, what one account has of it, and whether that is what its prices give."""
    said = draft.fields.pnl
    if said is None or fields.pnl is None or not draft.total:
        return [results.pnl_line(words, fields)]
    part = words("pnl.part", amount=words.gain(fields.pnl), total=words.gain(said))
    return [part, results.pnl_line(words, fields) if results.differs(words, fields) else None]


def _named_with_worth(words: Words, fields: TradeFields) -> str:
    """Long 2 NQ · $20/pt."""
    return SEPARATOR.join(filter(None, (headline(words, fields), worth(words, fields))))


def draft_line(words: Words, draft: Draft) -> str:
    """A draft on one line of a list."""
    if draft.plans:
        return words("plan.fill", count=len(draft.plans))
    words = words.on(account_of(draft))
    at = at_accounts(words, draft)
    if draft.kind == "edit":
        changes = quoted("; ".join(edit_lines(words, draft)))
        line = words("confirm.edit", trade=named(words, edited_trade(draft)), changes=changes)
        return SEPARATOR.join(filter(None, (line, at)))
    if draft.kind == "delete":
        told = SEPARATOR.join(filter(None, (*_recorded(words, draft), at)))
        return words("confirm.delete", trade=told)
    if draft.kind == "close":
        shown = [closing(words, draft)]
    else:
        shown = [headline(words, draft.fields), prices(words, draft.fields)]
    made = results.short_pnl(words, shares(draft)[0].fields)
    return SEPARATOR.join(part for part in (*shown, made, at, marks_line(words, draft.fields)) if part)


def closing(words: Words, draft: Draft) -> str:
    """Close long 1 of 2 NQ from 18,250 at 18,290."""
    return " ".join([words("close", trade=_left(words, draft)), *_way(words, draft.fields)])


def closed(words: Words, draft: Draft) -> str:
    """Long 1 of 2 NQ from 18,250 at 18,290: the same, once it is done."""
    return " ".join([capital(_left(words, draft)), *_way(words, draft.fields)])


def _left(words: Words, draft: Draft) -> str:
    return named(words, draft.fields, of=_held(draft) if closes_a_part(draft) else None)


def _way(words: Words, fields: TradeFields) -> list[str]:
    parts = []
    if fields.entry_price is not None:
        parts.append(words("close.from", price=price(fields.entry_price)))
    if fields.exit_price is not None:
        parts.append(words("close.at", price=price(fields.exit_price)))
    return parts


def _held(draft: Draft) -> Decimal | None:
    trade = known_trade(draft)
    return trade.held if trade is not None else None


def edit_lines(words: Words, draft: Draft) -> list[str]:
    """Old → new of each field, and of a computed P&L, which follows the new facts."""
    trade, old = known_trade(draft), edited_trade(draft)
    if trade is not None:
        old = replace(old, day=trade.day)
    whole = _whole(words, draft)
    lines = changed_lines(words, old, whole, draft.fields.said().keys() | (draft.cleared - {"pnl_basis"}))
    if "pnl" not in draft.alters and whole.pnl != old.pnl:
        lines += changed_lines(words, old, whole, {"pnl"})
    if whole.is_open and draft.cleared & {"exit_price", "pnl"}:
        lines.append(words("edit.reopened"))
    return lines or [words("confirm.unchanged")]


def _whole(words: Words, draft: Draft) -> TradeFields:
    """The trade that a draft makes; of an edit with the P&L that follows from what it changes, if that was computed."""
    old = edited_trade(draft)
    if draft.kind != "edit":
        return draft.fields
    whole = draft.on(old)
    if draft.fields.pnl is not None:
        return whole
    was = results.computed(words.on(old.booked_on), replace(old, pnl=None))
    follows = "pnl" in draft.cleared or old.pnl in (None, was)
    return replace(whole, pnl=results.computed(words, replace(whole, pnl=None))) if follows else whole
