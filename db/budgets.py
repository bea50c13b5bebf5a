"""What a trader may cost, and did: calls and tokens of the language model per UTC day, and each call by itself.

Tokens are known only afterwards. So a call takes a share of the day's before it goes out, in the one statement that
looks whether there is room; what it really used takes the share's place when it is recorded. However many go out at
once, no more are let through than the day has shares for.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from db.pool import Connection

TAKE_CALL = """
insert into worker.model_calls as c (user_id, calls, tokens) select $1, 1, $4::bigint where $4 <= $3::bigint
on conflict (user_id, day) do update set calls = c.calls + 1, tokens = c.tokens + $4
where c.calls < $2 and c.tokens + $4 <= $3
returning day
"""


async def take_model_call(
    connection: Connection, user_id: UUID, *, most_calls: int, most_tokens: int, share: int
) -> date | None:
    """Count one call and its share of the tokens, atomically; the UTC day it counts on, None when that is used up."""
    day: date | None = await connection.fetchval(TAKE_CALL, user_id, most_calls, most_tokens, share)
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCost:
    """A call that ended. `purpose`, `outcome`: as worker.model_costs lists them; `usd` None: not known."""

    user_id: UUID
    purpose: str
    provider: str
    model: str
    own_key: bool
    outcome: str
    input_tokens: int
    output_tokens: int
    usd: Decimal | None
    seconds: float


RECORD = """
with counted as (
    update worker.model_calls c set tokens = greatest(0, c.tokens + $11::bigint) where c.user_id = $1 and c.day = $12)
insert into worker.model_costs (user_id, purpose, provider, model, own_key, outcome, input_tokens, output_tokens, usd,
    seconds)
select p.id, $2, $3, $4, $5, $6, $7, $8, $9, $10 from public.profiles p where p.id = $1
"""


async def record_model_call(connection: Connection, cost: ModelCost, *, day: date | None, more: int) -> None:
    """Keep what a call cost; `more` tokens than were taken for it are counted on `day` (fewer: negative)."""
    what = (cost.user_id, cost.purpose, cost.provider, cost.model, cost.own_key, cost.outcome)
    used = (cost.input_tokens, cost.output_tokens, cost.usd, cost.seconds)
    await connection.execute(RECORD, *what, *used, more, day)


PRUNE = """
with calls as (delete from worker.model_calls where day < now() - $1 * interval '1 day')
delete from worker.model_costs where asked_at < now() - $1 * interval '1 day'
"""


async def forget_model_calls(connection: Connection, days: int) -> int:
    """Drop what is older than so many days; how many calls that were."""
    status: str = await connection.execute(PRUNE, days)
    return int(status.rpartition(" ")[2])
