"""A Reply as a mail: plain text and HTML, in the thread it answers, with choices as numbers and as `mailto:` links."""

import email.policy
import hashlib
import html
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from adapters import Envelope
from adapters.choices import numbered
from adapters.mail_wire import CODE, LONGEST_ID, MESSAGE_ID, PRESS, TOKEN
from statemachine.message import Button, Reply

NAME: Final = "Vigil"
LONGEST_SUBJECT: Final = 150
LONGEST_ALT: Final = 1000


@dataclass(frozen=True, slots=True)
class Thread:
    """What a handle says: the mail that is answered, those before it, and its subject."""

    answers: str = ""
    before: tuple[str, ...] = ()
    subject: str = ""


def thread_of(handle: str | None) -> Thread:
    """The handle read again, in which only well-formed ids are left; an empty Thread where it is none."""
    try:
        found: Any = json.loads(handle or "{}")
    except (ValueError, RecursionError):
        return Thread()
    if not isinstance(found, dict):
        return Thread()
    refs = found.get("refs")
    before = tuple(ref for ref in refs if _is_id(ref))[-10:] if isinstance(refs, list) else ()
    answers = found.get("id") if _is_id(found.get("id")) else ""
    subject = found.get("subject")
    return Thread(str(answers), before, _one_line(subject) if isinstance(subject, str) else "")


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ID and MESSAGE_ID.fullmatch(value) is not None


def message_id(key: str, mail_from: str) -> str:
    """The same for every try to send one reply, so that a mail that went out twice shows once."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32] if key else secrets.token_hex(16)
    return f"<{digest}@{mail_from.rpartition('@')[2]}>"


def to_mail(
    reply: Reply, to: str, mail_from: str, envelope: Envelope, now: datetime, picture: bytes | None = None
) -> tuple[str, bytes]:
    """Our Message-ID, and the mail's bytes. `to` and `mail_from` are checked addresses.

    Picture and words share the mail: the picture stands in the HTML part, by Content-ID; a file is attached.
    """
    thread = thread_of(envelope.handle)
    own = message_id(envelope.key, mail_from)
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = Address(NAME, addr_spec=mail_from)
    mail["To"] = to
    mail["Subject"] = _subject(reply, thread)
    mail["Date"] = now
    mail["Auto-Submitted"] = "auto-replied" if thread.answers else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_plain(reply), charset="utf-8", cte="quoted-printable")
    image = f"<picture.{own[1:]}" if picture else ""
    mail.add_alternative(_html(reply, mail_from, image), subtype="html", charset="utf-8", cte="quoted-printable")
    if picture:
        path = PurePosixPath(reply.image or "chart.png")
        kind = {".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".gif": "gif"}.get(path.suffix.lower(), "png")
        page: Any = mail.get_payload(1)
        page.add_related(picture, "image", kind, cid=image, filename=f"chart{path.suffix}", disposition="inline")
    if reply.file is not None and envelope.file is not None:
        mail.add_attachment(envelope.file, "application", "zip", filename=reply.file.name)
    return own, _threading(own, thread) + mail.as_bytes()


def _threading(own: str, thread: Thread) -> bytes:
    """These fields are not left to the library, which breaks long ids into encoded words: no thread survives that."""
    lines = [f"Message-ID: {own}"]
    if thread.answers:
        lines.append(f"In-Reply-To: {thread.answers}")
    if chain := [*thread.before, *filter(None, [thread.answers])]:
        lines.append("\r\n ".join(("References:", *chain)))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _subject(reply: Reply, thread: Thread) -> str:
    if thread.subject:
        return f"Re: {thread.subject}"[:LONGEST_SUBJECT]
    lines = [_one_line(reply.title or ""), *(_one_line(line) for line in reply.text.splitlines())]
    return next(filter(None, lines), NAME)[:LONGEST_SUBJECT]


def _one_line(text: str) -> str:
    """Nothing in it can end a header field, press a choice or spend a code."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return TOKEN.sub("", CODE.sub("", text)).strip()


def _sendable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _plain(reply: Reply) -> str:
    blocks = [(reply.title or "").strip(), reply.text.strip()]
    blocks.append("\n".join(f"[{number}] {_label(button)}" for number, button in numbered(reply)))
    return _sendable("\n\n".join(filter(None, blocks))) + "\n"


def _html(reply: Reply, mail_from: str, image: str) -> str:
    title = _escaped((reply.title or "").strip())
    alt = _escaped((reply.alt or reply.title or reply.text.partition("\n")[0])[:LONGEST_ALT])
    blocks = [
        f"<p><b>{title}</b></p>" if title else "",
        f'<div style="white-space:pre-wrap">{_escaped(reply.text.strip())}</div>' if reply.text.strip() else "",
        f'<p><img src="cid:{image[1:-1]}" alt="{alt}" style="max-width:100%"></p>' if image else "",
        *(f"<p>{_choice(number, button, mail_from)}</p>" for number, button in numbered(reply)),
    ]
    return f'<html><body style="font-family:sans-serif">{"".join(blocks)}</body></html>\n'


def _choice(number: int, button: Button, mail_from: str) -> str:
    """A link that begins a mail saying the choice; its label is also the body's first line (see mail_wire)."""
    label = _label(button)
    subject = f"{NAME}: {label} [{button.data}]"
    if PRESS.fullmatch(subject) is None:
        return f"[{number}] {_escaped(label)}"
    link = f"mailto:{quote(mail_from, safe='@')}?subject={quote(subject, safe='')}&body={quote(label, safe='')}"
    return f'[{number}] <a href="{_escaped(link)}">{_escaped(label)}</a>'


def _label(button: Button) -> str:
    return re.sub(r"\s+", " ", _sendable(button.label)).strip()[:80]


def _escaped(text: str) -> str:
    return html.escape(_sendable(text))
