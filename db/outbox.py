"""worker.outbox: replies on their way, in order per chat.

A process claims a chat before it sends (chats.delivering_by); a claim of a process that died is taken over: who is
alive is told by a session advisory lock that ends with its connection.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.pool import Connection
from statemachine.message import Chat, Delivery, Platform

PROCESS_LOCK = 0x56494749
"""First key of the advisory locks that say a process is alive; the second is its id."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One reply to send.

    key              no other row has it, also not one of a database that was set up anew; at most 25 characters
    age              in seconds, since it could first be sent
    bound            the chat still belongs to the profile the reply speaks of
    behind           an earlier reply of the chat is held, so this one is, too
    handle           what the platform needs to answer, of the message answered, else of the chat's latest
    last_inbound_at  when the person last wrote here, aware UTC
    """

    id: int
    key: str
    user_id: UUID | None
    payload: dict[str, Any]
    tries: int
    age: float
    bound: bool
    behind: bool
    handle: str | None
    last_inbound_at: datetime | None


CLAIM = """
with claimed as (
    update worker.chats c set delivering_by = $4
    where c.platform = $1 and c.account = $2 and c.chat_id = $3
      and (c.delivering_by is null or c.delivering_by = $4 or not exists (
          select from pg_locks l where l.locktype = 'advisory' and l.classid = $5 and l.objid = c.delivering_by::oid
            and l.database = (select d.oid from pg_database d where d.datname = current_database())))
    returning c.user_id, c.platform, c.account, c.chat_id, c.handle, c.last_inbound_at)
select o.id, o.id || '-' || to_hex((extract(epoch from o.created_at) * 1000000)::bigint) as key, o.user_id,
       o.payload::text, o.tries, extract(epoch from now() - coalesce(o.released_at, o.created_at))::float8 as age,
       o.due_at <= now() as due,
       o.user_id is null or (o.user_id = worker.bound_profile($1, $3, $3) and not (  -- the number may be another's now
           $1 = 'whatsapp' and coalesce(claimed.last_inbound_at < now() - interval '90 days', false))) as bound,
       exists (select from worker.outbox h where h.platform = o.platform and h.account = o.account
                   and h.chat_id = o.chat_id and h.status = 'held' and h.id < o.id) as behind,
       coalesce(o.handle, claimed.handle) as handle, claimed.last_inbound_at
from claimed left join worker.outbox o on o.platform = claimed.platform and o.account = claimed.account
    and o.chat_id = claimed.chat_id and o.status = 'pending'
order by o.id limit 5
"""


async def claim_chat(connection: Connection, chat: Chat, process: int) -> list[Outgoing] | None:
    """The chat's next replies, the chat now claimed; empty: nothing is due; None: another process delivers it.

    A claim is given back with release_chat. What waits for its time holds back what came after it.
    """
    rows = await connection.fetch(CLAIM, chat.platform, chat.account, chat.chat_id, process, PROCESS_LOCK)
    if not rows:
        return None
    due: list[Outgoing] = []
    for row in rows:
        values = dict(row)
        if not values.pop("due"):
            break
        due.append(Outgoing(**{**values, "payload": json.loads(row["payload"])}))
    return due


RELEASE = """
update worker.chats set delivering_by = null
where platform = $1 and account = $2 and chat_id = $3 and delivering_by = $4
"""


async def release_chat(connection: Connection, chat: Chat, process: int) -> None:
    await connection.execute(RELEASE, chat.platform, chat.account, chat.chat_id, process)


MARK_SENT = """
update worker.outbox set status = 'sent', sent_at = now(), external_id = $2, tries = tries + 1, error = null
where id = $1
"""


async def mark_sent(connection: Connection, outgoing_id: int, external_id: str | None) -> None:
    await connection.execute(MARK_SENT, outgoing_id, external_id)


MARK_ENDED = "update worker.outbox set status = $2, error = $3, tries = tries + 1 where id = $1"


async def mark_refused(connection: Connection, outgoing_id: int, error: str) -> None:
    """The platform will never take it, or 24 h have passed: noted, and the next reply goes on."""
    await connection.execute(MARK_ENDED, outgoing_id, "refused", error[:500])


async def mark_dropped(connection: Connection, outgoing_id: int, error: str) -> None:
    """The chat no longer belongs to the profile the reply speaks of."""
    await connection.execute(MARK_ENDED, outgoing_id, "dropped", error)


MARK_LATER = """
update worker.outbox set tries = tries + 1, error = $3, due_at = now() + make_interval(secs => $2) where id = $1
"""


async def mark_later(connection: Connection, outgoing_id: int, seconds: float, error: str) -> None:
    await connection.execute(MARK_LATER, outgoing_id, seconds, error[:500])


# Who wrote meanwhile can be answered after all: the chat's lock, which a turn holds, tells whether somebody did.
MARK_HELD = """
with chat as (
    select from worker.chats where platform = $1 and account = $2 and chat_id = $3
        and last_inbound_at is not distinct from $5 for no key update)
update worker.outbox set status = 'held', error = $6, tries = tries + (id = $4)::integer
where platform = $1 and account = $2 and chat_id = $3 and status = 'pending' and id >= $4 and exists (select from chat)
"""


async def mark_held(connection: Connection, chat: Chat, outgoing: Outgoing, error: str) -> bool:
    """Keep a reply, and what waits behind it, until the person writes; False when they have, since it was claimed."""
    address = (chat.platform, chat.account, chat.chat_id)
    status = await connection.execute(MARK_HELD, *address, outgoing.id, outgoing.last_inbound_at, error[:500])
    return status != "UPDATE 0"


EXPIRE_HELD = """
with expired as (
    update worker.outbox set status = 'refused', error = 'expired'
    where status = 'held' and created_at < now() - interval '7 days' returning platform)
