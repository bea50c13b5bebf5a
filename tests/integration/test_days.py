"""Days and streaks in PostgreSQL equal an independent calculation, whatever is recorded, edited, moved or undone."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MONDAY = date(2026, 3, 2)
SIZE = 50_000


def on(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


class Journal:
    """One trader's days, driven as the worker drives them: ensure the day, change trades, recompute."""

    def __init__(self, connection: asyncpg.Connection, user: UUID) -> None:
        self.connection = connection
        self.user = user

    async def day(self, offset: int) -> UUID:
        return await self.connection.fetchval("select worker.ensure_day($1, $2)", self.user, on(offset))

    async def trade(
        self, offset: int, pnl: Any, commissions: Any = None, *, basis: str = "gross", minute: int = 0, **columns: Any
    ) -> UUID:
        trade_id = uuid4()
        values = {
            "id": trade_id,
            "user_id": self.user,
            "daily_tracking_id": await self.day(offset),
            "pnl": None if pnl is None else Decimal(pnl),
            "commissions": None if commissions is None else Decimal(commissions),
            "exit_time": datetime.combine(on(offset), datetime.min.time(), UTC) + timedelta(minutes=minute),
        } | columns
        marks = ", ".join(f"${n}" for n in range(1, len(values) + 1))
        await self.connection.execute(
            f"insert into public.trades ({', '.join(values)}) values ({marks})", *values.values()
        )
        await self.connection.execute(
            "insert into worker.trade_facts (trade_id, user_id, pnl_basis) values ($1, $2, $3)",
            trade_id,
            self.user,
            basis,
        )
        return trade_id

    async def leg(self, trade_id: UUID, offset: int, pnl: Any, minute: int = 0) -> None:
        await self.connection.execute(
            "insert into worker.trade_legs (trade_id, user_id, size, pnl, exit_time, daily_tracking_id)"
            " values ($1, $2, 1, $3, $4, $5)",
            trade_id,
            self.user,
            Decimal(pnl),
            datetime.combine(on(offset), datetime.min.time(), UTC) + timedelta(minutes=minute),
            await self.day(offset),
        )

    async def enter(self, offset: int, balance: Any, peak: Any = None) -> None:
        await self.day(offset)
        await self.connection.execute(
            "insert into worker.entered_balances values ($1, $2, $3, $4)"
            " on conflict (user_id, trade_date) do update set starting_balance = $3, peak = $4",
            self.user,
            on(offset),
            Decimal(balance),
            None if peak is None else Decimal(peak),
        )

    async def recompute(self, offset: int = 0) -> list[asyncpg.Record]:
        return await self.connection.fetch("select * from worker.recompute_days($1, $2)", self.user, on(offset))

    async def days(self) -> list[asyncpg.Record]:
        return await self.connection.fetch(
            "select * from public.daily_tracking where user_id = $1 order by trade_date", self.user
        )

    async def web_day(self, offset: int, **columns: Any) -> None:
        """A row the web app writes by itself."""
        values = {"user_id": self.user, "trade_date": on(offset)} | columns
        marks = ", ".join(f"${n}" for n in range(1, len(values) + 1))
        await self.connection.execute(
            f"insert into public.daily_tracking ({', '.join(values)}) values ({marks})", *values.values()
        )

    async def streak(self) -> tuple[int, int, date | None]:
        await self.connection.execute("select worker.recompute_streak($1)", self.user)
        return tuple(
            await self.connection.fetchrow(
                "select current_streak_days, longest_streak_days, last_audit_date from public.profiles where id = $1",
                self.user,
            )
        )


async def new_journal(connection: asyncpg.Connection, **profile: Any) -> Journal:
    user = uuid4()
    await connection.execute("insert into auth.users (id, email) values ($1, $2)", user, f"{user}@example.test")
    for column, value in ({"account_size": SIZE} | profile).items():
        await connection.execute(f"update public.profiles set {column} = $2 where id = $1", user, value)
    return Journal(connection, user)


@pytest.fixture
async def journal(connection: asyncpg.Connection) -> Journal:
    return await new_journal(connection)


