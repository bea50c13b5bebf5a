"""The 15 documented migrations end in the documented schema, object for object."""

import re
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from db.migrations import Migration, migrations
from db.statements import statements
from tests.integration.catalogue import catalogue, documented
from tests.integration.databases import (
    REGIMES,
    Regime,
    connected,
    empty_database,
    lay_imitation,
    project_database,
    push,
    sign_up,
)

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def facts(server_dsn: str) -> set[tuple[str, str]]:
    async with empty_database(server_dsn) as dsn, connected(dsn) as connection:
        await lay_imitation(connection)
        await push(connection, documented_files())
        return await catalogue(connection)


def test_the_files_have_the_documented_names() -> None:
    assert [migration.path.name for migration in migrations()][: len(FILES)] == FILES


@pytest.mark.parametrize("owner", OWNERS)
def test_is_as_documented(facts: set[tuple[str, str]], owner: str) -> None:
    assert {fact for of, fact in facts if of == owner} == {fact for of, fact in DOCUMENTED if of == owner}


def test_nothing_undocumented(facts: set[tuple[str, str]]) -> None:
    assert sorted({owner for owner, _ in facts} - set(OWNERS)) == []


@pytest.mark.parametrize("regime", REGIMES)
async def test_both_sets_of_default_privileges_end_alike(server_dsn: str, regime: Regime) -> None:
    """And no superuser is needed: `postgres` is none."""
    async with project_database(server_dsn, regime) as (project, _), connected(project) as connection:
        await push(connection, documented_files())
        assert await catalogue(connection) == DOCUMENTED
        user = await sign_up(connection, "one@example.com")
        assert await connection.fetchval("select id from public.profiles") == user


@pytest.mark.parametrize("migration", migrations(), ids=lambda migration: migration.path.name)
def test_a_real_project_accepts_every_statement(migration: Migration) -> None:
    for statement in statements(migration.path.read_text(encoding="utf-8")):
        bare = re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", statement)).strip().lower()
        refused = [rule for rule in REFUSED_BY_SUPABASE if re.match(rule, bare)]
        assert refused == [], bare
        assert not re.match(LEAVES_THE_TRANSACTION, bare), bare


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
