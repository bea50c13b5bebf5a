"""A whole worker as a process of its own, to be killed: it serves a recorder for telegram and runs jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.forks import begun, forked
from tests.journaling import journaling


@asynccontextmanager
async def worker_process(dsn: str, folder: Path, **options: object) -> AsyncIterator[ForkServerProcess]:
    """Such a process, ready; killed at the end of the block at the latest. `options` are settings."""
    values = [f"{name}={value}" for name, value in options.items()]
    async with forked(_work, dsn, str(folder), *values) as process:
        await begun(process, folder / "ready")
        yield process


def _work(dsn: str, folder: str, *values: str) -> None:
    asyncio.run(_run(dsn, Path(folder), dict(value.split("=", 1) for value in values)))


async def _run(dsn: str, folder: Path, options: dict[str, str]) -> None:
    async with journaling(dsn, folder, jobs=True, **options):
        (folder / "ready").touch()
        await asyncio.Event().wait()
