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
    editing,
    importing,
    journaling,
    judging,
    limits,
    marking,
    onboarding,
    overriding,
    own_data,
    pausing,
    publishing,
    resting,
    rules,
    settings,
    trying,
)
from bot.commands.call import Call, CommandRow, Handler
from bot.key_shapes import HIDDEN_KEY
from bot.reading.changing import asked_in
from bot.texts.buttons import Command
from bot.texts.catalogue import LANGUAGES, catalogue
from bot.texts.helping import THEMES, Theme
from bot.texts.pressed import parse_button
from statemachine.conversation import Turn
from statemachine.message import Message

__all__ = ["COMMANDS", "Call", "CommandRow", "Handler", "descriptions", "find_command", "menu"]

WORD = re.compile(r"/([a-z_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)

BARE_WORDS = frozenset({"undo", "redo", "help", "trades", "drafts", "plans", "rules", "limits", "settings"})
"""Commands that are understood without the slash. "cancel" and "skip" answer what waits, so reading decides on them."""

SPOKEN_WORDS = BARE_WORDS - {"undo", "redo"}
"""Those that a voice note may say: they show, and change nothing."""


def _bare(text: str) -> str:
    return text.strip().rstrip(".!").lower()


def find_command(message: Message, *, drafting: bool = False) -> Command | None:
    """The command a message is: a button, `/name argument`, a bare link code, a key, a broker's file, a place, a bare
    word.

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
    if message.place is not None and not message.text.strip():
        return Command("settings")
    if importing.is_table(message):
        return Command("import", message.text.strip().removeprefix("/import").strip())
    found = WORD.fullmatch(message.text.strip())
    if message.edits is not None:
        return None
    if found is None:
        word = _bare(message.text)
        if word in BARE_WORDS:
            return None if drafting and word == "undo" else Command(word)
        asked = None if drafting else asked_in(message.text, pictured=bool(message.attachments))
        return Command(*asked) if asked is not None else None
    name = found[1].lower()
    return Command(name, (found[2] or "").strip()) if name in COMMANDS else Command("help")


async def start(call: Call) -> Turn:
    """/start, with a code when it comes from a deep link: whose link it was is asked before anything is bound."""
    if call.user_id is not None:
        return await help_(call) if not call.argument else call.says("link_taken_chat")
    if linking.code_in(call.argument) is None:
        return await binding.stranger(call)
    say = await linking.check_code(call.connection, call.message, call.argument, call.settings)
    return Turn(call.conversation, (say,))


async def help_(call: Call) -> Turn:
    """/help: how to begin, and the pages; /help trades, or of one of its commands: that page."""
    said = call.argument.lower().removeprefix("/")
    named = COMMANDS[said].theme if said in COMMANDS else None
    theme = named or next((theme for theme in THEMES if theme.removesuffix("s") == said.removesuffix("s")), None)
    return (
        call.says("help")
        if theme is None
        else call.says("help_page", theme=theme, commands=page(theme, call.view.locale))
    )


COMMANDS: dict[str, CommandRow] = {
    "trades": CommandRow(journaling.list_trades, "trades"),
    "today": CommandRow(asking.today, "figures"),
    "yesterday": CommandRow(asking.yesterday, "figures"),
    "week": CommandRow(asking.week, "figures"),
    "month": CommandRow(asking.month, "figures"),
    "stats": CommandRow(asking.stats, "figures"),
    "figures_asked": CommandRow(asking.asked),
    "figures_chosen": CommandRow(asking.chosen),
    "figures_pressed": CommandRow(asking.pressed),
    "drafts": CommandRow(journaling.drafts, "trades"),
    "plans": CommandRow(journaling.plans, "trades"),
    "edit": CommandRow(editing.edit, "trades"),
    "delete": CommandRow(editing.delete, "trades"),
    "add": CommandRow(editing.add, "trades"),
    "exit": CommandRow(editing.exit_, "trades"),
    "photo": CommandRow(editing.photo, "trades"),
    "trade_pressed": CommandRow(editing.pressed),
    "tag": CommandRow(marking.tag, "notes"),
    "note": CommandRow(marking.note, "notes"),
    "setup": CommandRow(marking.setup, "notes"),
    "mood": CommandRow(marking.mood, "notes"),
    "mistake": CommandRow(marking.mistake, "notes"),
    "marked": CommandRow(marking.marked),
    "mark_pressed": CommandRow(marking.pressed),
    "chart": CommandRow(charts.chart, "charts"),
    "chart_card": CommandRow(charts.card),
    "audit": CommandRow(judging.audit, "rules"),
    "limits": CommandRow(limits.limits, "accounts"),
    "limits_firm": CommandRow(limits.take_preset),
    "limits_leave": CommandRow(limits.leave),
    "undo": CommandRow(journaling.undo, "trades"),
    "redo": CommandRow(journaling.redo),
    "skip": CommandRow(journaling.skip, "trades"),
    "cancel": CommandRow(journaling.cancel, "trades"),
    "rules": CommandRow(rules.command, "rules"),
    "override": CommandRow(overriding.command, "rules"),
    "rule_pressed": CommandRow(rules.pressed),
    "verdict_pressed": CommandRow(overriding.pressed),
    "account": CommandRow(accounts.account, "accounts"),
    "balance": CommandRow(balances.balance, "accounts"),
    "payout": CommandRow(balances.payout, "accounts"),
    "deposit": CommandRow(balances.deposit, "accounts"),
    "pause": CommandRow(pausing.pause, "settings"),
    "resume": CommandRow(pausing.resume),
    "rest": CommandRow(resting.rest, "accounts"),
    "export": CommandRow(own_data.export, "data"),
    "import": CommandRow(importing.import_, "data"),
    "import_pressed": CommandRow(importing.pressed),
    "delete_me": CommandRow(own_data.delete_me, "data"),
    "link": CommandRow(binding.link, "settings", strangers=True),
    "unlink": CommandRow(binding.unlink, "settings"),
    "key": CommandRow(judging.key, strangers=True),
    "share": CommandRow(publishing.share, "data"),
    "share_pressed": CommandRow(publishing.share_pressed),
    "share_declined": CommandRow(publishing.share_declined),
    "unshare": CommandRow(publishing.unshare, "data"),
    "unshare_pressed": CommandRow(publishing.unshare_pressed),
    "settings": CommandRow(settings.settings, "settings"),
    "question_left": CommandRow(onboarding.leave),
    "announcements": CommandRow(announcements.announcements, "settings"),
    "announcement_dismissed": CommandRow(announcements.dismiss),
    "try": CommandRow(trying.try_, "data", strangers=True),
    "help": CommandRow(help_, "settings"),
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


def page(theme: Theme, locale: str | None = None) -> list[tuple[str, str]]:
    """Those that a page of /help lists, on one screen of a phone."""
    return [(name, description) for name, description in menu(locale) if COMMANDS[name].theme == theme]
