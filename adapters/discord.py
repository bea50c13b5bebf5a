"""Discord, on discord.py: the gateway in, HTTP out.

The gateway acknowledges nothing and repeats nothing. What it brings is held until it is committed, and after every
outage (ours, the database's, Discord's) the DMs of every known chat are read again from where the journal stands.
Sending needs no gateway: `connect` logs in over HTTP alone.
"""

import asyncio
import base64
import binascii
import itertools
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, Final, TypeVar

import structlog
from aiohttp import web

from adapters import Envelope, LoadImage, Receiver
from adapters.discord_api import (
    LONGEST_FLOOD,
    OFFICIAL_API,
    REFUSED,
    TIMEOUT,
    UNREACHABLE,
    Files,
    HTTPClient,
    Route,
    aim,
    discord,
    quieten,
    refusals,
)
from adapters.discord_catching_up import CatchingUp
from adapters.discord_commands import Words, definitions, same
from adapters.discord_gateway import Form, Gateway, Symbols
from adapters.discord_intake import Intake, Page
from adapters.discord_sending import Picture, Sender
from adapters.discord_wire import to_message, to_payloads
from adapters.handover import pause
from statemachine.errors import AttachmentRefused, OperatorError, SendLater, SendRefused
from statemachine.message import Attachment, Message, Platform, Reply

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

TOKEN: Final = re.compile(r"[\x21-\x7e]+")
PAGE: Final = 100
"""Messages of a history per question: Discord's most."""
CONNECT_SECONDS: Final = 10.0
LEAVE_SECONDS: Final = 2.0
"""A stop has ten seconds in all; Discord may take thirty to say goodbye."""
LASTING_SECONDS: Final = 60.0
"""A connection that held this long was a good one: the next is tried without a long wait."""
FATAL: Final = {
    4004: REFUSED,
    4013: "Discord does not know the intents that are asked for: this version is too old for its gateway",
    4014: "Discord refuses the intents: allow them for the bot on the Bot page of the developer portal",
}
"""What the gateway closes with when nothing will change by itself."""

T = TypeVar("T")


