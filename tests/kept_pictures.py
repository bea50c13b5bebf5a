"""Screenshots of any age in either store, with the rows that name them: what the tests of the retention look at."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from bot.store import LocalStore, ScreenshotStore, screenshot_path
from bot.supabase_store import SupabaseStore
from tests.integration.databases import sign_up
from tests.servers.storage import StorageServer, storage_server

PICTURE = b"\x89PNG pretend"
YOUNG, OLD = timedelta(days=89), timedelta(days=91)

NAMED = """
select t.screenshot_url from public.trades t where t.screenshot_url is not null
union all select p.path from worker.trade_pictures p
"""

_numbers = itertools.count()


@dataclass
class Album:
    """A store and the database beside it. `server` or `root`: what the store keeps its files in."""

    db: asyncpg.Connection
    store: ScreenshotStore
    server: StorageServer | None = None
    root: Path | None = None

    async def trader(self) -> UUID:
        return await sign_up(self.db, f"trader-{next(_numbers)}@example.com")

    async def trade(self, user: UUID, age: timedelta = OLD, address: str | None = None) -> UUID:
        trade: UUID = await self.db.fetchval(
            "insert into public.trades (user_id, symbol, created_at, screenshot_url)"
            " values ($1, 'NQ', now() - $2::interval, $3) returning id",
            user, age, address,
        )  # fmt: skip
        return trade

    async def file(self, user: UUID, trade: UUID, age: timedelta) -> str:
        """A picture that no row names."""
        moment = datetime.now(UTC) - age + timedelta(microseconds=next(_numbers))
        path = screenshot_path(user, trade, moment, "png")
        await self.store.put(path, PICTURE, "image/png")
        self.date(path, moment)
        return path

    async def picture(self, user: UUID, age: timedelta, trade: UUID | None = None) -> str:
        """One that its trade names; a further one where the trade has one already."""
        trade = trade or await self.trade(user, age)
        path = await self.file(user, trade, age)
        if not await self.db.fetchval(
            "update public.trades set screenshot_url = $2 where id = $1 and screenshot_url is null returning true",
            trade, self.store.url(path),
        ):  # fmt: skip
            await self.db.execute(
                "insert into worker.trade_pictures (trade_id, user_id, path) values ($1, $2, $3)", trade, user, path
            )
        return path

    def date(self, path: str, at: datetime) -> None:
        if self.server is not None:
            self.server.objects[path].created_at = at
        if self.root is not None:
            os.utime(self.root / path, (at.timestamp(), at.timestamp()))

    def files(self) -> set[str]:
        """All there are, by looking at what the store keeps them in."""
        if self.server is not None:
            return set(self.server.objects)
        assert self.root is not None
        return {str(file.relative_to(self.root)) for file in self.root.glob("**/*") if not file.is_dir()}

    async def named(self) -> set[str]:
        prefix = f"{self.server.url}/storage/v1/object/screenshots/" if self.server else ""
        return {row["screenshot_url"].removeprefix(prefix) for row in await self.db.fetch(NAMED)}


@asynccontextmanager
async def album(kind: str, db: asyncpg.Connection, folder: Path) -> AsyncIterator[Album]:
    """`kind`: local or supabase."""
    if kind == "local":
        yield Album(db, LocalStore(folder / "screenshots"), root=folder / "screenshots")
        return
    async with storage_server() as server:
        store = SupabaseStore(server.url, server.key, seconds=5)
        yield Album(db, store, server=server)
        await store.close()
