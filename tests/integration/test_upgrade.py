"""A journal that was kept before further accounts, told balances and overrides came goes on after `vigil migrate`."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from db.migrations import migrate, migrations
from tests.auditing import COMPUTED
from tests.integration.databases import connected, empty_database, lay_imitation, push, sign_up
from tests.journaling import Journal, Person, journaling

BEFORE = "20260402000000"
"""The last migration that the old journal knows."""
NOW = datetime.now(UTC)
TODAY, YESTERDAY, EARLIER = (NOW.date() - timedelta(days=back) for back in range(3))
CHAT = {"platform": "telegram", "account": "bot", "chat_id": "4001"}
LONG_NQ = {"symbol": "NQ", "direction": "long", "position_size": "2", "entry_price": "18250", "stop_loss": "18230"}


@dataclass
class Old:
    """What the old worker left: its trades by what they are."""

    dsn: str
    trader: UUID
    rule: UUID
    trades: dict[str, UUID] = field(default_factory=dict)


async def apply(db: asyncpg.Connection, trader: UUID, *changes: dict[str, Any]) -> None:
    await db.execute("select worker.apply_changes($1, $2)", trader, json.dumps(changes))


def recorded(trade: UUID, day: date, *, is_open: bool = False, **columns: str) -> dict[str, Any]:
    """As the old worker's bot/journal.py recorded a trade."""
    facts = {"is_open": is_open, "pnl_basis": "gross", "pnl_origin": "computed", "initial_stop": "18230"}
    source = {"note": None, "source_id": f"in-old-{trade.hex}", **CHAT}
    patch = {"trade": LONG_NQ | columns, "facts": facts | source, "day": day.isoformat()}
    return {"kind": "record", "trade_id": str(trade), "patch": patch}


async def keep_a_journal(db: asyncpg.Connection, old: Old) -> None:
    trader, trades = old.trader, {name: uuid4() for name in ("judged", "open", "partly", "undone", "imported")}
    old.trades = trades
    await db.execute(
        "update public.profiles set telegram_chat_id = '4001', account_size = 50000, daily_loss_limit_pct = 2,"
        " max_drawdown_pct = 4, profit_target_pct = 6, max_daily_trades = 5, free_audits_remaining = 1 where id = $1",
        trader,
    )
    await db.execute(
        "insert into worker.chats (platform, account, chat_id, user_id) values ('telegram', 'bot', '4001', $1)", trader
    )
    # the web app's own day, and a trade that it imported
    await db.execute(
        "insert into public.daily_tracking (user_id, trade_date, starting_balance, ending_balance, daily_pnl,"
        " trades_taken) values ($1, $2, 51000, 51200, 200, 1)",
        trader, EARLIER,
    )  # fmt: skip
    await db.execute(
        "insert into public.trades (id, user_id, symbol, direction, pnl, position_size, entry_price) values"
        " ($1, $2, 'ES', 'long', 200, 1, 5300)",
        trades["imported"], trader,
    )  # fmt: skip
    await apply(db, trader, recorded(trades["judged"], YESTERDAY, exit_price="18290", pnl="1600"))
    await apply(db, trader, recorded(trades["undone"], YESTERDAY, exit_price="18240", pnl="-400"))
    await apply(db, trader, {"kind": "undo", "id": None})
    await apply(db, trader, recorded(trades["partly"], YESTERDAY, is_open=True))
    leg = {"size": "1", "exit_price": "18270", "pnl": "400", "exit_time": None, "day": YESTERDAY.isoformat()}
    closed = {"facts": {"pnl_basis": "gross", "pnl_origin": "computed"}, "trade": {}, "add_leg": leg}
    await apply(db, trader, {"kind": "close", "trade_id": str(trades["partly"]), "patch": closed})
    await apply(db, trader, recorded(trades["open"], TODAY, is_open=True, symbol="ES", entry_price="5300"))
    await audited(db, old)
    draft = {"id": str(uuid4()), "fields": {"symbol": "CL", "direction": "long", "pnl": "50"}, "kind": "record"}
    pending = draft | {"said_at": NOW.isoformat(), "source": "in-old-draft", "revision": 1}
    await db.execute(
        "insert into public.journal_conversations (user_id, platform, platform_chat_id, state, pending_trade, context)"
        " values ($1, 'telegram', '4001', 'awaiting_confirmation', $2, '{\"marker\": \"draft:1\"}')",
        trader, json.dumps(pending),
    )  # fmt: skip
    job = CHAT | {"trade_id": str(trades["judged"]), "user_id": str(trader), "at": NOW.isoformat()}
    await db.execute(
        "select worker.enqueue_jobs($1)", json.dumps([{"entrypoint": "audit", "payload": json.dumps(job)}])
    )


async def audited(db: asyncpg.Connection, old: Old) -> None:
    """audit_result as it was: without who judged what, and with the cost in a part of its own."""
    verdict = {"rule_id": str(old.rule), "verdict": "followed", "evidence": "2 NQ", "severity": "minor"}
    result = {
        "of": "0" * 32,
        "score": "100.00",
        "verdicts": [verdict | {"confidence": 5, "computed": True}],
        "rules": {str(old.rule): 1},
        "note": None,
        "cost": {"model": "test", "tokens": {"input": 1, "output": 1}, "seconds": 0.1},
    }
    trade = old.trades["judged"]
    await db.execute(
        "update public.trades set audit_status = 'audited', audit_result = $2, compliance_score = 100,"
        " rules_followed = 1, rules_violated = 0, rules_unclear = 0 where id = $1",
        trade, json.dumps(result),
    )  # fmt: skip
    await db.execute(
        "insert into public.trade_rule_verdicts (trade_id, rule_id, verdict, evidence, ai_confidence)"
        " values ($1, $2, 'followed', '2 NQ', 5)",
        trade, old.rule,
    )  # fmt: skip
    await db.execute("select worker.recompute_days($1, $2)", old.trader, YESTERDAY)
    await db.execute("select worker.recompute_streak($1)", old.trader)


