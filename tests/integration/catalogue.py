"""What a database holds, in PostgreSQL's own words made short: one fact a line, as in documented_schema.txt.

Names of policies and constraints, and the bodies of functions, are left out: the documents leave them open.
"""

import re
from collections.abc import Iterator
from functools import cache

import asyncpg

CLIENTS = "('anon', 'authenticated', 'service_role', 'public')"

COLUMNS = """
select c.oid::regclass::text as owner,
    concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then 'not null' end,
        'default ' || pg_get_expr(d.adbin, d.adrelid)) as fact
from pg_attribute a
join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relnamespace = $1::regnamespace and a.attnum > 0 and not a.attisdropped
"""

CONSTRAINTS = """
select conrelid::regclass::text as owner, pg_get_constraintdef(oid) as fact
from pg_constraint
where connamespace = $1::regnamespace and contype in ('p', 'u', 'f', 'c', 'x')
"""

INDEXES = """
select i.indrelid::regclass::text as owner, pg_get_indexdef(i.indexrelid) as fact
from pg_index i
join pg_class c on c.oid = i.indrelid
where c.relnamespace = $1::regnamespace
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
"""

ROW_LEVEL_SECURITY = """
select oid::regclass::text as owner, 'row level security' as fact
from pg_class
where relnamespace = $1::regnamespace and relkind in ('r', 'p') and relrowsecurity
"""

# The storage schema's own triggers belong to Supabase.
TRIGGERS = """
select t.tgrelid::regclass::text as owner, pg_get_triggerdef(t.oid) as fact
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_proc p on p.oid = t.tgfoid
where not t.tgisinternal and (c.relnamespace = $1::regnamespace or p.pronamespace = $1::regnamespace)
"""

POLICIES = """
select p.polrelid::regclass::text as owner,
    concat_ws(' ', case when not p.polpermissive then 'restrictive' end, 'policy',
        case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
            else 'all' end,
        'to', (select string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname)
               from unnest(p.polroles) as role (oid) left join pg_roles r using (oid)),
        'using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
        'check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') as fact
from pg_policy p
join pg_class c on c.oid = p.polrelid
where c.relnamespace in ($1::regnamespace, 'storage'::regnamespace)
"""

GRANTS = f"""
select owner, 'grant ' || string_agg(privilege, ', ' order by array_position(
    array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain'], privilege))
    || ' to ' || grantee as fact
from (
    select c.oid::regclass::text as owner, lower(a.privilege_type) as privilege,
        coalesce(r.rolname, 'public') as grantee
    from pg_class c
    cross join aclexplode(c.relacl) a
    left join pg_roles r on r.oid = a.grantee
    where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'S', 'v', 'm')
) as granted
where grantee in {CLIENTS}
group by owner, grantee
"""

COLUMN_GRANTS = f"""
select c.oid::regclass::text as owner,
    'grant ' || lower(g.privilege_type) || ' (' || a.attname || ') to ' || coalesce(r.rolname, 'public') as fact
from pg_attribute a
join pg_class c on c.oid = a.attrelid
cross join aclexplode(a.attacl) g
left join pg_roles r on r.oid = g.grantee
where c.relnamespace = $1::regnamespace and coalesce(r.rolname, 'public') in {CLIENTS}
"""

FUNCTIONS = f"""
with ours as (
    select oid, format('function %s(%s) returns %s', proname, pg_get_function_arguments(oid),
        pg_get_function_result(oid)) as owner, prosecdef, proconfig, coalesce(proacl, acldefault('f', proowner)) as acl
    from pg_proc
    where pronamespace = $1::regnamespace
)
select owner, unnest(array_remove(array[
    '', case when prosecdef then 'security definer' end,
    case when proconfig = array['search_path=""'] then 'empty search_path' end], null)) as fact
from ours
union all
select owner, 'execute to ' || coalesce(r.rolname, 'public')
from ours cross join aclexplode(acl) a left join pg_roles r on r.oid = a.grantee
where coalesce(r.rolname, 'public') in {CLIENTS}
"""

BUCKETS = """
select 'bucket ' || id as owner, unnest(
    array[case when public then 'public' else 'private' end, 'at most ' || file_size_limit || ' bytes']
    || allowed_mime_types) as fact
from storage.buckets
where $1 <> ''
"""

QUERIES = (
    COLUMNS,
    CONSTRAINTS,
    INDEXES,
    ROW_LEVEL_SECURITY,
    TRIGGERS,
    POLICIES,
    GRANTS,
    COLUMN_GRANTS,
    FUNCTIONS,
    BUCKETS,
)

SHORTER = (
    (r"\s+", " "),
    (r"\( select auth\.uid\(\) as uid\)", "uid()"),
    (r"::(text|jsonb)\b", ""),
    (r"timestamp with time zone", "timestamptz"),
    (r"^create | using btree|function (?=\w+\(\)$)", ""),
    # A trigger or index is listed under its table already.
    (r"^(trigger .*?|(?:unique )?index \w+) on [\w.]+", r"\1"),
    (r"check \(\((\w+) = any \(array\[(.*)\]\)\)\)", r"check \1 in (\2)"),
    (r"\( select", "(select"),
    (r"where \(([^()]*)\)$", r"where \1"),
    (r"\(([^()]+(?:\(\))?)\)(?= (?:and|or) )", r"\1"),
    (r"(?<=\b(?:and| or) )\(([^()]+(?:\(\))?)\)", r"\1"),
)
DOUBLE_PARENTHESES = re.compile(r"\((\((?:[^()]|\([^()]*\))*\))\)")


async def catalogue(connection: asyncpg.Connection, schema: str = "public") -> set[tuple[str, str]]:
    """(owner, fact) of everything in a schema, with what hangs on auth.users and storage.objects."""
    facts: set[tuple[str, str]] = set()
    for query in QUERIES:
        facts.update((_short(row["owner"]), _short(row["fact"])) for row in await connection.fetch(query, schema))
    return facts


def documented(text: str) -> Iterator[tuple[str, str]]:
    """The same pairs from documented_schema.txt."""
    owner = ""
    for line in text.splitlines():
        if line.startswith("    "):
            yield owner, line.strip()
        elif line and not line.startswith("#"):
            owner = line.removeprefix("table ")
            if owner.startswith("function "):
                yield owner, ""


@cache
def _short(fact: str) -> str:
    """Kept, as every database of the same migrations has the same facts."""
    fact = fact.lower()
    for pattern, replacement in SHORTER:
        fact = re.sub(pattern, replacement, fact)
    while (shorter := DOUBLE_PARENTHESES.sub(r"\1", fact)) != fact:
        fact = shorter
    return fact
