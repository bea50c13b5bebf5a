"""What waits and what failed, as an operator looks at it: messages by chat, and the engine's dead letters."""

from dataclasses import dataclass
from datetime import datetime

from db.pool import Connection

MOST_SHOWN = 100
"""Rows of one list; db.inbox.failed_messages gives as many."""

WAITING_CHATS = f"""
select platform, account, chat_id, count(*) as messages,
    extract(epoch from now() - min(received_at))::float8 as oldest
from worker.inbox where status = 'waiting'
group by platform, account, chat_id order by oldest desc, platform, account, chat_id limit {MOST_SHOWN}
"""


@dataclass(frozen=True, slots=True)
class WaitingChat:
    """A chat with messages that wait; `oldest`: seconds since the first of them came."""

    platform: str
    account: str
    chat_id: str
    messages: int
    oldest: float


async def waiting_chats(connection: Connection) -> list[WaitingChat]:
    """The chats that have waited longest."""
    return [WaitingChat(**row) for row in await connection.fetch(WAITING_CHATS)]


# Of the log only the error's type: its message and traceback may quote what a trader wrote.
FAILED_JOBS = f"""
select j.id, j.entrypoint, j.updated as failed_at, l.traceback ->> 'exception_type' as error
from worker.pgqueuer j
left join lateral (
    select traceback from worker.pgqueuer_log
    where job_id = j.id and traceback is not null order by created desc, id desc limit 1) l on true
where j.status = 'failed' order by j.id desc limit {MOST_SHOWN}
"""


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A dead letter of the engine; what it was about stays in the database."""

    id: int
    entrypoint: str
    failed_at: datetime
    error: str | None


async def failed_jobs(connection: Connection) -> list[FailedJob]:
    """The latest."""
    return [FailedJob(**row) for row in await connection.fetch(FAILED_JOBS)]


LOCK_FAILED_JOB = "select id from worker.pgqueuer where id = $1 and status = 'failed' for update"


async def lock_failed_job(connection: Connection, job_id: int) -> bool:
    """Hold a dead letter until the transaction ends; False when there is no such one."""
    return await connection.fetchval(LOCK_FAILED_JOB, job_id) is not None
