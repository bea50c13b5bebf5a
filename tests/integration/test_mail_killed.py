"""A reader killed between fetching a mail and flagging it: the mail stays unread, the next reader hands it over."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.inbox import Inbox
from tests.mailing import listening, mail_for
from tests.servers.mail import MailServer

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("how", ["hold", "commit"])
async def test_killed_between_fetch_and_flag(how: str) -> None:
    """Before or after the commit: the identity is the same, so a journal that has it already knows it."""
    async with MailServer() as server:
        if how == "commit":
            server.fault("STORE", delay=120)  # the flag is under way when the process dies
        server.write("long 2 nq 18250 > 18290")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.mail_reader", server.imap_url, server.smtp_url, how),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        async with asyncio.timeout(60):
            handed_over = (await process.stdout.readline()).decode().strip()
            if how == "commit":
                await server.until(lambda: server.calls["STORE"], within=60)
        process.kill()
        await process.wait()
        assert server.unseen() == [1]
        inbox = Inbox()
        async with listening(mail_for(server), inbox):
            await server.until(lambda: not server.unseen())
        assert [message.external_id for message in inbox.messages] == [handed_over]
