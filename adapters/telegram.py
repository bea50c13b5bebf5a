"""Telegram, on python-telegram-bot's Bot: polling or webhook in, paced sending out.

Asking getUpdates with a higher offset IS the acknowledgement, and the library's own polling confirms what is only in
memory. So the loop is ours: fetch, hand over, and raise the offset only past what is committed.
"""

import asyncio
import contextlib
import hmac
import itertools
import json
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, Final, TypeVar

# Opts in to retry_after as a timedelta: the int it replaces is deprecated since 22.2.
os.environ.setdefault("PTB_TIMEDELTA", "true")

import aiohttp
import structlog
from aiohttp import web
from telegram import Bot, InputFile, ReplyParameters, Update
from telegram import Message as Telegram_Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from adapters import Envelope, LoadImage, Receiver
from adapters.bodies import read_at_most
from adapters.handover import pause
from adapters.telegram_menu import Words, show_menu
from adapters.telegram_pace import Pace
from adapters.telegram_polling import Intake, ReadableUpdates, read_update
from adapters.telegram_wire import Call, to_calls, to_message
from statemachine.errors import AttachmentRefused, OperatorError, SendLater, SendRefused, Unavailable
from statemachine.message import Attachment, File, Message, Platform, Reply

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

OFFICIAL_API: Final = "https://api.telegram.org"
WANTED: Final = ("message", "edited_message", "callback_query")
TOKEN: Final = re.compile(r"\d+:[A-Za-z0-9_-]+")
REFUSED: Final = "TELEGRAM_BOT_TOKEN is refused by Telegram: ask @BotFather for the right one"

LONG_POLL: Final = 25
"""Seconds Telegram may hold a getUpdates that has nothing to say."""
PATIENCE: Final = 1.0
"""Seconds the fetched updates get to be committed before newer ones are looked for beside them."""
FAREWELL: Final = 2.0
"""Seconds a stop may spend on confirming what is committed."""
BATCH: Final = 100
DOWNLOAD_LIMIT: Final = 20_000_000
"""Bytes; Telegram gives bots nothing larger."""
BODY_LIMIT: Final = 1_000_000

T = TypeVar("T")


