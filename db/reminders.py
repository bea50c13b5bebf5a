"""worker.reminders and worker.told: who is to be looked at when, and what was told, once for its period.

Every statement runs in the transaction of one trader's look, which holds the lock on the profile from `claim` on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from db.conversations import load_known_trades
from db.jsonb import read_json
from db.outbox import unasked_handle
from db.pool import Connection
from statemachine.conversation import KnownTrade
from statemachine.message import Chat


@dataclass(frozen=True, slots=True)
class Claimed:
    """A trader who is to be looked at. `preferences`: JSON of the profile, None where they are beyond what is sane."""

    user_id: UUID
    looked_at: datetime | None
    linked: bool
    preferences: str | None


# Who is locked is passed over: a turn's lock is not waited for, and of two workers one has the trader.
CLAIM: Final = """
select r.user_id, r.looked_at,
    coalesce(p.telegram_chat_id, p.discord_user_id, p.whatsapp_phone, p.gmail_journal_address) is not null as linked,
    case when octet_length(p.journal_preferences::text) < 20000 then p.journal_preferences::text end as preferences
from worker.reminders r join public.profiles p on p.id = r.user_id
where r.next_at <= $1 order by r.next_at limit 1
for no key update of r, p skip locked
"""


async def claim(connection: Connection, now: datetime) -> Claimed | None:
    """The trader who has waited longest, the profile locked; None where nobody is due, or another worker has them."""
    row = await connection.fetchrow(CLAIM, now)
    if row is None:
        return None
    return Claimed(row["user_id"], row["looked_at"], row["linked"], row["preferences"])


LOOKED = """
update worker.reminders set looked_at = $2, next_at = coalesce($3::timestamptz, 'infinity') where user_id = $1
"""


async def looked(connection: Connection, user_id: UUID, looked_at: datetime, next_at: datetime | None) -> None:
    """`next_at` None: not before the trader wishes otherwise."""
    await connection.execute(LOOKED, user_id, looked_at, next_at)


PUT_OFF = "update worker.reminders set next_at = $2 where user_id = $1 and next_at < $2"


async def put_off(connection: Connection, user_id: UUID, until: datetime) -> None:
    """A trader who could not be looked at."""
    await connection.execute(PUT_OFF, user_id, until)


RESTS: Final = """
select array(select d.trade_date from public.daily_tracking d
             where d.user_id = $1 and d.trade_date between $2 and $3 and d.day_status = 'rest_day')
"""


async def rests(connection: Connection, user_id: UUID, first: date, last: date) -> frozenset[date]:
    """The rest days of the default account, both ends counted."""
    return frozenset(await connection.fetchval(RESTS, user_id, first, last))


async def look_again(connection: Connection, user_id: UUID) -> None:
    """In the next run, as what is due may be due at another time now."""
    await connection.execute("update worker.reminders set next_at = '-infinity' where user_id = $1", user_id)


# The chat the trader was last heard from in. A terminal's lives for a talk.
HEARER: Final = """
select chat.*,
    (select jsonb_agg(to_jsonb(a) - array['user_id', 'created_at'] order by a.created_at, a.id)::text
     from (select * from worker.accounts a where a.user_id = $1 and a.closed_at is null
           order by a.created_at, a.id limit 20) a) as accounts,
    array(select t.kind || ' ' || t.period from worker.told t
          where t.user_id = $1 and (t.kind, t.period) in (select * from unnest($2::text[], $3::date[]))) as told
from (select) one left join lateral (
    select c.platform, c.account, c.chat_id, c.locale from worker.chats c
    where c.user_id = $1 and c.account <> 'local' and c.blocked_at is null
      and worker.bound_profile(c.platform, c.chat_id, c.chat_id) = $1
    order by c.last_inbound_at desc nulls last, c.platform, c.account limit 1) chat on true
