"""A proxy before PostgreSQL that can fall silent, as a frozen host does: connections stay open, nothing flows."""

import asyncio
from contextlib import AbstractAsyncContextManager

from tests.servers.wire_proxy import Link, WireProxy, standing


class StallingProxy(WireProxy):
    """`stall` stops every byte, of new connections too; `cut` is the restart that ends it: all connections die."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn)
        self._flows = asyncio.Event()
        self._flows.set()

    def stall(self) -> None:
        self._flows.clear()

    def cut(self) -> None:
        super().cut()
        self._flows.set()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        await super().attend(reader, writer)

    async def passing(self, link: Link, data: bytes, *, up: bool) -> None:
        await self._flows.wait()


def stalling_proxy(dsn: str) -> AbstractAsyncContextManager[tuple[StallingProxy, str]]:
    """The proxy, and the DSN that leads through it."""
    return standing(StallingProxy(dsn), dsn)
