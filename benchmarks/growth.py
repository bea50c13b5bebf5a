"""Whether a turn takes longer where there is much in the database: `python -m benchmarks.growth`.

Two databases on one durable server: `empty` holds nothing but the traders who write, with the journal that a trader has
on average; `grown` holds a million conversations, ten million messages, five million trades and what the worker keeps
of them (growth_data.py). The same traders' turns run on both, each trader's on the one and then on the other, so that
what else the machine does meets both. Loading takes twenty minutes and 17 GB; `--folder` keeps it for next time.
"""

import argparse
import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from benchmarks.growth_data import ACCOUNT, FIRST_CHAT_ID, Size, load
from benchmarks.growth_plans import Plan, plan_table, read_whole, size_table, table_reads, watched
from benchmarks.journal import turns_on
from bot.turn import Turns
from db import inbox, outbox, pool
from db.embedded import embedded_server
from db.migrations import migrate
from statemachine.message import Message

WRITES = (
    ("report", "long 2 nq 18250 > 18290 stop 18230"),
    ("confirm", "yes"),
    ("skip", "skip"),
    ("/trades", "/trades"),
    ("/limits", "/limits"),
    ("/balance", "/balance"),
    ("/rules", "/rules"),
    ("/undo", "/undo"),
)
"""What a trader writes; at the end the journal is as it was."""
WARM_UP = 30
BLOCKS = 5
"""Parts of the turns, every fifth each: how far their ratios lie apart is how far the ratio of all can be trusted."""
WATCHED = 5
LOADING = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "2GB", "max_wal_size": "16GB"}

DELIVERED = "update worker.outbox set status = 'sent', sent_at = now() where status = 'pending'"
"""What the last measurement left undelivered would make this one look for more."""

Latencies = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Contender:
    """`first`: the first of the traders who write."""

    name: str
    dsn: str
    size: Size

    async def write(self, turns: Turns, trader: int, latencies: Latencies) -> None:
        chat = str(FIRST_CHAT_ID + self.size.average + trader)
        for kind, text in WRITES:
            message = Message(
                platform="telegram", account=ACCOUNT, chat_id=chat, sender_id=chat, text=text, locale="en",
                external_id=f"{time.time_ns()}", sent_at=datetime.now(UTC),
            )  # fmt: skip
            began = time.perf_counter()
            await turns.receive(message)
            latencies[kind].append(time.perf_counter() - began)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description="Turns on a grown database.")
    parser.add_argument(
        "--traders", type=int, default=1_000_000, help="five trades each on average (default a million)"
    )
    parser.add_argument("--cycles", type=int, default=5000, help="traders that write on each (default 5000)")
    parser.add_argument("--folder", type=Path, help="where the databases stay for the next time")
    parser.add_argument("--server", help="DSN of another server, as superuser; the databases stay there")
    return parser.parse_args()


@asynccontextmanager
async def served(arguments: argparse.Namespace) -> AsyncIterator[list[Contender]]:
    """Both databases, loaded where they are not yet, on a server that flushes every commit."""
    writers = arguments.cycles + WARM_UP + WATCHED
    sizes = {"empty": Size(writers, 5 * writers), "grown": Size(arguments.traders, 5 * arguments.traders, 2)}
    if arguments.server:
        yield [await _loaded(arguments.server, name, size) for name, size in sizes.items()]
        return
    kept = nullcontext(str(arguments.folder)) if arguments.folder else TemporaryDirectory(prefix="vigil-growth-")
    with kept as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder).chmod(0o711)  # as root the server is another user, who must be able to pass
        async with embedded_server(Path(folder) / "data", settings=LOADING) as dsn:
            for name, size in sizes.items():
                await _loaded(dsn, name, size)
        async with embedded_server(Path(folder) / "data") as dsn:
            yield [await _loaded(dsn, name, size) for name, size in sizes.items()]


async def _loaded(server: str, name: str, size: Size) -> Contender:
    """The database, which says in its comment what it was filled with once it is."""
    base, _, options = server.partition("?")
    dsn = f"{base.rpartition('/')[0]}/{name}?{options}"
    connection = await asyncpg.connect(server)
    try:
        said = "select shobj_description(oid, 'pg_database') from pg_database where datname = $1"
        if await connection.fetchval(said, name) == str(size):
            await _executed(dsn, DELIVERED)
            return Contender(name, dsn, size)
        await connection.execute(f"drop database if exists {name}")
        await connection.execute(f"create database {name} template template0")
        await migrate(dsn, plain=True)
        filled = await asyncpg.connect(dsn)
        await load(filled, size, lambda told: print(f"{name}: {told}", flush=True))
        await filled.execute(f"comment on database {name} is '{size}'; checkpoint")
        await filled.close()
    finally:
        await connection.close()
    return Contender(name, dsn, size)


