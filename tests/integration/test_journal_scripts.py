"""Runs the scripts of tests/journals: conversations that need a database, told as in tests/conversations.

> (file NAME) text    sends the file of that name in tests/broker_files.py, with a caption; the jobs run
> (place 50.1 8.6)    sends where they are
> text        the trader writes, or presses [Label]; lines that follow and begin with `. ` belong to the message
< reply       the next reply holds this, in order; `...` stands for anything
-             nothing more was said
! linked      the chat belongs to a profile         ! code   the web app makes a link code: {code}
! announced KIND TITLE    the web app announces something, and what comes round by the clock runs
! referred · ! audited    the trader brought somebody, who has a first audit          ! run   the clock
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from bot.commands import COMMANDS, menu
from bot.linking import new_code
from bot.schedules import schedules_of
from bot.settings import read_settings
from db import referrals
from statemachine.message import Attachment, Place, Platform
from tests.broker_files import FILES
from tests.conversations.discord_wire import DiscordWire
from tests.conversations.mail_wire import MailWire
from tests.conversations.whatsapp_wire import WhatsAppWire
from tests.conversations.wires import Said, Wire
from tests.integration.databases import sign_up
from tests.journaling import Journal, Person, journaling

WITH_JOBS = {"charts", "tour"}
"""Scripts in which what is said comes from jobs."""
ON_EVERY_WIRE = ("help", "settings", "settings_messages", "onboarding", "onboarding_left")
PLATFORMS: dict[type[Wire], Platform] = {DiscordWire: "discord", WhatsAppWire: "whatsapp", MailWire: "email"}
WIRES = tuple(PLATFORMS)
PLACE = re.compile(r"\(place (?P<latitude>[-.\d]+) (?P<longitude>[-.\d]+)\)")
FILE = re.compile(r"\(file (?P<name>[^)]+)\) ?(?P<text>.*)", re.DOTALL)
TESTS = Path(__file__).parent.parent
SCRIPTS = sorted((TESTS / "journals").glob("*.txt"))
TALKS = TESTS / "conversations"
README = TESTS.parent / "README.md"


class Script:
    """One script in one chat; on a wire replies are what a person reads there, and presses what they can do there."""

    def __init__(self, journal: Journal, trader: UUID, wire: Wire | None = None) -> None:
        self.journal, self.trader, self.wire = journal, trader, wire
        self.person = Person(journal, "4001", next(iter(journal.recorders)))
        self.read, self.code, self.referred = 0, "", UUID(int=0)

    async def run(self, lines: list[str]) -> None:
        for number, line in enumerate(lines, 1):
            mark, _, rest = line.partition(" ")
            try:
                if mark in (">", "!"):
                    self.quiet()
                if mark == ">":
                    await self.write(rest + continuation(lines[number:]))
                elif mark == "!":
                    await self.happen(*rest.split(" ", 2))
                elif mark == "<":
                    self.hear(rest)
                else:
                    assert mark in ("", "#", ".", "-"), "not a line of a script"
            except AssertionError as error:
                raise AssertionError(f"line {number}: {line}\n{error}") from None
        self.quiet()

    async def write(self, text: str) -> None:
        if (sent := FILE.fullmatch(text)) is not None:
            handle = f"file-{len(self.person.recorder.files)}"
            self.person.recorder.files[handle] = FILES[sent["name"]][0].encode()
            file = Attachment(kind="document", handle=handle, name="export.csv")
            await self.person.sends(file, text=sent["text"])
        elif (place := PLACE.fullmatch(text)) is not None:
            where = Place(float(place["latitude"]), float(place["longitude"]))
            await self.person.does(self.person.message(place=where))
        elif text.startswith("[") and self.wire is not None:
            await self.press(self.wire, text.strip("[]"))
        elif text.startswith("["):
            await self.person.presses(text.strip("[]"))
        else:
            await self.person.writes(text.replace("{code}", self.code))

    async def press(self, wire: Wire, label: str) -> None:
        """What a choice of the latest reply that has it becomes on the wire."""
        reads = [(number, wire.read(sent.reply, number)) for number, sent in enumerate(self.person.replies, 1)]
        number, choice = [(number, c) for number, read in reads for c in read.choices if c.label == label][-1]
        made = wire.message(Said(number, datetime.now(UTC), pressed=choice, answers=number))
        below = self.person.replies[number - 1].external_id
        await self.person.writes(made.text, button=made.button, choice=made.choice, reply_to=below)

    def hear(self, wanted: str) -> None:
        assert self.read < len(self.person.replies), "the bot says nothing more"
        sent = self.person.replies[self.read]
        said = " ".join((sent.text if self.wire is None else str(self.wire.read(sent.reply, self.read + 1))).split())
        said = said.replace(" / ", " ") if self.wire is not None else said
        pattern = ".*".join(re.escape(part.strip()) for part in wanted.split("..."))
        assert re.search(pattern, said), f"the bot says: {said}"
        self.read += 1

    def quiet(self) -> None:
        assert self.read == len(self.person.replies), f"the bot also says: {self.person.replies[-1].text}"

    async def happen(self, what: str, *more: str) -> None:
        db = self.journal.db
        match what:
            case "linked":
                await self.person.binds(self.trader)
            case "code":
                self.code = new_code()
                await db.execute(
                    "insert into public.platform_link_codes (user_id, platform, code, expires_at)"
                    " values ($1, $3, $2, now() + interval '10 minutes')",
                    self.trader,
                    self.code,
                    self.person.platform,
                )
            case "announced":
                kind, title = more
                await db.execute(
                    "insert into public.announcements (title, body, type) values ($1, '', $2)", title, kind
                )
                await self.clock()
            case "referred":
                self.referred = await sign_up(db, "friend@example.com")
                await (await Person(self.journal, "4002").binds(self.referred)).writes("/help")
                await db.execute(
                    "insert into public.referrals (referrer_id, referred_id) values ($1, $2)",
                    self.trader,
                    self.referred,
                )
            case "audited":
                await referrals.note_first_audit(db, self.referred)
            case "run":
                await self.clock()
            case _:
                raise AssertionError("nothing of the kind can happen")

    async def clock(self) -> None:
        schedules = schedules_of(self.journal.worker.pool, read_settings(None))
        for name in ("announcements", "referrals", "old_tries", "old_announcements"):
            await schedules[name].run()
        await self.journal.settle_due()


def continuation(following: list[str]) -> str:
    """The lines beginning with `.` that follow."""
    more = []
    for line in following:
        if not line.startswith(". "):
            break
        more.append("\n" + line[2:])
    return "".join(more)


@pytest.mark.parametrize("stem", ON_EVERY_WIRE)
@pytest.mark.parametrize("kind", WIRES, ids=lambda kind: kind.name)
async def test_script_on_a_wire(kind: type[Wire], stem: str, dsn: str, tmp_path: Path, trader: UUID) -> None:
    """What is chosen by buttons, where there are none by their numbers or links."""
    lines = (SCRIPTS[0].parent / f"{stem}.txt").read_text(encoding="utf-8")
    async with journaling(dsn, tmp_path, PLATFORMS[kind]) as journal:
        await Script(journal, trader, kind.on(tmp_path)).run(lines.splitlines())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_script(path: Path, dsn: str, tmp_path: Path, trader: UUID) -> None:
    lines = path.read_text(encoding="utf-8")
    jobs = path.stem in WITH_JOBS or "> (file " in lines
    options = {"share_secret": "a secret of the scripts", "messages_per_minute": 1000}
    async with journaling(dsn, tmp_path, jobs=jobs, **options) as journal:
        await Script(journal, trader).run(lines.splitlines())


WRITTEN = re.compile(r"^> (?:\([^)]*\) ?)?/(?P<name>[a-z_]+)", re.MULTILINE)
NAMED = re.compile(r"(?<![\w/.])/(?P<name>[a-z_]+)\b(?!/)")


def test_every_command_that_is_told_of_is_in_a_script() -> None:
    """Those of README's tour, and of the pages of /help."""
    scripts = (*SCRIPTS, *TALKS.glob("*.txt"))
    written = {name for path in scripts for name in WRITTEN.findall(path.read_text(encoding="utf-8"))}
    tour = README.read_text(encoding="utf-8").partition("## How a message becomes a trade")[0]
    told = (set(NAMED.findall(tour)) & COMMANDS.keys()) | {name for name, _ in menu()}
    assert len(told) > 40
    assert told - written == set()
