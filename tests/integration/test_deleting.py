"""/delete_me: after a typed confirmation nothing of the journal is left, whatever was under way, whoever was killed."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from pgqueuer.domain.errors import RetryRequested

from bot.deleting import Deletions
from bot.job_payloads import UserJob
from bot.linking import new_code
from bot.schedules import schedules_of
from bot.settings import read_settings
from bot.store import LocalStore
from db import deletions, pool
from statemachine.errors import Unavailable
from statemachine.message import Attachment, Chat
from tests.auditing import JUDGED, add_rules, by
from tests.contract.driver import picture
from tests.journaling import Journal, Person, journaling
from tests.screenshots import files
from tests.servers import openai as fake
from tests.servers.openai import openai_server

SECRET = "zebra-stripes"
"""Stands in everything that the trader wrote; afterwards it may stand nowhere."""
SURE = "/delete_me DELETE"
BEGUN = "Your journal is being deleted, and this chat is no longer linked. I say when it is done."

PLANT = f"""
insert into worker.ai_keys (user_id, provider, nonce, ciphertext) values ($1, 'openai', '0123456789ab', '{SECRET}');
insert into public.anonymous_audits (ip_hash, result_hash, firm_id, audit_result, claimed_by, expires_at)
    values ('h', gen_random_uuid()::text, 'f', '{{"note": "{SECRET}"}}', $1, now());
insert into worker.accounts (user_id, name, firm) values ($1, 'apex2', '{SECRET}');
insert into worker.account_days (account_id, user_id, trade_date) select id, user_id, current_date from worker.accounts
    where user_id = $1;
insert into worker.balance_changes (user_id, account_id, trade_date, kind, said, amount)
    select user_id, id, current_date, 'payout', 1, -1 from worker.accounts where user_id = $1;
insert into worker.entered_balances (user_id, trade_date, starting_balance) values ($1, current_date, 50000);
insert into worker.credit_months (user_id, month) values ($1, '2026-03-01');
insert into worker.model_calls (user_id, calls) values ($1, 7);
insert into worker.exports (user_id, made_at) values ($1, now());
insert into worker.charts (user_id) values ($1);
insert into worker.told (user_id, kind, period) values ($1, 'summary', current_date);
insert into worker.export_parts select id, 0, '{SECRET}' from worker.exports where user_id = $1;
insert into worker.inbox (platform, account, chat_id, external_id, user_id, status, payload, error, handled_at)
    values ('telegram', 'bot', $2, gen_random_uuid()::text, $1, 'failed', '{{"text": "{SECRET}"}}',
            '{SECRET}', now());
insert into worker.pgqueuer (priority, status, entrypoint, payload, execute_after) values (0, 'failed', 'audit',
    convert_to('{{"user_id": "' || $1 || '", "note": "{SECRET}"}}', 'UTF8'), now());
insert into worker.pgqueuer (priority, status, entrypoint, payload, execute_after) values (0, 'queued', 'audit',
    convert_to('{{"user_id": "' || $1 || '", "note": "{SECRET}"}}', 'UTF8'), now() + interval '1 day');
insert into worker.pgqueuer_log (job_id, status, priority, entrypoint, traceback)
    select id, 'failed', 0, 'audit', '{{"text": "{SECRET}"}}' from worker.pgqueuer where status = 'failed'
        and convert_from(payload, 'UTF8') like '%' || $1 || '%';
insert into public.platform_link_codes (user_id, platform, code, expires_at)
    values ($1, 'discord', gen_random_uuid()::text, now() + interval '10 minutes');
update public.profiles set current_streak_days = 3, longest_streak_days = 5, last_audit_date = current_date,
    has_byok_key = true, account_size = 50000, subscription_status = 'active' where id = $1
