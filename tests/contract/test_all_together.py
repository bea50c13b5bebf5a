"""One trader on every platform at once, by one worker: a report is confirmed where it was made, the day counts all."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import asyncpg

from bot.database import Database
from bot.settings import Settings
from bot.worker import started
from db import pool
from db.links import BINDING
from statemachine.message import Platform
from tests.contract import discord, mail, telegram, whatsapp
from tests.contract.driver import PATIENCE, Driver, serving, until
from tests.contract.drivers import DRIVERS

CHATS: dict[Platform, str] = {
    "telegram": str(telegram.ANN),
    "discord": str(discord.ANN),
    "whatsapp": whatsapp.ANN,
    "email": mail.ANN,
}
REPORTS: dict[Platform, str] = {
    "telegram": "long 1 nq 18250 > 18260",
    "discord": "short 1 es 5300 > 5290",
    "whatsapp": "long 1 ym 42000 > 42010",
    "email": "long 1 gc 2350 > 2351",
}
DAY = "select daily_pnl, trades_taken from public.daily_tracking"


UNDER_WAY = "select exists (select from worker.outbox where platform = $1 and status = 'pending')"


async def confirmed(driver: Driver, connections: pool.Pool) -> None:
    """A report, what it is understood as, the Confirm that the platform offers, the receipt."""
    await driver.write(REPORTS[driver.adapter.platform])
    await until(lambda: any("Is this right?" in shown.text for shown in driver.shown()))
    async with asyncio.timeout(PATIENCE), pool.acquired(connections) as connection:
        # a number chooses of what is known to have been sent, and no person answers as soon as a test
        while await connection.fetchval(UNDER_WAY, driver.adapter.platform):
            await asyncio.sleep(0.01)
    await driver.press("Confirm")
    await until(lambda: any("Recorded" in shown.text for shown in driver.shown()))


async def test_every_platform_writes_the_same_journal(
    dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    columns = ", ".join(f"{BINDING[platform]} = '{chat}'" for platform, chat in CHATS.items())
    await connection.execute(
        f"update public.profiles set {columns}, journal_preferences = $2 where id = $1",
        trader,
        '{"screenshots": false}',
    )
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    kinds = {kind.name: kind for kind in DRIVERS if kind.name not in ("Telegram, webhook", "Terminal", "Sandbox page")}
    async with AsyncExitStack() as stack:
        drivers = [await stack.enter_async_context(kind.running(tmp_path)) for kind in kinds.values()]
        adapters = [driver.adapter for driver in drivers]
        worker = await stack.enter_async_context(
            started(settings, Database(dsn, dsn, False, False), adapters, jobs=False)
        )
        for driver in drivers:
            await stack.enter_async_context(serving(driver, worker.receiver))
        worker.listen()
        await asyncio.gather(*(confirmed(driver, worker.pool) for driver in drivers))
        day = await connection.fetchrow(DAY)
        assert day is not None
        assert (day["daily_pnl"], day["trades_taken"]) == (200 + 500 + 50 + 100, 4)
        for driver in drivers:
            receipts = [shown.text for shown in driver.shown() if "Recorded" in shown.text]
            symbol = REPORTS[driver.adapter.platform].split()[2].upper()
            assert [symbol in text for text in receipts] == [True], receipts
