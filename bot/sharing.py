"""What of a recorded trade may be shown to everybody. Pure.

Rules: no name, id, account, note, rule text, price, size or money, and no time finer than a month. What it made is told
in R, and in percent of the account where the account's size is known. A symbol is whatever a trader typed, so one that
does not look like one is left out.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

from bot.accounts import Account
from bot.trading.limits import figure
from bot.trading.pnl import net_pnl, outcome, r_multiple
from statemachine.trade import TradeFields

_SYMBOL: Final = re.compile(r"[A-Z0-9./]{1,12}", re.ASCII)
_FIGURES: Final = ("entry_price", "exit_price", "position_size", "stop_loss", "pnl", "commissions")
_HUNDREDTH: Final = Decimal("0.01")
_LARGEST: Final = Decimal(10_000)
"""Percent, or R; more is a slip, and the column of the web app is no place for it."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A row of shared_results in the making. `summary`: "Long NQ"; `percent` of the account's size, net."""

    summary: str
    percent: Decimal | None
    stats: dict[str, Any]

    def checksum(self, trade_id: UUID) -> str:
        """16 hex digits that name what was shown before it is shared."""
        told = json.dumps([trade_id.hex, self.summary, str(self.percent), self.stats], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def shared(row: Mapping[str, Any], account: Account) -> Shared | None:
    """Of a row of db/shares.py and the account the trade is on; None: it is still open.

    Clients write trades: what is no figure counts as not known.
    """
    fields = _fields(row)
    if fields.is_open if row["is_open"] is None else row["is_open"]:
        return None
    stats: dict[str, Any] = {"kind": "trade"}
    stats |= {name: value for name in ("symbol", "direction") if (value := getattr(fields, name)) is not None}
    if row["trade_date"] is not None:
        stats["month"] = f"{row['trade_date']:%Y-%m}"
    try:
        stats |= _made(fields, row, account)
        percent = _percent(fields, account)
    except ArithmeticError:
        percent = None
    stats |= _judged(row)
    named = " ".join(filter(None, (fields.direction and fields.direction.capitalize(), fields.symbol)))
    return Shared(named or "Trade", percent, stats)


def _fields(row: Mapping[str, Any]) -> TradeFields:
    figures: dict[str, Any] = {name: figure(row[name]) for name in _FIGURES}
    symbol = (row["symbol"] or "").strip().upper()
    return TradeFields(
        symbol=symbol if _SYMBOL.fullmatch(symbol) else None,
        direction=row["direction"] if row["direction"] in ("long", "short") else None,
        pnl_basis=row["pnl_basis"],
        **figures,
    )


def _made(fields: TradeFields, row: Mapping[str, Any], account: Account) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if (what := outcome(fields, account.currency)) is not None:
        made["outcome"] = what
    stop = figure(row["initial_stop"]) or fields.stop_loss
    r = r_multiple(fields, stop, account.currency)
    if r is not None and abs(r) < _LARGEST:
        made["r"] = str(r.quantize(_HUNDREDTH, ROUND_HALF_UP))
    return made


def _percent(fields: TradeFields, account: Account) -> Decimal | None:
    size = figure(account.limits.account_size)
    if fields.pnl is None or size is None or size <= 0:
        return None
    percent = net_pnl(fields.pnl, fields.commissions, fields.pnl_basis) / size * 100
    return percent.quantize(_HUNDREDTH, ROUND_HALF_UP) if abs(percent) < _LARGEST else None


def _judged(row: Mapping[str, Any]) -> dict[str, Any]:
    """How many rules were kept, by the audit; not which."""
    counts = {name: row[f"rules_{name}"] for name in ("followed", "violated", "unclear")}
    if row["audit_status"] != "audited" or any(not isinstance(count, int) or count < 0 for count in counts.values()):
        return {}
    score = figure(row["compliance_score"])
    scored = score is not None and 0 <= score <= 100
    return {"rules": counts} | ({"score": str(score.quantize(_HUNDREDTH))} if scored and score is not None else {})
