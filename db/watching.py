"""What the sandbox page shows of one chat and its trader, in one statement; and what was said there. Reads only."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from db.pool import Connection
from statemachine.message import Chat

MOST_TRADES: Final = 6
MOST_MESSAGES: Final = 10
MOST_JOBS: Final = 6
MOST_VERDICTS: Final = 20
MOST_SAID: Final = 100

WATCH: Final = f"""
with me as materialized (select worker.bound_profile($1, $3, $3) as id),
latest as (
    select t.id, t.created_at, t.symbol, t.direction, t.position_size, t.entry_price, t.exit_price, t.stop_loss,
        t.take_profit, t.pnl, t.audit_status, t.compliance_score, t.screenshot_url is not null as has_picture,
        coalesce(f.is_open, false) as is_open
    from public.trades t join me on t.user_id = me.id
    left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
    order by t.created_at desc, t.id limit {MOST_TRADES}),
judged as (select id, symbol, pnl from latest where audit_status = 'audited' order by created_at desc, id limit 1),
verdicts as (
    select r.rule_text, v.verdict, v.evidence, v.severity, v.is_overridden, r.sort_order, v.id
    from judged j join public.trade_rule_verdicts v on v.trade_id = j.id
    join public.trading_rules r on r.id = v.rule_id join me on r.user_id = me.id
    order by r.sort_order, v.id limit {MOST_VERDICTS}),
said as (
    select m.id, m.created_at, m.direction, m.platform, m.content_type, m.content_preview
    from public.journal_messages m join me on m.user_id = me.id
    order by m.created_at desc, m.id limit {MOST_MESSAGES}),
live as (
    select q.id, split_part(q.entrypoint, ':', 1) as name, q.status::text as status, q.execute_after as at
    from worker.pgqueuer q where q.entrypoint like '%:' || $2 and q.status in ('queued', 'picked', 'failed')
    order by q.id desc limit {MOST_JOBS}),
done as (
    select l.job_id as id, split_part(l.entrypoint, ':', 1) as name, l.status::text as status, l.created as at
    from worker.pgqueuer_log l where l.created > now() - interval '10 minutes' and l.entrypoint like '%:' || $2
        and l.status in ('successful', 'exception', 'canceled') order by l.id desc limit {MOST_JOBS})
select (select u.email from auth.users u join me on u.id = me.id) as trader,
    j.state, j.pending_trade::text, j.context::text,
    (select coalesce(jsonb_agg(to_jsonb(latest) order by created_at desc, id), '[]') from latest)::text as trades,
    (select to_jsonb(judged) from judged)::text as judged,
    (select coalesce(jsonb_agg(to_jsonb(verdicts) order by sort_order, id), '[]') from verdicts)::text as verdicts,
    (select coalesce(jsonb_agg(to_jsonb(said) order by created_at desc, id), '[]') from said)::text as messages,
    (select coalesce(jsonb_agg(to_jsonb(live) order by id desc), '[]') from live)::text as live_jobs,
    (select coalesce(jsonb_agg(to_jsonb(done) order by at desc, id desc), '[]') from done)::text as done_jobs,
    (select count(*) from worker.inbox i where i.status = 'waiting'
        and (i.platform, i.account, i.chat_id) = ($1, $2, $3)) as waiting,
    (select count(*) from worker.outbox o where o.status in ('pending', 'held')
        and (o.platform, o.account, o.chat_id) = ($1, $2, $3)) as unsent
from me left join public.journal_conversations j
    on j.user_id = me.id and j.platform = $1 and j.platform_chat_id = $3
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """The rows as they are. `trader`: the address of the profile the chat is bound to, None for a stranger.

    state, pending_trade, context  of journal_conversations, JSON as text
    judged                         the latest trade that was audited, whose `verdicts` these are
    jobs                           of the sandbox's chats: live ones, then those that ended lately
    waiting, unsent                messages that wait to be handled, replies that wait to be sent
    """

    trader: str | None
    state: str | None
    pending_trade: str | None
    context: str | None
    trades: list[dict[str, Any]]
    judged: dict[str, Any] | None
    verdicts: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    jobs: list[dict[str, Any]]
    waiting: int
    unsent: int


async def watched(connection: Connection, chat: Chat) -> Watched:
    row = await connection.fetchrow(WATCH, chat.platform, chat.account, chat.chat_id)
    assert row is not None  # noqa: S101 - `me` is one row, of a stranger too
    live, done = _read(row["live_jobs"]), _read(row["done_jobs"])
    running = {job["id"] for job in live}
    return Watched(
        trader=row["trader"],
        state=row["state"],
        pending_trade=row["pending_trade"],
        context=row["context"],
        trades=_read(row["trades"]),
        judged=_read(row["judged"]) if row["judged"] else None,
        verdicts=_read(row["verdicts"]),
        messages=_read(row["messages"]),
        jobs=[*live, *(job for job in done if job["id"] not in running)][:MOST_JOBS],
        waiting=row["waiting"],
        unsent=row["unsent"],
    )


# The log does not say in which chat a message was written: the inbox does.
SAID = f"""
with me as materialized (select worker.bound_profile($1, $3, $3) as id),
heard as (
    select m.created_at as at, i.id, i.external_id, m.content_preview as words, m.content_type = 'image' as picture,
        null as reply
    from me join public.journal_messages m on m.user_id = me.id and m.platform = $1 and m.direction = 'inbound'
    join worker.inbox i
        on (i.platform, i.account, i.chat_id, i.external_id) = ($1, $2, $3, m.metadata ->> 'external_id')
    order by m.created_at desc limit {MOST_SAID}),
told as (  -- they are sent by number, whichever transaction began first
    select max(o.created_at) over (order by o.id), o.id, o.external_id, null, false, o.payload::text
    from me join worker.outbox o on o.user_id = me.id and (o.platform, o.account, o.chat_id) = ($1, $2, $3)
    where o.status = 'sent' and o.external_id is not null
    order by o.id desc limit {MOST_SAID})
select * from (select * from heard union all select * from told) said
order by at desc, reply is null, id desc limit {MOST_SAID}
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the chat's trader as the log has it, or a `reply` as it was sent (what load_reply takes).

    words    the beginning of what was written, or the data of a button
    picture  one was sent along
    """

    at: datetime
    external_id: str
    words: str
    picture: bool
    reply: Any


async def last_said(connection: Connection, chat: Chat) -> list[Said]:
    """The last that was said in a chat by and to the trader it is bound to now, in the order of the chat."""
    rows = await connection.fetch(SAID, chat.platform, chat.account, chat.chat_id)
    return [
        Said(row["at"], row["external_id"], row["words"] or "", row["picture"], json.loads(row["reply"] or "null"))
        for row in reversed(rows)
    ]


def _read(text: str) -> Any:
    """Numbers as they are written: a page's own would round them."""
    return json.loads(text, parse_float=str, parse_int=str)
