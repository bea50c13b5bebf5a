"""A trade on several accounts in words: which they are, and what it makes on all of them together."""

from collections.abc import Callable
from decimal import Decimal

from bot.texts import numbers
from bot.texts.results import with_pnl
from bot.texts.words import Words, account_name
from statemachine.conversation import Draft
from statemachine.copying import accounts_of, shares
from statemachine.matching import known_trade


def accounts_named(draft: Draft) -> tuple[str, ...]:
    """The accounts that a draft is recorded on, or that its trades are on; none where that is asked for."""
    if draft.kind == "record":
        return () if {"account", "accounts"} & set(draft.missing()) else accounts_of(draft)
    trade = known_trade(draft)
    return (draft.fields.booked_on,) if trade is None else tuple(_booked_on(one) for one in shares(draft))


def on_accounts(words: Words, draft: Draft) -> list[str]:
    """Account apex2, or Accounts main, apex1 and apex2; nothing for a trader who has one only."""
    if not words.view.several:
        return []
    names = accounts_named(draft)
    if len(names) < 2:
        return [words("trade.account", account=account_name(name)) for name in names]
    listed = words.listed(_with_sizes(words, draft))
    return [words("trade.accounts" if draft.kind == "record" else "trade.accounts.known", accounts=listed)]


def at_accounts(words: Words, draft: Draft) -> str | None:
    """@apex1 @apex2, at the end of a line; None for a trader who has one only."""
    if not words.view.several:
        return None
    names = sorted(accounts_named(draft), key=_order(words))
    return " ".join(words("trade.at_account", account=account_name(name)) for name in names) or None


def together(words: Words, draft: Draft) -> list[str]:
    """What all copies make; and that a P&L is each account's own, where they are counted in several currencies."""
    parts = shares(draft)
    if len(parts) < 2 or draft.kind == "edit" or draft.total:
        return []
    currencies = list(dict.fromkeys(words.on(_booked_on(one)).view.currency for one in parts))
    if len(currencies) > 1:
        return [words("copies.currencies", currencies=words.listed(currencies))] if draft.fields.pnl is not None else []
    made = [with_pnl(words, one.fields).pnl for one in parts]
    known = [amount for amount in made if amount is not None]
    return [words("copies.together", amount=words.gain(sum(known, Decimal(0))))] if len(known) == len(made) else []


def _booked_on(draft: Draft) -> str:
    trade = known_trade(draft)
    return draft.fields.booked_on if draft.kind == "record" or trade is None else trade.fields.booked_on


def _order(words: Words) -> Callable[[str], int]:
    """The order in which accounts are always listed."""
    places = {name: place for place, name in enumerate(words.view.accounts)}
    return lambda name: places.get(name, len(places))


def _with_sizes(words: Words, draft: Draft) -> list[str]:
    """The accounts; with what is closed on each, where that is not the same."""
    parts = sorted(shares(draft), key=lambda one: _order(words)(_booked_on(one)))
    names = [account_name(_booked_on(one)) for one in parts]
    sizes = [one.fields.position_size for one in parts]
    if draft.kind == "edit" or len(set(sizes)) < 2:
        return names
    return [f"{name} ({numbers.size(size)})" if size else name for name, size in zip(names, sizes, strict=True)]
