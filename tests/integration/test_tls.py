"""Who answers at DATABASE_URL has to prove it, unless it is this machine or the URL says otherwise.

With a real PostgreSQL behind TLS, twice: the embedded one, which has none itself, behind a front that ends it, and
Debian's with ssl = on where that is installed. The name db.example.com is resolved to loopback here, so that the host
is no longer this machine to the driver and to us.
"""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from bot.database import connect
from bot.doctor import examine
from bot.settings import read_settings
from db import pool
from db.migrations import migrate
from statemachine.errors import OperatorError, Unavailable
from tests.servers.debian_postgres import INSTALLED, debian_postgres
from tests.servers.tls_front import Certificate, make_certificate, tls_front

HOST = "db.example.com"
BY_TLS = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class Served:
    """`dsn` says nothing of TLS; the host is on loopback. `ended_before`: it is not PostgreSQL itself that has it."""

    dsn: str
    certificate: Certificate
    ended_before: bool

    def at(self, host: str, **query: object) -> str:
        """The DSN by another name of the host."""
        parts = urlsplit(self.dsn)
        login = parts.netloc.rpartition("@")[0]
        told = "&".join(f"{name}={value}" for name, value in query.items())
        return urlunsplit(parts._replace(netloc=f"{login}@{host}:{parts.port}", query=told))


@pytest.fixture(autouse=True)
def resolved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """HOST is at 127.0.0.1, without anybody being asked; and nobody's own files of PostgreSQL count."""

    async def getaddrinfo(loop: Any, host: str, port: int, **options: Any) -> Any:
        address = "127.0.0.1" if host == HOST else host
        return await loop.run_in_executor(None, lambda: socket.getaddrinfo(address, port, type=options["type"]))

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(
    params=["front", pytest.param("debian", marks=pytest.mark.skipif(not INSTALLED, reason="no PostgreSQL of Debian"))]
)
async def served(request: pytest.FixtureRequest, dsn: str, tmp_path: Path) -> AsyncIterator[Served]:
    certificate = make_certificate(tmp_path / "certificate", HOST)
    if request.param == "front":
        async with tls_front(dsn, certificate) as (_, through):
            yield Served(through, certificate, ended_before=True)
    else:
        with tempfile.TemporaryDirectory(prefix="vigil-test-") as folder:
            Path(folder).chmod(0o711)
            async with debian_postgres(Path(folder), certificate) as through:
                yield Served(through, certificate, ended_before=False)


async def refused(dsn: str) -> str:
    """What the operator is told, in one line that holds no password."""
    with pytest.raises(OperatorError) as caught:
        await connect(dsn)
    line = str(caught.value)
    assert "\n" not in line
    assert str(urlsplit(dsn).password) not in line
    return line


async def test_the_right_authority_is_taken(served: Served) -> None:
    connection = await connect(served.at(HOST, sslrootcert=served.certificate.authority))
    try:
        assert await connection.fetchval("select 1") == 1
        if not served.ended_before:
            assert await connection.fetchval(BY_TLS)
    finally:
        await connection.close()


async def test_a_pool_verifies_too(served: Served) -> None:
    connections = await pool.open_pool(served.at(HOST, sslrootcert=served.certificate.authority), size=2)
    try:
        async with pool.transaction(connections) as connection:
            assert await connection.fetchval("select 1") == 1
    finally:
        await connections.close()
    with pytest.raises(Unavailable):
        await pool.open_pool(served.at(HOST), size=2)


async def test_the_authority_can_be_a_setting(served: Served) -> None:
    settings = read_settings(
        None, database_url=served.at(HOST), database_ca_file=served.certificate.authority, openai_api_key=None
    )
    assert settings.database_url is not None
    connection = await connect(settings.trusting(settings.database_url))
    await connection.close()


async def test_an_unknown_authority_is_refused(served: Served, tmp_path: Path) -> None:
    assert "an authority that is not known here" in await refused(served.at(HOST))
    other = make_certificate(tmp_path / "other", HOST)
    line = await refused(served.at(HOST, sslrootcert=other.authority))
    assert "an authority that is not known here" in line
    assert "DATABASE_CA_FILE" in line


async def test_another_hosts_certificate_is_refused(served: Served) -> None:
    dsn = served.at("localhost", sslmode="verify-full", sslrootcert=served.certificate.authority)
    assert "its certificate is another host's" in await refused(dsn)
    by_authority = served.at("localhost", sslmode="verify-ca", sslrootcert=served.certificate.authority)
    connection = await connect(by_authority)  # as the URL says: the name does not count
    await connection.close()


