"""Mails that must not reach the journal, each with the reason it is skipped for.

BELIEVED: read with MAIL_AUTHSERV_ID; what our server says of each would be "passed", so that each is refused for its
own sake unless it is about just that. CHECKED: read without; signed where that is not the point.
"""

import base64
from datetime import UTC, datetime, timedelta

from tests.servers.mail_letters import JOURNAL, accepted, letter, marked, picture, signed

Table = dict[str, tuple[bytes, str]]

ANN = "ann@example.com"
NOW = datetime.now(UTC).replace(microsecond=0)
_PASS = "dmarc=pass header.from=example.com"


def with_from(value: str, results: str = _PASS) -> bytes:
    """A mail whose From field is exactly this."""
    lines = letter().split(b"\r\n")
    lines = [b"From: " + value.encode() if line.startswith(b"From:") else line for line in lines]
    return marked(b"\r\n".join(lines), results)


def with_line(line: str, raw: bytes | None = None) -> bytes:
    """A mail with one more line in its header, at its end."""
    head, _, body = (raw or accepted()).partition(b"\r\n\r\n")
    return head + b"\r\n" + line.encode("latin-1") + b"\r\n\r\n" + body


def multipart(parts: int, body: str = "long 2 nq") -> bytes:
    head = letter().partition(b"\r\nContent-Type")[0]
    chunk = f"--b\r\nContent-Type: text/plain\r\n\r\n{body}\r\n"
    return marked(
        head + b'\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + (chunk * parts).encode() + b"--b--\r\n",
        _PASS,
    )


def nested(depth: int, kind: str = "multipart") -> bytes:
    """Containers in containers; `rfc822`: mails in mails."""
    head = letter().partition(b"\r\nContent-Type")[0] + b"\r\n"
    if kind == "rfc822":
        inner = b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Content-Type: text/plain\r\n\r\nlong 2 nq\r\n"
    else:
        inner = b"".join(
            f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode() for n in range(depth)
        )
    return marked(head + inner, _PASS)


def _froms() -> Table:
    values = {
        "an empty group that crashes the library": "x:;(",
        "nobody": "",
        "a group": f"Friends: {ANN};",
        "a group of two": f"Friends: {ANN}, eve@evil.test;",
        "two senders": f"{ANN}, eve@evil.test",
        "two senders, the other way round": f"eve@evil.test, {ANN}",
        "two addresses in brackets": f"<{ANN}> <eve@evil.test>",
        "an address as a name": f"{ANN} <eve@evil.test>",
        "a name that opens a comment": f'"Ann ({ANN}" <eve@evil.test',
        "a comment in the address": "ann@(evil.test)example.com",
        "a comment before": f"(eve@evil.test) {ANN} (",
        "an encoded address": "=?utf-8?q?ann=40example.com?=",
        "an encoded local part": "=?utf-8?q?ann?=@example.com",
        "an encoded line break": f"=?utf-8?q?x=0D=0AFrom=3A_{ANN}?= eve@evil.test",
        "a quoted local part": '"ann@example.com"@evil.test',
        "a route": f"<@evil.test:{ANN}>",
        "percent hack, no domain": "ann%example.com",
        "no domain": "ann",
        "a domain without a dot": "ann@localhost",
        "an address literal": "ann@[127.0.0.1]",
        "letters that look alike": "ann@ex\u0430mple.com",
        "a space inside": "ann @example.com",
        "two at signs": "ann@example.com@evil.test",
        "something after it": f"<{ANN}> eve@evil.test",
        "a very long one": f"{'a' * 70}{'x' * 300}@example.com",
        "five hundred names": ", ".join([ANN] * 500),
        "deep comments": "(" * 900 + ANN,
        "a trailing dot": "ann.@example.com",
    }
    return {f"From: {name}": (with_from(value), "bad_from") for name, value in values.items()}


