"""Questions that a command answers: with its figures, from the journal, and without touching what waits."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.journaling import REPORT, Journal, Person, journaling


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram") as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    await journal.db.execute("update public.profiles set account_size = 50000, daily_loss_limit_pct = 2")
    return await Person(journal, "4001").binds(trader)


@pytest.mark.parametrize(
    ("question", "command"),
    [("how much can I lose today?", "/limits"), ("show me my trades", "/trades"), ("what are my rules", "/rules")],
)
async def test_it_is_answered_as_the_command_answers(
    journal: Journal, ann: Person, question: str, command: str
) -> None:
    assert await ann.writes(question) == await ann.writes(command)


async def test_what_waits_goes_on_waiting(journal: Journal, ann: Person) -> None:
    await ann.writes(REPORT)
    await ann.writes("how am I doing today?")
    await ann.writes("yeah that looks about right mate, go ahead and book it")
    assert await journal.count("public.trades") == 1


async def test_two_drafts_are_answered_and_corrected_in_one_message(journal: Journal, ann: Person) -> None:
    await ann.writes("long 1 nq 18250 > 18290; short 1 es 5412.5 > 5406")
    await ann.writes("first one exit 18295, second one 3 contracts")
    await ann.writes("yes to the first, no to the second")
    rows = await journal.db.fetch("select symbol, exit_price from public.trades")
    assert [(row["symbol"], int(row["exit_price"])) for row in rows] == [("NQ", 18295)]


async def test_both_are_corrected(journal: Journal, ann: Person) -> None:
    await ann.writes("long 1 nq 18250 > 18290; short 1 es 5412.5 > 5406")
    await ann.writes("both were micros")
    await ann.writes("yes both")
    rows = await journal.db.fetch("select symbol from public.trades order by symbol")
    assert [row["symbol"] for row in rows] == ["MES", "MNQ"]
