"""The four local platforms, each in a process of its own, seen from outside: people write there, replies arrive.

What a platform does with a message is its own: Telegram keeps it until the worker polls (or calls the webhook),
Discord sends it down the gateway, Twilio calls the webhook, the mail server puts it into the folder and tells IDLE.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, Protocol

import aiohttp

from statemachine.message import Platform
from tests.acceptance.processes import ROOT, by_telegram
from tests.servers import discord
from tests.servers.mail_letters import AUTHSERV, JOURNAL
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN

READING_SECONDS: Final = 30.0
COMMAND: Final = "/"
"""What begins so is a slash command on Discord."""


class Control:
    """The control interface of a server in another process."""

    def __init__(self, client: aiohttp.ClientSession, url: str) -> None:
        self._client, self._url = client, url

    async def __call__(self, name: str, /, **arguments: Any) -> Any:
        async with self._client.post(f"{self._url}/control/{name}", json=arguments) as answer:
            answer.raise_for_status()
            return await answer.json()


class LocalPlatform(Protocol):
    """One platform. `variables`: what a worker needs to serve it."""

    platform: Platform
    variables: Mapping[str, str]

    def person(self, number: int) -> str:
        """The chat id of a trader."""

    async def write(self, person: str, text: str) -> str:
        """A trader writes; the external id that the journal will know the message by."""

    async def arrivals(self) -> Mapping[tuple[str, str], float]:
        """Every reply that arrived, by chat and external id; when, in seconds since 1970."""

    async def is_read(self) -> bool:
        """A worker reads this platform."""


class LocalTelegram:
    platform: Platform = "telegram"

    def __init__(self, control: Control, url: str, webhook_port: int | None) -> None:
        self._control, self._by_webhook = control, webhook_port is not None
        self.variables = by_telegram(url, webhook_port=webhook_port)

    def person(self, number: int) -> str:
        return str(700_000 + number)

    async def write(self, person: str, text: str) -> str:
        return str(await self._control("write", chat_id=int(person), text=text))

    async def arrivals(self) -> Mapping[tuple[str, str], float]:
        sent, ahead = (await self._control("state"))["sent"], _ahead()
        return {(str(each["chat_id"]), str(each["message_id"])): each["at"] + ahead for each in sent}

    async def is_read(self) -> bool:
        state = await self._control("state")
        return bool(state["webhook"]) if self._by_webhook else "getUpdates" in state["calls"]


class LocalDiscord:
    platform: Platform = "discord"

    def __init__(self, control: Control, url: str) -> None:
        self._control = control
        self.variables = {"DISCORD_BOT_TOKEN": discord.TOKEN, "DISCORD_API_URL": url + discord.API}

    def person(self, number: int) -> str:
        return str(814_000_000_000_000_000 + number)

    async def write(self, person: str, text: str) -> str:
        if text.startswith(COMMAND):
            return f"i{await self._control('command', user=int(person), name=text.removeprefix(COMMAND))}"
        return str(await self._control("write", user=int(person), text=text))

    async def arrivals(self) -> Mapping[tuple[str, str], float]:
        sent, ahead = (await self._control("state"))["sent"], _ahead()
        return {(str(each["user"]), str(each["id"])): each["at"] + ahead for each in sent}

    async def is_read(self) -> bool:
        return bool((await self._control("state"))["online"])


class LocalWhatsApp:
    platform: Platform = "whatsapp"

    def __init__(self, control: Control, url: str, port: int) -> None:
        self._control = control
        self._hook = f"http://127.0.0.1:{port}"
        self.variables = {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": NUMBER,
            "TWILIO_API_URL": url,
            "PUBLIC_URL": self._hook,
            "PORT": str(port),
        }

    def person(self, number: int) -> str:
        return f"+4915{100_000_000 + number}"

    async def write(self, person: str, text: str) -> str:
        return str(await self._control("write", person=person, body=text))

    async def arrivals(self) -> Mapping[tuple[str, str], float]:
        sent = (await self._control("state"))["sent"]
        return {(each["to"].removeprefix("whatsapp:"), each["sid"]): each["at"] for each in sent}

    async def is_read(self) -> bool:
        await self._control("connect", webhook=f"{self._hook}/whatsapp")
        return "list" in (await self._control("state"))["calls"]  # the look for what was missed before


class LocalMail:
    platform: Platform = "email"

    def __init__(self, control: Control, imap_url: str, smtp_url: str) -> None:
        self._control = control
        self._numbers = itertools.count(1)
        self.variables = {
            "IMAP_URL": imap_url,
            "SMTP_URL": smtp_url,
            "MAIL_FROM": JOURNAL,
            "MAIL_AUTHSERV_ID": AUTHSERV,
        }

    def person(self, number: int) -> str:
        return f"m{number}@example.com"

    async def write(self, person: str, text: str) -> str:
        message_id = f"<mail.{next(self._numbers)}@example.com>"
        await self._control("write", text=text, sender=person, message_id=message_id)
        return message_id

    async def arrivals(self) -> Mapping[tuple[str, str], float]:
        answers, ahead = await self._control("answers"), _ahead()
        return {(each["to"], each["message_id"]): each["at"] + ahead for each in answers}

    async def is_read(self) -> bool:
        return "IDLE" in (await self._control("state"))["calls"]


def _ahead() -> float:
    """What the clock of dates is ahead of the monotonic one, which all processes of a machine share."""
    return time.time() - time.monotonic()


@asynccontextmanager
async def local_platforms(port: int, *, telegram_webhook: bool) -> AsyncIterator[dict[Platform, LocalPlatform]]:
    """All four, running; `port` is the worker's, where webhooks go."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)))

        async def started(name: str) -> list[str]:
            return await stack.enter_async_context(_process(f"tests.servers.{name}"))

        telegram, gateway, twilio, mail = await asyncio.gather(*map(started, ("telegram", "discord", "twilio", "mail")))
        imap_url, smtp_url, mail_control = mail
        platforms: tuple[LocalPlatform, ...] = (
            LocalTelegram(Control(client, telegram[0]), telegram[0], port if telegram_webhook else None),
            LocalDiscord(Control(client, gateway[0]), gateway[0]),
            LocalWhatsApp(Control(client, twilio[0]), twilio[0], port),
            LocalMail(Control(client, mail_control), imap_url, smtp_url),
        )
        yield {each.platform: each for each in platforms}


@asynccontextmanager
async def _process(module: str) -> AsyncIterator[list[str]]:
    """A server; what it prints when it serves: its addresses."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), READING_SECONDS)
        assert line, f"{module} ended"
        yield line.decode().split()
    finally:
        process.kill()
        await process.wait()


async def until_read(platforms: Mapping[Platform, LocalPlatform]) -> None:
    """Wait until a worker reads every one of them. Raises TimeoutError."""
    async with asyncio.timeout(READING_SECONDS):
        for each in platforms.values():
            while not await each.is_read():
                await asyncio.sleep(0.1)
