"""How long pictures take: `python -m benchmarks.charts`, each against an empty figure of the library in the same round.

Through the studio, as a job waits for them: a process that is warm, what goes to it and comes back included. `empty` is
a matplotlib figure of the same size with bare axes, saved as PNG in a process of the same kind. Only the ratios mean
anything on another machine.
"""

import argparse
import asyncio
import tempfile
import time
from collections import defaultdict
from io import BytesIO
from pathlib import Path
from statistics import median

from bot.drawing.studio import Studio
from tests.chart_pictures import subjects

ALLOWED = 0.5
"""Seconds that a picture may take once the process is warm."""


def empty() -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure, out = Figure(figsize=(8, 8.6), dpi=100), BytesIO()
    FigureCanvasAgg(figure)
    figure.add_subplot()
    figure.savefig(out, format="png")
    return out.getvalue()


async def timed_empty(studio: Studio) -> float:
    began = time.perf_counter()
    await asyncio.wrap_future(studio._opened().submit(empty))
    return time.perf_counter() - began


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.charts", description="Pictures, side by side.")
    parser.add_argument("--rounds", type=int, default=5, help="of all pictures (default 5)")
    rounds = parser.parse_args().rounds
    took: dict[str, list[float]] = defaultdict(list)
    ratios: dict[str, list[float]] = defaultdict(list)
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(1, Path(folder))
        began = time.perf_counter()
        await studio.warm()
        print(f"a process is ready after {time.perf_counter() - began:.1f} s", end="\n\n")
        await timed_empty(studio)
        for _ in range(rounds):
            for name, subject in subjects():
                floor = await timed_empty(studio)
                began = time.perf_counter()
                sizes[name] = len(await studio.draw(subject, "light"))
                took[name].append(time.perf_counter() - began)
                ratios[name].append(took[name][-1] / floor)
        studio.close()
    print("| picture | ms (median) | slowest | to an empty figure | kB |")
    print("|---|---:|---:|---:|---:|")
    for name, times in took.items():
        figures = f"{1000 * median(times):.0f} | {1000 * max(times):.0f} | {median(ratios[name]):.1f}"
        print(f"| {name} | {figures} | {sizes[name] / 1000:.0f} |")
    slow = [name for name, times in took.items() if median(times) > ALLOWED]
    print(f"\nslower than {ALLOWED} s: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    asyncio.run(main())
