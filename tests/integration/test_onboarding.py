"""First contact: asked once per trader, never in the way of a trade, whatever else is written."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bot.linking import new_code
from tests.journaling import REPORT, Journal, Person, journaling


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord") as journal:
        yield journal


async def links(journal: Journal, trader: UUID, platform: str = "telegram") -> list[str]:
    code = new_code()
    await journal.db.execute(
        "insert into public.platform_link_codes (user_id, platform, code, expires_at)"
        " values ($1, $2, $3, now() + interval '10 minutes')",
        trader,
        platform,
        code,
    )
    person = Person(journal, "4001" if platform == "telegram" else "5001", platform)  # type: ignore[arg-type]
    return await person.writes(f"/link {code}")


async def preferences(journal: Journal) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        await journal.db.fetchval("select journal_preferences::text from public.profiles")
    )
    return found


async def prefer(journal: Journal, **chosen: object) -> None:
    await journal.db.execute("update public.profiles set journal_preferences = $1::jsonb", json.dumps(chosen))


async def test_a_second_platform_asks_nothing_again(journal: Journal, trader: UUID) -> None:
    assert "Where are you?" in (await links(journal, trader))[1]
    (said,) = await links(journal, trader, "discord")
    assert said.startswith("Linked")
    phone = Person(journal, "5001", "discord")
    assert "What do you trade?" in (await phone.writes("berlin"))[1], "what waits is answered wherever the trader is"


async def test_who_answered_in_the_web_app_is_asked_nothing(journal: Journal, trader: UUID) -> None:
    await journal.db.execute("update public.profiles set onboarding_complete = true")
    assert len(await links(journal, trader)) == 1


async def test_what_is_known_is_not_asked(journal: Journal, trader: UUID) -> None:
    await prefer(journal, timezone="Europe/Berlin", day_start={"zone": "Europe/Berlin", "hour": 0})
    await journal.db.execute("update public.profiles set account_size = 50000")
    assert "What are your limits?" in (await links(journal, trader))[1]


async def test_a_trade_in_the_midst_is_a_trade(journal: Journal, trader: UUID) -> None:
    await links(journal, trader)
    ann = Person(journal, "4001")
    assert (await ann.writes(REPORT))[0].startswith("Is this right?")
    (said,) = await ann.writes("berlin")
    assert "zone" not in said, "while a draft waits, what is written speaks to it"
    await ann.writes("yes")
    assert await journal.count("public.trades") == 1
    assert "timezone" not in await preferences(journal)


async def test_a_location_without_coordinates_is_asked_about(journal: Journal, trader: UUID) -> None:
    """As WhatsApp's list tells of one that was missed."""
    await links(journal, trader)
    (said,) = await Person(journal, "4001").writes("")
    assert "Write your city" in said
    assert "What do you trade?" in (await Person(journal, "4001").writes("berlin"))[1]


@pytest.mark.parametrize("text", ["50k", "50,000 USD", "$50k"])
async def test_a_size_in_words_is_no_gain(journal: Journal, trader: UUID, text: str) -> None:
    await prefer(journal, timezone="UTC", day_start={"hour": 0})
    assert "How large is your account?" in (await links(journal, trader))[1]
    assert (await Person(journal, "4001").writes(text))[0].startswith("Size of @main changed")
    assert (
        await journal.row("select account_size, journal_preferences ->> 'onboarding' as asked from public.profiles")
    )["account_size"] == 50_000


@pytest.mark.parametrize("asked", [7, {"step": "size"}, {"step": [], "day": 1}, {"step": "size", "day": "someday"}])
async def test_odd_preferences_wait_for_nothing(journal: Journal, trader: UUID, asked: object) -> None:
    ann = await Person(journal, "4001").binds(trader)
    await prefer(journal, onboarding=asked)
    await ann.writes("50k")
    assert await journal.db.fetchval("select account_size from public.profiles") is None


async def test_a_question_of_last_week_waits_no_more(journal: Journal, trader: UUID) -> None:
    ann = await Person(journal, "4001").binds(trader)
    for days, size in ((7, None), (0, 50_000)):
        day = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
        await prefer(journal, onboarding={"step": "size", "day": day})
        await ann.writes("50k")
        assert await journal.db.fetchval("select account_size from public.profiles") == size


async def test_a_skip_pressed_twice_asks_once(journal: Journal, trader: UUID) -> None:
    await links(journal, trader)
    ann = Person(journal, "4001")
    assert "What do you trade?" in (await ann.presses("Skip", at=0))[0]
    assert (await ann.presses("Skip", at=0))[0].startswith("Ready")
    assert (await preferences(journal))["onboarding"] == {"step": "day", "day": datetime.now(UTC).date().isoformat()}
