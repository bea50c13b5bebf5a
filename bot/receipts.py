"""What was written, put into what is said: the P&L of a trade, its day so far, and how much room the limits leave."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from bot.journal import Account
from bot.trading.limits import DayFigures, Guard, guards
from statemachine.conversation import Say
from statemachine.trade import TradeFields

Applied = Mapping[str, Any]
"""What worker.apply_changes gave back: {"changes": [...], "days": [...]}."""

_MONEY = {field.name for field in fields(TradeFields)} - {"symbol", "direction", "pnl_basis", "note"}


def with_results(replies: Iterable[Say], applied: Applied, account: Account) -> Iterable[Say]:
    """The replies of a step, receipts with the figures that were stored."""
    changes = {change["trade_id"]: change for change in applied.get("changes", ())}
    for say in replies:
        change = changes.get(str(say.data.get("trade_id")))
        if say.key == "recorded" and change is not None:
            yield replace(say, data={**say.data, **figures(change, applied, account)})
        else:
            yield say


def figures(change: Mapping[str, Any], applied: Applied, account: Account) -> dict[str, Any]:
    """P&L, its origin, the day's row and its guards for one change of `applied`.

    Of a part that was closed: the part's P&L and day; `whole` is the trade's, once nothing of it is held.
    """
    after, facts = change["after"] or {}, (change["after"] or {}).get("facts") or {}
    pnl = after.get("trade", {}).get("pnl")
    leg = _new_leg(change)
    named_day = (leg or after).get("day")
    day = next((row for row in applied["days"] if row["trade_date"] == named_day), None)
    return {
        "pnl": _decimal(leg["pnl"] if leg else pnl),
        "whole": _decimal(pnl) if leg and not facts.get("is_open") else None,
        "pnl_origin": facts.get("pnl_origin"),
        "day": day and {name: _decimal(value) for name, value in day.items()},
        "guards": guards_of(day, account) if day else (),
    }


def _new_leg(change: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The part that this change closed."""
    before = {leg["id"] for leg in (change["before"] or {}).get("legs", ())}
    return next((leg for leg in (change["after"] or {}).get("legs", ()) if leg["id"] not in before), None)


def guards_of(day: Mapping[str, Any], account: Account) -> tuple[Guard, ...]:
    """How the limits of the default account stand on a day."""
    row = DayFigures(**{field.name: _decimal(day.get(field.name)) for field in fields(DayFigures)})
    return guards(replace(row, trades_taken=day.get("trades_taken")), account.limits)


def _decimal(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value


def fields_of(snapshot: Mapping[str, Any] | None) -> TradeFields:
    """The facts of a trade from a snapshot, as undo tells of it."""
    trade = (snapshot or {}).get("trade", {})
    values = {name: trade.get(name) for name in _MONEY if not name.endswith("_time")}
    return TradeFields(
        symbol=trade.get("symbol"),
        direction=trade.get("direction"),
        **{name: _decimal(value) for name, value in values.items()},
    )
