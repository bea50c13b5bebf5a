"""What was written, put into what is said: the P&L of a trade, its day so far, and how much room the limits leave."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bot.accounts import Account, Accounts
from bot.day_moves import day_without, moves
from bot.picks import offered
from bot.texts.confirming import account_of
from bot.trading.limit_types import drawdown_type
from bot.trading.limits import LEVELS, DayFigures, Guard, guards
from statemachine.conversation import AttachPictures, Draft, Effect, KnownTrade, Say, Scene, Turn
from statemachine.events import Vanished
from statemachine.machine import step
from statemachine.trade import FIELD_NAMES, REMARKS, TradeFields

OF_COPIES: Final = frozenset({"recorded_copies", "edited_copies", "trade_deleted_copies"})
"""What is said of several changes at once."""
RECEIPTS: Final = frozenset({"recorded", "edited", "trade_deleted"}) | OF_COPIES
"""What is said of a change of the journal."""

Applied = Mapping[str, Any]
"""What worker.apply_changes gave back: {"changes": [...], "days": [...]}."""

_MONEY = set(FIELD_NAMES) - REMARKS - {"symbol", "direction", "pnl_basis", "account"}


def with_results(replies: Iterable[Say], applied: Applied, accounts: Accounts) -> Iterable[Say]:
    """The replies of a step, its receipts with what was stored. Each change has its receipt, in the same order."""
    changes = iter(applied.get("changes", ()))
    for say in replies:
        if say.key in OF_COPIES:
            yield from _copies(say, [next(changes) for _ in say.data["drafts"]], applied, accounts)
            continue
        change = next(changes, None) if say.key in RECEIPTS else None
        if change is None:
            yield say
        elif is_gone(change):
            yield Say("trade_gone", {"draft": say.data["draft"]})
        else:
            yield replace(say, data={**say.data, **_stored(say, change, applied, accounts)})


def _stored(say: Say, change: Mapping[str, Any], applied: Applied, accounts: Accounts) -> dict[str, Any]:
    """What was stored by one change: of an edit the day only where it moves."""
    if say.key == "recorded":
        picks = offered(applied.get("usual_marks", ()), say.data["draft"].fields)
        return {**figures(change, applied, accounts), "picks": picks}
    if say.key.startswith("recorded"):
        return figures(change, applied, accounts)
    tells = say.key.startswith("trade_deleted") or _moves_money(change)
    day = day_of_change(change, applied, accounts) if tells else {}
    return {"change_id": change["id"], **day}


def _copies(say: Say, changes: list[Mapping[str, Any]], applied: Applied, accounts: Accounts) -> Iterable[Say]:
    """One receipt for all that are written, and a word for each that is gone."""
    pairs = list(zip(say.data["drafts"], changes, strict=True))
    written = [(draft, change) for draft, change in pairs if not is_gone(change)]
    for draft, change in pairs:
        if is_gone(change):
            yield Say("trade_gone", {"draft": draft})
    if written:
        told = {
            "drafts": tuple(draft for draft, _ in written),
            "figures": tuple(_stored(say, change, applied, accounts) for _, change in written),
        }
        yield replace(say, data={**say.data, **told})


def without_gone(turn: Turn, applied: Applied, now: datetime, scene: Scene) -> Turn:
    """The turn, where trades that it would change are no longer in the journal: nothing is done or awaited for them."""
    for trade_id in {UUID(change["trade_id"]) for change in applied.get("changes", ()) if is_gone(change)}:
        after = step(turn.conversation, Vanished(trade_id=trade_id), now, scene)
        replies = tuple(say for say in turn.replies if say.key in RECEIPTS or not _is_about(say, trade_id))
        effects = tuple(left for effect in turn.effects if (left := _without(effect, trade_id)) is not None)
        turn = Turn(after.conversation, replies + after.replies, effects + after.effects)
    return turn


def _without(effect: Effect, gone: UUID) -> Effect | None:
    """What is left to do; the pictures of a trade that is gone are still those of its copies."""
    if isinstance(effect, AttachPictures):
        left = [number for number in (effect.trade_id, *effect.copies) if number != gone]
        return replace(effect, trade_id=left[0], copies=tuple(left[1:])) if left else None
    return None if getattr(effect, "trade_id", None) == gone else effect


def warnings_in(replies: Iterable[Say]) -> dict[str, tuple[Guard, ...]]:
    """The limits that these changes brought nearer to their end, by account, as the receipts tell of them."""
    found: dict[str, tuple[Guard, ...]] = {}
    for say in replies:
        for draft, told in _told(say):
            near = [guard for guard in told.get("guards", ()) if guard.level != "ok" and guard.crossed]
            if near:
                found[account_of(draft)] = tuple(near)
    return found


def _told(say: Say) -> Iterable[tuple[Draft, Mapping[str, Any]]]:
    if say.key in OF_COPIES:
        return zip(say.data["drafts"], say.data.get("figures", ()), strict=False)
    return [(say.data["draft"], say.data)] if say.key in RECEIPTS else []


def is_gone(change: Mapping[str, Any]) -> bool:
    """Nothing was changed, as there is no such trade."""
    return change["id"] is None


def _is_about(say: Say, trade_id: UUID) -> bool:
    trade = say.data.get("trade")
    return isinstance(trade, KnownTrade) and trade.trade_id == trade_id


def figures(change: Mapping[str, Any], applied: Applied, accounts: Accounts) -> dict[str, Any]:
    """P&L, its origin and costs, the day's row and its guards for one change of `applied`.

    Of a part that was closed: the part's P&L and day; `whole` is the trade's, once nothing of it is held.
    """
    before, after, legs = (change["before"] or {}).get("trade", {}), change["after"], _other_legs(change)
    facts, pnl, costs = after["facts"] or {}, after["trade"]["pnl"], after["trade"]["commissions"]
    if legs and costs is not None:
        costs = costs - (before.get("commissions") or 0) or None
    return {
        "change_id": change["id"],
        "pnl": _decimal(legs[0]["pnl"] if legs else pnl),
        "costs": None if facts.get("pnl_basis") == "net" else _decimal(costs),
        "whole": _decimal(pnl) if legs and not facts.get("is_open") else None,
        "pnl_origin": facts.get("pnl_origin"),
        "stop": _decimal(facts.get("initial_stop")),
        **day_of_change(change, applied, accounts),
    }


def day_of_change(change: Mapping[str, Any], applied: Applied, accounts: Accounts) -> dict[str, Any]:
    """The day that a change counts on, as it stands now, and its guards: of the trade's own account."""
    trade = change["after"] or change["before"]
    account = accounts.of_trade(trade)
    named = next(iter(_other_legs(change)), trade).get("day")
    row = next((row for row in applied["days"] if _is_day(row, named, account)), None)
    if row is None:  # nothing is left of it
        return {"day": named and {"trade_date": named, "daily_pnl": Decimal(0), "trades_taken": 0}, "guards": ()}
    now = guards_of(row, account)
    told = _crossed(now, row, change, applied, account)
    return {"day": {name: _decimal(value) for name, value in row.items()}, "guards": told}


