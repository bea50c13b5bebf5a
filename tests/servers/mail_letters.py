"""Mails as people's programs write them, and as the receiving server marks them; also signed by a domain's key."""

import email.policy
import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import Final

import dkim  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

JOURNAL: Final = "journal@vigil.test"
AUTHSERV: Final = "mx.vigil.test"
SELECTOR: Final = "s1"

_numbers = itertools.count(1)

Picture = tuple[bytes, Mapping[str, str]]
"""Bytes, and the arguments of add_attachment: maintype, subtype, filename, disposition, cid."""


def letter(
    text: str | None = "long 2 nq 18250 > 18290",
    *,
    sender: str = "Ann <ann@example.com>",
    to: str = JOURNAL,
    subject: str = "my trade",
    html: str | None = None,
    date: datetime | None = None,
    files: Sequence[Picture] = (),
    **fields: str,
) -> bytes:
    """A mail with CRLF. `fields`: further header fields, `in_reply_to` for In-Reply-To; a Message-ID is made up."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(date or datetime.now(UTC))
    names = {name.replace("_", "-").title(): value for name, value in fields.items()}
    names.setdefault("Message-Id", f"<letter.{next(_numbers)}@example.com>")
    for name, value in names.items():
        if value:
            mail[name] = value
    if text is not None:
        mail.set_content(text)
        if html is not None:
            mail.add_alternative(html, subtype="html")
    elif html is not None:
        mail.set_content(html, subtype="html")
    for content, how in files:
        mail.add_attachment(content, **how)
    return mail.as_bytes()


def png(width: int = 640, height: int = 400, noise: int = 0) -> bytes:
    """A real picture; `noise` bytes of what cannot be compressed follow it, as padding."""
    import io
    import random

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (width, height), (20, 90, 160)).save(out, "PNG")
    return out.getvalue() + random.Random(width).randbytes(noise)


def picture(content: bytes, name: str = "chart.png", *, disposition: str = "attachment", cid: str = "") -> Picture:
    how = {"maintype": "image", "subtype": "png", "filename": name, "disposition": disposition}
    return content, {**how, "cid": f"<{cid}>"} if cid else how


def marked(raw: bytes, results: str = "dkim=pass header.d=example.com", *, by: str = AUTHSERV) -> bytes:
    """As the receiving server stores it: with what it found out about the sender on top."""
    return f"Authentication-Results: {by};\r\n {results}\r\n".encode() + raw


def accepted(text: str | None = "long 2 nq 18250 > 18290", **how: object) -> bytes:
    """A letter from somebody the receiving server vouches for."""
    sender = str(how.get("sender", "ann@example.com"))
    domain = sender.rstrip(">").rpartition("@")[2].lower()
    raw = letter(text, **how)  # type: ignore[arg-type]
    return marked(raw, f"dkim=pass header.d={domain} header.i=@{domain}; spf=pass smtp.mailfrom={domain}")


@cache
def key(name: str = "example.com", bits: int = 2048) -> rsa.RSAPrivateKey:
    """The signing key of a domain, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def record(name: str = "example.com", bits: int = 2048, tags: str = "") -> bytes:
    """The TXT record that publishes the key."""
    import base64

    public = key(name, bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; {tags}p={base64.b64encode(public).decode()}".encode()


def zone(**records: bytes) -> Callable[[str], bytes | None]:
    """A DNS that knows the key of example.com, and `records` by selector (as `<selector>._domainkey.example.com`)."""
    names = {f"{name}._domainkey.example.com.": found for name, found in records.items()}
    names.setdefault(f"{SELECTOR}._domainkey.example.com.", record())
    return names.get


def signed(
    raw: bytes,
    *,
    domain: str = "example.com",
    selector: str = SELECTOR,
    cover: Sequence[str] = ("from", "to", "subject", "date", "message-id"),
    length: bool = False,
    owner: str = "example.com",
    bits: int = 2048,
    canon: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
) -> bytes:
    """The mail under a DKIM signature."""
    pem = key(owner, bits).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    header = dkim.sign(
        raw,
        selector.encode(),
        domain.encode(),
        pem,
        include_headers=[name.encode() for name in cover],
        length=length,
        canonicalize=canon,
    )
    return bytes(header) + raw
