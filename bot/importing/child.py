"""The process that reads a file: `python -m bot.importing.child`. In: a line of JSON, then the file. Out: lines of
JSON.

First the summary, then the trades and the fills in portions, as the database takes them: the worker hands them on
without looking into them. Memory and time are limited here.
"""

import json
import resource
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.importing.matching import known_of
from bot.importing.plan import Context, Plan, Planned, plan_of
from bot.importing.trades import Fill
from bot.trading.day import DayStart

MEMORY: Final = 2 * 1024**3
CPU_SECONDS: Final = 240
PORTION: Final = 2000


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    given = json.loads(sys.stdin.buffer.readline())
    plan = plan_of(sys.stdin.buffer.read(), context_of(given))
    for line in lines_of(plan):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def context_of(given: Mapping[str, Any]) -> Context:
    """From what db.imports and the job wrote."""
    brokers = given.get("brokers") or {}
    return Context(
        zone=given["zone"],
        day_start=DayStart(ZoneInfo(given["day_zone"]), given["day_hour"]),
        currency=given["currency"],
        now=datetime.fromisoformat(given["now"]),
        told_zone=given.get("told_zone"),
        dates=given.get("dates"),
        columns=given.get("columns") or {},
        remembered=given.get("remembered") or {},
        known={broker: frozenset(known["ids"] or ()) for broker, known in brokers.items()},
        used={
            broker: {key: Decimal(size) for key, size in (known["used"] or {}).items()}
            for broker, known in brokers.items()
        },
        open={broker: [_fill_of(row) for row in known["open"] or ()] for broker, known in brokers.items()},
        journal=[(known_of(row), row["external_id"]) for row in given.get("journal") or ()],
    )


def _fill_of(row: Mapping[str, Any]) -> Fill:
    return Fill(
        key=row["key"],
        symbol=row["symbol"],
        direction=row["direction"],
        size=Decimal(row["rest"]),
        whole=Decimal(row["size"]),
        price=Decimal(row["price"]),
        at=datetime.fromisoformat(row["at"]).astimezone(UTC),
        order=row["order"],
        account=row["account"],
        effect=row["effect"],
        costs=None if row["costs"] is None else Decimal(row["costs"]),
        pnl=None if row["pnl"] is None else Decimal(row["pnl"]),
    )


def lines_of(plan: Plan) -> Iterator[str]:
    yield json.dumps(summary(plan))
    for start in range(0, len(plan.trades), PORTION):
        portion = plan.trades[start : start + PORTION]
        yield json.dumps({"trades": [_trade(start + n, one) for n, one in enumerate(portion)]})
    for start in range(0, len(plan.fills), PORTION):
        yield json.dumps({"fills": [_fill(fill) for fill in plan.fills[start : start + PORTION]]})


def summary(plan: Plan) -> dict[str, Any]:
    """What the trader is told before anything is saved, and what the row of the import holds."""
    nets = [net for one in plan.trades if (net := one.trade.net) is not None]
    days = sorted({one.day for one in plan.trades})
    return {
        "outcome": plan.outcome,
        "reason": plan.reason,
        "broker": plan.broker,
        "label": plan.label,
        "holds": plan.holds,
        "header": plan.header,
        "zone": plan.zone,
        "missing": plan.missing,
        "dates_open": plan.dates_open,
        "dates_guessed": plan.dates_guessed,
        "columns": plan.columns,
        "guess": plan.guess,
        "rows": plan.rows,
        "known": plan.known,
        "trades": len(plan.trades),
        "matches": plan.matches,
        "open_fills": plan.open_fills,
        "accounts": plan.accounts[:10],
        "skipped": [[reason, n, plan.skipped.lines[reason]] for reason, n in plan.skipped.counts.most_common()],
        "days": len(days),
        "first": days[0].isoformat() if days else None,
        "last": days[-1].isoformat() if days else None,
        "net": str(sum(nets, Decimal(0))) if nets else None,
        "computed": sum(1 for one in plan.trades if one.trade.computed),
        "without_result": plan.without_result.most_common(5),
    }


def _trade(number: int, one: Planned) -> dict[str, Any]:
    trade = one.trade
    return {
        "number": number,
        "external_id": trade.external_id,
        "symbol": trade.symbol,
        "direction": trade.direction,
        "position_size": _text(trade.size),
        "entry_price": _text(trade.entry_price),
        "exit_price": _text(trade.exit_price),
        "entry_time": trade.entry_time and trade.entry_time.isoformat(),
        "exit_time": trade.exit_time and trade.exit_time.isoformat(),
        "stop_loss": _text(trade.stop),
        "take_profit": _text(trade.target),
        "pnl": _text(trade.pnl),
        "pnl_basis": trade.basis,
        "pnl_origin": None if trade.pnl is None else "computed" if trade.computed else "said",
        "commissions": _text(trade.costs),
        "day": one.day.isoformat(),
        "same_as": one.same,
        "fills": {key: _text(size) for key, size in trade.fills},
    }


def _fill(fill: Fill) -> dict[str, Any]:
    return {
        "key": fill.key,
        "fill": {
            "symbol": fill.symbol,
            "direction": fill.direction,
            "size": _text(fill.whole),
            "price": _text(fill.price),
            "at": fill.at.isoformat(),
            "order": fill.order,
            "costs": _text(fill.costs),
            "effect": fill.effect,
            "pnl": _text(fill.pnl),
            "account": fill.account,
        },
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


if __name__ == "__main__":
    main()
