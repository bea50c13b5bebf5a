"""What has had its time, table by table: each statement deletes the oldest rows, a portion at a time.

Rows that a transaction holds are passed over, so no turn waits for pruning and two workers do not wait for each other.
Each finds what it looks for by an index; with nothing due it reads next to nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from db.pool import Connection

Pruned = Literal[
    "link_codes", "link_attempts", "attempts", "failed_messages", "message_keys", "replies", "strangers",
    "dead_jobs", "job_log", "job_statistics", "exports", "changes", "charts", "imports", "told",
]  # fmt: skip

PORTION: Final = 1000
"""Rows of one transaction."""

# $1 days, $2 rows at most.
STATEMENTS: Final[Mapping[Pruned, str]] = MappingProxyType(
    {
        "link_codes": """
delete from public.platform_link_codes where id in (
    select id from public.platform_link_codes where expires_at < now() - make_interval(days => $1)
    order by expires_at limit $2 for update skip locked)
""",
        "link_attempts": """
delete from worker.link_attempts where id in (
    select id from worker.link_attempts
    where platform in ('telegram', 'discord', 'whatsapp', 'email') and tried_at < now() - make_interval(days => $1)
    limit $2 for update skip locked)
""",
        "attempts": """
delete from worker.attempts where (platform, account, chat_id, external_id) in (
    select platform, account, chat_id, external_id from worker.attempts
    where last_at < now() - make_interval(days => $1) order by last_at limit $2 for update skip locked)
""",
        # Its words go, its name stays: without them `vigil jobs` neither lists it nor tries it again.
        "failed_messages": """
update worker.inbox set status = 'done', payload = null where id in (
    select id from worker.inbox
    where status = 'failed' and coalesce(handled_at, received_at) < now() - make_interval(days => $1)
    order by id limit $2 for update skip locked)
""",
        "message_keys": """
delete from worker.inbox where id in (
    select id from worker.inbox where received_at < now() - make_interval(days => $1) and status <> 'waiting'
    order by received_at limit $2 for update skip locked)
""",
        "replies": """
delete from worker.outbox where id in (
    select id from worker.outbox
    where status in ('sent', 'refused', 'dropped') and created_at < now() - make_interval(days => $1)
    order by created_at limit $2 for update skip locked)
""",
        # A number that is bound keeps its row: how long it was silent decides whether it needs a new code.
        "strangers": """
delete from worker.chats where (platform, account, chat_id) in (
    select c.platform, c.account, c.chat_id from worker.chats c
    where c.user_id is null and coalesce(c.last_inbound_at, c.created_at) < now() - make_interval(days => $1)
      and worker.bound_profile(c.platform, c.chat_id, c.chat_id) is null
      and not exists (select from worker.outbox o where o.platform = c.platform and o.account = c.account
                          and o.chat_id = c.chat_id and o.status = 'pending')
      and not exists (select from worker.outbox o where o.platform = c.platform and o.account = c.account
                          and o.chat_id = c.chat_id and o.status = 'held')
      and not exists (select from worker.inbox i where i.platform = c.platform and i.account = c.account
                          and i.chat_id = c.chat_id and i.status = 'waiting')
    order by coalesce(c.last_inbound_at, c.created_at) limit $2 for no key update of c skip locked)
""",
        "dead_jobs": """
delete from worker.pgqueuer where id in (
    select id from worker.pgqueuer where status = 'failed' and updated < now() - make_interval(days => $1)
    order by updated limit $2 for update skip locked)
""",
        # What a dead letter died of is told as long as there is the letter.
        "job_log": """
delete from worker.pgqueuer_log where id in (
    select l.id from worker.pgqueuer_log l
    where l.created < now() - make_interval(days => $1) and l.aggregated
      and not exists (select from worker.pgqueuer j where j.id = l.job_id)
    order by l.created limit $2 for update skip locked)
""",
        "job_statistics": """
delete from worker.pgqueuer_statistics where id in (
    select id from worker.pgqueuer_statistics where created < now() - make_interval(days => $1)
    order by created limit $2 for update skip locked)
""",
        "changes": """
delete from worker.changes where id in (
    select id from worker.changes where coalesce(undone_at, created_at) < now() - make_interval(days => $1)
    order by coalesce(undone_at, created_at) limit $2 for update skip locked)
""",
        "charts": """
delete from worker.charts where id in (
    select id from worker.charts where asked_at < now() - make_interval(days => $1)
    order by asked_at limit $2 for update skip locked)
""",
        "told": """
delete from worker.told where (user_id, kind, period) in (
    select user_id, kind, period from worker.told where told_at < now() - make_interval(days => $1)
    order by told_at limit $2 for update skip locked)
""",
        "imports": """
delete from worker.imports where id in (
    select id from worker.imports
    where status in ('reading', 'asking', 'ready', 'saving', 'dropped') and asked_at < now() - make_interval(days => $1)
    order by asked_at limit $2 for update skip locked)
""",
        "exports": """
delete from worker.exports where id in (
    select id from worker.exports where asked_at < now() - make_interval(days => $1)
    order by asked_at limit $2 for update skip locked)
""",
    }
)


async def prune(connection: Connection, what: Pruned, days: int) -> int:
    """Delete a portion of what is older than so many days; how many rows that were, PORTION where more may be left."""
    return int((await connection.execute(STATEMENTS[what], days, PORTION)).rpartition(" ")[2])


# The log has an index by trader and time, and none by time alone: it is gone through trader by trader.
OLD_MESSAGES = """
with traders as (  -- coalesce: with "or" the profiles before would be read again each time
    select p.id from public.profiles p
    where p.id > coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid) order by p.id limit 200),
old as (
    select m.id from traders cross join lateral (
        select m.id from public.journal_messages m
        where m.user_id = traders.id and m.created_at < now() - make_interval(days => $2)
        order by m.created_at limit $3) m
    limit $3),
gone as (delete from public.journal_messages m using old where m.id = old.id returning m.id)
select (select id from traders order by id desc limit 1) as last, (select count(*) from gone)::integer as messages
"""


async def prune_messages(connection: Connection, days: int, after: UUID | None) -> tuple[UUID | None, int]:
    """Delete a portion of the log of the next 200 traders: the last of them, None at the end, and how many messages.

    With PORTION messages more of theirs may be left.
    """
    row = await connection.fetchrow(OLD_MESSAGES, after, days, PORTION)
    assert row is not None  # noqa: S101 - two sub-selects give one row
    return row["last"], row["messages"]
