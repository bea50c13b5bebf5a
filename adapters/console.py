"""The terminal as a platform: each line is a message, replies are printed, buttons are numbered.

It imitates the platform it is told to, in a chat `local:…` that only its own process serves. A real terminal gets a
prompt; piped input is read line by line, each line answered before the next is read, so that a transcript reads in
order. A number that matches a shown choice is that choice; choices are forgotten when one was taken, or when the bot
has answered a later message without any, so that "2" answers "How many contracts?" and not an old question.
"""

import asyncio
import codecs
import mimetypes
import os
import re
import sys
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from aiohttp import web
from prompt_toolkit import PromptSession
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from adapters import Envelope, Receiver
from adapters.local_files import MAX_FILE, fetched, kept, saved
from statemachine.errors import AttachmentRefused, SendLater, Unavailable
from statemachine.message import Attachment, AttachmentKind, Button, Message, Platform, Reply

PROMPT = "> "
_SENDING: Mapping[str, AttachmentKind] = MappingProxyType({"/photo": "photo", "/file": "document", "/voice": "voice"})

_CHUNK = 65536
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NUMBER = re.compile(r"[1-9][0-9]?")
_QUOTED = re.compile(r"""(["'])(?P<path>.+?)\1\s*(?P<caption>.*)""")
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


class Settled(Protocol):
    """Waits until everything sent so far was answered; with `jobs`, until its audits are done as well."""

    async def __call__(self, *, jobs: bool = False) -> None: ...


def write_out(text: str) -> None:
    """To whatever standard output is at that moment: the prompt puts its own in place."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


class Console:
    """One chat in the terminal. Satisfies `adapters.Adapter`."""

    exclusive = False
    account = "local"

    def __init__(
        self,
        platform: Platform,
        chat_id: str,
        data_dir: Path,
        settled: Settled,
        *,
        locale: str | None = None,
        write: Callable[[str], None] = write_out,
        input_fd: int = 0,
    ) -> None:
        """`data_dir` keeps the pictures; there is a prompt if both `input_fd` and standard output are terminals."""
        self.platform = platform
        self._chat_id = chat_id
        self._pictures, self._files = data_dir / "console", data_dir / "files"
        self._settled = settled
        self._locale = locale
        self._write = write
        self._input_fd = input_fd
        self._is_terminal = os.isatty(input_fd) and sys.stdout.isatty()
        self._choices: tuple[Button, ...] = ()
        self._wrote_since_choices = False

    async def connect(self) -> None:
        """There is nobody to log in to."""

    async def listen(self, receiver: Receiver) -> None:
        """Read until the end of the input or Ctrl-D, then wait for the jobs; Ctrl-C ends without waiting."""
        try:
            if self._is_terminal:
                with patch_stdout(raw=True):
                    async for line in _prompted():
                        await self._handle(line, receiver)
            else:
                async for line in lines_of(self._input_fd):
                    if not line.strip():
                        continue
                    self._write(f"{PROMPT}{_printable(line)}\n")
                    await self._handle(line, receiver)
                    await self._settled()
        except KeyboardInterrupt:
            return
        await self._settled(jobs=True)

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:  # noqa: ARG002 - the seam's signature
        return ()

    async def send(self, chat_id: str, reply: Reply, envelope: Envelope = Envelope()) -> str | None:
        """Print a reply. Raises SendLater for a chat of another process, which alone can show it."""
        if chat_id != self._chat_id:
            raise SendLater(f"{chat_id} is not the chat of this terminal")
        choices = tuple(button for row in reply.buttons for button in row)
        if choices or self._wrote_since_choices:
            self._choices, self._wrote_since_choices = choices, False
        file = None
        if reply.file is not None and envelope.file is not None:
            file = await asyncio.to_thread(saved, reply.file.name, envelope.file, self._files)
        self._write(render(reply, bold=self._is_terminal, saved=file))
        return uuid.uuid4().hex

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        """Raises AttachmentRefused: "gone" for an unknown handle, "too_large" beyond `limit` bytes."""
        return await fetched(attachment.handle, limit, self._pictures)

    async def close(self) -> None:
        """There is nothing to give back."""

    async def _handle(self, line: str, receiver: Receiver) -> None:
        message = await self._message(line.strip())
        if message is None:
            return
        self._wrote_since_choices = True
        try:
            await receiver.receive(message)
        except Unavailable:
            self._write("The journal cannot be reached, nothing was stored. Send it again in a moment.\n\n")

    async def _message(self, line: str) -> Message | None:
        """What a line means; None for an empty one, and for a file that cannot be sent (the person is told)."""
        command, _, rest = line.partition(" ")
        if command in _SENDING:
            try:
                sent, caption = await asyncio.to_thread(_stored, command, rest.strip(), self._pictures)
            except AttachmentRefused as refusal:
                self._write(f"{_printable(str(refusal))}\n\n")
                return None
            return self._composed(text=caption, attachments=(sent,))
        if not line:
            return None
        chosen = self._take_choice(line)
        return self._composed(text=line) if chosen is None else self._composed(button=chosen.data)

    def _take_choice(self, line: str) -> Button | None:
        if not _NUMBER.fullmatch(line) or int(line) > len(self._choices):
            return None
        chosen, self._choices = self._choices[int(line) - 1], ()
        return chosen

    def _composed(
        self, *, text: str = "", button: str | None = None, attachments: tuple[Attachment, ...] = ()
    ) -> Message:
        return Message(
            platform=self.platform,
            account=self.account,
            chat_id=self._chat_id,
            sender_id=self._chat_id,
            external_id=uuid.uuid4().hex,
            sent_at=datetime.now(UTC),
            text=text,
            button=button,
            attachments=attachments,
            locale=self._locale,
        )


def render(reply: Reply, *, bold: bool, saved: Path | None = None) -> str:
    """A reply as printed, an empty line after it; no control characters: it may hold what anybody wrote.

    `saved`: where its file was put.
    """
    lines = []
    if reply.title:
        title = _printable(reply.title)
        lines.append(f"{_BOLD}{title}{_PLAIN}" if bold else title)
    if reply.text:
        lines.append(_printable(reply.text))
    if reply.image:
        lines.append(f"[picture {_printable(reply.image)}{f': {_printable(reply.alt)}' if reply.alt else ''}]")
    if saved:
        lines.append(f"[file {_printable(str(saved))}]")
    number = 1
    for row in reply.buttons:
        labels = [f"[{number + place}] {_printable(button.label)}" for place, button in enumerate(row)]
        lines.append("  " + "  ".join(labels))
        number += len(row)
    return "\n".join(lines) + "\n\n"


def _printable(text: str) -> str:
    return _CONTROL.sub("", text)


async def _prompted() -> AsyncIterator[str]:
    """What is typed at the prompt until Ctrl-D; a paste of several lines is several messages."""
    session: PromptSession[str] = PromptSession(history=InMemoryHistory())
    with suppress(EOFError):
        while True:
            for line in (await session.prompt_async(PROMPT)).splitlines():
                yield line


async def lines_of(fd: int) -> AsyncIterator[str]:
    """The lines of a pipe, file or terminal, each as soon as it is complete; bytes that are not UTF-8 are replaced."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    rest = ""
    while data := await _read_chunk(fd):
        *complete, rest = (rest + decoder.decode(data)).split("\n")
        for line in complete:
            yield line
    if rest := rest + decoder.decode(b"", final=True):
        yield rest


