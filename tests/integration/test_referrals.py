"""Referrals: completed by the referred trader's first audit, rewarded once, five a month, never for oneself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from bot.referrals import reward_referrals
from db import pool, referrals
from tests.auditing import add_rules
from tests.integration.databases import acting_as, sign_up
from tests.journaling import REPORT, Journal, Person, journaling, overdue

COMPUTED = "Never more than 3 contracts"
TOLD = "A trader you referred has logged and audited a first trade: you have 1 more free audit, {} in all."


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", jobs=True) as journal:
        await journal.until("select exists (select from worker.pgqueuer_schedules where entrypoint = 'referrals')")
        await journal.db.execute("update worker.pgqueuer_schedules set next_run = now() + interval '1 hour'")
        yield journal
        assert await journal.rows("select error from worker.inbox where status = 'failed'") == []


async def referred_by(journal: Journal, referrer: UUID, *, chat_id: str | None = None) -> tuple[UUID, UUID]:
    """A new trader whom `referrer` brought: the profile and the referral. With `chat_id`: they have a chat."""
    user = await sign_up(journal.db, f"{uuid4().hex}@example.com")
    referral = await journal.db.fetchval(
        "insert into public.referrals (referrer_id, referred_id) values ($1, $2) returning id", referrer, user
    )
    if chat_id is not None:
        await (await Person(journal, chat_id).binds(user)).writes("/help")
    return user, referral


async def logged(person: Person, text: str = REPORT) -> None:
    """A trade from the report to its audit."""
    for said in (text, "yes", "/skip"):
        await person.writes(said)


async def audited(journal: Journal, user: UUID) -> None:
    """As an audit notes it."""
    await referrals.note_first_audit(journal.db, user)


async def state(journal: Journal, referral: UUID) -> tuple[str, bool]:
    row = await journal.row("select status, reward_applied from public.referrals where id = $1", referral)
    return row["status"], row["reward_applied"]


async def free_audits(journal: Journal, user: UUID) -> int:
    left: int = await journal.db.fetchval("select free_audits_remaining from public.profiles where id = $1", user)
    return left


async def run(journal: Journal) -> int:
    rewarded = await reward_referrals(journal.worker.pool)
    await journal.settle()
    return rewarded


# ---- the way of one


async def test_a_first_audit_completes_it_and_the_referrer_is_told(journal: Journal, trader: UUID) -> None:
    here = await Person(journal, "4001").binds(trader)
    there = await Person(journal, "5001", "discord").binds(trader)
    for person in (here, there):
        await person.writes("/help")
    ben, referral = await referred_by(journal, trader)
    chat = await Person(journal, "4002").binds(ben)
    await add_rules(journal.db, ben, COMPUTED)
    assert await state(journal, referral) == ("pending", False)
    await logged(chat)
    assert await state(journal, referral) == ("completed", False)
    assert await run(journal) == 1
    assert await state(journal, referral) == ("rewarded", True)
    assert [person.replies[-1].text for person in (here, there)] == [TOLD.format(4)] * 2
    assert (await free_audits(journal, trader), await free_audits(journal, ben)) == (4, 3)
    await chat.writes("/audit")
    await journal.db.execute("delete from public.trades")
    await logged(chat, "short 1 es 5300 > 5290")
    assert await run(journal) == 0
    assert await free_audits(journal, trader) == 4


async def test_a_trade_without_rules_is_no_audit(journal: Journal, trader: UUID) -> None:
    ben, referral = await referred_by(journal, trader)
    await logged(await Person(journal, "4002").binds(ben))
    assert await journal.count("public.trades", "audit_status = 'skipped'") == 1
    assert await run(journal) == 0
    assert await state(journal, referral) == ("pending", False)


async def test_it_needs_a_linked_chat_and_waits_for_one(journal: Journal, trader: UUID) -> None:
    ben, referral = await referred_by(journal, trader)
    await audited(journal, ben)
    assert await run(journal) == 0
    assert await state(journal, referral) == ("pending", False)
    await (await Person(journal, "4002").binds(ben)).writes("/help")
    assert await run(journal) == 1
    assert await state(journal, referral) == ("rewarded", True)


async def test_the_schedule_rewards(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path) as journal:
        ben, _ = await referred_by(journal, trader, chat_id="4002")
        await audited(journal, ben)
        await overdue(journal.db, "referrals", "* * * * *")
    async with journaling(dsn, tmp_path, jobs=True) as journal:
        await journal.until("select status = 'rewarded' from public.referrals")
        assert await free_audits(journal, trader) == 4


# ---- once, and five a month


async def test_fifty_at_once_reward_once(journal: Journal, dsn: str, trader: UUID) -> None:
    ann = await Person(journal, "4001").binds(trader)
    await ann.writes("/help")
    ben, referral = await referred_by(journal, trader, chat_id="4002")
    await audited(journal, ben)
    async with AsyncExitStack() as stack:
        pools = [await pool.open_pool(dsn, size=5) for _ in range(5)]
        for each in pools:
            stack.push_async_callback(each.close)
        assert sum(await asyncio.gather(*(reward_referrals(pools[n % 5]) for n in range(50)))) == 1
    await journal.settle()
    assert await free_audits(journal, trader) == 4
    assert await journal.count("worker.referral_rewards") == 1
    assert sum(sent.text.startswith("A trader you referred") for sent in ann.replies) == 1
    assert await state(journal, referral) == ("rewarded", True)


async def test_five_a_month_and_the_others_in_a_later_one(journal: Journal, dsn: str, trader: UUID) -> None:
    for number in range(8):
        ben, _ = await referred_by(journal, trader, chat_id=f"50{number:02}")
        await audited(journal, ben)
    async with AsyncExitStack() as stack:
        pools = [await pool.open_pool(dsn, size=5) for _ in range(5)]
        for each in pools:
            stack.push_async_callback(each.close)
        assert sum(await asyncio.gather(*(reward_referrals(pools[n % 5]) for n in range(50)))) == 5
    assert await free_audits(journal, trader) == 8
    statuses = await journal.rows("select status, count(*) from public.referrals group by 1 order by 1")
    assert [tuple(row.values()) for row in statuses] == [("completed", 3), ("rewarded", 5)]
    await journal.db.execute("update worker.referral_rewards set rewarded_at = rewarded_at - interval '1 month'")
    assert await run(journal) == 3
    assert await free_audits(journal, trader) == 11


async def test_a_capped_referrer_keeps_no_other_waiting(
    journal: Journal, trader: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(referrals, "BATCH", 2)
    for number in range(8):
        ben, _ = await referred_by(journal, trader, chat_id=f"50{number:02}")
        await audited(journal, ben)
    other = await sign_up(journal.db, "other@example.com")
    ben, _ = await referred_by(journal, other, chat_id="6001")
    await audited(journal, ben)
    assert sum([await run(journal) for _ in range(5)]) == 6
    assert await free_audits(journal, other) == 4


async def test_two_who_refer_each_other_at_once(journal: Journal) -> None:
    """No deadlock: each audit and each reward takes its own profile only."""
    ann, ben = await sign_up(journal.db, "ann@example.com"), await sign_up(journal.db, "ben@example.com")
    for chat_id, user in (("4001", ann), ("4002", ben)):
        person = await Person(journal, chat_id).binds(user)
        await add_rules(journal.db, user, COMPUTED)
        await person.writes("/help")
    await journal.db.execute(
        "insert into public.referrals (referrer_id, referred_id) values ($1, $2), ($2, $1)", ann, ben
    )
    people = [Person(journal, "4001"), Person(journal, "4002")]
    for text in (REPORT, "yes", "/skip"):
        await asyncio.gather(
            *(journal.worker.turns.receive(person.message(text)) for person in people),
            *(reward_referrals(journal.worker.pool) for _ in range(5)),
        )
    await journal.settle()
    await run(journal)
    assert await free_audits(journal, ann) == await free_audits(journal, ben) == 4


# ---- what earns nothing


async def without_other_walls(journal: Journal) -> None:
    """As if nothing but the worker looked whether somebody refers themselves."""
    await journal.db.execute("alter table public.referrals drop constraint if exists referrals_of_another")


async def test_nobody_refers_themselves(journal: Journal, trader: UUID) -> None:
    await without_other_walls(journal)
    await (await Person(journal, "4001").binds(trader)).writes("/help")
    await journal.db.execute("insert into public.referrals (referrer_id, referred_id) values ($1, $1)", trader)
    await audited(journal, trader)
    assert await run(journal) == 0
    assert await free_audits(journal, trader) == 3


async def test_a_referral_that_is_turned_into_ones_own_earns_nothing(journal: Journal, trader: UUID) -> None:
    await without_other_walls(journal)
    ben, referral = await referred_by(journal, trader, chat_id="4002")
    await audited(journal, ben)
    await journal.db.execute("update public.referrals set referrer_id = referred_id where id = $1", referral)
    assert await run(journal) == 0
    assert (await free_audits(journal, trader), await free_audits(journal, ben)) == (3, 3)


async def test_one_that_is_claimed_after_the_first_audit_earns_nothing(journal: Journal, trader: UUID) -> None:
    """A client writes the row, and the date in it, as it likes."""
    ben = await sign_up(journal.db, "ben@example.com")
    await (await Person(journal, "4002").binds(ben)).writes("/help")
    await audited(journal, ben)
    async with acting_as(journal.db, ben):
        await journal.db.execute(
            "insert into public.referrals (referrer_id, referred_id, created_at) values ($1, $2, '2000-01-01')",
            trader,
            ben,
        )
    await audited(journal, ben)
    assert await run(journal) == 0
    assert await free_audits(journal, trader) == 3


@pytest.mark.parametrize(("status", "applied"), [("completed", False), ("completed", None), ("pending", None)])
async def test_what_a_row_says_is_not_believed(
    journal: Journal, trader: UUID, status: str, applied: bool | None
) -> None:
    ben, referral = await referred_by(journal, trader, chat_id="4002")
    await journal.db.execute(
        "update public.referrals set status = $2, reward_applied = $3 where id = $1", referral, status, applied
    )
    assert await run(journal) == 0  # nothing was audited
    await audited(journal, ben)
    assert await run(journal) == 1


async def test_a_row_that_is_set_back_or_written_anew_earns_no_second_reward(journal: Journal, trader: UUID) -> None:
    ben, referral = await referred_by(journal, trader, chat_id="4002")
    await audited(journal, ben)
    assert await run(journal) == 1
    await journal.db.execute("update public.referrals set status = 'pending', reward_applied = false")
    await journal.db.execute("update worker.first_audits set settled_at = null")
    assert await run(journal) == 0
    await journal.db.execute("delete from public.referrals where id = $1", referral)
    await journal.db.execute("insert into public.referrals (referrer_id, referred_id) values ($1, $2)", trader, ben)
    await audited(journal, ben)
    assert await run(journal) == 0
    assert await free_audits(journal, trader) == 4


async def test_one_that_fails_stops_no_other(journal: Journal, trader: UUID) -> None:
    other = await sign_up(journal.db, "other@example.com")
    for referrer, chat_id in ((trader, "4002"), (other, "4003")):
        ben, _ = await referred_by(journal, referrer, chat_id=chat_id)
        await audited(journal, ben)
    await journal.db.execute("update public.profiles set free_audits_remaining = 2147483647 where id = $1", trader)
    assert await run(journal) == 1
    assert await free_audits(journal, other) == 4
    await journal.db.execute("update public.profiles set free_audits_remaining = 0 where id = $1", trader)
    assert await run(journal) == 1
    assert await free_audits(journal, trader) == 1


async def test_a_referrer_who_left_is_no_trouble(journal: Journal, trader: UUID) -> None:
    ben, _ = await referred_by(journal, trader, chat_id="4002")
    await audited(journal, ben)
    await journal.db.execute("delete from auth.users where id = $1", trader)
    assert await run(journal) == 0


async def test_traders_of_before_have_had_their_first_audit(connection: asyncpg.Connection, trader: UUID) -> None:
    """The migration says so of everybody with an audited trade."""
    script = Path("supabase/migrations/20260406040100_worker_referrals.sql").read_text(encoding="utf-8")
    insert = script[script.index("insert into worker.first_audits") :]
    await connection.execute("insert into public.trades (user_id, audit_status) values ($1, 'audited')", trader)
    await connection.execute(insert[: insert.index(";")])
    assert await connection.fetchval("select user_id from worker.first_audits") == trader


@pytest.mark.parametrize("table", ["first_audits", "referral_rewards"])
async def test_clients_see_nothing_of_it(connection: asyncpg.Connection, trader: UUID, table: str) -> None:
    for user in (trader, None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with acting_as(connection, user):
                await connection.execute(f"delete from worker.{table}")


@pytest.mark.parametrize(
    "call", ["note_first_audit(gen_random_uuid())", "reward_referral(gen_random_uuid(), 99)", "announce(9, 9, 9)"]
)
async def test_clients_call_none_of_its_functions(connection: asyncpg.Connection, trader: UUID, call: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting_as(connection, trader):
            await connection.execute(f"select worker.{call}")
