"""What goes over Twilio's wires: messages both ways, what people do, and the webhooks that are called for it."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

from tests.servers.whatsapp_text import shown

ACCOUNT = "AC" + "0a" * 16
TOKEN = "local-test-auth-token"
NUMBER = "+14155238886"
STOP_WORDS = ("stop", "stopall", "unsubscribe")
TOTAL_SECONDS = 15.0


@dataclass(slots=True)
class Resource:
    """A message, either way."""

    sid: str
    direction: str
    sender: str
    to: str
    body: str
    at: datetime
    status: str
    media: list[str] = field(default_factory=list)
    callback: str = ""
    template: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    media_url: str | None = None
    error_code: int | None = None

    @property
    def shown(self) -> str:
        """As the person reads it."""
        return shown(self.body)[0]

    @property
    def formatted(self) -> list[tuple[str, str]]:
        return shown(self.body)[1]

    def json(self, account: str) -> dict[str, Any]:
        date = format_datetime(self.at)
        return {
            "sid": self.sid,
            "account_sid": account,
            "direction": self.direction,
            "from": self.sender,
            "to": self.to,
            "body": self.body,
            "status": self.status,
            "num_media": str(len(self.media)),
            "num_segments": "1",
            "date_created": date,
            "date_sent": date,
            "date_updated": date,
            "error_code": self.error_code,
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{self.sid}.json",
        }


@dataclass(slots=True)
class Delivery:
    """One call of a webhook: the status we answered, or 0 for none in time; `seconds` it took."""

    path: str
    sid: str
    status: int
    seconds: float
    body: str = ""


class Traffic:
    """`url` and `http` are set by the server once it runs.

    webhook         the sender's webhook in the console; empty: Twilio keeps messages and calls nobody
    proxies         where an address that begins so is really reached: a public name before a worker on loopback
    keeps_opt_outs  Twilio itself refuses to write to who wrote STOP (as a Messaging Service may be set to)
    """

    def __init__(self, patience: float = TOTAL_SECONDS) -> None:
        self.url = ""
        self.http: aiohttp.ClientSession
        self.webhook = ""
        self.proxies: dict[str, str] = {}
        self.messages: list[Resource] = []
        self.deliveries: list[Delivery] = []
        self.keeps_opt_outs = False
        self.opted_out: set[str] = set()
        self.forms: dict[str, dict[str, str]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.changed = asyncio.Event()
        self._numbers = itertools.count(1)
        self._patience = patience

    def reached(self, url: str) -> str:
        for public, private in self.proxies.items():
            if url.startswith(public):
                return private + url[len(public) :]
        return url

    # What a test asks and orders.

    @property
    def sent(self) -> list[Resource]:
        return [message for message in self.messages if message.direction == "outbound-api"]

    def sent_to(self, person: str) -> list[Resource]:
        return [message for message in self.sent if message.to == f"whatsapp:{person}"]

    async def until(self, holds: Callable[[], object], within: float = 20.0) -> None:
        """Wait until `holds()` is true. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                self.changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.changed.wait(), 0.05)

    async def quiet(self) -> None:
        """Wait until every webhook has been called to its end."""
        while self.tasks:
            await asyncio.wait(set(self.tasks))

    # What people do.

    def write(self, person: str, body: str, *, ago: timedelta = timedelta(), **fields: str) -> str:
        """A text; `fields` goes into the form besides. The SID."""
        return self._arrive(person, body, [], ago, {"MessageType": "text", **fields})

    def picture(
        self, person: str, *files: bytes, body: str = "", mime: str = "image/jpeg", kind: str = "image", **more: Any
    ) -> str:
        return self._arrive(person, body, [(mime, file) for file in files], more.pop("ago", timedelta()), {
            "MessageType": kind, **more,
        })  # fmt: skip

    def location(self, person: str) -> str:
        place = {"MessageType": "location", "Latitude": "50.1109", "Longitude": "8.6821"}
        return self._arrive(person, "", [], timedelta(), place)

    def deliver_again(self, sid: str) -> None:
        self._call_webhook(sid)

    def forget_files(self) -> None:
        self.files.clear()

    def form_of(self, sid: str) -> dict[str, str]:
        """The form of a message, to be posted by hand."""
        return dict(self.forms[sid])

    def sign(self, url: str, form: Mapping[str, str], token: str = TOKEN) -> str:
        """X-Twilio-Signature, by Twilio's description: HMAC-SHA1 over the address and the sorted fields, in base64."""
        text = url.partition("#")[0] + "".join(name + form[name] for name in sorted(form))
        return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()

    def _arrive(
        self, person: str, body: str, files: list[tuple[str, bytes]], ago: timedelta, fields: Mapping[str, str]
    ) -> str:
        sid = self.new_sid("MM" if files else "SM")
        media = [self.store(mime, content) for mime, content in files]
        at = datetime.now(UTC) - ago
        self.messages.append(
            Resource(sid, "inbound", f"whatsapp:{person}", f"whatsapp:{NUMBER}", body, at, "received", media)
        )
        word = body.strip().lower()
        if self.keeps_opt_outs and word in STOP_WORDS:
            self.opted_out.add(person)
        elif word in ("start", "unstop"):
            self.opted_out.discard(person)
        form = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "Body": body,
            "From": f"whatsapp:{person}",
            "MessageSid": sid,
            "NumMedia": str(len(media)),
            "NumSegments": "1",
            "ProfileName": "Ann O’Neill & Söhne 📈",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "To": f"whatsapp:{NUMBER}",
            "WaId": person.lstrip("+"),
            **fields,
        }
        for number, (name, (mime, _)) in enumerate(zip(media, files, strict=True)):
            form[f"MediaContentType{number}"] = mime
            form[f"MediaUrl{number}"] = f"{self.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{name}"
        self.forms[sid] = form
        self._call_webhook(sid)
        return sid

    def store(self, mime: str, content: bytes) -> str:
        name = self.new_sid("ME")
        self.files[name] = (mime, content)
        return name

    def new_sid(self, kind: str) -> str:
        return f"{kind}{next(self._numbers):032x}"

    # Webhooks.

    def _call_webhook(self, sid: str) -> None:
        if self.webhook:
            self.spawn(self._deliver(self.webhook, sid, self.forms[sid]))

    def spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _deliver(self, address: str, sid: str, form: dict[str, str]) -> None:
        url, _, fragment = address.partition("#")
        target = self.reached(url)
        overrides = {name: values[0] for name, values in parse_qs(fragment).items()}
        tries = 1 + min(int(overrides.get("rc", "1")), 5)
        policy = set(overrides.get("rp", "ct").split(","))
        headers = {
            "X-Twilio-Signature": self.sign(url, form),
            "I-Twilio-Idempotency-Token": sid,
            "User-Agent": "TwilioProxy/1.1",
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        }
        ends = time.monotonic() + self._patience
        for _ in range(tries):
            began = time.monotonic()
            status, failure, text = 0, "ct", ""
            try:
                async with asyncio.timeout(ends - began):
                    async with self.http.post(target, data=urlencode(form).encode(), headers=headers) as response:
                        status, text = response.status, await response.text()
                        failure = f"{status // 100}xx"
            except TimeoutError:
                failure = "rt"
            except aiohttp.ClientError:
                pass
            path = urlsplit(url).path
            self.deliveries.append(Delivery(path, sid, status, time.monotonic() - began, text))
            self.changed.set()
            if failure == "2xx" or not policy & {failure, "all"} or time.monotonic() >= ends:
                return

    async def report_steps(self, message: Resource, steps: tuple[str, ...], code: int | None = None) -> None:
        for step in steps:
            message.status, message.error_code = step, code if step in ("failed", "undelivered") else None
            if message.callback:
                form = {
                    "AccountSid": ACCOUNT,
                    "ApiVersion": "2010-04-01",
                    "From": message.sender,
                    "MessageSid": message.sid,
                    "MessageStatus": step,
                    "SmsSid": message.sid,
                    "SmsStatus": step,
                    "To": message.to,
                    **({"ErrorCode": str(code)} if message.error_code else {}),
                }
                await self._deliver(message.callback, message.sid, form)

    def report(self, sid: str, status: str, code: int | None = None) -> None:
        """Call the status callback of a message we took."""
        message = next(each for each in self.messages if each.sid == sid)
        self.spawn(self.report_steps(message, (status,), code))