class Telegram:
    """One bot account.

    token            from @BotFather
    api_url          the Bot API server
    webhook_secret   set: Telegram delivers to `public_url`/telegram; None: this process polls
    commands         the menu: (command without slash, description)
    words            by language, the descriptions of commands by their names
    load_image       reads the pictures of replies; without it a reply goes out as text alone
    per_second       messages sent per second in all; None: unpaced
    per_chat         messages sent per second to one chat; None: unpaced
    standby          seconds before a poller that met another one asks again
    """

    platform: Platform = "telegram"

    def __init__(
        self,
        token: str,
        *,
        api_url: str = OFFICIAL_API,
        webhook_secret: str | None = None,
        public_url: str | None = None,
        commands: Sequence[tuple[str, str]] = (),
        words: Words = MappingProxyType({}),
        load_image: LoadImage | None = None,
        per_second: float | None = 30.0,
        per_chat: float | None = 1.0,
        standby: float = 10.0,
    ) -> None:
        self._token = token
        self._secret = webhook_secret or None
        self._public_url = public_url
        self._commands = tuple(commands)
        self._words = words
        self._load_image = load_image
        self._standby = standby
        self._pace = Pace(per_second, per_chat)
        self._requests = (ReadableUpdates(connection_pool_size=1), HTTPXRequest(read_timeout=15.0))
        api_url = api_url.rstrip("/")
        self._bot = Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )
        self._files: aiohttp.ClientSession | None = None
        self._courtesies: set[asyncio.Task[None]] = set()
        self._introduced = False
        self.account = token.partition(":")[0]  # a token begins with its bot's id
        self.exclusive = self._secret is None

    async def connect(self) -> None:
        """Check the token, show the menu, name the webhook. An outage is no error: `listen` does it then.

        Raises OperatorError when Telegram refuses the token, the webhook or the menu.
        """
        if not TOKEN.fullmatch(self._token):
            raise OperatorError(REFUSED)
        if self._secret and not self._public_url:
            raise OperatorError("TELEGRAM_WEBHOOK_SECRET needs PUBLIC_URL: set it to the worker's https address")
        try:
            await self._introduce()
        except TelegramError as exc:
            log.warning("telegram_unreachable", reason=type(exc).__name__)

    async def _introduce(self) -> None:
        try:
            self.account = str((await self._bot.get_me()).id)
            await show_menu(self._bot, self._commands, self._words)
            if self._secret:
                await self._bot.set_webhook(
                    url=f"{(self._public_url or '').rstrip('/')}/telegram",
                    secret_token=self._secret,
                    allowed_updates=WANTED,
                    drop_pending_updates=False,
                )
        except InvalidToken:
            raise OperatorError(REFUSED) from None  # the library's own words hold the token
        except BadRequest as exc:
            raise OperatorError(f"Telegram refuses PUBLIC_URL, webhook secret or menu: {exc.message}") from exc
        self._introduced = True

    async def listen(self, receiver: Receiver) -> None:
        """Poll until cancelled; with a webhook, return as soon as Telegram knows of it.

        Raises OperatorError only if Telegram was down at `connect` and, back again, refuses the token.
        """
        if not self._introduced:
            await self._persist(self._introduce)
        if self._secret:
            return
        await self._persist(self._leave_webhook)
        intake = Intake(receiver.receive, self._committed)
        try:
            async with asyncio.TaskGroup() as lanes:
                while True:
                    for update in await self._persist(lambda: self._updates(intake)):
                        intake.accept(lanes, update.update_id, self._message(update))
                    await intake.settle(PATIENCE)
        finally:
            await self._confirm(intake)

    def _message(self, update: Update) -> Message | None:
        """The translation; an update that breaks it is passed over, or it would end the reader again and again."""
        try:
            return to_message(update, self.account)
        except Exception:
            log.exception("an update could not be translated", update_id=update.update_id)
            return None

    async def _leave_webhook(self) -> None:
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def _updates(self, intake: Intake) -> tuple[Update, ...]:
        offset = intake.offset
        try:
            # While something is uncommitted the answer comes at once, so asking Telegram to wait would be pointless.
            updates = await self._bot.get_updates(
                offset=offset,
                limit=BATCH,
                timeout=0 if intake.busy else LONG_POLL,
                allowed_updates=WANTED,
            )
        except Conflict as exc:
            if "webhook" in exc.message.lower():
                await self._leave_webhook()  # set by an older deployment meanwhile
            raise
        intake.confirmed(offset)
        return updates

    async def _confirm(self, intake: Intake) -> None:
        """Tell Telegram what is committed, so that the next reader does not get it again. Best effort."""
        if intake.offset is None or not intake.unconfirmed:
            return
        with contextlib.suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._bot.get_updates(offset=intake.offset, limit=1, timeout=0)

    async def _persist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until Telegram answers: outages, floods and other pollers are waited out, and told once."""
        for attempt in itertools.count():
            try:
                answer = await ask()
            except RetryAfter as exc:
                reason, wait = "flood control", _seconds(exc)
            except Conflict:
                reason, wait = "another poller is active, standing by", self._standby
            except TelegramError as exc:
                reason, wait = type(exc).__name__, pause(attempt, longest=30.0)
            else:
                if attempt:
                    log.info("telegram_answers_again", attempts=attempt)
                return answer
            if not attempt:
                log.warning("telegram_waits", reason=reason)
            await asyncio.sleep(wait)
        raise AssertionError("unreachable: the count has no end")

    def _committed(self, message: Message) -> None:
        """Stop the waiting sign on a pressed button. Nobody waits for it and its failure hurts nobody."""
        if message.button is None:
            return
        task = asyncio.create_task(self._answer_press(message.external_id))
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    async def _answer_press(self, query_id: str) -> None:
        with contextlib.suppress(TelegramError):
            await self._bot.answer_callback_query(query_id)

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:
        """POST /telegram, in webhook mode only."""
        if self._secret is None:
            return ()
        secret = self._secret.encode()

        async def deliver(request: web.Request) -> web.Response:
            shown = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if not hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), secret):
                return web.Response(status=403)
            try:
                update = read_update(await _object(request))
            except ValueError:
                return web.Response(status=400)
            message = self._message(update) if update is not None else None
            if message is None:
                return web.Response()  # anything else and Telegram would repeat it for a day
            try:
                await receiver.receive(message)
            except Unavailable:
                return web.Response(status=503, headers={"Retry-After": "1"})
            self._committed(message)
            return web.Response()

        return (web.post("/telegram", deliver),)

    async def send(self, chat_id: str, reply: Reply, envelope: Envelope = Envelope()) -> str | None:
        """Deliver one reply, in parts where it is long. After SendLater all parts are sent again."""
        if not chat_id.removeprefix("-").isdecimal():
            raise SendRefused("This is not a Telegram chat.")
        picture = await self._picture(reply.image) if reply.file is None else _document(reply.file, envelope)
        calls = to_calls(reply, picture=picture is not None)
        if not calls:
            raise SendRefused("The reply is empty.")
        sent: Telegram_Message | None = None
        for call in calls:
            await self._pace.wait(chat_id)
            with _refusals():
                sent = await self._deliver(int(chat_id), call, picture, is_file=reply.file is not None)
        return str(sent.message_id) if sent else None

    async def _picture(self, path: str | None) -> InputFile | None:
        if path is None or self._load_image is None:
            return None
        try:
            return InputFile(await self._load_image(path), filename=PurePosixPath(path).name)
        except AttachmentRefused as exc:
            log.warning("reply_without_picture", reason=exc.reason)
            return None

    async def _deliver(self, chat_id: int, call: Call, picture: InputFile | None, *, is_file: bool) -> Telegram_Message:
        # A trader may have deleted the message this answers: the answer still has to arrive.
        answers = call.reply_to and ReplyParameters(call.reply_to, allow_sending_without_reply=True)
        common: dict[str, Any] = {
            "chat_id": chat_id,
            "parse_mode": ParseMode.HTML,
            "reply_parameters": answers or None,
            "reply_markup": call.buttons,
        }
        if not call.picture or picture is None:
            return await self._bot.send_message(text=call.text, **common)
        if is_file:
            return await self._bot.send_document(document=picture, caption=call.text, **common)
        try:
            return await self._bot.send_photo(photo=picture, caption=call.text, **common)
        except BadRequest:
            # As a photo Telegram refuses what is over 10 MB or very long and thin; a file may be both.
            return await self._bot.send_document(document=picture, caption=call.text, **common)

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        limit = min(limit, DOWNLOAD_LIMIT)
        if not attachment.handle:
            raise AttachmentRefused("unsupported")
        if (attachment.size or 0) > limit:
            raise AttachmentRefused("too_large")
        try:
            with _refusals():
                file = await self._bot.get_file(attachment.handle)
        except SendRefused as exc:
            raise AttachmentRefused("too_large" if "too big" in str(exc) else "gone") from exc
        if (file.file_size or 0) > limit:
            raise AttachmentRefused("too_large")
        if not file.file_path:
            raise AttachmentRefused("gone")
        return await self._download(file.file_path, limit)

    async def _download(self, url: str, limit: int) -> bytes:
        """Not by the library, which reads a file whole before anybody can look at its size. The URL holds the token."""
        if self._files is None:
            timeout = aiohttp.ClientTimeout(total=60, sock_connect=5, sock_read=15)
            self._files = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        try:
            async with self._files.get(url, allow_redirects=False) as response:
                if response.status in (400, 404, 410):
                    raise AttachmentRefused("gone")
                if response.status != 200:
                    raise SendLater(f"Telegram's file server answered {response.status}.")
                return await read_at_most(response, limit)
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise SendLater(type(exc).__name__) from None

    async def close(self) -> None:
        for task in self._courtesies:
            task.cancel()
        await asyncio.gather(*self._courtesies, return_exceptions=True)
        for request in self._requests:
            await request.shutdown()
        if self._files is not None:
            await self._files.close()


def _document(file: File, envelope: Envelope) -> InputFile | None:
    return InputFile(envelope.file, filename=file.name) if envelope.file is not None else None


async def _object(request: web.Request) -> dict[str, Any]:
    """The body as an update still unread. Raises ValueError, or 413 above BODY_LIMIT."""
    body = await request.read()  # not the stream: the server has read it already, within its own limit
    if len(body) > BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(BODY_LIMIT, len(body))
    try:
        data = json.loads(body)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc
    if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
        raise ValueError("not an update")
    return data


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Telegram's refusals in the journal's words."""
    try:
        yield
    except RetryAfter as exc:
        raise SendLater("flood control", after=_seconds(exc)) from exc
    except Forbidden as exc:
        raise SendRefused(exc.message, blocked=True) from exc
    except (BadRequest, ChatMigrated) as exc:
        raise SendRefused(exc.message) from exc
    except TelegramError as exc:
        # The reason may be a URL, and Telegram's URLs hold the token.
        raise SendLater(type(exc).__name__) from exc


def _seconds(exc: RetryAfter) -> float:
    wait = exc.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
