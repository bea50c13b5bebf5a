"""Binding a chat to a profile by a code `VGL-XXXX`, and undoing it.

A typed code binds at once and names the account; a deep link, which may be an attacker's own, asks first. Every
answer to a wrong, used or expired code is the same, and wrong tries are counted per chat and per platform.
"""

import re
import secrets

from bot.settings import Settings
from db import deletions, links, outbox
from db.pool import Connection
from statemachine.conversation import Say
from statemachine.message import Message

CODE = re.compile(r"VGL-[A-Z0-9]{4}", re.IGNORECASE)
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not mistaken for one another, for the codes made here."""


def new_code() -> str:
    return "VGL-" + "".join(secrets.choice(ALPHABET) for _ in range(4))


def code_in(text: str) -> str | None:
    """The code that a text is or begins with, upper case."""
    found = CODE.match(text.strip())
    return found[0].upper() if found else None


def is_code(text: str) -> bool:
    return CODE.fullmatch(text.strip()) is not None


def mask_codes(text: str) -> str:
    """For previews and logs: a code is a key for ten minutes."""
    return CODE.sub("VGL-****", text)


def masked(email: str) -> str:
    """`jane@example.com` as `j***@example.com`."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***{at}{domain}"


async def check_code(connection: Connection, message: Message, argument: str, settings: Settings) -> Say:
    """A deep link: show whose profile the code is for, and ask. Nothing is consumed."""
    found = await _live_code(connection, message, argument, settings)
    if isinstance(found, Say):
        return found
    return Say("link_check", {"code": found.code, "email_masked": masked(found.email)})


async def link(connection: Connection, message: Message, argument: str, settings: Settings) -> Say:
    """A typed code: bind this chat, or say why not. A code that cannot be used now is kept."""
    found = await _live_code(connection, message, argument, settings)
    if isinstance(found, Say):
        return found
    if found.bound_to is not None:
        return Say("link_taken_profile", {"email_masked": masked(found.email)})
    if await deletions.chats_of(connection, found.user_id) is not None:
        return Say("link_deleting")
    if await links.use_code(connection, found.code, message.platform) is None:
        return await _wrong(connection, message)
    await links.bind(connection, found.user_id, message.chat)
    return Say("linked", {"email_masked": masked(found.email), "user_id": found.user_id})


async def _live_code(
    connection: Connection, message: Message, argument: str, settings: Settings
) -> links.LiveCode | Say:
    """The code that a text begins with; else what to say: it does not work, or was tried too often here."""
    code = code_in(argument)
    if code is None:
        return await _wrong(connection, message)
    of_chat, of_platform = await links.wrong_tries(connection, message.chat)
    if of_chat >= settings.link_tries_per_chat:
        return Say("link_throttled")
    found = await links.find_code(connection, code, message.platform)
    if of_platform >= settings.link_tries_per_platform:
        # Somebody is guessing: the code alone is not enough now, the account's address must come with it. That is said
        # of every code, so that nobody learns which ones exist.
        said = [word.lower() for word in argument.split()[1:]]
        if not said:
            await links.note_wrong_try(connection, message.chat)
            return Say("link_needs_email", {"code": code})
        if found is not None and found.email.lower() not in said:
            found = None
    return found or await _wrong(connection, message)


async def _wrong(connection: Connection, message: Message) -> Say:
    await links.note_wrong_try(connection, message.chat)
    return Say("link_invalid")


async def announce(connection: Connection, message: Message, user_id: object, payload: dict[str, object]) -> None:
    """Tell the profile's other chats that this one was linked."""
    for chat in await links.other_chats(connection, user_id, message.platform):  # type: ignore[arg-type]
        await outbox.add_reply(connection, chat, user_id, payload)  # type: ignore[arg-type]
