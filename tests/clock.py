"""A process that does for ever what comes round by the clock for the web app's tables: python -m tests.clock DSN."""

import asyncio
import sys

from bot.announcing import announce
from bot.referrals import reward_referrals
from bot.settings import read_settings
from db import pool


async def run(dsn: str) -> None:
    settings = read_settings(None, announcements_per_minute=18)
    database = await pool.open_pool(dsn, size=2)
    print("running", flush=True)
    while True:
        await announce(database, settings)
        await reward_referrals(database)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
