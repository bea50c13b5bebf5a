"""A weekday session that passed without a trade and without rest is a gap: written once, and never in the way of what
is told later.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from bot.gap_days import ended_sessions, mark_gaps
from db import days, pool
from tests.integration.test_days import Journal, new_journal

MONDAY = date(2026, 3, 2)
TUESDAY_NIGHT = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
"""Tuesday is over in New York, and everywhere west of it."""


@pytest.fixture
async def connections(dsn: str) -> Any:
    opened = await pool.open_pool(dsn, size=2, pooler=False)
    yield opened
    await opened.close()


async def trader(
    connection: asyncpg.Connection, preferences: str = '{"timezone": "America/New_York"}', **values: Any
) -> Journal:
    """Linked to a chat, with a trade on Friday the week before."""
    journal = await new_journal(connection, **({"telegram_chat_id": uuid4().hex} | values))
    await connection.execute(
        "update public.profiles set journal_preferences = $2 where id = $1", journal.user, preferences
    )
    await journal.trade(-3, 100)
    await journal.recompute(-3)
    return journal


async def statuses(journal: Journal) -> dict[int, str]:
    """Day status by days since Monday."""
    return {(day["trade_date"] - MONDAY).days: day["day_status"] for day in await journal.days()}


async def test_a_session_without_a_trade_is_a_gap_once(connection: asyncpg.Connection, connections: Any) -> None:
    journal = await trader(connection)
    assert await mark_gaps(connections, TUESDAY_NIGHT) == 2
    assert await mark_gaps(connections, TUESDAY_NIGHT) == 0
    assert await mark_gaps(connections, TUESDAY_NIGHT + timedelta(hours=1)) == 0
    assert await statuses(journal) == {-3: "trading", 0: "gap", 1: "gap"}
    assert [day["ending_balance"] for day in await journal.days()] == [50_100] * 3


async def test_who_has_left_is_given_no_more_days_after_a_month(
    connection: asyncpg.Connection, connections: Any
) -> None:
    """The last trade was on a Friday; the thirtieth day after it is a Sunday."""
    journal = await trader(connection)
    for night in range(60):
        await mark_gaps(connections, TUESDAY_NIGHT + timedelta(days=night))
    assert max(await statuses(journal)) == 25
    assert len(await statuses(journal)) == 1 + 20, "each weekday until then"
    await journal.trade(45, 100)
    await journal.recompute(45)
    assert await mark_gaps(connections, TUESDAY_NIGHT + timedelta(days=45)) == 1


async def test_trades_rest_and_weekends_are_no_gap(connection: asyncpg.Connection, connections: Any) -> None:
    journal = await trader(connection)
    await journal.trade(0, 50)
    await days.mark_day(connection, journal.user, MONDAY + timedelta(days=1), "rest_day")
    assert await mark_gaps(connections, TUESDAY_NIGHT) == 0
    assert await mark_gaps(connections, TUESDAY_NIGHT - timedelta(days=2)) == 0  # Saturday and Sunday
    assert await statuses(journal) == {-3: "trading", 0: "trading", 1: "rest_day"}


async def test_only_a_session_that_is_over_is_looked_at(connection: asyncpg.Connection, connections: Any) -> None:
    early = await trader(connection, '{"timezone": "Asia/Tokyo"}')
    late = await trader(connection, '{"timezone": "America/New_York", "day_start": {"hour": 18}}')
    await mark_gaps(connections, datetime(2026, 3, 3, 16, 0, tzinfo=UTC))
    assert await statuses(early) == {-3: "trading", 0: "gap", 1: "gap"}  # Tuesday has ended in Tokyo
    assert await statuses(late) == {-3: "trading", 0: "gap"}


async def test_who_never_journaled_or_has_no_chat_has_no_gaps(connection: asyncpg.Connection, connections: Any) -> None:
    chatless = await trader(connection, telegram_chat_id=None)
    new = await new_journal(connection, telegram_chat_id="77")
    begins = await new_journal(connection, telegram_chat_id="78")
    await begins.trade(2, 10)
    await begins.recompute()
    assert await mark_gaps(connections, TUESDAY_NIGHT) == 0
    assert [len(await journal.days()) for journal in (chatless, new, begins)] == [1, 0, 1]


async def test_a_trade_told_late_and_its_undo(connection: asyncpg.Connection, connections: Any) -> None:
    journal = await trader(connection)
    await mark_gaps(connections, TUESDAY_NIGHT)
    trade_id = await journal.trade(0, 70)
    await journal.recompute()
    assert (await statuses(journal))[0] == "trading"
    await connection.execute("delete from public.trades where id = $1", trade_id)
    await journal.recompute()
    assert (await statuses(journal))[0] == "gap"


async def test_rest_told_late(connection: asyncpg.Connection, connections: Any) -> None:
    journal = await trader(connection)
    await mark_gaps(connections, TUESDAY_NIGHT)
    assert await days.mark_day(connection, journal.user, MONDAY, "rest_day")
    assert (await statuses(journal))[0] == "rest_day"


async def test_a_trade_of_another_writer_without_a_day_counts(connection: asyncpg.Connection, connections: Any) -> None:
    journal = await trader(connection)
    await connection.execute(
        "insert into public.trades (user_id, symbol, exit_time, created_at) values ($1, 'NQ', $2, $3)",
        journal.user,
        datetime(2026, 3, 2, 16, 0, tzinfo=UTC),
        datetime(2026, 3, 3, 2, 0, tzinfo=UTC),
    )
    assert await mark_gaps(connections, TUESDAY_NIGHT) == 1
    assert await statuses(journal) == {-3: "trading", 1: "gap"}


async def test_another_accounts_trade_is_not_the_default_accounts(
    connection: asyncpg.Connection, connections: Any
) -> None:
    """The streak and its gaps are the default account's alone."""
    journal = await trader(connection)
    account = await connection.fetchval(
        "insert into worker.accounts (user_id, name) values ($1, 'apex2') returning id", journal.user
    )
    day = await connection.fetchval("select worker.ensure_account_day($1, $2, $3)", journal.user, account, MONDAY)
    trade_id = uuid4()
    await connection.execute("insert into public.trades (id, user_id, pnl) values ($1, $2, 5)", trade_id, journal.user)
    await connection.execute(
        "insert into worker.trade_facts (trade_id, user_id, account_id, account_day_id) values ($1, $2, $3, $4)",
        trade_id, journal.user, account, day,
    )  # fmt: skip
    assert await mark_gaps(connections, TUESDAY_NIGHT) == 2


