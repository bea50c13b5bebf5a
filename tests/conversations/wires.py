"""Conversations over a platform's wire: what a person reads of a reply, and the message that what they do becomes.

A wire is a platform's two translators, used as its adapter uses them, and no network. What people cannot do there is
in `cannot`: scripts that need it do not run on that wire.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from telegram import Update

from adapters.console import Console
from adapters.telegram_wire import to_calls, to_message
from statemachine.message import Attachment, Button, Message, Reply
from tests.contract.driver import picture
from tests.servers.telegram_html import parse

File = Literal["photo", "voice"]
Feature = Literal["edit", "reply", "voice", "lines", "late press"]
"""`reply`: answering one message; `lines`: a message of several; `late press`: a choice of before the latest answer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen below a reply: as it reads, and what choosing it sends on this wire."""

    label: str
    press: Any


@dataclass(frozen=True, slots=True)
class Read:
    """A reply as a person reads it: its lines, and what can be chosen."""

    lines: tuple[str, ...]
    choices: tuple[Choice, ...] = ()

    def __str__(self) -> str:
        """On one line, the choices in brackets at the end."""
        labels = " ".join(f"[{choice.label}]" for choice in self.choices)
        return " / ".join(filter(None, [*self.lines, labels]))


@dataclass(frozen=True, slots=True)
class Said:
    """What a person does, as the `number`th thing in the chat, at the script's time.

    pressed  what a choice sends
    answers  the number of our reply, counted from 1, or 0 for one of long ago
    edits    the number of their own message
    """

    number: int
    at: datetime
    text: str = ""
    file: File | None = None
    pressed: Choice | None = None
    answers: int | None = None
    edits: int | None = None


class Wire:
    """A platform's translators. `message` bears the script's time."""

    name: ClassVar[str]
    cannot: ClassVar[frozenset[Feature]] = frozenset()

    @classmethod
    def on(cls, folder: Path) -> Self:
        """One person's chat; `folder` is empty."""
        return cls()

    def read(self, reply: Reply, number: int) -> Read:
        """The `number`th reply of the chat goes out and is read."""
        raise NotImplementedError

    def message(self, said: Said) -> Message:
        """What a person does goes to the wire and comes in."""
        raise NotImplementedError


class Bare(Wire):
    """No wire at all: replies as they are, messages as adapters make them."""

    name = "core"

    def read(self, reply: Reply, number: int) -> Read:
        choices = tuple(Choice(button.label, button.data) for row in reply.buttons for button in row)
        return Read(lines_of(reply.title, reply.text), choices)

    def message(self, said: Said) -> Message:
        number = str(said.number)
        return Message(
            platform="telegram",
            account="1",
            chat_id="7",
            sender_id="7",
            external_id=number if said.edits is None else f"{said.edits}:e{number}",
            sent_at=said.at,
            text=said.text,
            attachments=(Attachment(kind=said.file, handle=f"{said.file}-{number}", size=90_000),) if said.file else (),
            button=said.pressed.press if said.pressed else None,
            edits=None if said.edits is None else str(said.edits),
            reply_to=None if said.answers is None else f"reply {said.answers}",
        )


class TelegramWire(Wire):
    """Replies through HTML and Telegram's reading of it, messages through updates as Telegram words them."""

    name = "telegram"
    _ANN: ClassVar[Mapping[str, Any]] = {"id": 7, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    _CHAT: ClassVar[Mapping[str, Any]] = {"id": 7, "type": "private", "first_name": "Ann"}
    OURS = 100_000
    """Message ids of replies begin here."""

    def read(self, reply: Reply, number: int) -> Read:
        calls = to_calls(reply)
        rows = calls[-1].buttons.inline_keyboard if calls[-1].buttons else ()
        choices = tuple(Choice(button.text, button.callback_data) for row in rows for button in row)
        return Read(lines_of(*(parse(call.text)[0] for call in calls)), choices)

    def message(self, said: Said) -> Message:
        message = to_message(Update.de_json({"update_id": said.number, **self._update(said)}), "1", said.at)
        assert message is not None
        return message

    def _update(self, said: Said) -> dict[str, Any]:
        at = int(said.at.timestamp())
        common: dict[str, Any] = {"date": at, "chat": self._CHAT, "from": self._ANN, "message_id": said.number}
        if said.pressed is not None:
            below = {"message_id": self.OURS, "date": at, "chat": self._CHAT, "text": "…"}
            press = {"id": f"46116860184270{said.number:05}", "from": self._ANN, "chat_instance": "7"}
            return {"callback_query": {**press, "message": below, "data": said.pressed.press}}
        if said.answers is not None:
            common["reply_to_message"] = {**common, "message_id": self.OURS + said.answers, "text": "…"}
        common |= self._content(said)
        if said.edits is not None:
            return {"edited_message": {**common, "message_id": said.edits, "edit_date": at + said.number}}
        return {"message": common}

    def _content(self, said: Said) -> dict[str, Any]:
        file = {"file_id": f"f{said.number}", "file_unique_id": f"u{said.number}", "file_size": 90_000}
        if said.file == "photo":
            caption = {"caption": said.text} if said.text else {}
            return {"photo": [{**file, "width": 1280, "height": 720}], **caption}
        if said.file == "voice":
            return {"voice": {**file, "duration": 3, "mime_type": "audio/ogg"}}
        return {"text": said.text}


class TerminalWire(Wire):
    """Replies as they are printed, messages as lines are read; a choice is its number."""

    name = "terminal"
    cannot = frozenset({"edit", "reply", "voice", "lines", "late press"})

    def __init__(self, folder: Path) -> None:
        self._printed: list[str] = []
        self._chart = folder / "chart.png"
        self._chart.write_bytes(picture(100))
        self._console = Console("telegram", "local:script", folder, self._settled, write=self._printed.append)

    @classmethod
    def on(cls, folder: Path) -> Self:
        return cls(folder)

    async def _settled(self, *, jobs: bool = False) -> None:
        """Nothing runs beside a script."""

    def read(self, reply: Reply, number: int) -> Read:
        asyncio.run(self._console.send("local:script", reply))
        lines = self._printed[-1].splitlines()
        numbered = [line for line in lines if re.match(r"  \[\d+\] ", line)]
        found = [re.findall(r"\[(\d+)\] (.*?)(?=  \[\d+\] |$)", line) for line in numbered]
        choices = tuple(Choice(label, number) for row in found for number, label in row)
        return Read(lines_of(*(line for line in lines if line not in numbered)), choices)

    def message(self, said: Said) -> Message:
        line = said.pressed.press if said.pressed else said.text
        if said.file is not None:
            line = f"/photo {self._chart} {said.text}"
        message = asyncio.run(self._console._message(line))
        self._console._wrote_since_choices = True  # as when a line was handled
        assert message is not None
        return replace(message, sent_at=said.at)


def lines_of(*parts: str | None) -> tuple[str, ...]:
    """What stands in these texts, without empty lines."""
    return tuple(line for part in parts if part for line in part.splitlines() if line)


def button_of(message: Message, offered: Sequence[tuple[Button, ...]]) -> Message:
    """A number resolved as the journal does it, by the buttons of the reply that is answered, else of the latest."""
    if message.choice is None or message.choice > len(buttons := [b for row in offered for b in row]):
        return message
    return replace(message, button=buttons[message.choice - 1].data)
