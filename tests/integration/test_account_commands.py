"""/account, /balance, /payout, /deposit and /rest: what the trader writes, what is answered, what is stored."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from bot.trading.day import ONE_DAY, trading_day, zone_named
from bot.trading.day import DayStart as Start
from tests.integration.test_accounts import add_account
from tests.journaling import Journal, Person, journaling

NEW_YORK = zone_named("America/New_York")


@pytest.fixture
async def journal(dsn: str, trader: UUID, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", openai_api_key=None) as journal:
        await journal.db.execute(
            "update public.profiles set account_size = 50000, journal_preferences = $2 where id = $1",
            trader,
            '{"timezone": "America/New_York", "screenshots": false}',
        )
        yield journal


@pytest.fixture
async def person(journal: Journal, trader: UUID) -> Person:
    return await Person(journal, "4001").binds(trader)


def today() -> Any:
    assert NEW_YORK is not None
    return trading_day(datetime.now(UTC), Start(NEW_YORK))


async def one(person: Person, text: str) -> str:
    (answer,) = await person.writes(text)
    return answer


async def day(journal: Journal, name: str = "main") -> dict[str, Any]:
    """The latest day of an account."""
    if name == "main":
        return (await journal.rows("select * from public.daily_tracking order by trade_date desc limit 1"))[0]
    query = (
        "select d.* from worker.account_days d join worker.accounts a on a.id = d.account_id where a.name = $1"
        " order by trade_date desc limit 1"
    )
    return await journal.row(query, name)


# ---- /account


async def test_an_account_is_added_used_and_closed(journal: Journal, person: Person) -> None:
    assert "@main · $50,000 · day from 00:00 New York" in await one(person, "/account")
    assert "@apex2 · $150,000" in await one(person, "/account add Apex2 150k")
    listed = await one(person, "/account")
    assert "@main · $50,000 · day from 00:00 New York · in use" in listed
    assert "trades that name no account go to @apex2" in (await person.presses("Use @apex2"))[0]
    assert "Account apex2" in await one(person, "long 1 nq 18250 > 18290")
    await person.writes("yes")
    assert (await day(journal, "apex2"))["ending_balance"] == 150_800
    assert await journal.count("public.daily_tracking") == 0
    assert "takes no new ones" in await one(person, "/account close apex2")
    assert "Account main" in await one(person, "long 1 es 5300 > 5310")
    assert "@apex2 · $150,000 · day from 00:00 New York · closed" in await one(person, "/account")
    assert "closed" in await one(person, "/account use apex2")
    assert "takes trades" in await one(person, "/account reopen apex2")


@pytest.mark.parametrize(
    ("written", "shown", "stored"),
    [
        ("/account apex2 phase funded", "@apex2 · $100,000 · funded", {"challenge_phase": "funded"}),
        ("/account apex2 firm Apex", "@apex2 · $100,000 · Apex ·", {"firm": "Apex"}),
        ("/account @apex2 currency eur", "@apex2 · €100,000", {"currency": "EUR"}),
        (
            "/account apex2 start 18:00 New York",
            "day from 18:00 New York",
            {"day_zone": "America/New_York", "day_hour": 18},
        ),
        ("/account apex2 start 5pm chicago", "day from 17:00 Chicago", {"day_zone": "America/Chicago", "day_hour": 17}),
        ("/account apex2 start midnight cet", "day from 00:00 Berlin", {"day_zone": "Europe/Berlin", "day_hour": 0}),
        ("/account apex2 size $150,000", "@apex2 · $150,000", {"account_size": 150_000}),
    ],
)
async def test_what_an_account_is(
    journal: Journal, person: Person, trader: UUID, written: str, shown: str, stored: dict[str, Any]
) -> None:
    await add_account(journal.db, trader, "apex2")
    assert shown in await one(person, written)
    row = await journal.row("select * from worker.accounts")
    assert {name: row[name] for name in stored} == stored


async def test_the_main_account_is_the_profile(journal: Journal, person: Person, trader: UUID) -> None:
    for command in ("size 75k", "phase eval", "start 18:00 ET", "currency EUR", "firm Example Firm"):
        await one(person, f"/account {command}")
    profile = await journal.row(
        "select account_size, challenge_phase, prop_firm, journal_preferences::jsonb -> 'day_start' ->> 'zone' as zone,"
        " journal_preferences ->> 'currency' as currency, journal_preferences ->> 'screenshots' as screenshots"
        " from public.profiles where id = $1",
        trader,
    )
    assert profile == {
        "account_size": 75_000,
        "challenge_phase": "evaluation",
        "prop_firm": "Example Firm",
        "zone": "America/New_York",
        "currency": "EUR",
        "screenshots": "false",
    }
    assert "@main · €75,000 · Example Firm · evaluation · day from 18:00 New York" in await one(person, "/account")


async def test_a_new_size_computes_the_days_anew_and_a_new_start_moves_none(journal: Journal, person: Person) -> None:
    await person.records("long 1 nq 18250 > 18290")
    before = await day(journal)
    assert "Recorded trades keep their day" in await one(person, "/account start 18:00 Tokyo")
    assert await day(journal) == before
    await one(person, "/account size 100000")
    after = await day(journal)
    assert (after["starting_balance"], after["ending_balance"]) == (100_000, 100_800)


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("/account add", "name and its size"),
        ("/account add apex2", "name and its size"),
        ("/account add 2apex 50000", "begins with a letter"),
        ("/account add market 50000", "no word of the market"),
        ("/account add nq 50000", "no word of the market"),
        ("/account add size 50000", "cannot be its name"),
        ("/account add main 50000", "cannot be its name"),
        ("/account add apex2 -50000", "above zero"),
        ("/account add apex2 0", "above zero"),
        ("/account add apex2 lots", "above zero"),
        ("/account add apex2 1e12", "above zero"),
        ("/account add taken 50000", "@taken already"),
        ("/account close", "stays open"),
        ("/account close main", "stays open"),
        ("/account use nobody", "no account @nobody"),
        ("/account nobody size 5", "no account @nobody"),
        ("/account @nobody", "no account @nobody"),
        ("/account size", "above zero"),
        ("/account phase soon", "evaluation or funded"),
        ("/account start 18:30 New York", "full hour"),
        ("/account start 18:00 Atlantis", "city or time zone"),
        ("/account start 25:00", "when the day starts"),
        ("/account start 13pm", "when the day starts"),
        ("/account currency XXX", "three letters"),
        ("/account firm " + "x" * 61, "1 to 60"),
        ("/account ?; drop table", "what to change"),
    ],
)
async def test_what_cannot_be_done_is_said_with_an_example(
    journal: Journal, person: Person, trader: UUID, written: str, answer: str
) -> None:
    await add_account(journal.db, trader, "taken")
    before = await journal.row("select to_jsonb(p) - 'updated_at' as p from public.profiles p where id = $1", trader)
    said = await one(person, written)
    assert answer in said
    assert "/account" in said
    assert await journal.count("worker.accounts") == 1
    assert (
        await journal.row("select to_jsonb(p) - 'updated_at' as p from public.profiles p where id = $1", trader)
        == before
    )


# ---- /balance, /payout, /deposit


async def test_without_a_balance_it_is_taken_to_be_the_size(person: Person) -> None:
    said = await one(person, "/balance")
    assert "Balance $50,000.00" in said
    assert "Assuming you started at account size, $50,000.00." in said


async def test_a_balance_includes_the_trades_so_far(journal: Journal, person: Person) -> None:
    await person.records("long 1 nq pnl -400")
    said = await one(person, "/balance 51,240 peak 52k")
    assert "Noted: balance $51,240.00, peak $52,000.00." in said
    stored = await day(journal)
    assert (stored["starting_balance"], stored["ending_balance"], stored["daily_pnl"]) == (51_640, 51_240, -400)
    assert (stored["max_equity_high"], stored["drawdown_used"]) == (52_000, 760)
    assert "Assuming" not in await one(person, "/balance")


async def test_a_payout_is_no_loss_and_no_drawdown(journal: Journal, person: Person) -> None:
    await person.writes("/balance 53000")
    await person.records("long 1 nq pnl -100")
    before = await day(journal)
    assert "never as P&L" in await one(person, "/payout $2,000")
    after = await day(journal)
    moved = {name: before[name] - after[name] for name in ("starting_balance", "ending_balance", "max_equity_high")}
    assert set(moved.values()) == {2000}
    assert {n: after[n] for n in ("daily_pnl", "daily_loss_used", "drawdown_used")} == {
        n: before[n] for n in ("daily_pnl", "daily_loss_used", "drawdown_used")
    }
    await person.writes("/deposit 500")
    assert (await day(journal))["ending_balance"] == after["ending_balance"] + 500
    said = await one(person, "/balance")
    assert [line.partition(" · ")[2] for line in said.splitlines() if " · " in line] == [
        "deposit $500.00",
        "payout $2,000.00",
        "balance $53,000.00",
    ]


async def test_what_was_told_after_a_payout_holds(journal: Journal, person: Person) -> None:
    await person.writes("/payout 1000")
    await person.writes("/balance 48500")
    assert (await day(journal))["ending_balance"] == 48_500
    await person.writes("/payout 500")
    assert (await day(journal))["ending_balance"] == 48_000


async def test_what_was_told_is_taken_back_in_order(journal: Journal, person: Person) -> None:
    await person.writes("/balance 51000")
    await person.writes("/payout 1000")
    assert "told after that" in (await person.presses("Undo", at=0))[0]
    assert "Taken back: payout $1,000.00." in await one(person, "/balance undo")
    assert (await day(journal))["ending_balance"] == 51_000
    assert "Taken back: balance $51,000.00." in (await person.presses("Undo", at=0))[0]
    assert await journal.count("public.daily_tracking") == 0
    assert "could be taken back" in await one(person, "/balance undo")


async def test_a_new_challenge_begins_at_the_size(journal: Journal, person: Person, trader: UUID) -> None:
    await add_account(journal.db, trader, "apex2")
    await person.records("long 1 nq pnl -2500 @apex2")
    assert "A new challenge on @apex2" in await one(person, "/account apex2 reset")
    stored = await day(journal, "apex2")
    assert (stored["ending_balance"], stored["max_equity_high"], stored["drawdown_used"]) == (100_000, 100_000, 0)
    await person.records("long 1 nq pnl -300 @apex2")
    stored = await day(journal, "apex2")
    assert (stored["ending_balance"], stored["drawdown_used"], stored["daily_pnl"]) == (99_700, 300, -2800)


async def test_each_account_has_its_own_balance(journal: Journal, person: Person, trader: UUID) -> None:
    await add_account(journal.db, trader, "euro", currency="EUR")
    assert "Balance €101,000.00" in await one(person, "/balance @euro 101.000")
    assert "Balance $50,000.00" in await one(person, "/balance")
    assert "payout €250.50" in await one(person, "/payout @euro 250,50")
    assert "Balance €100,749.50" in await one(person, "/balance euro")
    assert await journal.count("public.daily_tracking") == 0


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("/balance lots of money", "one amount"),
        ("/balance 51240 52000", "one amount"),
        ("/balance 51240 peak", "one amount"),
        ("/balance peak 52000", "one amount"),
        ("/balance 0", "above zero"),
        ("/balance -51240", "above zero"),
        ("/balance 51.24", "too far from"),
        ("/balance 51240000", "too far from"),
        ("/balance 1e99", "cannot be an amount"),
        ("/balance 51240.123456", "cannot be an amount"),
        ("/balance 51240 peak 51000", "cannot be below"),
        ("/balance @nobody 51240", "no account @nobody"),
        ("/payout", "one amount"),
        ("/payout 0", "above zero"),
        ("/payout 60000", "not less than the balance of $50,000.00"),
        ("/deposit nothing", "one amount"),
        ("/deposit -5", "above zero"),
        ("/deposit 1e12", "cannot be an amount"),
    ],
)
async def test_what_is_no_amount_is_said_with_an_example(
    journal: Journal, person: Person, written: str, answer: str
) -> None:
    said = await one(person, written)
    assert answer in said
    assert "Example: /" in said or "/account add" in said
    assert await journal.count("worker.balance_changes") == 0
    assert await journal.count("public.daily_tracking") == 0


async def test_another_traders_balance_is_not_touched(journal: Journal, person: Person, trader: UUID) -> None:
    other = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'b@c.d') returning id"
    )
    stranger = await Person(journal, "4002").binds(other)
    await person.writes("/balance 51000")
    await stranger.writes("/balance undo")
    assert await journal.count("worker.balance_changes", f"user_id = '{trader}'") == 1


# ---- /rest


async def test_a_rest_day_trades_and_rests_again(journal: Journal, person: Person) -> None:
    assert "is a rest day" in await one(person, "/rest")
    assert (await day(journal))["day_status"] == "rest_day"
    await person.records("long 1 nq 18250 > 18290")
    assert (await day(journal))["day_status"] == "trading"
    assert "has trades" in await one(person, "/rest")
    await person.writes("/undo")
    assert (await day(journal))["day_status"] == "rest_day"
    assert "no rest day any more" in await one(person, "/rest off")
    assert await journal.count("public.daily_tracking") == 0
    assert "is no rest day" in await one(person, "/rest off")


async def test_rest_may_be_planned(journal: Journal, person: Person) -> None:
    await person.writes("/rest tomorrow")
    await person.writes(f"/rest {today() - 2 * ONE_DAY}")
    rows = await journal.rows("select trade_date, day_status from public.daily_tracking order by 1")
    assert rows == [
        {"trade_date": today() - 2 * ONE_DAY, "day_status": "rest_day"},
        {"trade_date": today() + ONE_DAY, "day_status": "rest_day"},
    ]
    await person.writes("/rest tomorrow off")
    assert await journal.count("public.daily_tracking") == 1


@pytest.mark.parametrize("said", ["whenever", "2026-13-45", "0001-01-01", "31.12.", "; drop table trades"])
async def test_a_day_that_is_none_is_said_with_an_example(journal: Journal, person: Person, said: str) -> None:
    answer = await one(person, f"/rest {said}")
    assert "Example: /rest tomorrow" in answer
    assert await journal.count("public.daily_tracking") == 0


# ---- the edges


async def test_an_account_with_an_open_trade_stays_open(journal: Journal, person: Person, trader: UUID) -> None:
    await add_account(journal.db, trader, "apex2")
    await person.records("long 1 es 5300 @apex2")
    assert "open trade on @apex2: close it first" in await one(person, "/account close apex2")
    await person.writes("out 5310 @apex2")
    await person.writes("yes")
    assert "takes no new ones" in await one(person, "/account close apex2")


async def test_accounts_are_as_many_as_fit_a_turn(journal: Journal, person: Person, trader: UUID) -> None:
    for number in range(20):
        await add_account(journal.db, trader, f"a{number}")
    assert "20 accounts are open already" in await one(person, "/account add one-more 50000")
    await person.writes("/account close a7")
    assert "Added" in await one(person, "/account add one-more 50000")


async def test_warnings_elsewhere_are_in_the_accounts_money(journal: Journal, person: Person, trader: UUID) -> None:
    await journal.db.execute(
        'update public.profiles set journal_preferences = journal_preferences || \'{"guard_warnings": ["discord"]}\''
    )
    phone = await Person(journal, "9", "discord").binds(trader)
    await phone.writes("hello")
    await add_account(journal.db, trader, "euro", 10_000, currency="EUR", daily_loss_limit_pct=5)
    await person.writes("long 1 nq pnl -490 @euro")
    await person.writes("yes")
    warning = phone.replies[-1].text
    assert "Account euro" in warning
    assert "only €10.00 of €500.00 left" in warning


async def test_a_draft_that_a_client_gave_a_foreign_account_is_asked_about(
    journal: Journal, person: Person, trader: UUID
) -> None:
    await add_account(journal.db, trader, "apex2")
    await person.writes("long 1 nq 18250 > 18290")
    await journal.db.execute(
        "update public.journal_conversations"
        " set pending_trade = jsonb_set(pending_trade, '{fields,account}', to_jsonb('theirs'::text))"
    )
    assert "no account @theirs" in await one(person, "yes")
    assert await journal.count("public.trades") == 0


@pytest.mark.parametrize("role", ["anon", "authenticated"])
@pytest.mark.parametrize(
    "statement",
    [
        "select * from worker.accounts",
        "select * from worker.account_days",
        "select * from worker.balance_changes",
        "select worker.recompute_account_days(gen_random_uuid(), gen_random_uuid(), '2026-03-02')",
        "select worker.tell_balance(gen_random_uuid(), null, '2026-03-02', 'payout', 5, null)",
        "select worker.untell_balance(gen_random_uuid(), null)",
        "select worker.mark_day(gen_random_uuid(), '2026-03-02', 'rest_day')",
        "select worker.day_on(gen_random_uuid(), null, '2026-03-02')",
        "select * from worker.day_figures(gen_random_uuid(), null, '2026-03-02')",
    ],
)
async def test_clients_reach_none_of_it(connection: asyncpg.Connection, role: str, statement: str) -> None:
    await connection.execute(f"set role {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
