"""What takes long: charts, audits, reading by the model; and what the engine makes of workers that die."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import asyncpg
import pytest
from PIL import Image, ImageDraw

from bot import metrics, replies
from bot.auditing import asking
from bot.charting import making
from bot.jobs import engine_queries
from bot.meanings import PATIENCE
from bot.store import screenshot_path
from db import backlog
from statemachine.errors import SendLater, Unavailable
from statemachine.message import Attachment
from tests.forks import killed
from tests.journaling import REPORT, Journal, Person, journaling
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer, openai_server
from tests.worker_process import worker_process

PHOTO = Attachment(kind="photo", handle="photo-1")
SENTENCE = "rode the big tech index all morning, 412"
COMPUTED, JUDGED = "Never more than 1 contract", "Only A+ setups"
NO_FIELDS = {
    **dict.fromkeys(("symbol", "direction", "entry_price", "exit_price", "position_size", "stop_loss")),
    **dict.fromkeys(("take_profit", "pnl", "commissions", "entry_time", "exit_time")),
    "pnl_is_after_costs": False,
}
CLAIM = {
    "picture": "order_ticket",
    "picture_lines": ["NQZ6 BUY", "Realized P/L 412.00"],
    "intent": "trade",
    "trades": [NO_FIELDS | {"symbol": "NQ", "direction": "long", "pnl": 412}],
    "which": None,
    "cleared": [],
}
Journaling = Any


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 600)) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).line((0, 0, *size), fill="black", width=40)
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
def started(dsn: str, tmp_path: Path) -> partial[AbstractAsyncContextManager[Journal]]:
    return partial(journaling, dsn, tmp_path, jobs=True, sweep_seconds=0.2)


@pytest.fixture
async def journal(started: Journaling) -> AsyncIterator[Journal]:
    async with started() as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    return await Person(journal, "4001").binds(trader)


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        yield server


def by(server: OpenAIServer) -> dict[str, str]:
    """Settings of a worker whose model is this server."""
    return {"openai_api_key": server.key, "openai_base_url": server.url}


async def add_rules(connection: asyncpg.Connection, trader: UUID, *texts: str) -> None:
    for order, text in enumerate(texts):
        await connection.execute(
            "insert into public.trading_rules (user_id, rule_text, sort_order) values ($1, $2, $3)", trader, text, order
        )


def files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "screenshots").rglob("*") if path.is_file())


async def until(journal: Journal, query: str) -> None:
    async with asyncio.timeout(20):
        while not await journal.db.fetchval(query):
            await asyncio.sleep(0.02)


async def enqueue(journal: Journal, entrypoint: str, payload: dict[str, Any]) -> None:
    job = json.dumps([{"entrypoint": entrypoint, "payload": json.dumps(payload)}])
    await journal.db.execute("select worker.enqueue_jobs($1)", job)


async def job_of(journal: Journal, entrypoint: str) -> dict[str, Any]:
    """What was enqueued last under this name."""
    payload: str = await journal.db.fetchval(
        "select convert_from(payload, 'UTF8') from worker.pgqueuer where entrypoint = $1 order by id desc", entrypoint
    )
    job: dict[str, Any] = json.loads(payload)
    return job


# ---- charts


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
async def test_a_chart_is_fetched_checked_and_stored(
    journal: Journal, ann: Person, trader: UUID, tmp_path: Path, kind: str, suffix: str
) -> None:
    journal.telegram.files["photo-1"] = picture(kind)
    await ann.writes(REPORT)
    await ann.writes("yes")
    coming, audit = await ann.sends(PHOTO)
    assert coming == "Got the picture for NQ +$1,600.00, I am saving it."
    assert "you have no active rules" in audit
    row = await journal.row("select id, screenshot_url, screenshot_quality from public.trades")
    (file,) = files(tmp_path)
    assert row["screenshot_url"] == f"{trader}/{file.name}"
    assert file.name.startswith(f"{row['id']}-")
    assert (file.suffix, row["screenshot_quality"]) == (suffix, "good")
    with Image.open(file) as stored:
        assert stored.size == (900, 600)
    assert await journal.count("worker.trade_pictures") == 0


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (None, "The picture is no longer there. Please send it again."),
        (b"%PDF-1.7 not a chart", "That file is not a picture. Please send a PNG, JPEG or WebP."),
        (picture()[:-200], "The picture arrived incomplete. Please send it again."),
        (b"GIF89a" + b"\0" * 100, "I cannot use this kind of picture. Please send a PNG, JPEG or WebP."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 5_300_000, "The picture is too large: at most 5 MB. A screenshot is enough."),
    ],
    ids=["gone", "pdf", "truncated", "gif", "huge"],
)
async def test_a_file_that_is_no_chart(
    journal: Journal, ann: Person, tmp_path: Path, data: bytes | None, answer: str
) -> None:
    if data is not None:
        journal.telegram.files["chart.png"] = data
    await ann.writes(REPORT)
    await ann.writes("yes")
    said = await ann.sends(Attachment(kind="image", handle="chart.png", name="chart.png", mime="image/png"))
    assert said[1] == answer
    assert said[2].startswith("A chart of NQ +$1,600.00?")  # the wait goes on: another picture may come
    assert await journal.db.fetchval("select state from public.journal_conversations") == "awaiting_screenshot"
    assert files(tmp_path) == []
    assert await journal.db.fetchval("select screenshot_url from public.trades") is None


async def test_after_a_file_that_is_no_chart_another_picture_is_taken(
    journal: Journal, ann: Person, tmp_path: Path
) -> None:
    journal.telegram.files |= {"photo-1": b"%PDF-1.7 not a chart", "photo-2": picture()}
    await ann.writes(REPORT)
    await ann.writes("yes")
    await ann.sends(PHOTO)
    coming, audit = await ann.sends(Attachment(kind="photo", handle="photo-2"))
    assert coming == "Got the picture for NQ +$1,600.00, I am saving it."
    assert "you have no active rules" in audit
    assert len(files(tmp_path)) == 1
    assert await journal.count("public.trades", "screenshot_url is not null") == 1
    assert await journal.db.fetchval("select state from public.journal_conversations") == "idle"


async def test_a_file_that_is_no_chart_can_be_skipped(journal: Journal, ann: Person) -> None:
    journal.telegram.files["photo-1"] = b"%PDF-1.7 not a chart"
    await ann.writes(REPORT)
    await ann.writes("yes")
    await ann.sends(PHOTO)
    skipped, audit = await ann.presses("Skip")
    assert skipped.startswith("No chart for NQ +$1,600.00, then.")
    assert "you have no active rules" in audit


async def test_a_small_chart_is_kept_and_marked(journal: Journal, ann: Person) -> None:
    journal.telegram.files["photo-1"] = picture(size=(300, 200))
    await ann.sends(PHOTO, text=REPORT)
    await ann.writes("yes")
    assert await journal.db.fetchval("select screenshot_quality from public.trades") == "low_resolution"


async def test_a_job_that_runs_twice_stores_one_file(journal: Journal, ann: Person, tmp_path: Path) -> None:
    journal.telegram.files["photo-1"] = picture()
    await ann.writes(REPORT)
    await ann.writes("yes")
    journal.telegram.gates["photo-1"] = gate = asyncio.Event()
    await journal.worker.turns.receive(ann.message(attachments=(PHOTO,)))
    await until(journal, "select exists (select from worker.pgqueuer where entrypoint = 'media')")
    job = await job_of(journal, "media")
    gate.set()
    await journal.settle()
    await enqueue(journal, "media", job)
    await journal.settle()
    assert journal.telegram.fetched == ["photo-1", "photo-1"]
    assert len(files(tmp_path)) == 1
    assert await journal.count("worker.trade_pictures") == 0
    assert len([sent for sent in ann.replies if "was not judged" in sent.text]) == 1


async def test_a_job_taken_again_after_days_takes_another_path(
    journal: Journal, ann: Person, trader: UUID, tmp_path: Path
) -> None:
    """What its first run left may be on its way out: what nothing names is removed after two days."""
    journal.telegram.files["photo-1"] = picture()
    trade, at = await ann.records(), datetime.now(UTC) - timedelta(days=3)
    left = screenshot_path(trader, trade, at, "png")
    await journal.worker.store.put(left, picture(), "image/png")
    await journal.settle()
    job = {
        "platform": "telegram", "account": "bot", "chat_id": "4001", "trade_id": str(trade), "user_id": str(trader),
        "at": at.isoformat(), "pictures": [{"kind": "photo", "handle": "photo-1"}],
    }  # fmt: skip
    await enqueue(journal, "media", job)
    await journal.settle()
    named = await journal.db.fetchval("select screenshot_url from public.trades")
    assert named is not None
    assert named != left
    assert {str(file.relative_to(tmp_path / "screenshots")) for file in files(tmp_path)} == {left, named}


async def test_the_same_picture_sent_twice_is_one_file(journal: Journal, ann: Person, tmp_path: Path) -> None:
    journal.telegram.files["photo-1"] = picture()
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.sends(PHOTO)
    await ann.sends(PHOTO, reply_to="m1")
    assert len(files(tmp_path)) == 1
    assert await journal.count("worker.trade_pictures") == 0


async def test_a_second_picture_stands_beside_the_first(journal: Journal, ann: Person, tmp_path: Path) -> None:
    journal.telegram.files |= {"photo-1": picture(), "photo-2": picture("JPEG")}
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.sends(PHOTO)
    await ann.sends(Attachment(kind="photo", handle="photo-2"), reply_to="m1")
    assert len(files(tmp_path)) == 2
    first = await journal.db.fetchval("select screenshot_url from public.trades")
    second = await journal.db.fetchval("select path from worker.trade_pictures")
    assert (first[-4:], second[-4:]) == (".png", ".jpg")


async def test_a_trade_taken_back_meanwhile_leaves_no_file(journal: Journal, ann: Person, tmp_path: Path) -> None:
    journal.telegram.files["photo-1"] = picture()
    journal.telegram.gates["photo-1"] = gate = asyncio.Event()
    await ann.writes(REPORT)
    await ann.writes("yes")
    await journal.worker.turns.receive(ann.message(attachments=(PHOTO,)))
    await until(journal, "select exists (select from worker.pgqueuer where entrypoint = 'media' and status = 'picked')")
    await journal.worker.turns.receive(ann.message("/undo"))
    gate.set()
    await journal.settle()
    assert files(tmp_path) == []
    assert await journal.count("public.trades") == 0
    assert ann.replies[-1].text.startswith("Taken back")


async def test_an_album_is_one_turn_with_all_its_pictures(
    started: Journaling, trader: UUID, dsn: str, tmp_path: Path
) -> None:
    photos = [Attachment(kind="photo", handle=f"photo-{number}") for number in range(3)]
    texts = ["", REPORT, ""]
    # It accepts, and runs no jobs: on a busy machine the wait could be over before all of it is there.
    async with journaling(dsn, tmp_path, album_wait_seconds=0.5) as journal:
        ann = await Person(journal, "4001").binds(trader)
        for photo, text in zip(photos, texts, strict=True):
            await journal.worker.turns.receive(ann.message(text, attachments=(photo,), group_id="album"))
        later = ann.message("yes")
        await journal.worker.turns.receive(later)
    async with started(album_wait_seconds=0.5) as journal:
        ann = Person(journal, "4001")
        journal.telegram.files |= {photo.handle: picture() for photo in photos}
        await journal.settle()
        assert [sent.text.splitlines()[0] for sent in ann.replies][:2] == ["Is this right?", "Recorded"]
        assert len(files(tmp_path)) == 3
        assert await journal.count("worker.trade_pictures") == 2
        assert await journal.count("public.trades", "screenshot_url is not null") == 1
        assert await journal.count("worker.inbox", "payload is not null or status <> 'done'") == 0


async def test_a_platform_that_is_down_is_asked_again(journal: Journal, ann: Person, tmp_path: Path) -> None:
    journal.telegram.files["photo-1"] = picture()
    journal.telegram.fetch_trouble += [SendLater("busy"), SendLater("busy")]
    await ann.writes(REPORT)
    await ann.writes("yes")
    await ann.sends(PHOTO)
    assert journal.telegram.fetched == ["photo-1"] * 3
    assert len(files(tmp_path)) == 1


# ---- audits


async def test_rules_are_computed_and_the_rest_says_why_not(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED, JUDGED)
    await ann.writes(REPORT)
    await ann.writes("yes")
    _, audit = await ann.writes("/skip")
    assert audit == (
        "Your rules on NQ +$1,600.00\n"
        "0 of 1 judged rules followed, 1 unclear · score 0, weighed by severity\n"
        "1. ✗ Never more than 1 contract\n"
        "   Size 2 NQ; limit 1 contract.\n"
        "2. ? Only A+ setups\n"
        "Only what can be computed was checked: there is no language model here for the rest.\n"
        "[Disagree]"
    )
    row = await journal.row("select * from public.trades")
    assert (row["audit_status"], row["audit_provider"], row["compliance_score"]) == ("audited", "computed", 0)
    assert (row["rules_followed"], row["rules_violated"], row["rules_unclear"]) == (0, 1, 1)
    assert len(json.loads(row["audit_result"])["verdicts"]) == 2
    verdicts = await journal.rows("select verdict, is_overridden from public.trade_rule_verdicts order by created_at")
    assert sorted(line["verdict"] for line in verdicts) == ["unclear", "violated"]
    assert await journal.db.fetchval("select compliance_score from public.daily_tracking") == 0
    assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 3
    assert await journal.db.fetchval("select current_streak_days from public.profiles") == 1
    answered = await journal.row("select trade_id from worker.outbox where payload::text like '%Your rules on%'")
    assert answered["trade_id"] == row["id"]


async def test_without_rules_an_audit_is_skipped(journal: Journal, ann: Person) -> None:
    await ann.records()
    row = await journal.row("select audit_status, audit_provider, compliance_score from public.trades")
    assert row == {"audit_status": "skipped", "audit_provider": None, "compliance_score": None}


async def test_an_audit_that_runs_twice_judges_once(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    number = await ann.records()
    said = len(ann.replies)
    job = {
        "platform": "telegram", "account": "bot", "chat_id": "4001", "trade_id": str(number), "user_id": str(trader),
        "at": "2026-03-23T15:00:00Z",
    }  # fmt: skip
    for _ in range(3):
        await enqueue(journal, "audit", job)
    await journal.settle()
    assert await journal.count("public.trade_rule_verdicts") == 1
    assert len(ann.replies) == said


async def test_an_edited_trade_is_judged_anew(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    await ann.writes("size 1", reply_to="m1")
    said = await ann.writes("yes")
    assert said[-1].startswith("Your rules on NQ +$800.00\n1 of 1 rules followed · score 100")
    assert await journal.db.fetchval("select array_agg(verdict) from public.trade_rule_verdicts") == ["followed"]


async def test_an_override_stands(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    await journal.db.execute(
        "update public.trade_rule_verdicts set is_overridden = true, original_verdict = verdict, verdict = 'followed'"
    )
    await ann.writes("exit 18300", reply_to="m1")
    await ann.writes("yes")
    assert await journal.db.fetchval("select array_agg(verdict) from public.trade_rule_verdicts") == ["followed"]


async def test_the_model_judges_what_cannot_be_computed(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    openai.otherwise = fake.judges()
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED)
        await ann.writes(REPORT)
        await ann.writes("yes")
        _, audit = await ann.writes("/skip")
        assert "1 of 2 rules followed · score 33.3, weighed by severity" in audit
        assert "✓ Only A+ setups" in audit
        assert len(openai.requests) == 1
        row = await journal.row("select audit_provider, audit_result from public.trades")
        assert row["audit_provider"] == "openai"
        assert json.loads(row["audit_result"])["tokens"] == {"input": 100, "output": 10}
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 2


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_model_that_fails_costs_no_credit(
    started: Journaling, trader: UUID, openai: OpenAIServer, status: int
) -> None:
    openai.otherwise = fake.fails(status)
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED)
        await ann.writes(REPORT)
        await ann.writes("yes")
        _, audit = await ann.writes("/skip")
        assert "✗ Never more than 1 contract" in audit
        assert audit.endswith("It cost you no free audit. Send /audit to try again.\n[Disagree]")
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 3


async def test_a_model_that_declines_keeps_the_credit(started: Journaling, trader: UUID, openai: OpenAIServer) -> None:
    openai.otherwise = fake.refuses()
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, JUDGED)
        await ann.records()
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 2


async def test_without_a_credit_only_the_computed_is_judged(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED)
        await journal.db.execute("update public.profiles set free_audits_remaining = 0")
        await ann.records()
        assert ann.replies[-1].text.endswith("your free audits of this month are used up.\n[Disagree]")
        assert openai.requests == []
        await journal.db.execute("update public.profiles set subscription_status = 'active'")
        openai.otherwise = fake.judges()
        await ann.records("short 1 es 5300 > 5290")
        assert len(openai.requests) == 1
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 0


async def test_an_audit_of_a_chat_unlinked_meanwhile_is_not_sent(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    await ann.writes(REPORT)
    await ann.writes("yes")
    await journal.db.execute("update public.profiles set telegram_chat_id = null")
    await journal.db.execute("update worker.chats set wakes_at = null")
    number = await journal.db.fetchval("select id from public.trades")
    said = len(ann.replies)
    await enqueue(journal, "audit", {
        "platform": "telegram", "account": "bot", "chat_id": "4001", "trade_id": str(number), "user_id": str(trader),
        "at": "2026-03-23T15:00:00Z",
    })  # fmt: skip
    await until(journal, "select exists (select from worker.outbox where status = 'dropped')")
    assert len(ann.replies) == said
    assert await journal.count("public.trades", "audit_status = 'audited'") == 1


# ---- reading by the model


async def test_what_plain_code_cannot_read_goes_to_the_model(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    openai.otherwise = fake.answers(CLAIM)
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        (question,) = await ann.writes(SENTENCE)
        assert question.startswith("Is this right?\nLong NQ · $20/pt\n")
        assert "Read by the language model: check the numbers." in question
        assert await journal.count("worker.inbox", "payload is not null") == 0
        await ann.writes("yes")
        assert await journal.db.fetchval("select pnl from public.trades") == 412
        assert len(openai.requests) == 1


async def test_later_messages_wait_behind_the_model_and_it_is_asked_once(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    gate = asyncio.Semaphore(0)
    openai.otherwise = fake.held(gate, fake.answers(CLAIM))
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        ben = Person(journal, "4002")
        for text in (SENTENCE, "yes", "/skip", "/trades", "hello"):
            await journal.worker.turns.receive(ann.message(text))
            await asyncio.sleep(0.05)
        await journal.worker.turns.receive(ben.message("hello"))
        async with asyncio.timeout(20):
            while not (ben.replies and openai.requests):  # chats do not wait for one another
                await asyncio.sleep(0.01)
        assert ann.replies == []
        gate.release()
        await journal.settle()
        titles = [sent.text.splitlines()[0] for sent in ann.replies if "was not judged" not in sent.text]
        assert titles == [
            "Is this right?", "Recorded", "A chart of NQ +$412.00? Send the picture, or skip.",
            "No chart for NQ +$412.00, then. I judge without.", "Your last trades",
            "I am here. Send me a trade when you have one.",
        ]  # fmt: skip
        assert len(openai.requests) == 1
        assert await journal.count("worker.inbox", "status = 'failed'") == 0
        assert await journal.db.fetchval("select draining_by from worker.chats where chat_id = '4001'") is None


async def test_a_chart_by_itself_is_read_by_the_model(started: Journaling, trader: UUID, openai: OpenAIServer) -> None:
    openai.otherwise = fake.answers(CLAIM)
    async with started(**by(openai)) as journal:
        journal.telegram.files["photo-1"] = picture()
        ann = await Person(journal, "4001").binds(trader)
        (question,) = await ann.sends(PHOTO)
        assert question.startswith("Is this right?\nLong NQ · $20/pt\n")
        assert openai.requests[0]["messages"][1]["content"][1]["type"] == "image_url"
        await ann.writes("yes")
        assert await journal.count("public.trades", "screenshot_url is not null") == 1


async def test_a_chart_the_model_cannot_read_is_kept_for_its_trade(
    started: Journaling, trader: UUID, openai: OpenAIServer, tmp_path: Path
) -> None:
    openai.otherwise = fake.answers(CLAIM | {"intent": "unclear", "trades": []})
    async with started(**by(openai)) as journal:
        journal.telegram.files["photo-1"] = picture()
        ann = await Person(journal, "4001").binds(trader)
        (said,) = await ann.sends(PHOTO)
        assert said.startswith("I keep this picture for 24 hours.")
        await ann.writes(REPORT)
        await ann.writes("yes")
        assert len(files(tmp_path)) == 1


async def test_a_file_that_is_no_picture_is_not_shown_to_the_model(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    async with started(**by(openai)) as journal:
        journal.telegram.files["photo-1"] = b"%PDF-1.7 not a chart"
        ann = await Person(journal, "4001").binds(trader)
        assert await ann.sends(PHOTO) == ["That file is not a picture. Please send a PNG, JPEG or WebP."]
        assert openai.requests == []
        assert await journal.count("worker.inbox", "status <> 'done'") == 0
        assert (await ann.writes(REPORT))[0].startswith("Is this right?")


@pytest.mark.parametrize("step", ["429", "500", "garbage", "truncated", "refusal", "wrong-schema"])
async def test_where_the_model_fails_the_trader_is_asked(
    started: Journaling, trader: UUID, openai: OpenAIServer, step: str
) -> None:
    openai.otherwise = fake.STEPS[step]
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        began = time.monotonic()
        (said,) = await ann.writes(SENTENCE)
        assert said.startswith("I am not sure what you mean.")
        assert time.monotonic() - began < 15


async def test_a_model_that_hangs_delays_nothing_by_more_than_its_time(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty seconds at most; here five, which are quicker to wait for."""
    assert asking.TIME_LIMIT == PATIENCE == 30
    monkeypatch.setattr(asking, "TIME_LIMIT", 5.0)
    hanging, most = 0, 0

    async def hangs(_body: fake.Body) -> NoReturn:
        nonlocal hanging, most
        hanging += 1
        most = max(hanging, most)
        try:
            await asyncio.Event().wait()
        finally:
            hanging -= 1

    openai.otherwise = hangs
    async with journaling(dsn, tmp_path, jobs=True, reading_seconds=5.0, **by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, JUDGED)
        await ann.writes(REPORT)
        await ann.writes("yes")
        began = time.monotonic()
        await journal.worker.turns.receive(ann.message("/skip"))
        await journal.worker.turns.receive(ann.message(SENTENCE))
        async with asyncio.timeout(30):
            for said in ("It cost you no free audit.", "I am not sure what you mean."):
                while not any(said in sent.text for sent in ann.replies):
                    await asyncio.sleep(0.02)
        assert time.monotonic() - began > 4.7
        assert most == len(openai.requests) == 2  # neither waits for the other, nor asks twice
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 3


