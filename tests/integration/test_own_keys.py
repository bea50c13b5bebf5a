"""A trader's own key: used in place of the product's, opened for one audit, never shown, never taken by chat."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import structlog

from bot.ai_keys import seal_key
from bot.auditing.providers import PROVIDERS
from db import ai_keys
from tests.auditing import COMPUTED, JUDGED, add_rules, assert_all_agrees, credits_left, result, told, verdicts
from tests.journaling import Journal, Person
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer, openai_server

SECRET_BYTES = b"s" * 32
SECRET = base64.b64encode(SECRET_BYTES).decode()
OWN, PRODUCT = "sk-own-key-of-ann-0123456789", "sk-the-product-s-0123456789"
ONLY_COMPUTED = "Only what can be computed was checked: "
Started = Any


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIServer]:
    """It takes Ann's own key alone: with the product's nothing works."""
    async with openai_server(OWN) as server:
        server.otherwise = fake.judges()
        yield server


def settings(server: OpenAIServer, **more: Any) -> dict[str, Any]:
    return {"openai_api_key": PRODUCT, "openai_base_url": server.url, "ai_keys_secret": SECRET} | more


async def keep(connection: asyncpg.Connection, trader: UUID, key: str = OWN, secret: bytes = SECRET_BYTES) -> None:
    await ai_keys.keep_key(connection, trader, "openai", *seal_key(key, trader, secret))


async def audited(journal: Journal, trader: UUID) -> str:
    """What the audit of one trade says, by one rule for code and one for the judge."""
    ann = await Person(journal, "4001").binds(trader)
    await add_rules(journal.db, trader, COMPUTED, JUDGED)
    await ann.records()
    await assert_all_agrees(journal)
    return told(ann.replies[-1].text)


async def test_an_own_key_is_used_and_takes_no_credit(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer
) -> None:
    await keep(connection, trader)
    await connection.execute("update public.profiles set free_audits_remaining = 0, ai_provider = 'evil.example'")
    async with started(**settings(openai, ai_calls_per_day=1)) as journal:
        text = await audited(journal, trader)
        assert "✓ Only A+ setups (judged by the model)" in text
        ann = Person(journal, "4001")
        await ann.records("short 1 es 5300 > 5290")  # and as often as they like
        assert len(openai.requests) == 2
        assert await credits_left(journal) == 0
        trade = await journal.db.fetchval("select id from public.trades limit 1")
        assert (await result(journal, trade))["own_key"] is True
        assert await journal.count("worker.model_calls") == 0


async def test_without_a_product_key_an_own_key_judges_all_the_same(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer
) -> None:
    await keep(connection, trader)
    async with started(**settings(openai, openai_api_key=None)) as journal:
        assert "✓ Only A+ setups (judged by the model)" in await audited(journal, trader)


@pytest.mark.parametrize(
    ("status", "last"),
    [
        (401, "your own key was refused: set it anew, see /key."),
        (403, "your own key was refused: set it anew, see /key."),
        (429, "the service of your own key did not answer. Send /audit to try again."),
        (500, "the service of your own key did not answer. Send /audit to try again."),
        (400, "the language model gave no usable answer. Send /audit to try again."),
    ],
)
async def test_an_own_key_that_fails_never_falls_back_to_the_credits(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer, status: int, last: str
) -> None:
    await keep(connection, trader)
    openai.otherwise = fake.fails(status, retry_after="0.01")
    async with started(**settings(openai)) as journal:
        text = await audited(journal, trader)
        assert text.splitlines()[-1] == ONLY_COMPUTED + last
        assert await verdicts(journal) == {COMPUTED: "violated", JUDGED: "unclear"}
        assert await credits_left(journal) == 3
        openai.otherwise = fake.judges()
        await Person(journal, "4001").writes("/audit")
        assert await verdicts(journal) == {COMPUTED: "violated", JUDGED: "followed"}
        assert await credits_left(journal) == 3


@pytest.mark.parametrize("secret", [None, base64.b64encode(b"t" * 32).decode()], ids=["missing", "wrong"])
async def test_a_key_that_cannot_be_opened_is_told_to_both(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer, secret: str | None
) -> None:
    await keep(connection, trader)
    with structlog.testing.capture_logs() as logs:
        async with started(**settings(openai, ai_keys_secret=secret)) as journal:
            text = await audited(journal, trader)
            assert text.splitlines()[-1] == (
                f"{ONLY_COMPUTED}your own key cannot be opened here. Whoever runs this journal has been told."
            )
            assert (openai.requests, await credits_left(journal)) == ([], 3)
    (line,) = [line for line in logs if line["log_level"] == "error"]
    assert "AI_KEYS_SECRET" in line["reason"]
    assert OWN not in json.dumps(logs, default=str)


async def test_a_key_of_another_trader_does_not_open(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer
) -> None:
    other = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'other@example.com') returning id"
    )
    await keep(connection, other)
    await connection.execute("update worker.ai_keys set user_id = $1", trader)
    async with started(**settings(openai)) as journal:
        assert "cannot be opened here" in await audited(journal, trader)
        assert openai.requests == []


async def test_a_removed_key_leaves_the_product_s(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer
) -> None:
    await keep(connection, trader)
    assert await ai_keys.remove_key(connection, trader) is True
    assert await ai_keys.remove_key(connection, trader) is False
    assert await connection.fetchval("select has_byok_key from public.profiles") is False
    openai.key = PRODUCT
    async with started(**settings(openai)) as journal:
        await audited(journal, trader)
        assert await credits_left(journal) == 2


async def test_the_database_knows_the_same_providers(connection: asyncpg.Connection, trader: UUID) -> None:
    for name in PROVIDERS:
        await ai_keys.keep_key(connection, trader, name, b"n" * 12, b"c")
        stored = await ai_keys.own_key(connection, trader)
        assert stored is not None
        assert stored.provider == name
    with pytest.raises(asyncpg.CheckViolationError):
        await ai_keys.keep_key(connection, trader, "evil.example", b"n" * 12, b"c")


# ---- keys in the chat


KEYS = {
    "/key": f"/key {OWN}",
    "/key with a bot's name": f"/KEY@vigil_bot\n  {OWN}",
    "a key by itself": "sk-proj-AbCdEf0123456789_-AbCdEf",
    "in a sentence": "here is my key gsk_AbCdEf0123456789AbCdEf please use it",
    "of xAI": "xai-AbCdEf0123456789AbCdEf",
    "of OpenRouter": "key: sk-or-v1-0123456789abcdef0123456789abcdef",
    "of Google": "AIzaSyA0123456789abcdefABCDEF0123456789",
    "of Together": "tgp_v1_AbCdEf0123456789AbCdEf",
    "of Mistral": "/key aBcD0123eFgH4567iJkL8901mNoP2345",
}


@pytest.mark.parametrize("text", KEYS.values(), ids=KEYS)
async def test_a_key_that_is_sent_is_kept_nowhere(started: Started, trader: UUID, text: str) -> None:
    secret = max(text.split(), key=len)
    with structlog.testing.capture_logs() as logs:
        async with started() as journal:
            ann = await Person(journal, "4001").binds(trader)
            (answer,) = await ann.writes(text)
            assert answer.startswith("Please delete that message: a key does not belong in a chat")
            dump = [json.dumps(await journal.rows(f"select to_jsonb(t)::text as row from {table} t"))
                    for table in ("public.journal_messages", "worker.inbox", "worker.outbox",
                                  "public.journal_conversations", "worker.pgqueuer")]  # fmt: skip
            assert secret not in "".join(dump)
            assert "[key]" in dump[0]
            assert await journal.count("worker.ai_keys") == 0
    assert secret not in json.dumps(logs, default=str)


async def test_a_key_that_has_to_wait_is_kept_nowhere_either(started: Started, trader: UUID) -> None:
    async with started(album_wait_seconds=3600) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await journal.worker.turns.receive(ann.message(f"/key {OWN}", group_id="album"))
        (row,) = await journal.rows("select payload::text from worker.inbox where status = 'waiting'")
        assert OWN not in row["payload"]


@pytest.mark.parametrize("text", ["/key", "/key how", "/key is it safe"])
async def test_how_a_key_is_given(started: Started, trader: UUID, text: str) -> None:
    async with started() as journal:
        ann = await Person(journal, "4001").binds(trader)
        (answer,) = await ann.writes(text)
        assert answer.startswith("Your own key for the language model is not taken by chat.")
        stranger = Person(journal, "4002")
        assert (await stranger.writes(text))[0] == answer


@pytest.mark.parametrize("text", ["long 2 nq 18250 > 18290 stop 18230", "the task-force risk-free xai trade"])
async def test_what_is_no_key_is_read_as_ever(started: Started, trader: UUID, text: str) -> None:
    async with started() as journal:
        ann = await Person(journal, "4001").binds(trader)
        assert "delete that message" not in (await ann.writes(text))[0]
