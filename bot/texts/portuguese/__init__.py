"""The Portuguese texts, by theme, as bot/texts/english has them."""

from types import MappingProxyType
from typing import Final

from bot.texts.portuguese.accounts import ACCOUNTS
from bot.texts.portuguese.asking import ASKING
from bot.texts.portuguese.charts import CHARTS
from bot.texts.portuguese.commands import COMMANDS
from bot.texts.portuguese.editing import EDITING
from bot.texts.portuguese.evidence import EVIDENCE
from bot.texts.portuguese.firms import FIRMS
from bot.texts.portuguese.importing import IMPORTING
from bot.texts.portuguese.journal import JOURNAL
from bot.texts.portuguese.marks import MARKS
from bot.texts.portuguese.reminding import REMINDING
from bot.texts.portuguese.rules import RULES
from bot.texts.portuguese.settings import SETTINGS
from bot.texts.portuguese.talk import TALK
from bot.texts.portuguese.trades import TRADES
from bot.texts.portuguese.voice import VOICE
from bot.texts.portuguese.web import WEB

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
PORTUGUESE: Final = MappingProxyType({key: text for theme in THEMES for key, text in theme.items()})
