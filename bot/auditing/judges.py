"""Which model judges a trader's rules: the one of their own key, else the product's."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import structlog

from bot.ai_keys import Sealed, open_key
from bot.auditing.prompt import PROMPT_VERSION
from bot.auditing.providers import OPENAI, provider_of
from bot.model import Model, OpenAIModel
from bot.settings import Settings
from db.ai_keys import StoredKey
from statemachine.errors import OperatorError

log = structlog.get_logger(__name__)

Absent = Literal["no_model", "key_unreadable"]


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that can be asked. `own`: on the trader's key, so the client was made for this audit alone."""

    model: Model
    provider: str
    name: str
    own: bool

    @property
    def by(self) -> str:
        """Who judges, and by which instructions."""
        return f"{self.provider}/{self.name}/{PROMPT_VERSION}"

    async def close(self) -> None:
        if self.own:
            await self.model.close()


class Judges:
    """Finds the judge for a trader. A key is opened for one audit and never kept, shown or logged."""

    def __init__(self, product: Model | None, settings: Settings) -> None:
        self._product, self._settings = product, settings

    def judge_for(self, user_id: UUID, key: StoredKey | None) -> Judge | Absent:
        """A trader who has a key of their own is never judged on the product's: they chose who sees their trades."""
        if key is not None:
            return self._on_own_key(user_id, key)
        if self._product is None:
            return "no_model"
        return Judge(self._product, OPENAI, self._settings.openai_model, own=False)

    def _on_own_key(self, user_id: UUID, key: StoredKey) -> Judge | Absent:
        try:
            opened = opened_key(user_id, key, self._settings)
        except OperatorError as error:
            log.error("a trader's own key cannot be opened", user_id=str(user_id), reason=str(error))
            return "key_unreadable"
        provider = provider_of(key.provider)
        is_openai = provider.name == OPENAI
        name = self._settings.openai_model if is_openai else provider.model
        base_url = self._settings.openai_base_url if is_openai else None
        return Judge(OpenAIModel(opened, base_url, name, provider), provider.name, name, own=True)


def opened_key(user_id: UUID, key: StoredKey, settings: Settings) -> str:
    """A trader's own key in clear. Raises OperatorError where it cannot be opened."""
    secret = settings.ai_keys_key
    if secret is None:
        raise OperatorError("AI_KEYS_SECRET is not set, but traders have keys of their own")
    return open_key(Sealed(key.nonce, key.ciphertext), user_id, secret)