"""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", jobs=True) as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    await Person(journal, "9009", "discord").binds(trader)
    return await Person(journal, "4001").binds(trader)


async def plant(db: asyncpg.Connection, user_id: UUID, chat_id: str) -> None:
    for statement in PLANT.split(";\n"):
        await db.execute(statement.replace("$1", f"'{user_id}'").replace("$2", f"'{chat_id}'"))


async def lived_in(journal: Journal, person: Person, user_id: UUID) -> None:
    """A journal with a trade, its pictures and verdicts, a plan, a draft, a rule, an account, and much else."""
    await person.writes("/rules add Never more than 1 contract")
    for name in ("a", "b"):
        person.recorder.files[f"{person.chat_id}-{name}"] = picture(40 + len(person.recorder.files))
    await person.writes(f"long 2 nq 18250 > 18290 stop 18230, {SECRET}")
    await person.writes("yes")
    await person.sends(Attachment(kind="photo", handle=f"{person.chat_id}-a"))
    trade = await journal.db.fetchval("select id from public.trades where user_id = $1", user_id)
    await journal.db.execute("update worker.trade_facts set note = $2 where trade_id = $1", trade, SECRET)
    await person.writes("limit buy 2 nq 18200 stop 18180")
    await person.writes(f"short 1 es 5300 {SECRET}")
    path = f"{user_id}/{trade}-1700000000000.png"
    await journal.worker.store.put(path, picture(7), "image/png")
    await journal.db.execute(
        "insert into worker.trade_pictures (trade_id, user_id, path) values ($1, $2, $3)", trade, user_id, path
    )
    await plant(journal.db, user_id, person.chat_id)


async def tables(db: asyncpg.Connection) -> list[str]:
    rows = await db.fetch(
        "select oid::regclass::text from pg_class where relkind = 'r'"
        " and relnamespace in ('public'::regnamespace, 'worker'::regnamespace) order by 1"
    )
    return [row[0] for row in rows]


async def holding(db: asyncpg.Connection, text: str) -> dict[str, int]:
    """The tables in which a text stands, also in bytes, and in how many rows."""
    found = {}
    for table in await tables(db):
        bytes_too = "replace(t::text, encode(convert_to($1, 'UTF8'), 'hex'), $1)"
        count = await db.fetchval(f"select count(*) from {table} t where {bytes_too} like '%' || $1 || '%'", text)
        if count:
            found[table] = count
    return found


async def done(journal: Journal) -> None:
    await journal.until("select not exists (select from worker.deletions)")
    await journal.settle()


async def test_it_says_what_goes_and_deletes_nothing_unasked(journal: Journal, ann: Person) -> None:
    await ann.records()
    for text in ("/delete_me", "/delete_me yes", "/delete_me DELETE everything", "delete_me DELETE"):
        (answer, *_) = await ann.writes(text)
        assert "deleted" not in answer
    assert "type: /delete_me DELETE" in (await ann.writes("/delete_me"))[0]
    assert await journal.count("public.trades") == 1
    assert await journal.count("worker.deletions") == 0


async def test_nothing_of_the_journal_is_left_and_nothing_else_is_touched(
    journal: Journal, ann: Person, trader: UUID, tmp_path: Path
) -> None:
    ben_id: UUID = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'ben@example.com') returning id"
    )
    ben = await Person(journal, "4002").binds(ben_id)
    await lived_in(journal, ben, ben_id)
    of_ben = await holding(journal.db, str(ben_id))
    bens_files = files(tmp_path)
    await journal.db.execute("update worker.export_parts set data = 'of Ben'")
    for table in ("worker.accounts", "worker.trade_facts"):  # the word is Ann's alone from here on
        assert await journal.count(table)
    bens = await holding(journal.db, SECRET)
    await lived_in(journal, ann, trader)
    assert len(files(tmp_path)) == len(bens_files) + 2
    assert all(count > bens.get(table, 0) for table, count in (await holding(journal.db, SECRET)).items())

    said = await ann.writes(SURE)
    assert said[0] == BEGUN
    await done(journal)
    assert "1 trade and 2 pictures are gone" in ann.replies[-1].text
    other = Person(journal, "9009", "discord")
    assert other.replies == []  # it never wrote, so there is no chat

    assert await holding(journal.db, SECRET) == bens
    assert files(tmp_path) == bens_files
    left = await holding(journal.db, str(trader))
    left.pop("worker.first_audits", None)  # where referrals are counted: once
    assert left == {
        "profiles": 1,
        "trading_rules": 1,
        "worker.credit_months": 1,
        "worker.model_calls": 1,
    }
    assert {
        table: n for table, n in (await holding(journal.db, str(ben_id))).items() if not table.endswith("_log")
    } == {table: n for table, n in of_ben.items() if not table.endswith("_log")}
    profile = await journal.row("select * from public.profiles where id = $1", trader)
    assert (profile["telegram_chat_id"], profile["discord_user_id"]) == (None, None)
    assert (profile["current_streak_days"], profile["last_audit_date"], profile["has_byok_key"]) == (0, None, False)
    assert (profile["account_size"], profile["subscription_status"]) == (50000, "active")
    rule = await journal.row("select * from public.trading_rules where user_id = $1", trader)
    assert (rule["rule_text"], rule["sample_count"]) == ("Never more than 1 contract", 0)
    assert await ben.writes("/trades") != []


async def test_who_writes_meanwhile_is_a_stranger_and_links_again_only_afterwards(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    await ann.records()
    await journal.db.execute("insert into worker.deletions (user_id, chats) values ($1, '[]')", trader)
    other = Person(journal, "4003")
    code = new_code()
    await journal.db.execute(
        """insert into public.platform_link_codes (user_id, platform, code, expires_at)
           values ($1, 'telegram', $2, now() + interval '10 minutes')""",
        trader,
        code,
    )
    await journal.db.execute("update public.profiles set telegram_chat_id = null where id = $1", trader)
    assert "being deleted just now" in (await other.writes(f"/link {code}"))[0]
    assert (await ann.writes("long 1 es 5300 > 5310"))[0].startswith("Hello, I am Vigil")
    await journal.db.execute("delete from worker.deletions")
    assert (await other.writes(f"/link {code}"))[0].startswith("Linked")


async def test_an_audit_that_is_under_way_writes_nothing(dsn: str, tmp_path: Path, trader: UUID) -> None:
    gate = asyncio.Semaphore(0)
    async with openai_server() as openai, journaling(dsn, tmp_path, jobs=True, **by(openai)) as journal:
        openai.script = [fake.held(gate, fake.judges())]
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, JUDGED)
        await ann.writes("long 2 nq 18250 > 18290 stop 18230")
        await ann.writes("yes")
        await journal.worker.turns.receive(ann.message("/skip"))
        async with asyncio.timeout(10):
            while not openai.requests:
                await asyncio.sleep(0.01)
        await journal.worker.turns.receive(ann.message(SURE))
        await journal.until("select not exists (select from public.trades)")
        await asyncio.sleep(0.2)
        assert await journal.count("worker.deletions") == 1  # it waits for the audit
        gate.release()
        await done(journal)
        assert await journal.count("public.trade_rule_verdicts") == 0
        assert not [sent for sent in ann.replies if "Your rules" in sent.text]
        assert set(await holding(journal.db, str(trader))) == {
            "profiles", "trading_rules", "worker.model_costs", "worker.model_calls"
        }  # fmt: skip


async def test_a_picture_that_is_under_way_leaves_no_file(
    journal: Journal, ann: Person, trader: UUID, tmp_path: Path
) -> None:
    ann.recorder.files["chart"] = picture(40)
    ann.recorder.gates["chart"] = asyncio.Event()
    await ann.writes("long 2 nq 18250 > 18290 stop 18230")
    await ann.writes("yes")
    photo = ann.message(attachments=(Attachment(kind="photo", handle="chart"),))
    await journal.worker.turns.receive(photo)
    async with asyncio.timeout(10):
        while "chart" not in ann.recorder.fetched:
            await asyncio.sleep(0.01)
    await journal.worker.turns.receive(ann.message(SURE))
    await journal.until("select not exists (select from public.trades)")
    ann.recorder.gates["chart"].set()
    await done(journal)
    assert files(tmp_path) == []
    assert set(await holding(journal.db, str(trader))) <= {"profiles"}


async def test_pictures_of_what_was_taken_back_go_and_those_of_strategies_stay(
    journal: Journal, ann: Person, trader: UUID, tmp_path: Path
) -> None:
    await ann.writes("long 2 nq 18250 > 18290 stop 18230")
    await ann.writes("yes")
    ann.recorder.files["chart"] = picture(40)
    await ann.sends(Attachment(kind="photo", handle="chart"))
    await ann.writes("/undo")
    kept = f"{trader}/{trader}-1700000000000.png"
    await journal.worker.store.put(kept, picture(7), "image/png")
    await journal.db.execute(
        "insert into public.strategy_analyses (user_id, screenshot_url) values ($1, $2)", trader, kept
    )
    assert len(files(tmp_path)) == 2
    await ann.writes(SURE)
    await done(journal)
    assert [str(file.relative_to(tmp_path / "screenshots")) for file in files(tmp_path)] == [kept]


async def test_every_chat_of_the_journal_is_told(journal: Journal, ann: Person, trader: UUID) -> None:
    other = Person(journal, "9009", "discord")
    await other.writes("/trades")
    await ann.records()
    await ann.writes("short 1 es 5300")  # a draft that waits
    await ann.writes("/export")
    await journal.db.execute("update worker.exports set made_at = null")  # half done, and its worker dead
    await journal.db.execute(
        """insert into worker.outbox (platform, account, chat_id, user_id, payload, status, due_at)
           select 'discord', account, chat_id, user_id, '{"text": "of the journal"}', 'pending',
               now() + interval '1 day'
           from worker.chats where platform = 'discord'"""
    )
    await ann.writes(SURE)
    await done(journal)
    for person in (ann, other):
        assert person.replies[-1].text.startswith("Your journal is deleted\n1 trade and 0 pictures are gone")
        assert (await person.writes("/trades"))[0].startswith("Hello, I am Vigil")
    assert not [sent for sent in other.replies if "of the journal" in sent.text]
    left = set(await holding(journal.db, str(trader)))
    assert left <= {"profiles", "worker.first_audits"}, left


# ---- without a worker, to kill it where it hurts


class Frail(LocalStore):
    """Breaks off now and then, before or after it has removed something."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        super().__init__(root)
        self.chance, self.removals = chance, asyncio.Semaphore(0)

    async def remove(self, paths: Sequence[str]) -> None:
        if self.chance.random() < 0.2:
            raise Unavailable("before")
        await super().remove(paths)
        self.removals.release()
        if self.chance.random() < 0.2:
            raise Unavailable("after")


