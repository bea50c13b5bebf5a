"""The same trade on several accounts: told once, recorded on each, each with its own day, and taken back once."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from bot.understanding import message_id
from db import turns
from tests.integration.test_accounts import add_account, days
from tests.journaling import Journal, Person, journaling


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


@pytest.fixture
async def apex(journal: Journal, trader: UUID) -> list[UUID]:
    """The accounts apex1 and apex2, beside the default one."""
    return [await add_account(journal.db, trader, name) for name in ("apex1", "apex2")]


async def made(journal: Journal, apex: list[UUID]) -> list[list[tuple[Decimal, int]]]:
    """P&L and trades of each day, of main, apex1 and apex2."""
    return [[day[3:5] for day in await days(journal, account)] for account in (None, *apex)]


async def test_each_account_has_its_trade_and_its_day(journal: Journal, person: Person, apex: list[UUID]) -> None:
    (question,) = await person.writes("long 2 nq 18250 > 18290 stop 18230 x3 accounts")
    assert "Accounts main, apex1 and apex2: one trade on each" in question
    assert "All together +$4,800.00" in question
    assert await journal.count("public.trades") == 0
    (receipt,) = await person.writes("yes")
    for account in ("main", "apex1", "apex2"):
        assert f"@{account}: +$1,600.00 computed · " in receipt
    assert receipt.count(": +$1,600.00, 1 trade") == 3
    assert await made(journal, apex) == [[(1600, 1)]] * 3
    assert await journal.count("public.trades", "position_size = 2 and pnl = 1600 and stop_loss = 18230") == 3
    assert await journal.count("worker.trade_facts", "copy_of is not null") == 3


async def test_one_undo_takes_all_back_and_one_redo_brings_all_again(
    journal: Journal, person: Person, apex: list[UUID]
) -> None:
    await person.writes("long 1 nq 18250 > 18290 on all accounts")
    await person.writes("yes")
    before = [await days(journal, account) for account in (None, *apex)]
    for undo in (lambda: person.writes("/undo"), lambda: person.presses("Undo")):
        (undone,) = await undo()
        assert undone.startswith("Taken back, no longer in your journal: Long 1 NQ")
        assert all(f"@{account}: " in undone for account in ("main", "apex1", "apex2"))
        assert await journal.count("public.trades") == 0
        assert [await days(journal, account) for account in (None, *apex)] == [[]] * 3
        (redone,) = await person.presses("Redo")
        assert redone.startswith("Back in your journal: Long 1 NQ")
        assert [await days(journal, account) for account in (None, *apex)] == before
    assert await journal.count("worker.changes") == 3


async def test_a_trade_before_is_left_alone(journal: Journal, person: Person, apex: list[UUID]) -> None:
    await person.records("long 1 es 5300 > 5310 @apex1")
    await person.writes("long 1 nq 18250 > 18290 @apex1 @apex2")
    await person.writes("yes")
    await person.writes("/undo")
    assert await made(journal, apex) == [[], [(500, 1)], []]
    (undone,) = await person.writes("/undo")
    assert "Long 1 ES" in undone
    assert await made(journal, apex) == [[], [], []]


async def test_the_ids_follow_from_the_message(
    journal: Journal, person: Person, trader: UUID, apex: list[UUID]
) -> None:
    report = person.message("long 1 nq 18250 > 18290 on all accounts")
    await person.does(report)
    await person.does(report)
    answer = person.message("yes")
    await person.does(answer)
    await person.does(answer)
    first = uuid5(message_id(report, trader), "0")
    expected = {first, uuid5(first, "apex1"), uuid5(first, "apex2")}
    assert {row["id"] for row in await journal.rows("select id from public.trades")} == expected
    assert await made(journal, apex) == [[(800, 1)]] * 3


async def test_a_total_is_divided(journal: Journal, person: Person, apex: list[UUID]) -> None:
    (question,) = await person.writes("long 1 cl pnl +1000 in total, all accounts")
    assert "P&L +$333.34 each, of the +$1,000.00 you said" in question
    await person.writes("yes")
    assert await made(journal, apex) == [[(Decimal("333.34"), 1)], [(Decimal("333.33"), 1)], [(Decimal("333.33"), 1)]]


async def test_limits_are_each_accounts_own(journal: Journal, person: Person, apex: list[UUID]) -> None:
    await journal.db.execute("update worker.accounts set max_daily_trades = 1 where id = $1", apex[1])
    await person.writes("long 1 nq 18250 > 18290 on all accounts")
    (receipt,) = await person.writes("yes")
    apex1, apex2, *warned, undo = receipt.splitlines()[-5:]
    assert (apex1[:7], apex2[:7], undo) == ("@apex1:", "@apex2:", "[Undo]")
    assert warned == ["Trades: 1 of 1, that was your last for the day", "Based on the closed trades you logged."]


async def test_open_copies_are_closed_together(journal: Journal, person: Person, apex: list[UUID]) -> None:
    await person.writes("long 2 es 5300 all accounts")
    (receipt,) = await person.writes("yes")
    assert receipt.startswith("Recorded, open")
    (question,) = await person.writes("out 5310")
    assert "Close long 2 ES from 5300 at 5310?" in question
    assert "Accounts main, apex1 and apex2" in question
    (receipt,) = await person.writes("yes")
    assert receipt.count("+$1,000.00 computed") == 3
    assert await made(journal, apex) == [[(1000, 1)]] * 3
    (undone,) = await person.writes("/undo")
    assert undone.startswith("Taken back, open again: Long 2 ES")
    assert await journal.count("worker.trade_facts", "is_open") == 3


async def test_an_answer_to_the_receipt_changes_all(journal: Journal, person: Person, apex: list[UUID]) -> None:
    await person.writes("long 1 es 5300 > 5310 all accounts")
    await person.writes("yes")
    receipt = person.replies[-1]
    (question,) = await person.writes("exit 5312", reply_to=receipt.external_id)
    assert "Accounts main, apex1 and apex2" in question
    (changed,) = await person.writes("yes")
    assert changed.startswith("Changed")
    assert await made(journal, apex) == [[(600, 1)]] * 3
    await person.writes("/undo")
    assert await made(journal, apex) == [[(500, 1)]] * 3


async def test_a_copy_that_changed_since_stays(journal: Journal, person: Person, apex: list[UUID]) -> None:
    await person.writes("long 1 es 5300 > 5310 all accounts")
    (receipt,) = await person.writes("yes")
    assert receipt
    undo = person.replies[-1].reply.buttons[0][0].data
    alone = await journal.db.fetchval("select trade_id from worker.trade_facts where account_id = $1", apex[1])
    edit = {"kind": "edit", "trade_id": str(alone), "patch": {"trade": {"stop_loss": "5290"}, "facts": {}}}
    async with journal.db.transaction():
        await turns.apply_changes(journal.db, await journal.db.fetchval("select id from public.profiles"), [edit])
    (undone,) = await person.does(person.message(button=undo))
    assert "Changed since, and left as it is: @apex2" in undone.splitlines()
    assert await made(journal, apex) == [[], [], [(500, 1)]]


async def test_a_copy_that_vanished_is_told_and_the_others_are_closed(
    journal: Journal, person: Person, apex: list[UUID]
) -> None:
    await person.writes("long 1 es 5300 all accounts")
    await person.writes("yes")
    await person.writes("out 5310")
    gone = "select trade_id from worker.trade_facts where account_id = $1"
    await journal.db.execute(f"delete from public.trades where id = ({gone})", apex[0])
    said = sorted(text.splitlines()[0] for text in await person.writes("yes"))
    assert said == ["Closed", "Closed", "I have no open trade in ES to close."]
    assert [day[-1:] for day in await made(journal, apex)] == [[(500, 1)], [(0, 1)], [(500, 1)]]


async def test_an_account_that_was_closed_meanwhile_is_asked_about(
    journal: Journal, person: Person, apex: list[UUID]
) -> None:
    await person.writes("long 1 es 5300 > 5310 all accounts")
    await journal.db.execute("update worker.accounts set closed_at = now() where id = $1", apex[1])
    (asked,) = await person.writes("yes")
    assert "@apex2 is closed" in asked
    assert await journal.count("public.trades") == 0
    (question,) = await person.writes("all accounts")
    assert "Accounts main and apex1: one trade on each" in question


async def test_another_traders_changes_are_not_taken_along(
    journal: Journal, person: Person, trader: UUID, apex: list[UUID]
) -> None:
    await person.writes("long 1 es 5300 > 5310 all accounts")
    await person.writes("yes")
    stranger = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'b@c.d') returning id"
    )
    newest = await journal.db.fetchval("select max(id) from worker.changes")
    assert len(await turns.changes_together(journal.db, trader, newest)) == 2
    assert await turns.changes_together(journal.db, stranger, newest) == []


async def test_what_is_usual_comes_from_the_latest_trades(journal: Journal, person: Person, trader: UUID) -> None:
    await journal.db.execute(
        """insert into public.trades (user_id, symbol, direction, position_size, source_type)
        select $1, symbol, 'long', size, 'journal'
        from (values ('MESZ5', 2::numeric), ('NQ', 1), ('NQ', 'NaN'), ('ES', null)) kinds (symbol, size),
             generate_series(1, 5)""",
        trader,
    )
    (question,) = await person.writes("long 1 es 5300 > 5310")
    assert "You usually trade MES, and ES is 10 times as large. Meant MES? Type it." in question
    (question,) = await person.writes("mes")
    assert "usually" not in question
    await person.writes("no")
    (question,) = await person.writes("long 5 nq 18250 > 18290")
    assert "5 is more than usual: your largest in NQ lately was 1." in question
