"""A proxy before PostgreSQL that counts round trips: how often a client, having heard the server, speaks again."""

from contextlib import AbstractAsyncContextManager

from tests.servers.wire_proxy import Link, WireProxy, standing


class CountingProxy(WireProxy):
    """`trips` counts over all connections. What a client sends without waiting for an answer is one trip."""

    trips = 0

    async def passing(self, link: Link, data: bytes, *, up: bool) -> None:
        self.trips += up and link.heard and bool(data)
        link.heard = not up


def counting_proxy(dsn: str) -> AbstractAsyncContextManager[tuple[CountingProxy, str]]:
    """The proxy, and the DSN that leads through it."""
    return standing(CountingProxy(dsn), dsn)
