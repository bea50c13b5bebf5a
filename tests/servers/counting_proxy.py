"""A TCP proxy before PostgreSQL that counts round trips: how often a client, having heard the server, speaks again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class CountingProxy:
    """`trips` counts over all connections. What a client sends without waiting for an answer is one trip."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._open: set[asyncio.Task[None]] = set()
        self.trips = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
        heard = True

        async def to_server() -> None:
            nonlocal heard
            while data := await reader.read(65536):
                self.trips += heard
                heard = False
                up_writer.write(data)
            up_writer.close()

        async def to_client() -> None:
            nonlocal heard
            while data := await up_reader.read(65536):
                heard = True
                writer.write(data)
            writer.close()

        try:
            await asyncio.gather(to_server(), to_client(), return_exceptions=True)
        finally:
            up_writer.close()
            writer.close()
            self._open.discard(task)

    async def close(self) -> None:
        """Wait for the connections, which their clients have closed by now."""
        await asyncio.gather(*self._open, return_exceptions=True)


@asynccontextmanager
async def counting_proxy(dsn: str) -> AsyncIterator[tuple[CountingProxy, str]]:
    """The proxy, and the DSN that leads through it."""
    parts = urlsplit(dsn)
    proxy = CountingProxy(parts.hostname or "127.0.0.1", parts.port or 5432)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    login = parts.netloc.rpartition("@")[0]
    try:
        yield proxy, urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}"))
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()