async def test_a_day_is_the_sum_of_its_net_trades(journal: Journal) -> None:
    await journal.trade(0, 400, 10, compliance_score=Decimal(100))
    await journal.trade(0, -900, 5, compliance_score=Decimal(50))
    await journal.trade(0, 95, 7, basis="net")
    await journal.trade(0, None)
    (day,) = await journal.recompute()
    assert dict(day) | {"id": None} == {
        "id": None,
        "user_id": journal.user,
        "trade_date": MONDAY,
        "starting_balance": 50_000,
        "ending_balance": 49_580,
        "daily_pnl": -420,
        "max_equity_high": 50_000,
        "trades_taken": 4,
        "daily_loss_used": 420,
        "drawdown_used": 420,
        "compliance_score": 75,
        "day_status": "trading",
    }


async def test_a_change_carries_to_all_later_days(journal: Journal) -> None:
    first = await journal.trade(0, 1000)
    for offset in (1, 4):
        await journal.trade(offset, -300)
    await journal.recompute()
    await journal.connection.execute("update public.trades set pnl = 100 where id = $1", first)
    days = await journal.recompute()
    assert [day["ending_balance"] for day in days] == [50_100, 49_800, 49_500]
    assert [day["drawdown_used"] for day in days] == [0, 300, 600]


async def test_a_leg_counts_on_its_own_day_and_costs_on_the_trades(journal: Journal) -> None:
    trade_id = await journal.trade(0, 500, 12)
    await journal.leg(trade_id, 0, 200)
    await journal.leg(trade_id, 2, 300)
    days = await journal.recompute()
    assert [(day["daily_pnl"], day["trades_taken"]) for day in days] == [(188, 1), (300, 0)]
    assert [day["ending_balance"] for day in days] == [50_188, 50_488]


async def test_a_day_of_ours_that_lost_its_last_trade_goes(journal: Journal) -> None:
    trade_id = await journal.trade(0, 500)
    await journal.trade(1, 100)
    await journal.recompute()
    await journal.connection.execute("delete from public.trades where id = $1", trade_id)
    await journal.recompute()
    (day,) = await journal.days()
    assert (day["trade_date"], day["starting_balance"]) == (on(1), 50_000)


async def test_a_day_with_an_entered_balance_stays(journal: Journal) -> None:
    await journal.enter(0, 48_000)
    (day,) = await journal.recompute()
    assert (day["starting_balance"], day["ending_balance"], day["trades_taken"]) == (48_000, 48_000, 0)


async def test_a_balance_the_web_app_wrote_is_kept_through_later_changes(journal: Journal) -> None:
    first = await journal.trade(0, 500)
    await journal.trade(1, 100)
    await journal.recompute()
    await journal.connection.execute(
        "update public.daily_tracking set starting_balance = 40000 where user_id = $1 and trade_date = $2",
        journal.user,
        on(1),
    )
    for pnl in (700, 900):
        await journal.connection.execute("update public.trades set pnl = $2 where id = $1", first, Decimal(pnl))
        days = await journal.recompute()
        assert [day["starting_balance"] for day in days] == [50_000, 40_000]
        assert [day["ending_balance"] for day in days] == [50_000 + pnl, 40_100]


async def test_a_rest_day_of_the_web_app_stays_one(journal: Journal) -> None:
    await journal.web_day(1, day_status="rest_day")
    await journal.trade(0, 500)
    trade_id = await journal.trade(1, 100)
    assert [day["day_status"] for day in await journal.recompute()] == ["trading", "trading"]
    await journal.connection.execute("delete from public.trades where id = $1", trade_id)
    rest = (await journal.recompute())[1]
    assert (rest["day_status"], rest["daily_pnl"], rest["ending_balance"]) == ("rest_day", 0, 50_500)


async def test_a_pause_the_web_app_carried_a_balance_through_is_no_entry(journal: Journal) -> None:
    first = await journal.trade(0, 500)
    await journal.recompute()
    await journal.web_day(1, day_status="rest_day", starting_balance=Decimal(50_500), ending_balance=Decimal(50_500))
    await journal.trade(2, 100)
    await journal.recompute(2)
    await journal.connection.execute("update public.trades set pnl = 0 where id = $1", first)
    assert [day["ending_balance"] for day in await journal.recompute()] == [50_000, 50_000, 50_100]


async def test_a_figure_of_a_day_without_any_trade_is_the_web_apps(journal: Journal) -> None:
    await journal.web_day(1, daily_pnl=Decimal(250), trades_taken=3)
    await journal.trade(0, 500)
    day = (await journal.recompute())[1]
    assert (day["daily_pnl"], day["trades_taken"], day["ending_balance"]) == (250, 3, 50_750)


