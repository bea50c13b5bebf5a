"""One worker with all four platforms, their local servers in processes of their own, under a steady mixed load.

How it is measured. Every trader tells STORY in a chat of their own, lines a fixed time apart: the load does not wait
for the worker. A message's clock starts before this process asks the platform's server, in another process, to hand
it over; it stops with the commit of its inbox row, which PostgreSQL keeps (track_commit_timestamp). So "receipt to
commit" holds the control call, the platform's own way (queue and getUpdates or webhook; gateway; webhook; IDLE and
FETCH), reading and the transaction. The reply's clock stops when the platform's server has taken the first reply.
"""

import asyncio
import itertools
import math
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final
from uuid import UUID, uuid5

import asyncpg

from statemachine.message import PLATFORMS, Platform
from tests.acceptance.databases import migrated_database
from tests.acceptance.local_platforms import LocalPlatform, local_platforms, until_read
from tests.acceptance.memory import resident
from tests.acceptance.processes import WorkerProcess, environment, free_port, worker
from tests.acceptance.traffic import RULES, TRADERS

SHARES: Final[Mapping[Platform, float]] = {"telegram": 0.4, "discord": 0.3, "whatsapp": 0.2, "email": 0.1}
"""Of all messages. At 50 a second Telegram gets 20, which draw about 26 replies: it takes 30 a second in all."""
SECONDS_BETWEEN: Final = 10.0
"""Between two messages of one trader: no limit of a chat (Telegram takes one a second) is near."""
STORY: Final = ("long 2 nq {a} > {b} stop {c}", "yes", "skip", "/trades", "short 1 es 5300 stop 5310", "no", "hello")
RECORDS: Final = "yes"
ASKING: Final = "/trades"
SLOWEST: Final = 1.0
"""Seconds from receipt to commit that 99 of 100 messages must stay under."""
LOOK_SECONDS: Final = 5.0
QUIET_SECONDS: Final = 60.0
COLUMNS: Final[Mapping[Platform, str]] = {
    "telegram": "telegram_chat_id",
    "discord": "discord_user_id",
    "whatsapp": "whatsapp_phone",
    "email": "gmail_journal_address",
}
BY_DEFAULT: Final = dict.fromkeys(("JOB_HEARTBEAT_SECONDS", "SWEEP_SECONDS", "POOL_SIZE", "MESSAGES_PER_MINUTE"), "")
"""Figures are those of a worker as operators run it: empty is unset."""

UNDER_WAY = """
select (select count(*) from worker.outbox where status = 'pending')
     + (select count(*) from worker.inbox where status = 'waiting')
     + (select count(*) from worker.pgqueuer where status in ('queued', 'picked'))
"""
BACKLOG = """
select (select count(*) from worker.inbox) as taken,
       (select count(*) from worker.outbox where status = 'pending') as pending,
       (select count(*) from worker.pgqueuer where status in ('queued', 'picked')) as jobs
"""
# A turn's replies bear the time of its message; those of later jobs have times of their own.
TAKEN = """
with answers as (
    select platform, account, chat_id, created_at, array_agg(external_id order by id) as replies
    from worker.outbox group by 1, 2, 3, 4)
select i.platform, i.chat_id, i.external_id, i.status, i.error, a.replies,
       case when current_setting('track_commit_timestamp')::boolean
            then extract(epoch from pg_xact_commit_timestamp(i.xmin)) end::float8 as committed_at
from worker.inbox i left join answers a
    on (a.platform, a.account, a.chat_id, a.created_at) = (i.platform, i.account, i.chat_id, i.received_at)
"""
REPLIES = "select platform, chat_id, external_id, status, error from worker.outbox"

