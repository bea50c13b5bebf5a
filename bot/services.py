"""Which service works for a trader: that of their own key, else the product's.

A trader who has a key of their own is never served on the product's: they chose who sees and hears what is theirs. A
key is opened for one use and never kept, shown or logged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar
from uuid import UUID

import structlog

from bot.ai_keys import Sealed, open_key
from bot.auditing.providers import OPENAI, Provider, provider_of
from bot.settings import Settings
from db.ai_keys import StoredKey
from statemachine.errors import OperatorError

log = structlog.get_logger(__name__)

Absent = Literal["no_key", "own_key"]
"""Nobody is there to ask; or only a key of the trader's own, of a service that cannot do this or that is not read."""


class Closing(Protocol):
    async def close(self) -> None:
        """Give back connections. Safe to call twice."""


Client = TypeVar("Client", bound=Closing)


@dataclass(frozen=True, slots=True)
class Service(Generic[Client]):
    """One that can be asked. `name`: of its model; `own`: on the trader's key, so the client was made for this use."""

    client: Client
    provider: str
    name: str
    own: bool

    async def close(self) -> None:
        if self.own:
            await self.client.close()


@dataclass(frozen=True, slots=True)
class Services(Generic[Client]):
    """Finds who works for a trader.

    product    the client on the product's key; None where there is none
    model      what OpenAI's service is asked for
    elsewhere  what another service is asked for; None where it does not do this
    make       the client, from a key, the service's address, the model and the provider
    """

    settings: Settings
    product: Client | None
    model: str
    elsewhere: Callable[[Provider], str | None]
    make: Callable[[str, str | None, str, Provider], Client]

    def of(self, user_id: UUID, key: StoredKey | None) -> Service[Client] | Absent:
        """`key`: the trader's own."""
        if key is None:
            return "no_key" if self.product is None else Service(self.product, OPENAI, self.model, own=False)
        provider = provider_of(key.provider)
        is_openai = provider.name == OPENAI
        name = self.model if is_openai else self.elsewhere(provider)
        if name is None:
            return "own_key"
        try:
            opened = _opened(user_id, key, self.settings)
        except OperatorError as error:
            log.error("a trader's own key cannot be opened", user_id=str(user_id), reason=str(error))
            return "own_key"
        base_url = self.settings.openai_base_url if is_openai else None
        return Service(self.make(opened, base_url, name, provider), provider.name, name, own=True)


def _opened(user_id: UUID, key: StoredKey, settings: Settings) -> str:
    """The key in clear. Raises OperatorError where it cannot be opened."""
    secret = settings.ai_keys_key
    if secret is None:
        raise OperatorError("AI_KEYS_SECRET is not set, but traders have keys of their own")
    return open_key(Sealed(key.nonce, key.ciphertext), user_id, secret)
