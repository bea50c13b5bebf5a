"""The long proofs: `python -m tests.acceptance.soak`, also `make soak`. Prints figures and seeds; exit 1 on failure.

A failure is run again with its seed: --seed N, and alone: --only NAME.
"""

import argparse
import asyncio
import logging
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol

import structlog

from tests.acceptance.confirming import prove_confirming
from tests.acceptance.databases import server_with_template
from tests.acceptance.duplicates import prove_duplicates
from tests.acceptance.killed_worker import POINTS
from tests.acceptance.killing import AT_RANDOM, prove_kills
from tests.acceptance.memory import prove_memory
from tests.acceptance.platforms import prove_platforms
from tests.acceptance.spreading import prove_spreading
from tests.acceptance.stalls import prove_stalls
from tests.acceptance.telling import prove_telling
from tests.acceptance.whatsapp_duplicates import prove_whatsapp_duplicates
from tests.million import prove_reading

PROOFS = (
    "kills", "duplicates", "whatsapp duplicates", "confirming", "telling", "spreading", "memory", "stalls",
    "platforms", "reading",
)  # fmt: skip
KILLS_PER_ROUND = 35
CONFIRMATIONS = 500
TOLD_TRADERS = 24
TELLING_KILLS = 50
DUPLICATE_ROUNDS = 5
MESSAGES_PER_SECOND = 50.0
IDLE_SECONDS = 20.0
FAULTS_SHOWN = 20
FAULT_WIDTH = 600
LONGEST_PROOF = 3600.0
"""Seconds after which one proof counts as failed."""


class Report(Protocol):
    """What every proof gives."""

    @property
    def faults(self) -> Sequence[str]: ...


class Soak:
    """Runs proofs one after another and remembers what failed. `only`: the one to run; empty: all."""

    def __init__(self, only: str = "") -> None:
        self.only = only
        self.failed: list[str] = []

    async def run(self, name: str, proof: Coroutine[Any, Any, Report]) -> Report | None:
        if self.only not in ("", name):
            proof.close()
            return None
        try:
            report = await asyncio.wait_for(proof, LONGEST_PROOF)
        except Exception as error:  # noqa: BLE001 - the other proofs still run
            self.failed.append(name)
            print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
            return None
        print(f"{'FAILED' if report.faults else 'ok'} {name}: {report}", flush=True)
        for fault in report.faults[:FAULTS_SHOWN]:
            print(f"    {fault[:FAULT_WIDTH]}", flush=True)
        if report.faults:
            self.failed.append(name)
        return report

    async def kills(self, server_dsn: str, folder: Path, seed: int, least: int) -> None:
        """Rounds of 200 messages, by polling and by webhook in turn, until there were `least` kills."""
        counted: Counter[str] = Counter()
        number = 0
        if self.only not in ("", "kills"):
            return
        while counted.total() < least and "kills" not in self.failed:
            proof = prove_kills(
                server_dsn,
                folder / f"kills-{number}",
                seed=seed + number,
                kills=min(KILLS_PER_ROUND, least),
                webhook=number % 2 == 1,
            )
            report = await self.run("kills", proof)
            counted += report.kills if report is not None else Counter()  # type: ignore[attr-defined]
            number += 1
        points = ", ".join(f"{point} {counted[point]}" for point in (*POINTS, AT_RANDOM))
        print(f"kills in all: {counted.total()} ({points}); messages {200 * number}", flush=True)


async def stalls(server_dsn: str, folder: Path) -> Report:
    report = await prove_stalls(server_dsn, folder, seconds=10, every=0.05)
    report.judge()
    return report


async def platforms(folder: Path, seed: int, seconds: float) -> Report:
    """All four under load; times mean something only with a database that flushes what it commits."""
    async with server_with_template(durable=True) as dsn:
        report = await prove_platforms(
            dsn, folder, seed=seed, rate=MESSAGES_PER_SECOND, seconds=seconds, idle_seconds=IDLE_SECONDS
        )
    report.judge(MESSAGES_PER_SECOND)
    return report


async def reading(seed: int, messages: int) -> Report:
    return await asyncio.to_thread(prove_reading, seed=seed, count=messages, jobs=os.cpu_count() or 1)


async def soak(*, seed: int, kills: int, turns: int, platform_seconds: float, messages: int, only: str = "") -> bool:
    """True when every proof held."""
    soaking = Soak(only)
    with tempfile.TemporaryDirectory(prefix="vigil-soak-") as name:
        folder = Path(name)
        async with server_with_template() as dsn:
            await soaking.kills(dsn, folder, seed, kills)
            for number in range(DUPLICATE_ROUNDS):
                await soaking.run("duplicates", prove_duplicates(dsn, seed=seed + number))
            await soaking.run("whatsapp duplicates", prove_whatsapp_duplicates(dsn, folder / "whatsapp", seed=seed))
            await soaking.run("confirming", prove_confirming(dsn, seed=seed, times=CONFIRMATIONS))
            await soaking.run(
                "telling", prove_telling(dsn, seed=seed, traders=TOLD_TRADERS, kills=TELLING_KILLS, long=True)
            )
            await soaking.run("spreading", prove_spreading(dsn, traders=10_000, per_minute=600))
            await soaking.run("memory", prove_memory(dsn, folder / "memory", seed=seed, turns=turns))
            await soaking.run("stalls", stalls(dsn, folder / "stalls"))
        await soaking.run("platforms", platforms(folder / "platforms", seed, platform_seconds))
        await soaking.run("reading", reading(seed, messages))
    print(f"seed {seed}: " + (f"failed: {', '.join(soaking.failed)}" if soaking.failed else "every proof held"))
    return not soaking.failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=100, help="least kills in all")
    parser.add_argument("--turns", type=int, default=100_000, help="turns of the memory proof")
    parser.add_argument("--platform-seconds", type=float, default=600, help="load of the four platforms")
    parser.add_argument("--messages", type=int, default=1_000_000, help="messages that are read")
    parser.add_argument("--only", choices=PROOFS, default="", help="run this proof alone")
    options = parser.parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # it tells of every caller that was killed
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    held = soak(
        seed=options.seed,
        kills=options.kills,
        turns=options.turns,
        platform_seconds=options.platform_seconds,
        messages=options.messages,
        only=options.only,
    )
    sys.exit(0 if asyncio.run(held) else 1)


if __name__ == "__main__":
    main()
