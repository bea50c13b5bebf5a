"""Starts the process that reads a file, one at a time, and takes what it says. The loop is never held up."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

log = structlog.get_logger(__name__)

SECONDS: Final = 300.0
LONGEST_LINE: Final = 16 * 1024 * 1024
CHUNK: Final = 256 * 1024
_one = asyncio.Semaphore(1)
"""A file of 200,000 rows takes some hundred megabytes; two of them wait for each other."""


class TooHeavy(Exception):
    """The file could not be read in the time and memory it is given."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The summary and the portions of trades and fills, all as JSON."""

    summary: str
    portions: list[str]


async def parse(context: str, data: bytes) -> Parsed:
    """`context`: one line of JSON. Raises TooHeavy."""
    async with _one:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.importing.child", stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LONGEST_LINE,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS):
                lines, errors = await _talk(process, context.encode() + b"\n", data)
        except TimeoutError as error:
            raise TooHeavy from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0 or not lines:
        log.warning("a file could not be read", code=process.returncode, reason=_kind(errors))
        raise TooHeavy
    return Parsed(lines[0], lines[1:])


async def _talk(process: Process, context: bytes, data: bytes) -> tuple[list[str], bytes]:
    """Piece by piece both ways; the lines of its answer, and what it complained of."""
    assert process.stdin and process.stdout and process.stderr  # noqa: PT018, S101 - all three are pipes
    feeding = asyncio.create_task(_feed(process.stdin, (context, data)))
    complaint = asyncio.create_task(process.stderr.read())
    try:
        lines = [line.decode() async for line in process.stdout]
        await feeding
        await process.wait()
        return lines, await complaint
    finally:
        feeding.cancel()
        complaint.cancel()


async def _feed(pipe: asyncio.StreamWriter, parts: tuple[bytes, ...]) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it ended before it had read all
        for part in parts:
            for start in range(0, len(part), CHUNK):
                pipe.write(part[start : start + CHUNK])
                await pipe.drain()
        pipe.close()
        await pipe.wait_closed()


def _kind(errors: bytes) -> str:
    """The kind of the error that ended it, without what it says: that may be the trader's."""
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1].partition(":")[0][:80] if lines else ""
