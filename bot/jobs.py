"""What takes long runs here: PgQueuer on a direct connection, with retries, heartbeats and dead letters.

A job whose worker was killed is taken again once its heartbeat is stale. One that fails for a passing reason is
retried with backoff; one that keeps failing is held as a dead letter for `vigil jobs`. What comes round by the clock
(bot/schedules.py) is taken by one process of all each time; it must do no harm when it runs twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job
from pgqueuer.domain.models import Schedule as PgSchedule
from pgqueuer.domain.settings import DBSettings
from pydantic import ValidationError

from bot import metrics
from bot.job_payloads import (
    ChartJob,
    ChatJob,
    ExportJob,
    ImportJob,
    RuleJob,
    TradeJob,
    TryJob,
    UserJob,
    drain_job,
    entrypoint,
    job_message,
    wake_job,
)
from bot.settings import Settings
from bot.turn import Turns
from db import connecting, inbox, outbox, pool
from statemachine.errors import PlatformError, SendLater, StoreError, Unavailable
from statemachine.events import Expired

log = structlog.get_logger(__name__)

Handler = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Work that comes round: a cron expression, in UTC, and what to run. A run that fails is tried at the next time."""

    cron: str
    run: Callable[[], Awaitable[None]]


ENGINE = DBSettings(db_schema="worker")
MOST_TRIES = 8
LONGEST_BACKOFF = 300
"""Seconds between two tries of a job while something is away."""
LOOK_SECONDS = 5.0
"""How often jobs are looked for whose time has come; of those to be done at once the database tells."""
BATCH = 10
PAYLOADS: Mapping[str, type[ChatJob]] = {
    "audit": TradeJob,
    "media": TradeJob,
    "propose": RuleJob,
    "export": ExportJob,
    "chart": ChartJob,
    "import": ImportJob,
    "delete_me": UserJob,
    "try": TryJob,
}
"""Of jobs that carry more than a chat."""


def engine_queries(connection: asyncpg.Connection) -> Queries:
    """PgQueuer's own queries, in our schema."""
    driver = AsyncpgDriver(connection)
    return Queries(driver, QueryBuilderEnvironment(ENGINE), QueryQueueBuilder(ENGINE), QuerySchedulerBuilder(ENGINE))


