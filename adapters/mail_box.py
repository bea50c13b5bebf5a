"""One IMAP session, on imap-tools: every call blocks, so each runs in a thread, and only one at a time.

What the library does not do, or does too much of: its `flag` also expunges, its default TLS context checks no
certificate, and its `poll` watches the socket alone, so that news which came in one packet with the server's "idling"
would wait for the next renewal.
"""

import asyncio
import contextlib
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import MailboxFetchError, MailboxFlagError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.utils import check_command_status

from statemachine.errors import OperatorError

T = TypeVar("T")

CONNECT_SECONDS: Final = 30.0
"""For connecting, and for every single answer of the server."""

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_BUSY = re.compile(r"UNAVAILABLE|INUSE|LIMIT|SERVERBUG|EXPIRED|too many|try again|temporar", re.IGNORECASE)
"""Refused logins that say nothing about the password (RFC 5530, and Gmail's words)."""
IMAP_PLACE: Final = ("IMAP_URL", ("imap", "imaps"), (143, 993))
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))


@dataclass(frozen=True, slots=True)
class Place:
    """IMAP_URL or SMTP_URL taken apart; user and password decoded."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    path: str
    tls: bool

    @property
    def loopback(self) -> bool:
        return self.host in _LOOPBACK


def place_of(url: str, name: str, schemes: tuple[str, str], ports: tuple[int, int]) -> Place:
    """`schemes` and `ports`: plain, then TLS. Raises OperatorError, which names the variable and never its value."""
    shape = f"{name} must look like {schemes[1]}://user:password@host:{ports[1]}, user and password percent-encoded"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OperatorError(shape) from None
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
        raise OperatorError(shape)
    tls = parts.scheme == schemes[1]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isprintable():
        raise OperatorError(shape)
    path = unquote(parts.path.removeprefix("/"))
    return Place(parts.hostname, port or ports[tls], user, password, path, tls)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server knows of a mail: its size in bytes, and when it took it (aware UTC)."""

    size: int
    arrived: datetime


