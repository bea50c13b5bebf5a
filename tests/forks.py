"""Processes that a test kills: forks of one that has imported what they need, so that a life begins at once."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerProcess

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.clock", "tests.integration.discord_worker"])


@asynccontextmanager
async def forked(work: Callable[..., None], *given: str) -> AsyncIterator[ForkServerProcess]:
    """A process that does this work; killed at the end where it still runs."""
    process = _CONTEXT.Process(target=work, args=given)
    await asyncio.to_thread(process.start)
    try:
        yield process
    finally:
        await killed(process)


async def killed(process: ForkServerProcess) -> None:
    """Kill it and wait for its end."""
    process.kill()
    await asyncio.to_thread(process.join)
