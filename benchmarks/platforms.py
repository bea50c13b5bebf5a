"""How long a trader waits, per platform: `make bench`, or `python -m benchmarks.platforms` with the options below.

One worker as operators run it, the four platforms' local servers in processes of their own, a database that flushes
what it commits, and a steady rate of messages. `commit` is from the handing over of a message to the commit of its
row, `reply` from there to the first reply at the platform's server; how both are measured says
tests/acceptance/platforms.py, which also holds the story that the traders tell. Nothing fails here.
"""

import argparse
import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from statemachine.message import PLATFORMS
from tests.acceptance.databases import server_with_template
from tests.acceptance.platforms import SHARES, Report, prove_platforms, quantile


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.platforms", description="Waiting times by platform.")
    parser.add_argument("--rate", type=float, default=10.0, help="messages a second over all platforms (default 10)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default 60)")
    parser.add_argument("--seed", type=int, default=1, help="of the order of platforms (default 1)")
    return parser.parse_args()


def table(name: str, report: Report) -> Iterator[str]:
    """One row a platform; `name` says how Telegram was read."""
    for platform in PLATFORMS:
        found = report.latencies[platform]
        label = f"{platform}, {name}" if platform == "telegram" else platform
        cells = [
            f"{1000 * quantile(each, share):.0f}" for each in (found.committed, found.replied) for share in (0.5, 0.99)
        ]
        yield f"| {label} | {len(found.committed)} | {SHARES[platform]:.0%} | {' | '.join(cells)} |"


async def measured(arguments: argparse.Namespace, *, telegram_webhook: bool) -> Report:
    with TemporaryDirectory(prefix="vigil-bench-") as folder:
        async with server_with_template(durable=True) as dsn:
            return await prove_platforms(
                dsn, Path(folder), seed=arguments.seed, rate=arguments.rate, seconds=arguments.seconds,
                idle_seconds=5, telegram_webhook=telegram_webhook,
            )  # fmt: skip


async def main() -> None:
    arguments = _arguments()
    print("| platform | messages | share | commit p50 ms | p99 ms | reply p50 ms | p99 ms |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    told = []
    for name in ("polling", "webhook"):
        report = await measured(arguments, telegram_webhook=name == "webhook")
        print("\n".join(table(name, report)), flush=True)
        idle, loaded = (
            f"{rss:.0f} MB and {100 * cpu:.1f} % of a core"
            for rss, cpu in ((report.idle_rss, report.idle_cpu), (report.loaded_rss, report.loaded_cpu))
        )
        told.append(
            f"Telegram by {name}: {report.rate:.1f} messages/s, {report.replies} replies; "
            f"worker: idle {idle}, under this load {loaded}; {len(report.faults)} faults"
        )
        told += report.faults[:5]
    print("", *told, sep="\n")


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main())
