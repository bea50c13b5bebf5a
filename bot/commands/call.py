"""What a command is handed, and what its row in the table says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.accounts import Account, Accounts
from bot.settings import Settings
from bot.texts import View
from bot.texts.helping import Theme
from db.pool import Connection
from statemachine.conversation import Conversation, Say, Scene, Turn
from statemachine.message import Message


@dataclass(slots=True)
class Call:
    """A command in its turn. A handler that links or unlinks the chat changes `user_id`, one that takes a choice
    `preferences`, and `view` where that is the language.

    account  the one in use: what a command that names none is about
    """

    connection: Connection
    message: Message
    user_id: UUID | None
    argument: str
    settings: Settings
    account: Account
    accounts: Accounts
    preferences: Mapping[str, Any]
    conversation: Conversation
    scene: Scene
    now: datetime
    view: View

    def says(self, key: str, **data: Any) -> Turn:
        """An answer that leaves the conversation as it is."""
        return Turn(self.conversation, (Say(key, data),))

    @property
    def owner(self) -> UUID:
        """The profile; handlers of commands that strangers may not give can rely on it."""
        assert self.user_id is not None  # noqa: S101 - `strangers` is False for those commands
        return self.user_id


Handler = Callable[[Call], Awaitable[Turn]]


@dataclass(frozen=True, slots=True)
class CommandRow:
    """What it does is told in menus, and on the page of /help that `theme` names; without one it is hidden.

    `strangers`: works in unlinked chats.
    """

    handler: Handler
    theme: Theme | None = None
    _: KW_ONLY
    strangers: bool = False
