"""The job `export`: everything of a trader as one ZIP, which goes to the chat that asked for it.

The tables are read in one snapshot and written to disk as they come; pictures are added, those of the newest trades
first, as long as the platform takes the file. Then the file, the reply and the mark that it was made are one
transaction: a job whose worker died makes the file anew, and nothing is sent twice or half.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO, Final
from uuid import UUID

import structlog

from adapters import LARGEST_FILE
from bot.exporting.archive import Archive
from bot.job_payloads import ExportJob
from bot.replies import reply_to_chat
from bot.store import ScreenshotStore
from db import exports, pool
from db.pool import Connection
from statemachine.conversation import Say
from statemachine.errors import StoreError, Unavailable
from statemachine.message import File

log = structlog.get_logger(__name__)

_PATH: Final = re.compile(r"exports/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.zip")
BATCH: Final = 500

ABOUT: Final = """\
Your trading journal{days}, written on {day}.

Each table is here twice: as .csv for a spreadsheet, as .json for programs. Times are UTC. Charts are in pictures/,
named by the id of their trade. In the .csv files a ' stands before a text that a spreadsheet might run as a formula:
one that begins with = + - or @, blanks or not.

{pictures}
"""


@dataclass(slots=True)
class Pictures:
    """What became of the pictures: in the file, no room for them, not in the store any more."""

    put: int = 0
    left_out: int = 0
    missing: int = 0


def path_of(export_id: UUID) -> str:
    return f"exports/{export_id}.zip"


def export_in(path: str) -> UUID | None:
    """The export that a path names; None for any other path."""
    found = _PATH.fullmatch(path)
    return UUID(found[1]) if found else None


async def read_file(database: pool.Pool, path: str) -> bytes | None:
    """The bytes behind File.path, as long as the file is on its way."""
    export_id = export_in(path)
    if export_id is None:
        return None
    async with pool.acquired(database) as connection:
        return await exports.file_of(connection, export_id)


class Exports:
    """Makes the files."""

    def __init__(self, database: pool.Pool, store: ScreenshotStore) -> None:
        self._pool, self._store = database, store

    async def __call__(self, job: ExportJob) -> None:
        if await self._is_wanted(job):
            await self._make(job)

    async def give_up(self, job: ExportJob) -> None:
        """The job died: the trader is told, the operator has the dead letter."""
        async with pool.transaction(self._pool) as connection:
            if await exports.forget(connection, job.export_id):
                await reply_to_chat(connection, job.chat, job.user_id, Say("export_failed"))

    async def _make(self, job: ExportJob) -> None:
        limit, today = LARGEST_FILE[job.platform], datetime.now(UTC).date()
        with Archive() as archive:
            trades, wanted = await self._write_tables(job, archive)
            pictures = await self._add_pictures(job.user_id, archive, wanted, limit)
            about = ABOUT.format(day=today, days=_of_days(job), pictures=_told(pictures))
            archive.add("README.txt", about.encode())
            fits = archive.size <= limit
            file = await asyncio.to_thread(archive.finish)
            await self._hand_over(job, file if fits else None, today, trades, pictures)

    async def _is_wanted(self, job: ExportJob) -> bool:
        async with pool.acquired(self._pool) as connection:
            return await exports.is_wanted(connection, job.export_id, job.user_id)

    async def _write_tables(self, job: ExportJob, archive: Archive) -> tuple[int, list[tuple[UUID, str]]]:
        """How many trades there are, and the paths of their pictures."""
        trades, user_id, days = 0, job.user_id, _days(job)
        async with self._snapshot() as connection:
            for name in exports.TABLES:
                table = archive.table(name, await exports.columns_of(connection, name))
                batch: list[str] = []
                async for row in exports.rows_of(connection, name, user_id, days):
                    batch.append(row)
                    if len(batch) == BATCH:
                        await asyncio.to_thread(table.write, batch)
                        batch = []
                await asyncio.to_thread(table.write, batch)
                await asyncio.to_thread(table.close)
                trades = table.rows if name == "trades" else trades
            found = [picture async for picture in exports.pictures_of(connection, user_id, days)]
        return trades, [
            (trade_id, path) for trade_id, *named in found if (path := self._path(user_id, trade_id, *named))
        ]

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[Connection]:
        """All tables as they are at one moment; times are told in UTC."""
        async with pool.transaction(self._pool) as connection:
            await connection.execute("set transaction isolation level repeatable read, read only")
            await connection.execute("set local timezone = 'UTC'")
            yield connection

    def _path(self, user_id: UUID, trade_id: UUID, url: str | None, path: str | None) -> str | None:
        """None where a client wrote something else into the column than a picture of this trade."""
        try:
            return self._store.path_of(url or self._store.url(path or ""), user_id, trade_id)
        except StoreError:
            return None

    async def _add_pictures(
        self, user_id: UUID, archive: Archive, wanted: list[tuple[UUID, str]], limit: int
    ) -> Pictures:
        told = Pictures()
        for _, path in wanted:
            if told.left_out:  # what comes after the first that found no room is older still
                told.left_out += 1
                continue
            try:
                data = await self._store.get(path)
            except Unavailable:
                raise
            except StoreError:
                told.missing += 1
                continue
            if archive.size + len(data) > limit:
                told.left_out += 1
                continue
            await asyncio.to_thread(archive.add, path.replace(f"{user_id}/", "pictures/"), data, packed=True)
            told.put += 1
        return told

    async def _hand_over(
        self, job: ExportJob, file: IO[bytes] | None, today: date, trades: int, pictures: Pictures
    ) -> None:
        """Keep the file and say it, if it is still wanted; without a file say that it is too large."""
        told: dict[str, object] = {"platform": job.platform, "megabytes": LARGEST_FILE[job.platform] // 1_000_000}
        if file is None:
            say = Say("export_too_large", told)
        else:
            name = File(path_of(job.export_id), f"vigil-{_named(job) or today}.zip")
            counts: dict[str, object] = {
                "put": pictures.put,
                "left_out": pictures.left_out,
                "missing": pictures.missing,
            }
            counts |= {"first": job.first, "last": job.last}
            say = Say("export_ready", {**told, "file": name, "trades": trades, **counts})
        async with pool.transaction(self._pool) as connection:
            if not await exports.lock_wanted(connection, job.export_id, job.user_id):
                return  # it was made by another worker, or the journal was deleted
            part = 0
            while file is not None and (data := await asyncio.to_thread(file.read, exports.PART)):
                await exports.keep_part(connection, job.export_id, part, data)
                part += 1
            reply = await reply_to_chat(connection, job.chat, job.user_id, say)
            await exports.made(connection, job.export_id, reply)


def _days(job: ExportJob) -> exports.Days | None:
    if job.first is None or job.last is None:
        return None
    return exports.Days(job.first, job.last, job.zone)


def _named(job: ExportJob) -> str:
    """The period as it stands in a file's name; empty for all of the journal."""
    if job.first == job.last:
        return str(job.first or "")
    return f"{job.first}-to-{job.last}"


def _of_days(job: ExportJob) -> str:
    return f" from {job.first} to {job.last}" if job.first is not None else ""


def _told(pictures: Pictures) -> str:
    lines = [f"{pictures.put} pictures are in."]
    if pictures.left_out:
        lines.append(f"{pictures.left_out} older ones found no room in what the chat can carry.")
    if pictures.missing:
        lines.append(f"{pictures.missing} are kept no longer.")
    return "\n".join(lines)
