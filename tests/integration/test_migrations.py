"""`vigil migrate` brings any database to the same end, whoever began, and says clearly when it cannot."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio

from db.migrations import LOCK, migrate, migrations, missing
from statemachine.errors import OperatorError
from tests.integration.catalogue import catalogue
from tests.integration.databases import connected, empty_database, lay_imitation, push

FILES = migrations()
VERSIONS = [migration.version for migration in FILES]
SEED = FILES[0].path.parent.parent / "seed.sql"

Facts = set[tuple[str, str]]


async def end_state(connection: asyncpg.Connection) -> Facts:
    return await catalogue(connection) | await catalogue(connection, "worker")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wanted(server_dsn: str) -> Facts:
    """What an empty database ends in."""
    async with empty_database(server_dsn) as dsn:
        assert await migrate(dsn, plain=True) == VERSIONS
        async with connected(dsn) as connection:
            return await end_state(connection)


@pytest_asyncio.fixture
async def empty(server_dsn: str) -> AsyncIterator[str]:
    async with empty_database(server_dsn) as dsn:
        yield dsn


async def test_the_second_time_nothing_is_left_to_do(empty: str) -> None:
    await migrate(empty, plain=True)
    assert await migrate(empty, plain=True) == []
    assert await migrate(empty) == []


@pytest.mark.parametrize("count", [0, 1, 5, 10, 15, len(FILES) - 1])
async def test_goes_on_where_the_supabase_cli_stopped(empty: str, wanted: Facts, count: int) -> None:
    async with connected(empty) as connection:
        await lay_imitation(connection)
        await push(connection, FILES[:count])
        assert await missing(connection) == VERSIONS[count:]
        assert await migrate(empty) == VERSIONS[count:]
        assert await missing(connection) == []
        assert await end_state(connection) == wanted


async def test_limits_of_time_are_not_for_migrations(empty: str) -> None:
    """A role may have them: the wait for another migration, and a long one, last as long as they last."""
    async with connected(empty) as connection:
        name = await connection.fetchval("select current_database()")
        for limit in (
            "lock_timeout",
            "statement_timeout",
            "idle_in_transaction_session_timeout",
            "transaction_timeout",
        ):
            await connection.execute(f"alter database {name} set {limit} = '100ms'")
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        waiting = asyncio.create_task(migrate(empty, plain=True))
        async with asyncio.timeout(20):
            while not await connection.fetchval("select exists (select from pg_locks where not granted)"):
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)  # twice any limit
        assert not waiting.done()
        await connection.execute("select pg_advisory_unlock($1)", LOCK)
        assert await waiting == VERSIONS


async def test_records_what_the_cli_records(empty: str) -> None:
    await migrate(empty, plain=True)
    query = "select version, name, statements from supabase_migrations.schema_migrations order by version"
    async with connected(empty) as connection, empty_database(empty) as other, connected(other) as pushed:
        await lay_imitation(pushed)
        await push(pushed, FILES)
        assert await connection.fetch(query) == await pushed.fetch(query)


async def test_completes_a_history_of_an_old_cli(empty: str) -> None:
    async with connected(empty) as connection:
        await connection.execute("create schema supabase_migrations")
        await connection.execute(
            "create table supabase_migrations.schema_migrations (version text not null primary key)"
        )
    assert await migrate(empty, plain=True) == VERSIONS


async def test_two_at_once_apply_every_file_once(empty: str, wanted: Facts) -> None:
    applied = await asyncio.gather(migrate(empty, plain=True), migrate(empty, plain=True))
    assert sorted(applied, key=len) == [[], VERSIONS]
    async with connected(empty) as connection:
        assert await end_state(connection) == wanted


async def test_databases_of_one_server_do_not_collide(server_dsn: str) -> None:
    async with empty_database(server_dsn) as one, empty_database(server_dsn) as two:
        applied = await asyncio.gather(migrate(one, plain=True), migrate(two, plain=True))
    assert all(versions == VERSIONS for versions in applied)


async def test_without_supabase_it_says_what_is_lacking(empty: str) -> None:
    with pytest.raises(OperatorError, match=r"lacks .*auth\.users.*vigil migrate --plain") as raised:
        await migrate(empty)
    assert "\n" not in str(raised.value)
    async with connected(empty) as connection:
        assert await missing(connection) == VERSIONS


async def test_plain_leaves_a_foreign_auth_schema_alone(empty: str) -> None:
    async with connected(empty) as connection:
        await connection.execute("create schema auth")
        with pytest.raises(OperatorError, match=r"lacks .*auth\.users"):
            await migrate(empty, plain=True)
        assert await connection.fetchval("select to_regproc('auth.uid') is null")


async def test_plain_needs_a_superuser(empty: str) -> None:
    async with connected(empty) as connection:
        await connection.execute("create role limited login password 'limited'")
        try:
            parts = urlsplit(empty)
            limited = urlunsplit(parts._replace(netloc=f"limited:limited@{parts.netloc.rpartition('@')[2]}"))
            with pytest.raises(OperatorError, match="superuser"):
                await migrate(limited, plain=True)
        finally:
            await connection.execute("drop role limited")


async def test_a_failing_file_is_named_and_leaves_no_trace(empty: str) -> None:
    failing = next(migration for migration in FILES if migration.name == "add_shared_results_table")
    async with connected(empty) as connection:
        await connection.execute("create table public.idx_shared_results_hash (id integer)")
        with pytest.raises(OperatorError, match=rf"{failing.path.name}: .*already exists"):
            await migrate(empty, plain=True)
        assert await missing(connection) == VERSIONS[VERSIONS.index(failing.version) :]
        assert await connection.fetchval("select to_regclass('public.shared_results')") is None
        await connection.execute("drop table public.idx_shared_results_hash")
    assert (await migrate(empty))[0] == failing.version


async def test_an_error_is_shown_with_its_line(empty: str) -> None:
    async with connected(empty) as connection:
        await lay_imitation(connection)
        await connection.execute("alter table storage.buckets drop column file_size_limit")
    with pytest.raises(OperatorError, match=r"storage_bucket\.sql:4: .*file_size_limit"):
        await migrate(empty)


async def test_a_gap_in_the_order_is_refused(empty: str) -> None:
    await migrate(empty, plain=True)
    async with connected(empty) as connection:
        await connection.execute("delete from supabase_migrations.schema_migrations where version = $1", VERSIONS[3])
    with pytest.raises(OperatorError, match=rf"{FILES[3].path.name} is not applied, but the later"):
        await migrate(empty)


async def test_migrations_of_others_do_not_matter(empty: str) -> None:
    await migrate(empty, plain=True)
    async with connected(empty) as connection:
        await connection.execute(
            "insert into supabase_migrations.schema_migrations (version) values ('20991231000000')"
        )
        assert await missing(connection) == []
    assert await migrate(empty) == []


async def test_an_unreachable_database_is_one_line_without_the_password() -> None:
    with pytest.raises(OperatorError, match="cannot connect to the database") as raised:
        await migrate("postgresql://someone:s3cret@127.0.0.1:1/vigil")
    assert "s3cret" not in str(raised.value)
    assert "\n" not in str(raised.value)


async def test_the_seed_makes_a_demo_trader_once(connection: asyncpg.Connection) -> None:
    seed = SEED.read_text(encoding="utf-8")
    await connection.execute(seed)
    demo = await connection.fetchrow(
        "select p.* from public.profiles p join auth.users u using (id) where u.email = 'demo@vigil.local'"
    )
    assert demo is not None
    assert (demo["account_size"], demo["max_daily_trades"], demo["free_audits_remaining"]) == (50_000, 5, 3)

    await connection.execute("update public.profiles set account_size = 100000 where id = $1", demo["id"])
    await connection.execute("delete from public.trading_rules where sort_order = 1")
    await connection.execute(seed)
    assert await connection.fetchval("select account_size from public.profiles") == 100_000
    assert await connection.fetchval("select count(*) from public.trading_rules") == 5
