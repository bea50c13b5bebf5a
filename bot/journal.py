"""From confirmed drafts to changes of the journal: which columns, which P&L, which day.

Pure. `worker.apply_changes` writes what comes out of here in one round trip.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from bot.accounts import Account, Accounts
from bot.reading.marks import cut
from bot.trading.day import trading_day
from bot.trading.pnl import computed_pnl
from statemachine.conversation import CloseTrade, DeleteTrade, Draft, EditTrade, Effect, KnownTrade, RecordTrade
from statemachine.matching import closes_a_part, costs, known_trade
from statemachine.message import Chat
from statemachine.trade import COMPUTED, MARKS, Basis, TradeFields

Origin = Literal["said", "computed"]
COLUMNS = (
    "symbol",
    "direction",
    "entry_price",
    "exit_price",
    "position_size",
    "stop_loss",
    "take_profit",
    "pnl",
    "commissions",
    "entry_time",
    "exit_time",
)


@dataclass(frozen=True, slots=True)
class Result:
    """P&L as it is stored: gross where that is known, else with basis "net"."""

    pnl: Decimal | None
    basis: Basis
    origin: Origin | None


def result_of(fields: TradeFields, account: Account) -> Result:
    """What the trader said stands; unsaid or told in points, it is computed and marked so.

    Net is made gross when costs are known.
    """
    if fields.pnl is None:
        pnl = computed_pnl(fields, account.currency)
        return Result(pnl, "gross", "computed" if pnl is not None else None)
    how = fields.how("pnl")
    origin: Origin = "computed" if how is not None and how.how in COMPUTED else "said"
    if fields.pnl_basis == "net" and fields.commissions is not None:
        return Result(fields.pnl + fields.commissions, "gross", origin)
    return Result(fields.pnl, fields.pnl_basis or "gross", origin)


def changes_of(effects: tuple[Effect, ...], accounts: Accounts, chat: Chat) -> list[dict[str, Any]]:
    """The changes that a step's effects ask for, as worker.apply_changes takes them.

    A new trade goes to the account its draft names; a recorded one is counted by the rules of the account it is on.
    """
    changes: list[dict[str, Any]] = []
    for effect in effects:
        if isinstance(effect, RecordTrade):
            changes.append(_recorded(effect.draft, accounts.named(effect.draft.fields.account), chat))
        elif isinstance(effect, CloseTrade):
            changes.append(_closed(effect.draft, accounts.named(_known(effect.draft).fields.account)))
        elif isinstance(effect, EditTrade):
            changes.append(_edited(effect.draft, accounts))
        elif isinstance(effect, DeleteTrade):
            changes.append({"kind": "delete", "trade_id": str(_known(effect.draft).trade_id)})
    return changes


def _columns(fields: TradeFields) -> dict[str, Any]:
    return {name: _text(value) for name in COLUMNS if (value := getattr(fields, name)) is not None}


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def day_of(fields: TradeFields, said_at: datetime, account: Account) -> str:
    """The trading day as an ISO date: the one that was named, else of the exit, the entry or the message."""
    if fields.day is not None:
        return fields.day.isoformat()
    return trading_day(fields.exit_time or fields.entry_time or said_at, account.day_start).isoformat()


def _recorded(draft: Draft, account: Account, chat: Chat) -> dict[str, Any]:
    fields, result = draft.fields, result_of(draft.fields, account)
    facts = {
        "is_open": fields.is_open,
        "pnl_basis": result.basis,
        "pnl_origin": result.origin,
        "initial_stop": _text(fields.stop_loss),
        "note": fields.note,
        "platform": chat.platform,
        "account": chat.account,
        "chat_id": chat.chat_id,
        "source_id": draft.source,
        "account_id": None if account.id is None else str(account.id),
        "copy_of": None if draft.copy_of is None else str(draft.copy_of),
    }
    patch = {
        "trade": _columns(replace(fields, pnl=result.pnl)),
        "facts": facts,
        "day": day_of(fields, draft.said_at, account),
        **marked(fields),
    }
    return {"kind": "record", "trade_id": str(draft.id), "patch": patch}


def marked(said: TradeFields, known: TradeFields | None = None) -> dict[str, Any]:
    """The part of a patch that writes marks; tags come to those that a recorded trade has."""
    names = said.said().keys() & MARKS
    told = cut(known.merged(said) if known is not None else said)
    return {"marks": {name: _text(getattr(told, name)) for name in names}} if names else {}


def _closed(draft: Draft, account: Account) -> dict[str, Any]:
    """A close in one piece changes the trade; a close of a part, or of what other parts left, adds a leg.

    Commissions of a close are added to those of the trade. A trade with legs is counted gross: a part that was told
    net has the costs that came with it put back; with none told its amount stands, as nothing else comes off it.
    """
    known, fields = _known(draft), draft.fields
    day = day_of(replace(fields, entry_time=None), draft.said_at, account)
    result = result_of(replace(fields, commissions=costs(draft)), account)
    patch: dict[str, Any] = {"facts": {"pnl_basis": result.basis, "pnl_origin": result.origin}, "trade": {}, "day": day}
    patch |= marked(fields, known.fields)
    if fields.note is not None:
        patch["facts"]["note"] = "; ".join(filter(None, (known.fields.note, fields.note)))
    if fields.commissions is not None:
        patch["add_commissions"] = _text(fields.commissions)
    if closes_a_part(draft) or known.open_size is not None:
        leg = {"size": _text(fields.position_size), "exit_price": _text(fields.exit_price), "pnl": _text(result.pnl)}
        patch["add_leg"] = leg | {"exit_time": _text(fields.exit_time), "day": day}
        patch["facts"]["pnl_basis"] = "gross"
        if closes_a_part(draft):
            del patch["day"]
    else:
        patch["facts"]["is_open"] = False
        kept = frozenset({"symbol", "direction", "entry_price", "commissions"})
        patch["trade"] = _columns(replace(fields.without(kept), pnl=result.pnl))
    return {"kind": "close", "trade_id": str(known.trade_id), "patch": patch}


def _edited(draft: Draft, accounts: Accounts) -> dict[str, Any]:
    """The changed fields; a P&L that was computed follows the new facts; new times and a close move the day.

    On another account it keeps its day, and counts by that account's rules.
    """
    known, changed = _known(draft), draft.fields
    was_on = accounts.named(known.fields.account)
    account = was_on if changed.account is None else accounts.named(changed.account)
    merged, patch = draft.on(known.fields), _written(draft, known.fields)
    if account is not was_on:
        patch["facts"]["account_id"] = None if account.id is None else str(account.id)
        patch["day"] = day_of(replace(merged, day=known.day), draft.said_at, account)
    result = _new_result(known.fields, draft, was_on, account)
    if result is not None:
        merged = replace(merged, pnl=result.pnl)
        patch["trade"]["pnl"] = _text(result.pnl)
        patch["facts"] |= {"pnl_basis": result.basis, "pnl_origin": result.origin}
        if known.open_size is None:
            patch["legs"] = []  # a corrected result is of the whole trade, however it was left
    if changed.entry_time or changed.exit_time or changed.day:
        patch["day"] = day_of(merged, draft.said_at, account)
    if changed.exit_price is not None or changed.pnl is not None:
        patch["facts"] |= {"is_open": False, "open_size": None}
        if known.is_open:
            patch["day"] = day_of(replace(changed, entry_time=None), draft.said_at, account)
    elif draft.cleared & {"exit_price", "pnl"} and merged.is_open:
        patch["facts"] |= {"is_open": True, "open_size": None}
    return {"kind": "edit", "trade_id": str(known.trade_id), "patch": patch}


def _written(draft: Draft, known: TradeFields) -> dict[str, Any]:
    """The part of a patch that writes what an edit says and empties. The first stop that is told is the one that R is
    reckoned by, later ones are moves; without a stop there is none."""
    changed, gone = draft.fields, draft.cleared
    patch: dict[str, Any] = {"trade": _columns(changed), "facts": {}, **marked(changed, known)}
    patch["trade"] |= {name: None for name in COLUMNS if name in gone}
    if changed.note is not None or "note" in gone:
        patch["facts"]["note"] = changed.note
    if "stop_loss" in gone or (known.stop_loss is None and changed.stop_loss is not None):
        patch["facts"]["initial_stop"] = _text(changed.stop_loss)
    if not gone.isdisjoint(MARKS):
        patch["marks"] = {**patch.get("marks", {}), **dict.fromkeys(gone & MARKS)}
    return patch


def _new_result(known: TradeFields, draft: Draft, was_on: Account, account: Account) -> Result | None:
    """What an edit makes of the P&L: said or computed anew, or gross now that the costs are known; None: as it was."""
    merged, changed = draft.on(known), draft.fields
    told_net = known.pnl_basis == "net" and changed.commissions is not None
    if changed.pnl is not None or "pnl" in draft.cleared or told_net:
        return result_of(merged, account)
    if known.pnl in (None, computed_pnl(replace(known, pnl=None), was_on.currency)):
        result = result_of(replace(merged, pnl=None, pnl_basis=None), account)
        return result if result.pnl != known.pnl else None
    return None


def _known(draft: Draft) -> KnownTrade:
    trade = known_trade(draft)
    assert trade is not None  # noqa: S101 - a close or an edit is confirmed with the trade it is of
    return trade
