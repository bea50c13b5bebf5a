"""Chats of the terminal and the sandbox page: their bindings, and knowing when nothing of one is under way."""

from uuid import UUID

from db.links import BINDING
from db.pool import Connection
from statemachine.message import Chat

UNDER_WAY = """
select exists (select from worker.outbox o where o.platform = $1 and o.account = $2 and o.chat_id = $3
                   and o.status = 'pending')
    or exists (select from worker.inbox i where i.platform = $1 and i.account = $2 and i.chat_id = $3
                   and i.status = 'waiting')
    or $4 and exists (
        select from worker.pgqueuer j
        where j.status in ('queued', 'picked') and j.entrypoint like '%:local'
          and j.execute_after < now() + interval '5 seconds'
          and convert_from(j.payload, 'UTF8')::jsonb
              @> jsonb_build_object('platform', $1::text, 'account', $2::text, 'chat_id', $3::text))
"""


async def under_way(connection: Connection, chat: Chat, *, jobs: bool) -> bool:
    """A reply is to be sent or a message waits; with `jobs` also: a job of the chat runs or is about to."""
    found: bool = await connection.fetchval(UNDER_WAY, chat.platform, chat.account, chat.chat_id, jobs)
    return found


async def bind_local(connection: Connection, chat: Chat, email: str) -> str | None:
    """Bind a trader to a terminal chat; None when done, else why not.

    A binding to a real chat is never replaced, one to another terminal is.
    """
    column = BINDING[chat.platform]
    user_id: UUID | None = await connection.fetchval(
        "select p.id from public.profiles p join auth.users u on u.id = p.id where lower(u.email) = lower($1)", email
    )
    if user_id is None:
        return "There is no trader with this address: `vigil user add EMAIL` makes one."
    await connection.execute(
        f"update public.profiles set {column} = null where {column} = $2 and id <> $1", user_id, chat.chat_id
    )
    bound: str | None = await connection.fetchval(
        f"""update public.profiles set {column} = $2
            where id = $1 and ({column} is null or {column} like 'local:%') returning {column}""",
        user_id,
        chat.chat_id,
    )
    if bound is None:
        return f"This trader's {chat.platform} is linked to a real chat; choose another platform with --as."
    return None


async def release_local(connection: Connection, user_id: UUID, chat: Chat) -> None:
    """Take a trader's binding to another chat of this machine away; one to a real chat stays."""
    column = BINDING[chat.platform]
    await connection.execute(
        f"update public.profiles set {column} = null where id = $1 and {column} like 'local:%' and {column} <> $2",
        user_id,
        chat.chat_id,
    )
