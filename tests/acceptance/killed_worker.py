"""A worker that kills itself with SIGKILL when it passes a named point for the n-th time.

Run as a process it forks a worker for every line it reads: {"log": path, "variables": {...}}. The variable KILL_AT is
"point:passage", COMMAND another command than `run`. The points are laid around the worker's own functions; client
libraries stay as they are.
"""

import functools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, NoReturn

import adapters.telegram
import bot.answering
import bot.gate
import bot.retention
import bot.running
import bot.store
import bot.supabase_store
import bot.turn
import db.audits
import db.outbox
import db.screenshots
import db.turns
from bot import cli
from db import pool

POINTS = (
    "after_fetch",
    "after_lock",
    "after_step",
    "after_insert",
    "before_commit",
    "after_commit",
    "before_acknowledgement",
    "before_send",
    "after_send",
    "after_mark",
    "after_picture",
    "after_verdicts",
)
"""In the order in which a message passes them.

after_lock     the chat and its profile are locked, or a swift turn has read them
after_insert   inbox row, conversation, replies and jobs are written; of a swift turn committed too, of others not yet
after_send     the platform has the reply, the outbox does not know
after_picture  a screenshot is in the store, its trade does not know
after_verdicts the audit is written, not yet committed
"""


RETENTION_POINTS = (
    "after_names",
    "after_list",
    "before_forgotten",
    "after_forgotten",
    "before_discard",
    "within_discard",
    "after_discard",
    "before_cleared",
    "after_cleared",
)
"""In the order in which the retention passes them, trader by trader and portion by portion.

before_forgotten  the rows of a portion let go of their files, not yet committed
within_discard    the first file of a portion is removed, the others are not
before_cleared    rows whose files are missing are cleared, not yet committed
"""


class Fuse:
    """Ends this process at the n-th passage of its point."""

    def __init__(self, point: str, passage: int) -> None:
        self._point, self._left = point, passage

    def passes(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def before(self, point: str, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(function)
        async def fused(*arguments: Any, **named: Any) -> Any:
            self.passes(point)
            return await function(*arguments, **named)

        return fused

    def after(self, point: str, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(function)
        async def fused(*arguments: Any, **named: Any) -> Any:
            result = await function(*arguments, **named)
            self.passes(point)
            return result

        return fused

    def after_step(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def fused(*arguments: Any) -> Any:
            result = function(*arguments)
            self.passes("after_step")
            return result

        return fused

    def within_discard(self, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def fused(store: Any, user_id: Any, files: Any) -> Any:
            if self._point == "within_discard" and files:
                await function(store, user_id, files[:1])
                self.passes("within_discard")
            return await function(store, user_id, files)

        return fused

    @asynccontextmanager
    async def transaction(self, database: pool.Pool) -> AsyncIterator[pool.Connection]:
        async with pool.transaction(database) as connection:
            yield connection
            self.passes("before_commit")
        self.passes("after_commit")


BEFORE: tuple[tuple[str, Any, str], ...] = (
    ("after_fetch", bot.turn.Turns, "receive"),
    ("before_send", adapters.telegram.Telegram, "send"),
    ("before_discard", bot.store.LocalStore, "discard"),
    ("before_discard", bot.supabase_store.SupabaseStore, "discard"),
)
AFTER: tuple[tuple[str, Any, str], ...] = (
    ("after_lock", db.turns, "begin_turn"),
    ("after_insert", db.turns, "finish_turn"),
    ("before_acknowledgement", bot.turn.Turns, "receive"),
    ("after_send", adapters.telegram.Telegram, "send"),
    ("after_mark", db.outbox, "mark_sent"),
    ("after_picture", bot.store.LocalStore, "put"),
    ("after_verdicts", db.audits, "mark_audited"),
    ("after_names", db.screenshots, "named_pictures"),
    ("after_list", bot.store.LocalStore, "files"),
    ("after_list", bot.supabase_store.SupabaseStore, "files"),
    ("before_forgotten", db.screenshots, "forget_pictures"),
    ("after_forgotten", bot.retention.Retention, "_forget"),
    ("after_discard", bot.store.LocalStore, "discard"),
    ("after_discard", bot.supabase_store.SupabaseStore, "discard"),
    ("before_cleared", db.screenshots, "clear_named"),
    ("after_cleared", bot.retention.Retention, "_clear"),
)
"""Which functions the points lie before and after: point, where the function is found, its name."""


def lay(fuse: Fuse) -> None:
    """Put the fuse at every point of this process."""
    for point, owner, name in BEFORE:
        setattr(owner, name, fuse.before(point, getattr(owner, name)))
    for point, owner, name in AFTER:
        setattr(owner, name, fuse.after(point, getattr(owner, name)))
    for store in (bot.store.LocalStore, bot.supabase_store.SupabaseStore):
        setattr(store, "discard", fuse.within_discard(store.discard))  # noqa: B010 - a method of a class
    in_answering: Any = bot.answering
    in_answering.step = fuse.after_step(in_answering.step)
    in_turn: Any = bot.turn
    in_turn.pool = SimpleNamespace(**{**vars(pool), "transaction": fuse.transaction})


def hurry(*, careless: bool) -> None:
    """Send far faster than Telegram allows; `careless`: messages side by side also right after a crash."""
    defaults = adapters.telegram.Telegram.__init__.__kwdefaults__
    assert defaults is not None
    defaults.update(per_second=1e6, per_chat=1e6)
    if careless:
        bot.gate.CAREFUL_SECONDS = 0.0


def live(log: str, variables: dict[str, str]) -> NoReturn:
    """Be a worker until the end."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(variables)
    hurry(careless=bool(variables.get("CARELESS")))
    if kill_at := variables.get("KILL_AT"):
        point, _, passage = kill_at.partition(":")
        lay(Fuse(point, int(passage)))
    bot.retention.PORTION = int(variables.get("PORTION", bot.retention.PORTION))
    sys.argv = ["vigil", variables.get("COMMAND", "run")]
    cli.main()
    sys.stdout.flush()
    os._exit(0)


def main() -> None:
    """Fork lives until standard input ends; tell the pid of each, then how it ended."""
    while line := sys.stdin.buffer.readline():
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                live(order["log"], order["variables"])
            except SystemExit as end:
                sys.stdout.flush()
                os._exit(int(end.code or 0))
        print(json.dumps({"pid": pid}), flush=True)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
