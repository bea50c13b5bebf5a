"""The journal by e-mail, from the link code to the trade with its chart: mailbox, worker, database and mail server."""

import asyncio
import email
import email.policy
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg

from bot.database import Database
from bot.linking import new_code
from bot.settings import Settings
from bot.worker import Worker, started
from tests.hostile_mails import BELIEVED
from tests.mailing import mail_for
from tests.servers.mail import MailServer
from tests.servers.mail_letters import accepted, picture, png

ANN = "ann@example.com"
BOUND = "select gmail_journal_address from public.profiles where id = $1"
CHART = "select screenshot_url from public.trades where user_id = $1"


@asynccontextmanager
async def at_work(dsn: str, folder: Path, server: MailServer) -> AsyncIterator[Worker]:
    settings = Settings(_env_file=None, data_dir=folder)  # type: ignore[call-arg]
    async with started(settings, Database(dsn, dsn, False, False), [mail_for(server)], jobs=True) as worker:
        worker.listen()
        yield worker


def answers(server: MailServer) -> list[str]:
    """The plain text of everything that was sent."""
    texts = []
    for sent in server.sent:
        assert sent.to == (ANN,)
        part = email.message_from_bytes(sent.raw, policy=email.policy.default).get_body(("plain",))  # type: ignore[attr-defined]
        texts.append(str(part.get_content()))
    return texts


def last_id(server: MailServer) -> str:
    return str(email.message_from_bytes(server.sent[-1].raw)["Message-ID"])


async def code_for(db: asyncpg.Connection, user_id: UUID) -> str:
    code = new_code()
    await db.execute(
        "insert into public.platform_link_codes (user_id, code, platform, expires_at)"
        " values ($1, $2, 'email', now() + interval '10 minutes')",
        user_id,
        code,
    )
    return code


async def test_from_the_code_to_the_chart(
    dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    code = await code_for(connection, trader)
    chart = png(noise=400_000)
    async with MailServer() as server, at_work(dsn, tmp_path, server):
        server.deliver(accepted("", subject=code))
        await server.until(lambda: len(server.sent) == 1, within=60)
        assert "Link this chat to that journal?" in answers(server)[0]  # the mail may be the work of somebody's link
        assert await connection.fetchval(BOUND, trader) is None
        server.deliver(accepted("Link", subject=f"Vigil: Link [l:{code}]"))  # as the link of the HTML part begins it
        await server.until(lambda: len(server.sent) == 3, within=60)
        assert "Where are you?" in answers(server)[2]
        assert await connection.fetchval(BOUND, trader) == ANN

        began = time.monotonic()
        server.deliver(accepted("long 2 nq 18250 > 18290 stop 18230", files=[picture(chart)]))
        await server.until(lambda: len(server.sent) >= 4, within=60)
        print(f"from delivery to the answer, with a chart of {len(chart) // 1000} kB: {time.monotonic() - began:.2f} s")
        assert "[1] Confirm" in answers(server)[-1]
        began = time.monotonic()
        server.deliver(accepted("1\n\nSent from my iPhone", subject="Re: trade", in_reply_to=last_id(server)))
        await server.until(lambda: any("Recorded" in text for text in answers(server)), within=60)
        print(f"from delivery to the answer: {time.monotonic() - began:.2f} s")
        assert await connection.fetchval("select count(*) from public.trades where user_id = $1", trader) == 1

        async with asyncio.timeout(60):
            while not await connection.fetchval(CHART, trader):
                await asyncio.sleep(0.05)


async def test_hostile_mails_bind_and_journal_nothing(
    dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    code = await code_for(connection, trader)
    async with MailServer() as server, at_work(dsn, tmp_path, server):
        for raw, _ in BELIEVED.values():
            server.deliver(raw.replace(b"long 2 nq 18250 > 18290", code.encode()))
        await server.until(lambda: not server.unseen(), within=100)
        assert server.sent == []
        assert await connection.fetchval("select count(*) from worker.chats") == 0
        assert await connection.fetchval("select used from public.platform_link_codes where code = $1", code) is False
        server.deliver(accepted(code, in_reply_to="<x@vigil.test>"))
        await server.until(lambda: server.sent, within=60)
    assert await connection.fetchval(BOUND, trader) == ANN
