"""Replies that answer no message: rendered for the chat's trader, put into the outbox in the caller's transaction."""

from datetime import UTC, datetime
from uuid import UUID

from bot.accounts import Account
from bot.stored import dump_reply
from bot.texts import View, render
from db import outbox
from db.jsonb import read_json
from db.pool import Connection
from statemachine.conversation import Say
from statemachine.message import Chat


async def reply_to_chat(
    connection: Connection,
    chat: Chat,
    user_id: UUID,
    say: Say,
    *,
    currency: str | None = None,
    handle: str | None = None,
    once_a_day: bool = False,
    to_nobody: bool = False,
) -> int:
    """Say something about a profile's journal in one of its chats; delivered only while the chat is bound to it.

    Gives the reply's number in the outbox, 0 where it is not said.

    `currency`: of the account it is about; unsaid, the default account's.
    `handle`: of the message it answers; unsaid, of the chat's latest.
    `to_nobody`: the profile's no more, so it is delivered while the chat is nobody's or anybody's.
    `once_a_day`: not where the same was said within the last 24 hours.
    """
    locale, preferences = await outbox.listener(connection, chat, user_id)
    payload = dump_reply(render(say, view_of(locale, preferences, currency)))
    if once_a_day and await outbox.said_today(connection, chat, user_id, payload):
        return 0
    return await outbox.add_reply(connection, chat, None if to_nobody else user_id, payload, say.about, handle)


async def apologise(connection: Connection, chat: Chat) -> None:
    """For a message of which only the bare fact is stored: whoever wrote it hears that nothing came of it."""
    payload = dump_reply(render(Say("apology"), view_of(*await outbox.reader(connection, chat))))
    await outbox.add_reply(connection, chat, None, payload)


def view_of(locale: str | None, preferences: str | None, currency: str | None = None) -> View:
    """For whoever reads a chat, by what `outbox.listener` tells of them; `currency` as for reply_to_chat."""
    account = Account.of({"preferences": read_json(preferences)})
    return View(
        locale=account.locale(locale), zone=account.zone, currency=currency or account.currency, now=datetime.now(UTC)
    )
