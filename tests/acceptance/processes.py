"""Workers as real processes: started, watched, killed.

Output goes to a file, not to a pipe that somebody would have to empty while the worker runs.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.servers.telegram import TOKEN

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0
WORKER = ("-m", "bot", "run")
POLL_SECONDS = 0.02


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """What a worker is started with: nothing of this process but what finds Python; no file `.env`, any free port."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    quick = {"JOB_HEARTBEAT_SECONDS": "1", "SWEEP_SECONDS": "1", "POOL_SIZE": "6", "MESSAGES_PER_MINUTE": "1000000"}
    here = {"PYTHONPATH": str(ROOT), "DATA_DIR": str(folder / "data"), "PORT": "0", "LOG_LEVEL": "WARNING"}
    return {**kept, **quick, **here, **variables}


def by_telegram(api_url: str, *, webhook_port: int | None = None) -> dict[str, str]:
    """The variables of a Telegram bot at `api_url`; with a port by webhook, else by polling."""
    variables = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api_url}
    if webhook_port is not None:
        address = f"http://127.0.0.1:{webhook_port}"
        variables |= {"TELEGRAM_WEBHOOK_SECRET": "a-secret", "PUBLIC_URL": address, "PORT": str(webhook_port)}
    return variables


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class WorkerProcess:
    """One `vigil run`. `log` holds all it wrote."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self.log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    async def ready(self) -> None:
        """Wait until it serves. Raises AssertionError with its output when it ends or takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while "\nready\n" not in self.output:
            assert self._process.returncode is None, f"the worker ended: {self.output}"
            assert time.monotonic() < deadline, f"the worker is not ready: {self.output}"
            await asyncio.sleep(POLL_SECONDS)

    async def logged(self, *words: str, within: float) -> bool:
        """Whether a line with all these words comes within as many seconds.

        What it has done shows in the database, and at a platform, before it has said so.
        """
        deadline = time.monotonic() + within
        while not any(all(word in line for word in words) for line in self.output.splitlines()):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def terminate(self) -> tuple[int, float]:
        """SIGTERM: the exit status, and how many seconds it took."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        status = await asyncio.wait_for(self._process.wait(), 30)
        return status, time.monotonic() - began


@asynccontextmanager
async def worker(
    folder: Path, variables: Mapping[str, str], command: tuple[str, ...] = WORKER
) -> AsyncIterator[WorkerProcess]:
    """A worker that serves; killed at the end where it still runs."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"worker-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=folder, env=dict(variables), stdin=asyncio.subprocess.DEVNULL,
            stdout=output, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
    started = WorkerProcess(process, log)
    try:
        await started.ready()
        yield started
    finally:
        await started.kill()


async def command(folder: Path, variables: Mapping[str, str], *arguments: str) -> str:
    """What `vigil …` prints; it must succeed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder, env=dict(variables), stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    return printed.decode()


class Nursery:
    """Starts workers fast: a process that has imported everything forks one life after another."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._lives = 0
        self.pid = 0
        self.log = folder / "none"

    async def begin(self, variables: Mapping[str, str]) -> None:
        """Fork a worker with these variables besides its own; returns at once."""
        self._lives += 1
        self.log = self._folder / f"life-{self._lives}.log"
        order = json.dumps({"log": str(self.log), "variables": dict(variables)})
        assert self._process.stdin is not None
        self._process.stdin.write(order.encode() + b"\n")
        self.pid = int((await self._answer())["pid"])

    async def ended(self) -> int:
        """Wait for the end of the worker: its exit status, negative for a signal."""
        return int((await self._answer())["status"])

    @asynccontextmanager
    async def life(self, variables: Mapping[str, str]) -> AsyncIterator["asyncio.Future[int]"]:
        """A worker from its start to its end, and its exit status, which is there behind the block: a worker that still
        runs at the end of it is killed."""
        await self.begin(variables)
        status = asyncio.ensure_future(self.ended())
        yield status
        if not status.done():
            os.kill(self.pid, signal.SIGKILL)
        await status

    async def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, "the nursery ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    @property
    def serves(self) -> bool:
        return self.log.exists() and b"\nready\n" in self.log.read_bytes()


@asynccontextmanager
async def nursery(folder: Path, variables: Mapping[str, str]) -> AsyncIterator[Nursery]:
    folder.mkdir(parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.acceptance.killed_worker", cwd=folder, env=dict(variables),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    forked = Nursery(process, folder)
    try:
        yield forked
    finally:
        if forked.pid:
            with suppress(ProcessLookupError):
                os.kill(forked.pid, signal.SIGKILL)
        process.kill()
        await process.wait()
