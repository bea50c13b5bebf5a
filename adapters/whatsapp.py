"""WhatsApp by Twilio: signed webhooks in, the REST API out, and what the webhooks missed fetched from there.

Twilio is told "received" only after the commit. It waits 15 seconds and repeats little, so after an outage the
messages are listed through the Messages API (`whatsapp_missed`). Free text may be sent for 24 hours after the person
wrote; later replies are held until they write again, and a template, where there is one, tells them that one waits.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import structlog
from aiohttp import web
from multidict import MultiDict
from twilio.request_validator import RequestValidator, add_port, remove_port  # type: ignore[import-untyped]

from adapters import Envelope, LoadImage, Receiver
from adapters.whatsapp_api import OFFICIAL_API, Api, MediaRefused
from adapters.whatsapp_missed import Missed
from adapters.whatsapp_wire import (
    CHANNEL,
    OPTED_OUT,
    PERSON,
    Part,
    person_of,
    template_variables,
    to_delivery,
    to_message,
    to_parts,
)
from statemachine.errors import (
    AttachmentRefused,
    SendHeld,
    SendLater,
    SendRefused,
    StoreError,
    Unauthentic,
    Unavailable,
)
from statemachine.message import Attachment, Message, Platform, Reply

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

WINDOW: Final = timedelta(hours=24)
HELD_FOR: Final = timedelta(days=7)
"""How long the journal keeps a held reply; where the person never wrote, as far back as a template is looked for."""
PATIENCE: Final = 12.0
"""Seconds until Twilio, which waits 15, is told to come again."""
CATCH_UP: Final = 300.0
MOST_FIELDS: Final = 300
PICTURE_LIMIT: Final = 5_000_000
"""Bytes of a picture that WhatsApp takes."""
CHATS_REMEMBERED: Final = 4096


class WhatsApp:
    """One WhatsApp sender of one Twilio account.

    account_sid, auth_token   from Twilio's console
    sender                    our number, E.164
    public_url                where Twilio reaches us, as it is written in the console: that is what it signs
    api_url                   Twilio's API
    template_sid              an approved template with one variable, sent where the 24 hours are over
    media_url                 a link for a picture of the screenshot store, for Twilio to fetch, and for a file, for
                              the person to open; without it a reply goes out as text alone
    sign                      the store's own link for a picture, which goes before media_url; None where it has none
    load_image                reads a picture, to see that it is there before Twilio is sent for it
    patience                  seconds a webhook may take
    catch_up                  seconds between looks for messages that no webhook brought
    """

    platform: Platform = "whatsapp"
    exclusive = False

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        *,
        public_url: str,
        api_url: str = OFFICIAL_API,
        template_sid: str | None = None,
        media_url: Callable[[str], str] | None = None,
        sign: Callable[[str], Awaitable[str | None]] | None = None,
        load_image: LoadImage | None = None,
        patience: float = PATIENCE,
        catch_up: float = CATCH_UP,
    ) -> None:
        self.account = sender.removeprefix(CHANNEL)
        self._account_sid = account_sid
        self._token = auth_token
        self._public_url = public_url.rstrip("/")
        self._api_url = api_url.rstrip("/")
        self._template = template_sid
        self._media_url = media_url
        self._sign = sign
        self._load_image = load_image
        self._patience = patience
        self._validator = RequestValidator(auth_token)
        self._missed = Missed(self.account, catch_up)
        self._handing: set[asyncio.Task[None]] = set()
        self._knocked: dict[str, datetime] = {}
        self._made: Api | None = None

    @property
    def _api(self) -> Api:
        """Made at its first use: its sessions belong to the running loop."""
        if self._made is None:
            self._made = Api(self._account_sid, self._token, self.account, self._api_url)
        return self._made

    async def connect(self) -> None:
        """Try the credentials; an outage of Twilio is no error. Raises OperatorError."""
        try:
            status = await self._api.check()
        except SendLater as exc:
            log.warning("twilio_unreachable", reason=str(exc))
            return
        if status != "active":
            log.error("twilio_account_inactive", status=status)

    async def listen(self, receiver: Receiver) -> None:
        """The webhook does the reading; this fetches what it missed, until cancelled."""
        await self._missed.run(receiver, self._api)

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:
        """POST /whatsapp for messages, POST /whatsapp/status for what became of ours."""

        async def deliver(request: web.Request) -> web.Response:
            form = await self._verified(request, "/whatsapp")
            if form.get("To") != CHANNEL + self.account or not form.get("From", "").startswith(CHANNEL):
                raise Unauthentic("it is not about a WhatsApp message to this number")
            message = to_message(form, self.account, datetime.now(UTC))
            if message is None:
                return web.Response(status=400)
            await self._accept(receiver, message)
            return web.Response(text="<Response/>", content_type="text/xml")

        async def note(request: web.Request) -> web.Response:
            form = await self._verified(request, "/whatsapp/status")
            if form.get("From") != CHANNEL + self.account or person_of(form.get("To")) is None:
                raise Unauthentic("it is not about a WhatsApp message from this number")
            if delivery := to_delivery(form, self.account):
                await self._within_patience(receiver.delivered(delivery))
            return web.Response(status=204)

        return (web.post("/whatsapp", deliver), web.post("/whatsapp/status", note))

    async def _verified(self, request: web.Request, path: str) -> dict[str, str]:
        """The form, once its signature is found to be Twilio's. Raises Unauthentic.

        Twilio signs the address it was given and every field. The address comes from our settings: what a request
        says of its host is the word of whoever sent it. A `#fragment` with connection overrides is for Twilio alone.
        """
        query = request.rel_url.raw_query_string
        url = f"{self._public_url}{path}?{query}" if query else f"{self._public_url}{path}"
        try:
            body = (await request.read()).decode("ascii")
            fields = MultiDict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
        except ValueError:
            raise Unauthentic("it carries no form") from None
        if not self._signed(url, fields, request.headers.get("X-Twilio-Signature", "")):
            raise Unauthentic("its signature does not fit TWILIO_AUTH_TOKEN and PUBLIC_URL")
        form = {name: fields[name] for name in fields}
        if form.get("AccountSid") != self._account_sid:
            raise Unauthentic("it is about another account")
        return form

    def _signed(self, url: str, fields: MultiDict[str], shown: str) -> bool:
        """Not by the library's own comparison, which tells by its time how long a signature is and how much of it
        fits. As there, the port may be named or not: Twilio does both."""
        given, parts = shown.encode("utf-8", "surrogateescape"), urlsplit(url)
        expected = [
            self._validator.compute_signature(each, fields).encode() for each in (add_port(parts), remove_port(parts))
        ]
        return any(hmac.compare_digest(given, each) for each in expected)

    async def _accept(self, receiver: Receiver, message: Message) -> None:
        """Returns once the message is committed. Raises Unavailable, also where that takes too long: it may still be
        committed then, and Twilio's next try is a repeat."""
        try:
            await self._within_patience(self._missed.hand_over(receiver, message))
        except Unavailable:
            self._missed.noticed(message.chat_id)
            raise

    async def _within_patience(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._handing.add(task)
        task.add_done_callback(self._handed)
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        if not done:
            raise Unavailable(f"Not done within {self._patience:.0f} seconds.")
        await task

    def _handed(self, task: asyncio.Task[None]) -> None:
        self._handing.discard(task)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, Unavailable):
            log.error("webhook_failed", reason=type(error).__name__)

    async def send(self, chat_id: str, reply: Reply, envelope: Envelope = Envelope()) -> str | None:
        """Deliver one reply, in parts where it is long; after SendLater all parts are sent again.

        Outside the 24 hours nothing is sent but the template, once a silence.
        """
        if not PERSON.fullmatch(chat_id):
            raise SendRefused("This is not a WhatsApp number.")
        if envelope.handle == OPTED_OUT:
            raise SendRefused("The person wrote STOP.", blocked=True)
        closed_at = envelope.last_inbound_at and envelope.last_inbound_at + WINDOW
        now = datetime.now(UTC)
        if closed_at is None or closed_at <= now:
            await self._knock(chat_id, reply, closed_at or now - HELD_FOR)
            raise SendHeld("The person wrote last more than 24 hours ago.")
        link = await self._link(reply.image)
        parts = to_parts(self._with_link(reply), picture=link is not None)
        if not parts:
            raise SendRefused("The reply is empty.")
        sent = ""
        try:
            for part in parts:
                sent = await self._post(chat_id, part, link)
        except SendHeld:
            await self._knock(chat_id, reply, now)
            raise
        return sent

    def _with_link(self, reply: Reply) -> Reply:
        """A file's address, made now, behind the words: Twilio carries pictures, sound and documents, and no ZIP."""
        if reply.file is None or self._media_url is None:
            return reply
        return replace(reply, text=f"{reply.text}\n{self._media_url(reply.file.path)}")

    async def _post(self, chat_id: str, part: Part, link: str | None) -> str:
        words: dict[str, Any] = {"body": part.text} if part.text else {}
        if part.picture:
            try:
                return await self._create(chat_id, **words, media_url=[link])
            except MediaRefused as exc:
                log.warning("reply_without_picture", reason=str(exc))
                if not words:
                    raise
        return await self._create(chat_id, **words)

    async def _create(self, chat_id: str, **message: Any) -> str:
        return await self._api.send(chat_id, f"{self._public_url}/whatsapp/status", **message)

    async def _link(self, path: str | None) -> str | None:
        """Where Twilio may fetch a picture. A dead link would cost the words as well: Twilio finds out only later."""
        if path is None or self._media_url is None:
            return None
        try:
            if self._load_image is not None:
                _check_picture(await self._load_image(path))
            signed = await self._sign(path) if self._sign is not None else None
            return signed or self._media_url(path)
        except (AttachmentRefused, StoreError) as exc:
            log.warning("reply_without_picture", reason=str(exc))
            return None

    async def _knock(self, chat_id: str, reply: Reply, closed_at: datetime) -> None:
        """Say by the template that a reply waits, once for all that wait; nothing without one.

        Whether it was said is asked of Twilio, which outlives us: after the window has closed nothing but a template
        arrives. What was sent a moment ago its list may not show yet, so that is remembered here.
        """
        if self._template is None or self._knocked.get(chat_id, closed_at) > closed_at:
            return
        if await self._api.wrote_since(chat_id, closed_at):
            return
        try:
            await self._create(chat_id, content_sid=self._template, content_variables=template_variables(reply))
        except SendHeld as exc:
            log.error("template_refused", reason=str(exc))
        except SendRefused as exc:
            if exc.blocked:
                raise
            log.error("template_refused", reason=str(exc))
        self._knocked.pop(chat_id, None)
        self._knocked[chat_id] = datetime.now(UTC)
        if len(self._knocked) > CHATS_REMEMBERED:
            del self._knocked[next(iter(self._knocked))]

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        if not attachment.handle:
            raise AttachmentRefused("unsupported")
        return await self._api.download(attachment.handle, limit)

    async def close(self) -> None:
        for task in tuple(self._handing):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self._handing, return_exceptions=True)
        if self._made is not None:
            await self._made.close()


def _check_picture(data: bytes) -> None:
    """What WhatsApp shows as a picture (Twilio's "Guide to WhatsApp Media Messages"). Raises AttachmentRefused."""
    if len(data) > PICTURE_LIMIT:
        raise AttachmentRefused("too_large", "WhatsApp takes no picture above 5 MB.")
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        raise AttachmentRefused("unsupported", "WhatsApp takes JPEG and PNG alone.")
