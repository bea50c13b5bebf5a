"""Puts a recording into words, by a service that speaks OpenAI's transcriptions.

The words are a stranger's until their trader has seen and confirmed what was made of them.
"""

import asyncio
import time
from typing import Any, Final, Protocol

import openai
from pydantic import BaseModel, Field

from bot.auditing.providers import OPENAI, PROVIDERS, Provider
from bot.hearing.audio import Audio
from bot.model import LONGEST_NAME, TIME_LIMIT, Answer, sensible, translated
from bot.retrying import retried
from bot.sanitize import storable
from bot.settings import Settings
from statemachine.errors import AuditError

TOKENS_A_SECOND: Final = 100
"""As which a second counts where the service counts seconds: at a dollar a million that is what a second costs."""
LONGEST_TRANSCRIPT: Final = 20_000
"""Characters; an hour of hasty speech is longer, and longer than anybody listens here."""
PROMPT: Final = "Trading journal: NQ, MNQ, ES, MES, CL, GC, EURUSD, long, short, entry, exit, stop, target, contracts."
"""How what is said is spelt. No number of a trade, as a service may give the prompt back where it heard nothing."""


class Transcript(BaseModel):
    """What was heard; nothing, where nothing was said."""

    text: str = Field(max_length=LONGEST_TRANSCRIPT)


class Transcriber(Protocol):
    """The seam between the journal and who listens."""

    async def transcribe(self, audio: Audio, *, seconds: float) -> Answer[Transcript]:
        """Within `seconds` in all. Raises AuditError, as Model.ask does."""

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""


class OpenAITranscriber:
    """OpenAI's audio transcriptions, or a service that speaks the same."""

    def __init__(self, api_key: str, base_url: str | None, model: str, provider: Provider = PROVIDERS[OPENAI]) -> None:
        """`base_url` None is the provider's own. The client repeats nothing by itself: see bot/retrying.py."""
        self._client = openai.AsyncOpenAI(
            api_key=api_key, base_url=base_url or provider.base_url, max_retries=0, timeout=TIME_LIMIT
        )
        self._model = model

    async def transcribe(self, audio: Audio, *, seconds: float) -> Answer[Transcript]:
        """See Transcriber.transcribe."""
        started = time.monotonic()
        with translated():
            async with asyncio.timeout(seconds):
                raw = await retried(lambda: self._transcription(audio), started + seconds)
        return self._answer(raw, audio, time.monotonic() - started)

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""
        await self._client.close()

    async def _transcription(self, audio: Audio) -> Any:
        file = (f"voice.{audio.extension}", audio.data, audio.mime)
        transcriptions = self._client.audio.transcriptions.with_raw_response
        return await transcriptions.create(file=file, model=self._model, prompt=PROMPT, response_format="json")

    def _answer(self, raw: Any, audio: Audio, seconds: float) -> Answer[Transcript]:
        tokens = (0, 0)
        try:
            given = raw.http_response.json()
            tokens = _tokens(given.get("usage"), audio)
            text = storable(Transcript.model_validate(given, strict=True).text).strip()
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            raise AuditError("The service's transcript is none.", tokens=tokens) from error
        said = "" if text == PROMPT else text
        return Answer(Transcript(text=said), self._model[:LONGEST_NAME], *tokens, seconds)


def transcriber_of(settings: Settings) -> Transcriber | None:
    """The product's, where a key is set."""
    key, model = settings.openai_api_key, settings.openai_transcription_model
    return OpenAITranscriber(key.get_secret_value(), settings.openai_base_url, model) if key else None


def _tokens(usage: Any, audio: Audio) -> tuple[int, int]:
    """What the service counted, in and out; where it counts seconds, or nothing, by the length of the recording."""
    told = usage if isinstance(usage, dict) else {}
    try:
        if told.get("type") == "tokens":
            return sensible(int(told["input_tokens"]), int(told["output_tokens"]))
        return sensible(round(float(told.get("seconds") or audio.seconds or 0) * TOKENS_A_SECOND), 0)
    except (ValueError, TypeError, LookupError, OverflowError):
        return 0, 0
