"""A message that trails off, "ok so…": more is to come, so nothing of it is a yes yet."""

from bot.reading.answer_words import table
from bot.reading.spelling import last_phrase, plain_words
from bot.reading.tokens import Token

_TRAILING = table("trailing")
_FEWEST_DOTS = 2
"""Full stops in a row that are an ellipsis."""


def trails_off(said: list[Token]) -> bool:
    """Ends in an ellipsis or in a word that joins what is not there; emoji behind it aside."""
    ending = [token for token in said if token.kind != "break"]
    if [token.word for token in ending[-_FEWEST_DOTS:]] == ["."] * _FEWEST_DOTS:
        return True
    words = tuple(word for word in plain_words(ending) if word[0].isalnum())
    return (len(words) > 1 and words in _TRAILING) or last_phrase(words) in _TRAILING
