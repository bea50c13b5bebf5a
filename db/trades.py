"""Reading and marking trades: lists for the trader, screenshots.

Every query names the user on each table it joins: a trade of somebody else is never found.
"""

from typing import Any
from uuid import UUID

from db import profiles
from db.pool import Connection

LATEST = """
select t.id as trade_id, t.symbol, t.direction, t.position_size, t.entry_price, t.exit_price, t.pnl, t.audit_status,
    t.compliance_score, t.rules_followed, t.rules_violated, t.rules_unclear,
    least(greatest(t.created_at, '1970-01-01'), '2199-12-31') as created_at,  -- clients write it, too
    coalesce(f.is_open, false) as is_open, f.pnl_origin, a.name as account, f.note, f.pnl_basis, t.commissions,
    coalesce(f.initial_stop, t.stop_loss) as initial_stop, m.tags, m.setup, m.mood, m.mistake
from public.trades t left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join public.trade_marks m on m.trade_id = t.id and m.user_id = t.user_id
left join worker.accounts a on a.id = f.account_id and a.user_id = t.user_id
where t.user_id = $1 order by t.created_at desc limit $2
"""


async def latest_trades(connection: Connection, user_id: UUID, limit: int = 10) -> list[dict[str, Any]]:
    """The trader's newest trades, newest first."""
    rows = await connection.fetch(LATEST, user_id, limit)
    return [{**row, "tags": tuple(row["tags"] or ()) or None} for row in rows]


USUAL = """
select symbol
from (select upper(t.symbol) as symbol from public.trades t where t.user_id = $1 order by t.created_at desc limit 200) t
where symbol ~ '^[A-Z0-9./]{1,12}$'  -- clients write it, too
group by symbol order by count(*) desc, symbol limit $2
"""


async def usual_symbols(connection: Connection, user_id: UUID, most: int) -> tuple[str, ...]:
    """What the trader traded most often in their last 200 trades, the most frequent first."""
    return tuple(row["symbol"] for row in await connection.fetch(USUAL, user_id, most))


SYMBOLS = """
select distinct left(t.symbol, 40) as symbol from public.trades t where t.user_id = $1 and t.symbol <> '' limit 5000
"""


async def symbols(connection: Connection, user_id: UUID) -> list[str]:
    """Whatever the trader ever traded, in every spelling."""
    return [row["symbol"] for row in await connection.fetch(SYMBOLS, user_id)]


LOCK = """
select true from public.trades t where t.id = $2 and t.user_id = $1 for no key update
"""


async def lock_trade(connection: Connection, user_id: UUID, trade_id: UUID) -> bool:
    """Lock the profile, then the trade; False when it is gone."""
    await profiles.lock(connection, user_id)
    return bool(await connection.fetchval(LOCK, user_id, trade_id))


PICTURES_TODAY = """
select count(*)::integer as pictures, coalesce(sum(bytes), 0)::bigint as bytes
from worker.pictures_taken where user_id = $1 and taken_at > now() - interval '24 hours'
"""
PICTURE_TAKEN = """
insert into worker.pictures_taken (trade_id, user_id, handle, bytes) select t.id, t.user_id, $3, $4 from public.trades t
where t.id = $2 and t.user_id = $1 on conflict do nothing returning trade_id
"""
SET_SCREENSHOT = """
update public.trades set screenshot_url = $3, screenshot_quality = $4
where id = $2 and user_id = $1 and screenshot_url is null returning id
"""
ADD_PICTURE = """
insert into worker.trade_pictures (trade_id, user_id, path, quality) values ($2, $1, $3, $4) on conflict do nothing
"""


async def pictures_today(connection: Connection, user_id: UUID) -> tuple[int, int]:
    """How many pictures, and how many bytes of them, a profile sent in the last 24 hours."""
    row = await connection.fetchrow(PICTURES_TODAY, user_id)
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return row["pictures"], row["bytes"]


async def picture_is_new(connection: Connection, user_id: UUID, trade_id: UUID, handle: str, size: int) -> bool:
    """Mark a picture of `size` bytes as taken in; False when it was before, or the trade is gone."""
    return await connection.fetchval(PICTURE_TAKEN, user_id, trade_id, handle, size) is not None


async def add_screenshot(
    connection: Connection, user_id: UUID, trade_id: UUID, *, url: str, path: str, quality: str
) -> None:
    """The first picture becomes screenshot_url, every other one stands in a table of ours."""
    if await connection.fetchval(SET_SCREENSHOT, user_id, trade_id, url, quality) is None:
        await connection.execute(ADD_PICTURE, user_id, trade_id, path, quality)


BRIEF = """
select t.symbol, t.direction, t.position_size, t.entry_price, t.exit_price, t.pnl, t.screenshot_url,
    coalesce(f.is_open, false) as is_open, a.name as account
from public.trades t left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join worker.accounts a on a.id = f.account_id and a.user_id = t.user_id
where t.id = $2 and t.user_id = $1
"""


async def brief(connection: Connection, user_id: UUID, trade_id: UUID) -> dict[str, Any] | None:
    """What names a trade in a sentence; None when it is gone."""
    row = await connection.fetchrow(BRIEF, user_id, trade_id)
    return dict(row) if row else None


MOST_TRADED = """
select t.symbol from (
    select t.symbol, t.created_at from public.trades t
    where t.user_id = (select p.id from public.profiles p where p.discord_user_id = $1)
    order by t.created_at desc limit 500) t
where length(t.symbol) between 1 and 20 and starts_with(upper(t.symbol), upper($2))
group by t.symbol order by count(*) desc, max(t.created_at) desc limit 25
"""


async def most_traded(connection: Connection, discord_user_id: str, typed: str) -> list[str]:
    """The symbols of a Discord user's latest 500 trades that begin as `typed`, most traded first; 25 at most."""
    return [row["symbol"] for row in await connection.fetch(MOST_TRADED, discord_user_id, typed)]
