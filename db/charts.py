"""worker.charts: charts that were asked for, so that each is sent once, and not too many a day; and how they look."""

from typing import Literal
from uuid import UUID

from db.pool import Connection

BEGIN = """
insert into worker.charts (user_id)
select $1 where (select count(*) from worker.charts
                 where user_id = $1 and asked_at > now() - interval '24 hours') < $2
returning id
"""
IS_WANTED = "select made_at is null from worker.charts where id = $1 and user_id = $2"


async def begin(connection: Connection, user_id: UUID, limit: int) -> UUID | None:
    """Note that a chart was asked for, in the turn's transaction; None where there were `limit` within 24 hours."""
    chart_id: UUID | None = await connection.fetchval(BEGIN, user_id, limit)
    return chart_id


async def is_wanted(connection: Connection, chart_id: UUID, user_id: UUID) -> bool:
    """It was not sent before, and nobody has deleted the journal since."""
    return bool(await connection.fetchval(IS_WANTED, chart_id, user_id))


async def lock(connection: Connection, chart_id: UUID, user_id: UUID) -> Literal["wanted", "made", "gone"]:
    """As it is now, and for this transaction."""
    wanted = await connection.fetchval(f"{IS_WANTED} for update", chart_id, user_id)
    return "gone" if wanted is None else "wanted" if wanted else "made"


async def made(connection: Connection, chart_id: UUID) -> None:
    """Its reply is in the outbox."""
    await connection.execute("update worker.charts set made_at = now() where id = $1", chart_id)
