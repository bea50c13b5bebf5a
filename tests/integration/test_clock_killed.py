"""Workers killed while they tell announcements and reward referrals: each chat is told, each reward given, once."""

import asyncio
import multiprocessing
import random
from multiprocessing.process import BaseProcess
from uuid import UUID

import asyncpg

from tests import clock

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


async def begun(dsn: str) -> BaseProcess:
    """Made by a server that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([clock.__name__])
    running, told = context.Pipe(duplex=False)
    process = context.Process(target=clock.work, args=(dsn, told), daemon=True)
    process.start()
    told.close()
    try:
        await asyncio.to_thread(running.recv_bytes)
    finally:
        running.close()
    return process


async def test_killed_again_and_again(dsn: str, connection: asyncpg.Connection) -> None:
    referrers = await people(connection, "referrer", REFERRERS)
    referred = await people(connection, "referred", REFERRERS)
    await people(connection, "reader", CHATS - 2 * REFERRERS)
    for pair in zip(referrers, referred, strict=True):
        await connection.execute("insert into public.referrals (referrer_id, referred_id) values ($1, $2)", *pair)
        await connection.execute("select worker.note_first_audit($1)", pair[1])
    await connection.execute("insert into public.announcements (title, body) values ('News', ''), ('More', '')")
    chance = random.Random(6)
    running: list[BaseProcess] = []
    try:
        async with asyncio.timeout(240):
            for _ in range(KILLS):
                running.append(await begun(dsn))
                await asyncio.sleep(chance.uniform(0, 0.1))
                running[-1].kill()
                running[-1].join()
            assert await connection.fetchval(TOLD) < 2 * CHATS  # all of them died at work
            running += [await begun(dsn), await begun(dsn)]
            while await connection.fetchval(TOLD) < 2 * CHATS or await connection.fetchval(REWARDED) < REFERRERS:
                await asyncio.sleep(0.1)
    finally:
        for process in running:
            process.kill()
            process.join()
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
