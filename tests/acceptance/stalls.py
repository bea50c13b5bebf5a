"""PostgreSQL falls silent for ten seconds and more, the language model for sixty: what Discord and Twilio see of it.

Discord: every interaction is acknowledged within its three seconds, and answered once the database is back. Twilio:
the webhook is told 503 within its fifteen seconds, and the message is fetched through the Messages API afterwards.
The database's silence ends as such silences do, with a restart: what was under way is lost with its connections.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg

from statemachine.message import Platform
from tests.acceptance.databases import migrated_database
from tests.acceptance.platforms import BY_DEFAULT, COLUMNS
from tests.acceptance.processes import WorkerProcess, environment, free_port, worker
from tests.servers import openai
from tests.servers.discord import DiscordServer
from tests.servers.discord_limits import DEFERRED
from tests.servers.discord_people import ANSWER_SECONDS, Asked, Sent
from tests.servers.openai import OpenAIServer, openai_server
from tests.servers.stalling_proxy import StallingProxy, stalling_proxy
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN, TOTAL_SECONDS

REPORT: Final = "long 2 nq 18250 > 18290 stop 18230"
FOR_THE_MODEL: Final = "rode the big tech index all morning, 412"
MODEL_SECONDS: Final = 60.0
DRAFTS: Final = 8
FIRST_USER: Final = 814_000_000_000_000_001
PHONE: Final = "+4915123456789"
PROMPT: Final = 2.0
"""Seconds within which interactions are to be acknowledged, whatever the database does."""
SECONDS: Final = 40.0
"""For things that are waited for; nothing is expected to take so long."""

COMMAND, CONFIRM, EDIT, SYMBOL = "command", "Confirm", "Edit", "symbol"
KINDS: Final = (COMMAND, CONFIRM, EDIT, SYMBOL, COMMAND)
KEPT: Final = "select count(*) from worker.inbox where platform = 'whatsapp' and external_id = $1 and status = 'done'"


@dataclass(slots=True)
class Report:
    """Seconds. `faults` is empty when the proof held."""

    stalled: float = 0.0
    acknowledged: dict[str, list[float]] = field(default_factory=dict)
    refused_after: float = 0.0
    fetched_after: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        return max(itertools.chain([0.0], *self.acknowledged.values()))

    def __str__(self) -> str:
        kinds = ", ".join(f"{len(took)} {kind} ≤ {1000 * max(took):.0f} ms" for kind, took in self.acknowledged.items())
        return (
            f"database silent for {self.stalled:.1f} s, model for {MODEL_SECONDS:.0f} s; Discord acknowledged within "
            f"{1000 * self.slowest:.0f} ms ({kinds}); Twilio was told 503 after {self.refused_after:.1f} s, its "
            f"message fetched {self.fetched_after:.1f} s after the silence; {len(self.faults)} faults"
        )

    def judge(self) -> None:
        if self.slowest >= PROMPT:
            self.faults.append(f"an acknowledgement took {self.slowest:.2f} s")


async def prove_stalls(server_dsn: str, folder: Path, *, seconds: float, every: float) -> Report:
    """A silence of `seconds`, longer where Twilio has no answer by then, with an interaction every `every` seconds."""
    report = Report()
    async with migrated_database(server_dsn) as dsn, world(dsn, folder) as here:
        connection = await asyncpg.connect(dsn)
        try:
            drafts = await here.drafts(connection)
            here.discord.write(FIRST_USER + len(drafts), FOR_THE_MODEL)
            await here.discord.until(lambda: here.model.requests, within=SECONDS)
            here.proxy.stall()
            began = time.monotonic()
            sid = here.twilio.write(PHONE, REPORT)
            while time.monotonic() - began < seconds or not here.twilio.deliveries:
                assert time.monotonic() - began < TOTAL_SECONDS + seconds, "Twilio was never answered"
                await asyncio.sleep(every)
                here.interact(drafts)
            report.stalled = time.monotonic() - began
            here.proxy.cut()
            await asyncio.gather(here.answered(report), here.fetched(connection, sid, report))
        finally:
            await connection.close()
    return report


@dataclass(slots=True)
class World:
    """A worker, what is around it, and what people do there. `asked`: interactions in the silence, with their kind."""

    proxy: StallingProxy
    worker: WorkerProcess
    discord: DiscordServer
    twilio: TwilioServer
    model: OpenAIServer
    asked: list[tuple[str, Asked]] = field(default_factory=list)

    async def drafts(self, connection: asyncpg.Connection) -> list[Sent]:
        """Traders whose drafts wait for their Confirm; one more on Discord without, and one on WhatsApp."""
        users = [FIRST_USER + number for number in range(DRAFTS + 1)]
        await sign_up(connection, "discord", *map(str, users))
        await sign_up(connection, "whatsapp", PHONE)
        for user in users[:DRAFTS]:
            self.discord.write(user, REPORT)
        await self.discord.until(lambda: all(self.discord.sent_to(user) for user in users[:DRAFTS]), within=SECONDS)
        return [self.discord.sent_to(user)[0] for user in users[:DRAFTS]]

    def interact(self, drafts: list[Sent]) -> None:
        """The next of KINDS, by the next trader."""
        number = len(self.asked)
        kind, draft = KINDS[number % len(KINDS)], drafts[number % len(drafts)]
        if kind == COMMAND:
            asked = self.discord.command(draft.user, "trades")
        elif kind == SYMBOL:
            asked = self.discord.type_symbol(draft.user, "n")
        else:
            asked = self.discord.press(draft.user, draft, kind)
        self.asked.append((kind, self.discord.asked[asked]))

    async def answered(self, report: Report) -> None:
        """Each was acknowledged while the server takes that, and answered since; a form and suggestions are both."""
        await self.discord.until(
            lambda: all(asked.took is not None or not asked.alive for _, asked in self.asked), within=SECONDS
        )
        for kind, asked in self.asked:
            if asked.took is None:
                report.faults.append(f"{kind} was not acknowledged within {ANSWER_SECONDS:.0f} s")
            else:
                report.acknowledged.setdefault(kind, []).append(asked.took)
        deferred = [asked for _, asked in self.asked if asked.answered == DEFERRED]
        try:
            await self.discord.until(lambda: all(asked.original for asked in deferred), within=SECONDS)
        except TimeoutError:
            silent = sum(not asked.original for asked in deferred)
            report.faults.append(f"{silent} of {len(deferred)} interactions were never answered")

    async def fetched(self, connection: asyncpg.Connection, sid: str, report: Report) -> None:
        """Twilio was told to come again, did not, and the message is in the journal: through the Messages API."""
        (first,) = self.twilio.deliveries
        report.refused_after = first.seconds
        if first.status != 503 or first.seconds >= TOTAL_SECONDS:
            report.faults.append(f"Twilio was told {first.status} after {first.seconds:.1f} s")
        began = time.monotonic()
        while not await connection.fetchval(KEPT, sid):
            if time.monotonic() - began > SECONDS:
                report.faults.append("the WhatsApp message never came")
                return
            await asyncio.sleep(0.05)
        report.fetched_after = time.monotonic() - began
        if not await self.worker.logged("handed_over_from_list", sid, within=SECONDS):
            report.faults.append("the WhatsApp message did not come through the Messages API")
        await self.twilio.until(lambda: self.twilio.sent_to(PHONE), within=SECONDS)


async def sign_up(connection: asyncpg.Connection, platform: Platform, *people: str) -> None:
    """Linked traders."""
    for person in people:
        user = await connection.fetchval(
            "insert into auth.users (id, email) values (gen_random_uuid(), $1) returning id", f"{person}@example.org"
        )
        await connection.execute(f"update public.profiles set {COLUMNS[platform]} = $2 where id = $1", user, person)


@asynccontextmanager
async def world(dsn: str, folder: Path) -> AsyncIterator[World]:
    async with (
        stalling_proxy(dsn) as (proxy, through),
        DiscordServer() as discord,
        TwilioServer() as twilio,
        openai_server() as ai,
    ):
        ai.otherwise = openai.waits(MODEL_SECONDS, openai.STEPS["example"])
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        variables = environment(
            folder, DATABASE_URL=through, LOG_LEVEL="INFO", PORT=str(port), PUBLIC_URL=address,
            DISCORD_BOT_TOKEN=discord.token, DISCORD_API_URL=discord.api,
            TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TOKEN, TWILIO_WHATSAPP_FROM=NUMBER, TWILIO_API_URL=twilio.url,
            OPENAI_API_KEY=ai.key, OPENAI_BASE_URL=ai.url,
        )  # fmt: skip
        async with worker(folder, variables | BY_DEFAULT) as process:
            await discord.until(lambda: discord.gateway.online, within=SECONDS)
            await twilio.until(lambda: "list" in twilio.calls, within=SECONDS)
            twilio.webhook = f"{address}/whatsapp"
            yield World(proxy, process, discord, twilio, ai)