Identity = tuple[Platform, str, str]
"""Platform, chat id, external id."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message handed to a platform, when (seconds since 1970), and what it said."""

    identity: Identity
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What was under way at a moment: handed over and not committed, replies not sent, jobs not done."""

    seconds: float
    uncommitted: int
    pending: int
    jobs: int

    @property
    def backlog(self) -> int:
        return self.uncommitted + self.pending


@dataclass(slots=True)
class Latencies:
    """Seconds, of one platform: from the handing over to the commit, and to the first reply at the platform."""

    committed: list[float] = field(default_factory=list)
    replied: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """`faults` is empty when the proof held. RSS in MB; CPU as a share of one core."""

    messages: int = 0
    replies: int = 0
    rate: float = 0.0
    seconds: float = 0.0
    idle_rss: float = 0.0
    idle_cpu: float = 0.0
    loaded_rss: float = 0.0
    loaded_cpu: float = 0.0
    latencies: dict[Platform, Latencies] = field(default_factory=lambda: {name: Latencies() for name in PLATFORMS})
    samples: list[Sample] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.messages} messages in {self.seconds:.0f} s ({self.rate:.1f}/s), {self.replies} replies; "
            f"idle {self.idle_rss:.1f} MB, {100 * self.idle_cpu:.1f} % CPU; "
            f"loaded {self.loaded_rss:.1f} MB, {100 * self.loaded_cpu:.0f} % CPU; "
            f"backlog median {self._backlog(0)} in the first third, {self._backlog(2)} in the last, "
            f"most {max((sample.backlog for sample in self.samples), default=0)}; "
            f"{len(self.faults)} faults\n" + "\n".join(self._by_platform())
        )

    def _by_platform(self) -> Iterator[str]:
        for name, found in self.latencies.items():
            yield (
                f"    {name:<9}{len(found.committed):>6} messages; receipt to commit {told(found.committed)}; "
                f"to the reply at the platform {told(found.replied)}"
            )

    def _backlog(self, third: int) -> float:
        size = math.ceil(len(self.samples) / 3)
        return median([sample.backlog for sample in self.samples[third * size : (third + 1) * size]] or [0])

    def judge(self, rate: float) -> None:
        """Backlog and speed. Clearly above: by half, and by more than a second's messages."""
        first, last = self._backlog(0), self._backlog(2)
        if last > max(1.5 * first, first + rate):
            self.faults.append(f"the backlog grows: median {first} in the first third, {last} in the last")
        for name, found in self.latencies.items():
            if found.committed and (slow := quantile(found.committed, 0.99)) >= SLOWEST:
                self.faults.append(f"{name}: p99 from receipt to commit is {slow:.2f} s")


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def told(values: list[float]) -> str:
    if not values:
        return "not measured"
    p50, p99 = (1000 * quantile(values, share) for share in (0.5, 0.99))
    return f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {1000 * max(values):.0f} ms"


class Trader:
    """One chat, and its place in the story."""

    def __init__(self, at: LocalPlatform, number: int) -> None:
        self._at = at
        self.number = number
        self.person = at.person(number)
        self.platform: Platform = at.platform
        self.lines = self._story()
        self._order = asyncio.Lock()

    @property
    def user(self) -> UUID:
        return uuid5(TRADERS, f"{self.platform} {self.person}")

    def _story(self) -> Iterator[str]:
        """Told again and again with other prices: equal trades would be asked about. Who begins where differs."""
        yield from [ASKING] * (self.number % len(STORY))
        for told_before in itertools.count():
            entry = 15_000 + self.number % 50 * 40 + told_before
            for line in STORY:
                yield line.format(a=entry, b=entry + 20, c=entry - 10)

    async def write(self, text: str) -> Written:
        async with self._order:
            began = time.time()
            external_id = await self._at.write(self.person, text)
        return Written((self.platform, self.person, external_id), began, text)


class Load:
    """Messages at fixed moments, whatever becomes of them; `written` are those that a platform has taken."""

    def __init__(self, traders: Mapping[Platform, list[Trader]], chance: random.Random) -> None:
        self._turns = {name: itertools.cycle(each) for name, each in traders.items()}
        self._chance = chance
        self._under_way: set[asyncio.Task[None]] = set()
        self.handed = 0
        self.written: list[Written] = []
        self.refused: list[str] = []

    async def run(self, rate: float, seconds: float) -> None:
        began = asyncio.get_running_loop().time()
        names, weights = list(SHARES), list(SHARES.values())
        for number in range(round(rate * seconds)):
            await asyncio.sleep(began + number / rate - asyncio.get_running_loop().time())
            (name,) = self._chance.choices(names, weights)
            trader = next(self._turns[name])
            task = asyncio.create_task(self._write(trader, next(trader.lines)))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        await asyncio.gather(*self._under_way)

    async def _write(self, trader: Trader, text: str) -> None:
        self.handed += 1
        try:
            self.written.append(await trader.write(text))
        except Exception as error:  # noqa: BLE001 - told in the report
            self.refused.append(f"{trader.platform} did not take a message: {error!r}")


async def prove_platforms(
    server_dsn: str,
    folder: Path,
    *,
    seed: int,
    rate: float,
    seconds: float,
    idle_seconds: float,
    between: float = SECONDS_BETWEEN,
    telegram_webhook: bool = False,
) -> Report:
    """`rate` messages a second for `seconds`, after `idle_seconds` of nothing; a trader writes every `between`."""
    report = Report()
    chance = random.Random(seed)
    async with (
        migrated_database(server_dsn) as dsn,
        _connected(dsn) as connection,
        serving_all(dsn, folder, telegram_webhook=telegram_webhook) as (process, platforms),
    ):
        traders = {name: _traders(each, rate * SHARES[name] * between) for name, each in platforms.items()}
        await sign_up(connection, traders)
        report.idle_cpu = await _cpu(process.pid, asyncio.sleep(idle_seconds))
        report.idle_rss = resident(process.pid)
        load = Load(traders, chance)
        watching = asyncio.create_task(_watch(dsn, load, report))
        began = time.monotonic()
        report.loaded_cpu = await _cpu(process.pid, load.run(rate, seconds))
        report.seconds = time.monotonic() - began
        watching.cancel()
        report.faults += load.refused
        report.faults += await _quiet(connection, load)
        report.loaded_rss = resident(process.pid)
        await compare(connection, platforms, load.written, report)
        report.faults += [line for line in process.output.splitlines() if "Traceback" in line]
    report.messages, report.rate = len(load.written), len(load.written) / report.seconds
    return report