DAYS = """
select trade_date, starting_balance, ending_balance, daily_pnl, max_equity_high, trades_taken, daily_loss_used,
    drawdown_used, compliance_score, day_status from public.daily_tracking where user_id = $1 order by trade_date
"""
STREAK = "select current_streak_days, longest_streak_days, last_audit_date from public.profiles where id = $1"


@pytest.fixture
async def old(server_dsn: str) -> AsyncIterator[Old]:
    """A database of the old worker, in use."""
    files = [migration for migration in migrations() if migration.version <= BEFORE]
    async with empty_database(server_dsn) as dsn, connected(dsn) as db:
        await lay_imitation(db)
        await push(db, files)
        trader = await sign_up(db, "ann@example.com")
        rule = await db.fetchval(
            "insert into public.trading_rules (user_id, rule_text) values ($1, $2) returning id", trader, COMPUTED
        )
        old = Old(dsn, trader, rule)
        await keep_a_journal(db, old)
        yield old


async def test_no_figure_moves(old: Old) -> None:
    """Neither by the migrations nor by the first recomputation after them."""
    async with connected(old.dsn) as db:
        days, streak = await db.fetch(DAYS, old.trader), await db.fetchrow(STREAK, old.trader)
        assert [day["daily_pnl"] for day in days] == [200, 2000, 0]
        await migrate(old.dsn)
        assert await db.fetch(DAYS, old.trader) == days
        await db.execute("select worker.recompute($1, null, $2)", old.trader, YESTERDAY)
        assert await db.fetch(DAYS, old.trader) == days
        assert await db.fetchrow(STREAK, old.trader) == streak


@pytest.fixture
async def journal(old: Old, tmp_path: Path) -> AsyncIterator[Journal]:
    await migrate(old.dsn)
    async with journaling(old.dsn, tmp_path, jobs=True, sweep_seconds=0.2) as journal:
        yield journal
        assert await journal.rows("select error from worker.inbox where status = 'failed'") == []
        failed = "select traceback from worker.pgqueuer_log where status::text in ('exception', 'failed')"
        assert await journal.rows(failed) == []


async def test_what_was_under_way_goes_on(journal: Journal, old: Old) -> None:
    """The audit that was asked for is made by the new rules; the draft that waited is confirmed."""
    ann = Person(journal, "4001")
    await journal.settle()
    assert "✗ Never more than 1 contract" in ann.replies[-1].text
    assert await journal.db.fetchval("select verdict from public.trade_rule_verdicts") == "violated"
    (answer, *_) = await ann.writes("yes")
    assert "CL" in answer
    assert await journal.count("public.trades", "symbol = 'CL' and pnl = 50") == 1


async def test_old_trades_are_closed_edited_undone_and_overridden(journal: Journal, old: Old) -> None:
    ann = Person(journal, "4001")
    await ann.writes("/cancel")
    await ann.writes("out es 5310")
    await ann.writes("yes")
    await ann.writes("/skip")
    closed = await journal.row("select exit_price, pnl from public.trades where id = $1", old.trades["open"])
    assert closed == {"exit_price": 5310, "pnl": 1000}
    (undone, *_) = await ann.writes("/undo")
    assert "ES" in undone
    assert await journal.db.fetchval("select is_open from worker.trade_facts where trade_id = $1", old.trades["open"])
    await ann.writes("out nq 18280")  # the rest of the one that was closed in part
    await ann.writes("yes")
    await ann.writes("/skip")
    partly = await journal.row("select pnl from public.trades where id = $1", old.trades["partly"])
    assert partly == {"pnl": Decimal(1000)}
    (listed, *_) = await ann.writes("/override", reply_to=None)
    assert "Never more than 1 contract" in listed
    (overridden, *_) = await ann.writes("/override 1 followed it was a hedge")
    assert "followed" in overridden
    days = await journal.rows("select trade_date, daily_pnl from public.daily_tracking order by trade_date")
    assert sum(day["daily_pnl"] for day in days) == 200 + 1600 + 1000


async def test_the_limits_of_the_profile_still_hold(journal: Journal, old: Old) -> None:
    ann = Person(journal, "4001")
    await ann.writes("/cancel")
    (shown, *_) = await ann.writes("/limits")
    assert "6" in shown
    (added, *_) = await ann.writes("/account add apex2 25000")
    assert "apex2" in added
    before = await journal.rows(DAYS, old.trader)
    await ann.writes("long 1 mnq 18250 > 18240 @apex2")
    await ann.writes("yes")
    assert await journal.rows(DAYS, old.trader) == before
    (balance, *_) = await ann.writes("/balance")
    assert "53,200" in balance


async def test_a_worker_of_the_last_version_goes_on_until_it_is_replaced(old: Old) -> None:
    """It knows no other limits than these, and a turn that fails would be put away as one that cannot be handled."""
    await migrate(old.dsn)
    async with connected(old.dsn) as db:
        begun = await db.fetchval(
            "select profile from worker.begin_turn('telegram', 'bot', '4001', '4001', 'in-1', null, null, 'en', true,"
            " 30, now(), null, true)"
        )
    assert set(json.loads(begun)["limits"]) == {
        "account_size",
        "daily_loss_limit_pct",
        "daily_loss_type",
        "max_drawdown_pct",
        "max_drawdown_type",
        "max_daily_trades",
    }
