"""Announcements of the web app: told once in every chat that wants them, whoever runs and however often."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from bot import announcing
from bot.announcing import announce
from bot.schedules import schedules_of
from bot.settings import Settings, read_settings
from bot.texts.announcing import LONGEST_BODY
from db import announcements, pool
from statemachine.errors import SendLater, Unavailable
from tests.integration.databases import acting_as, connected
from tests.journaling import REPORT, Journal, Person, journaling, overdue

FEW = read_settings(None, announcements_per_minute=6)
MANY = read_settings(None, announcements_per_minute=600)
CROWD = """
with users as (
    insert into auth.users (id, email) select gen_random_uuid(), 'crowd' || n || '@example.com'
    from generate_series(1, $1) n returning id),
numbered as (select id, row_number() over () as n from users)
select id, n from numbered
"""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", "whatsapp", "email") as journal:
        yield journal
        assert await journal.rows("select error from worker.inbox where status = 'failed'") == []


async def linked(journal: Journal, trader: UUID, chat_id: str, platform: Any = "telegram") -> Person:
    """Bound, and known to us since they wrote."""
    person = await Person(journal, chat_id, platform).binds(trader)
    await person.writes("/announcements")
    return person


async def published(journal: Journal, title: str = "Digests", body: str = "Every Sunday.", **values: Any) -> UUID:
    number: UUID = await journal.db.fetchval(
        "insert into public.announcements (title, body, type, active) values ($1, $2, $3, $4) returning id",
        title,
        body,
        values.get("kind", "info"),
        values.get("active", True),
    )
    return number


async def run(journal: Journal, settings: Settings = MANY, times: int = 1) -> int:
    """Scheduled runs; how many chats they told."""
    told = [await announce(journal.worker.pool, settings) for _ in range(times)]
    await journal.settle_due()
    return sum(told)


def heard(person: Person, title: str = "Digests") -> int:
    return sum(title in (sent.reply.title or "") for sent in person.replies)


# ---- once


async def test_every_chat_of_a_trader_is_told_once(journal: Journal, trader: UUID) -> None:
    people = [
        await linked(journal, trader, "4001"),
        await linked(journal, trader, "5001", "discord"),
        await linked(journal, trader, "ann@example.com", "email"),
    ]
    await people[-1].writes("/trades", handle='{"id": "<1@example.com>"}')
    await published(journal)
    assert await run(journal, times=3) == 3
    assert people[-1].replies[-1].envelope.handle == ""  # a thread of its own
    for person in people:
        assert person.replies[-1].text.splitlines() == [
            "Digests", "Every Sunday.", "No more of these: /announcements off", "[Dismiss]"
        ]  # fmt: skip
        assert heard(person) == 1


async def test_a_chat_that_another_bot_serves_by_now_is_not_told_again(journal: Journal, trader: UUID) -> None:
    ann = await linked(journal, trader, "4001")
    await published(journal)
    await run(journal)
    await journal.db.execute(
        "insert into worker.chats (platform, account, chat_id, user_id, last_inbound_at)"
        " values ('telegram', 'newer', '4001', $1, now() + interval '1 minute')",
        trader,
    )
    assert await run(journal, times=3) == 0
    assert heard(ann) == 1


async def test_of_two_bots_with_one_person_one_tells(journal: Journal, trader: UUID) -> None:
    """Neither has heard from them later than the other."""
    await Person(journal, "4001").binds(trader)
    await journal.db.execute("delete from worker.chats")
    await journal.db.execute(
        "insert into worker.chats (platform, account, chat_id, user_id)"
        " values ('telegram', 'older', '4001', $1), ('telegram', 'newer', '4001', $1)",
        trader,
    )
    await published(journal)
    assert [await announce(journal.worker.pool, MANY) for _ in range(3)] == [1, 0, 0]
    assert await journal.count("worker.outbox", "payload ->> 'title' = 'Digests'") == 1
    assert await journal.count("worker.announced", "outbox_id is not null") == 1


async def crowd(journal: Journal, size: int) -> None:
    """So many traders with a chat each."""
    for row in await journal.db.fetch(CROWD, size):
        chat_id = f"c{row['n']:04}"
        await journal.db.execute("update public.profiles set telegram_chat_id = $2 where id = $1", row["id"], chat_id)
        await journal.db.execute(
            "insert into worker.chats (platform, account, chat_id, user_id) values ('telegram', 'elsewhere', $2, $1)",
            row["id"],
            chat_id,
        )


async def test_fifty_runs_at_once_tell_every_chat_once(journal: Journal, dsn: str) -> None:
    await crowd(journal, 60)
    for number in range(3):
        await published(journal, f"News {number}")
    async with AsyncExitStack() as stack:
        pools = [await pool.open_pool(dsn, size=3) for _ in range(5)]
        for each in pools:
            stack.push_async_callback(each.close)
        settings = read_settings(None, announcements_per_minute=42)
        told = 0
        while found := sum(await asyncio.gather(*(announce(pools[n % 5], settings) for n in range(50)))):
            told += found
    assert told == 180
    rows = await journal.rows("select chat_id, payload ->> 'title' as title, count(*) from worker.outbox group by 1, 2")
    assert len(rows) == 180
    assert {row["count"] for row in rows} == {1}
    assert await journal.count("worker.announced", "outbox_id is not null") == 180


async def test_a_run_tells_its_share_and_the_next_goes_on(journal: Journal) -> None:
    await crowd(journal, 25)
    await published(journal)
    settings = read_settings(None, announcements_per_minute=60)
    assert [await announce(journal.worker.pool, settings) for _ in range(5)] == [10, 10, 5, 0, 0]


async def test_those_who_want_none_take_no_share(journal: Journal, trader: UUID) -> None:
    await crowd(journal, 5)
    await journal.db.execute(
        "update public.profiles set journal_preferences = '{\"announcements\": false}' where telegram_chat_id < 'c0004'"
    )
    first = await published(journal, "First")
    await journal.db.execute(
        "insert into public.announcement_dismissals (user_id, announcement_id) select id, $1 from public.profiles",
        first,
    )
    await published(journal, "Second")
    assert [await announce(journal.worker.pool, FEW) for _ in range(3)] == [1, 1, 0]


async def test_the_walk_ends_and_begins_again(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcements, "WALKED", 10)
    await crowd(journal, 25)
    await published(journal)
    assert sum([await announce(journal.worker.pool, MANY) for _ in range(3)]) == 25
    await journal.db.execute("delete from worker.announced where chat_id = 'c0003'")  # as if it was linked since
    assert sum([await announce(journal.worker.pool, MANY) for _ in range(4)]) == 1


async def test_a_run_that_dies_leaves_nothing_half_told(
    journal: Journal, trader: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await linked(journal, trader, "4001")
    await published(journal)
    with monkeypatch.context() as patch:
        patch.setattr(announcing, "_payload", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await announce(journal.worker.pool, MANY)
    assert await journal.count("worker.announced") == 0
    assert await run(journal) == 1
    assert heard(ann) == 1


async def test_two_workers_tell_by_themselves(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path) as journal:
        await linked(journal, trader, "4001")
        await published(journal)
        await overdue(journal.db, "announcements", "* * * * * */10")
    async with journaling(dsn, tmp_path, jobs=True) as journal, journaling(dsn, tmp_path / "b", jobs=True) as other:
        await journal.until("select exists (select from worker.outbox where payload ->> 'title' = 'Digests')")
        await journal.settle_due()
        assert heard(Person(journal, "4001")) + heard(Person(other, "4001")) == 1  # whichever delivered it


# ---- who wants them


async def test_dismissed_in_one_chat_is_told_in_no_other(journal: Journal, trader: UUID) -> None:
    there, here = await linked(journal, trader, "5001", "discord"), await linked(journal, trader, "4001")
    number = await published(journal)
    assert await run(journal, FEW) == 1  # the first chat alone
    assert (heard(there), heard(here)) == (1, 0)
    assert await there.presses("Dismiss") == ["Dismissed, on your other chats too."]
    assert await there.presses("Dismiss") == ["Dismissed, on your other chats too."]
    row = await journal.row("select user_id, announcement_id from public.announcement_dismissals")
    assert row == {"user_id": trader, "announcement_id": number}
    assert await run(journal, times=4) == 0
    assert heard(here) == 0


async def test_what_waits_in_the_outbox_is_withdrawn(journal: Journal, trader: UUID) -> None:
    there, here = await linked(journal, trader, "5001", "discord"), await linked(journal, trader, "4001")
    here.recorder.trouble.append(SendLater(after=3600))
    await published(journal)
    assert await run(journal) == 2
    await there.presses("Dismiss")
    rows = await journal.rows("select platform, status, error from worker.outbox where payload ->> 'title' = 'Digests'")
    assert {row["platform"]: (row["status"], row["error"]) for row in rows} == {
        "discord": ("sent", None),
        "telegram": ("dropped", "dismissed"),
    }


async def test_a_dismissal_and_a_run_at_once(journal: Journal, trader: UUID) -> None:
    """Whoever comes first: nothing of a dismissed announcement waits to be sent afterwards."""
    there, here = await linked(journal, trader, "5001", "discord"), await linked(journal, trader, "4001")
    for number in range(20):
        await published(journal, f"News {number}")
        assert await run(journal, FEW) == 1
        here.recorder.trouble.append(SendLater(after=3600))
        data = there.replies[-1].reply.buttons[0][0].data
        await asyncio.gather(
            there.journal.worker.turns.receive(there.message(button=data)),
            *(announce(journal.worker.pool, FEW) for _ in range(3)),
        )
        await journal.settle()
        here.recorder.trouble.clear()
        waiting = "status in ('pending', 'held') and payload ->> 'title' like 'News%'"
        assert await journal.count("worker.outbox", waiting) == 0
        assert await run(journal, times=2) == 0
    assert await journal.count("public.announcement_dismissals") == 20


async def test_a_dismissal_that_is_cut_off_is_written_once(journal: Journal, trader: UUID, dsn: str) -> None:
    """The turn's connection is killed in between, and the platform sends the press again, twice."""
    ann = await linked(journal, trader, "4001")
    await published(journal)
    await run(journal)
    message = ann.message(button=ann.replies[-1].reply.buttons[0][0].data)
    async with connected(dsn) as other:
        held = other.transaction()
        await held.start()
        await other.execute("select from public.profiles where id = $1 for update", trader)
        turn = asyncio.create_task(journal.worker.turns.receive(message))
        waits = "select pid from pg_locks where not granted"
        while (pid := await other.fetchval(waits)) is None:
            assert not turn.done()
            await asyncio.sleep(0.02)
        await other.execute("select pg_terminate_backend($1)", pid)
        await held.rollback()
    with suppress(Unavailable):
        await turn
    for _ in range(2):
        await journal.worker.turns.receive(message)
    await journal.settle()
    assert await journal.count("public.announcement_dismissals") == 1
    assert [sent.text for sent in ann.replies].count("Dismissed, on your other chats too.") == 1


