"""Turns decided without a lock: written only where nothing came between, and begun again where something did."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bot.reading import may_confirm
from db import links, turns
from db.turns import Written
from statemachine.message import Chat, Message
from tests.journaling import REPORT, Journal, Person, journaling

CHAT = "4001"


@pytest.fixture
async def journal(dsn: str, tmp_path: Path):
    async with journaling(dsn, tmp_path, jobs=False) as journal:
        yield journal


@pytest.fixture
async def person(journal: Journal, trader: UUID) -> Person:
    person = await Person(journal, CHAT).binds(trader)
    await person.writes("hello")  # the chat is known from here on
    return person


async def begun(connection: asyncpg.Connection, external_id: str) -> turns.Begun:
    message = Message(
        platform="telegram",
        account="bot",
        chat_id=CHAT,
        sender_id=CHAT,
        external_id=external_id,
        sent_at=datetime.now(UTC),
    )
    return await turns.begin_turn(connection, message, fresh=True, limit=30, lock=False)


async def written(connection: asyncpg.Connection, external_id: str, found: turns.Begun) -> bool:
    told = Written(replies=[{"payload": {"text": "hi"}}])
    told.count(found)
    chat = Chat("telegram", "bot", CHAT)
    return await turns.finish_turn(connection, chat, external_id, found.user_id, told, found.version)


async def test_it_is_written_where_nothing_came_between(journal: Journal, person: Person) -> None:
    found = await begun(journal.db, "mine")
    assert await written(journal.db, "mine", found)
    assert await journal.count("worker.inbox", "external_id = 'mine'") == 1


async def test_nothing_is_locked_meanwhile(journal: Journal, person: Person, dsn: str) -> None:
    other = await asyncpg.connect(dsn)
    try:
        async with journal.db.transaction():
            await begun(journal.db, "mine")
            await other.fetch("select from worker.chats for update nowait")
            await other.fetch("select from public.profiles for update nowait")
    finally:
        await other.close()


async def test_a_turn_that_came_between_wins(journal: Journal, person: Person) -> None:
    found = await begun(journal.db, "mine")
    await person.writes("hello again")
    replies = await journal.count("worker.outbox")
    assert not await written(journal.db, "mine", found)
    assert await journal.count("worker.inbox", "external_id = 'mine'") == 0
    assert await journal.count("worker.outbox") == replies


async def test_a_chat_that_was_unlinked_meanwhile_is_nobody_s(journal: Journal, person: Person, trader: UUID) -> None:
    found = await begun(journal.db, "mine")
    async with journal.db.transaction():
        await links.unbind(journal.db, trader, "telegram")
    assert not await written(journal.db, "mine", found)
    assert await journal.count("worker.inbox", "external_id = 'mine'") == 0


async def test_it_waits_for_an_unlinking_under_way(journal: Journal, person: Person, trader: UUID, dsn: str) -> None:
    other = await asyncpg.connect(dsn)
    try:
        found = await begun(journal.db, "mine")
        async with other.transaction():
            await other.execute("update public.profiles set telegram_chat_id = null where id = $1", trader)
            writing = asyncio.create_task(written(journal.db, "mine", found))
            done, _ = await asyncio.wait({writing}, timeout=0.3)
            assert not done
        assert not await writing
    finally:
        await other.close()


async def test_messages_of_a_chat_at_once_are_all_answered_and_once(journal: Journal, person: Person) -> None:
    """Whoever comes too late begins again: five reports and their repeats end as five drafts."""
    reports = [person.message(f"long 1 nq {18000 + n} > {18010 + n}") for n in range(5)]
    receive = journal.worker.turns.receive
    await asyncio.gather(*(receive(report) for report in (*reports, *reports)))
    await journal.settle()
    assert await journal.count("worker.inbox") == 6
    pending = await journal.db.fetchval("select pending_trade from public.journal_conversations")
    assert pending.count('"revision"') == 5
    assert await journal.count("worker.inbox", "status <> 'done'") == 0


async def test_a_confirmation_in_unusual_words_takes_the_locks_after_all(journal: Journal, person: Person) -> None:
    await person.writes(REPORT)
    words = "confirm the nq one"
    assert not may_confirm(words), "this one is not foreseen"
    said = await person.writes(words)
    assert said[0].startswith("Recorded")
    assert await journal.count("public.trades") == 1


@pytest.mark.parametrize("text", ["yes", "Yes!", "ok", "confirm", "👍", "both", "2", "the first one", "yep, save it"])
def test_what_may_confirm(text: str) -> None:
    assert may_confirm(text)


@pytest.mark.parametrize("text", [REPORT, "no", "skip", "yes 3 contracts", "exit was 18295", "", "hello", "y" * 500])
def test_what_cannot_confirm(text: str) -> None:
    assert not may_confirm(text)
