"""The 15 documented migrations end in the documented schema, object for object."""

import re
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from db.migrations import Migration, migrations
from db.statements import statements
from tests.integration.catalogue import catalogue, documented
from tests.integration.databases import connected, empty_database, lay_imitation, push, sign_up

DOCUMENTED = set(documented((Path(__file__).parent / "documented_schema.txt").read_text(encoding="utf-8")))
OWNERS = sorted({owner for owner, _ in DOCUMENTED})

FILES = [
    "20260321094255_create_tradingaudit_tables.sql",
    "20260322000000_fix_rls_security.sql",
    "20260322010000_referrals.sql",
    "20260322020000_storage_bucket.sql",
    "20260322030000_phase2_core_tables.sql",
    "20260322040000_fix_profile_columns.sql",
    "20260322050000_increment_free_audits_rpc.sql",
    "20260323000000_add_subscription_columns.sql",
    "20260323022104_add_utm_columns_to_profiles.sql",
    "20260323100000_add_rule_quality_columns.sql",
    "20260323120000_add_strategy_analyses_table.sql",
    "20260323140000_add_shared_results_table.sql",
    "20260324000000_journal_platform_support.sql",
    "20260325000000_broker_connections.sql",
    "20260325100000_broker_check_constraints.sql",
]

# Projects made since May 2026 grant new tables to nobody, except for these three privileges.
NEWER_DEFAULTS = """
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public grant truncate, references, trigger on tables
    to anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
"""

# What Supabase's `postgres` is not allowed to do, and what would leave the transaction of the file.
REFUSED_BY_SUPABASE = (
    r"alter (table|function|schema|policy|index)( if exists)?( only)? (auth|storage)\b",
    r"create (unique )?index .* on (only )?(auth|storage)\.",
    r"comment on .*\b(auth|storage)\.",
    r"create( or replace)? (table|function|view|type|sequence|index)( if not exists)? (auth|storage)\.",
    r"(drop|truncate) .*\b(auth|storage)\.",
    r"delete from storage\.",
    r"(create|alter|drop) (role|user|extension)\b",
    r"alter system|set (session|role)\b",
)
LEAVES_THE_TRANSACTION = r"(begin|start transaction|commit|rollback|end)$|.*\bconcurrently\b|vacuum\b"


def documented_files() -> list[Migration]:
    return [migration for migration in migrations() if migration.path.name in FILES]


async def facts_after(server_dsn: str, defaults: str = "") -> set[tuple[str, str]]:
    async with empty_database(server_dsn) as dsn, connected(dsn) as connection:
        await lay_imitation(connection)
        if defaults:
            await connection.execute(defaults)
        await push(connection, documented_files())
        return await catalogue(connection)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def facts(server_dsn: str) -> set[tuple[str, str]]:
    return await facts_after(server_dsn)


def test_the_files_have_the_documented_names() -> None:
    assert [migration.path.name for migration in migrations()][: len(FILES)] == FILES


@pytest.mark.parametrize("owner", OWNERS)
def test_is_as_documented(facts: set[tuple[str, str]], owner: str) -> None:
    assert {fact for of, fact in facts if of == owner} == {fact for of, fact in DOCUMENTED if of == owner}


def test_nothing_undocumented(facts: set[tuple[str, str]]) -> None:
    assert sorted({owner for owner, _ in facts} - set(OWNERS)) == []


async def test_both_sets_of_default_privileges_end_alike(server_dsn: str) -> None:
    assert await facts_after(server_dsn, NEWER_DEFAULTS) == DOCUMENTED


@pytest.mark.parametrize("migration", migrations(), ids=lambda migration: migration.path.name)
def test_a_real_project_accepts_every_statement(migration: Migration) -> None:
    for statement in statements(migration.path.read_text(encoding="utf-8")):
        bare = re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", statement)).strip().lower()
        refused = [rule for rule in REFUSED_BY_SUPABASE if re.match(rule, bare)]
        assert refused == [], bare
        assert not re.match(LEAVES_THE_TRANSACTION, bare), bare


async def test_no_superuser_is_needed(server_dsn: str) -> None:
    """The role has what Supabase's `postgres` has; membership stands in for Supabase's policy extension."""
    async with empty_database(server_dsn) as dsn, connected(dsn) as connection:
        await lay_imitation(connection)
        await connection.execute("""
            do $$ begin
              if to_regrole('like_postgres') is null then
                create role like_postgres nosuperuser createdb createrole bypassrls;
              end if;
            end $$;
            grant anon, authenticated, service_role, supabase_storage_admin to like_postgres;
            grant usage on schema auth, storage to like_postgres;
            grant all on auth.users to like_postgres;
            grant create, usage on schema public to like_postgres;
        """)
        database = await connection.fetchval("select quote_ident(current_database())")
        await connection.execute(f"grant create on database {database} to like_postgres")
        await connection.execute("set role like_postgres")
        await push(connection, documented_files())
        assert await catalogue(connection) == DOCUMENTED
        await connection.execute("reset role")
        user = await sign_up(connection, "one@example.com")
        assert await connection.fetchval("select id from public.profiles") == user


async def test_signing_up_creates_the_profile_and_leaving_removes_it(connection: asyncpg.Connection) -> None:
    user = await sign_up(connection, "one@example.com")
    profile = await connection.fetchrow("select * from public.profiles where id = $1", user)
    assert profile is not None
    assert (profile["subscription_status"], profile["free_audits_remaining"]) == ("free", 3)
    await connection.execute("delete from auth.users where id = $1", user)
    assert await connection.fetchval("select count(*) from public.profiles where id = $1", user) == 0


async def test_an_update_moves_updated_at(connection: asyncpg.Connection) -> None:
    user = await sign_up(connection, "one@example.com")
    row = await connection.fetchrow(
        "with old as (select updated_at from public.profiles where id = $1)"
        " update public.profiles set updated_at = '2000-01-01' where id = $1"
        " returning (select updated_at from old) as before, updated_at as after",
        user,
    )
    assert row is not None
    assert row["after"] > row["before"]


async def test_free_audits_are_counted_up(connection: asyncpg.Connection) -> None:
    user = await sign_up(connection, "one@example.com")
    assert await connection.fetchval("select public.increment_free_audits($1)", user) == 4
    assert await connection.fetchval("select public.increment_free_audits($1, 5)", user) == 9
    nobody = "00000000-0000-0000-0000-000000000000"
    assert await connection.fetchval("select public.increment_free_audits($1)", nobody) is None