async def test_what_the_url_says_is_done(served: Served) -> None:
    connection = await connect(served.at(HOST, sslmode="require"))
    await connection.close()
    with pytest.raises(OperatorError):  # neither server takes anybody without TLS
        await connect(served.at(HOST, sslmode="disable"))


async def test_a_file_that_is_no_authority_is_told(served: Served, tmp_path: Path) -> None:
    assert "sslrootcert" in await refused(served.at(HOST, sslrootcert=tmp_path / "nowhere.crt"))
    empty = tmp_path / "empty.crt"
    empty.write_text("nothing")
    assert "sslrootcert" in await refused(served.at(HOST, sslrootcert=empty))


async def test_an_expired_certificate_is_refused(dsn: str, tmp_path: Path) -> None:
    expired = make_certificate(tmp_path / "expired", HOST, days=-1)
    async with tls_front(dsn, expired) as (front, through):
        line = await refused(Served(through, expired, ended_before=True).at(HOST, sslrootcert=expired.authority))
        assert "has expired" in line
        assert front.encrypted == 0


async def test_a_plain_server_elsewhere_is_refused(dsn: str, tmp_path: Path) -> None:
    elsewhere = Served(dsn, make_certificate(tmp_path / "unused", HOST), ended_before=False)
    assert "it offers no TLS" in await refused(elsewhere.at(HOST))
    connection = await connect(elsewhere.at(HOST, sslmode="disable"))
    assert await connection.fetchval("select 1") == 1
    await connection.close()


async def test_this_machine_needs_none(dsn: str, tmp_path: Path) -> None:
    here = Served(dsn, make_certificate(tmp_path / "unused", HOST), ended_before=False)
    for host in ("127.0.0.1", "localhost"):
        connection = await connect(here.at(host))
        await connection.close()


async def test_a_socket_that_is_not_there_is_no_matter_of_tls(tmp_path: Path) -> None:
    assert "No database at DATABASE_URL" in await refused(f"postgresql://vigil:secret@/vigil?host={tmp_path}")


async def test_migrate_verifies_as_well(dsn: str, tmp_path: Path) -> None:
    elsewhere = Served(dsn, make_certificate(tmp_path / "unused", HOST), ended_before=False)
    with pytest.raises(OperatorError, match="it offers no TLS"):
        await migrate(elsewhere.at(HOST))


async def test_the_doctor_warns_where_nobody_checks(
    dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate = make_certificate(tmp_path / "certificate", HOST)
    async with tls_front(dsn, certificate) as (_, through):
        front = Served(through, certificate, ended_before=True)
        told = [await _doctor(front.at(HOST, sslmode="require"), tmp_path, capsys)]
        told += [await _doctor(front.at(HOST, sslrootcert=certificate.authority), tmp_path, capsys)]
    assert ["warning: by its sslmode nobody checks who answers there" in line for line in told] == [True, False]
    assert all(line.startswith("ok ") for line in told), told


async def test_the_doctor_reads_the_authorities(dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certificate = make_certificate(tmp_path / "certificate", HOST)
    (tmp_path / "empty.crt").write_text("")
    for file, told in (
        (certificate.authority, "ok"),
        (tmp_path / "empty.crt", "fail"),
        (tmp_path / "none.crt", "fail"),
    ):
        await examine(read_settings(None, database_url=dsn, database_ca_file=file, data_dir=tmp_path, port=0))
        (line,) = [line for line in capsys.readouterr().out.splitlines() if line.split()[1] == "DATABASE_CA_FILE"]
        assert line.startswith(told), line


async def _doctor(dsn: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What it says of DATABASE_URL."""
    await examine(read_settings(None, database_url=dsn, data_dir=folder, port=0, openai_api_key=None))
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.split()[1] == "DATABASE_URL"]
    return line


def test_nothing_connects_past_this_seam() -> None:
    """Every connection of the program is made in db/connecting.py and db/pool.py, but those to the embedded server."""
    sources = {path.as_posix(): path.read_text() for folder in ("bot", "db") for path in Path(folder).rglob("*.py")}
    found = {name for name, text in sources.items() if "asyncpg.connect(" in text or "create_pool(" in text}
    assert found == {"db/connecting.py", "db/pool.py", "db/embedded.py"}