async def grown(connection: asyncpg.Connection, store: LocalStore, user_id: UUID, trades: int) -> None:
    for number in range(trades):
        trade = await connection.fetchval(
            "insert into public.trades (user_id, symbol) values ($1, 'NQ') returning id", user_id
        )
        path = f"{user_id}/{trade}-170000000{number:04}.png"
        await store.put(path, b"a picture", "image/png")
        await connection.execute("update public.trades set screenshot_url = $2 where id = $1", trade, path)
    await connection.execute(
        """insert into public.journal_messages (user_id, platform, direction)
           select $1, 'email', 'inbound' from generate_series(1, 2500)""",
        user_id,
    )


async def test_killed_anywhere_it_ends_with_no_row_and_no_file(
    connection: asyncpg.Connection, dsn: str, trader: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletions, "TRADES", 2)
    chance = random.Random(7)
    store = Frail(tmp_path / "screenshots", chance)
    await grown(connection, store, trader, 150)
    chat = Chat("telegram", "bot", "4001")
    async with connection.transaction():
        await deletions.begin(connection, trader, chat)
    database = await pool.open_pool(dsn, size=4)
    job = UserJob(platform="telegram", account="bot", chat_id="4001", user_id=trader)
    broken = 0

    async def some_removals() -> None:
        """One to three portions, and as long as it takes to be anywhere behind them."""
        for _ in range(chance.randint(1, 3)):
            await store.removals.acquire()
        await asyncio.sleep(chance.random() * 0.01)

    try:
        while await connection.fetchval("select count(*) from worker.deletions"):
            running = asyncio.create_task(Deletions(database, store)(job))
            enough = asyncio.create_task(some_removals())
            await asyncio.wait({running, enough}, return_when=asyncio.FIRST_COMPLETED)
            broken += running.cancel() or running.exception() is not None
            enough.cancel()
            await asyncio.gather(running, enough, return_exceptions=True)
            rows = {r[0] for r in await connection.fetch("select screenshot_url from public.trades")}
            here = {str(path.relative_to(tmp_path / "screenshots")) for path in files(tmp_path)}
            assert here <= rows, "a file that no row names"
    finally:
        await database.close()
    assert broken >= 20
    assert files(tmp_path) == []
    assert await connection.fetchval("select count(*) from public.trades") == 0
    assert await connection.fetchval("select count(*) from public.journal_messages") == 0
    said = await connection.fetch("select user_id, payload ->> 'text' as text from worker.outbox")
    assert [(row["user_id"], row["text"][:38]) for row in said] == [(None, "150 trades and 150 pictures are gone, ")]