async def test_announcements_off_and_on(journal: Journal, trader: UUID) -> None:
    ann = await linked(journal, trader, "4001")
    (off,) = await ann.writes("/announcements off")
    assert off == "No announcements come into your chats. To have them again: /announcements on"
    assert await ann.writes("/announcements") == [off]
    await published(journal)
    assert await run(journal, times=2) == 0
    await ann.writes("/announcements on")
    assert await run(journal) == 1
    preferences = await journal.db.fetchval("select journal_preferences::text from public.profiles")
    assert preferences == '{"announcements": true}'


@pytest.mark.parametrize(
    "preferences", ["[]", "7", '"announcements"', "null", '{"announcements": "false"}', '{"announcements": {"a": []}}']
)
async def test_odd_preferences_stop_nobody(journal: Journal, trader: UUID, preferences: str) -> None:
    ann = await linked(journal, trader, "4001")
    await journal.db.execute("update public.profiles set journal_preferences = $1", preferences)
    await published(journal)
    assert await run(journal) == 1
    assert heard(ann) == 1
    assert len(await ann.writes("/announcements off")) == 1
    assert await journal.db.fetchval("select journal_preferences -> 'announcements' = 'false' from public.profiles")


async def test_a_profile_that_is_locked_is_told_later_and_stops_nobody(journal: Journal, dsn: str) -> None:
    await crowd(journal, 3)
    await published(journal)
    async with connected(dsn) as other, other.transaction():
        await other.execute("select from public.profiles where telegram_chat_id = 'c0002' for update")
        async with asyncio.timeout(5):
            assert await announce(journal.worker.pool, MANY) == 2
    assert await announce(journal.worker.pool, MANY) == 1


