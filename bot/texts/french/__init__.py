"""The French texts, by theme, as bot/texts/english has them. Its marks stand behind a space that no line ends at."""

import re
from types import MappingProxyType
from typing import Final

from bot.texts.french.accounts import ACCOUNTS
from bot.texts.french.asking import ASKING
from bot.texts.french.charts import CHARTS
from bot.texts.french.commands import COMMANDS
from bot.texts.french.editing import EDITING
from bot.texts.french.evidence import EVIDENCE
from bot.texts.french.firms import FIRMS
from bot.texts.french.importing import IMPORTING
from bot.texts.french.journal import JOURNAL
from bot.texts.french.marks import MARKS
from bot.texts.french.reminding import REMINDING
from bot.texts.french.rules import RULES
from bot.texts.french.settings import SETTINGS
from bot.texts.french.talk import TALK
from bot.texts.french.trades import TRADES
from bot.texts.french.voice import VOICE
from bot.texts.french.web import WEB

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
SPACED: Final = re.compile(r" (?=[:;!?»])|(?<=«) ")
"""Where French typography has a space; in the files it is a plain one."""

FRENCH: Final = MappingProxyType(
    {key: SPACED.sub("\N{NO-BREAK SPACE}", text) for theme in THEMES for key, text in theme.items()}
)
