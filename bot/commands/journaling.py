"""Commands about the trades of the journal and the drafts that wait."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.commands import balances, importing
from bot.commands.call import Call
from bot.days_left import look_again_jobs
from bot.receipts import day_of_change, fields_of
from bot.texts.buttons import NO_DRAFT
from db import days, imports, inbox, trades, turns
from db.plans import waits_again
from statemachine.conversation import RequestAudit, Say, Turn
from statemachine.events import Cancelled, Confirmed, Skipped, Vanished
from statemachine.machine import step
from statemachine.trade import MAIN


async def list_trades(call: Call) -> Turn:
    rows = await trades.latest_trades(call.connection, call.owner)
    if not rows:
        return call.says("no_trades")
    about = rows[0]["trade_id"] if len(rows) == 1 else None
    return Turn(call.conversation, (Say("trades", {"trades": rows}, about),))


async def drafts(call: Call) -> Turn:
    """What waits for its confirmation, and what was put away unconfirmed."""
    pending, shelf = call.conversation.drafts, call.conversation.shelf
    return call.says("drafts", pending=pending, shelf=shelf) if pending or shelf else call.says("no_drafts")


async def plans(call: Call) -> Turn:
    """What is planned and not filled."""
    return call.says("plans", plans=call.scene.plans)


async def undo(call: Call) -> Turn:
    """A typed one means the last change there was, which may be a file that was imported, or what was told of a
    balance. A button names its own."""
    last = await imports.saved_last(call.connection, call.owner) if call.message.button is None else None
    if last is not None:
        return await importing.taken_back(call, last)
    told = await days.told_last(call.connection, call.owner) if call.message.button is None else None
    account = call.accounts.find(told[1] or MAIN) if told is not None else None
    if told is not None and account is not None:
        return await balances.taken_back(call, account, str(told[0]))
    return await _turn_back(call, "undo")


async def redo(call: Call) -> Turn:
    last = await imports.undone_last(call.connection, call.owner) if call.message.button is None else None
    if last is not None:
        return await importing.brought_again(call, last)
    return await _turn_back(call, "redo")


async def _turn_back(call: Call, kind: str) -> Turn:
    """Take a change back, or bring it again; its days are recomputed and a brought-back trade is judged anew.

    A button names its change, and is out of date once that is not the trade's latest; the command means the last one.
    """
    change = {"kind": kind, "id": call.argument if call.message.button is not None else None}
    applied = await turns.apply_changes(call.connection, call.owner, [change])
    if not applied["changes"]:
        return call.says(f"nothing_to_{kind}") if change["id"] is None else _stale(call)
    copies = await turns.changes_together(call.connection, call.owner, applied["changes"][0]["id"])
    if copies:
        return await _turn_back_together(call, kind, applied, copies)
    done = applied["changes"][0]
    say = Say("undone" if kind == "undo" else "redone", {**_told(call, done, applied), "trade_id": _trade_of(done)})
    return await _after(call, say, [done])


async def _turn_back_together(call: Call, kind: str, applied: dict[str, Any], copies: list[int]) -> Turn:
    """The changes of all copies are one; a copy that has changed since is left as it is, and named."""
    every = [{"kind": kind, "id": str(number)} for number in copies]
    more = await turns.apply_changes(call.connection, call.owner, every)
    done = sorted([*applied["changes"], *more["changes"]], key=lambda change: int(change["id"]))
    both = {"days": [*applied["days"], *more["days"]], "changes": done}
    kept = await turns.accounts_of_changes(
        call.connection, call.owner, sorted(set(copies) - {change["id"] for change in done})
    )
    data = {
        "changes": tuple(_told(call, one, both) for one in done),
        "kept": tuple(kept),
        "trade_id": _trade_of(done[0]),
    }
    return await _after(call, Say("undone_copies" if kind == "undo" else "redone_copies", data), done)


def _trade_of(change: Mapping[str, Any]) -> UUID:
    return UUID(change["trade_id"])


def _told(call: Call, change: Mapping[str, Any], applied: Mapping[str, Any]) -> dict[str, Any]:
    """The change as the texts take it, with its day and guards as they are now."""
    snapshot = change["after"] or change["before"]
    account = call.accounts.of_trade(snapshot).name
    told = {"kind": change["of"], "id": change["id"], "fields": replace(fields_of(snapshot), account=account)}
    return {"change": told, **day_of_change(change, applied, call.accounts)}


async def _after(call: Call, say: Say, done: list[Mapping[str, Any]]) -> Turn:
    """What is back is judged anew; what is gone, nothing waits for any more, and the rest of its day is looked at."""
    turn = Turn(call.conversation, (say,))
    if jobs := look_again_jobs(done, call.message.chat, call.owner, call.now):
        await inbox.enqueue(call.connection, jobs)
    for change in done:
        if change["after"] is not None and _only_remarks(change):
            continue
        if change["after"] is not None:
            turn = replace(turn, effects=(*turn.effects, RequestAudit(_trade_of(change))))
            continue
        after = step(turn.conversation, Vanished(trade_id=_trade_of(change)), call.now, call.scene)
        plan = await waits_again(call.connection, call.owner, _trade_of(change))
        back = (Say("plan_back", {"plan": plan}),) if plan is not None else ()
        turn = Turn(after.conversation, (*turn.replies, *back, *after.replies), turn.effects + after.effects)
    return turn


def _only_remarks(change: Mapping[str, Any]) -> bool:
    """Nothing differs but the words about a trade: there is nothing to judge."""
    sides = [dict(change[side] or {}) for side in ("before", "after")]
    for side in sides:
        side.pop("marks", None)
        side["facts"] = {**(side.get("facts") or {}), "note": None}
    return sides[0] == sides[1]


def _stale(call: Call) -> Turn:
    return step(call.conversation, Confirmed(draft_id=NO_DRAFT, revision=0), call.now, call.scene)


async def cancel(call: Call) -> Turn:
    turn = step(call.conversation, Cancelled(), call.now, call.scene)
    if importing.may_be_meant(turn) and await imports.waiting(call.connection, call.owner):
        return await importing.import_(replace(call, argument=""))
    return turn


async def skip(call: Call) -> Turn:
    return step(call.conversation, Skipped(), call.now, call.scene)
