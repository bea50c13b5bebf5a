"""A mailbox (IMAP4rev1) and a mail server (SMTP) on loopback, with the rules that bite and outages to order.

In a test: `async with MailServer() as server`, then `server.deliver(mail)` and `server.sent`.
As a process: `python -m tests.servers.mail --imap-port 8143 --smtp-port 8025 --control-port 8081`; POST
/control/<name> with a JSON object of its arguments, for the names in CONTROLS.
"""

import argparse
import asyncio
import base64
import contextlib
import email
import re
import ssl
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web

from tests.servers.mail_letters import accepted

USER, PASSWORD = "journal@vigil.test", "pass word%&"
CONTROLS = frozenset(("write", "state", "answers"))


@dataclass(slots=True)
class Stored:
    """A mail in the folder."""

    uid: int
    raw: bytes
    arrived: datetime
    size: int
    seen: bool = False


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` calls of a command: an `answer`, silence for `delay` s, or a cut line.

    drop  cut the connection "before" or "after" the command took effect
    """

    command: str
    answer: str = ""
    drop: str = ""
    delay: float = 0.0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail we gave to the SMTP server; `at` is in seconds on the monotonic clock."""

    sender: str
    to: tuple[str, ...]
    raw: bytes
    at: float = 0.0


@dataclass(slots=True, eq=False)
class Session:
    """One IMAP connection; `exists` is what it was last told."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    authenticated: bool = False
    selected: bool = False
    exists: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Cut(Exception):
    """The connection is dropped."""


class MailServer:
    """Both servers. `calls` counts IMAP commands and SMTP verbs (SMTP's as `smtp:RCPT`)."""

    def __init__(
        self, *, idle: bool = True, imap_port: int = 0, smtp_port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self._tls = tls
        self.idle = idle
        self.validity = 1_000
        self.folder: list[Stored] = []
        self.sent: list[Sent] = []
        self.calls: Counter[str] = Counter()
        self.refuse_login = ""
        self.refuse_smtp_login = False
        self.down = False
        self.turned_away = 0
        self.together = False
        """Put news right behind "idling", in one packet."""
        self.on_search: Callable[[], object] | None = None
        """Called once, when the next search is answered: something happens before the client idles."""
        self._next = 1
        self.faults: list[Fault] = []
        self._sessions: set[Session] = set()
        self._changed = asyncio.Event()
        self._ports = (imap_port, smtp_port)
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        for handle, port in zip((self._imap, self._smtp), self._ports, strict=True):
            self._servers.append(
                await asyncio.start_server(self._served(handle), "127.0.0.1", port, limit=40_000_000, ssl=self._tls)
            )
        self._ports = tuple(server.sockets[0].getsockname()[1] for server in self._servers)  # type: ignore[assignment]
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def imap_url(self) -> str:
        return (
            f"imap{'s' if self._tls else ''}://journal%40vigil.test:pass%20word%25%26@127.0.0.1:{self._ports[0]}/INBOX"
        )

    @property
    def smtp_url(self) -> str:
        return f"smtp{'s' if self._tls else ''}://journal%40vigil.test:pass%20word%25%26@127.0.0.1:{self._ports[1]}"

    # What a test does.

    def deliver(
        self, raw: bytes, *, arrived: datetime | None = None, size: int | None = None, seen: bool = False
    ) -> int:
        """Put a mail into the folder; its UID. `size`: what the server says it has."""
        uid = self._next
        self._next += 1
        self.folder.append(Stored(uid, raw, arrived or datetime.now(UTC), size or len(raw), seen))
        for session in self._sessions:
            session.news.set()
        return uid

    def write(self, text: str, sender: str = "ann@example.com", subject: str = "trade", message_id: str = "") -> int:
        """A letter of somebody who is who they say they are; without `message_id` one is made up."""
        fields = {"message_id": message_id} if message_id else {}
        return self.deliver(accepted(text, sender=sender, subject=subject, **fields))

    def fault(self, command: str, **what: Any) -> None:
        self.faults.append(Fault(command, **what))

    def renumber(self) -> None:
        """The folder is rebuilt: new UIDVALIDITY, new UIDs, all unread, as after a restore."""
        self.validity += 1
        self._next = 1
        for stored in self.folder:
            stored.uid, stored.seen = self._next, False
            self._next += 1
        self.drop()

    def drop(self) -> None:
        """Cut every IMAP connection."""
        for session in self._sessions:
            session.writer.transport.abort()

    def unseen(self) -> list[int]:
        return [stored.uid for stored in self.folder if not stored.seen]

    def state(self) -> dict[str, Any]:
        return {"unseen": self.unseen(), "mails": len(self.folder), "sent": len(self.sent), "calls": self.calls}

    def answers(self) -> list[dict[str, Any]]:
        """What was given to the SMTP server, by header."""
        parsed = [(sent, email.message_from_bytes(sent.raw)) for sent in self.sent]
        return [{"to": sent.to[0], "message_id": mail["Message-ID"], "at": sent.at} for sent, mail in parsed]

    async def until(self, holds: Callable[[], object], within: float = 20.0) -> None:
        """Wait until `holds()` is true, looking after every command. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), 0.05)

    # Both servers.

    def _served(self, handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]) -> Any:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            try:
                if self.down:
                    self.turned_away += 1
                else:
                    await handle(reader, writer)
            except (Cut, ConnectionError, asyncio.IncompleteReadError, ValueError):
                writer.transport.abort()
            except asyncio.CancelledError:
                pass  # the server ends
            finally:
                self._tasks.discard(task)
                self._changed.set()
                writer.close()

        return serve

    async def _fault_of(self, command: str) -> Fault:
        for fault in self.faults:
            if fault.times > 0 and fault.command == command:
                fault.times -= 1
                await asyncio.sleep(fault.delay)
                if fault.drop == "before":
                    raise Cut
                return fault
        return Fault(command)

    # IMAP.

    async def _imap(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(reader, writer)
        self._sessions.add(session)
        try:
            writer.write(b"* OK ready\r\n")
            while line := await reader.readline():
                tag, _, rest = line.decode().rstrip("\r\n").partition(" ")
                await self._command(session, tag, rest)
                self._changed.set()
                if rest.upper() == "LOGOUT":
                    return
        finally:
            self._sessions.discard(session)

    async def _command(self, session: Session, tag: str, rest: str) -> None:
        name, _, arguments = rest.partition(" ")
        name = name.upper()
        if name == "UID":
            name, _, arguments = arguments.partition(" ")
            name = name.upper()
        self.calls[name] += 1
        one = re.match(r"(\d+) .*BODY", arguments)  # a fault may be of one mail's body alone
        fault = await self._fault_of(f"BODY {one[1]}" if one else name)
        if one and not (fault.answer or fault.drop):
            fault = await self._fault_of(name)
        handler = getattr(self, f"_{name.lower()}", None)
        if fault.answer:
            answer = fault.answer
        elif handler is None or (name in ("SEARCH", "FETCH", "STORE", "IDLE") and not session.selected):
            answer = "BAD not now"
        elif name not in ("LOGIN", "CAPABILITY", "LOGOUT", "NOOP") and not session.authenticated:
            answer = "NO please log in"
        else:
            answer = await handler(session, arguments)
        if fault.drop == "after":
            raise Cut
        if name != "IDLE":
            self._tell(session)
        session.writer.write(f"{tag} {answer}\r\n".encode())
        await session.writer.drain()

    def _tell(self, session: Session) -> None:
        if session.selected and session.exists != len(self.folder):
            session.exists = len(self.folder)
            session.writer.write(f"* {session.exists} EXISTS\r\n".encode())

    async def _capability(self, session: Session, _: str) -> str:
        session.writer.write(
            b"* CAPABILITY IMAP4rev1" + (b" IDLE" if self.idle and session.authenticated else b"") + b"\r\n"
        )
        return "OK done"

    async def _login(self, session: Session, arguments: str) -> str:
        words = [
            quoted.replace('\\"', '"').replace("\\\\", "\\") for quoted in re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)
        ]
        if self.refuse_login:
            return f"NO {self.refuse_login}"
        if words != [USER, PASSWORD] and arguments.split(" ", 1) != [USER, f'"{PASSWORD}"']:
            return "NO [AUTHENTICATIONFAILED] Invalid credentials"
        session.authenticated = True
        return "OK welcome"

    async def _select(self, session: Session, arguments: str) -> str:
        if arguments.strip('"') != "INBOX":
            return "NO [NONEXISTENT] no such folder"
        session.selected, session.exists = True, len(self.folder)
        session.writer.write(
            f"* {session.exists} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted)\r\n"
            f"* OK [UIDVALIDITY {self.validity}] valid\r\n* OK [UIDNEXT {self._next}] next\r\n".encode()
        )
        return "OK [READ-WRITE] selected"

    async def _search(self, session: Session, arguments: str) -> str:
        if named := re.fullmatch('HEADER Message-ID "(.*)"', arguments):
            found = [stored.uid for stored in self.folder if f"Message-Id: {named[1]}".encode() in stored.raw]
        elif arguments.endswith("ALL"):
            found = [stored.uid for stored in self.folder]
        else:
            assert arguments == "UNSEEN UNDELETED", arguments
            found = self.unseen()
        session.writer.write(f"* SEARCH {' '.join(map(str, found))}".rstrip().encode() + b"\r\n")
        if self.on_search is not None:
            happens, self.on_search = self.on_search, None
            asyncio.get_running_loop().call_later(0, happens)
        return "OK done"

    async def _fetch(self, session: Session, arguments: str) -> str:
        uids, _, items = arguments.partition(" ")
        for number, stored in enumerate(self.folder, start=1):
            if str(stored.uid) not in uids.split(","):
                continue
            if "BODY[]" in items:
                stored.seen = True  # the trap: only PEEK leaves it unread
            facts = f"* {number} FETCH (UID {stored.uid}"
            if "SIZE" in items:
                facts += f' RFC822.SIZE {stored.size} INTERNALDATE "{stored.arrived:%d-%b-%Y %H:%M:%S %z}"'
            session.writer.write(facts.encode())
            if "HEADER.FIELDS" in items:
                head = "\r\n".join(
                    re.findall("(?im)^Authentication-Results:.*$", stored.raw.decode("latin-1"))
                ).encode()
                session.writer.write(f" BODY[HEADER.FIELDS (X)] {{{len(head)}}}\r\n".encode() + head)
            elif "[HEADER]" in items:
                head = stored.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                session.writer.write(f" FLAGS () BODY[HEADER] {{{len(head)}}}\r\n".encode() + head)
            elif "BODY" in items:
                session.writer.write(f" BODY[] {{{len(stored.raw)}}}\r\n".encode() + stored.raw)
            session.writer.write(b")\r\n")
            await session.writer.drain()
        return "OK done"

    async def _store(self, session: Session, arguments: str) -> str:
        uids, flags = arguments.split(" ", 1)
        assert flags == r"+FLAGS.SILENT (\Seen)", flags
        for stored in self.folder:
            if str(stored.uid) in uids.split(","):
                stored.seen = True
        return "OK done"

    async def _status(self, session: Session, arguments: str) -> str:
        unseen = len(self.unseen())
        session.writer.write(f"* STATUS INBOX (MESSAGES {len(self.folder)} UNSEEN {unseen})\r\n".encode())
        return "OK done"

    async def _noop(self, *_: object) -> str:
        return "OK done"

    async def _logout(self, session: Session, _: str) -> str:
        session.writer.write(b"* BYE\r\n")
        return "OK done"

    async def _idle(self, session: Session, _: str) -> str:
        if not self.idle:
            return "BAD unknown command"
        if self.together:
            session.writer.write(f"+ idling\r\n* {len(self.folder)} EXISTS\r\n".encode())
            session.exists = len(self.folder)
        else:
            session.writer.write(b"+ idling\r\n")
        self._changed.set()
        done = asyncio.create_task(session.reader.readline())
        try:
            while not done.done():
                session.news.clear()
                self._tell(session)
                news = asyncio.create_task(session.news.wait())
                await asyncio.wait((done, news), return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
            if (await done).strip().upper() != b"DONE":
                raise Cut
        finally:
            done.cancel()
        return "OK idle ended"

    # SMTP.

    async def _smtp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = await self._fault_of("smtp:CONNECT")
        writer.write((fault.answer or "220 mx.vigil.test ESMTP").encode() + b"\r\n")
        sender, to, authenticated = "", [], False
        while line := await reader.readline():
            verb, _, argument = line.decode().strip().partition(" ")
            verb = verb.upper()
            self.calls[f"smtp:{verb}"] += 1
            fault = await self._fault_of(f"smtp:{verb}")
            answer = "250 OK"
            if verb == "EHLO":
                answer = "250-mx.vigil.test\r\n250-8BITMIME\r\n250 AUTH PLAIN"
            elif verb == "AUTH":
                wanted = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
                authenticated = argument == f"PLAIN {wanted}" and not self.refuse_smtp_login
                answer = "235 welcome" if authenticated else "535 wrong credentials"
            elif verb == "MAIL":
                sender, to = argument, []
                answer = answer if authenticated else "530 please log in"
            elif verb == "RCPT" and not fault.answer:
                to.append(argument.removeprefix("TO:").strip("<>"))
            elif verb == "DATA" and not fault.answer:
                writer.write(b"354 go on\r\n")
                raw = await self._data(reader)
                end = await self._fault_of("smtp:END")
                if not end.answer or end.drop == "after":
                    self.sent.append(Sent(re.findall("<(.*?)>", sender)[0], tuple(to), raw, time.monotonic()))
                if end.drop == "after":
                    raise Cut
                answer = end.answer or answer
            elif verb == "QUIT":
                answer = "221 bye"
            writer.write(f"{fault.answer or answer}\r\n".encode())
            await writer.drain()
            self._changed.set()
            if verb == "QUIT":
                return

    async def _data(self, reader: asyncio.StreamReader) -> bytes:
        lines: list[bytes] = []
        while (line := await reader.readline()) != b".\r\n":
            if not line:
                raise Cut
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


async def _serve(imap_port: int, smtp_port: int, control_port: int) -> None:
    async with MailServer(imap_port=imap_port, smtp_port=smtp_port) as server:

        async def control(request: web.Request) -> web.Response:
            name = request.match_info["name"]
            if name not in CONTROLS:
                return web.Response(status=404)
            arguments = await request.json() if request.can_read_body else {}
            return web.json_response(getattr(server, name)(**arguments))

        app = web.Application()
        app.router.add_post("/control/{name}", control)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", control_port).start()
        print(server.imap_url, server.smtp_url, f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--imap-port", "--smtp-port", "--control-port"):
        parser.add_argument(option, type=int, default=0)
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(given.imap_port, given.smtp_port, given.control_port))
