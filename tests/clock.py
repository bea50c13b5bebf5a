"""A process that does for ever what comes round by the clock for the web app's tables."""

import asyncio
from multiprocessing.connection import Connection

from bot.announcing import announce
from bot.referrals import reward_referrals
from bot.settings import read_settings
from db import pool


def work(dsn: str, running: Connection) -> None:
    """Until it is killed; `running` is told when it begins."""
    asyncio.run(_work(dsn, running))


async def _work(dsn: str, running: Connection) -> None:
    settings = read_settings(None, announcements_per_minute=18)
    database = await pool.open_pool(dsn, size=2)
    running.send_bytes(b"running")
    while True:
        await announce(database, settings)
        await reward_referrals(database)
