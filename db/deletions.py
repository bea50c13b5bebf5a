"""worker.deletions: journals that are being deleted, and the statements that do it, each a portion or a whole.

What stays is named here, and everything else of a trader in schema worker goes, also what later migrations add there.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from db import profiles
from db.jsonb import read_json
from db.links import lock_chats, unbind
from db.pool import Connection
from statemachine.message import PLATFORMS, Chat

PORTION: Final = 1000
TRADES: Final = 200
"""Trades of one transaction: each takes its verdicts, facts and pictures along."""

KEPT: Final = frozenset(
    {
        "chats",  # the trader's no more; their address stays that of a stranger
        "inbox",  # without words and without the trader: a message that comes twice must be known
        "deletions",
        "credit_months",  # or every deletion would bring new free audits
        "model_calls",
        "model_costs",  # what calls of the model cost: figures, no words
        "rule_checks",  # of rules, which stay in the web account
        "first_audits",  # or a referral would count twice
    }
)
"""Tables of schema worker whose rows stay, or are dealt with by a statement of their own."""

BEGIN: Final = """
insert into worker.deletions (user_id, chats)
select $1, jsonb_build_array($2::jsonb) || coalesce((
    select jsonb_agg(jsonb_build_object('platform', c.platform, 'account', c.account, 'chat_id', c.chat_id))
    from worker.chats c where c.user_id = $1
        and (c.platform, c.account, c.chat_id)
            <> ($2::jsonb ->> 'platform', $2::jsonb ->> 'account', $2::jsonb ->> 'chat_id')),
    '[]')
on conflict do nothing
"""


async def begin(connection: Connection, user_id: UUID, chat: Chat) -> None:
    """Unlink every chat of the trader and note that the rest is to follow, in the turn's transaction."""
    named = {"platform": chat.platform, "account": chat.account, "chat_id": chat.chat_id}
    await connection.execute(BEGIN, user_id, json.dumps(named))
    await unlink(connection, user_id)


async def unlink(connection: Connection, user_id: UUID) -> None:
    """Every chat of the trader becomes nobody's; what was on its way there is dropped."""
    for platform in PLATFORMS:
        await lock_chats(connection, user_id, platform)
        await unbind(connection, user_id, platform)


async def chats_of(connection: Connection, user_id: UUID) -> list[Chat] | None:
    """The chats the journal had, the one that asked first; None when no deletion is under way."""
    found = await connection.fetchval("select chats::text from worker.deletions where user_id = $1", user_id)
    return _chats(found) if found is not None else None


def _chats(stored: str) -> list[Chat]:
    return [Chat(each["platform"], each["account"], each["chat_id"]) for each in read_json(stored)]


async def under_way(connection: Connection) -> list[tuple[UUID, Chat]]:
    """The journals that are being deleted, and the chat that each was asked in."""
    rows = await connection.fetch("select user_id, chats::text from worker.deletions order by asked_at limit 1000")
    return [(row["user_id"], _chats(row["chats"])[0]) for row in rows]


# ---- jobs

OF_USER: Final = """
split_part(j.entrypoint, ':', 1) <> 'delete_me' and j.payload is not null
and convert_from(j.payload, 'UTF8')::jsonb ->> 'user_id' = $1::uuid::text
"""
DROP_JOBS: Final = f"""
with gone as (
    delete from worker.pgqueuer j where j.status in ('queued', 'failed') and ({OF_USER} or j.status = 'failed'
        and j.payload is not null and exists (
            select from worker.deletions d cross join jsonb_array_elements(d.chats) chat
            where d.user_id = $1 and convert_from(j.payload, 'UTF8')::jsonb @> chat))
    returning j.id)
delete from worker.pgqueuer_log l using gone where l.job_id = gone.id
"""
# What nobody works on is waited for no longer: a worker that died, a terminal's chat that nobody serves.
BUSY: Final = f"""
select exists (select from worker.pgqueuer j
               where j.status = 'picked' and j.heartbeat > now() - interval '5 minutes' and {OF_USER})
    or exists (select from worker.inbox
               where user_id = $1 and status = 'waiting' and received_at > now() - interval '10 minutes')
    or exists (select from public.trades where user_id = $1)
"""


async def drop_jobs(connection: Connection, user_id: UUID) -> None:
    """The trader's jobs that do not run, and the dead letters of them and of their chats, with their log."""
    await connection.execute(DROP_JOBS, user_id)


async def is_busy(connection: Connection, user_id: UUID) -> bool:
    """A job of the trader is still running, a message waits to be answered, or there are trades again."""
    return bool(await connection.fetchval(BUSY, user_id))


# ---- trades, their pictures first


@dataclass(frozen=True, slots=True)
class Doomed:
    """A trade to delete. `paths`: of its pictures after the first, which is `url`."""

    id: UUID
    url: str | None
    paths: tuple[str, ...]


