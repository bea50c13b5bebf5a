"""What is said of accounts: which there are, what was changed, balances, rest days."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bot.accounts import Account
from bot.texts import buttons, numbers
from bot.texts.confirming import account_lines
from bot.texts.facts import SEPARATOR
from bot.texts.layout import rows_of
from bot.texts.recording import limit_lines
from bot.texts.words import Words, quoted
from bot.trading.day import place_of
from bot.trading.limits import Guard
from db.days import BalanceChange
from statemachine.message import Reply

MOST_BUTTONS: Final = 10
LONGEST_WORD: Final = 40


def accounts(words: Words, accounts: Sequence[Account], in_use: str) -> Reply:
    """One line each; a button for each that could be used instead."""
    lines = [account_line(words, account, in_use=account.name == in_use and len(accounts) > 1) for account in accounts]
    others = [account for account in accounts if account.name != in_use and not account.closed]
    uses = (words.button("use_account", buttons.use_account(one.name), account=one.name) for one in others)
    hints = [words("accounts.hint.use"), words("accounts.hint.change")]
    return Reply(
        title=words("accounts.title"),
        text="\n".join([*lines, "", *hints]),
        buttons=rows_of(list(uses)[:MOST_BUTTONS]),
    )


def account_line(words: Words, account: Account, *, in_use: bool = False) -> str:
    """@apex2 · $50,000 · Apex · funded · day from 18:00 New York · in use."""
    size = account.limits.account_size
    start = account.day_start
    parts = [
        words("trade.at_account", account=account.name),
        words("accounts.no_size") if size is None else numbers.point_worth(Decimal(size), account.currency),
        quoted(account.firm, LONGEST_WORD) if account.firm else "",
        quoted(account.phase, LONGEST_WORD) if account.phase else "",
        words("accounts.start", time=f"{start.hour:02}:00", zone=place_of(start.zone.key)),
        words("accounts.in_use") if in_use else "",
        words("accounts.closed") if account.closed else "",
    ]
    return SEPARATOR.join(part for part in parts if part)


def account_changed(words: Words, account: Account, what: str) -> Reply:
    """What was changed, and the account as it is now."""
    lines = [words(f"account.{what}", account=account.name), account_line(words, account)]
    return Reply(text="\n".join(lines))


def account_refused(words: Words, reason: str, example: str, **values: Any) -> Reply:
    lines = [words(f"account.no.{reason}", **values), words("example", example=example)]
    return Reply(text="\n".join(lines))


# ---- balances


def balance(
    words: Words,
    account: str,
    balance: Decimal | None,
    high: Decimal | int | None,
    size: int | None,
    told: bool,
    changes: Iterable[BalanceChange],
) -> Reply:
    """How it stands, what that rests on, and what was told of it."""
    words = words.on(account)
    lines = account_lines(words, account)
    if balance is None:
        lines.append(words("balance.unknown"))
    else:
        lines.append(words("balance.now", balance=words.money(balance)))
        lines += [words("balance.high", high=words.money(Decimal(high)))] if high is not None else []
        if not told and size is not None:
            lines.append(words("balance.assumed", size=words.money(Decimal(size))))
    shown = [words("balance.line", day=words.day(one.trade_date), what=_change(words, one)) for one in changes]
    lines += ["", words("balance.changes"), *shown] if shown else []
    lines += [words("guard.basis"), words("example", example="/balance 51240 peak 52000")]
    return Reply(title=words("balance.title"), text="\n".join(lines))


def _change(words: Words, change: BalanceChange) -> str:
    """balance $51,240.00, peak $52,000.00."""
    said = words(f"balance.kind.{change.kind}", amount=words.money(change.said))
    if change.peak is None or change.kind == "reset":
        return said
    return words("balance.with_peak", said=said, peak=words.money(change.peak))


def balance_told(
    words: Words,
    account: str,
    change: BalanceChange,
    balance: Decimal | int | None,
    high: Decimal | int | None,
    guards: Iterable[Guard] = (),
) -> Reply:
    """`guards`: the drawdown, where there is one: a payout brings the balance nearer to a floor that does not trail."""
    words = words.on(account)
    lines = [*account_lines(words, account), words("balance.noted", what=_change(words, change))]
    lines += [words("balance.now", balance=words.money(Decimal(balance)))] if balance is not None else []
    lines += [words("balance.high", high=words.money(Decimal(high)))] if high is not None else []
    lines += [words("balance.moves")] if change.kind in ("payout", "deposit") else []
    lines += limit_lines(words, guards)
    undo = words.button("undo", buttons.untell_balance(account, change.id))
    return Reply(text="\n".join(lines), buttons=((undo,),))


def balance_undone(words: Words, account: str, change: BalanceChange, balance: Decimal | None) -> Reply:
    words = words.on(account)
    lines = [*account_lines(words, account), words("balance.undone", what=_change(words, change))]
    lines += [words("balance.now", balance=words.money(balance))] if balance is not None else []
    return Reply(text="\n".join(lines))


def balance_refused(
    words: Words,
    account: str,
    reason: str,
    kind: str,
    size: int | None = None,
    balance: Decimal | None = None,
    currency: str = "",
) -> Reply:
    words = words.on(account)
    values = {
        "size": words.money(Decimal(size)) if size is not None else "",
        "balance": words.money(balance) if balance is not None else "",
        "account": account,
        "currency": currency,
    }
    example = words("example", example=words(f"balance.example.{kind}"))
    return Reply(text="\n".join([words(f"balance.no.{reason}", **values), example]))


# ---- rest


def rested(words: Words, day: date, off: bool) -> Reply:
    return Reply(text=words("rest.off" if off else "rest.on", day=words.day(day)))


def rest_refused(words: Words, reason: str, day: date) -> Reply:
    lines = [words(f"rest.no.{reason}", day=day.isoformat() if reason == "unread" else words.day(day))]
    lines += [words("example", example="/rest tomorrow")] if reason in ("unread", "far") else []
    return Reply(text="\n".join(lines))
