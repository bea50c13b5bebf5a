"""The services a trader's own key may be of: where it goes, how they are asked, what that costs."""

from collections.abc import AsyncIterator
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel

from bot.auditing.providers import PRICES, PROVIDERS, Provider, cost_usd, provider_of
from bot.model import OpenAIModel
from statemachine.errors import AuditError
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer, openai_server


class Weather(BaseModel):
    place: str


GOOD = {"place": "Chicago"}
WITHOUT = [provider for provider in PROVIDERS.values() if not provider.strict]


def name(provider: Provider) -> str:
    return provider.name


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as running:
        yield running


def model_of(provider: Provider, server: OpenAIServer) -> OpenAIModel:
    server.strict = provider.strict
    return OpenAIModel(server.key, server.url, provider.model, provider)


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=name)
async def test_each_is_asked_as_it_wants_it(server: OpenAIServer, provider: Provider) -> None:
    server.script = [fake.answers(GOOD)]
    model = model_of(provider, server)
    answer = await model.ask(Weather, system="Read the weather.", user="u", image=(b"\x89PNG", "image/png"))
    await model.close()
    assert answer.value == Weather(place="Chicago")
    (request,) = server.requests
    assert request["model"] == provider.model
    assert request[provider.limit] == 8_000
    assert not {"max_tokens", "max_completion_tokens"} - {provider.limit} & request.keys()
    assert len(request["messages"][1]["content"]) == (2 if provider.images else 1)
    # DeepSeek refuses to answer in JSON unless the word is in the prompt
    assert ("JSON schema" in request["messages"][0]["content"]) is not provider.strict


@pytest.mark.parametrize("provider", WITHOUT, ids=name)
@pytest.mark.parametrize(
    "content", ['{"place": "Chicago"}', '```json\n{"place": "Chicago"}\n```', '```\n{"place": "Chicago"}```\n']
)
async def test_json_without_a_schema_is_checked_here(server: OpenAIServer, provider: Provider, content: str) -> None:
    server.script = [fake.says(content)]
    model = model_of(provider, server)
    assert (await model.ask(Weather, system="s", user="u")).value.place == "Chicago"
    await model.close()


@pytest.mark.parametrize("provider", WITHOUT, ids=name)
@pytest.mark.parametrize(
    "step",
    [
        fake.says('{"town": "Chicago"}'),
        fake.says("Chicago"),
        fake.says(""),
        fake.says(None),
        fake.says("[" * 100_000),
        fake.says('{"place": "Chi', finish="length"),
        fake.says('{"place": "Chicago"}', finish="length"),
        fake.refuses(),
        fake.sends("<html>hotel</html>", "text/html"),
        fake.sends('{"choices": []}', "application/json"),
    ],
)
async def test_json_that_does_not_fit_is_an_error(server: OpenAIServer, provider: Provider, step: fake.Step) -> None:
    server.script = [step]
    model = model_of(provider, server)
    with pytest.raises(AuditError) as failed:
        await model.ask(Weather, system="s", user="u")
    await model.close()
    assert failed.value.refund is False


def test_a_key_goes_to_its_own_service_alone() -> None:
    for provider in PROVIDERS.values():
        address = urlsplit(provider.base_url)
        assert address.scheme == "https"
        assert not address.query
        assert provider_of(provider.name) is provider
    assert len({provider.base_url for provider in PROVIDERS.values()}) == len(PROVIDERS)


@pytest.mark.parametrize("unknown", [None, "", "OpenAI ", "https://evil.example", "anthropic"])
def test_an_unknown_name_is_openai(unknown: str | None) -> None:
    assert provider_of(unknown).name == "openai"


@pytest.mark.parametrize(
    ("provider", "model", "tokens", "cost"),
    [
        ("openai", "gpt-5.4-mini", (1_000_000, 0), "0.750000"),
        ("openai", "gpt-5.4-mini-2026-03-17", (1_200, 300), "0.002250"),
        ("openai", "gpt-5.4-mini", (0, 0), "0.000000"),
        ("mistral", "mistral-small-latest", (1, 1), "0.000001"),
    ],
)
def test_what_an_answer_costs(provider: str, model: str, tokens: tuple[int, int], cost: str) -> None:
    assert cost_usd(provider, model, *tokens) == Decimal(cost)


def test_what_is_not_known_is_not_guessed() -> None:
    assert cost_usd("openai", "gpt-99", 1, 1) is None
    assert cost_usd("openrouter", "openai/gpt-5.4-mini", 1, 1) is None
    for provider, _ in PRICES:
        assert provider in PROVIDERS
