"""Services that speak OpenAI's chat completions: where they are, which model is asked, what they can do, their prices.

A trader's own key is of one of these, and goes to the address that stands here; one of OpenAI to OPENAI_BASE_URL. Names
are those of profiles.ai_provider and worker.ai_keys.provider.

Sources, read on 26 November 2026: developers.openai.com/api/docs, openrouter.ai/docs (structured outputs),
console.groq.com/docs/structured-outputs, docs.mistral.ai (custom structured output), api-docs.deepseek.com (JSON
output), docs.together.ai (OpenAI compatibility), docs.x.ai (structured outputs), ai.google.dev/gemini-api/docs/openai.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final, Literal

Limit = Literal["max_completion_tokens", "max_tokens"]

MILLION: Final = 1_000_000
_DATED: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One service.

    strict  it takes a JSON schema and keeps to it; else it is asked for JSON, and the schema is told in words
    images  the model sees pictures
    limit   what it calls the limit of an answer's tokens
    transcription  the model that puts recordings into words; of OpenAI it is OPENAI_TRANSCRIPTION_MODEL
    """

    name: str
    base_url: str
    model: str
    strict: bool = True
    images: bool = True
    limit: Limit = "max_completion_tokens"
    transcription: str | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, without discounts for what is cached."""

    input: Decimal
    output: Decimal


OPENAI: Final = "openai"
_TABLE: Final = (
    Provider(name=OPENAI, base_url="https://api.openai.com/v1", model="gpt-5.4-mini"),
    Provider(name="openrouter", base_url="https://openrouter.ai/api/v1", model="openai/gpt-5.4-mini"),
    Provider(
        name="groq",
        base_url="https://api.groq.com/openai/v1",
        model="openai/gpt-oss-120b",
        images=False,
        transcription="whisper-large-v3-turbo",
    ),
    Provider(name="mistral", base_url="https://api.mistral.ai/v1", model="mistral-small-latest", limit="max_tokens"),
    Provider(
        name="deepseek",
        base_url="https://api.deepseek.com/v1",
        model="deepseek-v4-flash",
        strict=False,
        images=False,
        limit="max_tokens",
    ),
    Provider(
        name="together",
        base_url="https://api.together.xyz/v1",
        model="openai/gpt-oss-120b",
        strict=False,
        images=False,
        limit="max_tokens",
    ),
    Provider(name="xai", base_url="https://api.x.ai/v1", model="grok-4.3"),
    Provider(
        name="gemini",
        base_url="https://generativelanguage.googleapis.com/v1beta/openai",
        model="gemini-3.8-flash",
        limit="max_tokens",
    ),
)
PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType({provider.name: provider for provider in _TABLE})


def _price(given: str, made: str) -> Price:
    return Price(Decimal(given), Decimal(made))


PRICES: Final[Mapping[tuple[str, str], Price]] = MappingProxyType(
    {
        (OPENAI, "gpt-5.4"): _price("2.50", "15.00"),
        (OPENAI, "gpt-5.4-mini"): _price("0.75", "4.50"),
        (OPENAI, "gpt-5.4-nano"): _price("0.20", "1.25"),
        (OPENAI, "gpt-transcribe"): _price("1.00", "0"),
        (OPENAI, "whisper-1"): _price("1.00", "0"),
        (OPENAI, "gpt-4o-transcribe"): _price("2.50", "10.00"),
        (OPENAI, "gpt-4o-mini-transcribe"): _price("1.25", "5.00"),
        ("groq", "whisper-large-v3-turbo"): _price("0.111", "0"),
        ("groq", "openai/gpt-oss-120b"): _price("0.15", "0.60"),
        ("mistral", "mistral-small-latest"): _price("0.15", "0.60"),
        ("deepseek", "deepseek-v4-flash"): _price("0.30", "1.20"),
        ("together", "openai/gpt-oss-120b"): _price("0.15", "0.60"),
        ("xai", "grok-4.3"): _price("1.25", "2.50"),
        ("gemini", "gemini-3.8-flash"): _price("0.75", "3.75"),
    }
)
"""By provider and model, as LiteLLM 1.110.2 lists them on 26 November 2026 from the services' own pages
(developers.openai.com/api/docs/pricing, console.groq.com/docs, docs.mistral.ai/models, api-docs.deepseek.com,
api.together.ai/v1/models, api.x.ai/v1/language-models, ai.google.dev/gemini-api/docs/pricing). OpenRouter's depend on
whom it asks, so they are not known beforehand. Recordings are charged by the second, $0.0001 and at Groq $0.04 an hour,
and a second counts as 100 tokens (bot/hearing/transcriber.py)."""


def provider_of(name: str | None) -> Provider:
    """The service of that name; OpenAI for one that is not known."""
    return PROVIDERS.get(name or OPENAI, PROVIDERS[OPENAI])


def cost_usd(provider: str, model: str, input_tokens: int, output_tokens: int) -> Decimal | None:
    """US dollars to a millionth; None where the price is not known. `model` with or without the date of its version."""
    price = PRICES.get((provider, _DATED.sub("", model)))
    if price is None:
        return None
    cost = (input_tokens * price.input + output_tokens * price.output) / MILLION
    return cost.quantize(Decimal("0.000001"), ROUND_HALF_UP)
