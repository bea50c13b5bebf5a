"""What a trader marks trades with, and how often."""

from typing import Any
from uuid import UUID

from db.jsonb import read_json
from db.pool import Connection


async def usual(connection: Connection, user_id: UUID) -> list[dict[str, Any]]:
    """Of the latest marked trades: rows of kind (tag, setup, mood, mistake), value and trades, the most frequent
    first."""
    return read_json(await connection.fetchval("select worker.usual_marks($1)", user_id)) or []
