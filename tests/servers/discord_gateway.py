"""The gateway half of the local Discord: sessions, sequence numbers, resuming, and what a session may see.

Nothing is kept for a bot without a session: what happens meanwhile can only be read from the channels, as at Discord.
"""

import asyncio
import contextlib
import itertools
import json
import secrets
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web

HEARTBEAT_MS = 41_250
GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
"""Members, presences, message content: to be allowed in the developer portal first."""
CLOSE_UNKNOWN, CLOSE_TOKEN, CLOSE_INTENTS = 4001, 4004, 4014


@dataclass(slots=True, eq=False)
class Session:
    """What a bot's connection is to Discord; it outlives the socket, so that it can be resumed."""

    id: str
    intents: int
    shard: list[int]
    socket: "Socket | None" = None
    sequence: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)


class Socket:
    """One websocket, compressed as a whole where the client asked for that."""

    def __init__(self, request: web.Request) -> None:
        self.ws = web.WebSocketResponse(autoping=True)
        self._request = request
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    async def open(self) -> Self:
        await self.ws.prepare(self._request)
        return self

    async def send(self, payload: dict[str, Any]) -> None:
        text = json.dumps(payload)
        with contextlib.suppress(ConnectionError):
            if self._zlib is None:
                await self.ws.send_str(text)
            else:
                await self.ws.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))

    async def close(self, code: int) -> None:
        await self.ws.close(code=code)

    def abort(self) -> None:
        """Cut the line as a broken network does."""
        if self._request.transport is not None:
            self._request.transport.abort()


class Gateway:
    """Counts in `ops` what the bot sent by name; `identified` are the intents of each new session."""

    def __init__(self, token: str, user: dict[str, Any], application_id: str) -> None:
        self.token = token
        self.url = ""
        self.shards = 1
        self.ops: Counter[str] = Counter()
        self.identified: list[int] = []
        self.allowed_intents = 0
        self.refuse_resume = False
        self.closing_with = 0
        """Answer every IDENTIFY by closing with this code."""
        self.changed = asyncio.Event()
        self._me = user
        self._application_id = application_id
        self._sessions: dict[str, Session] = {}
        self._queue: asyncio.Queue[tuple[Session, dict[str, Any]]] = asyncio.Queue()
        self._numbers = itertools.count(1)

    @property
    def online(self) -> bool:
        """The bot is connected: a session was begun or resumed."""
        return any(session.socket is not None for session in self._sessions.values())

    def dispatch(self, name: str, data: dict[str, Any], *, needs: int = 0, guild_id: int | None = None) -> None:
        """Send an event to the sessions that may see it; a session whose line is cut gets it when it resumes."""
        for session in self._sessions.values():
            mine = (guild_id >> 22) % session.shard[1] if guild_id else 0
            if session.shard[0] == mine and (not needs or session.intents & needs):
                self._push(session, name, data)

    def _push(self, session: Session, name: str, data: dict[str, Any]) -> None:
        session.sequence += 1
        event = {"op": 0, "t": name, "s": session.sequence, "d": data}
        session.events.append(event)
        if session.socket is not None:
            self._queue.put_nowait((session, event))

    async def pump(self) -> None:
        """Send what was dispatched, in order, until cancelled."""
        while True:
            session, event = await self._queue.get()
            if session.socket is not None:
                await session.socket.send(event)

    # What Discord does to a connection.

    def drop(self) -> None:
        """Cut every line; the sessions live on."""
        for session in self._sessions.values():
            if session.socket is not None:
                session.socket.abort()
                session.socket = None

    async def reconnect(self) -> None:
        """Ask to come back on another server (op 7)."""
        await self._tell({"op": 7, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        """End the sessions (op 9); what happens from now on is seen by the next one only."""
        sockets = [session.socket for session in self._sessions.values() if session.socket is not None]
        if not resumable:
            self._sessions.clear()
        for socket in sockets:
            await socket.send({"op": 9, "d": resumable})

    def forget_sessions(self) -> None:
        """Cut every line for good: nothing can be resumed."""
        self.drop()
        self._sessions.clear()

    async def _tell(self, payload: dict[str, Any]) -> None:
        for session in list(self._sessions.values()):
            if session.socket is not None:
                await session.socket.send(payload)

    # One connection.

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = await Socket(request).open()
        session: Session | None = None
        await socket.send({"op": 10, "d": {"heartbeat_interval": HEARTBEAT_MS}})
        async for message in socket.ws:
            if message.type is not WSMsgType.TEXT:
                break
            data = json.loads(message.data)
            match data["op"]:
                case 1:
                    self.ops["heartbeat"] += 1
                    await socket.send({"op": 11})
                case 2:
                    session = await self._identify(socket, data["d"])
                case 6:
                    session = await self._resume(socket, data["d"])
                case _:
                    await socket.close(CLOSE_UNKNOWN)
            self.changed.set()
        if session is not None and session.socket is socket:
            session.socket = None
            if socket.ws.close_code == 1000:  # a client that says goodbye ends its session
                self._sessions.pop(session.id, None)
        self.changed.set()
        return socket.ws

    async def _identify(self, socket: Socket, data: dict[str, Any]) -> Session | None:
        self.ops["identify"] += 1
        refusal = self.closing_with
        if data["token"] != self.token:
            refusal = CLOSE_TOKEN
        elif data["intents"] & PRIVILEGED & ~self.allowed_intents:
            refusal = CLOSE_INTENTS
        if refusal:
            await socket.close(refusal)
            return None
        self.identified.append(data["intents"])
        session = Session(secrets.token_hex(8), data["intents"], data.get("shard") or [0, 1], socket)
        self._sessions[session.id] = session
        ready = {
            "v": 10,
            "user": self._me,
            "guilds": [],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": session.shard,
            "application": {"id": self._application_id, "flags": 0},
        }
        self._push(session, "READY", ready)
        return session

    async def _resume(self, socket: Socket, data: dict[str, Any]) -> Session | None:
        self.ops["resume"] += 1
        session = self._sessions.get(data["session_id"])
        if session is None or self.refuse_resume or data["token"] != self.token:
            await socket.send({"op": 9, "d": False})
            return None
        missed = [event for event in session.events if event["s"] > data["seq"]]
        for event in missed:
            await socket.send(event)
        session.socket = socket
        self._push(session, "RESUMED", {"_trace": []})
        return session
