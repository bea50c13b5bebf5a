"""What the tables say of screenshots: which trades name one, and that they name it no more.

A picture `{user id}/{trade id}-…` is named by trades.screenshot_url of that trade, or by a row of
worker.trade_pictures. An analysis of the web app may name one by its address; undo keeps what a trade named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import profiles
from db.pool import Connection

PORTION = 5000
"""Ids handed over at once."""


@dataclass(frozen=True, slots=True)
class Named:
    """A picture that a row names. `address`: trades.screenshot_url as it stands there, or else the path of a `further`
    picture; `since`: when the row was written."""

    trade_id: UUID
    address: str
    further: bool
    since: datetime


NOBODYS = """
select asked.id from unnest($1::uuid[]) asked (id)
where not exists (select from public.profiles p where p.id = asked.id)
"""
TRADERS = """
select n.user_id from (
    (select distinct t.user_id from public.trades t where t.screenshot_url is not null and t.user_id > $1
     order by t.user_id limit $2)
    union
    (select distinct p.user_id from worker.trade_pictures p where p.user_id > $1 order by p.user_id limit $2)) n
order by n.user_id limit $2
"""
NAMED = """
select t.id as trade_id, t.screenshot_url as address, false as further,
    least(greatest(t.created_at, '1970-01-01'), '2199-12-31') as since  -- clients write it, too
from public.trades t where t.user_id = $1 and t.screenshot_url is not null
union all
select p.trade_id, p.path, true, p.created_at from worker.trade_pictures p where p.user_id = $1
"""


async def nobodys(connection: Connection, user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are no trader's."""
    found: set[UUID] = set()
    for start in range(0, len(user_ids), PORTION):
        rows = await connection.fetch(NOBODYS, user_ids[start : start + PORTION])
        found.update(row["id"] for row in rows)
    return found


async def traders_with_pictures(connection: Connection, after: UUID, limit: int) -> list[UUID]:
    """Traders whose trades name pictures, in the order of their ids."""
    return [row["user_id"] for row in await connection.fetch(TRADERS, after, limit)]


async def named_pictures(connection: Connection, user_id: UUID) -> list[Named]:
    return [Named(**row) for row in await connection.fetch(NAMED, user_id)]


OF_TRADE = f"select * from ({NAMED}) n where n.trade_id = $2 order by n.further, n.since"


async def pictures_of_trade(connection: Connection, user_id: UUID, trade_id: UUID) -> list[Named]:
    """Of one trade, the first picture first."""
    return [Named(**row) for row in await connection.fetch(OF_TRADE, user_id, trade_id)]


STILL_NAMED = """
select f.path from unnest($2::text[], $3::uuid[]) f (path, trade_id)
where exists (select from public.trades t where t.id = f.trade_id and t.user_id = $1
                  and strpos(t.screenshot_url, f.path) > 0)
   or exists (select from worker.trade_pictures p where p.path = f.path and p.user_id = $1)
   or exists (select from worker.changes c where c.user_id = $1 and c.trade_id = f.trade_id and c.undone_at is not null
                  and (strpos(c.after #>> '{trade,screenshot_url}', f.path) > 0
                       or strpos(c.after ->> 'pictures', f.path) > 0))
   or exists (select from public.strategy_analyses a where a.user_id = $1 and strpos(a.screenshot_url, f.path) > 0)
"""
FORGET = (
    """
    update public.trades t set screenshot_url = null from unnest($2::text[], $3::uuid[]) f (path, trade_id)
    where t.id = f.trade_id and t.user_id = $1 and strpos(t.screenshot_url, f.path) > 0
    """,
    """
    delete from worker.trade_pictures p using unnest($2::text[], $3::uuid[]) f (path, trade_id)
    where p.path = f.path and p.user_id = $1
    """,
    """
    update public.strategy_analyses a set screenshot_url = null from unnest($2::text[], $3::uuid[]) f (path, trade_id)
    where a.user_id = $1 and strpos(a.screenshot_url, f.path) > 0
    """,
)

Files = Sequence[tuple[str, UUID | None]]
"""Paths, and the trades they were taken for."""


async def still_named(connection: Connection, user_id: UUID, files: Files) -> set[str]:
    """The paths of a trader's files that a row names, in whatever form, or that a redo would bring back."""
    return {row["path"] for row in await connection.fetch(STILL_NAMED, user_id, *_columns(files))}


async def forget_pictures(connection: Connection, user_id: UUID, files: Files) -> None:
    """Let no row of a trader name these files any more. Locks the profile first, as all who change trades do."""
    await profiles.lock(connection, user_id)
    for statement in FORGET:
        await connection.execute(statement, user_id, *_columns(files))


CLEAR = """
update public.trades set screenshot_url = null where id = $2 and user_id = $1 and screenshot_url = $3
"""
DROP = "delete from worker.trade_pictures where trade_id = $2 and user_id = $1 and path = $3"


async def clear_named(connection: Connection, user_id: UUID, named: Sequence[Named]) -> None:
    """Let these rows name nothing, unless they name something else by now. Locks the profile first."""
    await profiles.lock(connection, user_id)
    for row in named:
        await connection.execute(DROP if row.further else CLEAR, user_id, row.trade_id, row.address)


def _columns(files: Files) -> tuple[list[str], list[UUID | None]]:
    return [path for path, _ in files], [trade_id for _, trade_id in files]
