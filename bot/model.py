"""The language model: a question with a schema goes out, an object that fits the schema comes back, or an AuditError.

What comes back fits the schema and is otherwise untrusted: whoever asked still checks every word of it.
"""

import asyncio
import base64
import time
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import openai
from openai.types.chat import ChatCompletionContentPartParam, ChatCompletionMessageParam, ParsedChatCompletion
from pydantic import BaseModel, ValidationError

from statemachine.errors import AuditError

Asked = TypeVar("Asked", bound=BaseModel)
Given = TypeVar("Given", bound=BaseModel, covariant=True)

TIME_LIMIT: Final = 30.0
"""Seconds for one question in all, retries and waits included (promise 7 in the design)."""
_RETRIES: Final = 2
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

        Raises AuditError; its `refund` is True where the service failed (timeout, no connection, 429, 5xx)
        and False where it answered but not usably (refusal, cut off, not the schema, bad key).
        """

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""


class OpenAIModel:
    """OpenAI's chat completions with strict structured outputs, or a service that speaks the same."""

    def __init__(self, api_key: str, base_url: str | None, model: str) -> None:
        """`base_url` None is OpenAI's own. Retries are left to the client, which obeys Retry-After."""
        self._client = openai.AsyncOpenAI(
            api_key=api_key, base_url=base_url or openai.not_given, max_retries=_RETRIES, timeout=TIME_LIMIT
        )
        self._model = model
        self._wishes: dict[str, Any] = {"temperature": 0, "max_completion_tokens": _ANSWER_TOKENS}

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
                completion = await self._completion(schema, _messages(system, user, image))
            return _answer(completion, time.monotonic() - started)
        except (TimeoutError, openai.APIConnectionError) as error:
            raise AuditError("The model cannot be reached in time.", refund=True) from error
        except openai.APIStatusError as error:
            failed = error.status_code in {408, 429} or error.status_code >= 500
            raise AuditError(f"The model's service answers {error.status_code}.", refund=failed) from error
        except openai.OpenAIError as error:
            raise AuditError("The model's answer was cut off or withheld.") from error
        except (ValidationError, ValueError, TypeError, AttributeError, LookupError) as error:
            # the client builds what it is sent without checking it: garbage fails wherever it is first touched
            raise AuditError("The model's answer does not fit the question.") from error

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""
        await self._client.close()

    async def _completion(
        self, schema: type[Asked], messages: list[ChatCompletionMessageParam]
    ) -> ParsedChatCompletion[Asked]:
        """Wishes are parameters that some models refuse (reasoning models: temperature); those are asked without."""
        wishes = self._wishes
        while True:
            try:
                return await self._client.chat.completions.parse(
                    model=self._model, messages=messages, response_format=schema, **wishes
                )
            except openai.BadRequestError as error:
                if error.param not in wishes:
                    raise
                wishes = {name: wish for name, wish in wishes.items() if name != error.param}
                self._wishes = wishes


def _messages(system: str, user: str, image: tuple[bytes, str] | None) -> list[ChatCompletionMessageParam]:
    parts: list[ChatCompletionContentPartParam] = [{"type": "text", "text": user}]
    if image is not None:
        data, mime = image
        link = f"data:{mime};base64,{base64.b64encode(data).decode()}"
        parts.append({"type": "image_url", "image_url": {"url": link, "detail": "high"}})
    return [{"role": "system", "content": system}, {"role": "user", "content": parts}]


def _answer(completion: ParsedChatCompletion[Asked], seconds: float) -> Answer[Asked]:
    message = completion.choices[0].message
    if message.refusal:
        raise AuditError("The model declines to answer.")
    if message.parsed is None:
        raise AuditError("The model's answer is empty.")
    usage = completion.usage
    return Answer(
        value=message.parsed,
        model=str(completion.model),
        input_tokens=int(usage.prompt_tokens) if usage else 0,
        output_tokens=int(usage.completion_tokens) if usage else 0,
        seconds=seconds,
    )
