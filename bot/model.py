"""The language model: a question with a schema goes out, an object that fits the schema comes back, or an AuditError.

What comes back fits the schema and is otherwise untrusted: whoever asked still checks every word of it.
"""

import asyncio
import base64
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import openai
from openai.types.chat import ChatCompletionContentPartParam, ChatCompletionMessageParam
from pydantic import BaseModel, ValidationError

from bot.auditing.providers import OPENAI, PROVIDERS, Provider
from bot.retrying import retried
from bot.sanitize import storable
from bot.settings import Settings
from statemachine.errors import AuditError, KeyRefused

Asked = TypeVar("Asked", bound=BaseModel)
Given = TypeVar("Given", bound=BaseModel, covariant=True)

TIME_LIMIT: Final = 30.0
"""Seconds for one question in all, retries and waits included (promise 7 in the design)."""
_FENCED: Final = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL)
_ANSWER_TOKENS: Final = 8_000
"""Room for a hundred verdicts; what a message could talk the model into beyond that is cut off, not paid."""
LONGEST_NAME: Final = 100
_MOST_TOKENS: Final = 10_000_000
"""No model takes so many in one question."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[Given]):
    """A validated answer and what it cost. `seconds` of wall clock, retries included."""

    value: Given
    model: str
    input_tokens: int
    output_tokens: int
    seconds: float


class Model(Protocol):
    """The seam between the journal and a language model."""

    async def ask(
        self,
        schema: type[Asked],
        *,
        system: str,
        user: str,
        image: tuple[bytes, str] | None = None,
        seconds: float = TIME_LIMIT,
    ) -> Answer[Asked]:
        """One question, within `seconds` in all; `image` is (bytes, mime).

        A picture is left out where the model sees none. Raises AuditError; its `refund` is True where the service
        failed (timeout, no connection, 429, 5xx) and False where it answered but not usably (refusal, cut off, not the
        schema; KeyRefused). Its `outcome` names which, its `tokens` are what that cost.
        """

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""


class OpenAIModel:
    """OpenAI's chat completions with strict structured outputs, or a service that speaks the same.

    A service without strict outputs is asked for JSON, with the schema in the system message.
    """

    def __init__(self, api_key: str, base_url: str | None, model: str, provider: Provider = PROVIDERS[OPENAI]) -> None:
        """`base_url` None is the provider's own. The client repeats nothing by itself: see bot/retrying.py."""
        self._client = openai.AsyncOpenAI(
            api_key=api_key, base_url=base_url or provider.base_url, max_retries=0, timeout=TIME_LIMIT
        )
        self._model, self._provider = model, provider
        self._wishes: dict[str, Any] = {"temperature": 0, provider.limit: _ANSWER_TOKENS}

    async def ask(
        self,
        schema: type[Asked],
        *,
        system: str,
        user: str,
        image: tuple[bytes, str] | None = None,
        seconds: float = TIME_LIMIT,
    ) -> Answer[Asked]:
        """See Model.ask."""
        started = time.monotonic()
        picture = image if self._provider.images else None
        with translated():
            async with asyncio.timeout(seconds):
                raw = await retried(lambda: self._completion(schema, system, user, picture), started + seconds)
        return _answer(schema, raw, time.monotonic() - started)

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""
        await self._client.close()

    async def _completion(
        self, schema: type[BaseModel], system: str, user: str, image: tuple[bytes, str] | None
    ) -> Any:
        """Wishes are parameters that some models refuse (reasoning models: temperature); those are asked without."""
        wishes = self._wishes
        completions = self._client.chat.completions.with_raw_response
        while True:
            try:
                if self._provider.strict:
                    return await completions.parse(
                        model=self._model, messages=_messages(system, user, image), response_format=schema, **wishes
                    )
                return await completions.create(
                    model=self._model,
                    messages=_messages(f"{system}\n\n{_described(schema)}", user, image),
                    response_format={"type": "json_object"},
                    **wishes,
                )
            except openai.BadRequestError as error:
                if error.param not in wishes:
                    raise
                wishes = {name: wish for name, wish in wishes.items() if name != error.param}
                self._wishes = wishes


