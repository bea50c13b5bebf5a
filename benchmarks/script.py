"""What the traders of a measurement write: report, confirm, skip, trade after trade, the same for every contender."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

Step = Literal["report", "confirm", "skip"]

CHATS = 4000
"""Traders signed up before a measurement; once all had their turn, the first one goes on."""
TRADES_PER_CHAT = 6
"""A busy day. Then the next trader's, so that no day grows beyond what a day is."""
RECORDED_CHAT = 0
"""Kept for the floor's recording."""
FIRST_CHAT_ID = 7_000_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `number` is unique in its chat; `trade` counts the chat's trades."""

    chat: int
    number: int
    trade: int
    step: Step
    text: str

    @property
    def chat_id(self) -> str:
        return chat_id(self.chat)

    @property
    def external_id(self) -> str:
        return external_id(self.chat, self.number)


def chat_id(chat: int) -> str:
    return str(FIRST_CHAT_ID + chat)


def external_id(chat: int, number: int) -> str:
    return f"{chat_id(chat)}-{number}"


def trade_lines(chat: int, trade: int) -> Iterator[Line]:
    """One trade. Every trade of a chat has prices of its own: equal ones would be asked about."""
    entry = 18_000 + trade % 4000
    report = f"long 2 nq {entry} > {entry + 40} stop {entry - 20}"
    said: tuple[tuple[Step, str], ...] = (("report", report), ("confirm", "yes"), ("skip", "skip"))
    for place, (step, text) in enumerate(said):
        yield Line(chat, 3 * trade + place, trade, step, text)


class Script:
    """The lanes of one contender: each is a trader writing, then another, without end."""

    def __init__(self) -> None:
        self._days = count()

    def lane(self) -> Iterator[Line]:
        while True:
            again, chat = divmod(next(self._days), CHATS - 1)
            for trade in range(TRADES_PER_CHAT):
                yield from trade_lines(chat + 1, again * TRADES_PER_CHAT + trade)