class Discord:
    """One bot account.

    token          from the Bot page of the developer portal
    api_url        the HTTP API with its version; `gateway_url`: where to connect, None: where the API says
    guild_id       the server to show the commands in; None: everywhere
    commands       the table: (command without slash, description)
    words          by language, what is said of commands and their options
    symbols        a trader's own symbols for /trade
    form           which buttons open a form, and with what text in it
    load_image     reads the pictures of replies; without it a reply goes out as text alone
    refetch_pause  seconds between two readings of all histories in one session
    """

    platform: Platform = "discord"

    def __init__(
        self,
        token: str,
        *,
        api_url: str = OFFICIAL_API,
        gateway_url: str | None = None,
        guild_id: int | None = None,
        commands: Sequence[tuple[str, str]] = (),
        words: Words = MappingProxyType({}),
        symbols: Symbols | None = None,
        form: Form | None = None,
        load_image: LoadImage | None = None,
        refetch_pause: float = 60.0,
    ) -> None:
        self._token = token
        self._api_url = api_url.rstrip("/")
        self._gateway_url = gateway_url
        self._guild_id = guild_id
        self._commands = definitions(commands, words)
        self._symbols = symbols
        self._form = form
        self._load_image = load_image
        self._refetch_pause = refetch_pause
        self._client: discord.Client | None = None
        self._logging_in = asyncio.Lock()
        self._sender = Sender(self._http)
        self._files = Files(api_url)
        self.account = _bot_of(token)
        self.exclusive = True
        aim(self._api_url, gateway_url)
        quieten()

    async def connect(self) -> None:
        """Log in over HTTP. An outage is no error: `listen` and `send` log in when Discord is back.

        Raises OperatorError when Discord refuses the token.
        """
        if not TOKEN.fullmatch(self._token):
            raise OperatorError(REFUSED)  # it could not even be sent
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._login()
        except (SendLater, TimeoutError) as exc:
            log.warning("discord_unreachable", reason=str(exc) or type(exc).__name__)

    async def _login(self) -> discord.Client:
        """The client that sends and fetches. Raises OperatorError, SendLater."""
        async with self._logging_in:
            if self._client is not None:
                return self._client
            client = discord.Client(
                intents=discord.Intents.none(), max_messages=None, max_ratelimit_timeout=LONGEST_FLOOD
            )
            try:
                with refusals():
                    await client.login(self._token)
                self._client = client
            except discord.LoginFailure:
                raise OperatorError(REFUSED) from None
            except (SendRefused, TypeError, KeyError, ValueError) as exc:
                raise SendLater(f"no answer of Discord's: {type(exc).__name__}") from exc
            finally:
                if self._client is None:
                    await client.close()
            if client.user is not None:
                self.account = str(client.user.id)
            return client

    async def _http(self) -> HTTPClient:
        try:
            return (await self._login()).http
        except OperatorError as exc:
            raise SendLater(str(exc)) from exc  # replies wait for the right token

    async def listen(self, receiver: Receiver) -> None:
        """Hold a gateway connection until cancelled; outages of Discord and of the database are waited out.

        Raises OperatorError when Discord refuses token or intents for good.
        """
        client = await self._persist(self._login)
        await self._persist(lambda: self._sync(client))
        catching_up = CatchingUp(receiver, self.account, self._refetch_pause)
        intake = Intake(receiver.receive, self._history, catching_up.want)
        learning = asyncio.create_task(catching_up.run(intake), name="discord catching up")
        attempt = 0
        try:
            while True:
                began = time.monotonic()
                await self._hold(intake, lambda: catching_up.begin_session(intake))
                attempt = 0 if time.monotonic() - began > LASTING_SECONDS else attempt + 1
                await asyncio.sleep(pause(attempt, longest=30.0))
        finally:
            learning.cancel()
            await asyncio.gather(learning, return_exceptions=True)
            await intake.close()

    async def _persist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until Discord answers; an outage is told once."""
        for attempt in itertools.count():
            try:
                return await ask()
            except SendLater as exc:
                if not attempt:
                    log.warning("discord_waits", reason=str(exc))
                await asyncio.sleep(exc.after or pause(attempt, longest=30.0))
        raise AssertionError("unreachable: the count has no end")

    async def _sync(self, client: discord.Client) -> None:
        """Tell Discord of the commands, if it knows others: it counts changes, and people wait for them."""
        http, application, guild = client.http, client.application_id or 0, self._guild_id
        try:
            with refusals():
                known: Any = await http.request(_commands_of(application, guild), params={"with_localizations": "true"})
                if same(self._commands, known):
                    return
                if guild:
                    await http.bulk_upsert_guild_commands(application, guild, self._commands)
                else:
                    await http.bulk_upsert_global_commands(application, self._commands)
            log.info("discord_commands_changed", commands=len(self._commands))
        except SendRefused as exc:  # DMs and buttons work without them
            log.error("discord_commands_refused", reason=str(exc), guild_id=guild)

    async def _hold(self, intake: Intake, began: Callable[[], None]) -> None:
        """One client from its start to its end. The library resumes and reconnects by itself as long as that helps."""
        gateway: Gateway | None = None
        try:
            http = await self._http()
            shards, address, _ = await http.get_bot_gateway()
            if self._gateway_url is None and self._api_url != OFFICIAL_API:
                aim(self._api_url, address)
            gateway = Gateway(intake, began, shards=shards, symbols=self._symbols, form=self._form)
            await gateway.start(self._token)
        except discord.LoginFailure:
            raise OperatorError(REFUSED) from None
        except discord.PrivilegedIntentsRequired:
            raise OperatorError(FATAL[4014]) from None
        except discord.ConnectionClosed as exc:
            if exc.code in FATAL:
                raise OperatorError(FATAL[exc.code]) from None
            log.warning("discord_closed_the_gateway", code=exc.code)
        except (discord.DiscordException, SendLater, *UNREACHABLE) as exc:
            log.warning("discord_waits", reason=type(exc).__name__)
        except Exception:
            # An event that the library cannot read ends its shard. A new session goes on behind it.
            log.exception("the gateway client failed")
        finally:
            if gateway is not None:
                await _leave(gateway)

    async def _history(self, chat_id: str, after: int) -> Page:
        """DMs after an id, oldest first. Raises SendLater, SendRefused."""
        client = await self._persist(self._login)
        channel = client.get_partial_messageable(await self._sender.channel_of(chat_id))
        with refusals():
            found: Any = await client.http.logs_from(channel.id, PAGE, after=after)
        messages: list[Message] = []
        for data in sorted(found, key=lambda data: int(data["id"])):
            try:
                # Not by channel.history(): there one message that the library cannot read would hide all others.
                read = discord.Message(state=client._connection, channel=channel, data=data)
                written = to_message(read, int(self.account), direct=True)
            except (KeyError, TypeError, ValueError, AttributeError):
                log.exception("a message could not be read", message_id=data["id"])
            else:
                messages += [written] if written is not None else []
        return messages, max(int(data["id"]) for data in found) if len(found) == PAGE else None

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:  # noqa: ARG002
        """None: interactions come by the gateway."""
        return ()

    async def send(self, chat_id: str, reply: Reply, envelope: Envelope = Envelope()) -> str | None:
        """Deliver one reply, in parts where it is long: privately as the answer to an interaction, else as a DM."""
        if not chat_id.isdecimal():
            raise SendRefused("This is not a Discord chat.")
        picture = await self._picture(reply)
        if reply.file is not None and envelope.file is not None:
            picture = Picture(reply.file.name, envelope.file)
        payloads = to_payloads(reply, picture=picture is not None)
        if not payloads:
            raise SendRefused("The reply is empty.")
        return await self._sender.send(chat_id, payloads, picture, reply.reply_to, envelope)

    async def _picture(self, reply: Reply) -> Picture | None:
        if reply.image is None or self._load_image is None:
            return None
        try:
            return Picture(PurePosixPath(reply.image).name, await self._load_image(reply.image), reply.alt)
        except AttachmentRefused as exc:
            log.warning("reply_without_picture", reason=exc.reason)
            return None

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        """By a fresh link, which the message gives; what came with a command has one link, for a day."""
        if (attachment.size or 0) > limit:
            raise AttachmentRefused("too_large")
        kind, _, rest = attachment.handle.partition(":")
        if kind == "m":
            return await self._files.get(await self._link(rest), limit)
        expiry, _, url = rest.partition(":")
        if kind != "u" or not expiry.isdecimal():
            raise AttachmentRefused("unsupported")
        if int(expiry) <= time.time():
            raise AttachmentRefused("gone")
        return await self._files.get(url, limit)

    async def _link(self, handle: str) -> str:
        numbers = handle.split(":")
        if len(numbers) != 3 or not all(number.isdecimal() for number in numbers):
            raise AttachmentRefused("unsupported")
        channel, message, wanted = numbers
        look = Route(
            "GET", "/channels/{channel_id}/messages/{message_id}", channel_id=int(channel), message_id=int(message)
        )
        http = await self._http()
        try:
            with refusals():
                found = await http.request(look, timeout=TIMEOUT)
        except SendRefused as exc:
            raise AttachmentRefused("gone") from exc
        link = next((file["url"] for file in found.get("attachments", ()) if file["id"] == wanted), None)
        if link is None:
            raise AttachmentRefused("gone")
        return str(link)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        await self._files.close()


def _commands_of(application: int, guild: int | None) -> Route:
    """Where the commands that Discord knows are read: the library's own call leaves their translations out."""
    path = "/applications/{application_id}/commands"
    if guild:
        path = "/applications/{application_id}/guilds/{guild_id}/commands"
    return Route("GET", path, application_id=application, guild_id=guild)


async def _leave(gateway: Gateway) -> None:
    try:
        async with asyncio.timeout(LEAVE_SECONDS):
            await gateway.close()
    except TimeoutError:
        await gateway.http.close()


def _bot_of(token: str) -> str:
    """The id of the bot whose token this is: its first part, in base64. Empty where it is no token."""
    head = token.partition(".")[0]
    try:
        number = base64.b64decode(head + "=" * (-len(head) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return number if number.isdecimal() else ""