async def test_without_an_account_size_balances_stay_unknown(connection: asyncpg.Connection) -> None:
    journal = await new_journal(connection, account_size=None)
    await journal.trade(0, -50)
    (day,) = await journal.recompute()
    assert (day["daily_pnl"], day["daily_loss_used"]) == (-50, 50)
    unknown = ("starting_balance", "ending_balance", "max_equity_high", "drawdown_used")
    assert [day[name] for name in unknown] == [None] * 4


async def test_an_intraday_trail_remembers_the_high_within_the_day(connection: asyncpg.Connection) -> None:
    journal = await new_journal(connection, max_drawdown_type="trailing_intraday")
    await journal.trade(0, 800, minute=1)
    await journal.trade(0, -500, minute=2)
    (day,) = await journal.recompute()
    assert (day["max_equity_high"], day["drawdown_used"]) == (50_800, 500)


async def test_an_entered_peak_starts_the_high_anew(journal: Journal) -> None:
    await journal.trade(0, 5000)
    await journal.trade(1, 100)
    await journal.enter(1, 50_000, peak=51_000)
    days = await journal.recompute()
    assert [day["max_equity_high"] for day in days] == [55_000, 51_000]
    assert days[1]["drawdown_used"] == 900


async def test_another_traders_trade_on_the_day_does_not_count(journal: Journal) -> None:
    other = await new_journal(journal.connection)
    trade_id = await other.trade(0, 9999)
    await journal.trade(0, 100)
    await journal.connection.execute(
        "update public.trades set daily_tracking_id = $2 where id = $1", trade_id, await journal.day(0)
    )
    assert [day["daily_pnl"] for day in await journal.recompute()] == [100]


@dataclass
class Expected:
    """The same days by plain loops over everything that was ever said."""

    intraday: bool
    trades: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    entered: dict[int, tuple[Decimal, Decimal | None]] = field(default_factory=dict)

    def amounts(self, offset: int) -> list[Decimal]:
        found = []
        for trade in self.trades.values():
            costs = trade["commissions"] if trade["basis"] == "gross" else Decimal(0)
            if trade["day"] == offset and (trade["legs"] or trade["pnl"] is not None):
                found.append((trade["minute"], (Decimal(0) if trade["legs"] else trade["pnl"]) - costs))
            found += [(minute, pnl) for day, pnl, minute in trade["legs"] if day == offset]
        return [amount for _, amount in sorted(found)]

    def days(self) -> list[tuple[Any, ...]]:
        balance, high, rows = Decimal(SIZE), None, []
        for offset in range(10):
            taken = sum(trade["day"] == offset for trade in self.trades.values())
            with_legs = any(leg[0] == offset for trade in self.trades.values() for leg in trade["legs"])
            if not taken and not with_legs and offset not in self.entered:
                continue
            start, peak = self.entered.get(offset, (balance, None))
            reached, balance = [start], start
            for amount in self.amounts(offset):
                balance += amount
                reached.append(balance)
            tops = reached if self.intraday else [start, balance]
            before = peak if peak is not None else high
            high = max([*tops, *([before] if before is not None else [])])
            loss = max(start - balance, Decimal(0))
            rows.append((on(offset), start, balance, balance - start, high, taken, loss, high - balance))
        return rows


COLUMNS = ("trade_date", "starting_balance", "ending_balance", "daily_pnl", "max_equity_high", "trades_taken",
           "daily_loss_used", "drawdown_used")  # fmt: skip
MONEY = st.integers(-200_000, 200_000).map(lambda cents: Decimal(cents) / 100)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["record", "record", "record", "undo", "move", "edit", "leg", "enter", "forget"]),
        st.integers(0, 9),
        MONEY,
        st.integers(0, 5),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)


