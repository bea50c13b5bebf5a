"""A mail's bytes to a Message, or a named reason to skip it; pure but for the look-up of a signature's key.

Reasons: too_large, out_of_bounds, bad_header, bad_from, automatic, not_to_us, bad_date, unauthenticated,
too_many_parts, nested_too_deeply, empty, unreadable.
"""

import hashlib
import io
import json
import mimetypes
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from PIL import Image

from adapters.choices import choice_in
from adapters.mail_html import LONGEST_HTML, text_of_html
from adapters.mail_mime import Headers, Part, Skip, leaves, split_mail
from adapters.mail_sender import Dns, Sender, author_of, by_our_server, by_signature, check_date, date_of
from adapters.mail_text import FORWARDED, LONGEST_TEXT, PREFIX, unflowed, written
from statemachine.errors import AttachmentRefused
from statemachine.message import Attachment, AttachmentKind, Message

MOST_IMAGES: Final = 5
MOST_FILES: Final = 20
SMALL_IMAGE: Final = 10_000
SMALL_SIDE: Final = 100
LONGEST_ID: Final = 250
LONGEST_WITH_CODE: Final = 500

_PICTURE_NAME = re.compile(r"\.(?:png|jpe?g|webp|gif)$", re.IGNORECASE)
_FILED = re.compile(r"mail:(\d{1,10}):(\d{1,10}):([0-9a-f]{64}):(.{0,250})")

File = tuple[AttachmentKind, Part, bytes]

MESSAGE_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,248}>")
CODE: Final = re.compile(r"\bVGL-[A-Z0-9]{4}\b", re.IGNORECASE)
PRESS: Final = re.compile(r"Vigil: (.{0,100}?) ?\[([\x21-\x5a\x5c\x5e-\x7e]{1,64})\]", re.DOTALL)
TOKEN: Final = re.compile(r"\s*\[[\x21-\x5a\x5c\x5e-\x7e]{1,64}\]\s*$")

