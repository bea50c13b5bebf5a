"""Discord's wire, both ways and pure: messages and interactions to Message, Reply to the payloads that send it.

external_id   a DM's message id; "i" and the id of an interaction; "ig" and the id of a message in a server: what
              begins with "i" says nothing of which DMs were read
handle        of an interaction, where its answer goes: a Handle in JSON
Attachment    handle "m:<channel>:<message>:<attachment>", or "u:<expiry>:<url>" for what came with a command, which
              belongs to no message that could be read again
"""

import json
import math
import mimetypes
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Self

from adapters.discord_api import discord
from adapters.discord_commands import typed
from adapters.parts import split, units
from statemachine.message import Attachment, AttachmentKind, Button, Message, Reply

CONTENT_LIMIT: Final = 2000
LABEL_LIMIT: Final = 80
IN_A_ROW: Final = 5
TOKEN_SECONDS: Final = 15 * 60.0
MARGIN_SECONDS: Final = 20.0
"""Taken off a token's life: an answer begun in its last seconds could arrive too late."""

SUPPRESS_EMBEDS: Final = 1 << 2
EPHEMERAL: Final = 1 << 6
NO_MENTIONS: Final[dict[str, list[str]]] = {"parse": []}
BUTTON, ROW = 2, 1
PRIMARY, SECONDARY = 1, 2

_WRITTEN: Final = (discord.MessageType.default, discord.MessageType.reply)


@dataclass(frozen=True, slots=True)
class Handle:
    """Where the answer to an interaction goes, in any process. `expires`: seconds since 1970."""

    application: int
    token: str
    expires: float

    def dump(self) -> str:
        return json.dumps({"a": str(self.application), "t": self.token, "x": int(self.expires)}, separators=(",", ":"))

    @classmethod
    def load(cls, text: str | None) -> Self | None:
        """None for what is no handle of ours, or stands for an interaction that was never acknowledged."""
        try:
            data = json.loads(text or "null")
            return cls(int(data["a"]), str(data["t"]), float(data["x"]))
        except (ValueError, TypeError, KeyError):
            return None

    def lives(self, now: float | None = None) -> bool:
        return (time.time() if now is None else now) < self.expires - MARGIN_SECONDS


# ---- in


def to_message(message: discord.Message, me: int, *, direct: bool | None = None) -> Message | None:
    """What a person wrote, or None: other bots, ourselves, joins and pins, rooms where nobody spoke to the bot.

    `direct`: it is known to come from a DM; None: its channel tells.
    """
    if message.author.bot or message.webhook_id is not None or message.type not in _WRITTEN:
        return None
    if direct is None:
        direct = isinstance(message.channel, discord.DMChannel)
    if not direct and me not in message.raw_mentions:
        return None
    text = message.content if direct else re.sub(rf"<@!?{me}>", "", message.content).strip()
    attachments = _attachments(message)
    if direct and not (text or attachments):
        return None
    answered = message.reference.message_id if message.reference else None
    return Message(
        platform="discord",
        account=str(me),
        chat_id=str(message.author.id),
        sender_id=str(message.author.id),
        external_id=str(message.id) if direct else f"ig{message.id}",
        sent_at=message.created_at,
        text=text,
        attachments=attachments if direct else (),
        reply_to=str(answered) if answered and direct else None,
        private=direct,
    )


def to_edit(message: discord.Message, me: int) -> Message | None:
    """The new words of an edited DM; None where nobody edited (a link's preview arrived, a message was pinned)."""
    at = message.edited_at
    written = to_message(message, me) if at is not None else None
    if at is None or written is None or not written.private:
        return None
    return edited(written, at)


def edited(message: Message, at: datetime) -> Message:
    number = message.external_id
    return replace(message, external_id=f"{number}:e{int(at.timestamp() * 1000)}", edits=number, sent_at=at)


def to_press(interaction: discord.Interaction[Any], me: int, handle: str | None) -> Message | None:
    """A command, a pressed button or a form that was filled in; None for kinds that came later than this."""
    data: Mapping[str, Any] = interaction.data or {}
    text, button = "", None
    attachments: tuple[Attachment, ...] = ()
    if interaction.type is discord.InteractionType.application_command:
        text, names = typed(data)
        attachments = tuple(_command_files(data, names))
    elif interaction.type is discord.InteractionType.component:
        button = str(data.get("custom_id", ""))
    elif interaction.type is discord.InteractionType.modal_submit:
        button, text = str(data.get("custom_id", "")), form_text(data)
    else:
        return None
    below = interaction.message
    return Message(
        platform="discord",
        account=str(me),
        chat_id=str(interaction.user.id),
        sender_id=str(interaction.user.id),
        external_id=f"i{interaction.id}",
        sent_at=interaction.created_at,
        text=text,
        attachments=attachments,
        button=button,
        reply_to=str(below.id) if below is not None else None,
        locale=str(interaction.locale),
        handle=handle,
    )


def form_text(data: Mapping[str, Any]) -> str:
    """What was typed into a form: Discord nests its one field in a row or in a label."""
    for part in (*(data.get("components") or ()), *filter(None, [data.get("component")])):
        found = part.get("value")
        if text := str(found) if found is not None else form_text(part):
            return text
    return ""


