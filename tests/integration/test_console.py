"""The terminal chat over real pipes, files and a pseudo-terminal."""

import asyncio
import contextlib
import hashlib
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters import Adapter
from adapters.console import Console
from adapters.local_files import MAX_FILE
from statemachine.errors import AttachmentRefused, SendLater, Unavailable
from statemachine.message import Attachment, Button, Message, Reply

CHAT = "local:demo"
CONFIRM = ((Button("Confirm", "c:1"), Button("Edit", "e:1")), (Button("Cancel", "x:1"),))
SHOWN = Reply(title="NQ long", text="entry 18250", buttons=CONFIRM)


class Bot:
    """Answers each message by a table, once the console waits: as the outbox does, after the message was received."""

    def __init__(self, tmp_path: Path, answers: Callable[[Message], list[Reply]], input_fd: int = 0) -> None:
        self.answers = answers
        self.received: list[Message] = []
        self.printed: list[str] = []
        self.owed: list[Reply] = []
        self.jobs_awaited = 0
        self.console = Console(
            "telegram", CHAT, tmp_path, self.settled, write=self.printed.append, input_fd=input_fd, locale="de"
        )

    async def receive(self, message: Message) -> None:
        self.received.append(message)
        self.owed += self.answers(message)

    async def settled(self, *, jobs: bool = False) -> None:
        self.jobs_awaited += jobs
        for reply in self.owed:
            await self.console.send(CHAT, reply)
        self.owed.clear()

    @property
    def transcript(self) -> str:
        return "".join(self.printed)


def echo(message: Message) -> list[Reply]:
    return [Reply(text=f"you said {message.text or message.button}")]


async def talk(tmp_path: Path, typed: bytes, answers: Callable[[Message], list[Reply]] = echo) -> Bot:
    """A conversation through a real pipe."""
    read_end, write_end = os.pipe()
    os.write(write_end, typed)
    os.close(write_end)
    bot = Bot(tmp_path, answers, read_end)
    try:
        await bot.console.listen(bot)
    finally:
        os.close(read_end)
    return bot


async def test_a_piped_conversation_reads_in_order(tmp_path: Path) -> None:
    bot = await talk(tmp_path, "long 2 nq\r\n\n  grün ✓\nlast".encode())
    assert bot.transcript == (
        "> long 2 nq\nyou said long 2 nq\n\n>   grün ✓\nyou said grün ✓\n\n> last\nyou said last\n\n"
    )
    assert bot.jobs_awaited == 1


async def test_a_message_names_its_chat_and_is_unique(tmp_path: Path) -> None:
    bot = await talk(tmp_path, b"one\none\n")
    first, second = bot.received
    assert (first.platform, first.account, first.chat_id, first.locale) == ("telegram", "local", CHAT, "de")
    assert first.external_id != second.external_id
    assert first.private
    assert abs((datetime.now(UTC) - first.sent_at).total_seconds()) < 30


def asking(message: Message) -> list[Reply]:
    """Shows choices for a report, asks for the size in plain words for `nq`."""
    if message.text == "report":
        return [SHOWN]
    return [Reply(text="How many contracts?" if message.text == "nq" else f"{message.button} {message.text}")]


async def test_a_number_is_the_choice_that_is_shown(tmp_path: Path) -> None:
    bot = await talk(tmp_path, b"report\n3\n", asking)
    assert "> report\nNQ long\nentry 18250\n  [1] Confirm  [2] Edit\n  [3] Cancel\n\n> 3\n" in bot.transcript
    assert [(message.text, message.button) for message in bot.received] == [("report", None), ("", "x:1")]


@pytest.mark.parametrize("number", ["0", "4", "03", "-1", "²", "٣", "1.5", "0000000020000"])
async def test_a_number_without_a_choice_is_text(tmp_path: Path, number: str) -> None:
    bot = await talk(tmp_path, f"report\n{number}\n".encode(), asking)
    assert (bot.received[1].text, bot.received[1].button) == (number, None)


async def test_a_used_choice_is_forgotten(tmp_path: Path) -> None:
    bot = await talk(tmp_path, b"report\n1\n1\n", asking)
    assert [message.button for message in bot.received] == [None, "c:1", None]


