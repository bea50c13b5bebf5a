"""The sandbox page as a platform: one chat that looks like the platform it imitates, kept while this process lives.

The page brings what the trader does by `write`, `press` and `show`; it reads `Sandbox.transcript`. Its chat is
`local:sandbox` of the account "sandbox", so that no real adapter, and no terminal, ever serves it.
"""

import asyncio
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from adapters import Envelope, LoadImage, Receiver
from adapters.choices import choice_in
from adapters.local_files import fetched, forget_older, kept
from adapters.sandbox_transcript import Transcript
from adapters.sandbox_wire import EDITS, Entry, Part, parts_of
from statemachine.errors import SendRefused, Unavailable
from statemachine.message import Attachment, AttachmentKind, Chat, Message, Platform, Reply

ACCOUNT: Final = "sandbox"
CHAT_ID: Final = "local:sandbox"
LARGEST_FILE: Final = 64_000_000
PRESSED: Final = "pressed"
KEPT_SECONDS: Final = 2 * 24 * 3600.0
"""A picture's job is given up after a day."""
KINDS: Final[dict[str, AttachmentKind]] = {"image": "photo", "audio": "voice", "video": "video"}
"""By the first half of what the browser says of a file; any other is a document."""


class Sandbox:
    """One chat of the page. Satisfies `adapters.Adapter`; what happens in it is told to `transcript`."""

    exclusive = False
    account = ACCOUNT

    def __init__(self, platform: Platform, data_dir: Path, load_image: LoadImage) -> None:
        """`data_dir` keeps what is sent either way."""
        self.platform = platform
        self.chat = Chat(platform, ACCOUNT, CHAT_ID)
        self.transcript = Transcript()
        self.folder = data_dir / "sandbox"
        self._load_image = load_image

    async def connect(self) -> None:
        """There is nobody to log in to. What earlier chats sent is forgotten."""
        await asyncio.to_thread(forget_older, self.folder, KEPT_SECONDS)

    async def listen(self, receiver: Receiver) -> None:
        """Returns at once: the page brings the messages."""

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:  # noqa: ARG002 - the seam's signature
        """None: those of the page look after all four chats, behind one guard."""
        return ()

    async def send(self, chat_id: str, reply: Reply, envelope: Envelope = Envelope()) -> str | None:
        """Show a reply; one that is sent once more is not shown twice."""
        if chat_id != CHAT_ID:
            raise SendRefused(f"{chat_id} is not the chat of the sandbox")
        if shown := self.transcript.with_key(envelope.key):
            return shown.external_id
        handle = ""
        if reply.file is not None and envelope.file is not None:
            handle = await asyncio.to_thread(kept, envelope.file, Path(reply.file.name).suffix, self.folder)
        number = _number(handle)
        for values in self.told(reply, number, handle):
            self.transcript.add(key=envelope.key, **values)
        return number

    def told(self, reply: Reply, number: str, handle: str) -> Iterator[dict[str, Any]]:
        """The entries that show a reply. `handle`: of its file; "" where that is kept no longer."""
        answered = self.transcript.with_external_id(reply.reply_to) if reply.reply_to else None
        for place, part in enumerate(parts_of(reply, self.platform)):
            yield {
                "who": "vigil",
                "external_id": number,
                "part": part,
                "picture": reply.image if part.with_image else None,
                "alt": reply.alt if part.with_image else None,
                "file": (reply.file.name, handle) if reply.file and place == 0 else None,
                "answers": answered.id if answered else None,
            }

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        """Raises AttachmentRefused: "gone" for an unknown handle, "too_large" beyond `limit` bytes."""
        return await fetched(attachment.handle, limit, self.folder)

    async def close(self) -> None:
        """There is nothing to give back."""

    # What the trader does on the page. Each returns when the journal has it; raises Unavailable, and LookupError for an
    # entry that is not there, or that this cannot be done with.

    async def write(
        self, receiver: Receiver, text: str, *, answers: int | None = None, locale: str | None = None
    ) -> None:
        await self._hand_over(receiver, Part(text=text), answers=answers, locale=locale, text=text)

    async def edit(self, receiver: Receiver, entry_id: int, text: str, *, locale: str | None = None) -> None:
        """Change the words of a message that was sent."""
        entry = self._entry(entry_id)
        if self.platform not in EDITS or entry.who != "trader" or entry.pressed or entry.picture or entry.file:
            raise LookupError(entry_id)
        at = datetime.now(UTC)
        number = f"{entry.external_id}:e{int(at.timestamp() * 1000)}"
        self.transcript.change(entry, part=Part(text=text), edited=True)
        await receiver.receive(
            self._message(external_id=number, edits=entry.external_id, sent_at=at, text=text, locale=locale)
        )

    async def press(self, receiver: Receiver, entry_id: int, choice: int, *, locale: str | None = None) -> None:
        """Take one of the choices of an entry, counted from 0."""
        entry = self._entry(entry_id)
        buttons = [button for row in entry.part.buttons for button in row]
        if not 0 <= choice < len(buttons):
            raise LookupError(choice)
        shown = Part(text=buttons[choice].label)
        data = buttons[choice].data
        await self._hand_over(receiver, shown, answers=entry_id, locale=locale, pressed=True, button=data)

    async def show(
        self,
        receiver: Receiver,
        data: bytes,
        *,
        name: str,
        mime: str,
        caption: str = "",
        answers: int | None = None,
        locale: str | None = None,
    ) -> None:
        """Send a picture, a recording or a document. The bytes are looked at where all are: when a job fetches them.
        Raises OSError."""
        handle = await asyncio.to_thread(kept, data, Path(name).suffix, self.folder)
        kind = KINDS.get(mime.partition("/")[0], "document")
        attachment = Attachment(kind=kind, handle=handle, name=name or None, mime=mime or None, size=len(data))
        part = Part(text=caption, with_image=kind == "photo")
        shown = {"picture": handle} if kind == "photo" else {"file": (name or kind, handle)}
        given: dict[str, Any] = {"text": caption, "attachments": (attachment,), **shown}
        await self._hand_over(receiver, part, answers=answers, locale=locale, **given)

    async def picture(self, entry_id: int) -> bytes:
        """The bytes of an entry's picture, as they came. Raises AttachmentRefused, SendLater, LookupError."""
        entry = self._entry(entry_id)
        if entry.picture is None:
            raise LookupError(entry_id)
        if entry.who == "vigil":
            return await self._load_image(entry.picture)
        return await fetched(entry.picture, LARGEST_FILE, self.folder)

    async def file(self, entry_id: int) -> tuple[str, bytes]:
        """Name and bytes of an entry's file. Raises AttachmentRefused, LookupError."""
        entry = self._entry(entry_id)
        if entry.file is None:
            raise LookupError(entry_id)
        name, handle = entry.file
        return name, await fetched(handle, LARGEST_FILE, self.folder)

    def _entry(self, entry_id: int) -> Entry:
        entry = self.transcript.find(entry_id)
        if entry is None:
            raise LookupError(entry_id)
        return entry

    async def _hand_over(
        self,
        receiver: Receiver,
        part: Part,
        *,
        answers: int | None,
        locale: str | None,
        picture: str | None = None,
        file: tuple[str, str] | None = None,
        pressed: bool = False,
        **given: Any,
    ) -> None:
        """Shown first: the answer may come before `receive` returns."""
        answered = self._entry(answers).external_id if answers is not None else None
        entry = self.transcript.add(
            who="trader",
            external_id=_number(PRESSED if pressed else picture or (file[1] if file else "")),
            part=part,
            picture=picture,
            file=file,
            answers=answers,
            pressed=pressed,
        )
        message = self._message(
            external_id=entry.external_id, sent_at=entry.at, reply_to=answered, locale=locale, **given
        )
        try:
            await receiver.receive(message)
        except Unavailable:
            self.transcript.change(entry, failed=True)
            raise

    def _message(self, *, text: str = "", button: str | None = None, **given: Any) -> Message:
        numbers = self.platform in ("whatsapp", "email") and button is None
        return Message(
            platform=self.platform,
            account=self.account,
            chat_id=CHAT_ID,
            sender_id=CHAT_ID,
            text=text,
            button=button,
            choice=choice_in(text) if numbers else None,
            **given,
        )


def _number(with_it: str) -> str:
    """The name of a new message: it says what came with it, so that this is found again when only the name is left."""
    return f"{uuid.uuid4().hex}-{with_it}" if with_it else uuid.uuid4().hex


def sent_with(external_id: str) -> str:
    """The handle of the file that came with a message, or PRESSED; "" where nothing did."""
    return external_id.partition("-")[2]
