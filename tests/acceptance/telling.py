"""Three workers that tell traders what is due, killed again and again while the clock moves over weekends and both
changes of the clocks: each due message once, none missing."""

import asyncio
import json
import multiprocessing
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess

import asyncpg

from bot.reminding.telling import tell_due
from bot.settings import read_settings
from db import pool
from tests.acceptance.databases import migrated_database
from tests.acceptance.told_traders import MINUTE, Trader, people

WORKERS = 3
HOUR = timedelta(hours=1)
PATIENCE = 60.0
"""Seconds in which everything that is due at a moment must be told."""
WINDOWS = {
    "the clocks in spring": (datetime(2026, 3, 28, 4, tzinfo=UTC), datetime(2026, 3, 30, 14, tzinfo=UTC)),
    "the clocks in autumn": (datetime(2026, 10, 24, 4, tzinfo=UTC), datetime(2026, 10, 26, 14, tzinfo=UTC)),
}
LONG_WINDOWS = {
    "spring": (datetime(2026, 3, 5, 12, tzinfo=UTC), datetime(2026, 4, 7, tzinfo=UTC)),
    "autumn": (datetime(2026, 10, 2, 12, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)),
}
TITLES = {
    "summary": r"^Your day: ",
    "digest": r"^Your week: ",
    "open": r"^A new session: ",
    "close": r"^The session ends at ",
}
DUE = "select exists (select from worker.reminders where next_at <= $1)"
SAID = "select user_id, payload::text from worker.outbox"


@dataclass(slots=True)
class Report:
    """What was done and seen. `faults` is empty when the proof held; `midway`: kills while traders were due."""

    seed: int
    traders: int
    told: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    moments: int = 0
    kills: int = 0
    midway: int = 0
    charts: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = ", ".join(f"{kind} {count}" for kind, count in sorted(self.told.items()))
        return (
            f"seed {self.seed}: {self.traders} traders, {self.moments} moments, {WORKERS} workers, {self.kills} kills "
            f"({self.midway} midway); due and told once: {told}, in {self.messages} messages, {self.charts} charts; "
            f"{self.seconds:.0f} s; {len(self.faults)} faults"
        )


def work(dsn: str) -> None:
    """A worker: tells what is due by the clock that stands in the database, until it is killed."""
    asyncio.run(_work(dsn))


async def _work(dsn: str) -> None:
    settings = read_settings(None, reminders_per_minute=60_000)
    database = await pool.open_pool(dsn, size=1)
    while True:
        async with pool.acquired(database) as connection:
            now = await connection.fetchval("select now from worker_clock")
        if not await tell_due(database, settings, now):
            await asyncio.sleep(0.01)


@contextmanager
def crew(dsn: str) -> Iterator["Crew"]:
    made = Crew(dsn)
    try:
        yield made
    finally:
        for process in made.workers:
            process.kill()
            process.join()


class Crew:
    """Workers as processes of their own, made by a server that has imported everything."""

    def __init__(self, dsn: str) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._dsn = dsn
        self.workers: list[BaseProcess] = [self._begun() for _ in range(WORKERS)]

    def _begun(self) -> BaseProcess:
        process = self._context.Process(target=work, args=(self._dsn,), daemon=True)
        process.start()
        return process

    def kill(self, number: int) -> None:
        """And another takes its place."""
        self.workers[number].kill()
        self.workers[number].join()
        self.workers[number] = self._begun()


async def prove_telling(server_dsn: str, *, seed: int, traders: int, kills: int, long: bool = False) -> Report:
    """`kills`: in each window."""
    began = time.monotonic()
    report, chance = Report(seed, traders), random.Random(seed)
    for name, (begin, end) in (LONG_WINDOWS if long else WINDOWS).items():
        async with migrated_database(server_dsn) as dsn:
            connection = await asyncpg.connect(dsn)
            try:
                await connection.execute("create table worker_clock (now timestamptz not null)")
                await connection.execute("insert into worker_clock values ($1)", begin)
                everyone = await people(connection, traders, chance, begin.date(), end.date())
                await connection.execute("update worker.reminders set looked_at = $1", begin)
                proof = Proof(connection, everyone, begin, end, report, chance)
                with crew(dsn) as workers:
                    await proof.run(workers, kills)
                await proof.judge(name)
            finally:
                await connection.close()
    report.seconds = time.monotonic() - began
    return report


