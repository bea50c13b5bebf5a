"""A day less what a change made of it is the day that was stored before: for every way to change the journal."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot.day_moves import day_without, moves
from bot.trading.limits import figure
from tests.journaling import Journal, Person, journaling

DAYS = "select trade_date::text, daily_pnl, ending_balance, trades_taken from public.daily_tracking"

STORY = (
    "long 2 nq 18250 > 18290",
    "short 1 es 5300 > 5310 comm 4.20",
    "long 1 nq 18250 pnl -120 net comm 5",
    "long 1 cl pnl -300 net",
    "in long 3 nq 18200",
    "sold 1 at 18210 comm 2.10",
    "sold 1 at 18180",
    "rest out 18190 comm 3",
    "in short 2 es 5320",
    "cover 1 at 5315",
)
"""Reports, each confirmed."""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path) as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    await journal.db.execute(
        "update public.profiles set account_size = 50000, journal_preferences = '{\"screenshots\": false}'"
    )
    return await Person(journal, "4001").binds(trader)


async def snapshots(journal: Journal, trader: UUID) -> dict[UUID, dict[str, Any]]:
    """Every trade whole, as worker.apply_changes gives a change's before and after."""
    rows = await journal.rows("select id, worker.trade_snapshot($1, id) as whole from public.trades", trader)
    return {row["id"]: json.loads(row["whole"]) for row in rows}


async def days(journal: Journal) -> dict[str, dict[str, Any]]:
    return {row["trade_date"]: row for row in await journal.rows(DAYS)}


def counted(row: dict[str, Any]) -> list[Decimal | None]:
    return [figure(row[name]) for name in ("daily_pnl", "ending_balance", "trades_taken")]


async def test_every_change_can_be_taken_off_its_day(journal: Journal, ann: Person, trader: UUID) -> None:
    untouched: dict[str, Any] = {"daily_pnl": 0, "ending_balance": 50_000, "trades_taken": 0}
    moved = 0
    for text in [text for report in STORY for text in (report, "yes")] + ["/undo"] * 4 + ["/redo"] * 4:
        was, trades_were = await days(journal), await snapshots(journal, trader)
        await ann.writes(text)
        trades_are = await snapshots(journal, trader)
        changes = [
            {"before": trades_were.get(trade), "after": trades_are.get(trade)}
            for trade in trades_were.keys() | trades_are.keys()
            if trades_were.get(trade) != trades_are.get(trade)
        ]
        for day, row in (await days(journal)).items():
            before = was.get(day, untouched)
            assert counted(day_without(row, changes)) == counted(before), text
            assert any(moves(change, row) for change in changes) == (counted(row) != counted(before)), text
            moved += counted(row) != counted(before)
    assert moved >= len(STORY)
