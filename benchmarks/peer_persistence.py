"""The peer's tables, and a persistence for python-telegram-bot that is durable after every update."""

import json
from typing import Any

from telegram.ext import BasePersistence, PersistenceInput

from db import pool

TABLES = """
create table states (name text, key text, state int, primary key (name, key));
create table drafts (user_id bigint primary key, data jsonb not null);
create table messages (id bigint generated always as identity primary key, user_id bigint not null,
    direction text not null, content text not null, created_at timestamptz not null default now());
create index on messages (user_id, created_at);
create table trades (id uuid primary key default gen_random_uuid(), user_id bigint not null, symbol text not null,
    direction text not null, entry_price numeric, exit_price numeric, stop_loss numeric, position_size numeric,
    pnl numeric, created_at timestamptz not null default now());
create index on trades (user_id, created_at);
create table handled (chat_id bigint, update_id bigint, primary key (chat_id, update_id));
create table outbox (id bigint generated always as identity primary key, chat_id bigint not null, reply text not null,
    status text not null default 'pending');
create index on outbox (chat_id, id) where status = 'pending';
create table days (user_id bigint, day date, pnl numeric not null, trades int not null, primary key (user_id, day));
create table jobs (id bigint generated always as identity primary key, kind text not null, payload jsonb not null,
    status text not null default 'queued');
create index on jobs (kind, id) where status = 'queued';
"""
KEEP_STATE = """
insert into states values ($1, $2, $3) on conflict (name, key) do update set state = excluded.state
"""
DROP_STATE = "delete from states where name = $1 and key = $2"
KEEP_DRAFT = "insert into drafts values ($1, $2) on conflict (user_id) do update set data = excluded.data"


class Persistence(BasePersistence[dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """Each write is committed when it returns. Only what this bot uses: conversations and user_data."""

    def __init__(self, connections: pool.Pool) -> None:
        super().__init__(PersistenceInput(bot_data=False, chat_data=False, callback_data=False))
        self._pool = connections

    async def get_conversations(self, name: str) -> dict[Any, Any]:
        rows = await self._pool.fetch("select key, state from states where name = $1", name)
        return {tuple(json.loads(row["key"])): row["state"] for row in rows}

    async def update_conversation(self, name: str, key: Any, new_state: object | None) -> None:
        if new_state is None:
            await self._pool.execute(DROP_STATE, name, json.dumps(key))
        else:
            await self._pool.execute(KEEP_STATE, name, json.dumps(key), new_state)

    async def get_user_data(self) -> dict[int, dict[Any, Any]]:
        return {row["user_id"]: json.loads(row["data"]) for row in await self._pool.fetch("select * from drafts")}

    async def update_user_data(self, user_id: int, data: dict[Any, Any]) -> None:
        await self._pool.execute(KEEP_DRAFT, user_id, json.dumps(data))

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
