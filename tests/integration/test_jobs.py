"""What the engine of jobs makes of workers that die, of jobs that fail, and of drains that are lost."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import asyncpg
import pytest

from bot import metrics, replies
from bot.charting import making
from bot.jobs import engine_queries
from db import backlog
from statemachine.errors import Unavailable
from tests.auditing import COMPUTED, add_rules, by
from tests.forks import killed
from tests.journaling import Journal, Person, journaling
from tests.reading_cases import NQ, TREND, claim
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer
from tests.worker_process import worker_process

CLAIM = claim(NQ | {"pnl": 412}, lines=("NQZ6 BUY", "Realized P/L 412.00"))
Journaling = Any


async def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer, started: Journaling
) -> None:
    openai.otherwise = fake.STEPS["hang"]
    async with started(job_heartbeat_seconds=1, **by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        assert journal.worker.jobs is not None
        journal.worker.jobs.stop()
        async with worker_process(dsn, tmp_path, job_heartbeat_seconds=1, **by(openai)) as victim:
            await journal.worker.turns.receive(ann.message(TREND))
            async with asyncio.timeout(20):
                while not openai.requests:
                    await asyncio.sleep(0.02)
            await killed(victim)
        assert await journal.count("worker.pgqueuer", "status = 'picked'") >= 1  # the sweep may have added one
    openai.otherwise = fake.answers(CLAIM)
    async with started(job_heartbeat_seconds=1, **by(openai)) as journal:
        ann = Person(journal, "4001")
        async with asyncio.timeout(15):
            while not ann.replies:
                await asyncio.sleep(0.05)
        await journal.settle()
        assert [sent.text.splitlines()[0] for sent in ann.replies] == ["Is this right?"]
        assert await journal.count("worker.inbox", "status = 'done'") == 1


async def test_a_dead_letter_is_held_listed_and_can_be_tried_again(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    await journal.db.execute("alter table public.trade_rule_verdicts add constraint broken check (false) not valid")
    await ann.records()
    await journal.until("select exists (select from worker.pgqueuer where status = 'failed')")
    (letter,) = await backlog.failed_jobs(journal.db)
    assert letter.entrypoint == "audit"
    assert letter.error is not None
    assert letter.error.endswith("CheckViolationError")
    assert (await ann.writes("hello"))[0].startswith("I am here.")  # it blocks nobody
    await journal.db.execute("alter table public.trade_rule_verdicts drop constraint broken")
    await engine_queries(journal.db).requeue_jobs([letter.id])
    await journal.until("select exists (select from public.trades where audit_status = 'audited')")
    assert await backlog.failed_jobs(journal.db) == []


async def test_a_job_that_dies_while_nobody_can_be_told_dies_again_later(
    journal: Journal, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database went away between the last try and the word for the trader."""
    told, away = replies.reply_to_chat, [True]

    async def breaks(*_: Any) -> NoReturn:
        raise RuntimeError("unforeseen")

    async def tell_once_back(*given: Any, **named: Any) -> int:
        if away and away.pop():
            raise Unavailable("the database went away")
        return await told(*given, **named)

    monkeypatch.setattr(making, "facts_of", breaks)
    monkeypatch.setattr(making, "reply_to_chat", tell_once_back)
    await ann.writes("/chart")
    await journal.until("select exists (select from worker.pgqueuer where status = 'failed')")
    await journal.settle()
    assert away == []
    assert [sent.text for sent in ann.replies][-1] == "The chart could not be made. Please ask again later."
    (letter,) = await backlog.failed_jobs(journal.db)
    assert letter.error is not None
    assert letter.error.endswith("RuntimeError")


async def test_a_stored_job_that_cannot_be_loaded_is_counted(journal: Journal) -> None:
    """Whose it was nobody can say: the operator has the dead letter."""
    labels = {"entrypoint": "chart", "outcome": "failed"}
    before = metrics.REGISTRY.get_sample_value("vigil_jobs_total", labels) or 0.0
    await journal.enqueue("chart", {"of": "another version"})
    await journal.until("select exists (select from worker.pgqueuer where status = 'failed')")
    assert metrics.REGISTRY.get_sample_value("vigil_jobs_total", labels) == before + 1


async def test_the_sweep_finds_messages_whose_drain_was_lost(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer, started: Journaling
) -> None:
    openai.otherwise = fake.answers(CLAIM)
    async with journaling(dsn, tmp_path, **by(openai)) as journal:  # it accepts, and runs no jobs
        ann = await Person(journal, "4001").binds(trader)
        await journal.worker.turns.receive(ann.message(TREND))
        await journal.worker.turns.receive(ann.message("yes"))
        assert await journal.count("worker.inbox", "status = 'waiting'") == 2
        await journal.db.execute("delete from worker.pgqueuer")
    async with started(**by(openai)) as journal:
        await journal.until("select exists (select from public.trades)")
        await journal.settle()
        titles = [sent.text.splitlines()[0] for sent in Person(journal, "4001").replies]
        assert titles[:2] == ["Is this right?", "Recorded"]


async def test_jobs_are_written_as_the_engine_itself_writes_them(connection: asyncpg.Connection) -> None:
    payload = '{"platform": "telegram", "text": "é"}'
    await engine_queries(connection).enqueue("drain", payload.encode(), execute_after=timedelta(seconds=60))
    jobs = [{"entrypoint": "drain", "payload": payload, "after": 60}]
    await connection.execute("select worker.enqueue_jobs($1)", json.dumps(jobs))
    theirs, ours = await connection.fetch(
        """select to_jsonb(j) - '{id,created,updated,heartbeat,execute_after}'::text[] as row,
                  round(extract(epoch from execute_after - created)) as after
           from worker.pgqueuer j order by id"""
    )
    assert dict(ours) == dict(theirs)
    theirs, ours = await connection.fetch(
        "select to_jsonb(l) - '{id,created,job_id}'::text[] as row from worker.pgqueuer_log l order by id"
    )
    assert dict(ours) == dict(theirs)


async def test_a_dedupe_key_keeps_a_second_job_out(connection: asyncpg.Connection) -> None:
    jobs = json.dumps([{"entrypoint": "wake", "payload": "{}", "key": "wake:1"}])
    for _ in range(2):
        await connection.execute("select worker.enqueue_jobs($1)", jobs)
    assert await connection.fetchval("select count(*) from worker.pgqueuer") == 1
    assert await connection.fetchval("select count(*) from worker.pgqueuer_log") == 1
