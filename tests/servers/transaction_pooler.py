"""A transaction pooler before PostgreSQL: each transaction of a client runs on another server connection than the last.

What breaks on PgBouncer and Supavisor in that mode breaks here too, and sooner, as the server connection changes every
time: prepared statements, LISTEN, session locks and settings. A client logs in on a server connection of its own, which
then belongs to all; it stays when the client goes.
"""

import asyncio
import struct
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

CANCEL = 80877102
TERMINATE, KEY, READY, IDLE = b"X", b"K", b"Z", b"I"


@dataclass(slots=True, eq=False)
class ServerConnection:
    """`key`: what PostgreSQL cancels its statement by."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    key: bytes = b""

    async def message(self) -> tuple[bytes, bytes]:
        return await _message(self.reader)


@dataclass(slots=True)
class TransactionPooler:
    """`transactions` counts what was lent, `moved` how often a client came to another server connection than before."""

    host: str
    port: int
    transactions: int = 0
    moved: int = 0
    _free: deque[ServerConnection] = field(default_factory=deque)
    _lent: dict[bytes, ServerConnection] = field(default_factory=dict)
    _clients: set[asyncio.Task[None]] = field(default_factory=set)
    _added: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                size = await reader.readexactly(4)
                startup = await reader.readexactly(struct.unpack("!I", size)[0] - 4)
                if struct.unpack("!I", startup[:4])[0] == CANCEL:
                    await self._cancel(startup[4:])
                else:
                    await self._lend(await self._log_in(size + startup, reader, writer), reader, writer)
        finally:
            writer.transport.abort()
            self._clients.discard(task)

    async def _log_in(self, startup: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Let the client and a new server connection come to terms; what the client is known by."""
        server = ServerConnection(*await asyncio.open_connection(self.host, self.port))
        server.writer.write(startup)
        from_client = asyncio.ensure_future(_pass_on(reader, server.writer))
        try:
            while True:
                kind, body = await server.message()
                if kind == KEY:
                    server.key = body
                writer.write(_framed(kind, body))
                if kind == READY:
                    break
        finally:
            from_client.cancel()
            with suppress(asyncio.CancelledError):
                await from_client
        self._give_back(server)
        return server.key

    async def _lend(self, known_as: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A server connection for each transaction, until the client says goodbye."""
        last = None
        while True:
            kind, body = await _message(reader)
            if kind == TERMINATE:
                return
            server = await self._take(last)
            self.transactions += 1
            self.moved += last is not None and server is not last
            last = self._lent[known_as] = server
            try:
                await self._transaction(server, _framed(kind, body), reader, writer)
            finally:
                del self._lent[known_as]

    async def _transaction(
        self, server: ServerConnection, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Until the server is idle again; where the client leaves before, its server connection goes too."""
        server.writer.write(first)
        from_client = asyncio.ensure_future(_pass_on(reader, server.writer))
        ended = False
        try:
            while not ended:
                answer = asyncio.ensure_future(server.message())
                await asyncio.wait((answer, from_client), return_when=asyncio.FIRST_COMPLETED)
                if not answer.done():
                    answer.cancel()
                    raise ConnectionResetError("the client left within a transaction")
                kind, body = answer.result()
                writer.write(_framed(kind, body))
                ended = kind == READY and body == IDLE
        finally:
            from_client.cancel()
            with suppress(asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
                await from_client
            if ended:
                self._give_back(server)
            else:
                server.writer.transport.abort()

    async def _take(self, last: ServerConnection | None) -> ServerConnection:
        """The one that was free for longest, and not the last one where there is another."""
        while not self._free:
            self._added.clear()
            await self._added.wait()
        if self._free[0] is last:
            self._free.rotate(-1)
        return self._free.popleft()

    def _give_back(self, server: ServerConnection) -> None:
        self._free.append(server)
        self._added.set()

    async def _cancel(self, known_as: bytes) -> None:
        if server := self._lent.get(known_as):
            _, writer = await asyncio.open_connection(self.host, self.port)
            writer.write(struct.pack("!II", 8 + len(server.key), CANCEL) + server.key)
            await writer.drain()
            writer.close()

    def close(self) -> None:
        for task in self._clients:
            task.cancel()
        for server in (*self._free, *self._lent.values()):
            server.writer.transport.abort()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    header = await reader.readexactly(5)
    return header[:1], await reader.readexactly(struct.unpack("!I", header[1:])[0] - 4)


def _framed(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Whole messages, so that nothing is torn when this is cancelled between two of them."""
    while True:
        kind, body = await _message(reader)
        writer.write(_framed(kind, body))


@asynccontextmanager
async def transaction_pooler(dsn: str) -> AsyncIterator[tuple[TransactionPooler, str]]:
    """The pooler, and the DSN that leads through it."""
    parts = urlsplit(dsn)
    pooler = TransactionPooler(parts.hostname or "127.0.0.1", parts.port or 5432)
    server = await asyncio.start_server(pooler.serve, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    login = parts.netloc.rpartition("@")[0]
    try:
        yield pooler, urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}"))
    finally:
        server.close()
        pooler.close()
        await server.wait_closed()
