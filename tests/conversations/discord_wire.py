"""Conversations over Discord's wire: payloads out, gateway events in."""

from datetime import datetime
from functools import cache
from typing import Any

from adapters.discord_api import discord
from adapters.discord_wire import to_edit, to_message, to_payloads, to_press, unescape
from statemachine.message import Message, Reply
from tests.conversations.wires import Choice, Read, Said, Wire, lines_of

ME, ANN, CHANNEL = 11, 7, 77
OURS = 1_300_000_000_000_000_000
"""Ids of replies begin here."""


class DiscordWire(Wire):
    name = "discord"

    def __init__(self) -> None:
        self._ids: dict[int, int] = {}

    def read(self, reply: Reply, number: int) -> Read:
        payloads = to_payloads(reply)
        rows = payloads[-1].get("components") or []
        buttons = [button for row in rows for button in row["components"]]
        choices = tuple(Choice(button["label"], button["custom_id"]) for button in buttons)
        return Read(lines_of(*(unescape(payload["content"]) for payload in payloads)), choices)

    def message(self, said: Said) -> Message:
        self._ids[said.number] = snowflake = _snowflake(said)
        if said.pressed is not None:
            message = to_press(self._interaction(snowflake, said), ME, None)
        elif said.edits is not None:
            edited = self._event(self._ids[said.edits], said, edited_timestamp=said.at.isoformat())
            message = to_edit(edited, ME)
        else:
            message = to_message(self._event(snowflake, said), ME)
        assert message is not None
        return message

    def _event(self, number: int, said: Said, **more: Any) -> discord.Message:
        file = {"id": str(number + 1), "size": 90_000, "url": "https://cdn.discordapp.com/x", "proxy_url": ""}
        files = {
            "photo": [{**file, "filename": "chart.png", "content_type": "image/png", "width": 640, "height": 360}],
            "voice": [{**file, "filename": "voice-message.ogg", "content_type": "audio/ogg", "waveform": "AA=="}],
        }
        if said.answers is not None:
            answered = {"channel_id": str(CHANNEL), "message_id": str(OURS + said.answers)}
            more |= {"message_reference": answered, "type": 19}
        data: Any = {
            "id": str(number),
            "channel_id": str(CHANNEL),
            "author": _person(),
            "content": said.text,
            "timestamp": said.at.isoformat(),
            "edited_timestamp": None,
            "attachments": files[said.file] if said.file else [],
            "embeds": [],
            "type": 0,
            **more,
        }
        channel = discord.DMChannel._from_message(_state(), CHANNEL)
        return discord.Message(state=_state(), channel=channel, data=data)

    def _interaction(self, number: int, said: Said) -> discord.Interaction[Any]:
        assert said.pressed is not None
        data: Any = {
            "id": str(number),
            "application_id": str(ME),
            "type": 3,
            "token": "t",
            "version": 1,
            "locale": "en-US",
            "attachment_size_limit": 1,
            "user": _person(),
            "data": {"custom_id": said.pressed.press, "component_type": 2},
        }
        return discord.Interaction(data=data, state=_state())


@cache
def _state() -> Any:
    """The library's own, of a client that never connects."""
    state = discord.Client(intents=discord.Intents.none())._connection
    state._get_client = lambda: None  # type: ignore[method-assign, assignment, return-value]
    state.http = _NoSession()  # type: ignore[assignment]
    return state


class _NoSession:
    _HTTPClient__session = None


def _person() -> dict[str, Any]:
    return {"id": str(ANN), "username": "ann", "discriminator": "0", "avatar": None}


def _snowflake(said: Said) -> int:
    return discord.utils.time_snowflake(_at(said.at)) + said.number


def _at(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