async def test_a_question_without_choices_takes_numbers(tmp_path: Path) -> None:
    bot = await talk(tmp_path, b"report\nnq\n2\n", asking)
    assert (bot.received[2].text, bot.received[2].button) == ("2", None)


async def test_choices_outlive_what_comes_by_itself(tmp_path: Path) -> None:
    """The verdict on an earlier trade may arrive while choices are waiting."""
    bot = await talk(tmp_path, b"report\n2\n", lambda message: [SHOWN, Reply(text="an earlier trade's verdict")])
    assert bot.received[1].button == "e:1"


async def test_a_file_is_sent_as_a_document(tmp_path: Path) -> None:
    file = tmp_path / "my trades.csv"
    file.write_bytes(b"symbol,side")
    bot = await talk(tmp_path / "data", f"/file '{file}' @apex2\n/file {tmp_path}/none.csv\n".encode())
    (message,) = bot.received
    (attachment,) = message.attachments
    assert (message.text, attachment.kind, attachment.name) == ("@apex2", "document", "my trades.csv")
    assert await bot.console.fetch(attachment, 100) == b"symbol,side"


async def test_a_picture_is_copied_and_fetched(tmp_path: Path) -> None:
    data = b"\x89PNG picture"
    picture = tmp_path / "my chart.PNG"
    picture.write_bytes(data)
    (tmp_path / "plain.jpg").write_bytes(data)
    lines = f"/photo {picture}\n/photo '{picture}' long nq\n/photo {tmp_path}/plain.jpg short es\n"
    bot = await talk(tmp_path / "data", lines.encode())
    picture.unlink()
    attachments = [message.attachments[0] for message in bot.received]
    assert [message.text for message in bot.received] == ["", "long nq", "short es"]
    assert attachments[0] == Attachment(
        kind="photo",
        handle=f"{hashlib.sha256(data).hexdigest()}.png",
        name="my chart.PNG",
        mime="image/png",
        size=len(data),
    )
    assert await bot.console.fetch(attachments[0], 100) == data
    stored = tmp_path / "data" / "console" / attachments[0].handle
    assert stored.stat().st_mode & 0o777 == 0o600
    assert len(list(stored.parent.iterdir())) == 2
    assert {attachment.kind for attachment in attachments} == {"photo"}
    with pytest.raises(AttachmentRefused) as caught:
        await bot.console.fetch(attachments[0], len(data) - 1)
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize("name", ["", "missing.png", ".", "huge.png", "a" * 5000, "~nobody-here/x.png", "a\0b"])
async def test_a_picture_that_cannot_be_sent(tmp_path: Path, name: str) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(MAX_FILE + 1)
    path = tmp_path / name if name in {"missing.png", ".", "huge.png"} else name
    bot = await talk(tmp_path, f"/photo {path}\n".encode())
    assert bot.received == []
    told = bot.transcript.splitlines()[1]
    assert told.startswith(("There is no file", "Say which one")) or "too large: at most 20 MB" in told


@pytest.mark.parametrize("handle", ["../../etc/passwd", "/etc/passwd", "0" * 64 + ".png", ""])
async def test_an_unknown_handle_is_gone(tmp_path: Path, handle: str) -> None:
    console = Bot(tmp_path, echo).console
    with pytest.raises(AttachmentRefused) as caught:
        await console.fetch(Attachment(kind="photo", handle=handle), 100)
    assert caught.value.reason == "gone"


async def test_an_outage_is_told(tmp_path: Path) -> None:
    def unavailable(_message: Message) -> list[Reply]:
        raise Unavailable

    bot = await talk(tmp_path, b"long nq\nshort es\n", unavailable)
    assert bot.transcript.count("nothing was stored") == 2


