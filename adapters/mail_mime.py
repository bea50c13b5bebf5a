"""The shape of a mail, from its bytes, within bounds: header fields, and the parts that are no containers.

The standard library's parser descends as deep and as far as a mail says, and its feed splits header lines where a
signature check does not (at a lone CR). So the cutting is done here, where every loop has an end; the library decodes
what was cut out.
"""

import base64
import binascii
import codecs
import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Fields
from typing import Final

LARGEST_MAIL: Final = 30_000_000
LARGEST_HEADER: Final = 256_000
LONGEST_FIELD: Final = 16_000
"""Bytes of one field; References and signatures of long ways are a few thousand."""
MOST_FIELDS: Final = 1_000
MOST_LINES: Final = 1_000_000
MOST_PARTS: Final = 100
DEEPEST: Final = 10
LONGEST_BLANK: Final = 1_000
"""Spaces in a row: the DKIM library's canonical forms take quadratic time on more, and hold everything else up."""

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,80}):(.*)", re.DOTALL)
_LINE_END = re.compile(rb"\r?\n")
_BLANKS = bytes(32 if code in b" \t" else 120 for code in range(256))
_CHARSETS = re.compile(
    r"utf-8|utf-16.*|utf-32.*|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|gb.*|big5.*|shift_jis.*|euc_.*|iso2022.*|mac-.*|tis-620|hz"
)


class Skip(Exception):
    """This mail is passed over; `reason` is one of the words that are counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Headers:
    """Header fields in order: names in lower case, values unfolded, still encoded."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self._fields = tuple(fields)
        self._content: Fields | None = None

    def __contains__(self, name: str) -> bool:
        return any(name == field for field, _ in self._fields)

    def all(self, name: str) -> list[str]:
        return [value for field, value in self._fields if field == name]

    def first(self, name: str) -> str:
        """The topmost field's value; empty where there is none."""
        return next(iter(self.all(name)), "")

    def decoded(self, name: str, longest: int = 500) -> str:
        """The topmost field as a person reads it, in one line."""
        value = self.first(name)[:2_000]
        with contextlib.suppress(HeaderParseError, LookupError, ValueError, TypeError, AssertionError):
            value = str(make_header(decode_header(value)))
        value = value.encode("utf-8", "ignore").decode().replace("\x00", "")
        return " ".join(value.split())[:longest]

    @property
    def content(self) -> Fields:
        """The Content-* fields for the standard library to read."""
        if self._content is None:
            self._content = Fields()
            for name in ("content-type", "content-disposition", "content-transfer-encoding", "content-id"):
                if value := self.first(name):
                    self._content[name] = value[:2_000]
        return self._content

    @property
    def kind(self) -> str:
        """The content type in lower case; text/plain where none can be read."""
        try:
            return self.content.get_content_type()
        except (ValueError, LookupError, TypeError):
            return "text/plain"

    @property
    def boundary(self) -> bytes:
        try:
            found = self.content.get_boundary()
            return found.encode("ascii")[:200] if found else b""
        except (ValueError, LookupError, TypeError):
            return b""

    @property
    def filename(self) -> str | None:
        try:
            name = self.content.get_filename()
            name = str(make_header(decode_header(name))) if name else ""
        except (HeaderParseError, ValueError, LookupError, TypeError, AssertionError):
            return None
        name = re.split(r"[/\\]", name.encode("utf-8", "ignore").decode())[-1]
        return "".join(letter for letter in name if letter.isprintable())[:200] or None

    @property
    def disposition(self) -> str:
        try:
            return self.content.get_content_disposition() or ""
        except (ValueError, LookupError, TypeError):
            return ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that holds no others. `group`: which multipart/alternative it is a form of; 0: of none."""

    headers: Headers
    body: bytes
    group: int

    @property
    def kind(self) -> str:
        return self.headers.kind

    def content(self) -> bytes:
        """The bytes behind base64 or quoted-printable."""
        encoding = self.headers.first("content-transfer-encoding").strip().lower()
        if encoding == "base64":
            return _base64(self.body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.body)
        return self.body

    def text(self, longest: int) -> str:
        """The content as text: by its charset, else UTF-8, else what Windows would make of it. Never fails."""
        content = self.content()[: 4 * longest]
        named = ""
        with contextlib.suppress(LookupError, ValueError, TypeError):
            named = codecs.lookup(self.headers.content.get_content_charset("utf-8")).name
        # Other codecs of Python are no charsets: some take quadratic time, some unpack.
        for charset in (named, "utf-8") if _CHARSETS.fullmatch(named) else ("utf-8",):
            try:
                # The standard's Latin-1 is in the wild what Windows calls so.
                return content.decode("cp1252" if charset == "iso8859-1" else charset)[:longest].replace("\x00", "")
            except UnicodeError:
                continue
        charset = named if _CHARSETS.fullmatch(named) and named not in ("ascii", "utf-8") else "cp1252"
        return content.decode(charset, "replace")[:longest].replace("\x00", "")


def split_mail(raw: bytes) -> tuple[Headers, bytes]:
    """The header of a whole mail, strictly read, and its body. Raises Skip.

    A field that two readers could see in different places (a lone CR, a NUL, a blank before the colon, a line that is
    no field) is refused: whoever checks the signature and whoever reads the sender must read the same.
    """
    if len(raw) > LARGEST_MAIL:
        raise Skip("too_large")
    head, body = _cut_header(raw, LARGEST_HEADER)
    if head is None or raw.count(b"\n") > MOST_LINES or b" " * LONGEST_BLANK in raw.translate(_BLANKS):
        raise Skip("out_of_bounds")
    if b"\x00" in head or b"\r" in head.replace(b"\r\n", b"\n"):
        raise Skip("bad_header")
    fields: list[bytes] = []
    for line in _LINE_END.split(head):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += b" " + line.strip()
        elif _FIELD.fullmatch(line):
            fields.append(line)
        elif line:
            raise Skip("bad_header")
    if len(fields) > MOST_FIELDS or any(len(field) > LONGEST_FIELD for field in fields):
        raise Skip("out_of_bounds")
    return Headers([_field(line) for line in fields]), body


def leaves(headers: Headers, body: bytes) -> Iterator[Part]:
    """The parts that hold no others, in order. Raises Skip for more than MOST_PARTS parts or DEEPEST levels."""
    return _leaves(headers, body, 0, 0, [])


def _leaves(headers: Headers, body: bytes, depth: int, group: int, counted: list[None]) -> Iterator[Part]:
    counted.append(None)
    if depth > DEEPEST:
        raise Skip("nested_too_deeply")
    if len(counted) > MOST_PARTS:
        raise Skip("too_many_parts")
    kind, boundary = headers.kind, headers.boundary
    if kind.startswith("multipart/") and boundary:
        inner = len(counted) if kind == "multipart/alternative" else group
        for chunk in _chunks(body, boundary):
            yield from _leaves(*_split_part(chunk), depth + 1, inner, counted)
        return
    if kind == "message/rfc822":
        for _ in _leaves(*_split_part(body), depth + 1, group, counted):
            pass  # only looked at for its bounds: what others wrote is not what the trader writes
    yield Part(headers, body, group)


def _chunks(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What lies between the boundary's lines. The last may lack its end, as a mail cut short does."""
    line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]{0,80}\r?(?:\n|\Z)", re.MULTILINE)
    began: int | None = None
    for found in line.finditer(body):
        if began is not None:
            yield body[began : found.start()]
        if found[1]:
            return
        began = found.end()
    if began is not None:
        yield body[began:]


