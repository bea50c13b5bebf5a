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
from statemachine.conversation import Turn
from statemachine.message import Message

__all__ = ["COMMANDS", "Call", "CommandRow", "Handler", "find_command", "menu"]

WORD = re.compile(r"/([a-z_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)

BARE_WORDS = frozenset({"undo", "redo", "help", "trades", "drafts", "plans", "rules", "limits"})
"""Commands that are understood without the slash. "cancel" and "skip" answer what waits, so reading decides on them."""

SPOKEN_WORDS = BARE_WORDS - {"undo", "redo"}
"""Those that a voice note may say: they show, and change nothing."""


def _bare(text: str) -> str:
    return text.strip().rstrip(".!").lower()


def find_command(message: Message, *, drafting: bool = False) -> Command | None:
    """The command a message is: a button, `/name argument`, a bare link code, a key, a broker's file, a bare word.

    Unknown names: help.

    `drafting`: a draft waits, so "undo" is said of it and is no command.
    """
    if message.button is not None:
        pressed = parse_button(message.button)
        return pressed if isinstance(pressed, Command) else None
    if message.spoken:
        word = _bare(message.text)
        return Command(word) if word in SPOKEN_WORDS else None
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
        word = _bare(message.text)
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
    return call.says("help", commands=helped())


COMMANDS: dict[str, CommandRow] = {
    "trades": CommandRow(journaling.list_trades, "Your latest trades"),
    "today": CommandRow(asking.today, "Your figures today", in_help=False),
    "yesterday": CommandRow(asking.yesterday, "Your figures yesterday", in_help=False),
    "week": CommandRow(asking.week, "Your figures this week", in_help=False),
    "month": CommandRow(asking.month, "Your figures this month", in_help=False),
    "stats": CommandRow(asking.stats, "Your figures, also /today /week /month"),
    "figures_asked": CommandRow(asking.asked),
    "figures_chosen": CommandRow(asking.chosen),
    "figures_pressed": CommandRow(asking.pressed),
    "drafts": CommandRow(journaling.drafts, "What waits for your yes"),
    "plans": CommandRow(journaling.plans, "What you plan, until it fills"),
    "chart": CommandRow(charts.chart, "Your trading as pictures: /chart days", in_help=False),
    "chart_card": CommandRow(charts.card),
    "audit": CommandRow(judging.audit, "Judge a trade again: /audit 2"),
    "limits": CommandRow(limits.limits, "Your limits: used and left"),
    "limits_firm": CommandRow(limits.take_preset),
    "limits_leave": CommandRow(limits.leave),
    "undo": CommandRow(journaling.undo, "Take the last change back"),
    "redo": CommandRow(journaling.redo),
    "skip": CommandRow(journaling.skip, "Go on without a chart", in_help=False),
    "cancel": CommandRow(journaling.cancel, "Drop what is pending", in_help=False),
    "rules": CommandRow(rules.command, "Your rules: list, add, edit, pause"),
    "override": CommandRow(overriding.command, "Disagree with a verdict", in_help=False),
    "rule_pressed": CommandRow(rules.pressed),
    "verdict_pressed": CommandRow(overriding.pressed),
    "account": CommandRow(accounts.account, "Your accounts: /account add apex2 50000"),
    "balance": CommandRow(balances.balance, "The balance, or what it is: /balance 51240"),
    "payout": CommandRow(balances.payout, "Money taken out: /payout 2000", in_help=False),
    "deposit": CommandRow(balances.deposit, "Money put in: /deposit 500", in_help=False),
    "rest": CommandRow(resting.rest, "A day off that keeps your streak"),
    "export": CommandRow(own_data.export, "Your data as a file: /export last month", in_help=False),
    "import": CommandRow(importing.import_, "Trades from your broker's file", in_help=False),
    "import_pressed": CommandRow(importing.pressed),
    "delete_me": CommandRow(own_data.delete_me, "Delete your journal", in_help=False),
    "link": CommandRow(binding.link, "Link this chat: /link VGL-XXXX; end it: /unlink", strangers=True),
    "unlink": CommandRow(binding.unlink, "Unlink this chat, or another platform", in_help=False),
    "key": CommandRow(judging.key, strangers=True),
    "share": CommandRow(publishing.share, "Show a trade to the world", in_help=False),
    "share_pressed": CommandRow(publishing.share_pressed),
    "share_declined": CommandRow(publishing.share_declined),
    "unshare": CommandRow(publishing.unshare, "Take back what you have shared", in_help=False),
    "unshare_pressed": CommandRow(publishing.unshare_pressed),
    "announcements": CommandRow(announcements.announcements, "News in this chat: on or off", in_help=False),
    "announcement_dismissed": CommandRow(announcements.dismiss),
    "try": CommandRow(trying.try_, "One free audit, without a journal", strangers=True, in_help=False),
    "help": CommandRow(help_, "What you can write", in_help=False),
    "start": CommandRow(start, strangers=True),
    "stranger": CommandRow(binding.stranger, strangers=True),
    "link_confirm": CommandRow(binding.link, strangers=True),
    "link_decline": CommandRow(binding.link_decline, strangers=True),
}


def menu() -> list[tuple[str, str]]:
    """Names and descriptions for the platforms' command menus."""
    return [(name, row.description) for name, row in COMMANDS.items() if row.description]


def helped() -> list[tuple[str, str]]:
    """Those that /help lists, on one screen of a phone."""
    return [(name, row.description) for name, row in COMMANDS.items() if row.description and row.in_help]
