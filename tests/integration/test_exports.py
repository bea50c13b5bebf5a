"""/export: everything of the trader and nothing of anybody else, made once, sent once, and gone when it has arrived."""

import asyncio
import csv
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

import bot.exports
import bot.jobs
from bot.exports import Exports, path_of
from bot.job_payloads import ExportJob
from bot.schedules import schedules_of
from bot.settings import read_settings
from bot.store import LocalStore
from db import exports, pool
from statemachine.errors import StoreError, Unavailable
from statemachine.message import Attachment
from tests.contract.driver import picture
from tests.journaling import Journal, Person, journaling

FORMULA = '=HYPERLINK("https://evil.example";"open")'
SECRETS = (
    "s3aled-key",
    "br0ker-pass",
    "d1gest-of-share",
    "VGL-Q7Q7",
    "cus_str1pe",
    "sub_str1pe",
    "h4shed-ip",
    "r3sult",
)
PLANT = f"""
insert into worker.ai_keys (user_id, provider, nonce, ciphertext) values ($1, 'openai', '0123456789ab', '{SECRETS[0]}');
insert into public.broker_connections (user_id, broker_type, auth_type, display_name, encrypted_credentials)
    values ($1, 'tradovate', 'oauth', 'my broker', '{SECRETS[1]}');
insert into public.shared_results (result_hash, strategy_summary) values ('{SECRETS[2]}', 'x');
insert into public.platform_link_codes (user_id, platform, code, expires_at)
    values ($1, 'email', '{SECRETS[3]}', now() + interval '10 minutes');
update public.profiles set stripe_customer_id = '{SECRETS[4]}', stripe_subscription_id = '{SECRETS[5]}' where id = $1;
insert into public.anonymous_audits (ip_hash, result_hash, firm_id, audit_result, claimed_by, expires_at)
    values ('{SECRETS[6]}', '{SECRETS[7]}', 'f', '{{"score": 61}}', $1, now());
insert into worker.shares (result_id, user_id, trade_id) select r.id, $1, t.id
    from public.shared_results r, public.trades t where t.user_id = $1;
update public.trades set audit_result = '{{"summary": "well done"}}' where user_id = $1;
insert into public.sync_logs (connection_id, trades_new, error_message)
    select id, 3, '{SECRETS[1]}' from public.broker_connections where user_id = $1;
insert into public.referrals (referrer_id, referred_id, status) select $1, id, 'rewarded' from public.profiles
    where id <> $1;
insert into public.announcements (title, body) values ('New charts', 'x');
insert into public.announcement_dismissals (user_id, announcement_id) select $1, id from public.announcements;
insert into worker.accounts (user_id, name, firm, account_size) values ($1, 'apex2', 'Apex', 50000);
insert into public.strategy_analyses (user_id, user_description) values ($1, 'breakouts only');
"""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "whatsapp", jobs=True) as journal:
        yield journal


async def plant(db: asyncpg.Connection, user_id: UUID) -> None:
    for statement in PLANT.split(";\n"):
        if statement.strip():
            await db.execute(statement.replace("$1", f"'{user_id}'"))


async def with_picture(ann: Person, data: bytes, report: str = "long 2 nq 18250 > 18290 stop 18230") -> None:
    name = f"chart-{len(ann.recorder.files)}"
    ann.recorder.files[name] = data
    await ann.writes(report)
    await ann.writes("yes")
    await ann.sends(Attachment(kind="photo", handle=name))


def file_of(ann: Person) -> bytes:
    (sent,) = [sent for sent in ann.replies if sent.reply.file is not None]
    assert sent.envelope.file is not None
    return sent.envelope.file


