"""Which recordings are listened to, and what their words may do: known before a byte of them is fetched.

What was heard is the trader's word like any other, but never an order: it may not undo, delete, link or unlink. Of a
yes nothing may be misheard, so it has to be all there is.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Final

from bot.meanings import Meaning, Refusal
from bot.sanitize import storable_message
from bot.settings import Settings
from statemachine.events import Confirmed, Unread
from statemachine.message import Attachment, Message

MEGABYTE: Final = 1024 * 1024
_MARKS: Final = re.compile(r"[^\w\s]+")


def voices_of(message: Message) -> tuple[Attachment, ...]:
    return tuple(one for one in message.attachments if one.kind == "voice")


def is_unheard(message: Message) -> bool:
    """A recording came that nobody has listened to yet; an edited message brings nothing new."""
    return not message.spoken and message.edits is None and message.button is None and bool(voices_of(message))


def refused(reason: str, settings: Settings) -> Refusal:
    limits = {"minutes": settings.voice_minutes, "megabytes": settings.voice_megabytes}
    return Refusal("voice_refused", {"reason": reason, **limits})


def refused_unheard(message: Message, settings: Settings) -> Refusal | None:
    """Why nobody need listen, by what the platform tells of the recording."""
    voices = voices_of(message)
    if len(voices) > 1:
        return refused("several", settings)
    if (voices[0].seconds or 0) > settings.voice_minutes * 60:
        return refused("too_long", settings)
    if (voices[0].size or 0) > settings.voice_megabytes * MEGABYTE:
        return refused("too_large", settings)
    return None


def heard(message: Message, text: str) -> Message:
    """The message with what was heard in place of the recording, cleaned as a message is that comes in."""
    words = "\n".join(filter(None, (message.text.strip(), text.strip())))
    rest = tuple(one for one in message.attachments if one.kind != "voice")
    return storable_message(replace(message, text=words, attachments=rest, spoken=True))


def as_heard(meaning: Meaning, message: Message) -> Meaning:
    """A yes counts where it is all that was heard; anything around it may have been misheard."""
    if message.spoken and isinstance(meaning, Confirmed) and _bare(message.text) not in YESES:
        return Unread(reason="heard")
    return meaning


def _bare(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text).casefold().split())


def _yeses() -> Iterator[str]:
    vocabulary = files("bot.reading").joinpath("vocabulary", "heard.txt").read_text(encoding="utf-8")
    for line in vocabulary.splitlines():
        if line.strip() and not line.startswith("#"):
            yield from (_bare(phrase) for phrase in line.split("|"))


YESES: Final = frozenset(_yeses())
"""As they are written down when they are spoken."""
