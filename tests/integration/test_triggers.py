"""Every trigger of ours does what it is for, and leaves alone what it is not for; none is forgotten."""

from uuid import UUID, uuid4, uuid5

import asyncpg
import pytest

from tests.integration.conftest import Filled
from tests.integration.databases import sign_up

UPDATED_AT = ("profiles", "trading_rules", "broker_connections", "journal_conversations")

GUARDS = (
    ("trades", "trades_day_of_clients", "daily_tracking_id", "daily_tracking"),
    ("trades", "trades_connection_of_clients", "source_connection_id", "broker_connections"),
    ("trade_rule_verdicts", "trade_rule_verdicts_rule_of_clients", "rule_id", "trading_rules"),
    ("trading_rules", "trading_rules_previous_of_clients", "previous_version_id", "trading_rules"),
    ("strategy_analyses", "strategy_analyses_parent_of_clients", "parent_analysis_id", "strategy_analyses"),
)
"""(table, trigger, column, the table that it refers to)"""


async def id_of(db: asyncpg.Connection, table: str, user: UUID) -> UUID:
    found: UUID = await db.fetchval(f"select id from public.{table} where user_id = $1", user)
    return found


@pytest.mark.parametrize(("table", "name", "column", "other"), GUARDS)
async def test_refers_to_ones_own(filled: Filled, table: str, name: str, column: str, other: str) -> None:
    """One's own row is accepted, another's is not; without the trigger it would be."""
    update = f"update public.{table} set {column} = $1"
    own, foreign = [await id_of(filled.db, other, user) for user in (filled.one, filled.two)]
    async with filled.acting_as(filled.one):
        assert await filled.db.execute(update, own) == "UPDATE 1"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match=f"{column} refers to a row that is not yours"):
        async with filled.acting_as(filled.one):
            await filled.db.execute(update, foreign)
    await filled.db.execute(f"drop trigger {name} on public.{table}")
    async with filled.acting_as(filled.one):
        assert await filled.db.execute(update, foreign) == "UPDATE 1"


async def test_dismisses_what_is_announced(filled: Filled) -> None:
    insert = "insert into public.announcement_dismissals (user_id, announcement_id) select $1, $2"
    await filled.db.execute("delete from public.announcement_dismissals")
    for active in (True, False):
        announcement = await filled.db.fetchval("select id from public.announcements where active = $1", active)
        try:
            async with filled.acting_as(filled.one):
                await filled.db.execute(insert, filled.one, announcement)
        except asyncpg.InsufficientPrivilegeError:
            assert not active
        else:
            assert active


async def test_admits_a_link_code(filled: Filled) -> None:
    insert = "insert into public.platform_link_codes (user_id, platform, code, expires_at) values ($1, $2, $3, now())"
    async with filled.acting_as(filled.one):
        await filled.db.execute(insert, filled.one, "discord", "VGL-GOOD")
    with pytest.raises(asyncpg.CheckViolationError, match="four of A-Z"):
        async with filled.acting_as(filled.one):
            await filled.db.execute(insert, filled.one, "discord", "good")
    await filled.db.execute(insert, filled.one, "discord", "good")  # the server says what it likes


async def test_admits_a_referral(filled: Filled) -> None:
    insert = """insert into public.referrals (referrer_id, referred_id, status, reward_applied)
        values ($1, $2, 'rewarded', true) returning status, reward_applied"""
    await filled.db.execute("delete from public.referrals")
    async with filled.acting_as(filled.one):
        assert tuple(await filled.db.fetchrow(insert, filled.two, filled.one)) == ("pending", False)
    assert tuple(await filled.db.fetchrow(insert, filled.one, filled.two)) == ("rewarded", True)
    await filled.db.execute("delete from public.referrals")
    with pytest.raises(asyncpg.NotNullViolationError, match="names who referred"):
        async with filled.acting_as(filled.one):
            await filled.db.execute(insert, None, filled.one)


async def test_admits_the_id_of_a_trade(filled: Filled) -> None:
    """A random one, and whichever the client's own trade has already; the server names them as it likes."""
    made = uuid5(UUID(int=0), "a report")
    put = """insert into public.trades (id, user_id, symbol) values ($1, $2, 'NQ')
        on conflict (id) do update set id = excluded.id, symbol = excluded.symbol"""
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="of the worker's own kind"):
        async with filled.acting_as(filled.one):
            await filled.db.execute(put, made, filled.one)
    await filled.db.execute(put, made, filled.one)
    async with filled.acting_as(filled.one):
        assert await filled.db.execute(put, made, filled.one) == "INSERT 0 1"
        assert await filled.db.execute(put, uuid4(), filled.one) == "INSERT 0 1"