def _attachments(message: discord.Message) -> tuple[Attachment, ...]:
    files = [
        Attachment(
            kind=_kind(file.content_type, file.filename, pictured=file.width is not None),
            handle=f"m:{message.channel.id}:{message.id}:{file.id}",
            name=file.filename,
            mime=file.content_type,
            size=file.size,
            seconds=_seconds(file.duration),
        )
        for file in message.attachments
    ]
    if message.stickers:
        files.append(Attachment(kind="sticker", handle=""))
    if not files and not message.content and (message.poll or message.message_snapshots):
        files.append(Attachment(kind="other", handle=""))  # a poll or a forward: there is something, but no text
    return tuple(files)


def _command_files(data: Mapping[str, Any], ids: Sequence[str]) -> Iterator[Attachment]:
    found: Mapping[str, Any] = (data.get("resolved") or {}).get("attachments") or {}
    for number in ids:
        if (file := found.get(number)) is None:
            continue
        url, mime, name = str(file["url"]), file.get("content_type"), str(file.get("filename") or "")
        yield Attachment(
            kind=_kind(mime, name, pictured=file.get("width") is not None),
            handle=f"u:{_expiry(url)}:{url}",
            name=name,
            mime=mime,
            size=file.get("size"),
            seconds=_seconds(file.get("duration_secs")),
        )


def _expiry(url: str) -> int:
    """When a link to Discord's file server dies (seconds since 1970, `ex` in hex); a day hence where it is not said."""
    found = re.search(r"[?&]ex=([0-9a-f]{1,12})\b", url)
    return int(found[1], 16) if found else int(time.time()) + 86_400


def _seconds(length: object) -> int | None:
    """How long a voice message is; of other recordings Discord does not say."""
    return math.ceil(length) if isinstance(length, int | float) and math.isfinite(length) else None


def _kind(mime: str | None, name: str, *, pictured: bool) -> AttachmentKind:
    """Discord sends pictures and files alike; what it could measure, people see as a picture."""
    mime = mime or mimetypes.guess_type(name)[0] or ""
    if mime.startswith("image/"):
        return "photo" if pictured else "image"
    if mime.startswith("video/"):
        return "video"
    return "voice" if mime.startswith("audio/") else "document"


# ---- out


def to_payloads(reply: Reply, *, picture: bool = False) -> list[dict[str, Any]]:
    """The messages that say `reply`, in order: the picture belongs to the first, the buttons to the last.

    Empty when there is nothing to say. What only a DM or only an answer takes is added by who sends it.
    """
    title = (reply.title or "").strip()
    plain = f"{title}\n{reply.text}" if title else reply.text
    contents = _contents(plain, title)
    if not contents and picture:
        contents = [""]
    payloads: list[dict[str, Any]] = [
        {"content": content, "allowed_mentions": NO_MENTIONS, "flags": SUPPRESS_EMBEDS} for content in contents
    ]
    if payloads and reply.buttons:
        payloads[-1]["components"] = _rows(reply.buttons)
    return payloads


def _contents(plain: str, title: str) -> list[str]:
    """Escaped parts. Escapes count too, so a part that grows past the limit is cut smaller first."""
    contents: list[str] = []
    waiting = split(plain, CONTENT_LIMIT, CONTENT_LIMIT)
    while waiting:
        part = waiting.pop(0)
        content = _marked(part, "" if contents else title)
        size = units(content)
        if size <= CONTENT_LIMIT:
            contents.append(content)
        else:
            smaller = max(1, min(units(part) - 1, units(part) * CONTENT_LIMIT // size))
            waiting[:0] = split(part, smaller, smaller)
    return contents


def _marked(part: str, title: str) -> str:
    if title and part.startswith(title):
        return f"**{escape(title)}**{escape(part[len(title) :])}"
    return escape(part)


def escape(text: str) -> str:
    """So that Discord shows it as it is: no emphasis, links, mentions, times; no lists, quotes or headings."""
    text = re.sub(r"[\\*_~`|\[<]", r"\\\g<0>", text)
    text = re.sub(r"^(\s*)(>|[-+#]+(?=\s))", r"\1\\\2", text, flags=re.MULTILINE)
    return re.sub(r"^(\s*\d+)([.)])(?=\s)", r"\1\\\2", text, flags=re.MULTILINE)


def unescape(content: str) -> str:
    """The words behind a message of ours, without its marks."""
    plain = re.sub(r"(?<!\\)\*\*", "", content)
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", plain)


def _rows(rows: tuple[tuple[Button, ...], ...]) -> list[dict[str, Any]]:
    narrow = [row[at : at + IN_A_ROW] for row in rows for at in range(0, len(row), IN_A_ROW)]
    if len(narrow) > IN_A_ROW:  # five rows at most: close the gaps
        flat = [button for row in rows for button in row]
        narrow = [tuple(flat[at : at + IN_A_ROW]) for at in range(0, len(flat), IN_A_ROW)]
    return [
        {
            "type": ROW,
            "components": [
                {
                    "type": BUTTON,
                    "style": PRIMARY if (number, place) == (0, 0) else SECONDARY,
                    "label": button.label[:LABEL_LIMIT],
                    "custom_id": button.data,
                }
                for place, button in enumerate(row)
            ],
        }
        for number, row in enumerate(narrow)
    ]


def nonce_of(key: str, part: int) -> str:
    """25 characters at most. The same at every try: Discord shows a message that is sent again only once."""
    return sha256(f"{key}/{part}".encode()).hexdigest()[:24]


def message_number(external_id: str | None) -> int | None:
    """The DM behind an external id; None for an interaction or a message in a server."""
    head = (external_id or "").partition(":")[0]
    return int(head) if head.isdecimal() else None