@asynccontextmanager
async def serving_all(
    dsn: str, folder: Path, *, telegram_webhook: bool
) -> AsyncIterator[tuple[WorkerProcess, dict[Platform, LocalPlatform]]]:
    """A worker that reads all four platforms."""
    port = free_port()
    async with local_platforms(port, telegram_webhook=telegram_webhook) as platforms:
        variables = environment(folder, DATABASE_URL=dsn) | BY_DEFAULT
        for each in platforms.values():
            variables |= each.variables
        async with worker(folder, variables) as process:
            await until_read(platforms)
            yield process, platforms


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


def _traders(at: LocalPlatform, count: float) -> list[Trader]:
    return [Trader(at, number) for number in range(math.ceil(count))]


async def sign_up(connection: asyncpg.Connection, traders: Mapping[Platform, list[Trader]]) -> None:
    """Linked traders with rules."""
    for trader in itertools.chain.from_iterable(traders.values()):
        address = f"{trader.platform}{trader.number}@example.org"
        await connection.execute("insert into auth.users (id, email) values ($1, $2)", trader.user, address)
        await connection.execute(
            f"update public.profiles set {COLUMNS[trader.platform]} = $2, account_size = 50000,"
            " daily_loss_limit_pct = 2, max_drawdown_pct = 4, max_daily_trades = 20 where id = $1",
            trader.user,
            trader.person,
        )
        await connection.executemany(
            "insert into public.trading_rules (user_id, rule_text, sort_order) values ($1, $2, $3)",
            [(trader.user, text, number) for number, text in enumerate(RULES)],
        )


async def _watch(dsn: str, load: Load, report: Report) -> None:
    """A sample every few seconds, until cancelled."""
    began = time.monotonic()
    async with _connected(dsn) as connection:
        while True:
            handed = load.handed
            row = await connection.fetchrow(BACKLOG)
            assert row is not None
            waiting = max(0, handed - row["taken"])
            report.samples.append(Sample(time.monotonic() - began, waiting, row["pending"], row["jobs"]))
            await asyncio.sleep(LOOK_SECONDS)


async def _cpu(pid: int, work: Awaitable[object]) -> float:
    """The share of one core that a process used meanwhile."""
    before, began = _ticks(pid), time.monotonic()
    await work
    used = (_ticks(pid) - before) / os.sysconf("SC_CLK_TCK")
    return used / (time.monotonic() - began)


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


async def _quiet(connection: asyncpg.Connection, load: Load) -> list[str]:
    """Wait until every message is committed and nothing is left to do."""
    deadline = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < deadline:
        taken: int = await connection.fetchval("select count(*) from worker.inbox")
        left: int = await connection.fetchval(UNDER_WAY)
        if taken >= len(load.written) and not left:
            return []
        await asyncio.sleep(0.2)
    return [f"{QUIET_SECONDS:.0f} s later {len(load.written) - taken} messages and {left} pieces of work wait"]


async def compare(
    connection: asyncpg.Connection,
    platforms: Mapping[Platform, LocalPlatform],
    written: list[Written],
    report: Report,
) -> None:
    """Each message handled once and answered, each reply at its platform; fills in the latencies."""
    arrived = {name: await each.arrivals() for name, each in platforms.items()}
    taken = {(row["platform"], row["chat_id"], row["external_id"]): row for row in await connection.fetch(TAKEN)}
    for message in written:
        name, chat, _ = message.identity
        row = taken.pop(message.identity, None)
        if row is None or row["status"] != "done":
            report.faults.append(f"not handled: {message} {row and (row['status'], row['error'])}")
            continue
        if row["committed_at"] is not None:
            report.latencies[name].committed.append(row["committed_at"] - message.at)
        found = [arrived[name][chat, reply] for reply in row["replies"] or () if (chat, reply) in arrived[name]]
        if found:
            report.latencies[name].replied.append(found[0] - message.at)
        else:
            report.faults.append(f"no reply arrived: {message}")
    report.faults += [f"nobody wrote this: {identity}" for identity in taken]
    for row in await connection.fetch(REPLIES):
        report.replies += 1
        if row["status"] != "sent" or (row["chat_id"], row["external_id"]) not in arrived[row["platform"]]:
            report.faults.append(f"a reply did not arrive: {dict(row)}")
    reported = sum(message.text == RECORDS for message in written)
    if (trades := await connection.fetchval("select count(*) from public.trades")) != reported:
        report.faults.append(f"{reported} trades were confirmed, {trades} recorded")
