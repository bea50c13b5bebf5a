"""A client reads and writes its own rows only, and what nobody granted it cannot do at all."""

from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from tests.integration.databases import acting_as, sign_up

Denied = asyncpg.InsufficientPrivilegeError

# A row of each table that belongs to a user; $1 is the user.
ROWS = """
insert into public.trading_rules (user_id, rule_text) values ($1, 'Always have a stop loss');
insert into public.daily_tracking (user_id, trade_date) values ($1, '2026-04-01');
insert into public.trades (user_id, symbol) values ($1, 'NQ');
insert into public.broker_connections (user_id, broker_type, auth_type) values ($1, 'tradovate', 'oauth');
insert into public.strategy_analyses (user_id) values ($1);
insert into public.announcement_dismissals (user_id) values ($1);
insert into public.platform_link_codes (user_id, platform, code, expires_at)
    values ($1, 'email', gen_random_uuid(), now());
insert into public.journal_conversations (user_id, platform, platform_chat_id) values ($1, 'email', 'a@b.c');
insert into public.journal_messages (user_id, platform, direction) values ($1, 'email', 'inbound');
insert into public.referrals (referred_id) values ($1);
insert into public.sync_logs (connection_id) select id from public.broker_connections where user_id = $1;
insert into public.trade_rule_verdicts (trade_id, rule_id)
    select t.id, r.id from public.trades t, public.trading_rules r where t.user_id = $1 and r.user_id = $1;
"""

OWNED = (
    "profiles", "trading_rules", "daily_tracking", "trades", "trade_rule_verdicts", "broker_connections", "sync_logs",
    "strategy_analyses", "announcement_dismissals", "platform_link_codes", "journal_conversations",
    "journal_messages", "referrals",
)  # fmt: skip
SERVER_ONLY = ("email_leads", "quiz_completions", "anonymous_audits", "shared_results")
TABLES = (*OWNED, *SERVER_ONLY, "announcements")
DELETABLE = ("trading_rules", "daily_tracking", "trades", "broker_connections", "journal_conversations")


@pytest_asyncio.fixture
async def two(connection: asyncpg.Connection) -> tuple[UUID, UUID]:
    """Two users, each with a row in every table that belongs to users."""
    users = (await sign_up(connection, "one@example.com"), await sign_up(connection, "two@example.com"))
    for user in users:
        for statement in ROWS.split(";\n"):
            if statement.strip():
                await connection.execute(statement, user)
    return users


async def test_users_see_their_own_rows_only(connection: asyncpg.Connection, two: tuple[UUID, UUID]) -> None:
    for table in OWNED:
        assert await connection.fetchval(f"select count(*) from public.{table}") >= 2
    for user in two:
        async with acting_as(connection, user):
            for table in OWNED:
                assert await connection.fetchval(f"select count(*) from public.{table}") == 1, table


async def test_visitors_see_nothing(connection: asyncpg.Connection) -> None:
    for table in (*OWNED, *SERVER_ONLY):
        with pytest.raises(Denied):
            async with acting_as(connection, None):
                await connection.fetch(f"select * from public.{table}")


async def test_everyone_sees_active_announcements(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "insert into public.announcements (title, body, active) values ('on', '', true), ('off', '', false)"
    )
    async with acting_as(connection, None):
        assert await connection.fetchval("select string_agg(title, '') from public.announcements") == "on"


async def test_server_tables_are_closed_to_users(connection: asyncpg.Connection, two: tuple[UUID, UUID]) -> None:
    for table in SERVER_ONLY:
        with pytest.raises(Denied):
            async with acting_as(connection, two[0]):
                await connection.fetch(f"select * from public.{table}")


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
async def test_nobody_truncates(connection: asyncpg.Connection, role: str) -> None:
    """Row level security does not apply to TRUNCATE; only grants do."""
    await connection.execute(f"set role {role}")
    for table in TABLES:
        with pytest.raises(Denied, match=f"table {table}$"):
            await connection.execute(f"truncate public.{table}")


async def test_a_stranger_deletes_nothing(connection: asyncpg.Connection, two: tuple[UUID, UUID]) -> None:
    one, other = two
    for table in DELETABLE:
        delete = f"delete from public.{table} where user_id = $1"
        async with acting_as(connection, one):
            assert await connection.execute(delete, other) == "DELETE 0"
            assert await connection.execute(delete, one) == "DELETE 1"


async def test_a_profile_is_not_handed_to_another(connection: asyncpg.Connection, two: tuple[UUID, UUID]) -> None:
    one, other = two
    async with acting_as(connection, one):
        update = "update public.profiles set prop_firm = 'mine' where id = $1"
        assert await connection.execute(update, one) == "UPDATE 1"
        assert await connection.execute(update, other) == "UPDATE 0"
    with pytest.raises(Denied):
        async with acting_as(connection, one):
            await connection.execute("delete from public.profiles where id = $1", one)


async def test_nothing_is_written_in_another_name(connection: asyncpg.Connection, two: tuple[UUID, UUID]) -> None:
    one, other = two
    for statement in (
        "insert into public.trades (user_id, symbol) values ($1, 'NQ')",
        "insert into public.trading_rules (user_id, rule_text) values ($1, 'Never')",
        "insert into public.daily_tracking (user_id, trade_date) values ($1, '2026-04-02')",
        "update public.trades set user_id = $1",
    ):
        with pytest.raises(Denied):
            async with acting_as(connection, one):
                await connection.execute(statement, other)


@pytest.mark.parametrize("call", ["increment_free_audits(gen_random_uuid(), 100)", "update_updated_at()"])
async def test_clients_call_no_function(connection: asyncpg.Connection, two: tuple[UUID, UUID], call: str) -> None:
    for user in (two[0], None):
        with pytest.raises(Denied):
            async with acting_as(connection, user):
                await connection.execute(f"select public.{call}")


async def test_the_server_works_with_the_service_role(connection: asyncpg.Connection, two: tuple[UUID, UUID]) -> None:
    async with connection.transaction():
        await connection.execute("set local role service_role")
        for table in OWNED:
            assert await connection.fetchval(f"select count(*) from public.{table}") >= 2
        assert await connection.fetchval("select public.increment_free_audits($1)", two[0]) == 4


async def test_screenshots_belong_to_the_folder_of_their_user(
    connection: asyncpg.Connection, two: tuple[UUID, UUID]
) -> None:
    one, other = two
    insert = "insert into storage.objects (bucket_id, name) values ('screenshots', $1)"
    async with acting_as(connection, one):
        await connection.execute(insert, f"{one}/trade-1.png")
    with pytest.raises(Denied):
        async with acting_as(connection, one):
            await connection.execute(insert, f"{other}/trade-1.png")
    async with acting_as(connection, other):
        assert await connection.fetchval("select count(*) from storage.objects") == 0
    with pytest.raises(Denied, match="Direct deletion"):
        await connection.execute("delete from storage.objects")
