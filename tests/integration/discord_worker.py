"""A worker that reads Discord, in a process of its own, to be killed."""

import asyncio
from contextlib import AbstractAsyncContextManager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from adapters.discord import Discord
from bot.commands import menu
from bot.database import Database
from bot.settings import Settings
from bot.worker import started
from tests.forks import forked
from tests.servers.discord import TOKEN


def discord_worker(dsn: str, folder: Path, api: str) -> AbstractAsyncContextManager[ForkServerProcess]:
    return forked(_work, dsn, str(folder), api)


def _work(dsn: str, folder: str, api: str) -> None:
    asyncio.run(_run(dsn, folder, api))


async def _run(dsn: str, folder: str, api: str) -> None:
    settings = Settings(_env_file=None, data_dir=Path(folder), messages_per_minute=1_000_000)  # type: ignore[call-arg]
    adapter = Discord(TOKEN, api_url=api, commands=menu(), refetch_pause=0.5)
    async with started(settings, Database(dsn, dsn, False, False), [adapter], jobs=False) as worker:
        worker.listen()
        await asyncio.Event().wait()
