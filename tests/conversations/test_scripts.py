"""Runs the scripts beside this file: what a trader writes and what the bot answers.

One line each:

    # a comment
    > long 2 nq 18250 > 18290     the trader writes; lines that follow and begin with `. ` belong to the message
    > [Confirm]                   presses the newest button of that label; [Confirm]@2 the one before it
    > (photo)   > (photo) text    sends a picture, with a caption; (voice) a voice message
    > (reply 1) text              answers the message of the trade that was recorded first; (reply 1) (photo)
    > (edit 3) text               edits the third message of the script
    = 31 minutes                  time passes, timers run
    ! pictures off                the trader does not want to be asked for charts
    ! accounts apex2 alpha        the trader has these accounts beside the default one
    ! use apex2                   the one that is used where none is named
    ! language es                 in which the bot speaks
    < Is this right? ... NQ       the bot's replies hold this, in order; `...` stands for anything
    * RecordTrade RequestAudit    what was done, in order; a bare `*` means nothing
    -                             the bot says nothing

A reply that no `<` line speaks of fails the script. Scripts run through the core as it is, and through the translators
of every platform, where a reply is what a person reads of it and a message what the wire makes of what they do.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from statemachine.message import Button, Reply
from tests.conversations.discord_wire import DiscordWire
from tests.conversations.driver import Chat
from tests.conversations.mail_wire import MailWire
from tests.conversations.whatsapp_wire import WhatsAppWire
from tests.conversations.wires import Bare, Choice, Feature, Read, Said, TelegramWire, TerminalWire, Wire, button_of

WIRES: tuple[type[Wire], ...] = (Bare, TelegramWire, DiscordWire, WhatsAppWire, MailWire, TerminalWire)
SCRIPTS = sorted(Path(__file__).parent.glob("*.txt"))
SENT = re.compile(
    r"(?:\((?P<how>reply|edit) (?P<number>\d+)\) ?)?(?:\((?P<file>photo|voice)\) ?)?(?P<text>.*)", re.DOTALL
)
PRESSED = re.compile(r"\[(?P<label>[^]]+)](?:@(?P<back>\d+))?")


class Run:
    """One script against one chat; complains with the line's number and what was said instead."""

    def __init__(self, path: Path, wire: Wire) -> None:
        self.chat = Chat()
        self.wire = wire
        self.lines = path.read_text().splitlines()
        self.seen: list[tuple[Read, tuple[tuple[Button, ...], ...]]] = []
        self.needs: set[Feature] = set()
        self.fresh: set[int] = set()
        self.replies: list[Read] = []
        self.effects: list[str] = []
        self.held = ""

    def run(self) -> None:
        for number, line in enumerate(self.lines, 1):
            mark, _, rest = line.partition(" ")
            try:
                self.obey(mark, rest.strip(), self.continuation(number))
            except AssertionError as error:
                raise AssertionError(f"line {number}: {line}\n{error}") from None
        self.finished()

    def continuation(self, number: int) -> str:
        """The lines beginning with `.` that follow."""
        more = []
        for line in self.lines[number:]:
            if not line.startswith(". "):
                break
            more.append(line[2:])
        return "".join("\n" + line for line in more)

    def obey(self, mark: str, rest: str, more: str) -> None:
        match mark:
            case "" | "#" | ".":
                return
            case ">":
                self.finished()
                self.heard(*self.send(rest + more))
            case "=":
                self.finished()
                count, unit = rest.split()
                self.heard(*self.chat.wait(timedelta(**{unit: int(count)})))
            case "!":
                self.chat.set(*rest.split())
            case "<":
                self.expect(rest)
            case "*":
                assert " ".join(self.effects) == rest, f"done: {self.effects}"
            case "-":
                self.finished()
            case _:
                raise AssertionError("not a line of a script")

    def heard(self, replies: list[Reply], effects: list[str]) -> None:
        """What was answered, as the person reads it."""
        self.replies, self.effects = [], effects
        self.fresh = {len(self.seen) + place for place in range(1, len(replies) + 1)}
        for reply in replies:
            read = self.wire.read(reply, len(self.seen) + 1)
            self.seen.append((read, reply.buttons))
            self.replies.append(read)

    def expect(self, wanted: str) -> None:
        """Several `<` lines may speak of one reply; a line that the reply at hand does not hold is for the next one."""
        pattern = re.compile(".*".join(re.escape(part.strip()) for part in wanted.split("...")))
        if self.held and pattern.search(self.held):
            return
        assert self.replies, f"the bot says nothing more after: {self.held}"
        self.held = str(self.replies.pop(0))
        assert pattern.search(self.held), f"the bot says: {self.held}"

    def finished(self) -> None:
        assert not self.replies, "the bot also says: " + " | ".join(map(str, self.replies))
        self.held = ""

    def send(self, line: str) -> tuple[list[Reply], list[str]]:
        said = Said(self.chat.messages + 1, self.chat.now)
        pressed, sent = PRESSED.fullmatch(line), SENT.fullmatch(line)
        assert sent is not None
        target = None
        if pressed is not None:
            number, choice = self.offered(pressed["label"], int(pressed["back"] or 1))
            said = replace(said, pressed=choice, answers=number)
        else:
            said = replace(said, text=sent["text"], file=sent["file"])
            if sent["how"] == "edit":
                said = replace(said, edits=int(sent["number"]))
            elif sent["how"] == "reply":
                said = replace(said, answers=0)
                target = self.chat.journal.numbered(int(sent["number"]))
        self.needs |= set(needed(said, self.fresh))
        message = self.wire.message(said)
        if message.choice is not None:
            message = button_of(message, self.seen[said.answers - 1 if said.answers else -1][1])
        return self.chat.receive(message, target=target)

    def offered(self, label: str, back: int) -> tuple[int, Choice]:
        """The choice that reads `label`, in the newest reply that has one, or `back` such replies ago."""
        found = [
            (number, choice)
            for number, (read, _) in enumerate(self.seen, 1)
            for choice in read.choices
            if choice.label == label
        ]
        assert len(found) >= back, f"no choice [{label}]; the last reply is: {self.seen[-1][0]}"
        return found[-back]


def needed(said: Said, fresh: Collection[int]) -> Iterator[Feature]:
    """What this takes of a platform beyond lines, pictures and the choices of the latest answer."""
    if said.pressed is not None and said.answers not in fresh:
        yield "late press"
    if said.pressed is None and said.answers is not None:
        yield "reply"
    if said.edits is not None:
        yield "edit"
    if said.file == "voice":
        yield "voice"
    if "\n" in said.text:
        yield "lines"


@cache
def needs_of(path: Path) -> frozenset[Feature]:
    """Seen by running the script on the core; where that fails, its own test tells."""
    run = Run(path, Bare())
    with suppress(AssertionError):
        run.run()
    return frozenset(run.needs)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "path" in metafunc.fixturenames:
        runs = [(path, kind) for kind in WIRES for path in SCRIPTS if not needs_of(path) & kind.cannot]
        metafunc.parametrize(("path", "kind"), runs, ids=[f"{kind.name}-{path.stem}" for path, kind in runs])


def test_script(path: Path, kind: type[Wire], tmp_path: Path) -> None:
    Run(path, kind.on(tmp_path)).run()


@pytest.mark.parametrize("kind", WIRES)
def test_most_scripts_run_on_every_wire(kind: type[Wire]) -> None:
    assert sum(not needs_of(path) & kind.cannot for path in SCRIPTS) > len(SCRIPTS) / 2


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 15