# ---- what is told, and when it is not


async def test_only_what_is_active_and_new(journal: Journal, trader: UUID) -> None:
    await linked(journal, trader, "4001")
    await published(journal, "Switched off", active=False)
    for when in ("now() - interval '15 days'", "now() + interval '1 day'", "null"):
        number = await published(journal, when)
        await journal.db.execute(f"update public.announcements set created_at = {when} where id = $1", number)
    assert await run(journal, times=2) == 0


@pytest.mark.parametrize(
    "change",
    [
        "update worker.chats set blocked_at = now()",
        "update public.profiles set telegram_chat_id = null",
        "update public.profiles set telegram_chat_id = '4002'",
        "update worker.chats set user_id = null",
        "update worker.chats set account = 'local'",
    ],
)
async def test_chats_that_are_not_told(journal: Journal, trader: UUID, change: str) -> None:
    await linked(journal, trader, "4001")
    await published(journal)
    await journal.db.execute(change)
    assert await run(journal, times=2) == 0


async def test_while_something_waits_for_an_answer_nothing_comes_between(journal: Journal, trader: UUID) -> None:
    ann = await linked(journal, trader, "4001")
    await ann.writes(REPORT)
    await published(journal)
    assert await run(journal, times=2) == 0
    await ann.writes("no")
    assert await run(journal) == 1


