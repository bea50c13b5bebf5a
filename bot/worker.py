"""The worker put together: the one place that knows the concrete classes and how they are wired."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from adapters import Adapter
from adapters.sandbox import Sandbox
from bot import metrics, server
from bot.auditing.judges import judges_of
from bot.audits import Audits
from bot.charting.making import Charts
from bot.database import Database
from bot.deleting import Deletions
from bot.drain import Drain
from bot.drawing.studio import Studio, warmed
from bot.exports import Exports
from bot.fetching import fetcher
from bot.gate import Gate
from bot.hearing.ears import Ears, ears_of
from bot.hearing.listener import Listener
from bot.hearing.notes import MEGABYTE
from bot.imports import LARGEST_FILE, Imports
from bot.job_payloads import LOCAL, ChatJob
from bot.jobs import Handler, Jobs, Schedule, sweep, waker
from bot.media_links import media_links
from bot.model import Model, model_of
from bot.outbox import Outbox
from bot.presence import Presence
from bot.reader import Reader
from bot.receiver import Receiver
from bot.retention import Retention
from bot.rules.proposals import Proposals
from bot.sandbox.page import Page, body_limit
from bot.schedules import retention_of, schedules_of
from bot.screenshots import Screenshots
from bot.settings import Settings
from bot.store import LocalStore, ScreenshotStore
from bot.supabase_store import SupabaseStore
from bot.tries import Tries
from bot.turn import Turns
from db import migrations, pool
from statemachine.errors import Unavailable
from statemachine.message import Chat, Platform

log = structlog.get_logger(__name__)

JOBS_SECONDS = 3.0
OUTBOX_SECONDS = 1.5
ABANDON_SECONDS = 1.0
"""A stop has ten seconds in all, with the HTTP server's two; what is not done by then waits in the database."""

Key = tuple[Platform, str]


def store_of(settings: Settings) -> ScreenshotStore:
    """Supabase Storage where it is configured, else the data directory."""
    if settings.supabase_url and settings.supabase_service_role_key:
        return SupabaseStore(settings.supabase_url, settings.supabase_service_role_key.get_secret_value())
    return LocalStore(settings.data_dir / "screenshots")


@dataclass(slots=True)
class Worker:
    """The running parts. `tasks` end with the worker; one that fails ends it."""

    settings: Settings
    database: Database
    pool: pool.Pool
    presence: Presence
    receiver: Receiver
    turns: Turns
    outbox: Outbox
    store: ScreenshotStore
    adapters: Mapping[Key, Adapter]
    jobs: Jobs | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def spawn(self, name: str, work: Any) -> None:
        self.tasks.append(asyncio.create_task(work, name=name))

    async def readiness(self) -> Mapping[str, bool]:
        """What /readyz tells: the database answers, no migration is missing, every source lives."""
        try:
            async with pool.acquired(self.pool) as connection:
                missing = await migrations.missing(connection)
        except Unavailable:
            return {"database": False, "migrations": False, "sources": self._alive()}
        return {"database": True, "migrations": not missing, "sources": self._alive()}

    def _alive(self) -> bool:
        """No part has failed; the listen of a webhook returns at once and counts as well."""
        return not any(task.done() and (task.cancelled() or task.exception()) for task in self.tasks)

    def listen(self) -> None:
        """Start reading every platform; a source that allows one reader waits for its lock."""
        for (platform, account), adapter in self.adapters.items():
            read = partial(adapter.listen, self.receiver)
            if adapter.exclusive:
                name = f"vigil:{platform}:{account}"
                self.spawn(f"source {platform}", self.presence.read_alone(name, platform, read))
            else:
                self.spawn(f"source {platform}", read())


@asynccontextmanager
async def started(
    settings: Settings,
    database: Database,
    adapters: Iterable[Adapter],
    *,
    jobs: bool,
    fetching: Iterable[Adapter] = (),
    local: bool = False,
) -> AsyncIterator[Worker]:
    """A worker with everything running but its sources. Leaves within ten seconds, nothing half done.

    `fetching`: adapters of platforms that other processes serve, whose pictures the jobs of this one fetch.
    """
    async with AsyncExitStack() as stack:
        connections = await pool.open_pool(database.dsn, size=settings.pool_size, pooler=database.pooler)
        stack.push_async_callback(_close_pool, connections)
        metrics.watch_pool(partial(pool.usage, connections))
        presence = Presence(database.direct)
        await presence.join()
        stack.push_async_callback(presence.leave)
        by_key: dict[Key, Adapter] = {}
        for adapter in adapters:
            await adapter.connect()
            stack.push_async_callback(adapter.close)
            by_key[adapter.platform, adapter.account] = adapter
        store = store_of(settings)
        stack.push_async_callback(store.close)
        outbox = Outbox(connections, by_key, presence.process)
        turns = Turns(connections, settings, Gate(after_crash=presence.after_crash), outbox.poke)
        receiver = Receiver(connections, turns)
        worker = Worker(settings, database, connections, presence, receiver, turns, outbox, store, by_key)
        worker.spawn("presence", presence.keep())
        worker.spawn("outbox", outbox.run())
        if jobs:
            _run_jobs(worker, stack, fetching, local=local)
        try:
            yield worker
        finally:
            await _stop(worker)


