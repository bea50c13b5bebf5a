"""This process among the workers: a direct connection that says it lives and holds the locks of its sources.

The connection is pinged every few seconds. When it is lost the advisory locks are gone too, and are taken again on a
new connection; a reader whose lock another process has by then stops. Until that is known it reads on: in a silence of
the database nobody else could take over, while Discord still wants its answers within three seconds and what was
heard lives in the reader's memory. Two readers for some seconds do no harm: nothing is confirmed to a platform before
it is committed, and what comes twice acts once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot import metrics
from db import connecting, pool, processes
from statemachine.errors import Unavailable
from statemachine.message import Platform

log = structlog.get_logger(__name__)

PING_SECONDS = 5.0
ANSWER_SECONDS = 5.0
"""How long a ping may take before the connection counts as lost."""
KEEPALIVES = "set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3"
"""With them the server notices within half a minute that this machine is gone, and lets the locks go."""
LEAVE_SECONDS = 1.0
STANDBY_SECONDS = 2.0
"""How often a stand-by looks whether the reader's lock is free: the time a take-over needs."""


class Presence:
    """One per process. `process` is its id among the workers; `after_crash` tells that another one died."""

    def __init__(self, direct_dsn: str) -> None:
        self._dsn = direct_dsn
        self._connection: pool.Connection | None = None
        self._lock = asyncio.Lock()
        self._taken: dict[str, asyncio.Event] = {}
        """The locks that this process reads by; set: another process has it now."""
        self.process = 0
        self.after_crash = False

    async def join(self) -> None:
        """Register; raises Unavailable when there is no database."""
        with pool.translated():
            self._connection = await self._connect()
            self.process, self.after_crash = await processes.join(self._connection)

    async def _connect(self) -> pool.Connection:
        connection: pool.Connection = await connecting.connect(
            self._dsn, name="vigil presence", command_timeout=ANSWER_SECONDS
        )
        try:
            await connection.execute(KEEPALIVES)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def keep(self) -> None:
        """Ping until cancelled; a lost connection is replaced, and with it the locks that are still free."""
        while True:
            await asyncio.sleep(PING_SECONDS)
            try:
                async with self._lock:
                    with pool.translated():
                        await self._ping()
            except Unavailable as error:
                log.warning("the direct connection is lost", reason=str(error))
                await self._drop()

    async def _ping(self) -> None:
        lost = self._connection is None
        if self._connection is None:
            self._connection = await self._connect()
        if not await processes.may_write(self._connection):
            raise Unavailable("The server takes no writes: another one has its place, and the locks that count.")
        if not lost:
            return
        if not await processes.hold_again(self._connection, self.process):
            raise Unavailable("The server still holds the lock of the lost connection.")
        for name, taken in self._taken.items():
            if not await processes.try_lock(self._connection, name):
                taken.set()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def read_alone(self, name: str, platform: Platform, read: Callable[[], Awaitable[None]]) -> None:
        """Run `read` while this process holds the lock `name`, again and again until cancelled; else stand by."""
        while True:
            taken = await self._try_lock(name)
            if taken is None:
                metrics.set_source(platform, "standby")
                await asyncio.sleep(STANDBY_SECONDS)
                continue
            metrics.set_source(platform, "reading")
            log.info("reading", platform=platform)
            try:
                await self._read_until(taken, read)
            finally:
                metrics.set_source(platform, "stopped")
                await self._unlock(name)

    async def _try_lock(self, name: str) -> asyncio.Event | None:
        """The event that says another process has taken the lock; None where it is not free."""
        async with self._lock:
            if self._connection is None:
                return None
            try:
                with pool.translated():
                    if not await processes.try_lock(self._connection, name):
                        return None
            except Unavailable:
                return None
            self._taken[name] = asyncio.Event()
            return self._taken[name]

    async def _read_until(self, taken: asyncio.Event, read: Callable[[], Awaitable[None]]) -> None:
        reader = asyncio.ensure_future(read())
        ended = asyncio.ensure_future(taken.wait())
        try:
            await asyncio.wait((reader, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader

    async def _unlock(self, name: str) -> None:
        async with self._lock:
            taken = self._taken.pop(name)
            if self._connection is not None and not taken.is_set():
                with suppress(Unavailable), pool.translated():
                    await processes.unlock(self._connection, name)

    async def leave(self) -> None:
        """A clean end: the row goes, so that nobody takes this for a crash."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            with suppress(Unavailable), pool.translated():
                async with asyncio.timeout(LEAVE_SECONDS):
                    await processes.leave(connection, self.process)
                    await connection.close()
        finally:
            connection.terminate()  # where the database was too slow for a clean end; else there is nothing left of it
