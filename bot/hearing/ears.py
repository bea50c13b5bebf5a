"""Who listens to a trader's voice notes: the service of their own key, else the product's."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import structlog

from bot.auditing.judges import opened_key
from bot.auditing.providers import OPENAI, provider_of
from bot.hearing.transcriber import OpenAITranscriber, Transcriber
from bot.settings import Settings
from db.ai_keys import StoredKey
from statemachine.errors import OperatorError

log = structlog.get_logger(__name__)

Deaf = Literal["no_key", "own_key"]
"""Nobody is there to ask; or only a key of the trader's own, of a service that does not listen or that is not read."""


@dataclass(frozen=True, slots=True)
class Ear:
    """A service that can be asked. `own`: on the trader's key, so the client was made for this note alone."""

    transcriber: Transcriber
    provider: str
    name: str
    own: bool

    async def close(self) -> None:
        if self.own:
            await self.transcriber.close()


class Ears:
    """Finds who listens for a trader. A key is opened for one note and never kept, shown or logged."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._model = settings, settings.openai_transcription_model
        key = settings.openai_api_key
        base_url = settings.openai_base_url
        self._product = OpenAITranscriber(key.get_secret_value(), base_url, self._model) if key else None

    def ear_for(self, user_id: UUID, key: StoredKey | None) -> Ear | Deaf:
        """A trader who has a key of their own is never heard on the product's: they chose who hears them."""
        if key is None:
            return "no_key" if self._product is None else Ear(self._product, OPENAI, self._model, own=False)
        provider = provider_of(key.provider)
        is_openai = provider.name == OPENAI
        name = self._model if is_openai else provider.transcription
        if name is None:
            return "own_key"
        try:
            opened = opened_key(user_id, key, self._settings)
        except OperatorError as error:
            log.error("a trader's own key cannot be opened", user_id=str(user_id), reason=str(error))
            return "own_key"
        base_url = self._settings.openai_base_url if is_openai else None
        return Ear(OpenAITranscriber(opened, base_url, name, provider), provider.name, name, own=True)

    async def close(self) -> None:
        """Safe to call twice."""
        if self._product is not None:
            await self._product.close()
