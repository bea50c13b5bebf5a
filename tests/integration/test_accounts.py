"""Several accounts of one trader: a trade counts on the one it was recorded on, and nothing of it reaches another."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.journaling import Journal, Person, journaling

FIGURES = ("trade_date", "starting_balance", "ending_balance", "daily_pnl", "trades_taken", "daily_loss_used")


@pytest.fixture
async def journal(dsn: str, trader: UUID, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, openai_api_key=None) as journal:
        await journal.db.execute(
            "update public.profiles set account_size = 50000, journal_preferences = $2 where id = $1",
            trader,
            '{"timezone": "America/New_York", "screenshots": false}',
        )
        yield journal


@pytest.fixture
async def person(journal: Journal, trader: UUID) -> Person:
    return await Person(journal, "4001").binds(trader)


async def add_account(db: asyncpg.Connection, user: UUID, name: str, size: int = 100_000, **columns: Any) -> UUID:
    """As /account add leaves it."""
    values = {"user_id": user, "name": name, "account_size": size} | columns
    marks = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    account: UUID = await db.fetchval(
        f"insert into worker.accounts ({', '.join(values)}) values ({marks}) returning id", *values.values()
    )
    return account


async def days(journal: Journal, account: UUID | None = None) -> list[tuple[Any, ...]]:
    """The stored days of an account, or of the default one."""
    table, condition = (
        ("worker.account_days", f"account_id = '{account}'") if account else ("public.daily_tracking", "true")
    )
    rows = await journal.rows(f"select {', '.join(FIGURES)} from {table} where {condition} order by trade_date")
    return [tuple(row.values()) for row in rows]


async def test_a_trade_counts_on_its_account_alone(journal: Journal, person: Person, trader: UUID) -> None:
    apex = await add_account(journal.db, trader, "apex2")
    await person.records("long 2 nq 18250 > 18290")
    main_days, streak = await days(journal), await journal.row("select current_streak_days from public.profiles")
    trade_id = await person.records("long 1 nq 18250 > 18200 @apex2")
    (day,) = await days(journal, apex)
    assert day[1:] == (100_000, 99_000, -1000, 1, 1000)
    assert await days(journal) == main_days
    assert await journal.row("select current_streak_days from public.profiles") == streak
    trade = await journal.row(
        "select daily_tracking_id, account_id, account_day_id from public.trades t"
        " join worker.trade_facts f on f.trade_id = t.id where t.id = $1",
        trade_id,
    )
    assert (trade["daily_tracking_id"], trade["account_id"]) == (None, apex)
    assert trade["account_day_id"] is not None


async def test_undo_and_redo_keep_the_account(journal: Journal, person: Person, trader: UUID) -> None:
    apex = await add_account(journal.db, trader, "apex2")
    await person.records("long 1 nq 18250 > 18290 @apex2")
    recorded = await days(journal, apex)
    (undone,) = await person.writes("/undo")
    assert "Account apex2" in undone
    assert await days(journal, apex) == [] == await days(journal)
    (redone,) = await person.writes("/redo")
    assert "Account apex2" in redone
    assert await days(journal, apex) == recorded
    assert await days(journal) == []


async def test_parts_of_a_trade_count_on_its_account(journal: Journal, person: Person, trader: UUID) -> None:
    apex = await add_account(journal.db, trader, "apex2")
    await person.records("long 2 es 5300 @apex2")
    await person.writes("sold 1 of 2 at 5310")
    assert "Account apex2" in (await person.writes("yes"))[0]
    assert [day[3:5] for day in await days(journal, apex)] == [(500, 1)]
    await person.writes("out 5320")
    await person.writes("yes")
    assert [day[3:5] for day in await days(journal, apex)] == [(1500, 1)]
    await person.writes("/undo")
    await person.writes("/undo")
    assert [day[3:5] for day in await days(journal, apex)] == [(0, 1)]
    assert await days(journal) == []


async def test_a_receipt_tells_of_the_accounts_day_limits_and_currency(
    journal: Journal, person: Person, trader: UUID
) -> None:
    await journal.db.execute("update public.profiles set max_daily_trades = 1 where id = $1", trader)
    await add_account(journal.db, trader, "euro", currency="EUR", daily_loss_limit_pct=Decimal(2))
    await person.writes("long 1 nq pnl -500 @euro")
    (receipt,) = await person.writes("yes")
    assert "Account euro" in receipt
    assert "-€500.00" in receipt
    assert "€1,500.00 of €2,000.00 left" in receipt
    assert "Trades:" not in receipt


async def test_each_account_has_its_own_day_start(journal: Journal, person: Person, trader: UUID) -> None:
    apex = await add_account(journal.db, trader, "apex2", day_zone="America/New_York", day_hour=18)
    for account in ("main", "apex2"):
        await person.records(f"long 1 nq 18250 > 18290 in 19:00 out 19:30 yesterday @{account}")
    (main_day,), (apex_day,) = await days(journal), await days(journal, apex)
    assert (apex_day[0] - main_day[0]).days == 1


async def test_another_traders_account_is_none(journal: Journal, person: Person, trader: UUID) -> None:
    stranger = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'b@c.d') returning id"
    )
    await add_account(journal.db, stranger, "theirs")
    (asked,) = await person.writes("long 1 nq 18250 > 18290 @theirs")
    assert "I know no account @theirs" in asked
    assert "/account add theirs 50000" in asked


async def test_even_a_forged_patch_reaches_no_foreign_account(journal: Journal, trader: UUID) -> None:
    stranger = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'b@c.d') returning id"
    )
    theirs = await add_account(journal.db, stranger, "theirs")
    patch = f'{{"trade": {{}}, "facts": {{"account_id": "{theirs}"}}, "day": "2026-03-23"}}'
    with pytest.raises(asyncpg.NoDataFoundError):
        await journal.db.execute("select worker.put_trade($1, gen_random_uuid(), $2)", trader, patch)


async def test_an_account_that_was_closed_meanwhile_is_asked_for(
    journal: Journal, person: Person, trader: UUID
) -> None:
    await add_account(journal.db, trader, "apex2")
    await person.writes("long 1 nq 18250 > 18290 @apex2")
    await journal.db.execute("update worker.accounts set closed_at = now()")
    (asked,) = await person.writes("yes")
    assert "@apex2 is closed" in asked
    assert await journal.count("public.trades") == 0
    await person.writes("@main")
    assert "Recorded" in (await person.writes("yes"))[0]


async def test_a_list_of_trades_names_the_accounts(journal: Journal, person: Person, trader: UUID) -> None:
    await add_account(journal.db, trader, "apex2")
    await person.records("long 1 nq 18250 > 18290 @apex2")
    await person.records("short 1 nq 18250 > 18240")
    (listed,) = await person.writes("/trades")
    first, second = listed.splitlines()[1:3]
    assert "@main" in first
    assert "@apex2" in second


async def test_trades_of_other_writers_are_edited_closed_and_undone(
    journal: Journal, person: Person, trader: UUID
) -> None:
    """They have no row of facts, and perhaps no day."""
    await add_account(journal.db, trader, "apex2")
    await journal.db.execute(
        "insert into public.trades (user_id, symbol, direction, position_size, entry_price, exit_price, pnl)"
        " values ($1, 'NQ', 'long', 1, 18250, 18290, 800)",
        trader,
    )
    trade_id = await journal.db.fetchval("select id from public.trades")
    patch = '[{"kind": "edit", "trade_id": "%s", "patch": {"trade": {"pnl": "700"}, "facts": {}, "day": "2026-03-23"}}]'
    await journal.db.execute("select worker.apply_changes($1, $2)", trader, patch % trade_id)
    assert [(day[0], day[3]) for day in await days(journal)] == [(date(2026, 3, 23), 700)]
    assert "as before" in (await person.writes("/undo"))[0]
    assert await days(journal) == []
    trade = await journal.row("select pnl, daily_tracking_id from public.trades")
    assert trade == {"pnl": 800, "daily_tracking_id": None}
    assert "NQ" in (await person.writes("/trades"))[0]


async def test_a_profile_with_accounts_can_be_deleted(journal: Journal, person: Person, trader: UUID) -> None:
    await add_account(journal.db, trader, "apex2")
    await person.records("long 1 nq 18250 > 18290 @apex2")
    await journal.db.execute("delete from auth.users where id = $1", trader)
    for table in ("public.trades", "worker.accounts", "worker.account_days", "worker.trade_facts"):
        assert await journal.count(table) == 0