def unpacked(data: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def lines(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


async def test_everything_of_the_trader_and_nothing_else(journal: Journal, ann: Person, trader: UUID) -> None:
    ben_id: UUID = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'ben@example.com') returning id"
    )
    ben = await Person(journal, "4002").binds(ben_id)
    await ben.writes("short 3 es 5300 > 5290")
    await ben.writes("yes")
    await ann.writes("/rules add No trades after 11:00")
    await ann.writes("limit buy 2 nq 18200 stop 18180")
    await with_picture(ann, picture(40))
    await plant(journal.db, trader)
    await ann.writes("long 7 cl 71.20")
    await journal.db.execute(
        "update public.trades set pnl = -1600.50, external_id = $2 where user_id = $1", trader, FORMULA
    )
    assert await ann.writes("/export") == [
        "I am putting your journal into a file: trades, verdicts, rules, days, accounts, plans, messages and charts."
        " It comes here as a ZIP in a few minutes.",
        "Your journal as a file\nOne trade, and all else, as CSV for a spreadsheet and as JSON.\n"
        "1 chart picture is in it.",
    ]
    files = unpacked(file_of(ann))
    assert {name for name in files if not name.startswith("pictures/")} == {"README.txt"} | {
        f"{table}.{kind}" for table in exports.TABLES for kind in ("csv", "json")
    }
    (trade,) = json.loads(files["trades.json"], parse_float=Decimal)
    (shown,) = lines(files["trades.csv"])
    assert (trade["symbol"], trade["pnl"], trade["external_id"]) == ("NQ", Decimal("-1600.50"), FORMULA)
    assert (shown["pnl"], shown["entry_price"], shown["external_id"]) == ("-1600.50", "18250", f"'{FORMULA}")
    assert (trade["account"], trade["initial_stop"] or trade["stop_loss"]) == ("main", 18230)
    assert trade["day"] == shown["day"]
    (chart,) = [name for name in files if name.startswith("pictures/")]
    assert chart.startswith(f"pictures/{trade['id']}-")
    assert [rule["rule_text"] for rule in json.loads(files["rules.json"])] == ["No trades after 11:00"]
    assert [verdict["trade_id"] for verdict in json.loads(files["verdicts.json"])] == [trade["id"]]
    assert [each["name"] for each in json.loads(files["accounts.json"])] == ["apex2"]
    assert [each["plan"]["fields"]["symbol"] for each in json.loads(files["plans.json"])] == ["NQ"]
    assert [each["user_description"] for each in json.loads(files["strategies.json"])] == ["breakouts only"]
    assert (trade["audit_result"], shown["audit_result"]) == ({"summary": "well done"}, '{"summary": "well done"}')
    (shared,) = json.loads(files["shared.json"])
    assert (shared["trade_id"], shared["strategy_summary"]) == (trade["id"], "x")
    assert [each["audit_result"] for each in json.loads(files["tries.json"])] == [{"score": 61}]
    assert [each["trades_new"] for each in json.loads(files["syncs.json"])] == [3]
    assert [(each["part"], each["status"]) for each in json.loads(files["referrals.json"])] == [
        ("referred somebody", "rewarded")
    ]
    assert [each["title"] for each in json.loads(files["dismissed.json"])] == ["New charts"]
    (draft,) = json.loads(files["drafts.json"])
    assert (draft["state"], "CL" in json.dumps(draft["pending_trade"])) == ("awaiting_confirmation", True)
    (profile,) = json.loads(files["profile.json"])
    assert profile["telegram_chat_id"] == "4001"
    said = [each["content_preview"] for each in json.loads(files["messages.json"])]
    assert "long 2 nq 18250 > 18290 stop 18230" in said
    assert {each["direction"] for each in lines(files["messages.csv"])} == {"inbound", "outbound"}
    whole = b"\n".join(files.values()).decode("latin-1")
    for secret in (*SECRETS, "ben@example.com", "short 3 es", "5300", str(ben_id)):
        assert secret not in whole, secret


WITHHELD: Mapping[str, set[str]] = {
    "profiles": {"stripe_customer_id", "stripe_subscription_id"},  # keys of the payment service
    "trades": {"screenshot_url", "source_connection_id", "daily_tracking_id"},  # the picture itself, the day
    "trade_rule_verdicts": set(),
    "trading_rules": set(),
    "daily_tracking": set(),
    "broker_connections": {
        "encrypted_credentials",
        "error_message",
        "consecutive_errors",
    },  # an error may quote a token
    "sync_logs": {"error_message"},
    "strategy_analyses": {"screenshot_url"},
    "journal_conversations": {"platform_chat_id", "context"},  # the profile has it; how far the talk got
    "journal_messages": {"metadata"},  # the platform's number of the message
    "anonymous_audits": {"ip_hash", "result_hash", "claimed_by"},
    "shared_results": {"result_hash", "og_image_url", "created_at"},
    "referrals": {"referrer_id", "referred_id"},  # somebody else
    "announcement_dismissals": {"announcement_id"},
    "platform_link_codes": {"code", "platform", "used", "created_at", "expires_at"},  # keys, gone in a week
}
"""Columns of tables with a trader's rows that no export holds."""
NOBODYS = {"email_leads", "quiz_completions", "announcements"}


