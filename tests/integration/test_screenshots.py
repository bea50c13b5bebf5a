"""A trade's chart: fetched, checked and stored by a job, once, whatever is sent and however often it runs."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from bot.store import screenshot_path
from statemachine.errors import SendLater
from statemachine.message import Attachment
from tests.journaling import REPORT, Journal, Person, journaling
from tests.screenshots import PHOTO, files, picture

Journaling = Any


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
    await journal.until("select exists (select from worker.pgqueuer where entrypoint = 'media')")
    job = await journal.job_of("media")
    gate.set()
    await journal.settle()
    await journal.enqueue("media", job)
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
    await journal.enqueue("media", job)
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
    await journal.until("select exists (select from worker.pgqueuer where entrypoint = 'media' and status = 'picked')")
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
