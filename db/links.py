"""Link codes and bindings: platform_link_codes, the binding columns of profiles, wrong tries.

Every statement runs in the caller's transaction, which holds the lock of the chat.
"""

from dataclasses import dataclass
from uuid import UUID

from db.pool import Connection
from statemachine.message import Chat, Platform

BINDING: dict[Platform, str] = {
    "telegram": "telegram_chat_id",
    "discord": "discord_user_id",
    "whatsapp": "whatsapp_phone",
    "email": "gmail_journal_address",
}
"""The column of profiles that binds a platform."""


@dataclass(frozen=True, slots=True)
class LiveCode:
    """A code that works now: whose it is, and that profile's present binding on the platform."""

    code: str
    user_id: UUID
    email: str
    bound_to: str | None


FIND_CODE = """
select c.code, p.id as user_id, coalesce(u.email, '') as email,
    case c.platform when 'telegram' then p.telegram_chat_id when 'discord' then p.discord_user_id
        when 'whatsapp' then p.whatsapp_phone else p.gmail_journal_address end as bound_to
from public.platform_link_codes c
join public.profiles p on p.id = c.user_id
join auth.users u on u.id = p.id
where c.code = $1 and c.platform = $2 and not coalesce(c.used, false) and c.expires_at > now()
for no key update of p
"""


async def find_code(connection: Connection, code: str, platform: Platform) -> LiveCode | None:
    """The live code, its profile locked; None when it is wrong, used, expired or another platform's."""
    row = await connection.fetchrow(FIND_CODE, code, platform)
    return LiveCode(**row) if row else None


USE_CODE = """
update public.platform_link_codes set used = true
where code = $1 and platform = $2 and not coalesce(used, false) and expires_at > now() returning user_id
"""


async def use_code(connection: Connection, code: str, platform: Platform) -> UUID | None:
    """Consume a code: one atomic statement, so that of two at once one wins."""
    user_id: UUID | None = await connection.fetchval(USE_CODE, code, platform)
    return user_id


# A chat that was the profile's before is it no more, also where the web app took the binding away.
BIND_CHAT = """
update worker.chats set user_id = case when account = $2 and chat_id = $3 then $4 end
where platform = $1 and (user_id = $4 or account = $2 and chat_id = $3)
"""


async def bind(connection: Connection, user_id: UUID, chat: Chat) -> None:
    """Bind a profile to a chat: the private chat, the Discord user, the number, the address. Raises Conflict."""
    column = BINDING[chat.platform]
    await connection.execute(f"update public.profiles set {column} = $2 where id = $1", user_id, chat.chat_id)
    await connection.execute(BIND_CHAT, chat.platform, chat.account, chat.chat_id, user_id)


LOCK_CHATS = """
select from worker.chats where user_id = $1 and platform = $2 order by account, chat_id for no key update
"""


async def lock_chats(connection: Connection, user_id: UUID, platform: Platform) -> None:
    """Lock the profile's chats on a platform: who unlinks from outside a turn holds them before the profile, too."""
    await connection.execute(LOCK_CHATS, user_id, platform)


UNBIND_CHATS = """
with unbound as (
    update worker.chats set user_id = null, wakes_at = null where user_id = $1 and platform = $2
    returning platform, account, chat_id),
reset as (
    update public.journal_conversations set state = 'idle', pending_trade = null, context = '{}'
    where user_id = $1 and platform = $2)
update worker.outbox o set status = 'dropped', error = 'unlinked'
from unbound u
where o.platform = u.platform and o.account = u.account and o.chat_id = u.chat_id
  and o.user_id = $1 and o.status in ('pending', 'held')
"""


async def unbind(connection: Connection, user_id: UUID, platform: Platform) -> bool:
    """Unbind a profile: conversation reset, undelivered replies cancelled. False when nothing was bound."""
    column = BINDING[platform]
    status = await connection.execute(
        f"update public.profiles set {column} = null where id = $1 and {column} is not null", user_id
    )
    await connection.execute(UNBIND_CHATS, user_id, platform)
    return status == "UPDATE 1"


async def is_bound(connection: Connection, user_id: UUID, platform: Platform) -> bool:
    """Whether the profile has a chat on a platform."""
    found = await connection.fetchval(
        f"select {BINDING[platform]} is not null from public.profiles where id = $1", user_id
    )
    return bool(found)


COUNT_TRIES = """
select count(*) filter (where account = $2 and chat_id = $3) as chat, count(*) as platform
from worker.link_attempts where platform = $1 and tried_at > now() - interval '10 minutes'
"""


async def wrong_tries(connection: Connection, chat: Chat) -> tuple[int, int]:
    """Wrong codes of the last ten minutes: of this chat, of its whole platform."""
    row = await connection.fetchrow(COUNT_TRIES, chat.platform, chat.account, chat.chat_id)
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return row["chat"], row["platform"]


async def note_wrong_try(connection: Connection, chat: Chat) -> None:
    await connection.execute(
        "insert into worker.link_attempts (platform, account, chat_id) values ($1, $2, $3)",
        chat.platform,
        chat.account,
        chat.chat_id,
    )


OTHER_CHATS = """
select platform, account, chat_id from worker.chats where user_id = $1 and platform <> $2 and blocked_at is null
"""


async def other_chats(connection: Connection, user_id: UUID, platform: Platform) -> list[Chat]:
    """The profile's chats on other platforms."""
    return [Chat(*row) for row in await connection.fetch(OTHER_CHATS, user_id, platform)]


ADD_CODE = """
insert into public.platform_link_codes (user_id, platform, code, expires_at)
values ($1, $2, $3, now() + interval '10 minutes') on conflict (code) do nothing returning code
"""


async def add_code(connection: Connection, user_id: UUID, platform: Platform, code: str) -> bool:
    """Store a new code, valid for ten minutes; False when that code exists already."""
    return await connection.fetchval(ADD_CODE, user_id, platform, code) is not None


FIND_USER = "select p.id from public.profiles p join auth.users u on u.id = p.id where lower(u.email) = lower($1)"


async def find_user(connection: Connection, email: str) -> UUID | None:
    """The profile of an e-mail address."""
    user_id: UUID | None = await connection.fetchval(FIND_USER, email)
    return user_id
