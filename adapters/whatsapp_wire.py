"""WhatsApp's wire as Twilio speaks it, both ways and pure: forms and listed messages to Message, Reply to texts.

Twilio counts 1600 characters a message and does not say what a character is, so lengths are UTF-16 code units, the
larger count. WhatsApp formats text by itself, so what it would take for markup is broken up before a text is cut.
"""

import json
import math
import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.choices import choice_in, numbered
from adapters.parts import split, units
from statemachine.message import Attachment, AttachmentKind, Chat, Delivery, Message, Place, Reply

CHANNEL: Final = "whatsapp:"
PERSON: Final = re.compile(r"[A-Za-z0-9.+_-]{3,150}")
"""A number in E.164, or the id WhatsApp gives a person who hides it behind a user name ("US.134912086553027")."""
SID: Final = re.compile(r"(?:SM|MM)[0-9a-zA-Z]{32}")
HANDLE: Final = re.compile(r"(?:SM|MM)[0-9a-zA-Z]{32}/ME[0-9a-zA-Z]{32}")
"""Attachment.handle: the message's SID and the file's."""

TEXT_LIMIT: Final = 1600
CAPTION_LIMIT: Final = 1024
"""WhatsApp's limit for the text under a picture."""
VARIABLE_LIMIT: Final = 200
MOST_MEDIA: Final = 10
HOW_TO_ANSWER: Final = "Answer with a number."
"""Where the reply does not say it in its own language."""

OPTED_OUT: Final = "opted out"
"""Message.handle of a STOP: replies to it, and later ones as long as it is the chat's latest message, are not sent."""
_STOP: Final = frozenset({"stop", "stopall", "stop all", "unsubscribe", "optout", "opt out", "revoke"})
"""Twilio's words for SMS without cancel, end and quit: to a trader these mean the draft."""
_START: Final = frozenset({"start", "unstop"})

_OUTSIDE_WINDOW: Final = 63016
_MEDIA: Final = re.compile(r"/((?:SM|MM)[0-9a-zA-Z]{32})/Media/(ME[0-9a-zA-Z]{32})/?")
_FILE_NAME: Final = re.compile(r"[^\s/\\][^\n/\\]{0,250}\.[A-Za-z0-9]{2,5}")

