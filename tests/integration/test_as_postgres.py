"""The migrations on a project where `postgres` may do what it may on a real one, in both sets of default privileges."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from db import links
from db.migrations import Migration, migrate, migrations
from tests.auditing import COMPUTED, add_rules, verdicts
from tests.integration.catalogue import catalogue
from tests.integration.databases import REGIMES, connected, project_database, push, sign_up
from tests.journaling import Person, journaling

FILES = migrations()
Facts = set[tuple[str, str]]

BODIES = """
select p.oid::regprocedure::text as owner, md5(pg_get_functiondef(p.oid)) as fact from pg_proc p
where p.pronamespace = $1::regnamespace and p.prokind = 'f'
"""
"""The catalogue leaves out what functions do."""
SCHEMAS = "select nspname from pg_namespace where nspname in ('public', 'worker')"

NOT_ALLOWED = (
    "alter table auth.users add column ours text",
    "alter table auth.users enable row level security",
    "create index on auth.users (email)",
    "comment on table auth.users is 'ours'",
    "create table auth.ours ()",
    "create function auth.ours() returns void language sql as ''",
    "create policy ours on auth.users for select to authenticated using (true)",
    "alter table storage.objects enable row level security",
    "alter table storage.objects add column ours text",
    "alter table storage.buckets owner to postgres",
    "create index on storage.objects (owner_id)",
    "comment on table storage.objects is 'ours'",
    "comment on column storage.buckets.name is 'ours'",
    "create table storage.ours ()",
    "create or replace function storage.extension(name text) returns text language sql immutable as 'select name'",
    "drop table storage.objects",
    "drop function storage.filename(text)",
    "drop trigger protect_objects_delete on storage.objects",
    "alter table storage.objects disable trigger protect_objects_delete",
    "delete from storage.objects",
    "delete from storage.buckets where false",
    "set role supabase_storage_admin",
    "set role supabase_auth_admin",
    "grant supabase_auth_admin to postgres",
    "alter role postgres superuser",
    "create event trigger ours on ddl_command_end execute function public.ours()",
    "create role ours superuser",
    "set session_replication_role = replica",
)

ALLOWED = (
    "create policy ours on storage.objects for select to authenticated using (true)",
    "alter policy ours on storage.objects using (false)",
    "drop policy ours on storage.objects",
    "create table public.ours (id uuid references auth.users (id) on delete cascade)",
    "insert into storage.buckets (id, name) values ('ours', 'ours')",
    "insert into auth.users (id, email) values (gen_random_uuid(), 'one@example.com')",
    "set role service_role",
)


async def state(dsn: str) -> Facts:
    facts: Facts = set()
    async with connected(dsn) as connection:
        for row in await connection.fetch(SCHEMAS):
            facts |= await catalogue(connection, row["nspname"])
            facts.update((body["owner"], body["fact"]) for body in await connection.fetch(BODIES, row["nspname"]))
    return facts


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wanted(server_dsn: str) -> Facts:
    """What `vigil migrate` makes of an empty project."""
    async with project_database(server_dsn) as (project, superuser):
        assert len(await migrate(project)) == len(FILES)
        return await state(superuser)


@pytest.fixture
async def project(server_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    async with project_database(server_dsn) as (dsn, _), connected(dsn) as connection:
        yield connection


async def test_the_imitation_refuses_what_supabase_refuses(project: asyncpg.Connection) -> None:
    for statement in NOT_ALLOWED:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedFunctionError)) as raised:
            await project.execute(statement)
        print(f"{statement}: {raised.value}")


async def test_and_allows_what_supabase_allows(project: asyncpg.Connection) -> None:
    for statement in ALLOWED:
        await project.execute(statement)


@pytest.mark.parametrize("count", range(len(FILES) + 1))
async def test_a_project_that_stands_at_any_file_ends_alike(server_dsn: str, wanted: Facts, count: int) -> None:
    """The sets of default privileges take turns; an empty project is tried in both."""
    for regime in REGIMES if count == 0 else (REGIMES[count % 2],):
        async with project_database(server_dsn, regime) as (dsn, superuser):
            async with connected(dsn) as connection:
                await push(connection, FILES[:count])
            assert await migrate(dsn) == [file.version for file in FILES[count:]]
            assert await state(superuser) == wanted
            assert await migrate(dsn) == []


async def test_the_worker_keeps_a_journal_there(server_dsn: str, tmp_path: Path) -> None:
    """As the same `postgres`, with jobs: a code, a report, its confirmation, the audit, and taking it back."""
    async with project_database(server_dsn, "new") as (dsn, _):
        await migrate(dsn)
        async with journaling(dsn, tmp_path, jobs=True) as journal:
            user = await sign_up(journal.db, "ann@example.com")
            assert await links.add_code(journal.db, user, "telegram", "VGL-AAAA")
            await add_rules(journal.db, user, COMPUTED)
            ann = Person(journal, "4001")
            assert "Linked" in (await ann.writes("/link VGL-AAAA"))[0]
            trade = await ann.records()
            assert await verdicts(journal, trade) == {COMPUTED: "violated"}
            assert await journal.db.fetchval("select daily_pnl from public.daily_tracking") == 1600
            await ann.writes("/undo")
            assert await journal.count("public.trades") == 0


async def run_again(connection: asyncpg.Connection, file: Migration) -> str:
    """Run a file that is applied already; what happened, in a word."""
    try:
        async with connection.transaction():
            await connection.execute(file.path.read_text(encoding="utf-8"))
    except asyncpg.PostgresError as error:
        return str(error)
    return "ran"


async def test_a_file_run_twice_fails_cleanly_or_changes_nothing(server_dsn: str) -> None:
    async with project_database(server_dsn) as (dsn, superuser), connected(dsn) as connection:
        for file in FILES:
            await push(connection, [file])
            before = await state(superuser)
            outcome = await run_again(connection, file)
            assert await state(superuser) == before, file.path.name
            print(f"{file.path.name}: {outcome}")
