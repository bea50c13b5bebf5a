"""The real client against a local server that speaks OpenAI's protocol: good answers, bad ones and none."""

import asyncio
import base64
import socket
import sys
import time
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from pydantic import BaseModel

from bot.model import OpenAIModel
from statemachine.errors import AuditError
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer, Step, openai_server


class Weather(BaseModel):
    place: str
    degrees: Decimal | None


GOOD = {"place": "Chicago", "degrees": 4.5}


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as running:
        yield running


@pytest.fixture
async def model(server: OpenAIServer) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(server.key, server.url, "test-model")
    yield model
    await model.close()


async def test_a_good_answer_comes_with_what_it_cost(model: OpenAIModel, server: OpenAIServer) -> None:
    server.script = [fake.answers(GOOD)]
    began = time.monotonic()
    answer = await model.ask(Weather, system="Read the weather.", user="4.5 in Chicago")
    took = time.monotonic() - began
    assert answer.value == Weather(place="Chicago", degrees=Decimal("4.5"))
    assert (answer.model, answer.input_tokens, answer.output_tokens) == ("test-model-2026-11-01", 100, 10)
    assert 0 < answer.seconds < took
    (request,) = server.requests
    assert request["model"] == "test-model"
    assert request["temperature"] == 0
    assert request["messages"][0] == {"role": "system", "content": "Read the weather."}
    schema = fake.schema_of(request)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["place", "degrees"]


async def test_a_picture_goes_along(model: OpenAIModel, server: OpenAIServer) -> None:
    server.script = [fake.answers(GOOD)]
    await model.ask(Weather, system="s", user="u", image=(b"\x89PNG", "image/png"))
    text, picture = server.requests[0]["messages"][1]["content"]
    assert text == {"type": "text", "text": "u"}
    link = "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
    assert picture["image_url"]["url"] == link


async def test_parameters_a_model_refuses_are_left_out_from_then_on(model: OpenAIModel, server: OpenAIServer) -> None:
    server.refused_parameters = {"temperature", "max_completion_tokens"}
    server.otherwise = fake.answers(GOOD)
    both = [model.ask(Weather, system="s", user="u") for _ in range(2)]
    assert [answer.value.place for answer in await asyncio.gather(*both)] == ["Chicago", "Chicago"]
    asked = len(server.requests)
    await model.ask(Weather, system="s", user="u")
    assert len(server.requests) == asked + 1


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(fake.answers({"nothing": "you asked for"}), id="wrong schema"),
        pytest.param(fake.answers({"place": 5, "degrees": "warm"}), id="wrong types"),
        pytest.param(fake.answers([GOOD]), id="a list"),
        pytest.param(fake.says("Sure! It is {"), id="no JSON"),
        pytest.param(fake.says('{"place": "x", "degrees": NaN}'), id="NaN"),
        pytest.param(fake.says(""), id="empty"),
        pytest.param(fake.says(None), id="null"),
        pytest.param(fake.says("[" * 100_000), id="deeply nested"),
        pytest.param(fake.truncates(), id="truncated"),
        pytest.param(fake.says('{"place": "x"', finish="content_filter"), id="filtered"),
        pytest.param(fake.refuses(), id="refusal"),
        pytest.param(fake.sends("<html>hotel</html>", "text/html"), id="a web page"),
        pytest.param(fake.sends("<html>hotel</html>", "application/json"), id="a web page as JSON"),
        pytest.param(fake.sends("{}", "application/json"), id="an empty object"),
        pytest.param(fake.sends('{"choices": []}', "application/json"), id="no choice"),
        pytest.param(fake.sends('{"choices": [{"message": 5}]}', "application/json"), id="no message"),
        pytest.param(fake.sends("[]", "application/json"), id="no object"),
        pytest.param(fake.fails(401), id="401"),
        pytest.param(fake.fails(400), id="400"),
        pytest.param(fake.fails(404), id="404"),
    ],
)
async def test_an_unusable_answer_costs_the_credit(model: OpenAIModel, server: OpenAIServer, step: Step) -> None:
    server.script = [step]
    with pytest.raises(AuditError) as failed:
        await model.ask(Weather, system="s", user="u")
    assert failed.value.refund is False
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_passing_failure_is_retried(model: OpenAIModel, server: OpenAIServer, status: int) -> None:
    server.script = [fake.fails(status, retry_after="0.1"), fake.answers(GOOD)]
    assert (await model.ask(Weather, system="s", user="u")).value.place == "Chicago"
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_lasting_failure_gives_the_credit_back(model: OpenAIModel, server: OpenAIServer, status: int) -> None:
    server.otherwise = fake.fails(status, retry_after="0.05")
    with pytest.raises(AuditError) as failed:
        await model.ask(Weather, system="s", user="u")
    assert failed.value.refund is True
    assert len(server.requests) == 3


async def test_retry_after_is_obeyed(model: OpenAIModel, server: OpenAIServer) -> None:
    server.script = [fake.fails(429, retry_after="1"), fake.answers(GOOD)]
    answer = await model.ask(Weather, system="s", user="u")
    assert answer.seconds >= 1


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(fake.waits(60, fake.answers(GOOD)), id="hang"),
        pytest.param(fake.fails(429, retry_after="90"), id="told to come back later"),
    ],
)
async def test_the_time_limit_holds_over_everything(model: OpenAIModel, server: OpenAIServer, step: Step) -> None:
    server.otherwise = step
    started = time.monotonic()
    with pytest.raises(AuditError) as failed:
        await model.ask(Weather, system="s", user="u", seconds=0.7)
    assert failed.value.refund is True
    assert time.monotonic() - started < 20


async def test_no_service_gives_the_credit_back() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        model = OpenAIModel("sk-secret", f"http://127.0.0.1:{taken.getsockname()[1]}/v1", "test-model")
        with pytest.raises(AuditError) as failed:
            await model.ask(Weather, system="s", user="u", seconds=5)
        await model.close()
        await model.close()
    assert failed.value.refund is True


async def test_a_wrong_key_is_not_told(server: OpenAIServer) -> None:
    model = OpenAIModel("sk-wrong", server.url, "test-model")
    with pytest.raises(AuditError) as failed:
        await model.ask(Weather, system="s", user="u")
    await model.close()
    assert "401" in str(failed.value)
    assert "sk-" not in str(failed.value)


async def test_the_server_also_runs_as_a_process() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.openai", "0", "example", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        model = OpenAIModel("sk-test", (await process.stdout.readline()).decode().strip(), "test-model")
        answer = await model.ask(Weather, system="s", user="u")
        await model.close()
    finally:
        process.terminate()
        await process.wait()
    assert answer.value == Weather(place="", degrees=None)
