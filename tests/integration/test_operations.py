"""A worker in bad weather: platforms that are away, poison of every kind, a backlog, a lost connection."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import pytest

from adapters import Adapter, Receiver
from adapters.telegram import Telegram
from bot import metrics, presence, server
from bot.database import Database
from bot.settings import Settings
from bot.worker import Worker, serve, started
from statemachine.errors import OperatorError, SendLater
from tests.auditing import by
from tests.journaling import REPORT, Journal, Person
from tests.reading_cases import claim
from tests.recorder import Recorder
from tests.screenshots import PHOTO, files, picture
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer
from tests.servers.telegram import TOKEN, TelegramServer

ANN, BEN = 4001, 4002
VAGUE = "I bought some stuff and sold it for something"
ASKS = ("Is this right?", "Are these right?")
READING = 'vigil_source{platform="telegram",vigil_source="reading"} 1.0'
CUT_PRESENCE = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and application_name = 'vigil presence'
"""
IN_LINE = """
select count(*) from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())
"""
SOURCES = """
select count(*) from pg_locks l join pg_stat_activity a using (pid)
where l.locktype = 'advisory' and l.objsubid = 1 and a.datname = current_database()
  and a.application_name = 'vigil presence'
"""
"""Locks of sources that a worker holds; those that say a process lives have two keys."""
BREAK_CHAT = """
create function public.refuse() returns trigger language plpgsql as $$
begin
    if new.chat_id = '4001' then raise exception 'a bug that only this chat meets'; end if;
    return new;
end $$;
create trigger refuse before update on worker.chats for each row execute function public.refuse();
"""
BREAK_CONVERSATIONS = """
create function public.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'a bug that only timers meet';
end $$;
create trigger refuse before update on public.journal_conversations for each row execute function public.refuse();
"""
Journaling = Any


@pytest.fixture
async def platform() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as platform:
        yield platform


@asynccontextmanager
async def working(dsn: str, folder: Path, adapter: Adapter) -> AsyncIterator[Worker]:
    """A worker without jobs for this adapter, on any free port; it does not read yet."""
    settings = Settings(_env_file=None, data_dir=folder, port=0)  # type: ignore[call-arg]
    async with started(settings, Database(dsn, dsn, False, False), [adapter], jobs=False) as worker:
        yield worker


def unpaced(platform: TelegramServer, **options: Any) -> Telegram:
    return Telegram(TOKEN, api_url=platform.url, per_second=None, per_chat=None, standby=0.1, **options)


# ---- a platform that is away while a chart is fetched


async def test_a_platform_says_when_to_ask_again(journal: Journal, ann: Person, tmp_path: Path) -> None:
    journal.telegram.files["photo-1"] = picture()
    journal.telegram.fetch_trouble.append(SendLater("flood control", after=2.0))
    await ann.writes(REPORT)
    await ann.writes("yes")
    await journal.worker.turns.receive(ann.message(attachments=(PHOTO,)))
    retried = "entrypoint = 'media' and status = 'queued' and attempts > 0"
    await journal.until(f"select exists (select from worker.pgqueuer where {retried})")
    wait = await journal.db.fetchval("select extract(epoch from execute_after - updated) from worker.pgqueuer")
    assert 1.9 < wait < 2.1
    await journal.settle()
    assert journal.telegram.fetched == ["photo-1"] * 2
    assert len(files(tmp_path)) == 1


async def test_a_platform_that_is_away_for_a_day_has_lost_the_chart(
    journal: Journal, ann: Person, tmp_path: Path
) -> None:
    journal.telegram.fetch_trouble += [SendLater("away", after=3600), SendLater("away", after=3600)]
    await ann.writes(REPORT)
    await ann.writes("yes")
    await ann.sends(PHOTO)
    await journal.until("select exists (select from worker.pgqueuer where attempts > 0 and status = 'queued')")
    assert await journal.db.fetchval("select state from public.journal_conversations") == "idle"
    job = await journal.job_of("media")
    await journal.db.execute("delete from worker.pgqueuer")
    said = len(ann.replies)
    at = datetime.fromisoformat(job["at"]) - timedelta(hours=24)
    await journal.enqueue("media", job | {"at": at.isoformat()})
    await journal.settle()
    gone, again = (sent.text for sent in ann.replies[said:])
    assert gone == "The picture is no longer there. Please send it again."
    assert again.startswith("A chart of NQ +$1,600.00?")
    journal.telegram.files["photo-1"] = picture()
    await ann.sends(PHOTO)
    assert len(files(tmp_path)) == 1


# ---- poison


