"""TLS before a PostgreSQL that has none, as poolers and hosts of databases end it; and certificates to show there."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files in PEM: a server's certificate with its key, and the authority that signed it."""

    certificate: Path
    key: Path
    authority: Path


def make_certificate(folder: Path, *hosts: str, days: int = 1) -> Certificate:
    """A certificate for these names and addresses, by an authority of its own. `days` < 0: it has expired."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.UTC)
    first, last = now - datetime.timedelta(days=10), now + datetime.timedelta(days=days)
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
    authority = (
        _begun(issuer, issuer, authority_key.public_key(), first, now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    names = [_name(host) for host in hosts]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    certificate = (
        _begun(subject, issuer, key.public_key(), first, last)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    made = Certificate(folder / "server.crt", folder / "server.key", folder / "authority.crt")
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    made.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    made.key.chmod(0o600)
    return made


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    first: datetime.datetime,
    last: datetime.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class TlsFront:
    """Answers PostgreSQL's request for TLS, then hands the plain bytes on. `encrypted` counts its connections."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        self._host, self._port, self._context = host, port, context
        self.encrypted = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = [writer]
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                if await reader.readexactly(8) != SSL_REQUEST:
                    return  # whoever comes without TLS is turned away
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(self._context)
                self.encrypted += 1
                up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
                writers.append(up_writer)
                await asyncio.gather(_pump(reader, up_writer), _pump(up_reader, writer))
        finally:
            for each in writers:
                each.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def tls_front(dsn: str, certificate: Certificate) -> AsyncIterator[tuple[TlsFront, str]]:
    """The front, and the DSN that leads through it to the server of `dsn`, which says nothing of TLS."""
    parts = urlsplit(dsn)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    front = TlsFront(parts.hostname or "127.0.0.1", parts.port or 5432, context)
    server = await asyncio.start_server(front.serve, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    login = parts.netloc.rpartition("@")[0]
    try:
        yield front, urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}", query=""))
    finally:
        server.close()
        await server.wait_closed()
