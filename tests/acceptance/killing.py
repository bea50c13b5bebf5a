"""Workers killed again and again while twenty traders write, and what is left compared with an undisturbed run."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from tests.acceptance.databases import migrated_database
from tests.acceptance.effects import Effects, delivery_faults, differences, effects_of
from tests.acceptance.killed_worker import POINTS
from tests.acceptance.processes import Nursery, by_telegram, environment, free_port, nursery
from tests.acceptance.traffic import Platform, Traffic, sign_up_traders
from tests.servers.telegram import TOKEN

NAMED = (
    "after_fetch", "after_insert", "after_step", "before_commit", "after_commit", "before_acknowledgement",
    "after_send",
)  # fmt: skip
"""The points that every proof must hit."""
RARE = ("after_picture", "after_verdicts")
AT_RANDOM = "at random"
AT_REST = "at rest"
"""Killed with nothing new to do: lets a message pass that a worker was killed with twice already. Of no count."""
PASSAGES = (2, 8)
"""Never the first: a message that a worker was killed with thrice is set aside."""
SPARE = 5
"""Shares of the traffic that nobody is dealt at first, for lives that need more than one to come to their point."""
QUIET_SECONDS = 60.0
"""How long nothing may get done while anything is left."""
LOOK_SECONDS = 0.05
BOT = int(TOKEN.partition(":")[0])

TRIES = """
select coalesce(max(a.tries), 0) from worker.attempts a where not exists (
    select from worker.inbox i where (i.platform, i.account, i.chat_id, i.external_id)
        = (a.platform, a.account, a.chat_id, a.external_id))
"""
UNDER_WAY = """
select (select count(*) from worker.outbox where status = 'pending')
     + (select count(*) from worker.inbox where status = 'waiting')
     + (select count(*) from worker.pgqueuer where status in ('queued', 'picked'))