_LINK: Final = re.compile(r"(https?://\S+)")
_MARKUP: Final = re.compile(r"`|(?<!\w)[*_~]|[*_~](?!\w)")
_LINE: Final = re.compile(r"^(?=>|- |\d{1,3}\. )", re.MULTILINE)
_BREAK: Final = "\u200b"
"""A zero-width space: beside it a mark formats nothing, and a line no longer begins with one."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An inbound message as the Messages API lists it; `at` aware UTC; `files`: how many there are to be listed."""

    sid: str
    person: str
    body: str
    at: datetime
    files: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One message to send."""

    text: str
    picture: bool = False


def person_of(address: str | None) -> str | None:
    """Who is behind `whatsapp:…`; None for any other address, a plain phone number too (that is an SMS)."""
    name = (address or "").removeprefix(CHANNEL)
    return name if address != name and PERSON.fullmatch(name) else None


def to_message(form: Mapping[str, str], account: str, received_at: datetime) -> Message | None:
    """What a person did; None where the form names no sender or message. `received_at`: Twilio tells no time."""
    person, sid = person_of(form.get("From")), form.get("MessageSid", "")
    if person is None or not SID.fullmatch(sid):
        return None
    text = form.get("Body", "")
    kind = form.get("MessageType", "")
    attachments = tuple(_attachments(form, kind))
    if kind == "document" and len(attachments) == 1 and _FILE_NAME.fullmatch(text):
        # Twilio gives the file's name where a caption would be.
        return _message(account, person, sid, received_at, "", (_named(attachments[0], text),), form)
    return _message(account, person, sid, received_at, text, attachments, form)


def listed_to_message(listed: Listed, files: Iterable[tuple[str, str]], account: str) -> Message:
    """A message that was missed, with SID and content type of each file. The list knows less than the webhook: no
    payload of a button, nothing it answers."""
    attachments = tuple(
        Attachment(kind=_kind(mime, ""), handle=f"{listed.sid}/{sid}", mime=mime or None) for sid, mime in files
    )
    return _message(account, listed.person, listed.sid, listed.at, listed.body, attachments, {})


def _message(
    account: str,
    person: str,
    sid: str,
    at: datetime,
    text: str,
    attachments: tuple[Attachment, ...],
    form: Mapping[str, str],
) -> Message:
    button = form.get("ButtonPayload") or None
    word = " ".join(text.split()).strip(".!").lower()
    stop = form.get("OptOutType", "").upper() == "STOP" or (not attachments and word in _STOP)
    if stop:
        text, button = "", None  # whatever waits in the conversation, this was no answer to it
    elif not attachments and word in _START:
        text = "/start"
    return Message(
        platform="whatsapp",
        account=account,
        chat_id=person,
        sender_id=person,
        external_id=sid,
        sent_at=at,
        text=text,
        attachments=attachments,
        button=button,
        reply_to=form.get("OriginalRepliedMessageSid") or None,
        handle=OPTED_OUT if stop else None,
        choice=None if stop or button else choice_in(text),
        place=_place(form),
    )


def _place(form: Mapping[str, str]) -> Place | None:
    try:
        place = Place(float(form["Latitude"]), float(form["Longitude"]))
    except (KeyError, ValueError):
        return None
    return place if math.isfinite(place.latitude) and math.isfinite(place.longitude) else None


def _attachments(form: Mapping[str, str], kind: str) -> Iterator[Attachment]:
    count = form.get("NumMedia", "0")
    for number in range(min(int(count), MOST_MEDIA) if count.isdecimal() else 0):
        mime = form.get(f"MediaContentType{number}", "")
        # Only the names are taken out of the address: where it leads is decided by us.
        found = _MEDIA.search(form.get(f"MediaUrl{number}", ""))
        handle = f"{found[1]}/{found[2]}" if found else ""
        yield Attachment(kind=_kind(mime, kind), handle=handle, mime=mime or None)


def _kind(mime: str, message_type: str) -> AttachmentKind:
    main = mime.partition("/")[0]
    if main == "image":
        if message_type == "sticker":
            return "sticker"
        return "image" if message_type == "document" else "photo"
    if main == "audio":
        return "voice"
    if main == "video":
        return "video"
    return "document" if main in ("application", "text") and "vcard" not in mime else "other"


def _named(attachment: Attachment, name: str) -> Attachment:
    mime = attachment.mime or mimetypes.guess_type(name)[0]
    return Attachment(kind=attachment.kind, handle=attachment.handle, name=name, mime=mime)


def to_delivery(form: Mapping[str, str], account: str) -> Delivery | None:
    """What became of a message we sent; None for the steps on its way."""
    person, sid, status = person_of(form.get("To")), form.get("MessageSid", ""), form.get("MessageStatus", "")
    if person is None or not SID.fullmatch(sid):
        return None
    chat, code = Chat("whatsapp", account, person), form.get("ErrorCode", "")
    if status in ("delivered", "read"):
        return Delivery(chat, sid, "delivered")
    if status not in ("undelivered", "failed"):
        return None
    error = f"{code} {form.get('ChannelStatusMessage') or form.get('ErrorMessage') or status}".strip()
    return Delivery(chat, sid, "held" if code == str(_OUTSIDE_WINDOW) else "refused", error)


def to_parts(reply: Reply, *, picture: bool = False) -> list[Part]:
    """The messages that say `reply`, in order: the picture with the first, the choices at the end of the last.

    `picture` says that the reply's image is at hand. Empty when there is nothing at all to say.
    """
    title, body = _title(reply.title), plain(reply.text).strip()
    whole = f"{title}\n{body}" if title and body else title or body
    texts = split(whole, CAPTION_LIMIT if picture else TEXT_LIMIT, TEXT_LIMIT)
    if choices := _choices(reply):
        room = CAPTION_LIMIT if picture and len(texts) < 2 else TEXT_LIMIT
        joined = f"{texts[-1]}\n\n{choices}" if texts else choices
        if units(joined) <= room:
            texts[-1:] = [joined]
        else:
            texts += split(choices, TEXT_LIMIT, TEXT_LIMIT)
    if not texts and picture:
        texts = [""]
    return [Part(text, picture and number == 0) for number, text in enumerate(texts)]


def _title(title: str | None) -> str:
    words = " ".join((title or "").split())
    # Bold ends with its line and its message: what may be cut in two stays plain.
    return f"*{plain(words)}*" if 0 < len(words) <= VARIABLE_LIMIT else plain(words)


def _choices(reply: Reply) -> str:
    lines = [f"{number} {plain(button.label)}" for number, button in numbered(reply)]
    return "\n".join((*lines, plain(reply.choose or HOW_TO_ANSWER))) if lines else ""


def plain(text: str) -> str:
    """`text` so that WhatsApp shows it as it is. Links stay whole, and so do marks inside a word (BTC_USD, 2*3)."""
    pieces = _LINK.split(text.encode("utf-8", "replace").decode())  # half of a surrogate pair cannot be sent
    pieces[::2] = [_MARKUP.sub(lambda found: f"{_BREAK}{found[0]}{_BREAK}", piece) for piece in pieces[::2]]
    return _LINE.sub(_BREAK, "".join(pieces))


def template_variables(reply: Reply) -> str:
    """ContentVariables for a template with one variable: the first line. WhatsApp allows no line breaks or tabs in
    it, nor more than four spaces in a row."""
    first = next((line for line in (reply.title or "", *reply.text.splitlines()) if line.strip()), "…")
    words = " ".join(first.split())
    return json.dumps({"1": words if len(words) <= VARIABLE_LIMIT else words[: VARIABLE_LIMIT - 1].rstrip() + "…"})
