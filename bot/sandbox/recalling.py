"""What was said in a chat before this process began, put before what was said since.

Replies are in the outbox as they were sent. Of what the trader wrote the log has the beginning, not what it answered;
the files lie where the adapter keeps them, for their time. A stranger's words are kept nowhere.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from adapters.local_files import names
from adapters.sandbox import PRESSED, Sandbox, sent_with
from adapters.sandbox_wire import Part
from bot.answering import PREVIEW
from bot.stored import load_reply
from db import watching
from db.pool import Connection
from db.watching import Said


async def recall(connection: Connection, chat: Sandbox) -> None:
    """Once in the life of a chat. Raises Unavailable: the next one to look does it."""
    if chat.transcript.recalled:
        return
    said = await watching.last_said(connection, chat.chat)
    kept = await asyncio.to_thread(names, chat.folder)
    if not chat.transcript.recalled:
        chat.transcript.recall(_entries(chat, said, kept))


def _entries(chat: Sandbox, said: Sequence[Said], kept: frozenset[str]) -> Iterator[dict[str, Any]]:
    labels: dict[str, str] = {}
    for one in said:
        with_it = sent_with(one.external_id)
        handle = with_it if with_it in kept else ""
        if one.reply is None:
            yield from _heard(chat, one, labels, with_it, handle)
            continue
        try:
            shown = list(chat.told(load_reply(one.reply), one.external_id, handle))
        except ValidationError:  # written by another version, or by hand
            continue
        for values in shown:
            labels |= {button.data: button.label for row in values["part"].buttons for button in row}
            yield {**values, "at": one.at}


def _heard(chat: Sandbox, one: Said, labels: dict[str, str], with_it: str, handle: str) -> Iterator[dict[str, Any]]:
    """What the trader wrote, sent or pressed; an edit changes what it is of."""
    words = f"{one.words}…" if len(one.words) == PREVIEW else one.words
    number, _, edited = one.external_id.partition(":e")
    values: dict[str, Any] = {"who": "trader", "external_id": number, "at": one.at, "part": Part(text=words)}
    if edited and (entry := chat.transcript.with_external_id(number)):
        chat.transcript.change(entry, part=Part(text=words), edited=True)
    elif with_it == PRESSED:
        if one.words in labels:
            yield {**values, "part": Part(text=labels[one.words]), "pressed": True}
    elif one.picture:
        yield {**values, "part": Part(text=words, with_image=True), "picture": handle}
    elif with_it:
        yield {**values, "file": (f"sent.{with_it.rpartition('.')[2]}", handle)}
    elif words:
        yield {**values, "edited": bool(edited)}
