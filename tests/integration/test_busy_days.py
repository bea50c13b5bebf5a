"""Many trades of a day are audited at once: each is judged, and the last one looks at the others, not every one."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from db import audits
from tests.auditing import add_rules, assert_all_agrees
from tests.journaling import Person, journaling


async def test_of_many_audits_of_a_day_the_last_looks_at_the_others(
    dsn: str, connection: asyncpg.Connection, tmp_path: Path, trader: UUID
) -> None:
    await add_rules(connection, trader, "Max 1 trade a day")
    async with journaling(dsn, tmp_path) as journal:  # nobody takes the jobs
        ann = await Person(journal, "4001").binds(trader)
        trades = [await ann.records(f"long 1 nq 18250 > {18260 + number}") for number in range(4)]
    day = await connection.fetchval("select trade_date from public.daily_tracking")
    followed = [await audits.is_followed(connection, trader, trade, day, None) for trade in trades]
    assert followed == [True, True, True, False]
    assert not await audits.is_followed(connection, trader, trades[0], day + timedelta(days=1), None)
    assert not await audits.is_followed(connection, trader, trades[0], day, UUID(int=1))
    assert not await audits.is_followed(connection, UUID(int=1), trades[0], day, None)

    async with journaling(dsn, tmp_path, jobs=True, sweep_seconds=0.2) as journal:
        await journal.settle()
        stored = await journal.rows(
            "select v.verdict from public.trades t join public.trade_rule_verdicts v on v.trade_id = t.id"
            " order by t.created_at"
        )
        assert [row["verdict"] for row in stored] == ["followed", "violated", "violated", "violated"]
        await assert_all_agrees(journal)
