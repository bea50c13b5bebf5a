"""What Supabase's linter would flag, and three things that it misses: each question has to be answered with nothing."""

import asyncpg
import pytest

from tests.integration.databases import connected, empty_database
from tests.integration.test_access_matrix import PROJECTS, lay_project

OURS = "('public'::regnamespace, 'worker'::regnamespace)"
CLIENTS = "('anon'), ('authenticated')"

UNINDEXED = f"""
select k.conrelid::regclass::text || '.' || k.conname from pg_constraint k
where k.contype = 'f' and k.connamespace in {OURS} and not exists (
    select from pg_index i
    where i.indrelid = k.conrelid and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = (
            select format('(%I IS NOT NULL)', a.attname) from pg_attribute a
            where a.attrelid = k.conrelid and a.attnum = k.conkey[1])))
"""
MUTABLE_PATH = f"""
select oid::regprocedure::text from pg_proc
where pronamespace in {OURS} and not exists (
    select from unnest(coalesce(proconfig, '{{}}')) as setting where setting like 'search\\_path=%')
"""
OPEN_DEFINER = f"""
select p.oid::regprocedure::text || ' by ' || client from pg_proc p, (values {CLIENTS}) as c (client)
where p.prosecdef and p.pronamespace in {OURS} and has_function_privilege(client, p.oid, 'execute')
"""
PER_ROW = r"""
select tablename || ': ' || policyname from pg_policies
where concat(qual, ' ', with_check) ~* '(?<!select )\mauth\.(uid|role|jwt|email)\(\)'
"""
SEVERAL_POLICIES = """
select p.polrelid::regclass || ' ' || verb || ' ' || role
from pg_policy p
cross join unnest(case p.polcmd when '*' then array['r', 'a', 'w', 'd'] else array[p.polcmd::text] end) as verb
cross join (values ('anon'), ('authenticated')) as c (role)
where p.polpermissive and (p.polroles = '{0}' or to_regrole(role) = any (p.polroles))
group by p.polrelid, verb, role having count(*) > 1
"""
NO_PRIMARY_KEY = f"""
select oid::regclass::text from pg_class c where relkind in ('r', 'p') and relnamespace in {OURS}
    and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')
"""
NO_ROW_LEVEL_SECURITY = f"""
select oid::regclass::text from pg_class
where relkind in ('r', 'p') and relnamespace in {OURS} and not relrowsecurity
"""
EXTENSION_IN_PUBLIC = "select extname from pg_extension where extnamespace = 'public'::regnamespace"
TRUNCATE = f"""
select c.oid::regclass || ' by ' || role from pg_class c, (values {CLIENTS}, ('service_role')) as r (role)
where c.relkind in ('r', 'p') and c.relnamespace in {OURS} and has_table_privilege(role, c.oid, 'truncate')
"""
GRANT_WITHOUT_POLICY = f"""
select c.oid::regclass || ' ' || verb || ' to ' || role
from pg_class c, (values {CLIENTS}) as r (role),
    (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) as v (verb, letter)
where c.relkind in ('r', 'p') and c.relnamespace in {OURS}
    and case verb when 'delete' then has_table_privilege(role, c.oid, verb)
        else has_any_column_privilege(role, c.oid, verb) end
    and not exists (
        select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', letter)
            and (p.polroles = '{{0}}' or to_regrole(role) = any (p.polroles)))
"""
OPEN_WORKER = f"""
select object || ' to ' || role from (values {CLIENTS}) as r (role), (
    select nspname as object, nspacl as acl from pg_namespace where oid = 'worker'::regnamespace
    union all select relname, relacl from pg_class where relnamespace = 'worker'::regnamespace
    union all select proname, coalesce(proacl, acldefault('f', proowner)) from pg_proc
        where pronamespace = 'worker'::regnamespace
) as o cross join aclexplode(acl) as a
where a.grantee in (0, to_regrole(role))
"""

QUESTIONS = {
    "foreign key without an index": (UNINDEXED, "drop index public.referrals_referrer"),
    "function with the caller's search_path": (
        MUTABLE_PATH, "alter function worker.is_open(worker.plans) reset search_path"),
    "definer that clients may call": (
        OPEN_DEFINER, "grant execute on function public.increment_free_audits(uuid, integer) to authenticated"),
    "auth.uid() for every row": (PER_ROW, "create policy x on public.trades for select using (user_id = auth.uid())"),
    "several policies for one role and verb": (
        SEVERAL_POLICIES, "create policy x on public.trades for select to authenticated using (true)"),
    "table without a primary key": (NO_PRIMARY_KEY, "create table worker.x (y int)"),
    "table without row level security": (
        NO_ROW_LEVEL_SECURITY, "alter table worker.pgqueuer disable row level security"),
    "extension in public": (
        EXTENSION_IN_PUBLIC, "update pg_extension set extnamespace = 'public'::regnamespace"),
    "truncate granted": (TRUNCATE, "grant truncate on public.trades to service_role"),
    "grant without a policy": (GRANT_WITHOUT_POLICY, "grant update (email) on public.email_leads to anon"),
    "worker open to clients": (OPEN_WORKER, "create function worker.x() returns int language sql as 'select 1'"),
}  # fmt: skip
"""A question of the catalogue, and what it has to notice."""


async def answers(db: asyncpg.Connection, question: str) -> list[str]:
    return [row[0] for row in await db.fetch(QUESTIONS[question][0])]


@pytest.mark.parametrize("project", PROJECTS)
async def test_nothing_is_flagged(server_dsn: str, project: str) -> None:
    async with empty_database(server_dsn) as dsn, connected(dsn) as db:
        await lay_project(db, project)
        assert {question: found for question in QUESTIONS if (found := await answers(db, question))} == {}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_fault_is_noticed(connection: asyncpg.Connection, question: str) -> None:
    assert await answers(connection, question) == []
    await connection.execute(QUESTIONS[question][1])
    assert await answers(connection, question) != []
