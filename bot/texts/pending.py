"""What is said while drafts wait: asking for what is missing, changing, dropping, keeping for later."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from bot.texts import buttons
from bot.texts.confirming import at_account, confirm, draft_line
from bot.texts.deriving import derived_lines
from bot.texts.facts import edited_trade, named, short_name, summary
from bot.texts.layout import Rows, rows_of
from bot.texts.plans import which_filled
from bot.texts.words import Words, account_name, capital, quoted, symbol
from statemachine.conversation import DRAFT_KEPT, Draft, DraftKind, KnownTrade
from statemachine.copying import meant_together
from statemachine.events import EVERY
from statemachine.message import Button, Reply
from statemachine.trade import MAIN, Copies, TradeFields

LONGEST_NAME: Final = 40
EXAMPLE_PRICE: Final = "18250"
MOST_CHOICES: Final = 19
"""And one for all: with the row of Cancel no more than five rows of five."""
MOST_SHELVED: Final = 8
"""Shelved drafts that get buttons; with those of the pending ones no more than five rows."""


def ask_details(words: Words, draft: Draft, missing: tuple[str, ...], number: int | None = None) -> Reply:
    """What was understood, everything that is missing at once, and an answer to copy."""
    if "plan" in missing:
        return which_filled(words, draft)
    if "change" in missing:
        return replace(how_to_edit(words, draft), buttons=((words.button("cancel", buttons.drop(draft)),),))
    understood = words("understood", trade=summary(words, draft.fields)) if draft.fields.said() else None
    asked = words.listed([words(f"missing.{name}") for name in missing])
    unknown = _unknown(words, draft.unknown_account) if draft.unknown_account is not None else []
    unknown += _copies_asked(words, draft.copies_asked) if "accounts" in missing else []
    derived = derived_lines(words, draft.fields)
    lines = [understood, *derived, *unknown, words("details.missing", missing=asked)]
    if "trade" in missing:
        lines.append(words("details.pick"))
    else:
        lines.append(words("example", example=_example(words, draft.fields, missing, draft.copies_asked)))
    title = words("details.title") if number is None else words("details.title.numbered", number=number)
    cancel = words.button("cancel", buttons.drop(draft))
    return Reply(
        title=title,
        text="\n".join(line for line in lines if line),
        buttons=(*(_choices(words, draft) if "trade" in missing else _accounts(words, draft, missing)), (cancel,)),
    )


def _example(words: Words, fields: TradeFields, missing: tuple[str, ...], count: int | None) -> str:
    """One answer to all of it, with a price the trade may have."""
    near = next(filter(None, map(fields.said().get, ("entry_price", "exit_price", "stop_loss", "take_profit"))), None)
    price = f"{near:f}" if near is not None else EXAMPLE_PRICE
    several = " ".join(f"@{name}" for name in _open(words)[: count or 2])
    return " ".join(words(f"example.{name}", account=_first(words), accounts=several, price=price) for name in missing)


def _accounts(words: Words, draft: Draft, missing: tuple[str, ...]) -> Rows:
    """Each account; where several are asked for, all of them, and each for a trade that was on one after all."""
    if not {"account", "accounts"} & set(missing):
        return ()
    names = _open(words)
    every = [words.button("all", buttons.account(draft, EVERY), count=len(names))]
    single = [Button(f"@{name}", buttons.account(draft, name)) for name in names[:MOST_CHOICES]]
    return rows_of([*(every if "accounts" in missing and len(names) > 1 else []), *single])


def _copies_asked(words: Words, count: int | None) -> list[str]:
    """How many accounts were said, and which there are."""
    names = _open(words)
    known = words.listed([f"@{name}" for name in names])
    lines = [words("copies.asked", count=count, known=known)]
    return [*lines, words("copies.add")] if count is not None and count > len(names) else lines


def _open(words: Words) -> list[str]:
    return [name for name, told in words.view.accounts.items() if told.open] or [MAIN]


def _first(words: Words) -> str:
    return _open(words)[0]


def _unknown(words: Words, account: str) -> list[str]:
    """Which accounts there are, and how to add the one that was named, or to open it again."""
    name = quoted(account, LONGEST_NAME)
    if "/" in name:
        return [words("unknown_account.several", known=words.listed([f"@{name}" for name in _open(words)]))]
    if account in words.view.accounts:
        return [words("unknown_account.closed", account=name)]
    known = words.listed([f"@{name}" for name in _open(words)])
    return [words("unknown_account", account=name, known=known), words("unknown_account.add", account=name)]


def unknown_account(words: Words, account: str) -> Reply:
    """An account was named for what is no new trade."""
    return Reply(text="\n".join(_unknown(words, account)))


def account_stays(words: Words, trade: KnownTrade, account: str | None) -> Reply:
    """Another account was named for a trade that is in the journal; None: several were."""
    moved = words("account_stays", trade=capital(named(words, trade.fields)), on=account_name(trade.fields.booked_on))
    if account is None:
        return Reply(text=moved + " " + words("account_stays.copies"))
    return Reply(text=moved + " " + words("account_stays.how", account=quoted(account, LONGEST_NAME)))


def _choices(words: Words, draft: Draft) -> Rows:
    """Open trades to close, one a row as long as rows last."""
    shown = draft.choices[:MOST_CHOICES]
    labels = [_label(words, trade.fields) for trade in shown]
    picks = [Button(label, buttons.pick(draft, index)) for index, label in enumerate(labels)]
    if meant_together(draft.choices, Copies(every=True)):
        picks.insert(0, words.button("all", buttons.pick_all(draft), count=len(draft.choices)))
    return rows_of(picks, width=1 if len(shown) <= 4 else 5)


def _label(words: Words, fields: TradeFields) -> str:
    on_account = at_account(words, fields.booked_on)
    return " ".join(filter(None, (short_name(words.on(fields.booked_on), fields), on_account)))


def how_to_edit(words: Words, draft: Draft) -> Reply:
    return Reply(title=words("edit.title", trade=_subject(words, draft)), text=words("edit.how"))


def _subject(words: Words, draft: Draft) -> str:
    return named(words, draft.fields if draft.kind in ("record", "close") else edited_trade(draft))


def too_many_drafts(words: Words, most: int) -> Reply:
    return Reply(text=words("too_many_drafts", most=most))


def dropped(words: Words, drafts: tuple[Draft, ...]) -> Reply:
    """Nothing of a dropped draft was saved, and nothing recorded was touched."""
    if len(drafts) == 1:
        return Reply(text=words("dropped.one", trade=draft_line(words, drafts[0])))
    return Reply(text=words("dropped.other", count=len(drafts)))


def stale(words: Words, pending: bool) -> Reply:
    return Reply(text=words("stale.pending" if pending else "stale"))


def no_such_draft(words: Words, which: int, count: int) -> Reply:
    return Reply(text=words.counted("no_such_draft", count, which=which))


def reminder(words: Words, drafts: tuple[Draft, ...]) -> Reply:
    """Said once, at the session's end."""
    return Reply(
        title=words.counted("reminder.title", len(drafts)),
        text="\n".join([*_kept(words, drafts), words("reminder.kept", days=DRAFT_KEPT.days)]),
        buttons=_shelf_rows(words, drafts),
    )