class Box:
    """One connection, logged in, with the folder selected, from `open` until any error: then a new one is needed."""

    def __init__(self, place: Place, tls: ssl.SSLContext | None) -> None:
        self._place = place
        self._tls = tls
        self._box: BaseMailBox | None = None
        self._ended = False
        self.validity = ""
        self.can_idle = False

    @property
    def _client(self) -> imaplib.IMAP4:
        assert self._box is not None  # noqa: S101 - nothing is asked before `open`
        return self._box.client

    def open(self) -> None:
        """Raises OperatorError where login, certificate or folder are refused; anything else is an outage."""
        try:
            self._box = self._connected()
        except ssl.SSLCertVerificationError as exc:
            raise OperatorError(f"IMAP_URL: the server's certificate is not valid: {exc.verify_message}") from exc
        if self._ended:
            return self.close()
        self._login(self._box)
        folder = self._place.path or "INBOX"
        try:
            self._box.folder.set(folder)
        except imaplib.IMAP4.readonly:
            raise OperatorError(f"IMAP_URL: the folder {folder} can only be read; \\Seen must be settable") from None
        except MailboxFolderSelectError as exc:
            if _BUSY.search(str(exc)):
                raise
            raise OperatorError(f"IMAP_URL: there is no folder {folder} in the mailbox") from None
        validity: list[Any] = self._client.response("UIDVALIDITY")[1]
        self.validity = _ascii(validity[-1]) if validity else ""
        self.can_idle = "IDLE" in self._capabilities()
        return None

    def _connected(self) -> BaseMailBox:
        place = self._place
        if place.tls:
            return MailBox(place.host, place.port, CONNECT_SECONDS, ssl_context=self._tls)
        if place.loopback:
            return MailBoxUnencrypted(place.host, place.port, CONNECT_SECONDS)
        return MailBoxStartTls(place.host, place.port, CONNECT_SECONDS, ssl_context=self._tls)

    def _login(self, box: BaseMailBox) -> None:
        user, password = self._place.user, self._place.password
        try:
            if (user + password).isascii():
                box.login(user, password, None)
            else:
                box.login_utf8(user, password, None)
        except (MailboxLoginError, imaplib.IMAP4.error) as exc:
            said = _ascii(exc.command_result[1][-1]) if isinstance(exc, MailboxLoginError) else str(exc)
            if isinstance(exc, imaplib.IMAP4.abort) or _BUSY.search(said):
                raise
            raise OperatorError(f"IMAP_URL: the mailbox refuses the login: {_without(said, password)}") from None

    def _capabilities(self) -> frozenset[str]:
        """Asked again after the login: many servers name IDLE only then."""
        _, answer = self._client.capability()
        return frozenset(_ascii(answer[-1]).upper().split()) if answer and answer[-1] else frozenset()

    def unseen(self) -> list[int]:
        """UIDs of what is unread, oldest first. A look also keeps the connection alive."""
        assert self._box is not None  # noqa: S101
        return sorted(int(uid) for uid in self._box.uids("UNSEEN UNDELETED", None))

    def facts(self, uids: Sequence[int]) -> dict[int, Facts]:
        """For those that are still there."""
        result: tuple[Any, ...] = self._client.uid("FETCH", _list(uids), "(UID RFC822.SIZE INTERNALDATE)")
        check_command_status(result, MailboxFetchError)
        found: dict[int, Facts] = {}
        for line in (item for item in result[1] if isinstance(item, bytes)):
            uid, size = _UID.search(line), _SIZE.search(line)
            if uid and size:
                found[int(uid[1])] = Facts(int(size[1]), _arrival(line))
        return found

    def body(self, uid: int) -> bytes | None:
        """The mail, still unread for everybody else; None where the server does not give it."""
        result: tuple[Any, ...] = self._client.uid("FETCH", str(uid), "(UID BODY.PEEK[])")
        if result[0] != "OK":
            return None  # this one the server cannot read; the connection is good for the others
        for item in result[1]:
            if isinstance(item, tuple) and (found := _UID.search(item[0])) is not None and int(found[1]) == uid:
                return bytes(item[1])
        # Some servers name the UID only after the body; one mail was asked for, so one it is.
        bodies = [item[1] for item in result[1] if isinstance(item, tuple)]
        return bytes(bodies[0]) if len(bodies) == 1 else None

    def filed(self, validity: str, uid: int, message_id: str) -> bytes | None:
        """A mail read earlier, also when the folder was renumbered since; None where it is gone."""
        if validity != self.validity:
            if not message_id or set('"\\') & set(message_id):
                return None
            assert self._box is not None  # noqa: S101
            found = self._box.uids(f'HEADER Message-ID "{message_id}"', None)
            uid = int(found[0]) if found else 0
        if not uid or uid not in self.facts([uid]):
            return None
        raw = self.body(uid)
        if raw is None:
            raise MailboxFetchError(("NO", uid), "OK")  # it is there, and the server cannot read it now
        return raw

    def newest_results(self, most: int = 10) -> list[str]:
        """The topmost Authentication-Results of the newest mails; empty strings for mails without."""
        assert self._box is not None  # noqa: S101
        uids = self._box.uids("ALL", None)[-most:]
        if not uids:
            return []
        result: tuple[Any, ...] = self._client.uid(
            "FETCH", ",".join(uids), "(UID BODY.PEEK[HEADER.FIELDS (AUTHENTICATION-RESULTS)])"
        )
        check_command_status(result, MailboxFetchError)
        return [_ascii(item[1].partition(b":")[2].strip()) for item in result[1] if isinstance(item, tuple)]

    def flag_seen(self, uids: Iterable[int]) -> None:
        result: tuple[Any, ...] = self._client.uid("STORE", _list(uids), "+FLAGS.SILENT", r"(\Seen)")
        check_command_status(result, MailboxFlagError)

    def idle(self, seconds: float) -> None:
        """Return when the server has news, or after `seconds` (at most 29 minutes: RFC 2177)."""
        assert self._box is not None  # noqa: S101
        idle: Any = self._box.idle
        idle.start()
        if not self._buffered():
            idle.poll(seconds)
        idle.stop()

    def _buffered(self) -> bool:
        """News already read from the socket together with "idling"."""
        reader = vars(self._client).get("file") or vars(self._client).get("_file")  # its name since Python 3.14
        if reader is None:
            return False
        connection = self._client.sock
        patience = connection.gettimeout()
        connection.settimeout(0)
        try:
            return bool(reader.peek(1))
        except OSError:
            return False
        finally:
            connection.settimeout(patience)

    def interrupt(self) -> None:
        """End whatever call is under way, from any thread: it fails at once."""
        self._ended = True
        if self._box is not None:
            with contextlib.suppress(OSError):
                self._box.client.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the connection back, once no call is under way. It was interrupted, so there is no log-out."""
        self.interrupt()
        if self._box is not None:
            with contextlib.suppress(OSError, ValueError):
                self._box.client.shutdown()


def _list(uids: Iterable[int]) -> str:
    return ",".join(str(uid) for uid in uids)


def _arrival(line: bytes) -> datetime:
    now = datetime.now(UTC)
    found = re.search(rb'INTERNALDATE "([^"]{10,40})"', line)
    try:
        arrived = datetime.strptime(found[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z") if found else now
    except (ValueError, UnicodeDecodeError):
        return now
    return min(arrived.astimezone(UTC), now)


def _ascii(value: object) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return "".join(letter for letter in text if letter.isprintable())[:200]


def _without(said: str, password: str) -> str:
    return said.replace(password, "•••") if password else said


async def in_thread(call: Callable[..., T], *arguments: Any) -> T:
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
