"""The hardening migrations on projects that are in use: as Supabase's postgres, twice, and over rows they forbid."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from db.migrations import Migration, migrate, migrations
from statemachine.errors import OperatorError
from tests.integration.catalogue import catalogue
from tests.integration.databases import (
    acting_as,
    connected,
    empty_database,
    lay_imitation,
    project_database,
    push,
    sign_up,
)

HARDENING = [migration for migration in migrations() if migration.version.startswith("2026040600")]
BEFORE = [migration for migration in migrations() if migration.version < HARDENING[0].version]


@pytest.fixture
async def before(server_dsn: str) -> AsyncIterator[str]:
    """The DSN of a database that knows nothing of the hardening yet."""
    async with empty_database(server_dsn) as dsn:
        async with connected(dsn) as db:
            await lay_imitation(db)
            await push(db, BEFORE)
        yield dsn


async def test_the_guards_need_no_superuser(server_dsn: str) -> None:
    """The one of link codes looks at rows of others as its owner, which is Supabase's `postgres`."""
    insert = "insert into public.platform_link_codes (user_id, platform, code, expires_at) values ($1, $2, $3, now())"
    async with project_database(server_dsn) as (project, _), connected(project) as db:
        await push(db, migrations())
        one, two = await sign_up(db, "one@example.com"), await sign_up(db, "two@example.com")
        await db.execute(insert, one, "email", "VGL-SAME")
        async with db.transaction():
            await db.execute("set local role service_role")
            await db.execute(insert, one, "email", "of the server")
        async with acting_as(db, two):
            await db.execute(insert, two, "email", "VGL-SAME")
        assert await db.fetchval("select user_id from public.platform_link_codes where code = 'VGL-SAME'") == two


@pytest.mark.parametrize("migration", HARDENING, ids=lambda migration: migration.name)
async def test_twice_fails_or_changes_nothing(connection: asyncpg.Connection, migration: Migration) -> None:
    whole = await catalogue(connection) | await catalogue(connection, "worker")
    script = migration.path.read_text(encoding="utf-8")
    if migration.name in ("access_restated", "worker_closed"):
        await connection.execute(script)
    else:
        with pytest.raises(asyncpg.PostgresError, match="already exists"):
            await connection.execute(script)
    assert await catalogue(connection) | await catalogue(connection, "worker") == whole


async def test_it_changes_no_row(before: str) -> None:
    async with connected(before) as db:
        user = await sign_up(db, "one@example.com")
        await db.execute("update public.profiles set gmail_journal_address = 'Ann@Example.com'")
        await db.execute("insert into public.trades (user_id, symbol) values ($1, 'NQ')", user)
        query = "select p::text || t::text from public.profiles p join public.trades t on t.user_id = p.id"
        rows = await db.fetch(query)
        assert await migrate(before) != []
        assert await db.fetch(query) == rows


STOPPED = {
    "journal_address": (
        "update public.profiles set gmail_journal_address = case email when 'one@example.com' then 'Ann@example.com'"
        " else 'ann@Example.com' end from auth.users u where u.id = profiles.id",
        "1 journal addresses stand in more than one profile",
        "update public.profiles set gmail_journal_address = null where gmail_journal_address = 'Ann@example.com'",
    ),
    "referrals_of_clients": (
        "insert into public.referrals (referrer_id, referred_id) select id, id from public.profiles",
        "2 referrals are of a person by themselves",
        "delete from public.referrals where referrer_id = referred_id",
    ),
}
"""Migration → rows that it forbids, what it says, and what puts them right."""


@pytest.mark.parametrize("name", STOPPED)
async def test_rows_that_it_forbids_stop_it(before: str, name: str) -> None:
    rows, told, put_right = STOPPED[name]
    failing = next(migration for migration in HARDENING if migration.name == name)
    async with connected(before) as db:
        for email in ("one@example.com", "two@example.com"):
            await sign_up(db, email)
        await db.execute(rows)
        with pytest.raises(OperatorError, match=f"{failing.path.name}: {told}"):
            await migrate(before)
        await db.execute(put_right)
        assert (await migrate(before))[0] == failing.version
