"""`vigil run` with all four platforms, as an operator starts it: its variables, what it prints, who is answered."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.processes import WORKER, WorkerProcess, by_telegram, environment, worker
from tests.contract.discord import DiscordByGateway
from tests.contract.driver import Driver, until
from tests.contract.mail import EMail
from tests.contract.telegram import TelegramPolling
from tests.contract.whatsapp import WhatsAppByTwilio
from tests.servers.discord import TOKEN as DISCORD_TOKEN
from tests.servers.mail_letters import AUTHSERV, JOURNAL
from tests.servers.twilio_traffic import ACCOUNT, NUMBER
from tests.servers.twilio_traffic import TOKEN as TWILIO_TOKEN

STOP_SECONDS = 10.0
LARGEST = 300.0
"""Megabytes of a worker with every SDK, just started; 145 were measured on x86-64 with Python 3.11."""


class Platforms:
    """The four servers, each with its person; our adapters run in the worker's process alone."""

    def __init__(self, telegram: TelegramPolling, discord: DiscordByGateway, whatsapp: WhatsAppByTwilio, mail: EMail):
        self.telegram, self.discord, self.whatsapp, self.mail = telegram, discord, whatsapp, mail

    @property
    def all(self) -> tuple[Driver, ...]:
        return self.telegram, self.discord, self.whatsapp, self.mail

    def variables(self, dsn: str) -> dict[str, str]:
        return by_telegram(self.telegram.server.url) | {
            "DATABASE_URL": dsn,
            "PORT": str(self.whatsapp.port),
            "PUBLIC_URL": self.whatsapp.url,
            "DISCORD_BOT_TOKEN": DISCORD_TOKEN,
            "DISCORD_API_URL": self.discord.server.api,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
            "TWILIO_WHATSAPP_FROM": f"whatsapp:{NUMBER}",
            "TWILIO_API_URL": self.whatsapp.server.url,
            "IMAP_URL": self.mail.server.imap_url,
            "SMTP_URL": self.mail.server.smtp_url,
            "MAIL_FROM": JOURNAL,
            "MAIL_AUTHSERV_ID": AUTHSERV,
        }


@pytest.fixture
async def platforms(tmp_path: Path) -> AsyncIterator[Platforms]:
    async with AsyncExitStack() as stack:
        kinds = (TelegramPolling, DiscordByGateway, WhatsAppByTwilio, EMail)
        drivers = [await stack.enter_async_context(kind.running(tmp_path)) for kind in kinds]
        yield Platforms(*drivers)  # type: ignore[arg-type]
        for driver in drivers:
            await driver.adapter.close()


async def greeted(driver: Driver) -> None:
    await driver.write("hello, who are you?")
    await until(lambda: any("I am Vigil" in shown.text for shown in driver.shown()))


def megabytes(process: WorkerProcess) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


async def test_one_worker_serves_all_four(platforms: Platforms, dsn: str, tmp_path: Path) -> None:
    variables = environment(tmp_path, **platforms.variables(dsn))
    async with worker(tmp_path, variables) as process:
        assert "Platforms: telegram, discord, whatsapp, email.\n" in process.output
        for driver in platforms.all:
            await greeted(driver)
        async with aiohttp.ClientSession(platforms.whatsapp.url) as http, http.get("/readyz") as answer:
            assert answer.status == 200, await answer.text()
        assert megabytes(process) < LARGEST
        status, seconds = await process.terminate()
        assert (status, seconds < STOP_SECONDS) == (0, True), process.output
        for secret in (TWILIO_TOKEN, DISCORD_TOKEN, "pass word%&", "pass%20word"):
            assert secret not in process.output


async def test_a_process_serves_only_what_it_is_told_to(platforms: Platforms, dsn: str, tmp_path: Path) -> None:
    variables = environment(tmp_path, **platforms.variables(dsn))
    async with worker(tmp_path, variables, (*WORKER, "--only", "whatsapp,email")) as process:
        assert "Platforms: whatsapp, email.\n" in process.output
        await greeted(platforms.mail)
        await greeted(platforms.whatsapp)
        assert not platforms.discord.server.gateway.online
        assert platforms.telegram.server.calls["getUpdates"] == 0


async def test_a_process_of_jobs_says_what_others_serve(platforms: Platforms, dsn: str, tmp_path: Path) -> None:
    variables = environment(tmp_path, **platforms.variables(dsn))
    async with worker(tmp_path, variables, (*WORKER, "--only", "jobs")) as process:
        assert "Platforms: none in this process; configured are telegram, discord, whatsapp, email.\n" in process.output
