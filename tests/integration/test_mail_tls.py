"""Mail over TLS: pushed as without, and never to a server whose certificate nobody vouches for."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from adapters import Envelope
from statemachine.errors import OperatorError, SendLater
from statemachine.message import Reply
from tests.inbox import Inbox
from tests.mailing import listening, mail_for
from tests.servers.mail import MailServer
from tests.servers.mail_letters import key


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Self-signed, for 127.0.0.1; key and certificate in one file."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.vigil.test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key(), hashes.SHA256())
    )
    path = tmp_path / "mx.pem"
    pem = key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + signed.public_bytes(Encoding.PEM))
    return path


def serving(certificate: Path) -> MailServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return MailServer(tls=context)


@pytest.mark.parametrize("together", [False, True])
async def test_pushed_and_answered(certificate: Path, together: bool) -> None:
    inbox = Inbox()
    async with serving(certificate) as server:
        server.together = together
        server.on_search = lambda: server.write("in between")
        mail = mail_for(server, tls=ssl.create_default_context(cafile=str(certificate)))
        async with listening(mail, inbox):
            await server.until(lambda: inbox.texts == ["in between"])
            await server.until(lambda: not server.unseen())
            server.write("while idling")
            await server.until(lambda: not server.unseen())
            await mail.send("ann@example.com", Reply(text="Recorded"), Envelope(key="1"))
    assert inbox.texts == ["in between", "while idling"]
    assert len(server.sent) == 1


async def test_certificate_of_nobody(certificate: Path) -> None:
    async with serving(certificate) as server:
        mail = mail_for(server)
        with pytest.raises(OperatorError, match="certificate is not valid"):
            await mail.listen(Inbox())
        with pytest.raises(SendLater):
            await mail.send("ann@example.com", Reply(text="Recorded"), Envelope(key="1"))
    assert server.calls["LOGIN"] == server.calls["smtp:AUTH"] == 0