select platform, count(*) as replies from expired group by platform
"""


async def expire_held(connection: Connection) -> dict[Platform, int]:
    """Give up what was held for a week; how many replies that were, by platform."""
    return {row["platform"]: row["replies"] for row in await connection.fetch(EXPIRE_HELD)}


MARK_BLOCKED = """
with blocked as (
    update worker.chats set blocked_at = now() where platform = $1 and account = $2 and chat_id = $3
        and last_inbound_at is not distinct from $4 and handle is not distinct from $5 returning true)
update worker.outbox set status = 'refused', error = 'blocked'
where platform = $1 and account = $2 and chat_id = $3 and status in ('pending', 'held') and exists (select from blocked)
"""


async def mark_blocked(connection: Connection, chat: Chat, outgoing: Outgoing) -> bool:
    """The person blocked us: nothing that waits will be sent; a message of theirs opens the chat again.

    False, and nothing is done, when they have written since the reply was claimed, or since what it answers (a STOP
    that a START has followed).
    """
    address = (chat.platform, chat.account, chat.chat_id)
    status = await connection.execute(MARK_BLOCKED, *address, outgoing.last_inbound_at, outgoing.handle)
    return status != "UPDATE 0"


# Whoever has written since it was sent can be told now; the chat's lock orders that with a turn under way.
NOTE_DELIVERY = """
with chat as (
    select last_inbound_at from worker.chats where platform = $1 and account = $2 and chat_id = $3 for no key update)
update worker.outbox o set error = $6, released_at = case $5 when 'held' then now() else o.released_at end,
    status = case $5
    when 'held' then case when (select last_inbound_at from chat) > o.sent_at then 'pending' else 'held' end
    when 'refused' then 'refused' else o.status end
where platform = $1 and account = $2 and chat_id = $3 and external_id = $4 and status = 'sent'
"""


async def note_delivery(connection: Connection, delivery: Delivery) -> bool:
    """What the platform says of a reply it had taken; a held one waits for the next message of its chat.

    False when no such reply is known as sent: it may be that its sending is not noted yet.
    """
    chat = delivery.chat
    status = await connection.execute(
        NOTE_DELIVERY,
        chat.platform,
        chat.account,
        chat.chat_id,
        delivery.external_id,
        delivery.outcome,
        delivery.error and delivery.error[:500],
    )
    return status != "UPDATE 0"


DUE_CHATS = """
select distinct o.account, o.chat_id from worker.outbox o
where o.platform = $1 and o.status = 'pending' and o.due_at <= now() and o.account = $2 limit 500
"""


async def due_chats(connection: Connection, platform: str, account: str) -> list[Chat]:
    """Chats with replies to send now: those of other processes, of jobs, and those whose time has come again."""
    rows = await connection.fetch(DUE_CHATS, platform, account)
    return [Chat(platform, row["account"], row["chat_id"]) for row in rows]  # type: ignore[arg-type]


def unasked_handle(platform: Platform) -> str | None:
    """Of a reply that answers nothing: by e-mail it begins a thread, where it would go on with the chat's latest."""
    return "" if platform == "email" else None


ADD = """
insert into worker.outbox (platform, account, chat_id, user_id, trade_id, payload, handle)
values ($1, $2, $3, $4, $5, $6, $7) returning id
"""


async def add_reply(
    connection: Connection,
    chat: Chat,
    user_id: UUID | None,
    payload: dict[str, Any],
    trade_id: UUID | None = None,
    handle: str | None = None,
) -> int:
    """A reply from a job, in the caller's transaction; delivery finds it by its number. `handle`: as in Outgoing."""
    address = (chat.platform, chat.account, chat.chat_id)
    number: int = await connection.fetchval(ADD, *address, user_id, trade_id, json.dumps(payload), handle)
    return number


SAID_TODAY = """
select exists (select from worker.outbox where user_id = $4 and platform = $1 and account = $2 and chat_id = $3
    and payload = $5 and created_at > now() - interval '1 day')
"""


async def said_today(connection: Connection, chat: Chat, user_id: UUID, payload: dict[str, Any]) -> bool:
    """The very same was said to this chat within the last 24 hours."""
    address = (chat.platform, chat.account, chat.chat_id)
    said: bool = await connection.fetchval(SAID_TODAY, *address, user_id, json.dumps(payload))
    return said


LISTENER = """
select c.locale, p.journal_preferences::text as preferences
from public.profiles p
left join worker.chats c on c.platform = $2 and c.account = $3 and c.chat_id = $4
where p.id = $1
"""


async def listener(connection: Connection, chat: Chat, user_id: UUID) -> tuple[str | None, str | None]:
    """How to speak to whoever reads a chat: its locale, and the profile's preferences as JSON."""
    row = await connection.fetchrow(LISTENER, user_id, chat.platform, chat.account, chat.chat_id)
    return (row["locale"], row["preferences"]) if row else (None, None)


READER = """
select c.locale, p.journal_preferences::text as preferences
from worker.chats c left join public.profiles p on p.id = c.user_id
where c.platform = $1 and c.account = $2 and c.chat_id = $3
"""


async def reader(connection: Connection, chat: Chat) -> tuple[str | None, str | None]:
    """The same of whoever reads a chat, linked or not."""
    row = await connection.fetchrow(READER, chat.platform, chat.account, chat.chat_id)
    return (row["locale"], row["preferences"]) if row else (None, None)
