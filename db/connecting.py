"""How a connection of ours is made: TLS that is verified, limits of time, and what a transaction pooler needs.

- A host other than this machine must prove who it is: where the DSN has no sslmode, the certificate must name the host
  and be signed by an authority of sslrootcert, else by one that the system knows. What a DSN says is done as it says.
- A session that is ours, direct or by a pooler in session mode, gets its limits by SET once it is made. In the startup
  packet PgBouncer refuses them, and other poolers drop them without a word.
- A session that a transaction pooler lends may keep nothing of ours: there every transaction sets its own limits in the
  message that begins it, and nothing is prepared. A statement by itself has the driver's limit, which cancels it.
"""

import ipaddress
import os
import random
import ssl
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

import asyncpg

Checked = Literal["local", "host", "authority", "nothing"]

CONNECT_SECONDS: Final = 10.0
LIMITS: Final = MappingProxyType(
    {"statement_timeout": 25, "lock_timeout": 10, "idle_in_transaction_session_timeout": 60}
)
"""Seconds, kept by the server. The driver's own limit is behind them, for a server that has fallen silent. A worker
that hangs in a transaction holds the locks of its chat for the last one at most."""

SET_SESSION: Final = "; ".join(f"set {name} = '{seconds}s'" for name, seconds in LIMITS.items())
SET_LOCAL: Final = "; ".join(f"set local {name} = '{seconds}s'" for name, seconds in LIMITS.items())

LONGEST_PAUSE: Final = 15.0


class Kept(asyncpg.Connection):
    """A session that is ours; nothing is set on it that would have to be reset when it goes back to the pool."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        return ""


class Lent(Kept):
    """A client of a transaction pooler: every transaction has its limits, from the message that begins it."""

    __slots__ = ()

    async def execute(self, query: str, *arguments: Any, **options: Any) -> str:
        if query.startswith("BEGIN"):  # as the driver begins a transaction
            query = f"{query} {SET_LOCAL}"
        return await super().execute(query, *arguments, **options)


def options(dsn: str, *, pooler: bool) -> dict[str, Any]:
    """What asyncpg is given beside the DSN. `pooler`: the DSN is a transaction pooler's."""
    return {
        "ssl": tls_of(dsn),
        "timeout": CONNECT_SECONDS,
        "connection_class": Lent if pooler else Kept,
        "statement_cache_size": 0 if pooler else 100,
    }


async def connect(dsn: str, *, pooler: bool = False, name: str = "vigil", limited: bool = True, **given: Any) -> Any:
    """A connection outside any pool; raises the driver's errors.

    name     what pg_stat_activity shows
    limited  with the server's limits of time
    given    goes to the driver
    """
    told = options(dsn, pooler=pooler) | given
    connection = await asyncpg.connect(dsn, server_settings={"application_name": name}, **told)
    if limited and not pooler:
        try:
            await limit(connection)
        except BaseException:
            connection.terminate()
            raise
    return connection


async def limit(connection: Any) -> None:
    """Give a session that is ours its limits."""
    await connection.execute(SET_SESSION)


def pause_before(tries: int) -> float:
    """Seconds before the next try to connect after so many, a quarter of them at random: not all come back at once."""
    return min(LONGEST_PAUSE, 0.5 * float(2 ** min(tries, 10))) * random.uniform(0.75, 1)  # noqa: S311 - no secret


def tls_of(dsn: str) -> ssl.SSLContext | str | None:
    """asyncpg's `ssl`: None leaves what is on this machine to the driver; the modes are libpq's."""
    query = _query(dsn)
    mode = query.get("sslmode") or os.environ.get("PGSSLMODE")
    if mode is None:
        if checked(dsn) == "local":
            return None
        mode = "verify-full"
    if mode not in ("verify-ca", "verify-full") or _authority(query) is not None:
        return mode
    context = ssl.create_default_context()
    context.check_hostname = mode == "verify-full"
    context.set_alpn_protocols(["postgresql"])
    if certificate := query.get("sslcert") or os.environ.get("PGSSLCERT"):
        context.load_cert_chain(
            certificate, query.get("sslkey") or os.environ.get("PGSSLKEY"), query.get("sslpassword")
        )
    return context


def checked(dsn: str) -> Checked:
    """What the server has to prove; local: it is on this machine."""
    query = _query(dsn)
    if all(map(_is_local, _hosts(dsn, query))):
        return "local"
    mode = query.get("sslmode") or os.environ.get("PGSSLMODE") or "verify-full"
    if mode == "verify-full":
        return "host"
    return "authority" if mode == "verify-ca" or (mode == "require" and _authority(query) is not None) else "nothing"


def with_authority(dsn: str, file: Path) -> str:
    """The DSN with this file of authorities, unless it names one or leads to this machine."""
    if checked(dsn) == "local" or "sslrootcert" in _query(dsn):
        return dsn
    parts = urlsplit(dsn)
    named = f"sslrootcert={quote(str(file), safe='/')}"
    return urlunsplit(parts._replace(query=f"{parts.query}&{named}" if parts.query else named))


def refusal(dsn: str, error: BaseException) -> str | None:
    """Why there is no TLS to this server, and what to do; None where the error is about something else."""
    if _is_socket(dsn):
        return None
    if isinstance(error, ssl.SSLCertVerificationError):
        if "match" in error.verify_message or "mismatch" in error.verify_message.lower():
            return "its certificate is another host's: use the host name that the certificate was made for"
        if "expired" in error.verify_message:
            return "its certificate has expired: renew it on the server"
        return (
            "its certificate is signed by an authority that is not known here: download it (Supabase: Database "
            "settings, SSL configuration) and name the file in DATABASE_CA_FILE, or in the URL as sslrootcert"
        )
    if isinstance(error, ConnectionError) and "rejected SSL upgrade" in str(error):
        return "it offers no TLS: turn it on there, or add sslmode=disable to the URL where the network is your own"
    if isinstance(error, FileNotFoundError | ssl.SSLError | asyncpg.ClientConfigurationError):
        return f"its settings of TLS are no good ({_one_line(error)}): see DATABASE_CA_FILE, and sslrootcert in the URL"
    return None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _query(dsn: str) -> dict[str, str]:
    """As the driver reads it: the last one counts."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(dsn).query).items()}


def _hosts(dsn: str, query: Mapping[str, str]) -> list[str]:
    named = urlsplit(dsn).netloc.rpartition("@")[2] or query.get("host") or os.environ.get("PGHOST") or "localhost"
    return [_host(one) for one in named.split(",")]


def _host(named: str) -> str:
    named = unquote(named)
    if named.startswith("["):
        return named[1:].partition("]")[0]
    return named if named.startswith("/") else named.partition(":")[0]


def _is_socket(dsn: str) -> bool:
    return all(host.startswith("/") for host in _hosts(dsn, _query(dsn)))


def _is_local(host: str) -> bool:
    if host.startswith("/") or host.lower() in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _authority(query: Mapping[str, str]) -> str | None:
    """The file of authorities that the driver will read; None: the system's are asked."""
    named = query.get("sslrootcert") or os.environ.get("PGSSLROOTCERT")
    if named:
        return None if named == "system" else named
    usual = Path.home() / ".postgresql" / "root.crt"
    return str(usual) if usual.exists() else None
