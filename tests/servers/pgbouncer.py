"""Debian's PgBouncer in transaction mode, where it is installed."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
SETTINGS = """
[databases]
* = host={host} port={port} user={user} password={password}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
server_round_robin = 1
"""
SECONDS = 10.0


@asynccontextmanager
async def pgbouncer(dsn: str, folder: Path, *, mode: str = "transaction") -> AsyncIterator[str]:
    """The DSN that leads through it. Server connections go round, so that a client gets another one every time."""
    assert PROGRAM is not None
    parts = urlsplit(dsn)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        listen = probe.getsockname()[1]
    values = {"host": parts.hostname, "port": parts.port, "user": parts.username, "password": parts.password}
    size = 4 if mode == "transaction" else 20  # a session keeps its server connection
    settings = folder / "pgbouncer.ini"
    settings.write_text(SETTINGS.format(listen=listen, mode=mode, size=size, **values))
    folder.chmod(0o755)
    account = ("-u", "nobody") if os.geteuid() == 0 else ()
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "-q", *account, str(settings), cwd="/", stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await _answers(listen)
        login = parts.netloc.rpartition("@")[0]
        yield urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{listen}"))
    finally:
        process.kill()
        await process.wait()


async def _answers(port: int) -> None:
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            return