async def test_replies_of_other_chats_and_control_characters_are_not_printed(tmp_path: Path) -> None:
    bot = Bot(tmp_path, echo)
    adapter: Adapter = bot.console
    await adapter.connect()
    with pytest.raises(SendLater):
        await adapter.send("local:other", Reply(text="secret"))
    await adapter.send(CHAT, Reply(title="\x1b[2J\x07title", text="a\x9b31m\tb\r\nc", image="u/t.png"))
    await adapter.close()
    assert bot.transcript == "[2Jtitle\na31m\tb\nc\n[picture u/t.png]\n\n"


async def test_a_slow_pipe_and_split_characters(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    bot = Bot(tmp_path, echo, read_end)

    def write() -> None:
        for part in ("\ufefflong ü".encode()[:-1], "ü".encode()[-1:] + b" nq", b"\nsho", b"rt \xff\n"):
            os.write(write_end, part)
            time.sleep(0.02)
        os.close(write_end)

    writer = threading.Thread(target=write)
    writer.start()
    await bot.console.listen(bot)
    writer.join()
    os.close(read_end)
    assert [message.text for message in bot.received] == ["long ü nq", "short \ufffd"]


async def test_a_file_as_input(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text("long nq\nshort es\n")
    with script.open("rb") as file:
        bot = Bot(tmp_path, echo, file.fileno())
        await bot.console.listen(bot)
    assert [message.text for message in bot.received] == ["long nq", "short es"]


async def test_listening_can_be_cancelled_while_nothing_comes(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    bot = Bot(tmp_path, echo, read_end)
    task = asyncio.create_task(bot.console.listen(bot))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    os.write(write_end, b"late\n")
    await asyncio.sleep(0.05)
    os.close(write_end)
    os.close(read_end)
    assert bot.received == []


PROGRAM = """
import asyncio, pathlib, signal, sys
from adapters.console import Console
from statemachine.message import Button, Reply

async def main():
    async def settled(*, jobs=False):
        if jobs:
            sys.stdout.write("jobs done\\n")

    class Journal:
        async def receive(self, message):
            text = f"<{message.text}|{message.button}>"
            await console.send("local:demo", Reply(title="Title", text=text, buttons=((Button("Yes", "y:1"),),)))

    console = Console("telegram", "local:demo", pathlib.Path(sys.argv[1]), settled)
    await console.listen(Journal())
    sys.stdout.write("the end\\n")

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell started the tests in the background
asyncio.run(main())
"""


class Terminal:
    """The program on a pseudo-terminal. The prompt's blank comes as a cursor move."""

    def __init__(self, tmp_path: Path) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.getcwd(), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
        )
        os.close(slave)
        self.seen = ""

    def wait_for(self, text: str, seconds: float = 20) -> None:
        """Reads until `text` has been shown."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < end, self.seen
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    assert text in self.seen, self.seen

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def type_until(self, keys: bytes, text: str, tries: int = 20) -> None:
        """For Ctrl-D, which a terminal swallows while no prompt reads it."""
        for _ in range(tries):
            self.type(keys)
            with contextlib.suppress(AssertionError):
                return self.wait_for(text, seconds=1)
        return self.wait_for(text, seconds=1)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def test_a_real_terminal_with_choices_paste_and_ctrl_d(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.wait_for(">")
        terminal.type(b"long nq\r")
        terminal.wait_for("<long nq|None>")
        assert "\x1b[1mTitle\x1b[0m" in terminal.seen
        terminal.wait_for("[1] Yes")
        terminal.type(b"1\r")
        terminal.wait_for("<|y:1>")
        terminal.type(b"\x1b[200~first\nsecond\x1b[201~\r")
        terminal.wait_for("<first|None>")
        terminal.wait_for("<second|None>")
        terminal.type_until(b"\x04", "the end")
        assert "jobs done" in terminal.seen
        assert terminal.process.wait(timeout=20) == 0


def test_ctrl_c_ends_a_real_terminal_cleanly(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.wait_for(">")
        terminal.type(b"\x03")
        terminal.wait_for("the end")
        assert "jobs done" not in terminal.seen
        assert "Traceback" not in terminal.seen
        assert terminal.process.wait(timeout=20) == 0


def test_a_process_with_an_open_pipe_can_be_ended(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"long nq\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"> long nq\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert b"Fatal Python error" not in errors
    assert process.returncode != 0
