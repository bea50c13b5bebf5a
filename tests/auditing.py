"""What the tests of audits share: rules, audits that are asked for, and what is stored of them."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from tests.journaling import Journal
from tests.servers.openai import OpenAIServer

COMPUTED, JUDGED = "Never more than 1 contract", "Only A+ setups"
"""A rule plain code decides, and one that it leaves to a model."""


def by(server: OpenAIServer) -> dict[str, str]:
    """Settings of a worker whose model is this server."""
    return {"openai_api_key": server.key, "openai_base_url": server.url}


async def add_rules(connection: asyncpg.Connection, trader: UUID, *texts: str) -> list[UUID]:
    return [
        await connection.fetchval(
            "insert into public.trading_rules (user_id, rule_text, sort_order) values ($1, $2, $3) returning id",
            trader,
            text,
            order,
        )
        for order, text in enumerate(texts)
    ]


def told(text: str) -> str:
    """What an audit says, without its buttons."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("["))


async def override(connection: asyncpg.Connection, rule: UUID, verdict: str, reason: str = "I saw it") -> None:
    """As the trader sets it; what follows from it is left to the next audit."""
    await connection.execute(
        """update public.trade_rule_verdicts set is_overridden = true, original_verdict = verdict, verdict = $2,
           override_reason = $3 where rule_id = $1""",
        rule, verdict, reason,
    )  # fmt: skip


async def take_back(connection: asyncpg.Connection, rule: UUID) -> None:
    await connection.execute(
        """update public.trade_rule_verdicts set is_overridden = false, verdict = original_verdict,
           original_verdict = null, override_reason = null where rule_id = $1""",
        rule,
    )  # fmt: skip


async def ask_for_audits(journal: Journal, trader: UUID, trades: Sequence[UUID], **more: Any) -> None:
    """Audit jobs, all at once."""
    jobs = [
        {
            "entrypoint": "audit",
            "payload": json.dumps(
                {"platform": "telegram", "account": "bot", "chat_id": "4001", "trade_id": str(trade),
                 "user_id": str(trader), "at": "2026-03-23T15:00:00Z", **more}
            ),
        }
        for trade in trades
    ]  # fmt: skip
    await journal.db.execute("select worker.enqueue_jobs($1)", json.dumps(jobs))


async def credits_left(journal: Journal) -> int:
    left: int = await journal.db.fetchval(
        "select free_audits_remaining from public.profiles where telegram_chat_id = '4001'"
    )
    return left


async def result(journal: Journal, trade: UUID | None = None) -> dict[str, Any]:
    """audit_result of the only trade, or of this one."""
    stored = await journal.db.fetchval(
        "select audit_result from public.trades where $1::uuid is null or id = $1", trade
    )
    found: dict[str, Any] = json.loads(stored)
    return found


async def verdicts(journal: Journal, trade: UUID | None = None) -> dict[str, str]:
    """Rule text → verdict, as stored."""
    rows = await journal.rows(
        """select r.rule_text, v.verdict from public.trade_rule_verdicts v
           join public.trading_rules r on r.id = v.rule_id where $1::uuid is null or v.trade_id = $1
           order by r.sort_order""",
        trade,
    )
    return {row["rule_text"]: row["verdict"] for row in rows}


async def assert_all_agrees(journal: Journal) -> None:
    """Rows, counts, score, audit_result and the day of every audited trade say the same."""
    for trade in await journal.rows("select * from public.trades where audit_status = 'audited'"):
        rows = await journal.rows("select * from public.trade_rule_verdicts where trade_id = $1", trade["id"])
        told = json.loads(trade["audit_result"])
        counts = {name: sum(row["verdict"] == name for row in rows) for name in ("followed", "violated", "unclear")}
        assert counts == {name: trade[f"rules_{name}"] for name in counts}
        assert {row["rule_id"]: (row["verdict"], row["evidence"] or "") for row in rows} == {
            UUID(entry["rule_id"]): (entry["verdict"], entry["evidence"]) for entry in told["verdicts"]
        }
        assert len(rows) == len({row["rule_id"] for row in rows})
        assert set(told["rules"]) == {str(row["rule_id"]) for row in rows}
        assert trade["compliance_score"] == (None if told["score"] is None else Decimal(told["score"]))
        assert trade["has_overrides"] == any(row["is_overridden"] for row in rows)
        assert trade["audit_provider"] == (told["provider"] or "computed")
    for day in await journal.rows("select id, compliance_score from public.daily_tracking"):
        mean = "select round(avg(compliance_score), 2) from public.trades where daily_tracking_id = $1"
        assert day["compliance_score"] == await journal.db.fetchval(mean, day["id"])
