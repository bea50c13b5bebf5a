"""Figures in the chat: whose, of which days, and how often the database is asked for them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bot.gate import Gate
from bot.settings import Settings
from bot.turn import Turns
from db import pool
from statemachine.message import Message
from tests.generated_years import Years
from tests.integration.databases import sign_up
from tests.journaling import Journal, Person, journaling
from tests.servers.counting_proxy import counting_proxy

QUESTIONS = ("/today", "/yesterday", "/week", "/month", "/stats", "/stats nq by rule", "what's my win rate this month?")
MOST_TRIPS = {False: 6, True: 10}
"""BEGIN, begin_turn, one for the figures, finish_turn, COMMIT; of a question first the begin_turn that read it."""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path) as journal:
        yield journal


async def test_the_day_is_the_accounts_trading_day(journal: Journal, ann: Person, trader: UUID) -> None:
    """What is left this evening is tomorrow's where the day has started; "today" is the session that runs."""
    shift = 0 if datetime.now(UTC).hour >= 12 else 12  # where it is past noon now
    local = datetime.now(UTC) + timedelta(hours=shift)
    await journal.db.execute(
        "update public.profiles set journal_preferences = jsonb_build_object('timezone', $2::text,"
        " 'day_start', jsonb_build_object('hour', $3::integer)) where id = $1",
        trader,
        "Etc/GMT-12" if shift else "UTC",
        local.hour,
    )
    await ann.records()
    (said,) = await ann.writes("/today")
    day = await journal.db.fetchval("select max(trade_date) from public.daily_tracking where user_id = $1", trader)
    assert day == local.date() + timedelta(days=1)
    assert said.startswith(f"Today, {day.day} ")
    assert "1 trade: 1 won" in said
    (before,) = await ann.writes("/yesterday")
    assert "No trades." in before


async def test_nothing_in_the_period_offers_the_last_day(journal: Journal, ann: Person, trader: UUID) -> None:
    first = datetime.now(UTC).date() - timedelta(days=60)
    years = Years(1, trader, first, 7)
    await years.write(journal.db, 3)
    last = max(years.days)
    (said,) = await ann.writes("/today")
    assert f"You last traded on {last.day} {last:%b}" in said
    (shown,) = await ann.presses(f"Show {last.day} {last:%b}" + (f" {last.year}" if last.year < first.year else ""))
    assert shown.startswith(f"{last.day} {last:%b}")
    assert "P&L" in shown


async def test_nobody_sees_the_figures_of_another(journal: Journal, ann: Person) -> None:
    other = await Person(journal, "4002").binds(await sign_up(journal.db, "other@example.com"))
    await ann.records()
    (said,) = await other.writes("/stats")
    assert "No trades." in said
    assert await ann.writes("/stats") != [said]


async def test_a_button_of_somebody_else_is_about_ones_own(journal: Journal, ann: Person) -> None:
    await ann.records()
    for data in ("st:a:19700101-21991231:-:main", "st:h:20260101-20260102:NQ:main", "st:a:20269999-20260102:-:main",
                 "st:s:99991231-99991231:-:main"):  # fmt: skip
        assert await ann.does(ann.message(button=data))
    assert "no account @apex9" in (await ann.does(ann.message(button="st:a:20260101-20260102:-:apex9")))[0]
    assert "out of date" in (await ann.does(ann.message(button="st:x:20260101-20260102:-:main")))[0]


@pytest.mark.parametrize("pooler", [False, True], ids=["cached", "pooler"])
async def test_few_round_trips(
    dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path, pooler: bool
) -> None:
    await connection.execute("update public.profiles set telegram_chat_id = '4001' where id = $1", trader)
    await Years(2, trader, datetime.now(UTC).date() - timedelta(days=30), 31).write(connection, 2)
    settings = Settings(_env_file=None, data_dir=tmp_path, openai_api_key=None)  # type: ignore[call-arg]
    async with counting_proxy(dsn) as (proxy, through):
        connections = await pool.open_pool(through, size=1, pooler=pooler)
        turns, trips = Turns(connections, settings, Gate(), lambda chat: None), {}
        try:
            for number, text in enumerate(QUESTIONS * 2):
                before = proxy.trips
                await turns.receive(
                    Message(
                        platform="telegram", account="bot", chat_id="4001", sender_id="4001",
                        external_id=str(number), sent_at=datetime.now(UTC), text=text,
                    )
                )  # fmt: skip
                trips[text] = proxy.trips - before
        finally:
            await connections.close()
    print(f"round trips, pooler={pooler}: {trips}")
    assert {text: number for text, number in trips.items() if not 1 < number <= MOST_TRIPS[pooler]} == {}
