"""What the model may cost a trader in a day, on whose key it is asked, and what is kept of each call."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import structlog

from bot.ai_keys import seal_key
from bot.schedules import schedules_of
from bot.settings import Settings, read_settings
from bot.spending import KEPT_DAYS, SHARE, Spending
from db import ai_keys, pool, trades
from db.budgets import ModelCost
from tests.auditing import COMPUTED, JUDGED, add_rules
from tests.integration.databases import sign_up
from tests.integration.test_reading_by_model import PHOTO, picture
from tests.journaling import Journal, Person
from tests.reading_cases import CHECK, KEPT, LOST, NOT_SURE, NQ, TREND, says
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer, openai_server

SECRET_BYTES = b"s" * 32
SECRET = base64.b64encode(SECRET_BYTES).decode()
OWN, PRODUCT = "sk-own-key-of-ann-0123456789", "sk-the-product-s-0123456789"
SPENT = "I have asked the language model as often as I may for you."
READ = says({**NQ, "pnl": 412})
Started = Callable[..., AbstractAsyncContextManager[Journal]]


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIServer]:
    async with openai_server(PRODUCT) as server:
        server.otherwise = READ
        yield server


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[pool.Pool]:
    opened = await pool.open_pool(dsn)
    yield opened
    await opened.close()


def by(server: OpenAIServer, **more: Any) -> dict[str, Any]:
    return {"openai_api_key": PRODUCT, "openai_base_url": server.url} | more


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


async def keep(connection: asyncpg.Connection, trader: UUID, provider: str = "openai") -> None:
    await ai_keys.keep_key(connection, trader, provider, *seal_key(OWN, trader, SECRET_BYTES))


# ---- the day's budget


async def test_over_the_budget_the_trader_is_asked_and_told_once_a_day(
    started: Started, trader: UUID, openai: OpenAIServer
) -> None:
    async with started(**by(openai, ai_calls_per_day=1)) as journal:
        journal.telegram.files[PHOTO.handle] = picture()
        ann = await Person(journal, "4001").binds(trader)
        assert CHECK in (await ann.writes(TREND))[0]
        await ann.writes("no")
        told, asked = await ann.writes(TREND)
        assert SPENT in told
        assert asked.startswith(NOT_SURE)
        (again,) = await ann.writes(LOST)
        assert again.startswith(NOT_SURE)
        (kept,) = await ann.sends(PHOTO)
        assert kept.startswith(KEPT)
        assert len(openai.requests) == 1
        assert await journal.count("worker.model_costs") == 1

        await journal.db.execute("update worker.model_calls set day = day - 1")
        assert any(CHECK in said for said in await ann.writes(TREND))


async def test_tokens_are_a_budget_as_well(started: Started, trader: UUID, openai: OpenAIServer) -> None:
    async with started(**by(openai, ai_tokens_per_day=10_000)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await ann.writes(TREND)
        await ann.writes("no")
        assert await journal.db.fetchval("select tokens from worker.model_calls") == 110
        await journal.db.execute("update worker.model_calls set tokens = 5001")
        told, _ = await ann.writes(TREND)
        assert SPENT in told
        assert len(openai.requests) == 1


async def test_at_once_no_more_go_out_than_the_day_has_room_for(database: pool.Pool, trader: UUID) -> None:
    async def takes(spending: Spending) -> bool:
        async with pool.transaction(database) as connection:
            return await spending.take(connection, trader) is not None

    many = Spending(database, settings(ai_calls_per_day=7))
    assert sum(await asyncio.gather(*(takes(many) for _ in range(40)))) == 7
    more = Spending(database, settings(ai_tokens_per_day=12 * SHARE + 1))
    assert sum(await asyncio.gather(*(takes(more) for _ in range(40)))) == 5


@pytest.mark.parametrize(
    ("outcome", "tokens", "left"),
    [("answered", (900, 80), 980), ("declined", (900, 8), 908), ("failed", (0, 0), 0), ("timeout", (0, 0), SHARE)],
)
async def test_what_was_used_takes_the_place_of_the_share(
    database: pool.Pool, trader: UUID, connection: asyncpg.Connection, outcome: str, tokens: tuple[int, int], left: int
) -> None:
    """After a timeout the service may have worked, and charged, all the same."""
    spending = Spending(database, settings())
    allowance = await spending.take(connection, trader)
    assert allowance is not None
    assert await connection.fetchval("select tokens from worker.model_calls") == SHARE
    await spending.record(cost(trader, outcome, tokens), allowance, SHARE)
    assert await connection.fetchval("select tokens from worker.model_calls") == left
    await spending.record(cost(trader, outcome, tokens), allowance, 0)  # a repetition takes no share of its own
    assert await connection.fetchval("select tokens from worker.model_calls") == left + sum(tokens)


def cost(trader: UUID, outcome: str, tokens: tuple[int, int]) -> ModelCost:
    return ModelCost(
        user_id=trader, purpose="text", provider="openai", model="m", own_key=False, outcome=outcome,
        input_tokens=tokens[0], output_tokens=tokens[1], usd=None, seconds=1.0,
    )  # fmt: skip


async def test_a_trader_who_is_gone_leaves_no_costs(
    database: pool.Pool, trader: UUID, connection: asyncpg.Connection
) -> None:
    spending = Spending(database, settings())
    allowance = await spending.take(connection, trader)
    assert allowance is not None
    await spending.record(cost(uuid4(), "answered", (1, 1)), allowance, SHARE)
    assert await connection.fetchval("select count(*) from worker.model_costs") == 0


async def test_an_answer_counts_where_its_cost_cannot_be_recorded(
    started: Started, trader: UUID, openai: OpenAIServer
) -> None:
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await journal.db.execute("alter table worker.model_costs rename to elsewhere")
        assert CHECK in (await ann.writes(TREND))[0]


async def test_old_costs_are_dropped_by_the_clock(
    database: pool.Pool, trader: UUID, connection: asyncpg.Connection
) -> None:
    spending = Spending(database, settings())
    allowance = await spending.take(connection, trader)
    assert allowance is not None
    for _ in range(2):
        await spending.record(cost(trader, "answered", (1, 1)), allowance, SHARE)
    old = timedelta(days=KEPT_DAYS, hours=1)
    await connection.execute("update worker.model_costs set asked_at = now() - $1::interval where id = 1", old)
    await connection.execute("insert into worker.model_calls select user_id, day - 100, 1 from worker.model_calls")
    await schedules_of(database, read_settings(None))["model_costs"].run()
    assert [row["id"] for row in await connection.fetch("select id from worker.model_costs")] == [2]
    assert await connection.fetchval("select count(*) from worker.model_calls") == 1


# ---- what else asks, and what it costs


async def test_audits_and_proposals_are_recorded_too(started: Started, trader: UUID, openai: OpenAIServer) -> None:
    openai.script = [fake.says("no"), fake.judges()]
    async with started(**by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, COMPUTED, JUDGED)
        await ann.records()
        openai.script = [fake.refuses(), fake.refuses()]
        await ann.writes("/rules add only when the tape is with me")
        rows = await journal.rows("select purpose, outcome, input_tokens, usd from worker.model_costs order by id")
        told = [(row["purpose"], row["outcome"]) for row in rows]
        assert told == [("audit", "unusable"), ("audit", "answered"), ("rule", "declined"), ("rule", "declined")]
        assert all((row["input_tokens"], row["usd"]) == (100, Decimal("0.000120")) for row in rows)
        counted = await journal.row("select calls, tokens from worker.model_calls")
        assert counted == {"calls": 2, "tokens": 4 * 110}


@pytest.mark.parametrize(
    ("given", "own_key", "usd"),
    [
        ({"ai_input_price": 2, "ai_output_price": 10}, False, "0.000300"),
        ({"ai_input_price": 0, "ai_output_price": 0}, False, "0.000000"),
        ({"ai_input_price": 2, "ai_output_price": 10}, True, "0.000120"),
        ({}, False, "0.000120"),
    ],
)
async def test_a_call_is_priced_by_the_operator_s_prices_else_by_the_table(
    database: pool.Pool, given: dict[str, Any], own_key: bool, usd: str
) -> None:
    spending = Spending(database, settings(**given))
    assert spending.cost("openai", "gpt-5.4-mini", (100, 10), own_key=own_key) == Decimal(usd)
    assert spending.cost("openrouter", "unheard-of", (100, 10), own_key=True) is None


# ---- own keys


async def test_a_trader_s_own_key_reads_and_is_no_cost_of_ours(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer
) -> None:
    openai.key = OWN
    await keep(connection, trader)
    async with started(**by(openai, ai_keys_secret=SECRET, ai_calls_per_day=1)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        for _ in range(2):
            assert CHECK in (await ann.writes(TREND))[0]
            await ann.writes("no")
        assert await journal.count("worker.model_costs", "own_key and outcome = 'answered'") == 2
        assert await journal.count("worker.model_calls") == 0


async def test_an_own_key_reads_where_the_product_has_none(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer
) -> None:
    openai.key = OWN
    await keep(connection, trader)
    async with started(**by(openai, openai_api_key=None, ai_keys_secret=SECRET)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        assert CHECK in (await ann.writes(TREND))[0]


async def test_without_any_key_plain_code_asks(started: Started, trader: UUID, openai: OpenAIServer) -> None:
    async with started(**by(openai, openai_api_key=None, ai_keys_secret=SECRET)) as journal:
        journal.telegram.files[PHOTO.handle] = picture()
        ann = await Person(journal, "4001").binds(trader)
        (said,) = await ann.writes(TREND)
        assert said.startswith(NOT_SURE)
        (kept,) = await ann.sends(PHOTO)
        assert kept.startswith(KEPT)
        assert journal.telegram.fetched == []
        assert openai.requests == []


async def test_an_own_key_that_is_refused_is_told_once_and_never_paid_for_by_us(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer
) -> None:
    await keep(connection, trader)
    async with started(**by(openai, ai_keys_secret=SECRET)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        told, asked = await ann.writes(TREND)
        assert told.startswith("Your own key for the language model was refused")
        assert asked.startswith(NOT_SURE)
        (again,) = await ann.writes(LOST)
        assert again.startswith(NOT_SURE)
        assert await journal.count("worker.model_costs", "own_key and outcome = 'key_refused'") == 2
        assert openai.requests == []


async def test_an_own_key_that_cannot_be_opened_is_told_to_both(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer
) -> None:
    await keep(connection, trader)
    other = base64.b64encode(b"t" * 32).decode()
    with structlog.testing.capture_logs() as logs:
        async with started(**by(openai, ai_keys_secret=other)) as journal:
            ann = await Person(journal, "4001").binds(trader)
            told, asked = await ann.writes(TREND)
    assert "cannot be opened here" in told
    assert asked.startswith(NOT_SURE)
    assert openai.requests == []
    assert any("AI_KEYS_SECRET" in line.get("reason", "") for line in logs if line["log_level"] == "error")


async def test_a_picture_is_not_shown_to_a_model_that_sees_none(
    started: Started, connection: asyncpg.Connection, trader: UUID, openai: OpenAIServer
) -> None:
    await keep(connection, trader, "groq")
    async with started(**by(openai, ai_keys_secret=SECRET)) as journal:
        journal.telegram.files[PHOTO.handle] = picture()
        ann = await Person(journal, "4001").binds(trader)
        (kept,) = await ann.sends(PHOTO)
        assert kept.startswith(KEPT)
        assert journal.telegram.fetched == []
        assert await journal.count("worker.model_costs") == 0


async def test_what_a_trader_usually_trades_is_looked_up_by_an_index(
    connection: asyncpg.Connection, trader: UUID
) -> None:
    other = await sign_up(connection, "other@example.com")
    for user in (trader, other):
        await connection.execute(
            """insert into public.trades (user_id, symbol, direction, created_at)
               select $1, 'NQ', 'long', now() - n * interval '1 hour' from generate_series(1, 3000) n""",
            user,
        )
    await connection.execute("analyze public.trades")
    assert await trades.usual_symbols(connection, trader, 8) == ("NQ",)
    plan = "\n".join(row[0] for row in await connection.fetch(f"explain {trades.USUAL}", trader, 8))
    assert "idx_trades_user_created" in plan
    assert "Seq Scan" not in plan
