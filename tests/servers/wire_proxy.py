"""What stands before PostgreSQL in a test: one relay of TCP, of which others count, hold back, encrypt or lend."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit


@dataclass(slots=True, eq=False)
class Link:
    """A client's connection and the server's. `heard`: the server spoke last."""

    heard: bool = True


class WireProxy:
    """Hands on what client and server say. `cut` breaks every connection, undelivered bytes with it; new ones work."""

    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 5432
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            with suppress(asyncio.IncompleteReadError, OSError):
                await self.attend(reader, writer)
            writer.close()
        except asyncio.CancelledError:
            writer.transport.abort()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it or the server has gone."""
        up_reader, up_writer = await asyncio.open_connection(self.host, self.port)
        link = Link()
        try:
            await asyncio.gather(self._pump(link, reader, up_writer, up=True), self._pump(link, up_reader, writer))
            up_writer.close()
        finally:
            if not up_writer.is_closing():
                up_writer.transport.abort()

    async def _pump(
        self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool = False
    ) -> None:
        while data := await reader.read(65536):
            await self.passing(link, data, up=up)
            writer.write(data)
        await self.passing(link, data, up=up)
        writer.close()

    async def passing(self, link: Link, data: bytes, *, up: bool) -> None:
        """Before it is handed on; nothing: that side has ended. `up`: to the server."""

    def cut(self) -> None:
        for task in self._open:
            task.cancel()


Proxy = TypeVar("Proxy", bound=WireProxy)


@asynccontextmanager
async def standing(proxy: Proxy, dsn: str, *, query: str | None = None) -> AsyncIterator[tuple[Proxy, str]]:
    """The proxy at work, and the DSN that leads through it; `query`: other options than those of `dsn`."""
    parts = urlsplit(dsn)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1")
    login, port = parts.netloc.rpartition("@")[0], server.sockets[0].getsockname()[1]
    netloc = f"{login}@127.0.0.1:{port}"
    try:
        yield proxy, urlunsplit(parts._replace(netloc=netloc, query=parts.query if query is None else query))
    finally:
        server.close()
        proxy.cut()
        await server.wait_closed()
