"""Whatever is changed of whatever trade: the books are right after it, and after undo they are as before."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.integration.test_accounts import add_account
from tests.integration.test_edits import journal, phone, whole
from tests.journaling import Journal, Person

__all__ = ["journal", "phone"]

EXAMPLES = 16
SIZES = {"main": Decimal(50_000), "apex2": Decimal(100_000)}
POINTS = {"NQ": 20, "MNQ": 2, "ES": 50}
RECORDED = """
select t.symbol, t.direction, t.entry_price, t.exit_price, t.position_size, t.pnl, f.pnl_origin, f.is_open,
    case when f.pnl_basis = 'net' then 0 else coalesce(t.commissions, 0) end as costs,
    coalesce(a.name, 'main') as account, coalesce(ad.trade_date, d.trade_date) as day,
    array(select row(coalesce(lad.trade_date, ld.trade_date), l.pnl) from worker.trade_legs l
          left join public.daily_tracking ld on ld.id = l.daily_tracking_id
          left join worker.account_days lad on lad.id = l.account_day_id where l.trade_id = t.id) as legs
from public.trades t join worker.trade_facts f on f.trade_id = t.id
left join worker.accounts a on a.id = f.account_id
left join worker.account_days ad on ad.id = f.account_day_id
left join public.daily_tracking d on d.id = t.daily_tracking_id
"""
BOOKED = """
select 'main' as account, trade_date, starting_balance, ending_balance, daily_pnl, trades_taken
from public.daily_tracking
union all
select a.name, d.trade_date, d.starting_balance, d.ending_balance, d.daily_pnl, d.trades_taken
from worker.account_days d join worker.accounts a on a.id = d.account_id
order by 1, 2
"""

Saying = Callable[[random.Random], str]
SAYINGS: tuple[Saying, ...] = (
    lambda chance: f"exit {chance.randrange(18_200, 18_400)}.{chance.choice(('25', '5', '75'))}",
    lambda chance: f"entry {chance.randrange(18_200, 18_300)}",
    lambda chance: f"stop {chance.randrange(18_100, 18_200)}",
    lambda chance: f"target {chance.randrange(18_400, 18_500)}",
    lambda chance: f"size {chance.randrange(2, 9)}",
    lambda chance: f"pnl {chance.choice('+-')}{chance.randrange(1, 900)} {chance.choice(('net', ''))}",
    lambda chance: f"fees {chance.randrange(1, 30)}.{chance.randrange(10, 99)}",
    lambda chance: chance.choice(("short", "long", "mnq")),
    lambda chance: chance.choice(("that was yesterday", "on 2024-02-05", "out 2:05", "in 1:10 out 1:30")),
    lambda chance: chance.choice(("@apex2", "@main")),
    lambda chance: chance.choice(("no stop", "exit none", "no fees", "remove the size", "no pnl", "still open")),
    lambda chance: chance.choice(("#fomo", "#late #fomo", "setup: fade", "mood: calm note: waited too long")),
)


async def test_any_change_and_its_undo(journal: Journal, phone: Person, trader: UUID) -> None:
    """Of trades that are closed, open, closed in part, in parts, told net, imported, of another account and day."""
    await add_account(journal.db, trader, "apex2")
    for report in (
        "long 2 nq 18250 > 18290 stop 18230 fees 4.20 #orb",
        "short 1 nq 18260 > 18240 2024-02-06",
        "long 1 nq 18250 pnl +310 net @apex2 on 2024-02-06",
        "long 2 nq 18252",
        "sold 1 at 18262",
        "out 18272",
        "long 3 nq 18251 stop 18240 @apex2",
        "sold 1 at 18270",
        "short 2 nq 18280 stop 18290",
    ):
        await phone.records(report)
    await journal.db.execute("update public.trades set source_type = 'csv_import' where direction = 'short'")
    count, chance, tried = await journal.count("public.trades"), random.Random(9), 0
    assert count == 6
    for _ in range(EXAMPLES):
        said = " ".join(saying(chance) for saying in chance.sample(SAYINGS, chance.choice((1, 1, 2, 3))))
        command = f"/edit {chance.randrange(1, count + 1)} {said}"
        before, changes = await whole(journal), await journal.count("worker.changes")
        await phone.writes(command)
        assert await whole(journal) == before, command
        answers = await phone.writes("yes")
        assert await booked(journal) == reckoned(await journal.rows(RECORDED)), command
        if await journal.count("worker.changes") == changes:
            await phone.writes("/cancel")
            continue
        tried += 1
        assert await whole(journal) != before, (command, answers)
        await phone.writes("/undo")
        assert await whole(journal) == before, (command, answers)
        if chance.random() < 0.5:  # the next is changed on top of it
            await phone.writes("/redo")
    assert tried > EXAMPLES / 2


async def booked(journal: Journal) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in await journal.rows(BOOKED)]


def reckoned(trades: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The days of both accounts by plain loops over the trades; what was computed is computed again."""
    made: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    taken: dict[tuple[str, date], int] = defaultdict(int)
    for trade in trades:
        result, legs = trade["pnl"], trade["legs"]
        if trade["pnl_origin"] == "computed" and not legs:
            assert result == by_prices(trade)
        assert trade["is_open"] == (trade["exit_price"] is None and (result is None or bool(legs)))
        counted = Decimal(0) if legs else result
        made[trade["account"], trade["day"]] += 0 if counted is None else counted - trade["costs"]
        taken[trade["account"], trade["day"]] += 1
        for day, part in legs:
            made[trade["account"], day] += part
    days, balance = [], dict(SIZES)
    for account, day in sorted(made):
        start, pnl = balance[account], made[account, day]
        balance[account] = start + pnl
        days.append((account, day, start, start + pnl, pnl, taken[account, day]))
    return days


def by_prices(trade: dict[str, Any]) -> Decimal:
    moved: Decimal = trade["exit_price"] - trade["entry_price"]
    return moved * (1 if trade["direction"] == "long" else -1) * POINTS[trade["symbol"]] * trade["position_size"]
