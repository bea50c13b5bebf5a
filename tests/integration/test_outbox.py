"""Replies on their way: what goes with them, those that are held until the person writes, chats that blocked us."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot import metrics, outbox
from bot.jobs import sweep
from bot.outbox import SENDERS
from db import links, pool
from statemachine.errors import SendHeld, SendLater, SendRefused
from statemachine.message import Chat, Delivery
from tests.journaling import REPORT, Journal, Person, journaling, running_for

NUMBER = "+14155550101"
TOLD_ELSEWHERE = "select count(*) = {} from worker.outbox where payload::text like '%cannot write to you on%'"
STATES = "select status, error from worker.outbox order by id"


@pytest.fixture
async def journal(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Journal]:
    monkeypatch.setattr(outbox, "POLL_SECONDS", 0.1)
    async with journaling(dsn, tmp_path, "telegram", "whatsapp", "discord") as journal:
        yield journal


@pytest.fixture
async def phone(journal: Journal, trader: UUID) -> Person:
    """The same trader's WhatsApp."""
    return await Person(journal, NUMBER, "whatsapp").binds(trader)


async def states(journal: Journal) -> list[str]:
    return [row["status"] for row in await journal.rows(STATES)]


async def add_reply(journal: Journal, person: Person, trader: UUID, text: str, age: str = "0 days") -> None:
    """A reply of a job, made `age` ago."""
    await journal.db.execute(
        """insert into worker.outbox (platform, account, chat_id, user_id, payload, created_at)
           values ($1, 'bot', $2, $3, jsonb_build_object('text', $4::text), now() - $5::text::interval)""",
        person.platform,
        person.chat_id,
        trader,
        text,
        age,
    )
    person.journal.worker.outbox.poke(person.message().chat)
    await journal.settle()


def deliveries(outcome: str, platform: str = "whatsapp") -> float:
    sample = metrics.REGISTRY.get_sample_value("vigil_deliveries_total", {"platform": platform, "outcome": outcome})
    return sample or 0.0


# ---- beside each other


async def test_a_platform_that_hangs_holds_up_no_other(journal: Journal, phone: Person) -> None:
    journal.telegram.jam = asyncio.Event()
    strangers = [Person(journal, str(5000 + number)) for number in range(SENDERS + 1)]
    for person in strangers:
        await journal.worker.turns.receive(person.message("hello"))
    await journal.worker.turns.receive(phone.message("/help"))
    async with asyncio.timeout(20):
        while not phone.replies:
            await asyncio.sleep(0.01)
    assert not any(person.replies for person in strangers)
    journal.telegram.jam.set()
    await journal.settle()
    assert all(person.replies for person in strangers)


