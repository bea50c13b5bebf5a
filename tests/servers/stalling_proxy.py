"""A TCP proxy before PostgreSQL that can fall silent, as a frozen host does: connections stay open, nothing flows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class StallingProxy:
    """`stall` stops every byte, of new connections too; `cut` is the restart that ends it: all connections die."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._flows = asyncio.Event()
        self._flows.set()
        self._open: set[asyncio.Task[None]] = set()

    def stall(self) -> None:
        self._flows.clear()

    def cut(self) -> None:
        """Break every connection, undelivered bytes with it; new ones work."""
        for task in self._open:
            task.cancel()
        self._flows.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        writers = [writer]
        with suppress(asyncio.CancelledError, ConnectionError):
            try:
                await self._flows.wait()
                up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
                writers.append(up_writer)
                await asyncio.gather(self._pump(reader, up_writer), self._pump(up_reader, writer))
            finally:
                for each in writers:
                    each.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flows.wait()
            writer.write(data)
        await self._flows.wait()
        writer.close()


@asynccontextmanager
async def stalling_proxy(dsn: str) -> AsyncIterator[tuple[StallingProxy, str]]:
    """The proxy, and the DSN that leads through it."""
    parts = urlsplit(dsn)
    proxy = StallingProxy(parts.hostname or "127.0.0.1", parts.port or 5432)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1")
    login = parts.netloc.rpartition("@")[0]
    port = server.sockets[0].getsockname()[1]
    try:
        yield proxy, urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}"))
    finally:
        server.close()
        proxy.cut()
        await server.wait_closed()
