"""The grades of rules: their samples are fetched, the formula is bot/rules/grade.py, the figures are written."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bot.rules.grade import NOTHING, Sample, TrackRecord, track_record
from bot.trading.pnl import net_pnl, outcome
from db import rules
from db.pool import Connection
from statemachine.trade import Basis, TradeFields

LARGEST: Final = Decimal(10) ** 12


async def grade_rules(connection: Connection, user_id: UUID, rule_ids: Sequence[UUID]) -> None:
    """Write win_rate, avg_pnl, sample_count and quality_grade of these rules anew, in the caller's transaction.

    Call it after verdicts were stored; the profile is locked.
    """
    found = await track_records(connection, user_id, rule_ids)
    rows = [(rule_id, s.grade, s.win_rate, s.avg_pnl, s.samples) for rule_id, s in found.items()]
    await rules.write_grades(connection, user_id, rows)


async def track_records(connection: Connection, user_id: UUID, rule_ids: Sequence[UUID]) -> dict[UUID, TrackRecord]:
    """How rules stand now, by their verdicts; nothing is written.

    Money of accounts in another currency than the default account's is left out: it cannot be added up.
    """
    if not rule_ids:
        return {}
    judged, trades = await rules.samples(connection, user_id, rule_ids)
    currency = await rules.currency(connection, user_id) or "USD"
    made = {trade["id"]: _result(trade, currency) for trade in trades if trade["currency"] in (None, currency)}
    sides = {
        verdict: {trade: Sample(verdict == "followed", *result) for trade, result in made.items()}
        for verdict in ("followed", "violated")  # one sample for all the rules that a trade followed
    }
    found: dict[UUID, list[Sample]] = defaultdict(list)
    for rule_id, verdict, trade_ids in judged:
        side = sides[verdict]
        found[rule_id] += [side[trade] for trade in trade_ids if trade in side]
    return {rule_id: track_record(found[rule_id]) if rule_id in found else NOTHING for rule_id in rule_ids}


def _result(trade: dict[str, Any], currency: str) -> tuple[Decimal, Any]:
    """Net P&L, and whether it is a win, a loss or a scratch."""
    basis: Basis = "net" if trade["pnl_basis"] == "net" else "gross"
    fields = TradeFields(
        symbol=(trade["symbol"] or "")[:20] or None,
        direction=trade["direction"] if trade["direction"] in ("long", "short") else None,
        entry_price=_sane(trade["entry_price"]),
        exit_price=_sane(trade["exit_price"]),
        position_size=_sane(trade["position_size"]),
        pnl=trade["pnl"],
        pnl_basis=basis,
        commissions=trade["commissions"],
    )
    return net_pnl(trade["pnl"], trade["commissions"], basis), outcome(fields, currency)


def _sane(value: Decimal | None) -> Decimal | None:
    """What a client wrote may be no number at all."""
    return value if value is not None and value.is_finite() and abs(value) < LARGEST else None