def model_of(settings: Settings) -> Model | None:
    """The product's language model, where a key is set."""
    if settings.openai_api_key is None:
        return None
    return OpenAIModel(settings.openai_api_key.get_secret_value(), settings.openai_base_url, settings.openai_model)


@contextmanager
def translated() -> Iterator[None]:
    """What the client raises, and a limit of time, as AuditError."""
    try:
        yield
    except (TimeoutError, openai.APITimeoutError) as error:
        raise AuditError("The model did not answer in time.", refund=True, outcome="timeout") from error
    except openai.APIConnectionError as error:
        raise AuditError("The model cannot be reached.", refund=True, outcome="unreachable") from error
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise KeyRefused(f"The model's service refuses the key ({error.status_code}).") from error
    except openai.APIStatusError as error:
        raise _status_error(error.status_code) from error
    except openai.OpenAIError as error:
        raise AuditError("The model's service answers what is no answer.") from error


def _status_error(status: int) -> AuditError:
    busy, failed = status == 429, status == 408 or status >= 500
    outcome = "busy" if busy else "failed" if failed else "rejected"
    return AuditError(f"The model's service answers {status}.", refund=busy or failed, outcome=outcome)


def _described(schema: type[BaseModel]) -> str:
    shape = json.dumps(schema.model_json_schema())
    return f"Answer with one JSON object and nothing else. It fits this JSON schema: {shape}"


def _messages(system: str, user: str, image: tuple[bytes, str] | None) -> list[ChatCompletionMessageParam]:
    parts: list[ChatCompletionContentPartParam] = [{"type": "text", "text": user}]
    if image is not None:
        data, mime = image
        link = f"data:{mime};base64,{base64.b64encode(data).decode()}"
        parts.append({"type": "image_url", "image_url": {"url": link, "detail": "high"}})
    return [{"role": "system", "content": system}, {"role": "user", "content": parts}]


def _answer(schema: type[Asked], raw: Any, seconds: float) -> Answer[Asked]:
    """Raises AuditError, with what was paid for nothing. The client builds what it is sent without checking it:
    garbage fails wherever it is first touched."""
    tokens = _tokens(raw)
    try:
        completion = raw.parse()
        choice = completion.choices[0]
        if choice.message.refusal:
            raise AuditError("The model declines to answer.", outcome="declined", tokens=tokens)
        if choice.finish_reason in ("length", "content_filter"):
            raise AuditError("The model's answer was cut off or withheld.", outcome="cut_off", tokens=tokens)
        value = getattr(choice.message, "parsed", None) or _parsed(schema, choice.message.content)
        return Answer(value, storable(str(completion.model))[:LONGEST_NAME], *tokens, seconds)
    except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError) as error:
        raise AuditError("The model's answer was cut off or withheld.", outcome="cut_off", tokens=tokens) from error
    except (openai.OpenAIError, ValidationError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise AuditError("The model's answer does not fit the question.", tokens=tokens) from error
    except RecursionError as error:
        raise AuditError("The model's answer is nested too deep.", tokens=tokens) from error


def _tokens(raw: Any) -> tuple[int, int]:
    """What the service counted, in and out; nothing where it says nothing sensible."""
    try:
        usage = raw.http_response.json()["usage"]
        return sensible(int(usage["prompt_tokens"]), int(usage["completion_tokens"]))
    except (ValueError, TypeError, LookupError, RecursionError):
        return 0, 0


def sensible(given: int, made: int) -> tuple[int, int]:
    """Tokens in and out as a service counted them; nothing where no question can have taken so many."""
    return (given, made) if 0 <= given <= _MOST_TOKENS and 0 <= made <= _MOST_TOKENS else (0, 0)


def _parsed(schema: type[Asked], content: str | None) -> Asked:
    """The object in an answer to a question for JSON; models like to put it into a code block."""
    if not content:
        raise ValueError("empty")
    fenced = _FENCED.fullmatch(content)
    return schema.model_validate_json(fenced[1] if fenced else content)
