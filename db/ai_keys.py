"""worker.ai_keys: traders' own keys for the language model, as sealed by bot/ai_keys.py."""

from dataclasses import dataclass
from uuid import UUID

from db.pool import Connection

KEEP_KEY = """
with kept as (
    insert into worker.ai_keys as k (user_id, provider, nonce, ciphertext) values ($1, $2, $3, $4)
    on conflict (user_id) do update
        set provider = excluded.provider, nonce = excluded.nonce, ciphertext = excluded.ciphertext, created_at = now()
    returning user_id, provider)
update public.profiles p set has_byok_key = true, ai_provider = kept.provider from kept where p.id = kept.user_id
"""


async def keep_key(connection: Connection, user_id: UUID, provider: str, nonce: bytes, ciphertext: bytes) -> None:
    """Store a trader's sealed key in place of an earlier one."""
    await connection.execute(KEEP_KEY, user_id, provider, nonce, ciphertext)


REMOVE_KEY = """
with gone as (delete from worker.ai_keys where user_id = $1 returning user_id),
marked as (update public.profiles set has_byok_key = false where id = $1)
select count(*) > 0 from gone
"""


async def remove_key(connection: Connection, user_id: UUID) -> bool:
    """Forget a trader's key; False where there was none."""
    removed: bool = await connection.fetchval(REMOVE_KEY, user_id)
    return removed


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A trader's own key, sealed, and the provider it was stored for."""

    provider: str
    nonce: bytes
    ciphertext: bytes


async def own_key(connection: Connection, user_id: UUID) -> StoredKey | None:
    row = await connection.fetchrow(
        "select provider, nonce, ciphertext from worker.ai_keys where user_id = $1", user_id
    )
    return StoredKey(**row) if row else None


LATEST_KEY = "select user_id, nonce, ciphertext from worker.ai_keys order by created_at desc, user_id limit 1"


async def latest_key(connection: Connection) -> tuple[UUID, bytes, bytes] | None:
    """Whose key was stored last, its nonce and its ciphertext."""
    row = await connection.fetchrow(LATEST_KEY)
    return (row["user_id"], row["nonce"], row["ciphertext"]) if row else None