@pytest.mark.parametrize(
    "preferences", ["[]", '"x"', '{"timezone": 5, "day_start": []}', '{"day_start": {"zone": "../etc", "hour": 99}}']
)
async def test_odd_preferences_mean_midnight_utc(
    connection: asyncpg.Connection, connections: Any, preferences: str
) -> None:
    journal = await trader(connection, preferences)
    assert await mark_gaps(connections, TUESDAY_NIGHT) == 2
    assert await statuses(journal) == {-3: "trading", 0: "gap", 1: "gap"}


async def test_one_profiles_failure_stops_no_other(connection: asyncpg.Connection, connections: Any) -> None:
    poison = await trader(connection)
    others = [await trader(connection) for _ in range(3)]
    await connection.execute(
        "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;"
        f"create trigger refuse before insert on public.daily_tracking for each row"
        f" when (new.user_id = '{poison.user}') execute function refuse()"
    )
    assert await mark_gaps(connections, TUESDAY_NIGHT) == 6
    assert await statuses(poison) == {-3: "trading"}
    assert [(await statuses(journal))[1] for journal in others] == ["gap"] * 3


# ---- the streak


async def audited(journal: Journal, *offsets: int) -> None:
    for offset in offsets:
        await journal.trade(offset, 10, audit_status="audited")
    await journal.recompute(-30)


async def test_a_gap_ends_the_streak_at_once(connection: asyncpg.Connection, connections: Any) -> None:
    journal = await trader(connection)
    await audited(journal, -4, -3)
    assert await journal.streak() == (2, 2, MONDAY - timedelta(days=3))
    await mark_gaps(connections, TUESDAY_NIGHT)
    row = await connection.fetchrow("select current_streak_days, longest_streak_days from public.profiles")
    assert tuple(row) == (0, 2)
    await audited(journal, 2)
    assert await journal.streak() == (1, 2, MONDAY + timedelta(days=2))


async def test_rest_in_the_gaps_place_mends_the_streak(connection: asyncpg.Connection, connections: Any) -> None:
    journal = await trader(connection)
    await audited(journal, -4, -3)
    await mark_gaps(connections, datetime(2026, 3, 3, 6, tzinfo=UTC))
    assert (await journal.streak())[0] == 0
    await days.mark_day(connection, journal.user, MONDAY, "rest_day")
    await audited(journal, 1)
    assert (await journal.streak())[0] == 3


async def test_other_accounts_have_no_part_in_the_streak(connection: asyncpg.Connection) -> None:
    journal = await trader(connection)
    await audited(journal, 0, 1)
    account = await connection.fetchval(
        "insert into worker.accounts (user_id, name) values ($1, 'apex2') returning id", journal.user
    )
    day = await connection.fetchval(
        "select worker.ensure_account_day($1, $2, $3)", journal.user, account, MONDAY + timedelta(days=2)
    )
    trade_id = uuid4()
    await connection.execute(
        "insert into public.trades (id, user_id, pnl, audit_status) values ($1, $2, 5, 'audited')",
        trade_id,
        journal.user,
    )
    await connection.execute(
        "insert into worker.trade_facts (trade_id, user_id, account_id, account_day_id) values ($1, $2, $3, $4)",
        trade_id, journal.user, account, day,
    )  # fmt: skip
    await connection.execute("select worker.recompute_trade($1, $2)", journal.user, trade_id)
    assert await journal.streak() == (2, 2, MONDAY + timedelta(days=1))


def test_sessions_of_two_days_are_looked_at() -> None:
    """Whenever the job runs, each weekday session falls into some run's two days, even if one night's is missed."""
    user = UUID(int=1)
    for preferences in ('{"timezone": "America/New_York", "day_start": {"hour": 18}}', '{"timezone": "Asia/Tokyo"}'):
        seen: dict[date, int] = {}
        for night in range(-3, 25):
            for session in ended_sessions(user, preferences, TUESDAY_NIGHT + timedelta(days=night)):
                seen[session.day] = seen.get(session.day, 0) + 1
                assert session.day.isoweekday() < 6
        inner = [count for day, count in seen.items() if MONDAY <= day < MONDAY + timedelta(days=20)]
        assert inner
        assert set(inner) == {2}


async def test_preferences_that_cannot_be_read_stop_nobody(connection: asyncpg.Connection, connections: Any) -> None:
    """PostgreSQL keeps lists of a depth, and numbers of a length, that Python's reader of JSON refuses."""
    await trader(connection, "[" * 3000 + "]" * 3000)
    await trader(connection, '{"day_start": 1' + "0" * 5000 + "}")
    journal = await trader(connection)
    await mark_gaps(connections, TUESDAY_NIGHT)
    assert await statuses(journal) == {-3: "trading", 0: "gap", 1: "gap"}
