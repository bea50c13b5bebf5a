"""Free audits: taken when the model is called on the product's key, given back where that failed, never twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from bot.auditing.asking import LEASE_SECONDS
from db import credits
from tests.auditing import (
    COMPUTED,
    JUDGED,
    add_rules,
    ask_for_audits,
    assert_all_agrees,
    by,
    credits_left,
    result,
    told,
    verdicts,
)
from tests.forks import killed
from tests.journaling import REPORT, Journal, Person
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer, openai_server
from tests.worker_process import worker_process

SIZES = ("size 1", "size 3", "size 4", "size 5", "size 6")
NOVEMBER = datetime(2026, 11, 3, 12, tzinfo=UTC)
Started = Any


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        server.otherwise = fake.judges()
        yield server


@pytest.fixture
async def journal(started: Started, openai: OpenAIServer) -> AsyncIterator[Journal]:
    async with started(**by(openai)) as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    await add_rules(journal.db, trader, COMPUTED, JUDGED)
    return await Person(journal, "4001").binds(trader)


async def trades_of(journal: Journal, trader: UUID, count: int) -> list[UUID]:
    """Recorded trades that wait for their audit."""
    rows = await journal.rows(
        """insert into public.trades (user_id, symbol, direction, position_size, pnl, source_type)
           select $1, 'NQ', 'long', 1, 100, 'journal' from generate_series(1, $2) returning id""",
        trader, count,
    )  # fmt: skip
    await journal.db.execute("insert into worker.trade_facts (trade_id, user_id) select id, user_id from public.trades")
    return [row["id"] for row in rows]


async def edits(ann: Person, change: str) -> str:
    """What the audit after an edit of the trade of message m1 says."""
    await ann.writes(change, reply_to="m1")
    return told((await ann.writes("yes"))[-1])


async def records(ann: Person) -> UUID:
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    trade: UUID = await ann.journal.db.fetchval("select id from public.trades")
    return trade


async def test_fifty_audits_at_once_on_three_credits(
    journal: Journal, ann: Person, trader: UUID, openai: OpenAIServer
) -> None:
    openai.otherwise = fake.waits(0.2, fake.judges())
    await ann.writes("hello")
    trades = await trades_of(journal, trader, 50)
    await ask_for_audits(journal, trader, trades)
    await journal.settle()
    assert len(openai.requests) == 3
    assert await credits_left(journal) == 0
    assert await journal.count("worker.audit_credits", "covered = 3 and question is null") == 3
    rows = await journal.rows("select r.rule_text, v.verdict, count(*) from public.trade_rule_verdicts v "
                              "join public.trading_rules r on r.id = v.rule_id group by 1, 2")  # fmt: skip
    assert {(row["rule_text"], row["verdict"]): row["count"] for row in rows} == {
        (COMPUTED, "followed"): 50,
        (JUDGED, "followed"): 3,
        (JUDGED, "unclear"): 47,
    }
    audits = [sent.text for sent in ann.replies if sent.text.startswith("Your rules")]
    assert len(audits) == 50
    assert sum("your free audits of this month are used up" in text for text in audits) == 47
    await assert_all_agrees(journal)


async def test_a_credit_covers_a_trade_and_three_more_audits_of_it(
    journal: Journal, ann: Person, openai: OpenAIServer
) -> None:
    await records(ann)
    left = [await credits_left(journal)]
    for change in SIZES:
        await edits(ann, change)
        left.append(await credits_left(journal))
    assert left == [2, 2, 2, 2, 1, 1]
    assert len(openai.requests) == 6


async def test_a_trade_that_is_brought_back_is_not_charged_again(
    journal: Journal, ann: Person, openai: OpenAIServer
) -> None:
    await records(ann)
    for _ in range(2):
        await ann.writes("/undo")
        await ann.writes("/redo")
    assert await verdicts(journal) == {COMPUTED: "violated", JUDGED: "followed"}
    assert (len(openai.requests), await credits_left(journal)) == (3, 2)


async def test_a_failing_service_gives_back_just_what_it_took(
    journal: Journal, ann: Person, openai: OpenAIServer
) -> None:
    openai.otherwise = fake.fails(503, retry_after="0.01")
    await records(ann)
    assert await credits_left(journal) == 3
    for change in SIZES[:3]:  # every one of them fails, and gives back once
        assert (await edits(ann, change)).endswith("It cost you no free audit. Send /audit to try again.")
        assert await credits_left(journal) == 3
    openai.otherwise = fake.judges()
    await edits(ann, SIZES[3])
    assert await credits_left(journal) == 2
    openai.otherwise = fake.fails(429, retry_after="0.01")
    await edits(ann, SIZES[4])
    assert await credits_left(journal) == 2
    assert await journal.db.fetchval("select covered from worker.audit_credits") == 3
    openai.otherwise = fake.judges()
    for change in SIZES[:3]:  # so there are still three to come
        await edits(ann, change)
    assert await credits_left(journal) == 2
    assert await journal.db.fetchval("select covered from worker.audit_credits") == 0


@pytest.mark.parametrize(
    ("status", "trial_ends", "left"),
    [
        ("active", None, 3),
        ("trialing", None, 3),
        ("trial", timedelta(days=1), 3),
        ("trial", None, 3),
        ("trial", timedelta(days=-1), 2),
        ("cancelled", timedelta(days=1), 2),
        ("past_due", None, 2),
        (None, None, 2),
    ],
)
async def test_who_pays_or_tries_takes_no_credit(
    journal: Journal, ann: Person, openai: OpenAIServer, status: str | None, trial_ends: timedelta | None, left: int
) -> None:
    ends = None if trial_ends is None else datetime.now(UTC) + trial_ends
    await journal.db.execute("update public.profiles set subscription_status = $1, trial_ends_at = $2", status, ends)
    await records(ann)
    assert (len(openai.requests), await credits_left(journal)) == (1, left)


async def test_the_day_s_calls_are_limited_and_take_no_credit(
    started: Started, trader: UUID, openai: OpenAIServer
) -> None:
    async with started(ai_calls_per_day=1, **by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, JUDGED)
        await records(ann)
        assert (await edits(ann, "size 1")).endswith("that was enough judging for one day.")
        assert (len(openai.requests), await credits_left(journal)) == (1, 2)
        assert await journal.db.fetchval("select covered from worker.audit_credits") == 3


async def test_a_worker_killed_while_it_asked_charges_once(
    dsn: str, tmp_path: Path, trader: UUID, started: Started, openai: OpenAIServer
) -> None:
    openai.otherwise = fake.STEPS["hang"]
    async with started(job_heartbeat_seconds=1, **by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED)
        assert journal.worker.jobs is not None
        journal.worker.jobs.stop()
        async with worker_process(dsn, tmp_path, job_heartbeat_seconds=1, **by(openai)) as victim:
            for message in (ann.message(REPORT), ann.message("yes"), ann.message("/skip")):
                await journal.worker.turns.receive(message)
            async with asyncio.timeout(20):
                while not openai.requests:
                    await asyncio.sleep(0.02)
            await killed(victim)
        assert await credits_left(journal) == 2
        assert await journal.count("worker.audit_credits", "paid = 'taken' and question is not null") == 1
        await journal.db.execute("update worker.audit_credits set asked_at = now() - interval '1 hour'")
    openai.otherwise = fake.judges()
    async with started(job_heartbeat_seconds=1, **by(openai)) as journal:
        await journal.until("select exists (select from public.trades where audit_status = 'audited')")
        assert await verdicts(journal) == {COMPUTED: "violated", JUDGED: "followed"}
        assert await credits_left(journal) == 2
        row = await journal.row("select covered, question from worker.audit_credits")
        assert row == {"covered": 3, "question": None}


async def test_a_worker_that_stops_while_it_asks_leaves_the_audit_to_the_next(
    trader: UUID, started: Started, openai: OpenAIServer
) -> None:
    openai.otherwise = fake.STEPS["hang"]
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED)
        await ann.writes(REPORT)
        await ann.writes("yes")
        await journal.worker.turns.receive(ann.message("/skip"))
        async with asyncio.timeout(20):
            while not openai.requests:
                await asyncio.sleep(0.02)
    openai.otherwise = fake.judges()
    async with started(**by(openai)) as journal:
        async with asyncio.timeout(20):  # the lease of a worker that died would last twice as long
            while not await journal.count("public.trades", "audit_status = 'audited'"):
                await asyncio.sleep(0.05)
        assert await verdicts(journal) == {COMPUTED: "violated", JUDGED: "followed"}
        assert await credits_left(journal) == 2
        assert await journal.count("worker.audit_credits", "covered = 3 and question is null") == 1


# ---- the database's own part


async def begins(
    connection: asyncpg.Connection, user: UUID, trade: UUID, question: str = "q", own: bool = False
) -> str:
    return await credits.begin_judging(connection, user, trade, question, own_key=own, seconds=LEASE_SECONDS)


async def left(connection: asyncpg.Connection, user: UUID) -> int:
    number: int = await connection.fetchval("select free_audits_remaining from public.profiles where id = $1", user)
    return number


async def test_a_question_is_paid_once_however_often_it_is_begun(connection: asyncpg.Connection, trader: UUID) -> None:
    trade = uuid4()
    assert await begins(connection, trader, trade) == "taken"
    assert await begins(connection, trader, trade) == "busy"
    await connection.execute("update worker.audit_credits set asked_at = now() - interval '1 hour'")
    assert await begins(connection, trader, trade) == "taken"  # whoever asked has died: this is still that credit
    assert await begins(connection, trader, trade, "changed meanwhile") == "taken"
    assert await left(connection, trader) == 2
    assert await credits.end_judging(connection, trader, trade, "q", refund=True) is False
    assert await credits.end_judging(connection, trader, trade, "changed meanwhile", refund=True) is True
    assert await credits.end_judging(connection, trader, trade, "changed meanwhile", refund=True) is False
    assert await left(connection, trader) == 3


async def test_an_own_key_pays_for_itself(connection: asyncpg.Connection, trader: UUID) -> None:
    trade = uuid4()
    assert await begins(connection, trader, trade, own=True) == "own"
    assert await credits.end_judging(connection, trader, trade, "q", refund=True) is False
    assert await begins(connection, trader, trade, "q2", own=True) == "own"
    assert await begins(connection, trader, trade, "q3") == "taken"  # the key was removed meanwhile
    assert await left(connection, trader) == 2


async def test_nothing_is_given_that_was_not_taken(connection: asyncpg.Connection, trader: UUID) -> None:
    await connection.execute("update public.profiles set free_audits_remaining = 0")
    trade = uuid4()
    assert await begins(connection, trader, trade) == "none"
    assert await credits.end_judging(connection, trader, trade, "q", refund=True) is False
    await connection.execute("update public.profiles set subscription_status = 'active'")
    assert await begins(connection, trader, trade) == "unlimited"
    assert await credits.end_judging(connection, trader, trade, "q", refund=True) is False
    assert await left(connection, trader) == 0


async def test_clients_reach_neither_credits_nor_months(connection: asyncpg.Connection) -> None:
    for table in ("audit_credits", "credit_months"):
        for role in ("anon", "authenticated"):
            for right in ("select", "insert", "update", "delete"):
                assert not await connection.fetchval(
                    "select has_table_privilege($1, 'worker.' || $2, $3)", role, table, right
                )
    for function in ("begin_judging", "end_judging", "top_up_credits"):
        for role in ("anon", "authenticated"):
            assert not await connection.fetchval(
                "select has_function_privilege($1, p.oid, 'execute') from pg_proc p where p.proname = $2",
                role,
                function,
            )


async def test_a_rule_added_while_the_model_is_asked(
    journal: Journal, ann: Person, trader: UUID, openai: OpenAIServer
) -> None:
    """Its answer is used for the rules it was about, counts as answered, and what it took is told."""
    gate = asyncio.Semaphore(0)
    openai.otherwise = fake.held(gate, fake.judges())
    await ann.writes("hello")
    (trade,) = await trades_of(journal, trader, 1)
    await ask_for_audits(journal, trader, [trade])
    async with asyncio.timeout(10):
        while not openai.requests:
            await asyncio.sleep(0.01)
    await add_rules(journal.db, trader, "Max 3 trades a day")
    gate.release()
    await journal.settle()
    assert len(openai.requests) == 1
    assert len(await verdicts(journal)) == 3
    assert (await result(journal))["tokens"] == {"input": 100, "output": 10}
    assert await journal.rows("select covered, question from worker.audit_credits") == [
        {"covered": 3, "question": None}
    ]
    assert await credits_left(journal) == 2


async def test_a_trade_that_keeps_changing_is_judged_once_it_rests(
    journal: Journal, ann: Person, trader: UUID, openai: OpenAIServer
) -> None:
    """The audit begins anew, and does not wait for its own question."""
    gate = asyncio.Semaphore(0)
    openai.otherwise = fake.held(gate, fake.judges())
    await ann.writes("hello")
    (trade,) = await trades_of(journal, trader, 1)
    await ask_for_audits(journal, trader, [trade])
    for note in ("one", "two", None):
        asked = len(openai.requests)
        async with asyncio.timeout(10):
            while len(openai.requests) == asked:
                await asyncio.sleep(0.01)
        if note is None:  # the model would be asked the very same again
            await add_rules(journal.db, trader, "Max 3 trades a day")
        else:
            await journal.db.execute("update worker.trade_facts set note = $1", note)
        gate.release()
    openai.otherwise = fake.judges()
    await journal.settle()
    assert (await verdicts(journal))[JUDGED] == "followed"
    assert await journal.rows("select question from worker.audit_credits") == [{"question": None}]
    assert await credits_left(journal) == 2


async def test_a_verdict_of_the_model_is_disagreed_with(journal: Journal, ann: Person) -> None:
    """The result, with its seconds and tokens, is written again."""
    await records(ann)
    before = await result(journal)
    assert before["seconds"] > 0
    (answer, *_) = await ann.writes("/override 2 violated it was a B setup")
    assert "violated" in answer
    assert {**await result(journal), "verdicts": [], "score": ""} == {**before, "verdicts": [], "score": ""}
    await assert_all_agrees(journal)
