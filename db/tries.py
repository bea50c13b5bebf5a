"""Strangers' free audits: public.anonymous_audits, one a chat and UTC day, and what the model may do for all of them.

A chat is named by a keyed hash. What is stored is the result; a body never is.
"""

import json
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from db.jsonb import read_json
from db.pool import Connection

KEPT: Final = timedelta(hours=24)
"""How long a result waits to be claimed."""
KEPT_DAYS: Final = 90

TAKE = "insert into worker.tries (ip_hash) values ($1) on conflict do nothing returning true"
ADD = """
with added as (
    insert into public.anonymous_audits (ip_hash, result_hash, firm_id, audit_result, expires_at)
    values ($1, $2, $3, $4, now() + $5::interval) returning id),
day as (
    update worker.tries t set result_id = added.id from added
    where t.ip_hash = $1 and t.day = (now() at time zone 'UTC')::date)
select id from added
"""


async def take_try(connection: Connection, ip_hash: str) -> bool:
    """Take the chat's try of the UTC day; False where it was taken. Of many at once one gets it."""
    return bool(await connection.fetchval(TAKE, ip_hash))


async def add_result(
    connection: Connection, ip_hash: str, result_hash: str, firm_id: str, result: dict[str, Any]
) -> UUID:
    """Store what a try came to; the caller took it in the same transaction."""
    added: UUID = await connection.fetchval(ADD, ip_hash, result_hash, firm_id, json.dumps(result), KEPT)
    return added


LOCK_RESULT = "select audit_result::text from public.anonymous_audits where id = $1 for update"
SET_RESULT = "update public.anonymous_audits set audit_result = $2 where id = $1"


async def lock_result(connection: Connection, result_id: UUID) -> dict[str, Any] | None:
    """The result; None: it is gone."""
    found: dict[str, Any] | None = read_json(await connection.fetchval(LOCK_RESULT, result_id))
    return found


async def set_result(connection: Connection, result_id: UUID, result: dict[str, Any]) -> None:
    await connection.execute(SET_RESULT, result_id, json.dumps(result))


TAKE_CALL = """
insert into worker.try_calls as c (calls) select 1 where $1::integer > 0
on conflict (day) do update set calls = c.calls + 1 where c.calls < $1 returning true
"""
COUNT_TOKENS = """
insert into worker.try_calls as c (tokens) values ($1) on conflict (day) do update set tokens = c.tokens + $1
"""


async def take_call(connection: Connection, most: int) -> bool:
    """Count a call of the model for a stranger; False where the day's, of all strangers together, are used up."""
    return bool(await connection.fetchval(TAKE_CALL, most))


async def count_tokens(connection: Connection, tokens: int) -> None:
    """What a call took is known only afterwards."""
    await connection.execute(COUNT_TOKENS, tokens)


CLAIM = """
update public.anonymous_audits set claimed_by = $2
where ip_hash = $1 and claimed_by is null and expires_at > now()
"""


async def claim(connection: Connection, ip_hash: str, user_id: UUID) -> int:
    """The chat is a profile's now, and so are the results it got as a stranger; how many those are."""
    status: str = await connection.execute(CLAIM, ip_hash, user_id)
    return int(status.rpartition(" ")[2])


# The web app has results of its own there, which are its own business.
FORGET = """
with gone as (
    delete from public.anonymous_audits a using worker.tries t
    where t.result_id = a.id and a.claimed_by is null and a.expires_at < now() returning a.id),
days as (delete from worker.try_calls where day < (now() at time zone 'UTC')::date - $1::integer),
tries as (delete from worker.tries where day < (now() at time zone 'UTC')::date - 2)
select count(*) from gone
"""


async def forget_expired(connection: Connection) -> int:
    """Drop the results that nobody claimed in time; how many those were."""
    forgotten: int = await connection.fetchval(FORGET, KEPT_DAYS)
    return forgotten
