"""The English texts, by theme. Keys and placeholders are the same in every language; values are str.format templates.

`key.one` and `key.other` are chosen by {count}. Names of trades, prices and money come in ready to be shown.
"""

from types import MappingProxyType
from typing import Final

from bot.texts.english.accounts import ACCOUNTS
from bot.texts.english.asking import ASKING
from bot.texts.english.charts import CHARTS
from bot.texts.english.commands import COMMANDS
from bot.texts.english.editing import EDITING
from bot.texts.english.evidence import EVIDENCE
from bot.texts.english.firms import FIRMS
from bot.texts.english.importing import IMPORTING
from bot.texts.english.journal import JOURNAL
from bot.texts.english.marks import MARKS
from bot.texts.english.reminding import REMINDING
from bot.texts.english.rules import RULES
from bot.texts.english.settings import SETTINGS
from bot.texts.english.talk import TALK
from bot.texts.english.trades import TRADES
from bot.texts.english.voice import VOICE
from bot.texts.english.web import WEB

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
ENGLISH: Final = MappingProxyType({key: text for theme in THEMES for key, text in theme.items()})
