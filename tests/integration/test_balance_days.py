"""Payouts, deposits and balances that are told, on the days around them."""

from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from db import days
from tests.integration.test_days import Journal, new_journal, on

FIGURES = ("starting_balance", "ending_balance", "max_equity_high", "drawdown_used")


@pytest.fixture
async def journal(connection: asyncpg.Connection) -> Journal:
    """50,000 that became 53,000 on Monday, and 52,500 on Wednesday."""
    journal = await new_journal(connection, max_drawdown_type="trailing_eod")
    await journal.trade(0, 3000)
    await journal.trade(2, -500)
    await journal.recompute()
    return journal


async def figures(journal: Journal) -> list[tuple[Any, ...]]:
    return [tuple(int(day[name]) for name in FIGURES) for day in await journal.days()]


async def tell(journal: Journal, offset: int, kind: days.BalanceKind, said: int, peak: int | None = None) -> None:
    high = None if peak is None else Decimal(peak)
    await days.tell_balance(journal.connection, journal.user, None, on(offset), kind, Decimal(said), high)


async def test_a_payout_takes_the_running_high_along(journal: Journal) -> None:
    assert await figures(journal) == [(50_000, 53_000, 53_000, 0), (53_000, 52_500, 53_000, 500)]
    await tell(journal, 1, "payout", 2000)
    assert await figures(journal) == [
        (50_000, 53_000, 53_000, 0),
        (51_000, 51_000, 51_000, 0),
        (51_000, 50_500, 51_000, 500),
    ]


async def test_a_deposit_hides_no_drawdown(journal: Journal) -> None:
    await tell(journal, 3, "deposit", 1000)
    assert (await figures(journal))[-1] == (53_500, 53_500, 54_000, 500)


async def test_later_recomputing_from_the_middle_gives_the_same(journal: Journal) -> None:
    await tell(journal, 1, "payout", 2000)
    await tell(journal, 3, "deposit", 300)
    whole = await figures(journal)
    for offset in (3, 2, 1, 0, -5):
        await journal.recompute(offset)
        assert await figures(journal) == whole


async def test_a_told_balance_carries_on_and_a_told_peak_begins_anew(journal: Journal) -> None:
    await tell(journal, 1, "balance", 50_000, peak=50_200)
    assert (await figures(journal))[1:] == [(50_000, 50_000, 50_200, 200), (50_000, 49_500, 50_200, 700)]
    await tell(journal, 2, "payout", 100)
    assert (await figures(journal))[2] == (49_900, 49_400, 50_100, 700)


async def test_what_was_told_is_taken_back_as_if_it_never_was(journal: Journal) -> None:
    before = await figures(journal)
    for kind in ("payout", "deposit", "balance", "reset"):
        await tell(journal, 1, kind, 700)  # type: ignore[arg-type]
        assert await days.untell_balance(journal.connection, journal.user, None) is not None
        assert await figures(journal) == before


async def test_an_intraday_high_before_a_payout_is_moved_too(connection: asyncpg.Connection) -> None:
    journal = await new_journal(connection, max_drawdown_type="trailing_intraday")
    await journal.trade(0, 800, minute=1)
    await journal.trade(0, -500, minute=2)
    await journal.recompute()
    await tell(journal, 1, "payout", 300)
    assert (await figures(journal))[-1] == (50_000, 50_000, 50_500, 500)
