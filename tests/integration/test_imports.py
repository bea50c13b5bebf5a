"""A broker's file in the chat: read, shown, saved once, taken back as a whole."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from statemachine.message import Attachment
from tests.broker_files import ANY_CSV, TRADOVATE_FILLS, TRADOVATE_PERFORMANCE
from tests.journaling import Journal, Person, journaling

TRADES = """
select t.symbol, t.direction, t.position_size, t.entry_price, t.exit_price, t.pnl, t.source_type, t.audit_status,
    d.trade_date, left(t.external_id, 4) as external_id
from public.trades t left join public.daily_tracking d on d.id = t.daily_tracking_id order by t.exit_time, t.id
"""
DAYS = "select trade_date, daily_pnl, trades_taken from public.daily_tracking order by trade_date"
EMPTY = "select (select count(*) from public.trades) + (select count(*) from public.daily_tracking)"


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "whatsapp", jobs=True) as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    await journal.db.execute(
        "update public.profiles set account_size = 50000, journal_preferences = $2::jsonb where id = $1",
        trader,
        '{"timezone": "America/New_York", "day_start": {"hour": 18}, "screenshots": false}',
    )
    return await Person(journal, "4001").binds(trader)


async def sends(person: Person, file: str | bytes, name: str = "export.csv", **values: Any) -> list[str]:
    data = file.encode() if isinstance(file, str) else file
    handle = f"file-{len(person.recorder.files)}"
    person.recorder.files[handle] = data
    return await person.sends(Attachment(kind="document", handle=handle, name=name, size=len(data)), **values)


async def test_a_file_is_shown_then_saved_then_taken_back(journal: Journal, ann: Person) -> None:
    begun, preview = await sends(ann, TRADOVATE_PERFORMANCE)
    assert begun == "Reading your file. I show what is in it before anything is saved."
    assert preview == (
        "Tradovate: a file with trades\n2 new trades on 2 days, 16 Nov – 17 Nov\nNet P&L +$1,350.00\n"
        "Times read as America/New York. Others? /import zone New York\nNothing is saved yet.\n"
        "[Save 2]\n[Do not save]"
    )
    assert await journal.db.fetchval(EMPTY) == 0
    (saved,) = await ann.presses("Save 2")
    assert saved.startswith("Tradovate: saved\n2 trades are in your journal.\n")
    assert await journal.rows(TRADES) == [
        {
            "symbol": "NQ", "direction": "long", "position_size": Decimal(2), "entry_price": Decimal("18250.00"),
            "exit_price": Decimal("18290.00"), "pnl": Decimal("1600.00"), "source_type": "csv_import",
            "audit_status": "skipped", "trade_date": date(2026, 11, 16), "external_id": "101:",
        },
        {
            "symbol": "ES", "direction": "short", "position_size": Decimal(1), "entry_price": Decimal("5305.00"),
            "exit_price": Decimal("5310.00"), "pnl": Decimal("-250.00"), "source_type": "csv_import",
            "audit_status": "skipped", "trade_date": date(2026, 11, 17), "external_id": "104:",
        },
    ]  # fmt: skip
    days = await journal.rows(DAYS)
    assert [(day["daily_pnl"], day["trades_taken"]) for day in days] == [(1600, 1), (-250, 1)]
    connection = await journal.row("select * from public.broker_connections")
    assert (connection["broker_type"], connection["auth_type"], connection["status"]) == (
        "tradovate", "file_upload", "active",
    )  # fmt: skip
    assert (connection["trades_synced_total"], connection["display_name"]) == (2, "Tradovate file")
    log = await journal.row("select * from public.sync_logs")
    assert (log["status"], log["trades_fetched"], log["trades_new"], log["trades_duplicate"]) == ("success", 2, 2, 0)

    (undone,) = await ann.writes("/undo")
    assert undone == "Tradovate: taken back\n2 trades are gone again.\n[Redo]"
    assert await journal.db.fetchval(EMPTY) == 0
    (again,) = await ann.writes("/redo")
    assert again.startswith("Tradovate: saved\n2 trades")
    assert await journal.rows(DAYS) == days


async def test_the_same_file_twice_and_an_overlapping_one(journal: Journal, ann: Person) -> None:
    await sends(ann, TRADOVATE_PERFORMANCE)
    await ann.presses("Save 2")
    _, again = await sends(ann, TRADOVATE_PERFORMANCE)
    assert "2 trades are in your journal already\nThere is nothing new to save." in again
    more = TRADOVATE_PERFORMANCE + TRADOVATE_PERFORMANCE.splitlines()[1].replace("101,102", "111,112") + "\n"
    _, more_said = await sends(ann, more.replace("11/16/2026", "11/18/2026"))
    assert "1 new trade, 18 Nov" not in more_said, "another day makes other trades"
    _, overlapping = await sends(ann, more)
    assert "1 new trade, 16 Nov" in overlapping
    assert "2 trades are in your journal already" in overlapping
    await ann.presses("Save 1")
    assert await journal.count("public.trades") == 3
    assert await journal.count("public.broker_connections") == 1


async def test_a_stale_or_foreign_button_saves_nothing(journal: Journal, ann: Person) -> None:
    await sends(ann, TRADOVATE_PERFORMANCE)
    assert await ann.presses("Do not save") == ["Nothing was saved of that file."]
    stale = "That file waits no more. Send it again to see what is new in it."
    assert await ann.presses("Save 2") == [stale]
    await sends(ann, TRADOVATE_PERFORMANCE)
    await ann.presses("Save 2")
    assert await ann.presses("Save 2") == ["That file is saved already."]
    ben_id: UUID = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'ben@example.com') returning id"
    )
    ben = await Person(journal, "4002").binds(ben_id)
    data = f"iu:{(await journal.db.fetchval('select id from worker.imports order by asked_at desc limit 1')).hex}"
    assert await ben.does(ben.message(button=data)) == [stale]
    await ann.presses("Undo")
    assert await ann.presses("Undo") == ["That file is taken back already."]
    await ann.presses("Redo")
    assert await journal.count("public.trades") == 2


async def test_fills_go_on_where_the_last_file_ended(journal: Journal, ann: Person) -> None:
    _, preview = await sends(ann, TRADOVATE_FILLS)
    assert "1 new trade, 16 Nov\nNet P&L +$1,582.00\n1 fill is still open at the end of the file" in preview
    assert "1 P&L computed from its prices" in preview
    await ann.presses("Save 1")
    header, *_, last = TRADOVATE_FILLS.splitlines()
    close = last.replace(",204,13,", ",205,14,").replace("10:00:00", "10:10:00").replace("Sell", "Buy")
    _, preview = await sends(ann, "\n".join((header, close.replace("18300", "18290"), last)))
    assert "1 new trade, 16 Nov\nNet P&L +$196.00" in preview
    await ann.presses("Save 1")
    assert [(row["direction"], row["pnl"]) for row in await journal.rows(TRADES)] == [("long", 1590), ("short", 200)]
    _, again = await sends(ann, "\n".join((TRADOVATE_FILLS, close.replace("18300", "18290"))))
    assert "5 fills are in your journal already\nThere is nothing new" in again


async def test_what_was_told_is_one_with_the_brokers(journal: Journal, ann: Person) -> None:
    trade_id = await ann.records("long 2 nq 18250 > 18290 stop 18230")
    await journal.db.execute("update public.daily_tracking set trade_date = '2026-11-16'; ")
    (before,) = await journal.rows("select * from public.trades")
    _, preview = await sends(ann, TRADOVATE_PERFORMANCE)
    assert "1 of them you told me already: with Save it becomes one with yours.\n[Save 2]\n[Save all as new]" in preview
    (saved,) = await ann.presses("Save 2")
    assert "1 trade is in your journal.\n1 that you had told me is one with your broker's now." in saved
    one = await journal.row("select * from public.trades where id = $1", trade_id)
    assert (one["source_type"], one["stop_loss"], one["external_id"][:4]) == ("journal", 18230, "101:")
    assert one["entry_time"].isoformat() == "2026-11-16T14:31:02+00:00"
    assert await journal.count("public.trades") == 2
    _, again = await sends(ann, TRADOVATE_PERFORMANCE)
    assert "2 trades are in your journal already" in again
    (undone,) = await ann.presses("Undo")
    assert "1 trade is gone again.\n1 of yours is as you had told it." in undone
    (after,) = await journal.rows("select * from public.trades")
    assert after == before


async def test_a_trade_that_was_changed_since_stays_when_the_import_goes(journal: Journal, ann: Person) -> None:
    await sends(ann, TRADOVATE_PERFORMANCE)
    await ann.presses("Save 2")
    change = """
        insert into worker.changes (user_id, kind, trade_id, before, after)
        select user_id, 'edit', id, worker.trade_snapshot(user_id, id), '{}' from public.trades where symbol = 'ES'"""
    await journal.db.execute(change)
    (undone,) = await ann.presses("Undo")
    assert "1 trade is gone again.\n1 that you changed since stays." in undone
    assert [row["symbol"] for row in await journal.rows(TRADES)] == ["ES"]


async def test_days_and_balances_are_those_of_an_independent_calculation(journal: Journal, ann: Person) -> None:
    """Over two changes of daylight saving, with the evening's trades on the next session, in any order of rows."""
    new_york, dice = ZoneInfo("America/New_York"), random.Random(7)
    rows, expected = [], dict[date, Decimal]()
    began = datetime(2025, 10, 27, 15, tzinfo=UTC)
    for number in range(150):
        at = began + timedelta(hours=22.5 * number)
        size, points, fees = dice.randint(1, 5), Decimal(dice.randint(-80, 80)) / 4, Decimal(dice.randint(0, 999)) / 100
        wall = at.astimezone(new_york)
        session = wall.date() + timedelta(days=wall.hour >= 18)
        expected[session] = expected.get(session, Decimal(0)) + points * 20 * size - fees
        rows.append(f"NQ,Long,{size},18000,{18000 + points},{wall:%Y-%m-%d %H:%M:%S},{fees}")
    dice.shuffle(rows)
    await sends(ann, "\n".join(("Symbol,Side,Size,Entry,Exit,Exit time,Fees", *rows)))
    await ann.presses("Save 150")
    balance = high = Decimal(50000)
    days = await journal.rows("select * from public.daily_tracking order by trade_date")
    assert [day["trade_date"] for day in days] == sorted(expected)
    for day in days:
        opened, balance = balance, balance + expected[day["trade_date"]]
        high = max(high, balance)
        figures = (day["daily_pnl"], day["starting_balance"], day["ending_balance"], day["drawdown_used"])
        assert figures == (expected[day["trade_date"]], opened, balance, high - balance), day["trade_date"]