def _split_part(chunk: bytes) -> tuple[Headers, bytes]:
    """A part's own header, leniently read: it proves nothing about anybody."""
    if chunk[:1] == b"\n" or chunk[:2] == b"\r\n":
        return Headers(()), chunk.lstrip(b"\r\n")
    head, body = _cut_header(chunk, LARGEST_HEADER)
    if head is None:
        raise Skip("out_of_bounds")
    fields: list[bytes] = []
    for line in _LINE_END.split(head)[:MOST_FIELDS]:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += b" " + line.strip()
        elif _FIELD.fullmatch(line):
            fields.append(line)
    return Headers([_field(line[:LONGEST_FIELD]) for line in fields]), body


def _cut_header(raw: bytes, longest: int) -> tuple[bytes | None, bytes]:
    """Header and body; None for a header above `longest` bytes. Without an empty line all of it is header."""
    start = raw[: longest + 4]
    found = re.search(rb"\r?\n\r?\n", start)
    if found is None:
        return (raw, b"") if len(raw) <= longest else (None, b"")
    return start[: found.start()], raw[found.end() :]


def _field(line: bytes) -> tuple[str, str]:
    name, _, value = line.partition(b":")
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode("cp1252", "replace")
    return name.decode("ascii", "replace").lower(), text.strip()


def _base64(body: bytes) -> bytes:
    """Leniently: what is not base64 is passed over, as mail programs do; after the padding nothing counts."""
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body.partition(b"=")[0])
    whole = len(letters) - (len(letters) % 4 == 1)
    return base64.b64decode(letters[:whole] + b"=" * (-whole % 4))
