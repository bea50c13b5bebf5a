"""What goes in and out of a conversation: Message, Attachment, Place, Reply, Button; the same for every platform."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Platform = Literal["telegram", "discord", "whatsapp", "email"]
PLATFORMS: tuple[Platform, ...] = ("telegram", "discord", "whatsapp", "email")

AttachmentKind = Literal["photo", "image", "document", "voice", "sticker", "video", "other"]


@dataclass(frozen=True, slots=True)
class Chat:
    """Where one conversation happens. `account` is our side: bot id, number or mailbox."""

    platform: Platform
    account: str
    chat_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file the trader sent, named by a handle that outlives links (Telegram: file_id); `size` in bytes.

    `photo` was sent as a picture, `image` is a picture sent as a file, `voice` a voice note or another recording of
    `seconds`. Kind, name, mime, size and seconds are the sender's word: nothing is believed before the bytes have been
    decoded.
    """

    kind: AttachmentKind
    handle: str
    name: str | None = None
    mime: str | None = None
    size: int | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A position on the globe, in degrees, as it was sent: nothing says that it exists."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing a person did in a chat. Unique by chat and `external_id`.

    external_id  the platform's id; Telegram: message id, `<id>:e<edit date>` for an edit, query id for a button
    button       the data of a pressed button, numbered choice or link; None for anything typed. With text: a form that
                 the button opened was filled in
    edits        external id of the message this one replaces
    reply_to     external id of the message this one answers
    group_id     an album: messages that share it are one turn
    sent_at      aware UTC, by the platform's clock
    private      False in groups and channels, where the journal does not speak
    handle       what the platform needs to answer this very message (an interaction token), if anything
    choice       the number of a choice, where the platform prints numbers for want of buttons; the text stays
    place        where the person is, or said to be, in place of a file
    spoken       the text is what was heard in a voice note, after what was written beside it
    received_at  aware UTC, by our clock; None: this moment
    """

    platform: Platform
    account: str
    chat_id: str
    sender_id: str
    external_id: str
    sent_at: datetime
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    button: str | None = None
    edits: str | None = None
    reply_to: str | None = None
    group_id: str | None = None
    private: bool = True
    locale: str | None = None
    handle: str | None = None
    choice: int | None = None
    place: Place | None = None
    spoken: bool = False
    received_at: datetime | None = None

    @property
    def chat(self) -> Chat:
        return Chat(self.platform, self.account, self.chat_id)


@dataclass(frozen=True, slots=True)
class Button:
    """A choice. `data` comes back in Message.button; at most 64 bytes (Telegram's limit is the smallest)."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a reply. `path`: its name where it is kept; `name`: as the person sees it."""

    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the trader sees: plain text, never markup. An adapter without buttons prints them as numbered choices.

    title    a first line to stand out where the platform can
    buttons  rows of buttons
    image    path in the screenshot store
    alt      what the image shows, for those who do not see it
    file     goes along in place of an image
    reply_to external id of the message this answers
    choose   how to answer where buttons are numbered choices
    """

    text: str
    title: str | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    image: str | None = None
    alt: str | None = None
    file: File | None = None
    reply_to: str | None = None
    choose: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a reply that the platform had taken, told later. `external_id`: as `send` gave it.

    held     the platform takes it only once the person has written again
    refused  it will never arrive; `error` is the platform's reason
    """

    chat: Chat
    external_id: str
    outcome: Literal["delivered", "held", "refused"]
    error: str | None = None