async def test_two_workers_delete_it_once(
    connection: asyncpg.Connection, dsn: str, trader: UUID, tmp_path: Path
) -> None:
    store = LocalStore(tmp_path / "screenshots")
    await grown(connection, store, trader, 5)
    async with connection.transaction():
        await deletions.begin(connection, trader, Chat("telegram", "bot", "4001"))
    database = await pool.open_pool(dsn, size=6)
    job = UserJob(platform="telegram", account="bot", chat_id="4001", user_id=trader)
    try:
        work = (Deletions(database, store)(job) for _ in range(3))
        ended = await asyncio.gather(*work, return_exceptions=True)
        assert all(each is None or isinstance(each, RetryRequested) for each in ended)
    finally:
        await database.close()
    assert await connection.fetchval("select count(*) from worker.outbox") == 1
    assert "5 trades and 5 pictures" in await connection.fetchval("select payload ->> 'text' from worker.outbox")


async def test_an_address_that_is_no_picture_of_the_trade_removes_nothing(
    connection: asyncpg.Connection, dsn: str, trader: UUID, tmp_path: Path
) -> None:
    store = LocalStore(tmp_path / "screenshots")
    other = UUID(int=7)
    bens = f"{other}/{other}-1700000000000.png"
    await store.put(bens, picture(1), "image/png")
    for url in (bens, "../../etc/passwd", "https://evil.example/x.png", ""):
        await connection.execute("insert into public.trades (user_id, screenshot_url) values ($1, $2)", trader, url)
    async with connection.transaction():
        await deletions.begin(connection, trader, Chat("telegram", "bot", "4001"))
    database = await pool.open_pool(dsn)
    try:
        await Deletions(database, store)(UserJob(platform="telegram", account="bot", chat_id="4001", user_id=trader))
    finally:
        await database.close()
    assert [path.name for path in files(tmp_path)] == [bens.partition("/")[2]]
    assert await connection.fetchval("select count(*) from public.trades") == 0


