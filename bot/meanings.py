"""What a message may mean, and what is asked where plain code does not know."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bot.accounts import Account, Accounts
from bot.texts.buttons import Command
from statemachine.conversation import Conversation, Scene
from statemachine.events import Event

PATIENCE = 30.0
"""Seconds that a message may be kept waiting by models in all (promise 7 in the design)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An attachment that cannot be used: the key of the text, and what goes into it."""

    key: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Nothing:
    """A message that changes nothing and needs no answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message that only the model may understand, and all it may know. `figures`: it asks for figures."""

    user_id: UUID
    conversation: Conversation
    scene: Scene
    accounts: Accounts
    now: datetime
    figures: bool = False
    since: float = field(default_factory=time.monotonic)
    """When the message began to be asked about, on the monotonic clock."""

    @property
    def account(self) -> Account:
        return self.accounts.current

    def left(self, seconds: float) -> float:
        """So many seconds, or as many as are left of the message's own."""
        return min(seconds, PATIENCE - (time.monotonic() - self.since))


Understood = Event | Command
"""What the model makes of a message."""
Made = Understood | Refusal
"""What comes of asking: or why nothing does."""
Meaning = Made | Nothing
