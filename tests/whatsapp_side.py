"""Our side of WhatsApp in tests: the adapter, served by the worker's own HTTP server behind a public name."""

from contextlib import AsyncExitStack
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp

from adapters.whatsapp import WhatsApp
from bot import server
from bot.settings import read_settings
from tests.inbox import Inbox
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN

PUBLIC = "https://vigil.example"
"""What Twilio has in its console and signs. Where the worker really listens is another matter, as behind any proxy."""
HOOK = f"{PUBLIC}/whatsapp"


class Side:
    """`connected`: Twilio has the webhook. `options` go to the adapter."""

    def __init__(self, twilio: TwilioServer, inbox: Inbox, *, hook: str = HOOK, **options: Any) -> None:
        self.twilio = twilio
        self.inbox = inbox
        self.hook = hook
        self.whatsapp = WhatsApp(
            ACCOUNT, TOKEN, NUMBER, **{"public_url": PUBLIC, "api_url": twilio.url, "catch_up": 3600.0, **options}
        )
        self.url = ""

    async def __aenter__(self) -> Self:
        async def ready() -> dict[str, bool]:
            return {}

        settings = read_settings(None, host="127.0.0.1", port=0)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.whatsapp.close)
            routes = self.whatsapp.routes(self.inbox)
            port = await stack.enter_async_context(server.serving(settings, routes, ready))
            self.http = await stack.enter_async_context(aiohttp.ClientSession())
            self.url = f"http://127.0.0.1:{port}"
            self.twilio.proxies[PUBLIC] = self.url
            self.twilio.webhook = self.hook
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.twilio.webhook = ""
        await self.twilio.quiet()  # a connection that is just being accepted belongs to nobody who could close it
        await self._stack.aclose()

    async def post(
        self, form: dict[str, str], *, path: str = "/whatsapp", signature: str | None = None, **headers: str
    ) -> int:
        """Post a form by hand, rightly signed unless `signature` says otherwise ("" sends none)."""
        if signature is None:
            signature = self.twilio.sign(PUBLIC + path, form)
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        if signature:
            sent["X-Twilio-Signature"] = signature
        async with self.http.post(self.url + path, data=urlencode(form).encode(), headers=sent) as response:
            await response.read()
            return response.status
