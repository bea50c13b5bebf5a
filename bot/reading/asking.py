"""Which command answers a question: "how much may I still lose?" is what /limits shows."""

from collections.abc import Iterator

from bot.reading.answer_words import TOPICS, Phrase, table, words_of
from bot.reading.normalise import normalised
from bot.reading.spelling import plain_words
from bot.reading.tokens import tokens

LONGEST_QUESTION = 200
"""Characters; a longer question asks for more than a command shows."""
_LONGEST = 4
_ONESELF = words_of("oneself")
_OF_NOBODY = frozenset(("help", "drafts", "rules"))
"""Topics that nothing but the journal has."""


def command_asked(text: str) -> str | None:
    """The name of the command whose answer a question asks for; None where none gives it."""
    if len(text) > LONGEST_QUESTION:
        return None
    words = plain_words(tokens(normalised(text)))
    phrases = set(_phrases(words))
    if phrases & table("about help"):
        return "help"
    if phrases & table("beyond"):
        return None
    about_oneself = not _ONESELF.isdisjoint(words)
    topics = (topic for topic in TOPICS if phrases & table(f"about {topic}"))
    return next((topic for topic in topics if about_oneself or topic in _OF_NOBODY), None)


def _phrases(words: list[str]) -> Iterator[Phrase]:
    for place in range(len(words)):
        for length in range(1, _LONGEST + 1):
            yield tuple(words[place : place + length])
