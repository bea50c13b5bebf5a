"""Clear reports recorded at once, where the trader wants that; all others are shown first, as ever."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from statemachine.message import Attachment
from tests.journaling import REPORT, Journal, Person, journaling


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path) as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    await journal.db.execute("update public.profiles set account_size = 50000")
    ann = await Person(journal, "4001").binds(trader)
    await ann.writes("/settings autoconfirm on")
    await ann.writes("/settings screenshots off")
    return ann


async def test_a_clear_report_is_recorded_at_once(journal: Journal, ann: Person) -> None:
    (said,) = await ann.writes(REPORT)
    assert said.startswith("Recorded")
    assert "[Undo]" in said
    assert await journal.count("public.trades") == 1
    assert await journal.db.fetchval("select state from public.journal_conversations") == "idle"
    await ann.presses("Undo")
    assert await journal.count("public.trades") == 0


@pytest.mark.parametrize(
    "report",
    [
        "long 2 nq 18250 > 18290 stop 18270",  # a stop on the wrong side
        "long 2 nq 18250 > 18920 pnl -200",  # a gain by the prices, a loss by the P&L
        "long 2 nq 18250 stop 20 pts > 18290",  # a stop by its distance
        "long 2 nq",  # no entry
        "long 1 nq 18250 > 18290 and short 1 es 5300 > 5290",  # two at once
        "long 1 de40 18250 > 18290",  # a P&L that nobody can compute
    ],
)
async def test_what_needs_a_look_is_shown(journal: Journal, ann: Person, report: str) -> None:
    await ann.writes(report)
    assert await journal.count("public.trades") == 0


async def test_a_picture_is_looked_at(journal: Journal, ann: Person) -> None:
    await ann.sends(Attachment(kind="photo", handle="chart", size=1000), text=REPORT)
    assert await journal.count("public.trades") == 0


async def test_the_same_again_is_asked_about(journal: Journal, ann: Person) -> None:
    await ann.writes(REPORT)
    await ann.writes(REPORT)
    assert await journal.count("public.trades") == 1


async def test_beside_a_draft_nothing_is_confirmed(journal: Journal, ann: Person) -> None:
    await ann.writes("long 2 nq 18250 > 18290 stop 18270")
    await ann.writes("short 1 es 5300 > 5290")
    assert await journal.count("public.trades") == 0


@pytest.mark.parametrize("chosen", ['"yes"', "1", "null", "[true]"])
async def test_only_a_plain_yes_counts(journal: Journal, ann: Person, chosen: str) -> None:
    await journal.db.execute(
        f"update public.profiles set journal_preferences = journal_preferences || '{{\"auto_confirm\": {chosen}}}'"
    )
    await ann.writes(REPORT)
    assert await journal.count("public.trades") == 0


async def test_it_is_offered_once_after_five_trades(journal: Journal, trader: UUID) -> None:
    ann = await Person(journal, "4001").binds(trader)
    offered = []
    for number in range(1, 8):
        await ann.writes(f"long 1 nq {18250 + number} > {18290 + number} stop 18230")
        said = await ann.writes("yes")
        offered += [number for text in said if text.startswith("Five trades are in your journal.")]
        await ann.writes("/skip")
    assert offered == [5]
    assert (await ann.presses("Auto-confirm"))[0].startswith("A clear report is recorded at once")
    assert (await ann.writes("long 1 nq 18350 > 18370 stop 18340"))[0].startswith("Recorded")