class Proof:
    """One window of time, one database."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        traders: list[Trader],
        begin: datetime,
        end: datetime,
        report: Report,
        chance: random.Random,
    ) -> None:
        self.connection, self.traders, self.begin, self.end = connection, traders, begin, end
        self.report, self.chance = report, chance

    async def run(self, workers: Crew, kills: int) -> None:
        """The clock goes to the next moment at which somebody is due, a little late, as workers are."""
        left = kills
        now = self.begin
        while now < self.end:
            await self.connection.execute("update worker_clock set now = $1", now)
            self.report.moments += 1
            crowd = await self.connection.fetchval("select count(*) from worker.reminders where next_at <= $1", now)
            if left and crowd > 1 and self.chance.random() < 0.8:
                left -= 1
                await self._killed(workers, now)
            await self._dealt_with(now)
            coming = await self.connection.fetchval("select min(next_at) from worker.reminders")
            now = coming + timedelta(seconds=self.chance.randrange(90))

    async def _killed(self, workers: Crew, now: datetime) -> None:
        await asyncio.sleep(self.chance.uniform(0, 0.06))
        self.report.midway += await self.connection.fetchval(DUE, now)
        workers.kill(self.chance.randrange(WORKERS))
        self.report.kills += 1

    async def _dealt_with(self, now: datetime) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self.connection.fetchval(DUE, now):
                await asyncio.sleep(0.005)

    async def judge(self, window: str) -> None:
        rows = await self.connection.fetch("select user_id, kind, period, told_at from worker.told")
        told = {(row["user_id"], row["kind"], row["period"]): row["told_at"] for row in rows}
        faults, certain, possible = self.report.faults, {}, {}
        for trader in self.traders:
            for kind, period, at in trader.due(self.begin, self.end + 2 * HOUR):
                possible[trader.id, kind, period] = at
                if at <= self.end - 2 * HOUR:
                    certain[trader.id, kind, period] = at
        faults += [f"{window}: not told: {one} {certain[one]}" for one in certain.keys() - told.keys()]
        faults += [f"{window}: not due: {one} {told[one]}" for one in told.keys() - possible.keys()]
        known = {trader.id: trader for trader in self.traders}
        for one in told.keys() & possible.keys():
            late, prompt = told[one] - possible[one], one[1] in ("open", "close")
            if known[one[0]].is_quiet(told[one]):
                faults.append(f"{window}: told in quiet hours: {one} {told[one]}")
            early = HOUR + 15 * MINUTE if prompt else timedelta(0)
            if not -early <= late < (HOUR + 2 * MINUTE if prompt else 2 * MINUTE):
                faults.append(f"{window}: told at another time: {one} {possible[one]} {told[one]}")
        self.report.told.update(kind for _, kind, _ in told)
        await self._count(window, Counter((user, kind) for user, kind, _ in told))

    async def _count(self, window: str, noted: Counter[tuple[object, str]]) -> None:
        """What stands in the outbox is what was noted: nothing said twice, or noted and not said; so with charts."""
        said: Counter[tuple[object, str]] = Counter()
        rows = await self.connection.fetch(SAID)
        for row in rows:
            reply = json.loads(row["payload"])
            text = f"{reply['title']}\n{reply['text']}"
            for kind, title in TITLES.items():
                if found := len(re.findall(title, text, re.MULTILINE)):
                    said[row["user_id"], kind] += found
        if said != noted:
            self.report.faults.append(f"{window}: said and noted differ: {said - noted} {noted - said}")
        charts = await self.connection.fetchval("select count(*) from worker.pgqueuer where entrypoint = 'chart'")
        digests = sum(count for (_, kind), count in noted.items() if kind == "digest")
        if charts != 2 * digests:
            self.report.faults.append(f"{window}: {charts} charts for {digests} digests")
        self.report.messages += len(rows)
        self.report.charts += charts