_AUTOMATIC_FIELDS = (
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "list-post", "list-help", "x-mailing-list", "x-loop"),
    *("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder", "x-auto-response-suppress", "x-vacation"),
    "x-failed-recipients",
)
_AUTOMATIC_SENDERS = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+.=-].*)?@.*")
_IGNORED = frozenset(
    (
        "application/ms-tnef",  # winmail.dat
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
    )
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail is read with: our address, whose word counts on senders, and how keys are looked up."""

    account: str
    authserv_id: str | None
    dns: Dns


def to_message(raw: bytes, arrived: datetime, reading: Reading, mark: tuple[str, int] = ("0", 0)) -> Message:
    """The message that a mail is. Raises Skip, DnsUnavailable.

    arrived  when our server took it, aware UTC
    mark     where it lies in the mailbox (UIDVALIDITY, UID): files are fetched from there again
    """
    headers, body = split_mail(raw)
    author = author_of(headers)
    if _automatic(headers, author, reading.account):
        raise Skip("automatic")
    sender = _authenticated(raw, headers, author, arrived, reading)
    parts = list(leaves(headers, body))
    said, files = _said(parts, headers, sender)
    attachments = tuple(_attachment(file, number, headers, mark) for number, file in enumerate(files))
    subject = headers.decoded("subject") if sender.subject_holds else ""
    button = None if attachments else _press(subject, said, headers)
    named = subject in {attachment.name for attachment in attachments}
    if named or any(attachment.kind == "voice" for attachment in attachments):  # as a phone names what it recorded
        subject = ""
    text = "" if button else _text(subject, said, headers)
    if not (text or button or attachments):
        raise Skip("empty")
    date = date_of(headers)
    return Message(
        platform="email",
        account=reading.account,
        chat_id=sender.address,
        sender_id=sender.address,
        external_id=sender.identity or _external_id(headers, raw),
        sent_at=date if date and abs(date - arrived) <= timedelta(days=1) else arrived,
        text=text,
        attachments=attachments,
        button=button,
        reply_to=_answered(headers, reading.account),
        locale=_locale(headers),
        handle=_handle(headers),
        choice=choice_in(text),
    )


def _automatic(headers: Headers, author: str, account: str) -> bool:
    """Nobody wrote it, or to answer it could make a loop (RFC 3834)."""
    submitted = headers.first("auto-submitted").partition(";")[0].strip().lower()
    precedence = headers.first("precedence").strip().lower()
    return (
        author == account
        or _AUTOMATIC_SENDERS.fullmatch(author) is not None
        or submitted not in ("", "no")
        or precedence in ("bulk", "list", "junk", "auto_reply")
        or any(name in headers for name in _AUTOMATIC_FIELDS)
        or ("return-path" in headers and headers.first("return-path").replace(" ", "") in ("", "<>"))
        or headers.kind in ("multipart/report", "message/delivery-status", "message/disposition-notification")
    )


def _authenticated(raw: bytes, headers: Headers, author: str, arrived: datetime, reading: Reading) -> Sender:
    check_date(headers, arrived)
    if reading.authserv_id:
        return by_our_server(headers, author, reading.authserv_id)
    return by_signature(raw, headers, author, reading.account, reading.dns)


def _said(parts: list[Part], headers: Headers, sender: Sender) -> tuple[str, list[File]]:
    """What the person wrote, and what came along."""
    forwarded = sender.subject_holds and FORWARDED.match(headers.decoded("subject")) is not None
    bodies = [
        part for part in parts if part.kind in ("text/plain", "text/html") and part.headers.disposition != "attachment"
    ]
    plain = {part.group: text for part in bodies if part.kind == "text/plain" and (text := _plain(part)).strip()}
    said: list[str] = []
    shown: set[str] = set()
    pictured: set[str] = set()
    for part in bodies:
        if part.kind == "text/plain":
            said.append(_plain(part))
            continue
        html = part.text(LONGEST_HTML)
        words, outside = text_of_html(html)
        shown |= outside
        pictured |= set(re.findall(r"cid:([^\"'\s>]{1,200})", html, re.IGNORECASE))
        if part.group == 0 or part.group not in plain:
            said.append(words)
    rest = [part for part in parts if part not in bodies]
    return written("\n".join(said), forwarded=forwarded), _files(rest, shown, pictured)


def _plain(part: Part) -> str:
    text = part.text(LONGEST_TEXT)
    try:
        flowed = part.headers.content.get_param("format") == "flowed"
        delsp = str(part.headers.content.get_param("delsp")).lower() == "yes"
    except (ValueError, LookupError, TypeError):
        return text
    return unflowed(text, delsp=delsp) if flowed else text


def _files(parts: list[Part], shown: set[str], pictured: set[str]) -> list[File]:
    """Pictures first to last, other files too; logos and pictures of the quoted part are left out.

    shown     Content-IDs that the HTML shows in what the person wrote
    pictured  all that it shows
    """
    found: list[File] = []
    for part in parts:
        if part.kind in _IGNORED or part.kind.startswith(("multipart/", "text/html")):
            continue
        image = part.kind.startswith("image/") or (
            part.kind == "application/octet-stream" and _PICTURE_NAME.search(part.headers.filename or "") is not None
        )
        content = part.content()
        named = part.headers.first("content-id").strip().strip("<>")
        if image and named in pictured and (named not in shown or _is_small(content)):
            continue
        kind: AttachmentKind = "document"
        if image:
            kind = "image" if part.headers.disposition == "attachment" and named not in shown else "photo"
        elif part.kind.startswith("audio/") or _is_recording(part):
            kind = "voice"
        found.append((kind, part, content))
    return found[:MOST_FILES]


def _is_recording(part: Part) -> bool:
    named = mimetypes.guess_type(part.headers.filename or "")[0] or ""
    return part.kind == "application/octet-stream" and named.startswith("audio/")


def _attachment(file: File, number: int, headers: Headers, mark: tuple[str, int]) -> Attachment:
    """Named by where its mail lies and by the hash of its bytes: who does not know the bytes cannot ask for them."""
    kind, part, content = file
    own = next(iter(_ids(headers.first("message-id"))), "")
    handle = f"mail:{mark[0]}:{mark[1]}:{hashlib.sha256(content).hexdigest()}:{own}"
    return Attachment(
        kind=kind,
        handle=handle if number < MOST_IMAGES else "refused:too_many",
        name=part.headers.filename,
        mime=part.kind,
        size=len(content),
    )


def _is_small(content: bytes) -> bool:
    """A logo of a signature rather than a chart."""
    if len(content) < SMALL_IMAGE:
        return True
    try:
        with Image.open(io.BytesIO(content)) as image:
            return min(image.size) < SMALL_SIDE
    except Exception:  # noqa: BLE001 - no picture at all, or a bomb: the journal decides on it, and says so
        return False


@dataclass(frozen=True, slots=True)
class Filed:
    """What an attachment's handle says."""

    validity: str
    uid: int
    digest: str
    message_id: str


def filed_of(handle: str) -> Filed:
    """The handle read again. It may have been made up by somebody. Raises AttachmentRefused."""
    if handle.startswith("refused:"):
        raise AttachmentRefused(handle.removeprefix("refused:"))
    found = _FILED.fullmatch(handle)
    if found is None:
        raise AttachmentRefused("gone")
    return Filed(found[1], int(found[2]), found[3], found[4] if _ids(found[4]) == [found[4]] else "")


def file_in(raw: bytes, filed: Filed) -> bytes:
    """The bytes in a mail that have the hash. Raises AttachmentRefused where there are none."""
    try:
        for part in leaves(*split_mail(raw)):
            content = part.content()
            if hashlib.sha256(content).hexdigest() == filed.digest:
                return content
    except Skip:
        pass
    raise AttachmentRefused("gone")


def _press(subject: str, said: str, headers: Headers) -> str | None:
    """The data of a choice, of a mail that its link began: "Vigil: Confirm [data]", the label as its first line.

    What follows is what mail programs add by themselves. An answer ("Re: …") is never a press.
    """
    found = PRESS.fullmatch(subject)
    if found is None or "in-reply-to" in headers:
        return None
    first = said.strip().partition("\n")[0].strip()
    return found[2] if first in ("", found[1].strip()) else None


def _text(subject: str, said: str, headers: Headers) -> str:
    """The body; a link code from body or subject; for an empty body the subject.

    A code in the body was typed. One in the subject is what a `mailto:` link makes, and that can be an attacker's: it
    is handed over like that of a deep link, so that the journal shows whose it is and asks. A subject goes on through
    a whole thread, so it is read in a mail that answers none only.
    """
    said = said.strip()
    codes = CODE.findall(said) if len(said) < LONGEST_WITH_CODE else []
    if len(codes) == 1 and not said.startswith("/") and not CODE.match(said):
        return str(codes[0]).upper()
    if "in-reply-to" in headers or "references" in headers:
        return said
    found = CODE.findall(subject)
    if not codes and len(found) == 1:
        return f"/start {found[0].upper()}"
    return said or bare_subject(subject)


def bare_subject(subject: str) -> str:
    """The subject without Re: and Fwd:, in any of our languages."""
    for _ in range(10):
        shorter = PREFIX.sub("", subject, count=1) if PREFIX.match(subject) else subject
        if shorter == subject:
            break
        subject = shorter
    return subject.strip()


def _answered(headers: Headers, account: str) -> str | None:
    """Which of our mails it answers. Some servers give what we send ids of their own; those say nothing to us."""
    domain = f"@{account.rpartition('@')[2]}>"
    return next((found for found in _ids(headers.first("in-reply-to")) if found.lower().endswith(domain)), None)


def _locale(headers: Headers) -> str | None:
    """The language of the mail program, which some tell."""
    named = headers.first("content-language") or headers.first("accept-language")
    found = re.match(r"\s*([A-Za-z]{2})(?:-[A-Za-z]{2})?(?:[,;\s]|$)", named)
    return found[1].lower() if found else None


def _external_id(headers: Headers, raw: bytes) -> str:
    values = headers.all("message-id")
    if len(values) == 1 and MESSAGE_ID.fullmatch(values[0].strip()):
        return values[0].strip()
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _ids(value: str) -> list[str]:
    return [found for found in MESSAGE_ID.findall(value) if len(found) <= LONGEST_ID]


def _handle(headers: Headers) -> str:
    """What an answer needs to join the thread. Codes and tokens stay out of its subject, or the next would press."""
    own = _ids(headers.first("message-id"))[:1]
    before = _ids(headers.first("references")) or _ids(headers.first("in-reply-to"))[:1]
    subject = TOKEN.sub("", CODE.sub("", bare_subject(headers.decoded("subject", 200)))).strip()
    handle: dict[str, Any] = {"id": own[0] if own else "", "refs": before[-10:], "subject": subject}
    return json.dumps(handle, ensure_ascii=False, separators=(",", ":"))
