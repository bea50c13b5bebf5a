"""This process among the workers: a direct connection that says it lives and holds the locks of its sources.

The connection is pinged every few seconds. When it is lost the advisory locks are gone too, so every reader that
relied on one stops at once and starts again when the lock could be taken on a new connection.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import structlog

from bot import metrics
from db import pool, processes
from statemachine.errors import Unavailable
from statemachine.message import Platform

log = structlog.get_logger(__name__)

PING_SECONDS = 5.0
LEAVE_SECONDS = 1.0
STANDBY_SECONDS = 2.0
"""How often a stand-by looks whether the reader's lock is free: the time a take-over needs."""


class Presence:
    """One per process. `process` is its id among the workers; `after_crash` tells that another one died."""

    def __init__(self, direct_dsn: str) -> None:
        self._dsn = direct_dsn
        self._connection: pool.Connection | None = None
        self._lock = asyncio.Lock()
        self._lost = asyncio.Event()
        self.process = 0
        self.after_crash = False

    async def join(self) -> None:
        """Register; raises Unavailable when there is no database."""
        with pool.translated():
            self._connection = await self._connect()
            self.process, self.after_crash = await processes.join(self._connection)

    async def _connect(self) -> pool.Connection:
        return await asyncpg.connect(
            self._dsn,
            timeout=10,
            command_timeout=PING_SECONDS,
            server_settings={
                "application_name": "vigil presence",
                "tcp_keepalives_idle": "15",
                "tcp_keepalives_interval": "5",
                "tcp_keepalives_count": "3",
            },
        )

    async def keep(self) -> None:
        """Ping until cancelled; a lost connection is told to every reader and then replaced."""
        while True:
            await asyncio.sleep(PING_SECONDS)
            try:
                async with self._lock:
                    if self._connection is None:
                        self._connection = await self._connect()
                        if not await processes.hold_again(self._connection, self.process):
                            raise TimeoutError("the server still holds the lock of the lost connection")
                        self._lost = asyncio.Event()
                    await self._connection.fetchval("select 1")
            except pool.LOST as error:
                log.warning("the direct connection is lost", reason=str(error))
                await self._drop()

    async def _drop(self) -> None:
        self._lost.set()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def read_alone(self, name: str, platform: Platform, read: Callable[[], Awaitable[None]]) -> None:
        """Run `read` while this process holds the lock `name`, again and again until cancelled; else stand by."""
        while True:
            if not await self._try_lock(name):
                metrics.set_source(platform, "standby")
                await asyncio.sleep(STANDBY_SECONDS)
                continue
            metrics.set_source(platform, "reading")
            log.info("reading", platform=platform)
            try:
                await self._read_until_lost(read)
            finally:
                metrics.set_source(platform, "stopped")
                await self._unlock(name)

    async def _try_lock(self, name: str) -> bool:
        async with self._lock:
            if self._connection is None:
                return False
            try:
                with pool.translated():
                    return await processes.try_lock(self._connection, name)
            except Unavailable:
                return False

    async def _read_until_lost(self, read: Callable[[], Awaitable[None]]) -> None:
        reader = asyncio.ensure_future(read())
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait((reader, lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader

    async def _unlock(self, name: str) -> None:
        async with self._lock:
            if self._connection is not None:
                with suppress(Unavailable), pool.translated():
                    await processes.unlock(self._connection, name)

    async def leave(self) -> None:
        """A clean end: the row goes, so that nobody takes this for a crash."""
        if self._connection is not None:
            with suppress(Unavailable), pool.translated():
                async with asyncio.timeout(LEAVE_SECONDS):
                    await processes.leave(self._connection, self.process)
                    await self._connection.close()
            self._connection = None
