"""Days beside the trades: what was told of balances, rest days, gaps. The caller holds the lock on the profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from db.jsonb import read_json
from db.pool import Connection

BalanceKind = Literal["balance", "payout", "deposit", "reset"]


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """What was told of a balance, newest first where there are several."""

    id: int
    trade_date: date
    kind: str
    said: Decimal
    peak: Decimal | None


CHANGES = """
select id, trade_date, kind, said, peak from worker.balance_changes
where user_id = $1 and account_id is not distinct from $2 order by id desc limit $3
"""
ENTERED = """
select exists (select from worker.balance_changes where user_id = $1 and account_id is not distinct from $2
               and kind in ('balance', 'reset'))
    or $2::uuid is null and exists (select from worker.entered_balances where user_id = $1)
"""
TOLD_LAST = """
select change.id, a.name from worker.balance_changes change
left join worker.accounts a on a.id = change.account_id and a.user_id = change.user_id
where change.user_id = $1 and change.created_at > coalesce(
    (select c.created_at from worker.changes c where c.user_id = $1 and c.undone_at is null order by c.id desc limit 1),
    '-infinity')
order by change.id desc limit 1
"""
DAY_ON = "select worker.day_on($1, $2, $3)::text"
TELL = "select worker.tell_balance($1, $2, $3, $4, $5, $6)::text"
UNTELL = "select worker.untell_balance($1, $2)::text"
MARK = "select worker.mark_day($1, $2, $3)"


def _row(text: str | None) -> dict[str, Any] | None:
    row: dict[str, Any] | None = read_json(text, exact=True)
    return row


async def balance_changes(
    connection: Connection, user_id: UUID, account_id: UUID | None, limit: int = 10
) -> list[BalanceChange]:
    """What was told of an account's balance, newest first."""
    return [BalanceChange(**row) for row in await connection.fetch(CHANGES, user_id, account_id, limit)]


async def told_last(connection: Connection, user_id: UUID) -> tuple[int, str | None] | None:
    """What was told of a balance after the latest change of a trade: its id, its account (None: the default one)."""
    row = await connection.fetchrow(TOLD_LAST, user_id)
    return (row["id"], row["name"]) if row else None


async def balance_is_told(connection: Connection, user_id: UUID, account_id: UUID | None) -> bool:
    """Whether somebody ever said what the balance is; else it is taken to have begun at the account's size."""
    return bool(await connection.fetchval(ENTERED, user_id, account_id))


async def day_on(connection: Connection, user_id: UUID, account_id: UUID | None, day: date) -> dict[str, Any] | None:
    """The account's day, or the latest before it; figures as Decimal or int."""
    return _row(await connection.fetchval(DAY_ON, user_id, account_id, day))


async def tell_balance(
    connection: Connection,
    user_id: UUID,
    account_id: UUID | None,
    day: date,
    kind: BalanceKind,
    said: Decimal,
    peak: Decimal | None = None,
) -> dict[str, Any]:
    """Note it and recompute the account's days from that day; the day as it then stands."""
    row = _row(await connection.fetchval(TELL, user_id, account_id, day, kind, said, peak))
    assert row is not None  # noqa: S101 - the day is made where there was none
    return row


async def untell_balance(connection: Connection, user_id: UUID, account_id: UUID | None) -> dict[str, Any] | None:
    """Take back what was told last; None where there is nothing."""
    return _row(await connection.fetchval(UNTELL, user_id, account_id))


async def mark_day(
    connection: Connection, user_id: UUID, day: date, status: Literal["rest_day", "gap", "trading"]
) -> bool:
    """Say of a day of the default account what it is; False where it cannot be that: see worker.mark_day."""
    return bool(await connection.fetchval(MARK, user_id, day, status))


GAPS_FOR_DAYS: Final = 30
"""After the latest day with a trade: who has left would else be given a day for every weekday, for ever. The streak has
ended with the first of them."""

JOURNALERS = """
select p.id, p.journal_preferences::text as preferences
from public.profiles p
where p.id > $1
  and (p.telegram_chat_id is not null or p.discord_user_id is not null or p.whatsapp_phone is not null
       or p.gmail_journal_address is not null)
  and octet_length(coalesce(p.journal_preferences::text, '')) < 20000
  and exists (select from public.daily_tracking d where d.user_id = p.id and d.trade_date >= $3 and d.trades_taken > 0)
order by p.id limit $2
"""
# Trades that other writers put in carry no day: those that were left within the session count all the same.
LACKING = f"""
select s.user_id, s.day
from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::timestamptz[]) as s (user_id, day, began, ended)
where exists (select from public.daily_tracking d
              where d.user_id = s.user_id and d.trade_date < s.day and d.trade_date >= s.day - {GAPS_FOR_DAYS}
                and d.trades_taken > 0)
  and not exists (select from public.daily_tracking d where d.user_id = s.user_id and d.trade_date = s.day)
  and not exists (
      select from public.trades t left join worker.trade_facts f on f.trade_id = t.id
      where t.user_id = s.user_id and t.created_at >= s.began and t.daily_tracking_id is null
        and f.account_id is null and coalesce(t.exit_time, t.entry_time, t.created_at) >= s.began
        and coalesce(t.exit_time, t.entry_time, t.created_at) < s.ended)
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A trader's session that is over: its day, and when it began and ended (aware)."""

    user_id: UUID
    day: date
    began: datetime
    ended: datetime


async def journalers(connection: Connection, after: UUID, limit: int, since: date) -> list[tuple[UUID, str | None]]:
    """Profiles with a chat that have traded since that day, by id: the id, and journal_preferences as text."""
    return [(row["id"], row["preferences"]) for row in await connection.fetch(JOURNALERS, after, limit, since)]


async def without_a_day(connection: Connection, sessions: Sequence[Session]) -> list[tuple[UUID, date]]:
    """The sessions of which the journal knows nothing, of traders who had traded within the month before."""
    columns = [[getattr(s, name) for s in sessions] for name in ("user_id", "day", "began", "ended")]
    return [(row["user_id"], row["day"]) for row in await connection.fetch(LACKING, *columns)]
