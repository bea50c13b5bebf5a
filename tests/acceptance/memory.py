"""What a worker weighs after 10,000 turns over 10,000 chats, and after ten times as many.

The worker is `vigil run` with a Telegram webhook; this process is the platform: it posts updates and takes replies.
It says each measurement as it is made: the whole takes many minutes.
"""

import asyncio
import itertools
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from aiohttp import web

from tests.acceptance.databases import migrated_database
from tests.acceptance.killing import UNDER_WAY
from tests.acceptance.processes import Nursery, by_telegram, environment, free_port, nursery

CHATS = 10_000
MEASUREMENTS = 10
"""The first comes after a tenth of all turns."""
MOST_GROWTH = 1.1
AT_ONCE = 12
STORY = ("long 2 nq 18250 > 18290 stop 18230", "yes", "skip", "/trades", "short 1 es 5300 stop 5310", "no", "hello")
FIRST_CHAT = 100_000
SIGN_UP = f"""
insert into auth.users (id, email)
select gen_random_uuid(), number || '@example.com' from generate_series({FIRST_CHAT}, {FIRST_CHAT + CHATS - 1}) number;
update public.profiles p set telegram_chat_id = split_part(u.email, '@', 1) from auth.users u where u.id = p.id;
"""


@dataclass(slots=True)
class Report:
    """Resident sizes in MB. `faults` is empty when the proof held."""

    seed: int
    sizes: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def growth(self) -> float:
        return self.sizes[-1][1] / self.sizes[0][1]

    def __str__(self) -> str:
        sizes = ", ".join(f"{size:.1f} MB after {turns} turns" for turns, size in (self.sizes[0], self.sizes[-1]))
        rate = self.sizes[-1][0] / self.seconds
        return (
            f"seed {self.seed}: {CHATS} chats; {sizes}; growth {self.growth:.3f}; "
            f"{self.seconds:.0f} s, {rate:.0f} turns/s; {len(self.faults)} faults"
        )


class Sink:
    """The part of the Bot API that a webhook worker calls, answering as fast as it can and keeping nothing."""

    def __init__(self) -> None:
        self.url = ""
        self.replies = 0
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.Response:
        values = await request.post()
        result: Any = True
        match request.match_info["method"].lower():
            case "getme":
                result = {"id": 1, "is_bot": True, "first_name": "Vigil", "username": "vigil_test_bot"}
            case "sendmessage":
                self.replies += 1
                chat = {"id": int(str(values["chat_id"])), "type": "private"}
                result = {"message_id": self.replies, "date": int(time.time()), "chat": chat, "text": "-"}
        return web.json_response({"ok": True, "result": result})


async def prove_memory(server_dsn: str, folder: Path, *, seed: int, turns: int) -> Report:
    """`turns` turns; the size after all of them is at most MOST_GROWTH times that after a tenth."""
    began = time.monotonic()
    report = Report(seed)
    port = free_port()
    async with migrated_database(server_dsn) as dsn, _sink() as sink, nursery(folder, environment(folder)) as workers:
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(SIGN_UP)
            await workers.begin(by_telegram(sink.url, webhook_port=port) | {"DATABASE_URL": dsn})
            updates = _updates(random.Random(seed))
            for _ in range(MEASUREMENTS):
                await _feed(workers, port, itertools.islice(updates, turns // MEASUREMENTS))
                while await connection.fetchval(UNDER_WAY):
                    await asyncio.sleep(0.2)
                taken = await connection.fetchval("select count(*) from worker.inbox where status = 'done'")
                report.sizes.append((taken, resident(workers.pid)))
                print(f"memory: {report.sizes[-1][1]:.1f} MB after {taken} turns", flush=True)
            os.kill(workers.pid, signal.SIGTERM)
            await workers.ended()
        finally:
            await connection.close()
    report.seconds = time.monotonic() - began
    if report.sizes[-1][0] != turns:
        report.faults.append(f"{report.sizes[-1][0]} messages of {turns} were handled")
    if report.growth > MOST_GROWTH:
        report.faults.append(f"grown {report.growth:.3f} times, allowed {MOST_GROWTH}")
    return report


@asynccontextmanager
async def _sink() -> AsyncIterator[Sink]:
    sink = Sink()
    await sink.start()
    try:
        yield sink
    finally:
        await sink.stop()


def _updates(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Messages of random chats, each chat at its own place in the story."""
    places = [0] * CHATS
    for number in itertools.count(1):
        index = chance.randrange(CHATS)
        chat = FIRST_CHAT + index
        text = STORY[places[index] % len(STORY)]
        places[index] += 1
        person = {"id": chat, "is_bot": False, "first_name": "Trader", "language_code": "en"}
        yield {
            "update_id": number,
            "message": {
                "message_id": number,
                "date": int(time.time()),
                "chat": {"id": chat, "type": "private"},
                "from": person,
                "text": text,
            },
        }


async def _feed(workers: Nursery, port: int, updates: Iterator[dict[str, Any]]) -> None:
    """Post updates, several at once, each until it is accepted."""
    while not workers.serves:
        await asyncio.sleep(0.05)
    headers = {"X-Telegram-Bot-Api-Secret-Token": "a-secret"}
    async with aiohttp.ClientSession(headers=headers) as client:

        async def post() -> None:
            for update in updates:
                while True:
                    async with client.post(f"http://127.0.0.1:{port}/telegram", json=update) as answer:
                        if answer.status == 200:
                            break
                    await asyncio.sleep(0.1)

        await asyncio.gather(*(post() for _ in range(AT_ONCE)))


def resident(pid: int) -> float:
    """Resident set size in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
