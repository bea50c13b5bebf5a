"""WhatsApp by Twilio as the cases see it."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

from adapters.whatsapp import WhatsApp
from tests.commands import free_port
from tests.contract.driver import Driver, Shown
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN

ANN = "+4915112345678"


class WhatsAppByTwilio(Driver):
    name = "WhatsApp"
    albums = False
    cannot: ClassVar = {
        "edit": "Twilio tells nothing of edits",
        "group": "Twilio carries no groups",
    }
    links = "https://vigil.example.com/media/"

    def __init__(self, server: TwilioServer) -> None:
        self.server, self.port = server, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.hook = server.webhook = f"{self.url}/whatsapp"
        self.adapter = WhatsApp(
            ACCOUNT, TOKEN, NUMBER, public_url=self.url, api_url=server.url, media_url=lambda path: self.links + path
        )
        self.latest = ""

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator["WhatsAppByTwilio"]:
        async with TwilioServer() as server:
            yield cls(server)

    async def write(self, text: str) -> None:
        self.latest = self.server.write(ANN, text)

    async def photos(self, pictures: Sequence[bytes], caption: str) -> None:
        """WhatsApp sends each by itself, the caption with the first."""
        for number, data in enumerate(pictures):
            self.server.picture(ANN, data, body="" if number else caption, mime="image/png")
            await self.server.quiet()

    async def file(self, picture: bytes, name: str) -> None:
        self.server.picture(ANN, picture, body=name, mime="image/png", kind="document")

    async def voice(self, recording: bytes) -> None:
        self.server.picture(ANN, recording, mime="audio/ogg", kind="audio")

    async def repeat(self) -> None:
        self.server.deliver_again(self.latest)

    async def place(self) -> None:
        self.server.location(ANN)

    async def write_reversed(self, earlier: str, later: str) -> None:
        self.server.webhook = ""
        sids = [self.server.write(ANN, text) for text in (earlier, later)]
        self.server.webhook = self.hook
        for sid in reversed(sids):
            self.server.deliver_again(sid)
            await self.server.quiet()

    async def press(self, label: str) -> None:
        (number,) = re.findall(rf"^(\d+) {re.escape(label)}$", self.shown()[-1].text, re.MULTILINE)
        await self.write(number)

    async def write_nothing(self) -> None:
        self.server.write(ANN, "")

    async def forge(self, text: str) -> None:
        form = {"From": f"whatsapp:{ANN}", "To": f"whatsapp:{NUMBER}", "Body": text, "MessageSid": "SM" + "f" * 32}
        form |= {"AccountSid": ACCOUNT, "NumMedia": "0"}
        signatures = (
            "",
            "bm8=",
            self.server.sign(self.hook, form, token="another"),
            self.server.sign("https://x", form),
        )
        for signature in signatures:
            headers = {"X-Twilio-Signature": signature} if signature else {}
            async with self.server.http.post(self.hook, data=form, headers=headers) as answer:
                assert answer.status == 403

    def shown(self) -> list[Shown]:
        return [Shown(sent.shown) for sent in self.server.sent_to(ANN)]

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        self.server.webhook = ""
        for call in ("send", "list", "fetch", "account"):
            self.server.fault(call, drop=True, times=10_000)
        yield
        self.server.recover()
        self.server.webhook = self.hook

    def slow(self, seconds: float) -> None:
        self.server.fault("send", delay=seconds)

    def limit(self, seconds: int) -> None:
        self.server.fault("send", status=429, code=20429, retry_after=seconds)

    def block(self) -> None:
        self.server.opted_out.add(ANN)
