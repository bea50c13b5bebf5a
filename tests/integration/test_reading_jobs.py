"""Messages that wait for the model: read in their order, by a model that answers, fails or hangs."""

import asyncio
import time
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import pytest

from bot.auditing import asking
from bot.meanings import PATIENCE
from tests.auditing import JUDGED, add_rules, by
from tests.journaling import REPORT, Person, journaling
from tests.reading_cases import NQ, TREND, claim
from tests.screenshots import PHOTO, files, picture
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer

CLAIM = claim(NQ | {"pnl": 412}, lines=("NQZ6 BUY", "Realized P/L 412.00"))
Journaling = Any


async def test_what_plain_code_cannot_read_goes_to_the_model(
    started: Journaling, trader: UUID, openai: OpenAIServer
) -> None:
    openai.otherwise = fake.answers(CLAIM)
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        (question,) = await ann.writes(TREND)
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
        for text in (TREND, "yes", "/skip", "/trades", "hello"):
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
        (said,) = await ann.writes(TREND)
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
        await journal.worker.turns.receive(ann.message(TREND))
        async with asyncio.timeout(30):
            for said in ("It cost you no free audit.", "I am not sure what you mean."):
                while not any(said in sent.text for sent in ann.replies):
                    await asyncio.sleep(0.02)
        assert time.monotonic() - began > 4.7
        assert most == len(openai.requests) == 2  # neither waits for the other, nor asks twice
        assert await journal.db.fetchval("select free_audits_remaining from public.profiles") == 3
