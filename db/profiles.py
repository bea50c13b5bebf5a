"""public.profiles: whoever changes a trader's journal locks its profile first, so that they come one after another."""

from uuid import UUID

from db.pool import Connection

LOCK = "select true from public.profiles where id = $1 for no key update"


async def lock(connection: Connection, user_id: UUID) -> bool:
    """Until the transaction ends; False where the profile is gone. A turn holds the lock from its beginning."""
    return bool(await connection.fetchval(LOCK, user_id))
