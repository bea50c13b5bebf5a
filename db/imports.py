"""worker.imports: files of brokers, what was read of them, and what was saved."""

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from db.jsonb import read_json
from db.pool import Connection
from statemachine.message import Chat

PATIENCE: Final = 600.0
"""Seconds for one statement: the trades of a large file are saved at once."""

REPLACE: Final = """
with old as (
    update worker.imports set status = 'dropped'
    where user_id = $1 and (status in ('asking', 'ready')
                            or status = 'reading' and asked_at < now() - interval '1 hour')
    returning id),
trades as (delete from worker.import_trades t using old where t.import_id = old.id)
delete from worker.import_fills f using old where f.import_id = old.id
"""
BEGIN: Final = """
insert into worker.imports (user_id, account_id, platform, account, chat_id, attachment, told)
values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb)
on conflict (user_id) where status = 'reading' do nothing returning id
"""


@dataclass(frozen=True, slots=True)
class Import:
    """One file of a trader. `account_id` None: for the default account."""

    id: UUID
    status: str
    account_id: UUID | None
    attachment: dict[str, Any]
    told: dict[str, Any]
    summary: dict[str, Any]


async def begin(
    connection: Connection, user_id: UUID, account_id: UUID | None, chat: Chat, attachment: str, told: dict[str, Any]
) -> UUID | None:
    """Note that a file is to be read; what waited unsaved is dropped. None while another one is being read."""
    await connection.execute(REPLACE, user_id)
    begun: UUID | None = await connection.fetchval(
        BEGIN, user_id, account_id, chat.platform, chat.account, chat.chat_id, attachment, json.dumps(told)
    )
    return begun


COLUMNS: Final = """
id, status, account_id, attachment::text as attachment, told::text as told, coalesce(summary, '{}')::text as summary
"""
FIND: Final = f"select {COLUMNS} from worker.imports where id = $2 and user_id = $1"
WAITING: Final = f"""
select {COLUMNS} from worker.imports where user_id = $1 and status in ('asking', 'ready') order by asked_at desc limit 1
"""


def _import(row: Any) -> Import | None:
    if row is None:
        return None
    parts = {name: read_json(row[name]) or {} for name in ("attachment", "told", "summary")}
    return Import(row["id"], row["status"], row["account_id"], **parts)


async def find(connection: Connection, user_id: UUID, import_id: UUID) -> Import | None:
    return _import(await connection.fetchrow(FIND, user_id, import_id))


async def lock(connection: Connection, user_id: UUID, import_id: UUID) -> Import | None:
    """Lock the import alone: what was read of a large file takes long to be put away, and changes no trade. Nothing may
    be locked behind it."""
    return _import(await connection.fetchrow(f"{FIND} for update", user_id, import_id))


async def waiting(connection: Connection, user_id: UUID) -> Import | None:
    """What was read and neither saved nor dropped."""
    return _import(await connection.fetchrow(WAITING, user_id))


async def read_again(connection: Connection, user_id: UUID, import_id: UUID, told: dict[str, Any]) -> None:
    """With what the trader told of the file."""
    await connection.execute(
        "update worker.imports set status = 'reading', told = $3::jsonb, asked_at = now()"
        " where id = $2 and user_id = $1 and status in ('asking', 'ready')",
        user_id,
        import_id,
        json.dumps(told),
    )


REMEMBERED: Final = """
select coalesce(jsonb_object_agg(header, columns), '{}')::text from (
    select distinct on (i.summary ->> 'header') i.summary ->> 'header' as header, i.told -> 'columns' as columns
    from worker.imports i
    where i.user_id = $1 and i.status in ('saved', 'undone') and i.told -> 'columns' is not null
      and i.summary ->> 'header' is not null
    order by i.summary ->> 'header', i.saved_at desc) told
"""


async def known(connection: Connection, user_id: UUID, account_id: UUID | None) -> dict[str, str]:
    """What a file is compared with, each as JSON: earlier imports, the account's trades, columns told before."""
    return {
        "brokers": await connection.fetchval("select worker.imported($1)::text", user_id, timeout=PATIENCE),
        "journal": await connection.fetchval(
            "select worker.comparable_trades($1, $2)::text", user_id, account_id, timeout=PATIENCE
        ),
        "remembered": await connection.fetchval(REMEMBERED, user_id),
    }


