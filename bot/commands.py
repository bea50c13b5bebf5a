"""The table of commands: one row each, for every platform. Later features add rows.

A handler runs inside the turn's transaction. It gives the Turn that the conversation takes, and may write through
`db` on the connection it is handed.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot import linking
from bot.job_payloads import job_of
from bot.journal import Account
from bot.receipts import day_of_change, fields_of
from bot.settings import Settings
from bot.stored import dump_reply
from bot.texts import View, render
from bot.texts.buttons import NO_DRAFT, Command, parse_button
from db import conversations, inbox, links, trades, turns
from db.pool import Connection
from statemachine.conversation import Conversation, RequestAudit, Say, Scene, Turn
from statemachine.events import Cancelled, Confirmed, Skipped, Vanished
from statemachine.machine import step
from statemachine.message import PLATFORMS, Message

WORD = re.compile(r"/([a-z_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)

BARE_WORDS = frozenset({"undo", "redo", "help", "trades", "drafts"})
"""Commands that are understood without the slash. "cancel" and "skip" answer what waits, so reading decides on them."""


@dataclass(slots=True)
class Call:
    """A command in its turn. A handler that links or unlinks the chat changes `user_id`."""

    connection: Connection
    message: Message
    user_id: UUID | None
    argument: str
    settings: Settings
    account: Account
    conversation: Conversation
    scene: Scene
    now: datetime
    view: View

    def says(self, key: str, **data: Any) -> Turn:
        """An answer that leaves the conversation as it is."""
        return Turn(self.conversation, (Say(key, data),))

    @property
    def owner(self) -> UUID:
        """The profile; handlers of commands that strangers may not give can rely on it."""
        assert self.user_id is not None  # noqa: S101 - `strangers` is False for those commands
        return self.user_id


Handler = Callable[[Call], Awaitable[Turn]]


@dataclass(frozen=True, slots=True)
class CommandRow:
    """`description` is shown in menus and /help; hidden where there is none. `strangers`: works in unlinked chats."""

    handler: Handler
    description: str | None = None
    strangers: bool = False


def find_command(message: Message, *, drafting: bool = False) -> Command | None:
    """The command a message is: a button, `/name argument`, a bare link code or a bare word. Unknown names: help.

    `drafting`: a draft waits, so "undo" is said of it and is no command.
    """
    if message.button is not None:
        pressed = parse_button(message.button)
        return pressed if isinstance(pressed, Command) else None
    if linking.is_code(message.text):
        return Command("link", message.text.strip())
    found = WORD.fullmatch(message.text.strip())
    if message.edits is not None:
        return None
    if found is None:
        word = message.text.strip().rstrip(".!").lower()
        return Command(word) if word in BARE_WORDS and not (drafting and word == "undo") else None
    name = found[1].lower()
    return Command(name if name in COMMANDS else "help", (found[2] or "").strip())


async def start(call: Call) -> Turn:
    """/start, with a code when it comes from a deep link: whose link it was is asked before anything is bound."""
    if call.user_id is not None:
        return await help_(call) if not call.argument else call.says("link_taken_chat")
    if linking.code_in(call.argument) is None:
        return call.says("stranger")
    say = await linking.check_code(call.connection, call.message, call.argument, call.settings)
    return Turn(call.conversation, (say,))


async def stranger(call: Call) -> Turn:
    return call.says("stranger")


async def link(call: Call) -> Turn:
    """/link VGL-XXXX, a bare code, or the Link button of a deep link."""
    if call.user_id is not None:
        return call.says("link_taken_chat")
    say = await linking.link(call.connection, call.message, call.argument, call.settings)
    if say.key == "linked":
        call.user_id = say.data["user_id"]
        news = render(Say("link_new_elsewhere", {"platform": call.message.platform}), call.view)
        await linking.announce(call.connection, call.message, call.owner, dump_reply(news))
    return Turn(call.conversation, (say,))


async def link_decline(call: Call) -> Turn:
    return call.says("link_declined")


async def unlink(call: Call) -> Turn:
    """/unlink this chat, or /unlink PLATFORM for a phone that was lost."""
    named = call.argument.lower() or call.message.platform
    platform = next((platform for platform in PLATFORMS if platform == named), None)
    if platform is None:
        return call.says("unlink_nothing", platform=named[:20])
    here = platform == call.message.platform
    left = call.conversation if here else await conversations.conversation_of(call.connection, call.owner, platform)
    if not await links.unbind(call.connection, call.owner, platform):
        return call.says("unlink_nothing", platform=platform)
    audits = [RequestAudit(trade.trade_id) for trade in left.awaiting]  # no chart will come any more
    jobs = [job_of(audit, call.owner, call.message.chat, call.now) for audit in audits]
    await inbox.enqueue(call.connection, [job for job in jobs if job is not None])
    say = Say("unlinked", {"platform": platform})
    if not here:
        return Turn(call.conversation, (say,))
    call.user_id = None  # the answer speaks of no journal, and is delivered to a chat that is nobody's
    return Turn(Conversation(), (say,))


async def help_(call: Call) -> Turn:
    return call.says("help", commands=menu())


async def list_trades(call: Call) -> Turn:
    rows = await trades.latest_trades(call.connection, call.owner)
    return call.says("trades", trades=rows) if rows else call.says("no_trades")


async def drafts(call: Call) -> Turn:
    """What waits for its confirmation, and what was put away unconfirmed."""
    pending, shelf = call.conversation.drafts, call.conversation.shelf
    return call.says("drafts", pending=pending, shelf=shelf) if pending or shelf else call.says("no_drafts")


async def undo(call: Call) -> Turn:
    return await _turn_back(call, "undo")


async def redo(call: Call) -> Turn:
    return await _turn_back(call, "redo")


async def _turn_back(call: Call, kind: str) -> Turn:
    """Take a change back, or bring it again; its days are recomputed and a brought-back trade is judged anew.

    A button names its change, and is out of date once that is not the trade's latest; the command means the last one.
    """
    change = {"kind": kind, "id": call.argument if call.message.button is not None else None}
    applied = await turns.apply_changes(call.connection, call.owner, [change])
    if not applied["changes"]:
        return call.says(f"nothing_to_{kind}") if change["id"] is None else _stale(call)
    done = applied["changes"][0]
    trade_id, gone = UUID(done["trade_id"]), done["after"] is None
    told = {"kind": done["of"], "id": done["id"], "fields": fields_of(done["after"] or done["before"])}
    data = {"change": told, "trade_id": trade_id, **day_of_change(done, applied, call.account)}
    say = Say("undone" if kind == "undo" else "redone", data)
    if not gone:
        return Turn(call.conversation, (say,), (RequestAudit(trade_id),))
    after = step(call.conversation, Vanished(trade_id=trade_id), call.now, call.scene)
    return Turn(after.conversation, (say, *after.replies), after.effects)


def _stale(call: Call) -> Turn:
    return step(call.conversation, Confirmed(draft_id=NO_DRAFT, revision=0), call.now, call.scene)


async def cancel(call: Call) -> Turn:
    return step(call.conversation, Cancelled(), call.now, call.scene)


async def skip(call: Call) -> Turn:
    return step(call.conversation, Skipped(), call.now, call.scene)


COMMANDS: dict[str, CommandRow] = {
    "trades": CommandRow(list_trades, "Your latest trades"),
    "drafts": CommandRow(drafts, "What waits for your yes"),
    "undo": CommandRow(undo, "Take the last change back"),
    "redo": CommandRow(redo),
    "skip": CommandRow(skip, "Go on without a chart"),
    "cancel": CommandRow(cancel, "Drop what is pending"),
    "link": CommandRow(link, "Link this chat: /link VGL-XXXX", strangers=True),
    "unlink": CommandRow(unlink, "Unlink this chat, or another platform"),
    "help": CommandRow(help_, "What you can write"),
    "start": CommandRow(start, strangers=True),
    "stranger": CommandRow(stranger, strangers=True),
    "link_confirm": CommandRow(link, strangers=True),
    "link_decline": CommandRow(link_decline, strangers=True),
}


def menu() -> list[tuple[str, str]]:
    """Names and descriptions for /help and for the platforms' command menus."""
    return [(name, row.description) for name, row in COMMANDS.items() if row.description]
