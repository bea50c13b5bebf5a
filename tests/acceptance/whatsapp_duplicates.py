"""WhatsApp messages delivered one to three times, to the webhooks of two worker processes; what is left is compared
with one delivery each to one worker.

A chat's first deliveries come in the order it wrote; a repeat comes beside its first, at the other worker, or at any
time after it, so that later messages overtake it. Jobs do not run, so that both databases are comparable.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid5

import asyncpg

from tests.acceptance.databases import migrated_database
from tests.acceptance.effects import Effects, differences, effects_of
from tests.acceptance.processes import WORKER, environment, free_port, worker
from tests.acceptance.traffic import RULES, TRADERS
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN, Resource
from tests.whatsapp_side import HOOK, PUBLIC

ONLY: Final = (*WORKER, "--only", "whatsapp")
MOST_DELIVERIES: Final = 3
STORIES: Final[tuple[tuple[str, ...], ...]] = (
    (
        "long 2 nq {a} > {up} stop {down}", "1", "skip", "short 1 es 5300 stop 5310", "yes", "closed es at 5290",
        "1", "/skip", "/trades", "hello",
    ),
    (
        "long mnq", "{a} to {up}", "stop {down}", "yes", "/skip", "/undo", "long 1 nq {a} > {down} stop {down}", "2",
        "/drafts", "/trades",
    ),
    (
        "long 1 nq {a} > {up}\nshort 1 es 5300 > 5290", "yes", "skip", "skip", "short 2 cl 78.20 > 77.90 stop 78.50",
        "make it 3 contracts", "1", "/skip", "/undo", "/redo",
    ),
)  # fmt: skip
"""Conversations of ten messages; a number is a choice that was offered, and written once it was shown."""
SECONDS: Final = 60.0
LEFT: Final = "select count(*) from worker.outbox where status <> 'sent'"
UNSHOWN: Final = f"{LEFT} and chat_id = $1"


@dataclass(slots=True)
class Report:
    """`faults` is empty when the proof held."""

    seed: int
    messages: int = 0
    deliveries: int = 0
    at_once: int = 0
    refused: int = 0
    replies: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.messages} WhatsApp messages delivered {self.deliveries} times to two processes, "
            f"{self.at_once} of them to both at once, {self.refused} refused and repeated; {self.replies} replies; "
            f"{self.seconds:.0f} s; {len(self.faults)} faults"
        )


class Deliveries:
    """Twilio, and what it has to deliver: every message is known before the first comes, so that SIDs are the same in
    every run; the Messages API shows one once it was delivered for the first time."""

    def __init__(
        self, twilio: TwilioServer, ports: Sequence[int], chance: random.Random, chats: int, database: asyncpg.Pool
    ) -> None:
        self._twilio, self._ports, self._chance, self._database = twilio, ports, chance, database
        self.report = Report(0)
        told = [_story(number) for number in range(chats)]
        for person, lines in told:
            for line in lines:
                twilio.write(person, line)
        written, twilio.messages = twilio.messages, []
        self.chats = [[each for each in written if each.sender == f"whatsapp:{person}"] for person, _ in told]

    async def run(self, most: int) -> None:
        await asyncio.gather(*(self._chat(messages, most) for messages in self.chats))

    async def _chat(self, messages: Sequence[Resource], most: int) -> None:
        repeats: list[asyncio.Task[None]] = []
        for number, message in enumerate(messages):
            if message.body.isdigit():
                await self._shown(message.sender)
            left = self._chance.randint(1, most) - 1
            self.report.deliveries += 1 + left
            message.at = datetime.now(UTC)
            self._twilio.messages.append(message)
            first = self._chance.sample(self._ports, len(self._ports))
            if left and self._chance.random() < 0.5:
                left -= 1
                self.report.at_once += 1
                await asyncio.gather(*(self._deliver(message, port) for port in first))
            else:
                await self._deliver(message, first[0])
            for _ in range(left):
                pause = self._chance.uniform(0.0, 0.1) * (len(messages) - number)
                again = self._deliver(message, self._chance.choice(self._ports), after=pause)
                repeats.append(asyncio.create_task(again))
        await asyncio.gather(*repeats)

    async def _shown(self, sender: str) -> None:
        async with asyncio.timeout(SECONDS):
            while await self._database.fetchval(UNSHOWN, sender.removeprefix("whatsapp:")):
                await asyncio.sleep(0.02)

    async def _deliver(self, message: Resource, port: int, *, after: float = 0.0) -> None:
        """Again when it was not taken."""
        await asyncio.sleep(after)
        form = self._twilio.form_of(message.sid)
        headers = {"X-Twilio-Signature": self._twilio.sign(HOOK, form)}
        for _ in range(5):
            async with self._twilio.http.post(f"http://127.0.0.1:{port}/whatsapp", data=form, headers=headers) as told:
                if told.status == 200:
                    return
            self.report.refused += 1
        raise AssertionError(f"never taken: {form}")


def _story(number: int) -> tuple[str, list[str]]:
    entry = 15_000 + 40 * number
    lines = STORIES[number % len(STORIES)]
    return _person(number), [line.format(a=entry, up=entry + 20, down=entry - 10) for line in lines]


def _person(number: int) -> str:
    return f"+4915{100_000_000 + number}"


async def prove_whatsapp_duplicates(server_dsn: str, folder: Path, *, seed: int, chats: int = 20) -> Report:
    """Ten messages a chat, delivered once, and at the same time elsewhere again and again: both databases are equal."""
    began = time.monotonic()
    once = _delivered(server_dsn, folder / "once", random.Random(seed), chats, workers=1, most=1)
    often = _delivered(server_dsn, folder / "often", random.Random(seed), chats, workers=2, most=MOST_DELIVERIES)
    (expected, plain), (found, report) = await asyncio.gather(once, often)
    report.seed, report.messages = seed, plain.deliveries
    report.faults += plain.faults + differences(expected, found)
    done = sum('"status": "done"' in line for line in expected["inbox"])
    if done != report.messages:  # two runs that fail alike prove nothing
        report.faults.append(f"delivered once, {done} of {report.messages} messages were handled")
    if len(expected["trades"]) < chats:  # nor do conversations that record nothing
        report.faults.append(f"{len(expected['trades'])} trades were recorded")
    if report.replies != plain.replies:
        report.faults.append(f"{report.replies} replies were sent, {plain.replies} to single deliveries")
    report.seconds = time.monotonic() - began
    return report


async def _delivered(
    server_dsn: str, folder: Path, chance: random.Random, chats: int, *, workers: int, most: int
) -> tuple[Effects, Report]:
    ports = [free_port() for _ in range(workers)]
    async with migrated_database(server_dsn) as dsn, TwilioServer() as twilio:
        connection = await asyncpg.connect(dsn)
        database = await asyncpg.create_pool(dsn, min_size=1, max_size=2)
        try:
            await _sign_up(connection, chats)
            deliveries = Deliveries(twilio, ports, chance, chats, database)
            twilio.proxies[PUBLIC] = f"http://127.0.0.1:{ports[0]}"  # for the news of replies
            async with _workers(folder, dsn, twilio, ports):
                await twilio.until(lambda: twilio.calls.count("list") >= workers, within=SECONDS)
                await deliveries.run(most)
                async with asyncio.timeout(SECONDS):
                    while await connection.fetchval(LEFT):
                        await asyncio.sleep(0.1)
                await twilio.quiet()
            deliveries.report.replies = len(twilio.sent)
            return await effects_of(connection), deliveries.report
        finally:
            await database.close()
            await connection.close()


@asynccontextmanager
async def _workers(folder: Path, dsn: str, twilio: TwilioServer, ports: Sequence[int]) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        starting = [
            stack.enter_async_context(worker(folder / str(port), _variables(folder, dsn, twilio, port), ONLY))
            for port in ports
        ]
        await asyncio.gather(*starting)
        yield


def _variables(folder: Path, dsn: str, twilio: TwilioServer, port: int) -> dict[str, str]:
    return environment(
        folder / str(port), DATABASE_URL=dsn, PORT=str(port), PUBLIC_URL=PUBLIC, TWILIO_ACCOUNT_SID=ACCOUNT,
        TWILIO_AUTH_TOKEN=TOKEN, TWILIO_WHATSAPP_FROM=NUMBER, TWILIO_API_URL=twilio.url,
    )  # fmt: skip


async def _sign_up(connection: asyncpg.Connection, chats: int) -> None:
    """Linked traders with rules; their ids follow from their numbers."""
    for number in range(chats):
        user = uuid5(TRADERS, _person(number))
        await connection.execute("insert into auth.users (id, email) values ($1, $2)", user, f"w{number}@example.com")
        await connection.execute(
            "update public.profiles set whatsapp_phone = $2, account_size = 50000, daily_loss_limit_pct = 2,"
            " max_drawdown_pct = 4, max_daily_trades = 5 where id = $1",
            user,
            _person(number),
        )
        await connection.executemany(
            "insert into public.trading_rules (user_id, rule_text, sort_order) values ($1, $2, $3)",
            [(user, text, place) for place, text in enumerate(RULES)],
        )
