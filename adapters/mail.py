"""E-mail: IMAP in, on imap-tools in a thread, and SMTP out, on aiosmtplib.

A mail is peeked at, handed over, and flagged \\Seen only when the journal has committed it; so unread means "not yet
received", and a worker that dies in between leaves it to the next. What is skipped is flagged too, counted by reason,
and never answered. Sending opens one connection per mail, a few at a time: mails are minutes apart, servers drop idle
connections, and a connection that died half-way would leave open which mail it took.
"""

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NoReturn, TypeVar

import structlog
from aiohttp import web

from adapters import Envelope, LoadImage, Receiver
from adapters.handover import pause
from adapters.mail_box import IMAP_PLACE, Box, Facts, in_thread, place_of
from adapters.mail_intake import Intake, Mark
from adapters.mail_mime import LARGEST_MAIL, Skip
from adapters.mail_reply import to_mail
from adapters.mail_sender import ADDRESS, Dns, DnsUnavailable, system_dns
from adapters.mail_smtp import SMTP_PLACE, refusals, smtp_client
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
DNS_AGE: Final = timedelta(days=1)
"""A mail whose signature's key could not be looked up so often, for so long, is nobody's."""
LONGEST_RETRY: Final = 3600.0
SETTLED_SECONDS: Final = 60.0
"""A connection that lasted so long was a good one: after it the next is made at once."""
SEND_SECONDS: Final = 30.0
SENDERS: Final = 4
FETCHERS: Final = 2

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
    retry_seconds before a mail is tried again that DNS or the mailbox had no answer for
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
        retry_seconds: float = 60.0,
        send_seconds: float = SEND_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._imap_url, self._smtp_url = imap_url, smtp_url
        self.account = mail_from.strip().lower()
        self._reading = Reading(self.account, authserv_id or None, dns or system_dns)
        self._load_image = load_image
        self._poll_seconds = poll_seconds
        self._idle_seconds = min(idle_seconds, 28 * 60.0)
        self._retry_seconds = retry_seconds
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
        place_of(self._imap_url, *IMAP_PLACE)
        place_of(self._smtp_url, *SMTP_PLACE)

    async def listen(self, receiver: Receiver) -> None:
        """Read until cancelled; outages are waited out, and told once.

        Raises OperatorError if login or folder are refused before they ever worked; later that is an outage too, since
        servers also refuse good passwords when they are overworked.
        """
        intake = Intake(receiver.receive)
        try:
            attempt = 0
            while True:
                began = asyncio.get_running_loop().time()
                box = self._box()
                try:
                    await in_thread(box.open)
                    if attempt:
                        log.info("mailbox_answers_again", attempts=attempt)
                    await self._read(box, intake)
                except OperatorError as exc:
                    if self._validity is None:
                        raise
                    log.error("mailbox_refuses", reason=str(exc))
                except Exception as exc:  # noqa: BLE001 - whatever it was, a new connection is the answer
                    log.warning("mailbox_waits", reason=type(exc).__name__, attempt=attempt)
                finally:
                    await self._left(box)
                if asyncio.get_running_loop().time() - began > SETTLED_SECONDS:
                    attempt = 0
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
            await self._flag(box, intake)  # first of all: what was committed while there was no connection
            marks = [(box.validity, uid) for uid in await in_thread(box.unseen)]
            fresh = [mark for mark in marks if not intake.knows(mark) and self._is_due(mark)]
            fresh.sort(key=lambda mark: self._postponed.get(mark, (0, 0.0))[0])  # what failed before waits behind
            for start in range(0, len(fresh), BATCH):
                await self._take_in(box, intake, fresh[start : start + BATCH])
            await intake.settle(PATIENCE)
            await self._flag(box, intake)
            if not fresh:
                await self._wait(box, intake)

    async def _take_in(self, box: Box, intake: Intake, marks: list[Mark]) -> None:
        facts = await in_thread(box.facts, [uid for _, uid in marks])
        for mark in marks:
            await intake.settle(FULL_PATIENCE, room=True)
            if mark[1] in facts:
                await self._take(box, intake, mark, facts[mark[1]])
            else:
                self._postpone(mark, "no answer from the mailbox")
            await self._flag(box, intake)

    async def _take(self, box: Box, intake: Intake, mark: Mark, facts: Facts) -> None:
        try:
            if facts.size > LARGEST_MAIL:
                raise Skip("too_large")
            raw = await self._fetched(box, mark)
            if raw is None:
                return
            message = await in_thread(self._translated, raw, facts.arrived, mark)
        except Skip as skip:
            self._skip(intake, mark, skip.reason)
        except DnsUnavailable:
            tries = self._postpone(mark, "no answer from DNS")
            if tries >= DNS_TRIES and datetime.now(UTC) - facts.arrived > DNS_AGE:
                self._skip(intake, mark, "unauthenticated")
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

    async def _fetched(self, box: Box, mark: Mark) -> bytes | None:
        """The mail. One that the server cannot give, or dies of, must not keep the others waiting."""
        raw = None
        try:
            raw = await in_thread(box.body, mark[1])
        finally:
            if raw is None:
                self._postpone(mark, "no answer from the mailbox")
        return raw

    def _postpone(self, mark: Mark, reason: str) -> int:
        """Try again in a minute, then less and less often; how many times it was tried."""
        tries = self._postponed.get(mark, (0, 0.0))[0] + 1
        wait = min(self._retry_seconds * 2.0 ** (tries - 1), LONGEST_RETRY)
        self._postponed[mark] = (tries, asyncio.get_running_loop().time() + wait)
        log.warning("mail_postponed", uid=mark[1], reason=reason, tries=tries)
        return tries

    def _is_due(self, mark: Mark) -> bool:
        return mark not in self._postponed or self._postponed[mark][1] <= asyncio.get_running_loop().time()

    async def _flag(self, box: Box, intake: Intake) -> None:
        if uids := intake.flaggable(box.validity):
            await in_thread(box.flag_seen, uids)
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
            await in_thread(box.idle, longest)
        else:
            await asyncio.sleep(longest)

    def routes(self, receiver: Receiver) -> Iterable[web.RouteDef]:  # noqa: ARG002
        return ()

    async def send(self, chat_id: str, reply: Reply, envelope: Envelope = Envelope()) -> str | None:
        """Deliver one reply, to the chat's address and no other; our Message-ID."""
        if not ADDRESS.fullmatch(chat_id) or len(chat_id) > 254:
            raise SendRefused("This is not a mail address.")
        picture = await self._picture(reply.image)
        if not (reply.text.strip() or (reply.title or "").strip() or picture or envelope.file):
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
        with refusals():
            async with asyncio.timeout(4 * self._send_seconds):
                async with smtp_client(self._smtp_url, self.account, self._send_seconds, self._tls) as smtp:
                    await smtp.sendmail(self.account, [to], mail)

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        """The bytes, from the mailbox: read mails stay there. It may have been restored since, under new numbers."""
        filed = filed_of(attachment.handle)
        if (attachment.size or 0) > limit:
            raise AttachmentRefused("too_large")
        async with self._fetchers:
            raw = await self._mail_again(filed)
        content = await in_thread(file_in, raw, filed)
        if len(content) > limit:
            raise AttachmentRefused("too_large")
        return content

    async def _mail_again(self, filed: Filed) -> bytes:
        """The mail of a file, on a connection of its own: the reader's is idling, or another process's."""
        box = self._box()
        try:
            await in_thread(box.open)
            raw = await in_thread(box.filed, filed.validity, filed.uid, filed.message_id)
        except Exception as exc:  # noqa: BLE001 - whatever it was, the mailbox did not say that the mail is gone
            raise SendLater(type(exc).__name__) from None
        finally:
            await self._left(box)
        if raw is None:
            raise AttachmentRefused("gone")
        return raw

    async def _left(self, box: Box) -> None:
        box.interrupt()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await in_thread(box.close)

    def _box(self) -> Box:
        return Box(place_of(self._imap_url, *IMAP_PLACE), self._tls)

    async def close(self) -> None:
        """Nothing is kept open between calls; `listen` gives its connection back when it is cancelled."""
