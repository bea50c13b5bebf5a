"""A process that does for ever what comes round by the clock for the web app's tables, to be killed."""

import asyncio
from contextlib import AbstractAsyncContextManager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.announcing import announce
from bot.referrals import reward_referrals
from bot.settings import read_settings
from db import pool
from tests.forks import forked


def clock(dsn: str, begun: Path) -> AbstractAsyncContextManager[ForkServerProcess]:
    """`begun`: a file that is there once it works."""
    return forked(_work, dsn, str(begun))


def _work(dsn: str, begun: str) -> None:
    asyncio.run(_run(dsn, Path(begun)))


async def _run(dsn: str, begun: Path) -> None:
    settings = read_settings(None, announcements_per_minute=18)
    database = await pool.open_pool(dsn, size=2)
    begun.touch()
    while True:
        await announce(database, settings)
        await reward_referrals(database)
