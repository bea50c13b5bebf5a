"""The half of the local Discord that faces people: they write, edit, use commands, press buttons and fill in forms."""

import base64
import itertools
import mimetypes
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.servers.discord_gateway import DIRECT_MESSAGES, GUILD_MESSAGES, Gateway

BOT_ID = 110_000_000_000_000_001
GUILD_ID = 220_000_000_000_000_000
ROOM_ID = 330_000_000_000_000_001
EPOCH_MS = 1_420_070_400_000
TOKEN_SECONDS = 15 * 60.0
ANSWER_SECONDS = 3.0


@dataclass(slots=True)
class Asked:
    """An interaction. `answered`: the type of the bot's first response; `at`: seconds on the monotonic clock."""

    id: int
    token: str
    user: int
    type: int
    channel: int
    at: float
    answered: int | None = None
    took: float | None = None
    """Seconds from the interaction to its first response."""
    response: dict[str, Any] = field(default_factory=dict)
    original: int | None = None
    aged: float = 0.0

    @property
    def alive(self) -> bool:
        age = time.monotonic() - self.at + self.aged
        return age < (ANSWER_SECONDS if self.answered is None else TOKEN_SECONDS)


@dataclass(slots=True)
class Sent:
    """A message the bot sent. `way`: "dm", "original" (the answer to an interaction) or "followup"."""

    way: str
    user: int
    id: int
    content: str
    components: list[dict[str, Any]]
    flags: int
    raw: dict[str, Any]
    file: bytes | None
    at: float
    edits: int = 0

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & 64)

    @property
    def buttons(self) -> list[list[dict[str, Any]]]:
        return [row["components"] for row in self.components]


