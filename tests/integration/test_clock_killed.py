"""Workers killed while they tell announcements and reward referrals: each chat is told, each reward given, once."""

import asyncio
import random
from pathlib import Path
from uuid import UUID

import asyncpg

from tests.clock import clock
from tests.forks import begun

KILLS = 12
CHATS = 300
REFERRERS = 100

TOLD = "select count(*) from worker.announced"
REWARDED = "select count(*) from worker.referral_rewards"
PEOPLE = """
with users as (
    insert into auth.users (id, email) select gen_random_uuid(), $2 || n || '@example.com'
    from generate_series(1, $1) n returning id),
bound as (
    select id, $2 || row_number() over () as chat_id from users)
select id, chat_id from bound
"""


async def people(connection: asyncpg.Connection, name: str, count: int) -> list[UUID]:
    """So many traders, each with a chat that no process here delivers to."""
    rows = await connection.fetch(PEOPLE, count, name)
    for row in rows:
        await connection.execute("update public.profiles set telegram_chat_id = $2 where id = $1", *row)
        await connection.execute(
            "insert into worker.chats (user_id, chat_id, platform, account) values ($1, $2, 'telegram', 'away')", *row
        )
    return [row["id"] for row in rows]


async def test_killed_again_and_again(dsn: str, connection: asyncpg.Connection, tmp_path: Path) -> None:
    referrers = await people(connection, "referrer", REFERRERS)
    referred = await people(connection, "referred", REFERRERS)
    await people(connection, "reader", CHATS - 2 * REFERRERS)
    for pair in zip(referrers, referred, strict=True):
        await connection.execute("insert into public.referrals (referrer_id, referred_id) values ($1, $2)", *pair)
        await connection.execute("select worker.note_first_audit($1)", pair[1])
    await connection.execute("insert into public.announcements (title, body) values ('News', ''), ('More', '')")
    chance = random.Random(6)
    async with asyncio.timeout(240):
        for number in range(KILLS):
            async with clock(dsn, tmp_path / str(number)) as process:
                await begun(process, tmp_path / str(number))
                await asyncio.sleep(chance.uniform(0, 0.1))
        assert await connection.fetchval(TOLD) < 2 * CHATS  # all of them died at work
        async with clock(dsn, tmp_path / "one"), clock(dsn, tmp_path / "other"):
            while await connection.fetchval(TOLD) < 2 * CHATS or await connection.fetchval(REWARDED) < REFERRERS:
                await asyncio.sleep(0.05)
    told = (
        "select payload ->> 'title', count(*), count(distinct chat_id) from worker.outbox"
        " group by 1 order by 1 nulls first"
    )
    assert [tuple(row) for row in await connection.fetch(told)] == [
        (None, REFERRERS, REFERRERS),
        ("More", CHATS, CHATS),
        ("News", CHATS, CHATS),
    ]
    left = "select free_audits_remaining, count(*) from public.profiles where id = any ($1) group by 1"
    assert [tuple(row) for row in await connection.fetch(left, referrers)] == [(4, REFERRERS)]
    assert await connection.fetchval("select count(*) from public.referrals where status = 'rewarded'") == REFERRERS
