"""The words rules are made of, as data: what a phrase means in a rule, whatever rule it is.

A phrase is lower case, phrases are separated by "|"; at any place the longest phrase counts. A new wording is a new
phrase here or a new template in the modules of sentences; a word that is in neither makes a rule the judge's.
"""

from typing import Final

from bot.rules.action_words import ACTIONS
from bot.rules.outcome_words import OUTCOMES
from bot.rules.valued_words import VALUED

PHRASES: Final[dict[str, str]] = {**ACTIONS, **OUTCOMES}

__all__ = ["PHRASES", "VALUED"]
