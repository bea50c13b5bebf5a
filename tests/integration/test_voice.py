"""Voice notes by a running worker: heard, read, shown, and saved by nobody but their trader."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot import metrics
from bot.ai_keys import seal_key
from bot.hearing.transcriber import PROMPT
from statemachine.errors import SendLater
from statemachine.message import Attachment
from tests import recordings
from tests.integration.test_chosen_questions import QUESTION, chooses
from tests.journaling import Journal, Person, journaling
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer, openai_server

NOTE = Attachment(kind="voice", handle="note", mime="audio/ogg", size=4000, seconds=3)
TOLD = "Long 2 NQ 18250, out 18290, stop 18230."
HEARD = f"I heard: “{TOLD}”"


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        server.hears = fake.speaks(TOLD)
        server.otherwise = fake.STEPS["garbage"]
        yield server


def by(server: OpenAIServer, **more: Any) -> dict[str, Any]:
    return {"jobs": True, "openai_api_key": server.key, "openai_base_url": server.url, "sweep_seconds": 0.2} | more


@pytest.fixture
async def journal(dsn: str, tmp_path: Path, openai: OpenAIServer) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, **by(openai)) as journal:
        journal.telegram.files[NOTE.handle] = recordings.ogg()
        yield journal


async def says(ann: Person, openai: OpenAIServer, told: str, **values: Any) -> list[str]:
    """Ann says this into her phone."""
    openai.hears = fake.speaks(told)
    return await ann.sends(NOTE, **values)


async def test_a_note_is_heard_shown_and_saved_by_a_yes(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    (shown,) = await ann.sends(NOTE)
    assert "Is this right?" in shown
    assert HEARD in shown
    assert "Heard in a voice note: check the numbers." in shown
    assert "Read by the language model" not in shown
    assert await journal.count("public.trades", "created_at > now() - interval '1 minute'") == 0
    (form,) = openai.heard
    assert (form["model"], form["name"], form["mime"]) == ("gpt-transcribe", "voice.ogg", "audio/ogg")
    assert form["data"] == recordings.ogg()
    recorded = await ann.writes("yes")
    assert recorded[0].startswith("Recorded")
    trade = await journal.row("select symbol, entry_price, exit_price, position_size from public.trades limit 1")
    assert trade == {"symbol": "NQ", "entry_price": 18250, "exit_price": 18290, "position_size": 2}


async def test_the_log_has_what_was_heard_marked_as_a_voice_note(journal: Journal, ann: Person) -> None:
    await ann.sends(NOTE)
    row = await journal.row(
        "select content_type, content_preview, metadata from public.journal_messages where direction = 'inbound'"
    )
    assert (row["content_type"], row["content_preview"]) == ("text", TOLD)
    assert json.loads(row["metadata"]).items() >= {"voice": True, "heard": True}.items()
    assert await journal.count("worker.inbox", "payload is not null") == 0


async def test_its_cost_is_kept_and_counted(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    before = metrics.REGISTRY.get_sample_value("vigil_model_calls_total", {"purpose": "voice", "outcome": "answered"})
    await says(ann, openai, "thanks")
    openai.hears = fake.speaks("thanks", tokens=(40, 8))
    await ann.sends(NOTE)
    rows = await journal.rows("select * from worker.model_costs order by id")
    assert [(row["purpose"], row["model"], row["input_tokens"], row["output_tokens"]) for row in rows] == [
        ("voice", "gpt-transcribe", 300, 0),
        ("voice", "gpt-transcribe", 40, 8),
    ]
    assert rows[0]["usd"] == Decimal("0.000300")
    assert "thanks" not in json.dumps(rows, default=str)
    assert await journal.row("select calls, tokens from worker.model_calls") == {"calls": 2, "tokens": 348}
    after = metrics.REGISTRY.get_sample_value("vigil_model_calls_total", {"purpose": "voice", "outcome": "answered"})
    assert (after or 0) - (before or 0) == 2


async def test_a_yes_by_voice_is_one_where_it_is_all_that_was_heard(
    journal: Journal, ann: Person, openai: OpenAIServer
) -> None:
    await ann.writes("long 2 nq 18250 > 18290 stop 18230")
    for noise in ("Okay.", "Yeah, looks good.", "Thank you.", "Sure.", "yes yes yes", "Yes, to all."):
        said = await says(ann, openai, noise)
        assert "Is this right?" in said[-1], noise
        assert await journal.count("worker.changes") == 0, noise
    for number, yes in enumerate(("Yes.", "Sí.", "Ja!", "Confirm."), 1):
        said = await says(ann, openai, yes)
        assert said[0].startswith("Recorded"), yes
        assert f"I heard: “{yes}”" in said[0]
        assert await journal.count("worker.changes") == number
        await ann.writes("/skip")
        await ann.writes(f"long 2 nq 1825{number} > 18290 stop 18230")


@pytest.mark.parametrize("how", ["voice", "text"])
async def test_a_yes_that_was_sent_before_what_was_heard_is_shown_confirms_nothing(
    journal: Journal, ann: Person, openai: OpenAIServer, how: str
) -> None:
    gate = asyncio.Semaphore(0)
    openai.hears = fake.held(gate, fake.speaks(TOLD))
    turns = journal.worker.turns
    await turns.receive(ann.message(attachments=(NOTE,)))
    await turns.receive(ann.message(attachments=(NOTE,)) if how == "voice" else ann.message("yes"))
    await journal.until("select count(*) = 2 from worker.inbox where status = 'waiting'")
    async with asyncio.timeout(20):
        while not openai.heard:
            await asyncio.sleep(0.01)
    openai.hears = fake.speaks("Yes.")
    gate.release()
    await journal.settle()
    assert ["Is this right?" in sent.text for sent in ann.replies] == [True, True]
    assert await journal.count("worker.changes") == 0
    assert (await ann.writes("yes"))[0].startswith("Recorded")


async def test_a_note_gives_no_orders(journal: Journal, ann: Person, trader: UUID, openai: OpenAIServer) -> None:
    await ann.records()
    before = await journal.count("worker.changes")
    preferences = await journal.db.fetchval("select journal_preferences from public.profiles where id = $1", trader)
    orders = (
        "/delete_me",
        "/unlink",
        "Undo.",
        "VGL-AB2C",
        "/undo",
        "redo",
        "I live in Tokyo.",
        "#revenge",
        "Delete trade 1",
    )
    for order in orders:
        (said,) = await says(ann, openai, order)
        assert "I heard: “" in said
        assert "change nothing else. Please type that, or tap it." in said, order
    assert await journal.count("public.trade_marks") == 0
    assert preferences == await journal.db.fetchval(
        "select journal_preferences from public.profiles where id = $1", trader
    )
    assert await journal.count("worker.changes") == before
    assert await journal.count("worker.changes", "undone_at is not null") == 0
    bound = await journal.row("select telegram_chat_id from public.profiles where id = $1", trader)
    assert bound == {"telegram_chat_id": "4001"}
    assert await journal.count("worker.pgqueuer", "entrypoint = 'delete_me'") == 0


async def test_a_note_may_ask_to_be_shown_something(ann: Person, openai: OpenAIServer) -> None:
    (said,) = await says(ann, openai, "Drafts.")
    assert "No trade waits" in said
    (said,) = await says(ann, openai, "How am I doing today?")
    assert "I heard: “How am I doing today?”" in said


async def test_what_code_cannot_read_of_it_goes_to_the_model(
    journal: Journal, ann: Person, openai: OpenAIServer
) -> None:
    (said,) = await says(ann, openai, "rode the big tech index all morning, 412")
    assert "I am not sure what you mean." in said
    assert fake.asked(openai.requests[0])["message"] == "rode the big tech index all morning, 412"
    rows = await journal.rows("select purpose, outcome from worker.model_costs order by id")
    assert [tuple(row.values()) for row in rows] == [("voice", "answered"), ("text", "unusable")]


async def test_a_question_is_answered_as_one_that_is_typed(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    """By code where code can read it, else by the query that the model chooses."""
    await ann.records()
    openai.otherwise = chooses("pnl", symbol="NQ")
    for question, requests in (("what's my win rate?", 0), (QUESTION, 1)):
        (typed,) = await ann.writes(question)
        openai.requests.clear()
        (said,) = await says(ann, openai, question)
        assert said == typed.replace("\n", f"\nI heard: “{question}”\n\n", 1)
        assert len(openai.requests) == requests
    assert "Understood as: P&L · NQ · All time" in typed
    rows = await journal.rows("select purpose from worker.model_costs order by id")
    assert [row["purpose"] for row in rows] == ["voice", "question", "voice", "question"]


async def test_what_is_written_beside_it_comes_first(ann: Person, openai: OpenAIServer) -> None:
    (said,) = await says(ann, openai, "out at 18290", text="long 2 nq 18250")
    assert "18,250 → 18,290" in said


async def test_a_correction_by_voice_is_shown_again(ann: Person, openai: OpenAIServer) -> None:
    await ann.writes("long 2 nq 18250 > 18290 stop 18230")
    (said,) = await says(ann, openai, "exit was 18295")
    assert "Is this right?" in said
    assert "18,295" in said
    assert "Heard in a voice note" in said


REFUSED = (
    ("too long by what the platform says", {"seconds": 3600}, None, "I listen for 5 minutes at most"),
    ("too large by what the platform says", {"size": 30_000_000}, None, "at most 10 MB"),
    ("too long by its bytes", {"seconds": None}, recordings.ogg(3600), "I listen for 5 minutes at most"),
    ("too large by its bytes", {"size": None}, bytes(11 * 1024 * 1024), "at most 10 MB"),
    ("gone", {"handle": "dead"}, None, "no longer there. Please send it again"),
    ("no recording", {}, b"PK\x03\x04 a zip that is called voice.ogg", "I cannot listen to this kind"),
    ("of another kind", {}, recordings.AMR, "I cannot listen to this kind"),
    ("empty", {}, b"", "arrived empty"),
)


async def test_what_cannot_be_heard_is_said_to_be_so(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    await ann.writes("long 2 nq 18250 > 18290 stop 18230")
    for what, said_of_it, data, answer in REFUSED:
        given = {"handle": "note", "mime": "audio/ogg"} | said_of_it
        if data is not None:
            journal.telegram.files["note"] = data
        journal.telegram.fetched.clear()
        (said,) = await ann.sends(Attachment(kind="voice", **given))
        assert answer in said, what
        assert journal.telegram.fetched == ([] if "platform" in what else [given["handle"]]), what
    assert openai.heard == []
    assert await journal.count("worker.model_calls") == 0
    assert (await ann.writes("yes"))[0].startswith("Recorded")


async def test_several_recordings_are_asked_for_one_by_one(journal: Journal, ann: Person) -> None:
    (said,) = await ann.sends(NOTE, NOTE)
    assert "One recording at a time" in said
    assert journal.telegram.fetched == []


TROUBLES = (
    ("429", fake.fails(429, retry_after="90"), "busy"),
    ("500", fake.fails(500, retry_after="0"), "failed"),
    ("400", fake.fails(400), "rejected"),
    ("refuses the key", fake.fails(401), "key_refused"),
    ("a web page", fake.sends("<html>", "text/html"), "unusable"),
    ("no transcript", fake.sends('{"words": []}', "application/json"), "unusable"),
    ("an endless one", fake.speaks("buy " * 10_000), "unusable"),
)


async def test_whatever_the_service_does_the_trader_is_answered(
    journal: Journal, ann: Person, openai: OpenAIServer
) -> None:
    for what, hears, _ in TROUBLES:
        openai.hears = hears
        (said,) = await ann.sends(NOTE)
        assert "I could not listen to that recording now, and nothing was changed." in said, what
    rows = await journal.rows("select purpose, outcome from worker.model_costs order by id")
    assert rows == [{"purpose": "voice", "outcome": outcome} for _, _, outcome in TROUBLES]
    assert await journal.count("worker.inbox", "status <> 'done'") == 0


async def test_a_service_that_hangs_is_not_waited_for(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer
) -> None:
    openai.hears = fake.STEPS["hang"]
    async with journaling(dsn, tmp_path, **by(openai, hearing_seconds=0.5)) as journal:
        journal.telegram.files[NOTE.handle] = recordings.ogg()
        ann = await Person(journal, "4001").binds(trader)
        (said,) = await ann.sends(NOTE)
        assert "I could not listen to that recording now, and nothing was changed." in said
        assert await journal.count("worker.inbox", "status <> 'done'") == 0


async def test_a_passing_failure_is_tried_again(ann: Person, openai: OpenAIServer) -> None:
    failing = [fake.fails(503, retry_after="0"), fake.fails(429, retry_after="0")]

    async def step(body: dict[str, Any]) -> Any:
        return await (failing.pop(0) if failing else fake.speaks(TOLD))(body)

    openai.hears = step
    (said,) = await ann.sends(NOTE)
    assert HEARD in said
    assert len(openai.heard) == 3


async def test_silence_is_said_to_be_silence(ann: Person, openai: OpenAIServer) -> None:
    for text in ("", "  \n", PROMPT):
        (said,) = await says(ann, openai, text)
        assert "I heard no words" in said


async def test_a_platform_that_is_away_is_answered_for(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    journal.telegram.fetch_trouble.append(SendLater("the platform is away"))
    (said,) = await ann.sends(NOTE)
    assert "I could not listen to that recording now" in said
    assert openai.heard == []


async def test_without_a_key_the_trader_is_asked_to_type(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path) as journal:
        ann = await Person(journal, "4001").binds(trader)
        (said,) = await ann.sends(NOTE)
        assert said.startswith("I cannot listen to voice messages. Please type the trade.\nExample: long 2 nq")
        first, shown = await ann.sends(NOTE, text="long 2 nq 18250 > 18290")
        assert first.startswith("I cannot listen")
        assert shown.startswith("Is this right?")
        assert journal.telegram.fetched == []
        assert await journal.count("worker.inbox", "status <> 'done'") == 0


async def test_over_the_days_budget_the_trader_is_asked_to_type(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer
) -> None:
    async with journaling(dsn, tmp_path, **by(openai, ai_calls_per_day=1)) as journal:
        journal.telegram.files[NOTE.handle] = recordings.ogg()
        ann = await Person(journal, "4001").binds(trader)
        assert HEARD in (await ann.sends(NOTE))[0]
        (said,) = await ann.sends(NOTE)
        assert "That was enough listening for one day." in said
        assert len(openai.heard) == 1


@pytest.mark.parametrize(("provider", "answer"), [("openai", HEARD), ("deepseek", "with your own key")])
async def test_an_own_key_is_heard_by_its_own_service_alone(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer, provider: str, answer: str
) -> None:
    secret = bytes(range(32))
    key, openai.key = openai.key, "sk-own-1234567890abcdef"
    encoded = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    async with journaling(dsn, tmp_path, **by(openai, openai_api_key=key, ai_keys_secret=encoded)) as journal:
        sealed = seal_key(openai.key, trader, secret)
        await journal.db.execute(
            "insert into worker.ai_keys (user_id, provider, nonce, ciphertext) values ($1, $2, $3, $4)",
            trader, provider, sealed.nonce, sealed.ciphertext,
        )  # fmt: skip
        journal.telegram.files[NOTE.handle] = recordings.ogg()
        ann = await Person(journal, "4001").binds(trader)
        assert answer in (await ann.sends(NOTE))[0]
        assert await journal.count("worker.model_costs", "own_key") == (1 if provider == "openai" else 0)
        assert await journal.count("worker.model_calls") == 0


async def test_nothing_that_was_heard_is_logged(
    journal: Journal, ann: Person, openai: OpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await says(ann, openai, "long 2 nq 18250 zanzibar")
        openai.hears = fake.sends('{"text": 7, "zanzibar": 1}', "application/json")
        await ann.sends(NOTE)
    assert "zanzibar" not in caplog.text


async def test_messages_behind_a_note_keep_their_order(journal: Journal, ann: Person, openai: OpenAIServer) -> None:
    gate = asyncio.Semaphore(0)
    openai.hears = fake.held(gate, fake.speaks(TOLD))
    await journal.worker.turns.receive(ann.message(attachments=(NOTE,)))
    await journal.worker.turns.receive(ann.message("short 1 es 5300 > 5290"))
    await journal.until("select count(*) = 2 from worker.inbox where status = 'waiting'")
    gate.release()
    await journal.settle()
    first, second = (sent.text for sent in ann.replies)
    assert "Long 2 NQ" in first
    assert "Short 1 ES" not in first
    assert "Short 1 ES" in second


async def test_a_stranger_is_not_listened_to(journal: Journal, openai: OpenAIServer) -> None:
    (said,) = await Person(journal, "4009").sends(NOTE)
    assert "I am Vigil" in said
    assert (journal.telegram.fetched, openai.heard) == ([], [])