"""


@dataclass(slots=True)
class Report:
    """What was done and seen. `faults` is empty when the proof held."""

    seed: int
    mode: str
    kills: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    replies: int = 0
    repeated: int = 0
    most_tries: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = ", ".join(f"{point} {count}" for point, count in sorted(self.kills.items()))
        return (
            f"seed {self.seed}, {self.mode}: {self.kills.total()} kills ({kills}); {self.messages} messages, "
            f"{self.replies} replies, {self.repeated} sent again; most tries of a message {self.most_tries}; "
            f"{self.seconds:.0f} s; {len(self.faults)} faults"
        )


async def prove_kills(server_dsn: str, folder: Path, *, seed: int, kills: int, webhook: bool) -> Report:
    """The traffic of `seed` through workers that are killed `kills` times or more, beside a run without kills."""
    began = time.monotonic()
    report = Report(seed, "webhook" if webhook else "polling")
    traffic = Traffic(seed, bot=BOT)
    report.messages = len(traffic.steps)
    folder.mkdir(parents=True, exist_ok=True)
    async with nursery(folder, environment(folder)) as workers:
        async with begun(server_dsn, folder / "undisturbed", traffic, workers, webhook=webhook) as session:
            await session.run_undisturbed()
            expected = await effects_of(session.connection)
            done = sum('"status": "done"' in line for line in expected["inbox"])
            if done != report.messages:  # two runs that fail alike prove nothing
                report.faults.append(f"undisturbed, {done} of {report.messages} messages were handled")
            report.faults += await delivery_faults(session.connection, session.platform.sent)
        async with begun(server_dsn, folder / "killed", traffic, workers, webhook=webhook) as session:
            await session.run_killed(random.Random(seed), kills, report)
            await session.judge(expected, report)
    report.seconds = time.monotonic() - began
    return report


class Session:
    """One database, one platform and the workers between them, started with `variables`."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        platform: Platform,
        workers: Nursery,
        variables: Mapping[str, str],
        traffic: Traffic,
    ) -> None:
        self.connection, self.platform, self.traffic = connection, platform, traffic
        self.workers, self.variables = workers, variables
        self.left = list(traffic.steps)

    async def run_undisturbed(self) -> None:
        self.play(len(self.left))
        await self.run_to_the_end()

    async def run_to_the_end(self) -> None:
        """A worker without a fuse, until nothing is left to do; it ends cleanly."""
        await self.workers.begin(self.variables)
        await self.until_quiet()
        os.kill(self.workers.pid, signal.SIGTERM)
        assert await self.workers.ended() == 0, self.workers.log.read_text()

    async def run_killed(self, chance: random.Random, kills: int, report: Report) -> None:
        causes = _causes(chance, kills)
        share = max(4, len(self.left) // (kills + SPARE))
        while report.kills.total() < kills or self.left:
            if await self.connection.fetchval(TRIES) >= 2:
                await self._one_life(AT_REST, chance, 0)
            else:
                report.kills[await self._one_life(next(causes), chance, share)] += 1
            report.most_tries = max(report.most_tries, await self.connection.fetchval(TRIES))
        await self.run_to_the_end()

    async def _one_life(self, cause: str, chance: random.Random, share: int) -> str:
        """A worker from its start to its end; what killed it."""
        variables = {**self.variables, "CARELESS": chance.choice(("1", ""))}
        if cause not in (AT_RANDOM, AT_REST):
            passage = chance.randint(1, 2) if cause in RARE else chance.randint(*PASSAGES)
            variables["KILL_AT"] = f"{cause}:{passage}"
        async with self.workers.life(variables) as status:
            self.play(share)
            until = time.monotonic() + (chance.uniform(0.0, 0.9) if cause == AT_RANDOM else 3.0)
            while not status.done() and not await self._has_lasted(cause, until):
                await asyncio.wait((status,), timeout=LOOK_SECONDS)
                if cause not in (AT_RANDOM, AT_REST) and self.left and not self.platform.pending():
                    self.play(share)
            if not status.done() and cause != AT_REST:
                cause = AT_RANDOM
        ended = status.result()
        assert ended == -signal.SIGKILL, f"a worker ended by itself: {ended}\n{self.workers.log.read_text()}"
        return cause

    async def _has_lasted(self, cause: str, until: float) -> bool:
        """A named point is come to however slow the machine is: only having nothing more to do ends such a life."""
        if time.monotonic() < until:
            return False
        return cause not in NAMED or (not self.left and await self._is_quiet())

    async def _is_quiet(self) -> bool:
        if not self.workers.serves or self.platform.pending():
            return False
        return not await self.connection.fetchval(UNDER_WAY)

    def play(self, count: int) -> None:
        steps, self.left = self.left[:count], self.left[count:]
        self.platform.play(self.traffic, steps)

    async def until_quiet(self) -> None:
        seen, deadline = (-1, -1), 0.0
        while not await self._is_quiet():
            done = len(self.platform.pending()), len(self.platform.sent)
            if done != seen:
                seen, deadline = done, time.monotonic() + QUIET_SECONDS
            assert time.monotonic() < deadline, f"work is left: {self.workers.log.read_text()[-4000:]}"
            await asyncio.sleep(LOOK_SECONDS)

    async def judge(self, expected: Effects, report: Report) -> None:
        report.faults += differences(expected, await effects_of(self.connection))
        report.faults += await delivery_faults(self.connection, self.platform.sent)
        report.replies = await self.connection.fetchval("select count(*) from worker.outbox")
        report.repeated = len(self.platform.sent) - report.replies


@asynccontextmanager
async def begun(
    server_dsn: str, folder: Path, traffic: Traffic, workers: Nursery, *, webhook: bool
) -> AsyncIterator[Session]:
    """A fresh database with the traders of `traffic`, and a platform."""
    async with migrated_database(server_dsn) as dsn, Platform() as platform:
        connection = await asyncpg.connect(dsn)
        try:
            await sign_up_traders(connection, traffic.chats)
            telegram = by_telegram(platform.url, webhook_port=free_port() if webhook else None)
            variables = telegram | {"DATABASE_URL": dsn, "DATA_DIR": str(folder)}
            yield Session(connection, platform, workers, variables, traffic)
        finally:
            await connection.close()


def _causes(chance: random.Random, kills: int) -> Iterator[str]:
    """Every named point first, then all points and random moments in turn."""
    first = [*NAMED, *[AT_RANDOM] * max(1, kills - len(NAMED))][: max(kills, len(NAMED))] if kills < 15 else []
    while True:
        causes = first or [*POINTS, *[AT_RANDOM] * 3]
        chance.shuffle(causes)
        yield from causes
