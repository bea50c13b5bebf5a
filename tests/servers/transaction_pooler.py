"""A transaction pooler before PostgreSQL: each transaction of a client runs on another server connection than the last.

What breaks on PgBouncer and Supavisor in that mode breaks here too, and sooner, as the server connection changes every
time: prepared statements, LISTEN, session locks and settings. A client logs in on a server connection of its own, which
then belongs to all; it stays when the client goes.
"""

import asyncio
import struct
from collections import deque
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass

from tests.servers.wire_proxy import WireProxy, standing

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


class TransactionPooler(WireProxy):
    """`refusal`: what it says, as FATAL and in the code of Supavisor's own troubles, to all that speak to it."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn)
        self.refusal: str | None = None
        self._free: deque[ServerConnection] = deque()
        self._lent: dict[bytes, ServerConnection] = {}
        self._added = asyncio.Event()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = await reader.readexactly(4)
        startup = await reader.readexactly(struct.unpack("!I", size)[0] - 4)
        if struct.unpack("!I", startup[:4])[0] == CANCEL:
            await self._cancel(startup[4:])
        elif self.refusal is not None:
            writer.write(_refused(self.refusal))
        else:
            await self._lend(await self._log_in(size + startup, reader, writer), reader, writer)

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
            if self.refusal is not None:
                writer.write(_refused(self.refusal))
                return
            server = await self._take(last)
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

    def cut(self) -> None:
        super().cut()
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


def _refused(why: str) -> bytes:
    fields = (b"SFATAL", b"VFATAL", b"CXX000", b"M" + why.encode())
    return _framed(b"E", b"".join(each + b"\0" for each in fields) + b"\0")


def transaction_pooler(dsn: str) -> AbstractAsyncContextManager[tuple[TransactionPooler, str]]:
    """The pooler, and the DSN that leads through it."""
    return standing(TransactionPooler(dsn), dsn)