SOME_TRADES: Final = """
select t.id, t.screenshot_url as url,
    array(select p.path from worker.trade_pictures p where p.trade_id = t.id order by p.id) as paths
from public.trades t where t.user_id = $1 order by t.created_at desc limit $2
"""
# One that was given another picture meanwhile is looked at again.
DELETE_TRADES: Final = """
with doomed as (
    select * from unnest($2::uuid[], $3::text[], $4::integer[]) as doomed (id, url, pictures)),
gone as (
    delete from public.trades t using doomed d
    where t.id = d.id and t.user_id = $1 and t.screenshot_url is not distinct from d.url
      and d.pictures = (select count(*) from worker.trade_pictures p where p.trade_id = t.id)
    returning (d.url is not null)::integer + d.pictures as pictures)
update worker.deletions set trades = trades + (select count(*) from gone),
    pictures = pictures + (select coalesce(sum(gone.pictures), 0) from gone)
where user_id = $1
"""


async def some_trades(connection: Connection, user_id: UUID) -> list[Doomed]:
    """The next portion; empty when none are left."""
    rows = await connection.fetch(SOME_TRADES, user_id, TRADES)
    return [Doomed(row["id"], row["url"], tuple(row["paths"])) for row in rows]


async def delete_trades(connection: Connection, user_id: UUID, trades: Sequence[Doomed]) -> None:
    """Delete trades whose pictures are gone, with all that hangs on them: verdicts, facts, shares."""
    await profiles.lock(connection, user_id)
    named = ([trade.id for trade in trades], [trade.url for trade in trades], [len(trade.paths) for trade in trades])
    await connection.execute(DELETE_TRADES, user_id, *named)


# ---- everything else

PORTIONS: Final = (
    """
delete from public.journal_messages where id in (
    select id from public.journal_messages where user_id = $1 order by created_at limit $2)
""",
    "delete from worker.outbox where id in (select id from worker.outbox where user_id = $1 limit $2)",
    """
update worker.inbox set user_id = null, group_id = null, payload = null, error = null, status = 'done' where id in (
    select id from worker.inbox
    where user_id = $1 and (status <> 'waiting' or received_at < now() - interval '10 minutes') limit $2)
""",
)
OF_CHATS: Final = (
    """
delete from worker.outbox where platform = $1 and account = $2 and chat_id = $3 and external_id is not null
    and status not in ('pending', 'held')
""",
    """
update worker.inbox set payload = null, error = null, status = 'done'
where platform = $1 and account = $2 and chat_id = $3 and status = 'failed'
""",
    "delete from worker.attempts where platform = $1 and account = $2 and chat_id = $3",
)
WHOLE: Final = (
    "delete from public.journal_conversations where user_id = $1",
    "delete from public.platform_link_codes where user_id = $1",
    "delete from public.anonymous_audits where claimed_by = $1",
    """
delete from public.daily_tracking d where d.user_id = $1
    and not exists (select from public.trades t where t.daily_tracking_id = d.id and t.user_id = d.user_id)
""",
    """
update public.trading_rules set quality_grade = null, win_rate = null, avg_pnl = null, sample_count = 0,
    last_graded_at = null
where user_id = $1 and (sample_count > 0 or last_graded_at is not null)
""",
    """
update public.profiles set current_streak_days = 0, longest_streak_days = 0, last_audit_date = null,
    has_byok_key = false
where id = $1
""",
)
OTHER_TABLES: Final = """
select quote_ident(c.relname) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
where c.relnamespace = 'worker'::regnamespace and c.relkind = 'r' and not c.relname = any ($1)
"""


async def delete_portion(connection: Connection, user_id: UUID) -> bool:
    """A portion of the messages, replies and log; False when nothing is left of them."""
    gone = [await connection.execute(statement, user_id, PORTION) for statement in PORTIONS]
    return any(int(status.rpartition(" ")[2]) for status in gone)


async def delete_of_chat(connection: Connection, chat: Chat) -> None:
    """What a chat was sent, what failed in it, and the tries of its messages, whosever they were."""
    for statement in OF_CHATS:
        await connection.execute(statement, chat.platform, chat.account, chat.chat_id)


async def delete_rest(connection: Connection, user_id: UUID) -> None:
    """Everything else of the journal, in the caller's transaction."""
    await profiles.lock(connection, user_id)
    for statement in WHOLE:
        await connection.execute(statement, user_id)
    tables = [row[0] for row in await connection.fetch(OTHER_TABLES, list(KEPT))]
    tables.sort(key=lambda name: name == "accounts")  # facts of trades name accounts, and hold them
    for table in tables:
        await connection.execute(f"delete from worker.{table} where user_id = $1", user_id)


async def end(connection: Connection, user_id: UUID) -> tuple[int, int]:
    """The deletion is done; how many trades and pictures it was."""
    row = await connection.fetchrow(
        "delete from worker.deletions where user_id = $1 returning trades, pictures", user_id
    )
    return (row["trades"], row["pictures"]) if row else (0, 0)