async def take(step: tuple[Any, ...], minute: int, journal: Journal, expected: Expected) -> None:
    """Do one step in both worlds and recompute from the earliest day it touched."""
    kind, offset, money, pick, flag = step
    touched = [offset]
    names = list(expected.trades)
    chosen = expected.trades[names[pick % len(names)]] if names else None
    if kind == "record":
        pnl, costs, basis = (None if pick == 0 else money), Decimal(pick), "net" if flag and pick else "gross"
        trade_id = await journal.trade(offset, pnl, None if pnl is None else costs, basis=basis, minute=minute)
        expected.trades[trade_id] = {
            "id": trade_id,
            "day": offset,
            "pnl": pnl,
            "commissions": Decimal(0) if pnl is None else costs,
            "basis": basis,
            "minute": minute,
            "legs": [],
        }
    elif kind == "enter":
        peak = SIZE + money if flag else None
        await journal.enter(offset, SIZE - money, peak)
        expected.entered[offset] = (SIZE - money, peak)
    elif kind == "forget":
        await journal.connection.execute(
            "delete from worker.entered_balances where user_id = $1 and trade_date = $2", journal.user, on(offset)
        )
        expected.entered.pop(offset, None)
    elif chosen is not None:
        touched += [chosen["day"], *(leg[0] for leg in chosen["legs"])]
        await change(kind, offset, money, minute, chosen, journal, expected)
    await journal.recompute(min(touched))


async def change(
    kind: str, offset: int, money: Decimal, minute: int, chosen: dict[str, Any], journal: Journal, expected: Expected
) -> None:
    trade_id = chosen["id"]
    if kind == "undo":
        await journal.connection.execute("delete from public.trades where id = $1", trade_id)
        del expected.trades[trade_id]
    elif kind == "move":
        day_id = await journal.day(offset)
        await journal.connection.execute(
            "update public.trades set daily_tracking_id = $2 where id = $1", trade_id, day_id
        )
        chosen["day"] = offset
    elif kind == "edit":
        await journal.connection.execute("update public.trades set pnl = $2 where id = $1", trade_id, money)
        chosen["pnl"] = money
    elif kind == "leg":
        await journal.leg(trade_id, offset, money, minute)
        chosen["legs"].append((offset, money, minute))


@given(steps=STEPS, intraday=st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_sequence_gives_what_plain_loops_give(
    connection: asyncpg.Connection, steps: list[tuple[Any, ...]], intraday: bool
) -> None:
    journal = await new_journal(connection, max_drawdown_type="trailing_intraday" if intraday else "trailing_eod")
    expected = Expected(intraday)
    for number, step in enumerate(steps):
        # Steps are 20 days apart, so that what came later is later also when it is moved between these ten days.
        await take(step, number * 1440 * 20, journal, expected)
        found = [tuple(day[name] for name in COLUMNS) for day in await journal.days()]
        assert found == expected.days()


async def audited(journal: Journal, *offsets: int) -> None:
    for offset in offsets:
        await journal.trade(offset, 10, audit_status="audited")
    await journal.recompute()


async def test_days_in_a_row_with_an_audited_trade_are_a_streak(journal: Journal) -> None:
    await audited(journal, 0, 1, 2)
    assert await journal.streak() == (3, 3, on(2))


async def test_a_missed_weekday_breaks_the_streak(journal: Journal) -> None:
    await audited(journal, 0, 1, 2, 4)
    assert await journal.streak() == (1, 3, on(4))


async def test_rest_days_and_weekends_do_not_break_it(journal: Journal) -> None:
    await journal.web_day(3, day_status="rest_day")
    await audited(journal, 1, 2, 4, 7)
    assert await journal.streak() == (4, 4, on(7))


async def test_a_weekend_with_a_trade_that_was_not_audited_breaks_it(journal: Journal) -> None:
    await journal.trade(5, 10)
    await audited(journal, 4, 7)
    assert await journal.streak() == (1, 1, on(7))


async def test_undo_takes_the_streak_back(journal: Journal) -> None:
    await audited(journal, 0, 1)
    await journal.connection.execute("delete from public.trades where user_id = $1", journal.user)
    await journal.recompute()
    assert await journal.streak() == (0, 0, None)


@pytest.mark.parametrize("role", ["anon", "authenticated"])
@pytest.mark.parametrize(
    "statement",
    [
        "select worker.ensure_day(gen_random_uuid(), '2026-03-02')",
        "select worker.recompute_days(gen_random_uuid(), '2026-03-02')",
        "select worker.recompute_streak(gen_random_uuid())",
        "select * from worker.entered_balances",
        "select * from worker.trade_legs",
        "select * from worker.tracked_days",
    ],
)
async def test_clients_reach_none_of_it(connection: asyncpg.Connection, role: str, statement: str) -> None:
    await connection.execute(f"set role {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