async def test_whatsapp_is_written_to_within_its_24_hours_only(journal: Journal, trader: UUID) -> None:
    ann = await linked(journal, trader, "+15550001", "whatsapp")
    await published(journal)
    await journal.db.execute("update worker.chats set last_inbound_at = now() - interval '24 hours'")
    assert await run(journal, times=2) == 0
    await ann.writes("/announcements")
    assert await run(journal, times=2) == 1
    assert heard(ann) == 1


async def test_a_chat_that_is_linked_while_it_is_new_is_told(journal: Journal, trader: UUID) -> None:
    await published(journal)
    assert await run(journal) == 0
    ann = await linked(journal, trader, "4001")
    assert await run(journal, times=2) == 1
    assert heard(ann) == 1


async def test_hostile_texts_are_plain_and_short(journal: Journal, trader: UUID) -> None:
    ann = await linked(journal, trader, "4001")
    title, body = "<b>Free\u202e\u0007</b> " * 1000, "@everyone [x](http://evil) *a* \u2066\n" * 10_000
    await published(journal, title, body, kind="warning")
    await run(journal)
    reply = ann.replies[-1].reply
    assert (reply.title or "").startswith("⚠ <b>Free</b>")
    assert len(reply.title or "") < 130
    assert len(reply.text) < LONGEST_BODY + 100
    assert not {"\u202e", "\u2066", "\u0007"} & set(f"{reply.title}{reply.text}")


@pytest.mark.parametrize("typed", ["", " nonsense", " " + "0" * 32, " 00000000-0000-0000-0000-000000000000", " \u0660"])
async def test_typed_or_stale_dismissals_do_nothing(journal: Journal, trader: UUID, typed: str) -> None:
    ann = await linked(journal, trader, "4001")
    assert len(await ann.writes(f"/announcement_dismissed{typed}")) == 1
    assert await journal.count("public.announcement_dismissals") == 0


async def test_strangers_have_no_say(journal: Journal) -> None:
    number = await published(journal)
    (said,) = await (stranger := Person(journal, "9")).does(stranger.message(button=f"xa:{number.hex}"))
    assert said.startswith("Hello, I am Vigil")
    assert await journal.count("public.announcement_dismissals") == 0


async def test_where_old_ones_were_told_is_forgotten(journal: Journal, trader: UUID) -> None:
    await linked(journal, trader, "4001")
    await published(journal)
    await run(journal)
    work = schedules_of(journal.worker.pool, MANY)["old_announcements"]
    await work.run()
    assert await journal.count("worker.announced") == 1
    await journal.db.execute("update worker.announced set announced_at = now() - interval '401 days'")
    await work.run()
    assert await journal.count("worker.announced") == 0


@pytest.mark.parametrize("table", ["announced", "announcement_walks"])
async def test_clients_see_nothing_of_it(connection: asyncpg.Connection, trader: UUID, table: str) -> None:
    for user in (trader, None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with acting_as(connection, user):
                await connection.fetch(f"select * from worker.{table}")