async def test_columns_are_asked_once_and_remembered(journal: Journal, ann: Person) -> None:
    text = "When,What,Way,Many,In at,Out at\n2026-11-16 15:40,NQ,Long,2,18250,18290\n"
    _, question = await sends(ann, text)
    assert question == (
        "Which column is what?\n1. When: 2026-11-16 15:40\n2. What: NQ\n3. Way: Long\n4. Many: 2\n5. In at: 18250\n"
        "6. Out at: 18290\nI could not find: symbol, side, time, size, entry and exit\n"
        "Example: /import symbol 1, side 2, time 3, size 4, entry 5, exit 6\n"
        "Is it not there? Export the file again with such a column."
    )
    assert "I did not understand “frobnicate 3”" in (await ann.writes("/import frobnicate 3"))[0]
    said = await ann.writes("/import symbol What, side Way, time 1, size 4, entry 5, exit 6, zone UTC")
    assert "CSV: a file with trades\n1 new trade, 16 Nov\nNet P&L +$1,600.00" in said[-1]
    assert "Times read as UTC" in said[-1]
    await ann.presses("Save 1")
    _, again = await sends(ann, text.replace("2026-11-16", "2026-11-17"))
    assert "1 new trade, 17 Nov" in again
    assert await journal.db.fetchval("select broker_type from public.broker_connections") == "other"


