"""Verdicts of a model that may be sloppy: what is usable of an answer is taken, the rest is asked for once more."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest

from bot.auditing.evidence import LONGEST_EVIDENCE
from bot.auditing.judge import NOT_JUDGED, SUREST, Judgements, judge
from bot.auditing.prompt import PROMPT_VERSION, SYSTEM, RuleToJudge
from bot.auditing.verdict import Verdict
from bot.model import OpenAIModel
from statemachine.errors import AuditError, KeyRefused
from tests.servers import openai as fake
from tests.servers.openai import Body, OpenAIServer, Step, openai_server

RULES = [
    RuleToJudge(UUID(int=1), "No revenge trades"),
    RuleToJudge(UUID(int=2), "Wait for the pullback"),
    RuleToJudge(UUID(int=3), "Only trade what I planned"),
]
FACTS = {"trade": {"symbol": "NQ", "direction": "long", "position_size": "2"}}
PROMPTS = {"2026-11-26": "d125810bd40b0758"}
"""What each version told the model: instructions and schema, by the first digits of their SHA-256."""

Claims = Callable[[list[str]], list[Body]]


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as running:
        yield running


@pytest.fixture
async def model(server: OpenAIServer) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(server.key, server.url, "test-model")
    yield model
    await model.close()


def claims(make: Claims) -> Step:
    """An answer made from the ids that were asked about."""
    return fake.answers(lambda body: {"verdicts": make([rule["id"] for rule in fake.asked(body)["rules"]])})


def claim(**more: Any) -> Step:
    """A good answer, but for what is said of the first rule."""
    return claims(lambda ids: [fake.ruling(ids[0], **more), *map(fake.ruling, ids[1:])])


def rules_asked(server: OpenAIServer) -> list[list[str]]:
    return [[rule["rule"] for rule in fake.asked(body)["rules"]] for body in server.requests]


def verdicts(found: list[Verdict]) -> list[str]:
    return [verdict.verdict for verdict in found]


def test_a_new_prompt_has_a_new_version() -> None:
    """Change the instructions, then PROMPT_VERSION, then this table."""
    told = SYSTEM + json.dumps(Judgements.model_json_schema(), sort_keys=True)
    assert PROMPTS[PROMPT_VERSION] == hashlib.sha256(told.encode()).hexdigest()[:16]


async def test_one_call_judges_all_rules_in_their_order(model: OpenAIModel, server: OpenAIServer) -> None:
    more = {"severity": "critical", "confidence": 3, "evidence": "Entered 2 min after a loss."}
    server.script = [
        claims(
            lambda ids: [
                fake.ruling(ids[2], "unclear"),
                fake.ruling(ids[0], "violated", **more),
                fake.ruling(ids[1]),
            ]
        )
    ]
    judged = await judge(model, RULES, FACTS, "calm day", image=(b"\x89PNG", "image/png"))
    assert [v.rule_id for v in judged.verdicts] == [rule.id for rule in RULES]
    assert verdicts(judged.verdicts) == ["violated", "followed", "unclear"]
    assert judged.verdicts[0] == Verdict(
        rule_id=RULES[0].id,
        verdict="violated",
        evidence="Entered 2 min after a loss.",
        severity="critical",
        confidence=3,
        computed=False,
    )
    assert (judged.model, judged.input_tokens, judged.output_tokens) == ("test-model-2026-11-01", 100, 10)
    assert judged.unusable == frozenset()
    (request,) = server.requests
    assert len(request["messages"][1]["content"]) == 2
    assert fake.asked(request)["facts"] == FACTS


HALF: Claims = lambda ids: [fake.ruling(ids[0]), fake.ruling(ids[1])]  # noqa: E731


@pytest.mark.parametrize(
    ("first", "named", "asked_again"),
    [
        pytest.param(HALF, "no verdict", [RULES[2].text], id="half the rules"),
        pytest.param(
            lambda ids: [*map(fake.ruling, ids), fake.ruling(ids[0], "violated")],
            "more than one verdict",
            [RULES[0].text],
            id="two verdicts on one rule",
        ),
        pytest.param(
            lambda ids: [*map(fake.ruling, ids), fake.ruling("r-other")],
            "ids that were not asked about",
            [rule.text for rule in RULES],
            id="a rule nobody asked about",
        ),
        pytest.param(
            lambda ids: [fake.ruling(ids[0], evidence=" \u200b"), *map(fake.ruling, ids[1:])],
            "no evidence",
            [RULES[0].text],
            id="no evidence",
        ),
        pytest.param(
            lambda ids: [fake.ruling(ids[0], evidence="The rule was violated."), *map(fake.ruling, ids[1:])],
            "contradicts",
            [RULES[0].text],
            id="evidence for the opposite",
        ),
        pytest.param(
            lambda ids: [fake.ruling(ids[0], evidence=SYSTEM[:200]), *map(fake.ruling, ids[1:])],
            "is none",
            [RULES[0].text],
            id="the instructions as evidence",
        ),
    ],
)
async def test_only_what_is_wrong_is_asked_for_again_and_told_why(
    model: OpenAIModel, server: OpenAIServer, first: Claims, named: str, asked_again: list[str]
) -> None:
    server.script = [claims(first), fake.judges(verdict="violated")]
    judged = await judge(model, RULES, FACTS, "")
    assert rules_asked(server) == [[rule.text for rule in RULES], asked_again]
    assert named in server.requests[1]["messages"][0]["content"]
    assert "could not be used" not in server.requests[0]["messages"][0]["content"]
    again = ["violated" if rule.text in asked_again else "followed" for rule in RULES]
    assert verdicts(judged.verdicts) == again
    assert (judged.input_tokens, judged.unusable) == (200, frozenset())


async def test_what_is_wrong_twice_is_unclear_and_nothing_else(model: OpenAIModel, server: OpenAIServer) -> None:
    server.script = [
        claims(HALF),
        claims(lambda ids: [fake.ruling("r-other"), fake.ruling(str(RULES[0].id), "violated")]),
    ]
    judged = await judge(model, RULES, FACTS, "")
    assert verdicts(judged.verdicts) == ["followed", "followed", "unclear"]
    assert judged.verdicts[2].evidence == NOT_JUDGED
    assert judged.unusable == {RULES[2].id}
    assert len(server.requests) == 2


@pytest.mark.parametrize("second", [fake.fails(503, retry_after="0.01"), fake.refuses(), fake.says("no")])
async def test_a_second_try_that_fails_keeps_what_the_first_gave(
    model: OpenAIModel, server: OpenAIServer, second: Step
) -> None:
    server.script = [claims(HALF)]
    server.otherwise = second
    judged = await judge(model, RULES, FACTS, "")
    assert verdicts(judged.verdicts) == ["followed", "followed", "unclear"]


@pytest.mark.parametrize(("claimed", "kept"), [(-3, 1), (0, 1), (1, 1), (5, SUREST), (6, SUREST), (10**30, SUREST)])
async def test_a_model_is_never_as_sure_as_arithmetic(
    model: OpenAIModel, server: OpenAIServer, claimed: int, kept: int
) -> None:
    server.script = [claim(confidence=claimed)]
    assert (await judge(model, RULES, FACTS, "")).verdicts[0].confidence == kept < 5


async def test_only_a_violation_is_severe(model: OpenAIModel, server: OpenAIServer) -> None:
    server.script = [claim(verdict="followed", severity="critical")]
    assert (await judge(model, RULES, FACTS, "")).verdicts[0].severity == "minor"


async def test_evidence_is_cut_to_size(model: OpenAIModel, server: OpenAIServer) -> None:
    server.script = [claim(evidence="x" * 10_000)]
    found = (await judge(model, RULES, FACTS, "")).verdicts[0].evidence
    assert found == "x" * (LONGEST_EVIDENCE - 1) + "…"


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(claim(verdict="excellent"), id="unknown verdict"),
        pytest.param(claim(confidence="very"), id="wrong type"),
        pytest.param(claim(sql="drop"), id="more than asked"),
        pytest.param(fake.says("They followed all rules."), id="prose"),
        pytest.param(fake.truncates(), id="truncated"),
        pytest.param(fake.refuses(), id="refusal"),
    ],
)
async def test_an_unusable_answer_is_asked_for_once_more(model: OpenAIModel, server: OpenAIServer, step: Step) -> None:
    server.script = [step, fake.judges()]
    assert verdicts((await judge(model, RULES, FACTS, "")).verdicts) == ["followed"] * 3
    assert "could not be used" in server.requests[1]["messages"][0]["content"]
    server.requests.clear()
    server.otherwise = step
    with pytest.raises(AuditError) as failed:
        await judge(model, RULES, FACTS, "")
    assert failed.value.refund is False
    assert len(server.requests) == 2


async def test_a_failing_service_is_not_asked_again_and_refunds(model: OpenAIModel, server: OpenAIServer) -> None:
    server.otherwise = fake.fails(503, retry_after="0.01")
    with pytest.raises(AuditError) as failed:
        await judge(model, RULES, FACTS, "")
    assert failed.value.refund is True
    assert len(server.requests) == 3  # one question, with the client's two retries


async def test_a_refused_key_is_not_tried_twice(server: OpenAIServer) -> None:
    model = OpenAIModel("sk-wrong", server.url, "test-model")
    with pytest.raises(KeyRefused) as failed:
        await judge(model, RULES, FACTS, "")
    await model.close()
    assert failed.value.refund is False
    assert server.requests == []


async def test_both_tries_share_one_time_limit(model: OpenAIModel, server: OpenAIServer) -> None:
    server.otherwise = fake.waits(0.4, fake.says("no"))
    with pytest.raises(AuditError) as failed:
        await judge(model, RULES, FACTS, "", seconds=0.6)
    assert failed.value.refund is True
