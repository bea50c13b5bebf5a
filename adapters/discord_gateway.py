"""The gateway: one sharded client, and what it hears. Interactions are acknowledged before anything else happens.

An acknowledgement is not "received": the message behind it is committed by the intake, retried while the token lives.
Nothing here outlives the process: buttons and forms are known by their data alone, never by a view in memory.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import structlog

from adapters.discord_api import LONGEST_FLOOD, UNREACHABLE, discord
from adapters.discord_commands import focused, suggestions
from adapters.discord_intake import Held, Intake
from adapters.discord_wire import TOKEN_SECONDS, Handle, to_edit, to_message, to_press, unescape

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Interaction = discord.Interaction[Any]
Kind = discord.InteractionType

Symbols = Callable[[str, str], Awaitable[Sequence[str]]]
"""The symbols of a trader (Discord user id) that fit what is typed so far."""
Form = Callable[[str, str], str | None]
"""With what text a form opens when a button (its data, the text of its message) is pressed; None: it opens none."""

ANSWER_SECONDS: Final = 2.5
"""Discord gives an interaction three seconds for its first answer."""
SUGGEST_SECONDS: Final = 1.2
RETRY_SECONDS: Final = 0.2
ALREADY_ACKNOWLEDGED: Final = 40060
FORM_TITLE_LIMIT: Final = 45
FORM_TEXT_LIMIT: Final = 2000


def intents() -> discord.Intents:
    """DMs, and messages in servers, whose words come only where they name the bot: nothing privileged.

    Not even the servers themselves: their channels, roles and members would only fill the memory.
    """
    wanted = discord.Intents.none()
    wanted.dm_messages = wanted.guild_messages = True
    return wanted


class Gateway(discord.AutoShardedClient):
    """A connection. `began`: a session that may have missed something has begun."""

    def __init__(
        self, intake: Intake, began: Callable[[], None], *, shards: int, symbols: Symbols | None, form: Form | None
    ) -> None:
        super().__init__(
            intents=intents(),
            shard_count=shards,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.0,
            max_ratelimit_timeout=LONGEST_FLOOD,
        )
        self._intake = intake
        self._began = began
        self._symbols = symbols
        self._form = form

    @property
    def _me(self) -> int:
        return self.user.id if self.user else 0

    # Handlers run up to their first await in the order of the events: what is accepted before one keeps its place.

    async def on_shard_connect(self, shard_id: int) -> None:
        """A new session, not a resumed one. Only the first shard hears DMs."""
        if shard_id == 0:
            log.info("discord_session_began")
            self._began()

    async def on_message(self, message: discord.Message) -> None:
        if (written := to_message(message, self._me)) is not None:
            self._intake.accept(Held(written))

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        if (written := to_edit(event.message, self._me)) is not None:
            self._intake.accept(Held(written))

    async def on_interaction(self, interaction: Interaction) -> None:
        if interaction.type is Kind.autocomplete:
            await self._suggest(interaction)
        elif (text := self._opens(interaction)) is not None:
            await self._open_form(interaction, text)
        elif interaction.type in (Kind.application_command, Kind.component, Kind.modal_submit):
            self._take(interaction)

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        log.exception("an event could not be handled", occasion=event_method)

    def _take(self, interaction: Interaction) -> None:
        expires = interaction.created_at.timestamp() + TOKEN_SECONDS
        handle = Handle(interaction.application_id, interaction.token, expires)
        acknowledged = asyncio.create_task(_acknowledge(interaction))
        if (message := to_press(interaction, self._me, handle.dump())) is not None:
            self._intake.accept(Held(message, expires, acknowledged))

    def _opens(self, interaction: Interaction) -> str | None:
        if self._form is None or interaction.type is not Kind.component or interaction.message is None:
            return None
        return self._form(_data_of(interaction), unescape(interaction.message.content))

    async def _open_form(self, interaction: Interaction, text: str) -> None:
        """At once, as a form cannot follow a deferral. Its id is the button's data, which comes back with it."""
        label = _label_of(interaction)[:FORM_TITLE_LIMIT]
        modal = discord.ui.Modal(title=label, custom_id=_data_of(interaction))
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph, default=text[:FORM_TEXT_LIMIT] or None, max_length=FORM_TEXT_LIMIT
        )
        modal.add_item(discord.ui.Label(text=label, component=field))
        modal.stop()  # so that the library does not keep it: whoever runs when it is filled in, handles it
        await _in_time(lambda: interaction.response.send_modal(modal))

    async def _suggest(self, interaction: Interaction) -> None:
        typed = focused(interaction.data or {})
        own: Sequence[str] = ()
        if self._symbols is not None:
            try:
                async with asyncio.timeout(SUGGEST_SECONDS):
                    own = await self._symbols(str(interaction.user.id), typed)
            except Exception as exc:  # noqa: BLE001 - whatever it is, the well-known symbols are better than none
                log.warning("symbols_unknown", reason=type(exc).__name__)
        choices = [discord.app_commands.Choice(name=symbol, value=symbol) for symbol in suggestions(own, typed)]
        await _in_time(lambda: interaction.response.autocomplete(choices))


async def _acknowledge(interaction: Interaction) -> bool:
    """Say that an answer will come, to this person alone: a new message, so that the one with the buttons stays.

    False where Discord does not take it: too late, or unreachable.
    """
    return await _in_time(lambda: interaction.response.defer(ephemeral=True, thinking=True))


async def _in_time(answer: Callable[[], Awaitable[object]]) -> bool:
    """Answer an interaction, again if need be, as long as Discord listens."""
    until = time.monotonic() + ANSWER_SECONDS
    while (left := until - time.monotonic()) > 0:
        try:
            async with asyncio.timeout(left):
                await answer()
            return True
        except discord.InteractionResponded:
            return True
        except discord.HTTPException as exc:
            if exc.code == ALREADY_ACKNOWLEDGED:  # an event that was repeated after a resume
                return True
            if exc.status < 500 and exc.status != 429:
                log.warning("interaction_not_answered", status=exc.status, code=exc.code)
                return False
        except UNREACHABLE as exc:
            log.warning("interaction_not_answered", reason=type(exc).__name__)
        await asyncio.sleep(RETRY_SECONDS)
    return False


def _data_of(interaction: Interaction) -> str:
    data: Mapping[str, Any] = interaction.data or {}
    return str(data.get("custom_id", ""))


def _label_of(interaction: Interaction) -> str:
    """What the pressed button says, in the trader's language."""
    below = interaction.message
    buttons = _buttons_of(below) if below is not None else iter(())
    data = _data_of(interaction)
    return next((button.label for button in buttons if button.custom_id == data and button.label), "…")


def _buttons_of(message: discord.Message) -> Iterator[discord.Button]:
    for row in message.components:
        for child in row.children if isinstance(row, discord.ActionRow) else ():
            if isinstance(child, discord.Button):
                yield child
