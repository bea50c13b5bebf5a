"""What twenty traders write to the bot in a session: 200 messages with fixed identities, the same for every run.

Ids, dates and texts follow from the seed alone, so that two databases which took in the same traffic can be compared
row by row: the ids of trades follow from the identity of the message that reported them.
"""

import io
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg
from PIL import Image

from bot.understanding import message_id
from statemachine.message import Message
from tests.servers.telegram import TelegramServer
from tests.servers.telegram_traffic import chat

TRADERS = UUID("d2c6c0c4-0b0e-4a8e-9a1e-0a1b2c3d4e5f")
RULES = ("Always have a stop loss", "Max 3 contracts", "Only trade my A+ setups")
FIRST_CHAT = 5001
OF_THE_BOT = 2_000_000_000
"""Number of the message whose buttons are pressed: above all that the server gives out."""

PHOTO = "photo"
CONFIRM = "confirm the draft of message "
STALE = "press the old button of message "
EDIT = "edit message "

STORIES: tuple[tuple[str, ...], ...] = (
    (
        "long 2 nq {a} > {a_up} stop {a_down}", CONFIRM + "0", PHOTO, "short 1 es {b} stop {b_up}", "yes", "/undo",
        "hello", "/trades", "long 1 mnq {a} > {a_down} stop {a_down}", "yes",
    ),
    (
        "long mnq", "{a} to {a_up}", "stop {a_down}", "yes", "skip",
        "short 1 es {b} stop {b_up}", "yes", "closed es at {b_down}", "yes", "/skip",
    ),
    (
        "long 1 nq {a} > {a_up} stop {a_down}", "no", "short 1 cl 78.20 > 77.90 stop 78.50",
        EDIT + "2: short 2 cl 78.20 > 77.90 stop 78.50", STALE + "2", "yes", PHOTO, "/trades", "close gold at 2400",
        "/drafts",
    ),
    (
        "long 1 nq {a} > {a_up}\nshort 1 es {b} > {b_down}", "yes", "skip", "skip", "no idea what I am doing",
        "long 4 mes {b} > {b_up} stop {b_down}", CONFIRM + "5", PHOTO, "thanks", "/trades",
    ),
    (
        PHOTO, "short 1 nq {a} > {a_down} stop {a_up}", "yes", "what can you do?", "long 1 gc 2400", "cancel",
        "/help", "long 1 nq {a} > {a_down} stop {a_down} pnl -200 comm 4.50", CONFIRM + "7", "skip",
    ),
)  # fmt: skip
"""Conversations of ten messages. Nothing in them depends on how fast a job of an earlier message ran."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a trader does: an update without its number."""

    chat_id: int
    kind: str
    payload: dict[str, Any]

    @property
    def external_id(self) -> str:
        if self.kind == "callback_query":
            return str(self.payload["id"])
        edit = f":e{self.payload['edit_date']}" if self.kind == "edited_message" else ""
        return f"{self.payload['message_id']}{edit}"


