"""Debian's PostgreSQL with TLS, where it is installed: the embedded one is built without."""

import asyncio
import os
import pwd
import secrets
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.servers.tls_front import Certificate

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin/postgres"), default=Path("postgres")).parent
INSTALLED = (PROGRAMS / "postgres").exists()
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
fsync = off
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
"""
ONLY_BY_TLS = "hostssl all all 127.0.0.1/32 scram-sha-256\n"
SECONDS = 30.0


@asynccontextmanager
async def debian_postgres(folder: Path, certificate: Certificate) -> AsyncIterator[str]:
    """A new, empty server that takes connections by TLS alone; its DSN, which says nothing of TLS."""
    data, password = folder / "data", secrets.token_hex(8)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "password").write_text(password)
    _give(folder)
    await _run(
        "initdb", "-D", str(data), "-U", "tester", f"--pwfile={folder / 'password'}", "-A", "scram-sha-256", "-N"
    )
    for file, name in ((certificate.certificate, "server.crt"), (certificate.key, "server.key")):
        shutil.copy(file, data / name)
        (data / name).chmod(0o600)
    (data / "pg_hba.conf").write_text(ONLY_BY_TLS)
    (data / "postgresql.conf").write_text(SETTINGS.format(port=port))
    _give(data)
    server = await _started("postgres", "-D", str(data))
    try:
        async with asyncio.timeout(SECONDS):
            while "ready" not in _state(data):
                assert server.returncode is None, "the server ended"
                await asyncio.sleep(0.02)
        yield f"postgresql://tester:{password}@127.0.0.1:{port}/postgres"
    finally:
        server.kill()
        await server.wait()


def _state(data: Path) -> str:
    file = data / "postmaster.pid"
    return file.read_text() if file.exists() else ""


def _give(folder: Path) -> None:
    """As root the server is another user."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "nobody")


async def _started(program: str, *arguments: str) -> asyncio.subprocess.Process:
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    return await asyncio.create_subprocess_exec(
        str(PROGRAMS / program), *arguments, user=user, cwd="/",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


async def _run(program: str, *arguments: str) -> None:
    process = await _started(program, *arguments)
    assert await process.wait() == 0, program