@pytest.mark.parametrize("table", UPDATED_AT)
async def test_an_update_moves_updated_at(filled: Filled, table: str) -> None:
    """And nothing else does: what an insertion or another row says stays."""
    await filled.db.execute(f"alter table public.{table} disable trigger user")
    await filled.db.execute(f"update public.{table} set updated_at = '2000-01-01'")
    await filled.db.execute(f"alter table public.{table} enable trigger user")
    key = "id" if table == "profiles" else "user_id"
    await filled.db.execute(f"update public.{table} set updated_at = '2001-01-01' where {key} = $1", filled.one)
    moved = f"select updated_at = now() from public.{table} where {key} = $1"
    assert [await filled.db.fetchval(moved, user) for user in (filled.one, filled.two)] == [True, False]


async def test_signing_up_makes_the_profile(filled: Filled) -> None:
    user = await sign_up(filled.db, "new@example.com")
    count = "select count(*) from public.profiles where id = $1"
    assert await filled.db.fetchval(count, user) == 1
    await filled.db.execute("alter table auth.users disable trigger on_auth_user_created")
    assert await filled.db.fetchval(count, await sign_up(filled.db, "newer@example.com")) == 0


async def test_what_was_claimed_goes_with_its_profile(filled: Filled) -> None:
    """Free audits of the person who leaves, and nobody else's."""
    await filled.db.execute("update public.anonymous_audits set claimed_by = $1 where ip_hash = 'x2'", filled.one)
    await filled.db.execute("delete from public.profiles where id = $1", filled.two)
    assert await filled.db.fetchval("select count(*) from public.anonymous_audits") == 2
    await filled.db.execute("delete from public.profiles where id = $1", filled.one)
    assert await filled.db.fetchval("select ip_hash from public.anonymous_audits") == "x3"


async def test_whoever_chooses_otherwise_is_looked_at_again(filled: Filled) -> None:
    """What a client writes, and what is bound; nothing else, and nobody else."""
    await filled.db.execute("update worker.reminders set next_at = 'infinity'")
    due = "select array_agg(user_id) from worker.reminders where next_at < now()"
    async with filled.acting_as(filled.one):
        await filled.db.execute(
            "update public.profiles set account_size = 7, journal_preferences = journal_preferences"
        )
    assert await filled.db.fetchval(due) is None
    async with filled.acting_as(filled.one):
        await filled.db.execute("""update public.profiles set journal_preferences = '{"summary_time": "20:00"}'""")
    assert await filled.db.fetchval(due) == [filled.one]
    await filled.db.execute("delete from worker.reminders")
    await filled.db.execute("update public.profiles set telegram_chat_id = '77' where id = $1", filled.two)
    assert await filled.db.fetchval(due) == [filled.two]


@pytest.mark.parametrize("table", ["objects", "buckets"])
async def test_storage_is_emptied_by_its_owner_alone(filled: Filled, table: str) -> None:
    empty = f"truncate storage.{table} cascade"
    for user in (None, filled.one):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="is not emptied by SQL"):
            async with filled.acting_as(user):
                await filled.db.execute(empty)
    await filled.db.execute(empty)
    assert await filled.db.fetchval(f"select count(*) from storage.{table}") == 0


async def test_none_is_forgotten(connection: asyncpg.Connection) -> None:
    """Those on `public`, and ours on the tables of Supabase."""
    rows = await connection.fetch("""
        select t.tgrelid::regclass::text, t.tgname from pg_trigger t
        join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
        where not t.tgisinternal and c.relnamespace <> 'worker'::regnamespace
            and (c.relnamespace = 'public'::regnamespace
                or p.pronamespace in ('public'::regnamespace, 'worker'::regnamespace))
    """)
    exercised = {(table, name) for table, name, *_ in GUARDS} | {(t, f"{t}_updated_at") for t in UPDATED_AT} | {
        ("announcement_dismissals", "announcement_dismissals_of_clients"),
        ("platform_link_codes", "platform_link_codes_of_clients"),
        ("referrals", "referrals_of_clients"),
        ("trades", "trades_id_of_clients"),
        ("profiles", "profiles_forget_claimed"),
        ("profiles", "profiles_look_again"),
        ("auth.users", "on_auth_user_created"),
        ("storage.objects", "objects_are_not_truncated"),
        ("storage.buckets", "buckets_are_not_truncated"),
    }  # fmt: skip
    assert {tuple(row) for row in rows} == exercised
    assert len(exercised) == 18
