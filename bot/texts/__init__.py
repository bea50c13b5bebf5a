"""Everything the trader reads: keys and facts become a Reply in the trader's language. The journal speaks only here."""

from bot.texts.render import render
from bot.texts.words import Figured, View

__all__ = ["Figured", "View", "render"]
