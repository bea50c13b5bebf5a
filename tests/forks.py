"""Processes that a test kills: forks of one that has imported what they need, so that a life begins at once."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

BEGUN_SECONDS = 60.0
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.clock", "tests.integration.discord_worker", "tests.worker_process"])


@asynccontextmanager
async def forked(work: Callable[..., None], *given: str) -> AsyncIterator[ForkServerProcess]:
    """A process that does this work; killed at the end where it still runs."""
    process = _CONTEXT.Process(target=work, args=given)
    await asyncio.to_thread(process.start)
    try:
        yield process
    finally:
        await killed(process)


async def begun(process: ForkServerProcess, file: Path) -> None:
    """Wait for the file that the process makes once it works."""
    async with asyncio.timeout(BEGUN_SECONDS):
        while not file.exists():
            assert process.is_alive(), "it ended by itself"
            await asyncio.sleep(0.005)


async def killed(process: ForkServerProcess) -> None:
    """Kill it and wait for its end."""
    process.kill()
    await asyncio.to_thread(process.join)
