"""Telegram's wire, both ways and pure: Update to Message, Reply to the calls that send it.

Lengths are UTF-16 code units, as Telegram counts them. Text is cut before it is escaped: no cut can fall into an
escape.
"""

import html
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from telegram import CallbackQuery, Document, InlineKeyboardButton, InlineKeyboardMarkup, PhotoSize, Update
from telegram import Message as Telegram_Message
from telegram.constants import ChatType

from adapters.parts import split
from statemachine.message import Attachment, AttachmentKind, Button, Message, Place, Reply

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
LARGEST_MESSAGE_ID = 2**31 - 1

_KINDS: dict[str, AttachmentKind] = {
    "Voice": "voice",
    "Audio": "voice",
    "Sticker": "sticker",
    "Video": "video",
    "VideoNote": "video",
    "Animation": "video",
}
_DOCUMENTS: dict[str, AttachmentKind] = {"image": "image", "audio": "voice"}


@dataclass(frozen=True, slots=True)
class Call:
    """One message to send. `text` is HTML, and the caption where the picture goes along."""

    text: str
    picture: bool = False
    reply_to: int | None = None
    buttons: InlineKeyboardMarkup | None = None


def to_message(update: Update, account: str, received_at: datetime | None = None) -> Message | None:
    """What a person did, or None for everything else: channel posts, service messages, kinds still unknown.

    `received_at` (aware UTC, default now) dates a press: Telegram gives it no time of its own.
    """
    if update.callback_query is not None:
        return _pressed(update.callback_query, account, received_at or datetime.now(UTC))
    if update.message is not None:
        return _written(update.message, account)
    if update.edited_message is not None:
        return _written(update.edited_message, account, edited=True)
    return None


def _pressed(query: CallbackQuery, account: str, received_at: datetime) -> Message | None:
    below = query.message
    if below is None or query.data is None:
        return None
    return Message(
        platform="telegram",
        account=account,
        chat_id=str(below.chat.id),
        sender_id=str(query.from_user.id),
        external_id=query.id,
        sent_at=received_at,
        button=query.data,
        reply_to=str(below.message_id),
        private=below.chat.type == ChatType.PRIVATE,
        locale=query.from_user.language_code,
    )


def _written(message: Telegram_Message, account: str, *, edited: bool = False) -> Message | None:
    sender = message.from_user
    text = message.text or message.caption or ""
    place = _place(message)
    attachments = () if place else _attachments(message)
    if sender is None or sender.is_bot or not (text or attachments or place):
        return None
    if edited and place:
        return None  # a live location, which moves every few seconds
    number = str(message.message_id)
    sent_at = (message.edit_date if edited else None) or message.date
    answered = message.reply_to_message
    return Message(
        platform="telegram",
        account=account,
        chat_id=str(message.chat.id),
        sender_id=str(sender.id),
        external_id=f"{number}:e{int(sent_at.timestamp())}" if edited else number,
        sent_at=sent_at,
        text=text,
        attachments=attachments,
        edits=number if edited else None,
        reply_to=str(answered.message_id) if answered else None,
        group_id=message.media_group_id,
        private=message.chat.type == ChatType.PRIVATE,
        locale=sender.language_code,
        place=place,
    )


def _place(message: Telegram_Message) -> Place | None:
    """Where they are; a venue fills `location`, too."""
    found = message.location
    return None if found is None else Place(float(found.latitude), float(found.longitude))


def _attachments(message: Telegram_Message) -> tuple[Attachment, ...]:
    # A live photo also fills `photo`, with its still: that is the one wanted.
    found = message.photo or message.effective_attachment
    if found is None:
        return ()
    if isinstance(found, Sequence):
        return (_photo(found),)
    if isinstance(found, Document):
        return (_document(found),)
    return (
        Attachment(
            kind=_KINDS.get(type(found).__name__, "other"),
            handle=getattr(found, "file_id", ""),  # a contact or poll has no file behind it
            name=getattr(found, "file_name", None),
            mime=getattr(found, "mime_type", None),
            size=getattr(found, "file_size", None),
            seconds=found.to_dict().get("duration"),  # the attribute warns of what it will be one day
        ),
    )


def _photo(sizes: Sequence[PhotoSize]) -> Attachment:
    largest = max(sizes, key=lambda size: size.width * size.height)
    return Attachment(kind="photo", handle=largest.file_id, mime="image/jpeg", size=largest.file_size)


def _document(document: Document) -> Attachment:
    mime = document.mime_type or mimetypes.guess_type(document.file_name or "")[0]
    return Attachment(
        kind=_DOCUMENTS.get((mime or "").partition("/")[0], "document"),
        handle=document.file_id,
        name=document.file_name,
        mime=mime,
        size=document.file_size,
    )


def to_calls(reply: Reply, *, picture: bool = False) -> list[Call]:
    """The messages that say `reply`, in order: the picture on the first, the buttons on the last.

    `picture` says that the reply's image is at hand. Empty when there is nothing at all to say.
    """
    title = (reply.title or "").strip()
    plain = f"{title}\n{reply.text}" if title else reply.text
    parts = split(plain, CAPTION_LIMIT if picture else TEXT_LIMIT, TEXT_LIMIT)
    if not parts and picture:
        parts = [""]
    last = len(parts) - 1
    return [
        Call(
            text=_html(part, title if number == 0 else ""),
            picture=picture and number == 0,
            reply_to=message_number(reply.reply_to) if number == 0 else None,
            buttons=_keyboard(reply.buttons) if number == last else None,
        )
        for number, part in enumerate(parts)
    ]


def _html(part: str, title: str) -> str:
    if title and part.startswith(title):
        return f"<b>{_escape(title)}</b>{_escape(part[len(title) :])}"
    return _escape(part)


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in rows]
    )


def message_number(external_id: str | None) -> int | None:
    """The Telegram message behind an external id; None for a press, whose id is a 64-bit number."""
    head = (external_id or "").partition(":")[0]
    if head.isdecimal() and int(head) <= LARGEST_MESSAGE_ID:
        return int(head)
    return None