def _headers() -> Table:
    twice = marked(b"From: eve@evil.test\r\n" + letter(), _PASS)
    split = with_line("X-Note: a\rFrom: eve@evil.test")
    return {
        "two From fields": (twice, "bad_from"),
        "no From field": (marked(b"\r\n".join(letter().split(b"\r\n")[1:]), _PASS), "bad_from"),
        "a From field behind a lone CR": (split, "bad_header"),
        "a From field with a blank before the colon": (with_line("From : eve@evil.test"), "bad_header"),
        "a NUL in the header": (with_line("X-Note: a\x00b"), "bad_header"),
        "a line that is no field": (with_line("this is no field"), "bad_header"),
        "a field name in another alphabet": (with_line("Fr\u00f6m: eve@evil.test"), "bad_header"),
        "an mbox line": (b"From eve@evil.test Thu Nov 26\r\n" + accepted(), "bad_header"),
        "no header at all": (b"\r\n\r\nlong 2 nq", "bad_from"),
        "nothing": (b"", "bad_from"),
        "a header of 300 kB": (with_line("\r\n".join(f"X-{n}: {'y' * 900}" for n in range(330))), "out_of_bounds"),
        "2,000 fields": (with_line("\r\n".join(f"X-{n}: y" for n in range(2_000))), "out_of_bounds"),
        "one endless field": (with_line("X-Note: " + "y" * 20_000), "out_of_bounds"),
    }


def _automatic() -> Table:
    bounce = accepted("not delivered", sender="MAILER-DAEMON@example.com")
    report = (
        b"From: ann@example.com\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nfailed\r\n--b--\r\n"
    )
    fields = {
        "an answer by a machine": "Auto-Submitted: auto-replied",
        "a machine's mail": "Auto-Submitted: auto-generated (by cron)",
        "bulk": "Precedence: bulk",
        "junk": "Precedence: Junk",
        "a list by its precedence": "Precedence: list",
        "a list": "List-Id: <traders.example.com>",
        "a newsletter": "List-Unsubscribe: <https://example.com/u>",
        "a one-click newsletter": "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "a bounce by its path": "Return-Path: <>",
        "an out-of-office answer": "X-Autoreply: yes",
        "an out-of-office answer of another program": "X-Autorespond: yes",
        "one that wants no answers": "X-Auto-Response-Suppress: All",
        "a failed delivery": "X-Failed-Recipients: bob@example.com",
        "a loop": "X-Loop: journal@vigil.test",
    }
    return {
        **{name: (with_line(line), "automatic") for name, line in fields.items()},
        "a bounce by its sender": (bounce, "automatic"),
        "a postmaster": (accepted("hello", sender="postmaster@example.com"), "automatic"),
        "a no-reply address": (accepted("hello", sender="no-reply+7@example.com"), "automatic"),
        "our own mail": (accepted("hello", sender=JOURNAL), "automatic"),
        "a delivery report": (marked(report, _PASS), "automatic"),
    }


