"""E-mail as the cases see it: one mailbox, and a sender whom its server vouches for."""

import email
import email.policy
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

from adapters.mail import Mail
from tests.contract.driver import NO_PLACES, Driver, Shown
from tests.servers.mail import MailServer
from tests.servers.mail_letters import AUTHSERV, JOURNAL, accepted, letter, marked, picture

ANN = "ann@example.com"


class EMail(Driver):
    name = "E-mail"
    knows_blocks = False
    cannot: ClassVar = {"place": NO_PLACES, "edit": "a mail that is sent stays as it is"}

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.adapter = Mail(server.imap_url, server.smtp_url, JOURNAL, authserv_id=AUTHSERV, poll_seconds=0.5)
        self.latest = b""

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator["EMail"]:
        async with MailServer() as server:
            yield cls(server)

    async def write(self, text: str) -> None:
        self._arrive(text)

    def _arrive(self, text: str | None, **how: Any) -> None:
        self.latest = accepted(text, sender=ANN, **{"subject": "trade", **how})
        self.server.deliver(self.latest)

    async def photos(self, pictures: Sequence[bytes], caption: str) -> None:
        files = [picture(data, f"IMG_{number}.png", disposition="inline") for number, data in enumerate(pictures)]
        self._arrive(caption, files=files)

    async def file(self, data: bytes, name: str) -> None:
        self._arrive("the chart", files=[picture(data, name)])

    async def voice(self, recording: bytes) -> None:
        how = {"maintype": "audio", "subtype": "ogg", "filename": "memo.ogg"}
        self._arrive("", subject="New recording 12", files=[(recording, how)])

    async def repeat(self) -> None:
        self.server.deliver(self.latest)

    async def write_reversed(self, earlier: str, later: str) -> None:
        now = datetime.now(UTC)
        self._arrive(later, date=now)
        self._arrive(earlier, date=now - timedelta(minutes=3))

    async def press(self, label: str) -> None:
        (number,) = re.findall(rf"^\[(\d+)\] {re.escape(label)}$", self.shown()[-1].text, re.MULTILINE)
        answered = self._mail(self.server.sent[-1].raw)["Message-ID"]
        self._arrive(number, in_reply_to=answered, subject="Re: trade")

    async def write_in_group(self, text: str) -> None:
        self._arrive(text, list_id="<traders.example.com>", list_post="<mailto:traders@example.com>")

    async def write_nothing(self) -> None:
        self._arrive("", subject="")

    async def forge(self, text: str) -> None:
        forged = letter(text, sender=ANN)
        for raw in (forged, marked(forged, "dkim=fail"), marked(forged, by="mx.elsewhere.test")):
            self.server.deliver(raw)

    def shown(self) -> list[Shown]:
        return [
            Shown(self._words(sent.raw), file=self._file(sent.raw)) for sent in self.server.sent if sent.to == (ANN,)
        ]

    def _file(self, raw: bytes) -> bytes | None:
        files = [part.get_content() for part in self._mail(raw).iter_attachments()]
        return bytes(files[0]) if files else None

    def _words(self, raw: bytes) -> str:
        body = self._mail(raw).get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    def _mail(self, raw: bytes) -> EmailMessage:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        return mail

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        self.server.down = True
        self.server.drop()
        yield
        self.server.down = False

    def slow(self, seconds: float) -> None:
        self.server.fault("smtp:END", delay=seconds)

    def limit(self, seconds: int) -> None:
        self.server.fault("smtp:RCPT", answer="450 4.7.1 too many messages, try again later")

    def block(self) -> None:
        self.server.fault("smtp:RCPT", answer="550 5.7.1 this person takes no mail from you", times=100)