class Traffic:
    """The steps of `chats` traders, in an order in which they could arrive."""

    def __init__(self, seed: int, *, bot: int, chats: int = 20) -> None:
        self._random = random.Random(seed)
        self._bot = bot
        self.began = int(datetime.now(UTC).timestamp()) - 60
        self.chats = [FIRST_CHAT + number for number in range(chats)]
        self.pictures: dict[str, bytes] = {}
        told = {chat_id: list(self._story(chat_id)) for chat_id in self.chats}
        self.steps = list(_interleaved(told, self._random))

    def _story(self, chat_id: int) -> Iterator[Step]:
        story = STORIES[(chat_id - FIRST_CHAT) % len(STORIES)]
        a, b = self._random.randrange(15_000, 19_000), self._random.randrange(5_000, 6_000)
        prices = {"a": a, "a_up": a + 20, "a_down": a - 10, "b": b, "b_up": b + 8, "b_down": b - 6}
        for number, line in enumerate(story):
            yield self._step(chat_id, number, line.format(**prices))

    def _step(self, chat_id: int, number: int, line: str) -> Step:
        message = {
            "message_id": self._number(chat_id, number),
            "date": self.began + number,
            "chat": chat(chat_id),
            "from": _person(chat_id),
        }
        if line == PHOTO:
            return Step(chat_id, "message", message | {"photo": [self._photo(chat_id, number)]})
        if line.startswith(EDIT):
            edited, _, text = line.removeprefix(EDIT).partition(": ")
            message["message_id"] = self._number(chat_id, int(edited))
            return Step(chat_id, "edited_message", message | {"edit_date": self.began + number, "text": text})
        for press in (CONFIRM, STALE):
            if line.startswith(press):
                return self._press(chat_id, number, int(line.removeprefix(press)))
        return Step(chat_id, "message", message | {"text": line})

    def _press(self, chat_id: int, number: int, reported: int) -> Step:
        """The Confirm button under the draft of an earlier message, in its first revision."""
        below = {
            "message_id": OF_THE_BOT,
            "date": self.began,
            "chat": chat(chat_id),
            "from": _person(chat_id),
            "text": "?",
        }
        draft = uuid5(self._identity(chat_id, str(self._number(chat_id, reported))), "0")
        query = {"id": f"{chat_id}{number:04d}", "from": _person(chat_id), "message": below, "chat_instance": "1"}
        return Step(chat_id, "callback_query", query | {"data": f"c:{draft.hex}:1"})

    def _photo(self, chat_id: int, number: int) -> dict[str, Any]:
        handle = f"AgAC{chat_id}x{number}"
        picture = io.BytesIO()
        Image.new("RGB", (320, 200), (chat_id % 256, number, 90)).save(picture, "PNG")
        self.pictures[handle] = picture.getvalue()
        size = len(self.pictures[handle])
        return {"file_id": handle, "file_unique_id": f"u{handle}", "width": 320, "height": 200, "file_size": size}

    def _number(self, chat_id: int, number: int) -> int:
        return chat_id * 1_000 + number

    def _identity(self, chat_id: int, external_id: str) -> UUID:
        name = str(chat_id)
        return message_id(
            Message(
                platform="telegram", account=str(self._bot), chat_id=name, sender_id=name, external_id=external_id,
                sent_at=datetime.now(UTC),
            ),
            trader_of(chat_id),
        )  # fmt: skip


class Platform(TelegramServer):
    """The Telegram server, with people who write at given identities."""

    def play(self, traffic: Traffic, steps: Iterable[Step]) -> None:
        self._files.update(traffic.pictures)
        for step in steps:
            self.raw(step.kind, step.payload, chat_id=step.chat_id)


def _person(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "is_bot": False, "first_name": "Trader", "language_code": "en"}


def _interleaved(told: dict[int, list[Step]], chance: random.Random) -> Iterator[Step]:
    """Chats mixed, each in its own order."""
    turns = [chat_id for chat_id, steps in told.items() for _ in steps]
    chance.shuffle(turns)
    left = {chat_id: iter(steps) for chat_id, steps in told.items()}
    for chat_id in turns:
        yield next(left[chat_id])


def trader_of(chat_id: int) -> UUID:
    return uuid5(TRADERS, str(chat_id))


async def sign_up_traders(connection: asyncpg.Connection, chats: Iterable[int]) -> None:
    """Linked traders with rules; their ids follow from their chats."""
    for chat_id in chats:
        user = trader_of(chat_id)
        await connection.execute("insert into auth.users (id, email) values ($1, $2)", user, f"t{chat_id}@example.com")
        await connection.execute(
            "update public.profiles set telegram_chat_id = $2, account_size = 50000, daily_loss_limit_pct = 2,"
            " max_drawdown_pct = 4, max_drawdown_type = 'static', max_daily_trades = 5 where id = $1",
            user,
            str(chat_id),
        )
        await connection.executemany(
            "insert into public.trading_rules (user_id, rule_text, sort_order) values ($1, $2, $3)",
            [(user, text, number) for number, text in enumerate(RULES)],
        )
