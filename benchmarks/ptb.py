"""What both bots on python-telegram-bot have in common: the application, and a persistence after every update."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from telegram import Chat, Message, Update, User
from telegram.ext import Application, BasePersistence, ContextTypes, ConversationHandler, PersistenceInput
from telegram.request import BaseRequest

from benchmarks.script import Line
from db import pool

Context = ContextTypes.DEFAULT_TYPE
Handle = Callable[[Update, Context], Awaitable[int]]

TABLES = """
create table states (name text, key text, state int, primary key (name, key));
create table drafts (user_id bigint primary key, data jsonb not null);
"""
KEEP_STATE = """
insert into states values ($1, $2, $3) on conflict (name, key) do update set state = excluded.state
"""
DROP_STATE = "delete from states where name = $1 and key = $2"
KEEP_DRAFT = "insert into drafts values ($1, $2) on conflict (user_id) do update set data = excluded.data"


class Persistence(BasePersistence[dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """Each write is committed when it returns. Only what these bots use: conversations and user_data."""

    def __init__(self, connections: pool.Pool, dumped: Callable[[dict[Any, Any]], Any]) -> None:
        super().__init__(PersistenceInput(bot_data=False, chat_data=False, callback_data=False))
        self._pool = connections
        self._dumped = dumped

    async def get_conversations(self, name: str) -> dict[Any, Any]:
        rows = await self._pool.fetch("select key, state from states where name = $1", name)
        return {tuple(json.loads(row["key"])): row["state"] for row in rows}

    async def update_conversation(self, name: str, key: Any, new_state: object | None) -> None:
        if new_state is None:
            await self._pool.execute(DROP_STATE, name, json.dumps(key))
        else:
            await self._pool.execute(KEEP_STATE, name, json.dumps(key), new_state)

    async def get_user_data(self) -> dict[int, dict[Any, Any]]:
        return {}  # every measurement begins with an empty table

    async def update_user_data(self, user_id: int, data: dict[Any, Any]) -> None:
        await self._pool.execute(KEEP_DRAFT, user_id, json.dumps(self._dumped(data)))

    async def flush(self) -> None:
        """Everything was written at once."""

    async def refresh_user_data(self, user_id: int, user_data: dict[Any, Any]) -> None: ...
    async def drop_user_data(self, user_id: int) -> None: ...
    async def get_chat_data(self) -> dict[int, dict[Any, Any]]:
        return {}

    async def update_chat_data(self, chat_id: int, data: dict[Any, Any]) -> None: ...
    async def refresh_chat_data(self, chat_id: int, chat_data: dict[Any, Any]) -> None: ...
    async def drop_chat_data(self, chat_id: int) -> None: ...
    async def get_bot_data(self) -> dict[Any, Any]:
        return {}

    async def update_bot_data(self, data: dict[Any, Any]) -> None: ...
    async def refresh_bot_data(self, bot_data: dict[Any, Any]) -> None: ...
    async def get_callback_data(self) -> None: ...
    async def update_callback_data(self, data: Any) -> None: ...


class _Offline(BaseRequest):
    """The bot asks the platform who it is once, at its start; nothing else is ever sent."""

    read_timeout = None

    async def initialize(self) -> None: ...
    async def shutdown(self) -> None: ...
    async def do_request(self, *arguments: Any, **options: Any) -> tuple[int, bytes]:
        return 200, b'{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "Bench", "username": "bench_bot"}}'


class Bot:
    """An Application that takes the script's lines as updates; one has been handled when what it left is persisted."""

    def __init__(self, conversation: ConversationHandler[Any], persistence: Persistence) -> None:
        self._updates = 0
        self._failed: list[Exception | None] = []
        builder = Application.builder().token("1:bench").request(_Offline()).get_updates_request(_Offline())
        self._application = builder.persistence(persistence).updater(None).job_queue(None).build()
        self._application.add_handler(conversation)
        self._application.add_error_handler(self._note)

    async def _note(self, _update: object, context: Context) -> None:
        self._failed.append(context.error)

    async def handle(self, line: Line) -> None:
        self._updates += 1
        user = User(int(line.chat_id), "Trader", is_bot=False, language_code="en")
        chat = Chat(int(line.chat_id), Chat.PRIVATE)
        message = Message(self._updates, datetime.now(UTC), chat, from_user=user, text=line.text)
        await self._application.process_update(Update(self._updates, message=message))
        await self._application.update_persistence()
        assert not self._failed, self._failed

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self._application:
            yield
