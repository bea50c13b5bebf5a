"""A worker in this process, and people who write to it: what the integration tests of the journal are told in."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

import bot.jobs
from bot.database import Database
from bot.settings import Settings
from bot.worker import Worker, started
from db.links import BINDING
from statemachine.message import Attachment, Chat, Message, Platform
from tests.recorder import Recorder, Sent

REPORT = "long 2 nq 18250 > 18290 stop 18230"
SETTLE_SECONDS = 20.0

UNDER_WAY = """
select exists (select from worker.outbox where status = 'pending' and due_at <= now())
    or $1 and (exists (select from worker.inbox where status = 'waiting')
               or exists (select from worker.pgqueuer where status in ('queued', 'picked')
                          and execute_after < now() + interval '5 seconds'))
"""

DUE = "select distinct platform, account, chat_id from worker.outbox where status = 'pending' and due_at <= now()"

_numbers = itertools.count(1)

bot.jobs.LOOK_SECONDS = 0.2  # what is tried again is not waited for


async def overdue(connection: asyncpg.Connection, name: str, cron: str) -> None:
    """What comes round by the clock was due a minute ago: the next worker that starts runs it at once."""
    await connection.execute(
        "insert into worker.pgqueuer_schedules (expression, entrypoint, next_run)"
        " values ($1, $2, now() - interval '1 minute')"
        " on conflict (expression, entrypoint) do update set next_run = excluded.next_run",
        cron,
        name,
    )


class Journal:
    """A running worker with a recorder for each platform. `jobs`: whether it runs jobs."""

    def __init__(self, worker: Worker, db: asyncpg.Connection, recorders: dict[Platform, Recorder], jobs: bool) -> None:
        self.worker, self.db, self.recorders, self.jobs = worker, db, recorders, jobs

    @property
    def telegram(self) -> Recorder:
        return self.recorders["telegram"]

    async def settle(self) -> None:
        """Wait until every reply is delivered and, where jobs run, none is left."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while await self.db.fetchval(UNDER_WAY, self.jobs):
                await asyncio.sleep(0.01)

    async def settle_due(self) -> None:
        """The same after what comes round by the clock: its replies are sent at once, not at the outbox's next look."""
        for row in await self.db.fetch(DUE):
            self.worker.outbox.poke(Chat(*row))
        await self.settle()

    async def until(self, query: str) -> None:
        """Wait until the query's one value is true."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while not await self.db.fetchval(query):
                await asyncio.sleep(0.02)

    async def enqueue(self, entrypoint: str, payload: dict[str, Any]) -> None:
        job = json.dumps([{"entrypoint": entrypoint, "payload": json.dumps(payload)}])
        await self.db.execute("select worker.enqueue_jobs($1)", job)

    async def job_of(self, entrypoint: str) -> dict[str, Any]:
        """The payload of what was enqueued last under this name."""
        payload: str = await self.db.fetchval(
            "select convert_from(payload, 'UTF8') from worker.pgqueuer where entrypoint = $1 order by id desc",
            entrypoint,
        )
        job: dict[str, Any] = json.loads(payload)
        return job

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.db.fetch(query, *values)]

    async def row(self, query: str, *values: object) -> dict[str, Any]:
        """The one row there is."""
        (row,) = await self.rows(query, *values)
        return row

    async def count(self, table: str, condition: str = "true") -> int:
        number: int = await self.db.fetchval(f"select count(*) from {table} where {condition}")
        return number


class Person:
    """Somebody in one chat. What they do goes through receive; what comes back is given as text."""

    def __init__(self, journal: Journal, chat_id: str, platform: Platform = "telegram") -> None:
        self.journal, self.chat_id, self.platform = journal, chat_id, platform

    @property
    def recorder(self) -> Recorder:
        return self.journal.recorders[self.platform]

    @property
    def replies(self) -> list[Sent]:
        """Everything that was ever sent to this chat."""
        return [sent for sent in self.recorder.sent if sent.chat_id == self.chat_id]

    def message(self, text: str = "", **values: Any) -> Message:
        given: dict[str, Any] = {"external_id": f"in-{next(_numbers)}", "sent_at": datetime.now(UTC), "text": text}
        sender = {"sender_id": self.chat_id, "chat_id": self.chat_id}
        return Message(platform=self.platform, account=self.recorder.account, **(sender | given | values))

    async def does(self, message: Message) -> list[str]:
        """Hand a message over; what was said because of it, once all is quiet."""
        before = len(self.replies)
        await self.journal.worker.turns.receive(message)
        await self.journal.settle()
        return [sent.text for sent in self.replies[before:]]

    async def writes(self, text: str, **values: Any) -> list[str]:
        return await self.does(self.message(text, **values))

    async def sends(self, *attachments: Attachment, **values: Any) -> list[str]:
        return await self.does(self.message(attachments=attachments, **values))

    async def presses(self, label: str, *, at: int = -1) -> list[str]:
        """Press a button: of the latest reply that has it, or of an earlier one."""
        found = [b for sent in self.replies for row in sent.reply.buttons for b in row if b.label == label]
        return await self.does(self.message(button=found[at].data))

    async def binds(self, user_id: UUID) -> "Person":
        """Linked already, as an earlier /link left it."""
        await self.journal.db.execute(
            f"update public.profiles set {BINDING[self.platform]} = $2 where id = $1", user_id, self.chat_id
        )
        return self

    async def records(self, text: str = REPORT) -> UUID:
        """A report, its confirmation, no chart; the new trade's id."""
        await self.writes(text)
        await self.writes("yes")
        newest: UUID = await self.journal.db.fetchval("select trade_id from worker.changes order by id desc limit 1")
        if await self.journal.db.fetchval("select state from public.journal_conversations") == "awaiting_screenshot":
            await self.writes("/skip")
        return newest


@asynccontextmanager
async def running_for(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Something that runs beside the block, and is ended with it."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def journaling(
    dsn: str, folder: Path, *platforms: Platform, jobs: bool = False, pooled: str | None = None, **options: Any
) -> AsyncIterator[Journal]:
    """A worker on the test's database, for telegram unless others are named. `options` are settings.

    `pooled`: the DSN of a transaction pooler before that database.
    """
    recorders = {platform: Recorder(platform) for platform in platforms or ("telegram",)}
    settings = Settings(_env_file=None, data_dir=folder, **options)  # type: ignore[call-arg]
    db = await asyncpg.connect(dsn)
    try:
        database = Database(pooled or dsn, dsn, pooler=pooled is not None, embedded=False)
        async with started(settings, database, recorders.values(), jobs=jobs) as worker:
            yield Journal(worker, db, dict(recorders), jobs)
    finally:
        await db.close()
