"""Years of a trader's journal, as rows: every kind of trade that figures can stumble over; a seed makes the same."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import asyncpg

SYMBOLS = {
    "NQ": ("18250", "0.25", 20), "ES": ("5300", "0.25", 50), "MNQ": ("18250", "0.25", 2), "nq": ("18250", "0.25", 20),
    "NQZ5": ("18250", "0.25", 20), "ZC": ("450.25", "0.25", 50), "ZN": ("109.5", "0.015625", 1000),
    "USDJPY": ("149.20", "0.001", 670), "EURGBP": ("0.85", "0.0001", 12000), "XAUUSD": ("2338", "0.01", 100),
    "NQ 12-25": ("18250", "0.25", 20), "CME_MINI:NQ1!": ("18250", "0.25", 20), "/ES": ("5300", "0.25", 50),
    "XYZ": ("40", "0.01", 1), "FDAX": ("18000", "1", 25),
}  # fmt: skip
TRADES = (
    "id", "user_id", "daily_tracking_id", "symbol", "direction", "entry_price", "exit_price", "position_size",
    "stop_loss", "pnl", "commissions", "entry_time", "exit_time", "source_type", "created_at",
)  # fmt: skip
FACTS = ("trade_id", "user_id", "is_open", "pnl_basis", "initial_stop", "account_id", "account_day_id")
LEGS = ("trade_id", "user_id", "size", "exit_price", "pnl", "exit_time", "daily_tracking_id", "account_day_id")


class Years:
    """Trades of a trader, so many a weekday, from a day on; of the default account or of a further one."""

    def __init__(self, seed: int, user: UUID, first: date, days: int, account: UUID | None = None) -> None:
        self.random, self.user, self.account = Random(seed), user, account
        every = (first + timedelta(days=n) for n in range(days))
        self.days = {day: self.id() for day in every if day.weekday() < 5}
        self.rows: dict[str, list[tuple[Any, ...]]] = {"trades": [], "trade_facts": [], "trade_legs": []}

    def id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128))

    def trade(self, day: date) -> None:
        r = self.random
        symbol = r.choice(list(SYMBOLS))
        price, tick, value = SYMBOLS[symbol]
        side, size = r.choice(("long", "short")), Decimal(r.choice(("1", "2", "3", "0.5")))
        entry = Decimal(price) + Decimal(tick) * r.randrange(-40, 40)
        move = r.choice((0, 0, 1, -1, 5, -5, 12, -12, 40, -25)) * Decimal(tick)
        sign = 1 if side == "long" else -1
        is_open, at = r.random() < 0.03, self.moment(day)
        known = r.random()
        pnl = (move * sign * size * value).quantize(Decimal("0.01")) if known > 0.04 and not is_open else None
        stop = entry - sign * Decimal(tick) * r.choice((8, 12, 20, -4)) if r.random() > 0.2 else None
        costs = Decimal(r.choice(("4.20", "0.84", "25", "0"))) if r.random() > 0.3 else None
        trade_id, of_day = self.id(), self.days[day]
        legs = pnl is not None and r.random() < 0.08
        own, other = (of_day, None) if self.account is None else (None, of_day)
        leave = None if is_open or 0.04 < known < 0.1 else entry + move
        clock = at if r.random() > 0.1 else None
        self.rows["trades"].append((
            trade_id, self.user, own, symbol, side, entry, leave, size, stop, pnl, costs, clock,
            None if clock is None else clock + timedelta(minutes=20), "journal", at + timedelta(minutes=30),
        ))  # fmt: skip
        if self.account is not None or r.random() > 0.05:
            basis = "net" if r.random() < 0.1 else "gross"
            initial = stop + sign * Decimal(tick) if stop is not None and r.random() < 0.3 else stop
            self.rows["trade_facts"].append((trade_id, self.user, is_open, basis, initial, self.account, other))
        if legs and pnl is not None:
            self.parts(trade_id, pnl, size, entry + move, day, at)

    def parts(self, trade_id: UUID, pnl: Decimal, size: Decimal, price: Decimal, day: date, at: datetime) -> None:
        """One on the trade's day, one perhaps on the day before."""
        days = list(self.days)
        before = days[max(0, days.index(day) - self.random.randrange(2))]
        for amount, on in ((pnl - 10, before), (Decimal(10), day)):
            of = (self.days[on], None) if self.account is None else (None, self.days[on])
            self.rows["trade_legs"].append((trade_id, self.user, size / 2, price, amount, at, *of))

    def moment(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 13, 30, tzinfo=UTC) + timedelta(
            minutes=self.random.randrange(390)
        )

    async def write(self, db: asyncpg.Connection, trades: int) -> None:
        for day in self.days:
            for _ in range(trades):
                self.trade(day)
        if self.account is None:
            records = [(of, self.user, day) for day, of in self.days.items()]
            await db.copy_records_to_table(
                "daily_tracking", schema_name="public", records=records, columns=("id", "user_id", "trade_date")
            )
        else:
            records = [(of, self.user, self.account, day) for day, of in self.days.items()]
            columns = ("id", "user_id", "account_id", "trade_date")
            await db.copy_records_to_table("account_days", schema_name="worker", records=records, columns=columns)
        for table, columns in (("trades", TRADES), ("trade_facts", FACTS), ("trade_legs", LEGS)):
            schema = "public" if table == "trades" else "worker"
            await db.copy_records_to_table(table, schema_name=schema, records=self.rows[table], columns=columns)
        await db.execute("analyze")
