"""profiles.journal_preferences: what the trader has chosen, an object that clients write too."""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from db.pool import Connection

PREFERENCES: Final = "case jsonb_typeof(journal_preferences) when 'object' then journal_preferences else '{}' end"
"""What stands there, as an object whatever it is."""
CHOOSE: Final = f"""
update public.profiles set journal_preferences = ({PREFERENCES} - $3::text[]) || $2::jsonb where id = $1
"""


async def choose(connection: Connection, user_id: UUID, chosen: Mapping[str, Any]) -> None:
    """Keep what was chosen, by the names of the preferences; None takes a choice back. The caller holds the lock on
    the profile."""
    kept = {name: value for name, value in chosen.items() if value is not None}
    await connection.execute(CHOOSE, user_id, json.dumps(kept), [name for name in chosen if name not in kept])
