"""What is offered while a symbol is typed on Discord: the trader's own first, nobody else's, never too many."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from bot.symbols import MOST, Symbols
from db import pool
from tests.integration.databases import sign_up

USER = "814123456789012345"


@pytest.fixture
async def connections(dsn: str) -> AsyncIterator[pool.Pool]:
    opened = await pool.open_pool(dsn, size=2)
    yield opened
    await opened.close()


@pytest.fixture
async def symbols(connections: pool.Pool) -> Symbols:
    symbols = Symbols()
    symbols.attach(connections)
    return symbols


async def traded(connection: asyncpg.Connection, user: UUID, *names: str | None) -> None:
    await connection.executemany(
        "insert into public.trades (user_id, symbol, direction) values ($1, $2, 'long')",
        [(user, name) for name in names],
    )


async def bound(connection: asyncpg.Connection, user: UUID, discord: str = USER) -> None:
    await connection.execute("update public.profiles set discord_user_id = $2 where id = $1", user, discord)


async def test_the_traders_own_come_first(symbols: Symbols, connection: asyncpg.Connection, trader: UUID) -> None:
    await bound(connection, trader)
    await traded(connection, trader, "NQ", "MNQ", "MNQ", "TSLA", "TSLA", "TSLA", None, "x" * 200)
    offered = await symbols(USER, "")
    assert offered[:4] == ["TSLA", "MNQ", "NQ", "ES"]
    assert len(offered) == len({*offered}) == MOST


async def test_what_is_typed_narrows(symbols: Symbols, connection: asyncpg.Connection, trader: UUID) -> None:
    await bound(connection, trader)
    await traded(connection, trader, "NVDA", "AAPL")
    assert (await symbols(USER, " n"))[:2] == ["NVDA", "NQ"]
    assert {"GC", "MGC"} <= {*await symbols(USER, "gold")}
    assert await symbols(USER, "no such thing") == []
    assert await symbols(USER, "%") == []
    assert await symbols(USER, "n\0") == []


async def test_nobody_sees_what_others_trade(symbols: Symbols, connection: asyncpg.Connection, trader: UUID) -> None:
    other = await sign_up(connection, "ben@example.com")
    await bound(connection, other, "1")
    await traded(connection, other, "SECRET")
    for user in (USER, "1' or true --", ""):
        assert "SECRET" not in await symbols(user, "")


async def test_without_a_database_the_contracts_are_offered(connections: pool.Pool) -> None:
    symbols = Symbols()
    assert (await symbols(USER, ""))[:2] == ["ES", "NQ"]
    symbols.attach(connections)
    holding = [await connections.acquire() for _ in range(2)]
    assert (await symbols(USER, ""))[:2] == ["ES", "NQ"]
    for held in holding:
        await connections.release(held)
