"""A message that trails off, "ok so…": more is to come, so nothing of it is a yes yet."""

from bot.reading.answer_words import CLASSES, table
from bot.reading.spelling import LETTERS, as_meant, phrases_of, plain_words
from bot.reading.tokens import Token

_TRAILING = table("trailing")
_FEWEST_DOTS = 2
"""Full stops in a row that are an ellipsis."""


def trails_off(said: list[Token]) -> bool:
    """Ends in an ellipsis or in a word that joins what is not there; emoji and politeness behind it aside."""
    ending = [token for token in said if token.kind != "break"]
    if [token.word for token in ending[-_FEWEST_DOTS:]] == ["."] * _FEWEST_DOTS:
        return True
    words = tuple(as_meant(word) for word in plain_words(ending) if word[0].isalnum())
    phrases = phrases_of(words)
    while phrases and phrases[-1] not in _TRAILING and LETTERS.get(phrases[-1]) == CLASSES["polite"]:
        phrases.pop()
    return len(words) > 1 and not _TRAILING.isdisjoint((words, *phrases[-1:]))