CLEAR: Final = (
    "delete from worker.import_trades where import_id = $1",
    "delete from worker.import_fills where import_id = $1",
)
PUT: Final = """
with portion as (select $3::jsonb as data),
trades as (
    insert into worker.import_trades (import_id, user_id, number, same_as, trade)
    select $1, $2, (t ->> 'number')::integer, (t ->> 'same_as')::uuid, t - array['number', 'same_as']
    from portion cross join lateral jsonb_array_elements(portion.data -> 'trades') t)
insert into worker.import_fills (import_id, user_id, key, fill)
select $1, $2, f ->> 'key', f -> 'fill' from portion cross join lateral jsonb_array_elements(portion.data -> 'fills') f
on conflict do nothing
"""


async def put(connection: Connection, user_id: UUID, import_id: UUID, portions: list[str]) -> None:
    """What was read, in place of what was read before. In the caller's transaction, which has locked the import."""
    for statement in CLEAR:
        await connection.execute(statement, import_id)
    for portion in portions:
        await connection.execute(PUT, import_id, user_id, portion)


async def end(connection: Connection, import_id: UUID, status: str, summary: str | None = None) -> None:
    """`status`: asking, ready or dropped; `summary` as JSON."""
    await connection.execute(
        "update worker.imports set status = $2, summary = coalesce($3::jsonb, summary) where id = $1",
        import_id,
        status,
        summary,
    )


async def allow_time(connection: Connection) -> None:
    """For the statements of this transaction: a large file is saved by one."""
    await connection.execute(f"set local statement_timeout = '{PATIENCE:.0f}s'")


BEGIN_SAVING: Final = """
update worker.imports set status = 'saving' where id = $2 and user_id = $1 and status in ('ready', 'undone')
"""
END_SAVING: Final = """
update worker.imports set status = case when undone_at is null then 'ready' else 'undone' end
where id = $2 and user_id = $1 and status = 'saving'
"""


async def begin_saving(connection: Connection, user_id: UUID, import_id: UUID) -> None:
    """In the turn that asks for it: no other file takes its place any more."""
    await connection.execute(BEGIN_SAVING, user_id, import_id)


async def end_saving(connection: Connection, user_id: UUID, import_id: UUID) -> None:
    """It came to nothing: the file waits again as it did."""
    await connection.execute(END_SAVING, user_id, import_id)


async def save(connection: Connection, user_id: UUID, import_id: UUID, *, merging: bool) -> dict[str, int] | None:
    """How many trades were recorded, and how many became one with the journal's; None where nothing is to be saved.
    Locks the profile, as late as it can. Raises Collided where all has to begin anew."""
    done = await connection.fetchval(
        "select worker.save_import($1, $2, $3)::text", user_id, import_id, merging, timeout=PATIENCE
    )
    return read_json(done)  # type: ignore[no-any-return]


async def undo(connection: Connection, user_id: UUID, import_id: UUID) -> dict[str, int] | None:
    """How many trades went, became two again, and stayed as they were changed since; None where it is not saved. Locks
    and raises as save does."""
    done = await connection.fetchval("select worker.undo_import($1, $2)::text", user_id, import_id, timeout=PATIENCE)
    return read_json(done)  # type: ignore[no-any-return]


SAVED_LAST: Final = """
select i.id from worker.imports i
where i.user_id = $1 and (i.status = 'saving' or i.status = 'saved'
  and i.saved_at > coalesce((select c.created_at from worker.changes c where c.user_id = $1 and c.undone_at is null
                             order by c.id desc limit 1), '-infinity')
  and i.saved_at > coalesce((select b.created_at from worker.balance_changes b where b.user_id = $1
                             order by b.id desc limit 1), '-infinity'))
order by i.status = 'saving' desc, i.saved_at desc limit 1
"""
UNDONE_LAST: Final = """
select i.id from worker.imports i
where i.user_id = $1 and i.status = 'undone'
  and i.undone_at > coalesce((select max(greatest(c.created_at, c.undone_at)) from worker.changes c
                              where c.user_id = $1), '-infinity')
order by i.undone_at desc limit 1
"""


async def saved_last(connection: Connection, user_id: UUID) -> UUID | None:
    """The import that is being saved, or was after every other change that stands."""
    found: UUID | None = await connection.fetchval(SAVED_LAST, user_id)
    return found


async def undone_last(connection: Connection, user_id: UUID) -> UUID | None:
    """The import that was taken back after everything else that was done or taken back."""
    found: UUID | None = await connection.fetchval(UNDONE_LAST, user_id)
    return found
