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
    < Is this right? ... NQ       the bot's replies hold this, in order; `...` stands for anything
    * RecordTrade RequestAudit    what was done, in order; a bare `*` means nothing
    -                             the bot says nothing

A reply that no `<` line speaks of fails the script.
"""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from statemachine.message import Message, Reply
from tests.conversations.driver import Chat, photo, shown

SCRIPTS = sorted(Path(__file__).parent.glob("*.txt"))
SENT = re.compile(
    r"(?:\((?P<how>reply|edit) (?P<number>\d+)\) ?)?(?:\((?P<file>photo|voice)\) ?)?(?P<text>.*)", re.DOTALL
)
PRESSED = re.compile(r"\[(?P<label>[^]]+)](?:@(?P<back>\d+))?")


class Run:
    """One script against one chat; complains with the line's number and what was said instead."""

    def __init__(self, path: Path) -> None:
        self.chat = Chat()
        self.lines = path.read_text().splitlines()
        self.replies: list[Reply] = []
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
                self.replies, self.effects = self.send(rest + more)
            case "=":
                self.finished()
                count, unit = rest.split()
                self.replies, self.effects = self.chat.wait(timedelta(**{unit: int(count)}))
            case "!":
                assert rest == "pictures off", "unknown setting"
                self.chat.account = replace(self.chat.account, wants_pictures=False)
            case "<":
                self.expect(rest)
            case "*":
                assert " ".join(self.effects) == rest, f"done: {self.effects}"
            case "-":
                self.finished()
            case _:
                raise AssertionError("not a line of a script")

    def expect(self, wanted: str) -> None:
        """Several `<` lines may speak of one reply; a line that the reply at hand does not hold is for the next one."""
        pattern = re.compile(".*".join(re.escape(part.strip()) for part in wanted.split("...")))
        if self.held and pattern.search(self.held):
            return
        assert self.replies, f"the bot says nothing more after: {self.held}"
        self.held = shown(self.replies.pop(0))
        assert pattern.search(self.held), f"the bot says: {self.held}"

    def finished(self) -> None:
        assert not self.replies, "the bot also says: " + " | ".join(shown(reply) for reply in self.replies)
        self.held = ""

    def send(self, line: str) -> tuple[list[Reply], list[str]]:
        pressed = PRESSED.fullmatch(line)
        chat = self.chat
        if pressed is not None:
            data = chat.button(pressed["label"], int(pressed["back"] or 1))
            return chat.receive(chat.message(str(chat.messages + 1), button=data))
        sent = SENT.fullmatch(line)
        assert sent is not None
        message = self.message(sent)
        target = chat.journal.numbered(int(sent["number"])) if sent["how"] == "reply" else None
        return chat.receive(message, target=target)

    def message(self, sent: re.Match[str]) -> Message:
        number = self.chat.messages + 1
        files = (photo(number, sent["file"]),) if sent["file"] else ()
        if sent["how"] == "edit":
            edited = sent["number"]
            return self.chat.message(f"{edited}:e{number}", text=sent["text"], attachments=files, edits=edited)
        answered = f"receipt {sent['number']}" if sent["how"] == "reply" else None
        return self.chat.message(str(number), text=sent["text"], attachments=files, reply_to=answered)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_script(path: Path) -> None:
    Run(path).run()


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 15
