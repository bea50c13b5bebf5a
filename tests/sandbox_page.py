"""The sandbox page served by a worker in this process, its demo trader, and a page's stream as Python reads it."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from bot.database import DEMO_TRADER, Database
from bot.platforms import sandbox_of
from bot.settings import read_settings
from bot.worker import Worker, serve, started, store_of
from tests.contract.driver import PATIENCE

REPORT = "long 2 nq 18250 > 18290 stop 18230"
UNSENT = "select exists (select from worker.outbox where status = 'pending')"


@dataclass(frozen=True, slots=True)
class Served:
    worker: Worker
    port: int
    stop: asyncio.Event

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def served_page(dsn: str, folder: Path, **given: object) -> AsyncIterator[Served]:
    settings = read_settings(None, data_dir=folder, **{"host": "127.0.0.1", "port": 0, **given})
    chats = sandbox_of(settings, store_of(settings))
    async with started(settings, Database(dsn, dsn, False, False), chats, jobs=True) as worker:
        stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(serve(worker, stop, ready.set_result))
        yield Served(worker, await ready, stop)
        stop.set()
        await serving


async def add_demo_trader(connection: asyncpg.Connection) -> Any:
    """As the seed makes it, without the journal: an account and two rules that plain code can judge."""
    user = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), $1) returning id", DEMO_TRADER
    )
    await connection.execute("update public.profiles set account_size = 50000 where id = $1", user)
    for rule in ("Always have a stop loss", "Never risk more than 1% of the account"):
        await connection.execute("insert into public.trading_rules (user_id, rule_text) values ($1, $2)", user, rule)
    return user


async def all_sent(connection: asyncpg.Connection) -> None:
    """Until the database knows as sent what the page shows: a number answers what was sent before it. Nobody types
    one so fast, but a test does."""
    async with asyncio.timeout(PATIENCE):
        while await connection.fetchval(UNSENT):
            await asyncio.sleep(0.02)


@dataclass(slots=True)
class Stream:
    """What a page knows: the chat's entries by id, the database's last state, and how often that came.

    read  id of the last of Vigil's entries that was asked for: words that stood there before are no answer
    """

    answer: aiohttp.ClientResponse
    read: int = 0
    entries: dict[int, dict[str, Any]] = field(default_factory=dict)
    chat: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] | None = None
    states: int = 0

    async def until(self, holds: Callable[["Stream"], object]) -> "Stream":
        """Read on until it is true. Raises TimeoutError; EOFError where the stream ends before."""
        async with asyncio.timeout(PATIENCE):
            while not holds(self):
                await self._read()
        return self

    async def ended(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self.answer.content.readline():
                pass

    async def reads(self, words: str) -> dict[str, Any]:
        """Vigil's next entry that has them, once it is there."""
        await self.until(lambda stream: stream._with(words, "vigil", self.read))
        found = self._with(words, "vigil", self.read)[0]
        self.read = found["id"]
        return found

    async def wrote(self, words: str) -> dict[str, Any]:
        """The trader's newest entry that has them, once it is there."""
        await self.until(lambda stream: stream._with(words, "trader"))
        return self._with(words, "trader")[-1]

    def _with(self, words: str, who: str, after: int = 0) -> list[dict[str, Any]]:
        return [
            entry
            for entry in self.entries.values()
            if entry["who"] == who and entry["id"] > after and words in entry["title"] + entry["text"]
        ]

    async def _read(self) -> None:
        name = ""
        while (line := (await self.answer.content.readline()).decode()) != "\n":
            if not line:
                raise EOFError
            key, _, value = line.rstrip("\n").partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                self._take(name, json.loads(value))

    def _take(self, name: str, data: Any) -> None:
        if name == "chat":
            self.chat, self.entries = data, {}
        if name in ("chat", "entries"):
            self.entries |= {entry["id"]: entry for entry in (data["entries"] if name == "chat" else data)}
        if name == "database":
            self.state, self.states = data, self.states + 1


class Browser:
    """Requests as the page makes them."""

    def __init__(self, session: aiohttp.ClientSession, served: Served, platform: str) -> None:
        self._session, self._served, self.platform = session, served, platform

    async def posts(self, path: str, body: Any, **headers: str) -> int:
        """The status of the answer."""
        data = io.BytesIO(body) if isinstance(body, bytes) else json.dumps(body)
        async with self._session.post(
            f"/sandbox/{self.platform}/{path}", data=data, headers={"Origin": self._served.origin, **headers}
        ) as answer:
            return answer.status

    async def writes(self, text: str) -> None:
        assert await self.posts("messages", {"text": text}) == 204

    async def gets(self, path: str, **headers: str) -> tuple[int, str, bytes]:
        async with self._session.get(path, headers=headers) as answer:
            return answer.status, answer.content_type, await answer.read()

    async def links(self) -> None:
        """With a code, as the page offers one; then the bot has the chat's trader."""
        async with self._session.post(
            f"/sandbox/{self.platform}/link-code", headers={"Origin": self._served.origin}
        ) as answer:
            code = (await answer.json())["code"]
        await self.writes(f"/link {code}")

    @asynccontextmanager
    async def follows(self) -> AsyncIterator[Stream]:
        async with self._session.get(f"/sandbox/{self.platform}/events") as answer:
            assert answer.status == 200
            yield Stream(answer)

    @asynccontextmanager
    async def follows_when_free(self) -> AsyncIterator[Stream]:
        """As often as it takes to be let in."""
        while True:
            async with self._session.get(f"/sandbox/{self.platform}/events") as answer:
                if answer.status == 200:
                    yield Stream(answer)
                    return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def browser(served: Served, platform: str = "telegram") -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(served.origin) as session:
        yield Browser(session, served, platform)
