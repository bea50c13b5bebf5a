"""A database some milliseconds away: a relay in a process of its own that holds back what passes, both ways alike.

A Supabase project is hardly ever on the worker's machine. `python -m benchmarks.distance PORT MS` relays a free port,
which it prints, to PORT on this machine; MS is the time that a request and its answer are under way in all.
"""

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.databases import Databases


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """What is read now is written `seconds` later, in order; what follows meanwhile is not held up by it."""
    loop = asyncio.get_running_loop()
    while data := await reader.read(65536):
        loop.call_later(seconds, writer.write, data)
    loop.call_later(seconds, writer.close)


async def relay(port: int, milliseconds: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            half = milliseconds / 2000
            await asyncio.gather(_carry(reader, there_writer, half), _carry(there_reader, writer, half))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@asynccontextmanager
async def away(served: Databases, milliseconds: float) -> AsyncIterator[Databases]:
    """The same databases behind a relay; 0 milliseconds: as they are."""
    if not milliseconds:
        yield served
        return
    found = re.search(r":(\d+)/", served.vigil)
    assert found, "a database of this machine, by its port"
    arguments = ("-m", "benchmarks.distance", found[1], str(milliseconds))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        port = (await process.stdout.readline()).decode().strip()
        dsns = (served.vigil, served.floor, served.peer, served.bare)
        yield Databases(*(dsn.replace(found[0], f":{port}/") for dsn in dsns))
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(relay(int(sys.argv[1]), float(sys.argv[2])))
