"""A worker that reads Discord, to be killed: `python -m tests.integration.discord_worker DSN FOLDER API`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.discord import Discord
from bot.commands import menu
from bot.database import Database
from bot.settings import Settings
from bot.worker import started
from tests.servers.discord import TOKEN


@asynccontextmanager
async def discord_worker(dsn: str, folder: Path, api: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.discord_worker", dsn, str(folder), api
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _run(dsn: str, folder: str, api: str) -> None:
    settings = Settings(_env_file=None, data_dir=Path(folder), messages_per_minute=1_000_000)  # type: ignore[call-arg]
    adapter = Discord(TOKEN, api_url=api, commands=menu(), refetch_pause=0.5)
    async with started(settings, Database(dsn, dsn, False, False), [adapter], jobs=False) as worker:
        worker.listen()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run(*sys.argv[1:]))
