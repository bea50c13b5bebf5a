"""What a command names: an account, else the one in use is meant; or the id that its button carries."""

import re
from uuid import UUID

from bot.accounts import Account
from bot.commands.call import Call
from bot.reading.account_names import NAME, may_be_account, without_accounts


def account_in(call: Call) -> tuple[Account | None, str, str]:
    """The account, the rest of the argument, and the name where it is none of the trader's (then there is no account).

    "@apex2 51240", "51240 @apex2" and "apex2 51240" are the same.
    """
    names = tuple(account.name for account in call.accounts.all)
    text, named = without_accounts(call.argument, names)
    if named:
        return call.accounts.find(named[-1]), text.strip(), named[-1]
    first, _, rest = call.argument.strip().partition(" ")
    if first.lower() in names:
        return call.accounts.find(first.lower()), rest.strip(), first.lower()
    return call.accounts.current, call.argument.strip(), ""


def id_in(text: str) -> UUID | None:
    """The id of a button's command, which anybody can type, too."""
    return UUID(text) if re.fullmatch(r"[0-9a-f]{32}", text) else None


def looks_like_a_name(word: str) -> bool:
    return NAME.fullmatch(word.lower()) is not None and may_be_account(word.lower())