async def test_a_file_for_another_account(journal: Journal, ann: Person, trader: UUID) -> None:
    await journal.db.execute("insert into worker.accounts (user_id, name) values ($1, 'apex2')", trader)
    _, preview = await sends(ann, ANY_CSV, text="@apex2, zone UTC")
    assert "For your account @apex2" in preview
    await ann.presses("Save 2")
    assert await journal.count("worker.account_days") == 2
    assert await journal.count("public.daily_tracking") == 0
    await ann.presses("Undo")
    assert await journal.count("worker.account_days") == 0


NO_USE = {
    b"": "This file is empty.",
    b"PK\x03\x04 a workbook": "This is an Excel workbook.",
    b"hello": "I found no table in this file.",
    TRADOVATE_PERFORMANCE.splitlines()[0].encode(): "This file has a header and nothing below it.",
}


async def test_a_file_of_no_use_gets_a_clear_answer(journal: Journal, ann: Person) -> None:
    for data, said in NO_USE.items():
        assert (await sends(ann, data))[-1].startswith(said)
    assert await journal.count("worker.import_trades") == 0
    assert await ann.writes("/import") == [ANSWER]


ANSWER = (
    "Trades from your broker's file\nSend me the CSV that your broker exports, as a file: Tradovate, NinjaTrader, "
    "MetaTrader 4 and 5, TradingView, Rithmic, cTrader, or any other with a row for each trade or fill. I show what is "
    "in it before anything is saved.\nA caption can name the account and the zone of its times: @apex2, zone New York"
)


async def test_one_file_at_a_time(journal: Journal, ann: Person) -> None:
    ann.recorder.gates["file-0"] = asyncio.Event()
    ann.recorder.files["file-0"] = TRADOVATE_PERFORMANCE.encode()
    first = ann.message(attachments=(Attachment(kind="document", handle="file-0", name="a.csv"),))
    await journal.worker.turns.receive(first)
    await journal.until("select exists (select from worker.imports where status = 'reading')")
    second = ann.message(attachments=(Attachment(kind="document", handle="file-1", name="b.csv"),))
    await journal.worker.turns.receive(second)
    ann.recorder.gates["file-0"].set()
    await journal.settle()
    assert [sent.text.splitlines()[0] for sent in ann.replies] == [
        "Reading your file. I show what is in it before anything is saved.",
        "I am still reading your last file. Send this one again when that is done.",
        "Tradovate: a file with trades",
    ]


