"""`vigil user show`: one trader for the operator who helps them. No secrets, and nothing of what anybody wrote."""

import click

from bot.database import connected
from bot.operating import trader
from bot.printed import plain, when
from bot.settings import Settings
from db import users
from db.links import BINDING


async def show_user(settings: Settings, email: str) -> None:
    """Print plan, bindings, chats, what waits and what failed. Raises OperatorError."""
    async with connected(settings) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        user_id = await trader(connection, email)
        user = await users.user(connection, user_id)
        chats = await users.chats(connection, user_id)
        replies = await users.replies(connection, user_id)
        failed = await users.failed(connection, user_id)
        kept = await users.kept(connection, user_id)
    click.echo(f"{plain(user.email)}  {user_id}")
    _line("joined", when(user.created_at))
    _line("plan", _plan(user))
    _line("audits", _audits(user))
    _line("linked", _linked(user))
    for chat in chats:
        _line("chat", _chat(chat))
    _line("waiting", f"{_count(sum(chat.waiting for chat in chats), 'message')}, {_replies(replies)}")
    _line("failed", ", ".join(f"m{number}" for number in failed) + " (vigil jobs)" if failed else "nothing")
    _line("journal", _kept(kept))


def _line(name: str, said: str) -> None:
    click.echo(f"  {name:8} {said}")


def _plan(user: users.User) -> str:
    plan = f" ({plain(user.plan)})" if user.plan else ""
    until = f" until {when(user.period_end)}" if user.period_end else ""
    return f"{user.status or 'none'}{plan}{until}"


def _audits(user: users.User) -> str:
    if user.own_key:
        return f"on an own key ({user.own_key})"
    return "unlimited" if user.unlimited else f"{user.free_audits} free left"


def _linked(user: users.User) -> str:
    bound = {platform: getattr(user, column) for platform, column in BINDING.items()}
    return ", ".join(f"{platform} {plain(to)}" for platform, to in bound.items() if to) or "nowhere (vigil link-code)"


def _chat(chat: users.UserChat) -> str:
    said = f"last message {when(chat.last_inbound_at)}" if chat.last_inbound_at else "nothing written yet"
    blocked = f", blocked the bot {when(chat.blocked_at)}" if chat.blocked_at else ""
    waiting = f", {chat.waiting} waiting" if chat.waiting else ""
    return f"{chat.platform} {plain(chat.account)} {plain(chat.chat_id)}: {chat.state}, {said}{blocked}{waiting}"


def _replies(replies: users.Replies) -> str:
    held = f", {replies.held} until they write" if replies.held else ""
    refused = f", {replies.refused} refused by the platform" if replies.refused else ""
    return f"{_count(replies.pending, 'reply', 'replies')}{held}{refused}"


def _kept(kept: users.Kept) -> str:
    if kept.latest is None:
        return "no trades"
    latest = f"{_count(kept.trades, 'trade')}, the latest recorded {when(kept.latest)}"
    return f"{latest}; {kept.open} open, {kept.unaudited} without an audit"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
