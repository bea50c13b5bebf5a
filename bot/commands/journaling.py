"""Commands about the trades of the journal and the drafts that wait."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.commands import balances
from bot.commands.call import Call
from bot.job_payloads import audit_job, trade_job
from bot.receipts import day_of_change, fields_of
from bot.texts.buttons import NO_DRAFT
from db import days, inbox, trades, turns
from db.plans import waits_again
from statemachine.conversation import RequestAudit, Say, Turn
from statemachine.events import Cancelled, Confirmed, Skipped, Vanished
from statemachine.machine import step
from statemachine.trade import MAIN


async def list_trades(call: Call) -> Turn:
    rows = await trades.latest_trades(call.connection, call.owner)
    return call.says("trades", trades=rows) if rows else call.says("no_trades")


async def drafts(call: Call) -> Turn:
    """What waits for its confirmation, and what was put away unconfirmed."""
    pending, shelf = call.conversation.drafts, call.conversation.shelf
    return call.says("drafts", pending=pending, shelf=shelf) if pending or shelf else call.says("no_drafts")


async def plans(call: Call) -> Turn:
    """What is planned and not filled."""
    return call.says("plans", plans=call.scene.plans)


async def undo(call: Call) -> Turn:
    """A typed one means the last change there was, which may be what was told of a balance. A button names its own."""
    told = await days.told_last(call.connection, call.owner) if call.message.button is None else None
    account = call.accounts.find(told[1] or MAIN) if told is not None else None
    if told is not None and account is not None:
        return await balances.taken_back(call, account, str(told[0]))
    return await _turn_back(call, "undo")


async def redo(call: Call) -> Turn:
    return await _turn_back(call, "redo")


async def _turn_back(call: Call, kind: str) -> Turn:
    """Take a change back, or bring it again; its days are recomputed and a brought-back trade is judged anew.

    A button names its change, and is out of date once that is not the trade's latest; the command means the last one.
    """
    change = {"kind": kind, "id": call.argument if call.message.button is not None else None}
    applied = await turns.apply_changes(call.connection, call.owner, [change])
    if not applied["changes"]:
        return call.says(f"nothing_to_{kind}") if change["id"] is None else _stale(call)
    done = applied["changes"][0]
    trade_id, gone = UUID(done["trade_id"]), done["after"] is None
    snapshot = done["after"] or done["before"]
    account = call.accounts.of_trade(snapshot).name
    told = {"kind": done["of"], "id": done["id"], "fields": replace(fields_of(snapshot), account=account)}
    data = {"change": told, "trade_id": trade_id, **day_of_change(done, applied, call.accounts)}
    say = Say("undone" if kind == "undo" else "redone", data)
    if not gone:
        return Turn(call.conversation, (say,), (RequestAudit(trade_id),))
    await _look_again_at_day(call, trade_id, done["before"])
    after = step(call.conversation, Vanished(trade_id=trade_id), call.now, call.scene)
    plan = await waits_again(call.connection, call.owner, trade_id)
    back = (Say("plan_back", {"plan": plan}),) if plan is not None else ()
    return Turn(after.conversation, (say, *back, *after.replies), after.effects)


async def _look_again_at_day(call: Call, trade_id: UUID, before: Mapping[str, Any]) -> None:
    """The other trades of its day were judged with the trade that is gone."""
    day, account_id = before.get("day"), (before.get("facts") or {}).get("account_id")
    if day is not None:
        job = trade_job(call.message.chat, call.owner, trade_id, call.now, day=day, account_id=account_id)
        await inbox.enqueue(call.connection, [audit_job(job)])


def _stale(call: Call) -> Turn:
    return step(call.conversation, Confirmed(draft_id=NO_DRAFT, revision=0), call.now, call.scene)


async def cancel(call: Call) -> Turn:
    return step(call.conversation, Cancelled(), call.now, call.scene)


async def skip(call: Call) -> Turn:
    return step(call.conversation, Skipped(), call.now, call.scene)
