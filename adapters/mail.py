"""E-mail: IMAP in, on imap-tools in a thread, and SMTP out, on aiosmtplib.

A mail is peeked at, handed over, and flagged \\Seen only when the journal has committed it; so unread means "not yet
received", and a worker that dies in between leaves it to the next. What is skipped is flagged too, counted by reason,
and never answered. Sending opens one connection per mail, a few at a time: mails are minutes apart, servers drop idle
connections, and a connection that died half-way would leave open which mail it took.
"""

import asyncio
import contextlib
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, TypeVar

import aiosmtplib
import structlog
from aiohttp import web

from adapters import Envelope, LoadImage, Receiver
from adapters.mail_box import Box, Facts, place_of
from adapters.mail_intake import Intake, Mark, pause
from adapters.mail_mime import LARGEST_MAIL, Skip
from adapters.mail_reply import to_mail
from adapters.mail_sender import ADDRESS, Dns, DnsUnavailable, system_dns
from adapters.mail_wire import Filed, Reading, file_in, filed_of, to_message
from statemachine.errors import AttachmentRefused, OperatorError, SendLater, SendRefused
from statemachine.message import Attachment, Message, Platform, Reply

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

IDLE_SECONDS: Final = 9 * 60.0
"""RFC 2177 allows 29 minutes; many routers forget a silent connection after ten."""
BATCH: Final = 20
PATIENCE: Final = 1.0
"""Seconds the fetched mails get to be committed before newer ones are looked for beside them."""
FAREWELL: Final = 1.0
"""Seconds a stop may spend on the connection."""
FULL_PATIENCE: Final = 60.0
DNS_TRIES: Final = 5
DNS_WAIT: Final = 60.0
"""Seconds until a mail whose signature's key could not be looked up is tried again."""
SEND_SECONDS: Final = 30.0
SENDERS: Final = 4
FETCHERS: Final = 2
LOGIN_CODES: Final = frozenset((530, 534, 535, 538))

T = TypeVar("T")


