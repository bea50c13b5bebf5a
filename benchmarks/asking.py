"""How long a question for figures takes over five years: `python -m benchmarks.asking`, each against a plain sum.

The statement of `/stats` over a trader's generated trades, whole, divided, of one symbol and of one month. `floor` is
`select count(*), sum(pnl)` over the same trader's trades of the same days, in the same round. Only the ratios mean
anything on another machine.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from bot.periods import Period
from bot.statistics import frame_of
from bot.trading.day import DayStart
from db import pool, statistics
from db.embedded import embedded_server
from db.migrations import migrate
from db.statistics import Grouping, Span
from tests.generated_years import Years

FIRST, LAST = date(2021, 1, 4), date(2026, 1, 2)
SIGN_UP = "insert into auth.users (id, email) values ($1, 'trader@example.com')"
FLOOR = """
select count(*), sum(t.pnl) from public.trades t join public.daily_tracking d on d.id = t.daily_tracking_id
where t.user_id = $1 and d.trade_date between $2 and $3
"""
TRADER: Final = UUID(int=1)
Asked = tuple[str, Span, Grouping | None]


def asked() -> list[Asked]:
    whole = Span(TRADER, None, FIRST, LAST)
    month = Span(TRADER, None, date(2025, 11, 1), date(2025, 11, 30))
    symbol = Span(TRADER, None, FIRST, LAST, symbol="NQ")
    return [
        ("everything", whole, None),
        ("everything by hour", whole, "hour"),
        ("everything by rule", whole, "rule"),
        ("one symbol", symbol, None),
        ("a month", month, None),
    ]


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def measure(connection: asyncpg.Connection, rounds: int) -> None:
    for name, span, grouping in asked():
        frame = frame_of(
            Period(span.first, span.last), LAST, currency="USD", zone="UTC", day_start=DayStart(ZoneInfo("UTC"))
        )
        took, ratios = [], []
        for _ in range(rounds):
            floor = await timed(partial(connection.fetchrow, FLOOR, TRADER, span.first, span.last))
            took.append(await timed(partial(statistics.sums, connection, span, grouping, frame)))
            ratios.append(took[-1] / floor)
        print(f"{name:20} {median(took) * 1000:7.0f} ms, slowest {max(took) * 1000:7.0f} {median(ratios):7.1f} × floor")


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asking", description="Figures, side by side.")
    parser.add_argument("--rounds", type=int, default=5, help="of each question (default 5)")
    parser.add_argument("--trades", type=int, default=20, help="a weekday (default 20)")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="vigil-bench-") as folder:
        Path(folder).chmod(0o711)  # as root the server is another user, who must be able to pass
        async with embedded_server(Path(folder) / "data") as dsn:
            await migrate(dsn, plain=True)
            connections = await pool.open_pool(dsn, size=1)
            async with connections.acquire() as connection:
                await connection.execute(SIGN_UP, TRADER)
                await Years(3, TRADER, FIRST, (LAST - FIRST).days).write(connection, options.trades)
                await connection.execute("analyze")
                print(f"{await connection.fetchval('select count(*) from public.trades')} trades", end="\n\n")
                await measure(connection, options.rounds)
            await connections.close()


if __name__ == "__main__":
    asyncio.run(main())
