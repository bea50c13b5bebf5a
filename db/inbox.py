"""worker.inbox and worker.attempts: messages that wait, messages that failed, and tries that ended in a crash."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.outbox import PROCESS_LOCK
from db.pool import Connection
from statemachine.message import Chat, Platform


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored message that waits for its turn; `age` in seconds.

    `payload` is what load_message takes; where the row was written by hand it may be anything, also nothing.
    """

    id: int
    external_id: str
    group_id: str | None
    payload: Any
    age: float


FIRST_WAITING = """
select id, external_id, group_id, coalesce(payload, 'null')::text as payload,
    extract(epoch from now() - received_at)::float8 as age
from worker.inbox where platform = $1 and account = $2 and chat_id = $3 and status = 'waiting' order by id limit 20
"""


async def first_waiting(connection: Connection, chat: Chat) -> list[Waiting]:
    """The oldest waiting messages of a chat, in order."""
    rows = await connection.fetch(FIRST_WAITING, chat.platform, chat.account, chat.chat_id)
    return [Waiting(r["id"], r["external_id"], r["group_id"], json.loads(r["payload"]), r["age"]) for r in rows]


CLAIM_DRAIN = """
update worker.chats c set draining_by = $4
where c.platform = $1 and c.account = $2 and c.chat_id = $3
  and (c.draining_by is null or c.draining_by = $4 or not exists (
      select from pg_locks l where l.locktype = 'advisory' and l.classid = $5 and l.objid = c.draining_by::oid
        and l.database = (select d.oid from pg_database d where d.datname = current_database())))
returning true
"""
RELEASE_DRAIN = """
update worker.chats set draining_by = null
where platform = $1 and account = $2 and chat_id = $3 and draining_by = $4
"""


async def claim_drain(connection: Connection, chat: Chat, process: int) -> bool:
    """Lock the chat and claim its drain for a process; False while another one that lives has it."""
    claimed = await connection.fetchval(CLAIM_DRAIN, chat.platform, chat.account, chat.chat_id, process, PROCESS_LOCK)
    return claimed is not None


async def release_drain(connection: Connection, chat: Chat, process: int) -> None:
    await connection.execute(RELEASE_DRAIN, chat.platform, chat.account, chat.chat_id, process)


IS_DUE = """
select c.wakes_at = $4 and not exists (
    select from worker.inbox i where i.platform = c.platform and i.account = c.account and i.chat_id = c.chat_id
        and i.status = 'waiting')
from worker.chats c where c.platform = $1 and c.account = $2 and c.chat_id = $3
"""


async def is_due(connection: Connection, chat: Chat, since: datetime) -> bool:
    """The chat's timer is still the one that rang at `since`, and no message waits that came before it was heard;
    the sweep rings again. The caller holds the chat's lock."""
    return bool(await connection.fetchval(IS_DUE, chat.platform, chat.account, chat.chat_id, since))


STILL_WAITING = "select count(*) from worker.inbox where id = any ($1::bigint[]) and status = 'waiting'"


async def still_waiting(connection: Connection, rows: list[int]) -> bool:
    """Nobody else has taken these messages; the caller holds the lock of their chat."""
    count: int = await connection.fetchval(STILL_WAITING, rows)
    return count == len(rows)


CHATS_TO_DRAIN = """
select distinct i.platform, i.account, i.chat_id from worker.inbox i
where i.status = 'waiting' and i.received_at < now() - make_interval(secs => $1) limit 1000
"""
CHATS_TO_WAKE = """
select platform, account, chat_id, wakes_at from worker.chats where wakes_at <= now() order by wakes_at limit 1000
"""


async def chats_to_drain(connection: Connection, older_than: float) -> list[Chat]:
    """Chats whose messages have waited longer than `older_than` seconds: their job may be lost."""
    return [Chat(*row) for row in await connection.fetch(CHATS_TO_DRAIN, older_than)]


async def chats_to_wake(connection: Connection) -> list[tuple[Chat, datetime]]:
    """Chats whose conversation's wait is over, and since when."""
    rows = await connection.fetch(CHATS_TO_WAKE)
    return [(Chat(row["platform"], row["account"], row["chat_id"]), row["wakes_at"]) for row in rows]