async def _read_chunk(fd: int) -> bytes:
    """Some bytes, none at the end.

    A daemon thread waits for them: the loop cannot watch a regular file, an executor's thread would keep the process
    from ending, and one that holds the lock of sys.stdin would crash it.
    """
    loop = asyncio.get_running_loop()
    chunk: asyncio.Future[bytes] = loop.create_future()

    def deliver(data: bytes) -> None:
        if not chunk.done():
            chunk.set_result(data)

    def read() -> None:
        try:
            data = os.read(fd, _CHUNK)
        except OSError:  # the terminal hung up, or there is no input at all
            data = b""
        with suppress(RuntimeError):  # the loop ended meanwhile
            loop.call_soon_threadsafe(deliver, data)

    threading.Thread(target=read, name="console input", daemon=True).start()
    return await chunk


def _stored(command: str, rest: str, folder: Path) -> tuple[Attachment, str]:
    """The file that `/photo`, `/file` or `/voice` names, copied into `folder`, and the caption after it.

    The copy's name is the handle: the file itself may be gone by the time a job fetches it. Raises AttachmentRefused.
    """
    name, caption = _name_and_caption(rest)
    path = _existing(name)
    if path is None:
        raise AttachmentRefused("gone", f"There is no file {name}" if rest else f"Say which one: {command} PATH")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            raise AttachmentRefused("too_large", f"{name} is too large: at most {MAX_FILE // 2**20} MB")
        handle = kept(data, path.suffix, folder)
    except OSError as error:
        raise AttachmentRefused("gone", f"{name} cannot be sent: {error.strerror}") from error
    mime = mimetypes.guess_type(path.name)[0]
    return Attachment(kind=_SENDING[command], handle=handle, name=path.name, mime=mime, size=len(data)), caption


def _name_and_caption(rest: str) -> tuple[str, str]:
    """A path with spaces may be quoted or stand alone; else it ends at the first space."""
    if quoted := _QUOTED.fullmatch(rest):
        return quoted["path"], quoted["caption"]
    first, _, caption = rest.partition(" ")
    return (rest, "") if _existing(rest) or not _existing(first) else (first, caption.strip())


def _existing(name: str) -> Path | None:
    try:
        path = Path(name).expanduser()
        return path if path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, an unknown user's home
        return None