async def test_a_bug_while_the_model_is_asked_sets_one_message_aside(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    async with started(**by(openai)) as journal:
        ann = await Person(journal, str(ANN)).binds(trader)
        journal.telegram.fetch_trouble.append(RuntimeError("a bug in the adapter"))
        await journal.worker.turns.receive(ann.message(attachments=(PHOTO,), external_id="bad"))
        await journal.worker.turns.receive(ann.message("hello"))
        await journal.settle()
        assert [sent.text[:20] for sent in ann.replies] == ["I could not handle t", "I am here. Send me a"]
        failed = await journal.row("select external_id, error from worker.inbox where status = 'failed'")
        assert failed == {"external_id": "bad", "error": "RuntimeError"}
        assert await journal.count("worker.attempts") == 0
        assert openai.requests == []


async def test_stored_messages_that_cannot_be_loaded_block_nobody(journal: Journal, ann: Person) -> None:
    await ann.writes("hello")
    odd = ('{"surprise": true}', "{}", "[]", '"text"', "7", "null", None)
    await journal.db.executemany(
        """insert into worker.inbox (platform, account, chat_id, external_id, status, payload)
           values ('telegram', 'bot', '4001', $1, 'waiting', $2)""",
        [(f"odd-{number}", payload) for number, payload in enumerate(odd)],
    )
    *told, answer = await ann.writes("/help")
    assert [text[:29] for text in told] == ["I could not handle that messa"] * len(odd)
    assert answer.startswith("Write a trade")
    assert await journal.count("worker.inbox", "status = 'failed' and error = 'unloadable'") == len(odd)
    assert await journal.count("worker.pgqueuer", "status = 'failed'") == 0


@pytest.mark.parametrize("known", [True, False], ids=["known chat", "new chat"])
async def test_the_last_resort_is_the_bare_fact(
    platform: TelegramServer, dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path, known: bool
) -> None:
    """Where nothing of it can be written, Telegram must not bring the message for ever. The apology waits."""
    await connection.execute("update public.profiles set telegram_chat_id = $2 where id = $1", trader, str(ANN))
    async with working(dsn, tmp_path, unpaced(platform)) as worker:
        worker.listen()
        if known:
            platform.write(ANN, "hello")
            await platform.until(lambda: platform.sent_to(ANN))
        await connection.execute(BREAK_CHAT)
        poison = platform.write(ANN, REPORT)
        platform.write(BEN, "hello")
        await platform.until(lambda: platform.sent_to(BEN) and not platform.pending(), within=20)
    failed = await connection.fetch("select external_id, error, payload from worker.inbox where status = 'failed'")
    assert [tuple(row) for row in failed] == [(str(poison), "RaiseError", None)]
    assert len(platform.sent_to(ANN)) == known
    told = await connection.fetch("select payload ->> 'text' as text from worker.outbox where status = 'pending'")
    assert [row["text"][:29] for row in told] == ["I could not handle that messa"]


# ---- timers


async def test_a_timer_waits_for_the_messages_before_it(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    gate = asyncio.Semaphore(0)
    openai.otherwise = fake.held(gate, fake.answers(claim(intent="unclear")))
    async with started(**by(openai)) as journal:
        ann = await Person(journal, str(ANN)).binds(trader)
        await ann.writes(REPORT)
        await journal.worker.turns.receive(ann.message(VAGUE))
        await journal.db.execute("update worker.chats set wakes_at = now()")
        rang = "select exists (select from worker.pgqueuer_log where entrypoint = 'wake' and status = 'successful')"
        await journal.until(rang)
        assert await journal.count("worker.inbox", "status = 'waiting'") == 1
        assert await journal.db.fetchval("select state from public.journal_conversations") == "awaiting_confirmation"
        gate.release()
        await journal.until("select exists (select from public.journal_conversations where state = 'idle')")
        await journal.settle()
        texts = [sent.text for sent in ann.replies]
        assert texts[1].startswith("I am not sure what you mean.")
        assert await journal.count("worker.inbox", "external_id like 'wake:%'") == 1


async def test_a_timer_that_fails_is_stopped_without_a_word(
    journal: Journal, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.writes(REPORT)
    await journal.db.execute(BREAK_CONVERSATIONS)
    await journal.db.execute("update worker.chats set wakes_at = now()")
    await journal.until("select exists (select from worker.inbox where status = 'failed')")
    sweeps: list[int] = []
    monkeypatch.setattr(metrics, "set_waiting", sweeps.append)
    async with asyncio.timeout(20):
        while len(sweeps) < 3:
            await asyncio.sleep(0.01)
    await journal.settle()
    assert await journal.count("worker.inbox", "external_id like 'wake:%'") == 1
    assert await journal.count("worker.chats", "wakes_at is not null") == 0
    assert await journal.count("worker.pgqueuer") == 0
    assert len(ann.replies) == 1
    await journal.db.execute("drop trigger refuse on public.journal_conversations")
    assert (await ann.writes("yes"))[0].startswith("Recorded")


# ---- a backlog is no flood


async def test_what_was_written_over_hours_and_comes_at_once_is_handled(journal: Journal, ann: Person) -> None:
    answers = await write_forty(ann, apart=timedelta(minutes=3))
    assert all(said[-1].startswith(ASKS) for said in answers)
    assert await journal.count("worker.inbox", "status = 'done'") == 40


async def test_forty_messages_in_a_minute_are_a_flood(journal: Journal, ann: Person) -> None:
    answers = await write_forty(ann, apart=timedelta(seconds=1))
    assert all(said[-1].startswith(ASKS) for said in answers[:30])
    assert [said[0][:41] for said in answers[30:31]] == ["That is more than 30 messages in a minute"]
    assert answers[31:] == [[]] * 9


async def write_forty(ann: Person, *, apart: timedelta) -> list[list[str]]:
    """Reports, the last one written now: what was said to each. They come one after another without a pause."""
    first = datetime.now(UTC) - 39 * apart
    reports = [ann.message(f"long 1 es {5300 + n} > 5400", sent_at=first + n * apart) for n in range(40)]
    return [await ann.does(report) for report in reports]


# ---- what /readyz tells


async def readyz(port: int) -> tuple[int, dict[str, bool]]:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/readyz") as answer:
        return answer.status, json.loads(await answer.text())


async def test_a_worker_that_is_called_by_webhook_is_ready(platform: TelegramServer, dsn: str, tmp_path: Path) -> None:
    webhook = unpaced(platform, webhook_secret="a-secret", public_url="http://127.0.0.1:1")
    async with working(dsn, tmp_path, webhook) as worker:
        stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
        served = asyncio.create_task(serve(worker, stop, ready.set_result))
        port = await ready
        (source,) = (task for task in worker.tasks if task.get_name() == "source telegram")
        await source  # Telegram does the reading
        assert await readyz(port) == (200, {"ready": True, "database": True, "migrations": True, "sources": True})
        assert not served.done()
        stop.set()
        await served


class Withdrawn(Recorder):
    """Its token was withdrawn while the platform was away."""

    async def listen(self, receiver: Receiver) -> None:
        raise OperatorError("the token is refused")


async def test_a_source_that_failed_is_told_and_ends_the_worker(dsn: str, tmp_path: Path) -> None:
    async with working(dsn, tmp_path, Withdrawn()) as worker:
        async with server.serving(worker.settings, (), worker.readiness) as port:
            worker.listen()
            await asyncio.sleep(0)
            assert await readyz(port) == (503, {"ready": False, "database": True, "migrations": True, "sources": False})
        with pytest.raises(OperatorError, match="the token is refused"):
            await serve(worker, asyncio.Event(), lambda port: None)


# ---- the direct connection


async def test_a_reader_reads_on_over_a_lost_direct_connection_and_holds_its_lock_again(
    platform: TelegramServer, dsn: str, connection: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "PING_SECONDS", 0.2)
    async with working(dsn, tmp_path, unpaced(platform)) as worker:
        worker.listen()
        await platform.until(reading)
        assert await connection.fetchval(CUT_PRESENCE) == 1
        await answered(platform, ANN)
        async with asyncio.timeout(30):
            while not await connection.fetchval(SOURCES):
                assert reading()
                await asyncio.sleep(0.05)
        await answered(platform, ANN)
        await platform.until(lambda: not platform.pending())
    assert await connection.fetchval("select count(*) from worker.processes") == 0


async def test_a_reader_whose_lock_another_process_took_meanwhile_stands_by(
    platform: TelegramServer, dsn: str, connection: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "PING_SECONDS", 0.2)
    monkeypatch.setattr(presence, "STANDBY_SECONDS", 0.1)
    async with working(dsn, tmp_path, unpaced(platform)) as worker:
        worker.listen()
        await platform.until(reading)
        name = f"vigil:telegram:{platform.bot_id}"
        other = await asyncpg.connect(dsn)
        taking = asyncio.create_task(other.execute("select pg_advisory_lock(hashtextextended($1, 0))", name))
        async with asyncio.timeout(10):
            while not await connection.fetchval(IN_LINE):  # next to have it, before the worker can notice
                await asyncio.sleep(0.01)
        assert await connection.fetchval(CUT_PRESENCE) == 1
        await taking
        await platform.until(lambda: not reading(), within=30)
        platform.write(BEN, "hello")
        await other.close()
        await platform.until(reading, within=30)
        await platform.until(lambda: platform.sent_to(BEN))


def reading() -> bool:
    return READING in metrics.exposition().decode()


async def answered(platform: TelegramServer, chat_id: int) -> None:
    before = len(platform.sent_to(chat_id))
    platform.write(chat_id, "hello")
    await platform.until(lambda: len(platform.sent_to(chat_id)) > before)