async def test_no_column_is_forgotten(connection: asyncpg.Connection) -> None:
    """A column that a later migration adds is handed over, or stands above with its reason."""
    rows = await connection.fetch(
        "select table_name, column_name from information_schema.columns where table_schema = 'public'"
    )
    forgotten = {
        (row["table_name"], row["column_name"])
        for row in rows
        if row["table_name"] not in NOBODYS
        and row["column_name"] not in {"id", "user_id"} | WITHHELD.get(row["table_name"], set())
        and not any(
            re.search(rf"\b{alias}\.{row['column_name']}\b", query)
            for query in exports.TABLES.values()
            for alias in re.findall(rf"public\.{row['table_name']} (\w+)", query)
        )
    }
    assert forgotten == set()


async def test_every_table_has_both_files_also_where_there_is_nothing(journal: Journal, ann: Person) -> None:
    await ann.writes("/export")
    files = unpacked(file_of(ann))
    assert json.loads(files["trades.json"]) == []
    assert files["trades.csv"].decode("utf-8-sig").startswith("id,created_at,symbol,direction,")
    assert b"0 pictures are in." in files["README.txt"]


async def test_odd_values_of_other_writers_are_handed_over_as_they_are(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    await journal.db.execute(
        """insert into public.trades (user_id, symbol, pnl, entry_price, entry_time, exit_time, created_at,
               screenshot_url)
           values ($1, E'=1+1\n@x', 'NaN', 1e4500, 'infinity', '20260-01-01', '20260-01-01', 'https://evil.example')""",
        trader,
    )
    await ann.writes("/export")
    files = unpacked(file_of(ann))
    (shown,) = lines(files["trades.csv"])
    assert (shown["symbol"], shown["pnl"], shown["entry_price"]) == ("'=1+1\n'@x", "NaN", "1" + "0" * 4500)
    assert (shown["entry_time"], shown["exit_time"]) == ("infinity", "20260-01-01T00:00:00+00:00")


async def test_three_a_day_and_one_at_a_time(journal: Journal, ann: Person) -> None:
    for _ in range(3):
        assert len(await ann.writes("/export")) == 2
    assert await ann.writes("/export") == ["3 exports a day are all I make. Ask again tomorrow."]
    await journal.db.execute("update worker.exports set asked_at = asked_at - interval '25 hours'")
    await journal.db.execute("insert into worker.exports (user_id) select user_id from worker.exports limit 1")
    assert await ann.writes("/export") == ["Your file is being made already. It comes here in a few minutes."]
    await journal.db.execute("update worker.exports set asked_at = now() - interval '2 hours' where made_at is null")
    assert len(await ann.writes("/export")) == 2  # that one died for good


# ---- without a worker, to stop it where it hurts


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[pool.Pool]:
    opened = await pool.open_pool(dsn, size=4)
    yield opened
    await opened.close()


async def asked_for(connection: asyncpg.Connection, user_id: UUID, **values: Any) -> ExportJob:
    export_id = await exports.begin(connection, user_id)
    given = {"platform": "telegram", "account": "bot", "chat_id": "4001", **values}
    return ExportJob.model_validate({**given, "export_id": export_id, "user_id": user_id})


class Frail(LocalStore):
    """Away at the first so many questions."""

    def __init__(self, root: Path, failures: int) -> None:
        super().__init__(root)
        self.failures = failures

    async def get(self, path: str) -> bytes:
        if self.failures:
            self.failures -= 1
            raise Unavailable("away")
        return await super().get(path)


async def add_trade(
    connection: asyncpg.Connection, store: LocalStore, user_id: UUID, data: bytes, age: int = 0
) -> UUID:
    trade: UUID = await connection.fetchval(
        "insert into public.trades (user_id, symbol, created_at) values ($1, 'NQ', now() - make_interval(days => $2))"
        " returning id",
        user_id,
        age,
    )
    path = f"{user_id}/{trade}-1700000000000.png"
    await store.put(path, data, "image/png")
    await connection.execute("update public.trades set screenshot_url = $2 where id = $1", trade, path)
    return trade


async def state(connection: asyncpg.Connection) -> dict[str, int]:
    row = await connection.fetchrow(
        "select (select count(*) from worker.export_parts) as parts, (select count(*) from worker.outbox) as replies,"
        " (select count(*) from worker.exports where made_at is not null) as made"
    )
    return dict(row)


async def test_a_job_that_is_broken_off_makes_the_file_once(
    connection: asyncpg.Connection, database: pool.Pool, trader: UUID, tmp_path: Path
) -> None:
    store = Frail(tmp_path, 1)
    await add_trade(connection, store, trader, picture(1))
    job, make = await asked_for(connection, trader), Exports(database, store)
    with pytest.raises(Unavailable):
        await make(job)
    for wait in (0.001, 0.01, 0.03):
        cut = asyncio.create_task(make(job))
        await asyncio.sleep(wait)
        cut.cancel()
        await asyncio.gather(cut, return_exceptions=True)
        assert (await state(connection))["replies"] == (await state(connection))["made"]
    await asyncio.gather(make(job), make(job))  # two workers have it
    await make(job)
    assert await state(connection) == {"parts": 1, "replies": 1, "made": 1}


async def test_what_finds_no_room_is_left_out_the_oldest_first(
    connection: asyncpg.Connection,
    database: pool.Pool,
    trader: UUID,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = LocalStore(tmp_path)
    trades = [await add_trade(connection, store, trader, bytes(60_000), age) for age in range(4)]
    await store.remove([f"{trader}/{trades[1]}-1700000000000.png"])
    await connection.execute("update public.trades set screenshot_url = '../../etc/passwd' where id = $1", trades[3])
    monkeypatch.setattr(bot.exports, "LARGEST_FILE", {"email": 180_000})
    await Exports(database, store)(await asked_for(connection, trader, platform="email"))
    reply = json.loads(await connection.fetchval("select payload::text from worker.outbox"))
    assert (
        "1 chart picture is in it.\n1 older picture found no room: e-mail takes 0 MB.\n1 picture is kept no longer."
        in reply["text"]
    )
    data = await bot.exports.read_file(database, reply["file"]["path"])
    assert data is not None
    assert len(data) < 180_000
    assert [name for name in unpacked(data) if name.startswith("pictures/")] == [
        f"pictures/{trades[0]}-1700000000000.png"
    ]


async def test_a_journal_beyond_what_the_platform_takes_is_told_so(
    connection: asyncpg.Connection, database: pool.Pool, trader: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.exports, "LARGEST_FILE", {"telegram": 50_000})
    await Exports(database, LocalStore(tmp_path))(await asked_for(connection, trader))
    assert await state(connection) == {"parts": 0, "replies": 1, "made": 1}
    assert "larger than Telegram takes" in await connection.fetchval("select payload ->> 'text' from worker.outbox")


async def test_a_large_file_is_kept_in_parts_and_whole(
    connection: asyncpg.Connection, database: pool.Pool, trader: UUID, tmp_path: Path
) -> None:
    store = LocalStore(tmp_path)
    charts = {await add_trade(connection, store, trader, bytes([n]) * 900_000, n): n for n in range(4)}
    job = await asked_for(connection, trader)
    await Exports(database, store)(job)
    assert (await state(connection))["parts"] == 4
    data = await bot.exports.read_file(database, path_of(job.export_id))
    assert data is not None
    found = unpacked(data)
    assert all(found[f"pictures/{trade}-1700000000000.png"] == bytes([n]) * 900_000 for trade, n in charts.items())


@pytest.mark.parametrize(
    ("reply", "stays"),
    [
        ("status = 'pending'", True),
        ("status = 'held'", True),
        ("status = 'sent', sent_at = now()", True),
        ("status = 'sent', sent_at = now() - interval '16 minutes'", False),
        ("status = 'refused'", False),
        ("status = 'dropped'", False),
    ],
)
async def test_the_file_goes_when_it_has_arrived(
    connection: asyncpg.Connection, database: pool.Pool, trader: UUID, tmp_path: Path, reply: str, stays: bool
) -> None:
    await Exports(database, LocalStore(tmp_path))(await asked_for(connection, trader))
    await connection.execute("update worker.exports set made_at = now() - interval '1 hour'")
    await connection.execute(f"update worker.outbox set {reply}")
    await schedules_of(database, read_settings(None))["export_files"].run()
    assert await state(connection) == {"parts": int(stays), "replies": 1, "made": 1}


async def test_what_was_deleted_meanwhile_is_not_handed_over(
    connection: asyncpg.Connection, database: pool.Pool, trader: UUID, tmp_path: Path
) -> None:
    job = await asked_for(connection, trader)
    make = Exports(database, LocalStore(tmp_path))
    async with connection.transaction():
        await connection.execute("delete from worker.exports")
        running = asyncio.create_task(make(job))
        async with asyncio.timeout(20):  # it has read everything, and waits for the row
            while not await connection.fetchval("select exists (select from pg_locks where not granted)"):
                await asyncio.sleep(0.01)
        assert not running.done()
    await running
    assert await state(connection) == {"parts": 0, "replies": 0, "made": 0}


@pytest.mark.parametrize(("fault", "tries"), [(StoreError("refused"), 2), (ValueError("a fault of ours"), 1)])
async def test_a_file_that_cannot_be_made_is_told_of(
    journal: Journal, ann: Person, trader: UUID, monkeypatch: pytest.MonkeyPatch, fault: Exception, tries: int
) -> None:
    made = []

    async def fail(*_: object) -> None:
        made.append(1)
        raise fault

    monkeypatch.setattr(bot.jobs, "MOST_TRIES", 2)
    monkeypatch.setattr(Exports, "_make", fail)
    _, told = await ann.writes("/export")
    assert told.startswith("I could not make your file.")
    assert len(made) == tries
    assert await journal.count("worker.pgqueuer", "status = 'failed' and entrypoint = 'export'") == 1
    assert await exports.asked(journal.db, trader) == (0, False)  # it counts for nothing
    await journal.db.execute("update worker.pgqueuer set status = 'queued', execute_after = now()")
    await journal.settle()  # the operator tried it again: it is wanted no more
    assert len(made) == tries
    monkeypatch.undo()
    assert len(await ann.writes("/export")) == 2


async def test_a_file_that_is_kept_no_longer_is_not_sent(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await ann.writes("/help")
        await journal.db.execute(
            """insert into worker.outbox (platform, account, chat_id, user_id, payload) values ('telegram', 'bot',
               '4001', $1, '{"text": "Here", "file": {"path": "exports/../../etc/passwd.zip", "name": "x"}}')""",
            trader,
        )
        await journal.settle()
        assert [sent.text[:4] for sent in ann.replies] == ["Writ", "Some"]
        assert await journal.count("worker.outbox", "status = 'refused' and error = 'its file is kept no longer'") == 1


async def test_a_period_limits_what_goes_into_the_file(journal: Journal, ann: Person) -> None:
    await with_picture(ann, picture(40))
    await with_picture(ann, picture(41), "yesterday short 1 es 5300 > 5290")
    begun, ready = await ann.writes("/export yesterday")
    assert begun.startswith("I am putting ")
    assert "one trade, and all that belongs to these days" in ready
    files = unpacked(file_of(ann))
    assert [trade["symbol"] for trade in json.loads(files["trades.json"])] == ["ES"]
    assert len(json.loads(files["days.json"])) == 1
    assert len([name for name in files if name.startswith("pictures/")]) == 1
    assert json.loads(files["verdicts.json"]) == []
    assert len(json.loads(files["profile.json"])) == 1


async def test_nonsense_is_no_period_and_counts_for_nothing(journal: Journal, ann: Person) -> None:
    (said,) = await ann.writes("/export soonish")
    assert said.startswith("I do not know the period “soonish”.\nSay for example: today")
    assert await journal.db.fetchval("select count(*) from worker.exports") == 0
