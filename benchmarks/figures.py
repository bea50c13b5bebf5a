"""Measuring contenders side by side, and the tables that are printed."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import median
from typing import Protocol

from benchmarks.script import Line


class Contender(Protocol):
    @property
    def name(self) -> str: ...
    async def turn(self, line: Line) -> None: ...
    async def recorded(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Sample:
    """One contender for some seconds: turns per second, and how long each took (seconds)."""

    rate: float
    latencies: tuple[float, ...]


async def measure(contender: Contender, lanes: Sequence[Iterator[Line]], seconds: float) -> Sample:
    """As many turns at once as there are lanes; the next one of a lane begins when its last is committed."""
    began = time.perf_counter()
    deadline = began + seconds

    async def write(lane: Iterator[Line]) -> list[float]:
        latencies = []
        while (start := time.perf_counter()) < deadline:
            await contender.turn(next(lane))
            latencies.append(time.perf_counter() - start)
        return latencies

    latencies = tuple(chain.from_iterable(await asyncio.gather(*map(write, lanes))))
    return Sample(len(latencies) / (time.perf_counter() - began), latencies)


Results = dict[int, dict[str, list[Sample]]]
"""Chats in flight → contender → one sample a round."""


def speed_table(results: Results) -> Iterator[str]:
    yield "| chats in flight | | turns/s (median) | p50 ms | p99 ms |"
    yield "|---:|---|---:|---:|---:|"
    for chats, contenders in results.items():
        for name, samples in contenders.items():
            latencies = sorted(chain.from_iterable(sample.latencies for sample in samples))
            p50, p99 = (1000 * latencies[int(share * (len(latencies) - 1))] for share in (0.5, 0.99))
            rate = median(sample.rate for sample in samples)
            yield f"| {chats} | {name} | {rate:.0f} | {p50:.1f} | {p99:.1f} |"


def ratio_table(results: Results, subject: str, others: Sequence[str]) -> Iterator[str]:
    """Ratios of a round each, so that what else the machine did falls on both: median (lowest to highest)."""
    yield f"| chats in flight | {' | '.join(f'{subject}/{other}' for other in others)} |"
    yield f"|---:|{'---|' * len(others)}"
    for chats, contenders in results.items():
        cells = (_ratio(contenders[subject], contenders[other]) for other in others)
        yield f"| {chats} | {' | '.join(cells)} |"


def _ratio(subject: Sequence[Sample], other: Sequence[Sample]) -> str:
    ratios = [ours.rate / theirs.rate for ours, theirs in zip(subject, other, strict=True)]
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
