"""A whole worker as a process of its own, to be killed: `python -m tests.worker_process DSN FOLDER [NAME=VALUE …]`.

It serves a recorder for telegram and runs jobs; NAME=VALUE are settings. It prints "ready" once it does.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.journaling import journaling


@asynccontextmanager
async def worker_process(dsn: str, folder: Path, **options: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """Such a process, ready; killed at the end of the block at the latest."""
    values = [f"{name}={value}" for name, value in options.items()]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.worker_process", dsn, str(folder), *values, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _run(dsn: str, folder: str, options: dict[str, str]) -> None:
    async with journaling(dsn, Path(folder), jobs=True, **options):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1], sys.argv[2], dict(option.split("=", 1) for option in sys.argv[3:])))
