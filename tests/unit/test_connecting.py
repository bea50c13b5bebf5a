"""What a DSN asks of the server that answers: nothing on this machine, proof elsewhere unless it says otherwise."""

import ssl
from pathlib import Path

import pytest

from db import connecting
from db.connecting import Checked, checked, tls_of, with_authority

REMOTE = "postgresql://vigil:secret@db.example.com:5432/postgres"


@pytest.fixture(autouse=True)
def nobodys_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGHOST"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("postgresql://v:s@127.0.0.1:5432/p", "local"),
        ("postgresql://v:s@localhost/p", "local"),
        ("postgresql://v:s@[::1]:5432/p", "local"),
        ("postgresql:///p", "local"),
        ("postgresql:///p?host=/run/postgresql", "local"),
        ("postgresql://v:s@%2Frun%2Fpostgresql/p", "local"),
        ("postgresql:///p?host=db.example.com", "host"),
        (REMOTE, "host"),
        ("postgresql://v:s@10.0.0.5:5432/p", "host"),
        ("postgresql://v:s@[2001:db8::1]:5432/p", "host"),
        ("postgresql://v:s@127.0.0.1:5432,db.example.com:5432/p", "host"),
        (f"{REMOTE}?sslmode=verify-full", "host"),
        (f"{REMOTE}?sslmode=verify-ca", "authority"),
        (f"{REMOTE}?sslmode=require&sslrootcert=/etc/ca.crt", "authority"),
        (f"{REMOTE}?sslmode=require", "nothing"),
        (f"{REMOTE}?sslmode=prefer", "nothing"),
        (f"{REMOTE}?sslmode=disable", "nothing"),
    ],
)
def test_what_the_server_has_to_prove(dsn: str, expected: Checked) -> None:
    assert checked(dsn) == expected


def test_a_remote_host_is_verified_by_the_systems_authorities() -> None:
    for dsn in (REMOTE, f"{REMOTE}?sslmode=verify-full", f"{REMOTE}?sslrootcert=system"):
        context = tls_of(dsn)
        assert isinstance(context, ssl.SSLContext)
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    by_authority = tls_of(f"{REMOTE}?sslmode=verify-ca")
    assert isinstance(by_authority, ssl.SSLContext)
    assert (by_authority.verify_mode, by_authority.check_hostname) == (ssl.CERT_REQUIRED, False)


def test_modes_that_the_driver_knows_are_its_own() -> None:
    assert tls_of(f"{REMOTE}?sslmode=require") == "require"
    assert tls_of(f"{REMOTE}?sslmode=disable") == "disable"
    assert tls_of(f"{REMOTE}?sslrootcert=/etc/ca.crt") == "verify-full"
    assert tls_of("postgresql://v:s@localhost/p") is None


def test_the_environment_of_postgresql_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "require")
    assert tls_of(REMOTE) == "require"
    assert checked(REMOTE) == "nothing"
    assert checked(f"{REMOTE}?sslmode=verify-full") == "host"


def test_a_file_of_authorities_is_added_where_none_is_named() -> None:
    file = Path("/etc/my ca.crt")
    assert with_authority(REMOTE, file) == f"{REMOTE}?sslrootcert=/etc/my%20ca.crt"
    by_mode = f"{REMOTE}?sslmode=verify-ca"
    assert with_authority(by_mode, file) == f"{by_mode}&sslrootcert=/etc/my%20ca.crt"
    named = f"{REMOTE}?sslrootcert=/other.crt"
    assert with_authority(named, file) == named
    here = "postgresql://v:s@localhost/p"
    assert with_authority(here, file) == here


def test_pauses_grow_and_end() -> None:
    pauses = [connecting.pause_before(tries) for tries in range(40)]
    assert 0.37 <= pauses[0] <= 0.5
    assert all(0.75 * min(15, 0.5 * 2**tries) <= pause <= 15 for tries, pause in enumerate(pauses))
    assert len({connecting.pause_before(30) for _ in range(20)}) > 1, "all would come back at once"