class Jobs:
    """Runs the jobs of this process: of chats of these accounts, where "" stands for all that real platforms have."""

    def __init__(
        self,
        direct_dsn: str,
        settings: Settings,
        handlers: Mapping[str, Handler],
        schedules: Mapping[str, Schedule],
        *,
        accounts: Collection[str] = ("",),
        given_up: Mapping[str, Handler] = MappingProxyType({}),
    ) -> None:
        """`given_up`: by entry point, what tells the trader of a job that is tried no more."""
        self._given_up = given_up
        self._dsn, self._settings, self._handlers, self._schedules = direct_dsn, settings, handlers, schedules
        self._accounts = accounts
        self._engine: PgQueuer | None = None
        self._stopping = False
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Run until `stop`; a lost connection is replaced."""
        tries = 0
        while not self._stopping:
            try:
                with pool.translated():
                    connection = await connecting.connect(
                        self._dsn, name="vigil jobs", command_timeout=pool.COMMAND_TIMEOUT
                    )
            except Unavailable as error:
                log.warning("jobs wait for the database", reason=str(error))
                await asyncio.sleep(connecting.pause_before(tries))
                tries += 1
                continue
            tries = 0
            try:
                with pool.translated():
                    await self._serve(connection)
            except Unavailable as error:
                log.warning("jobs lost the database", reason=str(error))
                await asyncio.sleep(1)
            finally:
                with suppress(*pool.LOST):  # closing one that was cut fails again
                    await connection.close(timeout=2)

    async def _serve(self, connection: asyncpg.Connection) -> None:
        queries = engine_queries(connection)
        self._engine = PgQueuer(queries.driver, queries=queries)
        for name, handler in self._handlers.items():
            for account in self._accounts:
                self._engine.entrypoint(entrypoint(name, account), on_failure="hold")(self._runner(name, handler))
        for name, schedule in self._schedules.items():
            self._engine.schedule(name, schedule.cron)(_scheduled(name, schedule))
        if self._stopping:
            self._engine.shutdown.set()  # told to stop while connecting
        # without schedules the scheduler would ask for them every second
        run = self._engine.run if self._schedules else self._engine.qm.run
        await run(
            dequeue_timeout=timedelta(seconds=LOOK_SECONDS),
            batch_size=BATCH,
            max_concurrent_tasks=4 * BATCH,
            heartbeat_timeout=timedelta(seconds=self._settings.job_heartbeat_seconds),
        )

    def stop(self) -> None:
        """Take no more jobs; `run` returns when those at hand have ended."""
        self._stopping = True
        if self._engine is not None:
            self._engine.shutdown.set()

    def abandon(self) -> None:
        """Break off what still runs; each job goes back to the queue, for another worker or the next start."""
        for work in self._running:
            work.cancel()

    def _runner(self, name: str, handler: Handler) -> Callable[[Job], Awaitable[None]]:
        kind = PAYLOADS.get(name, ChatJob)

        async def run(job: Job) -> None:
            try:
                payload = kind.model_validate_json(job.payload or b"")
            except ValidationError:  # written by another version, or by hand
                log.error("a stored job cannot be loaded", job=name)
                metrics.count_job(name, "failed")
                raise
            work = asyncio.ensure_future(handler(payload))
            self._running.add(work)
            try:
                await work
                outcome = "done"
            except BaseException as error:
                retry = self._retry(job, error) or await self._give_up(job, name, payload)
                outcome = "failed" if retry is None else "retried"
                if retry is None:
                    raise
                raise retry from error
            finally:
                self._running.discard(work)
                metrics.count_job(name, outcome)

        return run

    async def _give_up(self, job: Job, name: str, payload: ChatJob) -> RetryRequested | None:
        """Tell the trader that the job is tried no more; with the database away it comes again, to be given up then.

        What the job died of is what the operator is shown, whether or not the trader could be told.
        """
        tell = self._given_up.get(name)
        try:
            if tell is not None:
                await tell(payload)
        except Unavailable as error:
            return self._retry(job, error)
        except Exception:
            log.exception("nobody was told of a job that was given up", job=name)
        return None

    def _retry(self, job: Job, error: BaseException) -> RetryRequested | None:
        """When the job runs again, if it does: an outage is waited out, other failures are tried a few times."""
        backoff = min(2**job.attempts, LONGEST_BACKOFF)
        match error:
            case RetryRequested():
                return error
            case asyncio.CancelledError() if self._stopping:
                return RetryRequested(reason="the worker stops")  # a cancelled job would be deleted
            case SendLater(after=float() | int() as after):
                return RetryRequested(delay=timedelta(seconds=after), reason=str(error))
            case Unavailable() | SendLater():
                return RetryRequested(delay=timedelta(seconds=backoff), reason=str(error))
            case StoreError() | PlatformError() if job.attempts + 1 < MOST_TRIES:
                return RetryRequested(delay=timedelta(seconds=backoff), reason=str(error))
            case _:
                return None


def _scheduled(name: str, schedule: Schedule) -> Callable[[PgSchedule], Awaitable[None]]:
    async def run(_schedule: PgSchedule) -> None:
        try:
            await schedule.run()
            metrics.count_job(name, "done")
        except Unavailable:
            log.warning("scheduled work waits for the database", work=name)
            metrics.count_job(name, "failed")
        except Exception:
            log.exception("scheduled work failed", work=name)
            metrics.count_job(name, "failed")

    return run


async def sweep(database: pool.Pool, seconds: float) -> None:
    """Until cancelled: wake conversations whose wait is over, enqueue chats whose drain was lost, give up replies that
    were held for a week."""
    while True:
        try:
            async with pool.transaction(database) as connection:
                jobs = [wake_job(chat, since) for chat, since in await inbox.chats_to_wake(connection)]
                jobs += [drain_job(chat) for chat in await inbox.chats_to_drain(connection, seconds)]
                if jobs:
                    await inbox.enqueue(connection, jobs)
            async with pool.acquired(database) as connection:
                metrics.set_waiting(await inbox.count_waiting(connection))
                for platform, replies in (await outbox.expire_held(connection)).items():
                    metrics.count_delivery(platform, "expired", replies)
        except Unavailable:
            log.warning("the sweep waits for the database")
        await asyncio.sleep(seconds)


def waker(turns: Turns) -> Handler:
    """The job `wake`: tell a conversation that its wait is over. Of several for one wait, one counts."""

    async def wake(job: ChatJob) -> None:
        since = job.since
        assert since is not None  # noqa: S101 - wake_job always sets it
        timer = job_message(job, f"wake:{since.isoformat()}", since)
        await turns.take(timer, event=Expired(marker=""), may_wait=False)

    return wake
