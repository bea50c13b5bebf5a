"""The sandbox page's wire, both ways and pure: replies as the platform it imitates would show them, entries as JSON.

What a platform cannot do is done as its adapter does it: long texts are cut, WhatsApp prints its choices with numbers,
an e-mail has a subject. The page gets text only, never markup.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from adapters.choices import numbered
from adapters.parts import split
from adapters.whatsapp_wire import plain, to_parts
from statemachine.message import Button, Platform, Reply

TEXT_LIMIT: Final[dict[Platform, int]] = {"telegram": 4096, "discord": 2000, "whatsapp": 1600, "email": 10_000}
"""UTF-16 code units of a message, either way; of an e-mail as much as anybody writes."""
CAPTION_LIMIT: Final[dict[Platform, int]] = {"telegram": 1024, "discord": 2000, "whatsapp": 1024, "email": 10_000}
"""Of the text that goes with a picture."""
EDITS: Final[frozenset[Platform]] = frozenset({"telegram", "discord"})
"""Where a message can be changed after it was sent, and the bot is told."""
LONGEST_SUBJECT: Final = 150

Who = Literal["trader", "vigil"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of a reply as it is shown. `title` stands out, and is no part of `text`."""

    title: str = ""
    text: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    with_image: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message in the chat as the page shows it.

    version    of the transcript when it was last changed: what is newer than a page's is sent to it
    picture    our own: its path in the screenshot store; the trader's: the attachment's handle, "" where it is kept no
               longer
    alt        what the picture shows, where that is known
    file       name and handle of what can be opened; the handle is "" where it is kept no longer
    answers    id of the entry that this one is a reply to
    pressed    a choice that was taken, not words
    failed     the journal did not take it
    key        of the reply, as its envelope has it
    """

    id: int
    version: int
    who: Who
    at: datetime
    external_id: str
    part: Part
    picture: str | None = None
    alt: str | None = None
    file: tuple[str, str] | None = None
    answers: int | None = None
    pressed: bool = False
    edited: bool = False
    failed: bool = False
    key: str = ""


def parts_of(reply: Reply, platform: Platform) -> list[Part]:
    """The messages that show `reply`, in order: the image with the first, the buttons with the last."""
    image = reply.image is not None
    title = (reply.title or "").strip()
    if platform == "whatsapp":
        bold = f"*{plain(' '.join(title.split()))}*" if title else ""
        return [_opened(part.text, title, bold, part.picture) for part in to_parts(reply, picture=image)]
    if platform == "email":
        return [_mail(reply, title)]
    first = CAPTION_LIMIT[platform] if image else TEXT_LIMIT[platform]
    texts = split(f"{title}\n{reply.text}" if title else reply.text, first, TEXT_LIMIT[platform]) or [""]
    parts = [_opened(text, title, title, image and number == 0) for number, text in enumerate(texts)]
    return [*parts[:-1], _with_buttons(parts[-1], reply.buttons)]


def _opened(text: str, title: str, shown: str, with_image: bool) -> Part:
    """A part whose title is taken off where it begins with it, as `shown`."""
    if shown and text.startswith(shown):
        return Part(title=title, text=text[len(shown) :].lstrip("\n"), with_image=with_image)
    return Part(text=text, with_image=with_image)


def _mail(reply: Reply, title: str) -> Part:
    """The subject is the title, else the first line; the choices stand below each other."""
    first = next((line.strip() for line in reply.text.splitlines() if line.strip()), "")
    choices = tuple((Button(f"[{number}] {button.label}", button.data),) for number, button in numbered(reply))
    subject = " ".join((title or first).split())[:LONGEST_SUBJECT]
    return Part(title=subject, text=reply.text.strip(), buttons=choices, with_image=reply.image is not None)


def _with_buttons(part: Part, buttons: tuple[tuple[Button, ...], ...]) -> Part:
    return Part(title=part.title, text=part.text, buttons=buttons, with_image=part.with_image)


def wire_of(entry: Entry) -> dict[str, Any]:
    """An entry for the page. Of its buttons only the labels: the page names one by its place."""
    return {
        "id": entry.id,
        "who": entry.who,
        "at": entry.at.isoformat(),
        "title": entry.part.title,
        "text": entry.part.text,
        "buttons": [[button.label for button in row] for row in entry.part.buttons],
        "picture": entry.picture is not None,
        "alt": entry.alt,
        "file": entry.file[0] if entry.file else None,
        "kept": entry.picture != "" and (entry.file is None or entry.file[1] != ""),
        "answers": entry.answers,
        "pressed": entry.pressed,
        "edited": entry.edited,
        "failed": entry.failed,
    }
