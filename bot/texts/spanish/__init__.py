"""The Spanish texts, by theme, as bot/texts/english has them."""

from types import MappingProxyType
from typing import Final

from bot.texts.spanish.accounts import ACCOUNTS
from bot.texts.spanish.asking import ASKING
from bot.texts.spanish.charts import CHARTS
from bot.texts.spanish.commands import COMMANDS
from bot.texts.spanish.editing import EDITING
from bot.texts.spanish.evidence import EVIDENCE
from bot.texts.spanish.firms import FIRMS
from bot.texts.spanish.importing import IMPORTING
from bot.texts.spanish.journal import JOURNAL
from bot.texts.spanish.marks import MARKS
from bot.texts.spanish.reminding import REMINDING
from bot.texts.spanish.rules import RULES
from bot.texts.spanish.settings import SETTINGS
from bot.texts.spanish.talk import TALK
from bot.texts.spanish.trades import TRADES
from bot.texts.spanish.voice import VOICE
from bot.texts.spanish.web import WEB

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
SPANISH: Final = MappingProxyType({key: text for theme in THEMES for key, text in theme.items()})
