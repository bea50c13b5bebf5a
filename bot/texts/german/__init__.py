"""The German texts, by theme, as bot/texts/english has them."""

from types import MappingProxyType
from typing import Final

from bot.texts.german.accounts import ACCOUNTS
from bot.texts.german.asking import ASKING
from bot.texts.german.charts import CHARTS
from bot.texts.german.commands import COMMANDS
from bot.texts.german.editing import EDITING
from bot.texts.german.evidence import EVIDENCE
from bot.texts.german.firms import FIRMS
from bot.texts.german.importing import IMPORTING
from bot.texts.german.journal import JOURNAL
from bot.texts.german.marks import MARKS
from bot.texts.german.reminding import REMINDING
from bot.texts.german.rules import RULES
from bot.texts.german.settings import SETTINGS
from bot.texts.german.talk import TALK
from bot.texts.german.trades import TRADES
from bot.texts.german.voice import VOICE
from bot.texts.german.web import WEB

THEMES: Final = (
    TRADES,
    MARKS,
    JOURNAL,
    EDITING,
    ASKING,
    CHARTS,
    IMPORTING,
    VOICE,
    ACCOUNTS,
    FIRMS,
    REMINDING,
    RULES,
    EVIDENCE,
    WEB,
    SETTINGS,
    TALK,
    COMMANDS,
)
GERMAN: Final = MappingProxyType({key: text for theme in THEMES for key, text in theme.items()})
