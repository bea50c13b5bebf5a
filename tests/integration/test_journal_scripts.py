"""Runs the scripts of tests/journals: conversations that need a database, told as in tests/conversations.

> (file NAME) text    sends the file of that name in tests/broker_files.py, with a caption; the jobs run
> text        the trader writes, or presses [Label]; lines that follow and begin with `. ` belong to the message
< reply       the next reply holds this, in order; `...` stands for anything
-             nothing more was said
! linked      the chat belongs to a profile         ! code   the web app makes a link code: {code}
! announced KIND TITLE    the web app announces something, and what comes round by the clock runs
! referred · ! audited    the trader brought somebody, who has a first audit          ! run   the clock
"""

import re
from pathlib import Path
from uuid import UUID

import pytest

from bot.linking import new_code
from bot.schedules import schedules_of
from bot.settings import read_settings
from db import referrals
from statemachine.message import Attachment
from tests.broker_files import FILES
from tests.integration.databases import sign_up
from tests.journaling import Journal, Person, journaling

WITH_JOBS = {"charts"}
"""Scripts in which what is said comes from jobs."""
FILE = re.compile(r"\(file (?P<name>[^)]+)\) ?(?P<text>.*)", re.DOTALL)
SCRIPTS = sorted((Path(__file__).parent.parent / "journals").glob("*.txt"))


class Script:
    """One script in one chat."""

    def __init__(self, journal: Journal, trader: UUID) -> None:
        self.journal, self.trader, self.person = journal, trader, Person(journal, "4001")
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
        elif text.startswith("["):
            await self.person.presses(text.strip("[]"))
        else:
            await self.person.writes(text.replace("{code}", self.code))

    def hear(self, wanted: str) -> None:
        assert self.read < len(self.person.replies), "the bot says nothing more"
        said = " ".join(self.person.replies[self.read].text.split())
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
                    " values ($1, 'telegram', $2, now() + interval '10 minutes')",
                    self.trader,
                    self.code,
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


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_script(path: Path, dsn: str, tmp_path: Path, trader: UUID) -> None:
    lines = path.read_text(encoding="utf-8")
    jobs = path.stem in WITH_JOBS or "> (file " in lines
    async with journaling(dsn, tmp_path, jobs=jobs, share_secret="a secret of the scripts") as journal:
        await Script(journal, trader).run(lines.splitlines())


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 4
