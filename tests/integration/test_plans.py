"""Plans on a real database: kept with the turn, once, for seven days, for their trader alone."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from bot.schedules import schedules_of
from bot.settings import read_settings
from db import pool
from db.plans import forget_old
from statemachine.message import Attachment
from statemachine.plan import MOST_PLANS
from tests.integration.databases import acting_as, connected, sign_up
from tests.journaling import Journal, Person, journaling

PLAN = "limit buy 2 nq 18200 sl 18180 tp 18260"
CHART = Attachment(kind="photo", handle="chart")


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path) as journal:
        yield journal
        assert await journal.rows("select error from worker.inbox where status = 'failed'") == []


async def listed(person: Person) -> list[str]:
    """The plans as /plans shows them."""
    (text,) = await person.writes("/plans")
    return [line for line in text.splitlines() if line[:1].isdigit()]


# ---- kept


async def test_a_plan_is_kept_beside_the_journal(journal: Journal, ann: Person, trader: UUID) -> None:
    (text,) = await ann.does(ann.message(PLAN, external_id="7"))
    assert text.splitlines()[:3] == ["Plan kept", "Long 2 NQ", "at 18,200 · stop 18,180 · target 18,260"]
    row = await journal.row("select * from worker.plans")
    assert (row["user_id"], row["source_id"], row["chat_id"], row["filled_by"]) == (trader, "7", "4001", None)
    fields = json.loads(row["plan"])["fields"]
    assert (fields["symbol"], fields["direction"], fields["entry_price"]) == ("NQ", "long", "18200")
    for table in ("public.trades", "worker.changes", "public.daily_tracking"):
        assert await journal.count(table) == 0


async def test_a_message_that_comes_twice_makes_one_plan(
    journal: Journal, ann: Person, dsn: str, tmp_path: Path
) -> None:
    plan = ann.message(PLAN)
    async with journaling(dsn, tmp_path) as other:
        receives = [part.worker.turns.receive(plan) for part in (journal, other) for _ in range(4)]
        await asyncio.gather(*receives)
    assert await ann.does(plan) == []
    (known,) = await ann.writes(PLAN)
    assert known.startswith("You have this plan already")
    assert await journal.count("worker.plans") == 1


async def test_a_turn_that_fails_keeps_no_plan(journal: Journal, ann: Person) -> None:
    await journal.db.execute(
        "alter table worker.outbox add constraint refuse check (payload ->> 'title' <> 'Plan kept')"
    )
    await ann.writes(PLAN)
    assert await journal.count("worker.plans") == 0
    assert await journal.db.fetchval("delete from worker.inbox where status = 'failed' returning true")


async def test_an_edited_message_changes_its_plan(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(PLAN, external_id="7"))
    edit = ann.message("limit buy 1 nq 18190 sl 18170", external_id="7:e1", edits="7")
    (text,) = await ann.does(edit)
    assert text.startswith("Plan changed")
    assert await listed(ann) == ["1. Long 1 NQ · at 18,190 · stop 18,170"]


async def test_only_in_its_own_chat_does_a_message_name_its_plan(dsn: str, tmp_path: Path, trader: UUID) -> None:
    """Two platforms number their messages alike."""
    async with journaling(dsn, tmp_path, "telegram", "discord") as journal:
        here = await Person(journal, "4001").binds(trader)
        there = await Person(journal, "5001", "discord").binds(trader)
        await here.does(here.message(PLAN, external_id="7"))
        assert await listed(there) == await listed(here)
        edit = there.message("limit buy 1 nq 18190 sl 18170", external_id="7:e1", edits="7")
        assert await there.does(edit) == []
        assert await listed(here) == ["1. Long 2 NQ · at 18,200 · stop 18,180 · target 18,260"]


async def test_so_many_plans_and_no_more(journal: Journal, ann: Person) -> None:
    for number in range(MOST_PLANS):
        await ann.writes(f"limit buy 1 nq {18000 + 100 * number}")
    (text,) = await ann.writes("limit buy 1 nq 17000")
    assert text.startswith(f"{MOST_PLANS} plans wait already, so this one was not kept.")
    (text,) = await ann.writes("limit buy 1 nq 18000 sl 17980")
    assert text.startswith("Plan changed")
    assert await journal.count("worker.plans") == MOST_PLANS


async def test_a_plan_is_kept_for_seven_days(journal: Journal, ann: Person, dsn: str) -> None:
    await ann.writes(PLAN)
    await ann.writes("limit sell 1 es 5420")
    await journal.db.execute(
        "update worker.plans set planned_at = now() - interval '7 days' where plan #>> '{fields,symbol}' = 'NQ'"
    )
    assert await listed(ann) == ["1. Short 1 ES · at 5420"]
    database = await pool.open_pool(dsn, size=1)
    try:
        await schedules_of(database, read_settings(None))["old_plans"].run()
    finally:
        await database.close()
    assert await journal.count("worker.plans") == 1
    async with connected(dsn) as connection:
        assert await forget_old(connection) == 0


# ---- filled


async def test_a_filled_plan_becomes_an_open_trade(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.writes(PLAN)
    (asked,) = await ann.writes("filled 1 @ 18201.25")
    assert "From your plan at 18,200" in asked
    assert await journal.count("public.trades") == 0
    (receipt,) = await ann.writes("yes")
    assert receipt.startswith("Recorded, open")
    assert "Ends your plan: Long 2 NQ" in receipt
    trade = await journal.row("select * from public.trades")
    columns = ("entry_price", "stop_loss", "take_profit", "position_size")
    assert [str(trade[name]) for name in columns] == ["18201.25", "18180", "18260", "1"]
    assert (trade["symbol"], trade["direction"], trade["entry_time"]) == ("NQ", "long", None)
    facts = await journal.row("select is_open, initial_stop from worker.trade_facts")
    assert (facts["is_open"], int(facts["initial_stop"])) == (True, 18180)
    assert await journal.db.fetchval("select filled_by from worker.plans") == trade["id"]
    assert await listed(ann) == []


async def test_undo_brings_the_plan_back_and_redo_ends_it_again(journal: Journal, ann: Person) -> None:
    await ann.writes(PLAN)
    await ann.writes("filled")
    await ann.writes("yes")
    undone, back = await ann.writes("/undo")
    assert undone.startswith("Taken back")
    assert back.startswith("Its plan waits again: Long 2 NQ · at 18,200")
    assert len(await listed(ann)) == 1
    await ann.writes("/redo")
    assert await listed(ann) == []


async def test_a_press_that_comes_twice_fills_once(journal: Journal, ann: Person) -> None:
    await ann.writes(PLAN)
    await ann.presses("Filled")
    (again,) = await ann.presses("Filled")
    assert again.startswith("Is this right?")
    await ann.writes("yes")
    assert await journal.count("public.trades") == 1
    (gone,) = await ann.presses("Filled")
    assert gone.startswith("That plan is not there any more.")


async def test_the_answered_message_tells_which_plan(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(PLAN, external_id="7"))
    await ann.does(ann.message("limit buy 1 nq 18100", external_id="8"))
    (asked,) = await ann.writes("filled", reply_to="8")
    assert "Long 1 NQ" in asked
    ended, _still_asked = await ann.writes("no fill", reply_to="7")
    assert ended.startswith("Plan ended, nothing was journaled: Long 2 NQ")


async def test_the_chart_of_a_plan_is_the_trades(journal: Journal, ann: Person) -> None:
    await ann.writes(PLAN, attachments=(CHART,))
    await ann.writes("filled")
    await ann.writes("yes")
    jobs = await journal.rows("select payload from worker.pgqueuer where entrypoint = 'media'")
    assert [b"chart" in job["payload"] for job in jobs] == [True]


async def test_a_correction_of_a_recorded_fill(journal: Journal, ann: Person) -> None:
    """Without a plan "filled at" is said of the latest trade, as before there were plans."""
    await ann.records("long 2 nq 18200")
    (asked,) = await ann.writes("filled at 18201")
    assert asked.startswith("Change this trade?")
    assert "18,200 → 18,201" in asked


async def test_an_edited_fill_changes_its_draft_and_its_trade(journal: Journal, ann: Person) -> None:
    await ann.writes(PLAN)
    await ann.does(ann.message("filled at 18201", external_id="9"))
    (asked,) = await ann.does(ann.message("filled at 18202", external_id="9:e1", edits="9"))
    assert "in at 18,202" in asked
    await ann.writes("yes")
    (asked,) = await ann.does(ann.message("filled at 18203", external_id="9:e2", edits="9"))
    assert "18,202 → 18,203" in asked


# ---- of whom


async def test_plans_of_others_are_not_seen_and_not_touched(journal: Journal, ann: Person) -> None:
    bob = await Person(journal, "4002").binds(await sign_up(journal.db, "bob@example.com"))
    await ann.writes(PLAN)
    assert await listed(bob) == []
    (text,) = await bob.writes("no fill")
    assert text.startswith("I know no plan")
    plan: UUID = await journal.db.fetchval("select id from worker.plans")
    for data in (f"pn:{plan.hex}", f"pf:{plan.hex}"):
        (text,) = await bob.does(bob.message(button=data))
        assert text.startswith("That plan is not there any more.")
    assert len(await listed(ann)) == 1


async def test_even_a_forged_draft_ends_no_foreign_plan(journal: Journal, ann: Person, trader: UUID) -> None:
    bob_id = await sign_up(journal.db, "bob@example.com")
    plan = uuid4()
    put = [{"id": str(plan), "plan": {}, "source_id": None}]
    put_plans = "select worker.put_plans($1, 'telegram', 'bot', '4001', $2)"
    await journal.db.execute(put_plans, trader, json.dumps(put))
    for forged in ({"id": str(plan), "filled_by": None}, {"id": str(plan), "plan": {"a": 1}}):
        await journal.db.execute(put_plans, bob_id, json.dumps([forged]))
    row = await journal.row("select user_id, plan from worker.plans")
    assert (row["user_id"], json.loads(row["plan"])) == (trader, {})


async def test_one_that_another_version_wrote_stops_nothing(journal: Journal, ann: Person) -> None:
    await ann.writes(PLAN)
    await journal.db.execute("""update worker.plans set plan = '{"fields": {"direction": "up"}}'""")
    assert await listed(ann) == []
    assert (await ann.writes(PLAN))[0].startswith("Plan kept")


async def test_a_profile_takes_its_plans_along(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.writes(PLAN)
    await journal.db.execute("delete from auth.users where id = $1", trader)
    assert await journal.count("worker.plans") == 0


async def test_clients_reach_no_plan(connection: asyncpg.Connection, trader: UUID) -> None:
    for role in ("anon", "authenticated"):
        for right in ("select", "insert", "update", "delete", "truncate"):
            assert not await connection.fetchval("select has_table_privilege($1, 'worker.plans', $2)", role, right)
        may = "select has_function_privilege($1, 'worker.put_plans(uuid, text, text, text, jsonb)', 'execute')"
        assert not await connection.fetchval(may, role)
    assert await connection.fetchval("select relrowsecurity from pg_class where oid = 'worker.plans'::regclass")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting_as(connection, trader):
            await connection.fetch("select * from worker.plans")