# ---- the engine


async def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer, started: Journaling
) -> None:
    openai.otherwise = fake.STEPS["hang"]
    async with started(job_heartbeat_seconds=1, **by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        assert journal.worker.jobs is not None
        journal.worker.jobs.stop()
        async with worker_process(dsn, tmp_path, job_heartbeat_seconds=1, **by(openai)) as victim:
            await journal.worker.turns.receive(ann.message(SENTENCE))
            async with asyncio.timeout(20):
                while not openai.requests:
                    await asyncio.sleep(0.02)
            await killed(victim)
        assert await journal.count("worker.pgqueuer", "status = 'picked'") >= 1  # the sweep may have added one
    openai.otherwise = fake.answers(CLAIM)
    async with started(job_heartbeat_seconds=1, **by(openai)) as journal:
        ann = Person(journal, "4001")
        async with asyncio.timeout(15):
            while not ann.replies:
                await asyncio.sleep(0.05)
        await journal.settle()
        assert [sent.text.splitlines()[0] for sent in ann.replies] == ["Is this right?"]
        assert await journal.count("worker.inbox", "status = 'done'") == 1


async def test_a_dead_letter_is_held_listed_and_can_be_tried_again(journal: Journal, ann: Person, trader: UUID) -> None:
    await add_rules(journal.db, trader, COMPUTED)
    await journal.db.execute("alter table public.trade_rule_verdicts add constraint broken check (false) not valid")
    await ann.records()
    await until(journal, "select exists (select from worker.pgqueuer where status = 'failed')")
    (letter,) = await backlog.failed_jobs(journal.db)
    assert letter.entrypoint == "audit"
    assert letter.error is not None
    assert letter.error.endswith("CheckViolationError")
    assert (await ann.writes("hello"))[0].startswith("I am here.")  # it blocks nobody
    await journal.db.execute("alter table public.trade_rule_verdicts drop constraint broken")
    await engine_queries(journal.db).requeue_jobs([letter.id])
    await until(journal, "select exists (select from public.trades where audit_status = 'audited')")
    assert await backlog.failed_jobs(journal.db) == []


async def test_a_job_that_dies_while_nobody_can_be_told_dies_again_later(
    journal: Journal, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database went away between the last try and the word for the trader."""
    told, away = replies.reply_to_chat, [True]

    async def breaks(*_: Any) -> NoReturn:
        raise RuntimeError("unforeseen")

    async def tell_once_back(*given: Any, **named: Any) -> int:
        if away and away.pop():
            raise Unavailable("the database went away")
        return await told(*given, **named)

    monkeypatch.setattr(making, "facts_of", breaks)
    monkeypatch.setattr(making, "reply_to_chat", tell_once_back)
    await ann.writes("/chart")
    await until(journal, "select exists (select from worker.pgqueuer where status = 'failed')")
    await journal.settle()
    assert away == []
    assert [sent.text for sent in ann.replies][-1] == "The chart could not be made. Please ask again later."
    (letter,) = await backlog.failed_jobs(journal.db)
    assert letter.error is not None
    assert letter.error.endswith("RuntimeError")


async def test_a_stored_job_that_cannot_be_loaded_is_counted(journal: Journal) -> None:
    """Whose it was nobody can say: the operator has the dead letter."""
    labels = {"entrypoint": "chart", "outcome": "failed"}
    before = metrics.REGISTRY.get_sample_value("vigil_jobs_total", labels) or 0.0
    await enqueue(journal, "chart", {"of": "another version"})
    await until(journal, "select exists (select from worker.pgqueuer where status = 'failed')")
    assert metrics.REGISTRY.get_sample_value("vigil_jobs_total", labels) == before + 1


async def test_the_sweep_finds_messages_whose_drain_was_lost(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer, started: Journaling
) -> None:
    openai.otherwise = fake.answers(CLAIM)
    async with journaling(dsn, tmp_path, **by(openai)) as journal:  # it accepts, and runs no jobs
        ann = await Person(journal, "4001").binds(trader)
        await journal.worker.turns.receive(ann.message(SENTENCE))
        await journal.worker.turns.receive(ann.message("yes"))
        assert await journal.count("worker.inbox", "status = 'waiting'") == 2
        await journal.db.execute("delete from worker.pgqueuer")
    async with started(**by(openai)) as journal:
        await until(journal, "select exists (select from public.trades)")
        await journal.settle()
        titles = [sent.text.splitlines()[0] for sent in Person(journal, "4001").replies]
        assert titles[:2] == ["Is this right?", "Recorded"]


async def test_jobs_are_written_as_the_engine_itself_writes_them(connection: asyncpg.Connection) -> None:
    payload = '{"platform": "telegram", "text": "é"}'
    await engine_queries(connection).enqueue("drain", payload.encode(), execute_after=timedelta(seconds=60))
    jobs = [{"entrypoint": "drain", "payload": payload, "after": 60}]
    await connection.execute("select worker.enqueue_jobs($1)", json.dumps(jobs))
    theirs, ours = await connection.fetch(
        """select to_jsonb(j) - '{id,created,updated,heartbeat,execute_after}'::text[] as row,
                  round(extract(epoch from execute_after - created)) as after
           from worker.pgqueuer j order by id"""
    )
    assert dict(ours) == dict(theirs)
    theirs, ours = await connection.fetch(
        "select to_jsonb(l) - '{id,created,job_id}'::text[] as row from worker.pgqueuer_log l order by id"
    )
    assert dict(ours) == dict(theirs)


async def test_a_dedupe_key_keeps_a_second_job_out(connection: asyncpg.Connection) -> None:
    jobs = json.dumps([{"entrypoint": "wake", "payload": "{}", "key": "wake:1"}])
    for _ in range(2):
        await connection.execute("select worker.enqueue_jobs($1)", jobs)
    assert await connection.fetchval("select count(*) from worker.pgqueuer") == 1
    assert await connection.fetchval("select count(*) from worker.pgqueuer_log") == 1
