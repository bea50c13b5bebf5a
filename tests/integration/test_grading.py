"""Grades from real rows: against a calculation of its own, and what must not count."""

import random
from collections.abc import AsyncIterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from bot.rules.grading import grade_rules
from tests.journaling import Journal, Person, journaling

ADD_TRADE = """
insert into public.trades (user_id, symbol, direction, entry_price, exit_price, position_size, pnl, commissions)
values ($1, $2, 'long', 18000, 18010, $3, $4::text::numeric, $5::text::numeric) returning id
"""
GRADE = "select quality_grade, win_rate, avg_pnl, sample_count, last_graded_at from public.trading_rules where id = $1"


async def add_rule(db: asyncpg.Connection, user: UUID, text: str = "only longs") -> UUID:
    statement = "insert into public.trading_rules (user_id, rule_text) values ($1, $2) returning id"
    rule: UUID = await db.fetchval(statement, user, text)
    return rule


async def add_trade(
    db: asyncpg.Connection, user: UUID, rule: UUID, verdict: str, pnl: object, commissions: object = None,
    *, symbol: str = "NQ", size: int = 1, basis: str = "gross", is_open: bool = False, account: UUID | None = None,
) -> UUID:  # fmt: skip
    """A judged trade; `pnl` and `commissions` as PostgreSQL reads them."""
    costs = None if commissions is None else str(commissions)
    trade: UUID = await db.fetchval(ADD_TRADE, user, symbol, size, None if pnl is None else str(pnl), costs)
    await db.execute(
        "insert into worker.trade_facts (trade_id, user_id, pnl_basis, is_open, account_id) "
        "values ($1, $2, $3, $4, $5)",
        trade, user, basis, is_open, account,
    )  # fmt: skip
    await db.execute(
        "insert into public.trade_rule_verdicts (trade_id, rule_id, verdict) values ($1, $2, $3)", trade, rule, verdict
    )
    return trade


async def graded(db: asyncpg.Connection, user: UUID, rule: UUID) -> dict[str, Any]:
    async with db.transaction():
        await grade_rules(db, user, [rule])
    row = await db.fetchrow(GRADE, rule)
    assert row is not None
    return dict(row)


@pytest.mark.parametrize("seed", range(8))
async def test_against_a_calculation_of_its_own(connection: asyncpg.Connection, trader: UUID, seed: int) -> None:
    """Scratch: within a tick ($5 a contract of NQ) or the commissions, of the P&L as it is stored."""
    chance = random.Random(seed)
    rules = [await add_rule(connection, trader, f"rule {n}") for n in range(3)]
    for rule in rules:
        kept: list[tuple[Fraction, str]] = []
        broken: list[Fraction] = []
        for _ in range(chance.randrange(0, 25)):
            verdict = chance.choice(["followed", "followed", "violated", "unclear"])
            size, costs = chance.randrange(1, 4), chance.choice([None, Decimal("4.20"), Decimal(30)])
            basis = chance.choice(["gross", "gross", "net"])
            pnl = Decimal(chance.choice([0, 5, -15, chance.randrange(-90_000, 100_000)])) / chance.choice([1, 100])
            unknown, is_open = chance.random() < 0.1, chance.random() < 0.1
            await add_trade(
                connection, trader, rule, verdict, None if unknown else pnl, costs, size=size, basis=basis,
                is_open=is_open,
            )  # fmt: skip
            if unknown or is_open or verdict == "unclear":
                continue
            net = Fraction(pnl) - (0 if basis == "net" else Fraction(costs or 0))
            if verdict == "violated":
                broken.append(net)
                continue
            scratch = abs(Fraction(pnl)) <= max(5 * size, Fraction(costs or 0))
            kept.append((net, "scratch" if scratch else "win" if net > 0 else "loss"))
        found = await graded(connection, trader, rule)
        assert found["sample_count"] == len(kept) + len(broken)
        wins, losses = (sum(outcome == what for _, outcome in kept) for what in ("win", "loss"))
        assert _close(found["win_rate"], Fraction(wins, wins + losses) if wins + losses else None, "0.0001")
        made = [net for net, _ in kept]
        assert _close(found["avg_pnl"], sum(made) / Fraction(len(made)) if made else None, "0.01")
        expected = _grade(made, broken)
        assert found["quality_grade"] == expected
        assert (found["last_graded_at"] is None) == (expected is None)


def _close(found: Decimal | None, exact: Fraction | None, step: str) -> bool:
    if found is None or exact is None:
        return found is exact
    return abs(Fraction(found) - exact) <= Fraction(step) / 2


def _grade(kept: list[Fraction], broken: list[Fraction]) -> str | None:
    if len(kept) + len(broken) < 5:
        return None
    own = sum(kept) / sum(map(abs, kept)) if any(kept) else Fraction(0)
    mean = [sum(side, Fraction(0)) / max(len(side), 1) for side in (kept, broken)]
    size = [sum(map(abs, side), Fraction(0)) / max(len(side), 1) for side in (kept, broken)]
    edge = (mean[0] - mean[1]) / sum(size) if any(size) else Fraction(0)
    weight = Fraction(2, 3) * len(broken) / (len(broken) + 5)
    worth = (1 - weight) * own + weight * edge
    return next((grade for bound, grade in ((3, "A"), (1, "B"), (-1, "C"), (-3, "D")) if worth >= bound / 10), "F")