async def test_a_yes_is_answered_with_the_file_that_waits(journal: Journal, ann: Person) -> None:
    _, preview = await sends(ann, TRADOVATE_PERFORMANCE)
    for text in ("yes", "no", "cancel", "/cancel", "/import"):
        assert await ann.writes(text) == [preview], text
    assert await journal.db.fetchval(EMPTY) == 0
    assert "Say for example /import zone New York" in (await ann.writes("/import zone Mars"))[0]
    await ann.writes("long 1 cl 70 > 71 stop 69.5")
    assert (await ann.writes("yes"))[0].startswith("Recorded"), "a trade that waits is meant first"
    await ann.presses("Save 2")
    assert "already" in (await ann.presses("Save 2"))[0]


async def test_neither_what_stands_beside_a_file_nor_a_failure_is_lost_without_a_word(
    journal: Journal, ann: Person
) -> None:
    begun, *_ = await sends(ann, ANY_CSV, text="long 2 nq 18250 > 18290")
    assert "I read nothing else: “long 2 nq 18250 > 18290”" in begun
    begun, preview = await sends(ann, ANY_CSV, name="report.htm", text="zone UTC")
    assert "nothing else" not in begun
    assert "Times read as UTC" in preview
    await journal.db.execute('update worker.import_trades set trade = trade || \'{"day": "someday"}\' where number = 1')
    (failed,) = await ann.presses("Save 2")
    assert failed.startswith("I could not do that with your file. Your journal is untouched")
    assert await journal.db.fetchval(EMPTY) == 0
    assert await journal.count("worker.imports", "status = 'ready'") == 1, "it waits as it did"


async def presses_at_once(ann: Person, label: str) -> None:
    """Without waiting for what comes of it."""
    found = [b for sent in ann.replies for row in sent.reply.buttons for b in row if b.label == label]
    await ann.journal.worker.turns.receive(ann.message(button=found[-1].data))


@asynccontextmanager
async def saving_stopped(journal: Journal, trader: UUID, dsn: str) -> AsyncIterator[None]:
    """Whoever saves a file comes as far as its first day, and goes on when the block ends."""
    other = await asyncpg.connect(dsn)
    try:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("insert into public.daily_tracking (user_id, trade_date) values ($1, '2026-11-16')", trader)
        yield
        await transaction.rollback()
    finally:
        await other.close()


IS_STOPPED = """
select exists (select from pg_stat_activity where query like '%save_import%' and wait_event_type = 'Lock'
               and datname = current_database())
"""


async def test_the_trader_is_heard_while_a_file_is_being_saved(
    journal: Journal, ann: Person, trader: UUID, dsn: str
) -> None:
    """And nothing takes the place of that file, neither a button nor another file."""
    await sends(ann, TRADOVATE_PERFORMANCE)
    before = len(ann.replies)
    async with saving_stopped(journal, trader, dsn):
        await presses_at_once(ann, "Save 2")
        await journal.until(IS_STOPPED)
        for text in ("long 1 cl 70 > 71 stop 69.5", "yes", "/undo"):
            await journal.worker.turns.receive(ann.message(text))
        await journal.until("select count(*) = 0 from worker.outbox where status = 'pending'")
        said = [sent.text.splitlines()[0] for sent in ann.replies[before:]]
        for label in ("Save 2", "Do not save"):
            await presses_at_once(ann, label)
        ann.recorder.files["other"] = ANY_CSV.encode()
        other = Attachment(kind="document", handle="other", name="other.csv")
        await journal.worker.turns.receive(ann.message(attachments=(other,)))
        await journal.until("select exists (select from worker.imports where status = 'ready')")
    await journal.settle()
    assert [line for line in said if "was not judged" not in line] == [
        "Is this right?",
        "Recorded",
        "Saving 2 trades. It takes a moment.",
    ]
    assert await journal.count("public.trades") == 3
    assert [(day["daily_pnl"], day["trades_taken"]) for day in await journal.rows(DAYS)][:2] == [(1600, 1), (-250, 1)]
    await ann.presses("Save 2")
    assert await journal.count("public.trades") == 5


async def test_a_document_that_is_no_table_is_answered_as_before(journal: Journal, ann: Person) -> None:
    (said,) = await ann.sends(Attachment(kind="document", handle="x", name="terms.pdf", mime="application/pdf"))
    assert "Reading your file" not in said
    assert await journal.count("worker.imports") == 0