class Mail:
    """One mailbox and its address.

    imap_url      imaps://user:password@host:993/INBOX
    smtp_url      smtps://user:password@host:465 or smtp://…:587; STARTTLS is a must where a password goes over the wire
    mail_from     the address traders write to and get answers from
    authserv_id   whose Authentication-Results are believed; None: DKIM is checked here
    dns           looks up a TXT record (it may block)
    load_image    reads the pictures of replies; without it a reply goes out as text alone
    poll_seconds  between two looks, where the server has no IDLE
    idle_seconds  between two renewals, where it has
    tls           for servers with a certificate of one's own
    """

    platform: Platform = "email"
    exclusive = True

    def __init__(
        self,
        imap_url: str,
        smtp_url: str,
        mail_from: str,
        *,
        authserv_id: str | None = None,
        dns: Dns | None = None,
        load_image: LoadImage | None = None,
        poll_seconds: float = 30.0,
        idle_seconds: float = IDLE_SECONDS,
        dns_wait: float = DNS_WAIT,
        send_seconds: float = SEND_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._imap_url, self._smtp_url = imap_url, smtp_url
        self.account = mail_from.strip().lower()
        self._reading = Reading(self.account, authserv_id or None, dns or system_dns)
        self._load_image = load_image
        self._poll_seconds = poll_seconds
        self._idle_seconds = min(idle_seconds, 28 * 60.0)
        self._dns_wait = dns_wait
        self._send_seconds = send_seconds
        self._tls = tls or ssl.create_default_context()
        self._senders = asyncio.Semaphore(SENDERS)
        self._fetchers = asyncio.Semaphore(FETCHERS)
        self._postponed: dict[Mark, tuple[int, float]] = {}
        self._validity: str | None = None
        self.skipped: Counter[str] = Counter()
        """Mails passed over since the start, by reason."""

    async def connect(self) -> None:
        """Check the shape of the settings. An outage is no error, and the mailbox is another process's, maybe.

        Raises OperatorError.
        """
        if not ADDRESS.fullmatch(self.account):
            raise OperatorError("MAIL_FROM must be an address like journal@example.com")
        place_of(self._imap_url, "IMAP_URL", ("imap", "imaps"), (143, 993))
        place_of(self._smtp_url, "SMTP_URL", ("smtp", "smtps"), (587, 465))

    async def listen(self, receiver: Receiver) -> None:
        """Read until cancelled; outages are waited out, and told once.

        Raises OperatorError if login or folder are refused before they ever worked; later that is an outage too, since
        servers also refuse good passwords when they are overworked.
        """
        intake = Intake(receiver.receive)
        try:
            attempt = 0
            while True:
                box = self._box()
                try:
                    await _in_thread(box.open)
                    if attempt:
                        log.info("mailbox_answers_again", attempts=attempt)
                    attempt = 0
                    await self._read(box, intake)
                except OperatorError as exc:
                    if self._validity is None:
                        raise
                    log.error("mailbox_refuses", reason=str(exc))
                except Exception as exc:  # noqa: BLE001 - whatever it was, a new connection is the answer
                    log.warning("mailbox_waits", reason=type(exc).__name__, attempt=attempt)
                finally:
                    box.interrupt()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(FAREWELL):
                            await _in_thread(box.close)
                await asyncio.sleep(pause(attempt, longest=30.0))
                attempt += 1
        finally:
            await intake.close()

    async def _read(self, box: Box, intake: Intake) -> NoReturn:
        """Read on one connection until it fails."""
        if self._validity not in (None, box.validity):
            log.warning("mailbox_renumbered", validity=box.validity)  # the journal knows what it has, by Message-ID
            self._postponed.clear()
        self._validity = box.validity
        while True:
            marks = [(box.validity, uid) for uid in await _in_thread(box.unseen)]
            fresh = [mark for mark in marks if not intake.knows(mark) and self._is_due(mark)]
            for start in range(0, len(fresh), BATCH):
                await self._take_in(box, intake, fresh[start : start + BATCH])
            await intake.settle(PATIENCE)
            await self._flag(box, intake)
            if not fresh:
                await self._wait(box, intake)

    async def _take_in(self, box: Box, intake: Intake, marks: list[Mark]) -> None:
        facts = await _in_thread(box.facts, [uid for _, uid in marks])
        for mark in marks:
            await intake.settle(FULL_PATIENCE, room=True)
            if mark[1] in facts:
                await self._take(box, intake, mark, facts[mark[1]])
            await self._flag(box, intake)

    async def _take(self, box: Box, intake: Intake, mark: Mark, facts: Facts) -> None:
        try:
            if facts.size > LARGEST_MAIL:
                raise Skip("too_large")
            raw = await _in_thread(box.body, mark[1])
            if raw is None:
                return
            message = await _in_thread(self._translated, raw, facts.arrived, mark)
        except Skip as skip:
            self._skip(intake, mark, skip.reason)
        except DnsUnavailable:
            self._postpone(intake, mark)
        else:
            intake.accept(mark, message)

    def _translated(self, raw: bytes, arrived: datetime, mark: Mark) -> Message:
        try:
            return to_message(raw, arrived, self._reading, mark)
        except (Skip, DnsUnavailable):
            raise
        except Exception as exc:  # noqa: BLE001 - one hostile mail must not stop the reader
            log.error("mail_unreadable", reason=type(exc).__name__)
            raise Skip("unreadable") from None

    def _skip(self, intake: Intake, mark: Mark, reason: str) -> None:
        self.skipped[reason] += 1
        self._postponed.pop(mark, None)
        intake.pass_over(mark)
        log.info("mail_skipped", uid=mark[1], reason=reason)

    def _postpone(self, intake: Intake, mark: Mark) -> None:
        """The key may be there in a minute. A domain that never answers must not be asked for ever."""
        tries = self._postponed.get(mark, (0, 0.0))[0] + 1
        if tries >= DNS_TRIES:
            self._skip(intake, mark, "unauthenticated")
            return
        self._postponed[mark] = (tries, asyncio.get_running_loop().time() + self._dns_wait)
        log.warning("mail_postponed", uid=mark[1], reason="no answer from DNS", tries=tries)

    def _is_due(self, mark: Mark) -> bool:
        return mark not in self._postponed or self._postponed[mark][1] <= asyncio.get_running_loop().time()

    async def _flag(self, box: Box, intake: Intake) -> None:
        if uids := intake.flaggable(box.validity):
            await _in_thread(box.flag_seen, uids)
            intake.flagged(box.validity, uids)
            for uid in uids:
                self._postponed.pop((box.validity, uid), None)

    async def _wait(self, box: Box, intake: Intake) -> None:
        if intake.busy:
            await intake.settle(PATIENCE)
            return
        longest = self._idle_seconds if box.can_idle else self._poll_seconds
        if self._postponed:
            due = min(when for _, when in self._postponed.values()) - asyncio.get_running_loop().time()
            longest = min(longest, max(due, 0.05))
        if box.can_idle:
            await _in_thread(box.idle, longest)
        else:
            await asyncio.sleep(longest)

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:  # noqa: ARG002
        return ()

    async def send(self, chat_id: str, reply: Reply, envelope: Envelope = Envelope()) -> str | None:
        """Deliver one reply, to the chat's address and no other; our Message-ID."""
        if not ADDRESS.fullmatch(chat_id) or len(chat_id) > 254:
            raise SendRefused("This is not a mail address.")
        picture = await self._picture(reply.image)
        if not (reply.text.strip() or (reply.title or "").strip() or picture):
            raise SendRefused("The reply is empty.")
        own, mail = to_mail(reply, chat_id, self.account, envelope, datetime.now(UTC), picture)
        async with self._senders:
            await self._deliver(chat_id, mail)
        return own

    async def _picture(self, path: str | None) -> bytes | None:
        if path is None or self._load_image is None:
            return None
        try:
            return await self._load_image(path)
        except AttachmentRefused as exc:
            log.warning("reply_without_picture", reason=exc.reason)
            return None

    async def _deliver(self, to: str, mail: bytes) -> None:
        with _refusals():
            async with asyncio.timeout(4 * self._send_seconds):
                async with self._smtp() as smtp:
                    await smtp.sendmail(self.account, [to], mail)

    def _smtp(self) -> aiosmtplib.SMTP:
        place = place_of(self._smtp_url, "SMTP_URL", ("smtp", "smtps"), (587, 465))
        start_tls: bool | None = None  # where it is offered
        if place.tls or place.loopback:
            start_tls = False
        elif place.user:
            start_tls = True  # not left to who sits in between whether the password goes in clear
        return aiosmtplib.SMTP(
            hostname=place.host,
            port=place.port,
            username=place.user or None,
            password=place.password or None,
            use_tls=place.tls,
            start_tls=start_tls,
            tls_context=self._tls,
            local_hostname=self.account.rpartition("@")[2],
            timeout=self._send_seconds,
        )

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        """The bytes, from the mailbox: read mails stay there. It may have been restored since, under new numbers."""
        filed = filed_of(attachment.handle)
        if (attachment.size or 0) > limit:
            raise AttachmentRefused("too_large")
        async with self._fetchers:
            raw = await self._mail_again(filed)
        content = await _in_thread(file_in, raw, filed)
        if len(content) > limit:
            raise AttachmentRefused("too_large")
        return content

    async def _mail_again(self, filed: Filed) -> bytes:
        """The mail of a file, on a connection of its own: the reader's is idling, or another process's."""
        box = self._box()
        try:
            await _in_thread(box.open)
            raw = await _in_thread(box.filed, filed.validity, filed.uid, filed.message_id)
        except Exception as exc:  # noqa: BLE001 - whatever it was, the mailbox did not say that the mail is gone
            raise SendLater(type(exc).__name__) from None
        finally:
            box.interrupt()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await _in_thread(box.close)
        if raw is None:
            raise AttachmentRefused("gone")
        return raw

    def _box(self) -> Box:
        return Box(place_of(self._imap_url, "IMAP_URL", ("imap", "imaps"), (143, 993)), self._tls)

    async def close(self) -> None:
        """Nothing is kept open between calls; `listen` gives its connection back when it is cancelled."""


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """SMTP's refusals in the journal's words. What is refused before the recipient is named says nothing about them."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as exc:
        _refuse(exc.recipients[0].code, exc.recipients[0].message)
    except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPHeloError) as exc:
        log.error("smtp_refuses_us", code=exc.code, at=type(exc).__name__)
        raise SendLater(f"SMTP_URL or MAIL_FROM is refused: {exc.code}") from None
    except aiosmtplib.SMTPConnectResponseError as exc:
        raise SendLater(f"the mail server greets with {exc.code}") from None
    except aiosmtplib.SMTPResponseException as exc:
        _refuse(exc.code, exc.message)
    except aiosmtplib.SMTPNotSupported:
        log.error("smtp_refuses_us", code=0, at="STARTTLS or AUTH is not offered")
        raise SendLater("the mail server offers no STARTTLS or no login") from None
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as exc:
        raise SendLater(type(exc).__name__) from None


def _refuse(code: int, said: str) -> NoReturn:
    if code in LOGIN_CODES:
        log.error("smtp_refuses_us", code=code, at="recipient")
        raise SendLater(f"SMTP_URL: the mail server wants a login: {code}") from None
    reason = f"{code} {' '.join(said.split())[:200]}"
    raise (SendRefused(reason) if code >= 500 else SendLater(reason)) from None


async def _in_thread(call: Callable[..., T], *arguments: Any) -> T:
    """Run a blocking call in a daemon thread: one that still waits for a server must not hold up the program's end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: T | None = None
        error: BaseException | None = None
        try:
            result = call(*arguments)
        except BaseException as exc:  # noqa: BLE001 - carried over to who awaits
            error = exc
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="mailbox", daemon=True).start()
    return await future
