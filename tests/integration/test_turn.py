"""One turn on a real database: what it leaves in each table, and what no message can do to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from statemachine.errors import Unavailable
from statemachine.message import Attachment
from tests.journaling import REPORT, Journal, Person, journaling

POISON = """
create function public.refuse() returns trigger language plpgsql as $$
begin
    if new.symbol = 'ES' then raise exception 'a bug that only this trade meets'; end if;
    return new;
end $$;
create trigger refuse before insert on public.trades for each row execute function public.refuse();
"""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path) as journal:
        yield journal


# ---- what a turn leaves


async def test_a_report_leaves_a_draft_and_no_trade(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.does(ann.message(REPORT, external_id="7"))
    stored = await journal.row("select * from worker.inbox")
    assert (stored["external_id"], stored["status"], stored["user_id"], stored["payload"]) == (
        "7",
        "done",
        trader,
        None,
    )
    conversation = await journal.row("select * from public.journal_conversations")
    assert conversation["state"] == "awaiting_confirmation"
    assert (conversation["user_id"], conversation["platform_chat_id"]) == (trader, "4001")
    assert json.loads(conversation["pending_trade"])["fields"]["entry_price"] == "18250"
    log = await journal.rows("select * from public.journal_messages order by created_at")
    assert [line["direction"] for line in log] == ["inbound", "outbound"]
    assert log[0]["content_preview"] == REPORT
    assert log[1]["content_preview"].startswith("Is this right?\nLong 2 NQ")
    sent = await journal.row("select * from worker.outbox")
    assert (sent["status"], sent["external_id"], sent["user_id"]) == ("sent", "out-1", trader)
    assert await journal.count("public.trades") == 0
    assert await journal.count("worker.changes") == 0


async def test_a_confirmation_leaves_a_trade_its_facts_and_its_day(journal: Journal, ann: Person, trader: UUID) -> None:
    said_at = datetime(2026, 3, 23, 15, 0, tzinfo=UTC)
    await ann.does(ann.message(REPORT, external_id="7", sent_at=said_at))
    await ann.writes("yes")
    trade = await journal.row("select * from public.trades")
    assert (trade["user_id"], trade["symbol"], trade["direction"]) == (trader, "NQ", "long")
    assert [int(trade[name]) for name in ("entry_price", "exit_price", "stop_loss", "position_size", "pnl")] == [
        18250, 18290, 18230, 2, 1600,
    ]  # fmt: skip
    assert (trade["source_type"], trade["audit_status"], trade["entry_time"]) == ("journal", "pending", None)
    facts = await journal.row("select * from worker.trade_facts")
    assert (facts["is_open"], facts["pnl_basis"], facts["pnl_origin"]) == (False, "gross", "computed")
    assert (facts["source_id"], facts["chat_id"], int(facts["initial_stop"])) == ("7", "4001", 18230)
    day = await journal.row("select * from public.daily_tracking")
    assert (day["id"], day["trade_date"].isoformat()) == (trade["daily_tracking_id"], "2026-03-23")
    assert (day["daily_pnl"], day["trades_taken"]) == (1600, 1)
    change = await journal.row("select * from worker.changes")
    assert (change["kind"], change["trade_id"], change["before"]) == ("record", trade["id"], None)
    receipt = await journal.rows("select * from worker.outbox where trade_id is not null")
    assert json.loads(receipt[0]["payload"])["title"] == "Recorded"
    log = await journal.rows(
        "select * from public.journal_messages where trade_id = $1 order by created_at", trade["id"]
    )
    assert [line["content_preview"].splitlines()[0] for line in log] == [
        "yes", "Recorded", "A chart of NQ +$1,600.00? Send the picture, or skip.",
    ]  # fmt: skip


async def test_the_log_keeps_the_order_of_a_turn(journal: Journal, ann: Person) -> None:
    await ann.records()
    log = await journal.rows("select content_preview from public.journal_messages order by created_at")
    assert [line["content_preview"].splitlines()[0] for line in log] == [
        REPORT, "Is this right?", "yes", "Recorded", "A chart of NQ +$1,600.00? Send the picture, or skip.",
        "/skip", "No chart for NQ +$1,600.00, then. I judge without.",
    ]  # fmt: skip


async def test_previews_are_cut(journal: Journal, ann: Person) -> None:
    await ann.writes("hello " * 100)
    assert await journal.db.fetchval("select max(length(content_preview)) from public.journal_messages") == 200


# ---- once, and in order


async def test_a_repeat_does_nothing(journal: Journal, ann: Person) -> None:
    await ann.writes(REPORT)
    yes = ann.message("yes")
    assert len(await ann.does(yes)) == 2
    assert await ann.does(yes) == []
    assert await journal.count("public.trades") == 1
    assert await journal.count("worker.inbox") == 2


async def test_one_message_to_two_workers_at_once_acts_once(
    journal: Journal, ann: Person, dsn: str, tmp_path: Path
) -> None:
    await ann.writes(REPORT)
    yes = ann.message("yes")
    async with journaling(dsn, tmp_path) as other:
        receives = [part.worker.turns.receive(yes) for part in (journal, other) for _ in range(5)]
        await asyncio.gather(*receives)
    assert await journal.count("worker.changes") == 1
    assert await journal.count("worker.inbox") == 2


async def test_the_same_id_in_two_chats_is_two_messages(journal: Journal, ann: Person) -> None:
    stranger = Person(journal, "4002")
    await ann.does(ann.message("hello", external_id="1"))
    await stranger.does(stranger.message("hello", external_id="1"))
    assert await journal.count("worker.inbox") == 2


async def test_messages_of_one_chat_at_once_are_one_after_another(journal: Journal, ann: Person) -> None:
    reports = [ann.message(f"long 1 es {price} > 5330") for price in range(5300, 5310)]
    await asyncio.gather(*map(journal.worker.turns.receive, reports))
    await journal.settle()
    (drafts,) = await journal.rows("select jsonb_array_length(pending_trade) as n from public.journal_conversations")
    assert drafts["n"] == 10


# ---- what cannot be handled


async def test_a_poison_message_is_set_aside_and_others_go_on(journal: Journal, ann: Person) -> None:
    await journal.db.execute(POISON)
    await ann.writes("long 1 es 5300 > 5310")
    (apology,) = await ann.does(ann.message("yes", external_id="bad"))
    assert apology.startswith("I could not handle that message.")
    failed = await journal.row("select * from worker.inbox where status = 'failed'")
    assert failed["external_id"] == "bad"
    assert "RaiseError" in failed["error"]
    assert json.loads(failed["payload"])["text"] == "yes"
    assert await journal.count("public.trades") == 0
    assert await ann.does(ann.message("yes", external_id="bad")) == []
    await ann.writes("/cancel")
    await ann.records()
    assert await journal.count("public.trades") == 1


async def test_settings_that_no_trader_would_write_stop_nothing(journal: Journal, ann: Person, trader: UUID) -> None:
    for hostile in (
        '{"timezone": {"a": []}, "currency": ["USD"], "day_start": "yesterday", "screenshots": 7, "language": {}}',
        '{"timezone": "../../etc/passwd", "day_start_hour": 1e9, "day_start": {"zone": 5, "hour": null}}',
        '{"currency": "\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00", "day_start": {"zone": "UTC", "hour": -5}}',
        '"text"', "[1, 2]", "null", "7",
    ):  # fmt: skip
        await journal.db.execute("update public.profiles set journal_preferences = $2 where id = $1", trader, hostile)
        await ann.writes(REPORT)
        assert (await ann.writes("yes"))[0].startswith("Recorded")
        await ann.writes("/skip")
    assert await journal.count("worker.inbox", "status = 'failed'") == 0


async def test_numbers_that_no_trader_would_set_stop_nothing(journal: Journal, ann: Person, trader: UUID) -> None:
    await journal.db.execute(
        """update public.profiles set account_size = 0, daily_loss_limit_pct = 'NaN', daily_loss_type = 'odd',
           max_drawdown_pct = 'Infinity', max_drawdown_type = '', max_daily_trades = -1 where id = $1""",
        trader,
    )
    await ann.writes(REPORT)
    assert (await ann.writes("yes"))[0].startswith("Recorded")


WITH_FACTS = """
select t.*, f.user_id as facts_of, f.is_open from public.trades t
join worker.trade_facts f on f.trade_id = t.id where t.id = $1
"""
HOSTILE: tuple[tuple[str, str, str], ...] = (
    ("awaiting_confirmation", "{}", "{}"),
    ("awaiting_confirmation", '"text"', "{}"),
    ("awaiting_confirmation", "[]", "{}"),
    ("awaiting_confirmation", "[[[[[]]]]]", "{}"),
    ("awaiting_confirmation", '{"id": "x", "fields": 7, "said_at": null}', "{}"),
    ("idle", "[]", '{"awaiting": [{"trade_id": 1}]}'),
    ("idle", "[]", '{"surprise": true}'),
    ("awaiting_screenshot", "[]", "{}"),
    ("idle", "7", "7"),
)
ID = "11111111-1111-4111-8111-111111111111"
AT = "2026-03-23T15:00:00Z"


def pending(**values: Any) -> str:
    fields = {"symbol": "NQ", "direction": "long", "entry_price": "18250", "exit_price": "18290"}
    return json.dumps({"id": ID, "said_at": AT, "fields": fields} | values)


def hostile_drafts() -> list[str]:
    fields = {"symbol": "NQ", "direction": "long", "entry_price": "18250", "exit_price": "18290"}
    return [
        pending(fields=fields | {"entry_price": "NaN"}),
        pending(fields=fields | {"pnl": "Infinity"}),
        pending(fields=fields | {"pnl": "1e999999"}),
        pending(fields=fields | {"position_size": "1e140000"}),
        pending(fields=fields | {"symbol": "N\x01Q" * 10_000}),
        pending(fields=fields | {"exit_time": "0001-01-01T00:00:00-23:00"}),
        pending(fields=fields | {"exit_time": "2026-03-23T15:00:00"}),
        pending(said_at="0001-01-01T00:00:00Z"),
        pending(said_at="9999-12-31T23:59:59Z"),
        pending(said_at="2026-03-23T15:00:00"),
        pending(kind="close", trade_id=ID),
        pending(kind="edit", trade_id=ID),
        pending(kind="edit"),
        pending(revision=10**30),
        pending(pictures=[{"kind": "photo", "handle": "x" * 90_000}]),
    ]


@pytest.mark.parametrize(("state", "drafts", "context"), HOSTILE)
async def test_a_tampered_conversation_is_idle_with_a_word(
    journal: Journal, ann: Person, state: str, drafts: str, context: str
) -> None:
    await ann.writes("hello")
    await _tamper(journal, state, drafts, context)
    word, question = await ann.writes(REPORT)
    assert word.startswith("What was waiting in this chat could not be read")
    assert question.startswith("Is this right?")
    assert (await ann.writes("yes"))[0].startswith("Recorded")
    assert await journal.count("worker.inbox", "status = 'failed'") == 0


@pytest.mark.parametrize("number", range(len(hostile_drafts())))
async def test_a_tampered_draft_never_stops_a_chat(journal: Journal, ann: Person, number: int) -> None:
    await ann.writes("hello")
    await _tamper(journal, "awaiting_confirmation", hostile_drafts()[number], "{}")
    for text in ("yes", "/drafts", "/trades", "/cancel", REPORT, "yes", "/skip"):
        assert await ann.writes(text), text
    assert await journal.count("worker.inbox", "status = 'failed'") == 0
    assert await journal.count("public.trades", "entry_price = 18250 and position_size = 2") == 1


async def test_the_word_about_a_tampered_conversation_comes_once(journal: Journal, ann: Person) -> None:
    await ann.writes("hello")
    await _tamper(journal, "idle", "7", "7")
    voice = Attachment(kind="voice", handle="v")
    assert len(await ann.sends(voice)) == 2
    assert len(await ann.sends(voice)) == 1


async def test_a_tampered_draft_reaches_nobody_elses_trade(
    journal: Journal, ann: Person, connection: asyncpg.Connection
) -> None:
    victim: UUID = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'victim@example.com') returning id"
    )
    ben = await Person(journal, "4002").binds(victim)
    await ben.writes("in long es 5300")
    await ben.writes("yes")
    trade: UUID = await journal.db.fetchval("select id from public.trades")
    before = await journal.row(WITH_FACTS, trade)
    fields = {"symbol": "ES", "direction": "long", "entry_price": "5300"}
    known = {"trade_id": str(trade), "fields": fields, "is_open": True}
    for draft in (
        pending(id=str(trade)),
        pending(kind="edit", trade_id=str(trade), choices=[known]),
        pending(kind="close", trade_id=str(trade), choices=[known]),
    ):
        await ann.writes("hello")
        await _tamper(journal, "awaiting_confirmation", draft, "{}", "4001")
        await ann.writes("yes")
        await ann.writes("/undo")
        assert await journal.row(WITH_FACTS, trade) == before


async def _tamper(journal: Journal, state: str, drafts: str, context: str, chat_id: str = "4001") -> None:
    await journal.db.execute(
        """update public.journal_conversations set state = $1, pending_trade = $2, context = $3
           where platform_chat_id = $4""",
        state,
        drafts,
        context,
        chat_id,
    )


# ---- what people send


async def test_over_the_limit_one_answer_then_quiet(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path, messages_per_minute=3) as journal:
        ann = await Person(journal, "4001").binds(trader)
        answers = [await ann.writes("hello") for _ in range(6)]
        assert [len(said) for said in answers] == [1, 1, 1, 1, 0, 0]
        assert answers[3][0].startswith("That is more than 3 messages in a minute")
        assert len(await Person(journal, "4002").writes("hello")) == 1  # others are not slowed
        await journal.db.execute("update worker.chats set minute_began_at = now() - interval '61 seconds'")
        assert await ann.writes("hello") == answers[0]


async def test_characters_that_postgresql_refuses(journal: Journal, ann: Person) -> None:
    odd = "\x00\ud800 long 2 nq 18250 > 18290\udfff"
    message = ann.message(odd, external_id="1\x00\ud800", reply_to="\x00\udc00", locale="e\x00n")
    (question,) = await ann.does(message)
    assert question.startswith("Is this right?\nLong 2 NQ")
    assert await ann.does(message) == []
    assert await ann.writes("hello", edits="\x00\ud800") == []
    assert await ann.writes("", button="\x00\ud800")
    picture = Attachment(kind="photo", handle="h\x00\ud800", name="n\x00\ud800", mime="\ud800")
    assert await ann.sends(picture)
    assert await journal.count("worker.inbox", "status = 'failed'") == 0


async def test_a_chat_id_that_postgresql_refuses_is_no_outage(journal: Journal) -> None:
    stranger = Person(journal, "40\x00\ud80003")
    await journal.worker.turns.receive(stranger.message("hello", group_id="\ud800"))
    assert await journal.count("worker.inbox") == 1


async def test_long_and_empty_messages(journal: Journal, ann: Person) -> None:
    assert len(await ann.writes("nq " * 3334)) == 1
    assert len(await ann.writes("x" * 10_000)) == 1
    assert (await ann.writes(""))[0].startswith("There was nothing in that message I can read.")
    assert (await ann.writes(" \n\t "))[0].startswith("There was nothing")
    assert await journal.count("worker.inbox", "status = 'failed'") == 0


@pytest.mark.parametrize(
    ("attachment", "answer"),
    [
        (Attachment(kind="sticker", handle="h"), "Nice one, but I cannot journal stickers."),
        (Attachment(kind="voice", handle="h"), "I cannot listen to voice messages."),
        (Attachment(kind="image", handle="h", size=20_000_000), "The picture is too large: at most 5 MB."),
        (Attachment(kind="document", handle="h", name="report.pdf"), "From files I read pictures and a broker's CSV."),
    ],
)
async def test_what_is_no_chart(ann: Person, attachment: Attachment, answer: str) -> None:
    (said,) = await ann.sends(attachment)
    assert said.startswith(answer)


async def test_a_file_that_cannot_be_used_beside_words_that_can(ann: Person) -> None:
    (question,) = await ann.sends(Attachment(kind="document", handle="h"), text=REPORT)
    assert question.startswith("Is this right?")


# ---- who


async def test_a_group_gets_one_hint(journal: Journal, ann: Person) -> None:
    group = Person(journal, "-5001")
    answers = [await group.writes(text, private=False, sender_id="4001") for text in (REPORT, "yes", "/trades")]
    assert [len(said) for said in answers] == [1, 0, 0]
    assert answers[0] == ["A journal is private: write to me in a direct chat."]
    assert await journal.count("public.journal_messages") == 0
    assert await journal.count("public.journal_conversations") == 0


async def test_strangers_leave_no_words_behind(journal: Journal) -> None:
    stranger = Person(journal, "4009")
    for text in ("a secret of mine", REPORT, "yes", "/trades", "/undo", "/nonsense"):
        (said,) = await stranger.writes(text)
        assert said.startswith("Hello, I am Vigil")
    assert await stranger.sends(Attachment(kind="photo", handle="h"), text="my chart")
    assert await journal.count("worker.inbox", "payload is not null") == 0
    assert await journal.count("public.journal_messages") == 0
    assert await journal.count("public.journal_conversations") == 0
    assert await journal.count("worker.pgqueuer") == 0
    assert await journal.count("worker.outbox", "payload::text like '%secret%'") == 0


async def test_a_strangers_poison_leaves_no_words_behind(journal: Journal) -> None:
    await journal.db.execute("alter table worker.link_attempts add constraint broken check (false)")
    stranger = Person(journal, "4009")
    (said,) = await stranger.writes("/link VGL-ABCD my secret")
    assert said.startswith("I could not handle that message.")
    failed = await journal.row("select * from worker.inbox")
    assert (failed["status"], failed["payload"]) == ("failed", None)


# ---- without a database


async def test_without_a_database_nothing_is_accepted_and_later_all_is_well(
    journal: Journal, ann: Person, server_dsn: str
) -> None:
    await ann.writes(REPORT)
    name: str = await journal.db.fetchval("select current_database()")
    yes = ann.message("yes")
    admin = await asyncpg.connect(server_dsn)
    try:
        await admin.execute(f'alter database "{name}" allow_connections false')
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'vigil'",
            name,
        )
        with pytest.raises(Unavailable):
            await journal.worker.turns.receive(yes)
        with pytest.raises(Unavailable):
            await journal.worker.turns.receive(yes)
        assert await journal.count("worker.inbox") == 1
        assert await journal.count("public.trades") == 0
    finally:
        await admin.execute(f'alter database "{name}" allow_connections true')
        await admin.close()
    assert (await ann.does(yes))[0].startswith("Recorded")
    assert await journal.count("public.trades") == 1
