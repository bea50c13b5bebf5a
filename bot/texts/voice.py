"""What was heard in a voice note, and why one could not be heard."""

from typing import Final

from bot.texts.words import Words, quoted
from statemachine.message import Reply

MOST_HEARD: Final = 500
"""Characters of what was heard that are shown again."""


def heard(words: Words, text: str) -> Reply:
    return Reply(text=words("heard", text=quoted(text, MOST_HEARD)))


def voice_refused(words: Words, reason: str, minutes: int = 0, megabytes: int = 0) -> Reply:
    """`minutes`, `megabytes`: the longest and the largest that is listened to."""
    told = words(f"voice_refused.{reason}", minutes=minutes, megabytes=megabytes)
    return Reply(text="\n".join([told, words("example", example=words("example.report"))]))
