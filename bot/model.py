"""The language model: a question with a schema goes out, an object that fits the schema comes back, or an AuditError.

What comes back fits the schema and is otherwise untrusted: whoever asked still checks every word of it.
"""

import asyncio
import base64
import json
import re
import time
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import openai
from openai.types.chat import ChatCompletionContentPartParam, ChatCompletionMessageParam
from pydantic import BaseModel, ValidationError

from bot.auditing.providers import OPENAI, PROVIDERS, Provider
from statemachine.errors import AuditError, KeyRefused

Asked = TypeVar("Asked", bound=BaseModel)
Given = TypeVar("Given", bound=BaseModel, covariant=True)

TIME_LIMIT: Final = 30.0
"""Seconds for one question in all, retries and waits included (promise 7 in the design)."""
_RETRIES: Final = 2
_FENCED: Final = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL)
_ANSWER_TOKENS: Final = 8_000
"""Room for a hundred verdicts; what a message could talk the model into beyond that is cut off, not paid."""


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
        schema; KeyRefused).
        """

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""


class OpenAIModel:
    """OpenAI's chat completions with strict structured outputs, or a service that speaks the same.

    A service without strict outputs is asked for JSON, with the schema in the system message.
    """

    def __init__(self, api_key: str, base_url: str | None, model: str, provider: Provider = PROVIDERS[OPENAI]) -> None:
        """`base_url` None is the provider's own. Retries are left to the client, which obeys Retry-After."""
        self._client = openai.AsyncOpenAI(
            api_key=api_key, base_url=base_url or provider.base_url, max_retries=_RETRIES, timeout=TIME_LIMIT
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
        try:
            async with asyncio.timeout(seconds):
                completion = await self._completion(schema, system, user, image if self._provider.images else None)
            return _answer(schema, completion, time.monotonic() - started)
        except (TimeoutError, openai.APIConnectionError) as error:
            raise AuditError("The model cannot be reached in time.", refund=True) from error
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise KeyRefused(f"The model's service refuses the key ({error.status_code}).") from error
        except openai.APIStatusError as error:
            failed = error.status_code in {408, 429} or error.status_code >= 500
            raise AuditError(f"The model's service answers {error.status_code}.", refund=failed) from error
        except openai.OpenAIError as error:
            raise AuditError("The model's answer was cut off or withheld.") from error
        except (ValidationError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            # the client builds what it is sent without checking it: garbage fails wherever it is first touched
            raise AuditError("The model's answer does not fit the question.") from error

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""
        await self._client.close()

    async def _completion(
        self, schema: type[BaseModel], system: str, user: str, image: tuple[bytes, str] | None
    ) -> Any:
        """Wishes are parameters that some models refuse (reasoning models: temperature); those are asked without."""
        wishes = self._wishes
        while True:
            try:
                if self._provider.strict:
                    return await self._client.chat.completions.parse(
                        model=self._model, messages=_messages(system, user, image), response_format=schema, **wishes
                    )
                return await self._client.chat.completions.create(
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


def _answer(schema: type[Asked], completion: Any, seconds: float) -> Answer[Asked]:
    choice = completion.choices[0]
    if choice.message.refusal:
        raise AuditError("The model declines to answer.")
    if choice.finish_reason in ("length", "content_filter"):
        raise AuditError("The model's answer was cut off or withheld.")
    value = getattr(choice.message, "parsed", None) or _parsed(schema, choice.message.content)
    usage = completion.usage
    return Answer(
        value=value,
        model=str(completion.model),
        input_tokens=int(usage.prompt_tokens) if usage else 0,
        output_tokens=int(usage.completion_tokens) if usage else 0,
        seconds=seconds,
    )


def _parsed(schema: type[Asked], content: str | None) -> Asked:
    """The object in an answer to a question for JSON; models like to put it into a code block."""
    if not content:
        raise AuditError("The model's answer is empty.")
    fenced = _FENCED.fullmatch(content)
    return schema.model_validate_json(fenced[1] if fenced else content)
