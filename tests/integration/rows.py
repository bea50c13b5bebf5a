"""A row of any table, made from the catalogue: what must stand in it, and whose it is.

So a table that a later migration adds has rows in these tests without anybody thinking of it.
"""

import re
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from tests.integration.databases import sign_up

COLUMNS = """
select a.attname as name,
    a.attnotnull and not a.atthasdef or exists (  -- a default that is no key of its own
        select from pg_index i where i.indrelid = a.attrelid and i.indisunique and i.indkey[0] = a.attnum
            and i.indnkeyatts = 1 and pg_get_expr(d.adbin, d.adrelid) !~ 'gen_random_uuid|nextval') as required,
    format_type(a.atttypid, null) as type,
    case when t.typtype = 'e' then (select min(enumlabel) from pg_enum where enumtypid = t.oid) end as label,
    f.confrelid::regclass::text as refers_to, f.confrelid = a.attrelid as to_itself,
    (select k.attname from pg_attribute k where k.attrelid = f.confrelid and k.attnum = f.confkey[1]) as key,
    exists (select from pg_attribute o where o.attrelid = f.confrelid and o.attname = 'user_id') as is_owned,
    f.confdeltype = 'a' as holds,
    coalesce((select string_agg(pg_get_constraintdef(k.oid), ' and ') from pg_constraint k
        where k.conrelid = a.attrelid and k.contype = 'c' and a.attnum = any (k.conkey)), '') as checks,
    exists (select from pg_index i where i.indrelid = a.attrelid and a.attnum = any (i.indkey)) as indexed
from pg_attribute a
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_constraint f on f.conrelid = a.attrelid and f.contype = 'f' and f.conkey = array[a.attnum]
where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
    and a.attidentity = '' and a.attgenerated = ''
order by a.attnum
"""

BY_TYPE = {
    "text": "'x{n}'",
    "uuid": "gen_random_uuid()",
    "jsonb": "'{{}}'",
    "boolean": "false",
    "bytea": r"'\x0{n}'",
    "date": "'2026-04-0{n}'",
    "timestamp with time zone": "now()",
}
"""Numbers, which are all the others, are the row's own."""

REFERRER = UUID(int=3)
"""Somebody who referred both, and has no other row."""

SPECIAL = {
    "profiles.id": "'{owner}'",
    "trades.symbol": "'NQ'",
    "platform_link_codes.code": "'VGL-000{n}'",
    "platform_link_codes.expires_at": "now() + interval '5 minutes'",
    "storage.buckets.id": "'bucket-{n}'",
    "storage.buckets.name": "'bucket-{n}'",
    "storage.objects.bucket_id": "'screenshots'",
    "storage.objects.name": "'{owner}/{n}.png'",
    "worker.ai_keys.nonce": "decode(repeat('00', 12), 'hex')",
    "worker.rule_checks.reading": "'{{}}'",
    "announcements.active": "{n} < 3",
    "referrals.referrer_id": f"'{REFERRER}'",
}
PATTERN = re.compile(r"ANY \(ARRAY\['(\w+)'")


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[asyncpg.Record, ...]

    @classmethod
    async def load(cls, db: asyncpg.Connection, name: str) -> "Table":
        """`name` as PostgreSQL writes it: tables of public without their schema."""
        return cls(name, tuple(await db.fetch(COLUMNS, name)))

    async def insertion(self, db: asyncpg.Connection, owner: UUID, n: int, given: dict[str, str] | None = None) -> str:
        """The statement that inserts row `n`, in the name of a person whose rows it refers to; `given` are in SQL."""
        values = {}
        for column in self.columns:
            value = SPECIAL.get(f"{self.name}.{column['name']}")
            if value is None and (column["required"] or _is_filled(column)):
                value = await _value(db, column, owner, n)
            if value is not None:
                values[column["name"]] = value.format(owner=owner, n=n)
        values |= given or {}
        if not values:
            return f"insert into {self.name} default values"
        return f"insert into {self.name} ({', '.join(values)}) values ({', '.join(values.values())})"

    def update(self) -> str:
        """A statement that changes every row it may, and has to read none."""
        free = (c["name"] for c in self.columns if not (c["required"] or c["refers_to"] or c["checks"] or c["indexed"]))
        column = "prop_firm" if self.name == "profiles" else next(free, None)
        if column is None:
            return f"update {self.name} set {self.columns[0]['name']} = {self.columns[0]['name']}"
        return f"update {self.name} set {column} = default"


def _is_filled(column: asyncpg.Record) -> bool:
    """A reference is filled where it may be: not to the table itself, nor where it would keep the other row."""
    return column["refers_to"] is not None and not column["to_itself"] and not column["holds"]


async def _value(db: asyncpg.Connection, column: asyncpg.Record, owner: UUID, n: int) -> str:
    if column["refers_to"] in ("profiles", "auth.users"):
        return "'{owner}'"
    if column["refers_to"]:
        theirs = "user_id = $1" if column["is_owned"] else "$1::uuid is not null"
        query = f"select {column['key']} from {column['refers_to']} where {theirs} order by ctid offset $2 limit 1"
        return f"'{await db.fetchval(query, owner, 0 if column['is_owned'] else n // 3)}'"
    if column["label"]:
        return f"'{column['label']}'"
    if allowed := PATTERN.search(column["checks"]):
        return f"'{allowed[1]}'"
    return BY_TYPE.get(column["type"], "{n}")


async def clear(db: asyncpg.Connection, table: str) -> None:
    """Empty a table alone, in the caller's transaction: what refers to it stays, so that one row may be put in."""
    await db.execute(f"""
        set local session_replication_role = replica; delete from {table};
        set local session_replication_role = origin
    """)


TABLES = """
select c.oid::regclass::text from pg_class c
where c.relkind in ('r', 'p')
    and (c.relnamespace in ('public'::regnamespace, 'worker'::regnamespace)
        or c.oid in ('storage.objects'::regclass, 'storage.buckets'::regclass))
order by 1
"""


async def fill(db: asyncpg.Connection) -> tuple[UUID, UUID]:
    """Two people, each with a row in every table; two announcements, of which one is active."""
    await db.execute("insert into auth.users (id, email) values ($1, 'three@example.com')", REFERRER)
    people = (await sign_up(db, "one@example.com"), await sign_up(db, "two@example.com"))
    left = [await Table.load(db, row[0]) for row in await db.fetch(TABLES) if row[0] != "profiles"]
    while left:
        ready = [table for table in left if not _waits(table, left)]
        assert ready, [table.name for table in left]
        for table in ready:
            for n, owner in enumerate(people, 2):
                await db.execute(await table.insertion(db, owner, n))
            left.remove(table)
    return people


def _waits(table: Table, left: list[Table]) -> bool:
    names = {other.name for other in left} - {table.name}
    return any(column["refers_to"] in names for column in table.columns)
