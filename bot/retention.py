"""Screenshots are kept for so many days; then, and where no trade names them, they are removed.

Rules: what is removed is always a file that the store lists in a trader's own folder, never what a row says, which
clients write. First the rows let go of a file, then it is removed: killed in between, the file is one that nothing
names, and the next run removes it. So a run can end anywhere, run twice, or run on two workers at once. No transaction
outlives a portion of files, and none is open while the store is asked.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

import structlog

from bot import metrics
from bot.store import ScreenshotStore, StoredFile, path_in
from db import pool, screenshots
from db.screenshots import Named
from statemachine.errors import OperatorError, StoreError, Unavailable

log = structlog.get_logger(__name__)

GRACE: Final = timedelta(hours=48)
"""A file that nothing names is left alone for so long: its trade may be about to. A day more than a new picture waits
for its platform (bot/screenshots.py)."""
PORTION: Final = 100
TRADERS: Final = 200
MOST_OUTAGES: Final = 3
"""After so many in a run it is no longer one folder, too large to be listed, that must not keep the others waiting."""
MOST_STRANGERS: Final = 50
"""More folders of nobody than these, and than half of all: this database and this store do not belong together."""

Swept = Counter[str]
"""Files: `expired`, or `orphaned`: nothing names them. Rows: their file is `missing`, or `foreign`: none of theirs."""
Item = TypeVar("Item", StoredFile, Named)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is older than these was there too long: `expired` for any file, `orphaned` for one that nothing names."""

    expired: datetime
    orphaned: datetime


class Retention:
    """Removes what is over. `days`: how long a screenshot is kept."""

    def __init__(self, database: pool.Pool, store: ScreenshotStore, days: int) -> None:
        self._pool, self._store, self._kept = database, store, timedelta(days=days)

    async def run(self, now: datetime, *, force: bool = False) -> Swept:
        """Once through all folders and all traders; what was done. One trader's trouble is logged and stops no other.

        `force`: also where most folders are of nobody in this database. Raises OperatorError there without it, and
        Unavailable in the end, where the database or the store was away for somebody.
        """
        bounds = Bounds(now - self._kept, now - GRACE)
        folders = await self._store.folders()
        nobodys = await self._nobodys(folders, force=force)
        swept, outages = Swept(), list[Unavailable]()
        async for user_id in self._traders(folders):
            try:
                swept += await self._tidy(user_id, bounds, gone=user_id in nobodys, trusted=bool(folders))
            except Unavailable as error:
                outages.append(error)
                log.warning("screenshots of a trader wait", user_id=str(user_id), reason=str(error))
                if len(outages) == MOST_OUTAGES:
                    break
            except Exception:
                log.exception("screenshots of a trader could not be tidied", user_id=str(user_id))
        if outages:
            raise outages[-1]
        return swept

    async def _nobodys(self, folders: Sequence[UUID], *, force: bool) -> set[UUID]:
        async with pool.acquired(self._pool) as connection:
            nobodys = await screenshots.nobodys(connection, folders)
        if not force and len(nobodys) > max(MOST_STRANGERS, len(folders) / 2):
            raise OperatorError(
                f"{len(nobodys)} of {len(folders)} folders of screenshots are of nobody in this database: does it "
                "belong to this store? If it does, run `vigil clean-screenshots --force`."
            )
        return nobodys

    async def _traders(self, folders: Sequence[UUID]) -> AsyncIterator[UUID]:
        """Whoever has a folder, then whoever has none and trades that name pictures."""
        for user_id in folders:
            yield user_id
        seen, last = frozenset(folders), UUID(int=0)
        while True:
            async with pool.acquired(self._pool) as connection:
                batch = await screenshots.traders_with_pictures(connection, last, TRADERS)
            for user_id in batch:
                if user_id not in seen:
                    yield user_id
            if len(batch) < TRADERS:
                return
            last = batch[-1]

    async def _tidy(self, user_id: UUID, bounds: Bounds, *, gone: bool, trusted: bool) -> Swept:
        """One trader. Rows are read before files are listed: a picture is stored before a row names it, so what a row
        named then and no list shows is missing."""
        async with pool.acquired(self._pool) as connection:
            named = await screenshots.named_pictures(connection, user_id)
        files = await self._store.files(user_id)
        own, foreign = self._sorted(user_id, named)
        expired = [file for file in files if gone or file.at < bounds.expired]
        young = [] if gone else [file for file in files if file.at >= bounds.expired]
        loose = [file for file in young if file.at < bounds.orphaned and file.path not in own]
        swept = Swept()
        for portion in _portions(expired):
            await self._forget(user_id, portion)
            await self._store.discard(user_id, portion)
            swept["orphaned" if gone else "expired"] += len(portion)
        for portion in _portions(loose):
            swept["orphaned"] += await self._remove_orphans(user_id, portion)
        present = {file.path for file in files}
        absent = [path for path in own if path not in present and (trusted or own[path].since < bounds.expired)]
        missing = [own[path] for path in absent if not await self._store.has(path)]
        idle = [row for row in foreign if row.since < bounds.expired and not _names_one(row, files)]
        await self._clear(user_id, [*missing, *idle])
        swept.update({"missing": len(missing), "foreign": len(idle)})
        for outcome, number in swept.items():
            metrics.count_screenshots(outcome, number)
        return swept

    def _sorted(self, user_id: UUID, named: Sequence[Named]) -> tuple[dict[str, Named], list[Named]]:
        """Rows by the path of the picture they name, and those that name none of their trade."""
        own, foreign = {}, []
        for row in named:
            try:
                own[self._path(user_id, row)] = row
            except StoreError:
                foreign.append(row)
        return own, foreign

    def _path(self, user_id: UUID, row: Named) -> str:
        if row.further:
            return path_in(row.address, "", user_id, row.trade_id)
        return self._store.path_of(row.address, user_id, row.trade_id)

    async def _forget(self, user_id: UUID, files: Sequence[StoredFile]) -> None:
        async with pool.transaction(self._pool) as connection:
            await screenshots.forget_pictures(connection, user_id, _of_trades(files))

    async def _remove_orphans(self, user_id: UUID, files: Sequence[StoredFile]) -> int:
        async with pool.acquired(self._pool) as connection:
            named = await screenshots.still_named(connection, user_id, _of_trades(files))
        orphans = [file for file in files if file.path not in named]
        await self._store.discard(user_id, orphans)
        return len(orphans)

    async def _clear(self, user_id: UUID, rows: Sequence[Named]) -> None:
        for portion in _portions(rows):
            async with pool.transaction(self._pool) as connection:
                await screenshots.clear_named(connection, user_id, portion)


def _names_one(row: Named, files: Sequence[StoredFile]) -> bool:
    """An address in another writer's form ends with its picture, not before."""
    return any(file.path in row.address for file in files)


def _of_trades(files: Sequence[StoredFile]) -> list[tuple[str, UUID | None]]:
    return [(file.path, file.trade_id) for file in files]


def _portions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), PORTION):
        yield items[start : start + PORTION]
