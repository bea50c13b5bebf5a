"""E-mail through Debian's Dovecot and Postfix; where they are not installed, through the Python servers."""

import asyncio
import email
import imaplib
import time
from collections.abc import AsyncIterator
from urllib.parse import unquote, urlsplit

import pytest

from adapters import Envelope
from adapters.mail import Mail
from adapters.mail_trial import try_mailbox, try_smtp
from statemachine.message import Message, Reply
from tests.hostile_mails import BELIEVED
from tests.inbox import Inbox
from tests.mailing import listening
from tests.servers.debian_mail import DOVECOT, DebianMail
from tests.servers.mail import MailServer
from tests.servers.mail_letters import AUTHSERV, JOURNAL, accepted, letter, picture, png, signed, zone

ANN = "ann@example.com"


class Post:
    """A mailbox and a mail server, whichever they are."""

    def __init__(self, real: DebianMail | None, python: MailServer) -> None:
        self.real, self.python = real, python
        self.imap_url = real.imap_url if real else python.imap_url
        self.smtp_url = (real and real.smtp_url) or python.smtp_url

    def adapter(self, authserv_id: str | None = None) -> Mail:
        return Mail(self.imap_url, self.smtp_url, JOURNAL, authserv_id=authserv_id, dns=zone())

    async def post(self, raw: bytes) -> None:
        if self.real:
            await self.real.post(raw)
        else:
            self.python.deliver(raw)

    async def put(self, mails: list[bytes]) -> int:
        """Straight into the folder, as they are; how many the server takes (Dovecot takes no NUL)."""
        if not self.real:
            return len([self.python.deliver(raw) for raw in mails])
        place = urlsplit(self.imap_url)

        def append() -> int:
            with imaplib.IMAP4("127.0.0.1", place.port or 0) as client:
                client.login(unquote(place.username or ""), unquote(place.password or ""))
                return [client.append("INBOX", "", "", raw)[0] for raw in mails if raw and b"\x00" not in raw].count(
                    "OK"
                )

        return await asyncio.to_thread(append)

    def answers(self) -> list[bytes]:
        """What reached Ann."""
        if self.real and self.real.smtp_url:
            return self.real.mails(ANN)
        return [sent.raw for sent in self.python.sent]

    def read(self) -> int:
        """How many mails are flagged as read."""
        return self.real.seen() if self.real else sum(stored.seen for stored in self.python.folder)

    async def until(self, holds: object, within: float = 60.0) -> None:
        assert callable(holds)
        async with asyncio.timeout(within):
            while not holds():
                await asyncio.sleep(0.005)


@pytest.fixture(params=["python", *(["dovecot and postfix"] if DOVECOT else [])])
async def post(request: pytest.FixtureRequest) -> AsyncIterator[Post]:
    async with MailServer() as python:
        if request.param == "python":
            yield Post(None, python)
        else:
            async with DebianMail() as real:
                yield Post(real, python)


class Answering(Inbox):
    """A journal that answers every message at once."""

    mail: Mail

    async def receive(self, message: Message) -> None:
        await super().receive(message)
        key = f"reply-{len(self.messages)}"
        await self.mail.send(message.chat_id, Reply(text=f"You said: {message.text}"), Envelope(key, message.handle))


async def test_from_idle_to_the_answer(post: Post, capsys: pytest.CaptureFixture[str]) -> None:
    inbox = Answering()
    inbox.mail = mail = post.adapter()
    async with listening(mail, inbox):
        await post.post(signed(letter("the first wakes it", message_id="<0@example.com>")))
        await post.until(lambda: len(post.answers()) == 1 and post.read() == 1)
        times = []
        for number in range(1, 6):
            await asyncio.sleep(0.2)  # so that it idles again
            began = time.monotonic()
            await post.post(signed(letter(f"long {number} nq", message_id=f"<{number}@example.com>")))
            await post.until(lambda: len(post.answers()) == len(times) + 2)
            times.append(time.monotonic() - began)
        await post.until(lambda: post.read() == 6)
    with capsys.disabled():
        print(
            f"\n  posted to answered: median of 5 {sorted(times)[2] * 1000:.0f} ms, at most {max(times) * 1000:.0f} ms"
        )
    assert inbox.texts == ["the first wakes it", *(f"long {number} nq" for number in range(1, 6))]
    answered = [email.message_from_bytes(raw) for raw in post.answers()]
    assert {message["In-Reply-To"] for message in answered} == {f"<{number}@example.com>" for number in range(6)}
    assert {message["To"] for message in answered} == {ANN}
    assert max(times) < 30  # without IDLE's push it would be minutes


async def test_picture_is_fetched_from_the_mailbox_again(post: Post) -> None:
    inbox, content = Inbox(), png(noise=300_000)
    async with listening(post.adapter(), inbox):
        await post.post(signed(letter("my entry", files=[picture(content)])))
        await post.until(lambda: inbox.messages and post.read() == 1)
    assert await post.adapter().fetch(inbox.messages[0].attachments[0], 1_000_000) == content


async def test_the_doctor_sees_it(post: Post) -> None:
    await post.post(accepted("hi"))
    await post.until(lambda: not post.real or post.real.mails(JOURNAL))
    said = await try_mailbox(post.imap_url, AUTHSERV)
    assert "1 unread, mail is pushed (IDLE)" in said
    assert AUTHSERV in said
    assert JOURNAL in await try_smtp(post.smtp_url, JOURNAL)


async def test_ended_between_fetch_and_flag(post: Post) -> None:
    first, second = Inbox(), Inbox()
    first.gates[ANN] = asyncio.Event()
    async with listening(post.adapter(), first):
        await post.post(signed(letter("long 2 nq")))
        await post.until(lambda: first.attempts)
    assert post.read() == 0
    async with listening(post.adapter(), second):
        await post.until(lambda: post.read() == 1)
    assert second.texts == ["long 2 nq"]


async def test_nothing_hostile_reaches_the_journal_or_stops_the_reader(post: Post) -> None:
    inbox = Answering()
    inbox.mail = mail = post.adapter(AUTHSERV)
    hostile = [raw for raw, why in BELIEVED.values() if why != "too_large"]
    taken = await post.put([*hostile, accepted("the next good one")])
    async with listening(mail, inbox):
        await post.until(lambda: post.read() == taken, within=100)
        await post.until(lambda: len(post.answers()) == 1)
    assert inbox.texts == ["the next good one"]
    assert sum(mail.skipped.values()) == taken - 1
    assert taken > 80
