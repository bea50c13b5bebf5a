"""Every message delivered one to five times, to two workers at once; what is left is compared with one delivery."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import asyncpg

from bot.turn import Turns
from statemachine.errors import Unavailable
from statemachine.message import Message
from tests.acceptance.databases import migrated_database
from tests.acceptance.effects import Effects, differences, effects_of
from tests.acceptance.intake import message_of, taking_in
from tests.acceptance.killing import BOT
from tests.acceptance.traffic import Traffic, sign_up_traders

MOST_DELIVERIES = 5


@dataclass(slots=True)
class Report:
    """`faults` is empty when the proof held."""

    seed: int
    messages: int = 0
    deliveries: int = 0
    at_once: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.messages} messages delivered {self.deliveries} times to two workers, "
            f"{self.at_once} of them to both at once; {self.seconds:.0f} s; {len(self.faults)} faults"
        )


async def prove_duplicates(server_dsn: str, *, seed: int, chats: int = 20) -> Report:
    """The traffic of `seed` once and in order, then again with repeats: both databases are the same."""
    began = time.monotonic()
    traffic = Traffic(seed, bot=BOT, chats=chats)
    report = Report(seed, messages=len(traffic.steps))
    messages = [message_of(step, BOT) for step in traffic.steps]
    expected = await _delivered_once(server_dsn, traffic, messages)
    done = sum('"status": "done"' in line for line in expected["inbox"])
    found = await _delivered_often(server_dsn, traffic, messages, report)
    report.faults = differences(expected, found)
    if done != report.messages:  # two runs that fail alike prove nothing
        report.faults.append(f"delivered once, {done} of {report.messages} messages were handled")
    report.seconds = time.monotonic() - began
    return report


async def _delivered_once(server_dsn: str, traffic: Traffic, messages: Sequence[Message]) -> Effects:
    async with migrated_database(server_dsn) as dsn, taking_in(dsn) as worker:
        connection = await asyncpg.connect(dsn)
        try:
            await sign_up_traders(connection, traffic.chats)
            for message in messages:
                await worker.receive(message)
            return await effects_of(connection)
        finally:
            await connection.close()


async def _delivered_often(server_dsn: str, traffic: Traffic, messages: Sequence[Message], report: Report) -> Effects:
    async with migrated_database(server_dsn) as dsn, taking_in(dsn) as one, taking_in(dsn) as other:
        connection = await asyncpg.connect(dsn)
        try:
            await sign_up_traders(connection, traffic.chats)
            chance = random.Random(report.seed)
            chats = [[message for message in messages if message.chat_id == str(chat)] for chat in traffic.chats]
            await asyncio.gather(*(_chat(told, (one, other), chance, report) for told in chats))
            return await effects_of(connection)
        finally:
            await connection.close()


async def _chat(
    messages: Sequence[Message], workers: tuple[Turns, Turns], chance: random.Random, report: Report
) -> None:
    """First deliveries in order; a repeat comes beside its first, or at any time after it."""
    repeats: list[asyncio.Task[None]] = []
    for number, message in enumerate(messages):
        left = chance.randint(0, MOST_DELIVERIES - 1)
        report.deliveries += 1 + left
        first = list(chance.sample(workers, 2))
        if left and chance.random() < 0.5:
            left -= 1
            report.at_once += 1
            await asyncio.gather(*(_deliver(worker, message) for worker in first))
        else:
            await _deliver(first[0], message)
        for _ in range(left):
            again = _later(chance.choice(workers), message, chance.uniform(0.0, 0.05) * (len(messages) - number))
            repeats.append(asyncio.create_task(again))
    await asyncio.gather(*repeats)


async def _later(worker: Turns, message: Message, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await _deliver(worker, message)


async def _deliver(worker: Turns, message: Message) -> None:
    """As platforms do: again when it was not taken."""
    for _ in range(5):
        with suppress(Unavailable):
            return await worker.receive(message)
    raise AssertionError(f"never taken: {message}")
