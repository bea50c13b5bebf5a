"""The table of commands: one row each, for every platform. Later features add rows.

A handler runs inside the turn's transaction. It gives the Turn that the conversation takes, and may write through
`db` on the connection it is handed.
"""

import re

from bot import linking
from bot.commands import (
    accounts,
    announcements,
    asking,
    balances,
    binding,
    charts,
    importing,
    journaling,
    judging,
    limits,
    overriding,
    own_data,
    publishing,
    resting,
    rules,
    trying,
)
from bot.commands.call import Call, CommandRow, Handler
from bot.key_shapes import HIDDEN_KEY
from bot.texts.buttons import Command, parse_button
from bot.texts.catalogue import LANGUAGES, catalogue
from statemachine.conversation import Turn
from statemachine.message import Message

__all__ = ["COMMANDS", "Call", "CommandRow", "Handler", "descriptions", "find_command", "menu"]

WORD = re.compile(r"/([a-z_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)

BARE_WORDS = frozenset({"undo", "redo", "help", "trades", "drafts", "plans", "rules", "limits"})
"""Commands that are understood without the slash. "cancel" and "skip" answer what waits, so reading decides on them."""


def find_command(message: Message, *, drafting: bool = False) -> Command | None:
    """The command a message is: a button, `/name argument`, a bare link code, a key, a broker's file, a bare word.

    Unknown names: help.

    `drafting`: a draft waits, so "undo" is said of it and is no command.
    """
    if message.button is not None:
        pressed = parse_button(message.button)
        return pressed if isinstance(pressed, Command) else None
    if HIDDEN_KEY in message.text:
        return Command("key")
    if linking.is_code(message.text):
        return Command("link", message.text.strip())
    if importing.is_table(message):
        return Command("import", message.text.strip().removeprefix("/import").strip())
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
        return await binding.stranger(call)
    say = await linking.check_code(call.connection, call.message, call.argument, call.settings)
    return Turn(call.conversation, (say,))


async def help_(call: Call) -> Turn:
    return call.says("help", commands=helped(call.view.locale))


COMMANDS: dict[str, CommandRow] = {
    "trades": CommandRow(journaling.list_trades),
    "today": CommandRow(asking.today, in_help=False),
    "yesterday": CommandRow(asking.yesterday, in_help=False),
    "week": CommandRow(asking.week, in_help=False),
    "month": CommandRow(asking.month, in_help=False),
    "stats": CommandRow(asking.stats),
    "figures_asked": CommandRow(asking.asked),
    "figures_pressed": CommandRow(asking.pressed),
    "drafts": CommandRow(journaling.drafts),
    "plans": CommandRow(journaling.plans),
    "chart": CommandRow(charts.chart, in_help=False),
    "chart_card": CommandRow(charts.card),
    "audit": CommandRow(judging.audit),
    "limits": CommandRow(limits.limits),
    "limits_firm": CommandRow(limits.take_preset),
    "limits_leave": CommandRow(limits.leave),
    "undo": CommandRow(journaling.undo),
    "redo": CommandRow(journaling.redo),
    "skip": CommandRow(journaling.skip, in_help=False),
    "cancel": CommandRow(journaling.cancel, in_help=False),
    "rules": CommandRow(rules.command),
    "override": CommandRow(overriding.command, in_help=False),
    "rule_pressed": CommandRow(rules.pressed),
    "verdict_pressed": CommandRow(overriding.pressed),
    "account": CommandRow(accounts.account),
    "balance": CommandRow(balances.balance),
    "payout": CommandRow(balances.payout, in_help=False),
    "deposit": CommandRow(balances.deposit, in_help=False),
    "rest": CommandRow(resting.rest),
    "export": CommandRow(own_data.export, in_help=False),
    "import": CommandRow(importing.import_, in_help=False),
    "import_pressed": CommandRow(importing.pressed),
    "delete_me": CommandRow(own_data.delete_me, in_help=False),
    "link": CommandRow(binding.link, strangers=True),
    "unlink": CommandRow(binding.unlink, in_help=False),
    "key": CommandRow(judging.key, strangers=True),
    "share": CommandRow(publishing.share, in_help=False),
    "share_pressed": CommandRow(publishing.share_pressed),
    "share_declined": CommandRow(publishing.share_declined),
    "unshare": CommandRow(publishing.unshare, in_help=False),
    "unshare_pressed": CommandRow(publishing.unshare_pressed),
    "announcements": CommandRow(announcements.announcements, in_help=False),
    "announcement_dismissed": CommandRow(announcements.dismiss),
    "try": CommandRow(trying.try_, strangers=True, in_help=False),
    "help": CommandRow(help_, in_help=False),
    "start": CommandRow(start, strangers=True),
    "stranger": CommandRow(binding.stranger, strangers=True),
    "link_confirm": CommandRow(binding.link, strangers=True),
    "link_decline": CommandRow(binding.link_decline, strangers=True),
}


def menu(locale: str | None = None) -> list[tuple[str, str]]:
    """Names and descriptions for the platforms' command menus."""
    texts = catalogue(locale)
    return [(name, texts[f"command.{name}"]) for name in COMMANDS if f"command.{name}" in texts]


def descriptions() -> dict[str, dict[str, str]]:
    """By language, what menus say of commands, and of the options ("trade.symbol") where a platform has such."""
    return {
        language: {
            key.partition(".")[2]: text for key, text in texts.items() if key.startswith(("command.", "option."))
        }
        for language, texts in LANGUAGES.items()
    }


def helped(locale: str | None) -> list[tuple[str, str]]:
    """Those that /help lists, on one screen of a phone."""
    return [(name, description) for name, description in menu(locale) if COMMANDS[name].in_help]