async def test_a_deletion_whose_job_was_lost_is_taken_up(
    connection: asyncpg.Connection, dsn: str, trader: UUID
) -> None:
    async with connection.transaction():
        await deletions.begin(connection, trader, Chat("telegram", "bot", "4001"))
    database = await pool.open_pool(dsn)
    try:
        for _ in range(2):
            await schedules_of(database, read_settings(None))["deletions"].run()
    finally:
        await database.close()
    rows = await connection.fetch("select entrypoint, convert_from(payload, 'UTF8') as payload from worker.pgqueuer")
    assert [row["entrypoint"] for row in rows] == ["delete_me"]
    assert json.loads(rows[0]["payload"]) == {
        "platform": "telegram", "account": "bot", "chat_id": "4001", "user_id": str(trader)
    }  # fmt: skip


async def test_a_journal_that_a_backup_brought_back_is_deleted_again(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    """As docs/data.md has it: the chats are bound, and nobody wrote the word here."""
    await ann.records()
    await journal.db.execute(
        """insert into worker.deletions (user_id, chats)
           select user_id, jsonb_agg(jsonb_build_object('platform', platform, 'account', account, 'chat_id', chat_id))
           from worker.chats where user_id = $1 group by user_id""",
        trader,
    )
    await schedules_of(journal.worker.pool, read_settings(None))["deletions"].run()
    await done(journal)
    assert set(await holding(journal.db, str(trader))) == {"profiles"}
    assert (await ann.writes("/trades"))[0].startswith("Hello, I am Vigil")


# ---- when the whole user goes


async def test_what_is_ours_goes_with_the_auth_user(journal: Journal, ann: Person, trader: UUID) -> None:
    await lived_in(journal, ann, trader)
    await journal.db.execute("insert into worker.deletions (user_id, chats) select $1, '[]'", trader)
    tables_before = await holding(journal.db, str(trader))
    assert len(tables_before) > 20
    await journal.db.execute("delete from auth.users where id = $1", trader)
    left = await holding(journal.db, str(trader))
    # jobs, which find nobody, and dead letters, which are pruned; claimed_by refers to nobody by a key
    assert set(left) - {"anonymous_audits"} == {"worker.pgqueuer"}
    assert await journal.count("worker.chats", "user_id is not null") == 0


async def test_every_table_of_ours_names_its_trader_by_a_key_that_lets_go(connection: asyncpg.Connection) -> None:
    rows = await connection.fetch(
        """select c.relname, k.confdeltype::text as rule, exists (
               select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum) as indexed
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
           left join pg_constraint k on k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum]
               and k.confrelid = 'public.profiles'::regclass
           where c.relnamespace = 'worker'::regnamespace and c.relkind = 'r'"""
    )
    assert len(rows) > 15
    assert {row["relname"]: (row["rule"], row["indexed"]) for row in rows} == {
        row["relname"]: ("n" if row["relname"] == "chats" else "c", True) for row in rows
    }
    assert deletions.KEPT - {"first_audits"} <= {row["relname"] for row in rows}
