"""The two commands that keep running: the worker, and a chat in the terminal."""

import asyncio
import secrets
import signal
import sys
from contextlib import suppress

import click
import structlog

from adapters.console import Console
from adapters.sandbox import ACCOUNT
from bot.database import DEMO_TRADER, Database, opened
from bot.platforms import PAGE_HOSTS, adapters_of, sandbox_of
from bot.settings import Settings
from bot.symbols import Symbols
from bot.worker import Worker, serve, started, store_of
from db import local, pool
from statemachine.errors import OperatorError, Unavailable
from statemachine.message import PLATFORMS, Chat, Platform

log = structlog.get_logger(__name__)

SETTLE_SECONDS = 90.0


async def run_worker(settings: Settings, parts: frozenset[str]) -> None:
    """`vigil run`: until SIGTERM or SIGINT. Raises OperatorError."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    platforms = [platform for platform in PLATFORMS if platform in parts]
    store, symbols = store_of(settings), Symbols()
    adapters = adapters_of(settings, platforms, store, symbols)
    elsewhere = adapters_of(settings, [platform for platform in PLATFORMS if platform not in parts], store, symbols)
    jobs = "jobs" in parts
    if jobs and len(platforms) == len(PLATFORMS):  # a process of its own for a part is no place to try things
        adapters += sandbox_of(settings, store)
    async with opened(settings, run=True) as database:
        try:
            async with started(settings, database, adapters, jobs=jobs, fetching=elsewhere if jobs else ()) as worker:
                symbols.attach(worker.pool)
                await serve(worker, stop, lambda port: _say_ready(worker, port))
        except Unavailable as error:
            raise OperatorError(f"The database cannot be reached: {error}") from error


def _say_ready(worker: Worker, port: int) -> None:
    """What it is doing and how to talk to it, in a few lines; logs go on from there."""
    settings, database = worker.settings, worker.database
    served = ", ".join(platform for platform, account in worker.adapters if account != ACCOUNT)
    where = f"its own PostgreSQL in {settings.data_dir}" if database.embedded else "the PostgreSQL of DATABASE_URL"
    model = settings.openai_model if settings.openai_api_key else "none: plain code reads and checks (OPENAI_API_KEY)"
    click.echo(f"Vigil keeps the journal in {where}.")
    click.echo(f"Platforms: {served or _none_served(settings)}.")
    if any(account == ACCOUNT for _, account in worker.adapters):
        click.echo(f"Try it: http://{PAGE_HOSTS[settings.host]}:{port}/ in a browser of this machine.")
    click.echo(f"Language model: {model}.")
    click.echo(f"Health: http://{settings.host}:{port}/healthz  Stop: Ctrl-C.")
    click.echo("ready")
    sys.stdout.flush()


def _none_served(settings: Settings) -> str:
    if elsewhere := settings.configured_platforms:
        return f"none in this process; configured are {', '.join(elsewhere)}"
    return "none configured (TELEGRAM_BOT_TOKEN and others, see docs/platforms.md); talk to it with: make chat"


async def run_chat(settings: Settings, platform: Platform, email: str | None, *, new: bool) -> None:
    """`vigil chat`: the terminal as one chat of `platform`, with the same turns, outbox and jobs as the worker."""
    async with opened(settings) as database:
        chat = Chat(platform, "local", f"local:{secrets.token_hex(4) if new else 'terminal'}")
        if not new:
            await _bind(database, chat, email or _demo(database))
        await _talk(settings, database, chat)


def _demo(database: Database) -> str:
    if not database.embedded:
        raise OperatorError(
            "Say who you are with --user EMAIL (or --new): only the embedded database has a demo trader."
        )
    return DEMO_TRADER


async def _bind(database: Database, chat: Chat, email: str) -> None:
    connections = await pool.open_pool(database.dsn, size=1, pooler=database.pooler)
    try:
        async with pool.transaction(connections) as connection:
            if refusal := await local.bind_local(connection, chat, email):
                raise OperatorError(refusal)
    finally:
        await connections.close()


async def _talk(settings: Settings, database: Database, chat: Chat) -> None:
    running: list[Worker] = []

    async def settled(*, jobs: bool = False) -> None:  # noqa: ARG001 - a transcript reads best with verdicts in place
        with suppress(TimeoutError):
            await _settle(running[0], chat)

    console = Console(chat.platform, chat.chat_id, settings.data_dir, settled)
    async with started(settings, database, [console], jobs=True, local=True) as worker:
        running.append(worker)
        with suppress(asyncio.CancelledError, KeyboardInterrupt):
            await console.listen(worker.receiver)


async def _settle(worker: Worker, chat: Chat) -> None:
    """Wait until every reply of the chat is printed and no message or job of it waits."""
    async with asyncio.timeout(SETTLE_SECONDS):
        while True:
            async with pool.acquired(worker.pool) as connection:
                waiting = await local.under_way(connection, chat, jobs=True)
            if not waiting:
                return
            await asyncio.sleep(0.02)
