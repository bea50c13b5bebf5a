"""Symbols to choose from while somebody types one: the trader's own first, then contracts everybody knows."""

import asyncio
from typing import Final

from bot.trading.contracts import CONTRACTS
from db import pool, trades
from statemachine.errors import Unavailable

MOST: Final = 25
"""Discord shows no more."""
PATIENCE: Final = 1.0
"""Seconds for the trader's own: the answer is of no use after three, and must not wait for a database that is away."""


class Symbols:
    """Satisfies what the Discord adapter asks for. Before `attach` it knows the contracts only."""

    def __init__(self) -> None:
        self._pool: pool.Pool | None = None

    def attach(self, connections: pool.Pool) -> None:
        self._pool = connections

    async def __call__(self, discord_user_id: str, typed: str) -> list[str]:
        """At most 25 symbols that begin as `typed`, or whose name has it; of the user's own journal only."""
        typed = typed.strip()
        found = dict.fromkeys(await self._own(discord_user_id, typed))  # keeps the order, holds each once
        found |= dict.fromkeys(known(typed))
        return list(found)[:MOST]

    async def _own(self, discord_user_id: str, typed: str) -> list[str]:
        if self._pool is None or "\0" in typed:
            return []
        try:
            async with asyncio.timeout(PATIENCE), pool.acquired(self._pool) as connection:
                return await trades.most_traded(connection, discord_user_id, typed)
        except (Unavailable, TimeoutError):
            return []


def known(typed: str) -> list[str]:
    """Contracts by the beginning of their symbol, then by a part of their name ("gold")."""
    begin, part = typed.upper(), typed.lower()
    by_symbol = [symbol for symbol in CONTRACTS if symbol.startswith(begin)]
    by_name = [symbol for symbol, contract in CONTRACTS.items() if part in contract.name.lower()]
    return [*by_symbol, *by_name]
