"""A rule that plain code cannot read: the model proposes a check, the trader decides, and only then it counts."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot.job_payloads import RuleJob, propose_job
from bot.rules import proposals
from bot.rules.proposed import ProposedCheck
from db import inbox
from tests.journaling import Journal, Person, journaling
from tests.servers import openai as fake
from tests.servers.openai import Body, OpenAIServer, openai_server

RULE = "1 contract, I shall be content with that"
"""What the model takes for: no more than 1 contract."""
JUDGING = f"judging it. 1. {RULE}"
OTHER = "1 contract, I shall be content with that for now"
MEANT = ProposedCheck(
    kind="max_size", at_most=1, size_unit="contracts", when=None, at_least=None, minutes=None, distance_unit=None,
    base=None, symbols=[], days=[], direction=None, time_from=None, time_to=None, zone=None, allowed=None, per=None,
    after=None, edge=None, over=None, strict=False, stop=False, in_a_row=False, each_symbol=False, losers=False,
)  # fmt: skip
Journaling = Any


def proposes(check: ProposedCheck | None) -> fake.Step:
    """The model's answer, in the schema it is asked by; to a judge's question a verdict of its own."""
    return fake.answers(lambda body: proposal(body, check))


def proposal(body: Body, check: ProposedCheck | None) -> object:
    if "checks" not in fake.schema_of(body)["properties"]:
        return fake.example(fake.schema_of(body))
    return {"leave_to_judge": check is None, "checks": [] if check is None else [check.model_dump()]}


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        server.otherwise = proposes(MEANT)
        yield server


@pytest.fixture
def started(dsn: str, tmp_path: Path, openai: OpenAIServer) -> Journaling:
    return partial(
        journaling, dsn, tmp_path, jobs=True, messages_per_minute=1000, openai_api_key=openai.key,
        openai_base_url=openai.url,
    )  # fmt: skip


async def status(journal: Journal) -> list[str]:
    return [row["status"] for row in await journal.rows("select status from worker.rule_checks")]


async def computed(journal: Journal, ann: Person) -> bool:
    """Whether an audit of two contracts finds the rule violated by plain code."""
    trade = await ann.records()
    result = json.loads(await journal.db.fetchval("select audit_result from public.trades where id = $1", trade))
    (line,) = result["verdicts"]
    assert line["computed"] is (line["verdict"] == "violated")
    return bool(line["computed"])


# ---- asked and answered


async def test_a_proposal_counts_once_it_is_confirmed(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    added, asked = await ann.writes(f"/rules add {RULE}")
    assert "Left to the judge" in added
    assert "and ask you if so" in added
    assert asked.startswith(f"Is this what you mean?\n1. {RULE}\nI would check this rule by: ")
    assert asked.endswith("Until you say so, the language model judges it.\n[Right] [Not what I meant]")
    assert (await status(journal), len(openai.requests)) == (["proposed"], 1)
    assert RULE in json.dumps(openai.requests[0])
    (listed,) = await ann.writes("/rules")
    assert "A reading is proposed, not confirmed yet: " in listed
    assert not await computed(journal, ann)
    (answer,) = await ann.presses("Right")
    assert answer.startswith(f"Good, it counts from the next audit on. 1. {RULE}\nI check: ")
    assert await computed(journal, ann)
    (answer,) = await ann.presses("Not what I meant")  # on second thoughts
    assert answer.startswith("Then I do not compute it")
    assert not await computed(journal, ann)


async def test_a_proposal_that_is_declined_is_not_made_again(
    journal: Journal, ann: Person, openai: OpenAIServer
) -> None:
    await ann.writes(f"/rules add {RULE}")
    await ann.presses("Not what I meant")
    assert await status(journal) == ["declined"]
    (answer,) = await ann.writes("/rules show 1")
    assert "Left to the judge" in answer
    assert "[Can you compute it?]" not in answer
    assert len(openai.requests) == 1


async def test_a_confirmed_check_is_for_this_text_only(journal: Journal, ann: Person) -> None:
    await ann.writes(f"/rules add {RULE}")
    await ann.presses("Right")
    await journal.db.execute("update public.trading_rules set rule_text = 'only A+ setups'")  # in the web app
    (answer,) = await ann.writes("/rules")
    assert "Left to the judge" in answer
    assert not await computed(journal, ann)
    (answer,) = await ann.presses("Right")
    assert answer.startswith("That rule has changed since")
    await journal.db.execute("update public.trading_rules set rule_text = $1", RULE)
    assert await computed(journal, ann)


async def test_an_edit_is_asked_about_anew(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    await ann.writes(f"/rules add {RULE}")
    await ann.presses("Right")
    edited, asked = await ann.writes(f"/rules edit 1 {OTHER}")
    assert "Left to the judge" in edited
    assert asked.startswith(f"Is this what you mean?\n1. {OTHER}")
    assert (await status(journal), len(openai.requests)) == (["confirmed", "proposed"], 2)


async def test_a_rule_of_the_web_app_is_asked_about_on_request(
    journal: Journal, ann: Person, trader: UUID, openai: OpenAIServer
) -> None:
    await journal.db.execute("insert into public.trading_rules (user_id, rule_text) values ($1, $2)", trader, RULE)
    (answer,) = await ann.writes("/rules show 1")
    assert answer.endswith("[Can you compute it?]\n[Pause]")
    looking, asked = await ann.presses("Can you compute it?")
    assert looking.startswith("I look whether it can be computed")
    assert asked.startswith("Is this what you mean?")
    (answer,) = await ann.presses("Can you compute it?")
    assert answer.startswith("That rule has changed since")
    assert len(openai.requests) == 1


async def test_what_plain_code_reads_is_no_matter_for_the_model(
    journal: Journal, ann: Person, openai: OpenAIServer
) -> None:
    await ann.writes("/rules add only longs\nmax 3 contracts")
    await ann.writes("/rules show 1")
    await ann.presses("Not what I meant")
    assert openai.requests == []


async def test_of_many_rules_a_few_are_asked_about(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    openai.otherwise = proposes(None)
    await ann.writes("/rules add " + "\n".join(f"only idea number {n}" for n in range(12)))
    assert len(openai.requests) == 5


# ---- nothing comes of it


async def test_a_model_that_knows_none_leaves_the_rule_to_the_judge(
    journal: Journal, ann: Person, openai: OpenAIServer
) -> None:
    openai.otherwise = proposes(None)
    (added,) = await ann.writes(f"/rules add {RULE}")
    assert "Left to the judge" in added
    assert await status(journal) == []
    await ann.writes("/rules show 1")
    looking, answer = await ann.presses("Can you compute it?")  # who asks is answered
    assert looking.startswith("I look whether it can be computed")
    assert answer == f"I know no check that says all of it and nothing else, so the language model goes on {JUDGING}"


@pytest.mark.parametrize(
    "step",
    [
        fake.fails(500),
        fake.fails(429, retry_after="0"),
        fake.fails(401),
        fake.refuses(),
        fake.truncates(),
        fake.says("Sure! I would check: {"),
        fake.sends("<html>", "text/html"),
    ],
)
async def test_a_model_that_fails_costs_nothing_but_the_call(
    journal: Journal, ann: Person, openai: OpenAIServer, step: fake.Step
) -> None:
    openai.otherwise = step
    added, told = await ann.writes(f"/rules add {RULE}")
    assert "Left to the judge" in added
    assert told.startswith("The language model could not be asked whether it can be computed")
    assert await status(journal) == []
    assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 3
    assert await journal.db.fetchval("select calls from worker.model_calls") == 1
    assert await journal.count("worker.pgqueuer") == 0


async def test_calls_of_a_day_are_limited(started: Journaling, trader: UUID, openai: OpenAIServer) -> None:
    async with started(ai_calls_per_day=1) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await ann.writes("/rules add one of a kind only")
        _, told = await ann.writes("/rules add two of a kind only\nthree of a kind only")  # told once for both
        assert told.startswith("I did not look whether it can be computed: ")
        assert len(openai.requests) == 1
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 3
        await ann.writes("/rules show 2")
        _, told = await ann.presses("Can you compute it?")
        assert told.startswith("I could not look whether it can be computed: ")
        assert told.endswith("2. two of a kind only\n[Can you compute it?]")


async def test_a_job_that_dies_is_told_once(journal: Journal, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the rules of one message once; who has asked hears of each."""

    async def breaks(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(proposals, "propose", breaks)
    _, told = await ann.writes(f"/rules add {RULE}\n{OTHER}")
    assert told.startswith("The language model could not be asked whether it can be computed")
    for number in (1, 2):
        await ann.writes(f"/rules show {number}")
        _, told = await ann.presses("Can you compute it?")
        assert told.startswith("The language model could not be asked whether it can be computed")
        assert told.endswith("[Can you compute it?]")
    assert await journal.count("worker.pgqueuer", "status = 'failed'") == 4


async def test_a_model_that_is_gone_is_told_of(started: Journaling, trader: UUID, openai: OpenAIServer) -> None:
    """The key was taken away between the asking and the job, then between the button and its press."""
    async with started(jobs=False) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await ann.writes(f"/rules add {RULE}")
        await ann.writes("/rules show 1")
        shown = ann.replies[-1]
    async with started(openai_api_key=None) as journal:
        await journal.settle()
        ann = Person(journal, "4001")
        assert ann.replies[-1].text.startswith("The language model could not be asked whether it can be computed")
        button = shown.reply.buttons[0][0].data
        (told,) = await ann.does(ann.message(button=button))
        assert told.endswith("[Can you compute it?]")
        assert openai.requests == []


async def test_without_a_model_nobody_is_asked(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path, jobs=True) as journal:
        ann = await Person(journal, "4001").binds(trader)
        (added,) = await ann.writes(f"/rules add {RULE}")
        assert "ask you if so" not in added
        (answer,) = await ann.writes("/rules show 1")
        assert "[Can you compute it?]" not in answer


# ---- twice, late, and not the trader's


def job_of(ann: Person, user: UUID, rule: UUID, digest: str) -> dict[str, Any]:
    return propose_job(
        RuleJob(platform="telegram", account="bot", chat_id=ann.chat_id, rule_id=rule, user_id=user, digest=digest)
    )


async def run(journal: Journal, *jobs: dict[str, Any]) -> None:
    await inbox.enqueue(journal.db, list(jobs))
    await journal.settle()


async def test_a_job_that_runs_twice_asks_once(
    journal: Journal, ann: Person, trader: UUID, openai: OpenAIServer
) -> None:
    await ann.writes(f"/rules add {RULE}")
    row = await journal.row("select rule_id, digest from worker.rule_checks")
    said = len(ann.replies)
    await run(journal, job_of(ann, trader, row["rule_id"], row["digest"]))
    await run(journal, job_of(ann, trader, row["rule_id"], row["digest"]))
    assert (len(ann.replies), len(openai.requests)) == (said, 1)


async def test_two_workers_with_the_same_job_ask_once(
    journal: Journal, ann: Person, trader: UUID, openai: OpenAIServer
) -> None:
    openai.otherwise = proposes(None)
    await ann.writes(f"/rules add {RULE}")
    openai.otherwise = fake.waits(0.3, proposes(MEANT))
    rule = await journal.db.fetchval("select id from public.trading_rules")
    digest = await journal.db.fetchval("select left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 16)", RULE)
    said = len(ann.replies)
    jobs = [job_of(ann, trader, rule, digest) | {"key": f"again {n}"} for n in range(3)]
    await run(journal, *jobs)
    assert len(openai.requests) == 4
    assert (len(ann.replies), await status(journal)) == (said + 1, ["proposed"])


async def test_a_rule_that_changed_while_the_model_thought(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    gate = asyncio.Semaphore(0)
    openai.otherwise = fake.held(gate, proposes(MEANT))
    await journal.worker.turns.receive(ann.message(f"/rules add {RULE}"))
    await journal.until("select exists (select from worker.model_calls)")
    await journal.db.execute("update public.trading_rules set rule_text = 'only A+ setups'")
    gate.release()
    await journal.settle()
    assert len(ann.replies) == 1
    assert await status(journal) == []


async def test_a_rule_that_was_replaced_or_deleted_meanwhile(
    journal: Journal, ann: Person, trader: UUID, openai: OpenAIServer
) -> None:
    await ann.writes("/rules add only longs")
    rule = await journal.db.fetchval("select id from public.trading_rules")
    await run(journal, job_of(ann, trader, rule, "0" * 16), job_of(ann, trader, UUID(int=7), "0" * 16))
    assert openai.requests == []


async def test_a_job_for_the_rule_of_somebody_else_does_nothing(
    journal: Journal, ann: Person, trader: UUID, openai: OpenAIServer
) -> None:
    bob = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'bob@example.com') returning id"
    )
    rule = await journal.db.fetchval(
        "insert into public.trading_rules (user_id, rule_text) values ($1, $2) returning id", bob, RULE
    )
    digest = await journal.db.fetchval("select left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 16)", RULE)
    await run(journal, job_of(ann, trader, rule, digest))
    assert (openai.requests, await status(journal)) == ([], [])


async def test_a_stored_check_that_no_longer_fits_is_as_none(journal: Journal, ann: Person) -> None:
    await ann.writes(f"/rules add {RULE}")
    await ann.presses("Right")
    await journal.db.execute("""update worker.rule_checks set reading = '{"kind": "of another version"}'""")
    (answer,) = await ann.writes("/rules")
    assert "Left to the judge" in answer
    assert not await computed(journal, ann)


async def test_clients_cannot_reach_what_was_confirmed(journal: Journal, ann: Person) -> None:
    for role in ("anon", "authenticated"):
        assert not await journal.db.fetchval("select has_schema_privilege($1, 'worker', 'usage')", role)
        assert not await journal.db.fetchval("select has_table_privilege($1, 'worker.rule_checks', 'select')", role)
    assert await journal.db.fetchval("select relrowsecurity from pg_class where oid = 'worker.rule_checks'::regclass")
