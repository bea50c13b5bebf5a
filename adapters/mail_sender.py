"""Who sent a mail: nobody is believed whom our own mail server, or a signature checked here, does not vouch for.

`From` is one address that two parsers read alike, or the mail is refused. Then
- with MAIL_AUTHSERV_ID: the topmost Authentication-Results field, which must be our server's. Fields below it prove
  nothing: a sender can write them. The server must remove or outrank those with its own name (RFC 8601, section 5).
- without: a DKIM signature of the sender's domain over From, Date and To, which names us, without `l=` (a length would
  let anybody append). It is checked here, so the key comes from DNS.
Domains match "relaxed", as in DMARC: they have the same registered domain by the public suffix list.
"""

import email.policy
import email.utils
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import authres  # type: ignore[import-untyped]
import dkim  # type: ignore[import-untyped]
from dkim.canonicalization import Relaxed  # type: ignore[import-untyped]
from dkim.util import InvalidTagValueList, parse_tag_value  # type: ignore[import-untyped]
from publicsuffixlist import PublicSuffixList

from adapters.mail_mime import Headers, Skip

Dns = Callable[[str], bytes | None]
"""The TXT record of a name, its strings joined; None where there is none. Raises DnsUnavailable."""

ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
DOMAIN: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
SELECTOR: Final = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,120}[A-Za-z0-9_])?")
OLDEST: Final = timedelta(days=7)
AHEAD: Final = timedelta(days=1)
MOST_SIGNATURES: Final = 5
LARGEST_KEY: Final = 1_024
"""Bytes of a key's record, enough for RSA with 4096 bits: a larger one would be a way to keep us computing."""


class DnsUnavailable(Exception):
    """The name could not be looked up now."""


@dataclass(frozen=True, slots=True)
class Sender:
    """`address` is lower case. `identity`: the mail's id where it was proven here; `subject_holds`: nobody can have
    changed the subject on the way."""

    address: str
    identity: str | None = None
    subject_holds: bool = True


def author_of(headers: Headers) -> str:
    """The address in From, lower case. Raises Skip("bad_from") for more than one, groups, and readings that differ."""
    values = headers.all("from")
    if len(values) != 1 or len(values[0]) > 1_000:
        raise Skip("bad_from")
    strict = {"strict": True} if getattr(email.utils, "supports_strict_parsing", False) else {}
    try:
        loose: list[tuple[str, str]] = email.utils.getaddresses(values, **strict)
        parsed: Any = email.policy.default.header_factory("From", values[0])
        groups = parsed.groups
        exact = [(group.display_name, address.addr_spec) for group in groups for address in group.addresses]
    except Exception as exc:  # the second parser fails on some in ways of its own: `x:;(` is an AttributeError
        raise Skip("bad_from") from exc
    if len(loose) != 1 or len(exact) != 1 or exact[0][0] is not None or len(groups) != 1:
        raise Skip("bad_from")
    address = loose[0][1]
    if address != exact[0][1] or len(address) > 254 or not ADDRESS.fullmatch(address):
        raise Skip("bad_from")
    brackets = (values[0].count("<"), values[0].count(">"))
    if not values[0].rstrip().endswith((address, f"<{address}>", ")")) or brackets not in ((0, 0), (1, 1)):
        raise Skip("bad_from")
    return address.lower()


def date_of(headers: Headers) -> datetime | None:
    """The Date field, aware UTC; None where it is missing, double or unreadable."""
    values = headers.all("date")
    if len(values) != 1:
        return None
    try:
        date = email.utils.parsedate_to_datetime(values[0][:200])
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def check_date(headers: Headers, arrived: datetime) -> None:
    """Refuse what is older than OLDEST or ahead of its arrival: kept mail that somebody sends again. Raises Skip."""
    date = date_of(headers)
    if date is None or not -AHEAD <= arrived - date <= OLDEST:
        raise Skip("bad_date")


def by_our_server(headers: Headers, author: str, authserv_id: str) -> Sender:
    """Believe the topmost Authentication-Results, if it is ours and speaks for the author's domain. Raises Skip."""
    try:
        found = authres.all_features().parse_value(headers.first("authentication-results").rstrip("; "))
    except Exception as exc:
        raise Skip("unauthenticated") from exc
    if found.authserv_id != authserv_id.lower():
        raise Skip("unauthenticated")
    domain = author.rpartition("@")[2]
    by_method: dict[str, list[Any]] = {}
    for result in found.results:
        by_method.setdefault(str(getattr(result, "method", "")).lower(), []).append(result)
    if verdicts := [result for result in by_method.get("dmarc", []) if result.result.lower() != "none"]:
        # A sender's own words stand in this field too (the envelope's address): two verdicts are one too many.
        if len(verdicts) == 1 and verdicts[0].result.lower() == "pass" and _is(verdicts[0], "header", "from", domain):
            return Sender(author)
        raise Skip("unauthenticated")
    spf = by_method.get("spf", [])
    signed = any(_passed(result, domain, ("header", "d"), ("header", "i")) for result in by_method.get("dkim", []))
    if signed or (len(spf) == 1 and _passed(spf[0], domain, ("smtp", "mailfrom"))):
        return Sender(author)
    raise Skip("unauthenticated")


