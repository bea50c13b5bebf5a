"""Starts the process that reads a file, one at a time, and takes what it says. The loop is never held up."""

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import Final

import structlog

log = structlog.get_logger(__name__)

SECONDS: Final = 300.0
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
            sys.executable, "-m", "bot.importing.child",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS):
                out, errors = await process.communicate(context.encode() + b"\n" + data)
        except TimeoutError as error:
            raise TooHeavy from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0 or not out:
        log.warning("a file could not be read", code=process.returncode, reason=_last_line(errors))
        raise TooHeavy
    summary, *portions = out.decode().splitlines()
    return Parsed(summary, portions)


def _last_line(errors: bytes) -> str:
    """The kind of error, without what it says: that may be the trader's."""
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1].partition(":")[0][:80] if lines else ""