"""


@dataclass(frozen=True, slots=True)
class Hearer:
    """Who would be told. `chat`: None where there is none; `accounts`: rows of those beside the default one;
    `told`: kinds and periods that were told before."""

    chat: Chat | None
    locale: str | None
    accounts: list[dict[str, Any]]
    told: frozenset[tuple[str, date]]


async def hearer(connection: Connection, user_id: UUID, periods: Sequence[tuple[str, date]]) -> Hearer:
    """`periods`: kinds and periods that may have been told."""
    kinds, of = [kind for kind, _ in periods], [period for _, period in periods]
    row = await connection.fetchrow(HEARER, user_id, kinds, of)
    assert row is not None  # noqa: S101 - it begins with one row
    chat = None if row["chat_id"] is None else Chat(row["platform"], row["account"], row["chat_id"])
    told = (each.split(" ") for each in row["told"])
    return Hearer(
        chat=chat,
        locale=row["locale"],
        accounts=read_json(row["accounts"]) or [],
        told=frozenset((kind, date.fromisoformat(period)) for kind, period in told),
    )


# A row that today would go on, with nothing recorded today: the days between were rest, or a weekend without trades.
AT_RISK: Final = """
select p.current_streak_days from public.profiles p
where p.id = $1 and p.current_streak_days >= $3 and p.last_audit_date < $2 and p.last_audit_date > $2 - 31
  and not exists (
      select from public.daily_tracking d join public.trades t on t.daily_tracking_id = d.id and t.user_id = d.user_id
      where d.user_id = p.id and d.trade_date = $2)
  and not exists (
      select from generate_series((p.last_audit_date + 1)::timestamp, ($2 - 1)::timestamp, interval '1 day') as missed
      left join public.daily_tracking d on d.user_id = p.id and d.trade_date = missed::date
      where d.day_status is distinct from 'rest_day' and (extract(isodow from missed) < 6 or d.trades_taken > 0))
"""


async def streak_at_risk(connection: Connection, user_id: UUID, day: date, least: int) -> int | None:
    """The days of a streak, where it ends unless something is recorded on that day; None below `least` days."""
    days: int | None = await connection.fetchval(AT_RISK, user_id, day, least)
    return days


OPEN: Final = """
select json_agg(worker.known_trade(t, f) order by f.created_at desc)::text
from (select * from worker.trade_facts f where f.user_id = $1 and f.is_open order by f.created_at desc limit $2) f
join public.trades t on t.id = f.trade_id and t.user_id = $1
"""


async def open_trades(connection: Connection, user_id: UUID, most: int) -> tuple[KnownTrade, ...]:
    return load_known_trades(await connection.fetchval(OPEN, user_id, most))


# What was told before and has not arrived (held until the person writes, or late) is outdated by a newer one of its
# kind, a prompt by anything; a digest waits on, whatever the days after it bring.
TELL: Final = """
with dropped as (
    update worker.outbox o set status = 'dropped', error = 'outdated'
    from (select t.outbox_id from worker.told t
          where t.user_id = $1 and t.told_at > $8::timestamptz - interval '8 days'
          group by t.outbox_id having bool_and(t.kind = any ($6) or t.kind not in ('summary', 'digest'))) old
    where o.id = old.outbox_id and o.user_id = $1 and o.status in ('pending', 'held')),
added as (
    insert into worker.outbox (platform, account, chat_id, user_id, payload, handle) values ($2, $3, $4, $1, $5, $9)
    returning id)
insert into worker.told (user_id, kind, period, told_at, outbox_id)
select $1, of.kind, of.period, $8, added.id from added, unnest($6::text[], $7::date[]) as of (kind, period)
"""


async def tell(
    connection: Connection,
    user_id: UUID,
    chat: Chat,
    payload: dict[str, Any],
    periods: Sequence[tuple[str, date]],
    now: datetime,
) -> None:
    """Put a reply into the outbox, and note which kinds and periods it tells of. Raises Conflict where one was told."""
    kinds, of = [kind for kind, _ in periods], [period for _, period in periods]
    address = (chat.platform, chat.account, chat.chat_id)
    handle = unasked_handle(chat.platform)
    await connection.execute(TELL, user_id, *address, json.dumps(payload), kinds, of, now, handle)
