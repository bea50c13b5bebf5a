"""auth.users, where it is our own imitation: on a real Supabase accounts are made through its Auth API alone."""

from uuid import UUID

from db.pool import Connection

IS_IMITATION = """
select coalesce(obj_description(oid, 'pg_namespace'), '') = 'local imitation of Supabase'
from pg_namespace where nspname = 'auth'
"""

# The columns that Supabase's Auth fills for a confirmed address; its sign-in fails on NULL tokens.
ADD_USER = """
insert into auth.users (
    instance_id, id, aud, role, email, email_confirmed_at,
    confirmation_token, recovery_token, email_change_token_new, email_change,
    raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
select '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated', $1::text, now(),
    '', '', '', '', '{"provider": "email", "providers": ["email"]}', '{}', now(), now()
where not exists (select from auth.users where lower(email) = $1::text)
returning id
"""


async def is_imitation(connection: Connection) -> bool:
    return bool(await connection.fetchval(IS_IMITATION))


async def add_user(connection: Connection, email: str) -> UUID | None:
    """A user with a confirmed address, in lower case, and by trigger its profile; None when the address is taken."""
    user_id: UUID | None = await connection.fetchval(ADD_USER, email)
    return user_id
