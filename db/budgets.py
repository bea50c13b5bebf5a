"""What a trader may cost: calls of the language model per UTC day."""

from uuid import UUID

from db.pool import Connection

TAKE_CALL = """
insert into worker.model_calls as c (user_id, calls) values ($1, 1)
on conflict (user_id, day) do update set calls = c.calls + 1 where c.calls < $2
returning calls
"""


async def take_model_call(connection: Connection, user_id: UUID, most: int) -> bool:
    """Count one call, atomically; False when the day's `most` are used up."""
    return await connection.fetchval(TAKE_CALL, user_id, most) is not None
