"""What /help says: a front page, and a page for each theme; each fits one screen of a phone."""

from collections.abc import Iterable
from typing import Final, Literal, get_args

from bot.texts import buttons
from bot.texts.layout import rows_of
from bot.texts.words import Words, quoted
from statemachine.message import Reply

Theme = Literal["trades", "notes", "figures", "charts", "rules", "accounts", "settings", "data"]
THEMES: Final[tuple[Theme, ...]] = get_args(Theme)
"""The pages, in order."""
LONGEST_COMMAND: Final = 60


def front(words: Words) -> Reply:
    """How to begin, and the pages."""
    lines = [words("help", example=words("example.report")), ""]
    lines += [words("help.line", theme=theme, about=words(f"help.about.{theme}")) for theme in THEMES]
    pages = [words.button(f"help.{theme}", buttons.help_page(theme)) for theme in THEMES]
    return Reply(title=words("help.title"), text="\n".join(lines), buttons=rows_of(pages, 4))


def page(words: Words, theme: Theme, commands: Iterable[tuple[str, str]]) -> Reply:
    lines = [words(f"help.page.{theme}"), ""]
    lines += [
        words("help.command", name=name, description=quoted(description, LONGEST_COMMAND))
        for name, description in commands
    ]
    return Reply(title=words(f"button.help.{theme}"), text="\n".join(lines))
