"""The English texts, by theme. Keys and placeholders are the same in every language; values are str.format templates.

`key.one` and `key.other` are chosen by {count}. Names of trades, prices and money come in ready to be shown.
"""

from types import MappingProxyType
from typing import Final

from bot.texts.asking_english import ASKING
from bot.texts.english.accounts import ACCOUNTS
from bot.texts.english.journal import JOURNAL
from bot.texts.english.rules import RULES
from bot.texts.english.talk import TALK
from bot.texts.english.trades import TRADES
from bot.texts.english.web import WEB
from bot.texts.importing_english import IMPORTING

THEMES: Final = (TRADES, JOURNAL, ACCOUNTS, RULES, WEB, TALK, ASKING, IMPORTING)
ENGLISH: Final = MappingProxyType({key: text for theme in THEMES for key, text in theme.items()})
