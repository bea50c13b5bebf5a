"""The retention killed again and again while pictures come and grow old, and the files compared with the rows."""

import asyncio
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from tests.acceptance.databases import migrated_database
from tests.acceptance.killed_worker import RETENTION_POINTS
from tests.acceptance.killing import AT_RANDOM
from tests.acceptance.processes import Nursery, environment, nursery
from tests.kept_pictures import OLD, YOUNG, Album, album

TRADERS = 4
LIFE = (0.1, 1.2)
"""Seconds after which a life that ends at random is ended."""


@dataclass(slots=True)
class Report:
    """What was done and seen. `faults` is empty when the proof held."""

    seed: int
    store: str
    kills: Counter[str] = field(default_factory=Counter)
    planted: int = 0
    removed: int = 0
    midway: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = ", ".join(f"{point} {count}" for point, count in sorted(self.kills.items()))
        return (
            f"seed {self.seed}, {self.store}: {self.kills.total()} kills ({kills}); {self.planted} files planted, "
            f"{self.removed} removed; {self.midway} kills with some of a run's files removed and some not; "
            f"{self.seconds:.0f} s; {len(self.faults)} faults"
        )


async def prove_retention(server_dsn: str, folder: Path, kind: str, *, seed: int, kills: int) -> Report:
    """`kind`: of the store. Kills `kills` runs, each after more has grown old, then lets one run to its end."""
    began = time.monotonic()
    report, chance = Report(seed, kind), random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    async with migrated_database(server_dsn) as dsn, nursery(folder, environment(folder)) as lives:
        db = await asyncpg.connect(dsn)
        try:
            async with album(kind, db, folder) as shelf:
                proof = Proof(shelf, lives, variables(shelf, dsn, folder), chance, report)
                await proof.run(kills)
        finally:
            await db.close()
    report.seconds = time.monotonic() - began
    return report


def variables(shelf: Album, dsn: str, folder: Path) -> dict[str, str]:
    given = {"COMMAND": "clean-screenshots", "PORTION": "2", "DATABASE_URL": dsn, "DATA_DIR": str(folder)}
    if shelf.server is not None:
        given |= {"SUPABASE_URL": shelf.server.url, "SUPABASE_SERVICE_ROLE_KEY": shelf.server.key}
    return given


class Proof:
    """One store, one database and the runs between them. `kept`: the files that must be there at the end; `lost`: those
    that somebody else removed, whose rows are still there."""

    def __init__(
        self, shelf: Album, lives: Nursery, variables: dict[str, str], chance: random.Random, report: Report
    ) -> None:
        self.shelf, self.lives, self.variables, self.chance, self.report = shelf, lives, variables, chance, report
        self.traders: list[UUID] = []
        self.kept: set[str] = set()
        self.lost: set[str] = set()

    async def run(self, kills: int) -> None:
        self.traders = [await self.shelf.trader() for _ in range(TRADERS)]
        more = self.chance.choices((*RETENTION_POINTS, *[AT_RANDOM] * 5), k=kills - len(RETENTION_POINTS))
        causes = [*RETENTION_POINTS, *more]
        self.chance.shuffle(causes)
        for cause in causes:
            await self.plant()
            before = len(self.shelf.files())
            self.report.kills[await self.killed(cause)] += 1
            await self.look(before)
        await self.plant()
        await self.lives.begin(self.variables)
        if status := await self.lives.ended():
            self.report.faults.append(f"the last run ended with {status}: {self.lives.log.read_text()[-2000:]}")
        await self.judge()

    async def plant(self) -> None:
        """What the retention must keep and what it must remove, for every trader."""
        for user in self.traders:
            trade = await self.shelf.trade(user, OLD)
            for _ in range(3):
                await self.shelf.picture(user, OLD, trade)
            await self.shelf.file(user, await self.shelf.trade(user), YOUNG)  # its transaction never committed
            lost = await self.shelf.picture(user, YOUNG)
            await self.shelf.store.remove([lost])
            self.lost.add(lost)
            young = await self.shelf.trade(user, YOUNG)
            self.kept |= {await self.shelf.picture(user, YOUNG, young) for _ in range(2)}
        foreign = self.chance.choice(sorted(self.kept))
        await self.shelf.trade(self.traders[0], OLD, self.shelf.store.url(foreign))
        deleted = await self.shelf.trader()
        await self.shelf.picture(deleted, YOUNG)
        await self.shelf.db.execute("delete from auth.users where id = $1", deleted)
        await self.shelf.file(uuid4(), uuid4(), timedelta(0))
        self.report.planted += 7 * TRADERS + 2

    async def killed(self, cause: str) -> str:
        """A run from its start to its end; what killed it."""
        given = dict(self.variables)
        if cause != AT_RANDOM:
            given["KILL_AT"] = f"{cause}:{self.chance.randint(1, 4)}"
        async with self.lives.life(given) as status:
            await asyncio.wait((status,), timeout=self.chance.uniform(*LIFE) if cause == AT_RANDOM else 30.0)
        ended = status.result()
        if cause == AT_RANDOM and ended == 0:  # it was through before its time
            await self.plant()
            return await self.killed(self.chance.choice(RETENTION_POINTS))
        if ended != -signal.SIGKILL:
            self.report.faults.append(f"{cause}: a run ended by itself: {ended} {self.lives.log.read_text()[-2000:]}")
        return cause

    async def look(self, before: int) -> None:
        """Killed anywhere, nothing is lost or forgotten that must be kept. `before`: files, when that run began."""
        files, named = self.shelf.files(), await self.shelf.named()
        if lost := self.kept - (files & named):
            self.report.faults.append(f"lost or forgotten after a kill: {sorted(lost)}")
        if dangling := named - files - self.lost:
            self.report.faults.append(f"a kill left rows whose files it had removed: {sorted(dangling)}")
        self.report.midway += len(files) < before and files > self.kept

    async def judge(self) -> None:
        files, named = self.shelf.files(), await self.shelf.named()
        self.report.removed = self.report.planted - len(files)
        for name, wrong in (
            ("a file that no row names", files - named),
            ("a row without its file", named - files),
            ("what had to be kept", self.kept - files),
            ("what had to go", files - self.kept),
        ):
            self.report.faults += [f"{name}: {path}" for path in sorted(wrong)]
