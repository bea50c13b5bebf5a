"""A message that trails off, "ok so…": more is to come, so nothing of it is a yes yet."""

from bot.reading.answer_words import words_of
from bot.reading.spelling import last_phrase
from bot.reading.tokens import Token

_TRAILING = words_of("trailing")
_FEWEST_DOTS = 2
"""Full stops in a row that are an ellipsis."""


def trails_off(said: list[Token]) -> bool:
    """Ends in an ellipsis or in a word that joins what is not there; emoji behind it aside."""
    ending = [token for token in said if token.kind != "break"]
    if [token.word for token in ending[-_FEWEST_DOTS:]] == ["."] * _FEWEST_DOTS:
        return True
    phrase = last_phrase(ending)
    return len(phrase) == 1 and phrase[0] in _TRAILING