def _results() -> Table:
    """What our server did not vouch for."""
    plain, evil = letter(), "dkim=pass header.d=evil.test"
    forged = f"Authentication-Results: mx.vigil.test; {_PASS}\r\n".encode()
    rows = {
        "no results": plain,
        "another server's results": marked(plain, _PASS, by="mx.evil.test"),
        "a server's whose name begins like ours": marked(plain, _PASS, by="mx.vigil.test.evil.test"),
        "forged results below ours": marked(forged + plain, "dkim=fail header.d=example.com"),
        "forged results below another's": marked(forged + plain, "dkim=none", by="relay.vigil.test"),
        "all failed": marked(plain, "dkim=fail header.d=example.com; spf=fail smtp.mailfrom=example.com"),
        "none": marked(plain, "none"),
        "DMARC failed though SPF passed": marked(
            plain, "spf=pass smtp.mailfrom=example.com; dmarc=fail header.from=example.com"
        ),
        "DMARC of another domain": marked(plain, "dmarc=pass header.from=evil.test"),
        "two DMARC results": marked(plain, f"{_PASS}; dmarc=fail header.from=example.com"),
        "DMARC could not be looked up": marked(plain, "dmarc=temperror header.from=example.com"),
        "a signature of another domain": marked(plain, evil),
        "a signature of a domain with ours in it": marked(plain, "dkim=pass header.d=example.com.evil.test"),
        "a signature of the whole top-level domain": marked(plain, "dkim=pass header.d=com"),
        "SPF of another domain": marked(plain, "spf=pass smtp.mailfrom=eve@evil.test"),
        "SPF of an address with ours in it": marked(plain, 'spf=pass smtp.mailfrom="ann@example.com"@evil.test'),
        "SPF by HELO alone": marked(plain, "spf=pass smtp.helo=example.com"),
        "two SPF results": marked(plain, "spf=fail smtp.mailfrom=evil.test; spf=pass smtp.mailfrom=example.com"),
        "a neutral SPF": marked(plain, "spf=neutral smtp.mailfrom=example.com"),
        "results nobody can read": marked(plain, "dkim=pass header.d=((("),
        "a version of tomorrow": b"Authentication-Results: mx.vigil.test 99; " + _PASS.encode() + b"\r\n" + plain,
        "another customer of the same host": marked(
            letter(sender="ann@alpha.github.io"), "dkim=pass header.d=eve.github.io"
        ),
    }
    return {f"results: {name}": (raw, "unauthenticated") for name, raw in rows.items()}


def _bodies() -> Table:
    return {
        "10,000 parts": (multipart(10_000), "too_many_parts"),
        "101 parts": (multipart(101), "too_many_parts"),
        "a bomb of containers": (nested(5_000), "nested_too_deeply"),
        "a bomb of mails in mails": (nested(3_000, "rfc822"), "nested_too_deeply"),
        "eleven levels": (nested(11), "nested_too_deeply"),
        "a field of spaces": (accepted() + b" " * 5_000 + b"x", "out_of_bounds"),
        "a million lines": (accepted() + b"\n" * 1_000_001, "out_of_bounds"),
        "30 MB": (accepted() + b"x" * 30_000_000, "too_large"),
        "eight days old": (accepted(date=NOW - timedelta(days=8)), "bad_date"),
        "from the day after tomorrow": (accepted(date=NOW + timedelta(days=2)), "bad_date"),
        "without a date": (b"\r\n".join(x for x in accepted().split(b"\r\n") if not x.startswith(b"Date")), "bad_date"),
        "two dates": (with_line(f"Date: {NOW:%a, %d %b %Y %H:%M:%S} +0000"), "bad_date"),
        "a date that is none": (accepted().replace(b"Date: ", b"Date: the day "), "bad_date"),
        "nothing said": (accepted("", subject=""), "empty"),
        "an answer that says nothing": (accepted("\r\n-- \r\nAnn", subject="Re: it", in_reply_to="<a@b.c>"), "empty"),
    }


