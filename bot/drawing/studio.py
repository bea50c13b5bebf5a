"""Has pictures drawn by a few processes that stay warm, so that the loop never waits for matplotlib.

Rules: processes are spawned, never forked (this one has threads and connections), the first with the first picture.
One that dies, or takes too long over a picture and is ended by the system's own clock, breaks the pool: what was under
way is drawn once more by a new one. A process whose parent is gone ends by itself, however that one was killed.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path
from typing import Final

import structlog

from bot.drawing.subjects import Subject, Theme

log = structlog.get_logger(__name__)

LONGEST: Final = 10.0
"""Seconds of a processor's time that a picture may take: twenty times what it should."""
TRIES: Final = 2
WARM_AFTER: Final = 10.0


class CannotDraw(Exception):
    """The process died over this picture, and so did the next."""


class Studio:
    """`processes` at most; `cache`: where matplotlib may keep what it found out about fonts."""

    def __init__(self, processes: int, cache: Path) -> None:
        self._processes, self._cache = processes, cache
        self._pool: ProcessPoolExecutor | None = None

    async def draw(self, subject: Subject, theme: Theme) -> bytes:
        """A PNG. Raises CannotDraw."""
        for _ in range(TRIES):
            pool = self._opened()
            try:
                # starting a process takes a while, and does not wait for the loop
                future = await asyncio.to_thread(pool.submit, picture, subject, theme)
                return await asyncio.wrap_future(future)
            except BrokenProcessPool:
                log.warning("a process that draws died", subject=type(subject).__name__)
                self._leave(pool)
        raise CannotDraw

    async def warm(self) -> None:
        """Have a process ready before the first picture is asked for."""
        await asyncio.wrap_future(await asyncio.to_thread(self._opened().submit, os.getpid))

    def close(self) -> None:
        """Take no more; what is being drawn ends by itself."""
        if self._pool is not None:
            self._leave(self._pool)

    def _opened(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(str(self._cache),),
            )
        return self._pool

    def _leave(self, pool: ProcessPoolExecutor) -> None:
        """Of several pictures that a broken pool had, the first to see it takes it away."""
        if self._pool is pool:
            self._pool = None
        pool.shutdown(wait=False, cancel_futures=True)


async def warmed(studio: Studio) -> None:
    """Warm, once the worker has been up for a while: one that lives for a moment draws nothing."""
    await asyncio.sleep(WARM_AFTER)
    try:
        await studio.warm()
    except (OSError, BrokenProcessPool):
        log.exception("no process is ready to draw")


def _begin(cache: str) -> None:
    """In the new process: what is slow is done once, before the first picture."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which lets this one end
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ["MPLCONFIGDIR"] = cache
    os.nice(2)
    from bot.drawing.draw import draw  # noqa: F401 - what takes a second is its import


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def picture(subject: Subject, theme: Theme) -> bytes:
    """In the process that draws."""
    from bot.drawing.draw import draw

    signal.setitimer(signal.ITIMER_PROF, LONGEST)  # its signal ends the process
    try:
        return draw(subject, theme)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
