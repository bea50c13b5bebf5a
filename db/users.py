"""One trader as an operator looks at them: plan, bindings, chats, what waits and what failed. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.pool import Connection

MOST_CHATS = 20
MOST_FAILED = 20

USER = """
select u.email, p.created_at, p.subscription_status as status, p.subscription_plan as plan,
    p.subscription_period_end as period_end, coalesce(p.free_audits_remaining, 0) as free_audits,
    p.subscription_status in ('trialing', 'active')
        or (p.subscription_status = 'trial' and coalesce(p.trial_ends_at, 'infinity') > now()) as unlimited,
    (select k.provider from worker.ai_keys k where k.user_id = p.id) as own_key,
    p.telegram_chat_id, p.discord_user_id, p.whatsapp_phone, p.gmail_journal_address
from public.profiles p join auth.users u on u.id = p.id
where p.id = $1
"""
CHATS = f"""
select c.platform, c.account, c.chat_id, c.last_inbound_at, c.blocked_at, coalesce(j.state, 'idle') as state,
    (select count(*) from worker.inbox i where i.status = 'waiting'
        and (i.platform, i.account, i.chat_id) = (c.platform, c.account, c.chat_id)) as waiting
from worker.chats c
left join public.journal_conversations j
    on j.user_id = c.user_id and j.platform = c.platform and j.platform_chat_id = c.chat_id
where c.user_id = $1 order by c.last_inbound_at desc nulls last, c.platform, c.account limit {MOST_CHATS}
"""
REPLIES = """
select count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'held') as held,
    count(*) filter (where status = 'refused') as refused
from worker.outbox where user_id = $1
"""
# A message that failed before its sender was known is still one of their chats.
FAILED = f"""
select i.id from worker.inbox i
where i.status = 'failed' and (i.user_id = $1 or exists (
    select from worker.chats c where c.user_id = $1
        and (c.platform, c.account, c.chat_id) = (i.platform, i.account, i.chat_id)))
order by i.id desc limit {MOST_FAILED}
"""
TRADES = """
select count(*) as trades, max(t.created_at) as latest, count(*) filter (where f.is_open) as open,
    count(*) filter (where t.audit_status = 'pending' and f.is_open is not true) as unaudited
from public.trades t left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
where t.user_id = $1
"""


@dataclass(frozen=True, slots=True)
class User:
    """Account, plan and bindings. `own_key`: the provider of the trader's own key; the key itself is never read."""

    email: str
    created_at: datetime
    status: str | None
    plan: str | None
    period_end: datetime | None
    free_audits: int
    unlimited: bool | None
    own_key: str | None
    telegram_chat_id: str | None
    discord_user_id: str | None
    whatsapp_phone: str | None
    gmail_journal_address: str | None


@dataclass(frozen=True, slots=True)
class UserChat:
    platform: str
    account: str
    chat_id: str
    last_inbound_at: datetime | None
    blocked_at: datetime | None
    state: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Replies:
    """What has not reached the trader: `held` until they write, `refused` by the platform."""

    pending: int
    held: int
    refused: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The journal in figures. `unaudited`: closed trades that wait for their audit."""

    trades: int
    latest: datetime | None
    open: int
    unaudited: int


async def user(connection: Connection, user_id: UUID) -> User:
    row = await connection.fetchrow(USER, user_id)
    assert row is not None  # noqa: S101 - found by its address in the same transaction
    return User(**row)


async def chats(connection: Connection, user_id: UUID) -> list[UserChat]:
    """The latest first, MOST_CHATS at most."""
    return [UserChat(**row) for row in await connection.fetch(CHATS, user_id)]


async def replies(connection: Connection, user_id: UUID) -> Replies:
    row = await connection.fetchrow(REPLIES, user_id)
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return Replies(**row)


async def failed(connection: Connection, user_id: UUID) -> list[int]:
    """Numbers of the messages that were set aside, the latest first, MOST_FAILED at most."""
    return [row["id"] for row in await connection.fetch(FAILED, user_id)]


async def kept(connection: Connection, user_id: UUID) -> Kept:
    row = await connection.fetchrow(TRADES, user_id)
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return Kept(**row)
