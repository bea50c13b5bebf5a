"""/account: which accounts there are, which is in use, and what each is.

    /account                            /account add apex2 50000 EUR        /account use apex2
    /account apex2 size 50000           /account apex2 phase funded         /account apex2 start 18:00 New York
    /account apex2 currency EUR         /account apex2 firm Apex            /account apex2 reset
    /account close apex2                /account reopen apex2

Without a name it is the account in use. The default account, "main", is what the profile says of it.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from bot.accounts import MOST_ACCOUNTS, Account
from bot.commands.call import Call
from bot.commands.looking_again import look_again_at_unclear
from bot.commands.naming import account_in, looks_like_a_name
from bot.reading.amounts import LARGEST, amount_in, currency_in
from bot.trading.day import DayStart, trading_day, zone_said
from bot.trading.limits import AccountLimits
from db import days, trading_accounts
from statemachine.conversation import Turn
from statemachine.trade import MAIN

CURRENCIES: Final = frozenset(
    {"USD", "EUR", "GBP", "JPY", "CHF", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "BRL", "MXN",
     "ZAR", "INR", "SGD", "HKD", "CNY", "ILS", "TRY", "AED"}
)  # fmt: skip
PHASES: Final = MappingProxyType(
    {
        **dict.fromkeys(("evaluation", "eval", "challenge", "phase1", "phase2", "1", "2"), "evaluation"),
        **dict.fromkeys(("funded", "live", "pa", "performance"), "funded"),
    }
)
OF_A_NAME: Final = frozenset({"use", "close", "delete", "remove", "reopen"})
"""Verbs that may stand before the name."""
LONGEST_FIRM: Final = 60
_HOUR: Final = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h]?(?P<minute>\d\d))?\s*(?:h\b|uhr\b|(?P<half>[ap]m))?(?=\s|$)", re.IGNORECASE
)
_NAMED_HOURS: Final = MappingProxyType({"midnight": 0, "noon": 12})

Change = Callable[[Call, Account, str], Awaitable[Turn]]


async def account(call: Call) -> Turn:
    """The one way in: a verb first, or a name and then the verb."""
    words = call.argument.split()
    if not words:
        return _list(call)
    verb = words[0].lower()
    if verb == "add":
        return await _add(call, words[1:])
    if verb in OF_A_NAME and len(words) == 2:
        call.argument = f"{words[1]} {verb}"
    chosen, rest, name = account_in(call)
    if chosen is None:
        return call.says("unknown_account", account=name)
    verb, _, value = rest.partition(" ")
    if not verb:
        return _list(call, chosen)
    change = CHANGES.get(verb.lower())
    return await change(call, chosen, value.strip()) if change is not None else _not_understood(call, words)


def _not_understood(call: Call, words: list[str]) -> Turn:
    """The first word, or that behind a verb, may be meant for the name of an account, where none is named."""
    if any(call.accounts.find(word.lower().removeprefix("@")) for word in words):
        return _refused(call, "verb", example="/account apex2 size 50000")
    turned = len(words) == 2 and words[0].lower() in OF_A_NAME
    name = words[turned].lower().removeprefix("@")
    if looks_like_a_name(name):
        return call.says("unknown_account", account=name)
    return _refused(call, "verb", example="/account apex2 size 50000")


def _list(call: Call, only: Account | None = None) -> Turn:
    shown = call.accounts.all if only is None else (only,)
    return call.says("accounts", accounts=shown, in_use=call.accounts.current.name)


def _refused(call: Call, reason: str, example: str, **values: Any) -> Turn:
    return call.says("account_refused", reason=reason, example=example, **values)


def _changed(call: Call, after: Account, what: str) -> Turn:
    return call.says("account_changed", account=after, what=what)


async def _add(call: Call, words: list[str]) -> Turn:
    example = "/account add apex2 50000 USD"
    if len(words) < 2:
        return _refused(call, "add", example=example)
    name = words[0].lower().removeprefix("@")
    named = words.pop().upper() if len(words) > 2 and words[-1].upper() in CURRENCIES else None
    currency = named or currency_in(" ".join(words[1:]), call.account.currency)
    size = _size(" ".join(words[1:]))
    if not looks_like_a_name(name) or name == MAIN or name in CHANGES or name == "add":
        return _refused(call, "name", name=name[:30], example=example)
    if size is None:
        return _refused(call, "size", example=example)
    known = call.accounts.find(name)
    if known is not None:
        return _refused(call, "closed" if known.closed else "taken", name=name, example=f"/account reopen {name}")
    if len(call.accounts.open) > MOST_ACCOUNTS:
        return _refused(call, "too_many", most=MOST_ACCOUNTS, example="/account close NAME")
    added = await trading_accounts.add(call.connection, call.owner, name, size, currency)
    if added is None:  # closed so long ago that it was not loaded
        return _refused(call, "closed", name=name, example=f"/account reopen {name}")
    limits = AccountLimits(account_size=size)
    new = replace(call.accounts.default, name=name, id=added, currency=currency, limits=limits, firm=None, phase=None)
    return _changed(call, new, "added")


def _size(text: str) -> int | None:
    """A whole amount of money that an account can have."""
    amount = amount_in(text)
    return int(amount) if amount is not None and 0 < amount < LARGEST and amount == amount.to_integral_value() else None


async def _use(call: Call, chosen: Account, _: str) -> Turn:
    if chosen.closed:
        return _refused(call, "closed", name=chosen.name, example=f"/account reopen {chosen.name}")
    await trading_accounts.use(call.connection, call.owner, None if chosen.id is None else chosen.name)
    return _changed(call, chosen, "in_use")


async def _close(call: Call, chosen: Account, _: str) -> Turn:
    """Kept for its trades; one that was in use leaves that to the default account."""
    if chosen.id is None:
        return _refused(call, "main", example="/account close NAME")
    if await trading_accounts.has_open_trades(call.connection, call.owner, chosen.id):
        return _refused(call, "open_trades", name=chosen.name, example=f"out 18290 @{chosen.name}")
    await trading_accounts.set_closed(call.connection, call.owner, chosen.id, closed=True)
    if call.accounts.current.name == chosen.name:
        await trading_accounts.use(call.connection, call.owner, None)
    return _changed(call, replace(chosen, closed=True), "closed")


async def _reopen(call: Call, chosen: Account, _: str) -> Turn:
    if chosen.closed and len(call.accounts.open) > MOST_ACCOUNTS:
        return _refused(call, "too_many", most=MOST_ACCOUNTS, example="/account close NAME")
    if chosen.id is not None:
        await trading_accounts.set_closed(call.connection, call.owner, chosen.id, closed=False)
    return _changed(call, replace(chosen, closed=False), "reopened")


async def _set_size(call: Call, chosen: Account, value: str) -> Turn:
    """All days of the account are computed anew: its first balance is its size."""
    size = _size(value)
    if size is None:
        return _refused(call, "size", example=f"/account {chosen.name} size 50000")
    await trading_accounts.change(call.connection, call.owner, chosen.id, "account_size", size)
    await trading_accounts.recompute(call.connection, call.owner, chosen.id)
    await look_again_at_unclear(call, chosen.id)
    return _changed(call, replace(chosen, limits=replace(chosen.limits, account_size=size)), "size")


async def _set_phase(call: Call, chosen: Account, value: str) -> Turn:
    phase = PHASES.get(value.lower())
    if phase is None:
        return _refused(call, "phase", example=f"/account {chosen.name} phase funded")
    await trading_accounts.change(call.connection, call.owner, chosen.id, "challenge_phase", phase)
    await look_again_at_unclear(call, chosen.id)
    return _changed(call, replace(chosen, phase=phase), "phase")


async def _set_firm(call: Call, chosen: Account, value: str) -> Turn:
    firm = " ".join(value.split())
    if not firm or len(firm) > LONGEST_FIRM:
        return _refused(call, "firm", example=f"/account {chosen.name} firm Apex")
    await trading_accounts.change(call.connection, call.owner, chosen.id, "firm", firm)
    return _changed(call, replace(chosen, firm=firm), "firm")


async def _set_currency(call: Call, chosen: Account, value: str) -> Turn:
    currency = value.upper()
    if currency not in CURRENCIES:
        return _refused(call, "currency", example=f"/account {chosen.name} currency EUR")
    await trading_accounts.change(call.connection, call.owner, chosen.id, "currency", currency)
    await look_again_at_unclear(call, chosen.id)
    return _changed(call, replace(chosen, currency=currency), "currency")


async def _set_start(call: Call, chosen: Account, value: str) -> Turn:
    """From the next trade on; what is recorded keeps its day."""
    start = day_start_said(value, chosen.day_start)
    if isinstance(start, str):
        return _refused(call, start, example=f"/account {chosen.name} start 18:00 New York")
    await trading_accounts.set_day_start(call.connection, call.owner, chosen.id, start.zone.key, start.hour)
    return _changed(call, replace(chosen, day_start=start), "start")


def day_start_said(text: str, now: DayStart) -> DayStart | str:
    """ "18:00 New York", "5pm chicago", "midnight"; without a zone it stays where it is. Else what is wrong with it."""
    said = text.strip()
    word, _, rest = said.partition(" ")
    if word.lower() in _NAMED_HOURS:
        hour, zone = _NAMED_HOURS[word.lower()], rest
    else:
        found = _HOUR.match(said)
        if found is None:
            return "start"
        if found["minute"] not in (None, "00"):
            return "full_hour"
        hour, zone = _hour(int(found["hour"]), found["half"]), said[found.end() :]
    if not 0 <= hour < 24:
        return "start"
    place = zone_said(zone.strip(" ,()")) if zone.strip() else now.zone
    return DayStart(place, hour) if place is not None else "zone"


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    return -1 if not 1 <= hour <= 12 else hour % 12 + (12 if half.lower() == "pm" else 0)


async def _reset(call: Call, chosen: Account, _: str) -> Turn:
    """A new challenge: from now on the balance is the account's size again, and so is the high."""
    size = chosen.limits.account_size
    if size is None:
        return _refused(call, "no_size", example=f"/account {chosen.name} size 50000")
    day = trading_day(call.now, chosen.day_start)
    amount = Decimal(size)
    await days.tell_balance(call.connection, call.owner, chosen.id, day, "reset", amount, amount)
    return _changed(call, chosen, "reset")


CHANGES: Final[Mapping[str, Change]] = MappingProxyType(
    {
        "use": _use,
        "close": _close,
        "delete": _close,
        "remove": _close,
        "reopen": _reopen,
        "size": _set_size,
        "phase": _set_phase,
        "firm": _set_firm,
        "currency": _set_currency,
        "start": _set_start,
        "reset": _reset,
    }
)