def _is_day(row: Mapping[str, Any], named: str | None, account: Account) -> bool:
    of = row.get("account_id")
    return row["trade_date"] == named and of == (None if account.id is None else str(account.id))


def _other_legs(change: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The part that this change closed or took back."""
    sides = [{leg["id"]: leg for leg in (side or {}).get("legs", ())} for side in (change["before"], change["after"])]
    return [leg for one, other in (sides, sides[::-1]) for number, leg in other.items() if number not in one]


def _moves_money(change: Mapping[str, Any]) -> bool:
    was, became = change["before"], change["after"]
    counted = [
        (side["day"], side["trade"]["pnl"], side["trade"]["commissions"], (side["facts"] or {}).get("account_id"))
        for side in (was, became)
    ]
    return counted[0] != counted[1]


def guards_of(day: Mapping[str, Any], account: Account) -> tuple[Guard, ...]:
    """How an account's limits stand on one of its days."""
    return guards(DayFigures(**{field.name: day.get(field.name) for field in fields(DayFigures)}), account.limits)


def _crossed(
    now: tuple[Guard, ...], row: Mapping[str, Any], change: Mapping[str, Any], applied: Applied, account: Account
) -> tuple[Guard, ...]:
    """The guards of a day, each saying whether these changes raised its level: told once, by the last that moved it."""
    moving = [one for one in applied["changes"] if not is_gone(one) and moves(one, row)]
    if not moving or moving[-1] is not change:
        return tuple(replace(guard, crossed=False) for guard in now)
    kind = drawdown_type(account.limits.max_drawdown_type)
    before = day_without(row, moving, intraday=kind is not None and kind.trail == "intraday")
    was = {guard.kind: LEVELS.index(guard.level) for guard in guards_of(before, account)}
    return tuple(replace(guard, crossed=LEVELS.index(guard.level) > was.get(guard.kind, -1)) for guard in now)


def _decimal(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value


def fields_of(snapshot: Mapping[str, Any] | None) -> TradeFields:
    """The facts of a trade from a snapshot, as undo tells of it."""
    trade = (snapshot or {}).get("trade", {})
    values = {name: trade.get(name) for name in _MONEY if not name.endswith("_time")}
    marks = (snapshot or {}).get("marks") or {}
    return TradeFields(
        symbol=trade.get("symbol"),
        direction=trade.get("direction"),
        tags=tuple(marks.get("tags") or ()) or None,
        setup=marks.get("setup"),
        mood=marks.get("mood"),
        mistake=marks.get("mistake"),
        **{name: _decimal(value) for name, value in values.items()},
    )