def _run_jobs(worker: Worker, stack: AsyncExitStack, fetching: Iterable[Adapter], *, local: bool) -> None:
    """Have the worker run jobs. `stack`: what they hold is given back with it; `fetching`, `local`: as in `started`."""
    settings, connections = worker.settings, worker.pool
    model, ears = model_of(settings), ears_of(settings)
    for client in (model, ears.product):
        if client is not None:
            stack.push_async_callback(client.close)
    studio = Studio(settings.chart_processes, settings.data_dir / "matplotlib")
    stack.callback(studio.close)
    fetchers = dict(worker.adapters)
    for adapter in fetching:
        stack.push_async_callback(adapter.close)
        fetchers[adapter.platform, adapter.account] = adapter
    handlers, given_up = _handlers(worker, fetchers, model, ears, studio)
    schedules: dict[str, Schedule] = {}
    if not local:  # a terminal's worker lives for a talk
        retention = Retention(connections, worker.store, settings.screenshot_days)
        schedules = {**schedules_of(connections, settings), **retention_of(retention)}
    own = {account for _, account in worker.adapters if account in LOCAL}
    accounts = own if local else {"", *own}
    worker.jobs = Jobs(worker.database.direct, settings, handlers, schedules, accounts=accounts, given_up=given_up)
    worker.spawn("jobs", worker.jobs.run())
    worker.spawn("sweep", sweep(connections, settings.sweep_seconds))
    worker.spawn("studio", warmed(studio))


def _handlers(
    worker: Worker, fetchers: Mapping[Key, Adapter], model: Model | None, ears: Ears, studio: Studio
) -> tuple[dict[str, Handler], dict[str, Handler]]:
    """By entry point: what runs a job, and what tells the trader of one that is tried no more."""
    connections, settings, store, turns = worker.pool, worker.settings, worker.store, worker.turns
    fetch, imports = fetcher(fetchers), Imports(connections, fetcher(fetchers, largest=LARGEST_FILE))
    recordings = fetcher(fetchers, largest=settings.voice_megabytes * MEGABYTE)
    reader = Reader(connections, judges_of(model, settings), fetch, settings)
    listener = Listener(connections, ears, recordings, settings, reader)
    audits, tries = Audits(connections, model, store, settings), Tries(connections, model, settings)
    charts, proposals = Charts(connections, store, studio, settings), Proposals(connections, model, settings)
    exports, screenshots = Exports(connections, store), Screenshots(connections, store, fetch, turns, settings)
    telling: dict[str, Handler] = {
        "media": screenshots,
        "audit": audits,
        "delete_me": Deletions(connections, store),
        "export": exports,
        "chart": charts,
        "import": imports,
        "propose": proposals,
        "try": tries,
    }
    given_up: dict[str, Handler] = {
        "audit": audits.give_up,
        "chart": charts.give_up,
        "export": exports.give_up,
        "import": imports.give_up,
        "media": screenshots.give_up,
        "propose": proposals.give_up,
        "try": tries.give_up,
    }
    drain = Drain(connections, turns, listener, settings, worker.presence.process)
    poke = worker.outbox.poke
    handlers = {"drain": _drained(drain), "wake": waker(turns), **_then_deliver(telling, poke)}
    return handlers, _then_deliver(given_up, poke)


def _drained(drain: Drain) -> Handler:
    async def run(job: ChatJob) -> None:
        await drain(job.chat)

    return run


def _then_deliver(handlers: Mapping[str, Handler], poke: Callable[[Chat], None]) -> dict[str, Handler]:
    """The same, each followed by a look at what it has to say to its chat."""
    return {name: _followed(handler, poke) for name, handler in handlers.items()}


def _followed(handler: Handler, poke: Callable[[Chat], None]) -> Handler:
    async def run(job: Any) -> None:
        await handler(job)
        poke(job.chat)

    return run


async def _stop(worker: Worker) -> None:
    """Sources first, then jobs, then what is being sent. What is not done in its share of the time is broken off:
    a job goes back to its queue, a reply stays in the outbox."""
    engine = [task for task in worker.tasks if task.get_name() == "jobs"]
    others = [task for task in worker.tasks if task not in engine]
    for task in others:
        task.cancel()
    if worker.jobs is not None:
        worker.jobs.stop()
        await asyncio.wait(engine, timeout=JOBS_SECONDS)
        worker.jobs.abandon()
        await asyncio.wait(engine, timeout=ABANDON_SECONDS)
    await worker.outbox.close(OUTBOX_SECONDS)
    for task in engine:
        task.cancel()
    await asyncio.wait(worker.tasks, timeout=ABANDON_SECONDS)


async def _close_pool(connections: pool.Pool) -> None:
    try:
        await asyncio.wait_for(connections.close(), ABANDON_SECONDS)
    except TimeoutError:
        connections.terminate()


async def serve(worker: Worker, stop: asyncio.Event, ready: Callable[[int], None]) -> None:
    """Read the platforms and answer HTTP until `stop`, or until a part fails for good."""
    chats = [adapter for adapter in worker.adapters.values() if isinstance(adapter, Sandbox)]
    page = Page(chats, worker.receiver, worker.pool, stop).routes() if chats else []
    routes = [*_routes(worker), *page]
    async with server.serving(worker.settings, routes, worker.readiness, body_limit=body_limit) as port:
        worker.listen()
        ready(port)
        stopped = asyncio.create_task(stop.wait())
        lasting = [task for task in worker.tasks if not task.get_name().startswith("source")]
        sources = [task for task in worker.tasks if task not in lasting]
        while not stopped.done():
            watched = [task for task in (*lasting, *sources) if not task.done()]
            done, _ = await asyncio.wait((stopped, *watched), return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()  # a webhook's listen returns; any other end is an error, raised here
        stopped.cancel()


def _routes(worker: Worker) -> list[web.RouteDef]:
    """The webhooks of the adapters; and, where WhatsApp is served, the pictures that it fetches."""
    routes = [route for adapter in worker.adapters.values() for route in adapter.routes(worker.receiver)]
    links = media_links(worker.settings, worker.store, worker.pool)
    if links is not None and any(platform == "whatsapp" for platform, _ in worker.adapters):
        routes += links.routes()
    return routes
