"""`vigil jobs`: what waits and what was set aside, never what anybody wrote; and trying one of those again."""

import re

import click
from pgqueuer.domain.types import JobId

from bot.database import connected
from bot.job_payloads import drain_job
from bot.jobs import engine_queries
from bot.printed import plain, when
from bot.settings import Settings
from db import backlog, inbox
from db.pool import Connection
from statemachine.errors import OperatorError

IDENTITY = re.compile(r"([mj])([0-9]{1,18})", re.IGNORECASE)
"""m and the number of a message, j and the number of a job; eighteen digits fit PostgreSQL's bigint."""


async def show_jobs(settings: Settings, *, waiting: bool, failed: bool) -> None:
    """Print what waits, what failed, or both. Raises OperatorError."""
    async with connected(settings) as connection:
        if waiting:
            await _show_waiting(connection)
        if failed:
            await _show_failed(connection)


async def _show_waiting(connection: Connection) -> None:
    click.echo(f"Messages that wait: {await inbox.count_waiting(connection)}")
    for chat in await backlog.waiting_chats(connection):
        named = f"{chat.platform} {plain(chat.account)} {plain(chat.chat_id)}"
        click.echo(f"  {named}: {chat.messages}, the oldest for {_age(chat.oldest)}")


async def _show_failed(connection: Connection) -> None:
    messages = await inbox.failed_messages(connection)
    click.echo(f"Messages that failed: {_count(messages)}")
    for message in messages:
        click.echo(
            f"  m{message.id}  {message.platform}  {plain(message.error or 'unknown')}  {when(message.received_at)}"
        )
    letters = await backlog.failed_jobs(connection)
    click.echo(f"Jobs that failed: {_count(letters)}")
    for job in letters:
        click.echo(f"  j{job.id}  {job.entrypoint}  {plain(job.error or 'unknown')}  {when(job.failed_at)}")
    if messages or letters:
        click.echo("Try one again with: vigil jobs retry ID")


def _count(shown: list[inbox.Failed] | list[backlog.FailedJob]) -> str:
    return str(len(shown)) if len(shown) < backlog.MOST_SHOWN else f"{len(shown)} or more, the latest are"


def _age(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"


async def retry_one(settings: Settings, identity: str) -> None:
    """`vigil jobs retry`: put a failed message or job back into its queue. Raises OperatorError."""
    named = IDENTITY.fullmatch(identity)
    if named is None:
        raise OperatorError("An ID is m and a number for a message, j and a number for a job: see `vigil jobs failed`.")
    kind, number = named[1].lower(), int(named[2])
    async with connected(settings) as connection, connection.transaction():
        done = await (_retry_message if kind == "m" else _retry_job)(connection, number)
    if not done:
        raise OperatorError(f"Nothing that failed has the ID {kind}{number}: see `vigil jobs failed`.")
    click.echo(f"{kind}{number} waits for its turn again.")


async def _retry_message(connection: Connection, number: int) -> bool:
    chat = await inbox.retry_failed(connection, number)
    if chat is not None:
        await inbox.enqueue(connection, [drain_job(chat)])
    return chat is not None


async def _retry_job(connection: Connection, number: int) -> bool:
    found = await backlog.lock_failed_job(connection, number)
    if found:
        await engine_queries(connection).requeue_jobs([JobId(number)])
    return found