ENQUEUE = "select worker.enqueue_jobs($1)"


async def enqueue(connection: Connection, jobs: list[dict[str, Any]]) -> None:
    """Jobs for the engine, in the caller's transaction: entrypoint, payload, after (seconds), key."""
    await connection.execute(ENQUEUE, json.dumps(jobs))


BEGIN_ATTEMPT = """
insert into worker.attempts as a (platform, account, chat_id, external_id) values ($1, $2, $3, $4)
on conflict (platform, account, chat_id, external_id) do update set tries = a.tries + 1, last_at = now()
returning a.tries
"""
END_ATTEMPT = "delete from worker.attempts where platform = $1 and account = $2 and chat_id = $3 and external_id = $4"


async def begin_attempt(connection: Connection, chat: Chat, external_id: str) -> int:
    """Count a try in a transaction of its own, before the message is handled: a crash leaves it counted."""
    tries: int = await connection.fetchval(BEGIN_ATTEMPT, chat.platform, chat.account, chat.chat_id, external_id)
    return tries


async def end_attempt(connection: Connection, chat: Chat, external_id: str) -> None:
    await connection.execute(END_ATTEMPT, chat.platform, chat.account, chat.chat_id, external_id)


NEWEST = """
select * from (
    select distinct on (i.chat_id) i.chat_id, i.external_id, i.received_at from worker.inbox i
    where i.platform = $1 and i.account = $2 and ($3::text is null or not starts_with(i.external_id, $3))
      and i.received_at > now() - interval '30 days'
    order by i.chat_id, i.id desc) newest
order by received_at desc
"""


async def newest(connection: Connection, platform: Platform, account: str, besides: str | None) -> list[dict[str, Any]]:
    """The newest message of every chat that wrote in the last 30 days; `besides`: a prefix of ids that do not count."""
    return [dict(row) for row in await connection.fetch(NEWEST, platform, account, besides)]


COUNT_WAITING = "select count(*) from worker.inbox where status = 'waiting'"
FAILED = """
select id, platform, chat_id, external_id, error, received_at from worker.inbox
where status = 'failed' order by id desc limit 100
"""
STORE_BARE_FAILURE = """
with chat as (
    insert into worker.chats (platform, account, chat_id) values ($1, $2, $3) on conflict do nothing),
drained as (
    update worker.inbox set status = 'failed', error = $5, handled_at = now() where id = any ($6::bigint[]))
insert into worker.inbox (platform, account, chat_id, external_id, status, error, handled_at)
select $1, $2, $3, $4, 'failed', $5, now() where cardinality($6::bigint[]) = 0 on conflict do nothing
"""


async def store_bare_failure(connection: Connection, chat: Chat, external_id: str, error: str, rows: list[int]) -> None:
    """A message that cannot even be set aside with its words: only that it was there. `rows`: its inbox rows."""
    values = (chat.platform, chat.account, chat.chat_id, external_id, error, rows)
    await connection.execute(STORE_BARE_FAILURE, *values)


RETRY_FAILED = """
update worker.inbox i set status = 'waiting', error = null, received_at = now()
where id = $1 and status = 'failed' and payload is not null
  and user_id is not distinct from worker.bound_profile(i.platform, i.chat_id, i.payload ->> 'sender_id')
returning platform, account, chat_id
"""


@dataclass(frozen=True, slots=True)
class Failed:
    """A message set aside; its body stays in the database."""

    id: int
    platform: str
    chat_id: str
    external_id: str
    error: str | None
    received_at: datetime


async def count_waiting(connection: Connection) -> int:
    count: int = await connection.fetchval(COUNT_WAITING)
    return count


async def failed_messages(connection: Connection) -> list[Failed]:
    return [Failed(**row) for row in await connection.fetch(FAILED)]


async def retry_failed(connection: Connection, message_id: int) -> Chat | None:
    """Put a failed message back into its chat's queue; None when there is no such message, or its body was not kept."""
    row = await connection.fetchrow(RETRY_FAILED, message_id)
    return Chat(*row) if row else None
