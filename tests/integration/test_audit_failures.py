"""A judge that fails, in every way a service can: what the trader sees, what is stored, and what it costs them."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from bot.auditing.judge import NOT_JUDGED
from bot.auditing.result import UNJUDGED
from bot.audits import Audits
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
from tests.journaling import Person, journaling
from tests.servers import openai as fake
from tests.servers.openai import Body, OpenAIServer, Step

OTHER = "No revenge trades"
ONLY_COMPUTED = "Only what can be computed was checked: "
DID_NOT_ANSWER = (
    f"{ONLY_COMPUTED}the language model did not answer. It cost you no free audit. Send /audit to try again."
)
NO_USE = f"{ONLY_COMPUTED}the language model gave no usable answer. Send /audit to try again."


def some(*texts: str) -> Step:
    """It judges only these of the rules it was asked about."""

    def value(body: Body) -> object:
        ids = [rule["id"] for rule in fake.asked(body)["rules"] if rule["rule"] in texts]
        return {"verdicts": [fake.ruling(name) for name in ids]}

    return fake.answers(value)


UNKNOWN = fake.answers({"verdicts": [fake.ruling("rule-1"), fake.ruling("r-000000", "violated")]})


@dataclass(frozen=True, slots=True)
class Failure:
    """What the service does, and what comes of it.

    left      free audits of three
    calls     requests the service got, repeats of the client's own counted
    unclear   judged rules that nobody decided, with their evidence
    last      the last line that the trader sees
    """

    step: Step
    left: int
    calls: int
    evidence: str
    last: str
    unclear: tuple[str, ...] = (JUDGED, OTHER)
    key: str | None = None


FAILURES = {
    "429": Failure(fake.fails(429, retry_after="0.01"), 3, 3, UNJUDGED["failed"], DID_NOT_ANSWER),
    "500": Failure(fake.fails(500, retry_after="0.01"), 3, 3, UNJUDGED["failed"], DID_NOT_ANSWER),
    "503": Failure(fake.fails(503, retry_after="0.01"), 3, 3, UNJUDGED["failed"], DID_NOT_ANSWER),
    "400": Failure(fake.fails(400), 2, 2, UNJUDGED["unusable"], NO_USE),
    "bad key": Failure(fake.judges(), 2, 0, UNJUDGED["unusable"], NO_USE, key="sk-wrong"),
    "garbage": Failure(fake.STEPS["garbage"], 2, 2, UNJUDGED["unusable"], NO_USE),
    "a web page": Failure(fake.sends("<html>hotel</html>", "text/html"), 2, 2, UNJUDGED["unusable"], NO_USE),
    "prose": Failure(fake.says("All rules were followed, well done!"), 2, 2, UNJUDGED["unusable"], NO_USE),
    "refusal": Failure(fake.refuses(), 2, 2, UNJUDGED["unusable"], NO_USE),
    "cut off": Failure(fake.truncates(), 2, 2, UNJUDGED["unusable"], NO_USE),
    "wrong schema": Failure(fake.STEPS["wrong-schema"], 2, 2, UNJUDGED["unusable"], NO_USE),
    "half the rules": Failure(some(JUDGED), 2, 2, NOT_JUDGED, "2. ✓ Only A+ setups (judged by the model)", (OTHER,)),
    "unknown ids": Failure(UNKNOWN, 2, 2, NOT_JUDGED, f"   {NOT_JUDGED} (judged by the model)"),
    "nothing": Failure(some(), 2, 2, NOT_JUDGED, f"   {NOT_JUDGED} (judged by the model)"),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_a_judge_that_fails(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer, failure: Failure
) -> None:
    openai.otherwise = failure.step
    settings = by(openai) | ({"openai_api_key": failure.key} if failure.key else {})
    async with journaling(dsn, tmp_path, jobs=True, sweep_seconds=0.2, **settings) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED, OTHER)
        await ann.records()
        text = told(ann.replies[-1].text)
        assert text.startswith("Your rules on NQ +$1,600.00\n")
        assert "✗ Never more than 1 contract\n   Size 2 NQ; limit 1 contract." in text
        assert text.splitlines()[-1] == failure.last
        assert len(openai.requests) == failure.calls
        stored = await verdicts(journal)
        assert stored[COMPUTED] == "violated"
        assert {rule for rule, verdict in stored.items() if verdict == "unclear"} == set(failure.unclear)
        rows = await journal.rows("select evidence from public.trade_rule_verdicts where verdict = 'unclear'")
        assert {row["evidence"] for row in rows} == {failure.evidence}
        assert await credits_left(journal) == failure.left
        assert await journal.count("worker.audit_credits", "question is null and paid is null") == 1
        await assert_all_agrees(journal)

        # the service is well again: asking once more decides the rest, and the credit covers it
        openai.key = failure.key or openai.key
        openai.otherwise = fake.judges(verdict="violated")
        openai.requests.clear()
        await ann.writes("/audit")
        assert {rule["rule"] for body in openai.requests for rule in fake.asked(body)["rules"]} == set(failure.unclear)
        assert {rule for rule, verdict in (await verdicts(journal)).items() if verdict == "unclear"} == set()
        assert await credits_left(journal) == 2
        await assert_all_agrees(journal)


async def test_a_fault_of_ours_is_told_of(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ValueError("a fault of ours")

    async with journaling(dsn, tmp_path, jobs=True, sweep_seconds=0.2, **by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED)
        monkeypatch.setattr(Audits, "_audit", fail)
        await ann.records()
        assert ann.replies[-1].text.startswith("I could not finish the audit")
        assert await journal.count("worker.pgqueuer", "status = 'failed' and entrypoint = 'audit'") == 1
        monkeypatch.undo()
        await ann.writes("/audit")
        assert "✗ Never more than 1 contract" in ann.replies[-1].text


async def test_what_failed_is_not_said_twice(dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer) -> None:
    openai.otherwise = fake.says("no")
    async with journaling(dsn, tmp_path, jobs=True, sweep_seconds=0.2, **by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, JUDGED)
        await ann.records()
        assert (await result(journal))["note"] == "unusable"
        said, asked = len(ann.replies), len(openai.requests)
        trade = await journal.db.fetchval("select id from public.trades")
        await ask_for_audits(journal, trader, [trade])
        await journal.settle()
        assert (len(ann.replies), len(openai.requests)) == (said, asked)