def _is(result: Any, kind: str, name: str, domain: str) -> bool:
    named = [p.value or "" for p in result.properties if (p.type.lower(), p.name.lower()) == (kind, name)]
    return [value.rpartition("@")[2].lower() for value in named] == [domain]


def _passed(result: Any, domain: str, *names: tuple[str, str]) -> bool:
    if result.result.lower() != "pass":
        return False
    for kind, name in names:
        named = [p.value or "" for p in result.properties if (p.type.lower(), p.name.lower()) == (kind, name)]
        if named:
            return len(named) == 1 and aligned(named[0].rpartition("@")[2], domain)
    return False


def by_signature(raw: bytes, headers: Headers, author: str, account: str, dns: Dns) -> Sender:
    """Check the signatures here; the first one that counts is enough. Raises Skip, DnsUnavailable."""
    if any(len(headers.all(name)) != 1 for name in ("date", "to")) or len(headers.all("subject")) > 1:
        raise Skip("unauthenticated")
    if account not in {address.lower() for _, address in email.utils.getaddresses([headers.first("to")[:5_000]])}:
        raise Skip("not_to_us")
    domain = author.rpartition("@")[2]
    for number, value in enumerate(headers.all("dkim-signature")[:MOST_SIGNATURES]):
        fields = _signed_fields(value, domain)
        if fields and _verified(raw, number, dns):
            # Not the signature's own bytes: s and s + n are both valid RSA signatures, a mail may carry two, and a
            # replay need only change or drop one. What every signature that counts covers is the same for all.
            return Sender(author, _identity(raw, headers), "subject" in fields)
    raise Skip("unauthenticated")


def _signed_fields(value: str, domain: str) -> frozenset[str]:
    """What a signature covers, where it could count at all; the rest is not worth a look at DNS."""
    try:
        tags: dict[bytes, bytes] = parse_tag_value(value.encode("ascii"))
        signer = tags[b"d"].decode("ascii").lower()
        covered = frozenset(name.strip().lower() for name in tags[b"h"].decode("ascii").split(":"))
    except (InvalidTagValueList, KeyError, UnicodeError, ValueError):
        return frozenset()
    usable = tags.get(b"a") == b"rsa-sha256" and b"l" not in tags and SELECTOR.fullmatch(tags.get(b"s", b""))
    return covered if usable and {"from", "date", "to"} <= covered and aligned(signer, domain) else frozenset()


def _verified(raw: bytes, number: int, dns: Dns) -> bool:
    def key(name: bytes, timeout: float = 0) -> bytes | None:  # noqa: ARG001 - as the library calls it
        record = dns(name.decode("ascii"))
        return record if record is not None and len(record) <= LARGEST_KEY and not _testing(record) else None

    try:
        return bool(dkim.DKIM(raw, minkey=1024).verify(idx=number, dnsfunc=key))
    except DnsUnavailable:
        raise
    except Exception:  # noqa: BLE001 - the library meets hostile keys and fields with whatever Python raises
        return False


def _testing(record: bytes) -> bool:
    """`t=y`: the domain only tries DKIM out, and its signatures count for nothing (RFC 6376, 3.6.1)."""
    try:
        return b"y" in [flag.strip() for flag in parse_tag_value(record).get(b"t", b"").split(b":")]
    except InvalidTagValueList:
        return True


def _identity(raw: bytes, headers: Headers) -> str:
    digest = hashlib.sha256()
    for name in ("from", "date", "to"):
        digest.update(b"%s:%s\n" % (name.encode(), " ".join(headers.first(name).split()).encode()))
    digest.update(Relaxed.canonicalize_body(dkim.rfc822_parse(raw)[1]))
    return f"signed:{digest.hexdigest()}"


def aligned(signer: str, author: str) -> bool:
    """Both domains are one, or have the same registered domain."""
    signer, author = signer.lower().rstrip("."), author.lower()
    if not DOMAIN.fullmatch(signer):
        return False
    registered = _suffixes().privatesuffix(author)
    return signer == author or (registered is not None and registered == _suffixes().privatesuffix(signer))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def system_dns(name: str) -> bytes | None:
    """TXT by the machine's resolver."""
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=5.0, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.exception.Timeout, dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration, OSError) as exc:
        raise DnsUnavailable from exc
    except (dns.exception.DNSException, UnicodeError):
        return None
    records = [b"".join(record.strings) for record in answer]
    return records[0] if len(records) == 1 else None