def drafts(words: Words, pending: tuple[Draft, ...], shelf: tuple[Draft, ...]) -> Reply:
    """What waits now, with the buttons it was shown with, then what was put away."""
    if not shelf:
        return confirm(words, pending) if pending else Reply(text=words("no_drafts"))
    kept = [words("drafts.shelf", days=DRAFT_KEPT.days), *_kept(words, shelf, first=len(pending) + 1)]
    if not pending:
        return Reply(text="\n".join(kept), buttons=_shelf_rows(words, shelf))
    waiting = [words("drafts.pending"), *_numbered(words, pending)]
    every = (
        words.button("confirm_all", buttons.confirm_all(pending)),
        words.button("cancel", buttons.drop_all(pending)),
    )
    return Reply(
        text="\n".join([*waiting, "", *kept]),
        buttons=((every,) if _complete(pending) else ()) + _shelf_rows(words, shelf, first=len(pending) + 1),
    )


def _complete(drafts: Sequence[Draft]) -> bool:
    return not any(draft.missing() for draft in drafts)


def _numbered(words: Words, drafts: Sequence[Draft], first: int = 1) -> list[str]:
    return [
        words("numbered", number=number, line=draft_line(words, draft)) for number, draft in enumerate(drafts, first)
    ]


def _kept(words: Words, shelf: Sequence[Draft], first: int = 1) -> list[str]:
    beyond = len(shelf) - MOST_SHELVED
    more = [words.counted("drafts.beyond", beyond)] if beyond > 0 else []
    return [*_numbered(words, shelf[:MOST_SHELVED], first), *more]


def _shelf_rows(words: Words, drafts: Sequence[Draft], first: int = 1) -> Rows:
    """A yes and a no for each, two drafts a row; one that lacks something is finished first."""
    pairs = (
        (
            words.button("finish_one" if draft.missing() else "confirm_one", buttons.confirm(draft), number=number),
            words.button("drop_one", buttons.drop(draft), number=number),
        )
        for number, draft in enumerate(drafts[:MOST_SHELVED], first)
    )
    return rows_of(chain.from_iterable(pairs), width=4)


def changed_since(words: Words, trade: KnownTrade, kind: DraftKind = "close") -> Reply:
    """The trade of what was confirmed is not what it was; it is asked again after this."""
    name = capital(named(words, trade.fields))
    return Reply(text=words("changed_since" if kind == "close" else "changed_since.edit", trade=name))


def partly_closed(words: Words, trade: KnownTrade) -> Reply:
    return Reply(text=words("partly_closed", trade=named(words, trade.fields)))


def nothing_open(words: Words, fields: TradeFields) -> Reply:
    known = words("nothing_open.symbol", symbol=symbol(fields.symbol)) if fields.symbol else words("nothing_open")
    return Reply(
        text="\n".join([known, words("nothing_open.whole"), words("example", example=words("example.report"))])
    )
