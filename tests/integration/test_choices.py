"""Numbers instead of buttons, and what else a platform needs to get its answer: real turns on a real database."""

import asyncio
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from pgqueuer.domain.errors import RetryRequested

from bot.drain import Drain
from bot.meanings import Question
from statemachine.errors import SendLater
from statemachine.events import Event, Unread
from statemachine.message import Attachment, Chat, Message
from tests.journaling import REPORT, Journal, Person, journaling

NUMBER = "+15550100"


@pytest.fixture
async def journal(dsn: str, tmp_path: Path):
    async with journaling(dsn, tmp_path, "whatsapp", "email") as journal:
        yield journal


@pytest.fixture
async def person(journal: Journal, trader: UUID) -> Person:
    return await Person(journal, NUMBER, "whatsapp").binds(trader)


async def test_a_number_is_the_choice_it_was_printed_with(journal: Journal, person: Person) -> None:
    await person.writes(REPORT)
    said = await person.writes("1", choice=1)
    assert said[0].startswith("Recorded")
    assert await journal.count("public.trades") == 1


async def test_the_second_choice_drops_the_draft(journal: Journal, person: Person) -> None:
    await person.writes(REPORT)
    await person.writes("2", choice=2)
    assert await journal.count("public.trades") == 0
    assert await journal.db.fetchval("select state from public.journal_conversations") == "idle"


async def test_a_number_answers_a_question_without_choices(journal: Journal, person: Person) -> None:
    await person.writes(REPORT)
    await person.writes("no, wait")
    await person.writes("/cancel")
    await person.writes("long nq 18250 > 18290 pnl 1600")
    said = await person.writes("9", choice=9)
    assert await journal.count("public.trades") == 0, "nine is none of the choices"
    assert said, "it is answered as what it says"


async def test_choices_are_forgotten_once_something_else_was_said(journal: Journal, person: Person) -> None:
    await person.records()
    said = await person.writes("thanks")
    assert not any("[" in line for line in said), "it offers nothing"
    await person.writes("1", choice=1)
    assert await journal.count("worker.changes", "undone_at is not null") == 0, "1 is not the Undo of the receipt"


async def test_a_number_that_answers_a_message_means_its_choices(journal: Journal, person: Person) -> None:
    await person.writes(REPORT)
    await person.writes("yes")
    receipt = next(sent for sent in person.replies if "Recorded" in sent.text)
    await person.writes("/skip")
    await person.writes("1", choice=1, reply_to=receipt.external_id)
    assert await journal.count("public.trades") == 0, "the receipt offered Undo"


async def test_a_stale_number_changes_nothing(journal: Journal, person: Person) -> None:
    await person.writes(REPORT)
    shown = person.replies[-1]
    await person.writes("exit was 18295")
    await person.writes("1", choice=1, reply_to=shown.external_id)
    assert await journal.count("public.trades") == 0


async def test_a_stranger_answers_by_number_too(journal: Journal, trader: UUID) -> None:
    await journal.db.execute(
        "insert into public.platform_link_codes (user_id, platform, code, expires_at) "
        "values ($1, 'whatsapp', 'VGL-ABCD', now() + interval '5 minutes')",
        trader,
    )
    stranger = Person(journal, "+15550177", "whatsapp")
    (asked,) = await stranger.writes("/start VGL-ABCD")
    assert "[Link" in asked
    said, question = await stranger.writes("1", choice=1)
    assert said.startswith("Linked")
    assert "Where are you?" in question


async def test_nobody_chooses_what_was_not_shown(journal: Journal, person: Person) -> None:
    """Sending is down: the question waits in the outbox when the number comes, which is no answer to it then."""
    person.recorder.trouble.append(SendLater("down", after=3600.0))
    await person.writes(REPORT)
    await journal.worker.turns.receive(person.message("1", choice=1))
    assert await journal.count("worker.inbox", "status = 'done'") == 2
    assert await journal.count("public.trades") == 0


async def nobody(_message: Message, _question: Question) -> Event:
    """No model is there to be asked."""
    return Unread()


async def test_a_number_that_waited_means_what_was_shown_when_it_was_written(journal: Journal, person: Person) -> None:
    """An album waits for its other pictures; the number behind it was written before its question was shown."""
    chart = Attachment(kind="photo", handle="chart")
    await journal.worker.turns.receive(person.message(REPORT, attachments=(chart,), group_id="album"))
    await journal.worker.turns.receive(person.message("1", choice=1))
    assert await journal.count("worker.inbox", "status = 'waiting'") == 2
    chat = Chat("whatsapp", "bot", NUMBER)
    worker = journal.worker
    drain = Drain(worker.pool, worker.turns, nobody, worker.settings, worker.presence.process)
    async with asyncio.timeout(20):
        while await journal.count("worker.inbox", "status = 'waiting'"):
            with suppress(RetryRequested):  # the album may still grow
                await drain(chat)
            await asyncio.sleep(0.05)
    assert await journal.count("public.trades") == 0


async def test_another_chat_s_choices_are_not_this_one_s(journal: Journal, person: Person, trader: UUID) -> None:
    other = await Person(journal, "ann@example.com", "email").binds(trader)
    await person.writes(REPORT)
    await other.writes("1", choice=1)
    assert await journal.count("public.trades") == 0


async def test_a_reply_goes_with_the_handle_of_its_message_and_a_job_s_with_the_latest(
    journal: Journal, person: Person
) -> None:
    await person.writes(REPORT, handle="first")
    await person.writes("yes", handle="second")
    handles = await journal.rows("select handle from worker.outbox order by id")
    assert [row["handle"] for row in handles] == ["first", "second", "second"]
    assert (await journal.row("select handle from worker.chats"))["handle"] == "second"
    await person.writes("thanks")
    assert (await journal.row("select handle from worker.chats"))["handle"] is None


async def test_what_was_held_goes_out_when_the_person_writes(
    journal: Journal, person: Person, connection: asyncpg.Connection
) -> None:
    await person.writes("/help")
    await connection.execute("update worker.outbox set status = 'held'")
    before = len(person.replies)
    await person.writes("/help")
    assert len(person.replies) == before + 2
