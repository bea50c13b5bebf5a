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


MEET: Final = f"""
update public.profiles set journal_preferences = {PREFERENCES} || '{{"onboarded": true}}'
where id = $1 and onboarding_complete is not true and ({PREFERENCES}) -> 'onboarded' is distinct from 'true'
  and coalesce(octet_length(journal_preferences::text), 0) < 20000
returning journal_preferences::text as preferences, account_size, daily_loss_limit_pct, max_drawdown_pct
"""


async def meet(connection: Connection, user_id: UUID) -> dict[str, Any] | None:
    """Once per profile, what it says of its trader: of several chats the first that asks has it. None afterwards, and
    for a trader who went through the web app's questions. The caller holds the lock on the profile."""
    row = await connection.fetchrow(MEET, user_id)
    return None if row is None else {**row, "preferences": json.loads(row["preferences"])}
