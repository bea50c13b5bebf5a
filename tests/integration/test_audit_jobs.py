"""The audit of a recorded trade: what is judged, stored, said and paid for."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.auditing import COMPUTED, JUDGED, add_rules, ask_for_audits, by
from tests.journaling import REPORT, Journal, Person
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer

Journaling = Any


async def test_rules_are_computed_and_the_rest_says_why_not(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED, JUDGED)
    await ann.writes(REPORT)
    await ann.writes("yes")
    _, audit = await ann.writes("/skip")
    assert audit == (
        "Your rules on NQ +$1,600.00\n"
        "0 of 1 judged rules followed, 1 unclear · score 0, weighed by severity\n"
        "1. ✗ Never more than 1 contract\n"
        "   Size 2 NQ; limit 1 contract.\n"
        "2. ? Only A+ setups\n"
        "Only what can be computed was checked: there is no language model here for the rest.\n"
        "[Disagree]"
    )
    row = await journal.row("select * from public.trades")
    assert (row["audit_status"], row["audit_provider"], row["compliance_score"]) == ("audited", "computed", 0)
    assert (row["rules_followed"], row["rules_violated"], row["rules_unclear"]) == (0, 1, 1)
    assert len(json.loads(row["audit_result"])["verdicts"]) == 2
    verdicts = await journal.rows("select verdict, is_overridden from public.trade_rule_verdicts order by created_at")
    assert sorted(line["verdict"] for line in verdicts) == ["unclear", "violated"]
    assert await journal.db.fetchval("select compliance_score from public.daily_tracking") == 0
    assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 3
    assert await journal.db.fetchval("select current_streak_days from public.profiles") == 1
    answered = await journal.row("select trade_id from worker.outbox where payload::text like '%Your rules on%'")
    assert answered["trade_id"] == row["id"]


async def test_without_rules_an_audit_is_skipped(journal: Journal, ann: Person) -> None:
    await ann.records()
    row = await journal.row("select audit_status, audit_provider, compliance_score from public.trades")
    assert row == {"audit_status": "skipped", "audit_provider": None, "compliance_score": None}


async def test_an_audit_that_runs_twice_judges_once(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    number = await ann.records()
    said = len(ann.replies)
    await ask_for_audits(journal, trader, [number] * 3)
    await journal.settle()
    assert await journal.count("public.trade_rule_verdicts") == 1
    assert len(ann.replies) == said


async def test_an_edited_trade_is_judged_anew(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    await ann.writes("size 1", reply_to="m1")
    said = await ann.writes("yes")
    assert said[-1].startswith("Your rules on NQ +$800.00\n1 of 1 rules followed · score 100")
    assert await journal.db.fetchval("select array_agg(verdict) from public.trade_rule_verdicts") == ["followed"]


async def test_an_override_stands(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    await journal.db.execute(
        "update public.trade_rule_verdicts set is_overridden = true, original_verdict = verdict, verdict = 'followed'"
    )
    await ann.writes("exit 18300", reply_to="m1")
    await ann.writes("yes")
    assert await journal.db.fetchval("select array_agg(verdict) from public.trade_rule_verdicts") == ["followed"]


async def test_the_model_judges_what_cannot_be_computed(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    openai.otherwise = fake.judges()
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED)
        await ann.writes(REPORT)
        await ann.writes("yes")
        _, audit = await ann.writes("/skip")
        assert "1 of 2 rules followed · score 33.3, weighed by severity" in audit
        assert "✓ Only A+ setups" in audit
        assert len(openai.requests) == 1
        row = await journal.row("select audit_provider, audit_result from public.trades")
        assert row["audit_provider"] == "openai"
        assert json.loads(row["audit_result"])["tokens"] == {"input": 100, "output": 10}
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 2


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_model_that_fails_costs_no_credit(
    started: Journaling, trader: UUID, openai: OpenAIServer, status: int
) -> None:
    openai.otherwise = fake.fails(status)
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED)
        await ann.writes(REPORT)
        await ann.writes("yes")
        _, audit = await ann.writes("/skip")
        assert "✗ Never more than 1 contract" in audit
        assert audit.endswith("It cost you no free audit. Send /audit to try again.\n[Disagree]")
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 3


async def test_a_model_that_declines_keeps_the_credit(started: Journaling, trader: UUID, openai: OpenAIServer) -> None:
    openai.otherwise = fake.refuses()
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, JUDGED)
        await ann.records()
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 2


async def test_without_a_credit_only_the_computed_is_judged(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED)
        await journal.db.execute("update public.profiles set free_audits_remaining = 0")
        await ann.records()
        assert ann.replies[-1].text.endswith("your free audits of this month are used up.\n[Disagree]")
        assert openai.requests == []
        await journal.db.execute("update public.profiles set subscription_status = 'active'")
        openai.otherwise = fake.judges()
        await ann.records("short 1 es 5300 > 5290")
        assert len(openai.requests) == 1
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 0


async def test_an_audit_of_a_chat_unlinked_meanwhile_is_not_sent(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    await ann.writes(REPORT)
    await ann.writes("yes")
    await journal.db.execute("update public.profiles set telegram_chat_id = null")
    await journal.db.execute("update worker.chats set wakes_at = null")
    number = await journal.db.fetchval("select id from public.trades")
    said = len(ann.replies)
    await ask_for_audits(journal, trader, [number])
    await journal.until("select exists (select from worker.outbox where status = 'dropped')")
    assert len(ann.replies) == said
    assert await journal.count("public.trades", "audit_status = 'audited'") == 1
