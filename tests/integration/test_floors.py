"""The floor of a trailing drawdown over weeks of trades and payouts is what a firm's own book-keeping would say."""

from dataclasses import dataclass
from decimal import Decimal

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.standings import figures_on
from bot.trading.limits import AccountLimits, guards
from db import days, limits
from tests.integration.test_days import SIZE, Journal, new_journal, on

LIMIT = 2_000
KINDS = {
    "trailing_eod": None,
    "trailing_eod lock": 50_000,
    "trailing_eod lock+100": 50_100,
    "trailing_intraday": None,
    "trailing_intraday lock+100": 50_100,
}
"""Where the floor stops."""


@dataclass
class Firm:
    """An account as its firm keeps it: the high moves with payouts, a floor that has stopped does not."""

    stops: int | None
    intraday: bool
    balance: int = SIZE
    high: int = SIZE
    stopped: bool = False

    def pays_out(self, amount: int) -> None:
        self.balance -= amount
        self.high -= amount

    def trades(self, pnl: int) -> None:
        self.balance += pnl
        if self.intraday:
            self._rises()

    def ends_its_day(self) -> None:
        self._rises()

    def _rises(self) -> None:
        self.high = max(self.high, self.balance)
        self.stopped |= self.stops is not None and self.high - LIMIT >= self.stops

    @property
    def floor(self) -> int:
        if self.stopped and self.stops is not None:
            return self.stops
        return max(SIZE, self.high) - LIMIT


async def floor_on(journal: Journal, kind: str, offset: int) -> int:
    account = AccountLimits(account_size=SIZE, max_drawdown_pct=Decimal(4), max_drawdown_type=kind)
    (found,) = await limits.latest_days(journal.connection, journal.user, [(None, on(offset))])
    (guard,) = guards(figures_on(on(offset), found, account), account)
    assert guard.floor is not None
    assert not guard.at_least
    return int(guard.floor)


DAY = st.tuples(
    st.integers(1, 3),  # days since the one before
    st.sampled_from([0, 0, 0, 500, 1500, 3000]),  # paid out before the first trade
    st.lists(st.sampled_from([-900, -300, 250, 800, 1600, 2400]), max_size=3),
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(weeks=st.lists(DAY, min_size=1, max_size=8))
async def test_floors(connection: asyncpg.Connection, kind: str, weeks: list[tuple[int, int, list[int]]]) -> None:
    transaction = connection.transaction()
    await transaction.start()
    try:
        journal = await new_journal(connection, max_drawdown_type=kind)
        firm, offset = Firm(KINDS[kind], "intraday" in kind), 0
        for since, payout, trades in weeks:
            offset += since
            if payout:
                await days.tell_balance(connection, journal.user, None, on(offset), "payout", Decimal(payout))
                firm.pays_out(payout)
            for minute, pnl in enumerate(trades):
                await journal.trade(offset, pnl, minute=minute)
                firm.trades(pnl)
            await journal.recompute()
            assert await floor_on(journal, kind, offset) == firm.floor
            firm.ends_its_day()
            assert await floor_on(journal, kind, offset + 1) == firm.floor  # before anything happens on the next day
    finally:
        await transaction.rollback()
