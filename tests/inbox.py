"""A journal that only accepts: the receiver of adapter tests, in memory, with outages to order."""

import asyncio
from collections.abc import Sequence

from adapters import Seen
from statemachine.errors import Unavailable
from statemachine.message import Delivery, Message, Platform


class Inbox:
    """Satisfies adapters.Receiver.

    seen      what `newest` gives
    down      True: no database, nothing is accepted
    sick      chats (by id) that raise an error nobody foresaw
    gates     chats (by id) that wait for an event before they commit
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.attempts = 0
        self.at_once = 0
        self.most_at_once = 0
        self.deliveries: list[Delivery] = []
        self.seen: list[Seen] = []
        self.down = False
        self.sick: set[str] = set()
        self.gates: dict[str, asyncio.Event] = {}

    async def receive(self, message: Message) -> None:
        self.attempts += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)  # as a real turn does, it gives way at least once
            if gate := self.gates.get(message.chat_id):
                await gate.wait()
            if self.down:
                raise Unavailable
            if message.chat_id in self.sick:
                raise LookupError("a bug")
            self.messages.append(message)
        finally:
            self.at_once -= 1

    async def delivered(self, delivery: Delivery) -> None:
        if self.down:
            raise Unavailable
        self.deliveries.append(delivery)

    async def newest(self, platform: Platform, account: str, *, besides: str | None = None) -> Sequence[Seen]:
        if self.down:
            raise Unavailable
        return [seen for seen in self.seen if besides is None or not seen.external_id.startswith(besides)]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    def texts_of(self, chat_id: int) -> list[str]:
        return [message.text for message in self.messages if message.chat_id == str(chat_id)]

    def texts_of_sender(self, sender_id: str) -> list[str]:
        return [message.text for message in self.messages if message.sender_id == sender_id]
