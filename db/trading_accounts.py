"""worker.accounts, and the columns of profiles that describe the default account.

Every statement names the user: an account of somebody else is never found. The caller holds the lock on the profile.
"""

from typing import Any, Final
from uuid import UUID

from db.pool import Connection
from db.preferences import choose

ADD = """
insert into worker.accounts (user_id, name, account_size, currency) values ($1, $2, $3, $4)
on conflict (user_id, name) do nothing returning id
"""
CLOSE = """
update worker.accounts set closed_at = case when $3 then coalesce(closed_at, now()) end where user_id = $1 and id = $2
"""
OWN: Final[dict[str, str]] = {
    "account_size": "update public.profiles set account_size = $2 where id = $1",
    "challenge_phase": "update public.profiles set challenge_phase = $2 where id = $1",
    "firm": "update public.profiles set prop_firm = $2 where id = $1",
}
FURTHER: Final[dict[str, str]] = {
    name: f"update worker.accounts set {name} = $3 where user_id = $1 and id = $2"
    for name in ("account_size", "challenge_phase", "firm", "currency")
}
FURTHER_DAY_START = "update worker.accounts set day_zone = $3, day_hour = $4 where user_id = $1 and id = $2"
HAS_OPEN_TRADES = """
select exists (select from worker.trade_facts where user_id = $1 and account_id = $2 and is_open)
"""
RECOMPUTE = "select worker.recompute($1, $2, '-infinity')"


async def add(connection: Connection, user_id: UUID, name: str, size: int, currency: str) -> UUID | None:
    """A new account; None where the name is taken, by a closed one too."""
    added: UUID | None = await connection.fetchval(ADD, user_id, name, size, currency)
    return added


async def set_closed(connection: Connection, user_id: UUID, account_id: UUID, *, closed: bool) -> None:
    await connection.execute(CLOSE, user_id, account_id, closed)


async def change(connection: Connection, user_id: UUID, account_id: UUID | None, column: str, value: Any) -> None:
    """account_size, challenge_phase, firm or currency; account_id None: the default account."""
    if account_id is None and column == "currency":
        await choose(connection, user_id, {"currency": value})
    elif account_id is None:
        await connection.execute(OWN[column], user_id, value)
    else:
        await connection.execute(FURTHER[column], user_id, account_id, value)


async def set_day_start(connection: Connection, user_id: UUID, account_id: UUID | None, zone: str, hour: int) -> None:
    """Where later trades are counted; no recorded one moves."""
    if account_id is None:
        await choose(connection, user_id, {"day_start": {"zone": zone, "hour": hour}})
    else:
        await connection.execute(FURTHER_DAY_START, user_id, account_id, zone, hour)


async def use(connection: Connection, user_id: UUID, name: str | None) -> None:
    """The account of trades that name none; None: the default one again."""
    await choose(connection, user_id, {"account": name})


async def has_open_trades(connection: Connection, user_id: UUID, account_id: UUID) -> bool:
    return bool(await connection.fetchval(HAS_OPEN_TRADES, user_id, account_id))


async def recompute(connection: Connection, user_id: UUID, account_id: UUID | None) -> None:
    """All days of an account, from its first."""
    await connection.execute(RECOMPUTE, user_id, account_id)