async def _executed(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def compare(contenders: list[Contender], cycles: int) -> dict[str, Latencies]:
    """Trader by trader on both, the first and the second in turn going first."""
    found: dict[str, Latencies] = {contender.name: defaultdict(list) for contender in contenders}
    warm: Latencies = defaultdict(list)
    connections = [await pool.open_pool(contender.dsn, size=2) for contender in contenders]
    turns = {contender.name: turns_on(opened) for contender, opened in zip(contenders, connections, strict=True)}
    for trader in range(WARM_UP + cycles):
        for contender in contenders if trader % 2 else contenders[::-1]:
            latencies = found[contender.name] if trader >= WARM_UP else warm
            await contender.write(turns[contender.name], trader, latencies)
    for opened in connections:
        await opened.close()
    return found


def turn_table(found: dict[str, Latencies]) -> Iterator[str]:
    yield "| turn | empty p50 ms | p99 | grown p50 ms | p99 | p50 grown/empty (fifths) | p99 grown/empty (fifths) |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    empty, grown = found["empty"], found["grown"]
    together = [(kind, empty[kind], grown[kind]) for kind, _ in WRITES]
    all_turns = [[each for kind, _ in WRITES for each in lists[kind]] for lists in (empty, grown)]
    for kind, before, after in (*together, ("all", *all_turns)):
        small, large = _quantiles(before), _quantiles(after)
        ratios = " | ".join(_ratio(before, after, which) for which in (0, 1))
        yield f"| {kind} | {small[0]:.2f} | {small[1]:.2f} | {large[0]:.2f} | {large[1]:.2f} | {ratios} |"


def _ratio(before: list[float], after: list[float], which: int) -> str:
    """Of all turns, and the lowest and the highest of the blocks. `which`: 0 p50, 1 p99."""
    each = sorted(
        _quantiles(after[block::BLOCKS])[which] / _quantiles(before[block::BLOCKS])[which] for block in range(BLOCKS)
    )
    return f"{_quantiles(after)[which] / _quantiles(before)[which]:.2f} ({each[0]:.2f}–{each[-1]:.2f})"


def _quantiles(seconds: list[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    ordered = sorted(seconds)
    low, high = (1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99))
    return low, high


async def rounds(contenders: list[Contender], times: int = 30) -> AsyncIterator[str]:
    """What comes round beside the turns: the sweep and the look for replies to send."""
    yield "| what comes round | empty ms | grown ms |"
    yield "|---|---:|---:|"
    works = {
        "chats to wake": inbox.chats_to_wake,
        "chats to drain": lambda connection: inbox.chats_to_drain(connection, 30),
        "waiting messages": inbox.count_waiting,
        "replies to send": lambda connection: outbox.due_chats(connection, "telegram", ACCOUNT),
        "held too long": outbox.expire_held,
    }
    connections = [await asyncpg.connect(contender.dsn) for contender in contenders]
    for name, work in works.items():
        took = []
        for connection in connections:
            await work(connection)
            began = time.perf_counter()
            for _ in range(times):
                await work(connection)
            took.append(1000 * (time.perf_counter() - began) / times)
        yield f"| {name} | {took[0]:.2f} | {took[1]:.2f} |"
    for connection in connections:
        await connection.close()


async def explained(contender: Contender, first: int) -> list[Plan]:
    async with watched(contender.dsn) as (single, plans):
        for trader in range(first, first + WATCHED):
            await contender.write(turns_on(single), trader, defaultdict(list))
    return plans


async def main() -> None:
    arguments = _arguments()
    async with served(arguments) as contenders:
        grown = contenders[-1]
        before = [await table_reads(contender.dsn) for contender in contenders]
        found: dict[str, Latencies] = {}

        async def work() -> None:
            found.update(await compare(contenders, arguments.cycles))

        whole = await read_whole(grown.dsn, work)
        after = [await table_reads(contender.dsn) for contender in contenders]
        print(f"{arguments.cycles} traders, {len(WRITES)} turns each, {grown.size}", end="\n\n")
        print("\n".join(turn_table(found)), end="\n\n")
        async for line in rounds(contenders):
            print(line)
        turns = (arguments.cycles + WARM_UP) * len(WRITES)
        rows = [sum(a.read for a in after[i].values()) - sum(b.read for b in before[i].values()) for i in range(2)]
        print(f"\nRows read a turn: empty {rows[0] / turns:.1f}, grown {rows[1] / turns:.1f}")
        print(f"Large tables read whole by turns: {whole or 'none'}", end="\n\n")
        plans = await explained(grown, WARM_UP + arguments.cycles)
        print("\n".join(plan_table(plans)), end="\n\n")
        print(f"Statements that read a large table whole: {[plan.text for plan in plans if plan.whole] or 'none'}")
        print("\n".join(await size_table(grown.dsn)))


if __name__ == "__main__":
    asyncio.run(main())