async def test_a_stored_reply_that_cannot_be_loaded_holds_up_none_and_is_not_logged(
    journal: Journal, ann: Person, trader: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    await journal.db.execute(
        """insert into worker.outbox (platform, account, chat_id, user_id, payload)
           values ('telegram', 'bot', $1, $2, '{"text": ["all of it"]}')""",
        ann.chat_id,
        trader,
    )
    await ann.writes("/help")
    assert await states(journal) == ["refused", "sent", "sent"]
    assert [sent.text[:9] for sent in ann.replies] in (["Something", "Write a t"], ["Write a t", "Something"])
    said = capsys.readouterr()
    assert "all of it" not in said.out + said.err


# ---- the envelope


async def test_a_reply_is_named_alike_at_every_try(journal: Journal, ann: Person) -> None:
    journal.telegram.trouble += [SendLater(after=0), SendLater(after=0)]
    await ann.writes("/trades")
    await ann.writes("/help")
    *first, second = (envelope.key for envelope in journal.telegram.asked)
    assert len(first) == 3
    assert len({*first}) == 1
    assert second not in first
    assert all(0 < len(key) <= 25 for key in (*first, second))  # Discord's nonces are no longer


async def test_the_envelope_says_when_the_person_wrote_and_how_to_answer(
    journal: Journal, phone: Person, trader: UUID
) -> None:
    await phone.writes("/help")
    await journal.db.execute("update worker.chats set handle = 'the latest'")
    await add_reply(journal, phone, trader, "an audit")
    answered, told = (sent.envelope for sent in phone.replies)
    assert told.handle == "the latest"
    assert answered.last_inbound_at is not None
    assert timedelta(0) <= datetime.now(UTC) - answered.last_inbound_at < timedelta(minutes=1)
    assert told.last_inbound_at == answered.last_inbound_at


# ---- held until the person writes


async def test_what_is_held_holds_what_follows_and_no_other_chat(
    journal: Journal, phone: Person, ann: Person, trader: UUID
) -> None:
    await phone.writes("/help")
    before = deliveries("held")
    journal.recorders["whatsapp"].trouble.append(SendHeld())
    await add_reply(journal, phone, trader, "first")
    await add_reply(journal, phone, trader, "second")  # would be taken, and come before the first
    assert await states(journal) == ["sent", "held", "held"]
    assert deliveries("held") == before + 2
    assert len(await ann.writes("/help")) == 1
    await phone.writes("/trades")
    assert [sent.text[:6] for sent in phone.replies[1:]] == ["first", "second", "No tra"]


async def test_a_person_who_writes_while_a_reply_is_tried_is_answered(
    journal: Journal, phone: Person, trader: UUID
) -> None:
    """The platform said "held" by what it knew before; by the time that is noted the person has written."""
    await phone.writes("/help")
    gate = journal.recorders["whatsapp"].hold_next(SendHeld())
    await journal.db.execute(
        "insert into worker.outbox (platform, account, chat_id, user_id, payload) "
        "values ('whatsapp', 'bot', $1, $2, '{\"text\": \"an audit\"}')",
        NUMBER,
        trader,
    )
    journal.worker.outbox.poke(phone.message().chat)
    await gate.reached.wait()
    await journal.worker.turns.receive(phone.message("/trades"))
    gate.go.set()
    await journal.settle()
    assert await states(journal) == ["sent", "sent", "sent"]


async def test_a_week_later_what_was_held_is_given_up(journal: Journal, phone: Person, trader: UUID) -> None:
    await phone.writes("/help")
    journal.recorders["whatsapp"].trouble += [SendHeld(), SendHeld()]
    await add_reply(journal, phone, trader, "old", age="8 days")
    await add_reply(journal, phone, trader, "new")
    before = deliveries("expired")
    async with running_for(sweep(journal.worker.pool, 0.05)):
        await journal.until("select exists (select from worker.outbox where status = 'refused')")
    assert await journal.rows(STATES) == [
        {"status": "sent", "error": None},
        {"status": "refused", "error": "expired"},
        {"status": "held", "error": "an earlier reply is held"},
    ]
    assert deliveries("expired") == before + 1


# ---- what a platform says later of a reply it had taken


async def test_a_reply_that_turns_out_to_be_held_comes_again_when_the_person_writes(
    journal: Journal, phone: Person
) -> None:
    await phone.writes("/help")
    sent = phone.replies[0]
    delivery = Delivery(phone.message().chat, sent.external_id, "held", "63016")
    await journal.worker.receiver.delivered(delivery)
    assert await journal.rows(STATES) == [{"status": "held", "error": "63016"}]
    await phone.writes("/trades")
    assert [reply.text[:10] for reply in phone.replies[1:]] == [sent.text[:10], "No trades "]


async def test_news_that_come_after_the_person_wrote_send_it_at_once(journal: Journal, phone: Person) -> None:
    await phone.writes("/help")
    sent = phone.replies[0]
    await journal.db.execute("update worker.chats set last_inbound_at = now()")  # written, and not answered yet
    await journal.worker.receiver.delivered(Delivery(phone.message().chat, sent.external_id, "held", "63016"))
    await journal.settle()
    assert [reply.text for reply in phone.replies] == [sent.text, sent.text]


async def test_news_may_come_before_the_sending_is_noted(journal: Journal, phone: Person) -> None:
    await phone.writes("/help")
    await journal.db.execute("update worker.outbox set status = 'pending', due_at = now() + interval '1 hour'")
    async with running_for(
        journal.worker.receiver.delivered(Delivery(phone.message().chat, "out-1", "refused", "63024"))
    ) as news:
        await journal.db.execute("update worker.outbox set status = 'sent', external_id = 'out-1'")
        await news
    assert await journal.rows(STATES) == [{"status": "refused", "error": "63024"}]


async def test_delivered_is_no_news(journal: Journal, phone: Person) -> None:
    await phone.writes("/help")
    await journal.worker.receiver.delivered(Delivery(phone.message().chat, phone.replies[0].external_id, "delivered"))
    assert await states(journal) == ["sent"]


# ---- a platform that refuses for good


async def test_whoever_writes_while_a_block_is_told_is_answered(journal: Journal, trader: UUID) -> None:
    """The refusal is of the reply before: the chat is open again, and nobody is told of a block."""
    person = await Person(journal, "4001").binds(trader)
    journal.telegram.trouble.append(SendRefused("bot was blocked by the user", blocked=True))
    refuse = journal.telegram.send

    async def write_first(*given: Any) -> str | None:
        journal.telegram.send = refuse  # type: ignore[method-assign]
        await journal.worker.turns.receive(person.message("/help"))
        return await refuse(*given)

    journal.telegram.send = write_first  # type: ignore[method-assign]
    said = await person.writes("/trades")
    assert len(said) == 1
    assert said[0].startswith("Write a trade")
    assert await journal.count("worker.chats", "blocked_at is not null") == 0


async def test_a_reply_that_was_held_for_days_has_its_time_to_be_sent(journal: Journal, trader: UUID) -> None:
    person = await Person(journal, NUMBER, "whatsapp").binds(trader)
    await person.writes("/help")
    await journal.db.execute("update worker.outbox set status = 'held', created_at = now() - interval '2 days'")
    person.recorder.trouble.append(SendLater("busy", after=0.1))
    await journal.worker.turns.receive(person.message("/trades"))
    async with asyncio.timeout(20):
        while await journal.count("worker.outbox", "status <> 'sent'"):
            await asyncio.sleep(0.05)


async def test_a_chat_that_blocked_us_is_told_of_on_the_others_once_a_day(
    journal: Journal, ann: Person, phone: Person, trader: UUID
) -> None:
    gamer = await Person(journal, "user-7", "discord").binds(trader)
    await gamer.writes("/help")
    await phone.writes("/help")
    for _ in range(2):
        journal.telegram.trouble.append(SendRefused("bot was blocked by the user", blocked=True))
        assert await ann.writes(REPORT) == []
    await journal.until(TOLD_ELSEWHERE.format(2))
    await journal.settle()
    for other in (phone, gamer):
        (told,) = other.replies[1:]
        assert told.text.startswith("I cannot write to you on Telegram any more")
    assert await journal.count("worker.chats", "blocked_at is not null") == 1
    assert await journal.count("worker.outbox", "status = 'refused' and error = 'blocked'") == 2
    assert len(await phone.writes("/trades")) == 1  # the queue goes on
    await journal.db.execute("update worker.outbox set created_at = created_at - interval '25 hours'")
    journal.telegram.trouble.append(SendRefused("bot was blocked by the user", blocked=True))
    await ann.writes("/help")
    await journal.until(TOLD_ELSEWHERE.format(4))
    await journal.settle()
    assert [sent.text[:14] for sent in phone.replies[3:]] == ["I cannot write"]


async def test_a_block_is_noted_and_told_or_neither(
    journal: Journal, ann: Person, phone: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is cut where the chat is marked and nobody told: it is as if nothing had been sent."""
    other_chats, cut = links.other_chats, asyncio.Event()

    async def die(connection: pool.Connection, *given: Any) -> list[Chat]:
        monkeypatch.setattr(links, "other_chats", other_chats)
        cut.set()
        await connection.execute("select pg_terminate_backend(pg_backend_pid())")
        raise AssertionError("unreachable")

    await phone.writes("/help")
    monkeypatch.setattr(links, "other_chats", die)
    gone = SendRefused("bot was blocked by the user", blocked=True)
    journal.telegram.trouble += [gone, gone]
    await journal.worker.turns.receive(ann.message("/help"))
    await cut.wait()
    journal.worker.outbox.poke(ann.message().chat)
    await journal.until(TOLD_ELSEWHERE.format(1))
    await journal.settle()
    assert [sent.text[:14] for sent in phone.replies[1:]] == ["I cannot write"]
    assert await states(journal) == ["sent", "refused", "sent"]
    assert await journal.count("worker.chats", "blocked_at is not null") == 1


async def test_a_stranger_who_blocks_us_is_told_of_nowhere(journal: Journal, phone: Person) -> None:
    await phone.writes("/help")
    journal.telegram.trouble.append(SendRefused("bot was blocked by the user", blocked=True))
    await Person(journal, "4002").writes("hello")
    assert len(phone.replies) == 1
    assert deliveries("blocked", "telegram") >= 1


async def test_a_reply_refused_by_itself_stops_nothing_and_is_told_of_in_its_chat_once_a_day(
    journal: Journal, ann: Person, phone: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    await phone.writes("/help")
    refused = SendRefused("message is too long")
    journal.telegram.trouble.append(refused)
    (told,) = await ann.writes("/trades")
    assert told.startswith("Something I wanted to tell you could not be delivered here")
    assert len(await ann.writes("/help")) == 1
    journal.telegram.trouble.append(refused)
    assert await ann.writes("/trades") == []
    assert len(phone.replies) == 1
    assert "message is too long" in capsys.readouterr().out
    await journal.db.execute("update worker.outbox set created_at = created_at - interval '25 hours'")
    journal.telegram.trouble += [refused, refused]
    assert await ann.writes("/trades") == []  # not even that: it is said no second time
    assert await journal.count("worker.outbox", "status = 'pending'") == 0


async def test_a_refusal_of_which_the_platform_tells_later_is_told_to_the_operator(
    journal: Journal, phone: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    await phone.writes("/help")
    news = Delivery(phone.message().chat, phone.replies[0].external_id, "refused", "63024: no such number")
    await journal.worker.receiver.delivered(news)
    assert await states(journal) == ["refused"]
    assert "63024: no such number" in capsys.readouterr().out
