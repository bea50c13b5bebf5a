"""Reading by a model that answers well, wrongly, slowly or not at all: what is recorded, and what the trader sees."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from db.migrations import migrate
from statemachine.errors import SendLater
from tests.integration.databases import empty_database, sign_up
from tests.journaling import Journal, Person, journaling
from tests.reading_cases import CASES, DOCUMENT, KEPT, Case, page
from tests.screenshots import PHOTO, picture
from tests.servers import openai as fake
from tests.servers.openai import OpenAIServer, openai_server

CHATS = itertools.count(4001)
FACTS = ("entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions")


def by(server: OpenAIServer, **more: Any) -> dict[str, Any]:
    return {"jobs": True, "openai_api_key": server.key, "openai_base_url": server.url, "sweep_seconds": 0.2} | more


@dataclass(frozen=True, slots=True)
class Running:
    """A worker and the service it asks, for all cases that need no settings of their own."""

    journal: Journal
    openai: OpenAIServer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(server_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with empty_database(server_dsn) as dsn, openai_server() as server:
        await migrate(dsn, plain=True)
        async with journaling(dsn, tmp_path_factory.mktemp("data"), **by(server)) as journal:
            yield Running(journal, server)


async def told_of(running: Running, case: Case) -> None:
    """The case, by a trader of its own."""
    journal, openai = running.journal, running.openai
    trader = await sign_up(journal.db, f"{uuid4().hex}@example.com")
    ann = await Person(journal, str(next(CHATS))).binds(trader)
    journal.telegram.files[PHOTO.handle] = picture()
    for text in case.before:
        await ann.writes(text)
    of_ann = f"user_id = '{trader}'"
    recorded = await journal.count("public.trades", of_ann)
    openai.otherwise, openai.requests = case.model, []
    said = await ann.writes(case.says, attachments=(PHOTO,) if case.picture else ())

    assert said != [], "silence"
    assert len(openai.requests) == case.calls, f"plain code reads this by itself now: {said}"
    assert await costs(journal, trader) == case.cost
    assert await waiting(journal, trader) == case.waits
    assert await journal.count("public.trades", of_ann) == recorded, "nothing is recorded before the trader says yes"
    assert await journal.count("worker.inbox", "status <> 'done'") == 0
    seen, place = "\n".join(said), 0
    for text in case.sees:
        assert text in seen[place:], said
        place = seen.index(text, place)


async def waiting(journal: Journal, trader: UUID) -> str:
    """The pending drafts, as they are stored."""
    stored = await journal.db.fetchval(
        "select pending_trade::text from public.journal_conversations where user_id = $1", trader
    )
    drafts = json.loads(stored or "[]")
    return "; ".join(map(_told, drafts if isinstance(drafts, list) else [drafts]))


def _told(draft: dict[str, Any]) -> str:
    facts: dict[str, Any] = draft["fields"]
    words = [facts[name] for name in ("symbol", "direction") if name in facts]
    words += [f"{name} {facts[name]}" for name in FACTS if name in facts]
    return " ".join([*words, *(["without", *draft["doubted"]] if draft.get("doubted") else [])])


async def costs(journal: Journal, trader: UUID) -> str:
    rows = await journal.rows("select * from worker.model_costs where user_id = $1 order by id", trader)
    return "; ".join(f"{row['purpose']} {row['outcome']} {row['input_tokens']}+{row['output_tokens']}" for row in rows)


def name_of(case: Case) -> str:
    return f"{case.does} ({case.says or 'picture'})"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", [case for case in CASES if not case.settings], ids=name_of)
async def test_what_comes_of_it(running: Running, case: Case) -> None:
    await told_of(running, case)


@pytest.mark.parametrize("case", [case for case in CASES if case.settings], ids=name_of)
async def test_what_comes_of_it_with_other_settings(dsn: str, tmp_path: Path, openai: OpenAIServer, case: Case) -> None:
    async with journaling(dsn, tmp_path, **by(openai, **case.settings)) as journal:
        await told_of(Running(journal, openai), case)


async def test_what_a_call_cost_is_kept_without_a_word_of_it(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer
) -> None:
    case = CASES[0]
    openai.otherwise = case.model
    async with journaling(dsn, tmp_path, **by(openai)) as journal:
        ann = await Person(journal, "4001").binds(trader)
        began = time.monotonic()
        await ann.writes(case.says)
        row = await journal.row("select * from worker.model_costs")
        assert row["user_id"] == trader
        assert (row["provider"], row["model"], row["own_key"]) == ("openai", "test-model-2026-11-01", False)
        assert row["usd"] == Decimal("0.000120")
        assert 0 < row["seconds"] < time.monotonic() - began
        assert case.says not in json.dumps(row, default=str)
        assert await journal.row("select calls, tokens from worker.model_calls") == {"calls": 1, "tokens": 110}


async def test_the_model_is_told_what_the_trader_trades(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer
) -> None:
    openai.otherwise = fake.STEPS["garbage"]
    async with journaling(dsn, tmp_path, **by(openai)) as journal:
        await journal.db.execute(
            """insert into public.trades (user_id, symbol, direction)
               select $1, symbol, 'long' from unnest(array['ES', 'NQ', 'NQ', 'nq', '<script>', 'ES', 'GC']) symbol""",
            trader,
        )
        ann = await Person(journal, "4001").binds(trader)
        await ann.writes("rode the big tech index all morning, 412 @main")
        asked = fake.asked(openai.requests[0])
        assert asked["usual"] == ["NQ", "ES", "GC"]
        assert asked["message"] == "rode the big tech index all morning, 412"


@pytest.mark.parametrize("trouble", ["away", "slow"])
async def test_a_picture_that_cannot_be_fetched_now_is_kept(
    dsn: str, tmp_path: Path, trader: UUID, openai: OpenAIServer, trouble: str
) -> None:
    async with journaling(dsn, tmp_path, **by(openai, reading_seconds=0.5)) as journal:
        if trouble == "away":
            journal.telegram.fetch_trouble.append(SendLater("the platform is away"))
        else:
            journal.telegram.gates[PHOTO.handle] = asyncio.Event()
        ann = await Person(journal, "4001").binds(trader)
        (said,) = await ann.sends(PHOTO)
        assert said.startswith(KEPT)
        assert openai.requests == []
        assert await journal.count("worker.model_calls") == 0


def test_the_page_shows_these_cases() -> None:
    document = DOCUMENT.read_text()
    assert page(document) == document