class People:
    """Persons are numbers; each has one DM channel with the bot. Methods return the id of what the bot will see."""

    def __init__(self, token: str) -> None:
        self.me = {"id": str(BOT_ID), "username": "Vigil", "discriminator": "0", "avatar": None, "bot": True}
        self.gateway = Gateway(token, self.me, str(BOT_ID))
        self.url = ""
        self.asked: dict[int, Asked] = {}
        self.sent: list[Sent] = []
        self.messages: dict[int, dict[int, dict[str, Any]]] = {}
        self.files: dict[str, bytes] = {}
        self.blocked: set[int] = set()
        self.owners: dict[int, int] = {}
        self._serial = itertools.count(1)

    def snowflake(self) -> int:
        return (int(time.time() * 1000) - EPOCH_MS) << 22 | next(self._serial) & 0x3FFFFF

    def channel_of(self, user: int) -> int:
        channel = 440_000_000_000_000_000 + user
        self.owners[channel] = user
        self.messages.setdefault(channel, {})
        return channel

    # Messages.

    def write(
        self,
        user: int,
        text: str = "",
        *,
        files: Sequence[tuple[str, bytes | str]] = (),
        **more: Any,
    ) -> int:
        """A direct message; `files` are (name, bytes)."""
        channel = self.channel_of(user)
        message = self._message(channel, _person(user), text, files, **more)
        self.gateway.dispatch("MESSAGE_CREATE", message, needs=DIRECT_MESSAGES)
        return int(message["id"])

    def mention(self, user: int, text: str, *, bot: bool = False) -> int:
        """A message in a room of a server that names the bot: only such ones come with their words."""
        author = {**_person(user), "bot": bot}
        message = self._message(ROOM_ID, author, f"<@{BOT_ID}> {text}", [], mentions=[self.me])
        event = {**message, "guild_id": str(GUILD_ID), "member": _member()}
        self.gateway.dispatch("MESSAGE_CREATE", event, needs=GUILD_MESSAGES, guild_id=GUILD_ID)
        return int(message["id"])

    def chatter(self, user: int, text: str) -> int:
        """A message in a room that does not name the bot: its words are withheld without the privileged intent."""
        message = {**self._message(ROOM_ID, _person(user), "", []), "guild_id": str(GUILD_ID), "member": _member()}
        self.gateway.dispatch("MESSAGE_CREATE", message, needs=GUILD_MESSAGES, guild_id=GUILD_ID)
        return int(message["id"])

    def edit(self, user: int, message_id: int, text: str) -> str:
        """Returns the time of the edit, as Discord writes it."""
        at = datetime.now(UTC).isoformat()
        self._update(user, message_id, content=text, edited_timestamp=at)
        return at

    def unfurl(self, user: int, message_id: int) -> None:
        """Discord adds the preview of a link: an update that nobody made."""
        self._update(user, message_id, embeds=[{"type": "link", "url": "https://example.org"}])

    def _update(self, user: int, message_id: int, **changes: Any) -> None:
        message = self.messages[self.channel_of(user)][message_id]
        message.update(changes)
        self.gateway.dispatch("MESSAGE_UPDATE", message, needs=DIRECT_MESSAGES)

    def delete(self, user: int, message_id: int) -> None:
        del self.messages[self.channel_of(user)][message_id]

    def replay(self, user: int, message_id: int) -> None:
        """The same event once more, as after a resume that goes back too far."""
        self.gateway.dispatch("MESSAGE_CREATE", self.messages[self.channel_of(user)][message_id], needs=DIRECT_MESSAGES)

    def raw(self, name: str, data: Any) -> None:
        self.gateway.dispatch(name, data)

    def _message(
        self, channel: int, author: dict[str, Any], text: str, files: Sequence[tuple[str, bytes | str]], **more: Any
    ) -> dict[str, Any]:
        number = self.snowflake()
        reply_to = more.pop("reply_to", None)
        message = {
            "id": str(number),
            "channel_id": str(channel),
            "author": author,
            "content": text,
            "timestamp": datetime.now(UTC).isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [self._attachment(channel, name, content) for name, content in files],
            "embeds": [],
            "pinned": False,
            "type": 19 if reply_to else 0,
            "flags": 0,
            "components": [],
            **more,
        }
        if reply_to:
            message["message_reference"] = {"channel_id": str(channel), "message_id": str(reply_to)}
        self.messages.setdefault(channel, {})[number] = message
        return message

    def _attachment(self, channel: int, name: str, content: bytes | str) -> dict[str, Any]:
        data = base64.b64decode(content) if isinstance(content, str) else content
        number = str(self.snowflake())
        self.files[number] = data
        kind = mimetypes.guess_type(name)[0]
        attachment: dict[str, Any] = {
            "id": number,
            "filename": name,
            "size": len(data),
            "url": f"{self.url}/attachments/{channel}/{number}/{name}?ex={int(time.time()) + 86_400:x}",
            "proxy_url": f"{self.url}/attachments/{channel}/{number}/{name}",
        }
        if kind:
            attachment["content_type"] = kind
        if kind in ("image/png", "image/jpeg"):
            attachment |= {"width": 640, "height": 360}
        return attachment

    # Interactions.

    def command(
        self,
        user: int,
        name: str,
        options: dict[str, Any] | None = None,
        *,
        files: dict[str, tuple[str, bytes | str]] | None = None,
        guild: bool = False,
        locale: str = "en-US",
    ) -> int:
        channel = self._place(user, guild)
        given = [{"name": key, "type": _option_type(value), "value": value} for key, value in (options or {}).items()]
        attachments = {}
        for key, (filename, content) in (files or {}).items():
            attachment = self._attachment(channel, filename, content)
            attachments[attachment["id"]] = attachment
            given.append({"name": key, "type": 11, "value": attachment["id"]})
        data = {"id": "1", "name": name, "type": 1, "options": given, "resolved": {"attachments": attachments}}
        return self._ask(user, 2, data, channel, guild=guild, locale=locale)

    def type_symbol(self, user: int, typed: str) -> int:
        """The person is typing into the symbol option of /trade."""
        option = {"name": "symbol", "type": 3, "value": typed, "focused": True}
        data = {"id": "1", "name": "trade", "type": 1, "options": [option]}
        return self._ask(user, 4, data, self.channel_of(user))

    def press(self, user: int, sent: Sent, label: str = "", *, data: str = "", guild: bool = False) -> int:
        """Tap a button of a message the bot sent, by its label, or with `data` one that it shows no more."""
        shown = {button["label"]: button["custom_id"] for row in sent.buttons for button in row}
        channel = self._place(user, guild)
        pressed = {"custom_id": data or shown[label], "component_type": 2}
        return self._ask(user, 3, pressed, channel, guild=guild, message=self._shown(sent, channel))

    def submit(self, user: int, form: Asked, sent: Sent, text: str) -> int:
        """Fill in the form that a press had opened."""
        modal = form.response
        component = modal["components"][0]
        field_id = (component.get("components") or [component.get("component")])[0]["custom_id"]
        filled = {"type": 1, "components": [{"type": 4, "custom_id": field_id, "value": text}]}
        data = {"custom_id": modal["custom_id"], "components": [filled]}
        channel = self.channel_of(user)
        return self._ask(user, 5, data, channel, message=self._shown(sent, channel))

    def _place(self, user: int, guild: bool) -> int:
        return ROOM_ID if guild else self.channel_of(user)

    def _shown(self, sent: Sent, channel: int) -> dict[str, Any]:
        return {
            "id": str(sent.id),
            "channel_id": str(channel),
            "author": self.me,
            "content": sent.content,
            "timestamp": datetime.now(UTC).isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "flags": sent.flags,
            "components": sent.components,
        }

    def _ask(
        self,
        user: int,
        kind: int,
        data: dict[str, Any],
        channel: int,
        *,
        guild: bool = False,
        locale: str = "en-US",
        message: dict[str, Any] | None = None,
    ) -> int:
        number = self.snowflake()
        asked = Asked(number, f"aW50ZXJhY3Rpb24{number}x{'t' * 40}", user, kind, channel, time.monotonic())
        self.asked[number] = asked
        payload: dict[str, Any] = {
            "id": str(number),
            "application_id": str(BOT_ID),
            "type": kind,
            "data": data,
            "token": asked.token,
            "version": 1,
            "channel": _room(channel) if guild else _dm(channel),
            "channel_id": str(channel),
            "locale": locale,
            "entitlements": [],
            "attachment_size_limit": 10_000_000,
            "app_permissions": "0",
            "authorizing_integration_owners": {},
        }
        if guild:
            payload |= {"guild_id": str(GUILD_ID), "member": {**_member(), "user": _person(user), "permissions": "0"}}
        else:
            payload["user"] = _person(user)
        if message is not None:
            payload["message"] = message
        self.gateway.dispatch("INTERACTION_CREATE", payload, guild_id=GUILD_ID if guild else None)
        return number

    # What a test asks.

    def sent_to(self, user: int) -> list[Sent]:
        return [sent for sent in self.sent if sent.user == user]


def _dm(channel: int) -> dict[str, Any]:
    return {"id": str(channel), "type": 1, "recipients": []}


def _room(channel: int) -> dict[str, Any]:
    """A channel as interactions show it: whole, unlike in messages."""
    place = {"position": 1, "parent_id": None, "guild_id": str(GUILD_ID), "nsfw": False, "permissions": "0"}
    return {"id": str(channel), "type": 0, "name": "trading", "topic": None, "flags": 0, **place}


def _person(user: int) -> dict[str, Any]:
    return {"id": str(user), "username": f"trader{user}", "discriminator": "0", "avatar": None, "bot": False}


def _member() -> dict[str, Any]:
    return {"roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}


def _option_type(value: Any) -> int:
    return 10 if isinstance(value, int | float) else 3