async def test_each_version_keeps_its_own_grade(connection: asyncpg.Connection, trader: UUID) -> None:
    old = await add_rule(connection, trader, "max 3 contracts")
    for _ in range(5):
        await add_trade(connection, trader, old, "followed", 100)
    assert (await graded(connection, trader, old))["quality_grade"] == "A"
    new = await connection.fetchval(
        "insert into public.trading_rules (user_id, rule_text, version, previous_version_id) "
        "values ($1, 'max 2 contracts', 2, $2) returning id", trader, old,
    )  # fmt: skip
    await add_trade(connection, trader, new, "followed", -100)
    found = await graded(connection, trader, new)
    assert (found["quality_grade"], found["sample_count"], found["win_rate"]) == (None, 1, 0)
    assert (await graded(connection, trader, old))["quality_grade"] == "A"


async def test_a_grade_goes_when_its_trades_go(connection: asyncpg.Connection, trader: UUID) -> None:
    rule = await add_rule(connection, trader)
    for _ in range(5):
        trade = await add_trade(connection, trader, rule, "followed", 100)
    assert (await graded(connection, trader, rule))["quality_grade"] == "A"
    await connection.execute("delete from public.trades where id = $1", trade)
    assert await graded(connection, trader, rule) == {
        "quality_grade": None, "win_rate": 1, "avg_pnl": 100, "sample_count": 4, "last_graded_at": None,
    }  # fmt: skip


async def test_what_is_no_number_does_not_count(connection: asyncpg.Connection, trader: UUID) -> None:
    rule = await add_rule(connection, trader)
    for pnl in ("NaN", "Infinity", "-Infinity", "1e400", "-1e13"):
        await add_trade(connection, trader, rule, "followed", pnl)
    await add_trade(connection, trader, rule, "followed", 100, "NaN")
    trade = await add_trade(connection, trader, rule, "followed", 100)
    await connection.execute(
        "update public.trades set entry_price = 'NaN', exit_price = 'Infinity', position_size = '-Infinity', "
        "symbol = repeat('NQ', 9999), direction = 'up' where id = $1", trade,
    )  # fmt: skip
    found = await graded(connection, trader, rule)
    assert (found["sample_count"], found["avg_pnl"], found["win_rate"]) == (1, 100, 1)


async def test_another_currency_is_not_added_up(connection: asyncpg.Connection, trader: UUID) -> None:
    account = await connection.fetchval(
        "insert into worker.accounts (user_id, name, currency) values ($1, 'yen', 'JPY') returning id", trader
    )
    rule = await add_rule(connection, trader)
    await add_trade(connection, trader, rule, "followed", 100)
    await add_trade(connection, trader, rule, "followed", 1_000_000, account=account)
    found = await graded(connection, trader, rule)
    assert (found["sample_count"], found["avg_pnl"]) == (1, 100)
    await connection.execute("""update public.profiles set journal_preferences = '{"currency": "JPY"}'""")
    found = await graded(connection, trader, rule)
    assert (found["sample_count"], found["avg_pnl"]) == (2, 500_050)  # the default account is in yen, too
    for planted in ('"x"', '{"currency": 7}', '{"currency": "toolong"}', '{"currency": null}'):
        await connection.execute("update public.profiles set journal_preferences = $1::text::jsonb", planted)
        assert (await graded(connection, trader, rule))["avg_pnl"] == 100


async def test_only_the_traders_own_rules_and_trades_count(connection: asyncpg.Connection, trader: UUID) -> None:
    bob = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'bob@example.com') returning id"
    )
    rule = await add_rule(connection, trader)
    for _ in range(5):
        await add_trade(connection, bob, rule, "violated", -100)  # a client of Bob's points at it
    assert (await graded(connection, trader, rule))["sample_count"] == 0
    await connection.execute("update public.trading_rules set quality_grade = 'C' where id = $1", rule)
    assert (await graded(connection, bob, rule))["quality_grade"] == "C"  # not Bob's to write


# ---- after an audit


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, jobs=True, messages_per_minute=1000) as journal:
        yield journal


async def test_every_audit_grades(journal: Journal, trader: UUID) -> None:
    ann = await Person(journal, "4001").binds(trader)
    await ann.writes("/rules add only longs")
    for number, made in enumerate((300, -100, 300, -100, 300), 1):
        await ann.records(f"long 1 nq in 18250 stop 18230 pnl {made}")
        assert await journal.db.fetchval("select sample_count from public.trading_rules") == number
    (answer,) = await ann.writes("/rules")
    assert "Grade A · 5 trades · followed: won 60% · avg +$140.00" in answer
    row = await journal.row("select quality_grade, win_rate, avg_pnl from public.trading_rules")
    assert row == {"quality_grade": "A", "win_rate": Decimal("0.6"), "avg_pnl": 140}