def _signatures() -> Table:
    """Read without MAIL_AUTHSERV_ID."""
    cover = ("from", "to", "subject", "date")
    good = signed(letter())
    late = b"\r\n".join(good.split(b"\r\n")[:-2]) + b"\r\nand 5 es\r\n"
    rows: dict[str, tuple[bytes, str]] = {
        "no signature": (letter(), "unauthenticated"),
        "our server's word, which nobody asked for": (accepted(), "unauthenticated"),
        "a signature of another domain": (
            signed(letter(), domain="evil.test", owner="evil.test"),
            "unauthenticated",
        ),
        "another's key": (signed(letter(), owner="evil.test"), "unauthenticated"),
        "a changed body": (late, "unauthenticated"),
        "a changed date": (good.replace(b"Date: ", b"Date: \t "), ""),
        "a changed subject": (good.replace(b"Subject: my trade", b"Subject: VGL-AB12"), "unauthenticated"),
        "date not covered": (signed(letter(), cover=("from", "to", "subject")), "unauthenticated"),
        "to not covered": (signed(letter(), cover=("from", "subject", "date")), "unauthenticated"),
        "a length": (signed(letter(), length=True), "unauthenticated"),
        "a length, and more text": (signed(letter(), length=True) + b"short 9 nq\r\n", "unauthenticated"),
        "a broken key": (signed(letter(), owner="weak", selector="weak", bits=1024), "unauthenticated"),
        "a key only tried out": (signed(letter(), selector="trial"), "unauthenticated"),
        "a revoked key": (signed(letter(), selector="revoked"), "unauthenticated"),
        "a key of 8 kB": (signed(letter(), selector="huge"), "unauthenticated"),
        "a record that is no key": (signed(letter(), selector="odd"), "unauthenticated"),
        "a mail to somebody else": (signed(letter(to="bob@example.com")), "not_to_us"),
        "a mail to somebody else, sent on": (
            b"To: journal@vigil.test\r\n" + signed(letter(to="bob@example.com")),
            "unauthenticated",
        ),
        "a second subject": (b"Subject: VGL-AB12\r\n" + good, "unauthenticated"),
        "a second sender": (b"From: eve@evil.test\r\n" + good, "bad_from"),
        "kept for eight days": (signed(letter(date=NOW - timedelta(days=8)), cover=cover), "bad_date"),
        "a signature nobody can read": (b"DKIM-Signature: v=1; a=((; b==\r\n" + letter(), "unauthenticated"),
        "a signature of nothing": (b"DKIM-Signature: \r\n" + letter(), "unauthenticated"),
        "a hundred bad signatures": (b"DKIM-Signature: v=1; a=rsa-sha256\r\n" * 100 + letter(), "unauthenticated"),
        "SHA-1": (good.replace(b"a=rsa-sha256", b"a=rsa-sha1"), "unauthenticated"),
        "i= without a name": (good.replace(b"i=@example.com", b"i=example.com"), "unauthenticated"),
    }
    return {f"signature: {name}": row for name, row in rows.items() if row[1]}


BELIEVED: Table = {**_froms(), **_headers(), **_automatic(), **_results(), **_bodies()}
CHECKED: Table = _signatures()


def odd_but_fine() -> dict[str, bytes]:
    """Strange mails that a person may well send; none is skipped."""
    head = letter().partition(b"\r\nContent-Type")[0]

    def plain(content_type: str, body: bytes, encoding: str = "8bit") -> bytes:
        fields = f"\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
        return marked(head + fields.encode() + body, _PASS)

    said = b"long 2 nq 18250 > 18290"
    return {
        "a charset that does not exist": plain("text/plain; charset=klingon-1", said),
        "a charset that unpacks": plain("text/plain; charset=zlib_codec", said),
        "a charset that is base64": plain("text/plain; charset=base64", said),
        "a charset that is a bomb": plain("text/plain; charset=punycode", said),
        "NULs in the body": plain("text/plain", b"long\x00 2 nq 18250 > \x0018290"),
        "half a character": plain("text/plain; charset=utf-8", said + b" \xe2\x82"),
        "base64 with rubbish": plain(
            "text/plain", base64.b64encode(said)[:8] + b"!!\r\n" + base64.b64encode(said)[8:], "base64"
        ),
        "base64 cut short": plain("text/plain", base64.b64encode(said + b" !!")[:-2], "base64"),
        "quoted-printable broken": plain("text/plain", said + b" =ZZ=", "quoted-printable"),
        "an encoding nobody knows": plain("text/plain", said, "x-rot13"),
        "a content type nobody can read": plain(";;;===", said),
        "a boundary that never comes": marked(head + b'\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n', _PASS),
        "a container without a boundary": plain("multipart/mixed", said),
        "a cut off container": plain('multipart/mixed; boundary="b"', b"--b\r\n\r\n" + said),
        "ten levels": nested(9)[:-2] + b"\r\nContent-Type: text/plain\r\n\r\n" + said,
        "100 parts": multipart(99),
        "a picture that is none": accepted("see", files=[picture(b"\x89PNG nothing")]),
        "a subject nobody can read": accepted("long 2 nq", subject="x").replace(
            b"Subject: x", b"Subject: =?klingon?q?x?= =?utf-8?b?!!!?="
        ),
    }
